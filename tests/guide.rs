//! The guide from outside: what it says for every fact at every weight, alone and in pairs.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use maecheck::check::{self, Context, DateField, Fact, Finding, Mismatch, Newer, Severity, Slip};
use maecheck::guide::{Answer, KEYS, Message, Next, Value, Verdict, answer, verdict};
use maecheck::notice::elqr::ElQrNotice;
use maecheck::notice::gs1::{Gs1Notice, TimeLimit};
use maecheck::notice::profile::{App, Known, Listed, Profile};
use maecheck::notice::{CheckPart, Code};

const TODAY: Date = date(2026, 9, 1);
const LIMIT: Date = date(2026, 9, 30);
const DUE: Date = date(2026, 8, 31);

/// S1 of the published dummies: issuer 912345, 12,500 yen, until 2026-09-30.
const BARCODE: &str = "91912345000012025010123456780026093000125005";
/// E1: body 99999, 12,500 yen, due 2026-09-30, until 2026-10-31.
const EL_QR: &str = "\
    000201010212279600051380001830400000000000000000125002138000999000002100000202609990000001123456099999000000000054\
    110000001250062262026202603202609302026103180850000000000000000000000000000000000000000000000000000000000000000000\
    000000000000000000630554708";

/// Every fact, in each of the forms that are said differently.
fn facts() -> Vec<Fact> {
    let code = Code::Barcode;
    let app = || "ko".to_owned();
    let issuer = |listed| Fact::IssuerUnknown { code, found: "912345".to_owned(), listed, usual: true };
    let version = |newer| Fact::SameBillOtherVersion { code, newer, amount: 12_500, earlier_amount: 12_000 };
    let whole = |both_seen| Fact::WholeYearAndPeriod { code, this_is_whole_year: true, both_seen };
    vec![
        Fact::CheckDigit { part: CheckPart::Barcode, group: 6, expected: "5".to_owned(), found: "6".to_owned() },
        Fact::IncompleteCode { expected: vec![44, 255], found: 43 },
        Fact::StrangeCharacter { position: 3, found: "x".to_owned() },
        Fact::NotAPaymentCode { group: 1, position: 1, expected: "91".to_owned(), found: "92".to_owned() },
        Fact::WebLink,
        Fact::AmountsDisagree { amount: 2_500, mpn_amount: 12_500 },
        Fact::SeveralNotices,
        Fact::AmountOverCeiling { code, amount: 300_001, ceiling: 300_000 },
        Fact::CodeExpired { code, on: LIMIT, days: 1 },
        Fact::ImpossibleDate { code, field: DateField::TimeLimit, found: "260229".to_owned() },
        Fact::CodeExpiresToday { code, on: LIMIT },
        Fact::CodeExpiresSoon { code, on: LIMIT, days: 3 },
        Fact::NoTimeLimit { code },
        Fact::DueDatePassed { on: DUE, until: LIMIT },
        Fact::Reissued { times: 1 },
        version(Newer::This),
        version(Newer::Earlier),
        version(Newer::Unknown),
        Fact::SameSlipAgain { code },
        whole(false),
        whole(true),
        issuer(Listed::No),
        issuer(Listed::Unknown),
        Fact::ChargeUnknown { code, listed: Listed::No },
        Fact::AppNotYet { app: app(), from: LIMIT },
        Fact::AppEnded { app: app(), until: DUE },
        Fact::AppCeiling { app: app(), ceiling: 10_000, amount: 12_500 },
        Fact::AppNotForThis { app: app(), mismatch: Mismatch::Code },
        Fact::AppNotForThis { app: app(), mismatch: Mismatch::Charge },
        Fact::CodesDisagree {
            amount_differs: true,
            time_limit_differs: true,
            barcode_amount: 12_500,
            el_qr_amount: 12_000,
            barcode_until: Some(LIMIT),
            el_qr_until: None,
        },
        Fact::AmountZero { code },
        Fact::StampFlag { code, found: 1 },
        Fact::ClockSuspect { today: date(2019, 1, 1), built: TODAY, before: true },
        Fact::BothCodes,
        Fact::LateChargeIncluded { amount: Some(500) },
        Fact::LateChargeIncluded { amount: None },
        Fact::VehicleInspection { charge: "vehicle-tax".to_owned() },
        Fact::NoReceipt,
        Fact::CannotKnowPaid,
    ]
}

fn barcode() -> Gs1Notice {
    BARCODE.parse().unwrap()
}

fn el_qr() -> ElQrNotice {
    EL_QR.parse().unwrap()
}

fn slips() -> [Slip; 4] {
    [
        Slip::default(),
        Slip { barcode: Some(barcode()), el_qr: None },
        Slip { barcode: None, el_qr: Some(el_qr()) },
        Slip { barcode: Some(barcode()), el_qr: Some(el_qr()) },
    ]
}

/// A made-up body with these `apps` (id, name) and the telephone number `phone` of its one section.
fn profile(apps: &[(&str, &str)], phone: Option<&str>) -> Profile {
    let apps: Vec<_> = apps
        .iter()
        .map(|(id, name)| {
            serde_json::json!({
                "id": id, "ja": name, "en": id, "barcode": true, "el_qr": true, "ceiling": 300_000,
                "from": "unknown", "until": "unknown", "charges": "unknown", "source": "s",
            })
        })
        .collect();
    let contact = |name: &str, phone: &str, charge: &str| {
        serde_json::json!({
            "ja": name, "en": name, "telephone": phone, "hours": "unknown", "charges": [charge], "source": "s",
        })
    };
    let charge = |id: &str, user_code: &str| {
        serde_json::json!({
            "id": id, "ja": id, "en": id, "ceiling": "unknown", "periods": "unknown", "whole_year": "unknown",
            "vehicle": false, "el_qr": true, "el_qr_items": "unknown", "user_codes": [user_code],
            "free_use": "unknown", "source": "s",
        })
    };
    serde_json::from_value(serde_json::json!({
        "id": "sample", "kind": "sample", "ja": "見本市", "en": "Sample City",
        "payee": { "jis": "999997", "issuers": ["912345"], "source": "s" },
        "sources": [{ "id": "s", "title": "見本", "date": "2026-11-21", "confidence": "example" }],
        "charges": [charge("premium", "00001"), charge("tax", "00002")],
        "apps": apps,
        "contacts": [
            contact("保険料の係", phone.unwrap_or("unknown"), "premium"),
            contact("税の係", "00-0000-0002", "tax"),
        ],
        "counters": [{
            "ja": "1階の窓口", "en": "Ground floor", "place": { "ja": "1階 3番", "en": "Window 3" },
            "hours": "unknown", "source": "s",
        }],
    }))
    .unwrap()
}

fn context(profile: Option<&Profile>) -> Context<'_> {
    Context { today: TODAY, built: None, profile, earlier: &[] }
}

fn found(severity: Severity, fact: Fact) -> Finding {
    Finding { severity, fact }
}

/// Every message of an answer.
fn messages(answer: &Answer) -> Vec<&Message> {
    let steps = answer.steps.iter().flat_map(|step| std::iter::once(&step.message).chain(&step.details));
    [&answer.headline, &answer.reason].into_iter().chain(steps).chain(&answer.notes).chain(&answer.limits).collect()
}

/// Calls `look` with every fact, alone and in pairs, at every severity, on every kind of slip: with no profile, with one
/// that names no app, one with an app that some facts speak against, and one with a second app besides.
fn walk(mut look: impl FnMut(&[Finding], &Slip, &Context, &Answer)) {
    let profiles = [
        None,
        Some(profile(&[], None)),
        Some(profile(&[("ko", "アプリ甲")], Some("00-0000-0001"))),
        Some(profile(&[("ko", "アプリ甲"), ("otsu", "アプリ乙")], None)),
    ];
    let severities = [Severity::Note, Severity::Ask, Severity::Stop];
    let all: Vec<Finding> =
        severities.iter().flat_map(|&severity| facts().into_iter().map(move |fact| found(severity, fact))).collect();
    let mut sets: Vec<Vec<Finding>> = vec![vec![]];
    sets.extend(all.iter().map(|one| vec![one.clone()]));
    for (at, one) in all.iter().enumerate() {
        // Most severe first, as `check` gives them.
        sets.extend(
            all[..at].iter().filter(|other| other.id() != one.id()).map(|other| vec![one.clone(), other.clone()]),
        );
    }
    for profile in &profiles {
        let ctx = context(profile.as_ref());
        for slip in slips() {
            for findings in &sets {
                look(findings, &slip, &ctx, &answer(&slip, findings, &ctx));
            }
        }
    }
}

#[test]
fn an_answer_says_only_listed_keys_with_their_placeholders_and_every_listed_key_can_be_said() {
    let listed: BTreeMap<&str, BTreeSet<&str>> =
        KEYS.iter().map(|(key, names)| (*key, names.iter().copied().collect())).collect();
    assert_eq!(listed.len(), KEYS.len(), "a key is listed twice");
    let mut said = BTreeSet::new();
    walk(|findings, _, _, answer| {
        for message in messages(answer) {
            let names: BTreeSet<&str> = message.values.keys().copied().collect();
            assert_eq!(listed.get(message.key), Some(&names), "{} for {findings:?}", message.key);
            said.insert(message.key);
            if message.values.values().any(|value| matches!(value, Value::Yen(_))) {
                said.insert("value.yen");
            }
        }
    });
    let never: Vec<_> = listed.keys().filter(|key| !said.contains(*key)).collect();
    assert!(never.is_empty(), "no answer says {never:?}");
}

#[test]
fn every_answer_has_a_step_that_needs_no_phone() {
    walk(|findings, _, _, answer| {
        let without_phone = |next: Next| matches!(next, Next::AskWard | Next::PayAtCounter | Next::PayAtShop);
        assert!(answer.steps.iter().any(|step| without_phone(step.next)), "{findings:?}");
    });
}

#[test]
fn paying_is_a_step_only_where_nothing_speaks_against_it() {
    walk(|findings, slip, _, answer| {
        let by_app = answer.steps.iter().any(|step| step.next == Next::PayByApp);
        let at_shop = answer.steps.iter().any(|step| step.next == Next::PayAtShop);
        assert!(!by_app || answer.verdict == Verdict::Payable, "{findings:?}");
        assert!(!at_shop || matches!(answer.verdict, Verdict::Payable | Verdict::NotPayable), "{findings:?}");
        // A shop reads the barcode and nothing else, and refuses a late or too large one.
        let refused = |fact: &Fact| matches!(fact, Fact::AmountOverCeiling { .. } | Fact::CodeExpired { .. });
        let refuses =
            slip.barcode.is_none() || findings.iter().any(|it| it.severity == Severity::Stop && refused(&it.fact));
        assert!(!at_shop || !refuses, "{findings:?}");
    });
}

#[test]
fn no_step_comes_twice_and_no_sentence_either() {
    walk(|findings, _, _, answer| {
        let kinds: BTreeSet<String> = answer.steps.iter().map(|step| format!("{:?}", step.next)).collect();
        assert_eq!(kinds.len(), answer.steps.len(), "{findings:?} → {:?}", answer.steps);
        for step in &answer.steps {
            let sentences: BTreeSet<&str> = step.details.iter().map(|message| message.key).collect();
            assert_eq!(sentences.len(), step.details.len(), "{findings:?} → {step:?}");
        }
    });
}

#[test]
fn every_finding_is_told_exactly_once() {
    walk(|findings, _, _, answer| {
        for finding in findings {
            let id = finding.id();
            let tells =
                |message: &&Message| message.key.split('.').nth(1) == Some(id) && message.key.starts_with("finding.");
            let times = messages(answer).into_iter().filter(tells).count();
            // What no answer leaves out may also be the reason, were `check` ever to make it one.
            let expected = if finding.fact == Fact::CannotKnowPaid { 1..=2 } else { 1..=1 };
            assert!(expected.contains(&times), "{id} told {times} times for {findings:?}");
        }
    });
}

#[test]
fn every_answer_says_what_the_page_cannot_know_and_that_no_money_moves() {
    walk(|findings, _, ctx, answer| {
        let limits: Vec<&str> = answer.limits.iter().map(|message| message.key).collect();
        assert!(limits.contains(&"finding.cannot-know-paid"), "{findings:?}");
        assert!(limits.contains(&"limit.no-money-moves"), "{findings:?}");
        assert_eq!(answer.today, ctx.today);
    });
}

#[test]
fn before_an_app_is_opened_the_person_hears_about_the_receipt_the_paper_and_the_shop() {
    walk(|findings, _, _, answer| {
        if let Some(step) = answer.steps.iter().find(|step| step.next == Next::PayByApp) {
            for key in ["finding.no-receipt", "detail.write-date", "detail.not-again"] {
                assert!(step.details.iter().any(|message| message.key == key), "{key} for {findings:?}");
            }
        }
    });
}

#[test]
fn names_come_from_the_profile_and_nothing_that_was_read_is_shown() {
    // Where no profile is chosen `check` finds nothing about apps; the id stands in for the name.
    let known = ["アプリ甲", "アプリ乙", "ko"];
    walk(|findings, _, ctx, answer| {
        for value in messages(answer).iter().flat_map(|message| message.values.values()) {
            if let Value::Text(text) = value {
                assert!(known.contains(&text.as_str()), "{text} for {findings:?}");
            }
        }
        for step in &answer.steps {
            assert!(step.contacts.is_empty() || ctx.profile.is_some());
            assert!(step.apps.is_empty() || ctx.profile.is_some());
        }
        let printed = serde_json::to_string(answer).unwrap();
        assert!(!printed.contains("912345") && !printed.contains("0123456780"), "{printed}");
    });
}

#[test]
fn the_verdict_is_the_heaviest_finding() {
    use Severity::{Ask, Note, Stop};
    let of = |severities: &[Severity]| -> Vec<Finding> {
        severities.iter().map(|&severity| found(severity, Fact::NoReceipt)).collect()
    };
    for (read, severities, expected) in [
        (true, &[][..], Verdict::Payable),       // nothing found
        (true, &[Note, Note], Verdict::Payable), // notes never change a verdict
        (true, &[Note, Ask], Verdict::Ask),      // in any order
        (true, &[Ask, Stop, Note], Verdict::NotPayable),
        (true, &[Stop, Ask], Verdict::NotPayable),
        (false, &[], Verdict::NoRead), // no notice, no word about paying
        (false, &[Note], Verdict::NoRead),
        (false, &[Stop], Verdict::NoRead),
    ] {
        assert_eq!(verdict(read, &of(severities)), expected, "{read} {severities:?}");
    }
}

/// Headline, reason and the kinds of steps for what people really meet.
#[test]
fn what_people_meet() {
    use Next::{
        AskWard, CheckDate, OtherCode, PayAtCounter, PayAtShop, PayByApp, PayOneOnly, PutOldAway, ScanAgain, TypeDigits,
    };
    use Severity::{Ask, Note, Stop};
    let [nothing, barcode, el_qr, both] = slips();
    let code = Code::Barcode;
    let over = || found(Stop, Fact::AmountOverCeiling { code, amount: 300_001, ceiling: 300_000 });
    let expired = || found(Stop, Fact::CodeExpired { code, on: DUE, days: 1 });
    let reissued = || found(Note, Fact::Reissued { times: 1 });
    let stamp = || found(Ask, Fact::StampFlag { code, found: 1 });
    let not_yet = || found(Stop, Fact::AppNotYet { app: "ko".to_owned(), from: LIMIT });
    let older = || Fact::SameBillOtherVersion { code, newer: Newer::Earlier, amount: 12_500, earlier_amount: 12_000 };
    let check_digit =
        Fact::CheckDigit { part: CheckPart::Barcode, group: 6, expected: "5".to_owned(), found: "6".to_owned() };
    for (why, slip, findings, reason, steps) in [
        ("an ordinary barcode", &barcode, vec![], "reason.payable", vec![PayByApp, PayAtShop, PayAtCounter]),
        ("no shop takes an eL-QR", &el_qr, vec![], "reason.payable", vec![PayByApp, PayAtCounter]),
        (
            "no last day: not said to be still to come",
            &barcode,
            vec![found(Note, Fact::NoTimeLimit { code })],
            "finding.no-time-limit",
            vec![PayByApp, PayAtShop, PayAtCounter],
        ),
        (
            "two codes are told in the step, not as the reason",
            &both,
            vec![found(Note, Fact::BothCodes)],
            "reason.payable",
            vec![PayByApp, PayAtShop, PayAtCounter],
        ),
        (
            "A7: the older paper is put away before anything is paid",
            &barcode,
            vec![reissued()],
            "finding.reissued",
            vec![PutOldAway, PayByApp, PayAtShop, PayAtCounter],
        ),
        (
            "the last day is the reason",
            &barcode,
            vec![found(Note, Fact::NoReceipt), found(Note, Fact::CodeExpiresToday { code, on: TODAY })],
            "finding.code-expires-today",
            vec![PayByApp, PayAtShop, PayAtCounter],
        ),
        (
            "whole year or parts",
            &barcode,
            vec![found(Note, Fact::WholeYearAndPeriod { code, this_is_whole_year: true, both_seen: false })],
            "finding.whole-year-and-period",
            vec![PayOneOnly, PayByApp, PayAtShop, PayAtCounter],
        ),
        (
            "over 300,000: counter or bank, no shop",
            &barcode,
            vec![over()],
            "finding.amount-over-ceiling",
            vec![PayAtCounter],
        ),
        (
            "over 300,000 and reissued: the older paper first here too",
            &barcode,
            vec![over(), reissued()],
            "finding.amount-over-ceiling",
            vec![PutOldAway, PayAtCounter],
        ),
        (
            "late: a new paper, or a counter",
            &barcode,
            vec![expired()],
            "finding.code-expired",
            vec![AskWard, PayAtCounter],
        ),
        (
            "late and over: no word about paying this amount at once",
            &barcode,
            vec![over(), expired()],
            "finding.amount-over-ceiling",
            vec![AskWard, PayAtCounter],
        ),
        (
            "late and doubtful: a person looks before money moves",
            &barcode,
            vec![expired(), stamp()],
            "finding.code-expired",
            vec![AskWard],
        ),
        (
            "only the apps stand in the way",
            &barcode,
            vec![not_yet()],
            "finding.app-not-yet",
            vec![PayAtShop, PayAtCounter],
        ),
        ("the same, eL-QR: no shop", &el_qr, vec![not_yet()], "finding.app-not-yet", vec![PayAtCounter]),
        ("a doubt", &barcode, vec![stamp()], "finding.stamp-flag", vec![AskWard]),
        (
            "a wrong clock is mended first: all else hangs on it",
            &barcode,
            vec![found(Ask, Fact::ClockSuspect { today: date(2019, 1, 1), built: TODAY, before: true })],
            "finding.clock-suspect",
            vec![CheckDate, AskWard],
        ),
        (
            "the older of two papers: it goes away, and whoever wavers asks",
            &barcode,
            vec![found(Ask, older())],
            "finding.same-bill-other-version.earlier",
            vec![PutOldAway, AskWard],
        ),
        (
            "the older of two papers, and something else is wrong: a person first",
            &barcode,
            vec![found(Ask, older()), stamp()],
            "finding.same-bill-other-version.earlier",
            vec![AskWard, PutOldAway],
        ),
        (
            "too late by a clock that runs behind: no other day would help, so a person first",
            &barcode,
            vec![expired(), found(Ask, Fact::ClockSuspect { today: date(2019, 1, 1), built: TODAY, before: true })],
            "finding.code-expired",
            vec![AskWard, CheckDate],
        ),
        ("nothing read", &nothing, vec![], "reason.unknown", vec![ScanAgain, TypeDigits, PayAtCounter]),
        (
            "digits that do not check",
            &nothing,
            vec![found(Stop, check_digit)],
            "finding.check-digit",
            vec![ScanAgain, TypeDigits, PayAtCounter],
        ),
        (
            "one of the envelope's other codes",
            &nothing,
            vec![found(Stop, Fact::WebLink)],
            "finding.web-link",
            vec![OtherCode, TypeDigits, PayAtCounter],
        ),
        (
            "two papers at once",
            &nothing,
            vec![found(Ask, Fact::SeveralNotices)],
            "finding.several-notices",
            vec![ScanAgain, TypeDigits, PayAtCounter],
        ),
        (
            "a code that contradicts itself is for a person, not for another try",
            &nothing,
            vec![found(Stop, Fact::AmountsDisagree { amount: 2_500, mpn_amount: 12_500 })],
            "finding.amounts-disagree",
            vec![AskWard, ScanAgain],
        ),
    ] {
        let said = answer(slip, &findings, &context(None));
        assert_eq!(said.reason.key, reason, "{why}");
        assert_eq!(said.steps.iter().map(|step| step.next).collect::<Vec<_>>(), steps, "{why}");
        // The headline and the first step ask for the same thing.
        let headline = match (said.verdict, said.steps[0].next) {
            (Verdict::Payable, _) => "headline.payable",
            (Verdict::NotPayable, _) => "headline.not-payable",
            (Verdict::Ask, CheckDate) => "headline.ask.date",
            (Verdict::Ask, PutOldAway) => "headline.ask.older",
            (Verdict::Ask, _) => "headline.ask",
            (Verdict::NoRead, _) => "headline.no-read",
        };
        assert_eq!(said.headline.key, headline, "{why}");
    }
}

#[test]
fn of_two_papers_it_is_said_which_one_goes_away() {
    let [_, barcode, ..] = slips();
    let version =
        |newer| Fact::SameBillOtherVersion { code: Code::Barcode, newer, amount: 12_500, earlier_amount: 12_000 };
    let reissued = || found(Severity::Note, Fact::Reissued { times: 1 });
    for (findings, key, newest) in [
        (vec![found(Severity::Ask, version(Newer::Earlier))], "step.put-old-away.this", false),
        (vec![found(Severity::Note, version(Newer::This))], "step.put-old-away.earlier", false),
        (vec![reissued(), found(Severity::Note, version(Newer::This))], "step.put-old-away.earlier", false),
        // Whether there is another paper, or which is the newer one, is not known: how to tell is said.
        (vec![found(Severity::Ask, version(Newer::Unknown))], "step.put-old-away", true),
        (vec![reissued()], "step.put-old-away", true),
    ] {
        let said = answer(&barcode, &findings, &context(None));
        let Some(step) = said.steps.iter().find(|step| step.next == Next::PutOldAway) else {
            // Where nothing tells which paper is the newer one, somebody is asked instead.
            assert_eq!(said.steps[0].next, Next::AskWard, "{key}");
            continue;
        };
        assert_eq!(step.message.key, key);
        assert_eq!(step.details.iter().any(|detail| detail.key == "detail.newest-paper"), newest, "{key}");
    }
}

#[test]
fn apps_are_named_from_the_profile_unless_something_speaks_against_them() {
    let [_, barcode, ..] = slips();
    let two = profile(&[("ko", "アプリ甲"), ("otsu", "アプリ乙")], None);
    let ended = |app: &str| found(Severity::Note, Fact::AppEnded { app: app.to_owned(), until: DUE });
    for (why, findings, key, named) in [
        ("both", vec![], "step.pay-by-app", vec!["アプリ甲", "アプリ乙"]),
        ("one has ended", vec![ended("ko")], "step.pay-by-app", vec!["アプリ乙"]),
        ("both have", vec![ended("ko"), ended("otsu")], "step.pay-at-shop", vec![]),
    ] {
        let said = answer(&barcode, &findings, &context(Some(&two)));
        assert_eq!(said.steps[0].message.key, key, "{why}");
        assert_eq!(said.steps[0].apps.iter().map(|app| app.name.as_str()).collect::<Vec<_>>(), named, "{why}");
    }
    // A finding has the app's id; people know its name.
    let said = answer(&barcode, &[ended("ko")], &context(Some(&two)));
    assert_eq!(said.notes[0].values["app"], Value::Text("アプリ甲".to_owned()));

    // Where a profile names no app, or none is chosen, only the paper knows.
    let empty = profile(&[], None);
    for profile in [None, Some(&empty)] {
        let said = answer(&barcode, &[], &context(profile));
        assert_eq!(said.steps[0].message.key, "step.pay-by-printed-app");
        assert!(said.steps[0].apps.is_empty());
    }
}

#[test]
fn an_app_of_which_too_little_is_known_is_not_named() {
    let [_, barcode, el_qr, both] = slips();
    let charge_unknown = || found(Severity::Note, Fact::ChargeUnknown { code: Code::ElQr, listed: Listed::Unknown });
    let charges = || Known::Is(vec!["premium".to_owned()]);
    type Change<'a> = &'a dyn Fn(&mut App);
    let cases: [(&str, &Slip, Change, Vec<Finding>, bool); 8] = [
        ("reads both", &el_qr, &|_| (), vec![], true),
        ("may read the eL-QR", &el_qr, &|app| app.el_qr = Known::Unknown, vec![], false),
        ("may read the eL-QR, reads the barcode beside it", &both, &|app| app.el_qr = Known::Unknown, vec![], true),
        ("may read the barcode", &barcode, &|app| app.barcode = Known::Unknown, vec![], false),
        (
            "takes a charge, and this is another or not",
            &el_qr,
            &|app| app.charges = charges(),
            vec![charge_unknown()],
            false,
        ),
        ("takes a charge, and nothing says that this is none", &el_qr, &|app| app.charges = charges(), vec![], true),
        ("its charges are not told", &el_qr, &|_| (), vec![charge_unknown()], true),
        (
            "reads neither for sure",
            &both,
            &|app| (app.barcode, app.el_qr) = (Known::Unknown, Known::Unknown),
            vec![],
            false,
        ),
    ];
    for (why, slip, change, findings, named) in cases {
        let mut profile = profile(&[("ko", "アプリ甲")], None);
        change(&mut profile.apps[0]);
        let said = answer(slip, &findings, &context(Some(&profile)));
        let step = &said.steps[0];
        let key = if named { "step.pay-by-app" } else { "step.pay-by-printed-app" };
        assert_eq!((step.next, step.message.key), (Next::PayByApp, key), "{why}");
        assert_eq!(step.apps.len(), usize::from(named), "{why}");
    }
}

#[test]
fn a_sheet_that_was_looked_at_twice_is_first_of_all_the_newer_one() {
    let [_, barcode, ..] = slips();
    let code = Code::Barcode;
    let version = |newer| Fact::SameBillOtherVersion { code, newer, amount: 12_500, earlier_amount: 12_000 };
    let findings = [found(Severity::Note, version(Newer::This)), found(Severity::Note, Fact::SameSlipAgain { code })];
    let said = answer(&barcode, &findings, &context(None));
    assert_eq!(said.reason.key, "finding.same-bill-other-version.this");
    assert_eq!(said.steps[0].message.key, "step.put-old-away.earlier");
    assert!(said.notes.iter().any(|note| note.key == "finding.same-slip-again"));
}

#[test]
fn an_office_of_which_only_the_name_is_known_is_named_once() {
    let [_, barcode, ..] = slips();
    let mut known = profile(&[], None);
    let named = |profile: &Profile| {
        let asked = [found(Severity::Ask, Fact::StampFlag { code: Code::Barcode, found: 1 })];
        let said = answer(&barcode, &asked, &context(Some(profile)));
        let of_step = said.steps.iter().find(|step| !step.contacts.is_empty()).map(|step| step.contacts.len());
        (said.contacts.len(), of_step)
    };
    assert_eq!(named(&known), (2, Some(2)), "a section without a telephone, and a counter");
    known.counters[0].ja = known.contacts[0].ja.clone();
    known.counters[0].en = known.contacts[0].en.clone();
    assert_eq!(named(&known), (2, Some(2)), "the same name, and where its window is");
    known.counters[0].place = Known::Unknown;
    assert_eq!(named(&known), (1, Some(1)), "nothing but the same name");
}

#[test]
fn amount_and_dates_are_shown_only_where_the_codes_agree() {
    let limit = |time_limit: TimeLimit| Gs1Notice { time_limit, ..barcode() };
    let changed = |change: fn(&mut ElQrNotice)| {
        let mut notice = el_qr();
        change(&mut notice);
        notice
    };
    let costs_more = || changed(|notice| notice.amount = 12_501);
    let no_day = || changed(|notice| notice.time_limit = None);
    let (later, due) = (date(2026, 10, 31), Some(LIMIT));
    for (why, barcode, el_qr, amount, until, due) in [
        ("nothing read", None, None, None, None, None),
        ("barcode", Some(barcode()), None, Some(12_500), Some(LIMIT), None),
        ("eL-QR", None, Some(el_qr()), Some(12_500), Some(later), due),
        ("two limits: the earlier one holds for both", Some(barcode()), Some(el_qr()), Some(12_500), Some(LIMIT), due),
        ("two amounts: none", Some(barcode()), Some(costs_more()), None, Some(LIMIT), due),
        ("one without a limit", Some(limit(TimeLimit::None)), Some(el_qr()), Some(12_500), Some(later), due),
        ("no limit at all", Some(limit(TimeLimit::None)), None, Some(12_500), None, None),
        (
            "no day of the calendar in the barcode: no day is shown",
            Some(limit(TimeLimit::Impossible("260231".to_owned()))),
            Some(el_qr()),
            Some(12_500),
            None,
            due,
        ),
        ("the same in the eL-QR", Some(barcode()), Some(no_day()), Some(12_500), None, due),
    ] {
        let said = answer(&Slip { barcode, el_qr }, &[], &context(None));
        assert_eq!((said.amount, said.until, said.due), (amount, until, due), "{why}");
    }
}

#[test]
fn contacts_stand_at_the_steps_where_one_goes_or_calls() {
    let names = |said: &Answer, next: Next| -> Vec<String> {
        let step = said.steps.iter().find(|step| step.next == next).unwrap();
        step.contacts.iter().map(|contact| contact.name.clone()).collect()
    };
    let [_, barcode, el_qr, _] = slips();
    let stamp = [found(Severity::Ask, Fact::StampFlag { code: Code::Barcode, found: 1 })];
    let with = profile(&[], Some("00-0000-0001"));

    // User code 00001 is the premium's: its section and the counters, not the tax section.
    let said = answer(&barcode, &stamp, &context(Some(&with)));
    assert_eq!(names(&said, Next::AskWard), ["保険料の係", "1階の窓口"]);
    assert_eq!(said.steps[0].contacts[0].phone.as_deref(), Some("00-0000-0001"));
    assert!(said.steps[0].details.iter().any(|message| message.key == "detail.number-below"));
    // An eL-QR whose body is not this one has no charge here: everybody may be the right one.
    let said = answer(&el_qr, &stamp, &context(Some(&with)));
    assert_eq!(names(&said, Next::AskWard), ["保険料の係", "税の係", "1階の窓口"]);
    // One pays at a counter, not on the telephone.
    let said = answer(&barcode, &[], &context(Some(&with)));
    assert_eq!(names(&said, Next::PayAtCounter), ["1階の窓口"]);
    // Where the phone is no way to pay, one may want to ask before setting out.
    let over = Fact::AmountOverCeiling { code: Code::Barcode, amount: 300_001, ceiling: 300_000 };
    let over = [found(Severity::Stop, over)];
    let said = answer(&barcode, &over, &context(Some(&with)));
    assert_eq!(names(&said, Next::PayAtCounter), ["1階の窓口", "保険料の係"]);
    // Help stands in the same place on every screen, so whom to call does not hang on the verdict.
    for findings in [&[][..], &stamp, &over] {
        let said = answer(&barcode, findings, &context(Some(&with)));
        let whom: Vec<&str> = said.contacts.iter().map(|contact| contact.name.as_str()).collect();
        assert_eq!(whom, ["保険料の係", "1階の窓口"]);
        assert!(answer(&barcode, findings, &context(None)).contacts.is_empty());
    }

    // Without a number the person is told to look it up, never to take it from the paper.
    let without = profile(&[], None);
    for profile in [None, Some(&without)] {
        let said = answer(&barcode, &stamp, &context(profile));
        assert!(said.steps[0].contacts.iter().all(|contact| contact.phone.is_none()));
        assert!(said.steps[0].details.iter().any(|message| message.key == "detail.number-yourself"));
    }
}

/// A phone's own camera makes nothing of an eL-QR; people hold it to the camera, nothing happens, and they give up.
#[test]
fn an_el_qr_is_shown_to_the_app_not_to_the_camera() {
    let told = |said: &Answer| said.steps[0].details.iter().any(|message| message.key == "detail.el-qr-in-app");
    let [_, barcode, el_qr, both] = slips();
    for (slip, expected) in [(barcode, false), (el_qr, true), (both, true)] {
        assert_eq!(told(&answer(&slip, &[], &context(None))), expected, "{slip:?}");
    }
}

/// From digits to headline and first step, with the real findings.
#[test]
fn the_published_vectors_lead_to_the_right_headline() {
    let (payable, not_payable, ask) = ("headline.payable", "headline.not-payable", "headline.ask");
    for (why, digits, today, headline, reason, first) in [
        ("S1", BARCODE, TODAY, payable, "reason.payable", Next::PayByApp),
        ("S1 on its last day", BARCODE, LIMIT, payable, "finding.code-expires-today", Next::PayByApp),
        ("S1 a week before", BARCODE, date(2026, 9, 23), payable, "finding.code-expires-soon", Next::PayByApp),
        ("S1 a day late", BARCODE, date(2026, 10, 1), not_payable, "finding.code-expired", Next::AskWard),
        (
            "S2, reissued",
            "91912345000012025010123456780126093000125004",
            TODAY,
            payable,
            "finding.reissued",
            Next::PutOldAway,
        ),
        (
            "S4, 300,000",
            "91912345000012025010123456780026093003000002",
            TODAY,
            payable,
            "reason.payable",
            Next::PayByApp,
        ),
        (
            "S5, 300,001",
            "91912345000012025010123456780026093003000019",
            TODAY,
            not_payable,
            "finding.amount-over-ceiling",
            Next::PayAtCounter,
        ),
        (
            "S7, 29 February 2026",
            "91912345000012025010123456780026022900125006",
            TODAY,
            ask,
            "finding.impossible-date",
            Next::AskWard,
        ),
        (
            "S10, stamp flag",
            "91912345000012025010123456780026093010550002",
            TODAY,
            ask,
            "finding.stamp-flag",
            Next::AskWard,
        ),
        (
            "S11, 0 yen",
            "91912345000012025010123456780026093000000005",
            TODAY,
            ask,
            "finding.amount-zero",
            Next::AskWard,
        ),
    ] {
        let slip = Slip { barcode: Some(digits.parse().unwrap()), el_qr: None };
        let ctx = Context { today, ..context(None) };
        let findings = check::check(&slip, &ctx);
        let said = answer(&slip, &findings, &ctx);
        assert_eq!((said.headline.key, said.reason.key, said.steps[0].next), (headline, reason, first), "{why}");
    }
    // Two slips whose codes disagree: S1 and E1 have different last days.
    let [.., both] = slips();
    let findings = check::check(&both, &context(None));
    let said = answer(&both, &findings, &context(None));
    assert_eq!((said.headline.key, said.reason.key), (ask, "finding.codes-disagree"));
}

#[test]
fn the_page_gets_what_the_contract_says() {
    let [_, barcode, ..] = slips();
    let profile = profile(&[("ko", "アプリ甲")], None);
    let soon = Fact::CodeExpiresSoon { code: Code::Barcode, on: LIMIT, days: 3 };
    let findings = [found(Severity::Note, soon)];
    let said = serde_json::to_value(answer(&barcode, &findings, &context(Some(&profile)))).unwrap();
    let plain = |key: &str| serde_json::json!({ "key": key, "values": {} });
    assert_eq!(said["verdict"], "payable");
    assert_eq!(said["headline"], plain("headline.payable"));
    assert_eq!(
        said["reason"],
        serde_json::json!({ "key": "finding.code-expires-soon", "values": { "days": { "type": "number", "value": 3 } } })
    );
    assert_eq!(said["amount"], 12_500);
    assert_eq!(said["until"], "2026-09-30");
    assert_eq!(said["due"], serde_json::Value::Null);
    assert_eq!(said["today"], "2026-09-01");
    assert_eq!(said["steps"][0]["next"], "pay-by-app");
    assert_eq!(said["steps"][0]["message"], plain("step.pay-by-app"));
    assert_eq!(
        said["steps"][0]["apps"],
        serde_json::json!([{
            "id": "ko", "name": "アプリ甲", "en": "ko", "ceiling": 300_000, "barcode": true, "el_qr": true,
            "from": null, "until": null,
        }])
    );
    assert!(said["steps"][0].get("contacts").is_none());
    assert_eq!(said["notes"], serde_json::json!([]));
    assert_eq!(said["limits"][0], plain("finding.cannot-know-paid"));
}
