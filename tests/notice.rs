//! The layouts: every published and synthetic vector, every way in, and what printing and parsing have in common.
//!
//! Cases are from public programs and from the guideline's dummies; no digits of a real slip are here.

use jiff::civil::{Date, date};
use maecheck::notice::{
    self, Code, NoticeError, TextKind, classify,
    elqr::{self, ElQrNotice},
    gs1::{self, Gs1Notice, TimeLimit},
    input::{self, InputError},
    layout::Rule,
    profile::{Known, Listed, Profile, Role},
    typing::{self, State, Why},
};
use proptest::prelude::*;

#[path = "vectors/mod.rs"]
mod vectors;
use vectors::{E1, E2, E3, E4, E5, GS1, P3, S1, S2, S12, WRONG};

fn gs1(digits: &str) -> Gs1Notice {
    digits.parse().unwrap_or_else(|error| panic!("{digits}: {error}"))
}

fn el_qr(digits: &str) -> ElQrNotice {
    digits.parse().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_barcode_vector_reads_as_its_table_says() {
    for vector in GS1 {
        let notice = gs1(vector.digits);
        let limit = match vector.limit {
            "none" => TimeLimit::None,
            text => text.parse().map_or_else(|_| TimeLimit::Impossible(text.to_owned()), TimeLimit::On),
        };
        let found = (notice.issuer.as_str(), notice.reissue, &notice.time_limit, notice.stamp, notice.amount);
        assert_eq!(found, (vector.issuer, vector.reissue, &limit, vector.stamp, vector.amount), "{}", vector.id);
        assert_eq!(notice.to_string(), vector.digits, "{}: printed again", vector.id);
    }
}

#[test]
fn wrong_check_digits_are_told_with_the_right_one() {
    for (id, digits, expected) in WRONG {
        let found = digits[43..].to_owned();
        assert_eq!(
            notice::parse(digits),
            Err(NoticeError::CheckDigit {
                part: notice::CheckPart::Barcode,
                group: 6,
                expected: (*expected).to_owned(),
                found
            }),
            "{id}"
        );
    }
}

#[test]
fn a_swap_of_digits_that_differ_by_five_is_not_caught() {
    // 16,000 and 61,000 yen have one check digit: the reason why a person is always asked to compare the amount.
    let (a, b) = ("91912345000012025010123456780026093000160006", "91912345000012025010123456780026093000610006");
    assert_eq!((gs1(a).amount, gs1(b).amount), (16_000, 61_000));
}

#[test]
fn every_single_wrong_digit_is_refused() {
    let mut digits: Vec<&str> = GS1.iter().map(|vector| vector.digits).take(10).collect();
    assert_eq!(digits.len(), 10);
    digits.extend([E1, E2]);
    for good in digits {
        for position in 0..good.len() {
            for digit in b'0'..=b'9' {
                let mut bytes = good.as_bytes().to_vec();
                if bytes[position] == digit {
                    continue;
                }
                bytes[position] = digit;
                let text = String::from_utf8(bytes).expect("digits are ASCII");
                assert!(notice::parse(&text).is_err(), "{good} with {} at {}", char::from(digit), position + 1);
            }
        }
    }
}

#[test]
fn what_is_no_notice_is_told_for_what_it_is() {
    let long = "9".repeat(10_000);
    #[rustfmt::skip]
    let cases: &[(&str, &str, &str)] = &[
        ("",                     "incomplete-code",    "nothing"),
        (&S1[..43],              "incomplete-code",    "W4: the last digit is missing"),
        ("919123450000120250101234567800260930001250055", "incomplete-code", "W4: a digit too many"),
        ("9191234500001202501012345678002609300O125005",  "strange-character", "W4: the letter O"),
        ("９1912345000012025010123456780026093000125005",  "strange-character", "full-width digits are input's affair"),
        (S12,                    "not-a-payment-code", "AI 92, check digit consistent"),
        (&long,                  "incomplete-code",    "far too many"),
        (E4,                     "check-digit",        "the CRC's last digit"),
        (E5,                     "amounts-disagree",   "tag 54 says 2,500, the MPN line 12,500"),
    ];
    for (digits, id, why) in cases {
        let error = notice::parse(digits).expect_err(why);
        assert_eq!(error.id(), *id, "{why}: {error}");
        let json = serde_json::to_value(&error).expect("errors serialise");
        assert_eq!(json["id"], *id, "{why}: the id is what it serialises with");
    }
}

#[test]
fn errors_say_where() {
    assert_eq!(
        notice::parse(S12),
        Err(NoticeError::NotThisKind {
            code: Code::Barcode,
            group: 1,
            position: 1,
            field: "application identifier",
            expected: "91",
            found: "92".to_owned()
        })
    );
    assert_eq!(notice::parse("12a"), Err(NoticeError::Character { position: 3, found: "a".to_owned() }));
    assert_eq!(notice::parse(E5), Err(NoticeError::Amounts { amount: 2_500, mpn_amount: 12_500 }));
    assert_eq!(S1.parse::<ElQrNotice>(), Err(NoticeError::Length { expected: [255; 2], found: 44 }));
    assert_eq!(E1.parse::<Gs1Notice>(), Err(NoticeError::Length { expected: [44; 2], found: 255 }));
}

#[test]
fn an_el_qr_with_other_fixed_digits_is_another_code() {
    // (position, what stands there instead, field): the checks are put right again, so that only the layout speaks.
    let cases =
        [(11, "11", "dynamic code"), (21, "13801", "organisation id of tag 27-00"), (55, "13801", "organisation id")];
    for (at, other, name) in cases {
        let digits = rebuilt(&replaced(E1, at, other));
        match notice::parse(&digits) {
            Err(NoticeError::NotThisKind { code: Code::ElQr, position, field, found, .. }) => {
                assert_eq!((position, field, found.as_str()), (at, name, other));
            }
            result => panic!("{name}: {result:?}"),
        }
    }
}

#[test]
fn each_check_of_the_el_qr_stands_on_its_own() {
    use notice::CheckPart;
    for (at, part) in [(30, CheckPart::OcrUpper), (69, CheckPart::OcrLower), (251, CheckPart::Crc)] {
        let other = if &E1[at - 1..=at] == "00" { "01" } else { "00" };
        let mut digits = replaced(E1, at, other);
        if part != CheckPart::Crc {
            digits = with_crc(&digits);
        }
        match notice::parse(&digits) {
            Err(NoticeError::CheckDigit { part: found, .. }) => assert_eq!(found, part),
            result => panic!("{part:?}: {result:?}"),
        }
    }
}

#[test]
fn every_el_qr_vector_reads_as_its_table_says() {
    let cases = [
        (E1, 12_500, date(2026, 9, 30), date(2026, 10, 31), 2026, "03"),
        (E2, 300_001, date(2026, 9, 30), date(2026, 10, 31), 2026, "03"),
        (E3, 8_000, date(2025, 6, 30), date(2025, 7, 31), 2025, "01"),
    ];
    for (digits, amount, due, limit, year, period) in cases {
        let found = el_qr(digits);
        assert_eq!((found.amount, found.due, found.time_limit), (amount, Some(due), Some(limit)));
        assert_eq!((found.levy_year, found.tax_year, found.period.as_str()), (year, year, period));
        assert_eq!((found.item.as_str(), found.tax_body.as_str(), found.tax_office.as_str()), ("999", "99999", "000"));
        assert_eq!((found.organisation.as_str(), found.stamp), ("13800", 0));
        assert_eq!(found.to_string(), digits, "printed again");
    }
}

#[test]
fn crc_is_the_one_of_the_standard() {
    // The check value that every catalogue of CRCs lists for this one.
    assert_eq!(elqr::crc16(b"123456789"), 0x29B1);
    assert_eq!(elqr::crc16(b""), 0xFFFF);
}

#[test]
fn keys_that_open_the_bill_stay_inside() {
    // 案件特定キー 20260999000000112345 and 確認番号 609999 of E1, by the layout's rows.
    let keys = [(elqr::Key::CaseKey, "case key"), (elqr::Key::Confirmation, "confirmation number")];
    let notice = notice::parse(E1).expect("E1 is sound");
    let shown =
        [format!("{notice:?}"), format!("{notice:#?}"), serde_json::to_string(&notice).expect("notices serialise")];
    for (key, name) in keys {
        let field = elqr::LAYOUT.iter().find(|field| field.key == key).expect("the layout has it");
        let digits = field.of(E1);
        assert!(digits.bytes().any(|b| b != b'0'), "{name}: a key of zeros would prove nothing");
        for text in &shown {
            assert!(!text.contains(digits), "{name} is in {text}");
        }
    }
    let json: serde_json::Value = serde_json::from_str(&shown[2]).expect("it is JSON");
    assert_eq!(json["kind"], "el-qr");
    assert_eq!(json["due"], "2026-09-30");
}

#[test]
fn a_notice_serialises_with_its_kind() {
    let json = serde_json::to_value(notice::parse(S1).expect("S1 is sound")).expect("notices serialise");
    assert_eq!(json["kind"], "gs1-128-payment");
    assert_eq!(json["amount"], 12_500);
    assert_eq!(json["time_limit"]["on"], "2026-09-30");
    let open = serde_json::to_value(notice::parse(P3).expect("P3 is sound")).expect("notices serialise");
    assert_eq!(open["time_limit"], "none");
}

#[test]
fn dates_that_do_not_exist_are_kept_as_found() {
    let cases = [
        (E1, 142, "20260931", "September has 30 days"),
        (E1, 142, "00000000", "no date at all"),
        (E1, 142, "20270229", "2027 is no leap year"),
    ];
    for (digits, at, other, why) in cases {
        let digits = rebuilt(&replaced(digits, at, other));
        let notice = el_qr(&digits);
        assert_eq!((notice.due, notice.due_digits().as_str()), (None, other), "{why}");
        assert_eq!(notice.to_string(), digits, "{why}: printed again");
    }
    let leap = el_qr(&rebuilt(&replaced(E1, 150, "20280229")));
    assert_eq!(leap.time_limit, Some(date(2028, 2, 29)), "2028 is a leap year");
}

#[test]
fn the_same_bill_is_known_by_its_case_key() {
    let later = el_qr(&rebuilt(&replaced(E1, 150, "20261130")));
    assert!(el_qr(E1).same_bill(&later), "one key, two limits");
    assert!(!el_qr(E1).same_bill(&el_qr(E2)), "two keys");
    let none = rebuilt(&replaced(E1, 71, "00000000000000000000"));
    assert!(!el_qr(&none).same_bill(&el_qr(&none)), "a key of zeros names no bill");
}

#[test]
fn whatever_is_put_into_a_notice_prints_as_digits() {
    let odd =
        Gs1Notice { issuer: "見本".to_owned(), free_use: "9".repeat(99), amount: u32::MAX, stamp: 255, ..gs1(S1) };
    assert!(odd.to_string().len() == 44 && vectors::independent_check(&odd.to_string()));
    let mut odd = el_qr(E1);
    (odd.amount, odd.item, odd.tax_body, odd.levy_year) = (u64::MAX, "é".repeat(9), String::new(), u16::MAX);
    let digits = odd.to_string();
    assert!(digits.len() == 255 && digits.bytes().all(|b| b.is_ascii_digit()));
    assert!(notice::parse(&digits).is_ok(), "and its checks hold");
}

#[test]
fn the_printed_line_is_the_guidelines() {
    let cases = [
        (S1, "(91)912345-0000120250101234567800-260930-0-012500-5"),
        ("91912345012345678901234567890101033101230003", "(91)912345-0123456789012345678901-010331-0-123000-3"),
    ];
    for (digits, line) in cases {
        assert_eq!(gs1(digits).human_readable(), line);
        assert_eq!(input::normalise(line).as_deref(), Ok(digits), "and it reads back");
    }
}

#[test]
fn layouts_are_whole() {
    // Sources and names are part of the tables' worth: nobody can check a row without them.
    for field in &gs1::LAYOUT {
        assert!(!field.ja.is_empty() && !field.en.is_empty() && !field.source.is_empty(), "{field:?}");
        assert!((1..=gs1::GROUPS).contains(&usize::from(field.group)), "{field:?}");
    }
    for field in &elqr::LAYOUT {
        assert!(!field.ja.is_empty() && !field.en.is_empty() && !field.source.is_empty(), "{field:?}");
        if let Rule::Fixed(text) = field.rule {
            assert_eq!((text.len(), field.of(E1)), (field.width, text), "{field:?}");
        }
    }
    assert_eq!(typing::WIDTHS, [8, 22, 6, 1, 6, 1]);
}

#[test]
fn kinds_of_text() {
    #[rustfmt::skip]
    let cases = [
        (S1,                                   TextKind::Gs1Payment, "a payment code"),
        (WRONG[0].1,                           TextKind::Gs1Payment, "one that does not check is one all the same"),
        (S12,                                  TextKind::Other,      "44 digits with another application identifier"),
        (E1,                                   TextKind::ElQr,       "an eL-QR"),
        (E4,                                   TextKind::ElQr,       "one whose CRC fails"),
        (&E1[..254],                           TextKind::Other,      "one digit short: some other EMV code"),
        ("https://example.lg.jp/",             TextKind::WebLink,    "a link"),
        ("HTTP://EXAMPLE.LG.JP/A",             TextKind::WebLink,    "capitals save space in a QR code"),
        (" www.example.lg.jp",                 TextKind::WebLink,    "without its scheme"),
        ("MEBKM:TITLE:x;URL:http://e.jp;;",    TextKind::WebLink,    "a bookmark for Japanese phones"),
        ("tel:0000000000",                     TextKind::Other,      "a telephone number is no payment code"),
        ("4901234567894",                      TextKind::Other,      "W5: what shops print on goods"),
        ("",                                   TextKind::Other,      "nothing"),
        ("見本",                               TextKind::Other,      "words: cut nowhere inside a character"),
    ];
    for (text, kind, why) in cases {
        assert_eq!(classify(text), kind, "{why}");
    }
}

#[test]
fn the_check_digit_door_for_symbols() {
    for vector in GS1 {
        assert!(gs1::check_digit_holds(vector.digits.as_bytes().try_into().expect("44 digits")), "{}", vector.id);
    }
    for (id, digits, _) in WRONG {
        assert!(!gs1::check_digit_holds(digits.as_bytes().try_into().expect("44 digits")), "{id}");
    }
    assert!(!gs1::check_digit_holds(&[0; 44]), "values instead of ASCII digits");
    assert!(!gs1::check_digit_holds(&[b'x'; 44]), "letters");
    assert!(!gs1::check_digit_holds(&[0xFF; 44]), "any bytes");
}

#[test]
fn plausible_pairs_are_those_of_the_layout() {
    let counts: Vec<usize> = gs1::PAIRS.iter().map(|pair| pair.iter().filter(|&&ok| ok).count()).collect();
    let mut expected = [100; 22];
    expected[0] = 1; // 91
    expected[1] = 20; // issuer: 50–59, 90–99
    expected[16] = 13; // month: 01–12, 99
    expected[17] = 32; // day: 01–31, 99
    expected[18] = 20; // stamp flag 0 or 1, first digit of the amount
    assert_eq!(counts, expected);
    assert!(gs1::PAIRS[0][91] && gs1::PAIRS[1][50] && gs1::PAIRS[1][99] && !gs1::PAIRS[1][49]);
    assert!(!gs1::PAIRS[16][0] && gs1::PAIRS[16][12] && !gs1::PAIRS[16][13] && gs1::PAIRS[16][99]);
    assert!(!gs1::PAIRS[17][0] && gs1::PAIRS[17][31] && !gs1::PAIRS[17][32] && gs1::PAIRS[17][99]);
    assert!(gs1::PAIRS[18][19] && !gs1::PAIRS[18][20]);
    // Vectors that make sense pass; those with month 13 or a stamp flag above 1 are implausible.
    for vector in GS1 {
        let plausible = vector
            .digits
            .as_bytes()
            .chunks(2)
            .zip(&gs1::PAIRS)
            .all(|(pair, allowed)| allowed[usize::from((pair[0] - b'0') * 10 + pair[1] - b'0')]);
        let senseless = vector.stamp > 1 || vector.limit == "261301";
        assert_eq!(plausible, !senseless, "{}", vector.id);
    }
}

#[test]
fn digits_in_every_dress() {
    let full_width: String = S1.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).expect("a digit")).collect();
    let spaced: String = S1.chars().flat_map(|c| [c, '\u{3000}']).collect();
    let scanner = format!("]C1{S1}\r\n");
    let wide_scanner: String =
        format!("]C1{S1}").chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).expect("ASCII")).collect();
    let separator = format!("\u{1D}{S1}\u{1D}\t");
    let qr = format!("]Q3{E1}\n");
    let marks = format!("\u{FEFF}{S1}\u{200B}");
    #[rustfmt::skip]
    let cases: &[(&str, &str, &str)] = &[
        (S1, S1, "bare"),
        ("(91)912345-0000120250101234567800-260930-0-012500-5", S1, "as printed"),
        ("(91)912345-0000120250101234\n567800-260930-0-012500-5\n", S1, "as printed, in two lines"),
        ("（９１）９１２３４５−００００１２０２５０１０１２３４５６７８００−２６０９３０−０−０１２５００−５", S1, "full-width, minus signs"),
        ("(91)912345ー0000120250101234567800ー260930ー0ー012500ー5", S1, "long-vowel marks for hyphens"),
        ("【91】912345–0000120250101234567800—260930―0‐012500－5", S1, "all kinds of dashes"),
        ("[91]912345 0000120250101234567800 260930 0 012500 5", S1, "square brackets, blanks"),
        (&full_width, S1, "full-width digits"),
        (&spaced, S1, "ideographic spaces"),
        (&scanner, S1, "a hand scanner with its symbology identifier"),
        (&wide_scanner, S1, "the same through a Japanese keyboard"),
        (&separator, S1, "FNC1 as GS, and a tab"),
        (&marks, S1, "invisible marks from a paste"),
        (E1, E1, "an eL-QR's digits"),
        (&qr, E1, "the same from a hand scanner"),
        (WRONG[0].1, WRONG[0].1, "a wrong check digit is not for this door to judge"),
    ];
    for (text, digits, why) in cases {
        assert_eq!(input::normalise(text).as_deref(), Ok(*digits), "{why}");
    }
}

#[test]
fn what_cannot_be_digits_is_told() {
    let huge = "9".repeat(5_000_000);
    let long_link = format!("https://example.lg.jp/{}", "a".repeat(10_000));
    let other_scan = format!("]C0{S1}");
    let character = |position, found: &str| InputError::Character { position, found: found.to_owned() };
    #[rustfmt::skip]
    let cases: &[(&str, InputError, &str)] = &[
        ("",            InputError::NoDigits, "nothing"),
        (" －（）\n",   InputError::NoDigits, "nothing but signs"),
        (&huge,         InputError::TooLong { expected: 2_000, found: 5_000_000 }, "as much as anybody likes"),
        ("https://www.example.lg.jp/pay", InputError::WebLink, "a pasted link"),
        ("　ｈｔｔｐｓ：／／example.jp",   InputError::WebLink, "a full-width one"),
        (&long_link,    InputError::WebLink, "a long one"),
        (&other_scan,   InputError::OtherSymbol { expected: "]C1, ]Q", found: "]C0".to_owned() }, "Code 128 without FNC1"),
        ("]E04901234567894", InputError::OtherSymbol { expected: "]C1, ]Q", found: "]E0".to_owned() }, "an EAN-13"),
        ("9191O",       character(5, "O"), "the letter O for a zero"),
        ("９１９１Ｏ",  character(5, "Ｏ"), "the full-width one"),
        ("(91)91234l",  character(10, "l"), "the letter l for a one; brackets count"),
        ("91\u{7}",     character(3, "U+0007"), "a control character has a name"),
        ("91\u{202E}1", character(3, "U+202E"), "so has one that turns the line around"),
        ("91/9123",     character(3, "/"), "a sign that is not printed there"),
        ("九一",        character(1, "九"), "Chinese figures"),
        ("9191٣",       character(5, "٣"), "figures of another script"),
        (&S1[..43],     InputError::Length { expected: [44, 255], found: 43 }, "W4: one short"),
        ("919123450000120250101234567800260930001250055", InputError::Length { expected: [44, 255], found: 45 }, "W4: one more"),
        (&S1[2..],      InputError::AiLeftOut { missing: "91", expected: 44, found: 42 }, "a scanner dropped the AI"),
        (&S1[..42],     InputError::Length { expected: [44, 255], found: 42 }, "42 digits that lack two elsewhere"),
    ];
    for (text, error, why) in cases {
        assert_eq!(input::normalise(text).as_ref(), Err(error), "{why}");
        let json = serde_json::to_value(error).expect("errors serialise");
        assert_eq!(json["id"], error.id(), "{why}");
    }
}

#[test]
fn typing_is_judged_group_by_group() {
    let whole = ["91912345", "0000120250101234567800", "260930", "0", "012500", "5"];
    let with = |group: usize, text: &'static str| {
        let mut groups = whole;
        groups[group] = text;
        groups
    };
    use State::{Empty, Ok as Good, Partial, Wrong};
    #[rustfmt::skip]
    let cases = [
        (["", "", "", "", "", ""],      [Empty; 6], false, "nothing yet"),
        (whole,                         [Good; 6],  true,  "all there"),
        (["９１９１２３４５", "0000120250101234567800", "26-09-30", "0", "012500", "5"], [Good; 6], true, "full-width, hyphens"),
        (["9", "", "", "", "", ""],     [Partial, Empty, Empty, Empty, Empty, Empty], false, "one digit"),
        (["92", "", "", "", "", ""],    [Wrong, Empty, Empty, Empty, Empty, Empty], false, "the AI is wrong at its second digit"),
        (["8", "", "", "", "", ""],     [Wrong, Empty, Empty, Empty, Empty, Empty], false, "or at its first"),
        (with(1, "00001202501012345678O0"), [Good, Wrong, Good, Good, Good, Good], false, "the letter O"),
        (with(2, "2609300"),            [Good, Good, Wrong, Good, Good, Good], false, "a digit too many"),
        (with(2, "2609"),               [Good, Good, Partial, Good, Good, Good], false, "half a date"),
        (with(5, "6"),                  [Good, Good, Good, Good, Good, Wrong], false, "the check digit"),
        (["91912345", "0000120250101234567800", "260229", "0", "012500", "6"], [Good, Good, Wrong, Good, Good, Good], true, "S7: printed with a day that does not exist"),
        (["91912345", "0000120250101234567800", "260930", "2", "012500", "9"], [Good, Good, Good, Wrong, Good, Good], true, "S15: printed with a stamp flag without meaning"),
        (["91912345", "0000120250101234567800", "999999", "0", "012500", "7"], [Good; 6], true, "S6: no limit is no impossible date"),
    ];
    for (groups, states, complete, why) in cases {
        let typing = typing::judge(&groups);
        let found: Vec<State> = typing.groups.iter().map(|group| group.state).collect();
        assert_eq!((found.as_slice(), typing.complete), (states.as_slice(), complete), "{why}: {typing:?}");
        for group in &typing.groups {
            assert_eq!(group.why.is_some(), group.state == Wrong, "{why}: every wrong group says why");
        }
    }
}

#[test]
fn typing_names_what_it_expected() {
    let why = |groups: &[&str], group: usize| typing::judge(groups).groups[group].why.clone();
    let text = ToOwned::to_owned;
    let whole = ["91912345", "0000120250101234567800", "260930", "0", "012500", "6"];
    assert_eq!(why(&whole, 5), Some(Why::CheckDigit { expected: text("5"), found: text("6") }));
    assert_eq!(why(&["81"], 0), Some(Why::ApplicationIdentifier { expected: "91", found: text("81") }));
    assert_eq!(why(&["", "", "261301"], 2), Some(Why::Date { found: text("261301") }));
    assert_eq!(why(&["", "", "", "7"], 3), Some(Why::Stamp { expected: "0", found: text("7") }));
    assert_eq!(why(&["", "", "", "12"], 3), Some(Why::TooMany { expected: 1, found: 2 }));
    assert_eq!(why(&["91x"], 0), Some(Why::Character { position: 3, found: text("x") }));
    let json = serde_json::to_value(typing::judge(&whole)).expect("it serialises");
    assert_eq!(json["groups"][5]["state"], "wrong");
    assert_eq!(json["groups"][5]["why"]["id"], "check-digit");
    assert_eq!(json["groups"][0]["expected_len"], 8);
    assert!(json["groups"][0].get("why").is_none());
}

#[test]
fn a_whole_line_in_one_group_is_spread() {
    for text in
        [S1, "(91)912345-0000120250101234567800-260930-0-012500-5", "]C191912345000012025010123456780026093000125005"]
    {
        let typing = typing::judge(&[text, "", "", "", "", ""]);
        let parts = typing.spread.expect("it is spread");
        assert_eq!(parts, ["91912345", "0000120250101234567800", "260930", "0", "012500", "5"]);
        assert!(typing.complete && typing.groups.iter().all(|group| group.state == State::Ok));
    }
    assert_eq!(typing::judge(&[S1, "0"]).spread, None, "not over what is typed already");
    assert!(!typing::judge(&[S1, "0"]).complete);
    let wrong = typing::judge(&[WRONG[0].1]);
    assert!(wrong.spread.is_some() && !wrong.complete && wrong.groups[5].state == State::Wrong);
    assert_eq!(typing::split(&S1[1..]), None, "43 digits have no groups");
}

#[test]
fn typing_bears_anything() {
    let huge = "9".repeat(1_000_000);
    let many = vec!["9"; 10_000];
    assert!(!typing::judge(&[&huge, "]E0", "https://x", "\0"]).complete);
    assert!(typing::judge(&many).groups.len() <= 24, "fields beyond what any page has are not looked at");
    assert_eq!(typing::judge(&[]).groups.len(), 6);
    // A seventh field is no part of the line.
    let typing = typing::judge(&["91912345", "0000120250101234567800", "260930", "0", "012500", "5", "1"]);
    assert!(!typing.complete && typing.groups[6].state == State::Wrong);
}

fn profile(text: &str) -> Profile {
    toml::from_str(text).expect("the shipped profile is sound")
}

#[test]
fn a_free_use_area_is_read_only_where_everything_is_known() {
    let sample = profile(include_str!("../www/profiles/sample.toml"));
    let notice = gs1(S1);
    let (charge, fields) = sample.decode(&notice).expect("the sample's layout is whole");
    assert_eq!(charge.id, "premium");
    let found: Vec<_> = fields.iter().map(|found| (found.field.role, found.digits)).collect();
    let expected = [
        (Role::UserCode, "00001"),
        (Role::LevyYear, "2025"),
        (Role::Period, "01"),
        (Role::Number, "012345678"),
        (Role::LateChargeFlag, "0"),
    ];
    assert_eq!(found, expected);

    let mut open = sample.clone();
    if let Known::Is(fields) = &mut open.charges[0].free_use {
        fields[2].width = Known::Unknown;
    }
    assert_eq!(open.decode(&notice), None, "one open width shifts everything after it");
    let mut short = sample.clone();
    if let Known::Is(fields) = &mut short.charges[0].free_use {
        fields.pop();
    }
    assert_eq!(short.decode(&notice), None, "20 digits do not fill 21");
    let shinjuku = profile(include_str!("../www/profiles/shinjuku.toml"));
    assert_eq!(shinjuku.decode(&notice), None, "an order without widths tells nothing");
    let other_issuer = Gs1Notice { issuer: "942386".to_owned(), ..notice.clone() };
    assert_eq!(sample.decode(&other_issuer), None, "a user code means nothing under another issuer");
    let other_code = Gs1Notice { free_use: format!("99999{}", &notice.free_use[5..]), ..notice };
    assert_eq!(sample.charge_of_barcode(&other_code), Err(Listed::No), "all codes are known, and this is none");
}

#[test]
fn wards_say_unknown_where_nothing_is_published() {
    let shinjuku = profile(include_str!("../www/profiles/shinjuku.toml"));
    assert_eq!(shinjuku.payee.issuers, Known::Unknown);
    assert_eq!(shinjuku.lists_issuer(&gs1(S1)), Listed::Unknown);
    let ja: Vec<_> = shinjuku.charges[0].free_use.get().expect("the order is known").iter().map(|f| &*f.ja).collect();
    assert_eq!(ja, ["処理区分", "賦課年度", "相当年度", "通知書番号", "期別", "延滞金"], "the published order");
    let from = |id: &str| shinjuku.apps.iter().find(|app| app.id == id).map(|app| app.from);
    assert_eq!(from("payb"), Some(Known::Is(date(2025, 6, 13))));
    assert_eq!(from("rakuten-bank"), Some(Known::Is(date(2025, 6, 13))));
    assert_eq!(from("mobile-regi"), Some(Known::Unknown));
    let nerima = profile(include_str!("../www/profiles/nerima.toml"));
    let ceilings: Vec<_> =
        nerima.charges.iter().map(|c| (c.id.as_str(), c.ceiling.get().copied(), c.vehicle)).collect();
    let expected = [
        ("resident-tax", Some(300_000), false),
        ("light-vehicle-tax", None, true),
        ("nhi", Some(300_000), false),
        ("care", None, false),
        ("late-stage-elderly", Some(300_000), false),
    ];
    assert_eq!(ceilings, expected, "the ceiling only where the minutes state it");
    for ward in [&shinjuku, &nerima] {
        assert!(ward.contacts.iter().all(|contact| contact.telephone == Known::Unknown), "no number is verified");
        assert_eq!(ward.problems(), [], "{}", ward.id);
    }
}

#[test]
fn a_profile_goes_through_json_unchanged() {
    // The page hands profiles over as JavaScript objects.
    for text in [include_str!("../www/profiles/sample.toml"), include_str!("../www/profiles/shinjuku.toml")] {
        let profile = profile(text);
        let json = serde_json::to_string(&profile).expect("profiles serialise");
        assert_eq!(serde_json::from_str::<Profile>(&json).expect("and come back"), profile);
    }
    let mut json = serde_json::to_value(profile(include_str!("../www/profiles/sample.toml"))).expect("it serialises");
    json["colour"] = "red".into();
    assert!(serde_json::from_value::<Profile>(json).is_err(), "a key that nobody knows is a mistake");
}

/// `digits` with other digits from `position` (counted from one).
fn replaced(digits: &str, position: usize, other: &str) -> String {
    let mut text = digits.to_owned();
    text.replace_range(position - 1..position - 1 + other.len(), other);
    text
}

/// The eL-QR with its CRC put right.
fn with_crc(digits: &str) -> String {
    let body = &digits[..250];
    format!("{body}{:05}", vectors::independent_crc(body.as_bytes()))
}

/// The eL-QR with both OCR lines' check digits and the CRC put right.
fn rebuilt(digits: &str) -> String {
    let upper = vectors::independent_ocr(&digits[31..68]);
    let lower = vectors::independent_ocr(&digits[70..112]);
    with_crc(&replaced(&replaced(digits, 30, &upper), 69, &lower))
}

fn any_date() -> impl Strategy<Value = Date> {
    (2000i16..=2099, 1i8..=12, 1i8..=28).prop_map(|(year, month, day)| date(year, month, day))
}

prop_compose! {
    fn any_gs1()(
        issuer in "[0-9]{6}",
        free_use in "[0-9]{21}",
        reissue in 0u8..=9,
        time_limit in prop_oneof![
            Just(TimeLimit::None),
            any_date().prop_map(TimeLimit::On),
            "[0-9]{2}(1[3-9]|[2-8][0-9])[0-9]{2}".prop_map(TimeLimit::Impossible),
        ],
        stamp in 0u8..=9,
        amount in 0u32..=999_999,
    ) -> Gs1Notice {
        Gs1Notice { issuer, free_use, reissue, time_limit, stamp, amount }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn barcode_print_parse_print(notice in any_gs1()) {
        let digits = notice.to_string();
        prop_assert_eq!(digits.len(), 44);
        prop_assert!(vectors::independent_check(&digits));
        prop_assert_eq!(&gs1(&digits), &notice);
        prop_assert_eq!(input::normalise(&notice.human_readable()), Ok(digits.clone()));
        prop_assert_eq!(notice::parse(&digits).map(|n| n.to_string()), Ok(digits));
    }

    #[test]
    fn el_qr_print_parse_print(
        amount in 0u64..100_000_000_000,
        free in "[0-9]{11}[0-9]{1}",
        item in "[0-9]{3}",
        keys in "[0-9]{26}",
        body in "[0-9]{8}",
        dates in "[0-9]{16}",
        years in "[0-9]{10}",
        extra in "[0-9]{85}",
    ) {
        let mut digits = E1.to_owned();
        for (at, text) in [
            (32, &free[..11]), (43, &format!("{amount:011}")), (54, &free[11..]), (61, &item), (71, &keys), (98, &body),
            (117, &format!("{amount:011}")), (132, &years), (142, &dates), (162, &extra),
        ] {
            digits = replaced(&digits, at, text);
        }
        let digits = rebuilt(&digits);
        let notice = el_qr(&digits);
        prop_assert_eq!(notice.amount, amount);
        prop_assert_eq!(notice.to_string(), digits);
    }

    #[test]
    fn any_text_gets_an_answer(text in any::<String>()) {
        let _ = classify(&text);
        let _ = notice::parse(&text);
        if let Ok(digits) = input::normalise(&text) {
            prop_assert!(digits.bytes().all(|b| b.is_ascii_digit()) && [44, 255].contains(&digits.len()));
        }
        let typing = typing::judge(&[&text, &text]);
        prop_assert!(typing.groups.len() >= 6);
    }

    #[test]
    fn dress_does_not_change_digits(
        seps in proptest::collection::vec(prop::sample::select(vec!["", "-", " ", "　", "ー", "(", ")", "\n", "\u{1D}"]), 44)
    ) {
        let text: String = S2.chars().zip(seps).flat_map(|(digit, sep)| [digit.to_string(), sep.to_owned()]).collect();
        prop_assert_eq!(input::normalise(&text), Ok(S2.to_owned()));
    }
}
