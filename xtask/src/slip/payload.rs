//! What a synthetic notice says: 44 digits for its GS1-128 symbol, 255 for its eL-QR.
//!
//! Written apart from the library's `notice` room on purpose: a mistake made there must not be made here as well.

use anyhow::{Context, bail};
use jiff::civil::Date;
use rand::Rng;
use rand::rngs::SmallRng;

/// The dummy issuer of the guideline's own examples; no real body collects under it.
pub const ISSUER: &str = "912345";

/// One bill, before it is written as digits.
#[derive(Debug, Clone)]
pub struct Bill {
    /// The free-use area, 21 digits.
    pub free_use: String,
    /// Number of reissues, 0 to 9.
    pub reissue: u8,
    /// Last day on which the code is taken; none is written as 999999.
    pub limit: Option<Date>,
    /// Revenue stamp flag, one digit.
    pub stamp: u8,
    /// Yen, at most six digits.
    pub amount: u32,
}

impl Bill {
    /// The 44 digits with their check digit.
    pub fn digits(&self) -> String {
        let limit = self.limit.map_or_else(
            || "999999".to_owned(),
            |day| format!("{:02}{:02}{:02}", day.year().rem_euclid(100), day.month(), day.day()),
        );
        let body = format!(
            "91{ISSUER}{:0<21}{}{limit}{}{:06}",
            self.free_use,
            self.reissue.min(9),
            self.stamp.min(9),
            self.amount.min(999_999)
        );
        let check = check_digit(&body);
        format!("{body}{check}")
    }

    /// A believable bill: the amount often at an edge, the limit within a year or so after `today`.
    pub fn random(rng: &mut SmallRng, today: Date) -> Self {
        let year = today.year();
        let free_use = if rng.random_bool(0.25) {
            digits(rng, 21)
        } else {
            // The usual municipal habit: agent's user code, levy year, number, period, padding.
            format!("{:05}{year:04}{}{:02}", rng.random_range(1..100_000), digits(rng, 10), rng.random_range(1..13))
        };
        let amount = match rng.random_range(0..10) {
            0 => pick(rng, &[1, 10, 99, 100, 1_000, 9_999, 10_000, 99_999, 100_000, 250_000, 299_999, 300_000]),
            1..=5 => rng.random_range(10..1_000) * 100,
            _ => 10f64.powf(rng.random_range(3.0..5.477)) as u32,
        };
        let limit = (!rng.random_bool(0.04))
            .then(|| today.saturating_add(jiff::Span::new().days(rng.random_range(10i64..400))));
        let reissue = if rng.random_bool(0.85) { 0 } else { rng.random_range(1..10) };
        Self { free_use, reissue, limit, stamp: 0, amount: amount.min(300_000) }
    }
}

/// What an eL-QR carries beside the fixed parts.
#[derive(Debug, Clone)]
pub struct ElQr {
    /// Yen, at most eleven digits.
    pub amount: u64,
    /// 納期限.
    pub due: Date,
    /// 支払期限.
    pub limit: Date,
    /// Levy year.
    pub year: i16,
    /// 期別, 0 to 99.
    pub period: u8,
    /// 案件特定キー, 20 digits.
    pub key: String,
    /// 確認番号, 6 digits.
    pub confirmation: String,
}

impl ElQr {
    /// The 255 digits, under body 99999 and item 999, which do not exist.
    pub fn digits(&self) -> String {
        let upper = format!("00000000000{:011}213800099900000", self.amount);
        let lower = format!("{:0>20}{:0>6}0999990000000000", self.key, self.confirmation);
        let mpn = format!("{}{upper}{}{lower}", line_check(&upper), line_check(&lower));
        let day = |d: Date| format!("{:04}{:02}{:02}", d.year(), d.month(), d.day());
        let body = format!(
            "0002010102122796000513800\
             0183{mpn}5411{:011}6226{:04}{:04}{:02}{}{}8085{:085}6305",
            self.amount,
            self.year,
            self.year,
            self.period,
            day(self.due),
            day(self.limit),
            0
        );
        let crc = u32::from(crc16(body.as_bytes())) % 100_000;
        format!("{body}{crc:05}")
    }

    /// The eL-QR that would stand beside `bill`: same amount, same limit.
    pub fn beside(bill: &Bill, today: Date, rng: &mut SmallRng) -> Self {
        let limit = bill.limit.unwrap_or_else(|| today.saturating_add(jiff::Span::new().days(90)));
        Self {
            amount: u64::from(bill.amount),
            due: limit.saturating_sub(jiff::Span::new().days(rng.random_range(0i64..45))),
            limit,
            year: today.year(),
            period: rng.random_range(1..11),
            key: digits(rng, 20),
            confirmation: digits(rng, 6),
        }
    }
}

/// An eL-QR's digits with another amount in tag 54 (not in the MPN part) and a CRC that fits: its amounts disagree.
pub fn with_other_amount(digits: &str, amount: u64) -> String {
    // 12 digits of format and kind, 4 + 96 of the account, then 5411.
    let at = 12 + 4 + 96 + 4;
    let mut body = digits.get(..250).unwrap_or_default().to_owned();
    if body.len() == 250 {
        body.replace_range(at..at + 11, &format!("{amount:011}"));
    }
    let crc = u32::from(crc16(body.as_bytes())) % 100_000;
    format!("{body}{crc:05}")
}

/// Modulus 10, weight 3 from the right end of what stands before the check digit.
pub fn check_digit(body: &str) -> u32 {
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(from_right, digit)| u32::from(digit - b'0') * if from_right % 2 == 0 { 3 } else { 1 })
        .sum();
    (10 - sum % 10) % 10
}

/// The pair of check digits before an OCR line of the multi-payment network's standard slip.
fn line_check(line: &str) -> String {
    let value = |at: usize| u32::from(line.as_bytes()[at] - b'0');
    let (mut first, mut second) = (0, 0);
    for at in 0..line.len() {
        let step = (at / 2 % 8) as u32;
        if at % 2 == 0 {
            second += value(at) * (9 - step);
            first += value(at);
        } else {
            second += value(at);
            first += value(at) * (if step < 7 { step + 3 } else { 2 });
        }
    }
    let second = second % 10;
    let first = (first + 2 * second) % 11 % 10;
    format!("{first}{second}")
}

/// CRC-16/CCITT: polynomial 1021, start FFFF, most significant bit first.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |c, _| if c & 0x8000 != 0 { (c << 1) ^ 0x1021 } else { c << 1 })
    })
}

/// `count` random digits.
pub fn digits(rng: &mut SmallRng, count: usize) -> String {
    (0..count).map(|_| char::from(b'0' + rng.random_range(0..10u8))).collect()
}

/// One of `choices`.
pub fn pick<T: Copy>(rng: &mut SmallRng, choices: &[T]) -> T {
    choices[rng.random_range(0..choices.len())]
}

/// Takes apart 44 digits given on the command line, so that the printed fields agree with the code.
///
/// The check digit is not judged: a notice with a wrong one must be drawable too.
///
/// # Errors
/// Not 44 digits.
pub fn bill_of(text: &str) -> anyhow::Result<Bill> {
    if text.len() != 44 || !text.bytes().all(|b| b.is_ascii_digit()) {
        bail!("--digits: expected 44 digits, found {:?} ({} characters)", text, text.chars().count());
    }
    let number = |from: usize, to: usize| text[from..to].parse::<u32>().context("a digit field");
    let limit = if &text[30..36] == "999999" {
        None
    } else {
        // A day that does not exist (a test's wish) is printed as the last day of 2099.
        let day = Date::new(2000 + number(30, 32)? as i16, number(32, 34)? as i8, number(34, 36)? as i8);
        Some(day.unwrap_or(Date::constant(2099, 12, 31)))
    };
    Ok(Bill {
        free_use: text[8..29].to_owned(),
        reissue: number(29, 30)? as u8,
        limit,
        stamp: number(36, 37)? as u8,
        amount: number(37, 43)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn digits_match_the_published_and_synthetic_vectors() {
        // (free-use area, reissue, limit, stamp, amount, digits, why)
        let cases = [
            (
                "000012025010123456780",
                0,
                Some(date(2026, 9, 30)),
                0,
                12_500,
                "91912345000012025010123456780026093000125005",
                "S1: plain",
            ),
            (
                "000012025010123456780",
                1,
                Some(date(2026, 9, 30)),
                0,
                12_500,
                "91912345000012025010123456780126093000125004",
                "S2: reissued",
            ),
            (
                "000012025010123456780",
                0,
                Some(date(2026, 9, 30)),
                0,
                300_000,
                "91912345000012025010123456780026093003000002",
                "S4: ceiling",
            ),
            (
                "000012025010123456780",
                0,
                None,
                0,
                12_500,
                "91912345000012025010123456780099999900125007",
                "S6: no limit",
            ),
            (
                "000012025010123456780",
                0,
                Some(date(2026, 9, 30)),
                1,
                55_000,
                "91912345000012025010123456780026093010550002",
                "S10: stamp",
            ),
            (
                "012345678901234567890",
                1,
                Some(date(2001, 3, 31)),
                0,
                123_000,
                "91912345012345678901234567890101033101230003",
                "P1: published",
            ),
        ];
        for (free_use, reissue, limit, stamp, amount, expected, why) in cases {
            let bill = Bill { free_use: free_use.to_owned(), reissue, limit, stamp, amount };
            assert_eq!(bill.digits(), expected, "{why}");
            assert_eq!(bill_of(expected).expect(why).digits(), expected, "{why}: taken apart and put together");
        }
    }

    #[test]
    fn el_qr_matches_the_synthetic_vectors() {
        // (amount, due, limit, year, period, key, digits, why)
        let zeros = "0".repeat(85);
        let cases = [
            (12_500, date(2026, 9, 30), date(2026, 10, 31), "00000202609990000001", 2026, 3,
             format!("000201010212279600051380001830400000000000000000125002138000999000002100000202609990000001123456099999000000000054110000001250062262026202603202609302026103180 85{zeros}630554708").replace(' ', ""), "E1"),
            (300_001, date(2026, 9, 30), date(2026, 10, 31), "00000202609990000002", 2026, 3,
             format!("000201010212279600051380001837000000000000000003000012138000999000008200000202609990000002123456099999000000000054110000030000162262026202603202609302026103180 85{zeros}630535491").replace(' ', ""), "E2: over the ceiling"),
            (8_000, date(2025, 6, 30), date(2025, 7, 31), "00000202509990000003", 2025, 1,
             format!("000201010212279600051380001838600000000000000000080002138000999000001800000202509990000003123456099999000000000054110000000800062262025202501202506302025073180 85{zeros}630561513").replace(' ', ""), "E3: both dates passed"),
        ];
        for (amount, due, limit, key, year, period, expected, why) in cases {
            let code =
                ElQr { amount, due, limit, year, period, key: key.to_owned(), confirmation: "123456".to_owned() };
            assert_eq!(code.digits().len(), 255, "{why}");
            assert_eq!(code.digits(), expected, "{why}");
        }
        let first = ElQr {
            amount: 12_500,
            due: date(2026, 9, 30),
            limit: date(2026, 10, 31),
            year: 2026,
            period: 3,
            key: "00000202609990000001".to_owned(),
            confirmation: "123456".to_owned(),
        };
        let other = with_other_amount(&first.digits(), 2_500);
        assert_eq!(&other[112..127], "541100000002500", "E5: tag 54 alone is changed");
        assert!(other.ends_with("0630518209"), "E5: its CRC fits");
        assert_eq!(crc16(b"123456789"), 0x29B1, "the CRC's own published check value");
    }

    #[test]
    fn digits_of_the_wrong_length_are_named() {
        let error = bill_of("123").expect_err("three digits").to_string();
        assert!(error.contains("expected 44 digits") && error.contains("123"), "{error}");
    }
}
