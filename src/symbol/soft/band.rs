//! The band of paper that carries the bars: a strip in the picture whose bars may fan out, projected onto its own axis.
//!
//! A pixel at `(a, b)` in axis coordinates belongs to the place `x` on the axis with `a = x + k(x)·b + q(x)·b²/h`:
//! the bars lean by `k` and bend by `q`, and both may change along the code. Pixels are summed where
//! they fall, never resampled: a tilt of one degree over fifty rows already samples every phase.

use super::light;
use super::linalg::{Normal, Sums, all};
use crate::symbol::limits::within;
use crate::symbol::locate::Candidate;
use crate::symbol::pyramid::Level;
use crate::symbol::runs::extremes;

/// Terms of the lean `k(t)`.
const LEAN: usize = 5;
/// Terms of the bend `q(t)`.
const BEND: usize = 3;
/// How far the axis is followed beyond the located ends, as a share of half the length.
const BEYOND: f32 = 1.24;

/// Rows that tell whether there are bars and how they lean, and rows that tell all: with more there is less noise than
/// any symbol that large needs.
pub(super) const ROWS_TO_ALIGN: f32 = 36.0;
pub(super) const ROWS: f32 = 64.0;
/// However high the strip, no more rows than this are left out after each.
const MOST_LEFT_OUT: usize = 8;

/// Bars that show in an area worth trying: a symbol has 79, of which blur hides half; print beside it may add some.
const BARS: std::ops::RangeInclusive<usize> = 28..=130;
/// How far from each other they may be, and how unlike two neighbouring distances must be at the least. From bar to bar a
/// symbol has two to eight modules, in no order; of 464 that were read the farthest were 7 times as far apart as the nearest,
/// and in none three in four neighbouring distances were nearer to each other than 0.15. Text has gaps, slats and weave
/// are even.
const SPREAD: f32 = 9.0;
const UNLIKE: f32 = 0.1;
/// How steep edges may be, in shares of the range a module: what blurs a symbol's bars until some no longer show softens
/// all edges, in proportion. A bar code of another kind has fewer bars, but sharp ones. Of 73 symbols that showed fewer than
/// 60 bars none was steeper than 0.0145 for each, of the others none than 1.3. From so many bars on a finger or gloss may
/// hide the rest of a sharp symbol, of which other frames show what is missing here.
const STEEP_FOR_EACH: f32 = 0.0165;
const SOME_HIDDEN: usize = 45;
/// Modules of so many pixels tell it; smaller ones are sharpened by cameras as if edges were lines.
const TELLING_MODULE: f32 = 0.9;
/// Modules within which the range of darkness is looked for: some wide bar and some wide space are among them.
const NEAR: f32 = 40.0;
/// A share of the usual range that is less than bars alone make it, and the least for which noise is not counted.
const UNEVEN: f32 = 0.6;
const LEAST_NEAR: f32 = 0.25;
/// Pixels from one sample of the bars' direction to the next, and the share of the strip's height that they are taken from:
/// above and below there may be text.
const STRIDE: f32 = 3.0;
const FAN_HEIGHT: f32 = 0.7;
/// How far a gradient may stand from the bars' direction, as a share of itself: first any stripe, then these.
const STRAY: [f32; 3] = [1.0, 0.6, 0.4];
/// Modules by which bars must fan out at the strip's corners before it is shaped so: less than this [`Band::align`] finds.
const LEAST_FAN: f32 = 0.7;

/// A strip of the picture, in pixels of its level.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Band {
    centre: (f32, f32),
    along: (f32, f32),
    /// Half the located length: the unit of `t`.
    pub(super) half_length: f32,
    /// Half the height that is used, in pixels.
    half_height: f32,
    pub(super) lean: [f32; LEAN],
    pub(super) bend: [f32; BEND],
}

/// Pixels of a band summed into bins of (row group, place on the axis).
#[derive(Debug, Clone, Default)]
pub(super) struct Bins {
    /// Row groups.
    pub(super) groups: usize,
    /// Bins along the axis.
    pub(super) length: usize,
    /// Width of a bin, in pixels.
    pub(super) width: f32,
    /// Axis place of the first bin's beginning.
    pub(super) origin: f32,
    /// Mean linear light, 0..1, gaps bridged; group after group.
    pub(super) mean: Vec<f32>,
    /// Pixels in each bin.
    pub(super) count: Vec<f32>,
    /// Variance of light within a bin: noise that owes nothing to any model.
    pub(super) noise: f32,
    /// The strip that these are the bins of, its rows from one that counts to the next, and whether noise was measured.
    of: Option<(Band, usize, bool)>,
}

/// What a strip shows before anything is known of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stripes {
    /// Bars: rises of light by a share of its whole range, each after as great a fall.
    pub(super) bars: usize,
    /// Where there is much less range between bar and space in some of it than elsewhere (a shadow's edge, gloss): the bars
    /// that rise by a share of the range nearby.
    pub(super) shaded: Option<usize>,
    /// How far they are from each other: what all but the farthest tenth keep within over what all but the nearest keep beyond.
    spread: f32,
    /// The difference between two such distances side by side over their sum: three in four have less.
    unlike: f32,
    /// Slope of the edges, in shares of the range a module.
    steep: f32,
}

impl Stripes {
    /// Whether a payment symbol could show like this; `module` in pixels, if it were one.
    pub(super) fn may_be_symbol(&self, module: f32) -> bool {
        let bars = self.shaded.unwrap_or(self.bars);
        let sharp = self.steep > STEEP_FOR_EACH * bars as f32;
        (BARS.contains(&self.bars) || BARS.contains(&bars))
            && self.spread <= SPREAD
            && self.unlike >= UNLIKE
            && (module < TELLING_MODULE || bars >= SOME_HIDDEN || !sharp)
    }
}

impl Bins {
    /// Another picture comes: no strip of it has been summed.
    pub(super) fn next_picture(&mut self) {
        self.of = None;
    }

    /// Axis place of the middle of bin `i`.
    pub(super) fn place(&self, i: usize) -> f32 {
        self.origin + (i as f32 + 0.5) * self.width
    }

    pub(super) fn group(&self, m: usize) -> std::ops::Range<usize> {
        m * self.length..(m + 1) * self.length
    }

    /// What shows between the located ends in the mean of all rows; `module` in pixels.
    pub(super) fn stripes(&self, module: f32) -> Stripes {
        let reach = self.length as f32 / 2.0 / BEYOND;
        let inside = (self.length as f32 / 2.0 - reach) as usize..(self.length as f32 / 2.0 + reach) as usize;
        // Group by group: where bars lean, rows that meet in a bin by chance look like more bars than there are.
        let mean: Vec<f32> =
            inside.map(|i| (0..self.groups).map(|m| self.mean[m * self.length + i]).sum::<f32>()).collect();
        let range = light::quantile(&mean, 0.9) - light::quantile(&mean, 0.1);
        let (mut most, mut least, mut spare) = (Vec::new(), Vec::new(), Vec::new());
        let window = ((NEAR * module / self.width) as usize).max(3);
        extremes(&mean, window, true, &mut most, &mut spare);
        extremes(&mean, window, false, &mut least, &mut spare);
        let near: Vec<f32> = most.iter().zip(&least).map(|(most, least)| most - least).collect();
        let usual = light::quantile(&near, 0.9);
        let uneven = light::quantile(&near, 0.1) < UNEVEN * usual;
        let all = rises(&mean, |_| 0.12 * range);
        let nearby = uneven.then(|| rises(&mean, |i| 0.12 * near[i].max(LEAST_NEAR * usual)));
        let places = nearby.as_ref().unwrap_or(&all);
        let apart: Vec<f32> = places.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let unlike: Vec<f32> = apart.windows(2).map(|pair| (pair[1] - pair[0]).abs() / (pair[0] + pair[1])).collect();
        let slopes: Vec<f32> = mean.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
        let of = light::quantile;
        Stripes {
            bars: all.len(),
            shaded: nearby.as_ref().map(Vec::len),
            spread: of(&apart, 0.9) / of(&apart, 0.1),
            unlike: of(&unlike, 0.75),
            steep: of(&slopes, 0.95) / range * module / self.width,
        }
    }

    /// Height of group `m` within the band, -1..1.
    pub(super) fn height(&self, m: usize) -> f32 {
        (m as f32 + 0.5) / self.groups as f32 * 2.0 - 1.0
    }
}

fn poly(c: &[f32], t: f32) -> f32 {
    c.iter().rev().fold(0.0, |sum, c| sum * t + c)
}

impl Band {
    pub(super) fn new(area: &Candidate) -> Self {
        // Oblique to upright: how the bars lean against the perpendicular of the axis, and the height on it.
        let across = (-area.along.1, area.along.0);
        let forward = area.bars.0 * area.along.0 + area.bars.1 * area.along.1;
        let upward = area.bars.0 * across.0 + area.bars.1 * across.1;
        let mut lean = [0.0; LEAN];
        lean[0] = forward / upward;
        Self {
            centre: area.centre,
            along: area.along,
            half_length: area.half_length,
            half_height: (0.8 * area.half_height * upward.abs()).max(1.0),
            lean,
            bend: [0.0; BEND],
        }
    }

    /// The module if the located length were the whole code with half its quiet zones.
    pub(super) fn module(&self) -> f32 {
        2.0 * self.half_length / 300.0
    }

    /// Half the height that is used, in pixels.
    pub(super) fn reach(&self) -> f32 {
        self.half_height
    }

    /// The middle rows of the strip: this share of it.
    pub(super) fn middle(&self, share: f32) -> Self {
        // The bend is told at the strip's edge.
        Self { half_height: share * self.half_height, bend: self.bend.map(|bend| share * bend), ..self.clone() }
    }

    /// The strip with more of its surroundings at both ends.
    pub(super) fn wider(&self, times: f32) -> Self {
        Self { half_length: times * self.half_length, ..self.clone() }
    }

    /// Makes a strip whose bars lean alike everywhere reach from one place on its axis to another; returns the place that
    /// is its middle now.
    pub(super) fn move_to(&mut self, from: f32, to: f32) -> f32 {
        let middle = (from + to) / 2.0;
        self.centre = self.locate(middle, 0.0);
        self.half_length = (to - from) / 2.0;
        middle
    }

    /// Lets the strip's lean change along it as the bars' directions do: seen at a steep slant bars fan out by more than
    /// [`Band::align`] would catch. Where they hardly do nothing changes.
    ///
    /// Brightness depends on `a - k·b` alone, so that its gradients along and across the axis are as 1 to -k.
    pub(super) fn fan_out(&mut self, level: &Level) {
        const TERMS: usize = 3;
        let mut turn = [0.0f32; TERMS];
        let reach = FAN_HEIGHT * self.half_height;
        let (cos, sin) = self.along;
        let (columns, rows) = ((self.half_length / STRIDE) as i32, (reach / STRIDE) as i32);
        for stray in STRAY {
            let mut normal = Normal::new(TERMS);
            let mut sums: Sums<TERMS> = Sums::new();
            for (i, j) in (-columns..=columns).flat_map(|i| (-rows..=rows).map(move |j| (i, j))) {
                let (x, v) = (STRIDE * i as f32, STRIDE * j as f32);
                let t = x / self.half_length;
                let lean = poly(&self.lean, t) + poly(&turn, t);
                let (px, py) = self.locate(x, v);
                let Some((gx, gy)) = gradient(level, px, py) else { continue };
                let along = gx * cos + gy * sin;
                let off = gy * cos - gx * sin + lean * along;
                if off.abs() <= stray * along.abs() {
                    sums.add(&[along, along * t, along * t * t], -off, 1.0);
                    if sums.full() {
                        sums.carry(&mut normal, &all());
                    }
                }
            }
            sums.carry(&mut normal, &all());
            let ridge = 1e-3 * normal.mean_diagonal(0..TERMS) + 1e-9;
            (0..TERMS).for_each(|i| normal.damp(i, ridge));
            let Some(change) = normal.solve() else { return };
            turn.iter_mut().zip(change).for_each(|(turn, change)| *turn += change as f32);
            let fan = [-1.0, 1.0].map(|t| (poly(&turn, t) * self.half_height).abs()).into_iter().fold(0.0, f32::max);
            if fan < LEAST_FAN * self.module() {
                return;
            }
        }
        if turn.iter().all(|turn| turn.abs() < 1.0) {
            self.lean.iter_mut().zip(turn).for_each(|(lean, turn)| *lean += turn);
        }
    }

    /// The same strip read from its other end.
    pub(super) fn turn(&mut self) {
        self.along = (-self.along.0, -self.along.1);
        let flip = |terms: &mut [f32], even: f32| {
            for (i, term) in terms.iter_mut().enumerate() {
                *term *= if i % 2 == 0 { even } else { -even };
            }
        };
        // a and b both change sign: a = x + k·v keeps k; q·v² changes sign with a.
        flip(&mut self.lean, 1.0);
        flip(&mut self.bend, -1.0);
    }

    /// A place on the axis, `v` pixels across it along the bars, in the picture.
    pub(super) fn locate(&self, x: f32, v: f32) -> (f32, f32) {
        let t = (x / self.half_length).clamp(-1.3, 1.3);
        let a = x + poly(&self.lean, t) * v;
        let b = v;
        (self.centre.0 + a * self.along.0 - b * self.along.1, self.centre.1 + a * self.along.1 + b * self.along.0)
    }

    /// Sums the level's pixels into bins of `width` pixels in `groups` row groups; where the strip is so high that `enough`
    /// of its rows tell all, every second, third … or eighth. The bins' noise is measured for `enough` of [`ROWS`] alone:
    /// what fewer rows are summed for does not ask.
    pub(super) fn collect(&self, level: &Level, width: f32, groups: usize, enough: f32, bins: &mut Bins) {
        let noise = enough == ROWS;
        let every = ((2.0 * self.half_height / enough) as usize).clamp(1, MOST_LEFT_OUT);
        let same = |(band, rows, measured): &(Self, usize, bool)| band == self && *rows == every && *measured == noise;
        if bins.of.as_ref().is_some_and(same) && bins.width == width && bins.groups == groups {
            return;
        }
        bins.of = Some((self.clone(), every, noise));
        let origin = -BEYOND * self.half_length;
        let length = (2.0 * BEYOND * self.half_length / width) as usize;
        let height = self.half_height;
        bins.groups = groups;
        bins.length = length;
        bins.width = width;
        bins.origin = origin;
        let total = groups * length;
        let mut squares = vec![0.0f32; if noise { total } else { 0 }];
        for values in [&mut bins.mean, &mut bins.count] {
            values.clear();
            values.resize(total, 0.0);
        }
        let light: &[f32; 256] = &light::LINEAR;
        // Lean and bend, a pixel of the axis apart: what they change within one is far below a bin.
        let reach = -origin;
        let shape: Vec<(f32, f32)> = (0..=(2.0 * reach) as usize)
            .map(|i| {
                let t = ((i as f32 - reach) / self.half_length).clamp(-1.3, 1.3);
                (poly(&self.lean, t), poly(&self.bend, t) / height)
            })
            .collect();
        let last = shape.len() - 1;
        // NaN and what lies beyond the axis end at its ends.
        let lag_at = |x: f32, b: f32| {
            let (lean, bend) = shape[(((x + reach) as i32).max(0) as usize).min(last)];
            (lean + bend * b) * b
        };
        let (most_lean, per_bin) =
            (shape.iter().fold(0.0f32, |m, s| m.max(s.0.abs() + s.1.abs() * height)), 1.0 / width);
        let spare = most_lean * height;
        let per_group = groups as f32 / (2.0 * height);
        let (cos, sin) = self.along;
        let half_rows = reach.mul_add(sin.abs(), (height + spare) * (cos.abs() + sin.abs())) + 2.0;
        let rows = span(self.centre.1 - half_rows, self.centre.1 + half_rows, level.height);
        // What is left out lies across the code, or as nearly so as pixels lie: no place on the axis goes without.
        let (every_row, every_column) = if cos.abs() > sin.abs() { (every, 1) } else { (1, every) };
        for y in rows.step_by(every_row) {
            let dy = y as f32 - self.centre.1;
            // Columns of this row within the strip's height, and within the axis' reach.
            let (mut left, mut right) = (f32::NEG_INFINITY, f32::INFINITY);
            for (slope, offset, limit) in [(-sin, dy * cos, height), (cos, dy * sin, reach + spare)] {
                if slope.abs() > 1e-6 {
                    let (p, q) = ((-limit - offset) / slope, (limit - offset) / slope);
                    left = left.max(p.min(q));
                    right = right.min(p.max(q));
                } else if offset.abs() >= limit {
                    right = f32::NEG_INFINITY;
                }
            }
            if left > right {
                continue;
            }
            let columns = span(self.centre.0 + left, self.centre.0 + right, level.width);
            let row = &level.luma[y * level.width..(y + 1) * level.width];
            // The lag of the pixel before is a good start for the next.
            let mut lag: Option<f32> = None;
            for (column, &value) in columns.clone().zip(&row[columns]).step_by(every_column) {
                let dx = column as f32 - self.centre.0;
                let a = dx * cos + dy * sin;
                let b = dy * cos - dx * sin;
                if b.abs() >= height {
                    continue;
                }
                let mut now = lag.unwrap_or_else(|| (0..3).fold(0.0, |lag, _| lag_at(a - lag, b)));
                now = lag_at(a - now, b);
                lag = Some(now);
                let place = (a - now + reach) * per_bin;
                if place < 0.0 || place >= length as f32 {
                    continue;
                }
                let group = (((b + height) * per_group) as i32 as usize).min(groups - 1);
                let at = group * length + (place as i32 as usize).min(length - 1);
                let value = light[usize::from(value)];
                bins.mean[at] += value;
                if noise {
                    squares[at] += value * value;
                }
                bins.count[at] += 1.0;
            }
        }
        if noise {
            bins.noise = within_bins(&bins.mean, &squares, &bins.count);
        }
        for group in 0..groups {
            let range = bins.group(group);
            bridge(&mut bins.mean[range.clone()], &bins.count[range]);
        }
    }

    /// Turns the strip's lean and bend so that all row groups tell the same, without knowing the symbols: each group
    /// is compared with the mean of all. `rounds` at most.
    pub(super) fn align(&mut self, level: &Level, groups: usize, rounds: usize, bins: &mut Bins) {
        let module = self.module();
        let mut normalised = light::Normalised::default();
        let mut mean = Vec::new();
        let mut slope = Vec::new();
        const EACH: [usize; LEAN + BEND + 1] = all();
        for round in 0..rounds {
            self.collect(level, (module / 4.0).max(0.5), groups, ROWS_TO_ALIGN, bins);
            normalised.set_by_envelopes(bins, module, light::SHARP);
            // Coarse to fine: a wide kernel catches a large error, a narrow one measures a small one.
            let sigma = [1.2, 0.8, 0.5, 0.3][round.min(3)] * module / bins.width;
            normalised.smooth(bins, sigma);
            normalised.mean(bins, &mut mean);
            slope.clear();
            slope.resize(mean.len(), 0.0);
            for i in 1..mean.len().saturating_sub(1) {
                slope[i] = (mean[i + 1] - mean[i - 1]) / (2.0 * bins.width);
            }
            let mut normal = Normal::new(LEAN + BEND + 1);
            let mut sums = Sums::new();
            let mut row = [0.0; LEAN + BEND + 1];
            for group in 0..groups {
                let v = bins.height(group);
                let at = bins.group(group);
                for i in 1..bins.length - 1 {
                    let t = bins.place(i) / self.half_length;
                    let weight = normalised.weight[at.start + i];
                    if t.abs() > 1.02 || weight <= 0.0 {
                        continue;
                    }
                    self.shape_row(t, v, slope[i], &mut row);
                    // A shift common to all groups is not the strip's shape: measured, then thrown away.
                    row[LEAN + BEND] = -slope[i] * self.half_height * 0.33;
                    sums.add(&row, normalised.darkness[at.start + i] - mean[i], weight);
                    if sums.full() {
                        sums.carry(&mut normal, &EACH);
                    }
                }
            }
            sums.carry(&mut normal, &EACH);
            let ridge = normal.mean_diagonal(0..LEAN + BEND + 1) * 0.3;
            for i in 0..LEAN {
                normal.damp(i, 0.003 * ridge);
            }
            for i in LEAN..LEAN + BEND {
                normal.damp(i, 0.03 * ridge);
            }
            normal.damp(LEAN + BEND, ridge + 1e-12);
            let Some(change) = normal.solve() else { return };
            let most = self.correct(&change, 3.0 * module);
            if most < 0.05 * module {
                return;
            }
        }
    }

    /// Takes a measured change of lean and bend, limited to `limit` pixels at the strip's edge; returns the largest
    /// change of lean there, in pixels.
    pub(super) fn correct(&mut self, change: &[f64], limit: f32) -> f32 {
        let limit = limit / self.reach().max(1.0);
        let mut most = 0.0f32;
        for (lean, change) in self.lean.iter_mut().zip(&change[..LEAN]) {
            let change = within(-limit, limit, *change as f32);
            *lean -= change;
            most = most.max(change.abs());
        }
        for (bend, change) in self.bend.iter_mut().zip(&change[LEAN..LEAN + BEND]) {
            *bend -= within(-limit, limit, *change as f32);
        }
        most * self.reach()
    }

    /// Unknowns of [`Band::correct`].
    pub(super) const SHAPE: usize = LEAN + BEND;

    /// Fills `row` with the derivative of a bin's darkness by the shape's unknowns, for a bin at `t` in a group at
    /// height `v` (-1..1) where darkness changes by `slope` a pixel.
    pub(super) fn shape_row(&self, t: f32, v: f32, slope: f32, row: &mut [f32]) {
        let mut lean = slope * self.half_height * v;
        for j in 0..LEAN {
            row[j] = lean;
            if j < BEND {
                row[LEAN + j] = lean * v;
            }
            lean *= t;
        }
    }
}

/// Places of rises by `step` of each place after as great a fall.
fn rises(values: &[f32], step: impl Fn(usize) -> f32) -> Vec<f32> {
    let mut places = Vec::new();
    let (mut extreme, mut falling) = (values.first().copied().unwrap_or(0.0), true);
    for (i, &v) in values.iter().enumerate() {
        if falling {
            extreme = extreme.min(v);
            if v > extreme + step(i) {
                places.push(i as f32);
                falling = false;
                extreme = v;
            }
        } else {
            extreme = extreme.max(v);
            if v < extreme - step(i) {
                falling = true;
                extreme = v;
            }
        }
    }
    places
}

/// Central differences of a level at the pixel nearest to a place, if it has neighbours on all sides.
fn gradient(level: &Level, x: f32, y: f32) -> Option<(f32, f32)> {
    let (x, y) = (x.round(), y.round());
    if !(x >= 1.0 && y >= 1.0 && x + 2.0 <= level.width as f32 && y + 2.0 <= level.height as f32) {
        return None;
    }
    let at = y as usize * level.width + x as usize;
    let value = |at: usize| f32::from(level.luma[at]);
    Some((value(at + 1) - value(at - 1), value(at + level.width) - value(at - level.width)))
}

/// The whole numbers of 0..`side` in `from..=to`.
fn span(from: f32, to: f32, side: usize) -> std::ops::Range<usize> {
    let end = ((to.floor() + 1.0).max(0.0) as usize).min(side);
    (from.ceil().max(0.0) as usize).min(end)..end
}

/// Median variance within bins of at least three pixels.
fn within_bins(sums: &[f32], squares: &[f32], counts: &[f32]) -> f32 {
    let variances: Vec<f32> = sums
        .iter()
        .zip(squares)
        .zip(counts)
        .filter(|(_, n)| **n >= 3.0)
        .map(|((s, q), n)| ((q - s * s / n) / (n - 1.0)).max(0.0))
        .collect();
    // Half a grey level of an eight-bit picture is noise that no sensor undercuts.
    let least = (0.4f32 / 255.0).powi(2);
    if variances.len() < 50 {
        return 1e-4;
    }
    let median = light::quantile(&variances, 0.5);
    median.max(least)
}

/// Sums to means; empty bins by a straight line between their neighbours.
fn bridge(sums: &mut [f32], counts: &[f32]) {
    let mut last: Option<usize> = None;
    for i in 0..sums.len() {
        if counts[i] == 0.0 {
            continue;
        }
        sums[i] /= counts[i];
        match last {
            None => {
                let value = sums[i];
                sums[..i].fill(value);
            }
            Some(from) => {
                let (a, b) = (sums[from], sums[i]);
                for (step, gap) in sums[from + 1..i].iter_mut().enumerate() {
                    *gap = a + (b - a) * (step + 1) as f32 / (i - from) as f32;
                }
            }
        }
        last = Some(i);
    }
    if let Some(from) = last {
        let value = sums[from];
        sums[from + 1..].fill(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_strip_bends_as_the_strip_does() {
        let area = Candidate {
            centre: (0.0, 0.0),
            along: (1.0, 0.0),
            bars: (0.0, 1.0),
            half_length: 300.0,
            half_height: 50.0,
            score: 0.0,
        };
        let whole = Band { bend: [3.0, -1.0, 0.5], ..Band::new(&area) };
        let middle = whole.middle(0.5);
        assert_eq!(middle.reach(), 0.5 * whole.reach());
        for (part, all) in middle.bend.iter().zip(whole.bend) {
            // What a place is moved by, the square of its height aside.
            assert!((part / middle.reach() - all / whole.reach()).abs() < 1e-6);
        }
    }

    /// Bars of so many modules each, and as many spaces, blurred by `sigma` modules, as one row group of three bins a module.
    fn blurred(widths: &[f32], sigma: f32) -> Bins {
        let edges: Vec<f32> = widths
            .iter()
            .scan(0.0, |at, width| {
                *at += width;
                Some(*at)
            })
            .collect();
        let modules = edges.last().copied().unwrap_or_default();
        let light = |u: f32| {
            // A logistic curve is as good a soft edge as any here.
            let soft = |edge: f32| 1.0 / (1.0 + ((edge - u) / (0.55 * sigma)).exp());
            edges.iter().enumerate().map(|(i, edge)| if i % 2 == 0 { -soft(*edge) } else { soft(*edge) }).sum::<f32>()
        };
        let mean: Vec<f32> =
            (0..(3.0 * BEYOND * modules) as usize).map(|i| light(i as f32 / 3.0 - 0.12 * modules)).collect();
        Bins { groups: 1, length: mean.len(), width: 1.0, mean, ..Bins::default() }
    }

    #[test]
    fn what_blur_cannot_have_made_of_a_payment_symbol_is_not_tried() {
        let mut state = 1u32;
        let mut next = |most: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % most
        };
        // As many elements as a payment symbol has, as wide as Code 128 has them.
        let symbol: Vec<f32> = (0..157).map(|_| [1.0, 1.0, 2.0, 2.0, 3.0, 1.0, 2.0, 4.0][next(8) as usize]).collect();
        // Fewer and wider ones on the same length, as EAN-13 has; the same thing over and over; lines of print.
        let wide: Vec<f32> = (0..77).map(|_| 3.0 * [1.0, 1.0, 2.0, 1.0][next(4) as usize]).collect();
        let even = vec![2.0; 145];
        let gaps: Vec<f32> = (0..121).map(|i| if i % 12 == 11 { 24.0 } else { [1.0, 1.5][next(2) as usize] }).collect();
        for (what, widths, sigma, expected) in [
            ("a sharp symbol", &symbol, 0.1, true),
            ("… of which a third is hidden", &symbol[..104].to_vec(), 0.1, true),
            ("blurred by half a module", &symbol, 0.5, true),
            ("blurred until a fifth of its bars are gone", &symbol, 0.9, true),
            ("blurred more", &symbol, 1.2, true),
            ("fewer bars, all of them sharp", &wide, 0.3, false),
            ("fewer bars, as soft as those of a symbol that blur has left so many of", &wide, 1.2, true),
            ("slats", &even, 0.5, false),
            ("print with gaps between words", &gaps, 0.3, false),
        ] {
            let stripes = blurred(widths, sigma).stripes(3.0);
            assert_eq!(stripes.may_be_symbol(3.0), expected, "{what}: {stripes:?}");
        }
        // A strip that shows nothing.
        let nothing = Bins { groups: 1, length: 300, width: 1.0, mean: vec![0.5; 300], ..Bins::default() };
        assert!(!nothing.stripes(1.0).may_be_symbol(1.0));
    }

    /// An upright strip 600 pixels long and 100 high in the middle of a level drawn by `grey`.
    fn strip(grey: impl Fn(f32, f32) -> f32) -> (Level, Band) {
        let (width, height) = (700, 160);
        let place = |i: usize| ((i % width) as f32 - 350.0, (i / width) as f32 - 80.0);
        let luma = (0..width * height).map(|i| grey(place(i).0, place(i).1) as u8).collect();
        let area = Candidate {
            centre: (350.0, 80.0),
            along: (1.0, 0.0),
            bars: (0.0, 1.0),
            half_length: 300.0,
            half_height: 50.0,
            score: 0.0,
        };
        (Level { luma, width, height }, Band::new(&area))
    }

    #[test]
    fn a_fan_of_bars_is_followed_and_upright_ones_are_left_alone() {
        let wave = |x: f32| 130.0 + 80.0 * (x * std::f32::consts::FRAC_PI_4).sin();
        // A place on the axis leans by a third of its distance from the middle.
        let (level, mut band) = strip(|x, y| wave(x / (1.0 + y / 900.0)));
        band.fan_out(&level);
        let at_end = poly(&band.lean, 1.0);
        assert!((at_end - 1.0 / 3.0).abs() < 0.05, "{:?}", band.lean);
        assert!((poly(&band.lean, -1.0) + 1.0 / 3.0).abs() < 0.05, "{:?}", band.lean);
        let (level, mut band) = strip(|x, _| wave(x));
        let before = band.clone();
        band.fan_out(&level);
        assert_eq!(band, before);
    }

    #[test]
    fn bars_in_a_shadow_are_counted_by_the_range_there() {
        // Seventy bars; on the right a tenth of the light is left.
        let wave = |x: f32| 130.0 + 80.0 * (x * std::f32::consts::TAU / 600.0 * 70.0).sin();
        let dimmed = |x: f32| if x > 60.0 { 0.35 * wave(x) } else { wave(x) };
        let count = |grey: &dyn Fn(f32) -> f32| {
            let (level, band) = strip(|x, _| grey(x));
            let mut bins = Bins::default();
            band.middle(0.4).collect(&level, 0.67, 4, ROWS_TO_ALIGN, &mut bins);
            bins.stripes(2.0)
        };
        let even = count(&wave);
        assert!((68..=72).contains(&even.bars) && even.shaded.is_none(), "{even:?}");
        let shaded = count(&dimmed);
        assert!(shaded.bars < 60 && shaded.shaded.is_some_and(|bars| (66..=74).contains(&bars)), "{shaded:?}");
    }
}
