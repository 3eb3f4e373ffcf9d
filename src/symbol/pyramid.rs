//! The frame and its halvings. A bar must be a few pixels wide to be seen by an 8×8 block: a code that fills a
//! 12-megapixel photo is found two halvings up, a small one in the frame itself.

use super::Point;
use crate::frame::Frame;

/// One level: luminance without padding.
#[derive(Debug, Default)]
pub(super) struct Level {
    pub(super) luma: Vec<u8>,
    pub(super) width: usize,
    pub(super) height: usize,
}

impl Level {
    /// Luminance at `(x, y)`, bilinear; outside the picture its nearest edge pixel.
    #[inline]
    pub(super) fn sample(&self, x: f32, y: f32) -> f32 {
        let x = x.clamp(0.0, (self.width - 1) as f32);
        let y = y.clamp(0.0, (self.height - 1) as f32);
        let (x0, y0) = (x as usize, y as usize);
        let (fx, fy) = (x - x0 as f32, y - y0 as f32);
        let x1 = (x0 + 1).min(self.width - 1);
        let y1 = (y0 + 1).min(self.height - 1);
        let at = |x: usize, y: usize| f32::from(self.luma[y * self.width + x]);
        let top = at(x0, y0) + fx * (at(x1, y0) - at(x0, y0));
        let bottom = at(x0, y1) + fx * (at(x1, y1) - at(x0, y1));
        top + fy * (bottom - top)
    }
}

impl Level {
    /// Whether all places between these two can be asked for with [`Level::inside`].
    pub(super) fn holds(&self, a: Point, b: Point) -> bool {
        let fits =
            |p: Point| p.x >= 0.0 && p.y >= 0.0 && p.x < self.width as f32 - 1.01 && p.y < self.height as f32 - 1.01;
        fits(a) && fits(b)
    }

    /// The same as [`Level::sample`] where the picture holds the place and its neighbours; 0 where it does not.
    #[inline]
    pub(super) fn inside(&self, x: f32, y: f32) -> f32 {
        let (x0, y0) = (x as usize, y as usize);
        let (fx, fy) = (x - x0 as f32, y - y0 as f32);
        let at = y0 * self.width + x0;
        let (Some([a, b]), Some([c, d])) = (
            self.luma.get(at..).and_then(|l| l.first_chunk()),
            self.luma.get(at + self.width..).and_then(|l| l.first_chunk()),
        ) else {
            return 0.0;
        };
        let [a, b, c, d] = [*a, *b, *c, *d].map(f32::from);
        let top = a + fx * (b - a);
        let bottom = c + fx * (d - c);
        top + fy * (bottom - top)
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
            let place = Point { x, y };
            if level.holds(place, place) {
                assert_eq!(level.inside(x, y), want, "({x}, {y})");
            }
        }
    }
}
