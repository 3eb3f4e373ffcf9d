//! QR Code (ISO/IEC 18004), all versions, at any angle.
//!
//! On every level of the pyramid, where it is as dark and as varied as a code (`texture`), finder patterns are sought
//! (`find`); three of them make a plane (`plane`). A plain code is read by the middles of its modules (`grid`). For others the
//! plane is fitted to all function patterns together with light and blur; then the modules are told from each other by taking
//! back what blur spills between them, and everything is fitted again to the modules themselves (`lattice`). Format
//! information, codewords and error correction (`decode`, `layout`, `reed_solomon`) work on how sure each module is, and what
//! they give is read as segments (`content`).

mod content;
mod decode;
mod find;
mod grid;
mod lattice;
mod layout;
mod plane;
mod radial;
mod reed_solomon;
#[cfg(test)]
mod tests;
mod texture;

use super::Point;
use super::pyramid::{Level, Pyramid};
use find::{Search, Triple};
use lattice::{Lattice, normal};
use layout::{FINDER_INSET, Layout, alignment};
use plane::Plane;

use crate::small_sort::sort_few_by_key;

/// A QR Code that could be decoded, in pixels of its level.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Qr {
    pub(super) text: String,
    /// Top left, top right, bottom right, bottom left, as the code is read.
    pub(super) corners: [Point; 4],
    version: usize,
}

impl Qr {
    fn new(bytes: &[u8], plane: &Plane, version: usize) -> Self {
        let corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)].map(|(a, b)| {
            let (x, y) = plane.at(a, b);
            Point { x: x as f32, y: y as f32 }
        });
        Self { text: String::from_utf8_lossy(bytes).into_owned(), corners, version }
    }
}

/// Triples of finder patterns, each with a version, of a level that are read.
const TRIPLES: usize = 5;
/// What correlation with finder patterns the three places must have. False triples of print reach 0.3, true ones of codes
/// blurred by half a module 0.75.
const LEAST_LIKENESS: f32 = 0.6;
/// What the function patterns must explain of what varies in their places, for the modules to be read.
const LEAST_FIT: f32 = 0.8;
/// By how much more one finder pattern must seem to be away than another to be more than an error: the logarithm.
const LEAST_DEPTH: f32 = 0.06;
/// The same on a plane that is not fitted yet. Of 181 that codes were read by the worst had 0.59, of print most have less
/// than this.
const LEAST_GLANCE: f32 = 0.4;
/// The same before the blur is fitted, and so much that no other version fits better.
const LEAST_APPROACH: f32 = 0.6;
const SURE_FIT: f32 = 0.93;
/// Modules that edges are blurred by, to begin with: between sharp and washed out.
const BLUR: f32 = 0.65;
/// The same where nothing but the pixels themselves blurs.
const CRISP: f32 = 0.25;
/// Places of the alignment pattern that are tried.
const PLACES: usize = 3;
/// Planes through them that are fitted, those that explain most beforehand.
const APPROACHES: usize = 2;
/// Least pixels a module on the level that a code is read on, if there is a finer one.
const LEAST_MODULE: f64 = 1.9;
/// Least pixels a module that the thorough search asks for on its level.
const LEAST_BLURRED: f64 = 1.0;
/// Most pixels of the level that is searched first.
const LARGE_LEVEL: usize = 500_000;
/// The least version that a payment code has: one found among large codes ends the search for small ones.
const SMALLEST_PAYMENT: usize = 5;
/// How often something like a finder pattern must have been seen on a level, or on the next finer one, for the thorough
/// search. Codes blurred by a whole module still show it now and then, pages of print mostly do not.
const LEAST_SIGHTINGS: usize = 1;
/// A level with more of them is full of what only looks like finder patterns, mostly noise, and so is what a closer search
/// finds there: of codes that took the thorough search none was seen more than fourteen times before.
const MOST_SIGHTINGS: usize = 20;
/// Share of a code's modules that show dark below which they are thin: its mask makes half of them dark, nearly.
const THIN: f32 = 0.38;
/// Of a level's triples that make no code, so many are read again with all that is not paper drawn out.
const MOST_THIN: usize = 2;
/// Rounds over the modules in which their chances settle.
const SWEEPS: usize = 24;

/// Reads QR Codes. Holds the memory of its search.
#[derive(Debug, Default)]
pub(super) struct QrReader {
    search: Search,
    finder: FinderPattern,
    triples: Vec<Triple>,
    /// What of the usual search looks like a code whose dark modules are thin, each with its level.
    thin: Vec<(usize, Thin)>,
}

/// How hard a frame is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effort {
    /// One of a running camera whose bar code has said all: two levels, for what is easily read.
    Quick,
    /// A picture on its own whose bar code has said all: all levels, but none thoroughly.
    Usual,
    /// All there is: every level, thoroughly if need be.
    Full,
}

impl QrReader {
    /// Reads the QR Codes of a frame, each with its level of the pyramid, and no finer than level `first` at first.
    pub(super) fn read(&mut self, levels: &[Level], first: usize, effort: Effort) -> Vec<(usize, Qr)> {
        let mut found = Vec::new();
        self.search.next_frame();
        self.thin.clear();
        let last = levels.len().saturating_sub(1);
        // The payment code on a slip is as large as in a level of this size; it is seen there at a quarter of the cost.
        let large = levels.iter().position(|l| l.width * l.height <= LARGE_LEVEL).unwrap_or(last).max(first);
        if effort == Effort::Quick {
            let mut budget = Budget::QUICK;
            for at in large..(large + 2).min(levels.len()) {
                self.read_level(levels, at, &mut budget, &mut found);
            }
            return found;
        }
        let mut budget = Budget::USUAL;
        for at in (large..levels.len()).chain((0..large).rev()) {
            if at < large && found.iter().any(|(_, qr)| qr.version >= SMALLEST_PAYMENT)
                || at < first && !found.is_empty()
            {
                break;
            }
            self.read_level(levels, at, &mut budget, &mut found);
        }
        if found.is_empty() {
            self.read_inverted(levels, &mut found);
        }
        if found.is_empty() {
            self.read_thin(levels, &mut found);
        }
        if found.is_empty() && effort != Effort::Usual {
            let mut budget = Budget::THOROUGH;
            let seen = |at: usize| self.search.seen(at);
            let finer = |at: usize| at.checked_sub(1).map_or(0, seen);
            let due: Vec<usize> = (first..levels.len())
                .chain((0..first).rev())
                .filter(|&at| seen(at) <= MOST_SIGHTINGS && seen(at).max(finer(at)) >= LEAST_SIGHTINGS)
                .collect();
            for at in due {
                self.read_level(levels, at, &mut budget, &mut found);
                if !found.is_empty() {
                    break;
                }
            }
        }
        found
    }

    /// Adds the codes of a level to those found.
    fn read_level(&mut self, levels: &[Level], at: usize, budget: &mut Budget, found: &mut Vec<(usize, Qr)>) {
        self.search.triples(levels, at, budget.step, budget.blurred, &mut self.triples);
        let thin = self.read_triples(levels, at, &self.triples, budget, found);
        if !budget.blurred {
            self.thin.extend(thin.into_iter().map(|thin| (at, thin)));
        }
    }

    /// Adds a code whose dark modules are thin, if the usual search saw what may be one: where paper is burnt out, or ink was
    /// short, every edge lies within them, and one that stands alone is nearly as light as paper. Read with what differs from
    /// paper at all drawn out.
    fn read_thin(&mut self, levels: &[Level], found: &mut Vec<(usize, Qr)>) {
        let thin = std::mem::take(&mut self.thin);
        let mut budget = Budget::QUICK;
        for (at, Thin { triple, light }) in &thin {
            if found.is_empty() && budget.fits > 0 {
                let levels: Vec<Level> = levels.iter().map(|level| level.drawn_out(*light)).collect();
                self.read_triples(&levels, *at, &[*triple], &mut budget, found);
            }
        }
        self.thin = thin;
    }

    /// Adds a code light on dark, if the usual search saw what may be one: read as the negative.
    fn read_inverted(&mut self, levels: &[Level], found: &mut Vec<(usize, Qr)>) {
        let inverted = std::mem::take(&mut self.search.inverted);
        let mut budget = Budget::QUICK;
        let mut negatives = Vec::new();
        for same in inverted.chunk_by(|a, b| a.0 == b.0) {
            if !found.is_empty() {
                break;
            }
            if negatives.is_empty() {
                negatives.extend(levels.iter().map(Level::negative));
            }
            let triples: Vec<Triple> = same.iter().map(|(_, triple)| *triple).collect();
            self.read_triples(&negatives, same[0].0, &triples, &mut budget, found);
        }
    }

    /// Adds the codes that three finder patterns of a level make to those found; of those that make none, the likeliest whose
    /// dark modules are thin.
    fn read_triples(
        &self,
        levels: &[Level],
        at: usize,
        triples: &[Triple],
        budget: &mut Budget,
        found: &mut Vec<(usize, Qr)>,
    ) -> Vec<Thin> {
        let mut thin = Vec::new();
        let Some(level) = levels.get(at) else { return thin };
        let mut likely: Vec<Likely> = Vec::new();
        for triple in triples {
            for version in versions(triple) {
                let mut best: Option<Likely> = None;
                // Depths measured on small patterns may err more than they tell.
                let slanted = triple.depths.iter().any(|depth| depth.ln().abs() > LEAST_DEPTH);
                let flat = Triple { depths: [1.0; 2], ..*triple };
                for triple in std::iter::once(flat).chain(slanted.then_some(*triple)) {
                    let Some(plane) = rough(&triple, version) else { continue };
                    // Washed-out modules this small are nowhere to be told from each other.
                    if budget.blurred && module(&plane, version) < LEAST_BLURRED {
                        continue;
                    }
                    let likeness = self.finder.likeness(level, &plane, version);
                    if likeness >= best.map_or(LEAST_LIKENESS, |b| b.likeness) {
                        best = Some(Likely { triple, version, plane, likeness });
                    }
                }
                let Some(best) = best else { continue };
                // The same patterns, seen by two thresholds.
                let same = |l: &Likely| {
                    let near = |(a, b): (&Point, &Point)| (a.x - b.x).hypot(a.y - b.y) < best.module() as f32;
                    l.version == version && l.triple.middles.iter().zip(&best.triple.middles).all(near)
                };
                if let Some(known) = likely.iter().position(same) {
                    if likely[known].likeness >= best.likeness {
                        continue;
                    }
                    likely.remove(known);
                }
                let place = likely.partition_point(|l| l.likeness >= best.likeness);
                if place < TRIPLES {
                    likely.insert(place, best);
                    likely.truncate(TRIPLES);
                }
            }
        }
        // Planes first: of the versions that the same three speak for, the function patterns tell the right one.
        let mut placed: Vec<(f32, usize, Likely)> = Vec::new();
        for likely in &likely {
            if budget.fits == 0 || likely.is_among(found, at) {
                continue;
            }
            let triple = likely.triple;
            let (at, mut likely) = best_level(levels, at, likely);
            let layout = Layout::new(likely.version);
            let planes = planes(&levels[at], &likely, &layout);
            if let Some(qr) = planes.iter().find_map(|plane| {
                let bytes = grid::read(&levels[at], &layout, plane)?;
                Some(Qr::new(&bytes, plane, likely.version))
            }) {
                found.push((at, qr));
                continue;
            }
            budget.fits -= 1;
            if thin.len() < MOST_THIN
                && let Some(light) = light_if_thin(&levels[at], &likely)
            {
                thin.push(Thin { triple, light });
            }
            let Some((score, plane)) = place(&levels[at], &layout, &likely, planes) else { continue };
            likely.plane = plane;
            if score > SURE_FIT
                && let Some(qr) = read_likely(&levels[at], &likely, budget)
            {
                found.push((at, qr));
                continue;
            }
            let place = placed.partition_point(|p| p.0 >= score);
            placed.insert(place, (score, at, likely));
        }
        for (score, at, likely) in placed {
            if score <= SURE_FIT && !likely.is_among(found, at) {
                found.extend(read_likely(&levels[at], &likely, budget).map(|qr| (at, qr)));
            }
        }
        thin
    }
}

/// What a search of a frame looks at, and what it may still spend.
#[derive(Debug)]
struct Budget {
    /// Rows from one that is looked at to the next. The middle of a finder pattern is three modules high.
    step: usize,
    /// Whether finder patterns are sought whose light ring does not show.
    blurred: bool,
    /// Planes that are fitted.
    fits: usize,
    /// Times that everything is fitted anew to the modules.
    refits: usize,
}

impl Budget {
    /// For a frame whose bar code has said all already.
    const QUICK: Self = Self { step: 2, blurred: false, fits: 2, refits: 1 };
    /// For every frame.
    const USUAL: Self = Self { step: 2, blurred: false, fits: 8, refits: 3 };
    /// For frames that hold something like a code that the usual search did not read.
    const THOROUGH: Self = Self { step: 1, blurred: true, fits: 10, refits: 3 };
}

/// Three finder patterns of what may be a code whose dark modules are thin.
#[derive(Debug)]
struct Thin {
    triple: Triple,
    /// Its lightest module.
    light: u8,
}

/// Three finder patterns and the version that makes them look most like ones.
#[derive(Debug, Clone, Copy)]
struct Likely {
    triple: Triple,
    version: usize,
    /// The plane of the three, seen without perspective.
    plane: Plane,
    likeness: f32,
}

impl Likely {
    /// Pixels a module.
    fn module(&self) -> f64 {
        module(&self.plane, self.version)
    }

    /// A blur to begin with, in pixels.
    fn blur(&self) -> f32 {
        BLUR * self.module() as f32
    }

    /// Whether one of the codes found, each on its level, lies where this one of level `at` would.
    fn is_among(&self, found: &[(usize, Qr)], at: usize) -> bool {
        let [_, p, q] = self.triple.middles;
        let middle = Pyramid::to_frame(at, Point { x: (p.x + q.x) / 2.0, y: (p.y + q.y) / 2.0 });
        found.iter().any(|(level, qr)| holds(&qr.corners.map(|c| Pyramid::to_frame(*level, c)), middle))
    }
}

/// Pixels a module of a version on a plane, as a mean over both axes.
fn module(plane: &Plane, version: usize) -> f64 {
    let [a, b] = plane.slopes(0.0, 0.0);
    (a[0] * b[1] - a[1] * b[0]).abs().sqrt() * 2.0 / (17 + 4 * version) as f64
}

/// Versions that the distances of three finder patterns speak for: by modules measured along the legs and by those of
/// the patterns themselves; and those of eL-QR, if they are not far from it.
fn versions(triple: &Triple) -> impl Iterator<Item = usize> {
    let near = triple.sides.map(|side| ((side - 17.0) / 4.0).round().clamp(1.0, 40.0) as usize);
    let second = ((triple.sides[0] - 17.0) / 4.0 - near[0] as f32).signum();
    let neighbour = (near[0] as f32 + second).clamp(1.0, 40.0) as usize;
    let all = [near[0], neighbour, near[1], 5, 6];
    (0..all.len()).filter_map(move |i| {
        let far = i > 2 && all[i].abs_diff(near[1]) > 2;
        (!all[..i].contains(&all[i]) && !far).then_some(all[i])
    })
}

/// The plane of three finder patterns of a version by how far away they are seen to be; as far as each other the fourth
/// corner completes a parallelogram.
fn rough(triple: &Triple, version: usize) -> Option<Plane> {
    let inset = 1.0 - FINDER_INSET as f64 / (17 + 4 * version) as f64;
    let ([v, p, q], [r, s]) = (triple.middles, triple.depths);
    let depth = r + s - 1.0;
    let fourth = Point { x: (r * p.x + s * q.x - v.x) / depth, y: (r * p.y + s * q.y - v.y) / depth };
    Plane::through([(-inset, -inset), (inset, -inset), (inset, inset), (-inset, inset)], [v, p, fourth, q])
}

/// The level on which modules are two to four pixels wide, or as near to it as there is, and the patterns' places there.
fn best_level(levels: &[Level], at: usize, likely: &Likely) -> (usize, Likely) {
    let mut module = likely.module();
    let mut to = at;
    while to > 0 && module < LEAST_MODULE {
        (to, module) = (to - 1, 2.0 * module);
    }
    while to + 1 < levels.len() && module >= 2.0 * LEAST_MODULE {
        (to, module) = (to + 1, module / 2.0);
    }
    let scale = (1u32 << at) as f32 / (1u32 << to) as f32;
    let triple = Triple {
        middles: likely.triple.middles.map(|p| Point { x: (p.x + 0.5) * scale - 0.5, y: (p.y + 0.5) * scale - 0.5 }),
        ..likely.triple
    };
    let plane = rough(&triple, likely.version).unwrap_or(likely.plane);
    if to == at { (at, *likely) } else { (to, Likely { triple, plane, ..*likely }) }
}

/// Reads the code of three finder patterns.
fn read_likely(level: &Level, likely: &Likely, budget: &mut Budget) -> Option<Qr> {
    let layout = Layout::new(likely.version);
    if let Some(bytes) = grid::read(level, &layout, &likely.plane) {
        return Some(Qr::new(&bytes, &likely.plane, likely.version));
    }
    let mut lattice = Lattice::new(&layout, level, likely.plane, likely.blur());
    let fit = lattice.fit_functions()?;
    // Now that the plane follows bent paper its modules may be plain.
    if let Some(bytes) = grid::read(level, &layout, &lattice.plane) {
        return Some(Qr::new(&bytes, &lattice.plane, likely.version));
    }
    if fit < LEAST_FIT {
        return None;
    }
    let places = layout.data();
    lattice.settle()?;
    let mut dark = Vec::new();
    // Thorough decisions only where quick ones fail.
    for thorough in std::iter::once(false).chain(std::iter::repeat(true)) {
        lattice.equalise(SWEEPS, thorough);
        lattice.modules(&mut dark);
        if let Some(decoded) = decode::decode(&layout, &places, &dark) {
            return Some(Qr::new(&decoded.bytes, &lattice.plane, likely.version));
        }
        // Where most modules remain open after all, nothing more is to be had.
        let open = dark.iter().filter(|d| (0.1..0.9).contains(*d)).count();
        if thorough && 3 * open > dark.len() {
            return None;
        }
        if thorough {
            budget.refits = budget.refits.checked_sub(1)?;
            lattice.refit()?;
        }
    }
    None
}

/// The lightest of a code's modules, if few of them are nearer to the darkest.
fn light_if_thin(level: &Level, likely: &Likely) -> Option<u8> {
    let luma = grid::middles(level, 17 + 4 * likely.version, &likely.plane);
    let (low, high) = luma.iter().fold((f32::MAX, 0.0f32), |(low, high), v| (low.min(*v), high.max(*v)));
    let dark = luma.iter().filter(|v| **v < (low + high) / 2.0).count();
    (dark as f32 / (luma.len() as f32) < THIN).then_some(high as u8)
}

/// Planes that a code may have: by its finder patterns alone, and by them with the alignment pattern wherever something
/// like it shows, the likeliest first.
fn planes(level: &Level, likely: &Likely, layout: &Layout) -> Vec<Plane> {
    let side = layout.side as f64;
    let inset = 1.0 - FINDER_INSET as f64 / side;
    let [v, p, q] = likely.triple.middles;
    let affine = likely.plane;
    let finders = [(-inset, -inset), (inset, -inset), (-inset, inset)];
    let mut planes = Vec::with_capacity(1 + PLACES);
    let (_, count) = alignment(layout.version);
    if count > 0 {
        let at = 1.0 - 13.0 / side;
        for point in alignment_places(level, &affine, at, side, (0.12 * side).clamp(3.0, 7.0)) {
            planes.extend(Plane::through([finders[0], finders[1], (at, at), finders[2]], [v, p, point, q]));
        }
    }
    planes.push(affine);
    planes
}

/// The plane of a code among some: the one whose function patterns explain most, with the share that they explain, if that
/// is enough.
fn place(level: &Level, layout: &Layout, likely: &Likely, tries: Vec<Plane>) -> Option<(f32, Plane)> {
    let affine = likely.plane;
    let mut lattice = Lattice::new(layout, level, affine, likely.blur());
    lattice.begin();
    let mut tries: Vec<(f32, Plane)> =
        tries.into_iter().filter_map(|plane| Some((lattice.glance(plane)?, plane))).collect();
    tries.retain(|t| t.0 >= LEAST_GLANCE);
    sort_few_by_key(&mut tries, |t| -t.0);
    let mut best: Option<(f32, Plane)> = None;
    for (_, plane) in tries.into_iter().take(APPROACHES) {
        let Some(score) = lattice.approach(plane) else { continue };
        if best.is_none_or(|b| b.0 < score) {
            best = Some((score, lattice.plane));
        }
        if score > SURE_FIT {
            break;
        }
    }
    let (score, plane) = best?;
    if score > SURE_FIT {
        return best;
    }
    // A drawing, or a sharp picture of a small version: what little is known explains less the more it is washed out.
    lattice.blur *= CRISP / BLUR;
    lattice.begin();
    let score = lattice.glance(plane).map_or(score, |crisp| crisp.max(score));
    (score >= LEAST_APPROACH).then_some((score, plane))
}

/// Points that look most like an alignment pattern, within `reach` modules of where an affine plane has it.
fn alignment_places(level: &Level, plane: &Plane, at: f64, side: f64, reach: f64) -> Vec<Point> {
    let (x, y) = plane.at(at, at);
    let [a, b] = plane.slopes(at, at);
    let step = |s: [f64; 2]| [s[0] * 2.0 / side, s[1] * 2.0 / side];
    let (a, b) = (step(a), step(b));
    let point = |i: f64, j: f64| Point { x: (x + i * a[0] + j * b[0]) as f32, y: (y + i * a[1] + j * b[1]) as f32 };
    let steps = (reach * 2.0) as i32;
    let likeness = |i: f64, j: f64| -> f32 {
        let (mut sum, mut squares, mut product) = (0.0f32, 0.0f32, 0.0f32);
        for dj in -2i32..=2 {
            for di in -2i32..=2 {
                let p = point(i + f64::from(di), j + f64::from(dj));
                let value = level.sample(p.x, p.y);
                sum += value;
                squares += value * value;
                // Eight light modules among 25.
                let light = if di.abs().max(dj.abs()) == 1 { 17.0 } else { -8.0 };
                product += light * value;
            }
        }
        let spread = squares - sum * sum / 25.0;
        // 3400 = 8 · 17² + 17 · 8².
        product / (3400.0 * spread.max(25.0)).sqrt()
    };
    let mut best: Vec<(f32, f64, f64)> = Vec::new();
    for j in -steps..=steps {
        for i in -steps..=steps {
            let (i, j) = (f64::from(i) / 2.0, f64::from(j) / 2.0);
            let now = likeness(i, j);
            // Only the best of a neighbourhood.
            if let Some(near) = best.iter_mut().find(|b| (b.1 - i).abs() <= 1.0 && (b.2 - j).abs() <= 1.0) {
                if now > near.0 {
                    *near = (now, i, j);
                }
                continue;
            }
            let place = best.partition_point(|b| b.0 >= now);
            if place < PLACES {
                best.insert(place, (now, i, j));
                best.truncate(PLACES);
            }
        }
    }
    best.into_iter().map(|(_, i, j)| point(i, j)).collect()
}

/// A finder pattern with its separator, nine by nine modules, in two blurs: darkness less its mean, of unit length.
#[derive(Debug)]
struct FinderPattern {
    blurred: [[f32; 81]; 2],
}

impl Default for FinderPattern {
    fn default() -> Self {
        let blurred = [0.45f32, 0.8].map(|blur| {
            // Along one axis: the dark square, the light one within it, the dark one within that.
            let [dark, light, core]: [[f32; 9]; 3] = [3.5, 2.5, 1.5].map(|half| {
                std::array::from_fn(|i| {
                    let x = i as f32 - 4.0;
                    normal((x + half) / blur) - normal((x - half) / blur)
                })
            });
            let mut values: [f32; 81] = std::array::from_fn(|i| {
                let (x, y) = (i % 9, i / 9);
                dark[x] * dark[y] - light[x] * light[y] + core[x] * core[y]
            });
            let mean = values.iter().sum::<f32>() / 81.0;
            values.iter_mut().for_each(|v| *v -= mean);
            let length = values.iter().map(|v| v * v).sum::<f32>().sqrt();
            values.map(|v| v / length)
        });
        Self { blurred }
    }
}

impl FinderPattern {
    /// How like finder patterns three corners of a plane look: the least of their correlations, -1 to 1.
    fn likeness(&self, level: &Level, plane: &Plane, version: usize) -> f32 {
        let side = (17 + 4 * version) as f64;
        let inset = 1.0 - FINDER_INSET as f64 / side;
        let step = 2.0 / side;
        let mut least = [1.0f32; 2];
        for (a, b) in [(-inset, -inset), (inset, -inset), (-inset, inset)] {
            let (mut sum, mut squares, mut products) = (0.0f32, 0.0f32, [0.0f32; 2]);
            // Nine modules are as good as flat.
            let ((x, y), slopes) = (plane.at(a, b), plane.slopes(a, b));
            let (x, y) = (x as f32, y as f32);
            let [right, down] = slopes.map(|s| s.map(|v| (v * step) as f32));
            for i in 0..81 {
                let (u, v) = ((i % 9) as f32 - 4.0, (i / 9) as f32 - 4.0);
                let value = 255.0 - level.sample(x + u * right[0] + v * down[0], y + u * right[1] + v * down[1]);
                sum += value;
                squares += value * value;
                for (product, pattern) in products.iter_mut().zip(&self.blurred) {
                    *product += pattern[i] * value;
                }
            }
            // Grey levels of noise and rounding are like nothing.
            let length = (squares - sum * sum / 81.0 + 81.0).sqrt();
            for (least, product) in least.iter_mut().zip(products) {
                *least = least.min(product / length);
            }
            if least.iter().all(|l| *l < LEAST_LIKENESS) {
                break;
            }
        }
        least[0].max(least[1])
    }
}

/// Whether a point lies in a convex outline.
fn holds(corners: &[Point; 4], p: Point) -> bool {
    (0..4).all(|i| {
        let (a, b) = (corners[i], corners[(i + 1) % 4]);
        (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x) >= 0.0
    })
}
