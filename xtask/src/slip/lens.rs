//! Blur of lens and hand, in linear light.

/// A line or a disc or a bell over which each point's light is spread; lengths are pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Spread {
    /// A bell of this standard deviation.
    Bell(f64),
    /// A disc of this radius: an open lens out of focus. Its line spread has half the radius as standard deviation.
    Disc(f64),
    /// A straight path of (x, y): the hand moved. Its standard deviation along itself is length / √12.
    Path(f64, f64),
}

impl Spread {
    /// The same on a grid `factor` times as fine.
    pub fn finer(self, factor: f64) -> Self {
        match self {
            Self::Bell(sigma) => Self::Bell(sigma * factor),
            Self::Disc(radius) => Self::Disc(radius * factor),
            Self::Path(x, y) => Self::Path(x * factor, y * factor),
        }
    }

    /// Farthest that light goes, pixels.
    pub fn reach(self) -> f64 {
        match self {
            Self::Bell(sigma) => 3.5 * sigma + 1.0,
            Self::Disc(radius) => radius + 1.0,
            Self::Path(x, y) => x.abs().max(y.abs()) / 2.0 + 1.0,
        }
    }

    /// Variance of the line spread across lines whose normal is (x, y), of length one; pixels².
    pub fn variance(self, normal: (f64, f64)) -> f64 {
        match self {
            Self::Bell(sigma) => sigma * sigma,
            Self::Disc(radius) => radius * radius / 4.0,
            Self::Path(x, y) => (x * normal.0 + y * normal.1).powi(2) / 12.0,
        }
    }

    /// Spreads a plane's light; beyond its border it goes on as at the border.
    pub fn apply(self, plane: &[f32], width: usize) -> Vec<f32> {
        match self {
            Self::Bell(sigma) => {
                let kernel = bell(sigma);
                across(&down(plane, width, &kernel), width, &kernel)
            }
            Self::Disc(radius) => scatter(plane, width, &disc(radius)),
            Self::Path(x, y) => scatter(plane, width, &path(x, y)),
        }
    }
}

/// One side of a bell, middle first.
pub fn bell(sigma: f64) -> Vec<f32> {
    if sigma < 0.55 {
        // Too narrow to be sampled: three taps with its variance.
        let side = (sigma * sigma / 2.0) as f32;
        return vec![1.0 - 2.0 * side, side];
    }
    let reach = (3.5 * sigma).ceil() as usize;
    let weights: Vec<f64> = (0..=reach).map(|at| (-((at * at) as f64) / (2.0 * sigma * sigma)).exp()).collect();
    let sum = 2.0 * weights.iter().sum::<f64>() - weights[0];
    weights.iter().map(|w| (w / sum) as f32).collect()
}

/// Taps of a disc: (across, down, weight); each is the share of the disc in that pixel.
fn disc(radius: f64) -> Vec<(i32, i32, f32)> {
    const FINE: i32 = 8;
    // Counting pixels as areas adds a pixel's own variance, 1/12, which is taken off beforehand.
    let radius = (radius * radius - 1.0 / 3.0).max(0.05).sqrt();
    let reach = radius.ceil() as i32;
    let mut taps = Vec::new();
    let mut sum = 0.0;
    for y in -reach..=reach {
        for x in -reach..=reach {
            let mut inside = 0;
            for at in 0..FINE * FINE {
                let dx = f64::from(x) + (f64::from(at % FINE) + 0.5) / f64::from(FINE) - 0.5;
                let dy = f64::from(y) + (f64::from(at / FINE) + 0.5) / f64::from(FINE) - 0.5;
                inside += i32::from(dx * dx + dy * dy <= radius * radius);
            }
            if inside > 0 {
                taps.push((x, y, inside as f32));
                sum += inside as f32;
            }
        }
    }
    if taps.is_empty() {
        return vec![(0, 0, 1.0)];
    }
    taps.iter_mut().for_each(|tap| tap.2 /= sum);
    taps
}

/// Taps along a straight path.
fn path(x: f64, y: f64) -> Vec<(i32, i32, f32)> {
    let steps = (x.hypot(y) * 4.0).ceil().max(1.0) as usize;
    let mut taps: std::collections::BTreeMap<(i32, i32), f32> = std::collections::BTreeMap::new();
    for step in 0..steps {
        let part = (step as f64 + 0.5) / steps as f64 - 0.5;
        let (px, py) = (x * part, y * part);
        let (left, top) = (px.floor(), py.floor());
        for (dx, wx) in [(0, 1.0 - (px - left)), (1, px - left)] {
            for (dy, wy) in [(0, 1.0 - (py - top)), (1, py - top)] {
                *taps.entry((top as i32 + dy, left as i32 + dx)).or_default() += (wx * wy / steps as f64) as f32;
            }
        }
    }
    taps.into_iter().filter(|(_, w)| *w > 1e-6).map(|((y, x), w)| (x, y, w)).collect()
}

/// Sum of shifted copies of a plane.
fn scatter(plane: &[f32], width: usize, taps: &[(i32, i32, f32)]) -> Vec<f32> {
    let height = plane.len() / width;
    let mut out = vec![0.0f32; plane.len()];
    for (row, line) in out.chunks_exact_mut(width).enumerate() {
        for (dx, dy, weight) in taps {
            let from = (row as i64 + i64::from(*dy)).clamp(0, height as i64 - 1) as usize * width;
            let source = &plane[from..from + width];
            let shift = dx.unsigned_abs() as usize;
            if shift >= width {
                let edge = source[if *dx < 0 { 0 } else { width - 1 }];
                line.iter_mut().for_each(|sum| *sum += weight * edge);
            } else if *dx >= 0 {
                for (sum, value) in line.iter_mut().zip(&source[shift..]) {
                    *sum += weight * value;
                }
                line[width - shift..].iter_mut().for_each(|sum| *sum += weight * source[width - 1]);
            } else {
                line[..shift].iter_mut().for_each(|sum| *sum += weight * source[0]);
                for (sum, value) in line[shift..].iter_mut().zip(source) {
                    *sum += weight * value;
                }
            }
        }
    }
    out
}

/// A symmetrical kernel along the columns.
pub fn down(plane: &[f32], width: usize, kernel: &[f32]) -> Vec<f32> {
    let height = plane.len() / width;
    let mut out = vec![0.0f32; plane.len()];
    for (row, line) in out.chunks_exact_mut(width).enumerate() {
        for (at, weight) in kernel.iter().enumerate() {
            let (above, below) = (row.saturating_sub(at), (row + at).min(height - 1));
            let weight = if at == 0 { weight * 0.5 } else { *weight };
            let (above, below) = (&plane[above * width..][..width], &plane[below * width..][..width]);
            for ((sum, a), b) in line.iter_mut().zip(above).zip(below) {
                *sum += weight * (a + b);
            }
        }
    }
    out
}

/// A symmetrical kernel along the rows.
pub fn across(plane: &[f32], width: usize, kernel: &[f32]) -> Vec<f32> {
    let side = kernel.len() - 1;
    let mut out = Vec::with_capacity(plane.len());
    let mut padded = vec![0.0f32; width + 2 * side];
    for line in plane.chunks_exact(width) {
        padded[..side].fill(line[0]);
        padded[side..side + width].copy_from_slice(line);
        padded[side + width..].fill(line[width - 1]);
        let start = out.len();
        out.extend(line.iter().map(|v| v * kernel[0]));
        for (at, weight) in kernel.iter().enumerate().skip(1) {
            let (left, right) = (&padded[side - at..][..width], &padded[side + at..][..width]);
            for ((sum, a), b) in out[start..].iter_mut().zip(left).zip(right) {
                *sum += weight * (a + b);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_spread_keeps_the_light_and_has_its_variance() {
        let across = (1.0, 0.0);
        // (spread, tolerance of the variance, why)
        let cases = [
            (Spread::Bell(0.3), 0.01, "narrower than a pixel"),
            (Spread::Bell(0.7), 0.03, "about a pixel"),
            (Spread::Bell(2.6), 0.05, "wide"),
            (Spread::Disc(1.5), 0.1, "a small disc"),
            (Spread::Disc(4.0), 0.1, "a large disc"),
            (Spread::Path(6.0, 0.0), 0.2, "moved along the row"),
            (Spread::Path(4.0, 4.0), 0.2, "moved slantwise"),
        ];
        for (spread, tolerance, why) in cases {
            let (width, height) = (41, 41);
            let mut plane = vec![0.0f32; width * height];
            plane[20 * width + 20] = 1.0;
            let spread_out = spread.apply(&plane, width);
            let sum: f64 = spread_out.iter().map(|v| f64::from(*v)).sum();
            assert!((sum - 1.0).abs() < 1e-4, "{why}: {sum} of the light is left");
            let found: f64 =
                spread_out.iter().enumerate().map(|(at, v)| ((at % width) as f64 - 20.0).powi(2) * f64::from(*v)).sum();
            let expected = spread.variance(across);
            assert!((found - expected).abs() < tolerance, "{why}: variance {found}, not {expected}");
        }
    }

    #[test]
    fn a_flat_plane_stays_flat_to_its_borders() {
        for spread in [Spread::Bell(2.0), Spread::Disc(3.0), Spread::Path(9.0, -5.0)] {
            let flat = spread.apply(&vec![0.5f32; 12 * 9], 12);
            assert!(flat.iter().all(|v| (v - 0.5).abs() < 1e-5), "{spread:?}: {flat:?}");
        }
    }
}
