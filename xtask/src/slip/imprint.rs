//! What printer, paper and people leave of a bar code: edges that wander, ink that spreads, dots that fail, stamps,
//! fingers, holes.

use super::draw::{Area, Drawing};
use super::print::Printed;
use rand::Rng;
use rand::rngs::SmallRng;
use std::fmt::Write as _;

/// A streak along the bars: a dead or weak dot of the print head.
#[derive(Debug, Clone, Copy)]
pub struct Streak {
    /// Millimetres from the first bar.
    pub from: f64,
    /// Its end.
    pub to: f64,
    /// Stretch of the height over which it fails, 0 to 1.
    pub rows: (f64, f64),
    /// Share of the ink that is left.
    pub left: f32,
}

/// How a bar code is printed.
#[derive(Debug, Clone, Default)]
pub struct Defects {
    /// Standard deviation of each edge's place, modules.
    pub jitter: f64,
    /// Further growth of every bar, modules.
    pub growth: f64,
    /// Share of the ink left by row, from top to bottom in equal steps; empty = all of it.
    pub rows: Vec<f32>,
    /// Streaks along the bars.
    pub streaks: Vec<Streak>,
    /// Light that the ink gives back (red, green, blue); black = all small.
    pub ink: Option<[f32; 3]>,
    /// Light that the paper gives back with respect to white.
    pub paper: Option<[f32; 3]>,
}

/// A bar code's ink, ready to be looked up.
#[derive(Debug, Clone)]
pub struct Imprint {
    x: f64,
    y: f64,
    height: f64,
    line: Vec<f32>,
    rows: Vec<f32>,
    streaks: Vec<Streak>,
}

/// Step of the ink's table, millimetres.
const STEP: f64 = 0.002;
/// Paper at both sides that the table covers, millimetres.
const MARGIN: f64 = 0.3;
/// Width over which a printed edge goes from paper to ink, millimetres.
const SOFT: f64 = 0.02;

impl Imprint {
    /// Prints `code` with `defects`.
    pub fn new(code: &Printed, defects: &Defects, rng: &mut SmallRng) -> Self {
        let mut line = vec![0.0f32; ((code.width() + 2.0 * MARGIN) / STEP) as usize + 1];
        let mut wander = || bell(rng) * defects.jitter * code.module;
        for (from, to) in code.bars() {
            let half = defects.growth * code.module / 2.0;
            let (from, to) = (from - half + wander() + MARGIN, to + half + wander() + MARGIN);
            let first = ((from - SOFT) / STEP).max(0.0) as usize;
            let last = (((to + SOFT) / STEP).max(0.0) as usize + 1).min(line.len());
            for (at, value) in line.iter_mut().enumerate().take(last).skip(first) {
                let place = at as f64 * STEP;
                let inside = ((place - from).min(to - place) / SOFT + 0.5).clamp(0.0, 1.0) as f32;
                *value = (*value + inside).min(1.0);
            }
        }
        Self {
            x: code.x,
            y: code.y,
            height: code.height,
            line,
            rows: defects.rows.clone(),
            streaks: defects.streaks.clone(),
        }
    }

    /// Ink at a point of the sheet, 0 (none) to 1.
    #[inline]
    pub fn at(&self, px: f64, py: f64) -> f32 {
        let (across, down) = (px - self.x, (py - self.y) / self.height);
        if !(0.0..1.0).contains(&down) {
            return 0.0;
        }
        let at = (across + MARGIN) / STEP;
        let mut ink = if at < 0.0 { 0.0 } else { self.line.get(at as usize).copied().unwrap_or(0.0) };
        if !self.rows.is_empty() {
            ink *= self.rows[((down * self.rows.len() as f64) as usize).min(self.rows.len() - 1)];
        }
        for streak in &self.streaks {
            if across >= streak.from && across < streak.to && down >= streak.rows.0 && down < streak.rows.1 {
                ink *= streak.left;
            }
        }
        ink
    }
}

/// A bell-distributed value of standard deviation one.
pub fn bell(rng: &mut SmallRng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
    radius * (rng.random::<f64>() * std::f64::consts::TAU).cos()
}

/// One to four weak or dead dots of a print head that ran along the bars.
pub fn streaks(code: &Printed, rng: &mut SmallRng) -> Vec<Streak> {
    (0..rng.random_range(1..=4))
        .map(|_| {
            let from = rng.random_range(0.0..code.width());
            let whole = rng.random_bool(0.4);
            let start = if whole { 0.0 } else { rng.random_range(0.0..0.7) };
            Streak {
                from,
                to: from + rng.random_range(0.03..0.085),
                rows: (start, if whole { 1.0 } else { start + rng.random_range(0.2..0.5) }),
                left: if rng.random_bool(0.5) { 0.0 } else { rng.random_range(0.2..0.7) },
            }
        })
        .collect()
}

/// Rows that a printer which draws across the bars left out.
pub fn dropped_rows(code: &Printed, rng: &mut SmallRng) -> Vec<f32> {
    let dot = 0.085;
    let count = (code.height / dot).round() as usize;
    let mut rows = vec![1.0; count];
    for _ in 0..rng.random_range(3..14) {
        let (at, thick) = (rng.random_range(0..count), rng.random_range(1..8));
        let left = if rng.random_bool(0.7) { 0.0 } else { rng.random_range(0.1..0.6) };
        rows.iter_mut().skip(at).take(thick).for_each(|row| *row = left);
    }
    rows
}

/// Gaps between the lines of a needle printer, 1/72 to 1/120 inch apart.
pub fn needle_rows(code: &Printed, rng: &mut SmallRng) -> Vec<f32> {
    let pitch = 25.4 / rng.random_range(72.0..120.0f64);
    let (gap, left) = (rng.random_range(0.12..0.35), rng.random_range(0.0..0.4f32));
    let step = 0.02;
    (0..(code.height / step) as usize)
        .map(|at| if (at as f64 * step / pitch).fract() < gap { left } else { 1.0 })
        .collect()
}

/// A round stamp over part of a bar code; drawn on a layer that is multiplied with what lies below.
pub fn stamp(code: &Printed, rng: &mut SmallRng) -> Drawing {
    let mut layer = Drawing::default();
    let radius = rng.random_range(5.0..10.0);
    let centre =
        (code.x + code.width() * rng.random_range(0.0..1.0), code.y + code.height * rng.random_range(-0.3..1.3));
    let (r, g, b) = super::payload::pick(rng, &[(205, 50, 45), (190, 40, 60), (90, 60, 150), (40, 70, 150)]);
    let alpha = rng.random_range(0.5..0.9);
    let ink = format!("rgba({r},{g},{b},{alpha:.2})");
    layer.circle(centre, radius, &ink, rng.random_range(0.4..0.9));
    layer.line((centre.0 - radius, centre.1 - 1.6), (centre.0 + radius, centre.1 - 1.6), &ink, 0.35, "");
    layer.line((centre.0 - radius, centre.1 + 1.6), (centre.0 + radius, centre.1 + 1.6), &ink, 0.35, "");
    let middle = super::draw::Anchor::Middle;
    layer.text_within((centre.0, centre.1 + 1.0), 2.6, radius * 1.7, &ink, middle, "8.12.24");
    layer.text_within((centre.0, centre.1 - 2.4), radius * 0.4, radius * 1.5, &ink, middle, "見本市");
    layer.text_within((centre.0, centre.1 + radius * 0.62), radius * 0.4, radius * 1.5, &ink, middle, "収納");
    layer
}

/// A finger that holds the paper and reaches over part of a bar code's height; a quarter or more of it stays free.
pub fn finger(code: &Printed, rng: &mut SmallRng) -> Drawing {
    let mut layer = Drawing::default();
    let below = rng.random_bool(0.6);
    let cover = rng.random_range(0.15..0.5) * code.height;
    let tip = (
        code.x + code.width() * rng.random_range(0.05..0.95),
        if below { code.y + code.height - cover } else { code.y + cover },
    );
    let (wide, long) = (rng.random_range(13.0..19.0), 60.0);
    let skin = super::payload::pick(rng, &[("#d9a884", "#b98561"), ("#c79a77", "#9d7150"), ("#e6bfa0", "#c69676")]);
    let turn = rng.random_range(-25.0..25.0) + if below { 0.0 } else { 180.0 };
    let round = wide * 0.48;
    let (x, y) = (tip.0 - wide / 2.0, tip.1);
    let _ = write!(layer.body, r#"<g transform="rotate({turn:.2} {:.3} {:.3})">"#, tip.0, tip.1);
    for (grow, ink) in [(1.0, "rgba(0,0,0,0.10)"), (0.5, "rgba(0,0,0,0.16)"), (0.0, skin.1), (-0.9, skin.0)] {
        let _ = write!(
            layer.body,
            r#"<rect x="{:.3}" y="{:.3}" width="{:.3}" height="{long}" rx="{round:.3}" fill="{ink}"/>"#,
            x - grow,
            y - grow.min(0.0),
            wide + 2.0 * grow,
        );
    }
    layer.fill(Area { x: tip.0 - wide * 0.3, y: y + 1.6, w: wide * 0.6, h: 8.0 }, "rgba(255,230,220,0.35)");
    layer.body.push_str("</g>");
    layer
}

/// A line of punched slits that runs through a bar code.
pub fn perforation(code: &Printed, rng: &mut SmallRng) -> Drawing {
    let mut layer = Drawing::default();
    let along = rng.random_bool(0.6);
    let ink = "#4a463f";
    let (dash, gap) = (rng.random_range(0.5..1.2), rng.random_range(0.6..1.2));
    let pattern = format!("{dash:.2} {gap:.2}");
    let wide = rng.random_range(0.15..0.4);
    if along {
        let y = code.y + code.height * rng.random_range(0.05..0.95);
        let slope = rng.random_range(-0.02..0.02) * code.width();
        layer.line((code.x - 15.0, y - slope), (code.x + code.width() + 15.0, y + slope), ink, wide, &pattern);
    } else {
        // Across the rows: a slit is as narrow as a bar and would be one, but there are rows between the slits.
        let x = code.x + code.width() * rng.random_range(0.1..0.9);
        let slope = rng.random_range(-4.0..4.0);
        layer.line((x - slope, code.y - 12.0), (x + slope, code.y + code.height + 12.0), ink, wide, &pattern);
    }
    layer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slip::code;
    use crate::slip::print::{Kind, Printer};
    use rand::SeedableRng;

    fn symbol() -> Printed {
        let text = "91912345000012025010123456780026093000125005";
        Printed {
            kind: Kind::Payment,
            text: text.to_owned(),
            valid: true,
            modules: code::gs1_128(text, 0).expect("44 digits"),
            x: 10.0,
            y: 20.0,
            module: 25.4 / 150.0,
            height: 10.0,
            printer: Printer { dpi: 600.0, spread: 0.0 },
            gap: None,
        }
    }

    /// Share of a line that is inked.
    fn inked(imprint: &Imprint, code: &Printed, y: f64) -> f64 {
        let count = 28_800;
        let sum: f32 =
            (0..count).map(|at| imprint.at(code.x + code.width() * (f64::from(at) + 0.5) / f64::from(count), y)).sum();
        f64::from(sum) / f64::from(count)
    }

    #[test]
    fn each_defect_takes_or_adds_the_ink_it_says() {
        let code = symbol();
        let plain = inked(&Imprint::new(&code, &Defects::default(), &mut SmallRng::seed_from_u64(1)), &code, 25.0);
        // 79 bars in 288 modules: growth by a tenth of a module adds 7.9 modules of ink.
        let rows = vec![1.0, 0.0, 1.0, 0.0];
        let streak = Streak { from: 0.0, to: 0.3, rows: (0.0, 0.5), left: 0.0 };
        // (defects, line, expected share with respect to a plain one, why)
        let cases = [
            (Defects { growth: 0.1, ..Defects::default() }, 25.0, plain + 7.9 / 288.0, "spread ink"),
            (Defects { growth: -0.1, ..Defects::default() }, 25.0, plain - 7.9 / 288.0, "shrunk ink"),
            (Defects { rows: rows.clone(), ..Defects::default() }, 21.0, plain, "a row that was printed"),
            (Defects { rows, ..Defects::default() }, 23.0, 0.0, "a row that was dropped"),
            (
                Defects { jitter: 0.06, ..Defects::default() },
                25.0,
                plain,
                "edges that wander take as much as they give",
            ),
            (
                Defects { streaks: vec![streak], ..Defects::default() },
                22.0,
                plain - 0.3 / code.width(),
                "a streak through the first bar",
            ),
            (Defects { streaks: vec![streak], ..Defects::default() }, 28.0, plain, "below the streak's end"),
        ];
        for (defects, y, expected, why) in cases {
            let found = inked(&Imprint::new(&code, &defects, &mut SmallRng::seed_from_u64(5)), &code, y);
            assert!((found - expected).abs() < 0.004, "{why}: {found} against {expected}");
        }
    }

    #[test]
    fn a_finger_leaves_a_part_of_the_height_free() {
        let code = symbol();
        for seed in 0..20 {
            let layer = finger(&code, &mut SmallRng::seed_from_u64(seed));
            let area = Area { x: code.x, y: code.y, w: code.width(), h: code.height };
            let pixels = super::super::draw::render(&layer, area, 244, 50).expect("rendered");
            let free =
                (0..50).filter(|y| (0..244).all(|x| pixels.pixel(x, *y).is_some_and(|p| p.alpha() == 0))).count();
            assert!(free >= 15, "seed {seed}: {free} of 50 rows free");
            let hidden = pixels.pixels().iter().filter(|p| p.alpha() > 200).count();
            assert!(hidden > 100, "seed {seed}: the finger covers {hidden} points");
        }
    }
}
