//! What a layout table is made of: one row for each field, in the order of the digits.
//!
//! Both layouts ([`gs1::LAYOUT`](super::gs1::LAYOUT), [`elqr::LAYOUT`](super::elqr::LAYOUT)) are such tables; their
//! parsers and printers walk them, so that a width is written down once.

/// What may stand in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// These digits and no others.
    Fixed(&'static str),
    /// Any digits; meant for this reader or for somebody else, kept either way.
    Digits,
    /// Any digits are read; by the numbering rules the first is one of these.
    Leading(&'static [u8]),
    /// Any digit is read; 0 (no) and 1 (yes) are the ones with a meaning.
    Flag,
    /// Two digits of the year after 2000, month, day; 999999 is "no limit".
    YyMmDd,
    /// Four digits of the year, month, day.
    YyyyMmDd,
    /// Whole yen, filled with zeros on the left.
    Yen,
    /// A year with four digits.
    Year,
    /// Computed from the other digits.
    Check,
}

/// One field of a layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<K> {
    /// Which field, for the program.
    pub key: K,
    /// Its name in the standard's Japanese.
    pub ja: &'static str,
    /// Its name in English.
    pub en: &'static str,
    /// Position of its first digit, counted from one.
    pub at: usize,
    /// How many digits.
    pub width: usize,
    /// The group of the printed line in which it stands, counted from one; 0 where nothing is printed.
    pub group: u8,
    /// What may stand there.
    pub rule: Rule,
    /// Where this row is known from.
    pub source: &'static str,
}

impl<K: Copy> Field<K> {
    /// The field's digits; empty where `digits` is too short or not ASCII.
    #[must_use]
    pub fn of<'a>(&self, digits: &'a str) -> &'a str {
        digits.get(self.at - 1..self.at - 1 + self.width).unwrap_or_default()
    }
}

/// Whether the rows follow one another without gap or overlap and end at `total`. Evaluated when the tables are
/// compiled: a wrong width is a build error.
pub(super) const fn is_gapless<K: Copy>(rows: &[Field<K>], total: usize) -> bool {
    let mut next = 1;
    let mut i = 0;
    while i < rows.len() {
        if rows[i].at != next || rows[i].width == 0 {
            return false;
        }
        next += rows[i].width;
        i += 1;
    }
    next == total + 1
}

/// A digit as an ASCII letter → its value; other bytes give `None`.
pub(super) const fn value(byte: u8) -> Option<u32> {
    if byte.is_ascii_digit() { Some((byte - b'0') as u32) } else { None }
}

/// What is printed into a field: the digits of `text`, zeros before them, and no more than fit (the last ones).
/// Whatever a caller put into a notice's members, what is printed has the layout's length.
pub(super) fn fitted(text: &str, width: usize) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let last = digits.get(digits.len().saturating_sub(width)..).unwrap_or_default();
    format!("{last:0>width$}")
}

/// At most 19 ASCII digits as a number. Fields are narrower than that; anything else gives 0.
pub(super) fn number(digits: &str) -> u64 {
    digits.parse().unwrap_or_default()
}
