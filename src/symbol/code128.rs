//! Code 128 (ISO/IEC 15417): run widths → symbol characters → text.

/// Element widths of the 106 symbol characters with values 0..=105, in modules, bar first (ISO/IEC 15417, table 1).
/// 103, 104 and 105 are START A, B and C.
pub(super) const PATTERNS: [[u8; 6]; 106] = {
    // One character a row of six digits; parsed here so that the table reads like the standard's.
    const TABLE: &[u8; 106 * 6] = b"212222222122222221121223121322131222122213122312132212221213\
221312231212112232122132122231113222123122123221223211221132221231213212223112312131\
311222321122321221312212322112322211212123212321232121111323131123131321112313132113\
132311211313231113231311112133112331132131113123113321133121313121211331231131213113\
213311213131311123311321331121312113312311332111314111221411431111111224111422121124\
121421141122141221112214112412122114122411142112142211241211221114413111241112134111\
111242121142121241114212124112124211411212421112421211212141214121412121111143111341\
131141114113114311411113411311113141114131311141411131211412211214211232";
    let mut patterns = [[0; 6]; 106];
    let mut i = 0;
    while i < TABLE.len() {
        patterns[i / 6][i % 6] = TABLE[i] - b'0';
        i += 1;
    }
    patterns
};

/// STOP, with its final bar.
const STOP: [u8; 7] = [2, 3, 3, 1, 1, 1, 2];

pub(super) const FNC1: u8 = 102;
pub(super) const START_A: u8 = 103;
pub(super) const START_C: u8 = 105;

/// Symbol characters of a payment symbol without STOP: START C, FNC1, 22 pairs, check.
pub(super) const PAYMENT_CHARACTERS: usize = 25;
/// GS1 General Specifications 5.4.3.2: at most 48 data characters; other Code 128 may be longer.
const MOST_CHARACTERS: usize = 80;

/// Symbol characters read from one line, from START to the check character; STOP was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Characters {
    /// Values, the check character last.
    pub(super) values: Vec<u8>,
    /// Index of the first bar among the runs.
    pub(super) first: usize,
    /// Index of the last bar of STOP among the runs.
    pub(super) last: usize,
}

/// Sums of neighbouring elements and of the bars: what is compared. The first four do not change with ink spread.
struct Features {
    pairs: [f32; 4],
    bars: f32,
}

const fn features(widths: &[u8; 6]) -> Features {
    let mut pairs = [0.0; 4];
    let mut i = 0;
    while i < 4 {
        pairs[i] = (widths[i] + widths[i + 1]) as f32;
        i += 1;
    }
    Features { pairs, bars: (widths[0] + widths[2] + widths[4]) as f32 }
}

/// Of STOP without its final bar.
static STOP_FEATURES: Features = features(&[STOP[0], STOP[1], STOP[2], STOP[3], STOP[4], STOP[5]]);

static FEATURES: [Features; 106] = {
    let mut table = [const { Features { pairs: [0.0; 4], bars: 0.0 } }; 106];
    let mut i = 0;
    while i < 106 {
        table[i] = features(&PATTERNS[i]);
        i += 1;
    }
    table
};

/// The bars' sum moves with ink spread, which is only estimated: it weighs less than the pair sums.
const BARS_WEIGHT: f32 = 0.35;
/// Moving one edge by a module changes two pair sums by one: squared distance 2, halfway 0.5.
const FARTHEST: f32 = 0.6;
const LEAST_LEAD: f32 = 0.45;
/// Between neighbouring characters the module changes by perspective and curl, not more than this.
const MODULE_CHANGE: f32 = 0.22;
/// ISO/IEC 15417 asks for ten modules, the payment guideline for 2.54 mm = 13 to 16. Neighbours on crowded slips and
/// shadows eat into them; less than four never occurred in a symbol (its widest space is four, in no start position).
const QUIET_MODULES: f32 = 4.5;

impl Features {
    /// Of six measured widths; `spread` is by how much a bar is wider than it should be, in modules.
    #[inline]
    fn seen(widths: &[f32], module: f32, spread: f32) -> Self {
        let w = |i: usize| widths[i] / module;
        let pairs = [w(0) + w(1), w(1) + w(2), w(2) + w(3), w(3) + w(4)];
        Self { pairs, bars: w(0) + w(2) + w(4) - 3.0 * spread }
    }

    #[inline]
    fn distance(&self, other: &Self) -> f32 {
        let mut d = BARS_WEIGHT * (self.bars - other.bars) * (self.bars - other.bars);
        for (a, b) in self.pairs.iter().zip(other.pairs) {
            d += (a - b) * (a - b);
        }
        d
    }
}

/// Nearest character to six measured widths; `None` where two are nearly as near, or none is.
/// `spread` is by how much a bar is wider than it should be, in modules.
fn nearest(widths: &[f32], module: f32, spread: f32, among: std::ops::Range<u8>) -> Option<u8> {
    let seen = Features::seen(widths, module, spread);
    let (mut best, mut second, mut value) = (f32::INFINITY, f32::INFINITY, 0);
    for candidate in among {
        let d = seen.distance(&FEATURES[usize::from(candidate)]);
        if d < best {
            second = best;
            best = d;
            value = candidate;
        } else if d < second {
            second = d;
        }
    }
    (best <= FARTHEST && second - best >= LEAST_LEAD).then_some(value)
}

/// Whether the seven runs from `at` are STOP.
#[inline(never)]
fn is_stop(runs: &[f32], at: usize, module: f32, spread: f32) -> bool {
    let Some(widths) = runs.get(at..at + 7) else { return false };
    let near = widths.iter().zip(STOP).enumerate().all(|(i, (w, want))| {
        let spread = if i % 2 == 0 { spread } else { -spread };
        (w / module - spread - f32::from(want)).abs() < 0.8
    });
    // A bar behind any other character ends no symbol.
    near && {
        let seen = Features::seen(widths, widths[..6].iter().sum::<f32>() / 11.0, spread);
        let own = seen.distance(&STOP_FEATURES);
        own <= FARTHEST && FEATURES.iter().all(|other| seen.distance(other) - own >= LEAST_LEAD)
    }
}

/// Reads every Code 128 symbol along one line of runs (`runs[0]` is a space), checked or not.
pub(super) fn read(runs: &[f32], mut found: impl FnMut(Characters)) {
    let mut at = 1;
    while at + 6 < runs.len() {
        match read_at(runs, at) {
            Some(characters) => {
                at = characters.last + 2;
                found(characters);
            }
            None => at += 2,
        }
    }
}

fn read_at(runs: &[f32], first: usize) -> Option<Characters> {
    let start = runs.get(first..first + 6)?;
    let total: f32 = start.iter().sum();
    let mut module = total / 11.0;
    if runs[first - 1] < QUIET_MODULES * module {
        return None;
    }
    // Four of START's eleven... its bars take 4, 4 and 6 modules in A, B and C: try each with its own spread.
    let (start_value, mut spread) = (START_A..=START_C).find_map(|value| {
        let bars: f32 = start[0] + start[2] + start[4];
        let spread = (bars / module - FEATURES[usize::from(value)].bars) / 3.0;
        let near = nearest(start, module, spread, START_A..START_C + 1);
        (spread.abs() < 0.5 && near == Some(value)).then_some((value, spread))
    })?;
    // Most runs begin no symbol: only what may is held against all other characters.
    if nearest(start, module, spread, 0..START_C + 1) != Some(start_value) {
        return None;
    }
    let mut values = vec![start_value];
    let mut at = first + 6;
    while values.len() <= MOST_CHARACTERS {
        if is_stop(runs, at, module, spread) {
            let last = at + 6;
            // After the last bar the quiet zone, or the end of the line.
            let quiet = runs.get(last + 1)?;
            return (values.len() >= 3 && *quiet >= QUIET_MODULES * module).then_some(Characters {
                values,
                first,
                last,
            });
        }
        let widths = runs.get(at..at + 6)?;
        let local = widths.iter().sum::<f32>() / 11.0;
        if (local / module - 1.0).abs() > MODULE_CHANGE {
            return None;
        }
        let value = nearest(widths, local, spread, 0..START_A)?;
        let bars = (widths[0] + widths[2] + widths[4]) / local;
        let seen = (bars - FEATURES[usize::from(value)].bars) / 3.0;
        spread += 0.2 * (seen - spread);
        module += 0.5 * (local - module);
        values.push(value);
        at += 6;
    }
    None
}

/// Whether the check character is right: the sum of START and of each value times its place, modulo 103.
pub(super) fn check_character_holds(values: &[u8]) -> bool {
    let Some((&check, body)) = values.split_last() else { return false };
    let sum: u32 = body.iter().enumerate().map(|(i, &v)| u32::from(v) * (i.max(1) as u32)).sum();
    sum % 103 == u32::from(check)
}

/// The digits of a payment symbol: START C, FNC1, 22 pairs, check. `None` for any other shape.
/// The check character is not looked at.
pub(super) fn payment_digits(values: &[u8]) -> Option<[u8; 44]> {
    if values.len() != PAYMENT_CHARACTERS || values[0] != START_C || values[1] != FNC1 {
        return None;
    }
    let mut digits = [0; 44];
    for (pair, &value) in digits.chunks_exact_mut(2).zip(&values[2..24]) {
        if value > 99 {
            return None;
        }
        pair[0] = b'0' + value / 10;
        pair[1] = b'0' + value % 10;
    }
    Some(digits)
}

/// What the characters say, by the three code sets. FNC1 first means GS1-128 and is not part of the text; a later
/// FNC1 is U+001D. FNC2 to FNC4 are no part of the text; GS1-128 has none of them (GS1 General Specifications, 5.4), so
/// that a symbol with one is none. The check character is left out.
pub(super) fn text(values: &[u8]) -> (bool, String) {
    const GROUP_SEPARATOR: char = '\u{1d}';
    let mut text = String::new();
    let mut set = values.first().copied().unwrap_or(START_C);
    let mut shifted = None;
    let (mut gs1, mut strange) = (false, false);
    let body = values.get(1..values.len().saturating_sub(1)).unwrap_or_default();
    for (i, &value) in body.iter().enumerate() {
        let now = shifted.take().unwrap_or(set);
        if value == FNC1 {
            if i == 0 {
                gs1 = true
            } else {
                text.push(GROUP_SEPARATOR)
            }
            continue;
        }
        match (now, value) {
            (START_C, 0..=99) => {
                text.push(char::from(b'0' + value / 10));
                text.push(char::from(b'0' + value % 10));
            }
            (_, 0..=63) => text.push(char::from(b' ' + value)),
            (START_A, 64..=95) => text.push(char::from(value - 64)),
            (_, 64..=95) => text.push(char::from(b' ' + value)),
            (START_A, 98) => shifted = Some(START_A + 1),
            (_, 98) => shifted = Some(START_A),
            (_, 99) => set = START_C,
            (START_A | START_C, 100) => set = START_A + 1,
            (_, 101) if now != START_A => set = START_A,
            _ => strange = true,
        }
    }
    (gs1 && !strange, text)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Element widths in modules of whole symbols, quiet zones of ten included.
    pub(in crate::symbol) fn draw(values: &[u8]) -> Vec<f32> {
        let mut widths = vec![10.0];
        for &value in values {
            widths.extend(PATTERNS[usize::from(value)].map(f32::from));
        }
        widths.extend(STOP.map(f32::from));
        widths.push(10.0);
        widths
    }

    /// START C, FNC1, the pairs and the right check character.
    pub(in crate::symbol) fn payment(digits: &str) -> Vec<u8> {
        let mut values = vec![START_C, FNC1];
        values.extend(digits.as_bytes().chunks_exact(2).map(|p| (p[0] - b'0') * 10 + p[1] - b'0'));
        with_check(values)
    }

    pub(in crate::symbol) fn with_check(mut values: Vec<u8>) -> Vec<u8> {
        let sum: u32 = values.iter().enumerate().map(|(i, &v)| u32::from(v) * (i.max(1) as u32)).sum();
        values.push((sum % 103) as u8);
        values
    }

    const S1: &str = "91912345000012025010123456780026093000125005";

    fn all(runs: &[f32]) -> Vec<Characters> {
        let mut all = Vec::new();
        read(runs, |c| all.push(c));
        all
    }

    #[test]
    fn the_table_has_the_standards_properties() {
        for (value, pattern) in PATTERNS.iter().enumerate() {
            assert_eq!(pattern.iter().sum::<u8>(), 11, "{value}: eleven modules");
            assert_eq!((pattern[0] + pattern[2] + pattern[4]) % 2, 0, "{value}: bars are even");
            assert!(pattern.iter().all(|w| (1..=4).contains(w)), "{value}: one to four modules");
            assert!(!PATTERNS[..value].contains(pattern), "{value}: seen before");
        }
        // Known corners of the table: value 0, FNC1, the three starts (ISO/IEC 15417, table 1).
        for (value, want) in
            [(0, [2, 1, 2, 2, 2, 2]), (102, [4, 1, 1, 1, 3, 1]), (103, [2, 1, 1, 4, 1, 2]), (105, [2, 1, 1, 2, 3, 2])]
        {
            assert_eq!(PATTERNS[value], want, "{value}");
        }
    }

    #[test]
    fn a_payment_symbol_reads_at_any_scale_with_ink_spread_and_perspective() {
        let drawn = draw(&payment(S1));
        for scale in [1.0, 2.3, 14.0] {
            for spread in [-0.3, 0.0, 0.3] {
                for growth in [-0.0008f32, 0.0, 0.0008] {
                    let runs: Vec<f32> = drawn
                        .iter()
                        .enumerate()
                        .map(|(i, w)| {
                            let ink = if i % 2 == 1 { spread } else { -spread };
                            (w + ink) * scale * (1.0 + growth * i as f32)
                        })
                        .collect();
                    let got = all(&runs);
                    assert_eq!(got.len(), 1, "scale {scale}, spread {spread}, growth {growth}");
                    assert!(check_character_holds(&got[0].values));
                    assert_eq!(payment_digits(&got[0].values).unwrap(), S1.as_bytes());
                    assert_eq!((got[0].first, got[0].last), (1, runs.len() - 2));
                }
            }
        }
    }

    #[test]
    fn torn_or_crowded_symbols_are_not_read() {
        let drawn = draw(&payment(S1));
        for (name, runs) in [
            ("without STOP", drawn[..drawn.len() - 8].to_vec()),
            ("without START", [&[10.0][..], &drawn[7..]].concat()),
            ("no quiet zone before", [&[2.0][..], &drawn[1..]].concat()),
            ("no quiet zone after", [&drawn[..drawn.len() - 1], &[2.0]].concat()),
            ("one bar lost", [&drawn[..40], &[drawn[40] + drawn[41] + drawn[42]], &drawn[43..]].concat()),
            ("nothing", vec![]),
            ("one space", vec![10.0]),
        ] {
            assert_eq!(all(&runs), [], "{name}");
        }
    }

    #[test]
    fn other_characters_in_place_of_start_or_stop_make_no_symbol() {
        let drawn = draw(&payment(S1));
        for value in 0..START_C {
            let other = PATTERNS[usize::from(value)].map(f32::from);
            let start = [&drawn[..1], &other, &drawn[7..]].concat();
            assert_eq!(all(&start).iter().filter(|c| c.values[0] == START_C).count(), 0, "{value} for START");
            let stop = drawn.len() - 8;
            assert_eq!(all(&[&drawn[..stop], &other, &drawn[stop + 6..]].concat()), [], "{value} for STOP");
        }
    }

    #[test]
    fn every_single_wrong_character_breaks_the_check() {
        let right = payment(S1);
        for place in 2..right.len() {
            for value in 0..103 {
                let mut values = right.clone();
                values[place] = value;
                assert_eq!(check_character_holds(&values), values == right, "place {place}, value {value}");
            }
        }
    }

    #[test]
    fn text_follows_the_code_sets() {
        for (values, gs1, want) in [
            (vec![104, 33, 34, 99, 12, 100, 66, 0], false, "AB12b"),
            (vec![103, 33, 65, 98, 65, 33, 0], false, "A\u{1}aA"),
            (vec![105, 102, 1, 23, 102, 45, 0], true, "0123\u{1d}45"),
            (vec![105, 101, 33, 100, 33, 0], false, "AA"),
            // No GS1-128 with FNC2, FNC3 or FNC4.
            (vec![105, 102, 1, 100, 97, 99, 23, 0], false, "0123"),
            (vec![105, 102, 1, 100, 96, 99, 23, 0], false, "0123"),
            (vec![105, 102, 1, 100, 100, 99, 23, 0], false, "0123"),
            (vec![105, 102, 1, 101, 101, 99, 23, 0], false, "0123"),
            (vec![105, 102, 1, 100, 17, 99, 23, 0], true, "01123"),
            (vec![], false, ""),
            (vec![105], false, ""),
        ] {
            assert_eq!(text(&values), (gs1, want.to_owned()), "{values:?}");
        }
    }
}
