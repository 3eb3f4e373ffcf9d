//! The symbol as the camera sees it: bars convolved with the blur. Everything is linear in the characters, because each
//! begins with a bar and ends with a space.

use crate::symbol::code128::{FNC1, PATTERNS, START_C};

/// Modules of the whole payment symbol: 25 characters of 11 and STOP's 13.
pub(super) const MODULES: f32 = 288.0;
/// Characters whose value is decided: 22 pairs and the check character.
pub(super) const FREE: usize = 23;
/// Where the first of them begins: after START C and FNC1.
pub(super) const FREE_START: f32 = 22.0;
/// Where STOP begins.
pub(super) const STOP_START: f32 = 275.0;
/// Values a decided character can have: 0..=102.
pub(super) const VALUES: usize = 103;

/// Bars of a character as (rise, fall) in modules from its start.
pub(super) static BARS: [[(f32, f32); 3]; 106] = {
    let mut bars = [[(0.0, 0.0); 3]; 106];
    let mut value = 0;
    while value < 106 {
        let w = &PATTERNS[value];
        let mut at = 0;
        let mut bar = 0;
        while bar < 3 {
            bars[value][bar] = (at as f32, (at + w[2 * bar]) as f32);
            at += w[2 * bar] + w[2 * bar + 1];
            bar += 1;
        }
        value += 1;
    }
    bars
};
/// STOP's four bars.
pub(super) const STOP_BARS: [(f32, f32); 4] = [(0.0, 2.0), (5.0, 8.0), (9.0, 10.0), (11.0, 13.0)];

/// How darkness rises over a single edge: the cumulative line-spread function, over modules of the mean size.
#[derive(Debug, Clone)]
pub(super) struct EdgeResponse {
    table: Vec<f32>,
    /// Beyond this many modules the response is 0 or 1.
    pub(super) reach: f32,
}

const STEPS: f32 = 64.0;

impl EdgeResponse {
    /// A Gaussian of `sigma` modules, a pixel of `1 / pixels` modules and a bin of `bin` pixels.
    pub(super) fn gauss(sigma: f32, pixels: f32, bin: f32) -> Self {
        let pixel = 1.0 / pixels;
        // The bin is narrow against all else: its variance is enough.
        let sigma = (sigma * sigma + (bin * pixel).powi(2) / 12.0).sqrt().max(0.02);
        // Whole steps, so that what holds before the edge mirrors what holds after it.
        let half = ((3.6 * sigma + pixel / 2.0 + 0.05) * STEPS).ceil() as usize;
        let mut table = vec![0.0; 2 * half + 2];
        for i in 0..half + 2 {
            let t = i as f32 / STEPS;
            let after = box_of_normal((t + pixel / 2.0) / sigma, (t - pixel / 2.0) / sigma, pixel / sigma);
            table[half + i] = after;
            if i <= half {
                table[half - i] = 1.0 - after;
            }
        }
        Self { table, reach: half as f32 / STEPS }
    }

    /// The same edge seen through several shifted and weighted ways at once: `taps` are (shift in modules, weight),
    /// weights summing to one.
    pub(super) fn mixed(&self, taps: &[(f32, f32)]) -> Self {
        let far = taps.iter().fold(0.0f32, |far, (shift, _)| far.max(shift.abs()));
        let reach = self.reach + far;
        let count = (2.0 * reach * STEPS) as usize + 2;
        let table = (0..count)
            .map(|i| {
                let t = i as f32 / STEPS - reach;
                taps.iter().map(|(shift, weight)| weight * self.at(t - shift)).sum()
            })
            .collect();
        Self { table, reach }
    }

    /// Response `t` modules after the edge, 0..=1, a little beyond where a camera sharpens.
    #[inline]
    pub(super) fn at(&self, t: f32) -> f32 {
        let x = (t + self.reach) * STEPS;
        if x <= 0.0 {
            return 0.0;
        }
        // Signed first: that is the cheaper of the two ways.
        let i = x as i32 as usize;
        if i + 1 >= self.table.len() {
            return 1.0;
        }
        let f = x - i as f32;
        self.table[i] + f * (self.table[i + 1] - self.table[i])
    }
}

impl EdgeResponse {
    /// The response, and how much it rises a module.
    #[inline]
    fn at_with_slope(&self, t: f32) -> (f32, f32) {
        let x = (t + self.reach) * STEPS;
        if x <= 0.0 {
            return (0.0, 0.0);
        }
        let i = x as i32 as usize;
        if i + 1 >= self.table.len() {
            return (1.0, 0.0);
        }
        let rise = self.table[i + 1] - self.table[i];
        (self.table[i] + (x - i as f32) * rise, rise * STEPS)
    }
}

/// Mean of the normal distribution function over [low, high], `width = high - low`.
fn box_of_normal(high: f32, low: f32, width: f32) -> f32 {
    if width < 1e-3 {
        return normal((high + low) / 2.0).0;
    }
    // ∫Φ = x·Φ(x) + φ(x)
    let integral = |x: f32| {
        let (cumulative, density) = normal(x);
        x * cumulative + density
    };
    ((integral(high) - integral(low)) / width).clamp(0.0, 1.0)
}

/// Normal distribution function (Abramowitz & Stegun 7.1.26, error under 1.5e-7) and density.
fn normal(x: f32) -> (f32, f32) {
    let z = x.abs() / std::f32::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let poly = t * (0.254_829_6 + t * (-0.284_496_73 + t * (1.421_413_8 + t * (-1.453_152 + t * 1.061_405_4))));
    let bell = (-z * z).exp();
    let tail = 0.5 * poly * bell;
    (if x >= 0.0 { 1.0 - tail } else { tail }, bell / std::f32::consts::TAU.sqrt())
}

/// All bars of a symbol with these decided characters, in order.
pub(super) fn bars(values: &[u8; FREE]) -> Vec<(f32, f32)> {
    let mut bars = Vec::with_capacity(79);
    let fixed = [START_C, FNC1];
    for (k, &value) in fixed.iter().chain(values).enumerate() {
        let start = 11.0 * k as f32;
        bars.extend(BARS[usize::from(value)].map(|(r, f)| (start + r, start + f)));
    }
    bars.extend(STOP_BARS.map(|(r, f)| (STOP_START + r, STOP_START + f)));
    bars
}

/// Darkness 0..1 at each `u` (modules, rising). `scale` is the local module over the mean one: blur is constant in
/// pixels, not in modules. `spread` is by how much each bar edge lies further out, in modules.
pub(super) fn darkness(
    u: &[f32],
    scale: &[f32],
    bars: &[(f32, f32)],
    spread: f32,
    edge: &EdgeResponse,
    out: &mut Vec<f32>,
) {
    out.clear();
    near(u, scale, bars, spread, edge, |u, scale, bars| {
        let edges =
            |(rise, fall): &(f32, f32)| edge.at((u - rise + spread) * scale) - edge.at((u - fall - spread) * scale);
        out.push(bars.map(edges).sum());
    });
}

/// What [`slopes`] tells of a place.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Slopes {
    /// Darkness, 0..1.
    pub(super) darkness: f32,
    /// Its change by `u`, a module.
    pub(super) by_place: f32,
    /// Its change by `spread`, a module.
    pub(super) by_spread: f32,
}

/// As [`darkness`], and how it changes.
pub(super) fn slopes(
    u: &[f32],
    scale: &[f32],
    bars: &[(f32, f32)],
    spread: f32,
    edge: &EdgeResponse,
    out: &mut Vec<Slopes>,
) {
    out.clear();
    near(u, scale, bars, spread, edge, |u, scale, bars| {
        let mut sum = Slopes::default();
        for (rise, fall) in bars {
            let (up, rising) = edge.at_with_slope((u - rise + spread) * scale);
            let (down, falling) = edge.at_with_slope((u - fall - spread) * scale);
            sum.darkness += up - down;
            sum.by_place += scale * (rising - falling);
            sum.by_spread += scale * (rising + falling);
        }
        out.push(sum);
    });
}

/// Calls `each` with every place, its scale and the bars that reach it.
#[inline]
fn near<'a>(
    u: &[f32],
    scale: &[f32],
    bars: &'a [(f32, f32)],
    spread: f32,
    edge: &EdgeResponse,
    mut each: impl FnMut(f32, f32, std::slice::Iter<'a, (f32, f32)>),
) {
    let (mut first, mut last) = (0, 0);
    for (&u, &scale) in u.iter().zip(scale) {
        let reach = edge.reach / scale + spread.abs();
        // `u` rises nearly always; a step back only costs the walk.
        while first > 0 && bars[first - 1].1 + reach > u {
            first -= 1;
        }
        while first < bars.len() && bars[first].1 + reach < u {
            first += 1;
        }
        while last > 0 && bars[last - 1].0 - reach > u {
            last -= 1;
        }
        while last < bars.len() && bars[last].0 - reach <= u {
            last += 1;
        }
        each(u, scale, bars[first.min(last)..last].iter());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_rises_from_nothing_to_all() {
        for (sigma, pixels) in [(0.05, 3.0), (0.4, 1.0), (1.3, 0.7)] {
            let edge = EdgeResponse::gauss(sigma, pixels, 0.25);
            assert!(edge.at(-50.0) == 0.0 && edge.at(50.0) == 1.0);
            assert!((edge.at(0.0) - 0.5).abs() < 1e-3, "half at the edge itself");
            let mut before = 0.0;
            for i in -400..400 {
                let now = edge.at(i as f32 / 50.0);
                assert!(now >= before - 1e-4, "monotonic at {i}");
                assert!((now + edge.at(-i as f32 / 50.0) - 1.0).abs() < 2e-3, "symmetric at {i}");
                before = now;
            }
        }
    }

    #[test]
    fn slopes_are_differences() {
        let bars = bars(&std::array::from_fn(|k| (k * 4) as u8));
        let u: Vec<f32> = (-20..310 * 4).map(|i| i as f32 / 4.0 + 0.1).collect();
        let scale: Vec<f32> = u.iter().map(|u| 1.0 + 0.1 * (u / 50.0).sin()).collect();
        let edge = EdgeResponse::gauss(0.7, 1.5, 0.25);
        let drawn = |by: f32, spread: f32| {
            let mut out = Vec::new();
            let moved: Vec<f32> = u.iter().map(|u| u + by).collect();
            darkness(&moved, &scale, &bars, spread, &edge, &mut out);
            out
        };
        let mut slopes_there = Vec::new();
        slopes(&u, &scale, &bars, 0.05, &edge, &mut slopes_there);
        let (now, ahead, behind) = (drawn(0.0, 0.05), drawn(0.02, 0.05), drawn(-0.02, 0.05));
        let (more, less) = (drawn(0.0, 0.07), drawn(0.0, 0.03));
        for (i, s) in slopes_there.iter().enumerate() {
            assert!((s.darkness - now[i]).abs() < 1e-6, "at {}", u[i]);
            assert!((s.by_place - (ahead[i] - behind[i]) / 0.04).abs() < 0.02, "at {}", u[i]);
            assert!((s.by_spread - (more[i] - less[i]) / 0.04).abs() < 0.02, "at {}", u[i]);
        }
    }

    #[test]
    fn a_sharp_symbol_is_its_bars() {
        let values = [12; FREE];
        let bars = bars(&values);
        assert_eq!(bars.len(), 25 * 3 + 4);
        assert_eq!(bars[bars.len() - 1].1, MODULES);
        let u: Vec<f32> = (-20..310 * 4).map(|i| i as f32 / 4.0 + 0.125).collect();
        let mut out = Vec::new();
        darkness(&u, &vec![1.0; u.len()], &bars, 0.0, &EdgeResponse::gauss(0.01, 40.0, 0.25), &mut out);
        for (u, dark) in u.iter().zip(out) {
            let inside = bars.iter().any(|(r, f)| r < u && u < f);
            assert!((dark - if inside { 1.0 } else { 0.0 }).abs() < 0.05, "at {u}: {dark}");
        }
    }
}
