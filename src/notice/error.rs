//! Why digits are not a notice.

use std::fmt;

use serde::Serialize;

use super::Code;

/// Which of a notice's own checks failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckPart {
    /// Position 44 of the barcode's digits.
    Barcode,
    /// The two check digits of the upper OCR line inside the eL-QR (MPN positions 1–2).
    OcrUpper,
    /// The two check digits of the lower OCR line inside the eL-QR (MPN positions 40–41).
    OcrLower,
    /// The five decimal CRC digits that end the eL-QR.
    Crc,
}

/// Why digits are not a notice: what was expected, what was found, and where, counted from one as on the paper.
///
/// Groups are those of the line printed under the barcode, `(91)912345-…-260930-0-012500-5`: 1 = application
/// identifier and issuer, 2 = free-use area and reissue class, 3 = time limit, 4 = stamp flag, 5 = amount, 6 = check
/// digit. Serialises with a stable `id`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "id")]
#[non_exhaustive]
pub enum NoticeError {
    /// The number of digits fits neither layout.
    #[serde(rename = "incomplete-code")]
    Length {
        /// The numbers of digits that would fit: 44, 255.
        expected: [usize; 2],
        /// How many characters there were.
        found: usize,
    },
    /// Something that is no ASCII digit.
    #[serde(rename = "strange-character")]
    Character {
        /// Position in the digits, counted from one.
        position: usize,
        /// The character; `U+0007` where it cannot be shown.
        found: String,
    },
    /// A field whose digits are fixed has others: this is some other kind of code.
    #[serde(rename = "not-a-payment-code")]
    NotThisKind {
        /// The layout that the number of digits pointed to.
        code: Code,
        /// The group on the paper; 0 for the eL-QR, whose digits are not printed.
        group: u8,
        /// Position of the field, counted from one.
        position: usize,
        /// The field's name.
        field: &'static str,
        /// The only digits that may stand there.
        expected: &'static str,
        /// The digits that do.
        found: String,
    },
    /// A check of the notice's own does not hold: some digit was misread, mistyped or misprinted.
    #[serde(rename = "check-digit")]
    CheckDigit {
        /// Which check.
        part: CheckPart,
        /// The group on the paper where the check digit stands; 0 for the eL-QR. The wrong digit may be in any group.
        group: u8,
        /// What the other digits call for.
        expected: String,
        /// What is there.
        found: String,
    },
    /// The eL-QR carries its amount twice, and the two differ.
    #[serde(rename = "amounts-disagree")]
    Amounts {
        /// Amount in tag 54, yen.
        amount: u64,
        /// Amount in the MPN line, yen.
        mpn_amount: u64,
    },
}

impl NoticeError {
    /// The stable name that it serialises with.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        match self {
            Self::Length { .. } => "incomplete-code",
            Self::Character { .. } => "strange-character",
            Self::NotThisKind { .. } => "not-a-payment-code",
            Self::CheckDigit { .. } => "check-digit",
            Self::Amounts { .. } => "amounts-disagree",
        }
    }
}

impl fmt::Display for NoticeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { expected: [gs1, el_qr], found } => {
                write!(f, "expected {gs1} digits (barcode) or {el_qr} (eL-QR), but found {found}")
            }
            Self::Character { position, found } => {
                write!(f, "expected a digit, but found '{found}' at position {position}")
            }
            Self::NotThisKind { position, field, expected, found, .. } => {
                write!(f, "expected {field} {expected} at position {position}, but found {found}")
            }
            Self::CheckDigit { part, expected, found, .. } => {
                let check = match part {
                    CheckPart::Barcode => "check digit",
                    CheckPart::OcrUpper => "check digits of the upper OCR line",
                    CheckPart::OcrLower => "check digits of the lower OCR line",
                    CheckPart::Crc => "CRC",
                };
                write!(f, "expected {check} {expected}, but found {found}")
            }
            Self::Amounts { amount, mpn_amount } => {
                write!(f, "expected one amount, but found {amount} yen in tag 54 and {mpn_amount} yen in the MPN line")
            }
        }
    }
}

impl std::error::Error for NoticeError {}

/// A character as it can be shown in a message.
pub(super) fn shown(character: char) -> String {
    // Invisible and controlling characters would make a message that says nothing, or that turns the page around.
    let invisible = character.is_control()
        || character.is_whitespace()
        || matches!(u32::from(character), 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0xFEFF | 0xE000..=0xF8FF);
    if invisible { format!("U+{:04X}", u32::from(character)) } else { character.to_string() }
}
