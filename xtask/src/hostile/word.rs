//! Payment symbols character by character, so that they can be spoilt.

use crate::slip::code::{self, Modules};
use crate::slip::payload::{self, Bill};
use anyhow::Context;
use jiff::civil::Date;
use rand::Rng;
use rand::rngs::SmallRng;
use std::sync::OnceLock;

/// Characters between Start and Stop: FNC1, 22 pairs, check.
pub const LENGTH: usize = 24;
/// Modules of a whole symbol.
pub const MODULES: f32 = 288.0;

const START_C: u32 = 105;
const FNC1: u8 = 102;

/// The values of a symbol's characters, FNC1 first, the check character last.
pub type Word = [u8; LENGTH];

struct Alphabet {
    start: Vec<f32>,
    characters: Vec<Vec<f32>>,
    stop: Vec<f32>,
}

/// The bars of every character, taken from symbols whose check character is made to run through all values.
fn alphabet() -> anyhow::Result<&'static Alphabet> {
    static ALPHABET: OnceLock<Option<Alphabet>> = OnceLock::new();
    let make = || {
        let digits = "91".to_owned() + &"0".repeat(42);
        // 105 for Start, FNC1 at place 1, 91 at place 2.
        let sum = 105 + 102 + 2 * 91;
        let mut characters = vec![Vec::new(); 103];
        let (mut start, mut stop) = (Vec::new(), Vec::new());
        for spoil in 0..103 {
            let Modules::Bars(widths) = code::gs1_128(&digits, spoil).ok()? else { return None };
            let widths: Vec<f32> = widths.into_iter().map(f32::from).collect();
            let check = 6 * LENGTH;
            characters[(sum as usize + spoil as usize) % 103] = widths[check..check + 6].to_vec();
            start = widths[..6].to_vec();
            stop = widths[check + 6..].to_vec();
        }
        Some(Alphabet { start, characters, stop })
    };
    ALPHABET.get_or_init(make).as_ref().context("cannot draw Code 128")
}

/// Bars and spaces of a word between Start C and Stop.
pub fn widths(word: &Word) -> anyhow::Result<Vec<f32>> {
    let alphabet = alphabet()?;
    let mut widths = alphabet.start.clone();
    for value in word {
        widths.extend(&alphabet.characters[usize::from(*value)]);
    }
    widths.extend(&alphabet.stop);
    Ok(widths)
}

/// Bars and spaces of one character.
pub fn character(value: u8) -> anyhow::Result<&'static [f32]> {
    Ok(&alphabet()?.characters[usize::from(value)])
}

/// How unlike two characters' bars are: module edges that differ.
pub fn distance(a: u8, b: u8) -> anyhow::Result<f32> {
    let alphabet = alphabet()?;
    let edges = |value: u8| {
        let mut at = 0.0;
        alphabet.characters[usize::from(value)].iter().map(move |w| {
            at += w;
            at
        })
    };
    Ok(edges(a).zip(edges(b)).map(|(a, b)| (a - b).abs()).sum())
}

/// The character that makes modulus 103 hold.
pub fn check(word: &Word) -> u8 {
    let sum: u32 =
        START_C + word[..LENGTH - 1].iter().enumerate().map(|(i, v)| (i as u32 + 1) * u32::from(*v)).sum::<u32>();
    (sum % 103) as u8
}

/// The word of 44 digits.
pub fn of_digits(digits: &str) -> Word {
    let mut word = [FNC1; LENGTH];
    for (value, pair) in word[1..].iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
        *value = (pair[0] - b'0') * 10 + (pair[1] - b'0');
    }
    word[LENGTH - 1] = check(&word);
    word
}

/// The 44 digits where every check holds.
pub fn digits(word: &Word) -> Option<String> {
    if word[0] != FNC1 || check(word) != word[LENGTH - 1] || word[1..LENGTH - 1].iter().any(|v| *v > 99) {
        return None;
    }
    let digits: String = word[1..LENGTH - 1].iter().map(|v| format!("{v:02}")).collect();
    let right = payload::check_digit(&digits[..43]).to_string();
    (digits.starts_with("919") && digits.ends_with(&right)).then_some(digits)
}

/// 44 digits of a believable bill.
pub fn bill(rng: &mut SmallRng) -> Bill {
    Bill::random(rng, Date::constant(2026, 12, 1))
}

/// Another bill of the same person, who holds both papers: the same number, another period or amount.
pub fn sibling(bill: &Bill, rng: &mut SmallRng) -> Bill {
    let mut other = bill.clone();
    match rng.random_range(0..4) {
        0 => return self::bill(rng),
        1 => other.amount = rng.random_range(1..300_000),
        2 => {
            let period = rng.random_range(1..13);
            other.free_use = format!("{}{period:02}", &bill.free_use[..19]);
            other.limit = bill.limit.map(|day| day.saturating_add(jiff::Span::new().days(30)));
        }
        _ => other.reissue = (bill.reissue + 1) % 10,
    }
    other
}
