//! Decision-directed fitting: given the characters, where each module lies, how blurred it is, how much the ink spread
//! and how the light falls; given those, the characters again.

use super::band::{Band, Bins};
use super::filter;
use super::light::{Normalised, quantile};
use super::linalg::{Normal, Sums, all};
use super::model::{self, EdgeResponse, FREE, MODULES};
use super::trellis::Samples;
use crate::symbol::limits::at_least;

/// Intervals of the spline u(x). Nine left waves and creases standing, eleven do not: found on simulated bent paper.
const INTERVALS: usize = 11;
/// Its coefficients.
const KNOTS: usize = INTERVALS + 3;
/// The spline reaches this far beyond the located half length.
const SPAN: f32 = 1.3;
/// White and contrast over the whole symbol: terms of a cubic and a quadratic.
const WHITE: usize = 4;
const CONTRAST: usize = 3;
const LIGHT: usize = WHITE + CONTRAST;
const UNKNOWNS: usize = LIGHT + KNOTS + 2;
/// Freedom given to a fit, step by step: stiffness of the spline against its information, and the width in modules over
/// which light may change. At first hardly more than a parabola and a slow gradient, which wrong characters cannot
/// bend to their own liking; at last enough for a crease and the edge of a shadow, once most characters are right.
const FREEDOM: [(f64, f32); 4] = [(1.0, 21.0), (0.03, 12.0), (1e-3, 7.0), (1e-5, 7.0)];
/// Light on one side of an edge: the window's width as a share of the usual one, which is as far away as its middle lies.
const SIDE_WINDOW: f32 = 0.6;
/// Modules over which it is asked which side a place is on, the mean square left unexplained from which on it is asked, in
/// units of squared contrast, and the share of it that the side's light may leave.
const SIDE_NEAR: f32 = 1.5;
/// What a few modules must leave unexplained somewhere in a row group before any of this is looked at.
const MIXED: f32 = 0.0025;
const SPLIT: f32 = 0.01;
const SIDE_GAIN: f32 = 0.5;
/// Mean square by which a row group may stand from the model: so many times what is usual, and so much more, in units of
/// squared contrast.
const STRANGE_TIMES: f32 = 3.0;
const STRANGE: f32 = 0.01;
/// Taps of a free point spread, across the code.
const TAPS: usize = 13;
/// Width of each, and the distance of two, in units of the blur.
const TAP_WIDTH: f32 = 0.55;
const TAP_STEP: f32 = 0.6;
/// Those of a disc, as defocus is: across bars it spreads light over a half circle, twice as far to each side as its
/// standard deviation. Least squares over the edge's response, which they meet to 0.015 of the contrast.
const DISC: [f32; TAPS] = [0.0, 0.0, -0.035, 0.057, 0.18, 0.232, 0.132, 0.232, 0.18, 0.057, -0.035, 0.0, 0.0];
/// Pull of the taps towards those that they began as, a Gaussian's or a disc's, against their information.
const TAP_RIDGE: f64 = 3e-3;
/// Borders of characters stand this far from a stiff spline, in modules, root mean square, on flat paper.
const FLAT: f64 = 0.5;

/// Geometry, blur and ink of one symbol in one frame.
#[derive(Debug, Clone)]
pub(super) struct Fit {
    coefficients: [f32; KNOTS],
    /// Blur in mean modules, the pixel not included.
    pub(super) sigma: f32,
    /// How far each bar edge lies out, in modules.
    pub(super) spread: f32,
    /// Mean module in pixels.
    pub(super) module: f32,
    white: [f32; WHITE],
    contrast: [f32; CONTRAST],
    /// Weighted sum of squared residuals of the last fit.
    residual: f32,
    /// Step of [`FREEDOM`].
    pub(super) step: usize,
    /// Weights of the point spread's taps, summing to one, once they are free or it is taken for a disc.
    taps: Option<[f32; TAPS]>,
    /// Whether the light is so uneven that a hard edge of it may lie across the bars.
    uneven: bool,
}

/// The row groups of a band put together: one darkness a place.
#[derive(Debug, Clone, Default)]
pub(super) struct Profile {
    /// Place on the axis over half the located length.
    t: Vec<f32>,
    darkness: Vec<f32>,
    /// Pixels' worth of trust.
    pub(super) count: Vec<f32>,
    /// Share of the pixels' worth that trust has left, 0..=1.
    share: Vec<f32>,
    /// Weights against outliers, for the likelihood only.
    robust: Vec<f32>,
    /// Variance of a pixel, in units of squared contrast.
    pub(super) noise: f32,
}

/// The four cubic B-splines that are not zero at `t`, with derivatives by t.
fn basis(t: f32) -> (usize, [f32; 4], [f32; 4]) {
    let step = 2.0 * SPAN / INTERVALS as f32;
    let s = ((t + SPAN) / step).clamp(0.0, INTERVALS as f32 - 1e-4);
    let i = s as usize;
    let f = s - i as f32;
    let g = 1.0 - f;
    let values = [
        g * g * g / 6.0,
        (3.0 * f * f * f - 6.0 * f * f + 4.0) / 6.0,
        (3.0 * g * g * g - 6.0 * g * g + 4.0) / 6.0,
        f * f * f / 6.0,
    ];
    let slopes =
        [-g * g / 2.0, (3.0 * f * f - 4.0 * f) / 2.0, (-3.0 * g * g + 4.0 * g) / 2.0, f * f / 2.0].map(|v| v / step);
    (i, values, slopes)
}

/// Module u → the unit of the light's polynomials.
fn light_unit(u: f32) -> f32 {
    (u - MODULES / 2.0) / 150.0
}

fn poly(c: &[f32], t: f32) -> f32 {
    c.iter().rev().fold(0.0, |sum, c| sum * t + c)
}

/// How far a row group stands from the model, in units of squared contrast.
struct Stray {
    /// Within a few modules of each place.
    local: Vec<f32>,
    mean: f32,
}

/// A symbol's bars at every place of a profile.
struct Drawn {
    u: Vec<f32>,
    darkness: Vec<f32>,
}

impl Fit {
    /// A spline through the borders of characters found by segmentation; `places` on the axis over half the located
    /// length, one for every character's beginning and the symbol's end.
    pub(super) fn through(places: &[f32], half_length: f32, sigma: f32, uneven: bool) -> Option<Self> {
        let (stiff, off) = Self::spline(places, 3.0)?;
        let (coefficients, step) = if off < FLAT { (stiff, 0) } else { (Self::spline(places, 1e-3)?.0, 2) };
        let last = places.len() - 1;
        let module = (places[last] - places[0]) * half_length / MODULES;
        (module > 0.2).then_some(Self {
            coefficients,
            sigma,
            spread: 0.0,
            module,
            white: [0.0; WHITE],
            contrast: [1.0, 0.0, 0.0],
            residual: f32::INFINITY,
            step,
            taps: None,
            uneven,
        })
    }

    /// A spline of this stiffness, and how far the borders stand from it, in modules.
    fn spline(places: &[f32], stiffness: f64) -> Option<([f32; KNOTS], f64)> {
        let last = places.len() - 1;
        let module_at = |k: usize| if k == last { MODULES } else { 11.0 * k as f32 };
        let mut weights = vec![1.0f64; places.len()];
        let mut coefficients = [0.0f32; KNOTS];
        let mut off = 0.0;
        for _ in 0..4 {
            let mut normal = Normal::new(KNOTS);
            let mut row = [0.0f64; KNOTS];
            for (k, (place, weight)) in places.iter().zip(&weights).enumerate() {
                let (i, values, _) = basis(*place);
                row.fill(0.0);
                for (r, v) in row[i..].iter_mut().zip(values) {
                    *r = f64::from(v);
                }
                normal.add(&row, f64::from(module_at(k)), *weight);
            }
            stiffen(&mut normal, 0, stiffness, None);
            for i in 0..KNOTS {
                normal.damp(i, 1e-7);
            }
            let solution = normal.solve()?;
            for (c, s) in coefficients.iter_mut().zip(&solution) {
                *c = *s as f32;
            }
            // A border that stands apart by half a module is a misread character, not paper.
            off = 0.0;
            for (k, (place, weight)) in places.iter().zip(&mut weights).enumerate() {
                let (i, values, _) = basis(*place);
                let u: f32 = values.iter().zip(&coefficients[i..]).map(|(v, c)| v * c).sum();
                let apart = f64::from(u - module_at(k));
                *weight = 1.0 / (1.0 + (apart / 0.5).powi(2));
                off += apart * apart / places.len() as f64;
            }
        }
        Some((coefficients, off.sqrt()))
    }

    /// Takes the light as the envelopes left it and `off` as what they leave unexplained, root mean square: what there is
    /// to begin with when no character is known.
    pub(super) fn assume(&mut self, profile: &Profile, off: f32) {
        let weight: f32 = profile.count.iter().zip(&profile.robust).map(|(n, r)| n * r).sum();
        self.residual = off * off * weight;
    }

    /// Takes the blur for a disc of the same standard deviation.
    pub(super) fn assume_disc(&mut self) {
        self.taps = Some(DISC);
    }

    /// Gives the fit more freedom; `false` where it has all of it.
    pub(super) fn loosen(&mut self) -> bool {
        let more = self.step + 1 < FREEDOM.len();
        self.step += usize::from(more);
        more
    }

    fn position(&self, t: f32) -> (f32, f32) {
        let (i, values, slopes) = basis(t);
        let c = &self.coefficients[i..i + 4];
        let u = values.iter().zip(c).map(|(v, c)| v * c).sum();
        let du = slopes.iter().zip(c).map(|(v, c)| v * c).sum();
        (u, du)
    }

    /// Modules and local scale at each `t`; `None` where modules would run backwards inside the symbol.
    fn map(&self, t: &[f32], half_length: f32, u: &mut Vec<f32>, scale: &mut Vec<f32>) -> bool {
        u.clear();
        scale.clear();
        let mut forwards = true;
        for &t in t {
            let (at, slope) = self.position(t);
            let per_pixel = slope / half_length;
            if per_pixel <= 0.0 && at > -6.0 && at < MODULES + 6.0 {
                forwards = false;
            }
            u.push(at);
            scale.push((1.0 / (self.module * per_pixel.max(1e-3))).clamp(0.2, 5.0));
        }
        forwards
    }

    fn edge(&self, sigma: f32, bin: f32) -> EdgeResponse {
        match &self.taps {
            None => EdgeResponse::gauss(sigma, self.module, bin),
            Some(taps) => {
                let base = EdgeResponse::gauss(TAP_WIDTH * sigma, self.module, bin);
                let placed: [(f32, f32); TAPS] = std::array::from_fn(|j| (tap_place(j) * sigma, taps[j]));
                base.mixed(&placed)
            }
        }
    }

    /// Frees the point spread from being a Gaussian: defocus is a disc, motion a box, and sharpening undershoots. The taps
    /// are linear in what is seen, so one least-squares solution for given characters finds them.
    pub(super) fn free_taps(&mut self, profile: &Profile, band: &Band, bins: &Bins, values: &[u8; FREE]) {
        let bars = model::bars(values);
        let (mut u, mut scale) = (Vec::new(), Vec::new());
        self.map(&profile.t, band.half_length, &mut u, &mut scale);
        let base = EdgeResponse::gauss(TAP_WIDTH * self.sigma, self.module, bins.width);
        let mut drawn: [Vec<f32>; TAPS] = Default::default();
        let mut moved = Vec::new();
        for (j, drawn) in drawn.iter_mut().enumerate() {
            moved.clear();
            // Blur is constant in pixels: the shift is in mean modules, and so divided by the local scale.
            moved.extend(u.iter().zip(&scale).map(|(u, s)| u - tap_place(j) * self.sigma / s));
            model::darkness(&moved, &scale, &bars, self.spread, &base, drawn);
        }
        let mut normal = Normal::new(TAPS + WHITE);
        let mut row = [0.0f64; TAPS + WHITE];
        for i in 0..u.len() {
            if u[i] <= -6.0 || u[i] >= MODULES + 6.0 {
                continue;
            }
            let weight = profile.count[i] * profile.robust[i];
            let at = light_unit(u[i]);
            let contrast = poly(&self.contrast, at);
            for (r, drawn) in row.iter_mut().zip(&drawn) {
                *r = f64::from(contrast * drawn[i]);
            }
            row[TAPS..].copy_from_slice(&light_row(at, 0.0).map(f64::from)[..WHITE]);
            normal.add(&row, f64::from(profile.darkness[i]), f64::from(weight));
        }
        // The ridge pulls to what was assumed: the Gaussian's own taps, or those that there are.
        let gaussian = self.taps.unwrap_or_else(|| {
            let wide = 1.0 - TAP_WIDTH * TAP_WIDTH;
            let all: [f32; TAPS] = std::array::from_fn(|j| (-tap_place(j) * tap_place(j) / (2.0 * wide)).exp());
            let sum: f32 = all.iter().sum();
            all.map(|w| w / sum)
        });
        let ridge = TAP_RIDGE * normal.mean_diagonal(0..TAPS);
        for (j, weight) in gaussian.iter().enumerate() {
            normal.damp(j, ridge);
            normal.b[j] += ridge * f64::from(*weight);
        }
        for j in TAPS..TAPS + WHITE {
            normal.damp(j, 1e-9 * ridge + 1e-12);
        }
        let Some(solution) = normal.solve() else { return };
        let sum: f64 = solution[..TAPS].iter().sum();
        if !(0.5..2.0).contains(&sum) {
            return;
        }
        self.taps = Some(std::array::from_fn(|j| (solution[j] / sum) as f32));
    }

    fn draw(&self, t: &[f32], half_length: f32, bin: f32, values: &[u8; FREE]) -> Drawn {
        let (mut u, mut scale, mut darkness) = (Vec::new(), Vec::new(), Vec::new());
        self.map(t, half_length, &mut u, &mut scale);
        model::darkness(&u, &scale, &model::bars(values), self.spread, &self.edge(self.sigma, bin), &mut darkness);
        Drawn { u, darkness }
    }

    /// Light fitted to given bars; returns the weighted sum of squares, or `None` where it cannot be solved.
    fn fit_light(
        profile: &Profile,
        u: &[f32],
        bars: impl Fn(usize) -> f32,
    ) -> Option<([f32; WHITE], [f32; CONTRAST], f32)> {
        // In double precision throughout: what remains is the small difference of large sums.
        let (mut a, mut b) = ([[0.0f64; LIGHT]; LIGHT], [0.0f64; LIGHT]);
        let mut total = 0.0f64;
        let mut squares = 0.0f64;
        for (i, &u) in u.iter().enumerate() {
            if u <= -6.0 || u >= MODULES + 6.0 {
                continue;
            }
            let weight = f64::from(profile.count[i] * profile.robust[i]);
            let value = f64::from(profile.darkness[i]);
            let row = light_row(light_unit(u), bars(i)).map(f64::from);
            for ((line, b), own) in a.iter_mut().zip(&mut b).zip(&row) {
                let share = weight * own;
                *b += share * value;
                line.iter_mut().zip(&row).for_each(|(sum, other)| *sum += share * other);
            }
            squares += weight * value * value;
            total += weight;
        }
        let mut normal = Normal { n: LIGHT, a: a.concat(), b: b.to_vec() };
        for i in 0..LIGHT {
            normal.damp(i, 1e-9 * total + 1e-12);
        }
        let x = normal.solve()?;
        let rest = squares - x.iter().zip(&b).map(|(x, b)| x * b).sum::<f64>();
        let mut white = [0.0; WHITE];
        let mut contrast = [0.0; CONTRAST];
        for (out, x) in white.iter_mut().chain(&mut contrast).zip(&x) {
            *out = *x as f32;
        }
        Some((white, contrast, rest.max(0.0) as f32))
    }

    /// Gauss–Newton on geometry, blur and ink, with the light solved along; `rounds` at most.
    pub(super) fn refine(&mut self, profile: &Profile, band: &Band, bins: &Bins, values: &[u8; FREE], rounds: usize) {
        let half = band.half_length;
        let bars = model::bars(values);
        let (mut u, mut scale) = (Vec::new(), Vec::new());
        let (mut now, mut blurred, mut drawn) = (Vec::new(), Vec::new(), Vec::new());
        const BLUR_STEP: f32 = 0.04;
        self.residual = f32::INFINITY;
        for _ in 0..rounds {
            self.map(&profile.t, half, &mut u, &mut scale);
            let edge = self.edge(self.sigma, bins.width);
            model::slopes(&u, &scale, &bars, self.spread, &edge, &mut now);
            if self.residual == f32::INFINITY {
                let Some((white, contrast, residual)) = Self::fit_light(profile, &u, |i| now[i].darkness) else {
                    return;
                };
                (self.white, self.contrast, self.residual) = (white, contrast, residual);
            }
            let wider = self.edge(self.sigma + BLUR_STEP, bins.width);
            model::darkness(&u, &scale, &bars, self.spread, &wider, &mut blurred);

            let mut normal = Normal::new(UNKNOWNS);
            // A place depends on the light, four knots, blur and ink.
            let mut sums = Sums::new();
            let places = |knot: usize| -> [usize; LIGHT + 6] {
                std::array::from_fn(|i| match i {
                    0..LIGHT => i,
                    _ if i < LIGHT + 4 => knot + i,
                    _ => KNOTS - 4 + i,
                })
            };
            let mut row = [0.0; LIGHT + 6];
            let mut total = 0.0f64;
            let mut within = 0;
            for (i, now) in now.iter().enumerate() {
                if u[i] <= -6.0 || u[i] >= MODULES + 6.0 {
                    continue;
                }
                let weight = profile.count[i] * profile.robust[i];
                if weight <= 0.0 {
                    continue;
                }
                let at = light_unit(u[i]);
                let contrast = poly(&self.contrast, at);
                row[..LIGHT].copy_from_slice(&light_row(at, now.darkness));
                let (knot, shape, _) = basis(profile.t[i]);
                if knot != within || sums.full() {
                    sums.carry(&mut normal, &places(within));
                    within = knot;
                }
                let slope = contrast * now.by_place;
                for (r, v) in row[LIGHT..].iter_mut().zip(shape) {
                    *r = slope * v;
                }
                row[LIGHT + 4] = contrast * (blurred[i] - now.darkness) / BLUR_STEP;
                row[LIGHT + 5] = contrast * now.by_spread;
                sums.add(&row, profile.darkness[i], weight);
                total += f64::from(weight);
            }
            sums.carry(&mut normal, &places(within));
            for i in 0..LIGHT {
                normal.damp(i, 1e-9 * total + 1e-12);
            }
            for i in LIGHT..UNKNOWNS {
                normal.damp(i, 1e-5 * total + 1e-12);
            }
            let stiffness = FREEDOM[self.step].0 * normal.mean_diagonal(LIGHT..LIGHT + KNOTS);
            stiffen(&mut normal, LIGHT, stiffness, Some(&self.coefficients));
            let Some(step) = normal.solve() else { return };
            let mut better = None;
            for share in [1.0f32, 0.5, 0.2] {
                let mut next = self.clone();
                for (c, s) in next.coefficients.iter_mut().zip(&step[LIGHT..]) {
                    *c += share * (*s as f32).clamp(-1.5, 1.5);
                }
                next.sigma = (self.sigma + (share * step[LIGHT + KNOTS] as f32).clamp(-0.25, 0.25)).clamp(0.08, 2.2);
                next.spread =
                    (self.spread + (share * step[LIGHT + KNOTS + 1] as f32).clamp(-0.1, 0.1)).clamp(-0.3, 0.3);
                if !next.map(&profile.t, half, &mut u, &mut scale) {
                    continue;
                }
                let edge = next.edge(next.sigma, bins.width);
                model::darkness(&u, &scale, &bars, next.spread, &edge, &mut drawn);
                let Some((white, contrast, residual)) = Self::fit_light(profile, &u, |i| drawn[i]) else { continue };
                if residual < self.residual * (1.0 - 1e-6) {
                    (next.white, next.contrast, next.residual) = (white, contrast, residual);
                    better = Some(next);
                    break;
                }
            }
            let Some(next) = better else { return };
            let gain = (self.residual - next.residual) / self.residual;
            *self = next;
            if gain < 1e-3 {
                return;
            }
        }
    }

    /// Light of every row group from the decided bars, by regression in a moving window, then the groups together.
    pub(super) fn relight(
        &self,
        profile: &mut Profile,
        band: &Band,
        bins: &Bins,
        values: &[u8; FREE],
        light: &mut Normalised,
    ) {
        let t: Vec<f32> = (0..bins.length).map(|i| bins.place(i) / band.half_length).collect();
        let drawn = self.draw(&t, band.half_length, bins.width, values);
        let inside: Vec<f32> =
            drawn.u.iter().map(|u| if *u > -7.0 && *u < MODULES + 7.0 { 1.0 } else { 0.0 }).collect();
        let window = FREEDOM[self.step].1 * self.module / bins.width;
        let total = bins.groups * bins.length;
        let mut sums: [Vec<f32>; 5] = std::array::from_fn(|_| Vec::with_capacity(total));
        let mut scratch = Vec::new();
        for group in 0..bins.groups {
            let range = bins.group(group);
            for (k, sums) in sums.iter_mut().enumerate() {
                let from = sums.len();
                sums.extend(range.clone().zip(inside.iter().zip(&drawn.darkness)).map(|(at, (inside, b))| {
                    let n = bins.count[at] * inside;
                    match k {
                        0 => n,
                        1 => n * b,
                        2 => n * b * b,
                        3 => n * bins.mean[at],
                        _ => n * bins.mean[at] * b,
                    }
                }));
                filter::smooth(&mut sums[from..], window, &mut scratch);
            }
        }
        for sums in &mut sums {
            blend_groups(sums, bins);
        }
        light.white.clear();
        light.contrast.clear();
        let [n, b, bb, y, yb] = &sums;
        for ((((n, b), bb), y), yb) in n.iter().zip(b).zip(bb).zip(y).zip(yb) {
            let determinant = n * bb - b * b;
            if *n < 1e-3 || determinant < 0.002 * n * n {
                light.white.push(f32::NAN);
                light.contrast.push(f32::NAN);
                continue;
            }
            let contrast = -(n * yb - b * y) / determinant;
            light.white.push(y / n + contrast * b / n);
            light.contrast.push(contrast);
        }
        let known = |values: &[f32]| -> f32 {
            let known: Vec<f32> = values.iter().copied().filter(|v| v.is_finite()).collect();
            quantile(&known, 0.5)
        };
        let (usual_white, usual_contrast) = (known(&light.white), known(&light.contrast));
        for (white, contrast) in light.white.iter_mut().zip(&mut light.contrast) {
            if !white.is_finite() {
                (*white, *contrast) = (usual_white, usual_contrast);
            }
            *contrast = contrast.max(0.01 * usual_contrast);
        }
        // How far each group stands from the model, place by place: glare and fingers lower their own trust.
        let mut trust = Vec::with_capacity(total);
        let mut misfits = Vec::with_capacity(bins.groups);
        for group in 0..bins.groups {
            let mut stray = self.stray(group, &drawn, &inside, bins, light);
            if self.uneven && stray.local.iter().any(|misfit| *misfit > MIXED) {
                self.take_sides(group, &drawn, &inside, bins, light);
                stray = self.stray(group, &drawn, &inside, bins, light);
            }
            misfits.push(stray.mean);
            trust.extend(stray.local.iter().map(|misfit| 1.0 / (1.0 + at_least(0.0, *misfit) / 0.02)));
        }
        light.apply(bins);
        // Rows above or below the bars, under a finger or a stamp all along, are no rows of the symbol.
        let usual = quantile(&misfits, 0.4).max(0.0);
        for (group, misfit) in misfits.iter().enumerate() {
            if *misfit > STRANGE_TIMES * usual + STRANGE {
                light.weight[bins.group(group)].fill(0.0);
            }
        }
        profile.combine(band, bins, light, Some(&trust));
    }

    /// How far one row group stands from the model, in units of squared contrast.
    fn stray(&self, group: usize, drawn: &Drawn, inside: &[f32], bins: &Bins, light: &Normalised) -> Stray {
        let mut power: Vec<f32> = Vec::with_capacity(bins.length);
        let mut weight: Vec<f32> = Vec::with_capacity(bins.length);
        for (at, b) in bins.group(group).zip(&drawn.darkness) {
            let off = (bins.mean[at] - light.white[at] + light.contrast[at] * b) / at_least(0.02, light.contrast[at]);
            // What noise alone puts between a bin and the model is no reason to distrust it.
            let noise = bins.noise / at_least(4e-4, light.contrast[at] * light.contrast[at]);
            power.push(bins.count[at] * off * off - if bins.count[at] > 0.0 { noise } else { 0.0 });
            weight.push(bins.count[at]);
        }
        let (mut off, mut all) = (0.0, 1e-6);
        for ((power, weight), inside) in power.iter().zip(&weight).zip(inside) {
            off += power * inside;
            all += weight * inside;
        }
        let mut scratch = Vec::new();
        let sigma = 3.0 * self.module / bins.width;
        filter::smooth(&mut power, sigma, &mut scratch);
        filter::smooth(&mut weight, sigma, &mut scratch);
        Stray { local: power.iter().zip(&weight).map(|(p, w)| p / at_least(1e-6, *w)).collect(), mean: off / all }
    }

    /// Light on either side of a hard edge, in one row group. A window that lies over a shadow's edge mixes what is lit with
    /// what is not; where that leaves much unexplained, the light of a window on one side or the other is taken if it
    /// explains the place, as edge-preserving smoothing does (M. Nagao and T. Matsuyama, 1979). It is light from
    /// elsewhere: a wrong character does not bend it to its own liking.
    fn take_sides(&self, group: usize, drawn: &Drawn, inside: &[f32], bins: &Bins, light: &mut Normalised) {
        let module = self.module / bins.width;
        let usual = FREEDOM[self.step].1 * module;
        let shift = usual as usize;
        let range = bins.group(group);
        let (mean, count) = (&bins.mean[range.clone()], &bins.count[range.clone()]);
        let (white, contrast) = (&mut light.white[range.clone()], &mut light.contrast[range]);
        let mut scratch = Vec::new();
        let mut smoothed = |sigma: f32, value: &dyn Fn(usize) -> f32| -> Vec<f32> {
            let mut values: Vec<f32> = (0..mean.len()).map(|i| inside[i] * value(i)).collect();
            filter::smooth(&mut values, sigma, &mut scratch);
            values
        };
        let bar = &drawn.darkness;
        // All three lights are held against the place in the same units.
        let units: Vec<f32> = contrast.iter().map(|c| at_least(0.02, *c)).collect();
        let off = |i: usize, (white, contrast): (f32, f32)| {
            count[i] * ((mean[i] - white + contrast * bar[i]) / units[i]).powi(2)
        };
        let near = smoothed(SIDE_NEAR * module, &|i| count[i]);
        let mut least = smoothed(SIDE_NEAR * module, &|i| off(i, (white[i], contrast[i])));
        let window = SIDE_WINDOW * usual;
        let n = smoothed(window, &|i| count[i]);
        let b = smoothed(window, &|i| count[i] * bar[i]);
        let bb = smoothed(window, &|i| count[i] * bar[i] * bar[i]);
        let y = smoothed(window, &|i| count[i] * mean[i]);
        let yb = smoothed(window, &|i| count[i] * mean[i] * bar[i]);
        let of_window: Vec<Option<(f32, f32)>> = (0..mean.len())
            .map(|i| {
                let determinant = n[i] * bb[i] - b[i] * b[i];
                let contrast = -(n[i] * yb[i] - b[i] * y[i]) / determinant;
                let known = n[i] > 1e-3 && determinant > 0.002 * n[i] * n[i] && contrast > 0.1 * units[i];
                known.then(|| (y[i] / n[i] + contrast * b[i] / n[i], contrast))
            })
            .collect();
        for forwards in [false, true] {
            let side = |i: usize| {
                let from = if forwards { i + shift } else { i.wrapping_sub(shift) };
                of_window.get(from).copied().flatten()
            };
            // Beyond the symbol there is no light to take.
            let left = smoothed(SIDE_NEAR * module, &|i| side(i).map_or(count[i], |side| off(i, side)));
            for (i, left) in left.into_iter().enumerate() {
                let Some(taken) = side(i) else { continue };
                if least[i] > SPLIT * near[i] && left < SIDE_GAIN * least[i] {
                    (white[i], contrast[i]) = taken;
                    least[i] = left / SIDE_GAIN;
                }
            }
        }
    }

    /// Weights against outliers: places whose neighbourhood's residual stands out.
    pub(super) fn downweigh_outliers(&self, profile: &mut Profile, band: &Band, bins: &Bins, values: &[u8; FREE]) {
        let drawn = self.draw(&profile.t, band.half_length, bins.width, values);
        let mut power = Vec::with_capacity(drawn.u.len());
        let mut weight = Vec::with_capacity(drawn.u.len());
        for i in 0..drawn.u.len() {
            let inside = drawn.u[i] > -2.0 && drawn.u[i] < MODULES + 2.0;
            let off = profile.darkness[i] - self.light(drawn.u[i], drawn.darkness[i]);
            power.push(if inside { profile.count[i] * off * off } else { 0.0 });
            weight.push(if inside { 1.0 } else { 0.0 });
        }
        let mut scratch = Vec::new();
        let sigma = 4.0 * self.module / bins.width;
        let inside = weight.clone();
        filter::smooth(&mut power, sigma, &mut scratch);
        filter::smooth(&mut weight, sigma, &mut scratch);
        let local: Vec<f32> = power.iter().zip(&weight).map(|(p, w)| p / at_least(1e-6, *w)).collect();
        let known: Vec<f32> = local.iter().zip(&inside).filter(|(_, i)| **i > 0.0).map(|(l, _)| *l).collect();
        let median = quantile(&known, 0.5);
        for ((robust, local), inside) in profile.robust.iter_mut().zip(&local).zip(&inside) {
            *robust = if *inside > 0.0 { 1.0 / (local / (1.5 * median + 1e-12)).max(1.0) } else { 1.0 };
        }
    }

    fn light(&self, u: f32, darkness: f32) -> f32 {
        let at = light_unit(u);
        poly(&self.white, at) + poly(&self.contrast, at) * darkness
    }

    /// Corrects the strip's lean and bend by what each row group says against the model; returns the largest change in
    /// modules at the strip's edge.
    pub(super) fn align(&self, band: &mut Band, bins: &Bins, values: &[u8; FREE], light: &Normalised) -> f32 {
        let t: Vec<f32> = (0..bins.length).map(|i| bins.place(i) / band.half_length).collect();
        let drawn = self.draw(&t, band.half_length, bins.width, values);
        const COMMON: usize = 3;
        let mut normal = Normal::new(Band::SHAPE + COMMON);
        let mut sums = Sums::new();
        let mut row = [0.0; Band::SHAPE + COMMON];
        for group in 0..bins.groups {
            let v = bins.height(group);
            for (i, &t) in t.iter().enumerate().take(bins.length - 1).skip(1) {
                if drawn.u[i] <= -3.0 || drawn.u[i] >= MODULES + 3.0 {
                    continue;
                }
                let at = group * bins.length + i;
                let slope = (drawn.darkness[i + 1] - drawn.darkness[i - 1]) / (2.0 * bins.width);
                band.shape_row(t, v, slope, &mut row);
                let mut power = slope * band.reach() / 3.0;
                for r in &mut row[Band::SHAPE..] {
                    *r = power;
                    power *= t;
                }
                sums.add(&row, light.darkness[at] - drawn.darkness[i], light.weight[at]);
                if sums.full() {
                    sums.carry(&mut normal, &all());
                }
            }
        }
        sums.carry(&mut normal, &all());
        let ridge = 1e-3 * normal.mean_diagonal(0..Band::SHAPE + COMMON) + 1e-12;
        for i in 0..Band::SHAPE + COMMON {
            normal.damp(i, ridge);
        }
        match normal.solve() {
            Some(change) => band.correct(&change, 1.2 * self.module) / self.module,
            None => 0.0,
        }
    }

    /// Variance of what the fit leaves unexplained, in units of squared contrast.
    pub(super) fn unexplained(&self, profile: &Profile) -> f32 {
        let weight: f32 = profile.count.iter().zip(&profile.robust).map(|(n, r)| n * r).sum();
        self.residual / weight.max(1e-6)
    }

    /// What the trellis needs, and what belief is judged on.
    pub(super) fn observe(&self, profile: &Profile, band: &Band, bins: &Bins) -> Observation {
        let (mut u, mut scale) = (Vec::new(), Vec::new());
        self.map(&profile.t, band.half_length, &mut u, &mut scale);
        let mut kept = Observation { edge: Some(self.edge(self.sigma, bins.width)), ..Observation::default() };
        for i in 0..u.len() {
            let last = kept.u.last().copied().unwrap_or(-5.0);
            if u[i] <= last || u[i] >= MODULES + 5.0 {
                continue;
            }
            let at = light_unit(u[i]);
            let contrast = at_least(0.02, poly(&self.contrast, at));
            kept.u.push(u[i]);
            kept.scale.push(scale[i]);
            kept.darkness.push((profile.darkness[i] - poly(&self.white, at)) / contrast);
            kept.count.push(profile.count[i] * contrast * contrast);
            kept.share.push(profile.share[i]);
            kept.robust.push(profile.robust[i]);
        }
        let freedom = (kept.u.len() as f32 - UNKNOWNS as f32).max(10.0);
        kept.variance = (self.residual / freedom).max(profile.noise).max(1e-7);
        kept
    }
}

/// Samples in module coordinates, light taken off.
#[derive(Debug, Clone, Default)]
pub(super) struct Observation {
    pub(super) u: Vec<f32>,
    pub(super) scale: Vec<f32>,
    pub(super) darkness: Vec<f32>,
    /// Pixels' worth, in units of squared contrast.
    pub(super) count: Vec<f32>,
    pub(super) share: Vec<f32>,
    pub(super) robust: Vec<f32>,
    /// Variance of one pixel's worth.
    pub(super) variance: f32,
    pub(super) edge: Option<EdgeResponse>,
}

impl Observation {
    /// Inverse of twice the variance of each sample.
    pub(super) fn weights(&self) -> Vec<f32> {
        self.count.iter().zip(&self.robust).map(|(n, r)| n * r / (2.0 * self.variance)).collect()
    }

    pub(super) fn samples<'a>(&'a self, weight: &'a [f32]) -> Samples<'a> {
        Samples { u: &self.u, scale: &self.scale, darkness: &self.darkness, weight }
    }
}

impl Profile {
    /// Puts the row groups together by their weights and, where given, their trust.
    pub(super) fn combine(&mut self, band: &Band, bins: &Bins, light: &Normalised, trust: Option<&[f32]>) {
        let reference = quantile(&light.contrast, 0.7).max(1e-4);
        for values in [&mut self.t, &mut self.darkness, &mut self.count, &mut self.share, &mut self.robust] {
            values.clear();
        }
        for i in 0..bins.length {
            let (mut sum, mut count, mut all) = (0.0, 0.0, 0.0);
            for group in 0..bins.groups {
                let at = group * bins.length + i;
                let weight = light.weight[at];
                let trusted = weight * trust.map_or(1.0, |t| t[at]);
                sum += trusted * light.darkness[at];
                count += trusted;
                all += weight;
            }
            if count > 1e-3 {
                self.t.push(bins.place(i) / band.half_length);
                self.darkness.push((sum / count).clamp(-0.6, 1.6));
                self.count.push(count);
                self.share.push(count / all);
                self.robust.push(1.0);
            }
        }
        self.noise = bins.noise / (reference * reference);
    }

    /// Forgets the weights against outliers.
    pub(super) fn trust_all(&mut self) {
        self.robust.fill(1.0);
    }

    /// Places that carry anything.
    pub(super) fn len(&self) -> usize {
        self.t.len()
    }
}

/// Place of tap `j`, in units of the blur.
fn tap_place(j: usize) -> f32 {
    TAP_STEP * (j as f32 - (TAPS - 1) as f32 / 2.0)
}

fn light_row(at: f32, bar: f32) -> [f32; LIGHT] {
    [1.0, at, at * at, at * at * at, bar, bar * at, bar * at * at]
}

/// Adds the penalty on third differences of the spline's coefficients, which begin at unknown `from`; `now` are their
/// present values where the unknowns are changes.
fn stiffen(normal: &mut Normal, from: usize, strength: f64, now: Option<&[f32; KNOTS]>) {
    const THIRD: [f64; 4] = [-1.0, 3.0, -3.0, 1.0];
    let mut row = vec![0.0f64; normal.n];
    for i in 0..KNOTS - 3 {
        row.fill(0.0);
        row[from + i..from + i + 4].copy_from_slice(&THIRD);
        let present = now.map_or(0.0, |c| THIRD.iter().zip(&c[i..]).map(|(d, c)| d * f64::from(*c)).sum::<f64>());
        normal.add(&row, -present, strength);
    }
}

/// Lets neighbouring row groups share their sums: light changes slowly across the bars too.
fn blend_groups(sums: &mut [f32], bins: &Bins) {
    const NEIGHBOUR: f32 = 0.36;
    let before = sums.to_vec();
    for group in 0..bins.groups {
        for next in [group.wrapping_sub(1), group + 1] {
            if next < bins.groups {
                for (out, add) in sums[bins.group(group)].iter_mut().zip(&before[bins.group(next)]) {
                    *out += NEIGHBOUR * add;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disc_spreads_an_edge_over_a_half_circle() {
        let places: Vec<f32> = (0..27).map(|k| if k == 26 { 1.0 } else { 22.0 * k as f32 / MODULES - 1.0 }).collect();
        for sigma in [0.9, 1.2] {
            let mut fit = Fit::through(&places, 2880.0, sigma, false).unwrap();
            let bell = fit.edge(sigma, 0.5);
            fit.assume_disc();
            let disc = fit.edge(sigma, 0.5);
            let radius = 2.0 * sigma;
            for i in -20..=20 {
                let t = i as f32 / 20.0 * radius;
                // The share of a disc's area on one side of a chord.
                let share = 0.5
                    + (t * (radius * radius - t * t).max(0.0).sqrt() / (radius * radius) + (t / radius).asin())
                        / std::f32::consts::PI;
                assert!((disc.at(t) - share).abs() < 0.02, "{sigma}, {t}: {}, not {share}", disc.at(t));
            }
            assert!((bell.at(0.6 * radius) - disc.at(0.6 * radius)).abs() > 0.01, "no other than the bell");
        }
    }
}
