//! Code 39 (ISO/IEC 16388:2007) on one scan line, so that delivery and file labels are told for what they are.
//!
//! A symbol is `*`, the data, `*`. Each character is nine elements, bar first and bar last, three of them wide; a space
//! of no meaning, always the same in one symbol, parts it from the next. Forty of the characters have two wide bars,
//! coded as in 2 of 5, and one wide space; four have three wide spaces. The optional check character and the pairs
//! that stand for lower case are left in the text as they are.

use std::array;
use std::ops::RangeInclusive;

use super::elements::{
    Found, LENGTH_STEP, NARROW_ALONG, SPREAD, elements, mean, near, quiet, split, two_of_five, without_spread,
};

/// Elements of a character.
const ELEMENTS: usize = 9;

/// The standard asks for 10 narrow widths (4.4 d); labels are cut closer than that.
const QUIET_ZONE: f32 = 6.0;

/// The shortest text that is told.
const CHARACTERS: usize = 3;

/// The space between characters, in narrow widths: at least one, at most 5.3 in the smallest print (4.4); half a
/// narrow width of that is left to the measuring, as long as it stays below a quiet zone.
const GAP: RangeInclusive<f32> = 0.5..=5.5;

/// How much one such space may differ from the first, in narrow widths.
const GAP_SLACK: f32 = 0.75;

/// Characters with one wide space, a row for each place of that space, in the order of the bars' 2 of 5 digit.
const ONE_WIDE_SPACE: [&[u8; 10]; 4] = [b"*UVWXYZ-. ", b"0123456789", b"JABCDEFGHI", b"TKLMNOPQRS"];

/// Characters with one narrow space, in the order of its place.
const ONE_NARROW_SPACE: [u8; 4] = *b"%+/$";

/// Start and stop.
const ASTERISK: u8 = b'*';

/// Tells the first symbol on the line, run from start to stop.
pub(super) fn read(runs: &[f32]) -> Option<Found> {
    (1..runs.len()).step_by(2).find_map(|first| read_at(runs, first))
}

/// The symbol whose first bar is the run at `first`.
fn read_at(runs: &[f32], first: usize) -> Option<Found> {
    let start: [f32; ELEMENTS] = elements(runs, first)?;
    // The asterisk is n w n n w n w n n: three narrow bars and three narrow spaces show what the ink did.
    let bars = mean(&[start[0], start[2], start[8]]);
    let spaces = mean(&[start[3], start[5], start[7]]);
    let narrow = (bars + spaces) / 2.0;
    // In narrow widths, so that it holds where perspective makes them larger.
    let spread = (bars - spaces) / 2.0 / narrow;
    if !SPREAD.contains(&spread) || !quiet(runs, first.checked_sub(1)?, QUIET_ZONE * narrow) {
        return None;
    }
    let opening = character(start, spread * narrow)?;
    if opening.sign != ASTERISK {
        return None;
    }

    let mut text = String::new();
    let mut gaps = GAP;
    let mut before = opening;
    let mut at = first + ELEMENTS;
    loop {
        let gap = runs.get(at)? / before.narrow + spread;
        if !gaps.contains(&gap) {
            return None;
        }
        if text.is_empty() {
            gaps = gap - GAP_SLACK..=gap + GAP_SLACK;
        }
        let character = character(elements(runs, at + 1)?, spread * before.narrow)?;
        if !near(character.narrow, opening.narrow, NARROW_ALONG) || !near(character.length, before.length, LENGTH_STEP)
        {
            return None;
        }
        at += 1 + ELEMENTS;
        if character.sign == ASTERISK {
            let whole = text.len() >= CHARACTERS && quiet(runs, at, QUIET_ZONE * character.narrow);
            return whole.then_some(Found { text, first, last: at - 1 });
        }
        text.push(char::from(character.sign));
        before = character;
    }
}

/// One symbol character.
#[derive(Clone, Copy)]
struct Character {
    /// What it stands for, in ASCII.
    sign: u8,
    /// Mean width of a narrow element, in pixels, ink spread taken out.
    narrow: f32,
    /// All nine elements, in pixels.
    length: f32,
}

/// The character of nine elements, bars being `spread` pixels wider than drawn.
fn character(widths: [f32; ELEMENTS], spread: f32) -> Option<Character> {
    let split = split(without_spread(widths, spread), 3)?;
    let bars: [bool; 5] = array::from_fn(|i| split.wide[2 * i]);
    let spaces: [bool; 4] = array::from_fn(|i| split.wide[2 * i + 1]);
    let place = |wide: bool| spaces.iter().position(|space| *space == wide);
    let sign = match spaces.iter().filter(|wide| **wide).count() {
        1 => *ONE_WIDE_SPACE.get(place(true)?)?.get(usize::from(two_of_five(bars)?))?,
        3 => *ONE_NARROW_SPACE.get(place(false)?)?,
        _ => return None,
    };
    Some(Character { sign, narrow: split.narrow_width, length: widths.iter().sum() })
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::elements::lines::{self, Dice, NEW, Wear};
    use super::super::{ean13, itf};
    use super::*;

    /// The characters in the order of their check values, then the asterisk.
    const SIGNS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%*";

    /// Their elements, wide as w, written out and not drawn from the reader's rows.
    const DRAWN: [&str; 44] = [
        "nnnwwnwnn",
        "wnnwnnnnw",
        "nnwwnnnnw",
        "wnwwnnnnn",
        "nnnwwnnnw",
        "wnnwwnnnn",
        "nnwwwnnnn",
        "nnnwnnwnw",
        "wnnwnnwnn",
        "nnwwnnwnn",
        "wnnnnwnnw",
        "nnwnnwnnw",
        "wnwnnwnnn",
        "nnnnwwnnw",
        "wnnnwwnnn",
        "nnwnwwnnn",
        "nnnnnwwnw",
        "wnnnnwwnn",
        "nnwnnwwnn",
        "nnnnwwwnn",
        "wnnnnnnww",
        "nnwnnnnww",
        "wnwnnnnwn",
        "nnnnwnnww",
        "wnnnwnnwn",
        "nnwnwnnwn",
        "nnnnnnwww",
        "wnnnnnwwn",
        "nnwnnnwwn",
        "nnnnwnwwn",
        "wwnnnnnnw",
        "nwwnnnnnw",
        "wwwnnnnnn",
        "nwnnwnnnw",
        "wwnnwnnnn",
        "nwwnwnnnn",
        "nwnnnnwnw",
        "wwnnnnwnn",
        "nwwnnnwnn",
        "nwnwnwnnn",
        "nwnwnnnwn",
        "nwnnnwnwn",
        "nnnwnwnwn",
        "nwnnwnwnn",
    ];

    /// The widths of a symbol in narrow widths, asterisks and all, first bar to last.
    pub fn drawn(text: &str, ratio: f32, gap: f32) -> Vec<f32> {
        let mut widths = Vec::new();
        for sign in format!("*{text}*").chars() {
            let letters = DRAWN[SIGNS.find(sign).expect("a test draws only what Code 39 has")];
            widths.extend(letters.chars().map(|letter| if letter == 'w' { ratio } else { 1.0 }));
            widths.push(gap);
        }
        widths.pop();
        widths
    }

    fn text(runs: &[f32]) -> Option<String> {
        read(runs).map(|found| found.text)
    }

    #[test]
    fn texts_read_back() {
        let cases = [
            ("ABC", "the shortest that is told"),
            ("0123456789", "digits"),
            ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "letters"),
            ("-. $/+%", "the rest, three wide spaces among them"),
            ("PPP", "P is the asterisk the other way round"),
            ("A-1234.5 $", "as labels have it"),
        ];
        for (text, why) in cases {
            for (ratio, gap) in [(2.0, 1.0), (2.5, 1.0), (3.0, 1.0), (2.5, 3.0), (3.0, 5.3)] {
                let symbol = drawn(text, ratio, gap);
                let runs = lines::alone(&symbol);
                let found = Found { text: text.into(), first: 1, last: symbol.len() };
                assert_eq!(read(&runs), Some(found), "{why}, ratio {ratio}, gap {gap}");
                assert_eq!(read(&lines::reversed(&runs)), None, "the wrong way round: {why}, ratio {ratio}, gap {gap}");
            }
        }
    }

    #[test]
    fn worn_symbols_read_back_or_not_at_all() {
        let mut dice = Dice(16388);
        for noise in [0.0, 0.05, 0.1, 0.15] {
            let (mut read, mut asked) = (0, 0);
            for spread in [-0.3, 0.0, 0.3] {
                for drift in [-0.015, 0.0, 0.015] {
                    for _ in 0..40 {
                        let length = 3 + dice.below(8);
                        let text: String = (0..length).map(|_| char::from(SIGNS.as_bytes()[dice.below(43)])).collect();
                        let (ratio, gap) = (2.5 + 0.5 * dice.share(), 1.0 + 2.0 * dice.share());
                        let wear = Wear { module: 1.5 + 4.0 * dice.share(), spread, noise, drift };
                        let symbol = drawn(&text, ratio, gap);
                        let (line, first) = lines::amid_print(&symbol, &mut dice);
                        let runs = lines::worn(&line, wear, &mut dice);
                        asked += 1;
                        if let Some(found) = super::read(&runs) {
                            let last = first + symbol.len() - 1;
                            assert_eq!(found, Found { text, first, last }, "{wear:?}");
                            read += 1;
                        }
                    }
                }
            }
            assert!(read * 100 >= asked * if noise < 0.15 { 99 } else { 90 }, "noise {noise}: {read} of {asked}");
        }
    }

    #[test]
    fn what_is_not_a_whole_symbol_is_refused() {
        let good = drawn("AB12", 2.5, 1.0);
        let between = |left: f32, right: f32| [&[left], &good[..], &[right]].concat();
        assert!(read(&between(6.1, 6.1)).is_some(), "quiet zones just wide enough");
        let altered = |at: usize, width: f32| {
            let mut altered = between(10.0, 10.0);
            altered[at] = width;
            altered
        };
        let cases = [
            ("no quiet zone on the left", between(5.0, 10.0)),
            ("none on the right", between(10.0, 5.0)),
            ("the line ends at the last bar", between(10.0, 10.0)[..=good.len()].to_vec()),
            ("two characters", lines::alone(&drawn("AB", 2.5, 1.0))),
            ("no stop", lines::alone(&good[..49])),
            ("no start", lines::alone(&good[10..])),
            ("an asterisk amid the text", lines::alone(&drawn("ABC*DEF", 2.5, 1.0))),
            ("a gap unlike the others", altered(20, 3.0)),
            ("a gap as wide as a quiet zone", lines::alone(&drawn("AB12", 2.5, 6.5))),
            ("a fourth wide element", altered(13, 2.5)),
            ("an element neither wide nor narrow", altered(13, 1.7)),
            ("wide and narrow too much alike", lines::alone(&drawn("AB12", 1.5, 1.0))),
            ("wide far too wide", lines::alone(&drawn("AB12", 4.5, 1.0))),
            ("grown by half, bit by bit", {
                let mut grown = between(10.0, 10.0);
                let share = 0.5 / grown.len() as f32;
                grown.iter_mut().enumerate().for_each(|(i, width)| *width *= 1.0 + share * i as f32);
                grown
            }),
            ("a second half larger by a quarter", {
                let mut grown = between(10.0, 10.0);
                grown[31..].iter_mut().for_each(|width| *width *= 1.25);
                grown
            }),
        ];
        for (why, runs) in cases {
            assert_eq!(text(&runs), None, "{why}");
        }
    }

    #[test]
    fn other_lines_are_never_code_39() {
        let mut dice = Dice(300_000);
        for _ in 0..100_000 {
            let runs = lines::noise(&mut dice);
            assert_eq!(read(&runs), None, "noise {runs:?}");
        }
        for _ in 0..10_000 {
            let runs = lines::code_128_like(&mut dice);
            assert_eq!(read(&runs), None, "Code 128 {runs:?}");
        }
        for _ in 0..2_000 {
            let runs = lines::alone(&drawn(&dice.digits(7), 2.5, 1.0));
            let runs = lines::worn(&runs, Wear { noise: 0.1, ..NEW }, &mut dice);
            for runs in [lines::reversed(&runs), runs] {
                assert_eq!(ean13::read(&runs), None, "Code 39 as EAN-13 {runs:?}");
                assert_eq!(itf::read(&runs), None, "Code 39 as ITF {runs:?}");
            }
        }
    }

    #[test]
    fn spoilt_widths_are_refused() {
        let mut lines = lines::spoilt();
        let good = lines::alone(&drawn("AB12", 2.5, 1.0));
        for width in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            lines.extend((1..good.len() - 1).map(|i| [&good[..i], &[width], &good[i + 1..]].concat()));
        }
        for runs in lines {
            assert_eq!(read(&runs), None, "{runs:?}");
        }
    }
}
