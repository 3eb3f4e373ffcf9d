//! Finder patterns: three by three dark modules in a light ring in a dark ring, along any line through the middle
//! 1 : 1 : 3 : 1 : 1 (ISO/IEC 18004, clause 6.3.3).
//!
//! A page of Japanese print is full of 口 and 回, which look alike; everything here has its limit.

use std::ops::RangeInclusive;

use super::radial::Radial;
use super::texture::{CELL, Texture, spread};
use crate::small_sort::sort_few_by_key;
use crate::symbol::Point;
use crate::symbol::pyramid::{Level, Pyramid, halve};

/// Parts of a grey level that the threshold between light and dark is counted in.
const GREY: i16 = 16;
/// How much darker than the mean dark is, in those parts: so that the noise of plain paper shows nothing.
const BIAS: u16 = 32;
/// Longer runs are taken to be as long as this: no finder pattern that fits a picture has them.
const LONGEST: u32 = 8000;
/// The same threshold on the coarsest level, where there is nothing coarser to see large modules on, is a mean over so
/// many pixels to each side. Elsewhere it spans six pixels.
const LAST_RADIUS: usize = 15;
/// Finder patterns that are matched with each other: more are print.
const FINDERS: usize = 44;
/// The same light on dark.
const PALE: usize = 12;
/// Triples that are looked at.
const TRIPLES: usize = 150;
/// Blurred ones that are matched.
const BLURRED: usize = 30;
/// Sightings kept apart while a level is searched: noise makes thousands.
const SIGHTINGS: usize = 400;
/// Modules between the middles of two finder patterns: 14 in version 1, 170 in version 40; eL-QR has 30 or 34. Measured
/// along a row of a code that is turned by 45° a module seems 1.4 times as long.
const DISTANCE: RangeInclusive<f32> = 8.5..=190.0;

/// The same of a code whose finder patterns are washed out: up to version 10. The place of a larger one's far modules cannot
/// be told from three washed-out patterns.
const WASHED_OUT: RangeInclusive<f32> = 8.5..=60.0;
/// Cells round those that are looked at whose threshold is needed: columns and diagonals are followed beyond them.
const MARGIN: usize = 3;
/// Cells round one that looks like a part of a code that are looked at.
const BESIDE: usize = 3;
/// How far from something like a finder pattern the code's others may be, in its modules: the diagonal of version 10.
const AROUND: f32 = 72.0;
/// The same at least, in pixels: what shows of a washed-out pattern, or of the modules beside it, tells little of its size.
const LEAST_AROUND: f32 = 290.0;

/// Cosine of the angle between the legs of a code: seen at a slant of 60° it differs from 90° by up to 37°, and from close
/// by a little more.
const MOST_SKEW: f32 = 0.65;

/// A finder pattern, in pixels of its level.
#[derive(Debug, Clone, Copy)]
pub(super) struct Finder {
    pub(super) x: f32,
    pub(super) y: f32,
    /// Pixels a module, as a mean along the row and the column.
    pub(super) module: f32,
    /// Rows that showed it, those that both diagonals confirm counted twice.
    pub(super) weight: f32,
    /// Light on dark.
    pub(super) pale: bool,
}

/// Three finder patterns that may belong to one code.
#[derive(Debug, Clone, Copy)]
pub(super) struct Triple {
    /// Middles of those at the top left, top right and bottom left, as the code is read.
    pub(super) middles: [Point; 3],
    /// Modules on a side, guessed by modules along the legs and by those of the patterns.
    pub(super) sides: [f32; 2],
    /// How much farther away than the first the second and the third are seen to be: 1 is as far.
    pub(super) depths: [f32; 2],
    /// Light on dark.
    pub(super) pale: bool,
    /// How badly they fit: 0 is perfect.
    pub(super) misfit: f32,
}

/// A place where a row and a column showed the ratio of a finder pattern, in pixels of its level.
#[derive(Debug, Clone, Copy)]
struct Sighting {
    level: usize,
    x: f32,
    y: f32,
    module: f32,
}

/// Memory of a row that is looked at.
#[derive(Debug, Default)]
struct Scratch {
    /// One where the row changes between light and dark.
    changes: Vec<u8>,
    /// Where it does.
    edges: Vec<u32>,
    /// Pixels from one of these places to the next.
    runs: Vec<u16>,
    /// Whether five of them, the first at this place, may be those of a finder pattern.
    likely: Vec<bool>,
}

/// Searches levels. Holds the memory, so that a running camera allocates little anew.
#[derive(Debug, Default)]
pub(super) struct Search {
    /// Where there is no next level: the pixels halved.
    halved: Level,
    /// What divides light from dark, in [`GREY`]ths of a grey level: a weighted mean round each two by two pixels.
    threshold: Vec<u16>,
    /// Sums of columns of the halved picture, its edges repeated on both sides.
    columns: Vec<u32>,
    weighted: Vec<u16>,
    /// Rows of luminance less threshold; dark is negative.
    lines: [Vec<i16>; 3],
    scratch: Scratch,
    /// Sums of three by three of luminance less threshold.
    smooth: Vec<i16>,
    texture: Texture,
    /// The blocks to be looked at of each level that was taken in before in this frame: a thorough search comes to it again.
    looked: [Vec<bool>; Pyramid::LEVELS],
    busy: Vec<bool>,
    flags: Vec<bool>,
    /// For each row of cells the stretch whose threshold is needed, in pixels of the halving.
    extents: Vec<(usize, usize)>,
    finders: Vec<Finder>,
    /// Finder patterns light on dark of the level searched last.
    pale: Vec<Finder>,
    /// Triples of these, each with its level, of all levels of the frame.
    pub(super) inverted: Vec<(usize, Triple)>,
    /// What the usual search of the frame saw, level by level.
    seen: Vec<Sighting>,
    radial: Radial,
    width: usize,
    height: usize,
}

impl Search {
    /// Forgets what was seen on the levels of the frame before.
    pub(super) fn next_frame(&mut self) {
        self.seen.clear();
        self.inverted.clear();
        self.looked.iter_mut().for_each(Vec::clear);
    }

    /// How often a row and a column of a level showed something like a finder pattern.
    pub(super) fn seen(&self, at: usize) -> usize {
        self.seen.iter().filter(|s| s.level == at).count()
    }

    /// The triples of a level that may be codes, best first; the next level is its halving. `blurred` looks for finder
    /// patterns whose light ring does not show as well, round what the search without it saw on this level and the next
    /// finer one.
    pub(super) fn triples(&mut self, levels: &[Level], at: usize, step: usize, blurred: bool, out: &mut Vec<Triple>) {
        out.clear();
        self.pale.clear();
        let mut sightings = Vec::new();
        let mut finders = std::mem::take(&mut self.finders);
        finders.clear();
        if let Some(level) = self.begin(levels, at) {
            if blurred {
                self.narrow(at);
            }
            self.extend();
            if at + 1 == levels.len() {
                self.divide_far(LAST_RADIUS / 2);
                self.finders(level, 1, &mut finders, &mut sightings);
            }
            let halved = std::mem::take(&mut self.halved);
            let half = levels.get(at + 1).unwrap_or(&halved);
            if blurred {
                self.divide(half, true);
                self.finders(level, 2, &mut finders, &mut sightings);
            }
            let wide = finders.len();
            self.divide(half, false);
            self.halved = halved;
            self.finders(level, step, &mut finders, &mut sightings);
            if blurred {
                // What both thresholds show is one.
                let (old, new) = finders.split_at_mut(wide);
                for f in old {
                    if new.iter().any(|n| (n.x - f.x).hypot(n.y - f.y) < 1.5 * n.module) {
                        f.weight = 0.0;
                    }
                }
                finders.retain(|f| f.weight > 0.0);
                self.blurred(level, &mut finders);
            }
            combine(&mut finders, FINDERS, if blurred { &WASHED_OUT } else { &DISTANCE }, out);
            out.iter_mut().for_each(|triple| self.measure(level, triple));
            if !blurred {
                let mut pale = std::mem::take(&mut self.pale);
                pale.retain(|f| f.weight * 2.0 * step as f32 >= 2.0);
                let mut triples = Vec::new();
                combine(&mut pale, PALE, &DISTANCE, &mut triples);
                triples.iter_mut().for_each(|triple| self.measure(level, triple));
                self.inverted.extend(triples.into_iter().map(|triple| (at, triple)));
                self.pale = pale;
            }
        }
        self.finders = finders;
        if !blurred {
            self.seen.extend(sightings.iter().map(|f| Sighting { level: at, x: f.x, y: f.y, module: f.module }));
        }
    }

    /// Takes in a level, if it is large enough for a code.
    fn begin<'a>(&mut self, levels: &'a [Level], at: usize) -> Option<&'a Level> {
        let level = levels.get(at).filter(|l| l.width >= 21 && l.height >= 21)?;
        (self.width, self.height) = (level.width, level.height);
        if at + 1 == levels.len() {
            halve(level, &mut self.halved);
        }
        let halved = std::mem::take(&mut self.halved);
        let half = levels.get(at + 1).unwrap_or(&halved);
        self.texture.measure(half);
        let known = self.looked.get(at).is_some_and(|looked| !looked.is_empty());
        if !known {
            self.find_busy(half, at + 1 == levels.len());
        }
        if let Some(looked) = self.looked.get_mut(at) {
            let (from, to) = if known { (looked, &mut self.busy) } else { (&mut self.busy, looked) };
            to.clone_from(from);
        }
        self.halved = halved;
        Some(level)
    }

    /// Modules on a side and how far away its ends are, by the modules' length along the legs themselves.
    fn measure(&self, level: &Level, triple: &mut Triple) {
        let [v, p, q] = triple.middles;
        let (mut sum, mut legs) = (0.0, 0.0);
        for (end, depth) in [p, q].into_iter().zip(&mut triple.depths) {
            let (dx, dy) = (end.x - v.x, end.y - v.y);
            let leg = dx.hypot(dy).max(1.0);
            let step = (dx / leg, dy / leg);
            let guess = leg / (triple.sides[1] - 7.0).max(1.0);
            let module = |at: Point| self.cross(level, (at.x, at.y, triple.pale), step, guess).map(|(_, m)| m);
            // Along a line that leads away a module shrinks with the square of its distance.
            let module = match (module(v), module(end)) {
                (Some(near), Some(far)) => {
                    *depth = (near / far).sqrt();
                    (near * far).sqrt()
                }
                (Some(one), None) | (None, Some(one)) => one,
                (None, None) => continue,
            };
            sum += leg / module;
            legs += 1.0;
        }
        if legs > 0.0 {
            triple.sides[0] = sum / legs + 7.0;
        }
    }

    /// Adds the finder patterns of a level that every `step`th row shows.
    fn finders(&mut self, level: &Level, step: usize, found: &mut Vec<Finder>, sightings: &mut Vec<Finder>) {
        let from = found.len();
        let mut pale = std::mem::take(&mut self.pale);
        let mut line = std::mem::take(&mut self.lines[0]);
        let mut scratch = std::mem::take(&mut self.scratch);
        let mut stretches = Vec::new();
        for row in 0..self.texture.rows {
            self.stretches(row, &mut stretches);
            let top = (row * CELL).next_multiple_of(step);
            for y in (top..(row * CELL + CELL).min(self.height)).step_by(step) {
                for &(start, end) in &stretches {
                    self.subtract(level, y, start, end, &mut line);
                    self.scan(level, (start, y, step), &line, &mut scratch, |finder, module| {
                        if !finder.pale {
                            sightings.push(finder);
                        }
                        if let Some(finder) = self.confirm(level, finder, module) {
                            let (found, from) = if finder.pale { (&mut pale, 0) } else { (&mut *found, from) };
                            gather(found, from, finder);
                        }
                    });
                }
            }
        }
        (self.lines[0], self.scratch, self.pale) = (line, scratch, pale);
        found.retain(|f| f.weight * step as f32 >= 2.0);
        found.iter_mut().skip(from).for_each(|f| f.weight *= step as f32);
    }

    /// Finds where the threshold is needed: where rows are looked at, and as far round it as a finder pattern reaches.
    fn extend(&mut self) {
        let columns = self.texture.columns;
        let spans = |row: &[bool]| {
            let from = row.iter().position(|b| *b)?;
            Some((from, row.iter().rposition(|b| *b)? + 1))
        };
        let spans: Vec<Option<(usize, usize)>> = self.busy.chunks_exact(columns).map(spans).collect();
        self.extents.clear();
        for row in 0..spans.len() {
            let near = spans[row.saturating_sub(MARGIN)..(row + MARGIN + 1).min(spans.len())].iter().flatten();
            let extent = near.fold((usize::MAX, 0), |(from, to), s| (s.0.min(from), s.1.max(to)));
            let half = CELL / 2;
            self.extents.push(if extent.1 == 0 {
                (0, 0)
            } else {
                (extent.0.saturating_sub(MARGIN) * half, (extent.1 + MARGIN) * half)
            });
        }
    }

    /// The stretches of a row of cells that are looked at, in pixels.
    fn stretches(&self, row: usize, out: &mut Vec<(usize, usize)>) {
        out.clear();
        let columns = self.texture.columns;
        let busy = &self.busy[row * columns..][..columns];
        let mut at = 0;
        while let Some(start) = busy[at..].iter().position(|b| *b).map(|first| at + first) {
            at = busy[start..].iter().position(|b| !*b).map_or(columns, |length| start + length);
            let (start, end) = (start * CELL, (at * CELL).min(self.width));
            if start < end {
                out.push((start, end));
            }
        }
    }

    /// Adds finder patterns whose light ring does not show, where none is yet: round the darkest pixels of their
    /// neighbourhoods, the best first.
    fn blurred(&mut self, level: &Level, found: &mut Vec<Finder>) {
        let (width, height) = (self.width, self.height);
        let blocks = self.texture.columns;
        // As far as places are compared, and a block further on each side.
        let spans = self
            .busy
            .chunks_exact(blocks)
            .flat_map(|row| [row.iter().position(|busy| *busy), row.iter().rposition(|busy| *busy)]);
        let (first, last) = spans.flatten().fold((usize::MAX, 0), |(from, to), at| (from.min(at), to.max(at)));
        if first > last {
            return;
        }
        let (from, to) = (first.saturating_sub(1) * CELL, ((last + 2) * CELL).min(width));
        if from + 3 > to {
            return;
        }
        // Sums of three by three, so that noise moves the darkest place less. Halved, to fit. Each that is compared is written,
        // but for the outermost rows, which have none.
        self.smooth.resize(width * height, 0);
        self.smooth[..width].fill(0);
        self.smooth[(height - 1) * width..].fill(0);
        let mut lines = std::mem::take(&mut self.lines);
        let wanted = |y: usize| self.busy[(y / CELL).min(self.texture.rows - 1) * blocks..][..blocks].contains(&true);
        let mut ready = 0;
        for y in 0..height {
            // Three rows make a sum, and sums two rows further are compared.
            if !wanted(y.saturating_sub(4)) && !wanted((y + 4).min(height - 1)) {
                ready = 0;
                continue;
            }
            self.subtract(level, y, from, to, &mut lines[y % 3]);
            ready += 1;
            if ready < 3 {
                continue;
            }
            let [a, b, c] = &lines;
            let out = &mut self.smooth[(y - 1) * width + from..(y - 1) * width + to];
            for (((o, a), b), c) in out.iter_mut().zip(&a[1..]).zip(&b[1..]).zip(&c[1..]) {
                *o = (a.wrapping_add(*b).wrapping_add(*c)) >> 1;
            }
            // From left to right each sum takes the place before its middle's.
            let sums = to - from - 2;
            for x in 0..sums {
                out[x] = out[x].wrapping_add(out[x + 1]).wrapping_add(out[x + 2]);
            }
            out.copy_within(0..sums, 1);
        }
        self.lines = lines;
        let mut best: Vec<Finder> = Vec::new();
        for y in 2..height - 2 {
            let row = |y: usize| &self.smooth[y * width..][..width];
            let line = row(y);
            let busy = &self.busy[(y / CELL).min(self.texture.rows - 1) * blocks..][..blocks];
            for (block, _) in busy.iter().enumerate().filter(|(_, busy)| **busy) {
                for x in (block * CELL).max(2)..((block + 1) * CELL).min(width - 2) {
                    let own = line[x];
                    if own >= 0
                        || line[x - 1] < own
                        || line[x + 1] <= own
                        || row(y - 1)[x - 2..x + 3].iter().any(|&v| v < own)
                        || row(y + 1)[x - 2..x + 3].iter().any(|&v| v <= own)
                        || line[x - 2] < own
                        || line[x + 2] <= own
                        || row(y - 2)[x - 2..x + 3].iter().any(|&v| v < own)
                        || row(y + 2)[x - 2..x + 3].iter().any(|&v| v <= own)
                    {
                        continue;
                    }
                    let Some(finder) = self.radial.look(&level.luma, width, height, x, y) else { continue };
                    let place = best.partition_point(|b| b.weight >= finder.weight);
                    let near = best.iter().position(|b| (b.x - finder.x).hypot(b.y - finder.y) < 2.5 * finder.module);
                    match near {
                        Some(near) if near < place => continue,
                        Some(near) => drop(best.remove(near)),
                        None => {}
                    }
                    if place < BLURRED {
                        best.insert(place, finder);
                        best.truncate(BLURRED);
                    }
                }
            }
        }
        for mut finder in best {
            if !found.iter().any(|f| (f.x - finder.x).hypot(f.y - finder.y) < 2.5 * finder.module) {
                // As much as two rows that showed it.
                finder.weight *= 3.0;
                found.push(finder);
            }
        }
    }

    /// Blocks that are looked at: on the coarsest level, where modules may be large, all with contrast, elsewhere those that
    /// look like a part of a code or lie next to one.
    fn find_busy(&mut self, half: &Level, coarsest: bool) {
        self.texture.look(half);
        self.busy.clear();
        if coarsest {
            self.busy.extend_from_slice(&self.texture.busy);
            return;
        }
        self.busy.extend_from_slice(&self.texture.dense);
        spread(&mut self.busy, &mut self.flags, self.texture.columns, (BESIDE, BESIDE), |a, b| a | b);
    }

    /// Leaves of the blocks with contrast those round what was seen on this level and the next finer one.
    fn narrow(&mut self, at: usize) {
        let (columns, rows) = (self.texture.columns, self.texture.rows);
        let busy = std::mem::replace(&mut self.busy, vec![false; columns * rows]);
        for s in self.seen.iter().filter(|s| s.level == at || s.level + 1 == at) {
            let scale = if s.level == at { 1.0 } else { 0.5 };
            let (x, y, reach) = (scale * s.x, scale * s.y, (scale * s.module * AROUND).max(LEAST_AROUND));
            let blocks = |from: f32, most: usize| {
                let block = |v: f32| (v.max(0.0) as usize / CELL).min(most - 1);
                block(from - reach)..block(from + reach) + 1
            };
            let across = blocks(x, columns);
            for row in blocks(y, rows) {
                let row = row * columns;
                self.busy[row + across.start..row + across.end]
                    .copy_from_slice(&busy[row + across.start..row + across.end]);
            }
        }
    }

    /// The threshold of a level where it is looked at: a mean over three by three pixels of its halving, or if `wide` over
    /// five by five of which the outermost count half.
    fn divide(&mut self, half: &Level, wide: bool) {
        let (width, height) = (half.width, half.height);
        self.threshold.resize(width * height, 0);
        let mut threshold = std::mem::take(&mut self.threshold);
        for (y, out) in threshold.chunks_exact_mut(width).enumerate() {
            let (from, to) = self.extents[(y / (CELL / 2)).min(self.extents.len() - 1)];
            let (from, to) = (from.min(width), to.min(width));
            // Nothing of the frame before may stay.
            out[..from].fill(0);
            out[to..].fill(0);
            if from == to {
                continue;
            }
            let out = &mut out[from..to];
            if wide { self.smoothed::<5>(half, y, from, out) } else { self.smoothed::<3>(half, y, from, out) }
        }
        self.threshold = threshold;
    }

    /// A stretch of a row of the threshold from a column, over `N` by `N` pixels of the halving.
    fn smoothed<const N: usize>(&mut self, half: &Level, y: usize, from: usize, out: &mut [u16]) {
        let (width, height) = (half.width, half.height);
        let reach = N / 2;
        // In parts of the outermost of five: 9 or 64 of them.
        let shares = if N == 3 { [1u16; N] } else { std::array::from_fn(|i| if i == 0 || i + 1 == N { 1 } else { 2 }) };
        let whole: u32 = shares.iter().map(|s| u32::from(*s)).sum();
        let parts = GREY as u32 * 65536 / (whole * whole);
        // Columns that are summed, those beyond the edge being that at the edge.
        let (first, last) = (from.saturating_sub(reach), (from + out.len() + reach).min(width));
        let before = reach - (from - first);
        self.weighted.clear();
        self.weighted.resize(out.len() + 2 * reach, 0);
        let sums = &mut self.weighted[before..before + last - first];
        let rows: [&[u8]; N] =
            std::array::from_fn(|i| &half.luma[(y + i).saturating_sub(reach).min(height - 1) * width..][first..last]);
        for (row, share) in rows.iter().zip(shares) {
            for (sum, v) in sums.iter_mut().zip(*row) {
                *sum = sum.wrapping_add(u16::from(*v).wrapping_mul(share));
            }
        }
        let (left, right) = (sums[0], sums[sums.len() - 1]);
        self.weighted[..before].fill(left);
        self.weighted[before + last - first..].fill(right);
        for (out, near) in out.iter_mut().zip(self.weighted.windows(N)) {
            // At most 64 · 255.
            let sum = near.iter().zip(shares).fold(0u16, |sum, (v, share)| sum.wrapping_add(v.wrapping_mul(share)));
            *out = (u32::from(sum).wrapping_mul(parts) >> 16).wrapping_add(1).saturating_sub(BIAS.into()) as u16;
        }
    }

    /// The threshold of the coarsest level for large modules: the mean over `2 · radius + 1` pixels of its halving, both
    /// ways.
    fn divide_far(&mut self, radius: usize) {
        let (width, height) = (self.halved.width, self.halved.height);
        let area = ((2 * radius + 1) * (2 * radius + 1)) as u32;
        self.threshold.clear();
        self.columns.clear();
        self.columns.resize(width + 2 * radius, 0);
        let reach = radius as isize;
        let row = |y: isize| &self.halved.luma[y.clamp(0, height as isize - 1) as usize * width..][..width];
        for y in 0..height as isize {
            self.columns[radius..radius + width].fill(0);
            for near in y - reach..=y + reach {
                for (sum, v) in self.columns[radius..].iter_mut().zip(row(near)) {
                    *sum += u32::from(*v);
                }
            }
            let (first, last) = (self.columns[radius], self.columns[radius + width - 1]);
            self.columns[..radius].fill(first);
            self.columns[radius + width..].fill(last);
            self.threshold.extend(
                self.columns
                    .windows(2 * radius + 1)
                    .map(|window| (window.iter().sum::<u32>() * GREY as u32 / area) as u16),
            );
        }
    }

    /// Luminance less threshold along a stretch of a row, with a light one before and behind.
    fn subtract(&self, level: &Level, y: usize, from: usize, to: usize, out: &mut Vec<i16>) {
        let half = self.width / 2;
        let luma = &level.luma[y * self.width + from..y * self.width + to];
        let threshold = &self.threshold[(y / 2).min(self.height / 2 - 1) * half..][..half];
        // All between the first and the last is written below.
        out.resize(to - from + 2, GREY);
        (out[0], out[to - from + 1]) = (GREY, GREY);
        let (pairs, rest) = luma.as_chunks::<2>();
        let (outs, last) = out[1..=to - from].as_chunks_mut::<2>();
        for ((o, v), t) in outs.iter_mut().zip(pairs).zip(&threshold[from / 2..]) {
            *o = v.map(|v| (i16::from(v) * GREY).wrapping_sub(*t as i16));
        }
        if let ([v], [o]) = (rest, last) {
            *o = i16::from(*v) * GREY - threshold[half - 1] as i16;
        }
    }

    /// Looks for the ratio along a stretch of a row from `(start, y)`, edges between pixels, where every `step`th row is
    /// looked at; `seen` takes what a column
    /// shows too, and the module along the row.
    fn scan(
        &self,
        level: &Level,
        (start, y, step): (usize, usize, usize),
        line: &[i16],
        Scratch { changes, edges, runs, likely }: &mut Scratch,
        mut seen: impl FnMut(Finder, f32),
    ) {
        changes.clear();
        changes.extend(line.iter().zip(&line[1..]).map(|(before, now)| ((before ^ now) < 0) as u8));
        changes.resize(changes.len().next_multiple_of(64), 0);
        // Places in `line` before which it changes: into dark, out of it, in turn.
        edges.clear();
        for (at, bytes) in changes.as_chunks::<64>().0.iter().enumerate() {
            let mut word = 0u64;
            for (i, eight) in bytes.as_chunks::<8>().0.iter().enumerate() {
                // Gathers the lowest bits of eight bytes, those of the first lowest.
                word |= (u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * i);
            }
            while word != 0 {
                edges.push((64 * at) as u32 + word.trailing_zeros() + 1);
                word &= word - 1;
            }
        }
        // Most of what is not one fails here, a pixel of doubt left: in a pass of its own, so that eight are judged at once.
        runs.clear();
        runs.extend(edges.iter().zip(edges.iter().skip(1)).map(|(from, to)| (to - from).min(LONGEST) as u16));
        likely.clear();
        let five = runs.iter().zip(runs.iter().skip(1)).zip(runs.iter().skip(2)).zip(runs.iter().skip(3));
        likely.extend(five.zip(runs.iter().skip(4)).map(|((((a, b), core), c), d)| {
            let (side, outer) = (*b.max(c), *a.max(d));
            let near = core.wrapping_add(1);
            (near >= side) & (near.wrapping_mul(4) >= outer) & (*core <= side.wrapping_add(1).wrapping_mul(4))
        }));
        // A light core is looked for on every other row alone: such codes are rare, and print costs most.
        let pale = |at: usize| at % 2 == 1;
        let looked = |at: usize| !pale(at) || y.is_multiple_of(2 * step);
        for (at, _) in likely.iter().enumerate().filter(|(at, likely)| **likely && looked(*at)) {
            let Some(&edges) = edges.get(at..).and_then(|edges| edges.first_chunk::<6>()) else { continue };
            if !may_be_ratio(&edges) {
                continue;
            }
            let mut places = [0.0f32; 6];
            for (place, &at) in places.iter_mut().zip(&edges) {
                let Some(&[before, now]) = line.get(at as usize - 1..).and_then(|l| l.first_chunk()) else { continue };
                let (before, now) = (f32::from(before), f32::from(now));
                *place = at as f32 - now / (now - before);
            }
            let runs = std::array::from_fn(|i| places[i + 1] - places[i]);
            if let Some(module) = ratio(&runs) {
                let middle = (places[2] + places[3]) / 2.0 - 1.0 + start as f32;
                if let Some(finder) = self.upright(level, (middle, y as f32, pale(at)), module) {
                    seen(finder, module);
                }
            }
        }
    }

    /// A row's sighting, if the column through its middle shows the ratio too.
    fn upright(&self, level: &Level, (x, y, pale): (f32, f32, bool), module: f32) -> Option<Finder> {
        let (y, tall) = self.cross_pixels(level, (x, y, pale), true, module)?;
        let (x, wide) = self.cross_pixels(level, (x, y, pale), false, module)?;
        ((tall / wide).ln().abs() <= 0.7).then_some(Finder { x, y, module: (wide + tall) / 2.0, weight: 0.0, pale })
    }

    /// The same, if a diagonal shows it as well: slanting bars look like a finder pattern along any line but the one that
    /// runs with them.
    fn confirm(&self, level: &Level, finder: Finder, module: f32) -> Option<Finder> {
        let Finder { x, y, pale, .. } = finder;
        const SLANT: f32 = std::f32::consts::FRAC_1_SQRT_2;
        let diagonals = [(SLANT, SLANT), (SLANT, -SLANT)]
            .into_iter()
            .filter_map(|step| self.cross(level, (x, y, pale), step, module))
            .filter(|(_, m)| (m / module).ln().abs() < 0.8)
            .count();
        (diagonals > 0).then_some(Finder { weight: diagonals as f32, ..finder })
    }

    /// The ratio along the column, if `down`, or row of pixels nearest to a place: where on it the middle lies, and the
    /// module.
    fn cross_pixels(
        &self,
        level: &Level,
        (x, y, pale): (f32, f32, bool),
        down: bool,
        module: f32,
    ) -> Option<(f32, f32)> {
        if !(x >= 0.0 && y >= 0.0) {
            return None;
        }
        let half = self.width / 2;
        let (x, y) = ((x + 0.5) as usize, (y + 0.5) as usize);
        let (middle, length) = if down { (y, self.height / 2 * 2) } else { (x, half * 2) };
        let at = |along: usize| -> Option<i16> {
            let (x, y) = if down { (x, along) } else { (along, y) };
            let threshold = *self.threshold.get((y / 2).min(self.height / 2 - 1) * half + (x / 2).min(half - 1))?;
            let value = i16::from(*level.luma.get(y * self.width + x)?) * GREY - threshold as i16;
            Some(if pale { -value } else { value })
        };
        if middle >= length || at(middle)? >= 0 {
            return None;
        }
        let reach = (7.0 * module + 3.0) as usize;
        let walk = |ahead: bool| -> Option<[f32; 3]> {
            let mut edges = [0.0; 3];
            let (mut along, mut before) = (0usize, at(middle)?);
            for edge in &mut edges {
                loop {
                    along += 1;
                    if along > reach {
                        return None;
                    }
                    let place = if ahead { Some(middle + along) } else { middle.checked_sub(along) };
                    // A picture cut at the code's edge has its quiet zone outside.
                    let now = place.filter(|place| *place < length).and_then(at).unwrap_or(GREY);
                    let crossed = (now ^ before) < 0;
                    let part = f32::from(now) / (f32::from(now) - f32::from(before));
                    before = now;
                    if crossed {
                        *edge = along as f32 - part;
                        break;
                    }
                }
            }
            Some(edges)
        };
        let (back, ahead) = (walk(false)?, walk(true)?);
        let (offset, module) = middle_of(&back, &ahead)?;
        Some((middle as f32 + offset, module))
    }

    /// The ratio along a line through a place: how far along it the middle lies, and the module.
    fn cross(
        &self,
        level: &Level,
        (x, y, pale): (f32, f32, bool),
        step: (f32, f32),
        module: f32,
    ) -> Option<(f32, f32)> {
        let sign = if pale { -1.0 } else { 1.0 };
        if sign * self.sample(level, x, y)? >= 0.0 {
            return None;
        }
        let stride = if module < 3.0 { 0.5 } else { 0.2 * module };
        // Distances of the edges: of the middle, of the light ring, of the dark ring.
        let walk = |sense: f32| -> Option<[f32; 3]> {
            let mut edges = [0.0; 3];
            let (mut along, mut before) = (0.0f32, -1.0f32);
            for edge in &mut edges {
                loop {
                    along += stride;
                    if along > 7.0 * module + 3.0 {
                        return None;
                    }
                    let now = self.sample(level, x + sense * along * step.0, y + sense * along * step.1);
                    let now = now.map_or(f32::from(GREY), |now| sign * now);
                    let crossed = (now < 0.0) != (before < 0.0);
                    let part = now / (now - before);
                    before = now;
                    if crossed {
                        *edge = along - stride * part;
                        break;
                    }
                }
            }
            Some(edges)
        };
        let (back, ahead) = (walk(-1.0)?, walk(1.0)?);
        middle_of(&back, &ahead)
    }

    /// Luminance less threshold at a place between pixels; `None` outside the picture.
    #[inline]
    fn sample(&self, level: &Level, x: f32, y: f32) -> Option<f32> {
        if !(x >= 0.0 && y >= 0.0) {
            return None;
        }
        let (x0, y0) = (x as usize, y as usize);
        if x0 + 1 >= self.width || y0 + 1 >= self.height {
            return None;
        }
        let (fx, fy) = (x - x0 as f32, y - y0 as f32);
        let upper = &level.luma[y0 * self.width + x0..][..2];
        let lower = &level.luma[(y0 + 1) * self.width + x0..][..2];
        let top = f32::from(upper[0]) + fx * (f32::from(upper[1]) - f32::from(upper[0]));
        let bottom = f32::from(lower[0]) + fx * (f32::from(lower[1]) - f32::from(lower[0]));
        let half = self.width / 2;
        let (xt, yt) = (((x + 0.5) as usize / 2).min(half - 1), ((y + 0.5) as usize / 2).min(self.height / 2 - 1));
        let threshold = f32::from(self.threshold[yt * half + xt]);
        Some((top + fy * (bottom - top)) * f32::from(GREY) - threshold)
    }
}

/// By the edges before and behind a place in a finder pattern's middle, from the nearest: how far ahead the middle lies, and
/// the module.
fn middle_of(back: &[f32; 3], ahead: &[f32; 3]) -> Option<(f32, f32)> {
    let runs = [back[2] - back[1], back[1] - back[0], back[0] + ahead[0], ahead[1] - ahead[0], ahead[2] - ahead[1]];
    let module = ratio(&runs)?;
    Some(((ahead[0] - back[0] + ahead[1] - back[1] + ahead[2] - back[2]) / 6.0, module))
}

/// Whether edges that lie up to a pixel before these may be in the ratio that [`ratio`] asks for, by the distances from edge
/// to like edge.
fn may_be_ratio(edges: &[u32; 6]) -> bool {
    let pair = |i: usize| edges[i + 2] - edges[i];
    // Twelve modules, two pixels of doubt.
    let twelve = pair(0) + pair(1) + pair(2) + pair(3);
    let inner = |pair: u32| 12 * pair + 18 >= 3 * twelve && 12 * pair <= 5 * twelve + 22;
    let outer = |pair: u32| 120 * pair + 144 >= 12 * twelve && 120 * pair <= 28 * twelve + 176;
    twelve >= 7 && inner(pair(1)) && inner(pair(2)) && outer(pair(0)) && outer(pair(3))
}

/// The module, if five runs are in the finder pattern's ratio. Measured from edge to like edge, so that ink or blur that
/// widens all dark runs changes little.
fn ratio(runs: &[f32; 5]) -> Option<f32> {
    // Most of what is not one fails here.
    if runs[2] < runs[1] || runs[2] < runs[3] {
        return None;
    }
    let pairs = [runs[0] + runs[1], runs[1] + runs[2], runs[2] + runs[3], runs[3] + runs[4]];
    let module = pairs.iter().sum::<f32>() / 12.0;
    let near = |value: f32, want: f32, slack: f32| (value - want * module).abs() <= slack * module;
    (module >= 0.8
        && near(pairs[0], 2.0, 0.8)
        && near(pairs[1], 4.0, 1.0)
        && near(pairs[2], 4.0, 1.0)
        && near(pairs[3], 2.0, 0.8)
        && near(runs[2], 3.0, 1.3)
        && near(runs[0], 1.1, 0.85)
        && near(runs[1], 1.0, 0.75)
        && near(runs[3], 1.0, 0.75)
        && near(runs[4], 1.1, 0.85))
    .then_some(module)
}

/// Adds a sighting to the finder pattern it belongs to, or as a new one. Those before `first` are of another search.
fn gather(found: &mut Vec<Finder>, first: usize, new: Finder) {
    let full = found.len() >= first + SIGHTINGS;
    let near = found.iter_mut().skip(first).find(|f| {
        (f.x - new.x).abs() < 1.5 * f.module
            && (f.y - new.y).abs() < 1.5 * f.module
            && (f.module / new.module).ln().abs() < 0.5
    });
    match near {
        Some(f) => {
            let share = new.weight / (f.weight + new.weight);
            f.x += share * (new.x - f.x);
            f.y += share * (new.y - f.y);
            f.module += share * (new.module - f.module);
            f.weight += new.weight;
        }
        None if full => {}
        None => found.push(new),
    }
}

/// The triples that finder patterns make, those seen most of them, best first.
fn combine(finders: &mut Vec<Finder>, most: usize, distance: &RangeInclusive<f32>, out: &mut Vec<Triple>) {
    sort_few_by_key(finders, |f: &Finder| -f.weight);
    finders.truncate(most);
    let mut partners: Vec<&Finder> = Vec::new();
    for (i, v) in finders.iter().enumerate() {
        partners.clear();
        partners
            .extend(finders.iter().enumerate().filter(|(j, p)| *j != i && may_pair(v, p, distance)).map(|(_, p)| p));
        for (j, p) in partners.iter().enumerate() {
            let (ax, ay) = (p.x - v.x, p.y - v.y);
            let most = MOST_SKEW * MOST_SKEW * (ax * ax + ay * ay);
            for q in &partners[j + 1..] {
                let (bx, by) = (q.x - v.x, q.y - v.y);
                let along = ax * bx + ay * by;
                if along * along > most * (bx * bx + by * by) {
                    continue;
                }
                let Some(triple) = corner(v, p, q, distance) else { continue };
                let place = out.partition_point(|t| t.misfit <= triple.misfit);
                if place < TRIPLES {
                    out.insert(place, triple);
                    out.truncate(TRIPLES);
                }
            }
        }
    }
}

/// Whether two finder patterns may be neighbours in any triple at all.
fn may_pair(v: &Finder, p: &Finder, distance: &RangeInclusive<f32>) -> bool {
    let (dx, dy) = (p.x - v.x, p.y - v.y);
    let square = dx * dx + dy * dy;
    let (least, most) = if v.module < p.module { (v.module, p.module) } else { (p.module, v.module) };
    // The third may be smaller or larger; all lie within 0.6 to 1.4 of their mean.
    let (low, high) = (distance.start() * most / 1.4, distance.end() * least / 0.6);
    most < 2.34 * least && square >= low * low && square <= high * high
}

/// Three finder patterns as a code with `v` at the right angle, if they fit.
fn corner(v: &Finder, p: &Finder, q: &Finder, distance: &RangeInclusive<f32>) -> Option<Triple> {
    let module = (v.module + p.module + q.module) / 3.0;
    let uneven = [v, p, q].iter().map(|f| (f.module / module - 1.0).abs()).fold(0.0, f32::max);
    let (ax, ay) = (p.x - v.x, p.y - v.y);
    let (bx, by) = (q.x - v.x, q.y - v.y);
    let (la, lb) = (ax.hypot(ay), bx.hypot(by));
    let skew = ((ax * bx + ay * by) / (la * lb).max(1.0)).abs();
    let lean = (la / lb.max(1.0)).ln().abs();
    // Seen at a slant of 60° legs differ by 2, from close by near patterns are that much larger than far ones.
    let fits = uneven < 0.5
        && skew < MOST_SKEW
        && lean < 0.75
        && distance.contains(&(la / module))
        && distance.contains(&(lb / module));
    if !fits {
        return None;
    }
    // A true finder pattern shows on the three rows of its middle; print seldom.
    let faint: f32 = [v, p, q].iter().map(|f| (1.0 - f.weight / (4.0 * f.module)).max(0.0)).sum();
    // Codes are not mirrored: the top right one is clockwise before the bottom left one.
    let (p, q) = if ax * by - ay * bx > 0.0 { (p, q) } else { (q, p) };
    let middles = [v, p, q].map(|f| Point { x: f.x, y: f.y });
    // Areas shrink with the cube of the distance.
    let depths = [p, q].map(|far| (v.module / far.module).cbrt().powi(2));
    // Rows and columns cross a code that is turned at a slant, by up to 45°: what they measure is longer than a module.
    let upright = |x: f32, y: f32, length: f32| x.abs().max(y.abs()) / length.max(1.0);
    let along = module * (upright(ax, ay, la) + upright(bx, by, lb)) / 2.0;
    let side = (la * lb).sqrt() / along.max(0.1) + 7.0;
    Some(Triple { middles, sides: [side; 2], depths, pale: v.pale, misfit: uneven + skew + lean + 0.5 * faint })
}
