//! The maximum-likelihood path: reads what edges no longer show.
//!
//! band (where the bars lie, row groups aligned) → light (envelopes) → segment (which character where) → fit and trellis in
//! turn (decision-directed) → list (the two likeliest words that check) → belief.

mod band;
mod belief;
mod filter;
mod fit;
mod light;
mod linalg;
mod model;
mod segment;
mod trellis;

pub(super) use belief::Evidence;

use self::band::{Band, Bins};
use self::fit::{Fit, Profile};
use self::light::Normalised;
use self::model::FREE;
use self::segment::{Path, Segmenter};
use self::trellis::{Metrics, Prior};
use super::locate::Candidate;
use super::pyramid::Level;
use super::{Grammar, Point, code128};

/// Above this cost the segmentation has found something else: in simulations true symbols cost -380 to -780, text and
/// stripes -130 to -440. Belief refuses what overlaps.
const NO_SYMBOL: f32 = -330.0;
/// Below it no second try is needed: a symbol read from its wrong end, or with the wrong blur, stays above (-420 to -470
/// where the right one costs -560 to -610, 14 areas looked at).
const SURE_SYMBOL: f32 = -500.0;
/// START and STOP of a readable symbol cost less than this together; stripes, text and rules seldom do.
const NO_PILOTS: f32 = -24.0;
/// Blur assumed by the segmentation, in modules.
const SIGMAS: [f32; 2] = [0.55, 0.9];
/// Rounds of deciding and refitting.
const ROUNDS: usize = 5;
/// The list is searched this many nats deep, and this many steps at most.
const DEPTH: f32 = 60.0;
const STEPS: usize = 20_000;

/// What the likelihood path made of one area.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    /// The 44 digits and where they lie, corners as in [`super::Symbol`], in pixels of the level.
    pub(super) digits: [u8; 44],
    pub(super) corners: [Point; 4],
    pub(super) evidence: Evidence,
}

#[cfg(feature = "measure")]
impl Attempt {
    /// The attempt in figures.
    pub(super) fn measured(&self) -> super::Attempted {
        let Evidence { margin, penalty, windows, sigma } = &self.evidence;
        let worst = |value: fn(&belief::Window) -> f32| windows.iter().map(value).fold(0.0, f32::max);
        super::Attempted {
            digits: self.digits.iter().map(|d| char::from(*d)).collect(),
            believed: self.evidence.believed(),
            margin: *margin,
            penalty: *penalty,
            sigma: *sigma,
            residual: worst(|w| w.residual),
            relative: worst(|w| w.relative),
            share: 1.0 - worst(|w| 1.0 - w.share),
        }
    }
}

/// Scratch memory of the likelihood path.
#[derive(Debug, Default)]
pub(super) struct SoftReader {
    bins: Bins,
    light: Normalised,
    segmenter: Segmenter,
}

impl SoftReader {
    /// Reads the payment symbol in this area, if there is one.
    pub(super) fn read(&mut self, level: &Level, area: &Candidate, grammar: &Grammar) -> Option<Attempt> {
        let mut band = Band::new(area);
        let module = band.module();
        if module < 0.35 || band.reach() < 2.0 {
            return None;
        }
        let groups = ((2.0 * band.reach() / 4.0) as usize).clamp(3, 10);
        band.align(level, groups, 4, &mut self.bins);
        let width = (module / 8.0).max(0.25);
        band.collect(level, width, groups, &mut self.bins);
        let path = self.segment(&mut band, level, width, groups)?;

        let place = |at: f32| self.bins.place(0) + at * width;
        let places: Vec<f32> = path.borders.iter().map(|b| place(*b) / band.half_length).collect();
        let mut fit = Fit::through(&places, band.half_length, 0.45)?;
        let mut profile = Profile::default();
        self.light.set_by_envelopes(&self.bins, module);
        profile.combine(&band, &self.bins, &self.light, None);
        let mut values = path.values;
        let prior = Prior::pairs(grammar.pairs);
        for round in 0..ROUNDS {
            fit.refine(&profile, &band, &self.bins, &values, if round == 0 { 4 } else { 2 });
            self.settle(&mut fit, &mut profile, &band, &values);
            if round < 2 {
                fit.align(&mut band, &self.bins, &values, &self.light);
                band.collect(level, width, groups, &mut self.bins);
                self.settle(&mut fit, &mut profile, &band, &values);
            }
            if profile.len() < 300 {
                return None;
            }
            let observation = fit.observe(&profile, &band, &self.bins);
            let weights = observation.weights();
            let edge = observation.edge.as_ref()?;
            let metrics = Metrics::new(observation.samples(&weights), edge, fit.spread);
            let decided = trellis::viterbi(&metrics, &prior).values;
            let same = decided == values;
            values = decided;
            if same && round >= 1 {
                break;
            }
        }
        let mut judged = self.judge(&fit, &profile, &band, &values, grammar, &prior)?;
        if judged.values != values {
            // The checks chose another word: give it its own fit before it is believed.
            values = judged.values;
            fit.refine(&profile, &band, &self.bins, &values, 2);
            self.settle(&mut fit, &mut profile, &band, &values);
            judged = self.judge(&fit, &profile, &band, &values, grammar, &prior)?;
            if judged.values != values {
                return None;
            }
        }
        let mut digits = [0; 44];
        for (pair, value) in digits.chunks_exact_mut(2).zip(&judged.values[..22]) {
            pair[0] = b'0' + value / 10;
            pair[1] = b'0' + value % 10;
        }
        Some(Attempt { digits, corners: corners(&band, &path, &self.bins), evidence: judged.evidence })
    }

    /// Both reading directions; the band is turned to the better one.
    fn segment(&mut self, band: &mut Band, level: &Level, width: f32, groups: usize) -> Option<Path> {
        let module = band.module();
        self.light.set_by_envelopes(&self.bins, module);
        self.light.trust_the_agreeing(&self.bins, module);
        let mut forwards = Vec::new();
        self.light.mean(&self.bins, &mut forwards);
        let backwards: Vec<f32> = forwards.iter().rev().copied().collect();
        let module_bins = module / width;
        let [ahead, back] = [&forwards, &backwards].map(|d| self.segmenter.pilots(d, module_bins, SIGMAS[0]));
        if ahead.min(back) > NO_PILOTS {
            return None;
        }
        // The likelier direction first; the other only where that one does not convince.
        let first = (back < ahead, if back < ahead { &backwards } else { &forwards });
        let second = (back >= ahead, if back < ahead { &forwards } else { &backwards });
        let mut best: Option<(bool, Path)> = None;
        let cost = |best: &Option<(bool, Path)>| best.as_ref().map_or(0.0, |(_, path)| path.cost);
        for (sigma, least) in [(SIGMAS[0], 0.0), (SIGMAS[1], NO_SYMBOL)] {
            // A wider blur is worth the time only where the first found something like a symbol.
            if cost(&best) > least {
                break;
            }
            for (turned, darkness) in [first, second] {
                if cost(&best) < SURE_SYMBOL {
                    break;
                }
                if let Some(path) = self.segmenter.find(darkness, module_bins, sigma)
                    && path.cost < cost(&best)
                {
                    best = Some((turned, path));
                }
            }
        }
        let (turned, path) = best?;
        if path.cost > NO_SYMBOL {
            return None;
        }
        if turned {
            band.turn();
            band.collect(level, width, groups, &mut self.bins);
        }
        Some(path)
    }

    /// Light, outliers and geometry for decided characters.
    fn settle(&mut self, fit: &mut Fit, profile: &mut Profile, band: &Band, values: &[u8; FREE]) {
        fit.relight(profile, band, &self.bins, values, &mut self.light);
        profile.trust_all();
        fit.refine(profile, band, &self.bins, values, 2);
        fit.downweigh_outliers(profile, band, &self.bins, values);
        fit.refine(profile, band, &self.bins, values, 1);
    }

    fn judge(
        &self,
        fit: &Fit,
        profile: &Profile,
        band: &Band,
        values: &[u8; FREE],
        grammar: &Grammar,
        prior: &Prior,
    ) -> Option<Judged> {
        let observation = fit.observe(profile, band, &self.bins);
        let weights = observation.weights();
        let edge = observation.edge.as_ref()?;
        let mut metrics = Metrics::new(observation.samples(&weights), edge, fit.spread);
        let colour = belief::colour(&observation, &weights, fit, values, self.bins.width);
        metrics.divide(colour);
        let best = trellis::viterbi(&metrics, prior);
        let list = trellis::list(&metrics, prior, &best, DEPTH, STEPS, |values| checks(values, grammar));
        let word = list.words.first()?;
        let second = list.words.get(1).map_or(list.horizon, |w| w.cost);
        let free = trellis::viterbi(&metrics, &Prior::none());
        let windows = belief::windows(&observation, fit, &word.values);
        let evidence =
            Evidence { margin: second - word.cost, penalty: word.cost - free.cost, windows, sigma: fit.sigma };
        Some(Judged { values: word.values, evidence })
    }
}

struct Judged {
    values: [u8; FREE],
    evidence: Evidence,
}

/// Whether the check character and the payload's own check digit hold.
fn checks(values: &[u8; FREE], grammar: &Grammar) -> bool {
    let mut all = [0; FREE + 2];
    all[0] = code128::START_C;
    all[1] = code128::FNC1;
    all[2..].copy_from_slice(values);
    code128::check_character_holds(&all) && code128::payment_digits(&all).is_some_and(|d| (grammar.checks)(&d))
}

fn corners(band: &Band, path: &Path, bins: &Bins) -> [Point; 4] {
    let at = |border: f32, v: f32| {
        let (x, y) = band.locate(bins.place(0) + border * bins.width, v);
        Point { x, y }
    };
    let (start, end) = (path.borders[0], path.borders[FREE + 3]);
    let reach = band.reach();
    [at(start, -reach), at(end, -reach), at(end, reach), at(start, reach)]
}
