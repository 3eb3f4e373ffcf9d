//! How bright the paper is and how dark the ink, place by place: first by envelopes, which need no symbols, then by
//! regression on the decided ones.

use super::band::Bins;
use super::filter::{self, Scratch};
use crate::small_sort::nth;
use crate::symbol::limits::at_least;

/// Grey level → linear light, 0..1. Blur adds light, not grey levels, so the camera's gamma comes off first; the exact
/// curve is not known, 2.2 is what sRGB comes to.
pub(super) static LINEAR: std::sync::LazyLock<[f32; 256]> =
    std::sync::LazyLock::new(|| std::array::from_fn(|v| (v as f32 / 255.0).powf(2.2)));

/// Linear light above which a sensor is full: what it hides cannot be trusted.
const FULL: f32 = 0.985;
/// Window of the envelopes in modules: longer than the widest bar or space, four, for what is so sharp that each bar
/// shows how dark ink is; and so long that some wide bar and wide space is in it, for what is blurred.
pub(super) const SHARP: f32 = 6.5;
pub(super) const BLURRED: f32 = 60.0;
/// Share of the usual contrast that a blurred symbol has everywhere.
const LEAST_BLURRED: f32 = 0.8;

/// Bins as darkness 0..1 with weights.
#[derive(Debug, Default, Clone)]
pub(super) struct Normalised {
    pub(super) darkness: Vec<f32>,
    pub(super) weight: Vec<f32>,
    pub(super) white: Vec<f32>,
    pub(super) contrast: Vec<f32>,
    scratch: Vec<f32>,
    envelope: Vec<f32>,
    memory: EnvelopeMemory,
}

#[derive(Debug, Default)]
struct EnvelopeMemory(Scratch);

impl Clone for EnvelopeMemory {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Normalised {
    /// Light from grey closing and opening of each row group (J. Serra, 1982): they follow a hard shadow edge where
    /// a running mean would smear it.
    /// `window` is [`SHARP`] or [`BLURRED`].
    pub(super) fn set_by_envelopes(&mut self, bins: &Bins, module: f32, window: f32) {
        let total = bins.groups * bins.length;
        self.white.clear();
        self.white.resize(total, 0.0);
        self.contrast.clear();
        self.contrast.resize(total, 0.0);
        let blurred = window > SHARP;
        let sigma = 0.18 * window * module / bins.width;
        let window = ((window * module / bins.width) as usize).max(3);
        let mut line = Vec::with_capacity(bins.length);
        for group in 0..bins.groups {
            let range = bins.group(group);
            line.clear();
            line.extend_from_slice(&bins.mean[range.clone()]);
            filter::smooth(&mut line, (0.25 * module / bins.width).max(0.6), &mut self.scratch);
            // The smoothing pads with zeros; at the very ends the plain values serve.
            let edge = window.min(line.len() / 2).min(6);
            let plain = &bins.mean[range.clone()];
            let n = line.len();
            line[..edge].copy_from_slice(&plain[..edge]);
            line[n - edge..].copy_from_slice(&plain[n - edge..]);
            for upper in [true, false] {
                filter::envelope(&line, window, upper, &mut self.envelope, &mut self.memory.0);
                smooth_inside(&mut self.envelope, sigma, &mut self.scratch);
                if upper {
                    self.white[range.clone()].copy_from_slice(&self.envelope);
                } else {
                    for (c, (w, dark)) in self.contrast[range.clone()]
                        .iter_mut()
                        .zip(self.white[range.clone()].iter().zip(&self.envelope))
                    {
                        *c = w - dark;
                    }
                }
            }
        }
        if blurred {
            // Ink is as dark beside the symbol as in it, and no bar in it shows how dark.
            let least = LEAST_BLURRED * self.usual_contrast();
            self.contrast.iter_mut().for_each(|c| *c = at_least(least, *c));
        }
        self.apply(bins);
    }

    /// The contrast that three in four places do not reach. It changes slowly: every third place tells.
    fn usual_contrast(&self) -> f32 {
        let some: Vec<f32> = self.contrast.iter().copied().step_by(3).collect();
        quantile(&some, 0.75)
    }

    /// Darkness and weights from `white` and `contrast`.
    pub(super) fn apply(&mut self, bins: &Bins) {
        let strong = self.usual_contrast().max(1e-4);
        let least = 0.12 * strong;
        self.darkness.clear();
        self.weight.clear();
        // Each in its own pass, so that four are computed at once.
        let light = self.white.iter().zip(&self.contrast);
        self.darkness.extend(
            bins.mean
                .iter()
                .zip(light.clone())
                .map(|(mean, (white, contrast))| (white - mean) / at_least(least, *contrast)),
        );
        self.weight.extend(bins.count.iter().zip(light).zip(&self.darkness).map(
            |((count, (white, contrast)), darkness)| {
                let share = at_least(0.0, contrast - 0.05 * strong) / strong;
                let trust = if *white > FULL { 0.1 } else { 1.0 };
                let beyond = at_least(0.0, (darkness - 0.5).abs() - 0.9);
                count * share * share * trust / (1.0 + 20.0 * beyond * beyond)
            },
        ));
    }

    pub(super) fn smooth(&mut self, bins: &Bins, sigma: f32) {
        for group in 0..bins.groups {
            smooth_inside(&mut self.darkness[bins.group(group)], sigma, &mut self.scratch);
        }
    }

    /// Weighted mean over the row groups; where no pixel fell, a straight line between the neighbours: bars that run along
    /// the pixels leave two bins in three empty.
    pub(super) fn mean(&self, bins: &Bins, out: &mut Vec<f32>) {
        out.clear();
        let mut last: Option<usize> = None;
        for i in 0..bins.length {
            let (mut sum, mut weight, mut count) = (0.0, 1e-9, 0.0);
            for group in 0..bins.groups {
                let at = group * bins.length + i;
                sum += self.weight[at] * self.darkness[at];
                weight += self.weight[at];
                count += bins.count[at];
            }
            let value = sum / weight;
            out.push(value);
            if count == 0.0 {
                continue;
            }
            let from = last.map_or(0, |l| l + 1);
            let before = last.map_or(value, |l| out[l]);
            let gap = (i - from + 1) as f32;
            for (step, empty) in out[from..i].iter_mut().enumerate() {
                *empty = before + (value - before) * (step + 1) as f32 / gap;
            }
            last = Some(i);
        }
        if let Some(last) = last {
            let value = out[last];
            out[last + 1..].fill(value);
        }
    }

    /// Lowers the weight of groups where they stand apart from the others: glare, text, a finger.
    pub(super) fn trust_the_agreeing(&mut self, bins: &Bins, module: f32) {
        let mut mean = Vec::new();
        let mut apart = Vec::new();
        for _ in 0..2 {
            self.mean(bins, &mut mean);
            for group in 0..bins.groups {
                let range = bins.group(group);
                apart.clear();
                apart.extend(
                    self.darkness[range.clone()].iter().zip(&mean).map(|(d, m)| (d.clamp(-0.5, 1.5) - m).powi(2)),
                );
                filter::smooth(&mut apart, 8.0 * module / bins.width, &mut self.scratch);
                for (weight, apart) in self.weight[range].iter_mut().zip(&apart) {
                    *weight /= 1.0 + apart / 0.03;
                }
            }
        }
    }
}

/// Smoothing that keeps a constant constant up to the ends.
pub(super) fn smooth_inside(values: &mut [f32], sigma: f32, scratch: &mut Vec<f32>) {
    let (Some(&first), Some(&last)) = (values.first(), values.last()) else { return };
    let n = values.len();
    // Subtracting the line between the ends makes the zero padding harmless.
    let line = |i: usize| first + (last - first) * i as f32 / (n.max(2) - 1) as f32;
    for (i, v) in values.iter_mut().enumerate() {
        *v -= line(i);
    }
    filter::smooth(values, sigma, scratch);
    for (i, v) in values.iter_mut().enumerate() {
        *v += line(i);
    }
}

/// The value below which `share` of them lie.
pub(super) fn quantile(values: &[f32], share: f32) -> f32 {
    nth(values, (values.len().saturating_sub(1) as f32 * share) as usize)
}
