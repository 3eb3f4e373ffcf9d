//! The one place that decides whether a likely word is believed.

use super::fit::{Fit, Observation};
use super::model::{self, FREE, MODULES};
use super::trellis::{Rivals, Samples};

/// One frame's symbol with its light taken off, and how the bars look in it: what a word is held against.
#[derive(Debug, Clone)]
pub(super) struct Sight {
    pub(super) observation: Observation,
    /// Fitted blur, in modules.
    pub(super) sigma: f32,
    /// Fitted spread of the ink, in modules.
    spread: f32,
    /// Samples in a module.
    samples: f32,
    /// By how much white noise overstates the evidence: see [`colour`]. 1 until that is known.
    pub(super) colour: f32,
}

impl Sight {
    /// What `fit` makes of the observation; `bin` is the width of a sample, in pixels.
    pub(super) fn new(fit: &Fit, observation: Observation, bin: f32) -> Self {
        Self { observation, sigma: fit.sigma, spread: fit.spread, samples: fit.module / bin, colour: 1.0 }
    }

    /// As if a fit had made this of it.
    #[cfg(test)]
    pub(super) fn of(observation: Observation, sigma: f32, samples: f32) -> Self {
        Self { observation, sigma, spread: 0.0, samples, colour: 1.0 }
    }

    /// The largest local module over the least one: how strongly the symbol is foreshortened along its length.
    pub(super) fn taper(&self) -> f32 {
        let inside = self.observation.u.iter().zip(&self.observation.scale);
        let (least, most) = inside
            .filter(|(u, _)| (0.0..MODULES).contains(*u))
            .fold((f32::INFINITY, 0.0f32), |(least, most), (_, s)| (least.min(*s), most.max(*s)));
        if most > 0.0 { most / least } else { 1.0 }
    }

    /// What could stand in place of START, FNC1 and STOP, beside this word.
    #[inline(never)]
    pub(super) fn rivals(&self, values: &[u8; FREE]) -> Rivals {
        let Observation { u, scale, darkness, count, variance, edge, .. } = &self.observation;
        let Some(edge) = edge else { return Rivals::default() };
        // Not by the trust that a fit with these three in it came to.
        let weight: Vec<f32> = count.iter().map(|n| n / (2.0 * variance)).collect();
        let samples = Samples { u, scale, darkness, weight: &weight };
        let mut rivals = Rivals::new(samples, edge, self.spread, &self.residuals(values));
        rivals.scale(1.0 / self.colour);
        rivals
    }

    /// Darkness that is there less what the word would show, at each sample, in units of contrast.
    pub(super) fn residuals(&self, values: &[u8; FREE]) -> Vec<f32> {
        let mut drawn = Vec::new();
        let Observation { u, scale, darkness, edge, .. } = &self.observation;
        let Some(edge) = edge else { return Vec::new() };
        model::darkness(u, scale, &model::bars(values), self.spread, edge, &mut drawn);
        darkness.iter().zip(drawn).map(|(d, m)| d - m).collect()
    }
}

/// Windows judged one by one: each of the 26 characters.
pub(super) const WINDOWS: usize = FREE + 3;

/// How far beyond the best word without any check or grammar others are looked for, in nats: a fit with more freedom may
/// bring one nearer.
pub(super) const HORIZON: f32 = 5.0;
/// The most, in nats, that a believed word may cost beyond that one. Of 330 words read rightly 326 cost no more than 0.03
/// and one 0.57; the misprinted symbol that was once believed cost 2.3.
const MOST_PENALTY: f32 = 1.0;
/// Blur, in modules, from which on a wrong character hides best: there the next word must be further away, and the fit must
/// trust more of each stretch. Of 29 symbols read rightly there none had a stretch of less than 0.79; a splice that was
/// once believed had 0.70.
const HEAVY_BLUR: f32 = 1.2;
const HEAVY_SHARE: f32 = 0.75;

/// Blur, in modules, beyond which nothing is believed: symbols are no longer told apart there, and fits that went wrong
/// end up there.
pub(super) const MOST_BLUR: f32 = 1.6;

/// The most that a stretch may leave that stands apart: two thirds of what the nearest two characters differ by, which is
/// 0.154 of the contrast at a blur of 0.7 modules, 0.127 at 0.83 and 0.101 at 1. Of more blur this says nothing.
const LITTLE: f32 = 0.10;
const LITTLE_TO: f32 = 0.7;
const LITTLE_BY_BLUR: f32 = 0.12;
const LITTLE_BLUR: f32 = 1.0;
/// … and the least of the rows' weight that the fit must trust in each stretch.
const LITTLE_SHARE: f32 = 0.6;

/// What speaks for and against a word. All costs in nats, scaled for the residual's colour.
#[derive(Debug, Clone)]
pub(in crate::symbol) struct Evidence {
    /// Cost of the next word that checks, less that of this one.
    pub(in crate::symbol) margin: f32,
    /// Cost of this word, less that of the best without any check or grammar.
    pub(in crate::symbol) penalty: f32,
    /// Residual and trust of each character.
    pub(in crate::symbol) windows: [Window; WINDOWS],
    /// Fitted blur, in modules.
    pub(in crate::symbol) sigma: f32,
}

/// One character's stretch.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::symbol) struct Window {
    /// Root mean square residual, in units of contrast.
    pub(in crate::symbol) residual: f32,
    /// Mean square residual against that of the whole symbol.
    pub(in crate::symbol) relative: f32,
    /// Share of the rows' weight that the fit trusts here.
    pub(in crate::symbol) share: f32,
}

impl Evidence {
    /// Whether one frame alone suffices: the next word far away, the best unconstrained word near, and no
    /// stretch that looks otherwise or that the fit had to distrust. The limits come from simulated hostile symbols.
    pub(in crate::symbol) fn believed(&self) -> bool {
        self.likely() && self.windows.iter().all(|w| w.whole(self.sigma) || self.plain() && w.folded())
    }

    /// Whether the likeliest word of all, checks or none, leaves so little in each stretch that no other character can hide
    /// there, however much better the rest of the symbol shows. A printer whose dots are as wide as half a module puts an
    /// edge in the wrong place by as much; a fold and a shadow's edge do the like. Of one frame alone: what frames add up
    /// is held to [`Evidence::believed`].
    pub(super) fn leaves_little(&self) -> bool {
        let most = LITTLE.min(LITTLE - LITTLE_BY_BLUR * (self.sigma - LITTLE_TO));
        let little = |w: &Window| w.residual <= most && w.share >= LITTLE_SHARE;
        let known = self.sigma <= LITTLE_BLUR && self.margin >= 25.0 && self.penalty <= 0.1;
        known && self.windows.iter().all(little)
    }

    /// Whether nothing but single stretches can speak against the word.
    pub(super) fn likely(&self) -> bool {
        let least = if self.sigma > HEAVY_BLUR { 20.0 } else { 15.0 };
        self.sigma <= MOST_BLUR && self.margin >= least && self.penalty <= MOST_PENALTY
    }

    /// Whether this word is the likeliest of all, grammar and checks or none, and far from the next, in a picture so sharp
    /// that one character put for another leaves more than a fold does.
    fn plain(&self) -> bool {
        self.sigma <= 0.5 && self.margin >= 25.0 && self.penalty <= 1.0
    }
}

impl Window {
    /// Whether a stretch shows the character that is said to be there, through a blur of `sigma` modules.
    pub(super) fn whole(&self, sigma: f32) -> bool {
        let small = match sigma {
            s if s <= 0.5 => 0.10,
            s if s <= 0.7 => 0.08,
            _ => 0.0,
        };
        let share = if sigma > HEAVY_BLUR { HEAVY_SHARE } else { 0.3 };
        // Near all three limits at once: a splice inside a character under noise stood at 0.18, 3.97 and 0.36.
        let torn = self.residual > 0.15 && self.relative > 3.0 && self.share < 0.45;
        self.residual <= 0.2 && self.share >= share && !torn && (self.relative <= 4.0 || self.residual <= small)
    }

    /// Whether a stretch stands apart no more than paper does whose light changes at a fold. With a blur of half a module
    /// two characters differ by 0.2 at the least.
    fn folded(&self) -> bool {
        self.residual <= 0.18 && self.share >= 0.3
    }
}

/// By how much white noise overstates the evidence of a residual that is not white: one plus twice the sum of its
/// autocorrelations over a module and a half.
pub(super) fn colour(sight: &Sight, weights: &[f32], values: &[u8; FREE]) -> f32 {
    let residual = sight.residuals(values);
    let scaled: Vec<f32> = residual.iter().zip(weights).map(|(e, w)| e * w.sqrt()).collect();
    let n = scaled.len();
    if n < 10 {
        return 1.0;
    }
    let power = scaled.iter().map(|h| h * h).sum::<f32>() / n as f32;
    if power <= 0.0 {
        return 1.0;
    }
    let lags = ((1.5 * sight.samples) as usize).clamp(1, n / 2);
    let mut sum = 1.0;
    for lag in 1..=lags {
        let correlation = scaled[lag..].iter().zip(&scaled).map(|(a, b)| a * b).sum::<f32>() / (n - lag) as f32 / power;
        if correlation < 0.02 {
            break;
        }
        sum += 2.0 * correlation;
    }
    sum
}

/// Residual and trust in each character's stretch, without the weights against outliers.
pub(super) fn windows(sight: &Sight, values: &[u8; FREE]) -> [Window; WINDOWS] {
    let residual = sight.residuals(values);
    let observation = &sight.observation;
    let (mut all, mut all_count) = (0.0f32, 1e-9f32);
    for ((e, n), u) in residual.iter().zip(&observation.count).zip(&observation.u) {
        if *u > 0.0 && *u < MODULES {
            all += n * e * e;
            all_count += n;
        }
    }
    let usual = (all / all_count).max(1e-9);
    std::array::from_fn(|k| {
        let from = 11.0 * k as f32;
        let to = from + if k == WINDOWS - 1 { 13.0 } else { 11.0 };
        let a = observation.u.partition_point(|u| *u < from);
        let b = observation.u.partition_point(|u| *u < to);
        if b - a < 3 {
            return Window { residual: 9.0, relative: 99.0, share: 0.0 };
        }
        let count: f32 = observation.count[a..b].iter().sum();
        let power: f32 = residual[a..b].iter().zip(&observation.count[a..b]).map(|(e, n)| n * e * e).sum();
        let share = observation.share[a..b].iter().sum::<f32>() / (b - a) as f32;
        let mean = power / count.max(1e-9);
        Window { residual: mean.sqrt(), relative: mean / usual, share }
    })
}

#[cfg(test)]
mod tests {
    use super::super::model::{BARS, EdgeResponse};
    use super::*;

    /// What a symbol read rightly shows, in its weakest stretch too.
    fn right(sigma: f32) -> Evidence {
        let window = Window { residual: 0.06, relative: 3.0, share: 0.8 };
        Evidence { margin: 30.0, penalty: 0.02, windows: [window; WINDOWS], sigma }
    }

    /// Root mean square over its eleven modules of what one character put for another changes, the least of all pairs, through
    /// a bell of `sigma` modules.
    fn nearest_characters(sigma: f32) -> f32 {
        const SAMPLES: f32 = 20.0;
        let edge = EdgeResponse::gauss(sigma, 100.0, 0.02);
        let u: Vec<f32> = (-100..320).map(|i| (i as f32 + 0.5) / SAMPLES).collect();
        let scale = vec![1.0; u.len()];
        let drawn: Vec<Vec<f32>> = BARS
            .iter()
            .map(|bars| {
                let mut out = Vec::new();
                model::darkness(&u, &scale, bars, 0.0, &edge, &mut out);
                out
            })
            .collect();
        let apart = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f32>();
        let pairs = (1..drawn.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
        let least = pairs.map(|(i, j)| apart(&drawn[i], &drawn[j])).fold(f32::INFINITY, f32::min);
        (least / (11.0 * SAMPLES)).sqrt()
    }

    #[test]
    fn what_a_stretch_may_leave_is_two_thirds_of_what_the_nearest_characters_differ_by() {
        for (sigma, differ) in [(0.7, 0.154), (0.83, 0.127), (1.0, 0.101)] {
            let computed = nearest_characters(sigma);
            assert!((computed / differ - 1.0).abs() < 0.02, "{sigma}: {computed}");
            let most = LITTLE.min(LITTLE - LITTLE_BY_BLUR * (sigma - LITTLE_TO));
            assert!(most <= 2.0 / 3.0 * computed, "{sigma}: {most} of {computed}");
        }
    }

    #[test]
    fn a_stretch_may_stand_apart_that_leaves_little() {
        type Change = fn(&mut Evidence);
        let apart = |sigma: f32| {
            let mut evidence = Evidence { margin: 30.0, penalty: 0.0, ..right(sigma) };
            let residual = if sigma > 0.7 { 0.06 } else { 0.09 };
            evidence.windows[17] = Window { residual, relative: 8.0, share: 0.7 };
            evidence
        };
        let cases: [(&str, f32, Change); 7] = [
            ("another word not far", 0.8, |e| e.margin = 24.0),
            ("a better word that does not check", 0.8, |e| e.penalty = 0.2),
            ("as much as another character would leave", 0.7, |e| e.windows[17].residual = 0.11),
            ("the same, through more blur", 0.84, |e| e.windows[3].residual = 0.085),
            ("the same, through much blur", 1.0, |e| e.windows[17].residual = 0.065),
            ("a stretch that was explained away", 0.8, |e| e.windows[25].share = 0.59),
            ("nothing measured", 0.8, |e| e.windows[3].residual = f32::NAN),
        ];
        for (what, sigma, change) in cases {
            let mut evidence = apart(sigma);
            assert!(evidence.leaves_little() && !evidence.believed(), "{what}: without it");
            change(&mut evidence);
            assert!(!evidence.leaves_little(), "{what}");
        }
        assert!(!apart(1.01).leaves_little(), "too much blur");
    }

    #[test]
    fn each_limit_refuses_alone() {
        type Change = fn(&mut Evidence);
        let cases: [(&str, f32, Change); 11] = [
            ("another word near", 0.6, |e| e.margin = 14.0),
            ("another word not far, and heavy blur", 1.3, |e| e.margin = 19.0),
            ("a better word that does not check: a misprinted character", 0.7, |e| e.penalty = 2.3),
            ("the same, where the next word is far", 0.4, |e| (e.margin, e.penalty) = (60.0, 1.1)),
            ("something over a stretch", 0.6, |e| e.windows[7].residual = 0.21),
            ("a stretch unlike the others", 0.9, |e| e.windows[0].relative = 4.1),
            ("a stretch that was explained away", 0.6, |e| e.windows[25].share = 0.29),
            ("a splice in noise", 0.64, |e| {
                e.windows[9] = Window { residual: 0.18, relative: 3.97, share: 0.36 };
            }),
            ("a splice in heavy blur", 1.27, |e| e.windows[4].share = 0.71),
            ("too much blur", 1.61, |_| ()),
            ("nothing measured", 0.6, |e| e.windows[3].residual = f32::NAN),
        ];
        for (what, sigma, change) in cases {
            let mut evidence = right(sigma);
            if sigma <= MOST_BLUR {
                assert!(evidence.believed(), "{what}: without it");
            }
            change(&mut evidence);
            assert!(!evidence.believed(), "{what}");
        }
    }
}
