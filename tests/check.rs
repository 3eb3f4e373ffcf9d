//! Findings: which slip, on which day, with which profile, gives which facts at which weight, in which order.

use jiff::civil::{Date, date};
use maecheck::{
    check::{self, Context, Fact, Finding, Newer, Severity, Slip},
    notice::{
        self, Code, Notice, NoticeError,
        elqr::ElQrNotice,
        gs1::{Gs1Notice, TimeLimit},
        input,
        profile::{Known, Listed, Profile},
    },
};
use rand_free::Seeded;

#[path = "vectors/mod.rs"]
mod vectors;
use vectors::{E1, E2, E3, E4, E5, GS1, S1, S2, S4, S12, WRONG};

const TODAY: Date = date(2026, 9, 1);

/// A small seeded source of numbers (SplitMix64, Steele et al. 2014), so that a failure can be run again.
mod rand_free {
    pub struct Seeded(pub u64);

    impl Seeded {
        pub fn below(&mut self, limit: usize) -> usize {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            usize::try_from((z ^ (z >> 31)) % limit as u64).expect("below the limit")
        }
    }
}

fn gs1(digits: &str) -> Gs1Notice {
    digits.parse().unwrap_or_else(|error| panic!("{digits}: {error}"))
}

fn el_qr(digits: &str) -> ElQrNotice {
    digits.parse().unwrap_or_else(|error| panic!("{error}"))
}

fn barcode(digits: &str) -> Slip {
    Slip { barcode: Some(gs1(digits)), el_qr: None }
}

fn qr(digits: &str) -> Slip {
    Slip { barcode: None, el_qr: Some(el_qr(digits)) }
}

fn pair(digits: &str, qr: &str) -> Slip {
    Slip { barcode: Some(gs1(digits)), el_qr: Some(el_qr(qr)) }
}

fn sample() -> Profile {
    toml::from_str(include_str!("../www/profiles/sample.toml")).expect("the sample is sound")
}

fn on(today: Date) -> Context<'static> {
    Context { today, built: None, profile: None, earlier: &[] }
}

fn ids(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(Finding::id).collect()
}

/// Ids without the ones that are on every slip read without a profile.
fn telling(findings: &[Finding]) -> Vec<&'static str> {
    ids(findings).into_iter().filter(|id| !["issuer-unknown", "no-receipt", "cannot-know-paid"].contains(id)).collect()
}

fn severity(findings: &[Finding], id: &str) -> Option<Severity> {
    findings.iter().find(|finding| finding.id() == id).map(|finding| finding.severity)
}

fn worst(findings: &[Finding]) -> Option<Severity> {
    findings.iter().map(|finding| finding.severity).max()
}

#[test]
fn every_barcode_vector_is_found_to_be_what_its_table_says() {
    for vector in GS1 {
        let findings = check::check(&barcode(vector.digits), &on(TODAY));
        let (mut found, mut expected) = (telling(&findings), vector.findings.to_vec());
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{}", vector.id);
        let worst = serde_json::to_value(worst(&findings)).expect("it serialises");
        assert_eq!(worst, vector.severity, "{}", vector.id);
        for id in ["issuer-unknown", "no-receipt", "cannot-know-paid"] {
            assert_eq!(severity(&findings, id), Some(Severity::Note), "{}: {id}", vector.id);
        }
    }
}

#[test]
fn every_el_qr_vector() {
    let cases = [
        (E1, TODAY, vec![], Severity::Note, "nothing odd"),
        (
            E1,
            date(2026, 10, 1),
            vec!["due-date-passed"],
            Severity::Note,
            "the due date has passed, the code's day has not",
        ),
        (E1, date(2026, 9, 30), vec![], Severity::Note, "on the due date itself"),
        (E1, date(2026, 10, 31), vec!["code-expires-today", "due-date-passed"], Severity::Note, "the code's last day"),
        (
            E1,
            date(2026, 11, 1),
            vec!["code-expired"],
            Severity::Stop,
            "the day after it: the due date says nothing more",
        ),
        (E2, TODAY, vec!["amount-over-ceiling"], Severity::Stop, "300,001 yen"),
        (E3, TODAY, vec!["code-expired"], Severity::Stop, "both dates have passed"),
    ];
    for (digits, today, expected, weight, why) in cases {
        let findings = check::check(&qr(digits), &on(today));
        assert_eq!((telling(&findings), worst(&findings)), (expected, Some(weight)), "{why}");
    }
}

#[test]
fn what_is_no_notice_gives_one_finding_that_stops() {
    let cases = [
        (WRONG[0].1, "check-digit"),
        (S12, "not-a-payment-code"),
        (&S1[..43], "incomplete-code"),
        (E4, "check-digit"),
        (E5, "amounts-disagree"),
        ("12x", "strange-character"),
    ];
    for (digits, id) in cases {
        let findings = check::of_error(&notice::parse(digits).expect_err(id));
        assert_eq!((ids(&findings), worst(&findings)), (vec![id], Some(Severity::Stop)));
    }
    let typed = [
        ("https://example.jp", Some("web-link")),
        ("]C0123", Some("not-a-payment-code")),
        ("91x", Some("strange-character")),
        (&S1[2..], Some("incomplete-code")),
        ("9191", Some("incomplete-code")),
        ("", None),
    ];
    for (text, id) in typed {
        let findings = check::of_input_error(&input::normalise(text).expect_err("no digits of a notice"));
        assert_eq!(ids(&findings), id.into_iter().collect::<Vec<_>>(), "{text}");
    }
    assert_eq!(check::check(&Slip::default(), &on(TODAY)), [], "a slip without a notice has no findings");
}

#[test]
fn a_finding_serialises_flat() {
    let findings = check::check(&barcode(S1), &on(date(2026, 10, 3)));
    let json = serde_json::to_value(&findings[0]).expect("findings serialise");
    let expected = serde_json::json!({
        "id": "code-expired", "severity": "stop", "code": "barcode", "on": "2026-09-30", "days": 3
    });
    assert_eq!(json, expected);
    let json = serde_json::to_value(findings.last()).expect("findings serialise");
    assert_eq!(json, serde_json::json!({ "id": "cannot-know-paid", "severity": "note" }));
}

#[test]
fn the_time_limit_is_inclusive() {
    // (limit as YYMMDD, today, what is told, weight of it)
    #[rustfmt::skip]
    let cases = [
        ("260930", date(2026, 9, 22), None, "eight days before"),
        ("260930", date(2026, 9, 23), Some(("code-expires-soon", Severity::Note)), "seven days before"),
        ("260930", date(2026, 9, 29), Some(("code-expires-soon", Severity::Note)), "the day before"),
        ("260930", date(2026, 9, 30), Some(("code-expires-today", Severity::Note)), "the day itself"),
        ("260930", date(2026, 10, 1), Some(("code-expired", Severity::Stop)), "the day after"),
        ("261231", date(2027, 1, 1),  Some(("code-expired", Severity::Stop)), "over the end of a year"),
        ("270104", date(2026, 12, 31), Some(("code-expires-soon", Severity::Note)), "already moved past the holidays: not moved again"),
        ("280229", date(2028, 2, 29), Some(("code-expires-today", Severity::Note)), "a leap day"),
        ("280229", date(2028, 2, 28), Some(("code-expires-soon", Severity::Note)), "the day before a leap day"),
        ("280229", date(2028, 3, 1),  Some(("code-expired", Severity::Stop)), "the day after one"),
        ("260229", date(2026, 2, 1),  Some(("impossible-date", Severity::Ask)), "a leap day in a year that has none"),
        ("260931", TODAY,             Some(("impossible-date", Severity::Ask)), "31 September"),
        ("261301", TODAY,             Some(("impossible-date", Severity::Ask)), "month 13"),
        ("260001", TODAY,             Some(("impossible-date", Severity::Ask)), "month 0"),
        ("260900", TODAY,             Some(("impossible-date", Severity::Ask)), "day 0"),
        ("000000", TODAY,             Some(("impossible-date", Severity::Ask)), "no date"),
        ("999999", date(2099, 12, 31), Some(("no-time-limit", Severity::Note)), "no limit, whatever the day"),
        ("991231", TODAY,             None, "far ahead"),
        ("000101", TODAY,             Some(("code-expired", Severity::Stop)), "the first day that can be written"),
    ];
    for (limit, today, expected, why) in cases {
        // Printed and read again, so that the six digits go the whole way.
        let made = Gs1Notice { time_limit: TimeLimit::Impossible(limit.to_owned()), ..gs1(S1) };
        let findings = check::check(&barcode(&made.to_string()), &on(today));
        let found: Vec<_> = findings
            .iter()
            .filter(|f| f.id().starts_with("code-ex") || f.id().ends_with("-date") || f.id().starts_with("no-time"))
            .map(|f| (f.id(), f.severity))
            .collect();
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{why}");
    }
    // Days are counted, not weeks or months.
    let findings = check::check(&barcode(S1), &on(date(2026, 9, 23)));
    assert!(
        findings
            .iter()
            .any(|f| f.fact == Fact::CodeExpiresSoon { code: Code::Barcode, on: date(2026, 9, 30), days: 7 })
    );
}

#[test]
fn the_ceiling_is_inclusive() {
    #[rustfmt::skip]
    let cases = [
        (0, None, true), (1, None, false), (299_999, None, false), (300_000, None, false),
        (300_001, Some(300_000), false), (999_999, Some(300_000), false),
    ];
    for (amount, ceiling, zero) in cases {
        let slip = Slip { barcode: Some(Gs1Notice { amount, ..gs1(S1) }), el_qr: None };
        let findings = check::check(&slip, &on(TODAY));
        let found = findings.iter().find_map(|f| match f.fact {
            Fact::AmountOverCeiling { ceiling, amount: found, .. } if found == u64::from(amount) => Some(ceiling),
            _ => None,
        });
        assert_eq!(found, ceiling, "{amount} yen");
        assert_eq!(severity(&findings, "amount-zero").is_some(), zero, "{amount} yen");
    }
    // A body's own, lower ceiling holds for its charge.
    let mut profile = sample();
    profile.charges[0].ceiling = Known::Is(12_499);
    let findings = check::check(&barcode(S1), &Context { profile: Some(&profile), ..on(TODAY) });
    assert_eq!(severity(&findings, "amount-over-ceiling"), Some(Severity::Stop), "12,500 over 12,499");
    profile.charges[0].ceiling = Known::Is(12_500);
    let findings = check::check(&barcode(S1), &Context { profile: Some(&profile), ..on(TODAY) });
    assert_eq!(severity(&findings, "amount-over-ceiling"), None, "12,500 at 12,500");
}

#[test]
fn the_clock_itself_is_doubted() {
    let built = date(2026, 9, 1);
    #[rustfmt::skip]
    let cases = [
        (Some(built), date(2026, 8, 31), Some(true),  "the day before the build"),
        (Some(built), built,             None,        "the day of the build"),
        (Some(built), date(2036, 9, 1),  None,        "ten years on"),
        (Some(built), date(2036, 9, 2),  Some(false), "a day more"),
        (Some(built), date(1970, 1, 1),  Some(true),  "a clock that was never set"),
        (None,        date(1970, 1, 1),  None,        "a day that a person chose"),
    ];
    for (built, today, expected, why) in cases {
        let findings = check::check(&barcode(S1), &Context { built, ..on(today) });
        let found = findings.iter().find_map(|f| match f.fact {
            Fact::ClockSuspect { before, .. } => Some((before, f.severity)),
            _ => None,
        });
        assert_eq!(found, expected.map(|before| (before, Severity::Ask)), "{why}");
    }
    // A clock that runs behind cannot make a passed day look passed: that still stops. One that runs ahead can.
    let expired = barcode("91912345000012025010123456780025063000125009");
    let behind = check::check(&expired, &Context { built: Some(built), ..on(date(2026, 8, 1)) });
    assert_eq!(severity(&behind, "code-expired"), Some(Severity::Stop));
    let ahead = check::check(&barcode(S1), &Context { built: Some(built), ..on(date(2050, 1, 1)) });
    assert_eq!(severity(&ahead, "code-expired"), Some(Severity::Ask));
    assert_eq!(worst(&ahead), Some(Severity::Ask));
    // The ends of the calendar are days like others.
    for today in [Date::MIN, Date::MAX] {
        let findings = check::check(&barcode(S1), &Context { built: Some(Date::MAX), ..on(today) });
        assert!(!findings.is_empty());
    }
}

#[test]
fn two_codes_on_one_slip() {
    let same_day = Gs1Notice { time_limit: TimeLimit::On(date(2026, 10, 31)), ..gs1(S1) };
    let no_limit = Gs1Notice { time_limit: TimeLimit::None, ..gs1(S1) };
    let other_amount = Gs1Notice { amount: 12_501, ..same_day.clone() };
    let impossible = Gs1Notice { time_limit: TimeLimit::Impossible("261032".to_owned()), ..gs1(S1) };
    let both_differ = Gs1Notice { amount: 1, ..gs1(S1) };
    #[rustfmt::skip]
    let cases = [
        (same_day,     None,                 "they say the same: pay only one of them"),
        (gs1(S1),      Some((false, true)),  "30 September against 31 October"),
        (other_amount, Some((true, false)),  "one yen more"),
        (no_limit,     Some((false, true)),  "no limit against a day"),
        (impossible,   None,                 "a day that does not exist is told as that"),
        (both_differ,  Some((true, true)),   "amount and day"),
    ];
    for (notice, expected, why) in cases {
        let slip = Slip { barcode: Some(notice), el_qr: Some(el_qr(E1)) };
        let findings = check::check(&slip, &on(TODAY));
        assert_eq!(severity(&findings, "both-codes"), Some(Severity::Note), "{why}");
        let found = findings.iter().find_map(|f| match f.fact {
            Fact::CodesDisagree { amount_differs, time_limit_differs, .. } => {
                Some(((amount_differs, time_limit_differs), f.severity))
            }
            _ => None,
        });
        assert_eq!(found, expected.map(|differs| (differs, Severity::Ask)), "{why}");
    }
    // One code has run out, the other has not: no stop, but somebody must be asked.
    let findings = check::check(&pair(S1, E1), &on(date(2026, 10, 15)));
    assert_eq!(severity(&findings, "code-expired"), Some(Severity::Ask));
    let findings = check::check(&pair(S1, E1), &on(date(2026, 11, 15)));
    assert_eq!(
        findings.iter().filter(|f| f.id() == "code-expired").map(|f| f.severity).collect::<Vec<_>>(),
        [Severity::Stop, Severity::Stop]
    );
    let findings = check::check(&pair(S1, E2), &on(TODAY));
    assert_eq!(severity(&findings, "amount-over-ceiling"), Some(Severity::Ask), "12,500 against 300,001");
    assert!(ids(&check::check(&barcode(S1), &on(TODAY))).iter().all(|id| *id != "both-codes"));
}

#[test]
fn slips_seen_before() {
    let dearer = Slip { barcode: Some(Gs1Notice { amount: 13_000, ..gs1(S1) }), el_qr: None };
    let zeros = |amount| Slip { barcode: Some(Gs1Notice { free_use: "0".repeat(21), amount, ..gs1(S1) }), el_qr: None };
    let other_bill = barcode("91912345000012025010123456780026093003000002");
    let mut third = gs1(S1);
    third.free_use = format!("{}1", &third.free_use[..20]);
    let third = Slip { barcode: Some(third), el_qr: None };
    #[rustfmt::skip]
    let cases = vec![
        (barcode(S1), vec![],                          None, None, "the first slip of a visit"),
        (barcode(S1), vec![barcode(S1)],               Some(Severity::Note), None, "the very same"),
        (barcode(S2), vec![barcode(S1)],               None, Some((Newer::This, Severity::Note)), "the reissued one after the first one"),
        (barcode(S1), vec![barcode(S2)],               None, Some((Newer::Earlier, Severity::Ask)), "the first one after the reissued one"),
        (barcode(S1), vec![dearer.clone()],            None, Some((Newer::Unknown, Severity::Ask)), "another amount, one reissue class: nobody can tell"),
        (barcode(S1), vec![third],                     None, None, "another bill: one digit of the free-use area differs"),
        (other_bill,  vec![barcode(S1)],               None, Some((Newer::Unknown, Severity::Ask)), "S4 has S1's free-use area"),
        (zeros(1),    vec![zeros(2)],                  None, None, "an area of zeros names no bill"),
        (barcode(S1), vec![barcode(S1), barcode(S2)],  Some(Severity::Note), Some((Newer::Earlier, Severity::Ask)), "both at once"),
        (barcode(S2), vec![barcode(S1), dearer],       None, Some((Newer::This, Severity::Note)), "newest of three"),
        (qr(E1),      vec![qr(E1)],                    Some(Severity::Note), None, "the same eL-QR"),
        (qr(E1),      vec![qr(E2)],                    None, None, "another case key"),
        (pair(S1, E1), vec![barcode(S1)],              Some(Severity::Note), None, "one of the two codes seen before"),
        (barcode(S1), vec![Slip::default()],           None, None, "an empty slip before"),
    ];
    for (slip, earlier, again, version, why) in cases {
        let findings = check::check(&slip, &Context { earlier: &earlier, ..on(TODAY) });
        assert_eq!(severity(&findings, "same-slip-again"), again, "{why}");
        let found = findings.iter().find_map(|f| match f.fact {
            Fact::SameBillOtherVersion { newer, .. } => Some((newer, f.severity)),
            _ => None,
        });
        assert_eq!(found, version, "{why}");
    }
}

#[test]
fn whole_year_and_instalment() {
    let profile = sample();
    let part = |period: &str, number: &str, year: &str| Slip {
        barcode: Some(Gs1Notice { free_use: format!("00001{year}{period}{number}0"), ..gs1(S1) }),
        el_qr: None,
    };
    let (year, first) = (part("00", "012345678", "2025"), part("01", "012345678", "2025"));
    #[rustfmt::skip]
    let cases = [
        (&first, vec![],                                  None, "an instalment"),
        (&year,  vec![],                                  Some((false, Severity::Note)), "the whole year by itself: instalments lie in the same envelope"),
        (&year,  vec![first.clone()],                     Some((true, Severity::Ask)), "the whole year after an instalment"),
        (&first, vec![year.clone()],                      Some((true, Severity::Ask)), "an instalment after the whole year"),
        (&first, vec![part("02", "012345678", "2025")],   None, "two instalments"),
        (&first, vec![part("00", "999999999", "2025")],   None, "somebody else's whole year"),
        (&first, vec![part("00", "012345678", "2024")],   None, "another year's"),
    ];
    for (slip, earlier, expected, why) in cases {
        let findings = check::check(slip, &Context { profile: Some(&profile), earlier: &earlier, ..on(TODAY) });
        let found = findings.iter().find_map(|f| match f.fact {
            Fact::WholeYearAndPeriod { both_seen, .. } => Some((both_seen, f.severity)),
            _ => None,
        });
        assert_eq!(found, expected, "{why}");
        let blind = check::check(slip, &Context { earlier: &earlier, ..on(TODAY) });
        assert_eq!(severity(&blind, "whole-year-and-period"), None, "{why}: without a profile nothing can be told");
    }
    // eL-QR: E1 has period 03. The profile says which period code is the whole year's.
    let mut whole = sample();
    whole.charges[0].whole_year = Known::Is("03".to_owned());
    let findings = check::check(&qr(E1), &Context { profile: Some(&whole), ..on(TODAY) });
    assert_eq!(severity(&findings, "whole-year-and-period"), Some(Severity::Note));
    let findings = check::check(&qr(E1), &Context { profile: Some(&sample()), ..on(TODAY) });
    assert_eq!(severity(&findings, "whole-year-and-period"), None);
}

#[test]
fn payee_and_charge() {
    let sample = sample();
    let shinjuku: Profile = toml::from_str(include_str!("../www/profiles/shinjuku.toml")).expect("it is sound");
    let other_issuer = "91560001000012025010123456780026093000125007";
    let other_code = Gs1Notice { free_use: "999992025010123456780".to_owned(), ..gs1(S1) }.to_string();
    let mut no_codes = sample.clone();
    no_codes.charges[1].user_codes = Known::Unknown;
    #[rustfmt::skip]
    let cases = [
        (S1,           None,            Some((Severity::Note, Listed::Unknown)), None, "no ward chosen: good to know"),
        (S1,           Some(&sample),   None, None, "the sample's own"),
        (other_issuer, Some(&sample),   Some((Severity::Ask, Listed::No)), None, "not the sample's"),
        (S1,           Some(&shinjuku), Some((Severity::Ask, Listed::Unknown)), None, "a ward whose issuers are not published"),
        (&other_code,  Some(&sample),   None, Some((Severity::Ask, Listed::No)), "a user code that no charge has"),
        (&other_code,  Some(&no_codes), None, Some((Severity::Note, Listed::Unknown)), "one that some charge may have"),
    ];
    for (digits, profile, issuer, charge, why) in cases {
        let findings = check::check(&barcode(digits), &Context { profile, ..on(TODAY) });
        let found = findings.iter().find_map(|f| match f.fact {
            Fact::IssuerUnknown { listed, .. } => Some((f.severity, listed)),
            _ => None,
        });
        assert_eq!(found, issuer, "{why}");
        let found = findings.iter().find_map(|f| match f.fact {
            Fact::ChargeUnknown { listed, .. } => Some((f.severity, listed)),
            _ => None,
        });
        assert_eq!(found, charge, "{why}");
    }
    let usual = |digits: &str| {
        check::check(&barcode(digits), &on(TODAY)).iter().find_map(|f| match f.fact {
            Fact::IssuerUnknown { usual, .. } => Some(usual),
            _ => None,
        })
    };
    assert_eq!((usual(S1), usual(other_issuer)), (Some(true), Some(true)), "issuers begin with 9 or 5");
    let odd = Gs1Notice { issuer: "123456".to_owned(), ..gs1(S1) }.to_string();
    assert_eq!(usual(&odd), Some(false), "others are read, but odd");

    // eL-QR: the body's code stands for the payee, the item for the charge.
    let findings = check::check(&qr(E1), &Context { profile: Some(&sample), ..on(TODAY) });
    assert_eq!((severity(&findings, "issuer-unknown"), severity(&findings, "charge-unknown")), (None, None));
    let findings = check::check(&qr(E1), &Context { profile: Some(&shinjuku), ..on(TODAY) });
    assert_eq!(severity(&findings, "issuer-unknown"), Some(Severity::Ask), "99999 is not Shinjuku");
    let mut other_item = sample.clone();
    other_item.charges[0].el_qr_items = Known::Is(vec!["997".to_owned()]);
    let findings = check::check(&qr(E1), &Context { profile: Some(&other_item), ..on(TODAY) });
    assert_eq!(severity(&findings, "charge-unknown"), Some(Severity::Ask));
}

#[test]
fn late_charge_and_vehicle() {
    let profile = sample();
    let find = |free_use: &str| {
        let slip = Slip { barcode: Some(Gs1Notice { free_use: free_use.to_owned(), ..gs1(S1) }), el_qr: None };
        let findings = check::check(&slip, &Context { profile: Some(&profile), ..on(TODAY) });
        let late = findings.iter().find_map(|f| match f.fact {
            Fact::LateChargeIncluded { amount } => Some(amount),
            _ => None,
        });
        (late, severity(&findings, "vehicle-inspection"))
    };
    #[rustfmt::skip]
    let cases = [
        ("000012025010123456780", None,            None,                 "no late charge, no vehicle"),
        ("000012025010123456781", Some(None),      None,                 "a flag: included, how much is not said"),
        ("000022026000000100000", None,            Some(Severity::Note), "vehicle tax without a late charge"),
        ("000022026000000101000", Some(Some(100)), Some(Severity::Note), "vehicle tax with 100 yen of it"),
    ];
    for (free_use, late, vehicle, why) in cases {
        assert_eq!(find(free_use), (late, vehicle), "{why}");
    }
    let findings = check::check(&barcode(S1), &on(TODAY));
    assert_eq!(severity(&findings, "late-charge-included"), None, "nothing without a profile");
}

#[test]
fn apps_of_the_ward() {
    let profile = sample();
    // (change to the sample, slip, today, ids of apps' findings with their weight)
    type Change = fn(&mut Profile);
    let same: Change = |_| {};
    let from: Change = |p| p.apps[0].from = Known::Is(date(2026, 9, 2));
    let all_from: Change = |p| p.apps.iter_mut().for_each(|app| app.from = Known::Is(date(2026, 9, 2)));
    let ended: Change = |p| p.apps[0].until = Known::Is(date(2026, 8, 31));
    let ends: Change = |p| p.apps[0].until = Known::Is(TODAY);
    let starts: Change = |p| p.apps[0].from = Known::Is(TODAY);
    let only_bank: Change = |p| drop(p.apps.remove(0));
    let unknown: Change = |p| {
        p.apps.truncate(1);
        (p.apps[0].barcode, p.apps[0].ceiling, p.apps[0].from) = (Known::Unknown, Known::Unknown, Known::Unknown);
    };
    let none: Change = |p| p.apps.clear();
    let other_charge: Change = |p| p.apps[0].charges = Known::Is(vec!["vehicle-tax".to_owned()]);
    let (note, stop) = (Severity::Note, Severity::Stop);
    #[rustfmt::skip]
    let cases = vec![
        (same,         barcode(S1), vec![], "both apps take it"),
        (same,         barcode(S4), vec![("app-ceiling", note)], "300,000 yen: one app stops at 250,000"),
        (only_bank,    barcode(S4), vec![("app-ceiling", stop)], "and it is the only one"),
        (same,         qr(E1),      vec![("app-not-for-this", note)], "one app reads no eL-QR"),
        (only_bank,    qr(E1),      vec![("app-not-for-this", stop)], "and it is the only one"),
        (from,         barcode(S1), vec![("app-not-yet", note)], "one begins tomorrow"),
        (starts,       barcode(S1), vec![], "one begins today"),
        (all_from,     barcode(S1), vec![("app-not-yet", stop), ("app-not-yet", stop)], "both begin tomorrow"),
        (ended,        barcode(S1), vec![("app-ended", note)], "one ended yesterday"),
        (ends,         barcode(S1), vec![], "its last day"),
        (unknown,      barcode(S4), vec![], "what is unknown is not held against an app"),
        (none,         barcode(S1), vec![], "no app is listed: nothing is said"),
        (other_charge, barcode(S1), vec![("app-not-for-this", note)], "one is for another charge"),
        (same,         barcode("91560001000012025010123456780026093000125007"), vec![], "somebody else's slip: the ward's apps do not matter"),
    ];
    for (change, slip, expected, why) in cases {
        let mut profile = profile.clone();
        change(&mut profile);
        let findings = check::check(&slip, &Context { profile: Some(&profile), ..on(TODAY) });
        let found: Vec<_> =
            findings.iter().filter(|f| f.id().starts_with("app-")).map(|f| (f.id(), f.severity)).collect();
        assert_eq!(found, expected, "{why}");
    }
}

#[test]
fn shinjukus_apps_begin_when_the_paper_says() {
    let shinjuku: Profile = toml::from_str(include_str!("../www/profiles/shinjuku.toml")).expect("it is sound");
    for (today, expected) in [(date(2025, 6, 12), vec!["payb", "rakuten-bank"]), (date(2025, 6, 13), vec![])] {
        let findings = check::check(&barcode(S1), &Context { profile: Some(&shinjuku), ..on(today) });
        let not_yet: Vec<_> = findings
            .iter()
            .filter_map(|f| match &f.fact {
                Fact::AppNotYet { app, .. } => Some(app.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(not_yet, expected, "{today}");
    }
}

#[test]
fn the_order_is_fixed() {
    // Over the ceiling and expired and reissued and of an unknown payee, with an odd stamp flag.
    let notice = Gs1Notice { amount: 300_001, reissue: 1, stamp: 1, ..gs1(S1) };
    let slip = Slip { barcode: Some(notice), el_qr: None };
    let profile: Profile = toml::from_str(include_str!("../www/profiles/shinjuku.toml")).expect("it is sound");
    let findings = check::check(&slip, &Context { profile: Some(&profile), ..on(date(2026, 12, 1)) });
    #[rustfmt::skip]
    let expected = [
        "amount-over-ceiling", "code-expired", "issuer-unknown", "stamp-flag", "reissued", "app-ceiling", "app-ceiling",
        "no-receipt", "cannot-know-paid",
    ];
    assert_eq!(ids(&findings), expected);
    assert!(findings.is_sorted_by(|a, b| a.severity >= b.severity), "most severe first");
}

/// Whether all that makes a barcode payable holds, judged anew from the digits alone, by position.
fn independently_payable(digits: &str, today: Date) -> bool {
    let number = |from: usize, to: usize| digits[from - 1..to].parse::<i32>().expect("digits");
    let days = |month: i32, year: i32| match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 => 29,
        2 => 28,
        _ => 31,
    };
    let (year, month, day) = (number(31, 32), number(33, 34), number(35, 36));
    let exists = (1..=12).contains(&month) && (1..=days(month, year)).contains(&day);
    let now = (i32::from(today.year()), i32::from(today.month()), i32::from(today.day()));
    let in_time = &digits[30..36] == "999999" || exists && (2000 + year, month, day) >= now;
    digits.len() == 44
        && vectors::independent_check(digits)
        && digits.starts_with("91")
        && in_time
        && &digits[36..37] == "0"
        && (1..=300_000).contains(&number(38, 43))
}

#[test]
fn no_mutation_passes_unless_every_check_holds() {
    let mut random = Seeded(2);
    let (mut read, mut payable, mut refused_dates) = (0, 0, 0);
    for round in 0..100_000 {
        let mut digits = GS1[random.below(GS1.len())].digits.as_bytes().to_vec();
        for _ in 0..=random.below(4) {
            let at = random.below(digits.len());
            match random.below(8) {
                0 => drop(digits.remove(at)),
                1 => digits.insert(at, b'0' + u8::try_from(random.below(10)).expect("a digit")),
                2 => {
                    let other = random.below(digits.len());
                    digits.swap(at, other);
                }
                3 => digits[at] = b"O lA-]\x7f"[random.below(7)],
                _ => digits[at] = b'0' + u8::try_from(random.below(10)).expect("a digit"),
            }
        }
        // Every other one gets a check digit that holds, so that the later checks are reached as well.
        if round % 2 == 0 && digits.len() == 44 && digits.iter().all(u8::is_ascii_digit) {
            digits[43] = b'0';
            while !vectors::independent_check(&String::from_utf8_lossy(&digits)) {
                digits[43] += 1;
            }
        }
        let text = String::from_utf8(digits).expect("ASCII");
        match notice::parse(&text) {
            Ok(Notice::Gs1(notice)) => {
                read += 1;
                let slip = Slip { barcode: Some(notice), el_qr: None };
                let findings = check::check(&slip, &on(TODAY));
                let passes = worst(&findings) == Some(Severity::Note);
                assert_eq!(passes, independently_payable(&text, TODAY), "{text}: {findings:?}");
                payable += u32::from(passes);
                refused_dates += u32::from(severity(&findings, "impossible-date").is_some());
            }
            Ok(Notice::ElQr(_)) => panic!("{text} has no 255 digits"),
            Err(_) => {
                assert!(
                    text.len() != 44
                        || !text.bytes().all(|b| b.is_ascii_digit())
                        || !vectors::independent_check(&text)
                        || !text.starts_with("91"),
                    "{text} was refused though every check holds"
                );
            }
        }
    }
    // The walk must reach all sides, or it would prove nothing.
    assert!(read > 20_000 && payable > 2_000 && refused_dates > 500, "{read} {payable} {refused_dates}");
}

#[test]
fn no_mutated_el_qr_passes_unless_every_check_holds() {
    let mut random = Seeded(3);
    let mut read = 0;
    for round in 0..20_000 {
        let mut digits = [E1, E2, E3][random.below(3)].as_bytes().to_vec();
        for _ in 0..=random.below(3) {
            let at = random.below(255);
            digits[at] = b'0' + u8::try_from(random.below(10)).expect("a digit");
        }
        if round % 2 == 0 {
            let crc = format!("{:05}", vectors::independent_crc(&digits[..250]));
            digits.splice(250.., crc.bytes());
        }
        let text = String::from_utf8(digits).expect("ASCII");
        if let Ok(Notice::ElQr(notice)) = notice::parse(&text) {
            read += 1;
            assert_eq!(text[250..], format!("{:05}", vectors::independent_crc(&text.as_bytes()[..250])));
            assert_eq!(text[29..31], vectors::independent_ocr(&text[31..68]));
            assert_eq!(text[68..70], vectors::independent_ocr(&text[70..112]));
            assert_eq!(text[42..53], text[116..127], "both amounts");
            assert_eq!(notice.amount.to_string(), text[116..127].trim_start_matches('0'));
            assert_eq!(notice.to_string(), text);
        }
    }
    assert!(read > 1_000, "{read}");
}

#[test]
fn every_id_serialises_as_it_is_called() {
    // All findings that the cases above can draw, and those of errors.
    let profile = sample();
    let mut all = Vec::new();
    for vector in GS1 {
        all.extend(check::check(&barcode(vector.digits), &on(TODAY)));
        all.extend(check::check(&barcode(vector.digits), &Context { profile: Some(&profile), ..on(date(2025, 6, 1)) }));
    }
    let earlier = [pair(S1, E1), barcode(S2)];
    let late = Context { today: date(2040, 1, 1), built: Some(TODAY), profile: Some(&profile), earlier: &earlier };
    all.extend(check::check(&pair(S1, E1), &late));
    all.extend(check::check(&qr(E1), &on(date(2026, 10, 15))));
    for error in [WRONG[0].1, S12, "1", E5, "x"].map(|digits| notice::parse(digits).expect_err("no notice")) {
        let error: NoticeError = error;
        all.extend(check::of_error(&error));
    }
    for finding in all {
        let json = serde_json::to_value(&finding).expect("findings serialise");
        assert_eq!(json["id"], finding.id());
        assert!(["stop", "ask", "note"].iter().any(|severity| json["severity"] == *severity), "{json}");
    }
}
