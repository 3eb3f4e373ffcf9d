//! Where bars lie: areas in which the grey levels change in one direction only.
//!
//! The structure tensor of 8×8 blocks gives each block a direction, an energy and a coherence (how much of the energy
//! has that direction; Bigün & Granlund 1987). Blocks of like direction that touch are one area; an area longer along
//! its changes than across them is a candidate.

use std::f32::consts::{FRAC_PI_2, PI};

use super::direction::direction;
use super::lanes::{Halves, Words};
use super::mask::{Mask, Run};
use super::pyramid::Level;
use crate::small_sort::{nth, sort_few_by_key};

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
/// Steps in which a block's direction is known: less than a degree each.
const STEPS: usize = 256;
const LEAST_COHERENCE: f32 = 0.45;
/// Mean squared gradient below which a block is paper: a contrast of about eight grey levels.
const LEAST_ENERGY: f32 = 24.0;
/// … and the share of the noise's own energy below which a block is noise.
const LEAST_OVER_NOISE: f32 = 0.2;
/// Energy beyond which a block does not look more like a code.
const PLAIN_ENERGY: f32 = 4000.0;
/// Share of a picture's blocks that show nothing but noise, at the least.
const PLAIN: f32 = 0.1;
const LEAST_BLOCKS: usize = 6;
/// An area of this many blocks may hold a code and something else; unless it fills its outline.
const LARGE: usize = 40;
const FULL: f32 = 0.8;
/// Share of the strongest neighbour's energy below which a block is no part of a code.
const STRONG: f32 = 0.3;
/// How far that neighbour may be, in blocks.
const REACH: usize = 4;
/// The code is 288 modules long; at the least scale worth trying it is this many pixels long.
const LEAST_LENGTH: f32 = 80.0;
/// A payment code is 49 mm long and 10 mm high or a little more; seen at a slant it may look half as long.
const LEAST_SLIMNESS: f32 = 1.2;

/// Scratch memory of the search, kept from frame to frame.
#[derive(Debug)]
pub(super) struct Locator {
    columns: usize,
    rows: usize,
    /// Of each block: the sums of gx², gy² and gx·gy.
    tensor: [Vec<f32>; 3],
    /// Of one row of blocks: the sums of gx², gy² and gx·gy so far.
    sums: Vec<[Words; 3]>,
    /// Of one row of blocks: the tensor, summed with the rows above and below.
    columns_of_three: [Vec<f32>; 3],
    /// Mean squared gradient of each block, less the noise's.
    energy: Vec<f32>,
    /// Of a block that shows stripes: its energy times the cosine and the sine of twice its direction, and how much it looks
    /// like a code's.
    turned: Vec<[f32; 3]>,
    /// Mean squared gradient of plain areas.
    noise: f32,
    /// A bit for each bin that holds a direction, by steps of it.
    bins: [u16; STEPS],
    /// The blocks that show stripes whose direction lies in a bin, for each bin.
    striped: [Mask; BINS],
    part: Mask,
    opened: Mask,
    eroded: Mask,
    /// Energy of the strongest block of an area within a few blocks, for the rectangle round it.
    strongest: Vec<u16>,
    spare: Vec<u16>,
    stack: Vec<Run>,
    whole: Vec<Run>,
    members: Vec<Run>,
}

impl Default for Locator {
    fn default() -> Self {
        let mut bins = [0; STEPS];
        for (step, bins) in bins.iter_mut().enumerate() {
            *bins = bins_of(direction_of_step(step));
        }
        Self {
            columns: 0,
            rows: 0,
            tensor: Default::default(),
            sums: Vec::new(),
            columns_of_three: Default::default(),
            energy: Vec::new(),
            turned: Vec::new(),
            noise: 0.0,
            bins,
            striped: Default::default(),
            part: Mask::default(),
            opened: Mask::default(),
            eroded: Mask::default(),
            strongest: Vec::new(),
            spare: Vec::new(),
            stack: Vec::new(),
            whole: Vec::new(),
            members: Vec::new(),
        }
    }
}

impl Locator {
    /// The areas of `level` that may hold a linear symbol, best first, at most `most`.
    pub(super) fn find(&mut self, level: &Level, most: usize) -> Vec<Candidate> {
        self.columns = level.width / BLOCK;
        self.rows = level.height / BLOCK;
        if self.columns < 2 || self.rows < 1 {
            return Vec::new();
        }
        self.measure(level);
        self.smooth();
        let mut best = Best { most, kept: Vec::new() };
        for bin in 0..BINS {
            self.areas(bin, &mut best);
        }
        sort_few_by_key(&mut best.kept, |c| -c.score);
        best.kept
    }

    /// Sums of gx², gy² and gx·gy over each block, by central differences.
    fn measure(&mut self, level: &Level) {
        let blocks = self.columns * self.rows;
        for sums in &mut self.tensor {
            sums.clear();
            sums.reserve(blocks);
        }
        let width = level.width;
        for row in 0..self.rows {
            self.sums.clear();
            self.sums.resize(self.columns, Default::default());
            // The outermost pixels have no neighbour to differ from.
            for y in (row * BLOCK).max(1)..((row + 1) * BLOCK).min(level.height - 1) {
                let line = |y: usize| &level.luma[y * width..(y + 1) * width];
                add_products(line(y), line(y - 1), line(y + 1), &mut self.sums);
            }
            for (part, sums) in self.tensor.iter_mut().enumerate() {
                sums.extend(self.sums.iter().map(|block| block[part].total() as f32));
            }
        }
    }

    /// Direction, energy and coherence of each block, from the sums over its 3×3 neighbours.
    fn smooth(&mut self) {
        let (columns, rows) = (self.columns, self.rows);
        let blocks = columns * rows;
        let [xx, yy, _] = &self.tensor;
        // Some of every picture is plain paper, table or wall.
        let each = 1.0 / (BLOCK * BLOCK) as f32;
        self.energy.clear();
        self.energy.extend(xx.iter().zip(yy).map(|(xx, yy)| (xx + yy) * each));
        let plain = (blocks as f32 * PLAIN) as usize;
        self.noise = nth(&self.energy, plain);
        let noise = self.noise;
        // Compared, because `max` is a call in the browser.
        self.energy.iter_mut().for_each(|energy| *energy = if *energy > noise { *energy - noise } else { 0.0 });
        self.turned.resize(blocks, [0.0; 3]);
        for mask in &mut self.striped {
            mask.reset(columns, rows);
        }
        let least = LEAST_ENERGY.max(LEAST_OVER_NOISE * noise);
        for row in 0..rows {
            let near = row.saturating_sub(1)..(row + 2).min(rows);
            for (sums, tensor) in self.columns_of_three.iter_mut().zip(&self.tensor) {
                // A column without anything on both sides, so that every block has neighbours.
                sums.clear();
                sums.resize(columns + 2, 0.0);
                for row in near.clone() {
                    let line = &tensor[row * columns..(row + 1) * columns];
                    sums[1..].iter_mut().zip(line).for_each(|(sum, value)| *sum += value);
                }
            }
            let [xx, yy, xy] = &self.columns_of_three;
            for (column, ((xx, yy), xy)) in xx.windows(3).zip(yy.windows(3)).zip(xy.windows(3)).enumerate() {
                let at = row * columns + column;
                let energy = self.energy[at];
                if energy < least {
                    continue;
                }
                let three = |sums: &[f32]| sums[0] + sums[1] + sums[2];
                let (xx, yy, xy) = (three(xx), three(yy), three(xy));
                // Noise has no direction: what it adds to both axes is taken off before coherence is judged.
                let about = xx + yy - noise * pixels(row, column, rows, columns);
                let (cos, sin) = (xx - yy, 2.0 * xy);
                let split = (cos * cos + sin * sin).sqrt();
                if about <= 0.0 || split < LEAST_COHERENCE * about || split <= 0.0 {
                    continue;
                }
                let coherence = (split / about).min(1.0);
                let share = energy / split;
                self.turned[at] = [cos * share, sin * share, energy.min(PLAIN_ENERGY) * coherence];
                let mut bins = self.bins[step_of(cos, sin)];
                while bins != 0 {
                    self.striped[bins.trailing_zeros() as usize].insert(row, column);
                    bins &= bins - 1;
                }
            }
        }
    }

    /// Areas whose mean direction lies in this bin.
    fn areas(&mut self, bin: usize, best: &mut Best) {
        let middle = middle_of_bin(bin);
        let mut striped = std::mem::take(&mut self.striped[bin]);
        let mut members = std::mem::take(&mut self.whole);
        for row in 0..self.rows {
            let mut from = 0;
            while let Some(column) = striped.next(row, from, self.columns) {
                from = column + 1;
                striped.take(row, column, &mut self.stack, &mut members);
                let blocks = blocks(&members);
                if blocks < LEAST_BLOCKS {
                    continue;
                }
                let sums = self.directions(&members);
                // Neither the area nor any part of it would be among the best.
                if sums.strength <= best.least() {
                    continue;
                }
                let whole = self.candidate(&members, &sums, middle);
                if blocks >= LARGE && whole.is_none_or(|(_, filling)| filling < FULL) {
                    self.split(&members, blocks, middle, best);
                }
                if let Some((candidate, _)) = whole {
                    best.add(candidate);
                }
            }
        }
        self.whole = members;
        self.striped[bin] = striped;
    }

    /// The parts of a large area that hang together by more than a thread: a paper's edge, a ruling or a line of text that
    /// touches a code joins it to half the picture. Once as it is, once without what is weak beside its neighbours.
    fn split(&mut self, whole: &[Run], blocks_of_whole: usize, middle: f32, best: &mut Best) {
        let first = whole.iter().map(|run| run.row).min().unwrap_or(0);
        let last = whole.iter().map(|run| run.row).max().unwrap_or(0);
        let mut members = std::mem::take(&mut self.members);
        self.part.reset(self.columns, self.rows);
        whole.iter().for_each(|run| self.part.insert_run(*run));
        for strong in [false, true] {
            if strong {
                self.drop_weak(whole, first..last + 1);
            }
            self.part.opened(first..last + 1, &mut self.eroded, &mut self.opened);
            for row in first..=last {
                let mut from = 0;
                while let Some(column) = self.opened.next(row, from, self.columns) {
                    from = column + 1;
                    self.opened.take(row, column, &mut self.stack, &mut members);
                    let blocks = blocks(&members);
                    if blocks < LEAST_BLOCKS || blocks >= blocks_of_whole {
                        continue;
                    }
                    let sums = self.directions(&members);
                    if sums.strength > best.least()
                        && let Some((candidate, _)) = self.candidate(&members, &sums, middle)
                    {
                        best.add(candidate);
                    }
                }
            }
        }
        self.members = members;
    }

    /// Takes out of the part, which is `whole`, what is weak beside its strongest block within a few blocks.
    fn drop_weak(&mut self, whole: &[Run], rows: std::ops::Range<usize>) {
        let from = whole.iter().map(|run| run.from).min().unwrap_or(0);
        let to = whole.iter().map(|run| run.to).max().unwrap_or(0);
        // As wide and as high as the area and what lies within reach of it.
        let width = to - from + 2 * REACH;
        let size = width * (rows.len() + 2 * REACH);
        self.strongest.clear();
        self.strongest.resize(size, 0);
        for run in whole {
            let at = (run.row - rows.start + REACH) * width + REACH + run.from - from;
            let energy = &self.energy[run.row * self.columns + run.from..run.row * self.columns + run.to];
            self.strongest[at..at + run.len()].iter_mut().zip(energy).for_each(|(to, energy)| *to = whole_of(*energy));
        }
        // The largest of two in a row, of four, of eight, of nine; then of as many rows. What reaches over the end of a row
        // lies in the next one's reach.
        for step in [1, 2, 4, 1].into_iter().chain([1, 2, 4, 1].map(|rows| rows * width)) {
            self.spare.clear();
            self.spare.extend(self.strongest.iter().zip(&self.strongest[step..]).map(|(a, b)| *a.max(b)));
            std::mem::swap(&mut self.strongest, &mut self.spare);
            self.strongest.resize(size, 0);
        }
        for run in whole {
            let at = (run.row - rows.start) * width + run.from - from;
            for (column, strongest) in (run.from..run.to).zip(&self.strongest[at..]) {
                if self.energy[run.row * self.columns + column] < STRONG * f32::from(*strongest) {
                    self.part.remove(run.row, column);
                }
            }
        }
    }

    fn directions(&self, members: &[Run]) -> Directions {
        let (mut cos, mut sin, mut strength) = (0.0, 0.0, 0.0);
        for run in members {
            for [c, s, strong] in &self.turned[run.row * self.columns + run.from..run.row * self.columns + run.to] {
                cos += c;
                sin += s;
                strength += strong;
            }
        }
        Directions { cos, sin, strength }
    }

    /// The area of `members` as a candidate, if it has the shape of one, and how much of that shape it fills, 0..=1.
    fn candidate(&self, members: &[Run], sums: &Directions, bin_middle: f32) -> Option<(Candidate, f32)> {
        let normal = (0.5 * sums.sin.atan2(sums.cos)).rem_euclid(PI);
        if angle_between(normal, bin_middle) > OWN_BIN {
            return None;
        }
        let n = blocks(members) as f32;
        // A run's middle and its extent stand for its blocks: sums over whole numbers side by side have a closed form.
        let side = BLOCK as f32;
        let (mut mx, mut my) = (0.0, 0.0);
        for run in members {
            let (x, y) = middle_of(run);
            let share = run.len() as f32 / n;
            mx += share * x;
            my += share * y;
        }
        // Second moments: the area's own long direction.
        let (mut sxx, mut syy, mut sxy) = (0.0, 0.0, 0.0);
        for run in members {
            let (x, y) = middle_of(run);
            let (dx, dy, blocks) = (x - mx, y - my, run.len() as f32);
            let share = blocks / n;
            sxx += share * (dx * dx + side * side * (blocks * blocks - 1.0) / 12.0);
            syy += share * dy * dy;
            sxy += share * dx * dy;
        }
        let split = ((sxx - syy).powi(2) + 4.0 * sxy * sxy).sqrt();
        let (long, short) = ((sxx + syy + split) / 2.0, ((sxx + syy - split) / 2.0).max(1.0));
        let long_direction = (0.5 * (2.0 * sxy).atan2(sxx - syy)).rem_euclid(PI);
        // A slim area tells the direction of the code better than its bars do, which lean when seen at a slant.
        let slim = (long / short).sqrt() >= 1.6 && angle_between(long_direction, normal) <= 0.75;
        let axis = if slim { long_direction } else { normal };
        let along = direction(axis);
        let bars = direction(normal + FRAC_PI_2);

        // Oblique coordinates along the code and along the bars.
        let cross = along.0 * bars.1 - along.1 * bars.0;
        if cross.abs() < 0.5 {
            return None;
        }
        let (mut least, mut most) = (f32::INFINITY, f32::NEG_INFINITY);
        for run in members {
            let (x, y) = middle_of(run);
            let half = side * (run.len() - 1) as f32 / 2.0;
            let u = ((x - mx) * bars.1 - (y - my) * bars.0) / cross;
            let reach = (half * bars.1 / cross).abs();
            least = least.min(u - reach);
            most = most.max(u + reach);
        }
        // Mean square of the place along the bars, from the moments that it is made of.
        let across_square =
            (along.0 * along.0 * syy - 2.0 * along.0 * along.1 * sxy + along.1 * along.1 * sxx) / (cross * cross);
        let margin = BLOCK as f32 / 2.0;
        let half_length = (most - least) / 2.0 + margin;
        // An even spread over ±h has the standard deviation h/√3; outliers stretch the extent, hardly this.
        let half_height = (3.0 * across_square.max(0.0)).sqrt().max(margin);
        if 2.0 * half_length < LEAST_LENGTH || half_length < LEAST_SLIMNESS * half_height {
            return None;
        }
        let middle_u = (most + least) / 2.0;
        let centre = (mx + middle_u * along.0, my + middle_u * along.1);
        let covered = n * (BLOCK * BLOCK) as f32;
        let filling = (covered / (4.0 * half_length * half_height * cross.abs())).min(1.0);
        let score = sums.strength * filling * filling.sqrt();
        Some((Candidate { centre, along, bars, half_length, half_height, score }, filling))
    }
}

/// What the blocks of an area say together of its direction, and how much they look like a code's.
struct Directions {
    /// Energy times the cosine, and the sine, of twice the direction.
    cos: f32,
    sin: f32,
    /// Energy times coherence: no candidate made of these blocks has a higher score.
    strength: f32,
}

/// The best candidates so far, none twice.
struct Best {
    most: usize,
    kept: Vec<Candidate>,
}

impl Best {
    /// A score that is not enough to be among them.
    fn least(&self) -> f32 {
        if self.kept.len() < self.most {
            0.0
        } else {
            self.kept.iter().fold(f32::INFINITY, |least, c| least.min(c.score))
        }
    }

    fn add(&mut self, candidate: Candidate) {
        if let Some(same) = self.kept.iter_mut().find(|kept| alike(kept, &candidate)) {
            if candidate.score > same.score {
                *same = candidate;
            }
            return;
        }
        if self.kept.len() < self.most {
            self.kept.push(candidate);
        } else if let Some(least) = self.kept.iter_mut().min_by(|a, b| a.score.total_cmp(&b.score))
            && candidate.score > least.score
        {
            *least = candidate;
        }
    }
}

/// An energy as a whole number: what is beyond them is as strong as any.
fn whole_of(energy: f32) -> u16 {
    energy as u16
}

fn blocks(members: &[Run]) -> usize {
    members.iter().map(|run| run.len()).sum()
}

/// The middle of a run of blocks, in pixels.
fn middle_of(run: &Run) -> (f32, f32) {
    let side = BLOCK as f32;
    (side * (run.from + run.to) as f32 / 2.0 - 0.5, side * (run.row as f32 + 0.5) - 0.5)
}

/// Adds to each block what a line of pixels tells of it, between those above and below.
fn add_products(line: &[u8], above: &[u8], below: &[u8], sums: &mut [[Words; 3]]) {
    let Some((first, others)) = sums.split_first_mut() else { return };
    add_at_edge(line, above, below, false, first);
    // A last block that ends with the line has no neighbour on the right.
    let whole = line.len().is_multiple_of(BLOCK);
    let others = match others.split_last_mut() {
        Some((last, others)) if whole => {
            add_at_edge(line, above, below, true, last);
            others
        }
        _ => others,
    };
    let (left, right) = (eights(line, BLOCK - 1), eights(line, BLOCK + 1));
    let (above, below) = (eights(above, BLOCK), eights(below, BLOCK));
    for ((((sums, left), right), above), below) in others.iter_mut().zip(left).zip(right).zip(above).zip(below) {
        add(sums, Halves::differences(right, left), Halves::differences(below, above));
    }
}

/// A line from a place on, by the pixels of a block.
fn eights(line: &[u8], from: usize) -> &[[u8; BLOCK]] {
    line.get(from..).unwrap_or_default().as_chunks().0
}

/// The same for the first block of a line, or if `last` for one that ends with it.
fn add_at_edge(line: &[u8], above: &[u8], below: &[u8], last: bool, sums: &mut [Words; 3]) {
    let from = if last { line.len().saturating_sub(BLOCK) } else { 0 };
    let eight = |line: &[u8], from: usize| eights(line, from).first().copied().unwrap_or_default();
    let (own, above, mut below) = (eight(line, from), eight(above, from), eight(below, from));
    let (mut left, mut right) = (own, own);
    // Without its neighbour the outermost pixel differs in nothing.
    let outermost = if last {
        left = eight(line, from.saturating_sub(1));
        right.rotate_left(1);
        BLOCK - 1
    } else {
        left.rotate_right(1);
        right = eight(line, 1);
        0
    };
    left[outermost] = right[outermost];
    below[outermost] = above[outermost];
    add(sums, Halves::differences(&right, &left), Halves::differences(&below, &above));
}

#[inline(always)]
fn add([xx, yy, xy]: &mut [Words; 3], gx: Halves, gy: Halves) {
    *xx = xx.plus(gx.products(gx));
    *yy = yy.plus(gy.products(gy));
    *xy = xy.plus(gx.products(gy));
}

/// Pixels of a block's 3×3 neighbourhood, at the picture's edges fewer.
fn pixels(row: usize, column: usize, rows: usize, columns: usize) -> f32 {
    let count = |i: usize, n: usize| (i + 2).min(n) - i.saturating_sub(1);
    (count(row, rows) * count(column, columns) * BLOCK * BLOCK) as f32
}

fn middle_of_bin(bin: usize) -> f32 {
    (bin as f32 + 0.5) * PI / BINS as f32
}

/// The step that a direction of this double angle falls into: by the place on a square about the origin, which grows with
/// the angle and costs one division.
fn step_of(cos: f32, sin: f32) -> usize {
    let along = sin / (cos.abs() + sin.abs());
    let place = if cos < 0.0 { 2.0 - along } else { along };
    // -1..3, once round.
    ((place + 1.0) * (STEPS as f32 / 4.0)) as usize % STEPS
}

/// The direction in the middle of a step, 0..π.
fn direction_of_step(step: usize) -> f32 {
    let place = (step as f32 + 0.5) * (4.0 / STEPS as f32) - 1.0;
    let (cos, sin) = if place < 1.0 { (1.0 - place.abs(), place) } else { ((place - 2.0).abs() - 1.0, 2.0 - place) };
    (0.5 * sin.atan2(cos)).rem_euclid(PI)
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
    fn each_direction_falls_into_a_step_that_stands_for_it() {
        for i in 0..3600 {
            let direction = i as f32 * PI / 3600.0;
            let step = step_of((2.0 * direction).cos(), (2.0 * direction).sin());
            let stands = direction_of_step(step);
            assert!(angle_between(direction, stands) < 0.01, "{direction}: step {step} stands for {stands}");
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
