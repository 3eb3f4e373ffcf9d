//! A simulated camera: pinhole and lens, light, defocus, shake, sensor noise, tone curve, sharpening.
//!
//! Works in linear light and shares nothing with the reader, so that a mistake of one cannot hide in the other.

use super::draw::{Area, Drawing, render};
use super::print::{Ink, Printed};
use image::RgbImage;
use rand::rngs::SmallRng;
use rand::{Rng, RngCore, SeedableRng};
use std::sync::OnceLock;

/// Where the camera is, with respect to the table plane; maps millimetres there to pixels.
#[derive(Debug, Clone)]
pub struct Pose {
    to_pixel: [[f64; 3]; 3],
    to_plane: [[f64; 3]; 3],
    centre: (f64, f64),
    half_diagonal: f64,
    /// Radial distortion of the lens: share by which a ray at the picture's corner is bent outwards.
    distortion: f64,
    /// Where the lens is, in the plane's coordinates; the third is its height above it.
    lens: (f64, f64, f64),
    curl: Option<Curl>,
}

/// Paper that does not lie flat: a wave of some height above the table.
#[derive(Debug, Clone, Copy)]
pub struct Curl {
    /// Height of the crests, millimetres.
    pub height: f64,
    /// Distance from crest to crest, millimetres.
    pub length: f64,
    /// Direction from crest to crest, degrees.
    pub along: f64,
    /// Where the first crest is, as a share of the length.
    pub phase: f64,
}

impl Curl {
    fn height_at(self, x: f64, y: f64) -> f64 {
        let (s, c) = self.along.to_radians().sin_cos();
        let place = (x * c + y * s) / self.length + self.phase;
        self.height * 0.5 * (1.0 + (place * std::f64::consts::TAU).cos())
    }
}

/// What one asks of a pose.
#[derive(Debug, Clone, Copy)]
pub struct Aim {
    /// Picture size, pixels.
    pub size: (u32, u32),
    /// The point of the plane looked at, millimetres.
    pub point: (f64, f64),
    /// The pixel at which it shall appear.
    pub pixel: (f64, f64),
    /// Pixels a millimetre at that point, seen square on.
    pub scale: f64,
    /// Turn of the picture, degrees.
    pub rotate: f64,
    /// Angle between the lens's axis and the paper's normal, degrees.
    pub tilt: f64,
    /// Direction of the tilt, degrees.
    pub toward: f64,
    /// Focal length in units of the picture's longer side.
    pub focal: f64,
    /// See [`Pose`].
    pub distortion: f64,
    /// Waves of the paper.
    pub curl: Option<Curl>,
}

fn times(a: [[f64; 3]; 3], b: [[f64; 3]; 3]) -> [[f64; 3]; 3] {
    std::array::from_fn(|r| std::array::from_fn(|c| (0..3).map(|k| a[r][k] * b[k][c]).sum()))
}

fn inverse(m: [[f64; 3]; 3]) -> [[f64; 3]; 3] {
    let minor = |r: usize, c: usize| {
        let (r1, r2, c1, c2) = ((r + 1) % 3, (r + 2) % 3, (c + 1) % 3, (c + 2) % 3);
        m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1]
    };
    let determinant: f64 = (0..3).map(|c| m[0][c] * minor(0, c)).sum();
    std::array::from_fn(|r| std::array::from_fn(|c| minor(c, r) / determinant))
}

fn apply(m: &[[f64; 3]; 3], x: f64, y: f64) -> (f64, f64) {
    let w = m[2][0] * x + m[2][1] * y + m[2][2];
    ((m[0][0] * x + m[0][1] * y + m[0][2]) / w, (m[1][0] * x + m[1][1] * y + m[1][2]) / w)
}

impl Pose {
    /// The camera that satisfies `aim`.
    pub fn new(aim: Aim) -> Self {
        let (width, height) = (f64::from(aim.size.0), f64::from(aim.size.1));
        let focal = aim.focal * width.max(height);
        let distance = focal / aim.scale;
        let centre = (width / 2.0, height / 2.0);
        let (s, c) = aim.rotate.to_radians().sin_cos();
        let roll = [[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]];
        // Tilt about an axis in the picture plane: turn it onto x, tilt, turn back.
        let (s, c) = aim.toward.to_radians().sin_cos();
        let (turn, back) = ([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]], [[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]]);
        let (s, c) = aim.tilt.to_radians().sin_cos();
        let lean = [[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]];
        let turned = times(times(back, times(lean, turn)), roll);
        let ideal = |pixel: (f64, f64)| {
            let (u, v) = (pixel.0 - centre.0, pixel.1 - centre.1);
            let bend = 1.0 + aim.distortion * (u * u + v * v) / (width * width + height * height) * 4.0;
            (u * bend, v * bend)
        };
        let offset = ideal(aim.pixel);
        let shift = [offset.0 / focal * distance, offset.1 / focal * distance, distance];
        // Columns: the plane's x, y and origin, as the camera sees them.
        let seen: [[f64; 3]; 3] = std::array::from_fn(|r| {
            let origin = shift[r] - turned[r][0] * aim.point.0 - turned[r][1] * aim.point.1;
            [turned[r][0], turned[r][1], origin]
        });
        let lens = [[focal, 0.0, 0.0], [0.0, focal, 0.0], [0.0, 0.0, 1.0]];
        let to_pixel = times(lens, seen);
        // The lens is where the camera's own coordinates are nought; the plane's third axis points away from it.
        let place: [f64; 3] = std::array::from_fn(|axis| -(0..3).map(|r| turned[r][axis] * seen[r][2]).sum::<f64>());
        Self {
            lens: (place[0], place[1], -place[2]),
            curl: aim.curl,
            to_plane: inverse(to_pixel),
            to_pixel,
            centre,
            half_diagonal: width.hypot(height) / 2.0,
            distortion: aim.distortion,
        }
    }

    /// The point of the plane that a pixel position shows.
    pub fn plane(&self, u: f64, v: f64) -> (f64, f64) {
        let (u, v) = (u - self.centre.0, v - self.centre.1);
        let bend = 1.0 + self.distortion * (u * u + v * v) / (self.half_diagonal * self.half_diagonal);
        let flat = apply(&self.to_plane, u * bend, v * bend);
        if self.curl.is_none() {
            return flat;
        }
        // A raised point hides what lies behind it: look for the one that is seen in the flat one's place.
        let mut point = flat;
        for _ in 0..6 {
            let shift = self.parallax(point);
            point = (flat.0 - shift.0, flat.1 - shift.1);
        }
        point
    }

    /// How far beside its own place a raised point is seen on the table.
    fn parallax(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let Some(curl) = self.curl else { return (0.0, 0.0) };
        let height = curl.height_at(x, y);
        let share = height / (self.lens.2 - height).max(1.0);
        ((x - self.lens.0) * share, (y - self.lens.1) * share)
    }

    /// The pixel position at which a point of the plane appears.
    pub fn pixel(&self, x: f64, y: f64) -> (f64, f64) {
        let shift = self.parallax((x, y));
        let (ideal_u, ideal_v) = apply(&self.to_pixel, x + shift.0, y + shift.1);
        let (mut u, mut v) = (ideal_u, ideal_v);
        // The bend is a few percent: each round makes its error some twenty times smaller.
        for _ in 0..12 {
            let bend = 1.0 + self.distortion * (u * u + v * v) / (self.half_diagonal * self.half_diagonal);
            (u, v) = (ideal_u / bend, ideal_v / bend);
        }
        (u + self.centre.0, v + self.centre.1)
    }

    /// Pixels a millimetre along the sheet's x at a point.
    pub fn scale_at(&self, x: f64, y: f64) -> f64 {
        let (a, b) = (self.pixel(x - 0.05, y), self.pixel(x + 0.05, y));
        (b.0 - a.0).hypot(b.1 - a.1) / 0.1
    }

    /// Mean and least pixels a module over a symbol, taken along its bars' direction of change.
    pub fn module_px(&self, code: &Printed) -> (f64, f64) {
        let mut least = f64::INFINITY;
        let mut sum = 0.0;
        for at in 0..9 {
            for down in [0.0, 0.5, 1.0] {
                let x = code.x + code.width() * f64::from(at) / 8.0;
                let scale = self.scale_at(x, code.y + code.height * down) * code.module;
                least = least.min(scale);
                sum += scale;
            }
        }
        (sum / 27.0, least)
    }
}

/// Everything that lies before the camera; all in one plane.
#[derive(Debug, Clone)]
pub struct Scene {
    /// Paper and things, in millimetres, painted over the table.
    pub drawing: Drawing,
    /// The symbols, looked up exactly rather than from pixels.
    pub codes: Vec<Printed>,
    /// The table under it all.
    pub table: Table,
}

/// A table's surface: brightness varies by streaks and grain.
#[derive(Debug, Clone)]
pub struct Table {
    /// Tile of colours, square-rooted light, [`TILE`] a side.
    tile: Vec<[f32; 3]>,
    /// Tile points a millimetre.
    density: f64,
}

const TILE: usize = 512;

impl Table {
    /// A random surface: plain, grainy, wood, cloth or checks.
    pub fn random(rng: &mut SmallRng) -> Self {
        let base: [f32; 3] = super::payload::pick(
            rng,
            &[
                [0.62, 0.45, 0.30],
                [0.42, 0.28, 0.18],
                [0.80, 0.70, 0.55],
                [0.35, 0.36, 0.38],
                [0.75, 0.75, 0.74],
                [0.20, 0.22, 0.26],
                [0.55, 0.62, 0.66],
                [0.15, 0.14, 0.14],
            ],
        );
        let kind = rng.random_range(0..5);
        let period = rng.random_range(12..60);
        let grain = rng.random_range(0.01..0.06f32);
        let streaks: Vec<f32> = smooth(rng, TILE, if kind == 1 { 6 } else { 40 });
        let wander: Vec<f32> = smooth(rng, TILE, 90);
        let mut tile = Vec::with_capacity(TILE * TILE);
        for y in 0..TILE {
            for x in 0..TILE {
                let shade = match kind {
                    // Wood: streaks along x that wander.
                    1 | 2 => {
                        let at = y as f32 + wander[x] * 14.0;
                        let at = at.rem_euclid(TILE as f32);
                        let (low, part) = (at as usize % TILE, at.fract());
                        (streaks[low] * (1.0 - part) + streaks[(low + 1) % TILE] * part) * 0.25
                    }
                    3 => {
                        if (x / period + y / period).is_multiple_of(2) {
                            0.12
                        } else {
                            -0.08
                        }
                    }
                    4 => ((x as f32 * 0.9).sin() * (y as f32 * 0.9).sin()) * 0.06,
                    _ => streaks[x] * 0.04 + wander[y] * 0.04,
                };
                let noise = (rng.random::<f32>() - 0.5) * grain;
                tile.push(base.map(|c| (c * (1.0 + shade + noise)).clamp(0.02, 0.98)));
            }
        }
        Self { tile, density: rng.random_range(2.0..6.0) }
    }

    /// Colour at a point, square-rooted light.
    pub fn at(&self, x: f64, y: f64) -> [f32; 3] {
        // Mirrored at each tile's end, so that no seam shows.
        let fold = |v: f64| {
            let v = (v * self.density).rem_euclid(2.0 * TILE as f64) as usize;
            if v < TILE { v } else { 2 * TILE - 1 - v.min(2 * TILE - 1) }
        };
        self.tile[fold(y) * TILE + fold(x)]
    }
}

/// A closed line of smooth random values in −1 to 1.
fn smooth(rng: &mut SmallRng, count: usize, width: usize) -> Vec<f32> {
    let knots = (count / width).max(2);
    let values: Vec<f32> = (0..knots).map(|_| rng.random_range(-1.0..1.0)).collect();
    (0..count)
        .map(|at| {
            let place = at as f32 * knots as f32 / count as f32;
            let (low, part) = (place as usize % knots, place.fract());
            let part = part * part * (3.0 - 2.0 * part);
            values[low] * (1.0 - part) + values[(low + 1) % knots] * part
        })
        .collect()
}

/// A soft shadow: light falls to `depth` beyond a line across the picture.
#[derive(Debug, Clone, Copy)]
pub struct Shadow {
    /// A point of its edge, in shares of the picture's width and height.
    pub at: (f64, f64),
    /// Direction into the shade, degrees.
    pub toward: f64,
    /// Width of its soft edge, in shares of the width.
    pub soft: f64,
    /// Light left in it, 0 to 1.
    pub depth: f64,
}

/// A lamp's mirror image on glossy paper.
#[derive(Debug, Clone, Copy)]
pub struct Glare {
    /// Its middle, in shares of the picture.
    pub at: (f64, f64),
    /// Its radius, in shares of the width.
    pub radius: f64,
    /// Light added in its middle; 1 = as bright as white.
    pub strength: f64,
}

/// The light on the scene.
#[derive(Debug, Clone)]
pub struct Light {
    /// Linear light that a surface reflecting everything would give, 0 to 1 = full.
    pub level: f64,
    /// Change of light from one side to the other (x, y), as a share.
    pub gradient: (f64, f64),
    /// Loss at the corners, as a share.
    pub vignette: f64,
    /// Red and blue with respect to green.
    pub tint: (f64, f64),
    /// Shadows.
    pub shadows: Vec<Shadow>,
    /// Glare.
    pub glare: Option<Glare>,
}

/// Lens and hand.
#[derive(Debug, Clone, Copy)]
pub struct Optics {
    /// Standard deviation of the defocus, pixels.
    pub sigma: f64,
    /// A disc (as an open lens makes) instead of a bell.
    pub disc: bool,
    /// Length of the path shaken along during exposure, pixels.
    pub shake: f64,
    /// Its direction, degrees.
    pub shake_toward: f64,
}

/// The sensor and what follows it.
#[derive(Debug, Clone, Copy)]
pub struct Sensor {
    /// Standard deviation at middle light, as a share of full scale.
    pub noise: f64,
    /// Strength of the sharpening, 0 = none.
    pub sharpen: f64,
    /// Strength of the contrast curve, 0 = none.
    pub contrast: f64,
    /// Black and white only.
    pub grey: bool,
}

/// A camera ready to be released.
#[derive(Debug, Clone)]
pub struct Camera {
    /// Picture size, pixels.
    pub size: (u32, u32),
    /// Where it is.
    pub pose: Pose,
    /// The light.
    pub light: Light,
    /// The lens.
    pub optics: Optics,
    /// The sensor.
    pub sensor: Sensor,
}

/// The visible part of the scene as pixels: square roots of reflected light, opaque.
struct Ground {
    origin: (f64, f64),
    /// Pixels a millimetre.
    density: f64,
    size: (usize, usize),
    pixels: Vec<[u8; 4]>,
}

/// Largest ground that is rendered, pixels; beyond it the ground is coarser than the picture.
const GROUND_LIMIT: f64 = 24e6;
/// Nothing farther from the sheet than this is looked at, millimetres.
const HORIZON: f64 = 900.0;

impl Ground {
    fn new(scene: &Scene, camera: &Camera, halo: f64) -> anyhow::Result<Self> {
        let (w, h) = (f64::from(camera.size.0), f64::from(camera.size.1));
        let (mut low, mut high) = ((f64::INFINITY, f64::INFINITY), (f64::NEG_INFINITY, f64::NEG_INFINITY));
        for at in 0..=16 {
            let part = f64::from(at) / 16.0;
            let (u, v) = (-halo + (w + 2.0 * halo) * part, -halo + (h + 2.0 * halo) * part);
            for (u, v) in [(u, -halo), (u, h + halo), (-halo, v), (w + halo, v)] {
                let (x, y) = camera.pose.plane(u, v);
                let (x, y) = (x.clamp(-HORIZON, HORIZON), y.clamp(-HORIZON, HORIZON));
                low = (low.0.min(x), low.1.min(y));
                high = (high.0.max(x), high.1.max(y));
            }
        }
        let (low, high) = ((low.0 - 1.0, low.1 - 1.0), (high.0 + 1.0, high.1 + 1.0));
        let area = Area { x: low.0, y: low.1, w: high.0 - low.0, h: high.1 - low.1 };
        let middle = camera.pose.plane(w / 2.0, h / 2.0);
        let wanted = camera.pose.scale_at(middle.0, middle.1) * 1.25;
        let density = wanted.min((GROUND_LIMIT / (area.w * area.h)).sqrt()).max(0.2);
        let size = ((area.w * density).ceil() as usize, (area.h * density).ceil() as usize);
        let area = Area { w: size.0 as f64 / density, h: size.1 as f64 / density, ..area };
        let pixmap = render(&scene.drawing, area, size.0 as u32, size.1 as u32)?;
        let mut pixels = Vec::with_capacity(size.0 * size.1);
        for (at, pixel) in pixmap.pixels().iter().enumerate() {
            let clear = 255 - pixel.alpha();
            let mut colour = [pixel.red(), pixel.green(), pixel.blue(), 255];
            if clear > 0 {
                let (x, y) = ((at % size.0) as f64 / density + area.x, (at / size.0) as f64 / density + area.y);
                let table = scene.table.at(x, y);
                for (channel, under) in colour.iter_mut().zip(table) {
                    *channel = channel.saturating_add((under * f32::from(clear)) as u8);
                }
            }
            pixels.push(colour);
        }
        Ok(Self { origin: low, density, size, pixels })
    }

    /// Reflectance, 0 to 1, at ground coordinates.
    #[inline]
    fn at(&self, gx: f32, gy: f32) -> [f32; 3] {
        let (gx, gy) = (gx.clamp(0.0, self.size.0 as f32 - 1.001), gy.clamp(0.0, self.size.1 as f32 - 1.001));
        let (x, y) = (gx as usize, gy as usize);
        let (fx, fy) = (gx - x as f32, gy - y as f32);
        let start = y * self.size.0 + x;
        let next = (start + self.size.0).min(self.pixels.len() - 1);
        let right = |at: usize| (at + 1).min(self.pixels.len() - 1);
        let (a, b) = (self.pixels[start], self.pixels[right(start)]);
        let (c, d) = (self.pixels[next], self.pixels[right(next)]);
        std::array::from_fn(|i| {
            let top = f32::from(a[i]) * (1.0 - fx) + f32::from(b[i]) * fx;
            let bottom = f32::from(c[i]) * (1.0 - fx) + f32::from(d[i]) * fx;
            let root = (top * (1.0 - fy) + bottom * fy) / 255.0;
            BLACK + (WHITE - BLACK) * root * root
        })
    }
}

/// Share of light that the blackest ink and the whitest paper give back.
const BLACK: f32 = 0.035;
const WHITE: f32 = 0.88;

/// Points inside a pixel, spread so that no two share a row or a column (Hammersley).
fn points(count: u32) -> Vec<(f32, f32)> {
    (0..count)
        .map(|at| {
            let (mut x, mut half, mut bits) = (0.0, 0.5, at);
            while bits > 0 {
                x += half * (bits & 1) as f32;
                bits >>= 1;
                half /= 2.0;
            }
            (x + 0.5 / count as f32, (at as f32 + 0.5) / count as f32)
        })
        .collect()
}

/// Blur of lens and hand as weights around a pixel.
struct Kernel {
    radius: usize,
    /// (row, column, weight), both counted from the upper left; weights add up to one.
    taps: Vec<(usize, usize, f32)>,
}

impl Kernel {
    fn new(optics: Optics) -> Self {
        let sigma = optics.sigma.max(0.0);
        let reach = if optics.disc { 2.0 * sigma + 1.0 } else { 3.0 * sigma } + optics.shake / 2.0;
        let radius = if sigma < 0.05 && optics.shake < 0.1 { 0 } else { reach.ceil() as usize };
        let side = 2 * radius + 1;
        let (dy, dx) = optics.shake_toward.to_radians().sin_cos();
        let steps = (optics.shake * 4.0).ceil() as usize + 1;
        let mut weights = vec![0.0f64; side * side];
        for step in 0..steps {
            let part = if steps == 1 { 0.0 } else { step as f64 / (steps - 1) as f64 - 0.5 };
            let (ox, oy) = (dx * optics.shake * part, dy * optics.shake * part);
            let mut layer = vec![0.0f64; side * side];
            for (at, weight) in layer.iter_mut().enumerate() {
                let (x, y) = ((at % side) as f64 - radius as f64 - ox, (at / side) as f64 - radius as f64 - oy);
                *weight = if sigma < 0.05 {
                    (1.0 - x.abs()).max(0.0) * (1.0 - y.abs()).max(0.0)
                } else if optics.disc {
                    // A disc of radius 2σ has standard deviation σ along each axis; its rim is smoothed by a pixel.
                    (2.0 * sigma + 0.5 - x.hypot(y)).clamp(0.0, 1.0)
                } else {
                    (-(x * x + y * y) / (2.0 * sigma * sigma)).exp()
                };
            }
            let sum: f64 = layer.iter().sum();
            for (total, weight) in weights.iter_mut().zip(layer) {
                *total += weight / sum.max(1e-12) / steps as f64;
            }
        }
        let kept: f64 = weights.iter().filter(|w| **w > 1e-5).sum();
        let taps = weights
            .iter()
            .enumerate()
            .filter(|(_, w)| **w > 1e-5)
            .map(|(at, w)| (at / side, at % side, (w / kept) as f32))
            .collect();
        Self { radius, taps }
    }
}

/// Bell-distributed values to draw from by index.
fn bell() -> &'static [f32] {
    static BELL: OnceLock<Vec<f32>> = OnceLock::new();
    BELL.get_or_init(|| {
        let mut rng = SmallRng::seed_from_u64(0xBE11);
        (0..1 << 15)
            .flat_map(|_| {
                let radius = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
                let (s, c) = (rng.random::<f64>() * std::f64::consts::TAU).sin_cos();
                [(radius * s) as f32, (radius * c) as f32]
            })
            .collect()
    })
}

impl Camera {
    /// Takes the picture. The same seed gives the same picture.
    ///
    /// # Errors
    /// No Japanese font on this machine.
    pub fn shoot(&self, scene: &Scene, seed: u64) -> anyhow::Result<RgbImage> {
        const BAND: usize = 96;
        let kernel = Kernel::new(self.optics);
        let halo = kernel.radius + 1;
        let ground = Ground::new(scene, self, halo as f64)?;
        let inks: Vec<(Ink, [f64; 4])> = scene.codes.iter().map(|code| (code.ink(), self.box_of(code))).collect();
        let (width, height) = (self.size.0 as usize, self.size.1 as usize);
        let tone = self.tone();
        let mut picture = RgbImage::new(self.size.0, self.size.1);
        let columns = width + 2 * halo;
        for first in (0..height).step_by(BAND) {
            let rows = BAND.min(height - first);
            // One row more above and below is finished, for the sharpening to look at.
            let seen = rows + 2 * halo;
            let mut light = vec![0.0f32; 3 * seen * columns];
            self.gather(&ground, &inks, first as i64 - halo as i64, halo, seen, columns, &mut light);
            let done = rows + 2;
            let wide = width + 2;
            let mut toned = vec![0.0f32; 3 * done * wide];
            for channel in 0..3 {
                let from = &light[channel * seen * columns..][..seen * columns];
                let to = &mut toned[channel * done * wide..][..done * wide];
                for (row, line) in to.chunks_mut(wide).enumerate() {
                    for (down, across, weight) in &kernel.taps {
                        let source = &from[(row + down) * columns + across..][..wide];
                        for (sum, value) in line.iter_mut().zip(source) {
                            *sum += weight * value;
                        }
                    }
                }
            }
            self.expose(&mut toned, first as i64 - 1, done, wide, seed, &tone);
            let bytes: &mut [u8] = &mut picture;
            self.finish(&toned, done, wide, &mut bytes[first * width * 3..][..rows * width * 3]);
        }
        Ok(picture)
    }

    /// The rectangle of pixels that a symbol touches: left, top, right, bottom.
    fn box_of(&self, code: &Printed) -> [f64; 4] {
        let mut reach = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        for (x, y) in code.corners() {
            let (u, v) = self.pose.pixel(x, y);
            reach = [reach[0].min(u), reach[1].min(v), reach[2].max(u), reach[3].max(v)];
        }
        let spare = 4.0 + 0.02 * f64::from(self.size.0.max(self.size.1));
        [reach[0] - spare, reach[1] - spare, reach[2] + spare, reach[3] + spare]
    }

    /// Light that falls on each pixel of some rows, before the lens blurs it.
    #[expect(clippy::too_many_arguments, reason = "one inner loop, called once")]
    fn gather(
        &self,
        ground: &Ground,
        inks: &[(Ink, [f64; 4])],
        first: i64,
        halo: usize,
        rows: usize,
        columns: usize,
        light: &mut [f32],
    ) {
        let (coarse, fine) = (points(if self.size.0 > 2000 { 2 } else { 4 }), points(16));
        let corner_row =
            |v: f64| -> Vec<(f64, f64)> { (0..=columns).map(|i| self.pose.plane(i as f64 - halo as f64, v)).collect() };
        let plane = rows * columns;
        let mut upper = corner_row(first as f64);
        for row in 0..rows {
            let v = (first + row as i64) as f64;
            let lower = corner_row(v + 1.0);
            let near: Vec<&(Ink, [f64; 4])> = inks.iter().filter(|(_, b)| v >= b[1] - 1.0 && v <= b[3]).collect();
            for column in 0..columns {
                let u = column as f64 - halo as f64;
                let (x0, y0) = upper[column];
                let (ax, ay) = (upper[column + 1].0 - x0, upper[column + 1].1 - y0);
                let (bx, by) = (lower[column].0 - x0, lower[column].1 - y0);
                let inked = near.iter().any(|(_, b)| u >= b[0] - 1.0 && u <= b[2]);
                let mut sum = [0.0f32; 3];
                let set = if inked { &fine } else { &coarse };
                for (sx, sy) in set {
                    let (sx, sy) = (f64::from(*sx), f64::from(*sy));
                    let (x, y) = (x0 + ax * sx + bx * sy, y0 + ay * sx + by * sy);
                    let gx = (x - ground.origin.0) * ground.density - 0.5;
                    let gy = (y - ground.origin.1) * ground.density - 0.5;
                    let mut colour = ground.at(gx as f32, gy as f32);
                    if inked {
                        for (ink, _) in &near {
                            let ink = ink.at(x, y);
                            if ink > 0.0 {
                                colour = colour.map(|c| c + (BLACK - c) * ink);
                            }
                        }
                    }
                    for (total, value) in sum.iter_mut().zip(colour) {
                        *total += value;
                    }
                }
                let (lit, glare) = self.lit(u, v);
                let count = set.len() as f32;
                for (channel, (value, tint)) in sum.iter().zip([self.light.tint.0, 1.0, self.light.tint.1]).enumerate()
                {
                    light[channel * plane + row * columns + column] = value / count * lit * tint as f32 + glare;
                }
            }
            upper = lower;
        }
    }

    /// Light at a pixel, and glare added there.
    #[inline]
    fn lit(&self, u: f64, v: f64) -> (f32, f32) {
        let (w, h) = (f64::from(self.size.0), f64::from(self.size.1));
        let (x, y) = (u / w - 0.5, v / h - 0.5);
        let radius = (x * x * w * w + y * y * h * h) / (w * w + h * h) * 4.0;
        let mut level = self.light.level * (1.0 - self.light.vignette * radius);
        level *= 1.0 + self.light.gradient.0 * x + self.light.gradient.1 * y;
        for shadow in &self.light.shadows {
            let (s, c) = shadow.toward.to_radians().sin_cos();
            let inside = ((u / w - shadow.at.0) * c + (v / h - shadow.at.1) * h / w * s) / shadow.soft.max(1e-3);
            let part = (inside + 0.5).clamp(0.0, 1.0);
            let part = part * part * (3.0 - 2.0 * part);
            level *= 1.0 - (1.0 - shadow.depth) * part;
        }
        let glare = self.light.glare.map_or(0.0, |glare| {
            let (dx, dy) = (u / w - glare.at.0, (v / h - glare.at.1) * h / w);
            glare.strength * (-(dx * dx + dy * dy) / (2.0 * glare.radius * glare.radius)).exp()
        });
        (level.max(0.0) as f32, glare as f32)
    }

    /// The tone curve as a table over linear light 0 to 1.
    fn tone(&self) -> Vec<f32> {
        (0..TONES)
            .map(|at| {
                let linear = at as f64 / (TONES - 1) as f64;
                let encoded =
                    if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
                let curve = encoded * encoded * (3.0 - 2.0 * encoded);
                ((encoded + (curve - encoded) * self.sensor.contrast) * 255.0) as f32
            })
            .collect()
    }

    /// Noise and tone, in place. Each row's noise hangs on seed and row alone, whatever band it is in.
    fn expose(&self, values: &mut [f32], first: i64, rows: usize, wide: usize, seed: u64, tone: &[f32]) {
        let bell = bell();
        let noise = self.sensor.noise as f32;
        let plane = rows * wide;
        for row in 0..rows {
            let line = (first + row as i64) as u64;
            let mut rng = SmallRng::seed_from_u64(seed ^ line.wrapping_mul(0x9E37_79B9_7F4A_7C15));
            let (mut bits, mut left) = (0u64, 0);
            for column in 0..wide {
                for channel in 0..3 {
                    let at = channel * plane + row * wide + column;
                    if left == 0 {
                        (bits, left) = (rng.next_u64(), 4);
                    }
                    let value = values[at];
                    // A quarter of the variance at middle light is read noise, the rest counts photons.
                    let deviation = noise * (0.25 + 1.5 * value.max(0.0)).sqrt();
                    let value = value + deviation * bell[(bits & 0xFFFF) as usize];
                    bits >>= 16;
                    left -= 1;
                    let index = (value.clamp(0.0, 1.0) * (TONES - 1) as f32 + 0.5) as usize;
                    values[at] = tone[index.min(TONES - 1)];
                }
            }
        }
    }

    /// Sharpening and rounding.
    fn finish(&self, values: &[f32], rows: usize, wide: usize, bytes: &mut [u8]) {
        let amount = self.sensor.sharpen as f32;
        let plane = rows * wide;
        let width = wide - 2;
        for row in 1..rows - 1 {
            for column in 1..wide - 1 {
                let out = ((row - 1) * width + column - 1) * 3;
                let mut colour = [0.0f32; 3];
                for (channel, value) in colour.iter_mut().enumerate() {
                    let at = channel * plane + row * wide + column;
                    let middle = values[at];
                    let around = (values[at - 1] + values[at + 1] + values[at - wide] + values[at + wide]) / 4.0;
                    *value = middle + amount * (middle - around);
                }
                if self.sensor.grey {
                    colour = [0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]; 3];
                }
                for (byte, value) in bytes[out..out + 3].iter_mut().zip(colour) {
                    *byte = (value + 0.5).clamp(0.0, 255.0) as u8;
                }
            }
        }
    }
}

const TONES: usize = 1 << 14;

/// Writes a JPEG.
///
/// Cameras store colour at half the resolution of light; the encoder at hand cannot, so the colour is averaged over
/// 2 × 2 pixels first, which looks the same and takes hardly more room.
///
/// # Errors
/// The encoder's.
pub fn jpeg(picture: &RgbImage, quality: u8) -> anyhow::Result<Vec<u8>> {
    let mut halved = picture.clone();
    let luma = |p: &image::Rgb<u8>| 0.299 * f32::from(p[0]) + 0.587 * f32::from(p[1]) + 0.114 * f32::from(p[2]);
    for y in (0..picture.height().saturating_sub(1)).step_by(2) {
        for x in (0..picture.width().saturating_sub(1)).step_by(2) {
            let places = [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)];
            let mut colour = [0.0f32; 3];
            for (u, v) in places {
                let pixel = picture.get_pixel(u, v);
                let light = luma(pixel);
                for (sum, value) in colour.iter_mut().zip(pixel.0) {
                    *sum += (f32::from(value) - light) / 4.0;
                }
            }
            for (u, v) in places {
                let light = luma(picture.get_pixel(u, v));
                halved.put_pixel(u, v, image::Rgb(colour.map(|c| (light + c + 0.5).clamp(0.0, 255.0) as u8)));
            }
        }
    }
    let mut bytes = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(&halved)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aim(rotate: f64, tilt: f64) -> Aim {
        Aim {
            size: (1280, 720),
            point: (50.0, 40.0),
            pixel: (640.0, 360.0),
            scale: 10.0,
            rotate,
            tilt,
            toward: 30.0,
            focal: 1.0,
            distortion: 0.0,
            curl: None,
        }
    }

    #[test]
    fn a_square_on_camera_only_scales_and_turns() {
        // (turn, point, pixel, why)
        let cases = [
            (0.0, (50.0, 40.0), (640.0, 360.0), "the aim is in the middle"),
            (0.0, (60.0, 40.0), (740.0, 360.0), "10 mm at 10 px/mm to the right"),
            (0.0, (50.0, 30.0), (640.0, 260.0), "up stays up"),
            (90.0, (60.0, 40.0), (640.0, 460.0), "a quarter turn clockwise"),
            (180.0, (60.0, 40.0), (540.0, 360.0), "upside down"),
        ];
        for (rotate, point, pixel, why) in cases {
            let found = Pose::new(aim(rotate, 0.0)).pixel(point.0, point.1);
            assert!((found.0 - pixel.0).hypot(found.1 - pixel.1) < 1e-6, "{why}: {found:?}");
        }
    }

    #[test]
    fn pixel_and_plane_undo_each_other() {
        let wave = Some(Curl { height: 3.0, length: 120.0, along: 20.0, phase: 0.3 });
        for (tilt, distortion, curl) in
            [(0.0, 0.0, None), (25.0, 0.0, None), (25.0, 0.03, None), (40.0, -0.03, None), (25.0, 0.02, wave)]
        {
            let pose = Pose::new(Aim { distortion, curl, pixel: (500.0, 300.0), ..aim(33.0, tilt) });
            for corner in [(0.5, 0.5), (1279.5, 0.5), (1279.5, 719.5), (0.5, 719.5)] {
                let (x, y) = pose.plane(corner.0, corner.1);
                let back = pose.pixel(x, y);
                assert!((back.0 - corner.0).hypot(back.1 - corner.1) < 1e-3, "tilt {tilt}: {corner:?} became {back:?}");
            }
            let aimed = pose.pixel(50.0, 40.0);
            assert!(
                curl.is_some() || (aimed.0 - 500.0).hypot(aimed.1 - 300.0) < 1e-3,
                "the aim appears where it was asked: {aimed:?}"
            );
        }
    }

    #[test]
    fn a_crest_under_a_square_on_camera_looks_larger() {
        // The lens is 128 mm away; paper 8 mm nearer is seen 128/120 times as large, and stays in the middle.
        let curl = Some(Curl { height: 8.0, length: 1e6, along: 0.0, phase: -50e-6 });
        let pose = Pose::new(Aim { curl, ..aim(0.0, 0.0) });
        assert!((pose.scale_at(50.0, 40.0) - 10.0 * 128.0 / 120.0).abs() < 1e-6, "{}", pose.scale_at(50.0, 40.0));
    }

    #[test]
    fn tilt_makes_the_far_side_smaller() {
        let pose = Pose::new(Aim { toward: 0.0, ..aim(0.0, 25.0) });
        let (near, far) = (pose.scale_at(50.0, 30.0), pose.scale_at(50.0, 50.0));
        let ratio = near.max(far) / near.min(far);
        // 20 mm apart at 25° and 128 mm distance: (128 + 10·sin 25°) / (128 − 10·sin 25°).
        let expected = (128.0 + 10.0 * 25f64.to_radians().sin()) / (128.0 - 10.0 * 25f64.to_radians().sin());
        assert!((ratio - expected).abs() < 1e-3, "{ratio} against {expected}");
    }

    #[test]
    fn a_kernel_keeps_all_light_and_has_the_width_asked_for() {
        // (σ, disc, shake, variance along the shake, why)
        let cases = [
            (1.0, false, 0.0, 1.0, "a bell"),
            (1.5, true, 0.0, 2.25, "a disc of radius 3"),
            (1.0, false, 6.0, 1.0 + 36.0 / 12.0, "a bell shaken over six pixels"),
            (0.0, false, 0.0, 0.0, "a perfect lens"),
        ];
        for (sigma, disc, shake, variance, why) in cases {
            let kernel = Kernel::new(Optics { sigma, disc, shake, shake_toward: 0.0 });
            let sum: f64 = kernel.taps.iter().map(|(_, _, w)| f64::from(*w)).sum();
            assert!((sum - 1.0).abs() < 1e-4, "{why}: weights add up to {sum}");
            let middle = kernel.radius as f64;
            let found: f64 = kernel.taps.iter().map(|(_, x, w)| (*x as f64 - middle).powi(2) * f64::from(*w)).sum();
            assert!((found - variance).abs() < 0.15 * variance.max(0.1), "{why}: variance {found}, not {variance}");
        }
    }
}
