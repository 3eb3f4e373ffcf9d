//! Segmental Viterbi: where each character begins, how wide it is there and which it is, all at once, with no ends, no
//! pilots and no common scale given. Segmental dynamic programming as in speech
//! recognition (H. Ney, IEEE ASSP 32 (1984) 263), characters for words and modules for time.
//!
//! A state is (sample at which a character begins, local module). A state that a cheap beginning leads to is scored by the
//! correlation of the samples it covers with the templates of the characters that may stand there; the path of 26
//! characters with the least cost wins.

use std::ops::Range;

use super::model::{BARS, EdgeResponse, FREE, MODULES, STOP_BARS, STOP_START, VALUES};
use crate::symbol::code128::START_C;
use crate::symbol::limits::{at_least, within};

/// Samples per mean module.
const OVERSAMPLING: usize = 4;
/// Samples of a template, from half a module before the character to half a module into the next: half a module apart.
const SAMPLES: usize = 25;
/// START from five modules before (quiet zone), STOP to four beyond (quiet zone).
const START_SAMPLES: usize = 34;
const STOP_SAMPLES: usize = 36;
/// Local module sizes, as shares of the expected one; neighbours differ by 7 %.
const SCALES: usize = 20;
const LEAST_SCALE: f32 = 0.5026;
/// Those between 0.62 and 1.44, which symbols have whose paper is bent or seen at a slant of 40 degrees, and all between 0.5
/// and 1.9, for steeper ones. Among more, blur finds what is not there.
pub(super) const USUAL: Range<usize> = 3..16;
pub(super) const ALL: Range<usize> = 0..SCALES;
const SCALE_STEP: f32 = 0.07;
/// Characters: START C, FNC1, 23 decided, STOP.
const CHARACTERS: usize = FREE + 3;
/// Per step of scale between neighbouring characters, and per sample of misfit.
const SCALE_PENALTY: f32 = 0.7;
const MISFIT_PENALTY: f32 = 0.25;
/// Correlation one would be certainty beyond all noise: this is the noise that always remains.
const FLOOR: f32 = 0.03;
/// Contrast below which correlation means nothing, as a share of bar against space.
const LEAST_CONTRAST: f32 = 0.0125;
/// START and STOP span more samples, hence weigh more; this evens them.
const PILOT_WEIGHT: f32 = 0.8;
const NEVER: f32 = 1e9;
/// How far a character may begin from where the ends would put it on flat paper seen from the front, in samples: 100 modules.
/// Of 450 right paths, bent, tilted and found from wrong ends among them, one lay 59 off and the others less than 50.
const SLACK: f32 = 100.0 * OVERSAMPLING as f32;

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

/// How much dearer than the cheapest of its time a beginning of the path may be and still be followed: START by itself,
/// and any longer one. Of 371 paths that were followed among [`USUAL`] scales, START alone was dearer by 21 at the most; of the
/// 306 that cost less than -400 the dearest beginning was dearer by 32.
const START_BEAM: f32 = 35.0;
const BEAM: f32 = 50.0;
/// Eights of beginnings followed in one search, all characters together. Where more than that are about as cheap as the
/// cheapest, nothing stands out: of 464 symbols that were read most needed 2,000 and none more than 16,000; of other things
/// that look like bars most have 14,000 and more.
const MOST_FOLLOWED: usize = 22_000;

/// Positions scored at once: their edge responses stay in the nearest cache.
const BLOCK: usize = 16;
/// States taken over at once: two registers of 128 bits.
const LANES: usize = 8;
/// More samples than any character is wide.
const MARGIN: usize = 96;
/// Ways from one character to the next: three changes of scale by three samples of misfit.
const WAYS: usize = 9;

/// Scratch memory of the search.
#[derive(Debug, Default)]
pub(super) struct Segmenter {
    profile: Vec<f32>,
    /// The same with its ends repeated, [`BEFORE_IT`] samples before it.
    wide: Vec<f32>,
    /// Price of the best character of each set, or of STOP, in each state; scale after scale of whole blocks. Only
    /// what a path comes by is priced.
    prices: [Vec<f32>; SETS],
    /// Which sets are priced in each block: a bit each.
    priced: Vec<u8>,
    start: Vec<f32>,
    cost: Vec<f32>,
    next: Vec<f32>,
    /// Least cost in each eight states, and whether it is worth following.
    least: Vec<f32>,
    alive: Vec<bool>,
    /// First to last of them at each scale.
    hulls: [Range<usize>; SCALES],
    /// Eights of states to be reached next.
    wanted: Vec<usize>,
    back: Vec<u8>,
    pilot: [Vec<f32>; 3],
}

/// Where a symbol's ends lie.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ends {
    /// The lower the better.
    pub(super) cost: f32,
    /// Where START and STOP begin, in samples of the given profile.
    pub(super) start: f32,
    pub(super) stop: f32,
    /// Scales that lie between: those of the ends and some beside, the last one excluded.
    scales: (usize, usize),
}

/// One place where START or STOP shows.
struct Pilot {
    at: f32,
    /// Number of its scale.
    scale: usize,
    price: f32,
}

/// Scales considered beside those of the ends.
const SCALES_BESIDE: usize = 3;
/// Places considered for each end.
const PILOTS: usize = 40;
/// Price above which a pilot is not looked at.
const LEAST_PILOT: f32 = -6.0;
/// How far the symbol's length may stand from what its ends' modules say, as a share: pilots are 14 % apart in scale, and
/// paper bends.
const LENGTH_MISFIT: f32 = 0.06;
/// How far from where rows cease to tell the same an end may lie, in modules, and the most that is held against it: a ruling
/// or a shadow beside a symbol runs across all rows too.
const ASTRAY: f32 = 4.0;
const MOST_ASTRAY: f32 = 8.0;

/// Sets of characters among which the best is asked for, and STOP.
const ANY: usize = 0;
const CHECK: usize = 1;
const NINETY: usize = 2;
const NINETY_ONE: usize = 3;
const FUNCTION_1: usize = 4;
const STOP: usize = 5;
const SETS: usize = 6;
/// The characters of each set.
const MEMBERS: [Range<usize>; STOP] = [0..100, 0..VALUES, 90..100, 91..92, 102..103];
/// Samples that a template reaches before and beyond the place of its character.
const BEFORE_IT: usize = 8;
const BEYOND_IT: usize = 104;

/// A bar of one and a half modules ending 1.5 modules before the character, or STOP: every neighbour ends in a space.
const BEFORE: (f32, f32) = (-3.0, -1.5);

struct Template {
    /// Centred response of the parts common to all characters, the bar before and the bar after; then of an edge at
    /// module 1..=10.
    weights: [[f32; SAMPLES]; 11],
    /// For each value: its five edges after the first, as indices of `weights`; falling and rising in turn.
    edges: [[u8; 5]; 106],
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
    let weights: [[f32; SAMPLES]; 11] =
        std::array::from_fn(|j| if j == 0 { common } else { centred(&|u| edge.at(u - j as f32)) });
    let edges: [[u8; 5]; 106] = std::array::from_fn(|value| {
        let [(_, a), (b, c), (d, e)] = BARS[value];
        [a, b, c, d, e].map(|at| at as u8)
    });
    let norm = std::array::from_fn(|value| {
        let mut whole = common;
        for (k, at) in edges[value].iter().enumerate() {
            for (w, e) in whole.iter_mut().zip(&weights[usize::from(*at)]) {
                *w += SIGNS[k] * e;
            }
        }
        1.0 / whole.iter().map(|w| w * w).sum::<f32>().sqrt().max(1e-6)
    });
    Template { weights, edges, norm }
}

/// Directions of a character's edges after its first.
const SIGNS: [f32; 5] = [-1.0, 1.0, -1.0, 1.0, -1.0];

fn scale(j: usize) -> f32 {
    LEAST_SCALE * (SCALE_STEP * j as f32).exp()
}

impl Segmenter {
    /// Where START begins and STOP begins in `darkness`, both together: each shows how large modules are there, and
    /// between them lie as many as the symbol has. Costs less than [`Segmenter::find`] and is less easily misled by
    /// blur, but says nothing of what lies between. `seen` is where the symbol was seen to begin and to end, in bins.
    pub(super) fn ends(
        &mut self,
        darkness: &[f32],
        module: f32,
        sigma: f32,
        scales: Range<usize>,
        seen: [Option<f32>; 2],
    ) -> Option<Ends> {
        let step = self.resample(darkness, module)?;
        let pilots = Pilots::new(&EdgeResponse::gauss(sigma, 2.0, 0.25));
        let n = self.profile.len();
        let mut prices = vec![0.0; n];
        let (mut starts, mut stops): (Vec<Pilot>, Vec<Pilot>) = (Vec::new(), Vec::new());
        // Every other scale: a pilot a fourteenth too large still fits.
        for j in scales.clone().step_by(2) {
            for (from, template, found) in [(-5.0, &pilots.start, &mut starts), (-0.5, &pilots.stop, &mut stops)] {
                pilot(&self.profile, j, from, template, 0, &mut self.pilot, &mut prices);
                for i in 1..n - 1 {
                    if prices[i] < LEAST_PILOT && prices[i] <= prices[i - 1] && prices[i] < prices[i + 1] {
                        let place = found.partition_point(|p| p.price <= prices[i]);
                        found.insert(place, Pilot { at: i as f32, scale: j, price: prices[i] });
                        found.truncate(PILOTS);
                    }
                }
            }
        }
        let samples = OVERSAMPLING as f32;
        let astray = |at: f32, seen: Option<f32>| {
            let off = seen.map_or(0.0, |seen| at - seen / step) / (ASTRAY * samples);
            (0.5 * off * off).min(MOST_ASTRAY)
        };
        // The likeliest pair, by what speaks against its places too; its cost is that of the bars alone.
        let mut best: Option<(f32, Ends)> = None;
        for start in &starts {
            for stop in &stops {
                let length = stop.at - start.at;
                // A flat paper at any slant is as long as if each module were the geometric mean of those at its ends: the
                // property of a projection of a line.
                let mean = (scale(start.scale) * scale(stop.scale)).sqrt();
                let expected = STOP_START * samples * mean;
                let off = (length / expected).max(1e-3).ln() / LENGTH_MISFIT;
                let end = stop.at + (MODULES - STOP_START) * samples * scale(stop.scale);
                let cost = start.price + stop.price + 0.5 * off * off;
                let there = cost + astray(start.at, seen[0]) + astray(end, seen[1]);
                if best.as_ref().is_none_or(|(least, _)| there < *least) {
                    let least = start.scale.min(stop.scale).saturating_sub(SCALES_BESIDE).max(scales.start);
                    let most = (start.scale.max(stop.scale) + SCALES_BESIDE + 1).min(scales.end);
                    let ends = Ends { cost, start: start.at * step, stop: stop.at * step, scales: (least, most) };
                    best = Some((there, ends));
                }
            }
        }
        best.map(|(_, ends)| ends)
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
    ///
    /// Only modules about as large as those of the `ends` are considered.
    pub(super) fn find(&mut self, darkness: &[f32], module: f32, sigma: f32, ends: &Ends) -> Option<Path> {
        let step = self.resample(darkness, module)?;
        let n = self.profile.len();
        let edge = EdgeResponse::gauss(sigma, 2.0, 0.25);
        let template = template(&edge);
        let pilots = Pilots::new(&edge);
        let scales = ends.scales.0..ends.scales.1;
        let windows = windows(n, ends.start / step, ends.stop / step);
        let padded = n.next_multiple_of(BLOCK);
        for prices in self.prices.iter_mut().chain([&mut self.start]) {
            // What is not priced is not looked at.
            prices.resize(padded * SCALES, NEVER);
        }
        self.priced.clear();
        self.priced.resize(padded / BLOCK * SCALES, 0);
        let (first, last) = (self.profile.first().copied()?, self.profile.last().copied()?);
        self.wide.clear();
        self.wide.resize(BEFORE_IT, first);
        self.wide.extend_from_slice(&self.profile);
        self.wide.resize(BEFORE_IT + padded + BEYOND_IT, last);
        for j in scales.clone() {
            let window = windows[0].start..windows[0].end.min(n);
            let prices = &mut self.start[j * padded..][window.clone()];
            pilot(&self.profile, j, -5.0, &pilots.start, window.start, &mut self.pilot, prices);
        }
        let (cost, last) = self.walk(n, scales, &windows, &template, &pilots.stop);
        if cost >= NEVER {
            return None;
        }
        // Back along the path.
        let mut at = last;
        let mut states = [(0usize, 0usize); CHARACTERS];
        for k in (0..CHARACTERS).rev() {
            states[k] = at;
            if k > 0 {
                let (change, slip) = way(usize::from(self.back[(k * SCALES + at.1) * padded + at.0]));
                let from = (at.1 as i32 - change) as usize;
                at = ((at.0 as i32 - advance(from, at.1, slip)) as usize, from);
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

    /// Prices the best of a set, or STOP, in one block at scale `j`, if that was not done before.
    fn price_set(&mut self, set: usize, j: usize, block: usize, template: &Template, stop: &[f32]) {
        let blocks = self.profile.len().div_ceil(BLOCK);
        let Some(priced) = self.priced.get_mut(j * blocks + block).filter(|p| **p & 1 << set == 0) else { return };
        *priced |= 1 << set;
        let from = block * BLOCK;
        let Some(out) = self.prices[set][j * blocks * BLOCK + from..].first_chunk_mut::<BLOCK>() else { return };
        if set == STOP {
            return pilot(&self.profile, j, -0.5, stop, from, &mut self.pilot, out);
        }
        let mut steps = [[0.0f32; BLOCK]; 11];
        let (mut mean, mut power) = ([0.0f32; BLOCK], [0.0f32; BLOCK]);
        for s in 0..SAMPLES {
            // Tap `s` of position `i` is the profile at `i + (s/2 - 1/2)` local modules.
            let offset = (s as f32 * 0.5 - 0.5) * OVERSAMPLING as f32 * scale(j);
            let whole = offset.floor();
            let f = offset - whole;
            let there = &self.wide[(BEFORE_IT as i32 + whole as i32) as usize + from..];
            let (Some(near), Some(next)) = (there.first_chunk::<BLOCK>(), there[1..].first_chunk::<BLOCK>()) else {
                continue;
            };
            let tap: [f32; BLOCK] = std::array::from_fn(|i| near[i] + f * (next[i] - near[i]));
            for i in 0..BLOCK {
                mean[i] += tap[i];
                power[i] += tap[i] * tap[i];
            }
            for (step, weights) in steps.iter_mut().zip(&template.weights) {
                let weight = weights[s];
                for i in 0..BLOCK {
                    step[i] += weight * tap[i];
                }
            }
        }
        let mut best = [0.0f32; BLOCK];
        for value in MEMBERS[set].clone() {
            let [a, b, c, d, e] = template.edges[value].map(|at| &steps[usize::from(at)]);
            let norm = template.norm[value];
            for i in 0..BLOCK {
                let rho = norm * (steps[0][i] - a[i] + b[i] - c[i] + d[i] - e[i]);
                best[i] = if rho > best[i] { rho } else { best[i] };
            }
        }
        for i in 0..BLOCK {
            let variance = at_least(0.0, power[i] - mean[i] * mean[i] / SAMPLES as f32);
            let norm = 1.0 / (variance + LEAST_CONTRAST * SAMPLES as f32 * 0.25).sqrt();
            out[i] = price(best[i] * norm, SAMPLES);
        }
    }

    /// The character at a state.
    fn choose(&self, i: usize, j: usize, template: &Template, among: std::ops::Range<u8>) -> u8 {
        let taps: [f32; SAMPLES] = std::array::from_fn(|s| {
            at(&self.profile, i as f32 + (s as f32 * 0.5 - 0.5) * OVERSAMPLING as f32 * scale(j))
        });
        let steps = template.weights.map(|w| w.iter().zip(&taps).map(|(w, t)| w * t).sum::<f32>());
        among
            .map(|value| {
                let v = usize::from(value);
                let sum: f32 = SIGNS.iter().zip(template.edges[v]).map(|(s, at)| s * steps[usize::from(at)]).sum();
                (template.norm[v] * (steps[0] + sum), value)
            })
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map_or(0, |(_, value)| value)
    }

    /// Dynamic programming over the 26 characters, each within its window, along beginnings that cost little more than
    /// the cheapest (beam search: B. Lowerre, The HARPY speech recognition system, 1976); returns the least cost and its
    /// last state.
    fn walk(
        &mut self,
        n: usize,
        scales: Range<usize>,
        windows: &[Range<usize>; CHARACTERS],
        template: &Template,
        stop: &[f32],
    ) -> (f32, (usize, usize)) {
        // Each scale's costs lie between margins of NEVER, so that no way into a state needs a look at the ends.
        let padded = n.next_multiple_of(BLOCK);
        let stride = MARGIN + padded;
        let eights = stride / LANES;
        self.back.resize(CHARACTERS * SCALES * padded, 0);
        for costs in [&mut self.cost, &mut self.next] {
            costs.clear();
            costs.resize(SCALES * stride, NEVER);
        }
        self.least.clear();
        self.least.resize(SCALES * eights, NEVER);
        let known = windows[0].start..windows[0].end.min(n);
        for j in scales.clone() {
            let row = &mut self.cost[j * stride..(j + 1) * stride];
            row[MARGIN..][known.clone()].copy_from_slice(&self.start[j * padded..][known.clone()]);
            let least = &mut self.least[j * eights..(j + 1) * eights];
            for (least, eight) in least.iter_mut().zip(row.as_chunks::<LANES>().0) {
                *least = eight.iter().fold(NEVER, |least, cost| if *cost < least { *cost } else { least });
            }
        }
        let mut followed = self.keep(START_BEAM);
        for (k, window) in windows.iter().enumerate().skip(1) {
            let set = match k {
                1 => FUNCTION_1,
                2 => NINETY_ONE,
                3 => NINETY,
                24 => CHECK,
                25 => STOP,
                _ => ANY,
            };
            self.least.fill(NEVER);
            for to in scales.clone() {
                self.want(to, &scales, window);
                for i in 0..self.wanted.len() {
                    self.price_set(set, to, self.wanted[i] / BLOCK, template, stop);
                }
                let mut ways: [(&[f32], f32); WAYS] = [(&[], 0.0); WAYS];
                for (code, (source, toll)) in ways.iter_mut().enumerate() {
                    let (change, slip) = way(code);
                    let from = to as i32 - change;
                    let Some(from) = usize::try_from(from).ok().filter(|from| scales.contains(from)) else { continue };
                    let shift = advance(from, to, slip) as usize;
                    *source = &self.cost[from * stride + MARGIN - shift..(from + 1) * stride];
                    *toll = SCALE_PENALTY * (change * change) as f32 + MISFIT_PENALTY * (slip * slip) as f32;
                }
                let row = &mut self.next[to * stride..(to + 1) * stride];
                // What the character before the last left there, as far as the next one looks.
                row[window.start..(2 * MARGIN + window.end).min(stride)].fill(NEVER);
                let row = row[MARGIN..].as_chunks_mut::<LANES>().0;
                let back = self.back[(k * SCALES + to) * padded..][..padded].as_chunks_mut::<LANES>().0;
                let prices = self.prices[set][to * padded..][..padded].as_chunks::<LANES>().0;
                let leasts = &mut self.least[to * eights + MARGIN / LANES..(to + 1) * eights];
                for &at in &self.wanted {
                    let eight = at / LANES;
                    let mut least = [NEVER; LANES];
                    let mut taken = [0u32; LANES];
                    for (code, (source, toll)) in ways.iter().enumerate() {
                        let Some(source) = source.get(at..).and_then(<[f32]>::first_chunk::<LANES>) else { continue };
                        for i in 0..LANES {
                            let cost = source[i] + toll;
                            taken[i] = if cost < least[i] { code as u32 } else { taken[i] };
                            least[i] = if cost < least[i] { cost } else { least[i] };
                        }
                    }
                    let (row, price) = (&mut row[eight], &prices[eight]);
                    for i in 0..LANES {
                        row[i] = if least[i] < NEVER { least[i] + price[i] } else { NEVER };
                        back[eight][i] = taken[i] as u8;
                    }
                    row[LANES.min(n - at)..].fill(NEVER);
                    leasts[eight] = row.iter().fold(NEVER, |least, cost| if *cost < least { *cost } else { least });
                }
            }
            std::mem::swap(&mut self.cost, &mut self.next);
            followed += self.keep(BEAM);
            if followed > MOST_FOLLOWED {
                return (NEVER, (0, 0));
            }
        }
        let mut best = (NEVER, (0, 0));
        let last = &windows[CHARACTERS - 1];
        for j in scales {
            for (i, &cost) in last.clone().zip(&self.cost[j * stride + MARGIN..][last.clone()]) {
                if cost < best.0 {
                    best = (cost, (i, j));
                }
            }
        }
        best
    }

    /// Which eights of states are worth following: those that hold one that costs less than `beam` beyond the cheapest.
    /// Returns how many.
    fn keep(&mut self, beam: f32) -> usize {
        let limit = beam + self.least.iter().fold(NEVER, |least, cost| if *cost < least { *cost } else { least });
        self.alive.clear();
        self.alive.extend(self.least.iter().map(|least| *least < limit.min(NEVER)));
        let eights = self.alive.len() / SCALES;
        for (hull, alive) in self.hulls.iter_mut().zip(self.alive.chunks_exact(eights.max(1))) {
            let first = alive.iter().position(|alive| *alive).unwrap_or(eights);
            *hull = first..alive.iter().rposition(|alive| *alive).map_or(first, |last| last + 1);
        }
        self.alive.iter().filter(|alive| **alive).count()
    }

    /// The eights of the window at which a character of scale `to` may begin after one that is worth following.
    fn want(&mut self, to: usize, scales: &Range<usize>, window: &Range<usize>) {
        self.wanted.clear();
        let eights = self.alive.len() / SCALES;
        let near = to.saturating_sub(1).max(scales.start)..(to + 2).min(scales.end);
        // What lies between a state and the earliest that leads to it, margin and all.
        let back = |from: usize| MARGIN - advance(from, to, 1) as usize;
        let reach = near.clone().filter(|from| !self.hulls[*from].is_empty()).map(|from| {
            let Range { start, end } = self.hulls[from];
            ((start * LANES).saturating_sub(back(from) + LANES + 2), (end * LANES).saturating_sub(back(from)))
        });
        let (first, last) = reach.fold((usize::MAX, 0), |(a, b), (start, end)| (a.min(start), b.max(end)));
        let (first, last) = (window.start.max(first / LANES * LANES), window.end.min(last));
        for at in (first..last).step_by(LANES) {
            let reached = |from: usize| {
                let earliest = at + back(from);
                let them = earliest / LANES..(earliest + LANES + 1) / LANES + 1;
                self.alive[from * eights..(from + 1) * eights][them].contains(&true)
            };
            if near.clone().any(reached) {
                self.wanted.push(at);
            }
        }
    }
}

/// Where each character may begin, in whole blocks of a profile of `n` samples, if START and STOP begin there.
fn windows(n: usize, start: f32, stop: f32) -> [Range<usize>; CHARACTERS] {
    let blocks = n.div_ceil(LANES);
    std::array::from_fn(|k| {
        let middle = start + (stop - start) * k as f32 / (CHARACTERS - 1) as f32;
        let from = ((middle - SLACK).max(0.0) as usize / LANES).min(blocks);
        let to = ((middle + SLACK).max(0.0) as usize).div_ceil(LANES).clamp(from, blocks);
        from * LANES..to * LANES
    })
}

/// Change of scale and misfit in samples of a way from one character to the next.
fn way(code: usize) -> (i32, i32) {
    (code as i32 / 3 - 1, code as i32 % 3 - 1)
}

/// Samples from one character's beginning to the next one's.
fn advance(from: usize, to: usize, slip: i32) -> i32 {
    (11.0 * OVERSAMPLING as f32 * 0.5 * (scale(from) + scale(to))).round() as i32 + slip
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

/// Price of one pilot template at the positions of scale `j` from `first` on, as many as `out` holds.
fn pilot(
    profile: &[f32],
    j: usize,
    from: f32,
    template: &[f32],
    first: usize,
    scratch: &mut [Vec<f32>; 3],
    out: &mut [f32],
) {
    let n = out.len();
    let count = template.len() as f32;
    let [tap, mean, power] = scratch;
    for sums in [&mut *mean, &mut *power] {
        sums.clear();
        sums.resize(n, 0.0);
    }
    out.fill(0.0);
    for (s, w) in template.iter().enumerate() {
        shifted(profile, first as f32 + (s as f32 * 0.5 + from) * OVERSAMPLING as f32 * scale(j), n, tap);
        for (((mean, power), dot), v) in mean.iter_mut().zip(power.iter_mut()).zip(&mut *out).zip(&*tap) {
            *mean += v;
            *power += v * v;
            *dot += w * v;
        }
    }
    for ((out, mean), power) in out.iter_mut().zip(&*mean).zip(&*power) {
        let variance = at_least(0.0, power - mean * mean / count);
        let rho = *out / (variance + LEAST_CONTRAST * count * 0.25).sqrt();
        *out = PILOT_WEIGHT * price(rho, template.len());
    }
}

/// Log-likelihood ratio of a correlation over `n` samples, as a cost.
fn price(rho: f32, n: usize) -> f32 {
    let rho = rho.clamp(0.0, 1.0);
    0.5 * n as f32 * logarithm(1.0 - rho * rho + FLOOR)
}

/// Natural logarithm of a normal positive number to 2e-5, without branches so that a loop of it vectorises: exponent
/// from the bits, mantissa by a polynomial through Chebyshev nodes.
fn logarithm(x: f32) -> f32 {
    let bits = x.to_bits();
    let exponent = ((bits >> 23) as i32 - 127) as f32;
    let m = f32::from_bits((bits & 0x007f_ffff) | 0x3f80_0000);
    let log2 = (((((0.043_928_63 * m - 0.409_475_6) * m + 1.610_177_6) * m - 3.520_218_8) * m + 5.069_756_3) * m)
        - 2.794_153_7;
    (log2 + exponent) * std::f32::consts::LN_2
}

/// `n` samples of the profile from `offset` on, linear between samples, its ends repeated.
fn shifted(profile: &[f32], offset: f32, n: usize, out: &mut Vec<f32>) {
    out.clear();
    let whole = offset.floor();
    let f = offset - whole;
    let whole = whole as i64;
    let last = profile.len() as i64 - 1;
    // The middle stretch needs no clamping and vectorises.
    let from = (-whole).clamp(0, n as i64);
    let to = (last - whole).clamp(from, n as i64);
    out.resize(from as usize, profile[0]);
    let (a, b) = ((from + whole).max(0) as usize, (to + whole).max(0) as usize);
    if to > from {
        out.extend(profile[a..b].iter().zip(&profile[a + 1..b + 1]).map(|(p, q)| p + f * (q - p)));
    }
    out.resize(n, profile[last as usize]);
}

fn at(profile: &[f32], x: f32) -> f32 {
    let x = within(0.0, (profile.len() - 1) as f32, x);
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
                    let ends = segmenter.ends(&drawn, expected, 0.55, USUAL, [None; 2]).unwrap();
                    assert!(ends.cost < -40.0, "{samples} {growth} {sigma}: ends {ends:?}");
                    let wrong = segmenter.ends(&backwards, expected, 0.55, USUAL, [None; 2]).map_or(0.0, |e| e.cost);
                    assert!(ends.cost < wrong, "{samples} {growth} {sigma}: {ends:?}, backwards {wrong}");
                    let path = segmenter.find(&drawn, expected, 0.55, &ends).unwrap();
                    let right = path.values.iter().zip(values()).filter(|(a, b)| **a == *b).count();
                    assert!(path.cost < -380.0, "{samples} {growth} {sigma}: cost {}", path.cost);
                    // The fit that follows mends the rest: fourteen right have sufficed.
                    assert!(right >= 18, "{samples} {growth} {sigma}: {right} of 23 right");
                }
            }
        }
    }

    #[test]
    fn of_two_beginnings_the_one_is_taken_at_which_bars_were_seen_to_begin() {
        // START C and a bar once more, and a quiet zone before the symbol.
        let first =
            BARS[usize::from(START_C)].into_iter().chain([(11.0, 13.0)]).map(|(rise, fall)| (rise - 24.0, fall - 24.0));
        let bars: Vec<(f32, f32)> = first.chain(model::bars(&values())).collect();
        let u: Vec<f32> = (0..1400).map(|i| i as f32 / 4.0 - 36.0).collect();
        let edge = EdgeResponse::gauss(0.6, 4.0, 0.25);
        let mut drawn = Vec::new();
        model::darkness(&u, &vec![1.0; u.len()], &bars, 0.0, &edge, &mut drawn);
        let mut segmenter = Segmenter::default();
        let bin = |u: f32| 4.0 * (u + 36.0);
        for (seen, begins) in [(Some(bin(3.0)), 0.0), (Some(bin(-27.0)), -24.0)] {
            let ends = segmenter.ends(&drawn, 4.0, 0.55, USUAL, [seen, None]).unwrap();
            assert!((ends.start - bin(begins)).abs() < 6.0, "{seen:?}: {ends:?}, not at {}", bin(begins));
        }
        // Seen elsewhere altogether, it is found where it shows.
        let seen = [Some(60.0), Some(200.0)].map(|u: Option<f32>| u.map(|u| 4.0 * (u + 26.0)));
        let ends = segmenter.ends(&profile(4.0, 0.6, 0.0), 4.0, 0.55, USUAL, seen).unwrap();
        assert!((ends.start - 104.0).abs() < 6.0 && (ends.stop - 1204.0).abs() < 6.0, "{ends:?}");
        let alone = segmenter.ends(&profile(4.0, 0.6, 0.0), 4.0, 0.55, USUAL, [None; 2]).unwrap();
        assert_eq!(ends.cost, alone.cost, "its cost is that of its bars");
    }

    #[test]
    fn what_was_searched_before_changes_nothing() {
        let mut used = Segmenter::default();
        for (samples, growth) in [(8.0, 0.25), (3.0, -0.2), (6.0, 0.0), (4.0, 0.25)] {
            let drawn = profile(samples, 0.5, growth);
            let mut fresh = Segmenter::default();
            let both = [&mut used, &mut fresh].map(|segmenter| {
                let ends = segmenter.ends(&drawn, samples, 0.55, ALL, [None; 2]).unwrap();
                segmenter.find(&drawn, samples, 0.55, &ends).unwrap()
            });
            assert_eq!(both[0].cost, both[1].cost, "{samples} {growth}");
            assert_eq!((both[0].borders, both[0].values), (both[1].borders, both[1].values), "{samples} {growth}");
        }
    }

    #[test]
    fn a_steep_slant_is_followed_among_all_scales() {
        // Seen so that its last module is three times as large as its first: u = x / (a - b·x).
        let bars = model::bars(&values());
        let (n, near) = (1500, 3.0f32.sqrt());
        let u: Vec<f32> = (0..n)
            .map(|i| {
                let x = (i as f32 / n as f32 - 0.04) / 0.92;
                model::MODULES * x * near / (1.0 + x * (near - 1.0))
            })
            .collect();
        let edge = EdgeResponse::gauss(0.4, 4.0, 0.25);
        let mut drawn = Vec::new();
        model::darkness(&u, &vec![1.0; n], &bars, 0.0, &edge, &mut drawn);
        let mean = 0.92 * n as f32 / model::MODULES;
        let mut segmenter = Segmenter::default();
        let ends = segmenter.ends(&drawn, mean, 0.55, ALL, [None; 2]).unwrap();
        let path = segmenter.find(&drawn, mean, 0.55, &ends).unwrap();
        let right = path.values.iter().zip(values()).filter(|(a, b)| **a == *b).count();
        assert!(path.cost < -380.0 && right >= 18, "cost {}, {right} of 23 right", path.cost);
    }

    #[test]
    fn paper_and_noise_cost_too_much() {
        let mut segmenter = Segmenter::default();
        let noise: Vec<f32> = (0..1400u64).map(|i| ((i * i * 2_654_435_761) >> 7 & 255) as f32 / 255.0).collect();
        let anywhere = Ends { cost: 0.0, start: 0.0, stop: 0.0, scales: (0, SCALES) };
        for (name, darkness) in [("blank", vec![0.1; 1400]), ("noise", noise)] {
            let ends = segmenter.ends(&darkness, 4.0, 0.55, ALL, [None; 2]).map_or(0.0, |e| e.cost);
            assert!(ends > -32.0, "{name}: {ends}");
            let cost = segmenter.find(&darkness, 4.0, 0.55, &anywhere).map_or(0.0, |p| p.cost);
            assert!(cost > -330.0, "{name}: {cost}");
        }
        assert!(segmenter.find(&[], 4.0, 0.55, &anywhere).is_none());
        assert!(segmenter.find(&[0.5; 40], 4.0, 0.55, &anywhere).is_none());
        assert!(segmenter.find(&[0.5; 4000], f32::NAN, 0.55, &anywhere).is_none());
    }
}
