//! QR Code (ISO/IEC 18004), all versions, dark on light, at any angle.
//!
//! Finder patterns are sought on every level of the pyramid (`find`), three of them make a plane (`plane`), which is fitted
//! to all function patterns together with light and blur; then the modules are told from each other by taking back what
//! blur spills between them, and everything is fitted again to the modules themselves (`lattice`). Format information,
//! codewords and error correction (`decode`, `layout`, `reed_solomon`) work on how sure each module is, and what they give
//! is read as segments (`content`).

mod content;
mod decode;
mod find;
mod lattice;
mod layout;
mod plane;
mod reed_solomon;

use super::Point;
use super::pyramid::Level;
use find::{Search, Triple};
use lattice::Lattice;
use layout::{FINDER_INSET, Layout, alignment};
use plane::Plane;

/// A QR Code that could be decoded, in pixels of its level.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Qr {
    pub(super) text: String,
    /// Top left, top right, bottom right, bottom left, as the code is read.
    pub(super) corners: [Point; 4],
}

/// Triples of finder patterns of a level that are looked at.
const TRIPLES: usize = 10;
/// What correlation with finder patterns the three places must have. False triples of print reach 0.3, true ones of codes
/// blurred by half a module 0.75.
const LEAST_LIKENESS: f32 = 0.4;
/// What the function patterns must explain of what varies in their places, for the modules to be read.
const LEAST_FIT: f32 = 0.45;
/// Places of the alignment pattern that are tried.
const PLACES: usize = 3;
/// Times that everything is fitted anew to the modules.
const REFITS: usize = 4;

/// Reads QR Codes. Holds the memory of its search.
#[derive(Debug, Default)]
pub(super) struct QrReader {
    search: Search,
    triples: Vec<Triple>,
}

impl QrReader {
    /// Reads the QR Codes of level `at`, sampling them where their modules are two to four pixels wide.
    pub(super) fn read(&mut self, levels: &[Level], at: usize) -> Vec<Qr> {
        let mut found: Vec<Qr> = Vec::new();
        let Some(level) = levels.get(at) else { return found };
        self.search.triples(level, at + 1 == levels.len(), TRIPLES, &mut self.triples);
        for triple in &self.triples {
            let [v, p, q] = triple.middles;
            let middle = Point { x: (p.x + q.x) / 2.0, y: (p.y + q.y) / 2.0 };
            if found.iter().any(|f| holds(&f.corners, middle)) {
                continue;
            }
            let leg = (p.x - v.x).hypot(p.y - v.y).min((q.x - v.x).hypot(q.y - v.y));
            let module = leg / (triple.side - FINDER_INSET as f32).max(1.0);
            found.extend(read_triple(level, triple, module));
        }
        found
    }
}

/// Reads the code of three finder patterns.
fn read_triple(level: &Level, triple: &Triple, module: f32) -> Option<Qr> {
    // Versions by how near their size is to what the finder patterns say.
    let near = (triple.side - 17.0) / 4.0;
    let versions =
        [near.round(), near.round() + (near - near.round()).signum(), near.round() - (near - near.round()).signum()];
    let mut best: Option<(f32, Layout, Plane, f32)> = None;
    for version in versions.into_iter().filter(|v| (1.0..=40.0).contains(v)) {
        let layout = Layout::new(version as usize);
        let Some((score, plane, blur)) = place(level, triple, &layout, module) else { continue };
        if best.as_ref().is_none_or(|b| b.0 < score) {
            best = Some((score, layout, plane, blur));
        }
        if score > 0.7 {
            break;
        }
    }
    let (_, layout, plane, blur) = best.filter(|b| b.0 >= LEAST_FIT)?;
    let places = layout.data();
    let mut lattice = Lattice::new(&layout, level, plane, blur);
    lattice.settle()?;
    let mut dark = Vec::new();
    for round in 0..=REFITS {
        if round > 0 {
            lattice.refit()?;
        }
        lattice.equalise(40);
        lattice.modules(&mut dark);
        if let Some(decoded) = decode::decode(&layout, &places, &dark) {
            let corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)].map(|(a, b)| {
                let (x, y) = lattice.plane.at(a, b);
                Point { x: x as f32, y: y as f32 }
            });
            return Some(Qr { text: String::from_utf8_lossy(&decoded.bytes).into_owned(), corners });
        }
    }
    None
}

/// The plane of a code of this layout: by its finder patterns alone, and by them with the alignment pattern wherever
/// something like it shows; the one whose function patterns explain most. Its score, the plane, and the blur in pixels.
fn place(level: &Level, triple: &Triple, layout: &Layout, module: f32) -> Option<(f32, Plane, f32)> {
    let side = layout.side as f64;
    let inset = 1.0 - 7.0 / side;
    let finders = [(-inset, -inset), (inset, -inset), (-inset, inset)];
    let [v, p, q] = triple.middles;
    let fourth = Point { x: p.x + q.x - v.x, y: p.y + q.y - v.y };
    let affine = Plane::through([finders[0], finders[1], (inset, inset), finders[2]], [v, p, fourth, q])?;
    let likeness = finder_likeness(level, &affine, side);
    if likeness < LEAST_LIKENESS {
        return None;
    }
    let mut tries = vec![affine];
    let (_, count) = alignment(layout.version);
    if count > 0 {
        let at = 1.0 - 13.0 / side;
        for point in alignment_places(level, &affine, at, side, (0.12 * side).clamp(3.0, 7.0)) {
            tries.extend(Plane::through([finders[0], finders[1], (at, at), finders[2]], [v, p, point, q]));
        }
    }
    let mut best: Option<(f32, Plane, f32)> = None;
    for plane in tries {
        let mut lattice = Lattice::new(layout, level, plane, 0.6 * module);
        let Some(score) = lattice.fit_functions(4) else { continue };
        if best.is_none_or(|b| b.0 < score) {
            best = Some((score, lattice.plane, lattice.blur));
        }
    }
    best
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

/// How like finder patterns the three places of an affine plane look: the least of their correlations with one, -1 to 1.
fn finder_likeness(level: &Level, plane: &Plane, side: f64) -> f32 {
    let inset = 1.0 - 7.0 / side;
    let mut least = f32::INFINITY;
    for (a, b) in [(-inset, -inset), (inset, -inset), (-inset, inset)] {
        let (mut sum, mut squares, mut product) = (0.0f32, 0.0f32, 0.0f32);
        for j in -4i32..=4 {
            for i in -4i32..=4 {
                let (x, y) = plane.at(a + f64::from(i) * 2.0 / side, b + f64::from(j) * 2.0 / side);
                let value = level.sample(x as f32, y as f32);
                sum += value;
                squares += value * value;
                // 48 of 81 are light.
                let light = if matches!(i.abs().max(j.abs()), 2 | 4) { 33.0 } else { -48.0 };
                product += light * value;
            }
        }
        let spread = (squares - sum * sum / 81.0).max(81.0);
        // 128304 = 48 · 33² + 33 · 48².
        least = least.min(product / (128_304.0 * spread).sqrt());
    }
    least
}

/// Whether a point lies in a convex outline.
fn holds(corners: &[Point; 4], p: Point) -> bool {
    (0..4).all(|i| {
        let (a, b) = (corners[i], corners[(i + 1) % 4]);
        (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x) >= 0.0
    })
}
