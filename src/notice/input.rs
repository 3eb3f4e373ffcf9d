//! What people type, paste or scan → bare digits.
//!
//! Digits arrive in many dresses: full-width from a Japanese keyboard, grouped with hyphens and brackets as on the
//! paper, behind the `]C1` of a hand scanner, with the separator GS, with line ends. All of that is taken off. Any
//! other character is an error that names it: a letter dropped in silence would shift every digit after it.

use std::fmt;

use serde::Serialize;

use super::{
    LENGTHS,
    error::shown,
    gs1::{self, AI, LENGTH},
    is_web_link,
};

/// How many characters are looked at: more than twice what 255 digits with a separator after each need.
pub const LIMIT: usize = 2_000;

/// Why what was typed, pasted or scanned is not the digits of a notice. Serialises with a stable `id`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "id")]
#[non_exhaustive]
pub enum InputError {
    /// Nothing but blanks and signs.
    #[serde(rename = "no-digits")]
    NoDigits,
    /// More characters than any notice has.
    #[serde(rename = "too-long")]
    TooLong {
        /// The most that is looked at, in characters.
        expected: usize,
        /// How many there were.
        found: usize,
    },
    /// An address on the web.
    #[serde(rename = "web-link")]
    WebLink,
    /// A hand scanner said that it read another kind of symbol (AIM identifier other than `]C1` or `]Q…`).
    #[serde(rename = "other-symbol")]
    OtherSymbol {
        /// The identifiers of the payment barcode and of QR codes.
        expected: &'static str,
        /// The identifier found, as `]C0`.
        found: String,
    },
    /// A letter or sign that belongs neither to the digits nor to the way they are printed.
    #[serde(rename = "strange-character")]
    Character {
        /// Its place in what was typed, counted from one.
        position: usize,
        /// The character; `U+0007` where it cannot be shown.
        found: String,
    },
    /// All is there but the application identifier 91, as some scanners send it.
    #[serde(rename = "ai-left-out")]
    AiLeftOut {
        /// The digits that are missing at the beginning: 91.
        missing: &'static str,
        /// How many digits there should be.
        expected: usize,
        /// How many there were.
        found: usize,
    },
    /// Another number of digits.
    #[serde(rename = "incomplete-code")]
    Length {
        /// The numbers of digits that would fit: 44, 255.
        expected: [usize; 2],
        /// How many there were.
        found: usize,
    },
}

impl InputError {
    /// The stable name that it serialises with.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        match self {
            Self::NoDigits => "no-digits",
            Self::TooLong { .. } => "too-long",
            Self::WebLink => "web-link",
            Self::OtherSymbol { .. } => "other-symbol",
            Self::Character { .. } => "strange-character",
            Self::AiLeftOut { .. } => "ai-left-out",
            Self::Length { .. } => "incomplete-code",
        }
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDigits => write!(f, "expected 44 or 255 digits, but found none"),
            Self::TooLong { expected, found } => {
                write!(f, "expected at most {expected} characters, but found {found}")
            }
            Self::WebLink => write!(f, "expected 44 or 255 digits, but found an address on the web"),
            Self::OtherSymbol { expected, found } => {
                write!(f, "expected a scan that begins with {expected}, but found {found}: another kind of symbol")
            }
            Self::Character { position, found } => {
                write!(f, "expected a digit, but found '{found}' at position {position}")
            }
            Self::AiLeftOut { missing, expected, found } => {
                write!(f, "expected {expected} digits, but found {found}: {missing} is missing at the beginning")
            }
            Self::Length { expected: [gs1, el_qr], found } => {
                write!(f, "expected {gs1} digits (barcode) or {el_qr} (eL-QR), but found {found}")
            }
        }
    }
}

impl std::error::Error for InputError {}

/// Typed, pasted or hand-scanned text → 44 or 255 ASCII digits. Nothing is judged here but their number: the checks
/// are [`parse`](super::parse)'s.
///
/// # Errors
/// A character that does not belong, with its place; a web link; a text that is too long; another number of digits;
/// digits whose application identifier a scanner left out. Digits are never filled in: the person is told.
///
/// ```
/// use maecheck::notice::input::{InputError, normalise};
///
/// let digits = normalise("(91)912345-0000120250101234567800\n-260930-0-012500-5")?;
/// assert_eq!(digits, "91912345000012025010123456780026093000125005");
/// assert_eq!(normalise("９１９１O"), Err(InputError::Character { position: 5, found: "O".to_owned() }));
/// # Ok::<(), InputError>(())
/// ```
pub fn normalise(text: &str) -> Result<String, InputError> {
    let found = text.chars().count();
    // A link is told as a link however long it is.
    let beginning: String = text.chars().map(narrow).skip_while(|&c| is_blank(c)).take(16).collect();
    if is_web_link(&beginning) {
        return Err(InputError::WebLink);
    }
    if found > LIMIT {
        return Err(InputError::TooLong { expected: LIMIT, found });
    }
    let digits = bare(text)?;
    match digits.len() {
        0 => Err(InputError::NoDigits),
        found if LENGTHS.contains(&found) => Ok(digits),
        found if found + AI.len() == LENGTH && holds(&format!("{AI}{digits}")) => {
            Err(InputError::AiLeftOut { missing: AI, expected: LENGTH, found })
        }
        found => Err(InputError::Length { expected: LENGTHS, found }),
    }
}

fn holds(digits: &str) -> bool {
    digits.as_bytes().try_into().is_ok_and(gs1::check_digit_holds)
}

/// Takes off everything that digits may be dressed in. Positions in errors count characters from one.
pub(super) fn bare(text: &str) -> Result<String, InputError> {
    let skip = symbology_identifier(text)?;
    let mut digits = String::with_capacity(text.len());
    for (i, character) in text.chars().enumerate().skip(skip) {
        match narrow(character) {
            digit @ '0'..='9' => digits.push(digit),
            sign if is_blank(sign) || is_dash(sign) || is_bracket(sign) => {}
            _ => return Err(InputError::Character { position: i + 1, found: shown(character) }),
        }
    }
    Ok(digits)
}

/// How many characters a scanner's symbology identifier takes at the beginning, blanks before it included
/// (AIM; ISO/IEC 15424): `]C1` is GS1-128, `]Q0` to `]Q6` a QR code.
fn symbology_identifier(text: &str) -> Result<usize, InputError> {
    let blanks = text.chars().map(narrow).take_while(|&c| is_blank(c)).count();
    let mut rest = text.chars().map(narrow).skip(blanks);
    match (rest.next(), rest.next(), rest.next()) {
        (Some(']'), Some('C'), Some('1')) | (Some(']'), Some('Q'), Some('0'..='6')) => Ok(blanks + 3),
        (Some(']'), Some(letter @ ('A'..='Z' | 'a'..='z')), Some(digit @ '0'..='9')) => {
            Err(InputError::OtherSymbol { expected: "]C1, ]Q", found: format!("]{letter}{digit}") })
        }
        _ => Ok(0),
    }
}

/// Full-width forms → their ASCII twins (the U+FF01–FF5E part of NFKC); the ideographic space → a space.
fn narrow(character: char) -> char {
    match character {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character),
        _ => character,
    }
}

/// Blanks, line ends, the separator GS that stands for FNC1, and the invisible marks that come along when pasting.
fn is_blank(character: char) -> bool {
    character.is_whitespace()
        || matches!(character, '\u{1D}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}')
}

/// Hyphens, dashes, minus signs, and the long-vowel marks that a Japanese keyboard gives in their place.
fn is_dash(character: char) -> bool {
    matches!(
        character,
        '-' | '\u{2010}'
            ..='\u{2015}'
                | '\u{2043}'
                | '\u{207B}'
                | '\u{208B}'
                | '\u{2212}'
                | '\u{2500}'
                | '\u{2501}'
                | '\u{2796}'
                | '\u{30A0}'
                | '\u{30FC}'
                | '\u{FE58}'
                | '\u{FE63}'
                | '\u{FF70}'
    )
}

/// Brackets of the kinds that Japanese and Western keyboards have.
fn is_bracket(character: char) -> bool {
    matches!(character, '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301B}' | '\u{FE59}'..='\u{FE5E}' | '\u{207D}' | '\u{207E}')
}
