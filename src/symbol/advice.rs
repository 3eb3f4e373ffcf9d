//! What was measured in a frame → advice for the hand that holds the phone.

use serde::Serialize;

use super::linear::Area;
use super::locate::Candidate;
use super::pyramid::Pyramid;
use super::soft::Glimpse;
use super::{Advice, Point, Symbol, Symbology};
use crate::frame::Frame;

/// Advice, how sure it is, and which place it means: to be spoken, drawn and beeped.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Coach {
    /// What to do.
    pub advice: Advice,
    /// 0..=1: one half where a measurement just passes its limit, 1 far beyond it.
    pub confidence: f32,
    /// The code, or the bright patch on it, as corners in pixels of the frame, in the order of [`Symbol::corners`] as
    /// far as that is known; `None` where no place is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<[Point; 4]>,
}

/// What one candidate area showed, in pixels of the frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct View {
    corners: [Point; 4],
    start: Point,
    end: Point,
    /// How exactly the ends are known, in pixels of the frame: two blocks of the level.
    grain: f32,
    length: f32,
    slimness: f32,
    /// Cosine between the bars and the code's length: 0 seen from the front.
    shear: f32,
    score: f32,
    bars_seen: usize,
}

impl View {
    pub(super) fn new(level: usize, candidate: &Candidate, area: &Area) -> Self {
        let Candidate { centre, along, bars, half_length, half_height, .. } = *candidate;
        let place = |l: f32, h: f32| {
            let (l, h) = (l * half_length, h * half_height);
            let x = centre.0 + l * along.0 + h * bars.0;
            let y = centre.1 + l * along.1 + h * bars.1;
            Pyramid::to_frame(level, Point { x, y })
        };
        let (start, end) = (place(-1.0, 0.0), place(1.0, 0.0));
        Self {
            corners: [place(-1.0, -1.0), place(1.0, -1.0), place(1.0, 1.0), place(-1.0, 1.0)],
            start,
            end,
            grain: (16 << level) as f32,
            length: (start.x - end.x).hypot(start.y - end.y),
            slimness: half_length / half_height,
            shear: (along.0 * bars.0 + along.1 * bars.1).abs(),
            // A block of a coarser level stands for more of the frame.
            score: candidate.score * (1 << (2 * level)) as f32,
            bars_seen: area.bars_seen,
        }
    }
}

/// Mean luminance below which even a good camera shows mostly noise.
const DARK: f32 = 38.0;
/// A payment symbol shorter than this, in pixels, has modules of less than 1.5 pixels.
const SHORT: f32 = 430.0;
/// Bars of a payment symbol: 25 characters of three and STOP's four, 79. Half of them seen is no accident.
const MANY_BARS: usize = 40;
/// Fewer of them, of a piece of it that is as wide as the picture. Tables and tints do not show as many in one direction.
const SOME_BARS: usize = 15;
/// A payment code is at least twice as long as it is high, at any slant at which it can be read.
const LEAST_SLIMNESS: f32 = 1.8;
/// Seen from the front it is at most five times as long as high; a strip twice as slim is seen from far above or below.
const MOST_SLIMNESS: f32 = 10.0;
/// Bars that lean by more than 20° against the code's length: a slant across both.
const SHEAR: f32 = 0.34;
/// One end half as large again as the other.
const TAPER: f32 = 1.5;
/// Blur, in modules, beyond which even the likelihood path rarely reads.
const BLUR: f32 = 1.15;
/// A code that fills this share of the picture's width is as near as it should come.
const NEAR: f32 = 0.8;
/// Frames whose evidence is together: the code is being read, and any other advice would disturb it. More than this, and
/// still not read: something must change.
const GATHERING: std::ops::Range<usize> = 2..8;

/// The advice after a frame in which `symbols` were read and `views` were seen; `glimpse` is the symbol that the
/// likelihood path saw, and `gathered` the frames whose evidence it has put together.
pub(super) fn from(
    symbols: &[Symbol],
    views: &[View],
    glimpse: Option<Glimpse>,
    gathered: usize,
    frame: Frame<'_>,
) -> Coach {
    let say = |advice, confidence: f32, at| Coach { advice, confidence: confidence.clamp(0.0, 1.0), at };
    // A web link or a code of goods is read long before a poor payment symbol beside it: that one still needs its advice.
    let done = symbols.iter().find(|s| s.valid && (s.symbology == Symbology::Gs1_128 || glimpse.is_none()));
    if let Some(read) = done {
        return say(Advice::Done, 1.0, Some(read.corners));
    }
    let light = mean(frame);
    if light < DARK {
        return say(Advice::TooDark, beyond(light, DARK, 0.4 * DARK), None);
    }
    let best =
        views.iter().filter(|v| v.slimness >= LEAST_SLIMNESS).max_by(|a, b| a.score.total_cmp(&b.score)).copied();
    // So near that the picture holds a piece of the code hardly longer than high.
    let crosses = |v: &&View| {
        let (left, right) = (v.start.x.min(v.end.x), v.start.x.max(v.end.x));
        v.bars_seen >= SOME_BARS && left < v.grain && right > frame.width() as f32 - v.grain
    };
    if !GATHERING.contains(&gathered)
        && best.is_none_or(|v| v.bars_seen < MANY_BARS)
        && let Some(view) = views.iter().filter(|v| v.slimness < LEAST_SLIMNESS).find(crosses)
    {
        return say(Advice::Farther, 0.75, Some(view.corners));
    }
    let Some(view) = best else {
        // The more like nothing at all, the surer: an area that has not the shape of a code may still be part of one.
        return say(Advice::NotFound, if views.is_empty() { 1.0 } else { 0.6 }, None);
    };
    if GATHERING.contains(&gathered) {
        return say(Advice::HoldStill, 1.0, Some(glimpse.map_or(view.corners, |g| g.corners)));
    }
    // Where it was found, not where it was fitted: a fit that failed lies anywhere.
    let code = Some(view.corners);
    let (width, height) = (frame.width() as f32, frame.height() as f32);
    // How far the nearer end lies beyond the last place where it could still be whole, in units of what is known of it.
    let outside = |distance: f32| (view.grain - distance) / view.grain;
    let left = outside(view.start.x.min(view.end.x));
    let right = outside(width - view.start.x.max(view.end.x));
    let top = outside(view.start.y.min(view.end.y));
    let bottom = outside(height - view.start.y.max(view.end.y));
    let cut = |by: f32| 0.5 + 0.5 * by;
    if left > 0.0 && right > 0.0 || top > 0.0 && bottom > 0.0 {
        return say(Advice::Farther, cut(left.min(right).max(top.min(bottom))), code);
    }
    let sides =
        [(Advice::CutLeft, left), (Advice::CutRight, right), (Advice::CutTop, top), (Advice::CutBottom, bottom)];
    if let Some((advice, by)) = sides.into_iter().filter(|s| s.1 > 0.0).max_by(|a, b| a.1.total_cmp(&b.1)) {
        return say(advice, cut(by), code);
    }
    if let Some((patch, confidence)) = glare(frame, &view) {
        return say(Advice::Glare, confidence, Some(patch));
    }
    let slant = [
        beyond(view.shear, SHEAR, 0.7),
        beyond(view.slimness, MOST_SLIMNESS, 2.0 * MOST_SLIMNESS),
        glimpse.map_or(0.0, |g| beyond(g.taper, TAPER, 2.0 * TAPER)),
    ];
    let slant = slant.into_iter().fold(0.0, f32::max);
    if slant >= 0.5 {
        return say(Advice::Tilted, slant, code);
    }
    if view.length < SHORT {
        return say(Advice::Closer, beyond(view.length, SHORT, 0.4 * SHORT), code);
    }
    let washed = glimpse.map_or(0.0, |g| beyond(g.sigma, BLUR, 2.0));
    let unseen = beyond(view.bars_seen as f32, MANY_BARS as f32, 0.0);
    let blur = washed.max(unseen);
    if blur >= 0.5 {
        // So near that the lens cannot focus.
        let near = view.length > NEAR * width;
        return say(if near { Advice::Farther } else { Advice::Blurred }, blur, code);
    }
    say(Advice::HoldStill, 1.0 - blur, code)
}

/// How far `value` has gone from `limit`, where it counts one half, to `sure`, where it counts 1; 0 on the other side.
fn beyond(value: f32, limit: f32, sure: f32) -> f32 {
    let way = (value - limit) / (sure - limit);
    if way < 0.0 { 0.0 } else { 0.5 + 0.5 * way.min(1.0) }
}

/// Cells that the code is looked at in, along and across.
const ALONG: usize = 64;
const ACROSS: usize = 6;
/// The strip looked at reaches this far beyond the located length: a bright patch may have cut the code in two.
const BEYOND: f32 = 1.6;
/// Luminance at which a sensor is saturated.
const SATURATED: u8 = 245;
/// Grey levels between ink and paper where there are bars.
const CONTRAST: u8 = 40;

/// A saturated patch with bars on both sides of it, brighter than the paper between them: where, and how sure.
fn glare(frame: Frame<'_>, view: &View) -> Option<([Point; 4], f32)> {
    let [a, b, _, d] = view.corners;
    // From -1 to 1 along the code and across it.
    let place = |l: f32, h: f32| Point {
        x: a.x + (b.x - a.x) * (l + 1.0) / 2.0 + (d.x - a.x) * (h + 1.0) / 2.0,
        y: a.y + (b.y - a.y) * (l + 1.0) / 2.0 + (d.y - a.y) * (h + 1.0) / 2.0,
    };
    let pixel = |p: Point| {
        let inside = p.x >= 0.0 && p.y >= 0.0 && p.x < frame.width() as f32 && p.y < frame.height() as f32;
        inside.then(|| frame.row(p.y as usize)[p.x as usize])
    };
    let along = |column: f32| BEYOND * (2.0 * column / ALONG as f32 - 1.0);
    // For each column how many of its cells are saturated, how many show bars, and its brightest paper among bars.
    let columns: [(usize, usize, u8); ALONG] = std::array::from_fn(|column| {
        let (mut saturated, mut barred, mut paper) = (0, 0, 0);
        for cell in 0..ACROSS {
            let (mut least, mut most) = (u8::MAX, 0);
            for at in 0..24 {
                // Eight places along the cell, three across it.
                let l = along(column as f32 + (at % 8) as f32 / 8.0);
                let h = 0.8 * (2.0 * (cell as f32 + (at / 8) as f32 / 3.0) / ACROSS as f32 - 1.0);
                let Some(value) = pixel(place(l, h)) else { continue };
                (least, most) = (least.min(value), most.max(value));
            }
            if most >= SATURATED && least >= SATURATED {
                saturated += 1;
            } else if most.saturating_sub(least) >= CONTRAST {
                barred += 1;
                paper = paper.max(most.min(SATURATED));
            }
        }
        (saturated, barred, paper)
    });
    let mut best: Option<(usize, usize)> = None;
    let mut from = 0;
    while from < ALONG {
        let to = (from..ALONG).find(|c| columns[*c].0 < ACROSS / 2).unwrap_or(ALONG);
        if to > from {
            // The patch fades into bars within two cells on either side, and is brighter than the paper among them.
            let near = |range: std::ops::Range<usize>| {
                let bars: Vec<u8> = columns[range].iter().filter(|c| c.1 >= ACROSS / 2).map(|c| c.2).collect();
                bars.iter().copied().min()
            };
            let (before, after) = (near(from.saturating_sub(3)..from), near(to..(to + 3).min(ALONG)));
            let darker = |paper: Option<u8>| paper.is_some_and(|p| p < SATURATED);
            if before.is_some() && after.is_some() && (darker(before) || darker(after)) {
                let longest = best.map_or(0, |(a, b)| b - a);
                if to - from > longest && to - from < ALONG / 2 {
                    best = Some((from, to));
                }
            }
        }
        from = to.max(from) + 1;
    }
    let (from, to) = best?;
    let (l, r) = (along(from as f32), along(to as f32));
    let covered: usize = columns[from..to].iter().map(|c| c.0).sum();
    let confidence = 0.5 + 0.5 * covered as f32 / ((to - from) * ACROSS) as f32;
    Some(([place(l, -1.0), place(r, -1.0), place(r, 1.0), place(l, 1.0)], confidence))
}

/// Mean luminance over a grid of at most 64×64 pixels.
fn mean(frame: Frame<'_>) -> f32 {
    let (across, down) = (frame.width().div_ceil(64), frame.height().div_ceil(64));
    let (mut sum, mut count) = (0u32, 0u32);
    for y in (0..frame.height()).step_by(down) {
        for value in frame.row(y).iter().step_by(across) {
            sum += u32::from(*value);
            count += 1;
        }
    }
    sum as f32 / count as f32
}

/// Frames that a word stays before another may take its place: about a second and a half of a phone's.
const STAY: u32 = 15;
/// Frames in a row that must ask for the other.
const INSIST: u32 = 3;
/// From one frame to the next the code has moved by this share of its length: too far to be sharp.
const MOVED: f32 = 0.08;

/// One thing at a time, long enough to be heard and followed.
#[derive(Debug, Default)]
pub(super) struct Steady {
    said: Option<(Coach, u32)>,
    /// What the frames of late have asked for instead, and how many in a row.
    rival: Option<(Advice, u32)>,
    /// Where the code was in the frame before.
    place: Option<[Point; 4]>,
}

impl Steady {
    /// What to say after the next frame, which by itself asks for `now`; `gathered` as in [`from`].
    pub(super) fn next(&mut self, now: Coach, gathered: usize) -> Coach {
        let moved = self.moved(now);
        // A frame that joins the others was not spoilt by what moved.
        let now = if GATHERING.contains(&gathered) { now } else { moved };
        let (said, frames) = match self.said {
            Some((said, frames)) if said.advice == now.advice => (now, frames.saturating_add(1)),
            Some((said, frames)) if now.advice != Advice::Done && said.advice != Advice::Done => {
                let insisted = match self.rival {
                    Some((rival, times)) if rival == now.advice => times + 1,
                    _ => 1,
                };
                self.rival = Some((now.advice, insisted));
                if frames >= STAY && insisted >= INSIST { (now, 1) } else { (said, frames.saturating_add(1)) }
            }
            // What is read is told at once, and so is what comes after it.
            _ => (now, 1),
        };
        if said.advice == now.advice {
            self.rival = None;
        }
        self.said = Some((said, frames));
        said
    }

    /// The same, or that the code moves where that is what keeps it from being read.
    fn moved(&mut self, now: Coach) -> Coach {
        let meant = now.at.filter(|_| !matches!(now.advice, Advice::Done | Advice::Glare));
        let before = std::mem::replace(&mut self.place, meant);
        let (Some(before), Some(here)) = (before, meant) else { return now };
        if !matches!(now.advice, Advice::Blurred | Advice::HoldStill | Advice::Closer) {
            return now;
        }
        let middle = |c: [Point; 4]| c.iter().fold((0.0, 0.0), |(x, y), p| (x + p.x / 4.0, y + p.y / 4.0));
        let length = |c: [Point; 4]| (c[1].x - c[0].x).hypot(c[1].y - c[0].y).max(1.0);
        let (from, to) = (middle(before), middle(here));
        let (was, is) = (length(before), length(here));
        // Another size is another area of the picture, not a move.
        let same = was.max(is) < 1.25 * was.min(is);
        let moved = beyond((to.0 - from.0).hypot(to.1 - from.1) / is, MOVED, 3.0 * MOVED);
        if same && moved > 0.0 { Coach { advice: Advice::Moving, confidence: moved, at: now.at } } else { now }
    }
}
