//! Evidence that adds up over the frames of a running camera.
//!
//! The grid of characters is the coordinate system: a frame's costs of every character at every place add to those of
//! the frames before, whatever the hand did in between, and no picture need be laid over another.
//!
//! What must not happen is that two notices are mixed. A frame therefore joins a sum only if one word explains both
//! nearly as well as each its own (the likelihood ratio of "the same word" against "another word"); otherwise it opens
//! a sum of its own, and at most two are held. What two papers or a wrongly fitted frame leave behind fades.
//!
//! What must not be counted twice is an error that every frame repeats: wear of the print, tails of the blur. The
//! residuals of the frames under the common word are correlated with each other, and the sum is divided by what that
//! correlation overstates, as one frame's costs are by the correlation along the symbol.

use super::belief::{self, Evidence, Sight, WINDOWS, Window};
use super::model::{FREE, MODULES};
use super::trellis::{self, Depth, KNOWN, Metrics, Prior, Rivals, Viterbi};
use crate::small_sort::sort_few_by_key;
use crate::symbol::Point;

/// Sums held at a time: the notice in view, and another while it is not clear which is in view.
const SUMS: usize = 2;
/// Frames after which a frame's evidence counts half.
const HALF_LIFE: f32 = 12.0;
/// Frames without the symbol, about two seconds of a phone's, after which its evidence is gone.
const GONE: u32 = 20;
/// The most that one frame may contribute, in nats between its word and the next that checks: less than belief asks
/// for, so that no frame settles the matter for the others.
const MOST: f32 = 12.0;
/// A frame of the same word seldom costs the sum more than this; a frame of another word nearly always does.
const CONTRADICTION: f32 = 10.0;
/// The same where the symbol has jumped in the picture, as it does when another paper comes.
const CONTRADICTION_AFTER_JUMP: f32 = 5.0;
/// Characters of 23 that a frame must have found by itself to stand behind a word. By chance it finds none or one.
const SUPPORT: usize = 12;
/// START, FNC1 and STOP show what they are up to this residual, in units of contrast …
const MOST_RESIDUAL: f32 = 0.25;
/// … and of the 26 characters this many must be whole.
const LEAST_WHOLE: usize = 18;
/// Their windows.
const KNOWN_WINDOWS: [usize; KNOWN] = [0, 1, WINDOWS - 1];
/// Share of the evidence in which a character must be whole.
const MOST_OF: f32 = 0.6;
/// Frames whose samples are kept, to hold the common word against each.
const KEPT: usize = 8;
/// Cells of a module in which the residuals of different frames are compared.
const CELLS: f32 = 2.0;

/// What one frame says, before it joins.
#[derive(Debug)]
pub(super) struct Said<'a> {
    pub(super) sight: &'a Sight,
    /// The word that it found by itself, under the prior.
    pub(super) values: &'a [u8; FREE],
    /// What could stand in place of START, FNC1 and STOP.
    pub(super) rivals: &'a Rivals,
    /// Where it lies in the frame, in pixels of the frame.
    pub(super) corners: [Point; 4],
}

/// A word that several frames stand behind.
#[derive(Debug, Clone)]
pub(super) struct Common {
    pub(super) values: [u8; FREE],
    pub(super) evidence: Evidence,
    /// Frames that found at least [`SUPPORT`] of its characters by themselves.
    pub(super) frames: u32,
}

/// A frame in a sum.
#[derive(Debug)]
struct Kept {
    sight: Sight,
    /// What it found by itself.
    found: [u8; FREE],
    share: f32,
}

/// Frames that one word explains.
#[derive(Debug)]
struct Sum {
    metrics: Metrics,
    /// Of START, FNC1 and STOP.
    rivals: Rivals,
    /// Cost of its best word under the prior.
    cost: f32,
    frames: Vec<Kept>,
    /// Number of the last frame that joined.
    last: u32,
    corners: [Point; 4],
}

impl Sum {
    /// Frames' worth of evidence at frame `now`.
    fn worth(&self, now: u32) -> f32 {
        self.frames.iter().map(|f| f.share).sum::<f32>() * fading(now - self.last)
    }
}

fn fading(frames: u32) -> f32 {
    0.5f32.powf(frames as f32 / HALF_LIFE)
}

/// The evidence of the frames so far.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    sums: Vec<Sum>,
    now: u32,
}

impl Gathered {
    /// A new frame begins: what has not been seen for long goes.
    pub(super) fn next_frame(&mut self) {
        self.now = self.now.saturating_add(1);
        let now = self.now;
        self.sums.retain(|sum| now - sum.last <= GONE);
    }

    /// Adds what one area of the present frame says, and decodes the sum that it joined. `metrics`, scaled for the
    /// residual's colour, lose what damaged stretches say.
    pub(super) fn add(
        &mut self,
        said: &Said<'_>,
        metrics: &mut Metrics,
        prior: &Prior,
        checks: impl Fn(&[u8; FREE]) -> bool,
    ) -> Option<Common> {
        let now = self.now;
        let windows = belief::windows(said.sight, said.values);
        if said.sight.sigma > belief::MOST_BLUR || !sound(&windows, said.sight.sigma) {
            return None;
        }
        // Capped: what a frame says too loudly may be glare or a wrong fit.
        let share = (MOST / metrics.weakest_pair(said.values).max(1e-3)).min(1.0);
        for (k, value) in said.values.iter().enumerate() {
            if !windows[k + 2].whole(said.sight.sigma) {
                metrics.erase(k, *value);
            }
        }
        let mut rivals = said.rivals.clone();
        for (place, window) in KNOWN_WINDOWS.into_iter().enumerate() {
            if !windows[window].whole(said.sight.sigma) {
                rivals.erase(place);
            }
        }
        let own = trellis::viterbi(metrics, prior);
        let mut best: Option<(usize, f32, Viterbi)> = None;
        for (i, sum) in self.sums.iter().enumerate() {
            // Another area of the same frame is no second look.
            if sum.last == now {
                continue;
            }
            let kept = fading(now - sum.last);
            let joint = trellis::viterbi_of_sum((kept, &sum.metrics), Some((share, metrics)), prior);
            let contradiction = joint.cost - kept * sum.cost - share * own.cost;
            let limit = if jumped(&sum.corners, &said.corners) { CONTRADICTION_AFTER_JUMP } else { CONTRADICTION };
            if contradiction <= limit && best.as_ref().is_none_or(|(_, least, _)| contradiction < *least) {
                best = Some((i, contradiction, joint));
            }
        }
        let frame = Kept { sight: said.sight.clone(), found: *said.values, share };
        let Some((i, _, joint)) = best else {
            self.open(said, metrics, &rivals, frame, &own);
            return None;
        };
        let sum = &mut self.sums[i];
        let kept = fading(now - sum.last);
        sum.metrics.fade_and_add(kept, metrics, share);
        sum.rivals.fade_and_add(kept, &rivals, share);
        sum.cost = joint.cost;
        sum.frames.iter_mut().for_each(|f| f.share *= kept);
        if sum.frames.len() == KEPT {
            sum.frames.remove(0);
        }
        sum.frames.push(frame);
        sum.last = now;
        sum.corners = said.corners;
        sum.decode(&joint, prior, checks)
    }

    /// A sum of its own for a frame that contradicts all others. The weakest makes room.
    fn open(&mut self, said: &Said<'_>, own_metrics: &Metrics, own_rivals: &Rivals, frame: Kept, own: &Viterbi) {
        let now = self.now;
        let mut metrics = if self.sums.len() < SUMS {
            Metrics::default()
        } else {
            let weakest = (0..self.sums.len())
                .filter(|i| self.sums[*i].last != now)
                .min_by(|a, b| self.sums[*a].worth(now).total_cmp(&self.sums[*b].worth(now)));
            let Some(weakest) = weakest else { return };
            self.sums.remove(weakest).metrics
        };
        metrics.copy(own_metrics, frame.share);
        let mut rivals = own_rivals.clone();
        rivals.scale(frame.share);
        let cost = frame.share * own.cost;
        self.sums.push(Sum { metrics, rivals, cost, frames: vec![frame], last: now, corners: said.corners });
    }

    /// Frames in the sum that the present frame joined; 0 where it joined none.
    pub(super) fn frames(&self) -> usize {
        self.sums.iter().filter(|sum| sum.last == self.now).map(|sum| sum.frames.len()).max().unwrap_or(0)
    }
}

impl Sum {
    /// The likeliest word that checks, and what speaks for and against it over all frames.
    fn decode(&self, best: &Viterbi, prior: &Prior, checks: impl Fn(&[u8; FREE]) -> bool) -> Option<Common> {
        let repeated = self.repeated(&best.values);
        // In nats of the sum; divided by `repeated` below.
        let depth = Depth { first: belief::HORIZON * repeated, second: 25.0 * repeated, steps: 5_000 };
        let list = trellis::list(&self.metrics, prior, best, depth, checks);
        let word = list.words.first()?;
        let second = list.words.get(1).map_or(list.horizon, |w| w.cost);
        let free = trellis::viterbi(&self.metrics, &Prior::none());
        let repeated = self.repeated(&word.values).max(repeated);
        let supports = |frame: &&Kept| agreeing(&frame.found, &word.values) >= SUPPORT;
        let all = self.frames.iter().map(|f| f.share).sum::<f32>().max(1e-9);
        let sigma = self.frames.iter().map(|f| f.share * f.sight.sigma).sum::<f32>() / all;
        let evidence = Evidence {
            margin: (second - word.cost) / repeated,
            penalty: (word.cost - free.cost + self.rivals.penalty()) / repeated,
            windows: self.windows(&word.values, sigma),
            sigma,
        };
        let frames = self.frames.iter().filter(supports).count() as u32;
        Some(Common { values: word.values, evidence, frames })
    }

    /// Residual and trust of each character in the better part of the frames: a finger or glare may lie on it in some,
    /// but most must show it.
    fn windows(&self, values: &[u8; FREE], sigma: f32) -> [Window; WINDOWS] {
        let frames: Vec<_> = self.frames.iter().map(|f| (f.share, belief::windows(&f.sight, values))).collect();
        let needed = MOST_OF * frames.iter().map(|(share, _)| share).sum::<f32>();
        std::array::from_fn(|k| {
            let mut seen: Vec<(f32, Window)> = frames.iter().map(|(share, windows)| (*share, windows[k])).collect();
            sort_few_by_key(&mut seen, |(_, w)| (!w.whole(sigma), w.residual));
            let mut all = Window::default();
            let mut shares = 0.0;
            for (share, window) in seen {
                all.residual += share * window.residual * window.residual;
                all.relative += share * window.relative;
                all.share += share * window.share;
                shares += share;
                if shares >= needed {
                    break;
                }
            }
            let shares = shares.max(1e-9);
            Window {
                residual: (all.residual / shares).sqrt(),
                relative: all.relative / shares,
                share: all.share / shares,
            }
        })
    }

    /// By how much the sum overstates the evidence because the frames repeat each other's errors: the variance of the
    /// sum of their weighted residuals, place by place, over the sum of their variances. 1 where they are independent,
    /// the number of frames where they are the same.
    fn repeated(&self, values: &[u8; FREE]) -> f32 {
        const COUNT: usize = (MODULES * CELLS) as usize;
        let mut sum = vec![0.0f32; COUNT];
        let mut own = vec![0.0f32; COUNT];
        let mut apart = 0.0f32;
        for frame in &self.frames {
            own.fill(0.0);
            let observation = &frame.sight.observation;
            let weights = observation.weights();
            let residuals = frame.sight.residuals(values);
            for ((u, residual), weight) in observation.u.iter().zip(&residuals).zip(&weights) {
                let cell = u * CELLS;
                if cell >= 0.0 && (cell as usize) < COUNT {
                    own[cell as usize] += frame.share * weight * residual;
                }
            }
            apart += own.iter().map(|r| r * r).sum::<f32>();
            for (sum, own) in sum.iter_mut().zip(&own) {
                *sum += own;
            }
        }
        let together = sum.iter().map(|r| r * r).sum::<f32>();
        if apart > 0.0 { (together / apart).max(1.0) } else { 1.0 }
    }
}

/// Whether the fit found the symbol: both ends show what every payment symbol begins and ends with, and most characters
/// show what was decided, whichever that is. A frame where it did not says nothing about the word.
fn sound(windows: &[Window; WINDOWS], sigma: f32) -> bool {
    let ends = KNOWN_WINDOWS.iter().all(|k| windows[*k].residual <= MOST_RESIDUAL);
    ends && windows.iter().filter(|w| w.whole(sigma)).count() >= LEAST_WHOLE
}

/// Characters that are the same in both.
fn agreeing(a: &[u8; FREE], b: &[u8; FREE]) -> usize {
    a.iter().zip(b).filter(|(a, b)| a == b).count()
}

/// Whether a symbol has moved by more than half its length, or changed its size by a third, since it was seen last.
fn jumped(from: &[Point; 4], to: &[Point; 4]) -> bool {
    let centre = |c: &[Point; 4]| {
        let sum = c.iter().fold((0.0, 0.0), |(x, y), p| (x + p.x, y + p.y));
        (sum.0 / 4.0, sum.1 / 4.0)
    };
    let length = |c: &[Point; 4]| (c[1].x - c[0].x).hypot(c[1].y - c[0].y).max(1.0);
    let (a, b) = (centre(from), centre(to));
    let (before, now) = (length(from), length(to));
    (a.0 - b.0).hypot(a.1 - b.1) > 0.5 * before.max(now) || before.max(now) > 1.33 * before.min(now)
}

#[cfg(test)]
mod tests {
    use super::super::fit::Observation;
    use super::super::model::{self, EdgeResponse};
    use super::super::trellis::Samples;
    use super::*;
    use crate::symbol::code128::tests::payment;

    const S1: &str = "91912345000012025010123456780026093000125005";
    /// Issued again: three characters differ, the check character among them.
    const S2: &str = "91912345000012025010123456780126093000125004";

    fn values(digits: &str) -> [u8; FREE] {
        let all = payment(digits);
        std::array::from_fn(|k| all[k + 2])
    }

    /// A frame of this word, blurred by a module. `own` noise is the frame's, `shared` returns in each; both as shares
    /// of the contrast.
    fn frame(word: &[u8; FREE], own: f32, shared: f32, seed: u64) -> (Sight, Metrics) {
        let edge = EdgeResponse::gauss(1.0, 1.0, 0.25);
        let u: Vec<f32> = (-16..292 * 4).map(|i| i as f32 / 4.0).collect();
        let scale = vec![1.0; u.len()];
        let mut darkness = Vec::new();
        model::darkness(&u, &scale, &model::bars(word), 0.0, &edge, &mut darkness);
        for (seed, noise) in [(seed, own), (99, shared)] {
            let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
            for d in &mut darkness {
                // Four uniform numbers: near enough to a bell, of variance one.
                let sum: f32 = (0..4)
                    .map(|_| {
                        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                        (state >> 40) as f32 / 16_777_216.0
                    })
                    .sum();
                *d += noise * (sum - 2.0) * 1.732;
            }
        }
        let count = u.len();
        let observation = Observation {
            u,
            scale,
            darkness,
            count: vec![1.0; count],
            share: vec![1.0; count],
            robust: vec![1.0; count],
            variance: own * own + shared * shared,
            edge: Some(edge),
        };
        let weights = observation.weights();
        let mut metrics = Metrics::default();
        let samples: Samples<'_> = observation.samples(&weights);
        metrics.set(samples, observation.edge.as_ref().unwrap(), 0.0);
        (Sight::of(observation, 1.0, 4.0), metrics)
    }

    fn add(gathered: &mut Gathered, word: &[u8; FREE], own: f32, shared: f32, seed: u64) -> Option<Common> {
        let (sight, metrics) = frame(word, own, shared, seed);
        add_frame(gathered, &sight, metrics, word)
    }

    fn add_frame(gathered: &mut Gathered, sight: &Sight, mut metrics: Metrics, word: &[u8; FREE]) -> Option<Common> {
        let prior = Prior::none();
        let best = trellis::viterbi(&metrics, &prior);
        let corners = [(0.0, 0.0), (300.0, 0.0), (300.0, 60.0), (0.0, 60.0)].map(|(x, y)| Point { x, y });
        gathered.next_frame();
        let rivals = sight.rivals(&best.values);
        let said = Said { sight, values: &best.values, rivals: &rivals, corners };
        // One word in two checks, so that rivals are near.
        let parity = |v: &[u8; FREE]| v.iter().map(|v| u32::from(*v)).sum::<u32>() % 2;
        gathered.add(&said, &mut metrics, &prior, |v| parity(v) == parity(word))
    }

    /// What a frame of `word` shows where another character stands at module `start`.
    fn with_another(word: &[u8; FREE], start: f32, value: u8, seed: u64) -> (Sight, Metrics) {
        let (sight, _) = frame(word, 0.06, 0.0, seed);
        let Sight { mut observation, .. } = sight;
        let edge = observation.edge.clone().unwrap();
        let mut drawn = [Vec::new(), Vec::new()];
        let right = model::bars(word);
        let mut wrong: Vec<_> =
            right.iter().copied().filter(|(rise, _)| !(start..start + 11.0).contains(rise)).collect();
        wrong.extend(model::BARS[usize::from(value)].map(|(rise, fall)| (start + rise, start + fall)));
        wrong.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (drawn, bars) in drawn.iter_mut().zip([right, wrong]) {
            model::darkness(&observation.u, &observation.scale, &bars, 0.0, &edge, drawn);
        }
        let [right, wrong] = drawn;
        for ((d, r), w) in observation.darkness.iter_mut().zip(right).zip(wrong) {
            *d += w - r;
        }
        let weights = observation.weights();
        let mut metrics = Metrics::default();
        metrics.set(observation.samples(&weights), &edge, 0.0);
        (Sight::of(observation, 1.0, 4.0), metrics)
    }

    #[test]
    fn another_character_in_place_of_start_fnc1_or_stop_is_told() {
        let word = values(S1);
        let (sight, _) = frame(&word, 0.06, 0.0, 3);
        assert!(sight.rivals(&word).penalty() < 1e-3, "what is there is likeliest");
        for (place, start) in [0.0, 11.0, model::STOP_START].into_iter().enumerate() {
            for value in 0..106 {
                if [Some(105), Some(102), None][place] == Some(value) {
                    continue;
                }
                let (sight, _) = with_another(&word, start, value, 3);
                let penalty = sight.rivals(&word).penalty();
                assert!(penalty > 20.0, "{value} in place {place}: {penalty}");
            }
        }
    }

    #[test]
    fn frames_that_show_another_character_there_add_up_to_no_belief() {
        let word = values(S1);
        // Right, for comparison; then FNC1 and START as characters that are only one edge away.
        for (start, value) in [(11.0, 102), (11.0, 100), (0.0, 12)] {
            let mut gathered = Gathered::default();
            let mut last = None;
            for i in 0..6 {
                let (sight, metrics) = with_another(&word, start, value, i + 1);
                last = add_frame(&mut gathered, &sight, metrics, &word).or(last);
            }
            let Evidence { penalty, windows, sigma, .. } = last.expect("a sum").evidence;
            let plain = penalty < 1.0 && KNOWN_WINDOWS.iter().all(|k| windows[*k].whole(sigma));
            assert_eq!(plain, value == 102, "{value} at {start}: {penalty}, {windows:?}");
        }
    }

    #[test]
    fn margins_grow_with_frames_that_err_apart_and_not_with_those_that_err_alike() {
        let word = values(S1);
        let margins = |own: f32, shared: f32| -> Vec<f32> {
            let mut gathered = Gathered::default();
            let found: Vec<_> = (0..6).map(|i| add(&mut gathered, &word, own, shared, i + 1)).collect();
            assert!(found[0].is_none(), "one frame is no sum");
            found.into_iter().flatten().filter(|c| c.values == word).map(|c| c.evidence.margin).collect()
        };
        let (apart, alike) = (margins(0.09, 0.0), margins(0.005, 0.05));
        assert_eq!((apart.len(), alike.len()), (5, 5), "{apart:?}, {alike:?}");
        assert!(apart[4] > 1.6 * apart[0], "{apart:?}");
        assert!(alike[4] < 1.3 * alike[0], "{alike:?}");
    }

    #[test]
    fn another_word_opens_a_sum_of_its_own() {
        let (one, two) = (values(S1), values(S2));
        let mut gathered = Gathered::default();
        for i in 0..8 {
            let word = if i % 2 == 0 { &one } else { &two };
            let common = add(&mut gathered, word, 0.05, 0.0, i + 1);
            assert!(common.is_none_or(|c| c.values == *word), "frame {i}");
            assert_eq!(gathered.sums.len(), if i == 0 { 1 } else { 2 }, "frame {i}");
            assert_eq!(gathered.frames() as u64, i / 2 + 1, "frame {i}");
        }
        for _ in 0..=GONE {
            gathered.next_frame();
        }
        assert!(gathered.sums.is_empty(), "what was not seen for long is gone");
    }
}
