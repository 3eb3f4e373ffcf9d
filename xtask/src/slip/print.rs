//! A symbol as a printer leaves it: edges fall on the printer's dots, ink spreads, bars lie at a place on the sheet.

use super::code::Modules;
use std::fmt::Write as _;

/// What printer and ink do to a symbol.
#[derive(Debug, Clone, Copy)]
pub struct Printer {
    /// Dots an inch; every edge falls on a dot.
    pub dpi: f64,
    /// How much wider (or, negative, narrower) than meant each dark stretch comes out, in millimetres.
    pub spread: f64,
}

impl Printer {
    /// The place, in millimetres, where an edge meant for `ideal` falls.
    fn edge(self, ideal: f64) -> f64 {
        let dot = 25.4 / self.dpi;
        (ideal / dot).round() * dot
    }
}

/// A slanted stretch across the whole height of a symbol where its ink is missing or covered.
#[derive(Debug, Clone, Copy)]
pub struct Gap {
    /// Left end at the symbol's middle height, millimetres from the first bar.
    pub from: f64,
    /// Right end.
    pub to: f64,
    /// Sideways shift for each millimetre down.
    pub slant: f64,
}

/// What kind of symbol, in the words of `read --json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The GS1-128 of the standard fee collection.
    #[serde(rename = "gs1-128-payment")]
    Payment,
    /// The eL-QR.
    ElQr,
    /// A QR that holds a web address.
    WebLink,
    /// Any other QR.
    OtherQr,
    /// Any other bar code.
    OtherCode,
}

/// A symbol on a sheet. All lengths are millimetres.
#[derive(Debug, Clone)]
pub struct Printed {
    /// Its kind.
    pub kind: Kind,
    /// What it says.
    pub text: String,
    /// Whether a reader may believe it.
    pub valid: bool,
    /// What should be dark.
    pub modules: Modules,
    /// Left edge of the first bar or cell.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Width of one module.
    pub module: f64,
    /// Height of the bars; of a QR, its side.
    pub height: f64,
    /// The printer.
    pub printer: Printer,
    /// What is missing of it.
    pub gap: Option<Gap>,
}

impl Printed {
    /// Width from the first dark edge to the last.
    pub fn width(&self) -> f64 {
        self.modules.across() as f64 * self.module
    }

    /// Quiet zone at its sides that a reader may count on.
    pub fn quiet(&self) -> f64 {
        match (&self.modules, self.kind) {
            (_, Kind::Payment) => 2.54,
            (Modules::Bars(_), _) => 10.0 * self.module,
            (Modules::Cells { .. }, _) => 4.0 * self.module,
        }
    }

    /// The four corners of the dark part, clockwise from the top left.
    pub fn corners(&self) -> [(f64, f64); 4] {
        let (left, top, right, bottom) = (self.x, self.y, self.x + self.width(), self.y + self.height);
        [(left, top), (right, top), (right, bottom), (left, bottom)]
    }

    /// The four corners with the quiet zone (above and below only for a QR).
    pub fn outer(&self) -> [(f64, f64); 4] {
        let side = self.quiet();
        let above = if matches!(self.modules, Modules::Cells { .. }) { side } else { 0.0 };
        let (left, right) = (self.x - side, self.x + self.width() + side);
        let (top, bottom) = (self.y - above, self.y + self.height + above);
        [(left, top), (right, top), (right, bottom), (left, bottom)]
    }

    /// The dark stretches of one line of modules, in millimetres from the symbol's left edge.
    fn stretches(&self, runs: impl Iterator<Item = (usize, usize)>) -> Vec<(f64, f64)> {
        runs.map(|(from, to)| {
            let half = self.printer.spread / 2.0;
            let edge = |at: usize| self.printer.edge(at as f64 * self.module);
            (edge(from) - half, edge(to) + half)
        })
        .collect()
    }

    /// The bars of a bar code; nothing for a QR.
    pub fn bars(&self) -> Vec<(f64, f64)> {
        let Modules::Bars(widths) = &self.modules else { return Vec::new() };
        let mut at = 0;
        let mut runs = Vec::new();
        for (index, width) in widths.iter().enumerate() {
            let next = at + usize::from(*width);
            if index % 2 == 0 {
                runs.push((at, next));
            }
            at = next;
        }
        self.stretches(runs.into_iter())
    }

    /// Draws it as SVG path data, gaps left out.
    pub fn svg(&self) -> String {
        let mut path = String::new();
        let mut rect = |x0: f64, y0: f64, x1: f64, y1: f64| {
            let _ = write!(path, "M{x0:.4} {y0:.4}H{x1:.4}V{y1:.4}H{x0:.4}z");
        };
        match &self.modules {
            Modules::Bars(_) => {
                for (from, to) in self.bars() {
                    if self.gap.is_none_or(|gap| to < gap.from || from > gap.to) {
                        rect(self.x + from, self.y, self.x + to, self.y + self.height);
                    }
                }
            }
            Modules::Cells { side, dark } => {
                let half = self.printer.spread / 2.0;
                for (row, line) in dark.chunks(*side).enumerate() {
                    let top = self.y + self.printer.edge(row as f64 * self.module) - half;
                    let bottom = self.y + self.printer.edge((row + 1) as f64 * self.module) + half;
                    for (from, to) in self.stretches(runs_of(line).into_iter()) {
                        rect(self.x + from, top, self.x + to, bottom);
                    }
                }
            }
        }
        format!("<path d=\"{path}\" fill=\"#000\"/>")
    }

    /// How much ink lies where, ready to be looked up many times.
    pub fn ink(&self) -> Ink {
        match &self.modules {
            Modules::Bars(_) => {
                // Half as wide as a module is fine, so a bar's edge needs some twenty steps.
                let step = 0.004;
                let count = ((self.width() + 2.0 * MARGIN) / step).ceil() as usize + 1;
                let mut line = vec![0.0f32; count];
                for (from, to) in self.bars() {
                    paint(&mut line, from + MARGIN, to + MARGIN, step);
                }
                Ink::Bars { x: self.x, y: self.y, height: self.height, step, line, gap: self.gap }
            }
            Modules::Cells { side, dark } => {
                let step = self.module / 16.0;
                let count = ((self.width() + 2.0 * MARGIN) / step).ceil() as usize + 1;
                let mut plane = vec![0.0f32; count * count];
                let half = self.printer.spread / 2.0;
                for (row, line) in dark.chunks(*side).enumerate() {
                    let mut across = vec![0.0f32; count];
                    for (from, to) in self.stretches(runs_of(line).into_iter()) {
                        paint(&mut across, from + MARGIN, to + MARGIN, step);
                    }
                    let mut down = vec![0.0f32; count];
                    let top = self.printer.edge(row as f64 * self.module) - half + MARGIN;
                    let bottom = self.printer.edge((row + 1) as f64 * self.module) + half + MARGIN;
                    paint(&mut down, top, bottom, step);
                    for (row, weight) in down.iter().enumerate().filter(|(_, w)| **w > 0.0) {
                        for (cell, ink) in plane[row * count..][..count].iter_mut().zip(&across) {
                            // Neighbouring rows share a soft edge: their parts of it add up.
                            *cell = (*cell + ink * weight).min(1.0);
                        }
                    }
                }
                Ink::Cells { x: self.x, y: self.y, step, count, plane }
            }
        }
    }
}

/// Paper around a symbol that its ink map still covers, so that spread ink has a place.
const MARGIN: f64 = 0.2;
/// Width over which a printed edge goes from paper to ink.
const SOFT: f64 = 0.02;

/// Adds a dark stretch with soft edges to a line of ink values `step` apart.
fn paint(line: &mut [f32], from: f64, to: f64, step: f64) {
    let first = (((from - SOFT) / step).floor().max(0.0)) as usize;
    let last = (((to + SOFT) / step).ceil().max(0.0) as usize).min(line.len().saturating_sub(1));
    for (at, value) in line.iter_mut().enumerate().take(last + 1).skip(first) {
        let place = at as f64 * step;
        let inside = ((place - from).min(to - place) / SOFT + 0.5).clamp(0.0, 1.0) as f32;
        *value = (*value + inside).min(1.0);
    }
}

fn runs_of(line: &[bool]) -> Vec<(usize, usize)> {
    let mut runs = Vec::new();
    let mut start = None;
    for (at, dark) in line.iter().copied().chain([false]).enumerate() {
        match (dark, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                runs.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    runs
}

/// A symbol's ink as a table over the sheet, in millimetres.
#[derive(Debug, Clone)]
pub enum Ink {
    /// The same on every line.
    Bars {
        /// Left edge.
        x: f64,
        /// Top edge.
        y: f64,
        /// Height of the bars.
        height: f64,
        /// Millimetres from one value to the next.
        step: f64,
        /// Ink, 0 to 1, from [`MARGIN`] left of the first bar.
        line: Vec<f32>,
        /// What is missing.
        gap: Option<Gap>,
    },
    /// Rows and columns.
    Cells {
        /// Left edge.
        x: f64,
        /// Top edge.
        y: f64,
        /// Millimetres from one value to the next.
        step: f64,
        /// Values a side.
        count: usize,
        /// Ink, 0 to 1.
        plane: Vec<f32>,
    },
}

impl Ink {
    /// Ink at a point of the sheet, 0 (none) to 1.
    #[inline]
    pub fn at(&self, px: f64, py: f64) -> f32 {
        match self {
            Self::Bars { x, y, height, step, line, gap } => {
                let (across, down) = (px - x, py - y);
                if down < 0.0 || down > *height {
                    return 0.0;
                }
                if let Some(gap) = gap {
                    let shift = (down - height / 2.0) * gap.slant;
                    if across > gap.from + shift && across < gap.to + shift {
                        return 0.0;
                    }
                }
                let at = (across + MARGIN) / step;
                if at < 0.0 { 0.0 } else { line.get(at as usize).copied().unwrap_or(0.0) }
            }
            Self::Cells { x, y, step, count, plane } => {
                let (across, down) = ((px - x + MARGIN) / step, (py - y + MARGIN) / step);
                if across < 0.0 || down < 0.0 || across >= *count as f64 || down >= *count as f64 {
                    return 0.0;
                }
                plane.get(down as usize * count + across as usize).copied().unwrap_or(0.0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slip::code;

    fn payment(dpi: f64, module: f64, spread: f64) -> Printed {
        let text = "91912345000012025010123456780026093000125005";
        Printed {
            kind: Kind::Payment,
            text: text.to_owned(),
            valid: true,
            modules: code::gs1_128(text, 0).expect("44 digits"),
            x: 10.0,
            y: 20.0,
            module,
            height: 10.0,
            printer: Printer { dpi, spread },
            gap: None,
        }
    }

    #[test]
    fn edges_fall_on_dots_and_ink_spreads() {
        // (dpi, module, dots a module, why)
        let cases = [
            (600.0, 0.169, 4.0, "the guideline's 0.169 mm is four dots at 600 dpi"),
            (300.0, 0.169, 2.0, "and two at 300"),
            (400.0, 0.190, 3.0, "0.190 mm is three dots at 400 dpi"),
            (480.0, 0.158, 3.0, "0.158 mm is three dots at 480 dpi"),
        ];
        for (dpi, module, dots, why) in cases {
            let bars = payment(dpi, module, 0.01).bars();
            let dot = 25.4 / dpi;
            // Start C = 2 1 1 2 3 2: bars of two, one and three modules, each 0.01 mm wider than meant.
            for ((from, to), modules) in bars.iter().zip([2.0, 1.0, 3.0]) {
                assert!((to - from - 0.01 - modules * dots * dot).abs() < 1e-9, "{why}: {from} to {to}");
            }
        }
    }

    #[test]
    fn ink_lies_where_the_modules_say() {
        let symbol = payment(600.0, 25.4 / 150.0, 0.0);
        let ink = symbol.ink();
        let Modules::Bars(widths) = &symbol.modules else { panic!("bars expected") };
        let mut at = 0.0;
        for (index, width) in widths.iter().enumerate() {
            for module in 0..*width {
                let middle = symbol.x + (at + f64::from(module) + 0.5) * symbol.module;
                let expected = if index % 2 == 0 { 1.0 } else { 0.0 };
                assert_eq!(ink.at(middle, 25.0), expected, "element {} (counted from one)", index + 1);
            }
            at += f64::from(*width);
        }
        assert_eq!(ink.at(symbol.x + 0.1, 19.9), 0.0, "above the bars");
        assert_eq!(ink.at(symbol.x + 0.1, 30.1), 0.0, "below the bars");
        assert!((symbol.width() - 288.0 * 25.4 / 150.0).abs() < 1e-9);
    }

    #[test]
    fn a_gap_leaves_no_ink() {
        let mut symbol = payment(600.0, 0.169, 0.0);
        symbol.gap = Some(Gap { from: 10.0, to: 20.0, slant: 0.5 });
        let ink = symbol.ink();
        for step in 0..100 {
            let x = symbol.x + 10.1 + f64::from(step) * 0.098;
            assert_eq!(ink.at(x, symbol.y + 5.0), 0.0, "inside the gap at {x}");
        }
        let lower: f32 = (0..50).map(|i| ink.at(symbol.x + 10.0 + f64::from(i) * 0.03, symbol.y + 9.9)).sum();
        assert!(lower > 5.0, "the slant leaves ink at the lower left of the gap: {lower}");
    }

    #[test]
    fn cells_are_printed_cell_by_cell() {
        let modules = code::qr("https://example.jp/").expect("short");
        let Modules::Cells { side, dark } = modules.clone() else { panic!("cells expected") };
        let printer = Printer { dpi: 600.0, spread: 0.0 };
        let symbol = Printed {
            kind: Kind::WebLink,
            text: String::new(),
            valid: true,
            modules,
            x: 1.0,
            y: 2.0,
            module: 0.4233333,
            height: side as f64 * 0.4233333,
            printer,
            gap: None,
        };
        let ink = symbol.ink();
        for row in 0..side {
            for column in 0..side {
                let x = symbol.x + (column as f64 + 0.5) * symbol.module;
                let y = symbol.y + (row as f64 + 0.5) * symbol.module;
                assert_eq!(ink.at(x, y) > 0.5, dark[row * side + column], "cell {column}, {row}");
            }
        }
    }
}
