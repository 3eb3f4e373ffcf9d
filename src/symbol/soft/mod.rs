//! The maximum-likelihood path: reads what edges no longer show.
//!
//! band (where the bars lie) → extent (how far they reach) → band (row groups aligned) → light (envelopes) → segment (which character where) → fit and trellis in
//! turn (decision-directed) → list (the two likeliest words that check) → belief.

mod band;
mod belief;
mod evidence;
mod extent;
mod filter;
mod fit;
mod light;
pub(super) mod linalg;
mod model;
mod segment;
mod trellis;

pub(super) use belief::Evidence;

use self::band::{Band, Bins, ROWS, ROWS_TO_ALIGN, Stripes};
use self::belief::Sight;
use self::evidence::{Gathered, Said};
use self::extent::{Extent, WIDER};
use self::fit::{Fit, Profile};
use self::light::Normalised;
use self::model::{FREE, MODULES, STOP_START};
use self::segment::{ALL, Ends, Path, Segmenter, USUAL};
use self::trellis::{Depth, Metrics, Prior, Rivals, Viterbi};
use super::locate::Candidate;
use super::pyramid::{Level, Pyramid};
use super::{Grammar, Pace, Point, code128};
use crate::small_sort::sort_few_by_key;
use std::ops::Range;

/// Above this cost the segmentation has found something else: in simulations true symbols cost -380 to -780, text and
/// stripes -130 to -440. Belief refuses what overlaps.
const NO_SYMBOL: f32 = -330.0;
/// Below it no second try is needed: a symbol read from its wrong end, or with the wrong blur, stays above (-420 to -470
/// where the right one costs -560 to -610, 14 areas looked at).
const SURE_SYMBOL: f32 = -500.0;
/// START and STOP of a readable symbol, and the length between them, cost less than this together: -36 at the most in
/// 105 simulated ones, while of other things that look like bars two in three cost more.
const NO_PILOTS: f32 = -33.0;
/// Share of an area's height that tells how many bars there are.
const MIDDLE: f32 = 0.4;
/// Share of a strip's height, its middle, that bars reach from end to end where the paper is seen at a steep slant: they
/// look half as high at the far end.
const NARROW: f32 = 0.5;
/// First ideas, tried in turn until one's word checks.
const STARTS: [Idea; 3] = [
    Idea { sigma: 0.8, window: light::BLURRED, by_ends: false, bars: 0, height: 1.0, scales: USUAL },
    Idea { sigma: 0.6, window: light::SHARP, by_ends: false, bars: PLAIN_BARS, height: NARROW, scales: ALL },
    Idea { sigma: 1.3, window: light::BLURRED, by_ends: true, bars: 0, height: 1.0, scales: USUAL },
];
/// The first of them where light changes much within the symbol.
const SHADED: Idea = Idea { sigma: 0.6, window: light::SHARP, by_ends: false, bars: 0, height: 1.0, scales: USUAL };
/// Bars of a symbol that is sharp enough for it, and by how many more they are than those that show by the whole range:
/// noise too is uneven, but what it makes look like bars shows by the whole range as well.
const SHADED_BARS: Range<usize> = 60..130;
const HIDDEN_BY_SHADE: usize = 3;
/// A symbol that shows fewer of its 79 bars is so blurred that the ends go first: of 34 areas with fewer that were read,
/// all were read from the ends, 20 from the characters.
const FEW_BARS: usize = 40;
/// Of a symbol that shows so many of its 79 bars blur hides few, though a slant may hide those at its far end. What shows
/// fewer the sharp idea was not seen to read.
const PLAIN_BARS: usize = 50;
/// First ideas followed in one frame, over all its areas: what has not been read by then costs more than the next frame.
/// A fourth would read five more of 1,620 frames, all of heavy blur or noise; an area may spend all three.
const EFFORT: usize = 3;
/// The same for a photo: no next frame comes, and none waits.
const EFFORT_FOR_PHOTO: usize = 6;
/// Times that everything is fitted anew in one frame, over all its ideas, before it is left at what there is: most of what a
/// frame costs. Of 806 that were read two took more (13 and 16), of 33 that were not half; 600 took two.
const FITS: usize = 12;
/// How far the middle of the symbol may lie from where its ends alone would put it, in modules: 2 % of perspective move
/// it by one and a half. First none, then to each side as long as it gets better.
const BULGES: [&[f32]; 3] = [&[0.0], &[-1.0, -2.0], &[1.0, 2.0]];
/// Blurred by more modules than this, a symbol read from its wrong end looks nearly as good.
const BLUR: f32 = 0.7;
/// Ends that cost more than this are no start by themselves; those of readable symbols cost -42 to -62.
const LONE_ENDS: f32 = -36.0;
/// A direction whose ends cost this much more than the other's is not tried.
const UNSURE_END: f32 = 10.0;
/// What a first idea leaves unexplained, root mean square, in units of contrast.
const UNKNOWN: f32 = 0.1;
/// Rounds of deciding and refitting.
const ROUNDS: usize = 8;
/// Characters that may still change in each of the first rounds: where more do, there is no symbol, or none that will be
/// found from this first idea.
const CHANGES: [usize; 4] = [FREE, 12, 6, 4];
/// … and where so many change at once, while so much is unexplained (of 77 right ones none had both).
const FIRST_CHANGES: usize = 8;
const FIRST_UNEXPLAINED: f32 = 0.035;
/// A symbol of less blur than this, in modules, whose fit leaves less than this share of a pixel's noise (or of a grey level
/// in fifty, squared) unexplained, says what it says.
const CRISP: f32 = 0.5;
const PLAIN: f32 = 0.5;
const LEAST_NOISE: f32 = 0.0004;
/// What a fit that still leads to the symbol keeps within, round after round. Of 77 that led to a word that checks (13 kinds
/// of frames), the penalty was up to 53, 9, 6, 4 and the unexplained up to 0.006; of other things that look like bars two
/// in three have more in the second round.
const STRANGE: [Limit; 3] = [
    Limit { penalty: 80.0, unexplained: f32::INFINITY },
    Limit { penalty: 20.0, unexplained: 0.015 },
    Limit { penalty: 12.0, unexplained: 0.01 },
];
/// How far one frame's list is searched: belief refuses a word further from the best, and a margin beyond what it asks
/// for need not be known.
const DEPTH: Depth = Depth { first: belief::HORIZON, second: 30.0, steps: 20_000 };

/// What the likelihood path made of one area.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    /// The 44 digits and where they lie, corners as in [`super::Symbol`], in pixels of the level.
    pub(super) digits: [u8; 44],
    pub(super) corners: [Point; 4],
    pub(super) evidence: Evidence,
    /// Frames that stand behind it: 1, or more where their evidence was added up.
    pub(super) frames: u32,
}

/// A symbol as one frame shows it, whatever it may say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glimpse {
    /// As in [`Attempt`].
    pub(super) corners: [Point; 4],
    /// Fitted blur, in modules.
    pub(super) sigma: f32,
    /// Module at the end where it is largest over that where it is least.
    pub(super) taper: f32,
}

impl Attempt {
    /// Whether its digits are believed.
    pub(super) fn believed(&self) -> bool {
        self.evidence.believed() || self.frames == 1 && self.evidence.leaves_little()
    }
}

#[cfg(feature = "measure")]
impl Attempt {
    /// The attempt in figures.
    pub(super) fn measured(&self) -> super::Attempted {
        let Evidence { margin, penalty, windows, sigma } = &self.evidence;
        let worst = |value: fn(&belief::Window) -> f32| windows.iter().map(value).fold(0.0, f32::max);
        super::Attempted {
            digits: self.digits.iter().map(|d| char::from(*d)).collect(),
            believed: self.believed(),
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
    metrics: Metrics,
    gathered: Gathered,
    /// First ideas followed in this frame.
    spent: usize,
    /// The most of them.
    effort: usize,
    /// Times that everything may still be fitted anew in this frame.
    fits: usize,
    /// The area looked at last showed a plain symbol that says something else.
    clear: bool,
    glimpse: Option<Glimpse>,
}

impl SoftReader {
    /// A new picture begins.
    pub(super) fn next_frame(&mut self, pace: Pace) {
        self.spent = 0;
        self.effort = if pace == Pace::Photo { EFFORT_FOR_PHOTO } else { EFFORT };
        self.fits = self.effort / EFFORT * FITS;
        if pace == Pace::Running {
            self.gathered.next_frame();
        }
    }

    /// Frames whose evidence is together with the present one's; 0 where it joined none.
    pub(super) fn gathered(&self) -> usize {
        self.gathered.frames()
    }

    /// The symbol in the area that was looked at last, read or not.
    pub(super) fn glimpse(&self) -> Option<Glimpse> {
        self.glimpse
    }

    /// Whether any area of this frame looked enough like the symbol for a first idea to be followed.
    pub(super) fn seen(&self) -> bool {
        self.spent > 0
    }

    /// Whether that symbol is so plain that what it says is what was printed, though it does not check.
    pub(super) fn clear(&self) -> bool {
        self.clear
    }

    /// Reads the payment symbol in this area, if there is one, on its own.
    pub(super) fn read(&mut self, level: &Level, area: &Candidate, grammar: &Grammar) -> Option<Attempt> {
        self.attempt(level, area, grammar, None)
    }

    /// The same as a frame of a running camera: what it shows joins what the frames before have shown. `at` is the
    /// number of the level.
    pub(super) fn watch(&mut self, level: &Level, at: usize, area: &Candidate, grammar: &Grammar) -> Option<Attempt> {
        self.attempt(level, area, grammar, Some(at))
    }

    fn attempt(
        &mut self,
        level: &Level,
        area: &Candidate,
        grammar: &Grammar,
        watched: Option<usize>,
    ) -> Option<Attempt> {
        self.glimpse = None;
        self.clear = false;
        let mut band = Band::new(area);
        let module = band.module();
        if module < 0.35 || band.reach() < 2.0 {
            return None;
        }
        let groups = row_groups(&band);
        self.bins.next_picture();
        let middle_groups = ((MIDDLE * groups as f32).round() as usize).max(2);
        let width = |module: f32| (module / 3.0).max(0.5);
        let rows = MIDDLE * ROWS_TO_ALIGN;
        let middle = band.middle(MIDDLE);
        middle.wider(WIDER).collect(level, width(module), middle_groups, rows, &mut self.bins);
        let mut extent = Extent::of(&self.bins, band.half_length, module)?;
        band.reach_out(&mut extent, middle.reach());
        let module = band.module();
        band.middle(MIDDLE).collect(level, width(module), middle_groups, rows, &mut self.bins);
        let stripes = self.bins.stripes(module);
        if !stripes.may_be_symbol(module) {
            return None;
        }
        let Stripes { bars, shaded, .. } = stripes;
        band.fan_out(level);
        band.align(level, groups, 4, &mut self.bins);
        let width = (module / 5.0).max(0.25);
        let prior = Prior::pairs(grammar.pairs);
        let mut best: Option<Followed> = None;
        let before = self.spent;
        let [first, second, third] = &STARTS;
        let ideas = if bars < FEW_BARS { [third, first, second] } else { [first, second, third] };
        // Light that changes within the symbol is followed by short windows only.
        let shaded = shaded.is_some_and(|near| SHADED_BARS.contains(&near) && near >= bars + HIDDEN_BY_SHADE);
        let ideas = shaded.then_some(&SHADED).into_iter().chain(ideas);
        for idea in ideas.filter(|idea| bars >= idea.bars) {
            if self.spent >= self.effort || self.fits == 0 {
                break;
            }
            if let Some(best) = &mut best {
                best.weighed = false;
            }
            let band = band.middle(idea.height);
            let groups = row_groups(&band);
            let grid = Grid { level, width, groups, uneven: stripes.shaded.is_some(), extent };
            let start = if idea.by_ends {
                self.start_by_ends(&band, &grid, idea, &prior)
            } else {
                self.start_by_characters(&band, &grid, idea)
            };
            let Some((band, start)) = start else {
                if self.spent == before && !idea.by_ends {
                    // Of 390 areas that were read none had no symbol's characters for the first idea.
                    break;
                }
                continue;
            };
            self.spent += 1;
            let Some(followed) = self.follow(band, start, &grid, grammar, &prior) else { continue };
            let better = best.as_ref().is_none_or(|b| followed.unexplained < b.unexplained);
            let (checks, clear) = (followed.checks, followed.clear);
            if better || checks {
                best = Some(followed);
            }
            self.clear = clear;
            if checks || clear {
                break;
            }
        }
        let whole = band.reach();
        let Followed { band, mut fit, mut profile, values, corners, weighed, .. } = best?;
        let narrow = band.reach() < whole;
        if !weighed {
            band.collect(level, width, row_groups(&band), ROWS, &mut self.bins);
            self.weigh(&fit, &profile, &band)?;
        }
        let mut sight = self.sight(&fit, &profile, &band, &values);
        let mut best = trellis::viterbi(&self.metrics, &prior);
        self.glimpse = Some(Glimpse { corners, sigma: fit.sigma, taper: sight.taper() });
        let mut rivals = sight.rivals(&best.values);
        let mut first = self.judge(&sight, &best, &rivals, grammar, &prior);
        // Likely, yet some stretch stands apart: more freedom shows whether it was the fit or the symbol.
        while first.as_ref().is_some_and(|j| j.values == values && !j.evidence.believed()) && fit.loosen() {
            fit.free_taps(&profile, &band, &self.bins, &values);
            (sight, best) = self.fit_to(&mut fit, &mut profile, &band, &values, &prior)?;
            // With so much freedom the ends can be bent to look like what they are said to be.
            rivals = rivals.or(sight.rivals(&best.values));
            first = self.judge(&sight, &best, &rivals, grammar, &prior);
        }
        if let Some(at) = watched {
            let in_frame = corners.map(|p| Pyramid::to_frame(at, p));
            let said = Said { sight: &sight, values: &best.values, rivals: &rivals, corners: in_frame };
            let common = self.gathered.add(&said, &mut self.metrics, &prior, |values| checks(values, grammar));
            if let Some(common) = common
                && common.frames >= 2
                && common.evidence.believed()
            {
                let digits = digits(&common.values);
                return Some(Attempt { digits, corners, evidence: common.evidence, frames: common.frames });
            }
        }
        let mut judged = first?;
        if judged.values != values {
            // The checks chose another word: give it its own fit before it is believed.
            let word = judged.values;
            let (sight, best) = self.fit_to(&mut fit, &mut profile, &band, &word, &prior)?;
            let rivals = rivals.or(sight.rivals(&word));
            let again = self.judge(&sight, &best, &rivals, grammar, &prior)?;
            if again.values != word {
                return None;
            }
            // Its own fit bends towards it, wrong or right: what spoke against it before still does.
            let penalty = again.evidence.penalty.max(judged.evidence.penalty);
            judged = Judged { evidence: Evidence { penalty, ..again.evidence }, ..again };
        } else if !judged.evidence.believed() && judged.evidence.likely() && !narrow {
            // Rows beyond the bars' own ends, or something over some of them: the middle ones by themselves.
            let band = band.middle(NARROW);
            band.collect(level, width, row_groups(&band), ROWS, &mut self.bins);
            if let Some((sight, best)) = self.fit_to(&mut fit, &mut profile, &band, &values, &prior)
                && let Some(again) = self.judge(&sight, &best, &sight.rivals(&values), grammar, &prior)
                && again.values == values
            {
                let penalty = again.evidence.penalty.max(judged.evidence.penalty);
                let evidence = Evidence { penalty, ..again.evidence };
                if evidence.believed() {
                    judged.evidence = evidence;
                }
            }
        }
        Some(Attempt { digits: digits(&judged.values), corners, evidence: judged.evidence, frames: 1 })
    }

    /// Fits anew, with `word` decided; what is seen then, and the likeliest word by it.
    fn fit_to(
        &mut self,
        fit: &mut Fit,
        profile: &mut Profile,
        band: &Band,
        word: &[u8; FREE],
        prior: &Prior,
    ) -> Option<(Sight, Viterbi)> {
        fit.refine(profile, band, &self.bins, word, 2);
        self.settle(fit, profile, band, word);
        self.weigh(fit, profile, band)?;
        let sight = self.sight(fit, profile, band, word);
        let best = trellis::viterbi(&self.metrics, prior);
        Some((sight, best))
    }

    /// Decides and refits in turn, from a first idea of where the characters lie. The bins and the light are those of
    /// `band`.
    fn follow(
        &mut self,
        mut band: Band,
        start: Start,
        grid: &Grid<'_>,
        grammar: &Grammar,
        prior: &Prior,
    ) -> Option<Followed> {
        let Start { mut fit, mut profile, mut values, corners } = start;
        let (mut holds, mut clear, mut weighed) = (false, false, false);
        for round in 0..ROUNDS {
            let best = self.decide(&fit, &profile, &band, prior)?;
            if self.strange(round, &best, &fit, &profile) {
                return None;
            }
            let decided = best.values;
            let changed = decided.iter().zip(&values).filter(|(a, b)| a != b).count();
            if CHANGES.get(round).is_some_and(|most| changed > *most)
                || (round == 0 && changed > FIRST_CHANGES && fit.unexplained(&profile) > FIRST_UNEXPLAINED)
            {
                return None;
            }
            let same = changed == 0;
            values = decided;
            holds = checks(&values, grammar);
            if same && round > 0 {
                // Every bar of it is plain, and where the fit says they are: more freedom would not change a word.
                clear = !holds
                    && fit.sigma < CRISP
                    && fit.unexplained(&profile) < PLAIN * profile.noise.max(LEAST_NOISE)
                    && self.whole(&fit, &profile, &band, &values);
                if holds || clear || !fit.loosen() {
                    weighed = true;
                    break;
                }
                fit.free_taps(&profile, &band, &self.bins, &values);
            }
            if self.fits == 0 {
                break;
            }
            self.settle(&mut fit, &mut profile, &band, &values);
            if round < 2 {
                fit.align(&mut band, &self.bins, &values, &self.light);
                band.collect(grid.level, grid.width, grid.groups, ROWS, &mut self.bins);
                self.settle(&mut fit, &mut profile, &band, &values);
            }
        }
        let unexplained = fit.unexplained(&profile);
        Some(Followed { band, fit, profile, values, corners, checks: holds, clear, weighed, unexplained })
    }

    /// Whether the grammar had to force this word upon what is seen, or the fit leaves too much of it unexplained: there is
    /// no payment symbol here, or none that will be found from this first idea.
    fn strange(&self, round: usize, best: &Viterbi, fit: &Fit, profile: &Profile) -> bool {
        let Some(limit) = STRANGE.get(round.min(STRANGE.len() - 1)) else { return false };
        if best.cost - trellis::viterbi(&self.metrics, &Prior::none()).cost > limit.penalty {
            return true;
        }
        round > 0 && fit.unexplained(profile) > limit.unexplained
    }

    /// Whether every character shows as what it is said to be, START and STOP too: what the fit leaves unexplained does not
    /// tell of stretches that it gave up.
    fn whole(&self, fit: &Fit, profile: &Profile, band: &Band, values: &[u8; FREE]) -> bool {
        let sight = Sight::new(fit, fit.observe(profile, band, &self.bins), self.bins.width);
        belief::windows(&sight, values).iter().all(|window| window.whole(fit.sigma))
    }

    /// The metrics of this fit, and the likeliest word by them.
    fn decide(&mut self, fit: &Fit, profile: &Profile, band: &Band, prior: &Prior) -> Option<Viterbi> {
        self.weigh(fit, profile, band)?;
        Some(trellis::viterbi(&self.metrics, prior))
    }

    /// The metrics of this fit.
    fn weigh(&mut self, fit: &Fit, profile: &Profile, band: &Band) -> Option<()> {
        let observation = fit.observe(profile, band, &self.bins);
        let weights = observation.weights();
        let edge = observation.edge.as_ref()?;
        self.metrics.set(observation.samples(&weights), edge, fit.spread);
        Some(())
    }

    /// What was decided on, with the metrics scaled for the colour of what the word leaves unexplained.
    fn sight(&mut self, fit: &Fit, profile: &Profile, band: &Band, values: &[u8; FREE]) -> Sight {
        let mut sight = Sight::new(fit, fit.observe(profile, band, &self.bins), self.bins.width);
        sight.colour = belief::colour(&sight, &sight.observation.weights(), values);
        self.metrics.scale(1.0 / sight.colour);
        self.metrics.limit();
        sight
    }

    /// A first idea from a segmentation that assumes a blur, in the likelier reading direction.
    fn start_by_characters(&mut self, band: &Band, grid: &Grid<'_>, idea: &Idea) -> Option<(Band, Start)> {
        let profiles = self.profiles(band, grid, idea);
        let module_bins = band.module() / grid.width;
        let ends = self.both_ends(&profiles, grid, idea, module_bins);
        let least = ends.iter().flatten().map(|e| e.cost).fold(NO_PILOTS, f32::min);
        let mut best: Option<(bool, Path)> = None;
        let cost = |best: &Option<(bool, Path)>| best.as_ref().map_or(NO_SYMBOL, |(_, path)| path.cost);
        // The likelier direction first; the other only where that one does not convince.
        let mut directions: Vec<(bool, Ends)> =
            [false, true].into_iter().zip(ends).filter_map(|(turned, ends)| Some((turned, ends?))).collect();
        directions.retain(|(_, ends)| ends.cost <= least + UNSURE_END);
        sort_few_by_key(&mut directions, |(_, ends)| ends.cost);
        for (turned, ends) in directions {
            if let Some(path) = self.segmenter.find(&profiles[usize::from(turned)], module_bins, idea.sigma, &ends)
                && path.cost < cost(&best)
            {
                best = Some((turned, path));
            }
            // Blurred, a symbol read from its wrong end looks nearly as good.
            if idea.sigma < BLUR && cost(&best) < SURE_SYMBOL {
                break;
            }
        }
        let (turned, path) = best?;
        let (band, profile) = self.view(band, grid, idea, turned)?;
        let mut start = self.start_at(&band, profile, grid, idea, &path.borders)?;
        start.values = path.values;
        start.fit.refine(&start.profile, &band, &self.bins, &start.values, 3);
        Some((band, start))
    }

    /// A first idea from the symbol's ends and what may lie between them on flat paper seen at a slant: the likeliest
    /// word over all parabolas.
    fn start_by_ends(&mut self, band: &Band, grid: &Grid<'_>, idea: &Idea, prior: &Prior) -> Option<(Band, Start)> {
        let profiles = self.profiles(band, grid, idea);
        let module_bins = band.module() / grid.width;
        let ends = self.both_ends(&profiles, grid, idea, module_bins);
        let mut best: Option<(f32, Band, Start)> = None;
        let least = ends.iter().flatten().map(|e| e.cost).fold(NO_PILOTS, f32::min);
        for (turned, ends) in [false, true].into_iter().zip(ends) {
            let Some(ends) = ends.filter(|e| e.cost <= (least + UNSURE_END).min(LONE_ENDS)) else { continue };
            let Some((band, profile)) = self.view(band, grid, idea, turned) else { continue };
            let mut flat = None;
            for side in BULGES {
                let mut least = flat.unwrap_or(f32::INFINITY);
                for bulge in side {
                    let start = self.start_bulged(&band, &profile, grid, idea, &ends, *bulge);
                    let Some((cost, start)) = start.and_then(|mut start| {
                        start.fit.assume(&start.profile, UNKNOWN);
                        let decided = self.decide(&start.fit, &start.profile, &band, prior)?;
                        start.values = decided.values;
                        Some((decided.cost, start))
                    }) else {
                        break;
                    };
                    if best.as_ref().is_none_or(|(best, ..)| cost < *best) {
                        best = Some((cost, band.clone(), start));
                    }
                    if cost >= least {
                        break;
                    }
                    least = cost;
                }
                flat = flat.or(Some(least));
            }
        }
        let (cost, band, mut start) = best?;
        band.collect(grid.level, grid.width, grid.groups, ROWS, &mut self.bins);
        // What is out of focus is blurred by a disc: from a module of blur on no bell stands for it.
        let mut fit = start.fit.clone();
        fit.assume_disc();
        if let Some(decided) = self.decide(&fit, &start.profile, &band, prior).filter(|decided| decided.cost < cost) {
            (start.fit, start.values) = (fit, decided.values);
        }
        Some((band, start))
    }

    /// Where the symbol's ends lie if it is read forwards, and if it is read backwards.
    fn both_ends(
        &mut self,
        profiles: &[Vec<f32>; 2],
        grid: &Grid<'_>,
        idea: &Idea,
        module_bins: f32,
    ) -> [Option<Ends>; 2] {
        [false, true].map(|turned| {
            let seen = grid.extent.ends(&self.bins, turned);
            let darkness = &profiles[usize::from(turned)];
            self.segmenter.ends(darkness, module_bins, idea.sigma, idea.scales.clone(), seen)
        })
    }

    /// A fit through borders as the symbol's ends put them, its middle moved by `bulge` modules.
    fn start_bulged(
        &self,
        band: &Band,
        profile: &Profile,
        grid: &Grid<'_>,
        idea: &Idea,
        ends: &Ends,
        bulge: f32,
    ) -> Option<Start> {
        let module = (ends.stop - ends.start) / STOP_START;
        let borders: [f32; FREE + 4] = std::array::from_fn(|k| {
            let u = if k == FREE + 3 { MODULES } else { 11.0 * k as f32 };
            let share = u / STOP_START;
            ends.start + module * (u + 4.0 * bulge * share * (1.0 - share))
        });
        self.start_at(band, profile.clone(), grid, idea, &borders)
    }

    /// The band's darkness read forwards and backwards.
    fn profiles(&mut self, band: &Band, grid: &Grid<'_>, idea: &Idea) -> [Vec<f32>; 2] {
        let module = band.module();
        band.collect(grid.level, grid.width, grid.groups, ROWS, &mut self.bins);
        self.light.set_by_envelopes(&self.bins, module, idea.window);
        self.light.trust_the_agreeing(&self.bins, module);
        let mut forwards = Vec::new();
        self.light.mean(&self.bins, &mut forwards);
        let backwards = forwards.iter().rev().copied().collect();
        [forwards, backwards]
    }

    /// The band, turned if its end is the symbol's beginning, and what shows in it.
    fn view(&mut self, band: &Band, grid: &Grid<'_>, idea: &Idea, turned: bool) -> Option<(Band, Profile)> {
        let mut band = band.clone();
        if turned {
            band.turn();
        }
        band.collect(grid.level, grid.width, grid.groups, ROWS, &mut self.bins);
        let mut profile = Profile::default();
        self.light.set_by_envelopes(&self.bins, band.module(), idea.window);
        profile.combine(&band, &self.bins, &self.light, None);
        (profile.len() >= 300).then_some((band, profile))
    }

    /// A fit through the given borders of characters, in bins; nothing decided yet.
    fn start_at(
        &self,
        band: &Band,
        profile: Profile,
        grid: &Grid<'_>,
        idea: &Idea,
        borders: &[f32; FREE + 4],
    ) -> Option<Start> {
        let places: Vec<f32> =
            borders.iter().map(|b| (self.bins.place(0) + b * grid.width) / band.half_length).collect();
        let fit = Fit::through(&places, band.half_length, 0.8 * idea.sigma, grid.uneven)?;
        let corners = corners(band, borders, &self.bins, band.reach() / idea.height);
        Some(Start { fit, profile, values: [0; FREE], corners })
    }

    /// Light, outliers and geometry for decided characters.
    fn settle(&mut self, fit: &mut Fit, profile: &mut Profile, band: &Band, values: &[u8; FREE]) {
        self.fits = self.fits.saturating_sub(1);
        fit.relight(profile, band, &self.bins, values, &mut self.light);
        profile.trust_all();
        fit.refine(profile, band, &self.bins, values, 2);
        fit.downweigh_outliers(profile, band, &self.bins, values);
        fit.refine(profile, band, &self.bins, values, 1);
    }

    fn judge(
        &self,
        sight: &Sight,
        best: &Viterbi,
        rivals: &Rivals,
        grammar: &Grammar,
        prior: &Prior,
    ) -> Option<Judged> {
        let list = trellis::list(&self.metrics, prior, best, DEPTH, |values| checks(values, grammar));
        let word = list.words.first()?;
        let second = list.words.get(1).map_or(list.horizon, |w| w.cost);
        let free = trellis::viterbi(&self.metrics, &Prior::none());
        let windows = belief::windows(sight, &word.values);
        let penalty = word.cost - free.cost + rivals.penalty();
        let evidence = Evidence { margin: second - word.cost, penalty, windows, sigma: sight.sigma };
        Some(Judged { values: word.values, evidence })
    }
}

/// What a fit may show while it is followed.
struct Limit {
    /// Cost of the grammar's word less that of the likeliest of all, in nats.
    penalty: f32,
    /// Variance left unexplained, in units of squared contrast.
    unexplained: f32,
}

/// How an area's pixels are put into bins.
struct Grid<'a> {
    level: &'a Level,
    /// Of a bin, in pixels.
    width: f32,
    /// Row groups.
    groups: usize,
    /// Whether the range between bar and space is much less in some of the area than elsewhere.
    uneven: bool,
    /// How far the bars reach.
    extent: Extent,
}

/// What a first idea of where the characters lie rests on.
struct Idea {
    /// Blur assumed, in modules.
    sigma: f32,
    /// How far the light's envelopes reach: [`light::SHARP`] or [`light::BLURRED`].
    window: f32,
    /// Whether the symbol's ends alone are looked for, instead of each character.
    by_ends: bool,
    /// Bars that must show for it.
    bars: usize,
    /// Share of the strip's height that is looked at.
    height: f32,
    /// Local modules that are looked for: [`segment::USUAL`] or [`segment::ALL`].
    scales: Range<usize>,
}

/// A first idea of where the characters lie and, perhaps, which they are.
struct Start {
    fit: Fit,
    profile: Profile,
    values: [u8; FREE],
    corners: [Point; 4],
}

/// What following one first idea led to.
struct Followed {
    band: Band,
    fit: Fit,
    profile: Profile,
    values: [u8; FREE],
    corners: [Point; 4],
    /// Whether the likeliest word of all fulfils the checks, which one in a thousand wrong ones does.
    checks: bool,
    /// Whether it is so plain a symbol that what it says is what was printed, and that does not check.
    clear: bool,
    /// Whether bins and metrics still are those of this fit.
    weighed: bool,
    /// Variance left unexplained, in units of squared contrast.
    unexplained: f32,
}

struct Judged {
    values: [u8; FREE],
    evidence: Evidence,
}

/// Row groups of a strip: four pixels high, where that makes some but not many.
fn row_groups(band: &Band) -> usize {
    ((2.0 * band.reach() / 4.0) as usize).clamp(3, 10)
}

/// Whether the check character and the payload's own check digit hold.
fn checks(values: &[u8; FREE], grammar: &Grammar) -> bool {
    let mut all = [0; FREE + 2];
    all[0] = code128::START_C;
    all[1] = code128::FNC1;
    all[2..].copy_from_slice(values);
    code128::check_character_holds(&all) && code128::payment_digits(&all).is_some_and(|d| (grammar.checks)(&d))
}

/// The 44 digits of a word.
fn digits(values: &[u8; FREE]) -> [u8; 44] {
    let mut digits = [0; 44];
    for (pair, value) in digits.chunks_exact_mut(2).zip(values) {
        pair[0] = b'0' + value / 10;
        pair[1] = b'0' + value % 10;
    }
    digits
}

/// Corners of a symbol with these borders, `reach` pixels above and below the axis.
fn corners(band: &Band, borders: &[f32; FREE + 4], bins: &Bins, reach: f32) -> [Point; 4] {
    let at = |border: f32, v: f32| {
        let (x, y) = band.locate(bins.place(0) + border * bins.width, v);
        Point { x, y }
    };
    let (start, end) = (borders[0], borders[FREE + 3]);
    [at(start, -reach), at(end, -reach), at(end, reach), at(start, reach)]
}
