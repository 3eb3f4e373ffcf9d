//! eL-QR (地方税統一QRコード): 255 digits, tag–length–value after the EMV manner.
//!
//! The layout is that of the QR code of 地方税共同機構 (Ministry of Internal Affairs, document 000807095) in the frame
//! of Payments Japan's MPM guideline 3.0; positions from a public payment-terminal program, recomputed on real codes.
//! Two things differ from EMV proper: all values are digits, and the CRC is five decimal digits instead of four
//! hexadecimal ones. The MPN part holds the two OCR lines of the standard slip, each behind its own check digits.

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use serde::Serialize;

use super::{
    CheckPart, Code, Notice, NoticeError,
    layout::{Field, Rule, fitted, is_gapless, number, value},
};

/// How many digits: exactly what a QR code of version 5-L or 6-M holds.
pub const LENGTH: usize = 255;

/// What every EMV code of this kind begins with: tag 00, length 02, payload format 01.
pub const BEGINNING: &str = "000201";

/// 地方税共同機構, the organisation that runs the eL-QR.
pub const ORGANISATION: &str = "13800";

/// The fields of the 255 digits. Tags and lengths are fields too: fixed ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// A tag with its length, or a value that never varies.
    Fixed,
    /// Check digits of the upper OCR line.
    UpperCheck,
    /// Account number of the organisation.
    Account,
    /// Amount in the MPN part.
    MpnAmount,
    /// Who bears the fee.
    FeeBearer,
    /// Organisation id.
    Organisation,
    /// Stamp duty.
    Stamp,
    /// Tax or charge item number.
    Item,
    /// Reserved, upper line.
    UpperReserved,
    /// Check digits of the lower OCR line.
    LowerCheck,
    /// The key of the case.
    CaseKey,
    /// The confirmation number.
    Confirmation,
    /// For eLTAX's own use.
    EltaxUse,
    /// The body that levies.
    TaxBody,
    /// The office.
    TaxOffice,
    /// Reserved, lower line.
    LowerReserved,
    /// Amount, tag 54.
    Amount,
    /// Levy year.
    LevyYear,
    /// Tax year.
    TaxYear,
    /// Period.
    Period,
    /// Due date.
    Due,
    /// Payment limit.
    TimeLimit,
    /// Additional data 2, tag 80.
    Additional,
    /// CRC, tag 63.
    Crc,
}

const TERMINAL: &str = "public payment-terminal program after MPM guideline 3.0; recomputed";
const OCR: &str = "standard slip of the MPN (マルチペイメントネットワーク), OCR lines; check digits recomputed";

const fn row(key: Key, ja: &'static str, en: &'static str, at: usize, width: usize, rule: Rule) -> Field<Key> {
    let source = if at >= MPN_AT && at < MPN_AT + MPN_WIDTH { OCR } else { TERMINAL };
    Field { key, ja, en, at, width, group: 0, rule, source }
}

const MPN_AT: usize = 30;
const MPN_WIDTH: usize = 83;
/// The upper OCR line inside the 255 digits: first position, width; its check digits are its first two.
const UPPER_LINE: (usize, usize) = (MPN_AT, 39);
/// The lower one.
const LOWER_LINE: (usize, usize) = (MPN_AT + 39, 44);

/// The layout.
#[rustfmt::skip]
pub const LAYOUT: [Field<Key>; 35] = [
    row(Key::Fixed,         "タグ00 長さ02",       "tag 00, length 02",              1,   4, Rule::Fixed("0002")),
    row(Key::Fixed,         "ペイロード形式",      "payload format",                 5,   2, Rule::Fixed("01")),
    row(Key::Fixed,         "タグ01 長さ02",       "tag 01, length 02",              7,   4, Rule::Fixed("0102")),
    row(Key::Fixed,         "静的・動的の別",      "dynamic code",                   11,  2, Rule::Fixed("12")),
    row(Key::Fixed,         "タグ27 長さ96",       "tag 27, length 96",              13,  4, Rule::Fixed("2796")),
    row(Key::Fixed,         "タグ27-00 長さ05",    "tag 27-00, length 05",           17,  4, Rule::Fixed("0005")),
    row(Key::Fixed,         "機構の番号",          "organisation id of tag 27-00",   21,  5, Rule::Fixed(ORGANISATION)),
    row(Key::Fixed,         "タグ27-01 長さ83",    "tag 27-01, length 83",           26,  4, Rule::Fixed("0183")),
    row(Key::UpperCheck,    "OCR上段 検査数字",    "check digits, upper OCR line",   30,  2, Rule::Check),
    row(Key::Account,       "口座番号",            "account number",                 32, 11, Rule::Digits),
    row(Key::MpnAmount,     "納付金額（MPN）",     "amount in the MPN line",         43, 11, Rule::Yen),
    row(Key::FeeBearer,     "手数料負担区分",      "fee bearer",                     54,  1, Rule::Digits),
    row(Key::Organisation,  "機構の番号（MPN）",   "organisation id",                55,  5, Rule::Fixed(ORGANISATION)),
    row(Key::Stamp,         "印紙区分",            "stamp duty",                     60,  1, Rule::Flag),
    row(Key::Item,          "税目・料金番号",      "item number",                    61,  3, Rule::Digits),
    row(Key::UpperReserved, "予備（上段）",        "reserved, upper line",           64,  5, Rule::Digits),
    row(Key::LowerCheck,    "OCR下段 検査数字",    "check digits, lower OCR line",   69,  2, Rule::Check),
    row(Key::CaseKey,       "案件特定キー",        "case key",                       71, 20, Rule::Digits),
    row(Key::Confirmation,  "確認番号",            "confirmation number",            91,  6, Rule::Digits),
    row(Key::EltaxUse,      "eLTAX使用欄",         "eLTAX use",                      97,  1, Rule::Digits),
    row(Key::TaxBody,       "共通納税機関コード",  "tax body code",                  98,  5, Rule::Digits),
    row(Key::TaxOffice,     "税務事務所コード",    "tax office code",               103,  3, Rule::Digits),
    row(Key::LowerReserved, "予備（下段）",        "reserved, lower line",          106,  7, Rule::Digits),
    row(Key::Fixed,         "タグ54 長さ11",       "tag 54, length 11",             113,  4, Rule::Fixed("5411")),
    row(Key::Amount,        "納付金額",            "amount",                        117, 11, Rule::Yen),
    row(Key::Fixed,         "タグ62 長さ26",       "tag 62, length 26",             128,  4, Rule::Fixed("6226")),
    row(Key::LevyYear,      "賦課年度",            "levy year",                     132,  4, Rule::Year),
    row(Key::TaxYear,       "課税年度",            "tax year",                      136,  4, Rule::Year),
    row(Key::Period,        "期別",                "period",                        140,  2, Rule::Digits),
    row(Key::Due,           "納期限",              "due date",                      142,  8, Rule::YyyyMmDd),
    row(Key::TimeLimit,     "支払期限",            "payment time limit",            150,  8, Rule::YyyyMmDd),
    row(Key::Fixed,         "タグ80 長さ85",       "tag 80, length 85",             158,  4, Rule::Fixed("8085")),
    row(Key::Additional,    "付加情報2",           "additional data 2",             162, 85, Rule::Digits),
    row(Key::Fixed,         "タグ63 長さ05",       "tag 63, length 05",             247,  4, Rule::Fixed("6305")),
    row(Key::Crc,           "CRC",                 "CRC",                           251,  5, Rule::Check),
];

const _: () = assert!(is_gapless(&LAYOUT, LENGTH), "the layout's rows must cover all 255 digits");

/// A payment notice as its eL-QR says.
///
/// The numbers that open the bill on the pay site (案件特定キー, 確認番号) are kept only to tell whether two codes are
/// of the same bill and to print the digits again: they are never serialised and never in `Debug` output.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ElQrNotice {
    /// Amount in yen, 0..=99,999,999,999.
    pub amount: u64,
    /// 納期限, the due date by law. `None` where its eight digits are no day of the calendar.
    #[serde(serialize_with = "crate::day::option::serialize")]
    pub due: Option<Date>,
    /// 支払期限, the last day on which the code is accepted. `None` where its eight digits are no day of the calendar.
    #[serde(serialize_with = "crate::day::option::serialize")]
    pub time_limit: Option<Date>,
    /// 賦課年度: the fiscal year in which the charge was levied, 0..=9999.
    pub levy_year: u16,
    /// 課税年度: the fiscal year for which it is due, 0..=9999.
    pub tax_year: u16,
    /// 期別: two digits. What 00 means is not published.
    pub period: String,
    /// 税目・料金番号: three digits; the table of names is not published.
    pub item: String,
    /// 機構の番号: always [`ORGANISATION`].
    pub organisation: String,
    /// 共通納税機関コード: five digits, by all appearance the first five of the body's JIS code.
    pub tax_body: String,
    /// 税務事務所コード: three digits.
    pub tax_office: String,
    /// 印紙区分: 0 = none.
    pub stamp: u8,
    /// What is read for nobody's eyes: all fields of the table with [`Rule::Digits`] that have no member above, and the
    /// dates' digits where they are no dates.
    #[serde(skip)]
    kept: Vec<(Key, String)>,
}

impl ElQrNotice {
    fn kept(&self, key: Key) -> &str {
        self.kept.iter().find(|(k, _)| *k == key).map_or("", |(_, digits)| digits)
    }

    /// Whether two codes are of the same bill: same body, same 案件特定キー. How eLTAX treats the key when a notice is
    /// issued again is not published, so `false` does not prove two bills.
    #[must_use]
    pub fn same_bill(&self, other: &Self) -> bool {
        let key = self.kept(Key::CaseKey);
        key.bytes().any(|b| b != b'0') && key == other.kept(Key::CaseKey) && self.tax_body == other.tax_body
    }

    /// The due date's eight digits, as found.
    #[must_use]
    pub fn due_digits(&self) -> String {
        self.digits_of(Key::Due)
    }

    /// The payment limit's eight digits, as found.
    #[must_use]
    pub fn time_limit_digits(&self) -> String {
        self.digits_of(Key::TimeLimit)
    }

    /// One field's digits, without regard to its width; check fields are empty.
    fn digits_of(&self, key: Key) -> String {
        let day = |date: Option<Date>| match date {
            Some(date) => format!("{:04}{:02}{:02}", date.year(), date.month(), date.day()),
            None => self.kept(key).to_owned(),
        };
        match key {
            Key::Amount | Key::MpnAmount => self.amount.to_string(),
            Key::Organisation => self.organisation.clone(),
            Key::Stamp => self.stamp.to_string(),
            Key::Item => self.item.clone(),
            Key::TaxBody => self.tax_body.clone(),
            Key::TaxOffice => self.tax_office.clone(),
            Key::LevyYear => self.levy_year.to_string(),
            Key::TaxYear => self.tax_year.to_string(),
            Key::Period => self.period.clone(),
            Key::Due => day(self.due),
            Key::TimeLimit => day(self.time_limit),
            Key::Fixed | Key::UpperCheck | Key::LowerCheck | Key::Crc => String::new(),
            Key::Account
            | Key::FeeBearer
            | Key::UpperReserved
            | Key::CaseKey
            | Key::Confirmation
            | Key::EltaxUse
            | Key::LowerReserved
            | Key::Additional => self.kept(key).to_owned(),
        }
    }
}

impl fmt::Debug for ElQrNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ElQrNotice")
            .field("amount", &self.amount)
            .field("due", &self.due)
            .field("time_limit", &self.time_limit)
            .field("levy_year", &self.levy_year)
            .field("tax_year", &self.tax_year)
            .field("period", &self.period)
            .field("item", &self.item)
            .field("organisation", &self.organisation)
            .field("tax_body", &self.tax_body)
            .field("tax_office", &self.tax_office)
            .field("stamp", &self.stamp)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for ElQrNotice {
    /// The 255 digits, all checks computed: what the symbol holds, the bill's keys included. A value that is wider
    /// than its field loses its leading digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = String::with_capacity(LENGTH);
        for field in &LAYOUT {
            let text = match (field.key, field.rule) {
                (_, Rule::Fixed(text)) => text.to_owned(),
                (Key::Crc, _) => crc_digits(digits.as_bytes()),
                // The OCR lines' check digits stand before the digits that they are computed from.
                (_, Rule::Check) => "00".to_owned(),
                (key, _) => self.digits_of(key),
            };
            digits.push_str(&fitted(&text, field.width));
            for (at, width) in [UPPER_LINE, LOWER_LINE] {
                if digits.len() == at - 1 + width {
                    let check = ocr_check_digits(digits.as_bytes().get(at + 1..).unwrap_or_default());
                    digits.replace_range(at - 1..at + 1, &check);
                }
            }
        }
        f.pad(&digits)
    }
}

impl FromStr for ElQrNotice {
    type Err = NoticeError;

    fn from_str(digits: &str) -> Result<Self, NoticeError> {
        match super::parse(digits)? {
            Notice::ElQr(notice) => Ok(notice),
            Notice::Gs1(_) => Err(NoticeError::Length { expected: [LENGTH; 2], found: digits.len() }),
        }
    }
}

/// 255 ASCII digits → the notice. The caller has counted them.
pub(super) fn parse(digits: &str) -> Result<ElQrNotice, NoticeError> {
    // In this order, so that the answer fits what most likely happened: another kind of code, a misread one, one of
    // the same family with other fixed digits, one that contradicts itself.
    fixed(digits, BEGINNING.len())?;
    crc(digits)?;
    fixed(digits, LENGTH)?;
    ocr(digits, UPPER_LINE, CheckPart::OcrUpper)?;
    ocr(digits, LOWER_LINE, CheckPart::OcrLower)?;

    let mut notice = ElQrNotice {
        amount: 0,
        due: None,
        time_limit: None,
        levy_year: 0,
        tax_year: 0,
        period: String::new(),
        item: String::new(),
        organisation: String::new(),
        tax_body: String::new(),
        tax_office: String::new(),
        stamp: 0,
        kept: Vec::new(),
    };
    let mut mpn_amount = 0;
    for field in &LAYOUT {
        let text = field.of(digits);
        match field.key {
            Key::Fixed | Key::UpperCheck | Key::LowerCheck | Key::Crc => {}
            Key::MpnAmount => mpn_amount = number(text),
            Key::Amount => notice.amount = number(text),
            Key::Organisation => notice.organisation = text.to_owned(),
            Key::Stamp => notice.stamp = text.parse().unwrap_or_default(),
            Key::Item => notice.item = text.to_owned(),
            Key::TaxBody => notice.tax_body = text.to_owned(),
            Key::TaxOffice => notice.tax_office = text.to_owned(),
            Key::LevyYear => notice.levy_year = text.parse().unwrap_or_default(),
            Key::TaxYear => notice.tax_year = text.parse().unwrap_or_default(),
            Key::Period => notice.period = text.to_owned(),
            Key::Due | Key::TimeLimit => {
                let date = day(text);
                if date.is_none() {
                    notice.kept.push((field.key, text.to_owned()));
                }
                *(if field.key == Key::Due { &mut notice.due } else { &mut notice.time_limit }) = date;
            }
            key => notice.kept.push((key, text.to_owned())),
        }
    }
    if mpn_amount != notice.amount {
        return Err(NoticeError::Amounts { amount: notice.amount, mpn_amount });
    }
    Ok(notice)
}

/// The fixed fields that end at or before `until`.
fn fixed(digits: &str, until: usize) -> Result<(), NoticeError> {
    for field in LAYOUT.iter().filter(|field| field.at + field.width - 1 <= until) {
        if let Rule::Fixed(expected) = field.rule
            && field.of(digits) != expected
        {
            return Err(NoticeError::NotThisKind {
                code: Code::ElQr,
                group: field.group,
                position: field.at,
                field: field.en,
                expected,
                found: field.of(digits).to_owned(),
            });
        }
    }
    Ok(())
}

fn crc(digits: &str) -> Result<(), NoticeError> {
    let (body, found) = digits.split_at_checked(LENGTH - 5).unwrap_or_default();
    let expected = crc_digits(body.as_bytes());
    if expected == found {
        return Ok(());
    }
    Err(NoticeError::CheckDigit { part: CheckPart::Crc, group: 0, expected, found: found.to_owned() })
}

fn ocr(digits: &str, (at, width): (usize, usize), part: CheckPart) -> Result<(), NoticeError> {
    let line = digits.get(at - 1..at - 1 + width).unwrap_or_default();
    let (found, body) = line.split_at_checked(2).unwrap_or_default();
    let expected = ocr_check_digits(body.as_bytes());
    if expected == found {
        return Ok(());
    }
    Err(NoticeError::CheckDigit { part, group: 0, expected, found: found.to_owned() })
}

/// Eight digits → a day of the calendar.
fn day(digits: &str) -> Option<Date> {
    let year = digits.get(..4)?.parse().ok()?;
    let month = digits.get(4..6)?.parse().ok()?;
    Date::new(year, month, digits.get(6..8)?.parse().ok()?).ok()
}

/// CRC-16 with polynomial 0x1021, start 0xFFFF, most significant bit first (ISO/IEC 13239, as EMV uses it).
#[must_use]
pub fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, &byte| {
        (0..8).fold(crc ^ (u16::from(byte) << 8), |crc, _| if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 })
    })
}

/// The CRC as this code writes it: five *decimal* digits, 00000–65535, over everything up to and with `6305`.
fn crc_digits(bytes: &[u8]) -> String {
    format!("{:05}", crc16(bytes))
}

/// The two check digits of an OCR line, from the digits that follow them.
///
/// With the digits indexed from zero: the second is (Σ even × 9, 8 … 2 repeating + Σ odd) mod 10; the first is
/// (Σ odd × 3, 4 … 9, 2 repeating + Σ even + 2 × the second) mod 11, where 10 is written 0. Source: the collection
/// agent 電算システム's public client; recomputed on the lines of real codes.
fn ocr_check_digits(body: &[u8]) -> String {
    let every_second = |from: usize| body.iter().skip(from).step_by(2).map(|&byte| value(byte).unwrap_or(0));
    let weighted = |digits: &mut dyn Iterator<Item = u32>, weights: [u32; 8]| -> u32 {
        digits.zip(weights.into_iter().cycle()).map(|(digit, weight)| digit * weight).sum()
    };
    let second = (weighted(&mut every_second(0), [9, 8, 7, 6, 5, 4, 3, 2]) + every_second(1).sum::<u32>()) % 10;
    let first =
        (weighted(&mut every_second(1), [3, 4, 5, 6, 7, 8, 9, 2]) + every_second(0).sum::<u32>() + 2 * second) % 11;
    format!("{}{second}", first % 10)
}
