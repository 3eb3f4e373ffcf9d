//! How far a symbol reaches: its bars run from the top of the strip to the foot, so that the upper and the lower rows tell
//! the same, and beyond its ends they do not.
//!
//! Blocks of pixels lose an end of a symbol in noise and blur, most often the 39 modules of START C, FNC1 and "91", which
//! have few wide bars. Half of the rows averaged has a fifth of a pixel's noise; what both halves show is a bar.

use std::ops::Range;

use super::band::{Band, Bins};
use super::light::quantile;
use super::model::MODULES;

/// The strip that is looked at, over the located one.
pub(super) const WIDER: f32 = 1.4;
/// … and how far it is followed, in halves of the located length.
const FOLLOWED: f32 = 1.68;
/// Modules compared at a time: in any twelve there is a wide bar or a wide space.
const WINDOW: f32 = 12.0;
/// Parts of the length in each of which bars lean by an amount of their own: seen at a slant they fan out.
const PARTS: usize = 5;
/// Windows in each, from the middle of one a tenth of half the length to the next.
const IN_PART: i32 = 4;
const STEPS: f32 = 10.0;
/// Modules by which the lower half may be displaced against the upper one.
const MOST_LAG: f32 = 4.0;
/// Correlation from which on both halves show the same, and the least share of the covariance that is usual in the symbol.
/// Of 330 symbols that were read the median window had 0.68 at the least (noise of 12 %), mostly 0.9 and more; beyond
/// their ends there is nothing but chance, 0 ± 0.3.
const LIKE: f32 = 0.5;
const LEAST_SHARE: f32 = 0.1;
/// Variance of a half's light that is none: a thousandth of one row group's range, squared.
const FLAT: f64 = 1e-6;
/// Modules of nothing in common beyond which it is taken to have ended. In much blur a stretch with few wide bars may be as
/// long: an end that was seen is likely, never sure.
const GAP: f32 = 12.0;
/// Modules beyond the last bar from which a window still shows it.
const OVERSHOOT: f32 = 2.0;
/// Share of half the located length from which on the end is looked for.
const FROM: f32 = 0.8;
/// Modules by which a located end must have been exceeded before the strip is made longer: less lies within what the strip
/// shows beyond its ends anyway.
const MOVED: f32 = 9.0;
/// Modules by which bars must lean at the strip's edges before it is turned: less than this [`Band::align`] finds.
const LEANING: f32 = 0.7;

/// What the upper and the lower rows of a strip say together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    /// Where the symbol ends on the axis, in pixels, where it was seen to.
    ends: [Option<f32>; 2],
    /// Places on the axis up to which it reaches at the least.
    reach: (f32, f32),
    /// Pixels of the axis by which its lower half is displaced against the upper one.
    lag: f32,
}

/// Linear light of half of the rows, summed over their groups.
struct Half {
    light: Vec<f32>,
    /// Sums of it, and of its squares, before each bin.
    sums: Vec<f64>,
    squares: Vec<f64>,
}

impl Half {
    fn new(bins: &Bins, groups: Range<usize>) -> Self {
        let mut light = vec![0.0; bins.length];
        for group in groups {
            light.iter_mut().zip(&bins.mean[bins.group(group)]).for_each(|(sum, mean)| *sum += mean);
        }
        Self { sums: running(&light), squares: running_products(&light, &light), light }
    }

    /// Mean and variance over some bins.
    fn over(&self, bins: Range<usize>) -> (f64, f64) {
        let of = mean(&self.sums, &bins);
        (of, mean(&self.squares, &bins) - of * of)
    }
}

/// The sum of all values before each, and of all.
fn running(values: &[f32]) -> Vec<f64> {
    let mut sums = vec![0.0];
    let mut sum = 0.0;
    for value in values {
        sum += f64::from(*value);
        sums.push(sum);
    }
    sums
}

/// The same of products.
fn running_products(a: &[f32], b: &[f32]) -> Vec<f64> {
    let products: Vec<f32> = a.iter().zip(b).map(|(a, b)| a * b).collect();
    running(&products)
}

fn mean(sums: &[f64], bins: &Range<usize>) -> f64 {
    (sums[bins.end] - sums[bins.start]) / bins.len().max(1) as f64
}

/// What two halves have in common around a place.
#[derive(Debug, Clone, Copy, Default)]
struct Common {
    covariance: f32,
    correlation: f32,
}

/// The halves, and their products at each displacement.
struct Halves {
    upper: Half,
    lower: Half,
    /// Sums of the products before each bin, for displacements of so many bins back to as many forward.
    products: Vec<Vec<f64>>,
    most: usize,
    /// Half a window, in bins.
    near: usize,
}

impl Halves {
    fn new(bins: &Bins, module: f32) -> Self {
        let middle = bins.groups / 2;
        let (upper, lower) = (Half::new(bins, 0..middle), Half::new(bins, middle..bins.groups));
        let most = (MOST_LAG * module / bins.width) as usize;
        // Beyond its ends the lower half is as it ends.
        let (first, last) = (lower.light[0], lower.light[bins.length - 1]);
        let mut wide = vec![first; most];
        wide.extend_from_slice(&lower.light);
        wide.resize(bins.length + 2 * most, last);
        let products = wide.windows(bins.length).map(|displaced| running_products(&upper.light, displaced)).collect();
        Self { upper, lower, products, most, near: ((WINDOW / 2.0 * module / bins.width) as usize).max(4) }
    }

    /// What is common around bin `middle`, the lower half displaced by step `step`.
    #[inline(never)]
    fn at(&self, middle: usize, step: usize) -> Common {
        let length = self.upper.light.len();
        // What is displaced beyond the strip is not compared.
        let from = middle.saturating_sub(self.near).max(self.most.saturating_sub(step));
        let to = (middle + self.near).min(length).min(length + self.most - step);
        if from + 2 > to {
            return Common::default();
        }
        let (up, up_variance) = self.upper.over(from..to);
        let (low, low_variance) = self.lower.over(from + step - self.most..to + step - self.most);
        let covariance = mean(&self.products[step], &(from..to)) - up * low;
        // Light that is the same everywhere has no variance but that of rounding.
        if up_variance.min(low_variance) < FLAT {
            return Common::default();
        }
        let correlation = covariance / (up_variance * low_variance).sqrt();
        Common { covariance: covariance as f32, correlation: correlation as f32 }
    }
}

impl Extent {
    /// Of a strip that is [`WIDER`] than the located one, whose half length is `half_length` and whose modules would be
    /// `module` pixels wide; `None` where there are no two row groups to compare.
    pub(super) fn of(bins: &Bins, half_length: f32, module: f32) -> Option<Self> {
        if bins.groups < 2 || bins.length < 20 {
            return None;
        }
        let halves = Halves::new(bins, module);
        let step = half_length / STEPS;
        let bin = |place: f32| ((place - bins.origin) / bins.width) as usize;
        // Windows between the located ends, none of which lies half outside.
        let inside = |k: i32| bin((k as f32).clamp(1.0 - STEPS, STEPS - 1.0) * step);
        let middle_of = |part: usize| IN_PART * (part as i32 - PARTS as i32 / 2);
        // Each part's displacement, and how alike it makes the halves; where nothing is, none at all.
        let parts: [(usize, f32); PARTS] = std::array::from_fn(|part| {
            let windows = middle_of(part) - IN_PART / 2..=middle_of(part) + IN_PART / 2;
            let like = |lag: usize| windows.clone().map(|k| halves.at(inside(k), lag).correlation).sum::<f32>();
            let upright = (halves.most, like(halves.most));
            let likes = (0..halves.products.len()).map(|lag| (lag, like(lag)));
            let (lag, like) = likes.fold(upright, |best, now| if now.1 > best.1 { now } else { best });
            (lag, like / (IN_PART + 1) as f32)
        });
        let lags = parts.map(|(lag, _)| lag);
        let window = |place: f32| {
            let part = (place / (IN_PART as f32 * step) + PARTS as f32 / 2.0).clamp(0.0, PARTS as f32 - 1.0);
            halves.at(bin(place), lags[part as usize])
        };
        let (covariances, likes): (Vec<f32>, Vec<f32>) =
            (-9..=9).map(|k| window(k as f32 * step)).map(|common| (common.covariance, common.correlation)).unzip();
        let least = LEAST_SHARE * quantile(&covariances, 0.5);
        let alike = quantile(&likes, 0.5) >= LIKE;
        let end = |side: f32| {
            let (mut end, mut seen) = (FROM * half_length, false);
            let mut place = end;
            while alike && place < FOLLOWED * half_length && place <= end + GAP * module {
                let common = window(side * place);
                if common.correlation >= LIKE && common.covariance >= least {
                    (end, seen) = (place, true);
                }
                place += module;
            }
            (side * (end - OVERSHOOT * module), seen && place > end + GAP * module)
        };
        let ((from, from_seen), (to, to_seen)) = (end(-1.0), end(1.0));
        // What shows no bars says nothing of how they lean.
        let told: Vec<f32> = parts.iter().filter(|(_, like)| *like >= LIKE).map(|(lag, _)| *lag as f32).collect();
        let lag = if alike && told.len() > PARTS / 2 {
            bins.width * (told.iter().sum::<f32>() / told.len() as f32 - halves.most as f32)
        } else {
            0.0
        };
        // Places are those of the upper rows, which lie before the axis by their share of the lag.
        let upper = lag * (1.0 - (bins.groups / 2) as f32 / bins.groups as f32);
        let (from, to) = (from + upper, to + upper);
        Some(Self { ends: [from_seen.then_some(from), to_seen.then_some(to)], reach: (from, to), lag })
    }

    /// Where the symbol begins and ends in a profile of these bins, in bins, as far as it was seen; `turned` where the
    /// profile is read from its other end.
    pub(super) fn ends(&self, bins: &Bins, turned: bool) -> [Option<f32>; 2] {
        let [from, to] = self.ends.map(|end| end.map(|end| (end - bins.place(0)) / bins.width));
        if turned { [to, from].map(|end| end.map(|end| (bins.length - 1) as f32 - end)) } else { [from, to] }
    }
}

impl Band {
    /// Makes the strip as long as its symbol was seen to reach, if that is longer than it was located, and turns it as the
    /// bars lean. `extent`, told from rows within `height` of the axis, keeps its places.
    pub(super) fn reach_out(&mut self, extent: &mut Extent, height: f32) {
        let module = self.module();
        // The middles of two halves are half of their whole height apart.
        let lean = extent.lag / height;
        if lean.abs() * self.reach() >= LEANING * module {
            self.lean[0] += lean;
        }
        // Half a quiet zone at each end belongs to the located length.
        let quiet = self.half_length - MODULES / 2.0 * module;
        let (from, to) = (extent.reach.0 - quiet, extent.reach.1 + quiet);
        let located = self.half_length;
        if from < -located - MOVED * module || to > located + MOVED * module {
            let middle = self.move_to(from.min(-located), to.max(located));
            extent.ends = extent.ends.map(|end| end.map(|end| end - middle));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::band::ROWS_TO_ALIGN;
    use super::*;
    use crate::symbol::locate::Candidate;
    use crate::symbol::pyramid::Level;

    /// Bars over 576 pixels in the middle of a picture, leaning by `lean`, noise of `noise` grey levels either way.
    fn picture(lean: f32, noise: f32) -> Level {
        let (width, height) = (900, 120);
        let mut state = 7u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1u32 << 24) as f32
        };
        // Elements of two to eight pixels, as of one to four modules.
        let mut edges = vec![162.0f32];
        while edges[edges.len() - 1] < 738.0 {
            edges.push(edges[edges.len() - 1] + 2.0 * (1.0 + (4.0 * next()).floor()));
        }
        let mut luma = Vec::new();
        for i in 0..width * height {
            let (x, y) = ((i % width) as f32, (i / width) as f32 - 60.0);
            let bar = edges.partition_point(|edge| *edge <= x - lean * y) % 2 == 1;
            let grey = if bar { 90.0 } else { 170.0 };
            luma.push((grey + noise * (2.0 * next() - 1.0)) as u8);
        }
        Level { luma, width, height }
    }

    /// A strip from one column to another of that picture, and what its extent is.
    fn extent(level: &Level, from: f32, to: f32) -> (Band, Extent) {
        let area = Candidate {
            centre: ((from + to) / 2.0, 60.0),
            along: (1.0, 0.0),
            bars: (0.0, 1.0),
            half_length: (to - from) / 2.0,
            half_height: 50.0,
            score: 0.0,
        };
        let band = Band::new(&area);
        let mut bins = Bins::default();
        band.wider(WIDER).collect(level, 0.67, 4, ROWS_TO_ALIGN, &mut bins);
        let extent = Extent::of(&bins, band.half_length, band.module());
        (band, extent.unwrap_or_else(|| panic!("nothing to compare")))
    }

    #[test]
    fn a_strip_that_lost_an_end_is_made_longer_and_one_that_has_both_is_not() {
        for noise in [0.0, 60.0] {
            let level = picture(0.0, noise);
            // The first fifth was not located, the last fifth, neither, and no fifth.
            for (from, to) in [(280.0, 738.0), (162.0, 620.0), (250.0, 650.0), (150.0, 750.0)] {
                let (mut band, mut extent) = extent(&level, from, to);
                let height = band.reach();
                let before = band.clone();
                band.reach_out(&mut extent, height);
                let (left, _) = band.locate(-band.half_length, 0.0);
                let (right, _) = band.locate(band.half_length, 0.0);
                assert!((130.0..170.0).contains(&left) && (730.0..770.0).contains(&right), "{from}: {left} to {right}");
                if from == 150.0 {
                    assert_eq!(band, before, "noise {noise}");
                }
                // Its ends are told from the new middle.
                let ends = extent.ends.map(|end| end.map(|end| band.locate(end, 0.0).0));
                let near = |end: Option<f32>, at: f32| end.is_some_and(|end| (end - at).abs() < 16.0);
                assert!(near(ends[0], 162.0) && near(ends[1], 738.0), "noise {noise}, {from}: {ends:?}");
            }
        }
    }

    #[test]
    fn bars_that_lean_are_followed() {
        let level = picture(0.12, 20.0);
        let (mut band, mut extent) = extent(&level, 150.0, 750.0);
        let height = band.reach();
        band.reach_out(&mut extent, height);
        assert!((band.lean[0] - 0.12).abs() < 0.03, "{:?}", band.lean);
    }

    #[test]
    fn what_is_white_all_over_turns_nothing() {
        let mut level = picture(0.0, 20.0);
        // Overexposed: a third of the symbol on the right, then all of it.
        for from in [546, 0] {
            let width = level.width;
            level.luma.chunks_mut(width).for_each(|row| row[from..].fill(255));
            let (mut band, mut extent) = extent(&level, 150.0, 750.0);
            let before = band.clone();
            band.reach_out(&mut extent, 40.0);
            assert_eq!(band, before, "white from {from}: {extent:?}");
        }
    }

    #[test]
    fn ends_are_told_in_bins_from_either_side() {
        let level = picture(0.0, 20.0);
        // Not in the middle of the strip.
        let (band, extent) = extent(&level, 100.0, 750.0);
        let mut bins = Bins::default();
        band.collect(&level, 0.67, 4, ROWS_TO_ALIGN, &mut bins);
        let [from, to] = extent.ends(&bins, false).map(|end| end.unwrap_or(f32::NAN));
        let column = |bin: f32| band.locate(bins.place(0) + bin * bins.width, 0.0).0;
        assert!((column(from) - 162.0).abs() < 16.0 && (column(to) - 738.0).abs() < 16.0, "{from}, {to}");
        let last = (bins.length - 1) as f32;
        let turned = extent.ends(&bins, true).map(|end| end.unwrap_or(f32::NAN));
        assert!((turned[0] - (last - to)).abs() < 1e-3 && (turned[1] - (last - from)).abs() < 1e-3, "{turned:?}");
    }

    #[test]
    fn where_rows_have_nothing_in_common_no_end_is_seen() {
        let mut state = 3u32;
        let luma = (0..900 * 120)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            })
            .collect();
        let (mut band, mut extent) = extent(&Level { luma, width: 900, height: 120 }, 250.0, 650.0);
        let before = band.half_length;
        band.reach_out(&mut extent, 40.0);
        assert_eq!((extent.ends, band.half_length, band.lean[0]), ([None; 2], before, 0.0));
    }
}
