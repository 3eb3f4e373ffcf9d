//! One-dimensional filters over the bins of a band.

use crate::symbol::runs::extremes;

/// Gaussian smoothing; `sigma` in bins. Ends are zero-padded, so a smoothed weight falls off there and a ratio of two
/// smoothed sums stays right. Wide kernels by three running means, which is a Gaussian for all that is done with them.
pub(super) fn smooth(values: &mut [f32], sigma: f32, scratch: &mut Vec<f32>) {
    if sigma < 0.2 {
        return;
    }
    if sigma < 2.0 {
        return narrow(values, sigma, scratch);
    }
    // Three boxes of width w have the variance 3(w² - 1)/12.
    let half = (((4.0 * sigma * sigma + 1.0).sqrt() - 1.0) / 2.0).round() as usize;
    let norm = 1.0 / (2 * half + 1) as f32;
    for _ in 0..3 {
        // Running sums, as long before the first value and beyond the last as a box reaches.
        scratch.clear();
        scratch.resize(half + 1, 0.0);
        // f64: a long running sum in f32 loses the small differences that are wanted.
        let mut sum = 0.0f64;
        let (fours, rest) = values.as_chunks::<4>();
        for four in fours {
            // Four at once, so that each waits for one addition instead of four.
            let [a, b, c, d] = four.map(f64::from);
            let (ab, cd) = (a + b, c + d);
            scratch.extend([sum + a, sum + ab, sum + (ab + c), sum + (ab + cd)].map(|sum| sum as f32));
            sum += ab + cd;
        }
        for &v in rest {
            sum += f64::from(v);
            scratch.push(sum as f32);
        }
        scratch.resize(scratch.len() + half, sum as f32);
        for (out, (from, to)) in values.iter_mut().zip(scratch.iter().zip(&scratch[2 * half + 1..])) {
            *out = (to - from) * norm;
        }
    }
}

fn narrow(values: &mut [f32], sigma: f32, scratch: &mut Vec<f32>) {
    const RADIUS: usize = 6;
    let mut kernel = [0.0; RADIUS + 1];
    for (i, k) in kernel.iter_mut().enumerate() {
        *k = (-0.5 * (i as f32 / sigma).powi(2)).exp();
    }
    let sum = kernel[0] + 2.0 * kernel[1..].iter().sum::<f32>();
    kernel.iter_mut().for_each(|k| *k /= sum);
    scratch.clear();
    scratch.resize(RADIUS, 0.0);
    scratch.extend_from_slice(values);
    scratch.resize(values.len() + 2 * RADIUS, 0.0);
    // Place by place within tap by tap: so many at once as there are lanes.
    values.iter_mut().for_each(|out| *out *= kernel[0]);
    for (d, k) in kernel.iter().enumerate().skip(1) {
        let sides = scratch[RADIUS - d..].iter().zip(&scratch[RADIUS + d..]);
        values.iter_mut().zip(sides).for_each(|(out, (before, after))| *out += k * (before + after));
    }
}

/// Grey closing (`dark = false`: least of greatest) or opening over `window` bins.
pub(super) fn envelope(values: &[f32], window: usize, upper: bool, out: &mut Vec<f32>, scratch: &mut Scratch) {
    extremes(values, window, upper, &mut scratch.values, &mut scratch.spare);
    extremes(&scratch.values, window, !upper, out, &mut scratch.spare);
}

/// Memory of [`envelope`].
#[derive(Debug, Default)]
pub(super) struct Scratch {
    values: Vec<f32>,
    spare: Vec<f32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smoothing_keeps_the_sum_and_spreads_by_sigma() {
        for sigma in [0.6f32, 1.0, 3.0, 12.0] {
            let mut values = vec![0.0; 201];
            values[100] = 1.0;
            smooth(&mut values, sigma, &mut Vec::new());
            let sum: f32 = values.iter().sum();
            let variance: f32 = values.iter().enumerate().map(|(i, v)| v * (i as f32 - 100.0).powi(2)).sum();
            assert!((sum - 1.0).abs() < 1e-3, "sigma {sigma}: sum {sum}");
            assert!((variance.sqrt() / sigma - 1.0).abs() < 0.2, "sigma {sigma}: {}", variance.sqrt());
        }
    }

    #[test]
    fn envelopes_follow_a_step_and_bridge_a_bar() {
        let values: Vec<f32> =
            (0..60).map(|i| if i < 30 { 0.9 } else { 0.5 } - if i % 9 < 3 { 0.3 } else { 0.0 }).collect();
        let mut out = Vec::new();
        envelope(&values, 9, true, &mut out, &mut Scratch::default());
        assert!((out[10] - 0.9).abs() < 1e-6 && (out[50] - 0.5).abs() < 1e-6, "{out:?}");
    }
}
