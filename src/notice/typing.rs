//! Judging digits while they are being typed, group by group as they are printed under the barcode.
//!
//! Nothing is remembered: every call gets all groups and gives the whole state.

use serde::Serialize;

use super::{
    error::shown,
    gs1::{self, AI, GROUPS, LAYOUT, LENGTH, TimeLimit},
    input::{self, InputError},
    layout::Rule,
};

/// How many digits each group of the printed line has: application identifier with issuer, free-use area with reissue
/// class, time limit, stamp flag, amount, check digit. Yielded by the layout table.
pub const WIDTHS: [usize; GROUPS] = widths();

const fn widths() -> [usize; GROUPS] {
    let mut widths = [0; GROUPS];
    let mut row = 0;
    while row < LAYOUT.len() {
        widths[LAYOUT[row].group as usize - 1] += LAYOUT[row].width;
        row += 1;
    }
    widths
}

/// How far a group has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Nothing typed.
    Empty,
    /// Right so far.
    Partial,
    /// All digits are there and nothing speaks against them.
    Ok,
    /// Something speaks against it: see `why`.
    Wrong,
}

/// What speaks against a group. Serialises with a stable `id`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "id")]
#[non_exhaustive]
pub enum Why {
    /// A letter or sign that does not belong there.
    #[serde(rename = "strange-character")]
    Character {
        /// Its place in the group, counted from one.
        position: usize,
        /// The character.
        found: String,
    },
    /// More digits than the group has.
    #[serde(rename = "too-many-digits")]
    TooMany {
        /// How many the group has.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// The line does not begin with 91.
    #[serde(rename = "not-a-payment-code")]
    ApplicationIdentifier {
        /// 91.
        expected: &'static str,
        /// What is there.
        found: String,
    },
    /// The six digits are no day of the calendar.
    #[serde(rename = "impossible-date")]
    Date {
        /// The digits.
        found: String,
    },
    /// The stamp flag is neither 0 nor 1. On public money it is 0.
    #[serde(rename = "stamp-flag")]
    Stamp {
        /// 0.
        expected: &'static str,
        /// The digit.
        found: String,
    },
    /// All 44 digits are there, but the last is not what the others call for: some digit, in any group, is wrong.
    #[serde(rename = "check-digit")]
    CheckDigit {
        /// What the other digits call for.
        expected: String,
        /// What is there.
        found: String,
    },
}

/// One group's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// How many digits it has on the paper; 0 for a group that the paper does not have.
    pub expected_len: usize,
    /// How many digits were typed.
    pub found_len: usize,
    /// How far it has come.
    pub state: State,
    /// What speaks against it, where something does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<Why>,
}

/// The state of all groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Typing {
    /// At least [`GROUPS`] of them.
    pub groups: Vec<Group>,
    /// All 44 digits are there, the first two are 91 and the check digit holds: they can be handed in. A group may be
    /// `wrong` all the same, where a notice was printed with a date that does not exist: the findings tell.
    pub complete: bool,
    /// Where one group holds a whole line (pasted, or sent by a hand scanner) and the others are empty: the digits of
    /// each group, to be put into the fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spread: Option<Vec<String>>,
}

/// 44 digits → the groups of the printed line. Fewer or more digits give `None`.
#[must_use]
pub fn split(digits: &str) -> Option<Vec<String>> {
    if digits.len() != LENGTH || !digits.is_ascii() {
        return None;
    }
    let mut rest = digits;
    WIDTHS
        .iter()
        .map(|&width| {
            let (group, after) = rest.split_at_checked(width)?;
            rest = after;
            Some(group.to_owned())
        })
        .collect()
}

/// Judges what has been typed so far. Missing groups count as empty; groups beyond the sixth are wrong unless empty.
///
/// ```
/// use maecheck::notice::typing::{State, judge};
///
/// let typing = judge(&["91912345", "0000120250101234567800", "2609", "", "", ""]);
/// assert_eq!(typing.groups[2].state, State::Partial);
/// assert!(!typing.complete);
/// ```
#[must_use]
pub fn judge(groups: &[&str]) -> Typing {
    // A page has a handful of fields; what comes in through the door of the wasm may be anything.
    let groups = groups.get(..groups.len().min(4 * GROUPS)).unwrap_or_default();
    let texts: Vec<_> = (0..groups.len().max(GROUPS))
        .map(|i| groups.get(i).copied().unwrap_or_default())
        .map(|text| if text.len() > 4 * input::LIMIT { Err(too_long(text)) } else { input::bare(text) })
        .collect();
    let spread = {
        let mut filled = texts.iter().filter(|text| !matches!(text, Ok(digits) if digits.is_empty()));
        match (filled.next(), filled.next()) {
            (Some(Ok(digits)), None) => split(digits),
            _ => None,
        }
    };
    let all: String = texts.iter().flatten().map(String::as_str).collect();
    let whole = texts.iter().all(Result::is_ok)
        && (spread.is_some() || texts.iter().flatten().map(String::len).take(GROUPS).eq(WIDTHS) && all.len() == LENGTH);
    let expected = gs1::check_digit(all.as_bytes().get(..LENGTH - 1).unwrap_or_default()).to_string();
    let check = (whole && !all.ends_with(&expected))
        .then(|| Why::CheckDigit { expected, found: all.get(LENGTH - 1..).unwrap_or_default().to_owned() });
    let complete = whole && check.is_none() && all.starts_with(AI);

    let judged = texts.iter().enumerate().map(|(i, text)| {
        let expected_len = WIDTHS.get(i).copied().unwrap_or_default();
        let part = match (&spread, text) {
            (Some(parts), Ok(_)) => Ok(parts.get(i).cloned().unwrap_or_default()),
            (_, text) => text.clone(),
        };
        let (found_len, why) = match &part {
            Ok(digits) => {
                let why = against(i, digits, expected_len);
                (digits.len(), why.or_else(|| if i + 1 == GROUPS { check.clone() } else { None }))
            }
            Err(error) => {
                let digits = groups.get(i).map_or(0, |text| text.chars().take(input::LIMIT).filter(is_digit).count());
                (digits, Some(of_input_error(error, expected_len)))
            }
        };
        let state = match (&why, found_len) {
            (Some(_), _) => State::Wrong,
            (None, 0) => State::Empty,
            (None, found) if found < expected_len => State::Partial,
            (None, _) => State::Ok,
        };
        Group { expected_len, found_len, state, why }
    });
    Typing { groups: judged.collect(), complete, spread }
}

fn is_digit(character: &char) -> bool {
    character.is_ascii_digit() || ('\u{FF10}'..='\u{FF19}').contains(character)
}

fn too_long(text: &str) -> InputError {
    InputError::TooLong { expected: input::LIMIT, found: text.chars().count() }
}

fn of_input_error(error: &InputError, expected: usize) -> Why {
    match error {
        InputError::Character { position, found } => Why::Character { position: *position, found: found.clone() },
        InputError::TooLong { found, .. } => Why::TooMany { expected, found: *found },
        // The rest of the errors concern a whole line; inside one group what remains is a scanner's `]E0`.
        _ => Why::Character { position: 1, found: shown(']') },
    }
}

/// What speaks against the digits of one group on its own.
fn against(index: usize, digits: &str, expected: usize) -> Option<Why> {
    let found = digits.len();
    if found > expected {
        return Some(Why::TooMany { expected, found });
    }
    let mut at = 0;
    for field in LAYOUT.iter().filter(|field| usize::from(field.group) == index + 1) {
        let rest = digits.get(at..).unwrap_or_default();
        let text = rest.get(..field.width.min(rest.len())).unwrap_or_default();
        at += field.width;
        let full = text.len() == field.width;
        match field.rule {
            Rule::Fixed(fixed) if !fixed.starts_with(text) => {
                return Some(Why::ApplicationIdentifier { expected: fixed, found: text.to_owned() });
            }
            Rule::YyMmDd if full && matches!(TimeLimit::of_digits(text), TimeLimit::Impossible(_)) => {
                return Some(Why::Date { found: text.to_owned() });
            }
            Rule::Flag if full && text != "0" && text != "1" => {
                return Some(Why::Stamp { expected: "0", found: text.to_owned() });
            }
            _ => {}
        }
    }
    None
}
