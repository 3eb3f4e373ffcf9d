//! Finder patterns: three by three dark modules in a light ring in a dark ring, along any line through the middle
//! 1 : 1 : 3 : 1 : 1 (ISO/IEC 18004, clause 6.3.3).
//!
//! A page of Japanese print is full of 口 and 回, which look alike; everything here has its limit.

use super::radial::Radial;
use crate::small_sort::sort_few_by_key;
use crate::symbol::Point;
use crate::symbol::pyramid::Level;

/// Side of the blocks that are looked at or left out, in pixels.
const BLOCK: usize = 16;
/// Grey levels between light and dark that a block's neighbourhood must have to hold any dark module.
const LEAST_CONTRAST: u8 = 24;
/// Half the side of the square whose mean divides light from dark, in pixels: of modules of one to three pixels it holds
/// four to eleven. Larger modules are seen on a coarser level.
const RADIUS: usize = 3;
/// The same on the coarsest level, where there is nothing coarser to see large modules on.
const LAST_RADIUS: usize = 15;
/// Finder patterns that are matched with each other: more are print.
const FINDERS: usize = 44;
/// Triples that are looked at.
const TRIPLES: usize = 150;
/// Blurred ones that are matched.
const BLURRED: usize = 30;
/// Grey levels that the middle of a blurred one must be darker than its surroundings.
const LEAST_DEPTH: i32 = 2;
/// Sightings kept apart while a level is searched: noise makes thousands.
const SIGHTINGS: usize = 400;
/// Modules between the middles of two finder patterns: 14 in version 1, 170 in version 40; eL-QR has 30 or 34. Measured
/// along a row of a code that is turned by 45° a module seems 1.4 times as long.
const DISTANCE: std::ops::RangeInclusive<f32> = 8.5..=190.0;

/// A finder pattern, in pixels of its level.
#[derive(Debug, Clone, Copy)]
pub(super) struct Finder {
    pub(super) x: f32,
    pub(super) y: f32,
    /// Pixels a module, as a mean along the row and the column.
    pub(super) module: f32,
    /// Rows that showed it, those that both diagonals confirm counted twice.
    pub(super) weight: f32,
}

/// Three finder patterns that may belong to one code.
#[derive(Debug, Clone, Copy)]
pub(super) struct Triple {
    /// Middles of those at the top left, top right and bottom left, as the code is read.
    pub(super) middles: [Point; 3],
    /// Modules on a side, guessed by modules along the legs and by those of the patterns.
    pub(super) sides: [f32; 2],
    /// How badly they fit: 0 is perfect.
    pub(super) misfit: f32,
}

/// Searches levels. Holds the memory, so that a running camera allocates little anew.
#[derive(Debug, Default)]
pub(super) struct Search {
    /// Luminance minus its mean around, times the pixels of the square; dark is negative.
    difference: Vec<i32>,
    /// Sums of three by three of it.
    smooth: Vec<i32>,
    columns: Vec<u32>,
    extremes: Vec<(u8, u8)>,
    busy: Vec<bool>,
    radial: Radial,
    width: usize,
    height: usize,
}

impl Search {
    /// The triples of a level that may be codes, best first. `last` is the coarsest one; `blurred`
    /// looks for finder patterns whose light ring does not show as well.
    pub(super) fn triples(&mut self, level: &Level, last: bool, blurred: bool, out: &mut Vec<Triple>) {
        out.clear();
        let mut finders = Vec::new();
        if last {
            self.finders(level, LAST_RADIUS, 1, &mut finders);
        }
        // The middle of a finder pattern is three modules high: every second row meets all but the smallest.
        self.finders(level, RADIUS, if blurred { 1 } else { 2 }, &mut finders);
        if blurred {
            self.blurred(level, &mut finders);
        }
        sort_few_by_key(&mut finders, |f: &Finder| -f.weight);
        finders.truncate(FINDERS);
        for (i, a) in finders.iter().enumerate() {
            for (j, b) in finders.iter().enumerate().skip(i + 1) {
                for c in finders.iter().skip(j + 1) {
                    for (v, p, q) in [(a, b, c), (b, a, c), (c, a, b)] {
                        let Some(triple) = corner(v, p, q) else { continue };
                        let place = out.partition_point(|t| t.misfit <= triple.misfit);
                        if place < TRIPLES {
                            out.insert(place, triple);
                            out.truncate(TRIPLES);
                        }
                    }
                }
            }
        }
        for triple in out {
            triple.sides[0] = self.side(triple);
        }
    }

    /// Modules on a side, by the modules' length along the legs themselves.
    fn side(&self, triple: &Triple) -> f32 {
        let [v, p, q] = triple.middles;
        let mut sum = 0.0;
        let mut legs = 0.0;
        for end in [p, q] {
            let (dx, dy) = (end.x - v.x, end.y - v.y);
            let leg = dx.hypot(dy).max(1.0);
            let step = (dx / leg, dy / leg);
            let guess = leg / (triple.sides[1] - 7.0).max(1.0);
            let modules: Vec<f32> =
                [v, end].iter().filter_map(|at| self.cross(at.x, at.y, step, guess)).map(|(_, m)| m).collect();
            if !modules.is_empty() {
                sum += leg * modules.len() as f32 / modules.iter().sum::<f32>();
                legs += 1.0;
            }
        }
        if legs > 0.0 { sum / legs + 7.0 } else { triple.sides[1] }
    }

    /// Adds the finder patterns of a level that every `step`th row shows.
    fn finders(&mut self, level: &Level, radius: usize, step: usize, found: &mut Vec<Finder>) {
        let (width, height) = (level.width, level.height);
        (self.width, self.height) = (width, height);
        if width < 21 || height < 21 {
            self.difference.clear();
            self.width = 0;
            return;
        }
        self.find_busy(level);
        self.subtract_mean(level, radius);
        let from = found.len();
        let columns = width.div_ceil(BLOCK);
        for y in (0..height).step_by(step) {
            let busy = &self.busy[y / BLOCK * columns..][..columns];
            let mut column = 0;
            while column < columns {
                if !busy[column] {
                    column += 1;
                    continue;
                }
                let start = column;
                while column < columns && busy[column] {
                    column += 1;
                }
                self.scan(y, start * BLOCK, (column * BLOCK).min(width), from, found);
            }
        }
        found.retain(|f| f.weight * step as f32 >= 2.0);
        found.iter_mut().skip(from).for_each(|f| f.weight *= step as f32);
    }

    /// Adds finder patterns whose light ring does not show, where none is yet: round the darkest pixels of their
    /// neighbourhoods, the best first.
    fn blurred(&mut self, level: &Level, found: &mut Vec<Finder>) {
        let (width, height) = (self.width, self.height);
        if width == 0 {
            return;
        }
        let area = ((2 * RADIUS + 1) * (2 * RADIUS + 1)) as i32;
        let blocks = width.div_ceil(BLOCK);
        // Sums of three by three, so that noise moves the darkest place less.
        self.smooth.clear();
        self.smooth.resize(width * height, 0);
        let mut columns = vec![0i32; width];
        for y in 1..height - 1 {
            let row = |y: usize| &self.difference[y * width..][..width];
            for (((c, a), b), d) in columns.iter_mut().zip(row(y - 1)).zip(row(y)).zip(row(y + 1)) {
                *c = a + b + d;
            }
            let out = &mut self.smooth[y * width + 1..][..width - 2];
            for (o, c) in out.iter_mut().zip(columns.windows(3)) {
                *o = c[0] + c[1] + c[2];
            }
        }
        let mut best: Vec<Finder> = Vec::new();
        for y in 2..height - 2 {
            let row = |y: usize| &self.smooth[y * width..][..width];
            let line = row(y);
            let busy = &self.busy[y / BLOCK * blocks..][..blocks];
            for (block, _) in busy.iter().enumerate().filter(|(_, busy)| **busy) {
                for x in (block * BLOCK).max(2)..((block + 1) * BLOCK).min(width - 2) {
                    let own = line[x];
                    if own > -9 * LEAST_DEPTH * area
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

    /// Blocks with contrast in or next to them.
    fn find_busy(&mut self, level: &Level) {
        let (columns, rows) = (level.width.div_ceil(BLOCK), level.height.div_ceil(BLOCK));
        self.extremes.clear();
        self.extremes.resize(columns * rows, (255, 0));
        for (y, line) in level.luma.chunks_exact(level.width).enumerate() {
            let extremes = &mut self.extremes[y / BLOCK * columns..][..columns];
            for ((low, high), pixels) in extremes.iter_mut().zip(line.chunks(BLOCK)) {
                *low = pixels.iter().fold(*low, |m, &v| m.min(v));
                *high = pixels.iter().fold(*high, |m, &v| m.max(v));
            }
        }
        self.busy.clear();
        for row in 0..rows {
            for column in 0..columns {
                let (mut low, mut high) = (255u8, 0u8);
                for r in row.saturating_sub(1)..(row + 2).min(rows) {
                    let near = &self.extremes[r * columns + column.saturating_sub(1)..]
                        [..(column + 2).min(columns) - column.saturating_sub(1)];
                    for &(l, h) in near {
                        low = low.min(l);
                        high = high.max(h);
                    }
                }
                self.busy.push(high.saturating_sub(low) >= LEAST_CONTRAST);
            }
        }
    }

    /// Fills `difference`; where nothing is busy all is light.
    fn subtract_mean(&mut self, level: &Level, radius: usize) {
        let (width, height) = (level.width, level.height);
        let blocks = width.div_ceil(BLOCK);
        let area = ((2 * radius + 1) * (2 * radius + 1)) as i32;
        self.difference.clear();
        self.difference.resize(width * height, 1);
        self.columns.clear();
        self.columns.resize(width + 2 * radius + 1, 0);
        let row = |y: isize| &level.luma[y.clamp(0, height as isize - 1) as usize * width..][..width];
        let reach = radius as isize;
        for y in -reach..reach {
            for (sum, &v) in self.columns[radius..].iter_mut().zip(row(y)) {
                *sum += u32::from(v);
            }
        }
        for y in 0..height {
            for (sum, &v) in self.columns[radius..].iter_mut().zip(row(y as isize + reach)) {
                *sum += u32::from(v);
            }
            // The edge repeated on both sides.
            let (first, end) = (self.columns[radius], self.columns[radius + width - 1]);
            self.columns[..radius].fill(first);
            self.columns[radius + width..].fill(end);
            let busy = &self.busy[y / BLOCK * blocks..][..blocks];
            let line = row(y as isize);
            for (block, _) in busy.iter().enumerate().filter(|(_, busy)| **busy) {
                let (from, to) = (block * BLOCK, ((block + 1) * BLOCK).min(width));
                let mut sum: u32 = self.columns[from..from + 2 * radius].iter().sum();
                let out = &mut self.difference[y * width + from..y * width + to];
                let entering = &self.columns[from + 2 * radius..];
                let leaving = &self.columns[from..];
                for (((d, &v), &new), &old) in out.iter_mut().zip(&line[from..to]).zip(entering).zip(leaving) {
                    sum += new;
                    *d = i32::from(v) * area - sum as i32;
                    sum -= old;
                }
            }
            for (sum, &v) in self.columns[radius..].iter_mut().zip(row(y as isize - reach)) {
                *sum -= u32::from(v);
            }
        }
    }

    /// Looks for the ratio along a stretch of a row, edges between pixels.
    fn scan(&self, y: usize, from: usize, to: usize, first: usize, found: &mut Vec<Finder>) {
        let line = &self.difference[y * self.width..][..self.width];
        let mut runs = [0.0f32; 5];
        let mut edge = from as f32;
        let mut before = 1i32;
        // A light pixel after the last ends a run there.
        for (x, now) in (from..).zip(line[from..to].iter().copied().chain([1])) {
            if (now < 0) != (before < 0) {
                let at = x as f32 - now as f32 / (now - before) as f32;
                runs.rotate_left(1);
                runs[4] = at - edge;
                edge = at;
                if before < 0
                    && let Some(module) = ratio(&runs)
                {
                    let middle = at - runs[4] - runs[3] - runs[2] / 2.0;
                    if let Some(finder) = self.confirm(middle, y as f32, module) {
                        gather(found, first, finder);
                    }
                }
            }
            before = now;
        }
    }

    /// A row's sighting, if the column through its middle and a diagonal show the ratio too: slanting bars look like a
    /// finder pattern along any line but the one that runs with them.
    fn confirm(&self, x: f32, y: f32, module: f32) -> Option<Finder> {
        let (down, tall) = self.cross(x, y, (0.0, 1.0), module)?;
        let y = y + down;
        let (right, wide) = self.cross(x, y, (1.0, 0.0), module)?;
        let x = x + right;
        if (tall / wide).ln().abs() > 0.7 {
            return None;
        }
        const SLANT: f32 = std::f32::consts::FRAC_1_SQRT_2;
        let diagonals = [(SLANT, SLANT), (SLANT, -SLANT)]
            .into_iter()
            .filter_map(|step| self.cross(x, y, step, module))
            .filter(|(_, m)| (m / module).ln().abs() < 0.8)
            .count();
        (diagonals > 0).then_some(Finder { x, y, module: (wide + tall) / 2.0, weight: diagonals as f32 })
    }

    /// The ratio along a line through a place: how far along it the middle lies, and the module.
    fn cross(&self, x: f32, y: f32, step: (f32, f32), module: f32) -> Option<(f32, f32)> {
        if self.sample(x, y)? >= 0.0 {
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
                    let now = self.sample(x + sense * along * step.0, y + sense * along * step.1)?;
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
        let runs = [back[2] - back[1], back[1] - back[0], back[0] + ahead[0], ahead[1] - ahead[0], ahead[2] - ahead[1]];
        let module = ratio(&runs)?;
        Some(((ahead[0] - back[0] + ahead[1] - back[1] + ahead[2] - back[2]) / 6.0, module))
    }

    /// The difference at a place between pixels; `None` outside the picture.
    fn sample(&self, x: f32, y: f32) -> Option<f32> {
        if !(x >= 0.0 && y >= 0.0) {
            return None;
        }
        let (x0, y0) = (x as usize, y as usize);
        if x0 + 1 >= self.width || y0 + 1 >= self.height {
            return None;
        }
        let (fx, fy) = (x - x0 as f32, y - y0 as f32);
        let upper = &self.difference[y0 * self.width + x0..][..2];
        let lower = &self.difference[(y0 + 1) * self.width + x0..][..2];
        let top = upper[0] as f32 + fx * (upper[1] - upper[0]) as f32;
        let bottom = lower[0] as f32 + fx * (lower[1] - lower[0]) as f32;
        Some(top + fy * (bottom - top))
    }
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

/// Three finder patterns as a code with `v` at the right angle, if they fit.
fn corner(v: &Finder, p: &Finder, q: &Finder) -> Option<Triple> {
    let module = (v.module + p.module + q.module) / 3.0;
    let uneven = [v, p, q].iter().map(|f| (f.module / module - 1.0).abs()).fold(0.0, f32::max);
    let (ax, ay) = (p.x - v.x, p.y - v.y);
    let (bx, by) = (q.x - v.x, q.y - v.y);
    let (la, lb) = (ax.hypot(ay), bx.hypot(by));
    let skew = ((ax * bx + ay * by) / (la * lb).max(1.0)).abs();
    let lean = (la / lb.max(1.0)).ln().abs();
    // Seen at a slant of 50° legs differ by 1.6 and the angle by 25°.
    let fits = uneven < 0.4
        && skew < 0.52
        && lean < 0.62
        && DISTANCE.contains(&(la / module))
        && DISTANCE.contains(&(lb / module));
    if !fits {
        return None;
    }
    // A true finder pattern shows on the three rows of its middle; print seldom.
    let faint: f32 = [v, p, q].iter().map(|f| (1.0 - f.weight / (4.0 * f.module)).max(0.0)).sum();
    let points = [v, p, q].map(|f| Point { x: f.x, y: f.y });
    // Codes are not mirrored: the top right one is clockwise before the bottom left one.
    let middles = if ax * by - ay * bx > 0.0 { points } else { [points[0], points[2], points[1]] };
    let side = (la * lb).sqrt() / module + 7.0;
    Some(Triple { middles, sides: [side; 2], misfit: uneven + skew + lean + 0.5 * faint })
}
