//! The GS1-128 barcode for standard fee collection (標準料金代理収納): 44 digits.
//!
//! Guideline: GS1 Japan, "GS1-128による標準料金代理収納ガイドライン" (6th edition, March 2024). Its text may not be
//! passed on; the rows below are what independent public programs and vendors' manuals agree on.

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use serde::Serialize;

use super::{
    CheckPart, Code, NoticeError,
    layout::{Field, Rule, fitted, is_gapless, number, value},
};

/// How many digits.
pub const LENGTH: usize = 44;

/// The application identifier of this use: 91, one that GS1 leaves to agreements inside a country or trade.
pub const AI: &str = "91";

/// How many groups the printed line has.
pub const GROUPS: usize = 6;

/// The most that one slip may ask for, in yen, inclusive: over it the code is not taken, and printers leave it out.
/// Sources: the printing rule in a public slip printer; Katsuragi town; Yaizu Shinkin; Nerima's board minutes of 2009.
pub const CEILING: u32 = 300_000;

const NO_LIMIT: &str = "999999";

/// The fields of the 44 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// Application identifier.
    Ai,
    /// Issuer code.
    Issuer,
    /// Free-use area.
    FreeUse,
    /// Reissue class.
    Reissue,
    /// Payment time limit.
    TimeLimit,
    /// Stamp flag.
    Stamp,
    /// Amount.
    Amount,
    /// Check digit.
    CheckDigit,
}

/// The layout. FNC1 is a symbol character and not among the digits.
#[rustfmt::skip]
pub const LAYOUT: [Field<Key>; 8] = [
    Field { key: Key::Ai, ja: "アプリケーション識別子", en: "application identifier", at: 1, width: 2, group: 1,
        rule: Rule::Fixed(AI), source: "Hitachi EUR manual; Aperza 2019" },
    // A seven-digit GS1 company prefix without its leading 4: 49xxxxx → 9xxxxx, 45xxxxx → 5xxxxx.
    Field { key: Key::Issuer, ja: "請求書発行企業コード", en: "issuer code", at: 3, width: 6, group: 1,
        rule: Rule::Leading(b"95"), source: "Hitachi EUR manual; Rolan" },
    Field { key: Key::FreeUse, ja: "自由使用欄", en: "free-use area", at: 9, width: 21, group: 2,
        rule: Rule::Digits, source: "Hitachi EUR manual; DSK client" },
    Field { key: Key::Reissue, ja: "再発行区分", en: "reissue class", at: 30, width: 1, group: 2,
        rule: Rule::Digits, source: "Hitachi EUR manual; DSK client" },
    Field { key: Key::TimeLimit, ja: "支払期限日", en: "payment time limit", at: 31, width: 6, group: 3,
        rule: Rule::YyMmDd, source: "Hitachi EUR manual; 999999: DSK client and its data" },
    Field { key: Key::Stamp, ja: "印紙フラグ", en: "stamp flag", at: 37, width: 1, group: 4,
        rule: Rule::Flag, source: "Rolan; DSK client" },
    Field { key: Key::Amount, ja: "支払金額", en: "amount", at: 38, width: 6, group: 5,
        rule: Rule::Yen, source: "Hitachi EUR manual; DSK client" },
    Field { key: Key::CheckDigit, ja: "チェックデジット", en: "check digit", at: 44, width: 1, group: 6,
        rule: Rule::Check, source: "GS1 General Specifications 7.9.1, over positions 1–43; recomputed on published strings" },
];

const _: () = assert!(is_gapless(&LAYOUT, LENGTH), "the layout's rows must cover all 44 digits");

/// Until when the code can be used (支払期限日, positions 31–36). It is the issuer's last day for the *code*, often
/// later than the due date printed on the paper, and already moved past holidays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeLimit {
    /// 999999: no limit.
    None,
    /// The last day on which the code is accepted.
    On(#[serde(with = "crate::day")] Date),
    /// Six digits that are no day of the calendar, as found.
    Impossible(String),
}

impl TimeLimit {
    /// Six digits → a limit; the year counts from 2000.
    pub(super) fn of_digits(digits: &str) -> Self {
        if digits == NO_LIMIT {
            return Self::None;
        }
        let part = |at: usize| digits.get(at..at + 2).and_then(|t| t.parse::<i8>().ok()).unwrap_or_default();
        match Date::new(2000 + i16::from(part(0)), part(2), part(4)) {
            Ok(date) => Self::On(date),
            Err(_) => Self::Impossible(digits.to_owned()),
        }
    }

    fn to_digits(&self) -> String {
        match self {
            Self::None => NO_LIMIT.to_owned(),
            Self::On(date) => format!("{:02}{:02}{:02}", date.year().rem_euclid(100), date.month(), date.day()),
            Self::Impossible(digits) => digits.clone(),
        }
    }
}

/// A payment notice as its 44 digits say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gs1Notice {
    /// 請求書発行企業コード: six digits, the collection agent (not the ward).
    pub issuer: String,
    /// 自由使用欄: 21 digits. What they mean is the issuer's affair; they hold the notice's number, so they are shown
    /// to nobody without a profile that says what they are.
    pub free_use: String,
    /// 再発行区分: 0 = first issue, n = issued n times over. It does not say whether a newer sheet exists.
    pub reissue: u8,
    /// 支払期限日.
    pub time_limit: TimeLimit,
    /// 印紙フラグ: 0 or 1; other digits have no meaning.
    pub stamp: u8,
    /// 支払金額 in yen, 0..=999,999.
    pub amount: u32,
}

impl Gs1Notice {
    /// One field's digits, without regard to its width.
    fn digits_of(&self, key: Key) -> String {
        match key {
            Key::Ai => AI.to_owned(),
            Key::Issuer => self.issuer.clone(),
            Key::FreeUse => self.free_use.clone(),
            Key::Reissue => self.reissue.to_string(),
            Key::TimeLimit => self.time_limit.to_digits(),
            Key::Stamp => self.stamp.to_string(),
            Key::Amount => self.amount.to_string(),
            Key::CheckDigit => String::new(),
        }
    }

    /// The line as it is printed under the barcode: `(91)912345-…22 digits…-260930-0-012500-5`.
    ///
    /// The guideline's own examples are grouped so; other printers break the line elsewhere.
    #[must_use]
    pub fn human_readable(&self) -> String {
        let digits = self.to_string();
        let mut line = String::with_capacity(LENGTH + 8);
        let mut group = 1;
        for field in &LAYOUT {
            if field.group != group {
                line.push('-');
                group = field.group;
            }
            match field.key {
                Key::Ai => line.extend(["(", field.of(&digits), ")"]),
                _ => line.push_str(field.of(&digits)),
            }
        }
        line
    }
}

impl fmt::Display for Gs1Notice {
    /// The 44 digits, check digit computed. A value that is wider than its field loses its leading digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = String::with_capacity(LENGTH);
        for field in &LAYOUT {
            if field.key == Key::CheckDigit {
                digits.push(char::from(b'0' + check_digit(digits.as_bytes())));
            } else {
                digits.push_str(&fitted(&self.digits_of(field.key), field.width));
            }
        }
        f.pad(&digits)
    }
}

impl FromStr for Gs1Notice {
    type Err = NoticeError;

    fn from_str(digits: &str) -> Result<Self, NoticeError> {
        match super::parse(digits)? {
            super::Notice::Gs1(notice) => Ok(notice),
            super::Notice::ElQr(_) => Err(NoticeError::Length { expected: [LENGTH; 2], found: digits.len() }),
        }
    }
}

/// 44 ASCII digits → the notice. The caller has counted them.
pub(super) fn parse(digits: &str) -> Result<Gs1Notice, NoticeError> {
    let mut notice = Gs1Notice {
        issuer: String::new(),
        free_use: String::new(),
        reissue: 0,
        time_limit: TimeLimit::None,
        stamp: 0,
        amount: 0,
    };
    for field in &LAYOUT {
        let text = field.of(digits);
        match field.key {
            Key::Ai => {
                if text != AI {
                    return Err(NoticeError::NotThisKind {
                        code: Code::Barcode,
                        group: field.group,
                        position: field.at,
                        field: field.en,
                        expected: AI,
                        found: text.to_owned(),
                    });
                }
            }
            Key::Issuer => notice.issuer = text.to_owned(),
            Key::FreeUse => notice.free_use = text.to_owned(),
            Key::Reissue => notice.reissue = text.parse().unwrap_or_default(),
            Key::TimeLimit => notice.time_limit = TimeLimit::of_digits(text),
            Key::Stamp => notice.stamp = text.parse().unwrap_or_default(),
            Key::Amount => notice.amount = u32::try_from(number(text)).unwrap_or_default(),
            Key::CheckDigit => {
                let expected = check_digit(digits.as_bytes().get(..LENGTH - 1).unwrap_or_default()).to_string();
                if text != expected {
                    return Err(NoticeError::CheckDigit {
                        part: CheckPart::Barcode,
                        group: field.group,
                        expected,
                        found: text.to_owned(),
                    });
                }
            }
        }
    }
    Ok(notice)
}

/// The check digit that belongs after these ASCII digits: modulus 10, weights 3, 1, 3 … from the *right* (GS1 General
/// Specifications 7.9.1). For this barcode they are positions 1–43, application identifier included: without it the
/// result is never the same. It finds every single wrong digit, but not neighbours swapped that differ by five.
///
/// Returns 0..=9; bytes that are no digits count as 0.
#[must_use]
pub fn check_digit(digits: &[u8]) -> u8 {
    let sum = digits.iter().rev().zip([3, 1].into_iter().cycle()).fold(0, |sum, (&byte, weight)| {
        // Modulo at each step: the sum of however many digits stays small.
        (sum + value(byte).unwrap_or(0) * weight) % 10
    });
    u8::try_from((10 - sum) % 10).unwrap_or(0)
}

/// Whether 44 ASCII digits end in the check digit that the 43 before it call for.
#[must_use]
pub fn check_digit_holds(digits: &[u8; 44]) -> bool {
    let [body @ .., last] = digits;
    digits.iter().all(u8::is_ascii_digit) && *last == b'0' + check_digit(body)
}

/// For each of the 22 digit pairs, which of 00..=99 are *plausible* there: 91 first; an issuer that begins with 9 or
/// 5; a month 01–12 and a day 01–31, or 99 of "no limit"; a stamp flag 0 or 1. Computed from [`LAYOUT`].
///
/// It serves the search for the likeliest reading of a blurred symbol, where an implausible pair is almost surely a
/// misreading. It is narrower than [`parse`](super::parse), which takes what is well printed even where it makes no
/// sense (month 13, stamp flag 2): what was read with certainty is not to be judged by it.
pub static PAIRS: [[bool; 100]; LENGTH / 2] = pairs();

const fn pairs() -> [[bool; 100]; LENGTH / 2] {
    let mut table = [[false; 100]; LENGTH / 2];
    let mut pair = 0;
    while pair < LENGTH / 2 {
        let mut v = 0;
        while v < 100 {
            table[pair][v] = plausible(2 * pair + 1, v);
            v += 1;
        }
        pair += 1;
    }
    table
}

/// Whether the pair whose first digit stands at `position` (counted from one, odd) may be `v` (0..=99).
const fn plausible(position: usize, v: usize) -> bool {
    let mut ok = true;
    let mut row = 0;
    while row < LAYOUT.len() {
        let Field { at, width, rule, .. } = LAYOUT[row];
        let mut half = 0;
        while half < 2 {
            let here = position + half;
            if here >= at && here < at + width {
                let digit = b'0' + (if half == 0 { v / 10 } else { v % 10 }) as u8;
                let offset = here - at;
                match rule {
                    Rule::Fixed(text) => ok = ok && text.as_bytes()[offset] == digit,
                    Rule::Leading(first) if offset == 0 => ok = ok && contains(first, digit),
                    Rule::Flag => ok = ok && (digit == b'0' || digit == b'1'),
                    // The date begins at an odd position, so that year, month and day are a pair each.
                    Rule::YyMmDd if half == 0 => {
                        assert!(offset.is_multiple_of(2), "a pair that straddles month and day has no rule here");
                        ok = ok
                            && match offset {
                                2 => v >= 1 && v <= 12 || v == 99,
                                4 => v >= 1 && v <= 31 || v == 99,
                                _ => true,
                            };
                    }
                    _ => {}
                }
            }
            half += 1;
        }
        row += 1;
    }
    ok
}

const fn contains(bytes: &[u8], byte: u8) -> bool {
    let mut i = 0;
    while i < bytes.len() {
        if bytes[i] == byte {
            return true;
        }
        i += 1;
    }
    false
}
