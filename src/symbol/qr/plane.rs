//! From modules to pixels: a plane seen in perspective, and a little bend.

use crate::symbol::Point;

/// Parameters of a [`Plane`].
pub(super) const PARAMETERS: usize = 14;

/// Where modules lie in a picture.
///
/// Modules are counted from the symbol's middle in units of half its side: both coordinates run from -1 to 1 over the
/// symbol, so that all parameters are of pixels' size. Eight are those of a homography with its last entry 1, six bend
/// it: pixels to the right and down for x², xy and y², which paper that is not flat needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Plane {
    pub(super) h: [f64; PARAMETERS],
}

impl Plane {
    /// The plane on which four places of the symbol, in its own coordinates, lie at four points of the picture; `None`
    /// where three of them stand in a line or the symbol would be seen from behind.
    pub(super) fn through(places: [(f64, f64); 4], points: [Point; 4]) -> Option<Self> {
        let mut rows = [[0.0f64; 9]; 8];
        for (i, (&(a, b), p)) in places.iter().zip(&points).enumerate() {
            let (x, y) = (f64::from(p.x), f64::from(p.y));
            rows[2 * i] = [a, b, 1.0, 0.0, 0.0, 0.0, -x * a, -x * b, x];
            rows[2 * i + 1] = [0.0, 0.0, 0.0, a, b, 1.0, -y * a, -y * b, y];
        }
        // Gauss with the largest pivot of each column.
        for column in 0..8 {
            let pivot = (column..8).max_by(|&a, &b| rows[a][column].abs().total_cmp(&rows[b][column].abs()))?;
            rows.swap(column, pivot);
            let top = rows[column];
            if top[column].abs() < 1e-9 {
                return None;
            }
            for (i, row) in rows.iter_mut().enumerate() {
                if i != column {
                    let factor = row[column] / top[column];
                    for (r, t) in row.iter_mut().zip(&top) {
                        *r -= factor * t;
                    }
                }
            }
        }
        let mut h = [0.0; PARAMETERS];
        for (i, row) in rows.iter().enumerate() {
            h[i] = row[8] / row[i];
        }
        let plane = Self { h };
        plane.is_sound().then_some(plane)
    }

    /// Whether all of the symbol, with its quiet zone, lies before the camera and is seen from its front, no corner
    /// much smaller than another.
    pub(super) fn is_sound(&self) -> bool {
        let areas = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)].map(|(a, b)| {
            let [gx, gy] = self.slopes(a, b);
            let depth = self.h[6] * a + self.h[7] * b;
            if 1.0 + 1.3 * depth > 0.2 { gx[0] * gy[1] - gx[1] * gy[0] } else { f64::NAN }
        });
        let least = areas.iter().fold(f64::INFINITY, |m, &v| if v.is_nan() { f64::NEG_INFINITY } else { m.min(v) });
        let most = areas.iter().fold(0.0, |m: f64, &v| m.max(v));
        self.h.iter().all(|v| v.is_finite()) && least > 0.0 && most < 9.0 * least
    }

    /// The point of the picture at a place of the symbol.
    #[inline]
    pub(super) fn at(&self, a: f64, b: f64) -> (f64, f64) {
        let h = &self.h;
        let depth = 1.0 / (1.0 + h[6] * a + h[7] * b);
        (
            (h[0] * a + h[1] * b + h[2]) * depth + h[8] * a * a + h[9] * a * b + h[10] * b * b,
            (h[3] * a + h[4] * b + h[5]) * depth + h[11] * a * a + h[12] * a * b + h[13] * b * b,
        )
    }

    /// The same plane in a picture whose origin lies elsewhere: all points moved right and down.
    pub(super) fn moved(&self, by: (f64, f64)) -> Self {
        let mut plane = *self;
        let h = &mut plane.h;
        for (i, depth) in [(0, h[6]), (1, h[7]), (2, 1.0)] {
            h[i] += by.0 * depth;
            h[i + 3] += by.1 * depth;
        }
        plane
    }

    /// How the point moves with each parameter, by the slope of the picture there: `(across, down)` grey levels a pixel.
    #[inline]
    pub(super) fn turned(&self, a: f32, b: f32, slope: (f32, f32)) -> [f32; PARAMETERS] {
        let h = self.h.map(|v| v as f32);
        let depth = 1.0 / (1.0 + h[6] * a + h[7] * b);
        let (x, y) = ((h[0] * a + h[1] * b + h[2]) * depth, (h[3] * a + h[4] * b + h[5]) * depth);
        let (gx, gy) = slope;
        let far = -(gx * x + gy * y) * depth;
        [
            gx * a * depth,
            gx * b * depth,
            gx * depth,
            gy * a * depth,
            gy * b * depth,
            gy * depth,
            far * a,
            far * b,
            gx * a * a,
            gx * a * b,
            gx * b * b,
            gy * a * a,
            gy * a * b,
            gy * b * b,
        ]
    }

    /// Pixels right and down for a step of one along each coordinate of the symbol: `[along a, along b]`.
    pub(super) fn slopes(&self, a: f64, b: f64) -> [[f64; 2]; 2] {
        const STEP: f64 = 1e-3;
        let ((x0, y0), (x1, y1)) = (self.at(a - STEP, b), self.at(a + STEP, b));
        let ((x2, y2), (x3, y3)) = (self.at(a, b - STEP), self.at(a, b + STEP));
        let scale = 0.5 / STEP;
        [[(x1 - x0) * scale, (y1 - y0) * scale], [(x3 - x2) * scale, (y3 - y2) * scale]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: [(f64, f64); 4] = [(-0.8, -0.8), (0.8, -0.8), (0.6, 0.6), (-0.8, 0.8)];

    fn points(p: [(f32, f32); 4]) -> [Point; 4] {
        p.map(|(x, y)| Point { x, y })
    }

    #[test]
    fn a_plane_goes_through_its_four_points() {
        for (name, given) in [
            ("upright", [(100.0, 100.0), (180.0, 100.0), (170.0, 170.0), (100.0, 180.0)]),
            ("turned by 90°", [(180.0, 100.0), (180.0, 180.0), (110.0, 170.0), (100.0, 100.0)]),
            ("from the side", [(100.0, 100.0), (180.0, 110.0), (168.0, 180.0), (100.0, 190.0)]),
        ] {
            let plane = Plane::through(PLACES, points(given)).expect(name);
            for ((a, b), (x, y)) in PLACES.iter().zip(given) {
                let got = plane.at(*a, *b);
                assert!((got.0 - f64::from(x)).hypot(got.1 - f64::from(y)) < 1e-6, "{name}: {got:?}");
            }
        }
    }

    #[test]
    fn what_is_no_view_of_a_symbol_is_refused() {
        for (name, given) in [
            ("all in one place", [(50.0, 50.0); 4]),
            ("in a line", [(0.0, 0.0), (50.0, 50.0), (75.0, 75.0), (100.0, 100.0)]),
            ("mirrored", [(180.0, 100.0), (100.0, 100.0), (110.0, 170.0), (180.0, 180.0)]),
            ("folded over", [(100.0, 100.0), (180.0, 100.0), (100.0, 102.0), (100.0, 180.0)]),
            ("not a number", [(f32::NAN, 100.0), (180.0, 100.0), (170.0, 170.0), (100.0, 180.0)]),
        ] {
            assert_eq!(Plane::through(PLACES, points(given)), None, "{name}");
        }
    }

    #[test]
    fn parameters_move_points_as_the_derivatives_say() {
        let mut plane =
            Plane::through(PLACES, points([(100.0, 100.0), (180.0, 110.0), (168.0, 180.0), (100.0, 190.0)])).unwrap();
        plane.h[8] = 1.5;
        plane.h[13] = -2.0;
        for (a, b) in [(0.0, 0.0), (0.7, -0.9), (-1.0, 0.4)] {
            let (across, down) =
                (plane.turned(a as f32, b as f32, (1.0, 0.0)), plane.turned(a as f32, b as f32, (0.0, 1.0)));
            for i in 0..PARAMETERS {
                let mut moved = plane;
                moved.h[i] += 1e-6;
                let ((x0, y0), (x1, y1)) = (plane.at(a, b), moved.at(a, b));
                let (dx, dy) = ((x1 - x0) * 1e6, (y1 - y0) * 1e6);
                assert!(
                    (dx - f64::from(across[i])).abs() < 1e-2 && (dy - f64::from(down[i])).abs() < 1e-2,
                    "parameter {i} at ({a}, {b})"
                );
            }
        }
    }

    #[test]
    fn moving_the_origin_moves_all_points_alike() {
        let mut plane =
            Plane::through(PLACES, points([(100.0, 100.0), (180.0, 110.0), (168.0, 180.0), (100.0, 190.0)])).unwrap();
        plane.h[9] = 1.5;
        let moved = plane.moved((-140.0, 25.0));
        for (a, b) in [(0.0, 0.0), (0.7, -0.9), (-1.0, 0.4)] {
            let ((x, y), (u, v)) = (plane.at(a, b), moved.at(a, b));
            assert!((u - x + 140.0).abs() < 1e-9 && (v - y - 25.0).abs() < 1e-9, "({a}, {b}): {u}, {v}");
        }
    }
}
