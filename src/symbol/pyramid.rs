//! The frame and its halvings. A bar must be a few pixels wide to be seen by an 8×8 block: a code that fills a
//! 12-megapixel photo is found two halvings up, a small one in the frame itself.

use std::ops::Range;

use super::Point;
use super::lanes::{Halves, Words};
use super::limits::within;
use crate::frame::Frame;

/// Bits of a place below the pixel …
const PLACE: u32 = 16;
/// … and those of them that weigh neighbouring pixels.
const FINE: u32 = 8;

/// One level: luminance without padding.
#[derive(Debug, Default)]
pub(super) struct Level {
    pub(super) luma: Vec<u8>,
    pub(super) width: usize,
    pub(super) height: usize,
}

impl Level {
    /// The same with light and dark exchanged.
    pub(super) fn negative(&self) -> Self {
        Self { luma: self.luma.iter().map(|v| !v).collect(), ..*self }
    }

    /// The same with the quarter of all grey levels below `light` drawn out to the whole, and all that is darker black.
    pub(super) fn drawn_out(&self, light: u8) -> Self {
        let luma = self.luma.iter().map(|v| u8::MAX - 4 * light.saturating_sub(*v).min(63)).collect();
        Self { luma, ..*self }
    }

    /// Luminance at `(x, y)`, bilinear; outside the picture its nearest edge pixel.
    #[inline]
    pub(super) fn sample(&self, x: f32, y: f32) -> f32 {
        let x = within(0.0, (self.width - 1) as f32, x);
        let y = within(0.0, (self.height - 1) as f32, y);
        let (x0, y0) = (x as usize, y as usize);
        let (fx, fy) = (x - x0 as f32, y - y0 as f32);
        let x1 = (x0 + 1).min(self.width - 1);
        let y1 = (y0 + 1).min(self.height - 1);
        let at = |x: usize, y: usize| f32::from(self.luma[y * self.width + x]);
        let top = at(x0, y0) + fx * (at(x1, y0) - at(x0, y0));
        let bottom = at(x0, y1) + fx * (at(x1, y1) - at(x0, y1));
        top + fy * (bottom - top)
    }

    /// What [`Level::add_line`] counts a grey level as.
    pub(super) const ONE: i32 = 1 << (2 * FINE);

    /// Places that [`Level::add_line`] looks at together.
    pub(super) const TOGETHER: usize = 4;

    /// Adds to each of the first `count` of `sums` the luminance at its place, bilinear, in units of 1/[`Level::ONE`] of a
    /// grey level: the first at `from`, each next one `step` further. Outside the picture its nearest edge pixel counts.
    /// There are `sums` for the last [`Level::TOGETHER`] of them; what is added to those beyond `count` means nothing.
    ///
    /// In whole numbers, because turning every place from a fraction into an index costs more than all the rest.
    pub(super) fn add_line(&self, from: Point, step: (f32, f32), count: usize, sums: &mut [i32]) {
        const STEP: f32 = (1 << PLACE) as f32;
        let inside = self.inside(from, step, count);
        let entry = inside.start as f32;
        let start = Point { x: from.x + entry * step.0, y: from.y + entry * step.1 };
        let (x, y) = ((start.x * STEP) as i32, (start.y * STEP) as i32);
        let (dx, dy) = ((step.0 * STEP).round() as i32, (step.1 * STEP).round() as i32);
        // As long as each other, so that a place is within both or neither: one check.
        let lower = self.luma.get(self.width..).unwrap_or_default();
        let upper = &self.luma[..lower.len()];
        let first = |from: i32, step: i32| Words::from([0, 1, 2, 3].map(|i| step.wrapping_mul(i).wrapping_add(from)));
        let (mut x, mut y) = (first(x, dx), first(y, dy));
        let (dx, dy) = (Words::from([dx.wrapping_mul(4); 4]), Words::from([dy.wrapping_mul(4); 4]));
        let width = Words::from([self.width as i32; 4]);
        let part = |places: Words| places.halved(PLACE - FINE).masked((1 << FINE) - 1);
        for sums in sums[inside.clone()].as_chunks_mut().0 {
            let at = y.halved(PLACE).times(width).plus(x.halved(PLACE)).lanes();
            // Beyond the end lies nothing but what is looked at in vain.
            let pair = |at: i32| {
                let pixels = |line: &[u8]| Some(u16::from_le_bytes(*line.get(at as usize..)?.first_chunk()?));
                pixels(upper).zip(pixels(lower)).unwrap_or_default()
            };
            let [a, b, c, d] = at.map(pair);
            let shares = Halves::shares(part(x));
            let top = Halves::widened([a.0, b.0, c.0, d.0]).products(shares);
            let bottom = Halves::widened([a.1, b.1, c.1, d.1]).products(shares);
            let whole = top.times([1 << FINE; 4].into());
            let value = whole.plus(bottom.less(top).times(part(y)));
            *sums = value.plus((*sums).into()).lanes();
            (x, y) = (x.plus(dx), y.plus(dy));
        }
        let between = |a: i32, b: i32, part: i32| (a << FINE).wrapping_add(b.wrapping_sub(a).wrapping_mul(part));
        let part = |place: i32| (place >> (PLACE - FINE)) & ((1 << FINE) - 1);
        let (last_x, last_y) = (self.width - 1, self.height - 1);
        let outside = (0..inside.start).chain(inside.end..count);
        for i in outside {
            // Beyond the whole numbers' reach nothing of the picture is left, nor before.
            let at = |from: f32, step: f32, last: usize| within(0.0, last as f32, from + i as f32 * step) * STEP;
            let (x, y) = (at(from.x, step.0, last_x) as i32, at(from.y, step.1, last_y) as i32);
            let (x0, y0) = ((x >> PLACE) as usize, (y >> PLACE) as usize);
            let pixel = |x: usize, y: usize| i32::from(self.luma[y.min(last_y) * self.width + x.min(last_x)]);
            let top = between(pixel(x0, y0), pixel(x0 + 1, y0), part(x));
            let bottom = between(pixel(x0, y0 + 1), pixel(x0 + 1, y0 + 1), part(x));
            sums[i] = sums[i].wrapping_add(between(top, bottom, part(y)));
        }
    }

    /// Which of a line's places lie in the picture, with room for what rounding adds to the way, as whole
    /// [`Level::TOGETHER`]s: beyond the last place where all do.
    fn inside(&self, from: Point, step: (f32, f32), count: usize) -> Range<usize> {
        const ROOM: f32 = 0.1;
        let sides = 2..1 << 14;
        if !sides.contains(&self.width) || !sides.contains(&self.height) {
            return 0..0;
        }
        let (mut first, mut last) = (0.0f32, count as f32);
        for (from, step, size) in [(from.x, step.0, self.width), (from.y, step.1, self.height)] {
            let (least, most) = (ROOM, size as f32 - 1.0 - ROOM);
            if step.abs() < 1e-6 {
                if !(least..most).contains(&from) {
                    return 0..0;
                }
                continue;
            }
            let (a, b) = ((least - from) / step, (most - from) / step);
            first = first.max(a.min(b));
            last = last.min(a.max(b));
        }
        let all = last >= count as f32;
        let end = if all { count.next_multiple_of(Self::TOGETHER) } else { (last + 1.0) as usize };
        let end = end / Self::TOGETHER * Self::TOGETHER;
        let first = (first.min(end as f32).ceil() as usize).next_multiple_of(Self::TOGETHER);
        first.min(end)..end
    }
}

/// Up to [`Pyramid::LEVELS`] levels, each half as wide as the one before. The memory is kept from frame to frame.
#[derive(Debug, Default)]
pub(super) struct Pyramid {
    levels: Vec<Level>,
    used: usize,
}

impl Pyramid {
    /// Four levels reach from a 640-pixel frame to a code that fills a 16,384-pixel photo.
    pub(super) const LEVELS: usize = 5;
    /// A level smaller than this shows no code that the level below does not show better.
    const LEAST_SIDE: usize = 120;

    /// Copies the frame in and halves it while it is worth it.
    pub(super) fn build(&mut self, frame: Frame<'_>) {
        if self.levels.is_empty() {
            self.levels.resize_with(Self::LEVELS, Level::default);
        }
        let base = &mut self.levels[0];
        base.width = frame.width();
        base.height = frame.height();
        base.luma.clear();
        for y in 0..frame.height() {
            base.luma.extend_from_slice(frame.row(y));
        }
        self.used = 1;
        while self.used < Self::LEVELS {
            let (done, rest) = self.levels.split_at_mut(self.used);
            let from = &done[self.used - 1];
            if from.width.max(from.height) / 2 < Self::LEAST_SIDE || from.width.min(from.height) < 2 {
                break;
            }
            halve(from, &mut rest[0]);
            self.used += 1;
        }
    }

    /// The levels built, the frame first.
    pub(super) fn levels(&self) -> &[Level] {
        &self.levels[..self.used]
    }

    /// A place on level `level` as a place in the frame.
    pub(super) fn to_frame(level: usize, p: Point) -> Point {
        let scale = (1usize << level) as f32;
        // Pixel centres lie at whole numbers: pixel 0 of a halved row covers pixels 0 and 1, centre 0.5.
        Point { x: (p.x + 0.5) * scale - 0.5, y: (p.y + 0.5) * scale - 0.5 }
    }
}

/// Area average of 2×2 pixels; an odd last row or column is dropped.
pub(super) fn halve(from: &Level, to: &mut Level) {
    to.width = from.width / 2;
    to.height = from.height / 2;
    to.luma.clear();
    to.luma.resize(to.width * to.height, 0);
    for (y, out) in to.luma.chunks_exact_mut(to.width).enumerate() {
        let upper = &from.luma[2 * y * from.width..][..2 * to.width];
        let lower = &from.luma[(2 * y + 1) * from.width..][..2 * to.width];
        for ((out, u), l) in out.iter_mut().zip(upper.chunks_exact(2)).zip(lower.chunks_exact(2)) {
            *out = ((u16::from(u[0]) + u16::from(u[1]) + u16::from(l[0]) + u16::from(l[1]) + 2) / 4) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pyramid(width: usize, height: usize) -> Pyramid {
        let luma: Vec<u8> = (0..width * height).map(|i| (i % 251) as u8).collect();
        let mut pyramid = Pyramid::default();
        pyramid.build(Frame::packed(&luma, width, height).unwrap());
        pyramid
    }

    #[test]
    fn levels_halve_until_nothing_is_left_to_see() {
        for (width, height, want) in [
            (1, 1, &[(1, 1)][..]),
            // A strip one pixel high cannot be halved.
            (4000, 1, &[(4000, 1)]),
            (640, 480, &[(640, 480), (320, 240), (160, 120)]),
            (481, 3, &[(481, 3), (240, 1)]),
        ] {
            let got: Vec<_> = pyramid(width, height).levels().iter().map(|l| (l.width, l.height)).collect();
            assert_eq!(got, want, "{width}×{height}");
        }
    }

    #[test]
    fn a_place_on_a_level_is_the_middle_of_what_it_covers() {
        let at = |level, x, y| {
            let p = Pyramid::to_frame(level, Point { x, y });
            (p.x, p.y)
        };
        assert_eq!(at(0, 3.0, 4.0), (3.0, 4.0));
        assert_eq!(at(1, 0.0, 1.0), (0.5, 2.5));
        assert_eq!(at(2, 1.0, 0.0), (5.5, 1.5));
    }

    #[test]
    fn samples_never_leave_the_picture() {
        let pyramid = pyramid(3, 2);
        let level = &pyramid.levels()[0];
        for (x, y, want) in [(0.0, 0.0, 0.0), (0.5, 0.0, 0.5), (1.0, 0.5, 2.5), (-9.0, -9.0, 0.0), (99.0, 99.0, 5.0)] {
            assert_eq!(level.sample(x, y), want, "({x}, {y})");
            let mut sum = [0; Level::TOGETHER];
            level.add_line(Point { x, y }, (0.0, 0.0), 1, &mut sum);
            assert_eq!(sum[0] as f32, want * Level::ONE as f32, "({x}, {y})");
        }
    }

    #[test]
    fn a_line_adds_what_its_places_show() {
        let pyramid = pyramid(300, 200);
        let level = &pyramid.levels()[0];
        let lines = [
            ("within", (20.3, 150.2), (0.37, -0.21), 600),
            ("along a row", (0.2, 7.0), (1.0, 0.0), 298),
            ("to the last pixels", (2.3, 198.8), (0.97, 0.0), 305),
            ("backwards", (290.0, 190.0), (-0.8, -0.55), 340),
            ("out on the left", (30.0, 100.0), (-0.5, 0.1), 300),
            ("out below", (100.0, 150.0), (0.05, 0.9), 200),
            ("far out", (-1e9, 3.0), (1e6, 0.0), 50),
            ("farther out", (-1e15, 3.0), (1e-5, 0.0), 50),
        ];
        for (what, (x, y), step, count) in lines {
            let mut sums = vec![5 * Level::ONE; usize::next_multiple_of(count, Level::TOGETHER)];
            level.add_line(Point { x, y }, step, count, &mut sums);
            for (i, sum) in sums.iter().take(count).enumerate() {
                let want = 5.0 + level.sample(x + i as f32 * step.0, y + i as f32 * step.1);
                let got = *sum as f32 / Level::ONE as f32;
                // Neighbours differ by up to 250 and more: a 256th of a pixel, twice, and the step's rounding.
                assert!((got - want).abs() < 3.5, "{what}, {i}: {got} for {want}");
            }
        }
    }
}
