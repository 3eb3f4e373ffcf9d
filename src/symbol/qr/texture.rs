//! Where a level may hold a code at all: a code is dark in half of its area, and its edges run every way. Print is mostly
//! paper, and bars vary along one direction only.
//!
//! Told by the halving of the level, for a quarter of the work: the noise of its pixels is half as strong, and modules as
//! small as a pixel of the level still show there as spots.

use crate::symbol::lanes::{Bytes, Halves};
use crate::symbol::pyramid::Level;

/// Side of the cells that are told apart, in pixels of the level.
pub(super) const CELL: usize = 8;
/// The same in pixels of its halving.
const HALF: usize = CELL / 2;
/// Pixels, and so many cells, that are looked at together.
const LANES: usize = 16;
const CELLS: usize = LANES / HALF;
/// Rows of the halving from one that is looked at to the next.
const EVERY: usize = 2;
/// Pixels looked at in the squares of two by two cells that are judged.
const AREA: u32 = (4 * HALF * HALF / EVERY) as u32;
/// Cells on each side of a square among which its lightest and its darkest pixel are sought.
const AROUND: usize = 2;
/// Grey levels that must lie between these for any dark module to be there.
const LEAST_CONTRAST: u8 = 20;
/// How dark two by two cells of a code are, in hundredths from the lightest to the darkest pixel around; these bounds and
/// the next two leave out no finder pattern of 312 synthetic codes with modules of 1 to 2.7 pixels, but six of seven
/// parts of other pictures. From 26 on, half of the codes printed with ink thinner by a fifth of a module were left out.
const DARK: std::ops::RangeInclusive<u32> = 22..=75;
/// The least of it where paper is burnt out: the sensor's clipping moves every edge into the dark modules.
const LEAST_DARK_BURNT_OUT: u32 = 14;
/// The lightest pixel around, then.
const BURNT_OUT: u8 = u8::MAX;
/// Differences between neighbours, in hundredths of the contrast: along the direction in which they are least.
const LEAST_VARIED: u32 = 5;
/// The same in hundredths of those along the direction in which they are largest. Bars have next to none along them.
const LEAST_EVEN: u32 = 50;
/// Neighbours that touch by their corners differ by so many fourths of what others differ by.
const SLANT: u32 = 5;

/// The cells of a level. Holds the memory.
#[derive(Debug, Default)]
pub(super) struct Texture {
    pub(super) columns: usize,
    pub(super) rows: usize,
    /// Whether there is contrast in or near a cell.
    pub(super) busy: Vec<bool>,
    /// Whether a cell looks like a part of a code.
    pub(super) dense: Vec<bool>,
    /// The least and the greatest luminance of each cell, later of those round the square that begins with it.
    lows: Vec<u8>,
    highs: Vec<u8>,
    /// Of each cell the sum of luminance, and those of the differences to the neighbour on the right, below, below on the
    /// right and below on the left.
    sums: [Vec<u16>; 5],
    /// The rows of pixels of a row of cells and the one below, their last pixel repeated.
    band: [Vec<u8>; HALF + 1],
    padded: Vec<u8>,
    flags: Vec<bool>,
}

impl Texture {
    /// Takes in how many cells a level has, by its halving.
    pub(super) fn measure(&mut self, half: &Level) {
        (self.columns, self.rows) = (half.width.div_ceil(LANES) * CELLS, half.height.div_ceil(HALF));
    }

    /// Takes in a level by its halving.
    pub(super) fn look(&mut self, half: &Level) {
        let (width, height) = (half.width, half.height);
        let groups = width.div_ceil(LANES);
        self.measure(half);
        let cells = self.columns * self.rows;
        // Each is written again.
        self.lows.resize(cells, 0);
        self.highs.resize(cells, 0);
        self.sums.iter_mut().for_each(|sums| sums.resize(cells, 0));
        for top in (0..height).step_by(HALF) {
            for (y, row) in self.band.iter_mut().enumerate() {
                // The last row again where there are no more.
                let from = &half.luma[(top + y).min(height - 1) * width..][..width];
                row.clear();
                row.extend_from_slice(from);
                row.resize(groups * LANES + 1, from[width - 1]);
            }
            for group in 0..groups {
                self.add(group * LANES, top / HALF * self.columns + group * CELLS);
            }
        }
        self.judge();
    }

    /// Takes in the cells from `at` on, whose pixels begin at a column of the band.
    fn add(&mut self, from: usize, at: usize) {
        let mut sums = [Halves::default(); 5];
        let (mut lows, mut highs) = (Bytes::from(&[u8::MAX; LANES]), Bytes::from(&[0; LANES]));
        for y in (0..HALF).step_by(EVERY) {
            let line =
                |y: usize, from: usize| self.band[y].get(from..).and_then(|row| row.first_chunk()).map(Bytes::from);
            let (Some(a), Some(b)) = (line(y, from), line(y, from + 1)) else { return };
            let (Some(c), Some(d)) = (line(y + 1, from), line(y + 1, from + 1)) else { return };
            lows = lows.least(a);
            highs = highs.most(a);
            let [light, across, down, falling, rising] = sums;
            sums = [
                light.plus(a.pairs()),
                across.plus(a.differing(b).pairs()),
                down.plus(a.differing(c).pairs()),
                falling.plus(a.differing(d).pairs()),
                rising.plus(b.differing(c).pairs()),
            ];
        }
        // The four columns of each cell.
        for (cells, pairs) in self.sums.iter_mut().zip(sums) {
            put(cells, at, pairs.pairs());
        }
        put(&mut self.lows, at, lows.least_of_fours());
        put(&mut self.highs, at, highs.most_of_fours());
    }

    /// Tells the cells apart.
    fn judge(&mut self) {
        let (columns, rows) = (self.columns, self.rows);
        spread(&mut self.lows, &mut self.padded, columns, (AROUND, AROUND + 1), u8::min);
        spread(&mut self.highs, &mut self.padded, columns, (AROUND, AROUND + 1), u8::max);
        refill(&mut self.busy, columns * rows, false);
        for ((busy, low), high) in self.busy.iter_mut().zip(&self.lows).zip(&self.highs) {
            *busy = high.saturating_sub(*low) >= LEAST_CONTRAST;
        }
        // Squares by their first cells.
        refill(&mut self.dense, columns * rows, false);
        for at in (0..rows.saturating_sub(1)).map(|row| row * columns) {
            let [a, b, c, d] =
                [at, at + 1, at + columns, at + columns + 1].map(|at| &self.sums[0][at..][..columns - 1]);
            let extremes = self.lows[at..].iter().zip(&self.highs[at..]);
            let cells = extremes.zip(a).zip(b).zip(c).zip(d);
            for (out, (((((low, high), a), b), c), d)) in self.dense[at..].iter_mut().zip(cells) {
                let light = a.wrapping_add(*b).wrapping_add(*c).wrapping_add(*d);
                let whole = AREA * u32::from(high.saturating_sub(*low));
                let dark = (AREA * u32::from(*high)).wrapping_sub(u32::from(light)).wrapping_mul(100);
                let least = if *high == BURNT_OUT { LEAST_DARK_BURNT_OUT } else { *DARK.start() };
                *out = (high.saturating_sub(*low) >= LEAST_CONTRAST)
                    & (dark >= whole.wrapping_mul(least))
                    & (dark <= whole.wrapping_mul(*DARK.end()));
            }
        }
        for at in 0..(rows.saturating_sub(1) * columns).saturating_sub(1) {
            if self.dense[at] {
                self.dense[at] = self.is_varied(at);
            }
        }
        // Only where four of them overlap: a line of print is too thin for it.
        for at in (0..rows.saturating_sub(1)).map(|row| row * columns) {
            let (own, below) = self.dense[at..].split_at_mut(columns);
            own.iter_mut().zip(below).for_each(|(o, b)| *o &= *b);
        }
        for own in self.dense.chunks_exact_mut(columns) {
            for at in 1..columns {
                own[at - 1] &= own[at];
            }
        }
        spread(&mut self.dense, &mut self.flags, columns, (2, 0), |a, b| a | b);
    }

    /// Whether the square of two by two cells that begins with one varies along every direction.
    fn is_varied(&self, at: usize) -> bool {
        let mut sums = [0u32; 4];
        for (sum, cells) in sums.iter_mut().zip(&self.sums[1..]) {
            let (upper, lower) = (&cells[at..at + 2], &cells[at + self.columns..][..2]);
            *sum = upper.iter().chain(lower).map(|v| u32::from(*v)).sum();
        }
        sums.iter_mut().zip([SLANT, SLANT, 4, 4]).for_each(|(s, share)| *s *= share);
        let (least, most) = sums.iter().fold((u32::MAX, 0), |(l, m), &s| (s.min(l), s.max(m)));
        let whole = AREA * u32::from(self.highs[at].saturating_sub(self.lows[at]));
        100 * least >= LEAST_VARIED * SLANT * whole && 100 * least >= LEAST_EVEN * most
    }
}

/// Writes the values of a group of cells.
fn put<T: Copy>(cells: &mut [T], at: usize, values: [T; CELLS]) {
    if let Some(cells) = cells.get_mut(at..).and_then(|cells| cells.first_chunk_mut()) {
        *cells = values;
    }
}

fn refill<T: Clone>(items: &mut Vec<T>, count: usize, value: T) {
    items.clear();
    items.resize(count, value);
}

/// Replaces each cell by the extreme of those from so many before it to so many behind it, in both directions.
pub(super) fn spread<T: Copy>(
    cells: &mut [T],
    padded: &mut Vec<T>,
    columns: usize,
    (before, behind): (usize, usize),
    extreme: impl Fn(T, T) -> T,
) {
    for row in cells.chunks_exact_mut(columns) {
        // What is repeated at the ends is near enough to count there anyway.
        let (first, last) = (row[0], row[columns - 1]);
        refill(padded, before, first);
        padded.extend_from_slice(row);
        padded.resize(before + columns + behind, last);
        for shift in 0..=before + behind {
            row.iter_mut().zip(&padded[shift..]).for_each(|(o, v)| *o = extreme(*o, *v));
        }
    }
    // Down, by the rows as they are now.
    padded.clear();
    padded.extend_from_slice(cells);
    let rows = cells.len() / columns;
    for (row, out) in cells.chunks_exact_mut(columns).enumerate() {
        for near in row.saturating_sub(before)..(row + behind + 1).min(rows) {
            out.iter_mut().zip(&padded[near * columns..]).for_each(|(o, v)| *o = extreme(*o, *v));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_varies_every_way_and_is_half_dark_looks_like_a_code() {
        /// Black or white by chance, the same for each square of a side.
        fn spot(x: usize, y: usize, side: f32) -> bool {
            let (i, j) = ((x as f32 / side) as u32, (y as f32 / side) as u32);
            (i.wrapping_mul(0x9e37_79b9) ^ j.wrapping_mul(0x85eb_ca6b)).wrapping_mul(0xc2b2_ae35) >> 31 == 1
        }
        fn bars(x: usize, y: usize, degrees: f32) -> bool {
            let (sin, cos) = degrees.to_radians().sin_cos();
            (x as f32 * cos + y as f32 * sin + 400.0) % 5.0 < 2.5
        }
        type Ink = fn(usize, usize) -> bool;
        // (what, where its halving is black, grey levels from black to white, the share that is to look like a code)
        for (name, ink, contrast, from, to) in [
            ("paper", (|_, _| false) as Ink, 200, 0.0, 0.0),
            ("paper's noise", |x, y| spot(x, y, 1.0), 12, 0.0, 0.0),
            ("modules of two pixels", |x, y| spot(x, y, 1.0), 160, 0.95, 1.0),
            // Blocks of three by three cells hold no more than 25 of them; what lies between is still near enough.
            ("modules of five pixels", |x, y| spot(x, y, 2.5), 160, 0.5, 1.0),
            ("modules in a shadow", |x, y| spot(x, y, 1.5), 30, 0.95, 1.0),
            ("bars", |x, _| x % 5 < 2, 160, 0.0, 0.0),
            ("bars at 30°", |x, y| bars(x, y, 30.0), 160, 0.0, 0.2),
            ("bars at 45°", |x, y| bars(x, y, 45.0), 160, 0.0, 0.0),
            ("an edge", |x, _| x > 61, 160, 0.0, 0.0),
            // Strokes that fill a third of lines eight pixels high, as many between them.
            ("lines of print", |x, y| y % 16 < 8 && (x / 2 + y / 3) % 3 == 0, 160, 0.0, 0.0),
            (
                "thin print all over",
                |x, y| spot(x, y, 2.0) && spot(x + 640, y, 2.0) && spot(x, y + 640, 2.0),
                160,
                0.0,
                0.1,
            ),
        ] {
            let (width, height) = (128, 96);
            let luma =
                (0..width * height).map(|i| if ink(i % width, i / width) { 210 - contrast } else { 210 }).collect();
            let mut texture = Texture::default();
            texture.look(&Level { luma, width, height });
            let share = texture.dense.iter().filter(|d| **d).count() as f32 / texture.dense.len() as f32;
            assert!((from..=to).contains(&share), "{name}: {share}");
            assert_eq!(texture.busy.contains(&true), contrast >= 20 && name != "paper", "{name}");
        }
    }

    #[test]
    fn levels_of_any_size_are_taken_in() {
        for (width, height) in [(1, 1), (1, 40), (40, 1), (3, 3), (5, 9), (16, 4), (17, 13)] {
            let luma = (0..width * height).map(|i| (i * 97 % 256) as u8).collect();
            let mut texture = Texture::default();
            texture.look(&Level { luma, width, height });
            let cells = texture.columns * texture.rows;
            assert!(texture.columns * HALF >= width && texture.rows * HALF >= height, "{width} × {height}");
            assert_eq!((texture.busy.len(), texture.dense.len()), (cells, cells), "{width} × {height}");
        }
    }
}
