//! What was measured in a frame → advice for the hand that holds the phone.

use super::linear::Area;
use super::locate::Candidate;
use super::pyramid::Pyramid;
use super::{Advice, Point, Symbol};
use crate::frame::Frame;

/// What one candidate area showed, in pixels of the frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct View {
    start: Point,
    end: Point,
    /// How exactly the ends are known, in pixels of the frame: two blocks of the level.
    grain: f32,
    length: f32,
    slimness: f32,
    score: f32,
    bars_seen: usize,
}

impl View {
    pub(super) fn new(level: usize, candidate: &Candidate, area: &Area) -> Self {
        let end = |sign: f32| {
            let reach = sign * candidate.half_length;
            Pyramid::to_frame(
                level,
                Point {
                    x: candidate.centre.0 + reach * candidate.along.0,
                    y: candidate.centre.1 + reach * candidate.along.1,
                },
            )
        };
        let (start, end) = (end(-1.0), end(1.0));
        Self {
            start,
            end,
            grain: (16 << level) as f32,
            length: (start.x - end.x).hypot(start.y - end.y),
            slimness: candidate.half_length / candidate.half_height,
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
/// A payment code is at least twice as long as it is high, at any slant at which it can be read.
const LEAST_SLIMNESS: f32 = 1.8;
/// The advice after a frame in which `symbols` were read and `views` were seen.
pub(super) fn from(symbols: &[Symbol], views: &[View], frame: Frame<'_>) -> Advice {
    if symbols.iter().any(|s| s.valid) {
        return Advice::Done;
    }
    if mean(frame) < DARK {
        return Advice::TooDark;
    }
    let best =
        views.iter().filter(|v| v.slimness >= LEAST_SLIMNESS).max_by(|a, b| a.score.total_cmp(&b.score)).copied();
    let Some(view) = best else { return Advice::NotFound };
    let width = frame.width() as f32;
    let left = view.start.x.min(view.end.x) < view.grain;
    let right = view.start.x.max(view.end.x) > width - view.grain;
    match (left, right) {
        (true, true) => Advice::Farther,
        (true, false) => Advice::CutLeft,
        (false, true) => Advice::CutRight,
        (false, false) if view.length < SHORT => Advice::Closer,
        (false, false) if view.bars_seen < MANY_BARS => Advice::Blurred,
        (false, false) => Advice::HoldStill,
    }
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
