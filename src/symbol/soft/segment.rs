//! Segmental Viterbi: where each character begins, how wide it is there and which it is, all at once, with no ends, no
//! pilots and no common scale given. Segmental dynamic programming as in speech
//! recognition (H. Ney, IEEE ASSP 32 (1984) 263), characters for words and modules for time.
//!
//! A state is (sample at which a character begins, local module). Each state is scored by the correlation of the
//! samples it covers with every character's template; the path of 26 characters with the least cost wins.

use super::model::{BARS, EdgeResponse, FREE, STOP_BARS};
use crate::symbol::code128::START_C;

/// Samples per mean module.
const OVERSAMPLING: usize = 4;
/// Samples of a template, from half a module before the character to half a module into the next: half a module apart.
const SAMPLES: usize = 25;
/// START from five modules before (quiet zone), STOP to four beyond (quiet zone).
const START_SAMPLES: usize = 34;
const STOP_SAMPLES: usize = 36;
/// Local module sizes, as shares of the expected one; neighbours differ by 5 %.
const SCALES: usize = 21;
const LEAST_SCALE: f32 = 0.62;
const SCALE_STEP: f32 = 0.05;
/// Characters: START C, FNC1, 23 decided, STOP.
const CHARACTERS: usize = FREE + 3;
/// Per step of scale between neighbouring characters, and per sample of misfit.
const SCALE_PENALTY: f32 = 0.35;
const MISFIT_PENALTY: f32 = 0.25;
/// Correlation one would be certainty beyond all noise: this is the noise that always remains.
const FLOOR: f32 = 0.03;
/// Contrast below which correlation means nothing, as a share of bar against space.
const LEAST_CONTRAST: f32 = 0.0125;
/// START and STOP span more samples, hence weigh more; this evens them.
const PILOT_WEIGHT: f32 = 0.8;
const NEVER: f32 = 1e9;

/// The best path.
#[derive(Debug, Clone)]
pub(super) struct Path {
    /// The lower the better; true symbols lie below about -380, other things above -330.
    pub(super) cost: f32,
    /// Places of the 26 character beginnings and of the symbol's end, in samples of the given profile.
    pub(super) borders: [f32; CHARACTERS + 1],
    /// The decided characters.
    pub(super) values: [u8; FREE],
}

/// Scratch memory of the search.
#[derive(Debug, Default)]
pub(super) struct Segmenter {
    profile: Vec<f32>,
    taps: Vec<Vec<f32>>,
    mean: Vec<f32>,
    power: Vec<f32>,
    steps: Vec<Vec<f32>>,
    rho: Vec<f32>,
    best: [Vec<f32>; FUNCTION_1 + 1],
    cost: Vec<f32>,
    next: Vec<f32>,
    back: Vec<(i16, i8)>,
}

/// Which set of characters a score is the best of.
const ANY: usize = 0;
const CHECK: usize = 1;
const NINETY: usize = 2;
const NINETY_ONE: usize = 3;
const FUNCTION_1: usize = 4;

/// A bar of one and a half modules ending 1.5 modules before the character, or STOP: every neighbour ends in a space.
const BEFORE: (f32, f32) = (-3.0, -1.5);

struct Template {
    /// Centred response of the parts common to all characters: the bar before and the bar after.
    common: [f32; SAMPLES],
    /// Centred response of an edge at module 1..=10.
    edge: [[f32; SAMPLES]; 10],
    /// For each value: 1 / norm of the centred template.
    norm: [f32; 106],
}

fn template(edge: &EdgeResponse) -> Template {
    let u = |i: usize| i as f32 * 0.5 - 0.5;
    let centred = |f: &dyn Fn(f32) -> f32| -> [f32; SAMPLES] {
        let values: [f32; SAMPLES] = std::array::from_fn(|i| f(u(i)));
        let mean = values.iter().sum::<f32>() / SAMPLES as f32;
        values.map(|v| v - mean)
    };
    let bar = |u: f32, (rise, fall): (f32, f32)| edge.at(u - rise) - edge.at(u - fall);
    // Every character's first bar rises at 0, the next character's at 11 and is a bar at least one module wide.
    let common = centred(&|u| bar(u, BEFORE) + edge.at(u) + bar(u, (11.0, 13.0)));
    let edges = std::array::from_fn(|j| centred(&|u| edge.at(u - (j + 1) as f32)));
    let norm = std::array::from_fn(|value| {
        let mut whole = common;
        for (sign, at) in signs(value) {
            for (w, e) in whole.iter_mut().zip(&edges[at - 1]) {
                *w += sign * e;
            }
        }
        1.0 / whole.iter().map(|w| w * w).sum::<f32>().sqrt().max(1e-6)
    });
    Template { common, edge: edges, norm }
}

/// The five edges of a character after its first, as (sign, module).
fn signs(value: usize) -> [(f32, usize); 5] {
    let [(_, a), (b, c), (d, e)] = BARS[value];
    [(-1.0, a as usize), (1.0, b as usize), (-1.0, c as usize), (1.0, d as usize), (-1.0, e as usize)]
}

fn scale(j: usize) -> f32 {
    LEAST_SCALE * (SCALE_STEP * j as f32).exp()
}

impl Segmenter {
    /// How well START and STOP show in `darkness`, each wherever it shows best: the lower, the more like a symbol read
    /// in this direction. Costs a fiftieth of [`Segmenter::find`].
    pub(super) fn pilots(&mut self, darkness: &[f32], module: f32, sigma: f32) -> f32 {
        if self.resample(darkness, module).is_none() {
            return 0.0;
        }
        let pilots = Pilots::new(&EdgeResponse::gauss(sigma, 2.0, 0.25));
        let mut costs = vec![0.0; self.profile.len()];
        let mut least = (0.0f32, 0.0f32);
        // Every other scale: a pilot a twentieth too large still fits.
        for j in (0..SCALES).step_by(2) {
            pilot(&self.profile, j, -5.0, &pilots.start, &mut costs);
            least.0 = costs.iter().copied().fold(least.0, f32::min);
            pilot(&self.profile, j, -0.5, &pilots.stop, &mut costs);
            least.1 = costs.iter().copied().fold(least.1, f32::min);
        }
        least.0 + least.1
    }

    /// The profile at [`OVERSAMPLING`] samples a module; the width of a sample in bins.
    fn resample(&mut self, darkness: &[f32], module: f32) -> Option<f32> {
        let step = module / OVERSAMPLING as f32;
        let n = ((darkness.len() as f32 - 1.0) / step) as usize;
        // Half the expected length at least; at most what the trace-back can count.
        const LENGTHS: std::ops::Range<usize> = 11 * OVERSAMPLING * CHARACTERS / 2..6000;
        if !LENGTHS.contains(&n) || !step.is_finite() {
            return None;
        }
        self.profile.clear();
        for i in 0..n {
            let x = i as f32 * step;
            let k = (x as usize).min(darkness.len() - 2);
            let f = x - k as f32;
            self.profile.push((darkness[k] + f * (darkness[k + 1] - darkness[k])).clamp(-0.3, 1.3));
        }
        Some(step)
    }

    /// Searches `darkness` (0..1, one value a bin) for the symbol, reading forwards. `module` is the expected module in
    /// bins; `sigma` the blur assumed, in modules.
    pub(super) fn find(&mut self, darkness: &[f32], module: f32, sigma: f32) -> Option<Path> {
        let step = self.resample(darkness, module)?;
        let n = self.profile.len();
        let edge = EdgeResponse::gauss(sigma, 2.0, 0.25);
        let template = template(&edge);
        let pilots = Pilots::new(&edge);
        for costs in &mut self.best {
            costs.clear();
            costs.resize(n * SCALES, NEVER);
        }
        let mut start = vec![NEVER; n * SCALES];
        let mut stop = vec![NEVER; n * SCALES];
        for j in 0..SCALES {
            self.score(j, &template);
            pilot(&self.profile, j, -5.0, &pilots.start, &mut start[j * n..(j + 1) * n]);
            pilot(&self.profile, j, -0.5, &pilots.stop, &mut stop[j * n..(j + 1) * n]);
        }
        let (cost, ends) = self.walk(n, &start, &stop);
        if cost >= NEVER {
            return None;
        }
        // Back along the path.
        let mut at = ends;
        let mut states = [(0usize, 0usize); CHARACTERS];
        for k in (0..CHARACTERS).rev() {
            states[k] = at;
            if k > 0 {
                let (i, dj) = self.back[(k * SCALES + at.1) * n + at.0];
                at = (i as usize, (at.1 as i32 - i32::from(dj)) as usize);
            }
        }
        let mut borders = [0.0; CHARACTERS + 1];
        for (border, (i, _)) in borders.iter_mut().zip(states) {
            *border = i as f32 * step;
        }
        let (i, j) = states[CHARACTERS - 1];
        borders[CHARACTERS] = i as f32 * step + 13.0 * scale(j) * module;
        let mut values = [0; FREE];
        for (k, value) in values.iter_mut().enumerate() {
            let (i, j) = states[k + 2];
            let among = match k {
                0 => 91..92,
                1 => 90..100,
                22 => 0..103,
                _ => 0..100,
            };
            *value = self.choose(i, j, &template, among);
        }
        Some(Path { cost, borders, values })
    }

    /// Fills the tap arrays for scale `j`: tap `s` of position `i` is the profile at `i + (s/2 - 1/2)` local modules.
    fn gather(&mut self, j: usize) {
        let n = self.profile.len();
        self.taps.resize_with(SAMPLES, Vec::new);
        for (s, tap) in self.taps.iter_mut().enumerate() {
            let offset = (s as f32 * 0.5 - 0.5) * OVERSAMPLING as f32 * scale(j);
            shifted(&self.profile, offset, n, tap);
        }
    }

    /// Correlations of all characters at scale `j`, best of each set.
    fn score(&mut self, j: usize, template: &Template) {
        let n = self.profile.len();
        self.gather(j);
        self.mean.clear();
        self.mean.resize(n, 0.0);
        self.power.clear();
        self.power.resize(n, 0.0);
        for tap in &self.taps {
            for ((mean, power), v) in self.mean.iter_mut().zip(&mut self.power).zip(tap) {
                *mean += v;
                *power += v * v;
            }
        }
        for (mean, power) in self.mean.iter().zip(&mut self.power) {
            let variance = (*power - mean * mean / SAMPLES as f32).max(0.0);
            *power = 1.0 / (variance + LEAST_CONTRAST * SAMPLES as f32 * 0.25).sqrt();
        }
        self.steps.resize_with(11, Vec::new);
        for (e, out) in self.steps.iter_mut().enumerate() {
            let weights = if e == 0 { &template.common } else { &template.edge[e - 1] };
            out.clear();
            out.resize(n, 0.0);
            for (tap, w) in self.taps.iter().zip(weights) {
                for (out, v) in out.iter_mut().zip(tap) {
                    *out += w * v;
                }
            }
        }
        let best = &mut self.best;
        for costs in best.iter_mut() {
            costs[j * n..(j + 1) * n].fill(0.0);
        }
        for value in 0..103 {
            self.rho.clear();
            let [a, b, c, d, e] = signs(value).map(|(_, at)| &self.steps[at]);
            let norm = template.norm[value];
            self.rho.extend(
                self.steps[0]
                    .iter()
                    .zip(a)
                    .zip(b)
                    .zip(c)
                    .zip(d)
                    .zip(e)
                    .map(|(((((o, a), b), c), d), e)| norm * (o - a + b - c + d - e)),
            );
            let sets: &[usize] = match value {
                91 => &[ANY, CHECK, NINETY, NINETY_ONE],
                90..=99 => &[ANY, CHECK, NINETY],
                0..=99 => &[ANY, CHECK],
                102 => &[CHECK, FUNCTION_1],
                _ => &[CHECK],
            };
            for &set in sets {
                for (best, rho) in best[set][j * n..(j + 1) * n].iter_mut().zip(&self.rho) {
                    *best = best.max(*rho);
                }
            }
        }
        for costs in best.iter_mut() {
            for (cost, power) in costs[j * n..(j + 1) * n].iter_mut().zip(&self.power) {
                *cost = price(*cost * power, SAMPLES);
            }
        }
    }

    /// The character at a state.
    fn choose(&self, i: usize, j: usize, template: &Template, among: std::ops::Range<u8>) -> u8 {
        let taps: [f32; SAMPLES] = std::array::from_fn(|s| {
            at(&self.profile, i as f32 + (s as f32 * 0.5 - 0.5) * OVERSAMPLING as f32 * scale(j))
        });
        let dot = |w: &[f32; SAMPLES]| w.iter().zip(&taps).map(|(w, t)| w * t).sum::<f32>();
        let common = dot(&template.common);
        let edges: [f32; 10] = std::array::from_fn(|e| dot(&template.edge[e]));
        among
            .map(|value| {
                let v = usize::from(value);
                let sum: f32 = signs(v).iter().map(|(sign, at)| sign * edges[at - 1]).sum();
                (template.norm[v] * (common + sum), value)
            })
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map_or(0, |(_, value)| value)
    }

    /// Dynamic programming over the 26 characters; returns the least cost and its last state.
    fn walk(&mut self, n: usize, start: &[f32], stop: &[f32]) -> (f32, (usize, usize)) {
        let states = n * SCALES;
        self.back.clear();
        self.back.resize(CHARACTERS * states, (0, 0));
        self.cost.clear();
        self.cost.extend_from_slice(start);
        for k in 1..CHARACTERS {
            let scores: &[f32] = match k {
                1 => &self.best[FUNCTION_1],
                2 => &self.best[NINETY_ONE],
                3 => &self.best[NINETY],
                24 => &self.best[CHECK],
                25 => stop,
                _ => &self.best[ANY],
            };
            self.next.clear();
            self.next.resize(states, NEVER);
            let back = &mut self.back[k * states..(k + 1) * states];
            for to in 0..SCALES {
                for change in -2i32..=2 {
                    let from = to as i32 - change;
                    if !(0..SCALES as i32).contains(&from) {
                        continue;
                    }
                    let from = from as usize;
                    let advance = (11.0 * OVERSAMPLING as f32 * 0.5 * (scale(from) + scale(to))).round() as usize;
                    for slip in -1i32..=1 {
                        let shift = (advance as i32 + slip) as usize;
                        if shift >= n {
                            continue;
                        }
                        let price = SCALE_PENALTY * (change * change) as f32 + MISFIT_PENALTY * (slip * slip) as f32;
                        let source = &self.cost[from * n..from * n + n - shift];
                        let target = &mut self.next[to * n + shift..(to + 1) * n];
                        let trace = &mut back[to * n + shift..(to + 1) * n];
                        for (i, ((source, target), trace)) in source.iter().zip(target).zip(trace).enumerate() {
                            let cost = source + price;
                            if cost < *target {
                                *target = cost;
                                *trace = (i as i16, change as i8);
                            }
                        }
                    }
                }
            }
            for (next, score) in self.next.iter_mut().zip(scores) {
                *next = if *next < NEVER { *next + score } else { NEVER };
            }
            std::mem::swap(&mut self.cost, &mut self.next);
        }
        let (at, cost) =
            self.cost.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1)).map_or((0, NEVER), |(at, cost)| (at, *cost));
        (cost, (at % n, at / n))
    }
}

/// Templates of START C with its quiet zone and of STOP with its own, centred and normed.
struct Pilots {
    start: Vec<f32>,
    stop: Vec<f32>,
}

impl Pilots {
    fn new(edge: &EdgeResponse) -> Self {
        let bar = |u: f32, (rise, fall): (f32, f32)| edge.at(u - rise) - edge.at(u - fall);
        let shape = |count: usize, from: f32, f: &dyn Fn(f32) -> f32| {
            let mut values: Vec<f32> = (0..count).map(|i| f(i as f32 * 0.5 + from)).collect();
            let mean = values.iter().sum::<f32>() / count as f32;
            values.iter_mut().for_each(|v| *v -= mean);
            let norm = values.iter().map(|v| v * v).sum::<f32>().sqrt();
            values.iter_mut().for_each(|v| *v /= norm);
            values
        };
        let start_bars = BARS[usize::from(START_C)];
        Self {
            start: shape(START_SAMPLES, -5.0, &|u| {
                start_bars.iter().map(|b| bar(u, *b)).sum::<f32>() + bar(u, (11.0, 13.0))
            }),
            stop: shape(STOP_SAMPLES, -0.5, &|u| STOP_BARS.iter().map(|b| bar(u, *b)).sum::<f32>() + bar(u, BEFORE)),
        }
    }
}

/// Price of one pilot template at every position of scale `j`.
fn pilot(profile: &[f32], j: usize, from: f32, template: &[f32], out: &mut [f32]) {
    let n = profile.len();
    let count = template.len();
    let (mut mean, mut power, mut dot) = (vec![0.0f32; n], vec![0.0f32; n], vec![0.0f32; n]);
    let mut tap = Vec::new();
    for (s, w) in template.iter().enumerate() {
        shifted(profile, (s as f32 * 0.5 + from) * OVERSAMPLING as f32 * scale(j), n, &mut tap);
        for (((mean, power), dot), v) in mean.iter_mut().zip(&mut power).zip(&mut dot).zip(&tap) {
            *mean += v;
            *power += v * v;
            *dot += w * v;
        }
    }
    for (i, out) in out.iter_mut().enumerate() {
        let variance = (power[i] - mean[i] * mean[i] / count as f32).max(0.0);
        let rho = dot[i] / (variance + LEAST_CONTRAST * count as f32 * 0.25).sqrt();
        *out = PILOT_WEIGHT * price(rho, count);
    }
}

/// Log-likelihood ratio of a correlation over `n` samples, as a cost.
fn price(rho: f32, n: usize) -> f32 {
    let rho = rho.clamp(0.0, 1.0);
    0.5 * n as f32 * (1.0 - rho * rho + FLOOR).ln()
}

/// The profile shifted by `offset` samples, linear between samples, its ends repeated.
fn shifted(profile: &[f32], offset: f32, n: usize, out: &mut Vec<f32>) {
    out.clear();
    let whole = offset.floor();
    let f = offset - whole;
    let whole = whole as i64;
    let last = n as i64 - 1;
    // The middle stretch needs no clamping and vectorises.
    let from = (-whole).clamp(0, n as i64);
    let to = (last - whole).clamp(from, n as i64);
    for _ in 0..from {
        out.push(profile[0]);
    }
    let (a, b) = ((from + whole).max(0) as usize, (to + whole).max(0) as usize);
    if to > from {
        out.extend(profile[a..b].iter().zip(&profile[a + 1..b + 1]).map(|(p, q)| p + f * (q - p)));
    }
    while out.len() < n {
        out.push(profile[n - 1]);
    }
}

fn at(profile: &[f32], x: f32) -> f32 {
    let x = x.clamp(0.0, (profile.len() - 1) as f32);
    let i = (x as usize).min(profile.len().saturating_sub(2));
    let f = x - i as f32;
    profile[i] + f * (profile[(i + 1).min(profile.len() - 1)] - profile[i])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::symbol::code128::tests::payment;
    use crate::symbol::soft::model;

    const S1: &str = "91912345000012025010123456780026093000125005";

    fn values() -> [u8; FREE] {
        let all = payment(S1);
        std::array::from_fn(|k| all[k + 2])
    }

    /// A profile of `samples` a module whose scale grows by `growth` from one end to the other.
    fn profile(samples: f32, sigma: f32, growth: f32) -> Vec<f32> {
        let bars = model::bars(&values());
        let n = (samples * 340.0) as usize;
        let u: Vec<f32> = (0..n)
            .map(|i| {
                let t = i as f32 / n as f32 - 0.5;
                170.0 + 340.0 * (t + growth * t * t) - 26.0
            })
            .collect();
        let mut out = Vec::new();
        let edge = EdgeResponse::gauss(sigma, samples, 1.0);
        model::darkness(&u, &vec![1.0; n], &bars, 0.0, &edge, &mut out);
        out
    }

    #[test]
    fn the_characters_are_found_without_ends_or_scale() {
        let mut segmenter = Segmenter::default();
        for (samples, expected) in [(4.0, 4.0), (4.0, 4.7), (8.0, 6.5)] {
            for growth in [-0.25, 0.0, 0.25] {
                for sigma in [0.3, 0.6, 0.9] {
                    let drawn = profile(samples, sigma, growth);
                    let backwards: Vec<f32> = drawn.iter().rev().copied().collect();
                    let pilots = segmenter.pilots(&drawn, expected, 0.55);
                    assert!(pilots < -40.0, "{samples} {growth} {sigma}: pilots {pilots}");
                    assert!(pilots < segmenter.pilots(&backwards, expected, 0.55), "{samples} {growth} {sigma}");
                    let path = segmenter.find(&drawn, expected, 0.55).unwrap();
                    let right = path.values.iter().zip(values()).filter(|(a, b)| **a == *b).count();
                    assert!(path.cost < -380.0, "{samples} {growth} {sigma}: cost {}", path.cost);
                    assert!(right >= 20, "{samples} {growth} {sigma}: {right} of 23 right");
                }
            }
        }
    }

    #[test]
    fn paper_and_noise_cost_too_much() {
        let mut segmenter = Segmenter::default();
        let noise: Vec<f32> = (0..1400u64).map(|i| ((i * i * 2_654_435_761) >> 7 & 255) as f32 / 255.0).collect();
        for (name, darkness) in [("blank", vec![0.1; 1400]), ("noise", noise)] {
            assert!(segmenter.pilots(&darkness, 4.0, 0.55) > -32.0, "{name}");
            let cost = segmenter.find(&darkness, 4.0, 0.55).map_or(0.0, |p| p.cost);
            assert!(cost > -330.0, "{name}: {cost}");
        }
        assert!(segmenter.find(&[], 4.0, 0.55).is_none());
        assert!(segmenter.find(&[0.5; 40], 4.0, 0.55).is_none());
        assert!(segmenter.find(&[0.5; 4000], f32::NAN, 0.55).is_none());
    }
}
