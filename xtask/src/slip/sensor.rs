//! What becomes of light in a camera after the lens: electrons, colour mosaic, noise reduction, tone curve, sharpening.

use super::lens;
use rand::rngs::SmallRng;
use rand::{Rng, RngCore, SeedableRng};
use std::sync::OnceLock;

/// The way from light to numbers.
#[derive(Debug, Clone, Copy)]
pub struct Chain {
    /// Electrons at full scale.
    pub electrons: f64,
    /// Read noise, electrons (standard deviation).
    pub read: f64,
    /// The picture's grid is the sensor's own, one colour a pixel; otherwise it is made of many smaller ones.
    pub mosaic: bool,
    /// Noise reduction that keeps edges: how many standard deviations of noise it takes for flat; 0 = none.
    pub denoise: f64,
    /// Exponent of the tone curve; none = sRGB.
    pub gamma: Option<f64>,
    /// Strength of the contrast curve, 0 = none.
    pub contrast: f64,
    /// Strength of the unsharp mask (bell of one pixel), 0 = none.
    pub sharpen: f64,
}

/// Signal of red and blue before the white balance, green = 1: sensors see less of both.
const SEEN: [f32; 3] = [0.55, 1.0, 0.65];
/// Share of each colour in the luminance that JPEG stores.
const LUMA: [f32; 3] = [0.299, 0.587, 0.114];

impl Chain {
    /// Electrons at full scale with which a pixel's luminance has standard deviation `noise` (a share of full scale, in
    /// linear light, before noise reduction and sharpening) at `level`. Read noise is kept at 3 electrons or less.
    pub fn for_noise(noise: f64, level: f64, mosaic: bool) -> (f64, f64) {
        let noise = if mosaic { noise / mosaic_gain() } else { noise };
        // Dark noise is a twentieth of the variance; the rest counts photons.
        let electrons = level / (0.95 * noise * noise);
        (electrons, (0.05f64.sqrt() * noise * electrons).min(3.0))
    }

    /// Electron counts as shares of full scale: photons arrive at random, and the reading adds its own noise.
    fn count(&self, plane: &mut [f32], share: f32, rng: &mut SmallRng) {
        let full = self.electrons as f32;
        let read = self.read as f32;
        let bell = bell();
        for value in plane {
            let mean = (*value * share).clamp(0.0, 1.2) * full;
            let bits = rng.next_u64();
            let photons = if mean < 8.0 {
                arrivals(mean, rng)
            } else {
                // A bell with the arrivals' skew (Cornish and Fisher's first term).
                let g = bell[(bits & 0xFFFF) as usize];
                mean + mean.sqrt() * g + (g * g - 1.0) / 6.0
            };
            let signal = photons + read * bell[((bits >> 16) & 0xFFFF) as usize];
            *value = (signal / full).clamp(-0.1, 1.0) / share;
        }
    }

    /// Develops linear light (one or three planes, 1 = full scale) into bytes, one plane for each.
    pub fn develop(&self, mut planes: Vec<Vec<f32>>, width: usize, seed: u64) -> Vec<Vec<u8>> {
        let mut rng = SmallRng::seed_from_u64(seed);
        if planes.len() == 3 && self.mosaic {
            let mut raw = planes.swap_remove(1);
            for (at, value) in raw.iter_mut().enumerate() {
                // (After the removal, blue lies where green was.)
                match colour(at % width, at / width) {
                    0 => *value = planes[0][at],
                    2 => *value = planes[1][at],
                    _ => {}
                }
            }
            self.expose_mosaic(&mut raw, width, &mut rng);
            planes = demosaic(&raw, width);
        } else {
            for plane in &mut planes {
                self.count(plane, 1.0, &mut rng);
            }
        }
        let tone = self.tone();
        for plane in &mut planes {
            for value in plane.iter_mut() {
                let index = (value.clamp(0.0, 1.0) * (TONES - 1) as f32 + 0.5) as usize;
                *value = tone[index.min(TONES - 1)];
            }
        }
        if self.denoise > 0.0 {
            planes = self.smooth(&planes, width);
        }
        if self.sharpen > 0.0 {
            let kernel = lens::bell(1.0);
            for plane in &mut planes {
                let soft = lens::across(&lens::down(plane, width, &kernel), width, &kernel);
                for (value, soft) in plane.iter_mut().zip(soft) {
                    *value += self.sharpen as f32 * (*value - soft);
                }
            }
        }
        planes.iter().map(|plane| plane.iter().map(|v| (v + 0.5).clamp(0.0, 255.0) as u8).collect()).collect()
    }

    fn expose_mosaic(&self, raw: &mut [f32], width: usize, rng: &mut SmallRng) {
        for (row, line) in raw.chunks_exact_mut(width).enumerate() {
            for column in 0..2 {
                let share = SEEN[colour(column, row)];
                let mut cells: Vec<f32> = line.iter().skip(column).step_by(2).copied().collect();
                self.count(&mut cells, share, rng);
                line.iter_mut().skip(column).step_by(2).zip(cells).for_each(|(value, cell)| *value = cell);
            }
        }
    }

    /// The tone curve as a table over linear light 0 to 1.
    fn tone(&self) -> Vec<f32> {
        (0..TONES)
            .map(|at| {
                let linear = at as f64 / (TONES - 1) as f64;
                let encoded = match self.gamma {
                    Some(gamma) => linear.powf(1.0 / gamma),
                    None if linear <= 0.003_130_8 => 12.92 * linear,
                    None => 1.055 * linear.powf(1.0 / 2.4) - 0.055,
                };
                let curve = encoded * encoded * (3.0 - 2.0 * encoded);
                ((encoded + (curve - encoded) * self.contrast) * 255.0) as f32
            })
            .collect()
    }

    /// A bilateral filter of 5 × 5 pixels on toned values, as cheap phones do it.
    fn smooth(&self, planes: &[Vec<f32>], width: usize) -> Vec<Vec<f32>> {
        let height = planes[0].len() / width;
        // Noise of a middle grey, in toned values.
        let variance = (0.25 * self.electrons + self.read * self.read) / (self.electrons * self.electrons);
        let range = (self.denoise * variance.sqrt() * 255.0 * 0.9).max(2.0) as f32;
        let weights: Vec<f32> = (0..512).map(|at| (-0.5 * (at as f32 / range).powi(2)).exp()).collect();
        let guide: Vec<f32> = match planes {
            [red, green, blue] => {
                red.iter().zip(green).zip(blue).map(|((r, g), b)| LUMA[0] * r + LUMA[1] * g + LUMA[2] * b).collect()
            }
            _ => planes[0].clone(),
        };
        let mut out: Vec<Vec<f32>> = planes.iter().map(|p| vec![0.0; p.len()]).collect();
        for row in 0..height {
            for column in 0..width {
                let at = row * width + column;
                let (mut total, mut sums) = (0.0f32, [0.0f32; 3]);
                for dy in -2i64..=2 {
                    let y = (row as i64 + dy).clamp(0, height as i64 - 1) as usize;
                    for dx in -2i64..=2 {
                        let from = y * width + (column as i64 + dx).clamp(0, width as i64 - 1) as usize;
                        let weight = weights[((guide[from] - guide[at]).abs() as usize).min(511)]
                            * NEAR[(dx * dx + dy * dy) as usize];
                        total += weight;
                        for (sum, plane) in sums.iter_mut().zip(planes) {
                            *sum += weight * plane[from];
                        }
                    }
                }
                for (sum, plane) in sums.iter().zip(&mut out) {
                    plane[at] = sum / total;
                }
            }
        }
        out
    }
}

/// Weight of a neighbour by its squared distance (bell of 1.5 pixels).
const NEAR: [f32; 9] = [1.0, 0.80, 0.64, 0.0, 0.41, 0.33, 0.0, 0.0, 0.17];

const TONES: usize = 1 << 14;

/// Which colour a pixel of the mosaic sees: 0 red, 1 green, 2 blue (rows of RGRG and GBGB).
fn colour(column: usize, row: usize) -> usize {
    (column & 1) + (row & 1)
}

/// Fills in the colours that each pixel did not see.
///
/// Malvar, He, Cutler, "High-quality linear interpolation for demosaicing of Bayer-patterned color images", ICASSP 2004:
/// the neighbours' mean plus a share of the Laplacian of the colour that was seen.
fn demosaic(raw: &[f32], width: usize) -> Vec<Vec<f32>> {
    let height = raw.len() / width;
    let at = |x: i64, y: i64| -> f32 {
        // Mirrored at the border, which keeps the pattern.
        let fold = |v: i64, n: i64| {
            if v < 0 {
                -v
            } else if v >= n {
                2 * n - 2 - v
            } else {
                v
            }
        };
        raw[fold(y, height as i64).max(0) as usize * width + fold(x, width as i64).max(0) as usize]
    };
    let mut planes = vec![vec![0.0f32; raw.len()]; 3];
    for row in 0..height {
        for column in 0..width {
            let (x, y) = (column as i64, row as i64);
            let inner = column >= 2 && row >= 2 && column + 2 < width && row + 2 < height;
            let get = |dx: i64, dy: i64| {
                if inner {
                    raw[(row as i64 + dy) as usize * width + (column as i64 + dx) as usize]
                } else {
                    at(x + dx, y + dy)
                }
            };
            let here = get(0, 0);
            let place = row * width + column;
            let plus = get(-1, 0) + get(1, 0) + get(0, -1) + get(0, 1);
            let (far_x, far_y) = (get(-2, 0) + get(2, 0), get(0, -2) + get(0, 2));
            let far = far_x + far_y;
            let cross = get(-1, -1) + get(1, -1) + get(-1, 1) + get(1, 1);
            let seen = colour(column, row);
            planes[seen][place] = here;
            if seen == 1 {
                // Red beside green in even rows, above and below it in odd ones.
                let beside = (5.0 * here + 4.0 * (get(-1, 0) + get(1, 0)) - cross - far_x + 0.5 * far_y) / 8.0;
                let above = (5.0 * here + 4.0 * (get(0, -1) + get(0, 1)) - cross - far_y + 0.5 * far_x) / 8.0;
                let (red, blue) = if row & 1 == 0 { (beside, above) } else { (above, beside) };
                planes[0][place] = red;
                planes[2][place] = blue;
            } else {
                planes[1][place] = (4.0 * here + 2.0 * plus - far) / 8.0;
                planes[2 - seen][place] = (6.0 * here + 2.0 * cross - 1.5 * far) / 8.0;
            }
        }
    }
    planes
}

/// How much of a pixel's noise is left in the luminance that the mosaic's interpolation gives, measured once.
fn mosaic_gain() -> f64 {
    static GAIN: OnceLock<f64> = OnceLock::new();
    *GAIN.get_or_init(|| {
        const SIDE: usize = 256;
        let chain = Chain {
            electrons: 10_000.0,
            read: 0.0,
            mosaic: true,
            denoise: 0.0,
            gamma: None,
            contrast: 0.0,
            sharpen: 0.0,
        };
        let mut raw = vec![0.4f32; SIDE * SIDE];
        chain.expose_mosaic(&mut raw, SIDE, &mut SmallRng::seed_from_u64(0x6A17));
        let planes = demosaic(&raw, SIDE);
        let (mut sum, mut squares) = (0.0, 0.0);
        for at in 0..SIDE * SIDE {
            let luma: f64 = planes.iter().zip(LUMA).map(|(p, w)| f64::from(p[at] * w)).sum();
            sum += luma;
            squares += luma * luma;
        }
        let count = (SIDE * SIDE) as f64;
        let deviation = (squares / count - (sum / count).powi(2)).sqrt();
        deviation / (0.4f64 / 10_000.0).sqrt()
    })
}

/// How many photons arrive when `mean` are expected (Knuth's method).
fn arrivals(mean: f32, rng: &mut SmallRng) -> f32 {
    let limit = (-mean).exp();
    let (mut product, mut count) = (rng.random::<f32>(), 0.0);
    while product > limit {
        product *= rng.random::<f32>();
        count += 1.0;
    }
    count
}

/// Bell-distributed values to draw from by index.
fn bell() -> &'static [f32] {
    static BELL: OnceLock<Vec<f32>> = OnceLock::new();
    BELL.get_or_init(|| {
        let mut rng = SmallRng::seed_from_u64(0x5E45);
        (0..1 << 16).map(|_| super::imprint::bell(&mut rng) as f32).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Chain =
        Chain { electrons: 1e7, read: 0.0, mosaic: false, denoise: 0.0, gamma: Some(1.0), contrast: 0.0, sharpen: 0.0 };

    fn spread_of(bytes: &[u8]) -> (f64, f64) {
        let count = bytes.len() as f64;
        let mean = bytes.iter().map(|b| f64::from(*b)).sum::<f64>() / count;
        let variance = bytes.iter().map(|b| (f64::from(*b) - mean).powi(2)).sum::<f64>() / count;
        (mean / 255.0, variance.sqrt() / 255.0)
    }

    #[test]
    fn a_flat_field_has_the_noise_asked_for() {
        for (noise, level, mosaic) in [(0.024, 0.4, false), (0.072, 0.35, false), (0.024, 0.4, true), (0.06, 0.5, true)]
        {
            let (electrons, read) = Chain::for_noise(noise, level, mosaic);
            let chain = Chain { electrons, read, mosaic, ..PLAIN };
            let planes = vec![vec![level as f32; 200 * 200]; if mosaic { 3 } else { 1 }];
            let bytes = chain.develop(planes, 200, 7);
            let luma: Vec<u8> = (0..200 * 200)
                .map(|at| match &bytes[..] {
                    [r, g, b] => {
                        (LUMA[0] * f32::from(r[at]) + LUMA[1] * f32::from(g[at]) + LUMA[2] * f32::from(b[at]) + 0.5)
                            as u8
                    }
                    _ => bytes[0][at],
                })
                .collect();
            let (mean, deviation) = spread_of(&luma);
            assert!((mean - level).abs() < 0.005, "level {mean}, not {level}");
            assert!((deviation - noise).abs() < 0.05 * noise + 0.001, "mosaic {mosaic}: {deviation}, not {noise}");
        }
    }

    #[test]
    fn few_photons_arrive_at_random_with_their_mean_as_variance() {
        let mut rng = SmallRng::seed_from_u64(3);
        for mean in [0.4f32, 2.0, 7.5] {
            let drawn: Vec<f64> = (0..20_000).map(|_| f64::from(arrivals(mean, &mut rng))).collect();
            let found = drawn.iter().sum::<f64>() / 20_000.0;
            let variance = drawn.iter().map(|n| (n - found).powi(2)).sum::<f64>() / 20_000.0;
            let expected = f64::from(mean);
            assert!((found - expected).abs() < 0.06, "mean {found}, not {mean}");
            assert!((variance - expected).abs() < 0.08 * expected + 0.02, "variance {variance}, not {mean}");
        }
    }

    #[test]
    fn a_grey_mosaic_comes_back_grey_and_sharp() {
        // An edge between columns 20 and 21 of 41.
        let plane: Vec<f32> = (0..41 * 20).map(|at| if at % 41 < 21 { 0.7 } else { 0.1 }).collect();
        let planes = demosaic(&plane, 41);
        for row in 4..16 {
            for column in 2..39 {
                let at = row * 41 + column;
                let (r, g, b) = (planes[0][at], planes[1][at], planes[2][at]);
                let luma = LUMA[0] * r + LUMA[1] * g + LUMA[2] * b;
                if !(18..=23).contains(&column) {
                    assert!((luma - plane[at]).abs() < 1e-4, "{column}: {luma} instead of {}", plane[at]);
                } else {
                    // Beside the edge the interpolation may ring, but not smear it into a ramp.
                    assert!((luma - plane[at]).abs() < 0.2, "{column}: {luma} instead of {}", plane[at]);
                }
            }
        }
    }

    #[test]
    fn noise_reduction_calms_the_flat_and_keeps_the_edge() {
        let light: Vec<f32> = (0..120 * 60).map(|at| if at % 120 < 60 { 0.6 } else { 0.1 }).collect();
        let noisy = Chain { electrons: 150.0, read: 3.0, gamma: Some(2.2), ..PLAIN };
        let calm = Chain { denoise: 2.5, ..noisy };
        let flat = |bytes: &[u8]| -> Vec<u8> {
            bytes.iter().enumerate().filter(|(at, _)| at % 120 < 50).map(|(_, b)| *b).collect()
        };
        let (before, after) = (noisy.develop(vec![light.clone()], 120, 1), calm.develop(vec![light], 120, 1));
        let (before_flat, after_flat) = (spread_of(&flat(&before[0])).1, spread_of(&flat(&after[0])).1);
        assert!(after_flat < 0.5 * before_flat, "noise {before_flat} became {after_flat}");
        let step = |bytes: &[u8]| {
            let mean = |column: usize| (0..60).map(|row| f64::from(bytes[row * 120 + column])).sum::<f64>() / 60.0;
            mean(57) - mean(62)
        };
        assert!(
            step(&after[0]) > 0.8 * step(&before[0]),
            "the edge fell from {} to {}",
            step(&before[0]),
            step(&after[0])
        );
    }
}
