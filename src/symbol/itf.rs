//! Interleaved 2 of 5 (ISO/IEC 16390:2007) on one scan line, so that cartons and old slips are told for what they are.
//!
//! | part (4.2) | elements |
//! |---|---|
//! | start | narrow bar, narrow space, narrow bar, narrow space |
//! | each pair of digits (4.3) | five bars for the first, five spaces for the second, taking turns; two of five wide |
//! | stop | wide bar, narrow space, narrow bar |
//!
//! The symbology checks nothing by itself, and part of a symbol looks like a shorter one wherever three elements
//! happen to be a stop. So everything that can be asked of the widths is asked; whoever calls should still want more
//! than one line to say the same.

use std::array;

use super::elements::{
    Found, LENGTH_STEP, NARROW_ALONG, NARROW_SLACK, SPREAD, WIDE_SLACK, elements, mean, near, quiet, split,
    two_of_five, without_spread,
};

/// The standard asks for 10 narrow widths (4.4); slips are cut and folded.
const QUIET_ZONE: f32 = 6.0;

/// The shortest text that is told. Two or four digits are too easily seen in any print.
const DIGITS: usize = 6;

/// Tells the first symbol on the line, run from start to stop.
pub(super) fn read(runs: &[f32]) -> Option<Found> {
    (1..runs.len()).step_by(2).find_map(|first| read_at(runs, first))
}

/// The symbol whose first bar is the run at `first`.
fn read_at(runs: &[f32], first: usize) -> Option<Found> {
    let start: [f32; 4] = elements(runs, first)?;
    // Two bars and two spaces, all narrow: their mean is the narrow width, whatever the ink did.
    if !quiet(runs, first.checked_sub(1)?, QUIET_ZONE * mean(&start)) {
        return None;
    }
    let mut at = first + start.len();
    let opening = pair(runs, at)?;
    let begins = quiet(runs, first - 1, QUIET_ZONE * opening.narrow)
        && without_spread(start, opening.spread).iter().all(|width| near(*width, opening.narrow, NARROW_SLACK));
    if !begins {
        return None;
    }

    let mut text = String::new();
    let mut length = opening.length;
    loop {
        let pair = pair(runs, at)?;
        if !near(pair.narrow, opening.narrow, NARROW_ALONG) || !near(pair.length, length, LENGTH_STEP) {
            return None;
        }
        length = pair.length;
        text.extend(pair.digits.map(|digit| char::from(b'0' + digit)));
        at += 10;
        if text.len() >= DIGITS && stops(runs, at, &pair) {
            return Some(Found { text, first, last: at + 2 });
        }
    }
}

/// Two digits, interleaved.
struct Pair {
    digits: [u8; 2],
    /// Mean width of a narrow element, in pixels, ink spread taken out.
    narrow: f32,
    /// Mean width of a wide element, likewise.
    wide: f32,
    /// Pixels by which a bar is wider than drawn.
    spread: f32,
    /// All ten elements, in pixels.
    length: f32,
}

/// The pair whose first bar is the run at `at`.
fn pair(runs: &[f32], at: usize) -> Option<Pair> {
    let widths: [f32; 10] = elements(runs, at)?;
    let bars: f32 = widths.iter().step_by(2).sum();
    let length: f32 = widths.iter().sum();
    // Five bars and five spaces, two wide in each: drawn, both sums are equal, so what differs is ink.
    let spread = (2.0 * bars - length) / 10.0;
    let split = split(without_spread(widths, spread), 4)?;
    let first = two_of_five(array::from_fn(|i| split.wide[2 * i]))?;
    let second = two_of_five(array::from_fn(|i| split.wide[2 * i + 1]))?;
    SPREAD.contains(&(spread / split.narrow_width)).then_some(Pair {
        digits: [first, second],
        narrow: split.narrow_width,
        wide: split.wide_width,
        spread,
        length,
    })
}

/// Whether a stop and a quiet zone follow the pair before.
fn stops(runs: &[f32], at: usize, pair: &Pair) -> bool {
    let Some(stop) = elements::<3>(runs, at) else { return false };
    let [wide, space, bar] = without_spread(stop, pair.spread);
    near(wide, pair.wide, WIDE_SLACK)
        && near(space, pair.narrow, NARROW_SLACK)
        && near(bar, pair.narrow, NARROW_SLACK)
        && quiet(runs, at + 3, QUIET_ZONE * pair.narrow)
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::elements::lines::{self, Dice, NEW, Wear};
    use super::super::{code39, ean13};
    use super::*;

    /// The digits as the standard's table writes them (4.3), wide as w, not by the reader's weights.
    const DIGITS_DRAWN: [&str; 10] =
        ["nnwwn", "wnnnw", "nwnnw", "wwnnn", "nnwnw", "wnwnn", "nwwnn", "nnnww", "wnnwn", "nwnwn"];

    /// The widths of a symbol in narrow widths, first bar to last.
    pub fn drawn(digits: &str, ratio: f32) -> Vec<f32> {
        let mut letters = String::from("nnnn");
        for pair in digits.as_bytes().chunks(2) {
            let [bars, spaces] = [pair[0], pair[1]].map(|digit| DIGITS_DRAWN[usize::from(digit - b'0')]);
            letters.extend(bars.chars().zip(spaces.chars()).flat_map(|(bar, space)| [bar, space]));
        }
        letters += "wnn";
        letters.chars().map(|letter| if letter == 'w' { ratio } else { 1.0 }).collect()
    }

    fn text(runs: &[f32]) -> Option<String> {
        read(runs).map(|found| found.text)
    }

    #[test]
    fn numbers_read_back() {
        let cases = [
            ("012345", "the shortest that is told"),
            ("6789016789", "each digit in bars and in spaces, with the one above"),
            ("14901234567891", "a carton of Japanese goods (ITF-14)"),
            ("00000000000000", "all alike"),
            ("123456123456123456123456123456123456123456", "long"),
        ];
        for (digits, why) in cases {
            for ratio in [2.0, 2.5, 3.0] {
                let symbol = drawn(digits, ratio);
                let runs = lines::alone(&symbol);
                let found = Found { text: digits.into(), first: 1, last: symbol.len() };
                assert_eq!(read(&runs), Some(found), "{why}, ratio {ratio}");
                assert_eq!(read(&lines::reversed(&runs)), None, "the wrong way round: {why}, ratio {ratio}");
            }
        }
    }

    #[test]
    fn worn_symbols_read_back_or_not_at_all() {
        let mut dice = Dice(16390);
        for noise in [0.0, 0.05, 0.1, 0.15] {
            let (mut read, mut asked) = (0, 0);
            for spread in [-0.3, 0.0, 0.3] {
                for drift in [-0.015, 0.0, 0.015] {
                    for _ in 0..40 {
                        let length = 6 + 2 * dice.below(6);
                        let digits = dice.digits(length);
                        let ratio = 2.5 + 0.5 * dice.share();
                        let wear = Wear { module: 1.5 + 4.0 * dice.share(), spread, noise, drift };
                        let symbol = drawn(&digits, ratio);
                        let (line, first) = lines::amid_print(&symbol, &mut dice);
                        let runs = lines::worn(&line, wear, &mut dice);
                        asked += 1;
                        if let Some(found) = super::read(&runs) {
                            let last = first + symbol.len() - 1;
                            assert_eq!(found, Found { text: digits, first, last }, "{wear:?}");
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
        let good = drawn("14901234567891", 2.5);
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
            ("four digits", lines::alone(&drawn("1234", 2.5))),
            ("cut after three pairs, no stop there", lines::alone(&good[..34])),
            ("begun one pair late: no start there", lines::alone(&good[14..])),
            ("a wide element in the start", altered(2, 2.5)),
            ("a narrow stop", altered(75, 1.0)),
            ("three wide bars in a digit", altered(7, 2.5)),
            ("an element neither wide nor narrow", altered(7, 1.7)),
            ("wide and narrow too much alike", lines::alone(&drawn("14901234567891", 1.5))),
            ("wide far too wide", lines::alone(&drawn("14901234567891", 4.5))),
            ("grown by half, bit by bit", {
                let mut grown = between(10.0, 10.0);
                let share = 0.5 / grown.len() as f32;
                grown.iter_mut().enumerate().for_each(|(i, width)| *width *= 1.0 + share * i as f32);
                grown
            }),
            ("a second half larger by a quarter", {
                let mut grown = between(10.0, 10.0);
                grown[45..].iter_mut().for_each(|width| *width *= 1.25);
                grown
            }),
        ];
        for (why, runs) in cases {
            assert_eq!(text(&runs), None, "{why}");
        }
    }

    #[test]
    fn other_lines_are_never_itf() {
        let mut dice = Dice(200_000);
        for _ in 0..100_000 {
            let runs = lines::noise(&mut dice);
            assert_eq!(read(&runs), None, "noise {runs:?}");
        }
        for _ in 0..10_000 {
            let runs = lines::code_128_like(&mut dice);
            assert_eq!(read(&runs), None, "Code 128 {runs:?}");
        }
        for _ in 0..2_000 {
            let runs = lines::alone(&drawn(&dice.digits(14), 2.5));
            let runs = lines::worn(&runs, Wear { noise: 0.1, ..NEW }, &mut dice);
            for runs in [lines::reversed(&runs), runs] {
                assert_eq!(ean13::read(&runs), None, "ITF as EAN-13 {runs:?}");
                assert_eq!(code39::read(&runs), None, "ITF as Code 39 {runs:?}");
            }
        }
    }

    #[test]
    fn spoilt_widths_are_refused() {
        let mut lines = lines::spoilt();
        let good = lines::alone(&drawn("14901234567891", 2.5));
        for width in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            lines.extend((1..good.len() - 1).map(|i| [&good[..i], &[width], &good[i + 1..]].concat()));
        }
        for runs in lines {
            assert_eq!(read(&runs), None, "{runs:?}");
        }
    }
}
