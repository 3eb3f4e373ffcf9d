//! A candidate area → the linear symbol in it: many lines across the bars, each read on its own, believed only
//! together.

use super::code128::{self, Characters};
use super::elements::Found;
use super::limits::within;
use super::locate::Candidate;
use super::pyramid::Level;
use super::runs::Runs;
use super::{Point, Symbology, code39, ean13, itf};
use crate::small_sort::sort_few_by_key;

/// Lines laid over the height of an area. Stamps, creases and fingers seldom cover two thirds of them.
const LINES: usize = 15;
/// The order in which they are read: spread over the height, the surest first.
const ORDER: [usize; LINES] = [7, 4, 10, 2, 12, 6, 8, 5, 9, 3, 11, 1, 13, 0, 14];
/// Where so many of them say the same the others are not asked; where they show hardly a bar neither.
const FIRST: usize = 4;
/// Where the first half of them say nothing the others seldom do, and the likelihood path costs less than asking.
const HALF: usize = 8;
/// Bars of the shortest symbol there is, with some of them lost: EAN-13 has thirty.
const LEAST_BARS: usize = 12;
/// Bars below which what the first lines do not read is no payment symbol (79 bars) that other lines or sharpening would
/// bring out: of 50 that needed them none showed fewer than 66.
const MANY_BARS: usize = 40;
/// The middle of an area is surest to be code: its edge rows mix with text and frame.
const REACH: f32 = 0.82;
/// What lies beyond the located ends: the quiet zone, and ends lost to blur.
const MARGIN: f32 = 0.22;
/// Strengths of the unsharp mask, tried in turn: as it is, then for a blur of about a third and half a module.
const SHARPENING: [f32; 3] = [0.0, 0.9, 2.2];
/// Pixels a module below which a payment symbol does not show its edges: of 165 read by them none had less than 1.3. What
/// is that small may be a shorter symbol of another kind; the first lines tell.
const LEAST_MODULE: f32 = 0.9;
/// Modules of a payment symbol (288) and a little of its quiet zones: what an area's length is worth in modules.
const MODULES: f32 = 292.0;

/// Reads one line of runs, the first of which is a space.
type LineDecoder = fn(&[f32]) -> Option<Found>;

/// Symbologies that are only told for what they are.
const OTHERS: [(Symbology, LineDecoder); 3] =
    [(Symbology::Ean13, ean13::read), (Symbology::Itf, itf::read), (Symbology::Code39, code39::read)];

/// A symbol that the lines of one area agree on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Linear {
    pub(super) symbology: Symbology,
    pub(super) content: Content,
    /// In pixels of the level, in reading order: start and end of the topmost line, then of the bottommost.
    pub(super) top: (Point, Point),
    pub(super) bottom: (Point, Point),
    /// First and last of the lines that say the same.
    rows: (usize, usize),
    /// How many they are.
    agreeing: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Content {
    /// Code 128: symbol characters from START to the check character.
    Characters(Vec<u8>),
    /// Any other symbology.
    Text(String),
}

impl Content {
    /// Whether the symbology's own check holds (for the others it held already, or they would not be here).
    pub(super) fn checks(&self) -> bool {
        match self {
            Self::Characters(values) => code128::check_character_holds(values),
            Self::Text(_) => true,
        }
    }
}

/// What the lines of one area showed.
#[derive(Debug, Default)]
pub(super) struct Area {
    pub(super) symbols: Vec<Linear>,
    /// Bars are there with contrast enough, whatever they say.
    pub(super) bars_seen: usize,
}

/// Scratch memory of the line reader.
#[derive(Debug, Default)]
pub(super) struct LineReader {
    /// Each line as it was sampled.
    raw: [Vec<f32>; LINES],
    /// The rows of one line, summed.
    sums: Vec<i32>,
    line: Vec<f32>,
    prefix: Vec<f32>,
    runs: Runs,
    reversed: Vec<f32>,
    hits: Vec<Hit>,
}

#[derive(Debug)]
struct Hit {
    symbology: Symbology,
    content: Content,
    row: usize,
    start: Point,
    end: Point,
}

/// Where the samples of one line lie.
#[derive(Debug, Clone, Copy)]
struct Line {
    origin: (f32, f32),
    step: (f32, f32),
    /// From one averaged row to the next, along the bars.
    between: (f32, f32),
    rows: usize,
    samples: usize,
}

impl Line {
    fn at(&self, sample: f32) -> Point {
        Point { x: self.origin.0 + sample * self.step.0, y: self.origin.1 + sample * self.step.1 }
    }
}

impl LineReader {
    /// Reads the area; `agreement` lines must say the same.
    pub(super) fn read(&mut self, level: &Level, area: &Candidate, agreement: usize) -> Area {
        let mut result = Area::default();
        let module = 2.0 * area.half_length / MODULES;
        let small = module < LEAST_MODULE;
        let mut sampled = 0;
        for (attempt, &strength) in SHARPENING.iter().enumerate() {
            self.hits.clear();
            for (count, &row) in ORDER.iter().enumerate() {
                let line = lay(area, row, module);
                if count == sampled {
                    self.sample(level, &line, row);
                    sampled += 1;
                }
                self.sharpen(&line, row, module, strength);
                // Twice the widest element and one module more: a bar and a space always lie within.
                let step = (line.step.0.powi(2) + line.step.1.powi(2)).sqrt();
                self.runs.find(&self.line, ((9.0 * module / step) as usize).max(5));
                // Sharpened, noise shows as bars.
                if attempt == 0 {
                    result.bars_seen = result.bars_seen.max(self.runs.edges.len() / 2);
                }
                self.read_runs(&line, row, attempt == 0 && count < FIRST);
                if count + 1 == FIRST && (result.bars_seen < LEAST_BARS || self.unanimous()) {
                    break;
                }
                if count + 1 == FIRST && self.hits.is_empty() && (small || result.bars_seen < MANY_BARS) {
                    return result;
                }
                if count + 1 == HALF && self.hits.is_empty() {
                    break;
                }
            }
            self.agree(agreement, &mut result.symbols);
            if result.symbols.iter().any(|s| s.content.checks()) || result.bars_seen < LEAST_BARS {
                break;
            }
        }
        result
    }

    /// Whether every one of the first lines says the same, and it checks: the others need not be asked.
    fn unanimous(&self) -> bool {
        let Some(first) = self.hits.first() else { return false };
        self.hits.len() == FIRST
            && first.content.checks()
            && self.hits.iter().all(|h| h.symbology == first.symbology && h.content == first.content)
    }

    /// Fills `self.raw[row]` with the grey levels along `line`.
    fn sample(&mut self, level: &Level, line: &Line, row: usize) {
        let half = (line.rows as f32 - 1.0) / 2.0;
        let sums = &mut self.sums;
        sums.clear();
        sums.resize(line.samples.next_multiple_of(Level::TOGETHER), 0);
        for r in 0..line.rows {
            let r = r as f32 - half;
            let from = Point { x: line.origin.0 + r * line.between.0, y: line.origin.1 + r * line.between.1 };
            level.add_line(from, line.step, line.samples, sums);
        }
        let raw = &mut self.raw[row];
        raw.clear();
        let share = 1.0 / (line.rows as f32 * Level::ONE as f32);
        raw.extend(sums.iter().take(line.samples).map(|sum| *sum as f32 * share));
    }

    /// Fills `self.line` with what was sampled along `line`, sharpened.
    fn sharpen(&mut self, line: &Line, row: usize, module: f32, strength: f32) {
        let raw = &self.raw[row];
        self.line.clear();
        if strength == 0.0 {
            self.line.extend_from_slice(raw);
            return;
        }
        // Unsharp mask against the mean over two modules: lifts thin elements, which blur flattens most.
        let step = (line.step.0.powi(2) + line.step.1.powi(2)).sqrt();
        let half = ((module / step) as usize).max(1);
        self.prefix.clear();
        self.prefix.push(0.0);
        let mut sum = 0.0;
        for &value in raw {
            sum += value;
            self.prefix.push(sum);
        }
        for (i, &value) in raw.iter().enumerate() {
            let from = i.saturating_sub(half);
            let to = (i + half + 1).min(raw.len());
            let mean = (self.prefix[to] - self.prefix[from]) / (to - from) as f32;
            self.line.push(value + strength * (value - mean));
        }
    }

    fn read_runs(&mut self, line: &Line, row: usize, others: bool) {
        if self.runs.edges.len() < 20 {
            return;
        }
        self.reversed.clear();
        self.reversed.extend(self.runs.widths.iter().rev());
        // A line that ends on a bar has an even number of runs: reversed it would begin with one.
        if self.reversed.len().is_multiple_of(2) {
            self.reversed.insert(0, 1e-3);
        }
        let edges = &self.runs.edges;
        let hits = &mut self.hits;
        for backwards in [false, true] {
            let runs = if backwards { &self.reversed } else { &self.runs.widths };
            let shift = self.reversed.len() - self.runs.widths.len();
            // Run i lies between edges i - 1 and i.
            let ends = |first: usize, last: usize| {
                let edge = |i: usize| line.at(edges.get(i).copied().unwrap_or(line.samples as f32));
                if backwards {
                    let runs = edges.len() + 1 + shift;
                    (edge(runs - 1 - first), edge((runs - 1 - last).saturating_sub(1)))
                } else {
                    (edge(first - 1), edge(last))
                }
            };
            let before = hits.len();
            code128::read(runs, |Characters { values, first, last }| {
                let (start, end) = ends(first, last);
                hits.push(Hit { symbology: Symbology::Code128, content: Content::Characters(values), row, start, end });
            });
            if others && hits.len() == before {
                for (symbology, read) in OTHERS {
                    if let Some(Found { text, first, last }) = read(runs) {
                        let (start, end) = ends(first, last);
                        hits.push(Hit { symbology, content: Content::Text(text), row, start, end });
                    }
                }
            }
        }
    }

    /// Moves to `out` what enough lines agree on, and nothing that other lines contradict.
    fn agree(&mut self, agreement: usize, out: &mut Vec<Linear>) {
        let mut groups: Vec<Linear> = Vec::new();
        for hit in self.hits.drain(..) {
            match groups.iter_mut().find(|g| g.symbology == hit.symbology && g.content == hit.content) {
                Some(group) => {
                    group.agreeing += 1;
                    if hit.row < group.rows.0 {
                        (group.top, group.rows.0) = ((hit.start, hit.end), hit.row);
                    }
                    if hit.row > group.rows.1 {
                        (group.bottom, group.rows.1) = ((hit.start, hit.end), hit.row);
                    }
                }
                None => groups.push(Linear {
                    symbology: hit.symbology,
                    content: hit.content,
                    top: (hit.start, hit.end),
                    bottom: (hit.start, hit.end),
                    rows: (hit.row, hit.row),
                    agreeing: 1,
                }),
            }
        }
        sort_few_by_key(&mut groups, |g| std::cmp::Reverse((g.content.checks(), g.agreeing)));
        for group in groups {
            // What fails its check must be seen on more lines to be told: a torn row makes one by chance.
            let needed = if group.content.checks() { agreement } else { agreement + 2 };
            let contradicted = out.iter().any(|o| overlap(o, &group));
            if group.agreeing >= needed && !contradicted {
                out.push(group);
            }
        }
    }
}

/// Line `row` of [`LINES`] over the area.
fn lay(area: &Candidate, row: usize, module: f32) -> Line {
    let spacing = 2.0 * REACH * area.half_height / (LINES - 1) as f32;
    let v = -REACH * area.half_height + row as f32 * spacing;
    let half = area.half_length * (1.0 + MARGIN) + 8.0;
    // Where a payment symbol would be too small, a shorter one with larger modules may still be told.
    let finest = if module < LEAST_MODULE { 0.6 } else { 0.3 };
    let step = within(finest, 1.0, module / 5.0);
    Line {
        origin: (
            area.centre.0 - half * area.along.0 + v * area.bars.0,
            area.centre.1 - half * area.along.1 + v * area.bars.1,
        ),
        step: (step * area.along.0, step * area.along.1),
        between: area.bars,
        rows: (spacing as usize).clamp(1, 5),
        samples: (2.0 * half / step) as usize,
    }
}

/// Whether two readings of one area lie over each other: one of them is a misreading then. Side by side or one below
/// the other they are two symbols.
fn overlap(a: &Linear, b: &Linear) -> bool {
    let interleaved = a.rows.0 <= b.rows.1 && b.rows.0 <= a.rows.1;
    let middle = |l: &Linear| ((l.top.0.x + l.top.1.x) / 2.0, (l.top.0.y + l.top.1.y) / 2.0);
    let length = |l: &Linear| (l.top.0.x - l.top.1.x).hypot(l.top.0.y - l.top.1.y);
    let ((ax, ay), (bx, by)) = (middle(a), middle(b));
    interleaved && (ax - bx).hypot(ay - by) < (length(a) + length(b)) / 2.0
}
