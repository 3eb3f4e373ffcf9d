//! Where bars lie: areas in which the grey levels change in one direction only.
//!
//! The structure tensor of 8×8 blocks gives each block a direction, an energy and a coherence (how much of the energy
//! has that direction; Bigün & Granlund 1987). Blocks of like direction that touch are one area; an area longer along
//! its changes than across them is a candidate.

use std::f32::consts::{FRAC_PI_2, PI};

use super::pyramid::Level;
use crate::small_sort::sort_few_by_key;

/// An area that may hold a linear symbol, in pixels of its level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate {
    /// Middle of the area.
    pub(super) centre: (f32, f32),
    /// Unit vector along the symbol, across the bars.
    pub(super) along: (f32, f32),
    /// Unit vector along the bars. Seen at a slant it is not perpendicular to `along`.
    pub(super) bars: (f32, f32),
    /// Half the length along `along`.
    pub(super) half_length: f32,
    /// Half the height along `bars`.
    pub(super) half_height: f32,
    /// How much it looks like a code: energy × coherence × filling.
    pub(super) score: f32,
}

const BLOCK: usize = 8;
/// Directions are taken in bins of 15°, each wide enough to hold the fan of a code seen at 45°.
const BINS: usize = 12;
const BIN_HALF_WIDTH: f32 = 0.45;
/// An area belongs to the bin nearest to its mean direction; half a bin and a little.
const OWN_BIN: f32 = 0.16;
const LEAST_COHERENCE: f32 = 0.45;
/// Mean squared gradient below which a block is paper: a contrast of about eight grey levels.
const LEAST_ENERGY: f32 = 24.0;
/// … and the share of the noise's own energy below which a block is noise.
const LEAST_OVER_NOISE: f32 = 0.2;
/// Share of a picture's blocks that show nothing but noise, at the least.
const PLAIN: f32 = 0.1;
const LEAST_BLOCKS: usize = 6;
/// An area of this many blocks may hold a code and something else; unless it fills its outline.
const LARGE: usize = 40;
const FULL: f32 = 0.8;
/// Share of the strongest neighbour's energy below which a block is no part of a code.
const STRONG: f32 = 0.3;
/// Marks of a block while an area is split.
const IN: u16 = 1;
const CORE: u16 = 2;
const OPEN: u16 = 4;
/// The code is 288 modules long; at the least scale worth trying it is this many pixels long.
const LEAST_LENGTH: f32 = 80.0;
/// A payment code is 49 mm long and 10 mm high or a little more; seen at a slant it may look half as long.
const LEAST_SLIMNESS: f32 = 1.2;

/// Scratch memory of the search, kept from frame to frame.
#[derive(Debug, Default)]
pub(super) struct Locator {
    columns: usize,
    rows: usize,
    xx: Vec<f32>,
    yy: Vec<f32>,
    xy: Vec<f32>,
    /// Of one row of pixels: differences to the sides and up and down, from the second pixel on.
    gx: Vec<i16>,
    gy: Vec<i16>,
    /// Their squares and products, summed over the rows of a block.
    sums: [Vec<i32>; 3],
    direction: Vec<f32>,
    energy: Vec<f32>,
    coherence: Vec<f32>,
    /// Mean squared gradient of plain areas.
    noise: f32,
    sorted: Vec<f32>,
    /// For each block that shows stripes, a bit for each bin of directions that it belongs to and is not yet an area of.
    bins: Vec<u16>,
    striped: Vec<usize>,
    part: Vec<u16>,
    /// Energy of the strongest block of an area within a few columns.
    strongest: Vec<f32>,
    stack: Vec<usize>,
    members: Vec<usize>,
}

impl Locator {
    /// The areas of `level` that may hold a linear symbol, best first, at most `most`.
    pub(super) fn find(&mut self, level: &Level, most: usize) -> Vec<Candidate> {
        self.columns = level.width / BLOCK;
        self.rows = level.height / BLOCK;
        if self.columns < 2 || self.rows < 1 {
            return Vec::new();
        }
        self.tensor(level);
        self.smooth();
        let mut candidates: Vec<Candidate> = Vec::new();
        for bin in 0..BINS {
            self.areas(bin, &mut candidates);
        }
        sort_few_by_key(&mut candidates, |c| -c.score);
        let mut kept: Vec<Candidate> = Vec::new();
        for candidate in candidates {
            if kept.len() == most {
                break;
            }
            if !kept.iter().any(|k| alike(k, &candidate)) {
                kept.push(candidate);
            }
        }
        kept
    }

    /// Sums of gx², gy² and gx·gy over each block, by central differences: whole rows at a time, which the compiler computes
    /// side by side for the browser too, then blocks of columns.
    fn tensor(&mut self, level: &Level) {
        let blocks = self.columns * self.rows;
        for sums in [&mut self.xx, &mut self.yy, &mut self.xy] {
            sums.clear();
            sums.reserve(blocks);
        }
        let width = level.width;
        for sums in &mut self.sums {
            sums.resize(width, 0);
        }
        for row in 0..self.rows {
            self.sums.iter_mut().for_each(|sums| sums.fill(0));
            // The outermost pixels have no neighbour to differ from.
            for y in (row * BLOCK).max(1)..((row + 1) * BLOCK).min(level.height - 1) {
                let line = |y: usize| &level.luma[y * width..(y + 1) * width];
                differences(&line(y)[2..], line(y), &mut self.gx);
                differences(&line(y + 1)[1..width - 1], &line(y - 1)[1..], &mut self.gy);
                let [xx, yy, xy] = &mut self.sums;
                add_products(&self.gx, &self.gx, &mut xx[1..]);
                add_products(&self.gy, &self.gy, &mut yy[1..]);
                add_products(&self.gx, &self.gy, &mut xy[1..]);
            }
            for (blocks, sums) in [&mut self.xx, &mut self.yy, &mut self.xy].into_iter().zip(&self.sums) {
                let (columns, _) = sums.as_chunks::<BLOCK>();
                blocks.extend(
                    columns.iter().map(|column| column.iter().fold(0, |sum: i32, part| sum.wrapping_add(*part)) as f32),
                );
            }
        }
    }

    /// Direction, energy and coherence of each block, from the sums over its 3×3 neighbours.
    fn smooth(&mut self) {
        let blocks = self.columns * self.rows;
        // Some of every picture is plain paper, table or wall.
        self.sorted.clear();
        self.sorted.extend(self.xx.iter().zip(&self.yy).map(|(xx, yy)| xx + yy));
        let plain = (blocks as f32 * PLAIN) as usize;
        self.noise = *self.sorted.select_nth_unstable_by(plain, f32::total_cmp).1 / (BLOCK * BLOCK) as f32;
        for values in [&mut self.direction, &mut self.energy, &mut self.coherence] {
            values.clear();
            values.resize(blocks, 0.0);
        }
        self.bins.clear();
        self.bins.resize(blocks, 0);
        self.striped.clear();
        let least = LEAST_ENERGY.max(LEAST_OVER_NOISE * self.noise);
        for row in 0..self.rows {
            for column in 0..self.columns {
                let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
                for r in row.saturating_sub(1)..(row + 2).min(self.rows) {
                    for c in column.saturating_sub(1)..(column + 2).min(self.columns) {
                        let at = r * self.columns + c;
                        xx += self.xx[at];
                        yy += self.yy[at];
                        xy += self.xy[at];
                    }
                }
                let at = row * self.columns + column;
                let own = (self.xx[at] + self.yy[at]) / (BLOCK * BLOCK) as f32;
                self.energy[at] = (own - self.noise).max(0.0);
                if self.energy[at] < least {
                    continue;
                }
                // Noise has no direction: what it adds to both axes is taken off before coherence is judged.
                let energy = (xx + yy - self.noise * pixels(row, column, self.rows, self.columns)).max(0.0);
                let split = ((xx - yy).powi(2) + 4.0 * xy * xy).sqrt();
                self.coherence[at] = if energy > 0.0 { (split / energy).min(1.0) } else { 0.0 };
                if self.coherence[at] < LEAST_COHERENCE {
                    continue;
                }
                // Direction of the greatest change, 0..π.
                self.direction[at] = (0.5 * (2.0 * xy).atan2(xx - yy)).rem_euclid(PI);
                self.bins[at] = bins_of(self.direction[at]);
                self.striped.push(at);
            }
        }
    }

    /// Areas whose mean direction lies in this bin.
    fn areas(&mut self, bin: usize, out: &mut Vec<Candidate>) {
        let middle = middle_of_bin(bin);
        let own = 1 << bin;
        for first in 0..self.striped.len() {
            let seed = self.striped[first];
            if self.bins[seed] & own == 0 {
                continue;
            }
            flood(&mut self.bins, own, self.columns, seed, &mut self.stack, &mut self.members);
            if self.members.len() < LEAST_BLOCKS {
                continue;
            }
            let whole = self.candidate(middle);
            if self.members.len() >= LARGE && whole.is_none_or(|(_, filling)| filling < FULL) {
                self.split(middle, out);
            }
            out.extend(whole.map(|(candidate, _)| candidate));
        }
    }

    /// The parts of a large area that hang together by more than a thread: a paper's edge, a ruling or a line of text that
    /// touches a code joins it to half the picture. Once as it is, once without what is weak beside its neighbours.
    fn split(&mut self, middle: f32, out: &mut Vec<Candidate>) {
        let whole = std::mem::take(&mut self.members);
        self.part.clear();
        self.part.resize(self.columns * self.rows, 0);
        for strong in [false, true] {
            for &at in &whole {
                self.part[at] = IN;
            }
            if strong {
                self.drop_weak(&whole);
            }
            // Opening (J. Serra, 1982): what no 3×3 square within the area covers goes.
            for &at in &whole {
                if self.part[at] & IN != 0 && self.around(at, 1).all(|next| self.part[next] & IN != 0) {
                    self.part[at] |= CORE;
                }
            }
            for &at in &whole {
                if self.part[at] & IN != 0 && self.around(at, 1).any(|next| self.part[next] & CORE != 0) {
                    self.part[at] |= OPEN;
                }
            }
            for &seed in &whole {
                if self.part[seed] & OPEN == 0 {
                    continue;
                }
                flood(&mut self.part, OPEN, self.columns, seed, &mut self.stack, &mut self.members);
                if self.members.len() >= LEAST_BLOCKS && self.members.len() < whole.len() {
                    out.extend(self.candidate(middle).map(|(candidate, _)| candidate));
                }
            }
        }
        self.members = whole;
    }

    /// Takes out of the part what is weak beside the strongest block of the `whole` area within four blocks.
    fn drop_weak(&mut self, whole: &[usize]) {
        const REACH: usize = 4;
        let columns = self.columns;
        // Along the rows first, then down the columns: 18 comparisons a block instead of 81.
        self.strongest.clear();
        self.strongest.resize(columns * self.rows, 0.0);
        for &at in whole {
            let column = at % columns;
            let from = at - column.min(REACH);
            let to = at + (columns - 1 - column).min(REACH);
            for strongest in &mut self.strongest[from..=to] {
                *strongest = strongest.max(self.energy[at]);
            }
        }
        for &at in whole {
            let row = at / columns;
            let first = row.saturating_sub(REACH) * columns + at % columns;
            let rows = row.min(REACH) + 1 + (self.rows - 1 - row).min(REACH);
            let beside = self.strongest[first..].iter().step_by(columns).take(rows);
            if self.energy[at] < STRONG * beside.copied().fold(0.0, f32::max) {
                self.part[at] = 0;
            }
        }
    }

    /// A block and those up to `reach` away, as far as the picture goes.
    fn around(&self, at: usize, reach: usize) -> impl Iterator<Item = usize> + use<> {
        let (row, column, columns) = (at / self.columns, at % self.columns, self.columns);
        let across = column.saturating_sub(reach)..(column + reach + 1).min(columns);
        (row.saturating_sub(reach)..(row + reach + 1).min(self.rows))
            .flat_map(move |r| across.clone().map(move |c| r * columns + c))
    }

    /// The area of `self.members` as a candidate, if it has the shape of one, and how much of that shape it fills, 0..=1.
    fn candidate(&self, bin_middle: f32) -> Option<(Candidate, f32)> {
        let n = self.members.len() as f32;
        let (mut cos, mut sin, mut strength) = (0.0, 0.0, 0.0);
        let (mut mx, mut my) = (0.0, 0.0);
        for &at in &self.members {
            let weight = self.energy[at];
            cos += weight * (2.0 * self.direction[at]).cos();
            sin += weight * (2.0 * self.direction[at]).sin();
            strength += weight.min(4000.0) * self.coherence[at];
            let (x, y) = self.middle_of(at);
            mx += x / n;
            my += y / n;
        }
        let normal = (0.5 * sin.atan2(cos)).rem_euclid(PI);
        if angle_between(normal, bin_middle) > OWN_BIN {
            return None;
        }
        // Second moments: the area's own long direction.
        let (mut sxx, mut syy, mut sxy) = (0.0, 0.0, 0.0);
        for &at in &self.members {
            let (x, y) = self.middle_of(at);
            sxx += (x - mx) * (x - mx) / n;
            syy += (y - my) * (y - my) / n;
            sxy += (x - mx) * (y - my) / n;
        }
        let split = ((sxx - syy).powi(2) + 4.0 * sxy * sxy).sqrt();
        let (long, short) = ((sxx + syy + split) / 2.0, ((sxx + syy - split) / 2.0).max(1.0));
        let long_direction = (0.5 * (2.0 * sxy).atan2(sxx - syy)).rem_euclid(PI);
        // A slim area tells the direction of the code better than its bars do, which lean when seen at a slant.
        let slim = (long / short).sqrt() >= 1.6 && angle_between(long_direction, normal) <= 0.75;
        let axis = if slim { long_direction } else { normal };
        let along = (axis.cos(), axis.sin());
        let bar_direction = normal + FRAC_PI_2;
        let bars = (bar_direction.cos(), bar_direction.sin());

        // Oblique coordinates along the code and along the bars.
        let cross = along.0 * bars.1 - along.1 * bars.0;
        if cross.abs() < 0.5 {
            return None;
        }
        let (mut least, mut most) = ((f32::INFINITY, f32::INFINITY), (f32::NEG_INFINITY, f32::NEG_INFINITY));
        let mut across_square = 0.0;
        for &at in &self.members {
            let (x, y) = self.middle_of(at);
            let (dx, dy) = (x - mx, y - my);
            let u = (dx * bars.1 - dy * bars.0) / cross;
            let v = (along.0 * dy - along.1 * dx) / cross;
            least = (least.0.min(u), least.1.min(v));
            most = (most.0.max(u), most.1.max(v));
            across_square += v * v / n;
        }
        let margin = BLOCK as f32 / 2.0;
        let half_length = (most.0 - least.0) / 2.0 + margin;
        // An even spread over ±h has the standard deviation h/√3; outliers stretch the extent, hardly this.
        let half_height = (3.0 * across_square).sqrt().max(margin);
        if 2.0 * half_length < LEAST_LENGTH || half_length < LEAST_SLIMNESS * half_height {
            return None;
        }
        let middle_u = (most.0 + least.0) / 2.0;
        let centre = (mx + middle_u * along.0, my + middle_u * along.1);
        let covered = n * (BLOCK * BLOCK) as f32;
        let filling = (covered / (4.0 * half_length * half_height * cross.abs())).min(1.0);
        let score = strength * filling * filling.sqrt();
        Some((Candidate { centre, along, bars, half_length, half_height, score }, filling))
    }

    fn middle_of(&self, at: usize) -> (f32, f32) {
        let middle = |i: usize| (i * BLOCK) as f32 + (BLOCK as f32 - 1.0) / 2.0;
        (middle(at % self.columns), middle(at / self.columns))
    }
}

/// `a` less `b`, as far as both reach.
fn differences(a: &[u8], b: &[u8], out: &mut Vec<i16>) {
    out.clear();
    out.extend(a.iter().zip(b).map(|(a, b)| i16::from(*a) - i16::from(*b)));
}

/// Adds the products of `a` and `b` to `sums`.
fn add_products(a: &[i16], b: &[i16], sums: &mut [i32]) {
    for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
        // 255² by eight rows is far from the end of i32; a check would keep the compiler from doing four at once.
        *sum = sum.wrapping_add(i32::from(*a).wrapping_mul(i32::from(*b)));
    }
}

/// Pixels of a block's 3×3 neighbourhood, at the picture's edges fewer.
fn pixels(row: usize, column: usize, rows: usize, columns: usize) -> f32 {
    let count = |i: usize, n: usize| (i + 2).min(n) - i.saturating_sub(1);
    (count(row, rows) * count(column, columns) * BLOCK * BLOCK) as f32
}

/// Moves the blocks that carry `mark` and touch `seed`, straight or through others, to `members`; the mark is taken off.
fn flood(marks: &mut [u16], mark: u16, columns: usize, seed: usize, stack: &mut Vec<usize>, members: &mut Vec<usize>) {
    let rows = marks.len() / columns;
    members.clear();
    stack.clear();
    stack.push(seed);
    marks[seed] &= !mark;
    while let Some(at) = stack.pop() {
        members.push(at);
        let (row, column) = (at / columns, at % columns);
        for r in row.saturating_sub(1)..(row + 2).min(rows) {
            for c in column.saturating_sub(1)..(column + 2).min(columns) {
                let next = r * columns + c;
                if marks[next] & mark != 0 {
                    marks[next] &= !mark;
                    stack.push(next);
                }
            }
        }
    }
}

fn middle_of_bin(bin: usize) -> f32 {
    (bin as f32 + 0.5) * PI / BINS as f32
}

/// A bit for each bin that holds this direction.
fn bins_of(direction: f32) -> u16 {
    (0..BINS)
        .filter(|bin| angle_between(direction, middle_of_bin(*bin)) <= BIN_HALF_WIDTH)
        .fold(0, |bits, bin| bits | 1 << bin)
}

/// Angle between two undirected lines, 0..=π/2.
fn angle_between(a: f32, b: f32) -> f32 {
    let d = (a - b).abs();
    // Both lie within 0..π or hardly beyond.
    let d = if d > PI { d - PI } else { d };
    d.min(PI - d)
}

/// The same area found through two bins.
fn alike(a: &Candidate, b: &Candidate) -> bool {
    let (dx, dy) = (a.centre.0 - b.centre.0, a.centre.1 - b.centre.1);
    let near = (dx * dx + dy * dy).sqrt() < 0.06 * a.half_length.max(b.half_length);
    near && (a.half_length / b.half_length - 1.0).abs() < 0.1
}

/// Areas so much alike that lines over one of them show what lines over the other do.
pub(super) fn same(a: &Candidate, b: &Candidate) -> bool {
    let turn = |a: (f32, f32), b: (f32, f32)| (a.0 * b.1 - a.1 * b.0).abs();
    let (dx, dy) = (a.centre.0 - b.centre.0, a.centre.1 - b.centre.1);
    dx.hypot(dy) < 0.03 * a.half_length.max(b.half_length)
        && (a.half_length / b.half_length - 1.0).abs() < 0.05
        && (a.half_height / b.half_height - 1.0).abs() < 0.2
        && turn(a.along, b.along) < 0.02
        && turn(a.bars, b.bars) < 0.04
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stripes of a 4-pixel period, 300×60 pixels, turned by `angle` about the middle of a 480×480 level.
    fn stripes(angle: f32) -> Level {
        let (width, height) = (480, 480);
        let mut luma = vec![220; width * height];
        for (i, pixel) in luma.iter_mut().enumerate() {
            let (x, y) = ((i % width) as f32 - 240.0, (i / width) as f32 - 240.0);
            let u = x * angle.cos() + y * angle.sin();
            let v = y * angle.cos() - x * angle.sin();
            if u.abs() < 150.0 && v.abs() < 30.0 {
                *pixel = (130.0 + 80.0 * (u * FRAC_PI_2).sin()) as u8;
            }
        }
        Level { luma, width, height }
    }

    #[test]
    fn stripes_are_found_at_any_angle() {
        let mut locator = Locator::default();
        for degrees in (0..180).step_by(7) {
            let angle = (degrees as f32).to_radians();
            let found = locator.find(&stripes(angle), 4);
            let best = found.first().unwrap_or_else(|| panic!("{degrees}°: nothing found"));
            let direction = best.along.1.atan2(best.along.0);
            assert!(angle_between(direction, angle) < 0.06, "{degrees}°: direction {direction}");
            assert!((best.half_length - 150.0).abs() < 20.0, "{degrees}°: half length {}", best.half_length);
            assert!((best.centre.0 - 240.0).abs() + (best.centre.1 - 240.0).abs() < 10.0, "{degrees}°");
        }
    }

    #[test]
    fn paper_text_like_specks_and_single_edges_are_no_candidates() {
        let mut locator = Locator::default();
        let side = 320;
        let speck = |x: usize, y: usize| ((x * 7919 + y * 104_729) ^ (x * y)) % 97;
        let pictures: [(&str, Vec<u8>); 4] = [
            ("blank", vec![200; side * side]),
            ("specks", (0..side * side).map(|i| 120 + speck(i % side, i / side) as u8).collect()),
            ("gradient", (0..side * side).map(|i| (i % side * 255 / side) as u8).collect()),
            ("one edge", (0..side * side).map(|i| if i % side < 160 { 30 } else { 220 }).collect()),
        ];
        for (name, luma) in pictures {
            assert_eq!(locator.find(&Level { luma, width: side, height: side }, 4), [], "{name}");
        }
    }

    #[test]
    fn the_smallest_levels_are_survived() {
        let mut locator = Locator::default();
        for (width, height) in [(1, 1), (16, 1), (1, 400), (16, 8), (17, 9)] {
            let level = Level { luma: vec![9; width * height], width, height };
            assert_eq!(locator.find(&level, 4), [], "{width}×{height}");
        }
    }
}
