//! The guide from outside: what it says for every fact at every weight, alone and in pairs.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use maecheck::check::{Context, Fact, Finding, Severity, Slip};
use maecheck::guide::{Answer, KEYS, Message, Next, Value, Verdict, answer, verdict};
use maecheck::notice::elqr::ElQrNotice;
use maecheck::notice::gs1::{Gs1Notice, TimeLimit};
use maecheck::notice::profile::{App, Code, Contact, Profile};

const TODAY: Date = date(2026, 9, 1);
const LIMIT: Date = date(2026, 9, 30);
const DUE: Date = date(2026, 8, 31);

/// One of each fact. The names that only a profile may hold are marked, so that a leak from a code would show.
fn facts() -> Vec<Fact> {
    vec![
        Fact::CheckDigit,
        Fact::NotAPaymentCode,
        Fact::WebLink,
        Fact::IncompleteCode,
        Fact::ImpossibleDate,
        Fact::AmountOverCeiling { amount: 300_001, ceiling: 300_000 },
        Fact::AmountZero,
        Fact::CodeExpired { on: LIMIT },
        Fact::CodeExpiresToday { on: LIMIT },
        Fact::CodeExpiresSoon { on: LIMIT, days: 3 },
        Fact::NoTimeLimit,
        Fact::DueDatePassed { due: DUE, until: LIMIT },
        Fact::Reissued { times: 1 },
        Fact::SameBillOtherVersion,
        Fact::SameSlipAgain,
        Fact::WholeYearAndPeriod,
        Fact::LateChargeIncluded { amount: 500 },
        Fact::BothCodes,
        Fact::CodesDisagree,
        Fact::StampFlag { found: 1 },
        Fact::IssuerUnknown { issuer: "912345".to_owned() },
        Fact::ChargeUnknown,
        Fact::AppNotYet { app: "アプリ甲".to_owned(), from: LIMIT },
        Fact::AppEnded { app: "アプリ乙".to_owned(), until: DUE },
        Fact::AppCeiling { app: "アプリ丙".to_owned(), ceiling: 250_000 },
        Fact::ClockSuspect { today: date(2019, 1, 1), built: TODAY },
        Fact::VehicleInspection,
        Fact::NoReceipt,
        Fact::CannotKnowPaid,
        Fact::AmountsDisagree,
    ]
}

fn barcode() -> Gs1Notice {
    Gs1Notice {
        issuer: "912345".to_owned(),
        free_use: "000012025010123456780".to_owned(),
        reissue: 0,
        time_limit: TimeLimit::On(LIMIT),
        stamp: 0,
        amount: 12_500,
    }
}

fn el_qr() -> ElQrNotice {
    ElQrNotice { amount: 12_500, due: Some(DUE), time_limit: Some(date(2026, 10, 31)) }
}

fn slips() -> [Slip; 4] {
    [
        Slip::default(),
        Slip { barcode: Some(barcode()), el_qr: None },
        Slip { barcode: None, el_qr: Some(el_qr()) },
        Slip { barcode: Some(barcode()), el_qr: Some(el_qr()) },
    ]
}

fn app(name: &str) -> App {
    App { name: name.to_owned(), reads: vec![Code::Gs1, Code::ElQr], ceiling: Some(300_000), from: None, until: None }
}

fn profile(apps: Vec<App>, contacts: Vec<Contact>) -> Profile {
    Profile { id: "sample".to_owned(), apps, contacts }
}

fn counter() -> Contact {
    Contact { name: "納付相談の窓口".to_owned(), phone: Some("03-0000-0000".to_owned()) }
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

/// The contract's id of a fact, as it is serialised.
fn id(fact: &Fact) -> String {
    let finding = found(Severity::Note, fact.clone());
    serde_json::to_value(&finding).unwrap()["id"].as_str().unwrap().to_owned()
}

/// Calls `look` with every fact, alone and in pairs, at every severity, on every kind of slip, with no profile, with
/// one that knows nothing, one whose app is usable and one whose app is not.
fn walk(mut look: impl FnMut(&[Finding], &Slip, &Context, &Answer)) {
    let ended = App { until: Some(DUE), ..app("終わったアプリ") };
    let silent = Contact { name: "電話のない窓口".to_owned(), phone: None };
    let profiles = [
        None,
        Some(profile(vec![], vec![])),
        Some(profile(vec![app("アプリ甲")], vec![counter()])),
        Some(profile(vec![ended], vec![silent])),
    ];
    let severities = [Severity::Note, Severity::Ask, Severity::Stop];
    let all: Vec<Finding> =
        severities.iter().flat_map(|&severity| facts().into_iter().map(move |fact| found(severity, fact))).collect();
    let mut sets: Vec<Vec<Finding>> = vec![vec![]];
    sets.extend(all.iter().map(|one| vec![one.clone()]));
    for (at, one) in all.iter().enumerate() {
        // Most severe first, as `check` gives them.
        sets.extend(
            all[..at].iter().filter(|other| other.fact != one.fact).map(|other| vec![one.clone(), other.clone()]),
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
            let id = id(&finding.fact);
            let tells =
                |message: &&Message| message.key.split('.').nth(1) == Some(&id) && message.key.starts_with("finding.");
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
fn names_and_numbers_come_from_the_profile_or_a_finding_about_its_apps_only() {
    let known = ["アプリ甲", "アプリ乙", "アプリ丙"];
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
    let over = || found(Stop, Fact::AmountOverCeiling { amount: 300_001, ceiling: 300_000 });
    let expired = || found(Stop, Fact::CodeExpired { on: DUE });
    let reissued = || found(Note, Fact::Reissued { times: 1 });
    let stamp = || found(Ask, Fact::StampFlag { found: 1 });
    let not_yet = || found(Stop, Fact::AppNotYet { app: "アプリ甲".to_owned(), from: LIMIT });
    for (why, slip, findings, reason, steps) in [
        ("an ordinary barcode", &barcode, vec![], "reason.payable", vec![PayByApp, PayAtShop, PayAtCounter]),
        ("no shop takes an eL-QR", &el_qr, vec![], "reason.payable", vec![PayByApp, PayAtCounter]),
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
            vec![found(Note, Fact::NoReceipt), found(Note, Fact::CodeExpiresToday { on: TODAY })],
            "finding.code-expires-today",
            vec![PayByApp, PayAtShop, PayAtCounter],
        ),
        (
            "whole year or parts",
            &barcode,
            vec![found(Note, Fact::WholeYearAndPeriod)],
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
            vec![found(Ask, Fact::ClockSuspect { today: date(2019, 1, 1), built: TODAY })],
            "finding.clock-suspect",
            vec![CheckDate, AskWard],
        ),
        ("nothing read", &nothing, vec![], "reason.unknown", vec![ScanAgain, TypeDigits, PayAtCounter]),
        (
            "digits that do not check",
            &nothing,
            vec![found(Stop, Fact::CheckDigit)],
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
            "a code that contradicts itself is for a person, not for another try",
            &nothing,
            vec![found(Stop, Fact::AmountsDisagree)],
            "finding.amounts-disagree",
            vec![AskWard, ScanAgain],
        ),
    ] {
        let said = answer(slip, &findings, &context(None));
        assert_eq!(said.reason.key, reason, "{why}");
        assert_eq!(said.steps.iter().map(|step| step.next).collect::<Vec<_>>(), steps, "{why}");
        let headline = match said.verdict {
            Verdict::Payable => "headline.payable",
            Verdict::NotPayable => "headline.not-payable",
            Verdict::Ask => "headline.ask",
            Verdict::NoRead => "headline.no-read",
        };
        assert_eq!(said.headline.key, headline, "{why}");
    }
}

#[test]
fn an_app_is_named_only_where_it_takes_this_paper_today() {
    let [_, barcode, el_qr, _] = slips();
    let base = || app("アプリ甲");
    for (why, app, slip, named) in [
        ("usable", base(), &barcode, true),
        ("starts today", App { from: Some(TODAY), ..base() }, &barcode, true),
        ("starts tomorrow", App { from: Some(TODAY.tomorrow().unwrap()), ..base() }, &barcode, false),
        ("ends today", App { until: Some(TODAY), ..base() }, &barcode, true),
        ("ended yesterday", App { until: Some(TODAY.yesterday().unwrap()), ..base() }, &barcode, false),
        ("ceiling is the amount: inclusive", App { ceiling: Some(12_500), ..base() }, &barcode, true),
        ("one yen over its ceiling", App { ceiling: Some(12_499), ..base() }, &barcode, false),
        ("ceiling unknown", App { ceiling: None, ..base() }, &barcode, true),
        ("reads no eL-QR", App { reads: vec![Code::Gs1], ..base() }, &el_qr, false),
        ("reads no barcode", App { reads: vec![Code::ElQr], ..base() }, &barcode, false),
    ] {
        let profile = profile(vec![app], vec![counter()]);
        let said = answer(slip, &[], &context(Some(&profile)));
        let step = said.steps.iter().find(|step| step.next == Next::PayByApp);
        assert_eq!(step.is_some(), named, "{why}");
        if let Some(step) = step {
            assert_eq!(step.message.key, "step.pay-by-app", "{why}");
            assert_eq!(step.apps.iter().map(|app| app.name.as_str()).collect::<Vec<_>>(), ["アプリ甲"], "{why}");
        } else {
            assert_eq!(said.reason.key, "reason.no-app", "{why}");
        }
    }
    // Where a profile names no app, or none is chosen, only the paper knows.
    let empty = profile(vec![], vec![]);
    for profile in [None, Some(&empty)] {
        let said = answer(&barcode, &[], &context(profile));
        assert_eq!(said.steps[0].message.key, "step.pay-by-printed-app");
        assert!(said.steps[0].apps.is_empty());
    }
}

#[test]
fn amount_and_dates_are_shown_only_where_the_codes_agree() {
    let limit = |time_limit: TimeLimit| Gs1Notice { time_limit, ..barcode() };
    let costs = |amount: u64| ElQrNotice { amount, ..el_qr() };
    let later = date(2026, 10, 31);
    let no_limit = || ElQrNotice { time_limit: None, ..el_qr() };
    for (why, barcode, el_qr, amount, until, due) in [
        ("nothing read", None, None, None, None, None),
        ("barcode", Some(barcode()), None, Some(12_500), Some(LIMIT), None),
        ("eL-QR", None, Some(el_qr()), Some(12_500), Some(later), Some(DUE)),
        (
            "two limits: the earlier one holds for both",
            Some(barcode()),
            Some(el_qr()),
            Some(12_500),
            Some(LIMIT),
            Some(DUE),
        ),
        ("two amounts: none", Some(barcode()), Some(costs(12_501)), None, Some(LIMIT), Some(DUE)),
        ("one without a limit", Some(limit(TimeLimit::None)), Some(el_qr()), Some(12_500), Some(later), Some(DUE)),
        ("the other without a limit", Some(barcode()), Some(no_limit()), Some(12_500), Some(LIMIT), Some(DUE)),
        ("no limit at all", Some(limit(TimeLimit::None)), None, Some(12_500), None, None),
        (
            "no day of the calendar: no day is shown",
            Some(limit(TimeLimit::Impossible("260231".to_owned()))),
            Some(el_qr()),
            Some(12_500),
            None,
            Some(DUE),
        ),
    ] {
        let said = answer(&Slip { barcode, el_qr }, &[], &context(None));
        assert_eq!((said.amount, said.until, said.due), (amount, until, due), "{why}");
    }
}

#[test]
fn contacts_stand_at_the_steps_where_one_goes_or_calls() {
    let [_, barcode, ..] = slips();
    let stamp = [found(Severity::Ask, Fact::StampFlag { found: 1 })];
    let with = profile(vec![], vec![counter()]);
    let said = answer(&barcode, &stamp, &context(Some(&with)));
    assert_eq!(said.steps[0].contacts[0].phone.as_deref(), Some("03-0000-0000"));
    assert!(said.steps[0].details.iter().any(|message| message.key == "detail.number-below"));

    // Without one the person is told to look the number up, never to take it from the paper.
    let said = answer(&barcode, &stamp, &context(None));
    assert!(said.steps[0].contacts.is_empty());
    assert!(said.steps[0].details.iter().any(|message| message.key == "detail.number-yourself"));
}

#[test]
fn the_page_gets_what_the_contract_says() {
    let [_, barcode, ..] = slips();
    let profile = profile(vec![app("アプリ甲")], vec![]);
    let findings = [found(Severity::Note, Fact::CodeExpiresSoon { on: LIMIT, days: 3 })];
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
    assert_eq!(said["steps"][0]["apps"], serde_json::json!([{ "name": "アプリ甲", "ceiling": 300_000 }]));
    assert!(said["steps"][0].get("contacts").is_none());
    assert_eq!(said["notes"], serde_json::json!([]));
    assert_eq!(said["limits"][0], plain("finding.cannot-know-paid"));
}
