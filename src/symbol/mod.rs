//! A picture → the text of a symbol, how sure it is, where it lies, and advice for the hand that holds the phone.
//!
//! This room knows bars and modules; it does not know money, dates or wards. What it must know of a payload comes
//! in as a [`Grammar`], a value that the layout table of another room yields.
//!
//! A linear symbol is read in one of two ways. First by its edges: candidate areas (`locate`), many lines over each,
//! runs, characters, and belief only where lines agree (`linear`). What blur, size or noise hides from edges goes to the
//! maximum-likelihood path (`soft`), which reads payment symbols only, because it lives on what is known of them.

mod advice;
mod code128;
mod code39;
mod direction;
mod ean13;
mod elements;
mod itf;
mod lanes;
mod limits;
mod linear;
mod locate;
mod mask;
mod pyramid;
mod qr;
mod runs;
mod soft;
#[cfg(test)]
mod tests;

use serde::Serialize;

pub use advice::Coach;
use advice::{Steady, View};
use linear::{Content, LineReader, Linear};
use locate::{Candidate, Locator};
use pyramid::Pyramid;
use qr::{Effort, QrReader};
use soft::{Glimpse, SoftReader};

use crate::frame::Frame;
use crate::small_sort::sort_few_by_key;

/// A place in a picture: x to the right, y down, in pixels, pixel centres at whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

/// The kind of symbol, by the field's own names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Symbology {
    /// Code 128 with FNC1 in the first place (ISO/IEC 15417, GS1 General Specifications).
    #[serde(rename = "gs1-128")]
    Gs1_128,
    /// Code 128 without it.
    #[serde(rename = "code-128")]
    Code128,
    /// EAN-13 (ISO/IEC 15420), what shops print on goods.
    #[serde(rename = "ean-13")]
    Ean13,
    /// Interleaved 2 of 5 (ISO/IEC 16390).
    Itf,
    /// Code 39 (ISO/IEC 16388).
    #[serde(rename = "code-39")]
    Code39,
    /// QR Code (ISO/IEC 18004).
    Qr,
}

/// A symbol found in a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Symbol {
    /// What it is.
    pub symbology: Symbology,
    /// What it says. For GS1-128 the digits after FNC1; a later FNC1 is U+001D.
    pub text: String,
    /// Top-left, top-right, bottom-right, bottom-left, as the symbol is read, wherever they lie in the picture.
    pub corners: [Point; 4],
    /// Whether the symbol's own checks, the grammar's and the agreement of rows all hold.
    /// `false` is "found, but does not check": its text must never become a notice.
    pub valid: bool,
}

/// What must be known of a 44-digit payload to read and to believe it, without knowing what it means.
#[derive(Debug, Clone, Copy)]
pub struct Grammar {
    /// For each of the 22 digit pairs, which of 00..=99 may stand there.
    pub pairs: &'static [[bool; 100]; 22],
    /// Whether 44 ASCII digits fulfil the payload's own check digit.
    pub checks: fn(&[u8; 44]) -> bool,
}

/// Advice for the hand that holds the phone, drawn from what was measured in the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Advice {
    /// A symbol was read: nothing to do.
    Done,
    /// Nothing like a barcode is in view.
    NotFound,
    /// Bars are in view but too small to read.
    Closer,
    /// Bars run out of the picture on both sides.
    Farther,
    /// Bars run out of the picture, or into it, on the left.
    CutLeft,
    /// The same on the right.
    CutRight,
    /// The same at the top.
    CutTop,
    /// The same at the bottom.
    CutBottom,
    /// Bars are in view, large enough, but washed out.
    Blurred,
    /// The code moves from frame to frame.
    Moving,
    /// A bright patch lies over the bars.
    Glare,
    /// The paper is seen at a strong slant.
    Tilted,
    /// The picture as a whole is too dark.
    TooDark,
    /// A good view that has not been read yet: keep still.
    HoldStill,
}

/// What one frame gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Every symbol found, those that check first.
    pub symbols: Vec<Symbol>,
    /// What the hand should do next: that of `coach`.
    pub advice: Advice,
    /// The same with how sure it is and which place it means.
    pub coach: Coach,
    /// The digits of the payment barcode among the symbols that several frames together say, where they do: only
    /// [`Reader::watch`] sets it.
    pub together: Option<String>,
    /// Whether a payment barcode is in view that is too poor to be read by itself and whose evidence adds up over the
    /// frames: only [`Reader::watch`] sets it.
    pub gathering: bool,
}

/// What the likelihood path made of one area, believed or not: for deriving the limits of belief, never for the page.
#[cfg(feature = "measure")]
#[derive(Debug, Clone)]
pub struct Attempted {
    /// The likeliest 44 digits that check.
    pub digits: String,
    /// Whether they were believed.
    pub believed: bool,
    /// Cost of the next word that checks less that of this one, in nats.
    pub margin: f32,
    /// Cost of this word less that of the best without checks or grammar, in nats.
    pub penalty: f32,
    /// Fitted blur, in modules.
    pub sigma: f32,
    /// The largest residual of a character, in units of contrast.
    pub residual: f32,
    /// The largest mean square residual of a character against that of the whole symbol.
    pub relative: f32,
    /// The least share of the rows that the fit trusts at a character.
    pub share: f32,
}

/// What comes after a picture, and so how much is tried on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// Perhaps another one, which this one has nothing to do with.
    Frame,
    /// The next frame of a running camera: evidence adds up.
    Running,
    /// Nothing: someone waits for what this one shows.
    Photo,
}

/// Reads frames. Holds the scratch memory, so that a running camera allocates little anew.
pub struct Reader {
    grammar: Grammar,
    pyramid: Pyramid,
    locator: Locator,
    lines: LineReader,
    soft: SoftReader,
    steady: Steady,
    qr: QrReader,
    #[cfg(feature = "measure")]
    attempted: Vec<Attempted>,
}

impl std::fmt::Debug for Reader {
    // The scratch memory holds the last picture.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").finish_non_exhaustive()
    }
}

/// Candidates tried on one level. The code is nearly always the first; a crowded slip has a few rivals.
const CANDIDATES: usize = 6;
/// The largest level searched first, in pixels: the half of a 1080p frame, where modules of two pixels still show as stripes.
/// Finer levels are searched only when the coarser ones gave nothing.
const FIRST_LEVEL: usize = 600_000;
/// Beside a payment symbol that was read only areas of this share of its score are read: another notice in view.
const ANOTHER: f32 = 0.2;
/// Lines that must agree: two that say the same by chance, both checks holding, do not occur.
const AGREEMENT: usize = 2;
/// Areas given to the likelihood path.
const SOFT_CANDIDATES: usize = 2;
/// The same of a photo, where one of the first looked like a symbol: others are its outline drawn otherwise.
const SOFT_CANDIDATES_OF_PHOTO: usize = 3;
/// Shapes given to it: 288 by 59 modules or a little more, seen at up to 50° either way.
const SOFT_SLIMNESS: std::ops::RangeInclusive<f32> = 1.8..=10.0;
/// From the front a symbol is nearly five times as long as high; what is less slim than this is less likely one.
const USUAL_SLIMNESS: f32 = 3.5;
/// The least length given to it, in pixels of the frame: half a pixel a module.
const SOFT_LENGTH: f32 = 140.0;
/// The largest level given to the QR reader at once, in pixels.
const QR_LEVEL: usize = 3_200_000;

impl Reader {
    /// A reader for payloads of this grammar.
    #[must_use]
    pub fn new(grammar: Grammar) -> Self {
        Self {
            grammar,
            pyramid: Pyramid::default(),
            locator: Locator::default(),
            lines: LineReader::default(),
            soft: SoftReader::default(),
            steady: Steady::default(),
            qr: QrReader::default(),
            #[cfg(feature = "measure")]
            attempted: Vec::new(),
        }
    }

    /// Looks for symbols in one frame, on its own: nothing is remembered from the frame before.
    pub fn read(&mut self, frame: Frame<'_>) -> Reading {
        self.look(frame, Pace::Frame)
    }

    /// The same of a photo: no next frame comes, and none waits, so more is tried where the first ideas do not read it.
    pub fn study(&mut self, photo: Frame<'_>) -> Reading {
        self.look(photo, Pace::Photo)
    }

    /// Looks for symbols in the next frame of a running camera. What a payment symbol too poor to be read shows is
    /// remembered and added up, so that a run of poor frames becomes one sure read. The advice stays for a while.
    pub fn watch(&mut self, frame: Frame<'_>) -> Reading {
        let reading = self.look(frame, Pace::Running);
        let coach = self.steady.next(reading.coach, self.soft.gathered());
        Reading { advice: coach.advice, coach, ..reading }
    }

    /// Forgets what [`Reader::watch`] has seen; the scratch memory goes too, because it holds the last picture.
    pub fn forget(&mut self) {
        *self = Self::new(self.grammar);
    }

    fn look(&mut self, frame: Frame<'_>, pace: Pace) -> Reading {
        let watched = pace == Pace::Running;
        self.soft.next_frame(pace);
        #[cfg(feature = "measure")]
        self.attempted.clear();
        self.pyramid.build(frame);
        let mut symbols = Vec::new();
        let mut views = Vec::new();
        let mut unread = Vec::new();
        let levels = self.pyramid.levels();
        let first = levels.iter().position(|l| l.width * l.height <= FIRST_LEVEL).unwrap_or(levels.len() - 1);
        let mut tried: Vec<Candidate> = Vec::new();
        // From the first level up to the coarsest, then down to the finer ones.
        for level in (first..levels.len()).chain((0..first).rev()) {
            let levels = self.pyramid.levels();
            let candidates = self.locator.find(&levels[level], CANDIDATES);
            let mut enough = 0.0;
            for candidate in &candidates {
                if candidate.score < enough {
                    break;
                }
                let middle = Point { x: candidate.centre.0, y: candidate.centre.1 };
                if symbols.iter().any(|s: &Symbol| s.valid && covers(&s.corners, Pyramid::to_frame(level, middle))) {
                    continue;
                }
                let (at, area) = best_level(level, candidate);
                let in_frame = finer(candidate, level);
                let read = if tried.iter().any(|other| locate::same(other, &in_frame)) {
                    linear::Area::default()
                } else {
                    self.lines.read(&levels[at], &area, AGREEMENT)
                };
                tried.push(in_frame);
                views.push(View::new(level, candidate, &read));
                let slimness = candidate.half_length / candidate.half_height;
                let slim = SOFT_SLIMNESS.contains(&slimness);
                let long = 2.0 * candidate.half_length * (1 << level) as f32 >= SOFT_LENGTH;
                // What the edges say and its own check confirms is known: nothing is left to be found there.
                let known = read.symbols.iter().any(|s| s.content.checks());
                if slim && long && !known {
                    let likely = (slimness / USUAL_SLIMNESS).min(1.0).powi(2);
                    let scale = (1 << level) as f32;
                    // The score sums over the area: half a page of text has more of it than a small symbol.
                    let side = (candidate.half_length * candidate.half_height).sqrt();
                    unread.push((likely * candidate.score * scale / side, at, area));
                }
                for linear in read.symbols {
                    let symbol = self.grammar.symbol(linear, at);
                    // In a photo another notice is told however weakly it shows: no next frame shows it better.
                    if symbol.valid && symbol.symbology == Symbology::Gs1_128 && pace != Pace::Photo {
                        enough = ANOTHER * candidate.score;
                    }
                    add(&mut symbols, symbol);
                }
            }
            if pace != Pace::Photo && gs1_read(&symbols) {
                break;
            }
        }
        let mut together = None;
        let mut glimpse = None;
        if pace == Pace::Photo || !gs1_read(&symbols) {
            (together, glimpse) = self.read_soft(unread, pace, &mut symbols);
        }
        self.read_qr(watched, &mut symbols);
        sort_few_by_key(&mut symbols, |s| (!s.valid, s.symbology != Symbology::Gs1_128, s.symbology != Symbology::Qr));
        let gathered = if watched { self.soft.gathered() } else { 0 };
        let coach = advice::from(&symbols, &views, glimpse, gathered, frame);
        let gathering = gathered > 0 && !gs1_read(&symbols);
        Reading { symbols, advice: coach.advice, coach, together, gathering }
    }

    /// What the likelihood path weighed in the last frame.
    #[cfg(feature = "measure")]
    #[must_use]
    pub fn attempted(&self) -> &[Attempted] {
        &self.attempted
    }

    /// The likelihood path on the areas that look most like a code; the text that several frames together say,
    /// and the first symbol seen, in pixels of the frame.
    fn read_soft(
        &mut self,
        mut areas: Vec<(f32, usize, Candidate)>,
        pace: Pace,
        symbols: &mut Vec<Symbol>,
    ) -> (Option<String>, Option<Glimpse>) {
        let mut glimpse = None;
        sort_few_by_key(&mut areas, |area| -area.0);
        // Where nothing is left to be found.
        let mut known: Vec<[Point; 4]> = symbols.iter().filter(|s| s.valid).map(|s| s.corners).collect();
        let most = if pace == Pace::Photo { SOFT_CANDIDATES_OF_PHOTO } else { SOFT_CANDIDATES };
        for (i, (_, level, area)) in areas.iter().take(most).enumerate() {
            if i >= SOFT_CANDIDATES && !self.soft.seen() {
                break;
            }
            let middle = Pyramid::to_frame(*level, Point { x: area.centre.0, y: area.centre.1 });
            if known.iter().any(|corners| covers(corners, middle)) {
                continue;
            }
            let (level, area) = soft_level(*level, area, self.pyramid.levels().len());
            let picture = &self.pyramid.levels()[level];
            let attempt = if pace == Pace::Running {
                self.soft.watch(picture, level, &area, &self.grammar)
            } else {
                self.soft.read(picture, &area, &self.grammar)
            };
            let in_frame = |corners: [Point; 4]| corners.map(|p| Pyramid::to_frame(level, p));
            glimpse = glimpse.or(self.soft.glimpse().map(|g| Glimpse { corners: in_frame(g.corners), ..g }));
            // Another outline of the same symbol: of 890 frames, 22 of which it was tried on, it read one, for half as much
            // time again. A photo has no next frame.
            if pace != Pace::Photo || self.soft.clear() {
                known.extend(self.soft.glimpse().map(|g| in_frame(g.corners)));
            }
            let Some(attempt) = attempt else { continue };
            #[cfg(feature = "measure")]
            self.attempted.push(attempt.measured());
            if attempt.believed() {
                let corners = in_frame(attempt.corners);
                let text: String = attempt.digits.iter().map(|d| char::from(*d)).collect();
                let together = (attempt.frames > 1).then(|| text.clone());
                add(symbols, Symbol { symbology: Symbology::Gs1_128, text, corners, valid: true });
                // In a photo there may be another notice.
                if pace != Pace::Photo {
                    return (together, glimpse);
                }
                known.push(corners);
            }
        }
        (None, glimpse)
    }

    fn read_qr(&mut self, watched: bool, symbols: &mut Vec<Symbol>) {
        let levels = self.pyramid.levels();
        let first = levels.iter().position(|l| l.width * l.height <= QR_LEVEL).unwrap_or(levels.len() - 1);
        // A slip that has given its bar code has said all; of a running camera the next frame may show more.
        let said = gs1_read(symbols);
        let effort = match (watched, said) {
            (true, true) => Effort::Quick,
            (false, true) => Effort::Usual,
            (_, false) => Effort::Full,
        };
        for (level, found) in self.qr.read(levels, first, effort) {
            let corners = found.corners.map(|p| Pyramid::to_frame(level, p));
            add(symbols, Symbol { symbology: Symbology::Qr, text: found.text, corners, valid: true });
        }
    }
}

impl Grammar {
    /// A linear symbol with what this grammar says of it.
    fn symbol(&self, linear: Linear, level: usize) -> Symbol {
        let checks = linear.content.checks();
        let (symbology, text, valid) = match linear.content {
            Content::Characters(values) => {
                let (gs1, text) = code128::text(&values);
                let symbology = if gs1 { Symbology::Gs1_128 } else { Symbology::Code128 };
                let payload = code128::payment_digits(&values);
                // Only what begins like this grammar's payload answers to its check digit.
                let holds = payload.is_none_or(|digits| !self.begins(&digits) || (self.checks)(&digits));
                (symbology, text, checks && holds)
            }
            Content::Text(text) => (linear.symbology, text, checks),
        };
        let (top, bottom) = upright(linear.top, linear.bottom);
        let corners = [top.0, top.1, bottom.1, bottom.0].map(|p| Pyramid::to_frame(level, p));
        Symbol { symbology, text, corners, valid }
    }

    fn begins(&self, digits: &[u8; 44]) -> bool {
        let pair = (digits[0] - b'0') * 10 + digits[1] - b'0';
        self.pairs[0][usize::from(pair)]
    }
}

/// The two outer lines with the upper one, as the symbol is read, first.
fn upright(a: (Point, Point), b: (Point, Point)) -> ((Point, Point), (Point, Point)) {
    let (dx, dy) = (a.1.x - a.0.x, a.1.y - a.0.y);
    // Down is the reading direction turned clockwise, y pointing down.
    let below = (b.0.x - a.0.x) * -dy + (b.0.y - a.0.y) * dx;
    if below < 0.0 { (b, a) } else { (a, b) }
}

/// The finer level on which a small candidate's modules are two pixels wide or more, and the candidate there.
fn best_level(level: usize, candidate: &Candidate) -> (usize, Candidate) {
    let (mut at, mut area) = (level, *candidate);
    while at > 0 && area.half_length < 300.0 {
        at -= 1;
        area = finer(&area, 1);
    }
    (at, area)
}

/// The same area `levels` finer.
fn finer(area: &Candidate, levels: usize) -> Candidate {
    let scale = (1 << levels) as f32;
    let place = |p: f32| (p + 0.5) * scale - 0.5;
    Candidate {
        centre: (place(area.centre.0), place(area.centre.1)),
        half_length: scale * area.half_length,
        half_height: scale * area.half_height,
        ..*area
    }
}

/// The coarser level on which a large candidate still has modules of two pixels or more: all the likelihood path needs,
/// at a quarter of the pixels each.
fn soft_level(level: usize, candidate: &Candidate, levels: usize) -> (usize, Candidate) {
    let (mut at, mut area) = (level, *candidate);
    while at + 1 < levels && area.half_length > 600.0 {
        at += 1;
        area = Candidate {
            centre: ((area.centre.0 - 0.5) / 2.0, (area.centre.1 - 0.5) / 2.0),
            half_length: area.half_length / 2.0,
            half_height: area.half_height / 2.0,
            ..area
        };
    }
    (at, area)
}

/// Whether a GS1-128 symbol is among them that checks.
fn gs1_read(symbols: &[Symbol]) -> bool {
    symbols.iter().any(|s| s.valid && s.symbology == Symbology::Gs1_128)
}

/// Adds a symbol unless it is there already.
fn add(symbols: &mut Vec<Symbol>, symbol: Symbol) {
    let middle = middle(&symbol.corners);
    let known = symbols.iter_mut().find(|s| s.symbology == symbol.symbology && covers(&s.corners, middle));
    match known {
        None => symbols.push(symbol),
        // What checks replaces what did not.
        Some(known) if symbol.valid && !known.valid => *known = symbol,
        Some(_) => {}
    }
}

fn middle(corners: &[Point; 4]) -> Point {
    let sum = corners.iter().fold((0.0, 0.0), |(x, y), p| (x + p.x, y + p.y));
    Point { x: sum.0 / 4.0, y: sum.1 / 4.0 }
}

/// Whether a place lies on a symbol. The agreeing lines may have covered little of its height, so a linear symbol is
/// taken to be at least a quarter as high as it is long: a payment code is 59 modules high and 288 long.
fn covers(corners: &[Point; 4], place: Point) -> bool {
    const LEAST_HEIGHT: f32 = 0.24;
    const MARGIN: f32 = 1.1;
    let own = middle(corners);
    let span = |a: Point, b: Point| ((b.x - a.x), (b.y - a.y));
    let length = |(x, y): (f32, f32)| x.hypot(y);
    let along = span(corners[0], corners[1]);
    let long = length(along).max(1.0);
    let high = length(span(corners[0], corners[3])).max(LEAST_HEIGHT * long);
    let (dx, dy) = span(own, place);
    let u = (dx * along.0 + dy * along.1) / long;
    let v = (dy * along.0 - dx * along.1) / long;
    u.abs() <= MARGIN * long / 2.0 && v.abs() <= MARGIN * high / 2.0
}
