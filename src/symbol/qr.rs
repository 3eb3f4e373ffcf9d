//! QR Code (ISO/IEC 18004): found here, decoded by `rqrr`.
//!
//! `rqrr` alone looks at whole pictures, and on a page of Japanese print, where every 口 and 回 looks like a finder pattern,
//! it tries all triples of them: one 12-megapixel photo of a notice took 47 seconds. So finder patterns are sought and
//! matched here, with a limit on everything, and `rqrr` is given the few small areas that are left.

use super::Point;
use super::pyramid::Level;
use crate::small_sort::sort_few_by_key;

/// A QR Code that could be decoded, in pixels of its level.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Qr {
    pub(super) text: String,
    pub(super) corners: [Point; 4],
}

/// A finder pattern: three by three dark modules in a light ring in a dark ring.
#[derive(Debug, Clone, Copy)]
struct Finder {
    x: f32,
    y: f32,
    module: f32,
    /// Rows that showed it.
    rows: usize,
}

/// Finder patterns that are matched with each other: more are print.
const FINDERS: usize = 48;
/// Areas given to `rqrr`.
const AREAS: usize = 10;
/// Side of the blocks that thresholds are taken from, in pixels.
const BLOCK: usize = 16;
/// Grey levels between light and dark that a block's neighbourhood must have to hold any dark module.
const LEAST_CONTRAST: u8 = 30;
/// Modules between the middles of two finder patterns: 14 in version 1, 78 in version 17; eL-QR has 30 or 34. Measured
/// along a row of a code that is turned by 45° a module seems 1.4 times as long.
const DISTANCE: std::ops::RangeInclusive<f32> = 8.5..=84.0;

/// Reads the QR Codes of one level.
pub(super) fn read(level: &Level) -> Vec<Qr> {
    let mut found: Vec<Qr> = Vec::new();
    for corners in areas(level) {
        let (mut left, mut top, mut right, mut bottom) = (f32::INFINITY, f32::INFINITY, 0.0f32, 0.0f32);
        for p in corners {
            left = left.min(p.x);
            top = top.min(p.y);
            right = right.max(p.x);
            bottom = bottom.max(p.y);
        }
        let inside = found.iter().any(|q| {
            let (x, y) = q.corners.iter().fold((0.0, 0.0), |(x, y), p| (x + p.x / 4.0, y + p.y / 4.0));
            (left..right).contains(&x) && (top..bottom).contains(&y)
        });
        if inside {
            continue;
        }
        let from = |v: f32| v.max(0.0) as usize;
        let (x0, y0) = (from(left), from(top));
        let (x1, y1) = ((from(right) + 1).min(level.width), (from(bottom) + 1).min(level.height));
        if x1 < x0 + 21 || y1 < y0 + 21 {
            continue;
        }
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(x1 - x0, y1 - y0, |x, y| {
            level.luma[(y0 + y) * level.width + x0 + x]
        });
        for grid in picture.detect_grids() {
            let mut bytes = Vec::new();
            // Raw bytes: Japanese generators write Shift_JIS without saying so, which `decode` refuses.
            if grid.decode_to(&mut bytes).is_ok() {
                let corners = grid.bounds.map(|p| Point { x: p.x as f32 + x0 as f32, y: p.y as f32 + y0 as f32 });
                found.push(Qr { text: String::from_utf8_lossy(&bytes).into_owned(), corners });
            }
        }
    }
    found
}

/// Places that may hold a QR Code, best first: its corners with the quiet zone and some slack.
fn areas(level: &Level) -> Vec<[Point; 4]> {
    let finders = finders(level);
    // The best few, best first: thousands of triples may fit on a page of print.
    let mut best: Vec<(f32, [Point; 4])> = Vec::with_capacity(AREAS + 1);
    for (i, a) in finders.iter().enumerate() {
        for (j, b) in finders.iter().enumerate().skip(i + 1) {
            for c in finders.iter().skip(j + 1) {
                for (v, p, q) in [(a, b, c), (b, a, c), (c, a, b)] {
                    let Some(fit) = corner(v, p, q) else { continue };
                    let place = best.partition_point(|b| b.0 <= fit.0);
                    if place < AREAS {
                        best.insert(place, fit);
                        best.truncate(AREAS);
                    }
                }
            }
        }
    }
    best.into_iter().map(|(_, corners)| corners).collect()
}

/// How badly `v` fits as the finder pattern at the right angle between `p` and `q`, and the area that the three span.
fn corner(v: &Finder, p: &Finder, q: &Finder) -> Option<(f32, [Point; 4])> {
    let module = (v.module + p.module + q.module) / 3.0;
    let uneven = [v, p, q].iter().map(|f| (f.module / module - 1.0).abs()).fold(0.0, f32::max);
    let (ax, ay) = (p.x - v.x, p.y - v.y);
    let (bx, by) = (q.x - v.x, q.y - v.y);
    let (la, lb) = (ax.hypot(ay), bx.hypot(by));
    let skew = ((ax * bx + ay * by) / (la * lb).max(1.0)).abs();
    let lean = (la / lb.max(1.0)).ln().abs();
    // Seen at a slant of 45° legs differ by 1.4 and the angle by 20°.
    let fits = uneven < 0.35
        && skew < 0.42
        && lean < 0.5
        && DISTANCE.contains(&(la / module))
        && DISTANCE.contains(&(lb / module));
    if !fits {
        return None;
    }
    // Half a finder pattern, the quiet zone of four modules, and slack for perspective at the fourth corner.
    let modules = 3.5 + 4.0 + 0.08 * la.max(lb) / module;
    let (ga, gb) = (modules * module / la, modules * module / lb);
    let at = |s: f32, t: f32| Point { x: v.x + s * ax + t * bx, y: v.y + s * ay + t * by };
    let corners = [at(-ga, -gb), at(1.0 + ga, -gb), at(1.0 + ga, 1.0 + gb), at(-ga, 1.0 + gb)];
    // A true finder pattern shows on the three rows of its middle, every second of which is looked at; print seldom.
    let faint: f32 = [v, p, q].iter().map(|f| (1.0 - f.rows as f32 / (1.2 * f.module)).max(0.0)).sum();
    Some((uneven + skew + lean + 0.3 * faint, corners))
}

/// Light–dark thresholds, one a block.
struct Thresholds {
    columns: usize,
    values: Vec<u8>,
}

impl Thresholds {
    fn new(level: &Level) -> Self {
        let (columns, rows) = (level.width.div_ceil(BLOCK), level.height.div_ceil(BLOCK));
        let mut extremes = vec![(255u8, 0u8); columns * rows];
        for y in 0..level.height {
            let line = &level.luma[y * level.width..(y + 1) * level.width];
            for (column, pixels) in line.chunks(BLOCK).enumerate() {
                let (low, high) = &mut extremes[y / BLOCK * columns + column];
                for &v in pixels {
                    *low = (*low).min(v);
                    *high = (*high).max(v);
                }
            }
        }
        // A neighbourhood of five blocks: a dark module of a large code fills a block by itself.
        let mut values = Vec::with_capacity(columns * rows);
        for row in 0..rows {
            for column in 0..columns {
                let (mut low, mut high) = (255u8, 0u8);
                for r in row.saturating_sub(2)..(row + 3).min(rows) {
                    for &(l, h) in
                        &extremes[r * columns + column.saturating_sub(2)..r * columns + (column + 3).min(columns)]
                    {
                        low = low.min(l);
                        high = high.max(h);
                    }
                }
                let contrast = high.saturating_sub(low);
                values.push(if contrast < LEAST_CONTRAST { 0 } else { low + contrast / 2 });
            }
        }
        Self { columns, values }
    }

    fn dark(&self, level: &Level, x: usize, y: usize) -> bool {
        level.luma[y * level.width + x] < self.values[y / BLOCK * self.columns + x / BLOCK]
    }
}

/// Runs of 1 : 1 : 3 : 1 : 1 along rows, confirmed along the column, gathered.
fn finders(level: &Level) -> Vec<Finder> {
    if level.width < 21 || level.height < 21 {
        return Vec::new();
    }
    let thresholds = Thresholds::new(level);
    let mut found: Vec<Finder> = Vec::new();
    // A finder pattern's middle is three modules high: at a pixel and a half a module every second row still meets it.
    for y in (0..level.height).step_by(2) {
        let mut runs = [0usize; 5];
        let mut dark = false;
        for x in 0..=level.width {
            let now = x < level.width && thresholds.dark(level, x, y);
            if now == dark {
                runs[4] += 1;
                continue;
            }
            if dark && let Some(module) = ratio(&runs) {
                let middle = x as f32 - runs[4] as f32 - runs[3] as f32 - runs[2] as f32 / 2.0 - 0.5;
                if let Some((centre, tall)) = confirm(level, &thresholds, middle, y, module) {
                    gather(&mut found, middle, centre, (module + tall) / 2.0);
                }
            }
            runs.rotate_left(1);
            runs[4] = 1;
            dark = now;
        }
    }
    found.retain(|f| f.rows >= 2);
    sort_few_by_key(&mut found, |f| std::cmp::Reverse(f.rows));
    found.truncate(FINDERS);
    found
}

/// The module, if five runs are in the finder pattern's ratio.
fn ratio(runs: &[usize; 5]) -> Option<f32> {
    let total: usize = runs.iter().sum();
    if runs[0] == 0 || total < 7 {
        return None;
    }
    let module = total as f32 / 7.0;
    let slack = 0.55 * module + 0.6;
    let near = |run: usize, modules: f32| (run as f32 - modules * module).abs() <= slack * modules.sqrt();
    (near(runs[0], 1.0) && near(runs[1], 1.0) && near(runs[2], 3.0) && near(runs[3], 1.0) && near(runs[4], 1.0))
        .then_some(module)
}

/// The same ratio along another line through a place, in both senses of `step`: how many steps from the place its middle
/// lies, and the module in steps.
fn cross(
    level: &Level,
    thresholds: &Thresholds,
    at: (usize, usize),
    step: (i64, i64),
    module: f32,
) -> Option<(f32, f32)> {
    let most = (module * 5.0) as usize + 3;
    let dark = |n: i64| -> Option<bool> {
        let (x, y) = (at.0 as i64 + n * step.0, at.1 as i64 + n * step.1);
        let inside = x >= 0 && y >= 0 && (x as usize) < level.width && (y as usize) < level.height;
        inside.then(|| thresholds.dark(level, x as usize, y as usize))
    };
    // Lengths of the runs outwards: half the middle, the light ring, the dark ring.
    let walk = |sense: i64| -> Option<[usize; 3]> {
        let mut lengths = [0; 3];
        let mut n = 0;
        for (k, length) in lengths.iter_mut().enumerate() {
            while dark(sense * (n + 1)) == Some(k != 1) {
                n += 1;
                *length += 1;
                if *length > most {
                    return None;
                }
            }
            if k > 0 && *length == 0 {
                return None;
            }
        }
        Some(lengths)
    };
    if dark(0) != Some(true) {
        return None;
    }
    let (back, ahead) = (walk(-1)?, walk(1)?);
    let runs = [back[2], back[1], back[0] + ahead[0] + 1, ahead[1], ahead[2]];
    let module = ratio(&runs)?;
    Some(((ahead[0] as f32 - back[0] as f32) / 2.0, module))
}

/// Confirms a row's sighting along the column and both diagonals: slanting bars look like a finder pattern along any two
/// lines, but not along the one that runs with them. The middle's y, and the module along the column.
fn confirm(level: &Level, thresholds: &Thresholds, x: f32, y: usize, module: f32) -> Option<(f32, f32)> {
    let column = (x + 0.5) as usize;
    let (offset, tall) = cross(level, thresholds, (column, y), (0, 1), module)?;
    let middle = (y as f32 + offset).round().max(0.0) as usize;
    // A square seen along its diagonal is 1.4 times as long, and the steps of a diagonal are too.
    for step in [(1, 1), (1, -1)] {
        let (_, slant) = cross(level, thresholds, (column, middle), step, module)?;
        if (slant * std::f32::consts::SQRT_2 / module).ln().abs() > 0.6 {
            return None;
        }
    }
    ((tall / module).ln().abs() < 0.6).then_some((y as f32 + offset, tall))
}

/// Adds a sighting to the finder pattern it belongs to, or as a new one.
fn gather(found: &mut Vec<Finder>, x: f32, y: f32, module: f32) {
    let full = found.len() >= 400;
    let near = found.iter_mut().find(|f| {
        (f.x - x).abs() < 1.5 * f.module && (f.y - y).abs() < 1.5 * f.module && (f.module / module).ln().abs() < 0.5
    });
    match near {
        Some(f) => {
            let n = f.rows as f32;
            f.x = (f.x * n + x) / (n + 1.0);
            f.y = (f.y * n + y) / (n + 1.0);
            f.module = (f.module * n + module) / (n + 1.0);
            f.rows += 1;
        }
        // Noise makes thousands: what is not among the first few hundred is not looked for.
        None if full => {}
        None => found.push(Finder { x, y, module, rows: 1 }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Version 1 in outline: three finder patterns at `angle` (radians), `module` pixels a module.
    fn outline(module: f32, angle: f32) -> Level {
        let (width, height) = (400, 400);
        let mut luma = vec![220; width * height];
        let (sin, cos) = angle.sin_cos();
        for (i, pixel) in luma.iter_mut().enumerate() {
            let (x, y) = ((i % width) as f32 - 200.0, (i / width) as f32 - 200.0);
            let (u, v) = ((x * cos + y * sin) / module + 10.5, (y * cos - x * sin) / module + 10.5);
            let dark = [(3.5, 3.5), (17.5, 3.5), (3.5, 17.5)].iter().any(|(cu, cv)| {
                let ring = (u - cu).abs().max((v - cv).abs());
                ring < 1.5 || (2.5..3.5).contains(&ring)
            });
            if dark {
                *pixel = 30;
            }
        }
        Level { luma, width, height }
    }

    #[test]
    fn three_finder_patterns_make_one_area_at_any_angle() {
        for module in [2.5, 4.0, 9.0] {
            for degrees in [0.0f32, 17.0, 45.0, 80.0, 200.0] {
                let level = outline(module, degrees.to_radians());
                assert_eq!(finders(&level).len(), 3, "{module} px, {degrees}°");
                let areas = areas(&level);
                assert!(!areas.is_empty(), "{module} px, {degrees}°");
                let middle = areas[0].iter().fold((0.0, 0.0), |(x, y), p| (x + p.x / 4.0, y + p.y / 4.0));
                assert!(
                    (middle.0 - 200.0).hypot(middle.1 - 200.0) < 2.0 * module,
                    "{module} px, {degrees}°: {middle:?}"
                );
            }
        }
    }

    #[test]
    fn a_picture_full_of_finder_patterns_is_left_in_time() {
        // Every 12 pixels one: thousands of them, millions of triples if nothing limited them.
        let (width, height) = (1200, 900);
        let luma = (0..width * height)
            .map(|i| {
                let ring = |v: usize| ((v % 24) as i32 - 7).abs();
                let ring = ring(i % width).max(ring(i / width));
                if ring <= 2 || (5..=6).contains(&ring) { 20 } else { 230 }
            })
            .collect();
        let level = Level { luma, width, height };
        assert_eq!(finders(&level).len(), FINDERS);
        assert!(areas(&level).len() <= AREAS);
        assert_eq!(read(&level), []);
    }

    #[test]
    fn nothing_is_found_in_nothing() {
        for (width, height) in [(1, 1), (21, 21), (300, 3), (64, 64)] {
            for value in [0, 128, 255] {
                assert_eq!(read(&Level { luma: vec![value; width * height], width, height }), []);
            }
        }
    }
}
