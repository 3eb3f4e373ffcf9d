//! A small camera: pose, light, lens, sensor, processing, compression; one frame in a few milliseconds.

use super::paper::Page;
use anyhow::Context;
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder};
use rand::Rng;
use rand::rngs::SmallRng;
use std::sync::OnceLock;

/// How a page is looked at.
#[derive(Debug, Clone)]
pub struct Shot {
    /// Pixels per module in the middle.
    pub scale: f32,
    /// Standard deviation of the line spread in modules, the pixel not included.
    pub blur: f32,
    /// Standard deviation of the noise, against the contrast of paper and ink.
    pub noise: f32,
    /// Turned by so much, in radians.
    pub angle: f32,
    /// How much nearer one end is, along and across.
    pub tilt: (f32, f32),
    /// JPEG quality.
    pub jpeg: Option<u8>,
    /// Exponent of the encoding; 2.2 is usual.
    pub gamma: f32,
    /// Strength of sharpening after the lens.
    pub sharpen: f32,
    /// Shape of the blur.
    pub lens: Lens,
    /// Light of a lamp mirrored by the paper.
    pub glare: Vec<Glare>,
}

/// Shape of the blur.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Lens {
    /// A Gauss curve.
    Gauss,
    /// A disc: out of focus.
    Disc,
    /// A line, with its direction: moved.
    Motion(f32),
}

/// Light of a lamp mirrored by the paper, over part of the frame.
#[derive(Debug, Clone)]
pub struct Glare {
    /// Its middle, in modules of the page.
    pub centre: (f32, f32),
    /// Its reach, in modules.
    pub reach: (f32, f32),
    /// Against white paper.
    pub strength: f32,
    /// 2 = soft, 8 = hard-edged.
    pub hardness: i32,
}

/// Luminance, rows packed.
#[derive(Debug)]
pub struct Picture {
    pub luma: Vec<u8>,
    pub width: usize,
    pub height: usize,
}

impl Shot {
    /// Any camera within the ranges of `limits`.
    pub fn random(rng: &mut SmallRng, limits: &Limits) -> Self {
        let (low, high) = limits.scale;
        let scale = low * (high / low).powf(rng.random::<f32>());
        let blur = rng.random_range(limits.blur.0..=limits.blur.1);
        let (low, high) = limits.noise;
        let noise = low * (high / low).powf(rng.random::<f32>());
        let lens = match rng.random_range(0..10) {
            0..=6 => Lens::Gauss,
            7 | 8 => Lens::Disc,
            _ => Lens::Motion(rng.random_range(0.0..std::f32::consts::PI)),
        };
        Self {
            scale,
            blur,
            noise,
            angle: match rng.random_range(0..4) {
                // Upright, on its side, upside down; held by hand.
                0 => rng.random_range(-0.02..0.02),
                1 => std::f32::consts::FRAC_PI_2 * rng.random_range(0..4) as f32 + rng.random_range(-0.1..0.1),
                _ => rng.random_range(0.0..std::f32::consts::TAU),
            },
            tilt: (rng.random_range(-0.07..0.07), rng.random_range(-0.03..0.03)),
            jpeg: rng.random_bool(0.25).then(|| rng.random_range(20..92)),
            gamma: if rng.random_bool(0.8) { 2.2 } else { rng.random_range(1.0..2.6) },
            sharpen: if rng.random_bool(0.3) { rng.random_range(0.0..1.0) } else { 0.0 },
            lens,
            glare: Vec::new(),
        }
    }

    /// The same camera a moment later: the hand has moved a little, and focus breathes.
    pub fn next(&self, rng: &mut SmallRng) -> Self {
        let mut glare = self.glare.clone();
        for glare in &mut glare {
            glare.centre.0 += rng.random_range(-6.0..6.0);
            glare.centre.1 += rng.random_range(-3.0..3.0);
        }
        Self {
            scale: self.scale * rng.random_range(0.97..1.03),
            blur: self.blur * rng.random_range(0.85..1.15),
            angle: self.angle + rng.random_range(-0.02..0.02),
            tilt: (self.tilt.0 + rng.random_range(-0.01..0.01), self.tilt.1 + rng.random_range(-0.005..0.005)),
            glare,
            ..self.clone()
        }
    }

    /// Takes the picture of what lies between two corners of the page.
    pub fn take(&self, page: &Page, from: (f32, f32), to: (f32, f32), rng: &mut SmallRng) -> anyhow::Result<Picture> {
        const MOST_PIXELS: f32 = 640_000.0;
        let (sin, cos) = self.angle.sin_cos();
        let (w, h) = (to.0 - from.0, to.1 - from.1);
        let border = rng.random_range(4.0..30.0f32);
        let size = |scale: f32| {
            (
                (w * cos.abs() + h * sin.abs()) * scale + 2.0 * border,
                (w * sin.abs() + h * cos.abs()) * scale + 2.0 * border,
            )
        };
        let mut scale = self.scale;
        let (a, b) = size(scale);
        if a * b > MOST_PIXELS {
            scale *= (MOST_PIXELS / (a * b)).sqrt();
        }
        let (a, b) = size(scale);
        let (width, height) = (a.max(48.0) as usize, b.max(48.0) as usize);
        let (mx, my) = ((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0);
        // A fraction of a pixel's shift, so that no edge lies on the sensor's grid by rule.
        let (cx, cy) = (width as f32 / 2.0 + rng.random::<f32>(), height as f32 / 2.0 + rng.random::<f32>());
        let slope = (2.0 * self.tilt.0 / (w * scale), 2.0 * self.tilt.1 / (h.max(40.0) * scale));
        let gradient = (rng.random_range(-0.25..0.25) / width as f32, rng.random_range(-0.25..0.25) / height as f32);
        let edge = rng.random_bool(0.12).then(|| {
            // The shadow of a hand or of the phone.
            let turn = rng.random_range(0.0..std::f32::consts::TAU);
            let at = rng.random_range(-0.3..0.3) * width as f32;
            (turn.sin_cos(), at, rng.random_range(0.35..0.8f32), rng.random_range(1.0..20.0f32))
        });
        let (hx, hy) = {
            let half = 0.5 * (cos.abs() + sin.abs()) / scale;
            (half, half)
        };
        let mut light = Vec::with_capacity(width * height);
        for row in 0..height {
            for column in 0..width {
                let (x, y) = (column as f32 - cx, row as f32 - cy);
                let (a, b) = (x * cos + y * sin, y * cos - x * sin);
                let near = 1.0 / (1.0 + slope.0 * a + slope.1 * b);
                let (u, v) = (mx + a / scale * near, my + b / scale * near);
                let mut here = page.light(u, v, hx * near, hy * near) * (1.0 + gradient.0 * x + gradient.1 * y);
                for glare in &self.glare {
                    let (a, b) = ((u - glare.centre.0) / glare.reach.0, (v - glare.centre.1) / glare.reach.1);
                    let far = (a * a + b * b).powi(glare.hardness / 2);
                    if far < 12.0 {
                        here += page.paper * glare.strength * (-far).exp();
                    }
                }
                if let Some(((sin, cos), at, dim, wide)) = edge {
                    let lit = ((x * cos + y * sin - at) / wide + 0.5).clamp(0.0, 1.0);
                    here *= dim + (1.0 - dim) * lit;
                }
                light.push(here);
            }
        }
        let mut light = self.through_the_lens(light, width, height, scale);
        // Paper at three to nine tenths of full scale.
        let exposure = rng.random_range(0.3..0.95) / page.paper;
        let encode = Encoding::new(self.gamma);
        for value in &mut light {
            *value = encode.of(*value * exposure);
        }
        if self.sharpen > 0.0 {
            let soft = gauss(&light, width, height, 1.0);
            for (value, soft) in light.iter_mut().zip(soft) {
                *value += self.sharpen * (*value - soft);
            }
        }
        let contrast = encode.of(page.paper * exposure) - encode.of(page.ink * exposure);
        let soft_noise = rng.random_bool(0.25);
        let mut noise: Vec<f32> = normal(rng, width * height);
        if soft_noise {
            // A camera that denoises leaves grains; as strong as before.
            noise = gauss(&noise, width, height, 0.7);
            noise.iter_mut().for_each(|n| *n *= 2.4);
        }
        let strength = self.noise * contrast;
        let luma: Vec<u8> =
            light.iter().zip(noise).map(|(l, n)| (l + strength * n + 0.5).clamp(0.0, 255.0) as u8).collect();
        let luma = match self.jpeg {
            None => luma,
            Some(quality) => {
                let mut file = Vec::new();
                JpegEncoder::new_with_quality(&mut file, quality)
                    .write_image(&luma, width as u32, height as u32, ExtendedColorType::L8)
                    .context("cannot compress a frame")?;
                image::load_from_memory_with_format(&file, image::ImageFormat::Jpeg)
                    .context("cannot decompress a frame")?
                    .into_luma8()
                    .into_raw()
            }
        };
        Ok(Picture { luma, width, height })
    }

    fn through_the_lens(&self, light: Vec<f32>, width: usize, height: usize, scale: f32) -> Vec<f32> {
        let sigma = self.blur * scale;
        if sigma < 0.15 {
            return light;
        }
        match self.lens {
            Lens::Gauss => gauss(&light, width, height, sigma),
            // The line spread of a disc has half its radius as standard deviation.
            Lens::Disc => disc(&light, width, height, 2.0 * sigma),
            Lens::Motion(angle) => {
                // Some of the blur is always the lens'.
                let soft = gauss(&light, width, height, 0.5 * sigma);
                line(&soft, width, height, 0.87 * sigma * 12f32.sqrt(), angle)
            }
        }
    }
}

/// What ranges a camera is drawn from.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Pixels per module.
    pub scale: (f32, f32),
    /// Modules.
    pub blur: (f32, f32),
    /// Share of the contrast.
    pub noise: (f32, f32),
}

struct Encoding(Vec<f32>);

impl Encoding {
    fn new(gamma: f32) -> Self {
        Self((0..=1024).map(|i| 255.0 * (i as f32 / 1024.0).powf(1.0 / gamma)).collect())
    }

    fn of(&self, light: f32) -> f32 {
        let at = light.clamp(0.0, 1.0) * 1023.99;
        let i = at as usize;
        self.0[i] + (self.0[i + 1] - self.0[i]) * (at - i as f32)
    }
}

/// Normal deviates from a table of quantiles, four to a draw.
pub fn normal(rng: &mut SmallRng, count: usize) -> Vec<f32> {
    const SIZE: usize = 1 << 14;
    static TABLE: OnceLock<Vec<f32>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        // The distribution function by its own integral, walked once.
        let mut table = Vec::with_capacity(SIZE);
        let (mut x, mut below) = (-5.0f64, 2.87e-7);
        let step = 1e-4;
        for i in 0..SIZE {
            let want = (i as f64 + 0.5) / SIZE as f64;
            while below < want && x < 5.0 {
                below += step * (-(x + step / 2.0).powi(2) / 2.0).exp() / std::f64::consts::TAU.sqrt();
                x += step;
            }
            table.push(x as f32);
        }
        table
    });
    let mut out = Vec::with_capacity(count + 3);
    while out.len() < count {
        let bits: u64 = rng.random();
        out.extend((0..4).map(|i| table[(bits >> (16 * i)) as usize % SIZE]));
    }
    out.truncate(count);
    out
}

fn gauss(picture: &[f32], width: usize, height: usize, sigma: f32) -> Vec<f32> {
    let reach = (3.2 * sigma).ceil() as usize;
    let mut kernel: Vec<f32> =
        (0..=2 * reach).map(|i| (-(i as f32 - reach as f32).powi(2) / (2.0 * sigma * sigma)).exp()).collect();
    let sum: f32 = kernel.iter().sum();
    kernel.iter_mut().for_each(|k| *k /= sum);
    let mut rows = vec![0.0f32; picture.len()];
    let mut padded = vec![0.0f32; width + 2 * reach];
    for (from, to) in picture.chunks_exact(width).zip(rows.chunks_exact_mut(width)) {
        padded[..reach].fill(from[0]);
        padded[reach..reach + width].copy_from_slice(from);
        padded[reach + width..].fill(from[width - 1]);
        for (i, k) in kernel.iter().enumerate() {
            for (to, from) in to.iter_mut().zip(&padded[i..]) {
                *to += k * from;
            }
        }
    }
    let mut out = vec![0.0f32; picture.len()];
    for (y, to) in out.chunks_exact_mut(width).enumerate() {
        for (i, k) in kernel.iter().enumerate() {
            let from = (y + i).saturating_sub(reach).min(height - 1);
            for (to, from) in to.iter_mut().zip(&rows[from * width..]) {
                *to += k * from;
            }
        }
    }
    out
}

/// Mean over a disc, from running sums of the rows.
fn disc(picture: &[f32], width: usize, height: usize, radius: f32) -> Vec<f32> {
    // A disc of less than a pixel is no disc on this grid.
    if radius < 1.0 {
        return gauss(picture, width, height, radius / 2.0);
    }
    let reach = radius as usize + 1;
    let row = width + 1;
    let mut sums = vec![0.0f32; row * height];
    for (y, from) in picture.chunks_exact(width).enumerate() {
        let mut sum = 0.0;
        for (x, value) in from.iter().enumerate() {
            sum += value;
            sums[y * row + x + 1] = sum;
        }
    }
    let chords: Vec<f32> = (0..=2 * reach)
        .map(|i| {
            // The disc's mean breadth over a row, from five lines of it.
            let lines = (0..5).map(|s| i as f32 - reach as f32 + (s as f32 - 2.0) / 5.0);
            lines.map(|y| (radius * radius - y * y).max(0.0).sqrt()).sum::<f32>() / 5.0
        })
        .collect();
    let area: f32 = chords.iter().map(|c| 2.0 * c).sum();
    let mut out = vec![0.0f32; picture.len()];
    let mut line = vec![0.0f32; width];
    for (i, &half) in chords.iter().enumerate().filter(|(_, c)| **c > 0.05) {
        for y in 0..height {
            let from = (y + i).saturating_sub(reach).min(height - 1);
            let sums = &sums[from * row..(from + 1) * row];
            let at = |x: f32| {
                let x = x.clamp(0.0, width as f32 - 0.001);
                let i = x as usize;
                sums[i] + (sums[i + 1] - sums[i]) * (x - i as f32)
            };
            for (x, value) in line.iter_mut().enumerate() {
                let (a, b) = (x as f32 + 0.5 - half, x as f32 + 0.5 + half);
                // Beyond the border lies what lies at it.
                let missing = (-a).max(0.0) * picture[from * width]
                    + (b - width as f32).max(0.0) * picture[from * width + width - 1];
                *value = at(b) - at(a) + missing;
            }
            for (to, value) in out[y * width..(y + 1) * width].iter_mut().zip(&line) {
                *to += value / area;
            }
        }
    }
    out
}

/// Mean along a line.
fn line(picture: &[f32], width: usize, height: usize, length: f32, angle: f32) -> Vec<f32> {
    let steps = (1.5 * length).ceil().max(1.0) as usize;
    let (sin, cos) = angle.sin_cos();
    let mut out = vec![0.0f32; picture.len()];
    for step in 0..steps {
        let along = length * ((step as f32 + 0.5) / steps as f32 - 0.5);
        let (dx, dy) = (along * cos, along * sin);
        let (ix, iy) = (dx.floor(), dy.floor());
        let (fx, fy) = (dx - ix, dy - iy);
        let clamp = |v: isize, most: usize| v.clamp(0, most as isize - 1) as usize;
        for y in 0..height {
            let (y0, y1) = (clamp(y as isize + iy as isize, height), clamp(y as isize + iy as isize + 1, height));
            for x in 0..width {
                let (x0, x1) = (clamp(x as isize + ix as isize, width), clamp(x as isize + ix as isize + 1, width));
                let top = picture[y0 * width + x0] * (1.0 - fx) + picture[y0 * width + x1] * fx;
                let bottom = picture[y1 * width + x0] * (1.0 - fx) + picture[y1 * width + x1] * fx;
                out[y * width + x] += (top * (1.0 - fy) + bottom * fy) / steps as f32;
            }
        }
    }
    out
}
