//! What a visit believes and tells, decided on symbols rather than pixels; and the shapes that outsiders rely on.

use jiff::civil::{Date, date};
use maecheck::frame::{Frame, Picture};
use maecheck::guide::Verdict;
use maecheck::notice;
use maecheck::session::{self, AGREE_OTHER, EARLIER, Kind, Options, Outcome, Seen, Session};
use maecheck::symbol::{Advice, Point, Symbol, Symbology};
use serde_json::{Value, json};

// Dummy issuer of the guideline; body 99999 and item 999 do not exist.
/// 12,500 yen until 2026-09-30.
const BARCODE: &str = "91912345000012025010123456780026093000125005";
/// The same bill, issued again.
const REISSUED: &str = "91912345000012025010123456780126093000125004";
/// 300,001 yen.
const TOO_MUCH: &str = "91912345000012025010123456780026093003000019";
/// The last digit of [`BARCODE`] changed.
const WRONG: &str = "91912345000012025010123456780026093000125006";
/// Another application identifier.
const AI_92: &str = "92912345000012025010123456780026093000125004";
/// 12,500 yen, due 2026-09-30, until 2026-10-31.
const EL_QR: &str = "000201010212279600051380001830400000000000000000125002138000999000002100000202609990000001123456099999000000000054110000001250062262026202603202609302026103180850000000000000000000000000000000000000000000000000000000000000000000000000000000000000630554708";
/// 8,000 yen until 2025-07-31.
const EL_QR_OLD: &str = "000201010212279600051380001838600000000000000000080002138000999000001800000202509990000003123456099999000000000054110000000800062262025202501202506302025073180850000000000000000000000000000000000000000000000000000000000000000000000000000000000000630561513";
/// Tag 54 says 2,500 yen, the MPN line 12,500.
const EL_QR_TWO_AMOUNTS: &str = "000201010212279600051380001830400000000000000000125002138000999000002100000202609990000001123456099999000000000054110000000250062262026202603202609302026103180850000000000000000000000000000000000000000000000000000000000000000000000000000000000000630518209";

const TODAY: Date = date(2026, 8, 1);
const CORNERS: [Point; 4] =
    [Point { x: 1.0, y: 2.0 }, Point { x: 301.0, y: 2.5 }, Point { x: 301.0, y: 40.0 }, Point { x: 1.0, y: 39.5 }];

fn session() -> Session {
    Session::new(Options { today: TODAY, built: None, profile: None })
}

/// A symbol as `symbol` hands it over.
fn symbol(symbology: Symbology, text: &str, valid: bool) -> Symbol {
    Symbol { symbology, text: text.to_owned(), corners: CORNERS, valid }
}

fn gs1(text: &str) -> Symbol {
    symbol(Symbology::Gs1_128, text, true)
}

fn qr(text: &str) -> Symbol {
    symbol(Symbology::Qr, text, true)
}

fn show(session: &mut Session, symbols: &[Symbol]) -> Outcome {
    let advice = if symbols.iter().any(|s| s.valid) { Advice::Done } else { Advice::NotFound };
    session.take_live(session::describe(symbols), false, advice)
}

fn photo(session: &mut Session, symbols: &[Symbol]) -> Outcome {
    let advice = if symbols.iter().any(|s| s.valid) { Advice::Done } else { Advice::NotFound };
    session.take_still(session::describe(symbols), advice)
}

/// The amounts that a report believes, as `barcode 12500`, `el-qr 12500`; or its verdict.
fn told(outcome: &Outcome) -> String {
    let Some(report) = &outcome.report else {
        return outcome.error.as_ref().map_or("nothing".into(), |e| format!("error {}", e.id()));
    };
    let believed: Vec<_> = report
        .symbols
        .iter()
        .filter(|s| s.valid && s.kind.is_payment() && report.notice.is_some())
        .map(|s| match notice::parse(&s.text) {
            Ok(notice::Notice::Gs1(notice)) => format!("barcode {}", notice.amount),
            Ok(notice::Notice::ElQr(notice)) => format!("el-qr {}", notice.amount),
            Err(error) => panic!("{error}"),
        })
        .collect();
    match (&report.notice, believed.is_empty()) {
        (Some(_), false) => believed.join(" + "),
        (None, true) => {
            report.findings.iter().map(|f| f.id()).fold("no notice:".into(), |all: String, id| all + " " + id)
        }
        (notice, _) => panic!("a notice {} and {believed:?}", notice.is_some()),
    }
}

#[test]
fn symbols_are_named_by_what_they_are_to_a_payer() {
    for (why, symbol, kind, valid) in [
        ("the payment barcode", gs1(BARCODE), Kind::Gs1_128Payment, true),
        ("one that does not check", gs1(WRONG), Kind::Gs1_128Payment, false),
        (
            "right digits, but the symbol's own checks fail",
            symbol(Symbology::Gs1_128, BARCODE, false),
            Kind::Gs1_128Payment,
            false,
        ),
        ("another application identifier", gs1(AI_92), Kind::OtherCode, true),
        ("a parcel's GS1-128", gs1("00340123450000000018"), Kind::OtherCode, true),
        ("the right digits without FNC1", symbol(Symbology::Code128, BARCODE, true), Kind::OtherCode, true),
        ("the right digits in another symbology", symbol(Symbology::Itf, BARCODE, true), Kind::OtherCode, true),
        ("goods from a shop", symbol(Symbology::Ean13, "4901234567894", true), Kind::OtherCode, true),
        ("an eL-QR", qr(EL_QR), Kind::ElQr, true),
        ("an eL-QR whose CRC fails", qr(&format!("{}9", &EL_QR[..254])), Kind::ElQr, false),
        ("an eL-QR with two amounts", qr(EL_QR_TWO_AMOUNTS), Kind::ElQr, false),
        ("a barcode's digits in a QR code", qr(BARCODE), Kind::OtherQr, true),
        ("a web link", qr("https://www.example.lg.jp/nofu"), Kind::WebLink, true),
        ("any other text", qr("案内"), Kind::OtherQr, true),
        ("an empty QR code", qr(""), Kind::OtherQr, true),
    ] {
        let seen = Seen::of(&symbol);
        assert_eq!((seen.kind, seen.valid), (kind, valid), "{why}");
    }
}

#[test]
fn live_frames_must_agree() {
    let (a, b, el, old) = (gs1(BARCODE), gs1(TOO_MUCH), qr(EL_QR), qr(EL_QR_OLD));
    let none = "nothing";
    /// What one frame shows, and what is to be told after it.
    type Step<'a> = (Vec<Symbol>, &'a str);
    let cases: Vec<(&str, Vec<Step<'_>>)> = vec![
        ("one frame is not enough", vec![(vec![a.clone()], none)]),
        ("two are", vec![(vec![a.clone()], none), (vec![a.clone()], "barcode 12500")]),
        (
            "frames without a code in between do no harm",
            vec![(vec![a.clone()], none), (vec![], none), (vec![], none), (vec![a.clone()], "barcode 12500")],
        ),
        (
            "another text starts anew",
            vec![
                (vec![a.clone()], none),
                (vec![b.clone()], none),
                (vec![a.clone()], none),
                (vec![a.clone()], "barcode 12500"),
            ],
        ),
        (
            "what does not check never counts",
            vec![
                (vec![gs1(WRONG)], none),
                (vec![gs1(WRONG)], none),
                (vec![symbol(Symbology::Gs1_128, BARCODE, false)], none),
                (vec![a.clone()], none),
            ],
        ),
        (
            "both codes of a slip are told together",
            vec![(vec![a.clone(), el.clone()], none), (vec![el.clone(), a.clone()], "barcode 12500 + el-qr 12500")],
        ),
        (
            "a second code that one frame has shown is waited for",
            vec![
                (vec![a.clone()], none),
                (vec![a.clone(), el.clone()], none),
                (vec![a.clone()], none),
                (vec![el.clone()], "barcode 12500 + el-qr 12500"),
            ],
        ),
        (
            "… but not for ever",
            vec![
                (vec![a.clone()], none),
                (vec![a.clone(), el.clone()], none),
                (vec![], none),
                (vec![], none),
                (vec![], none),
                (vec![], "barcode 12500"),
            ],
        ),
        (
            "a second code that keeps changing is not waited for either",
            (0..8)
                .map(|i| {
                    let other = if i % 2 == 0 { el.clone() } else { old.clone() };
                    (vec![a.clone(), other], if i == 6 { "barcode 12500" } else { none })
                })
                .collect(),
        ),
        (
            "a code that is read again is told again",
            vec![
                (vec![a.clone()], none),
                (vec![a.clone()], "barcode 12500"),
                (vec![], none),
                (vec![a.clone()], "barcode 12500"),
            ],
        ),
        (
            "a second code may come later",
            vec![
                (vec![a.clone()], none),
                (vec![a.clone()], "barcode 12500"),
                (vec![el.clone()], none),
                (vec![el.clone()], "barcode 12500 + el-qr 12500"),
            ],
        ),
        (
            "another barcode is another paper: the eL-QR of the first is not taken along",
            vec![
                (vec![a.clone(), el.clone()], none),
                (vec![a.clone(), el.clone()], "barcode 12500 + el-qr 12500"),
                (vec![b.clone()], none),
                (vec![b.clone()], "barcode 300001"),
            ],
        ),
        (
            "two slips side by side: none is chosen",
            vec![(vec![a.clone(), b.clone()], none), (vec![b.clone(), a.clone()], "no notice: several-notices")],
        ),
        (
            "… and one of them alone is, once the other is away",
            vec![
                (vec![a.clone(), b.clone()], none),
                (vec![a.clone(), b.clone()], "no notice: several-notices"),
                (vec![a.clone()], none),
                (vec![a.clone()], "barcode 12500"),
            ],
        ),
        (
            "the same barcode twice in one frame is one",
            vec![(vec![a.clone(), a.clone()], none), (vec![a.clone()], "barcode 12500")],
        ),
    ];
    for (why, frames) in cases {
        let mut session = session();
        for (i, (symbols, want)) in frames.iter().enumerate() {
            assert_eq!(told(&show(&mut session, symbols)), *want, "{why}, frame {}", i + 1);
        }
    }
}

#[test]
fn a_barcode_that_is_still_adding_up_is_waited_for_beside_an_el_qr() {
    let (a, el) = (gs1(BARCODE), qr(EL_QR));
    let none = "nothing";
    let next = |session: &mut Session, symbol: &Symbol, gathering| {
        told(&session.take_live(session::describe(std::slice::from_ref(symbol)), gathering, Advice::HoldStill))
    };
    let mut visit = session();
    let told: Vec<String> = [(&el, true), (&el, true), (&a, false), (&a, false)]
        .map(|(symbol, poor)| next(&mut visit, symbol, poor))
        .into();
    assert_eq!(told, [none, none, none, "barcode 12500 + el-qr 12500"]);

    let mut visit = session();
    let told: Vec<String> = (0..7).map(|_| next(&mut visit, &el, true)).collect();
    assert_eq!(told, [none, none, none, none, none, none, "el-qr 12500"], "… but not for ever");

    let mut visit = session();
    let told: Vec<String> = (0..2).map(|_| next(&mut visit, &a, true)).collect();
    assert_eq!(told, [none, "barcode 12500"], "a barcode that is read is not waited for");
}

#[test]
fn an_el_qr_of_long_ago_is_not_joined_to_a_new_barcode() {
    let mut session = session();
    show(&mut session, &[qr(EL_QR)]);
    assert_eq!(told(&show(&mut session, &[qr(EL_QR)])), "el-qr 12500");
    for _ in 0..40 {
        assert_eq!(told(&show(&mut session, &[])), "nothing");
    }
    show(&mut session, &[gs1(BARCODE)]);
    assert_eq!(told(&show(&mut session, &[gs1(BARCODE)])), "barcode 12500");
}

#[test]
fn other_codes_are_told_late_and_never_before_a_notice() {
    let link = qr("https://www.example.lg.jp/nofu");
    for (symbol, want) in [
        (link.clone(), "no notice: web-link"),
        (qr("案内"), "no notice: not-a-payment-code"),
        (symbol(Symbology::Ean13, "4901234567894", true), "no notice: not-a-payment-code"),
        (symbol(Symbology::Code128, BARCODE, true), "no notice: not-a-payment-code"),
        (gs1(AI_92), "no notice: not-a-payment-code"),
        (gs1(WRONG), "no notice: check-digit"),
        (qr(EL_QR_TWO_AMOUNTS), "no notice: amounts-disagree"),
        // The symbol does not check although its digits do: nothing can be said of it but that it was not read.
        (symbol(Symbology::Gs1_128, BARCODE, false), "no notice:"),
    ] {
        let mut session = session();
        for frame in 1..AGREE_OTHER {
            assert_eq!(told(&show(&mut session, std::slice::from_ref(&symbol))), "nothing", "frame {frame} of {want}");
        }
        let outcome = show(&mut session, std::slice::from_ref(&symbol));
        assert_eq!(told(&outcome), want);
        assert_eq!(outcome.report.unwrap().verdict, Verdict::NoRead);
        assert!(session.report().is_none(), "a code that is no notice is not kept in hand");
        // The barcode beside it still makes its way.
        show(&mut session, &[symbol.clone(), gs1(BARCODE)]);
        assert_eq!(told(&show(&mut session, &[symbol, gs1(BARCODE)])), "barcode 12500");
    }
    // Text that is misread anew in each frame neither grows without end nor is told.
    let mut session = session();
    for i in 0..500 {
        assert_eq!(told(&show(&mut session, &[symbol(Symbology::Gs1_128, &format!("91{i:042}"), false)])), "nothing");
    }
}

#[test]
fn the_hand_is_told_to_hold_still_until_two_frames_agree() {
    let mut session = session();
    let first = show(&mut session, &[gs1(BARCODE)]);
    assert_eq!((first.advice, first.corners), (Some(Advice::HoldStill), Some(CORNERS)));
    let second = show(&mut session, &[gs1(BARCODE)]);
    assert_eq!(second.advice, Some(Advice::Done));
    let third = session.take_live(vec![], false, Advice::Closer);
    assert_eq!((third.advice, third.corners), (Some(Advice::Closer), None), "the reader's own advice passes");
    let mut session = self::session();
    let seen = session::describe(&[qr(EL_QR)]);
    let first = session.take_live(seen, true, Advice::Closer);
    assert_eq!(first.advice, Some(Advice::HoldStill), "an eL-QR was read, a bar code beside it was not");
}

#[test]
fn one_photo_is_enough() {
    let broken = symbol(Symbology::Gs1_128, BARCODE, false);
    let link = qr("https://www.example.lg.jp/nofu");
    for (why, symbols, want) in [
        ("a barcode", vec![gs1(BARCODE)], "barcode 12500"),
        ("an eL-QR", vec![qr(EL_QR)], "el-qr 12500"),
        ("both", vec![qr(EL_QR), gs1(BARCODE)], "barcode 12500 + el-qr 12500"),
        ("an envelope's web link beside it", vec![link.clone(), gs1(BARCODE)], "barcode 12500"),
        (
            "a barcode beside an eL-QR that does not check",
            vec![gs1(BARCODE), qr(&format!("{}9", &EL_QR[..254]))],
            "barcode 12500",
        ),
        ("two barcodes", vec![gs1(BARCODE), gs1(TOO_MUCH)], "no notice: several-notices"),
        ("two sheets of one bill", vec![gs1(BARCODE), gs1(REISSUED)], "no notice: several-notices"),
        ("two eL-QRs", vec![qr(EL_QR), qr(EL_QR_OLD), gs1(BARCODE)], "no notice: several-notices"),
        ("the same barcode twice", vec![gs1(BARCODE), gs1(BARCODE)], "barcode 12500"),
        ("one that checks and one that does not", vec![gs1(WRONG), gs1(BARCODE)], "barcode 12500"),
        ("one that does not check", vec![gs1(WRONG)], "no notice: check-digit"),
        ("one whose symbol does not check", vec![broken], "no notice:"),
        ("a web link", vec![link], "no notice: web-link"),
        ("nothing", vec![], "error photo-no-code"),
    ] {
        let mut session = session();
        assert_eq!(told(&photo(&mut session, &symbols)), want, "{why}");
    }
}

#[test]
fn an_el_qr_that_contradicts_itself_spoils_the_barcode_beside_it() {
    let report = photo(&mut session(), &[gs1(BARCODE), qr(EL_QR_TWO_AMOUNTS)]).report.unwrap();
    assert_eq!(report.findings.first().map(|f| f.id()), Some("amounts-disagree"));
    assert_eq!(report.verdict, Verdict::NotPayable);
}

#[test]
fn a_photo_without_a_notice_leaves_what_is_in_hand() {
    let mut session = session();
    photo(&mut session, &[gs1(BARCODE)]);
    for symbols in [vec![], vec![qr("案内")], vec![gs1(WRONG)]] {
        assert!(photo(&mut session, &symbols).report.is_none_or(|r| r.notice.is_none()));
        assert!(session.report().is_some_and(|r| r.notice.is_some()), "{symbols:?}");
    }
    assert_eq!(told(&photo(&mut session, &[qr(EL_QR_OLD)])), "el-qr 8000", "the next photo is a look of its own");
}

#[test]
fn digits_walk_the_same_way() {
    for (why, text, want, error) in [
        ("typed", BARCODE, "barcode 12500", None),
        ("as printed", "(91)912345-0000120250101234567800\n-260930-0-012500-5", "barcode 12500", None),
        ("by a hand scanner", "]C191912345000012025010123456780026093000125005", "barcode 12500", None),
        ("an eL-QR by a hand scanner", EL_QR, "el-qr 12500", None),
        ("a wrong digit", WRONG, "no notice: check-digit", Some("check-digit")),
        ("another application identifier", AI_92, "no notice: not-a-payment-code", Some("not-a-payment-code")),
        ("two amounts", EL_QR_TWO_AMOUNTS, "no notice: amounts-disagree", Some("amounts-disagree")),
        ("too short", "9191234500001202", "no notice: incomplete-code", Some("incomplete-code")),
        ("a web link", "https://www.example.lg.jp/nofu", "no notice: web-link", Some("web-link")),
        ("nothing", "", "no notice:", Some("no-digits")),
        (
            "a letter",
            "9191234500001202501012345678002609300012500O",
            "no notice: strange-character",
            Some("strange-character"),
        ),
    ] {
        let outcome = session().digits(text);
        assert_eq!(told(&outcome), want, "{why}");
        assert_eq!(outcome.error.as_ref().map(|e| e.id()), error, "{why}");
    }
}

#[test]
fn digits_join_the_slip_in_hand_unless_they_are_another_one() {
    let mut session = session();
    assert_eq!(told(&session.digits(BARCODE)), "barcode 12500");
    assert_eq!(told(&session.digits(EL_QR)), "barcode 12500 + el-qr 12500");
    assert_eq!(told(&session.digits(EL_QR)), "barcode 12500 + el-qr 12500", "the same again changes nothing");
    assert!(session.digits(WRONG).report.unwrap().notice.is_none());
    assert!(session.report().is_some(), "a slip of the finger loses nothing");
    assert_eq!(told(&session.digits(TOO_MUCH)), "barcode 300001", "another barcode is another slip");
    session.next();
    assert_eq!(told(&session.digits(EL_QR)), "el-qr 12500");
}

#[test]
fn earlier_slips_are_known_until_all_is_forgotten() {
    let ids = |outcome: Outcome| outcome.report.unwrap().findings.iter().map(|f| f.id()).collect::<Vec<_>>();
    let mut session = session();
    let first = ids(session.digits(BARCODE));
    assert!(!first.contains(&"same-slip-again") && !first.contains(&"same-bill-other-version"));
    assert!(!ids(session.digits(BARCODE)).contains(&"same-slip-again"), "the slip in hand is no earlier one");
    session.next();
    assert!(ids(session.digits(BARCODE)).contains(&"same-slip-again"));
    assert!(ids(session.digits(REISSUED)).contains(&"same-bill-other-version"));
    session.next();
    session.next();
    assert!(session.report().is_none());
    session.forget();
    assert_eq!(ids(session.digits(BARCODE)), first, "the next visitor starts afresh");
    session.forget();
    assert!(session.report().is_none());
    // A long day at a counter: the oldest slips go, the others stay.
    for i in 0..EARLIER as u32 + 1 {
        let mut digits = format!("919123450000120250101{i:08}0260930001000");
        digits.push_str("00");
        let digits = &digits[..43];
        let whole = (0..10).map(|d| format!("{digits}{d}")).find(|d| notice::parse(d).is_ok()).unwrap();
        if i == 0 {
            session.digits(BARCODE);
        } else {
            session.digits(&whole);
        }
        session.next();
    }
    assert!(!ids(session.digits(BARCODE)).contains(&"same-slip-again"), "the oldest of {} is gone", EARLIER + 1);
}

#[test]
fn a_new_day_judges_anew() {
    let mut session = session();
    assert_eq!(session.digits(BARCODE).report.unwrap().verdict, Verdict::Payable);
    session.set_today(date(2026, 9, 30), None);
    assert_eq!(session.report().unwrap().verdict, Verdict::Payable, "the last day counts");
    session.set_today(date(2026, 10, 1), None);
    assert_eq!(session.report().unwrap().verdict, Verdict::NotPayable);
    session.set_today(date(2026, 8, 1), Some(date(2026, 8, 2)));
    assert_eq!(session.report().unwrap().verdict, Verdict::Ask, "a clock before the build date");
}

#[test]
fn a_run_of_frames_settles_on_what_was_believed() {
    let mut session = session();
    assert!(session.settle().is_none());
    show(&mut session, &[gs1(BARCODE)]);
    assert!(session.settle().is_none(), "one frame alone is never believed");
    show(&mut session, &[gs1(BARCODE), qr(EL_QR)]);
    assert!(session.report().is_none(), "still waiting for the eL-QR");
    assert_eq!(session.settle().unwrap().symbols.len(), 1, "the barcode alone is believed");
    session.forget();
    show(&mut session, &[qr("案内")]);
    assert_eq!(session.settle().unwrap().verdict, Verdict::NoRead);
}

#[test]
fn reports_have_the_contracts_shape() {
    let value = |outcome: &Outcome| serde_json::to_value(outcome).unwrap();
    let mut session = session();
    let read = value(&photo(&mut session, &[gs1(BARCODE)]));
    let report = &read["report"];
    assert_eq!(report["verdict"], "payable");
    assert_eq!(
        report["symbols"],
        json!([{"kind": "gs1-128-payment", "text": BARCODE, "valid": true, "corners": [
            {"x": 1.0, "y": 2.0}, {"x": 301.0, "y": 2.5}, {"x": 301.0, "y": 40.0}, {"x": 1.0, "y": 39.5}]}])
    );
    assert_eq!((&report["notice"]["kind"], &report["notice"]["amount"]), (&json!("gs1-128-payment"), &json!(12500)));
    assert!(report["answer"]["verdict"] == "payable");
    let findings = report["findings"].as_array().unwrap();
    assert!(
        findings.iter().all(|f| f["id"].is_string() && ["stop", "ask", "note"].iter().any(|s| f["severity"] == *s))
    );
    assert_eq!(read["advice"], "done");
    assert_eq!(read["corners"][1], json!({"x": 301.0, "y": 2.5}));
    assert_eq!(read.get("error"), None);

    let live = value(&show(&mut session, &[]));
    assert_eq!(live, json!({"report": null, "advice": "not-found"}));

    let typed = value(&session.digits(WRONG));
    assert_eq!(typed["error"]["id"], "check-digit");
    assert_eq!(typed["report"]["symbols"], json!([{"kind": "gs1-128-payment", "text": WRONG, "valid": false}]));
    assert_eq!((&typed["report"]["notice"], &typed["report"]["verdict"]), (&Value::Null, &json!("no-read")));
}

#[test]
fn files_that_cannot_be_read_are_outcomes() {
    for (why, file, want) in [
        ("empty", &b""[..], json!({"id": "photo-not-a-picture"})),
        ("a PDF", b"%PDF-1.7", json!({"id": "photo-not-a-picture", "found": "PDF"})),
        ("HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", json!({"id": "photo-heic"})),
        ("a torn JPEG", b"\xff\xd8\xff\xe0", json!({"id": "photo-broken"})),
    ] {
        let outcome = serde_json::to_value(session().photo(file)).unwrap();
        assert_eq!(outcome, json!({"report": null, "error": want}), "{why}");
    }
}

#[test]
fn pictures_without_a_code_say_so() {
    for (width, height) in [(1, 1), (1, 400), (400, 1), (64, 48)] {
        let white = Picture::new(vec![255; width * height], width, height).unwrap();
        let mut session = session();
        assert_eq!(told(&session.picture(white.frame())), "error photo-no-code", "{width}×{height}");
        let live = session.frame(Frame::packed(&vec![255; width * height], width, height).unwrap());
        assert_eq!((live.report, live.error), (None, None), "{width}×{height}: a camera simply goes on");
    }
}

#[test]
fn nothing_that_is_printed_for_debugging_holds_digits() {
    let mut session = session();
    let outcomes = [photo(&mut session, &[gs1(BARCODE), qr(EL_QR)]), session.digits(WRONG), session.digits("91A")];
    session.next();
    for text in outcomes.iter().map(|o| format!("{o:?}")).chain([format!("{session:?}")]) {
        let longest = text.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or_default();
        assert!(longest <= 4, "{text}");
    }
}

#[test]
fn days_are_written_in_one_way_only() {
    for (text, want) in [
        ("2026-09-30", Some(date(2026, 9, 30))),
        ("2024-02-29", Some(date(2024, 2, 29))),
        ("2026-02-29", None),
        ("2026-9-30", None),
        ("20260930", None),
        ("2026-09-30T00:00:00", None),
        ("2026/09/30", None),
        ("２０２６-09-30", None),
        ("+002026-09-30", None),
        ("", None),
    ] {
        assert_eq!(session::day(text), want, "{text}");
    }
}
