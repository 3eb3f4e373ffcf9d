//! Test vectors, each with what it must give, and checks written a second time, in another way than the library's.
//!
//! P: published in public programs and manuals. S, W, E: synthetic, with the guideline's dummy issuer 912345, or a body
//! and an item that do not exist. The last digit of P5 is computed: its source prints 43.
#![allow(dead_code, reason = "each test file uses its share of the vectors")]

/// A barcode that reads.
pub struct Gs1 {
    pub id: &'static str,
    pub digits: &'static str,
    pub issuer: &'static str,
    pub reissue: u8,
    /// A day, `none`, or six digits that are no day.
    pub limit: &'static str,
    pub stamp: u8,
    pub amount: u32,
    /// Finding ids that must be there on 2026-09-01 without a profile, besides the two that always are and
    /// `issuer-unknown`.
    pub findings: &'static [&'static str],
    /// The weightiest finding's severity, as it serialises.
    pub severity: &'static str,
}

pub const S1: &str = "91912345000012025010123456780026093000125005";
pub const S2: &str = "91912345000012025010123456780126093000125004";
pub const S4: &str = "91912345000012025010123456780026093003000002";
pub const S5: &str = "91912345000012025010123456780026093003000019";
pub const S12: &str = "92912345000012025010123456780026093000125004";
pub const P3: &str = "91929023252070000010123499900199999900106050";

macro_rules! gs1 {
    ($id:literal, $digits:expr, $issuer:literal, $reissue:literal, $limit:literal, $stamp:literal, $amount:literal, [$($f:literal),*], $severity:literal) => {
        Gs1 { id: $id, digits: $digits, issuer: $issuer, reissue: $reissue, limit: $limit, stamp: $stamp, amount: $amount, findings: &[$($f),*], severity: $severity }
    };
}

#[rustfmt::skip]
pub const GS1: &[Gs1] = &[
    gs1!("P1 guideline's example", "91912345012345678901234567890101033101230003", "912345", 1, "2001-03-31", 0, 123_000, ["code-expired", "reissued"], "stop"),
    gs1!("P2 stamp flag set",      "91942386178953917853935692730103073110312903", "942386", 1, "2003-07-31", 1, 31_290, ["code-expired", "reissued", "stamp-flag"], "stop"),
    gs1!("P3 no limit",            P3, "929023", 1, "none", 0, 10_605, ["no-time-limit", "reissued"], "note"),
    gs1!("P4 filler digits",       "91929023219420000000000037554399999999999999", "929023", 3, "none", 9, 999_999, ["amount-over-ceiling", "no-time-limit", "reissued", "stamp-flag"], "stop"),
    gs1!("P5 check digit added",   "91912345000000000000004520875004013100295004", "912345", 0, "2004-01-31", 0, 29_500, ["code-expired"], "stop"),
    gs1!("S1 the plain case",      S1, "912345", 0, "2026-09-30", 0, 12_500, [], "note"),
    gs1!("S2 issued again",        S2, "912345", 1, "2026-09-30", 0, 12_500, ["reissued"], "note"),
    gs1!("S3 nine times over",     "91912345000012025010123456780926093000125006", "912345", 9, "2026-09-30", 0, 12_500, ["reissued"], "note"),
    gs1!("S4 at the ceiling",      S4, "912345", 0, "2026-09-30", 0, 300_000, [], "note"),
    gs1!("S5 one yen over",        S5, "912345", 0, "2026-09-30", 0, 300_001, ["amount-over-ceiling"], "stop"),
    gs1!("S6 no limit",            "91912345000012025010123456780099999900125007", "912345", 0, "none", 0, 12_500, ["no-time-limit"], "note"),
    gs1!("S7 29 February 2026",    "91912345000012025010123456780026022900125006", "912345", 0, "260229", 0, 12_500, ["impossible-date"], "ask"),
    gs1!("S8 29 February 2028",    "91912345000012025010123456780028022900125004", "912345", 0, "2028-02-29", 0, 12_500, [], "note"),
    gs1!("S9 month 13",            "91912345000012025010123456780026130100125006", "912345", 0, "261301", 0, 12_500, ["impossible-date"], "ask"),
    gs1!("S10 stamp flag 1",       "91912345000012025010123456780026093010550002", "912345", 0, "2026-09-30", 1, 55_000, ["stamp-flag"], "ask"),
    gs1!("S11 nothing to pay",     "91912345000012025010123456780026093000000005", "912345", 0, "2026-09-30", 0, 0, ["amount-zero"], "ask"),
    gs1!("S13 expired last year",  "91912345000012025010123456780025063000125009", "912345", 0, "2025-06-30", 0, 12_500, ["code-expired"], "stop"),
    gs1!("S14 issuer with a 5",    "91560001000012025010123456780026093000125007", "560001", 0, "2026-09-30", 0, 12_500, [], "note"),
    gs1!("S15 stamp flag 2",       "91912345000012025010123456780026093020125009", "912345", 0, "2026-09-30", 2, 12_500, ["stamp-flag"], "ask"),
    gs1!("S16 all nines",          "91912345000012025010123456780026093009999997", "912345", 0, "2026-09-30", 0, 999_999, ["amount-over-ceiling"], "stop"),
];

/// Barcodes whose check digit is wrong: name, digits, the right one.
#[rustfmt::skip]
pub const WRONG: &[(&str, &str, &str)] = &[
    ("W1 last digit",            "91912345000012025010123456780026093000125006", "5"),
    ("W2 amount digits swapped", "91912345000012025010123456780026093000215005", "3"),
    ("P8 digits overwritten by their publisher", "91929023252070678901234565918099999900069468", "6"),
    ("P8, another",              "91929023252070678901234569188099999910793622", "0"),
    ("P8, a third",              "91929023252070678901234569998099999911782002", "0"),
];

/// 12,500 yen, due 2026-09-30, payable until 2026-10-31; body 99999 and item 999 do not exist.
pub const E1: &str = "000201010212279600051380001830400000000000000000125002138000999000002100000202609990000001123456099999000000000054110000001250062262026202603202609302026103180850000000000000000000000000000000000000000000000000000000000000000000000000000000000000630554708";
/// 300,001 yen.
pub const E2: &str = "000201010212279600051380001837000000000000000003000012138000999000008200000202609990000002123456099999000000000054110000030000162262026202603202609302026103180850000000000000000000000000000000000000000000000000000000000000000000000000000000000000630535491";
/// 8,000 yen, due 2025-06-30, payable until 2025-07-31.
pub const E3: &str = "000201010212279600051380001838600000000000000000080002138000999000001800000202509990000003123456099999000000000054110000000800062262025202501202506302025073180850000000000000000000000000000000000000000000000000000000000000000000000000000000000000630561513";
/// E1 with another last digit.
pub const E4: &str = "000201010212279600051380001830400000000000000000125002138000999000002100000202609990000001123456099999000000000054110000001250062262026202603202609302026103180850000000000000000000000000000000000000000000000000000000000000000000000000000000000000630554709";
/// E1 with 2,500 yen in tag 54 and the CRC put right.
pub const E5: &str = "000201010212279600051380001830400000000000000000125002138000999000002100000202609990000001123456099999000000000054110000000250062262026202603202609302026103180850000000000000000000000000000000000000000000000000000000000000000000000000000000000000630518209";

/// The barcode's check digit, counted from the left: positions 1, 3, 5 … weigh three, and 43 is odd.
pub fn independent_check(digits: &str) -> bool {
    let values: Vec<u32> = digits.chars().filter_map(|c| c.to_digit(10)).collect();
    values.len() == 44
        && values.iter().enumerate().map(|(i, v)| if i % 2 == 0 && i < 43 { 3 * v } else { *v }).sum::<u32>() % 10 == 0
}

/// CRC-16/IBM-3740 by polynomial division bit by bit over the whole message.
pub fn independent_crc(bytes: &[u8]) -> u16 {
    let bits = bytes.iter().flat_map(|byte| (0..8).rev().map(move |i| byte >> i & 1 == 1)).chain([false; 16]);
    // Start 0xFFFF is the complement of the first sixteen bits.
    let mut register: u32 = 0;
    for (i, bit) in bits.enumerate() {
        register = register << 1 | u32::from(bit ^ (i < 16));
        if register & 0x1_0000 != 0 {
            register ^= 0x1_1021;
        }
    }
    u16::try_from(register).expect("the division leaves sixteen bits")
}

/// Both check digits of an OCR line's body, weights written out.
pub fn independent_ocr(body: &str) -> String {
    let values: Vec<u32> = body.chars().filter_map(|c| c.to_digit(10)).collect();
    let (mut second, mut first) = (0, 0);
    for (i, value) in values.iter().enumerate() {
        let turn = u32::try_from(i / 2 % 8).expect("small");
        if i % 2 == 0 {
            second += value * (9 - turn);
            first += value;
        } else {
            second += value;
            first += value * if turn == 7 { 2 } else { 3 + turn };
        }
    }
    let second = second % 10;
    let first = (first + 2 * second) % 11;
    format!("{}{second}", if first == 10 { 0 } else { first })
}
