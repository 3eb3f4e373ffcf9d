//! EAN-13 (ISO/IEC 15420:2009) on one scan line, so that goods shown to the camera are told for what they are.
//!
//! | part | elements | modules |
//! |---|---|---|
//! | left guard | bar space bar | 1 each |
//! | six characters of number set A or B | space bar space bar | 7 |
//! | centre guard | space bar space bar space | 1 each |
//! | six characters of number set C | bar space bar space | 7 |
//! | right guard | bar space bar | 1 each |
//!
//! UPC-A is the same symbol with a first digit of 0 and is told as those thirteen digits. An add-on symbol to the
//! right is not looked at.

use std::array;
use std::ops::RangeInclusive;

use super::elements::{Found, elements, mean, near, quiet};

/// Elements from the first guard bar to the last.
const ELEMENTS: usize = 3 + 6 * 4 + 5 + 6 * 4 + 3;

/// Where the centre guard begins among them.
const CENTRE: usize = 3 + 6 * 4;

/// Where the right characters begin among them.
const SET_C: usize = CENTRE + 5;

/// Where the right guard begins among them.
const RIGHT: usize = SET_C + 6 * 4;

/// The standard asks for 11 modules on the left and 7 on the right; packaging is cut closer than that.
const QUIET_ZONE_MODULES: f32 = 5.0;

/// Element widths of number set A, in modules, space first. B has each one mirrored; C has those of A, bar first.
const SET_A: [[u8; 4]; 10] = [
    [3, 2, 1, 1],
    [2, 2, 2, 1],
    [2, 1, 2, 2],
    [1, 4, 1, 1],
    [1, 1, 3, 2],
    [1, 2, 3, 1],
    [1, 1, 1, 4],
    [1, 3, 1, 2],
    [1, 2, 1, 3],
    [3, 1, 1, 2],
];

/// For each first digit, which of the six left characters are of number set B: the leftmost is the highest bit.
const FIRST_DIGIT: [u8; 10] =
    [0b000000, 0b001011, 0b001101, 0b001110, 0b010011, 0b011001, 0b011100, 0b010101, 0b010110, 0b011010];

/// How far an edge-to-similar-edge distance may lie from a whole number of modules.
const DISTANCE_SLACK: f32 = 0.5;

/// How far the two bars together may lie from those of the digit, in modules. 1 and 7 share their distances, as do
/// 2 and 8, and their bars are two modules apart.
const BARS_SLACK: f32 = 1.0;

/// How far one element may lie from what is drawn, in modules, once ink spread is taken out; and all of them, as the
/// root of the mean square.
const ELEMENT_SLACK: f32 = 0.6;
const ALL_SLACK: f32 = 0.3;

/// Modules by which a bar may be wider than drawn.
const SPREAD: RangeInclusive<f32> = -0.45..=0.45;

/// How much a module may differ from one character to the next, as a share.
const MODULE_STEP: f32 = 0.2;

/// Tells the first EAN-13 symbol on the line, run from left to right as the symbol is. Run the other way a symbol is
/// never told: six mirrored set C characters are six of set B, and no first digit asks for those.
pub(super) fn read(runs: &[f32]) -> Option<Found> {
    (1..runs.len()).step_by(2).find_map(|first| read_at(runs, first))
}

/// The symbol whose first bar is the run at `first`.
fn read_at(runs: &[f32], first: usize) -> Option<Found> {
    // In b s b both distances between similar edges are two modules, whatever the ink did.
    let [bar, space, next_bar] = elements(runs, first)?;
    let guard_module = (bar + 2.0 * space + next_bar) / 4.0;
    if !quiet(runs, first.checked_sub(1)?, QUIET_ZONE_MODULES * guard_module) {
        return None;
    }

    let mut widths: [f32; ELEMENTS] = elements(runs, first)?;
    let places: [usize; 12] = array::from_fn(|i| if i < 6 { 3 + 4 * i } else { SET_C + 4 * (i - 6) });
    let modules = places.map(|at| widths[at..at + 4].iter().sum::<f32>() / 7.0);
    let even = modules.windows(2).all(|pair| near(pair[1], pair[0], MODULE_STEP));
    let zones = quiet(runs, first - 1, QUIET_ZONE_MODULES * modules[0])
        && quiet(runs, first + ELEMENTS, QUIET_ZONE_MODULES * modules[11]);
    if !(even && zones) {
        return None;
    }

    // From here on all in modules, each element in those of its own character.
    for (i, width) in widths.iter_mut().enumerate() {
        *width /= match i {
            0..3 => modules[0],
            3..CENTRE => modules[(i - 3) / 4],
            CENTRE..SET_C => (modules[5] + modules[6]) / 2.0,
            SET_C..RIGHT => modules[6 + (i - SET_C) / 4],
            _ => modules[11],
        };
    }
    let spread = spread(&widths)?;

    let mut drawn = [1_u8; ELEMENTS];
    let mut digits = [0_u8; 13];
    let mut set_b = 0_u8;
    for (i, at) in places.into_iter().enumerate() {
        let character = character(array::from_fn(|k| widths[at + k]), i < 6, spread)?;
        drawn[at..at + 4].copy_from_slice(&character.drawn);
        digits[i + 1] = character.digit;
        set_b |= u8::from(character.of_set_b) << 5_usize.saturating_sub(i);
    }
    digits[0] = (0..10).zip(FIRST_DIGIT).find(|(_, sets)| *sets == set_b)?.0;

    let off: [f32; ELEMENTS] = array::from_fn(|i| {
        let gain = if i % 2 == 0 { spread } else { -spread };
        widths[i] - f32::from(drawn[i]) - gain
    });
    let fits = off.iter().all(|off| off.abs() <= ELEMENT_SLACK) && mean(&off.map(|off| off * off)).sqrt() <= ALL_SLACK;
    (fits && check_digit_holds(&digits)).then(|| Found {
        text: digits.iter().map(|digit| char::from(b'0' + digit)).collect(),
        first,
        last: first + ELEMENTS - 1,
    })
}

/// Modules by which a bar is wider than drawn, measured on the three guards, if they are guards: every element of
/// theirs is one module.
fn spread(widths: &[f32; ELEMENTS]) -> Option<f32> {
    let (mut bars, mut spaces) = (0.0, 0.0);
    for (from, to) in [(0, 3), (CENTRE, SET_C), (RIGHT, ELEMENTS)] {
        let guard = &widths[from..to];
        if !guard.windows(2).all(|pair| (pair[0] + pair[1] - 2.0).abs() <= DISTANCE_SLACK) {
            return None;
        }
        for (i, width) in (from..to).zip(guard) {
            *if i % 2 == 0 { &mut bars } else { &mut spaces } += width;
        }
    }
    let spread = (bars / 6.0 - spaces / 5.0) / 2.0;
    SPREAD.contains(&spread).then_some(spread)
}

/// One symbol character.
struct Character {
    digit: u8,
    of_set_b: bool,
    /// Its elements as they are drawn, in modules.
    drawn: [u8; 4],
}

/// The character of four elements measured in modules: by the two distances between similar edges, which ink does not
/// change, and where those leave two digits, by the bars.
fn character(widths: [f32; 4], left: bool, spread: f32) -> Option<Character> {
    let bars = |widths: [f32; 4]| if left { widths[1] + widths[3] } else { widths[0] + widths[2] };
    let measured = bars(widths) - 2.0 * spread;
    let mut best = None;
    let mut nearest = BARS_SLACK;
    for (digit, drawn) in (0..10).zip(SET_A) {
        let [a, b, c, d] = drawn;
        for (of_set_b, drawn) in [(false, drawn), (true, [d, c, b, a])] {
            let ideal = drawn.map(f32::from);
            let alike = |i: usize| (widths[i] + widths[i + 1] - ideal[i] - ideal[i + 1]).abs() < DISTANCE_SLACK;
            let off = (measured - bars(ideal)).abs();
            if (left || !of_set_b) && alike(0) && alike(1) && off < nearest {
                best = Some(Character { digit, of_set_b, drawn });
                nearest = off;
            }
        }
    }
    best
}

/// Whether the last digit is the check digit of the others: from the left they weigh 1, 3, 1, 3, … and the sum ends
/// in 0 (ISO/IEC 15420:2009, the GS1 modulo 10).
fn check_digit_holds(digits: &[u8; 13]) -> bool {
    let sum: u16 =
        digits.iter().zip([1, 3].into_iter().cycle()).map(|(digit, weight)| u16::from(*digit) * weight).sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::elements::lines::{self, Dice, NEW, Wear};
    use super::super::{code39, itf};
    use super::*;

    /// Number sets A, B and C as the modules that are dark, written out by hand and not drawn from the reader's widths.
    const A: [&str; 10] =
        ["0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011"];
    const B: [&str; 10] =
        ["0100111", "0110011", "0011011", "0100001", "0011101", "0111001", "0000101", "0010001", "0001001", "0010111"];
    const C: [&str; 10] =
        ["1110010", "1100110", "1101100", "1000010", "1011100", "1001110", "1010000", "1000100", "1001000", "1110100"];
    const SETS: [&str; 10] =
        ["AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB", "ABBAAB", "ABBBAA", "ABABAB", "ABABBA", "ABBABA"];

    /// The widths of a symbol in modules, first guard bar to last; the check digit is taken as given.
    pub fn drawn(digits: &str) -> Vec<f32> {
        let digits: Vec<usize> = digits.bytes().map(|digit| usize::from(digit - b'0')).collect();
        let mut dark = String::from("101");
        for (digit, set) in digits[1..7].iter().zip(SETS[digits[0]].chars()) {
            dark += if set == 'A' { A[*digit] } else { B[*digit] };
        }
        dark += "01010";
        dark.extend(digits[7..].iter().map(|digit| C[*digit]));
        dark += "101";
        dark.as_bytes().chunk_by(|a, b| a == b).map(|run| run.len() as f32).collect()
    }

    /// Thirteen digits that check.
    fn goods(dice: &mut Dice) -> String {
        let twelve = dice.digits(12);
        let weighed = |(i, digit): (usize, u8)| u32::from(digit - b'0') * if i % 2 == 0 { 1 } else { 3 };
        let sum: u32 = twelve.bytes().enumerate().map(weighed).sum();
        format!("{twelve}{}", (10 - sum % 10) % 10)
    }

    fn text(runs: &[f32]) -> Option<String> {
        read(runs).map(|found| found.text)
    }

    #[test]
    fn numbers_read_back() {
        let cases = [
            ("4901234567894", "the dummy Japanese shops print on samples"),
            ("5901234123457", "the example of many textbooks"),
            ("0036000291452", "UPC-A: the first digit is 0, all on the left of set A"),
            ("9788478290222", "a book"),
            ("0000000000000", "all alike"),
            ("1111111111116", "1 and 7 share their distances"),
            ("7777777777772", "the other half of that"),
            ("2222222222222", "2 and 8 share theirs"),
            ("8888888888888", "the other half of that"),
        ];
        for (digits, why) in cases {
            let runs = lines::alone(&drawn(digits));
            let found = Found { text: digits.into(), first: 1, last: 59 };
            assert_eq!(read(&runs), Some(found), "{why}");
            assert_eq!(read(&lines::reversed(&runs)), None, "the wrong way round: {why}");
        }
    }

    #[test]
    fn worn_symbols_read_back_or_not_at_all() {
        let mut dice = Dice(13);
        for noise in [0.0, 0.05, 0.1, 0.15] {
            let (mut read, mut asked) = (0, 0);
            for spread in [-0.3, 0.0, 0.3] {
                for drift in [-0.015, 0.0, 0.015] {
                    for _ in 0..40 {
                        let digits = goods(&mut dice);
                        let wear = Wear { module: 1.5 + 4.0 * dice.share(), spread, noise, drift };
                        let (line, first) = lines::amid_print(&drawn(&digits), &mut dice);
                        let runs = lines::worn(&line, wear, &mut dice);
                        asked += 1;
                        if let Some(found) = super::read(&runs) {
                            assert_eq!(found, Found { text: digits, first, last: first + 58 }, "{wear:?}");
                            read += 1;
                        }
                    }
                }
            }
            assert!(read * 100 >= asked * if noise < 0.15 { 99 } else { 90 }, "noise {noise}: {read} of {asked}");
        }
    }

    #[test]
    fn a_digit_that_does_not_check_is_refused() {
        let good = "4901234567894";
        for place in 0..13 {
            for digit in "0123456789".chars().filter(|digit| !good[place..].starts_with(*digit)) {
                let wrong = format!("{}{digit}{}", &good[..place], &good[place + 1..]);
                assert_eq!(text(&lines::alone(&drawn(&wrong))), None, "{wrong}");
            }
        }
    }

    #[test]
    fn what_is_not_a_whole_symbol_is_refused() {
        let good = drawn("4901234567894");
        let between = |left: f32, right: f32| [&[left], &good[..], &[right]].concat();
        assert!(read(&between(5.1, 5.1)).is_some(), "quiet zones just wide enough");
        let cases = [
            ("no quiet zone on the left", between(4.0, 10.0)),
            ("none on the right", between(10.0, 4.0)),
            ("the line ends at the last bar", between(10.0, 10.0)[..60].to_vec()),
            ("the left half alone", lines::alone(&good[..CENTRE])),
            ("the first bar cut off", lines::alone(&good[2..])),
            ("one element far off, its sums with its neighbours not", {
                let mut off = between(10.0, 10.0);
                for (width, by) in off[8..12].iter_mut().zip([-0.45, 0.85, -0.45, 0.05]) {
                    *width += by;
                }
                off
            }),
            ("ink on the characters, none on the guards", {
                let mut inked = between(10.0, 10.0);
                for i in (4..4 + 24).chain(33..33 + 24) {
                    inked[i] += if i % 2 == 1 { 0.4 } else { -0.4 };
                }
                inked
            }),
            ("a bar torn out of the centre guard", {
                let mut torn = between(10.0, 10.0);
                torn.splice(CENTRE + 1..CENTRE + 4, [3.0]);
                torn
            }),
        ];
        for (why, runs) in cases {
            assert_eq!(text(&runs), None, "{why}");
        }
    }

    #[test]
    fn other_lines_are_never_goods() {
        let mut dice = Dice(100_000);
        for _ in 0..100_000 {
            let runs = lines::noise(&mut dice);
            assert_eq!(read(&runs), None, "noise {runs:?}");
        }
        for _ in 0..10_000 {
            let runs = lines::code_128_like(&mut dice);
            assert_eq!(read(&runs), None, "Code 128 {runs:?}");
        }
        for _ in 0..2_000 {
            let runs = lines::worn(&lines::alone(&drawn(&goods(&mut dice))), Wear { noise: 0.1, ..NEW }, &mut dice);
            for runs in [lines::reversed(&runs), runs] {
                assert_eq!(itf::read(&runs), None, "EAN-13 as ITF {runs:?}");
                assert_eq!(code39::read(&runs), None, "EAN-13 as Code 39 {runs:?}");
            }
        }
    }

    #[test]
    fn spoilt_widths_are_refused() {
        let mut lines = lines::spoilt();
        let good = lines::alone(&drawn("4901234567894"));
        for width in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            lines.extend((1..60).map(|i| [&good[..i], &[width], &good[i + 1..]].concat()));
        }
        for runs in lines {
            assert_eq!(read(&runs), None, "{runs:?}");
        }
    }
}
