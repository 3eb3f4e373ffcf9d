//! Widths along one scan line: what the edge readers of this room share.
//!
//! A line is a slice of widths in pixels of alternating elements. The element at index 0 is a space (often the
//! margin), so bars lie at odd indices. Widths are measured between sub-pixel edges; nothing about them is trusted:
//! a width that is zero, negative, infinite or not a number refuses whatever symbol it lies in.

use std::array;
use std::ops::RangeInclusive;

use crate::small_sort::sort_few_by_key;

/// A symbol told on one scan line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// What it says, without start, stop and guard patterns.
    pub text: String,
    /// Index of its first bar among the runs.
    pub first: usize,
    /// Index of its last bar among the runs.
    pub last: usize,
}

/// How many times the widest narrow element the narrowest wide one must measure, once ink spread is taken out.
const WIDE_OVER_NARROW: f32 = 1.6;

/// Mean wide over mean narrow. Both two-width symbologies allow 2.0 to 3.0 (ISO/IEC 16388:2007, 4.4; ISO/IEC
/// 16390:2007, 4.4); the rest is for the measuring.
const RATIO: RangeInclusive<f32> = 1.8..=3.4;

/// How far a narrow element may lie from the mean of its kind, as a share of that mean.
pub(super) const NARROW_SLACK: f32 = 0.45;

/// The same for a wide element, of which a given noise is a smaller share.
pub(super) const WIDE_SLACK: f32 = 0.3;

/// How much wider a bar is than drawn, as a share of the narrow width, before the line is too smeared to be told.
pub(super) const SPREAD: RangeInclusive<f32> = -0.45..=0.45;

/// How much a character's narrow width may differ from that of the first one, as a share: perspective along a symbol.
pub(super) const NARROW_ALONG: f32 = 0.35;

/// How much the whole of a character may differ from the one before it, as a share. In a two-width symbology all
/// characters are equally long, so this refuses most of what is no symbol; perspective takes 0.03 of it.
pub(super) const LENGTH_STEP: f32 = 0.12;

/// The `N` widths from `at` on, if the line has them and each is a positive number.
pub(super) fn elements<const N: usize>(runs: &[f32], at: usize) -> Option<[f32; N]> {
    let widths: [f32; N] = runs.get(at..at.checked_add(N)?)?.try_into().ok()?;
    widths.iter().all(|width| width.is_finite() && *width > 0.0).then_some(widths)
}

/// Whether the space at `at` is there and at least `width` wide.
pub(super) fn quiet(runs: &[f32], at: usize, width: f32) -> bool {
    runs.get(at).is_some_and(|space| space.is_finite() && *space >= width)
}

/// Whether `value` lies within the share `slack` of `target`.
pub(super) fn near(value: f32, target: f32, slack: f32) -> bool {
    (target * (1.0 - slack)..=target * (1.0 + slack)).contains(&value)
}

/// The mean; not a number when there is nothing to take it of, which then refuses every comparison.
pub(super) fn mean(widths: &[f32]) -> f32 {
    widths.iter().sum::<f32>() / widths.len() as f32
}

/// Widths with ink spread taken out: `spread` pixels off each bar and onto each space. The first one is a bar.
pub(super) fn without_spread<const N: usize>(widths: [f32; N], spread: f32) -> [f32; N] {
    array::from_fn(|i| if i % 2 == 0 { widths[i] - spread } else { widths[i] + spread })
}

/// Elements of a two-width symbology, told apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Split<const N: usize> {
    /// Which of them are wide.
    pub wide: [bool; N],
    /// Mean width of the narrow ones, in pixels.
    pub narrow_width: f32,
    /// Mean width of the wide ones, in pixels.
    pub wide_width: f32,
}

/// Tells the `wides` wide elements from the narrow ones, if there is no doubt which they are.
pub(super) fn split<const N: usize>(widths: [f32; N], wides: usize) -> Option<Split<N>> {
    let mut sorted = widths;
    sort_few_by_key(&mut sorted, |width| *width);
    let (narrow, wide) = sorted.split_at_checked(N.checked_sub(wides)?)?;
    let (narrow_width, wide_width) = (mean(narrow), mean(wide));
    let narrowest_wide = *wide.first()?;
    let told = narrowest_wide >= WIDE_OVER_NARROW * *narrow.last()?
        && RATIO.contains(&(wide_width / narrow_width))
        && narrow.iter().all(|width| near(*width, narrow_width, NARROW_SLACK))
        && wide.iter().all(|width| near(*width, wide_width, WIDE_SLACK));
    told.then(|| Split { wide: widths.map(|width| width >= narrowest_wide), narrow_width, wide_width })
}

/// The digit of five elements of which two are wide: the places weigh 1, 2, 4, 7 and 0, and 4 + 7 stands for 0.
/// Interleaved 2 of 5 codes its digits so, and Code 39 the bars of all but four of its characters.
pub(super) fn two_of_five(wide: [bool; 5]) -> Option<u8> {
    let places = wide.iter().zip([1, 2, 4, 7, 0]).filter(|(wide, _)| **wide);
    let (count, sum) = places.fold((0, 0), |(count, sum), (_, weight)| (count + 1, sum + weight));
    (count == 2).then_some(if sum == 11 { 0 } else { sum })
}

/// Lines for the tests of the edge readers: drawn in modules, then worn as print and camera wear them.
#[cfg(test)]
pub(super) mod lines {
    /// Knuth's linear congruential generator (MMIX): seeded, so that a failing line can be had again.
    #[derive(Debug)]
    pub struct Dice(pub u64);

    impl Dice {
        /// Evenly in 0..1.
        pub fn share(&mut self) -> f32 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 40) as f32 / (1u64 << 24) as f32
        }

        /// Evenly in -1..1.
        pub fn swing(&mut self) -> f32 {
            self.share() * 2.0 - 1.0
        }

        /// Evenly in 0..n.
        pub fn below(&mut self, n: usize) -> usize {
            ((self.share() * n as f32) as usize).min(n - 1)
        }

        /// So many digits.
        pub fn digits(&mut self, n: usize) -> String {
            (0..n).map(|_| char::from(b'0' + self.below(10) as u8)).collect()
        }
    }

    /// What printing and taking do to a line.
    #[derive(Debug, Clone, Copy)]
    pub struct Wear {
        /// Pixels in a module where the line begins.
        pub module: f32,
        /// Modules by which each bar is wider than drawn.
        pub spread: f32,
        /// Modules by which each edge may lie off, either way.
        pub noise: f32,
        /// Share by which a module grows over eleven modules.
        pub drift: f32,
    }

    /// No wear at all, at three pixels in a module.
    pub const NEW: Wear = Wear { module: 3.0, spread: 0.0, noise: 0.0, drift: 0.0 };

    /// Pixels from modules.
    pub fn worn(modules: &[f32], wear: Wear, dice: &mut Dice) -> Vec<f32> {
        let (mut drawn, mut left) = (0.0_f32, 0.0_f32);
        let mut runs = Vec::with_capacity(modules.len());
        for (i, width) in modules.iter().enumerate() {
            let module = wear.module * (1.0 + wear.drift).powf((drawn + width / 2.0) / 11.0);
            let gain = if i % 2 == 1 { wear.spread } else { -wear.spread };
            let right = wear.noise * dice.swing();
            runs.push(((width + gain + right - left) * module).max(0.1));
            drawn += width;
            left = right;
        }
        runs
    }

    /// The same line run from the other end. It must end in a space, as a line that begins with one does.
    pub fn reversed(runs: &[f32]) -> Vec<f32> {
        assert!(runs.len() % 2 == 1, "a line that begins and ends in a space has an odd number of runs");
        runs.iter().rev().copied().collect()
    }

    /// A symbol between margins of ten modules, and text or ruling beyond them on both sides.
    pub fn amid_print(symbol: &[f32], dice: &mut Dice) -> (Vec<f32>, usize) {
        let mut print = |n: usize| (0..n).map(|_| 0.6 + 5.0 * dice.share()).collect::<Vec<f32>>();
        let (before, after) = (print(16), print(15));
        let first = before.len() + 1;
        (before.into_iter().chain([10.0]).chain(symbol.iter().copied()).chain([10.0]).chain(after).collect(), first)
    }

    /// A symbol between margins of ten modules.
    pub fn alone(symbol: &[f32]) -> Vec<f32> {
        [10.0].into_iter().chain(symbol.iter().copied()).chain([10.0]).collect()
    }

    /// A line of noise: now of whole modules, now of two widths, now of anything, each with wide spaces strewn in, so
    /// that it is not for want of a quiet zone that nothing is read.
    pub fn noise(dice: &mut Dice) -> Vec<f32> {
        let kind = dice.below(3);
        (0..121)
            .map(|i| {
                if i == 0 || (i % 2 == 0 && dice.below(12) == 0) {
                    return 12.0 + 20.0 * dice.share();
                }
                match kind {
                    0 => (1 + dice.below(4)) as f32 + 0.15 * dice.swing(),
                    1 => [1.0, 2.5][dice.below(2)] + 0.15 * dice.swing(),
                    _ => 0.5 + 4.0 * dice.share(),
                }
            })
            .collect()
    }

    /// A line as Code 128 draws it: characters of six elements, 1 to 4 modules each, 11 together, and the stop bar.
    pub fn code_128_like(dice: &mut Dice) -> Vec<f32> {
        let mut line = vec![10.0];
        for _ in 0..20 {
            let mut character = [1.0_f32; 6];
            for _ in 0..5 {
                let free: Vec<usize> = (0..6).filter(|i| character[*i] < 4.0).collect();
                character[free[dice.below(free.len())]] += 1.0;
            }
            line.extend(character);
        }
        line.extend([2.0, 10.0]);
        worn(&line, Wear { noise: 0.1, ..NEW }, dice)
    }

    /// Widths that no camera gives but a caller might.
    pub fn spoilt() -> Vec<Vec<f32>> {
        let odd = [0.0, -1.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN_POSITIVE];
        let mut lines: Vec<Vec<f32>> = (0..90).map(|n| vec![1.0; n]).collect();
        lines.extend(odd.iter().flat_map(|width| [1, 2, 3, 60, 121].map(|n| vec![*width; n])));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_is_told_from_narrow_only_without_doubt() {
        let cases = [
            ("two plain wides", [3.0, 1.0, 1.0, 3.0, 1.0], 2, Some([true, false, false, true, false])),
            ("one is asked for, two are there", [3.0, 1.0, 1.0, 3.0, 1.0], 1, None),
            ("two are asked for, one is there", [3.0, 1.0, 1.0, 1.0, 1.0], 2, None),
            ("a wide that is hardly wider", [2.4, 1.0, 1.4, 2.0, 1.0], 2, None),
            ("wides unlike each other", [6.0, 1.0, 1.0, 2.0, 1.0], 2, None),
            ("wider than any symbology draws", [5.0, 1.0, 1.0, 5.0, 1.0], 2, None),
            ("not a number", [3.0, 1.0, f32::NAN, 3.0, 1.0], 2, None),
            ("more than there are", [3.0, 1.0, 1.0, 3.0, 1.0], 6, None),
        ];
        for (why, widths, wides, wide) in cases {
            assert_eq!(split(widths, wides).map(|split| split.wide), wide, "{why}");
        }
    }

    #[test]
    fn two_of_five_knows_ten_patterns_of_thirty_two() {
        let digits: Vec<u8> =
            (0..32).filter_map(|mask: u8| two_of_five(array::from_fn(|i| mask >> i & 1 == 1))).collect();
        let mut sorted = digits.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..10).collect::<Vec<u8>>(), "each digit once: {digits:?}");
    }
}
