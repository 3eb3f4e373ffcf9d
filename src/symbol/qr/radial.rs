//! Finder patterns too blurred for their light ring to show along a line: told by how dark it is on average at each
//! distance from the middle, which no turning changes.

use super::find::Finder;
use super::lattice::normal;
use crate::symbol::direction::direction;

/// Farthest distance from the middle that is looked at, in pixels.
const REACH: usize = 10;
/// Pixels a module of the patterns sought. Larger ones are seen on a coarser level.
const MODULES: [f32; 5] = [1.1, 1.3, 1.55, 1.85, 2.15];
/// Blurs of the patterns sought: standard deviation in modules.
const BLURS: [f32; 3] = [0.5, 0.75, 1.0];
/// How far the pattern is compared, in modules: to the middle of the separator.
const EXTENT: f32 = 4.3;
/// Grey levels by which its separator must be lighter than its dark ring.
const LEAST_STEP: i32 = 6;
/// What a pattern must explain of what varies in its place.
const LEAST: f32 = 0.5;

/// Mean darkness by distance, for one module and blur.
#[derive(Debug)]
struct Template {
    module: f32,
    /// Rings compared.
    rings: usize,
    darkness: [f32; REACH],
    /// Pixels of these rings, and the sums of their darkness and its square: of every picture the same.
    pixels: f32,
    sum: f32,
    squares: f32,
}

/// Eight points round a middle, right and down of it.
type Circle = [(i32, i32); 8];

/// The templates, and which pixels lie at which distance.
#[derive(Debug)]
pub(super) struct Radial {
    templates: Vec<Template>,
    /// The pixels of each ring, right and down of the middle.
    rings: [Vec<(i32, i32)>; REACH],
    /// Eight points of the dark ring and of the separator, for small, middling and large modules.
    glances: [(Circle, Circle); 3],
}

impl Default for Radial {
    fn default() -> Self {
        let reach = REACH as i32;
        let mut rings: [Vec<(i32, i32)>; REACH] = Default::default();
        for dy in 1 - reach..reach {
            for dx in 1 - reach..reach {
                let distance = ((dx * dx + dy * dy) as f32).sqrt().round() as usize;
                if let Some(ring) = rings.get_mut(distance) {
                    ring.push((dx, dy));
                }
            }
        }
        let templates = MODULES
            .iter()
            .flat_map(|&module| BLURS.iter().map(move |&blur| (module, blur)))
            .map(|(module, blur)| Template::new(module, blur, &rings))
            .collect();
        let circle = |radius: f32| {
            std::array::from_fn(|i| {
                let (cos, sin) = direction(i as f32 * std::f32::consts::FRAC_PI_4 + 0.2);
                ((radius * cos).round() as i32, (radius * sin).round() as i32)
            })
        };
        let glances = [1.2, 1.55, 2.0].map(|module| (circle(2.9 * module), circle(4.6 * module)));
        Self { templates, rings, glances }
    }
}

impl Template {
    fn new(module: f32, blur: f32, rings: &[Vec<(i32, i32)>; REACH]) -> Self {
        let darkness = std::array::from_fn(|ring| mean_darkness(ring as f32 / module, blur));
        let count = ((EXTENT * module) as usize + 1).min(REACH);
        let mut template = Self { module, rings: count, darkness, pixels: 0.0, sum: 0.0, squares: 0.0 };
        for (ring, darkness) in rings.iter().zip(darkness).take(count) {
            let pixels = ring.len() as f32;
            template.pixels += pixels;
            template.sum += pixels * darkness;
            template.squares += pixels * darkness * darkness;
        }
        template
    }
}

/// Mean darkness of a finder pattern at a distance from its middle, in modules.
fn mean_darkness(distance: f32, blur: f32) -> f32 {
    const ANGLES: usize = 12;
    let edge = |half: f32, x: f32| normal((x + half) / blur) - normal((x - half) / blur);
    let sum: f32 = (0..ANGLES)
        .map(|i| {
            // An eighth of the circle stands for all.
            let (cos, sin) = direction((i as f32 + 0.5) / ANGLES as f32 * std::f32::consts::FRAC_PI_4);
            let (x, y) = (distance * cos, distance * sin);
            [(3.5, 1.0), (2.5, -1.0), (1.5, 1.0)].iter().map(|&(h, sign)| sign * edge(h, x) * edge(h, y)).sum::<f32>()
        })
        .sum();
    sum / ANGLES as f32
}

impl Radial {
    /// Whether a few points tell of a dark ring in a light one at any size.
    fn glance(&self, luma: &[u8], width: usize, x: usize, y: usize) -> bool {
        let at = |(dx, dy): (i32, i32)| i32::from(luma[((y as i32 + dy) * width as i32 + x as i32 + dx) as usize]);
        let own = at((0, 0));
        self.glances.iter().any(|(inner, outer)| {
            let sum = |points: &Circle| points.iter().map(|p| at(*p)).sum::<i32>();
            let (inner, outer) = (sum(inner), sum(outer));
            outer - inner > 8 * LEAST_STEP && inner - 8 * own > -8 * LEAST_STEP
        })
    }

    /// The finder pattern round a pixel of a picture of `width` × `height`, if there is one; its weight is the share it
    /// explains.
    pub(super) fn look(&self, luma: &[u8], width: usize, height: usize, x: usize, y: usize) -> Option<Finder> {
        if x < REACH || y < REACH || x + REACH >= width || y + REACH >= height {
            return None;
        }
        if !self.glance(luma, width, x, y) {
            return None;
        }
        let mut rings = [(0.0f32, 0.0f32); REACH];
        let centre = (y * width + x) as i32;
        for (out, ring) in rings.iter_mut().zip(&self.rings) {
            let (mut sum, mut squares) = (0u32, 0u32);
            for (dx, dy) in ring {
                let value = u32::from(255 - luma[(centre + dy * width as i32 + dx) as usize]);
                sum += value;
                squares += value * value;
            }
            *out = (sum as f32, squares as f32);
        }
        let mut best: Option<(f32, f32)> = None;
        for template in &self.templates {
            let (mut s, mut ss, mut ts) = (0.0f32, 0.0f32, 0.0f32);
            for ((sum, squares), darkness) in rings.iter().zip(template.darkness).take(template.rings) {
                s += sum;
                ss += squares;
                ts += sum * darkness;
            }
            let (n, t, tt) = (template.pixels, template.sum, template.squares);
            let (total, spread, common) = (ss - s * s / n, tt - t * t / n, ts - t * s / n);
            if common > 0.0 {
                // Grey levels of noise and rounding explain nothing.
                let share = common * common / (spread * (total + 4.0 * n)).max(1e-6);
                if share > LEAST && best.is_none_or(|b| b.0 < share) {
                    best = Some((share, template.module));
                }
            }
        }
        best.map(|(share, module)| Finder { x: x as f32, y: y as f32, module, weight: share, pale: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn darkness_by_distance_is_that_of_the_rings() {
        // (distance in modules, blur, from, to)
        for (distance, blur, from, to) in [
            (0.0, 0.1, 0.99, 1.01),
            (2.0, 0.1, 0.0, 0.2),
            (3.2, 0.1, 0.7, 1.01),
            (5.2, 0.1, -0.01, 0.01),
            // Blurred by a module the light ring is still lighter than the dark one by a little.
            (2.2, 1.0, 0.3, 0.62),
        ] {
            let got = mean_darkness(distance, blur);
            assert!((from..=to).contains(&got), "{distance}, {blur}: {got}");
        }
    }
}
