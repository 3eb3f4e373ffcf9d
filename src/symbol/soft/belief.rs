//! The one place that decides whether a likely word is believed.

use super::fit::{Fit, Observation};
use super::model::{self, FREE, MODULES};

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
}

impl Sight {
    /// What `fit` makes of the observation; `bin` is the width of a sample, in pixels.
    pub(super) fn new(fit: &Fit, observation: Observation, bin: f32) -> Self {
        Self { observation, sigma: fit.sigma, spread: fit.spread, samples: fit.module / bin }
    }

    /// As if a fit had made this of it.
    #[cfg(test)]
    pub(super) fn of(observation: Observation, sigma: f32, samples: f32) -> Self {
        Self { observation, sigma, spread: 0.0, samples }
    }

    /// The largest local module over the least one: how strongly the symbol is foreshortened along its length.
    pub(super) fn taper(&self) -> f32 {
        let inside = self.observation.u.iter().zip(&self.observation.scale);
        let (least, most) = inside
            .filter(|(u, _)| (0.0..MODULES).contains(*u))
            .fold((f32::INFINITY, 0.0f32), |(least, most), (_, s)| (least.min(*s), most.max(*s)));
        if most > 0.0 { most / least } else { 1.0 }
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

/// The most, in nats, that a believed word may cost beyond the best without any check or grammar.
pub(super) const MOST_PENALTY: f32 = 5.0;

/// Blur, in modules, beyond which nothing is believed: symbols are no longer told apart there, and fits that went wrong
/// end up there.
pub(super) const MOST_BLUR: f32 = 1.6;

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
        let least = if self.sigma > 1.2 { 20.0 } else { 15.0 };
        self.sigma <= MOST_BLUR
            && self.margin >= least
            && self.penalty <= (self.margin / 4.0).min(MOST_PENALTY)
            && self.windows.iter().all(|w| w.whole(self.sigma) || self.plain() && w.folded())
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
        self.residual <= 0.2 && self.share >= 0.3 && (self.relative <= 4.0 || self.residual <= small)
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
