//! Digits → a typed notice; a ward's profile → the meaning of the free-use area.
//!
//! Two layouts, each one table with its source: [`gs1`] (44 digits) and [`elqr`] (255 digits). [`input`] takes what
//! people type, paste or scan and gives bare digits; [`typing`] judges them while they are being typed. [`profile`]
//! holds a ward's facts.
//!
//! The digits say what a notice is for and until when its code can be used. They prove nothing: anybody can compute a
//! check digit. Whether a notice is genuine, replaced or already paid is not in them.

pub mod elqr;
mod error;
pub mod gs1;
pub mod input;
pub mod layout;
pub mod profile;
pub mod typing;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

pub use error::{CheckPart, NoticeError};

/// Which of the two codes on a slip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// The GS1-128 barcode.
    Barcode,
    /// The eL-QR.
    ElQr,
}

/// A notice of either layout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind")]
pub enum Notice {
    /// From the 44-digit barcode.
    #[serde(rename = "gs1-128-payment")]
    Gs1(gs1::Gs1Notice),
    /// From the 255-digit QR code.
    #[serde(rename = "el-qr")]
    ElQr(elqr::ElQrNotice),
}

/// Bare ASCII digits → a notice: 44 are read as the barcode's, 255 as the eL-QR's.
///
/// # Errors
/// Any other number of digits, other characters, fixed digits that are not there, a check that does not hold, two
/// amounts that differ. A date that is no day of the calendar is *not* an error: the notice says so itself.
///
/// ```
/// use maecheck::notice::{self, Notice};
///
/// let Notice::Gs1(notice) = notice::parse("91912345000012025010123456780026093000125005")? else { unreachable!() };
/// assert_eq!(notice.amount, 12_500);
/// assert_eq!(notice.human_readable(), "(91)912345-0000120250101234567800-260930-0-012500-5");
/// # Ok::<(), notice::NoticeError>(())
/// ```
pub fn parse(digits: &str) -> Result<Notice, NoticeError> {
    if let Some((i, character)) = digits.chars().enumerate().find(|(_, c)| !c.is_ascii_digit()) {
        return Err(NoticeError::Character { position: i + 1, found: error::shown(character) });
    }
    match digits.len() {
        gs1::LENGTH => gs1::parse(digits).map(Notice::Gs1),
        elqr::LENGTH => elqr::parse(digits).map(Notice::ElQr),
        found => Err(NoticeError::Length { expected: LENGTHS, found }),
    }
}

/// The numbers of digits that are a notice: barcode, eL-QR.
pub const LENGTHS: [usize; 2] = [gs1::LENGTH, elqr::LENGTH];

impl FromStr for Notice {
    type Err = NoticeError;

    fn from_str(digits: &str) -> Result<Self, NoticeError> {
        parse(digits)
    }
}

impl fmt::Display for Notice {
    /// All digits, as the symbol holds them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gs1(notice) => notice.fmt(f),
            Self::ElQr(notice) => notice.fmt(f),
        }
    }
}

/// What the text of a symbol looks like, before any of its checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TextKind {
    /// 44 digits that begin with the application identifier 91.
    Gs1Payment,
    /// 255 digits that begin as an eL-QR does.
    ElQr,
    /// An address on the web: envelopes are full of QR codes that lead to pages.
    WebLink,
    /// None of these.
    Other,
}

/// What the text of any symbol looks like. It looks no further than that: an eL-QR whose CRC fails is still an eL-QR,
/// one that does not check. Which *symbol* carried the text is not asked here: 44 digits count as the payment
/// barcode only if they came from a GS1-128 symbol, or from a person's fingers.
///
/// ```
/// use maecheck::notice::{TextKind, classify};
///
/// assert_eq!(classify("https://www.example.lg.jp/nofu"), TextKind::WebLink);
/// assert_eq!(classify("4901234567894"), TextKind::Other);
/// ```
#[must_use]
pub fn classify(text: &str) -> TextKind {
    let text = text.trim();
    if text.bytes().all(|b| b.is_ascii_digit()) {
        match text.len() {
            gs1::LENGTH if text.starts_with(gs1::AI) => TextKind::Gs1Payment,
            elqr::LENGTH if text.starts_with(elqr::BEGINNING) => TextKind::ElQr,
            _ => TextKind::Other,
        }
    } else if is_web_link(text) {
        TextKind::WebLink
    } else {
        TextKind::Other
    }
}

/// Whether a text leads to the web, as plain address or in the bookmark forms that Japanese phones wrote
/// (`MEBKM:`, `URLTO:`).
pub(crate) fn is_web_link(text: &str) -> bool {
    const BEGINNINGS: [&str; 5] = ["http://", "https://", "www.", "mebkm:", "urlto:"];
    let text = text.trim_start();
    BEGINNINGS.iter().any(|b| text.get(..b.len()).is_some_and(|t| t.eq_ignore_ascii_case(b)))
}
