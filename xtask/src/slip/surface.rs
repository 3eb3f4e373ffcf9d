//! Paper as a surface in space, and the pinhole camera that looks at it.
//!
//! Space is measured in millimetres: x and y as on a sheet that lies flat, z away from the camera. Paper bends without
//! stretching, so its shape is a profile curve swept along straight rulings: bends, waves and creases are all
//! curvatures of that one curve.

use super::camera::Aim;

/// A point or a direction in space.
pub type V3 = [f64; 3];

/// a · b.
pub fn dot(a: V3, b: V3) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// a − b.
pub fn minus(a: V3, b: V3) -> V3 {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

/// The direction of `a`, of length one.
pub fn unit(a: V3) -> V3 {
    let length = dot(a, a).sqrt().max(1e-12);
    a.map(|v| v / length)
}

/// A fold: the paper's direction turns within a fraction of a millimetre.
#[derive(Debug, Clone, Copy)]
pub struct Crease {
    /// Where along the profile, millimetres from the shape's centre.
    pub at: f64,
    /// Turn, radians.
    pub turn: f64,
}

/// What bends a sheet; all along one direction, as paper allows.
#[derive(Debug, Clone)]
pub struct Curve {
    /// The point of the sheet that stays where it was.
    pub centre: (f64, f64),
    /// Direction on the sheet along which it bends, degrees from x towards y.
    pub along: f64,
    /// Curvature, one over millimetres; positive = the middle stands up towards the camera.
    pub curvature: f64,
    /// Half the length over which it is bent; beyond it the sheet goes on straight.
    pub half: f64,
    /// Slope of a wave (radians), its length (millimetres) and phase (radians).
    pub wave: (f64, f64, f64),
    /// Folds.
    pub creases: Vec<Crease>,
    /// Slope of the whole sheet along the profile at the centre, radians.
    pub lean: f64,
}

/// Reach of the profile to both sides, millimetres.
const REACH: f64 = 420.0;
/// Step of the profile's tables, millimetres.
const STEP: f64 = 0.1;
/// Half-width of a crease's rounding, millimetres.
const ROUNDING: f64 = 0.25;

/// A bent sheet, ready to be looked up.
#[derive(Debug, Clone)]
pub struct Shape {
    centre: (f64, f64),
    along: (f64, f64),
    /// By length along the paper: place along the profile's chord, height.
    by_length: Vec<(f64, f64)>,
    /// By place along the chord, from `first` on: length along the paper, height, slope angle.
    by_place: Vec<(f64, f64, f64)>,
    first: f64,
    /// Least and greatest height (z).
    heights: (f64, f64),
}

impl Shape {
    /// The sheet that `curve` describes.
    pub fn new(curve: &Curve) -> Self {
        let angle = |s: f64| {
            let (slope, length, phase) = curve.wave;
            let wave = slope * ((std::f64::consts::TAU * s / length + phase).sin() - phase.sin());
            let folds: f64 = curve
                .creases
                .iter()
                .map(|c| c.turn * 0.5 * (((s - c.at) / ROUNDING).tanh() - (-c.at / ROUNDING).tanh()))
                .sum();
            // Steeper than this the sheet would hide its own print.
            (curve.lean + curve.curvature * s.clamp(-curve.half, curve.half) + wave + folds).clamp(-1.25, 1.25)
        };
        let count = (REACH / STEP) as usize;
        // From the centre outwards, so that the centre stays in place.
        let walk = |sign: f64| {
            let (mut x, mut z) = (0.0, 0.0);
            let mut line = vec![(0.0, 0.0)];
            for at in 0..count {
                let (sine, cosine) = angle(sign * (at as f64 + 0.5) * STEP).sin_cos();
                x += sign * STEP * cosine;
                z += sign * STEP * sine;
                line.push((x, z));
            }
            line
        };
        let mut by_length = walk(-1.0);
        by_length.reverse();
        by_length.extend(walk(1.0).into_iter().skip(1));
        let first = by_length[0].0;
        let places = ((by_length[2 * count].0 - first) / STEP) as usize;
        let mut by_place = Vec::with_capacity(places + 1);
        let mut low = 0;
        for place in 0..=places {
            let x = first + place as f64 * STEP;
            while low + 2 < by_length.len() && by_length[low + 1].0 < x {
                low += 1;
            }
            let (a, b) = (by_length[low], by_length[low + 1]);
            let part = (x - a.0) / (b.0 - a.0);
            let s = (low as f64 + part) * STEP - REACH;
            by_place.push((s, a.1 + (b.1 - a.1) * part, angle(s)));
        }
        let heights = by_place
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (_, z, _)| (low.min(*z), high.max(*z)));
        let (sine, cosine) = curve.along.to_radians().sin_cos();
        Self { centre: curve.centre, along: (cosine, sine), by_length, by_place, first, heights }
    }

    /// Where a point of the sheet is in space.
    pub fn place(&self, x: f64, y: f64) -> V3 {
        let (dx, dy) = (x - self.centre.0, y - self.centre.1);
        let (s, t) = (dx * self.along.0 + dy * self.along.1, dy * self.along.0 - dx * self.along.1);
        let at = ((s + REACH) / STEP).clamp(0.0, self.by_length.len() as f64 - 1.001);
        let (a, b) = (self.by_length[at as usize], self.by_length[at as usize + 1]);
        let part = at.fract();
        self.world(a.0 + (b.0 - a.0) * part, t, a.1 + (b.1 - a.1) * part)
    }

    fn world(&self, along: f64, across: f64, z: f64) -> V3 {
        [
            self.centre.0 + along * self.along.0 - across * self.along.1,
            self.centre.1 + along * self.along.1 + across * self.along.0,
            z,
        ]
    }

    /// Length, height and slope at a place along the chord.
    fn profile(&self, along: f64) -> (f64, f64, f64) {
        let at = ((along - self.first) / STEP).clamp(0.0, self.by_place.len() as f64 - 1.001);
        let (a, b) = (self.by_place[at as usize], self.by_place[at as usize + 1]);
        let part = at.fract();
        (a.0 + (b.0 - a.0) * part, a.1 + (b.1 - a.1) * part, a.2 + (b.2 - a.2) * part)
    }

    /// The first point of the sheet that a ray meets: its place on the sheet, and the paper's normal there.
    fn meet(&self, from: V3, toward: V3) -> Option<((f64, f64), V3)> {
        let (dx, dy) = (from[0] - self.centre.0, from[1] - self.centre.1);
        let (a0, c0) = (dx * self.along.0 + dy * self.along.1, dy * self.along.0 - dx * self.along.1);
        let (da, dc) =
            (toward[0] * self.along.0 + toward[1] * self.along.1, toward[1] * self.along.0 - toward[0] * self.along.1);
        if toward[2] < 1e-6 {
            return None;
        }
        // Nothing of the sheet lies nearer than its highest point.
        let mut near = (self.heights.0 - 0.1 - from[2]) / toward[2];
        let far = (self.heights.1 + 0.1 - from[2]) / toward[2];
        let above = |k: f64| from[2] + k * toward[2] - self.profile(a0 + k * da).1;
        let step = (0.8 / da.abs().max(1e-9)).min((far - near) / 4.0).max(1e-6);
        let mut low = above(near);
        while near < far {
            let next = near + step;
            let high = above(next);
            if low < 0.0 && high >= 0.0 {
                let (mut p, mut q, mut fp, mut fq) = (near, next, low, high);
                for _ in 0..6 {
                    let middle = p + (q - p) * (-fp / (fq - fp)).clamp(0.02, 0.98);
                    let value = above(middle);
                    if value < 0.0 { (p, fp) = (middle, value) } else { (q, fq) = (middle, value) }
                }
                let k = p + (q - p) * (-fp / (fq - fp)).clamp(0.0, 1.0);
                let (s, _, slope) = self.profile(a0 + k * da);
                let across = c0 + k * dc;
                let point = (
                    self.centre.0 + s * self.along.0 - across * self.along.1,
                    self.centre.1 + s * self.along.1 + across * self.along.0,
                );
                return Some((point, self.upright(slope)));
            }
            (near, low) = (next, high);
        }
        None
    }

    fn upright(&self, slope: f64) -> V3 {
        let (sine, cosine) = slope.sin_cos();
        [sine * self.along.0, sine * self.along.1, -cosine]
    }
}

/// A camera over a sheet.
#[derive(Debug, Clone)]
pub struct View {
    /// Picture size, pixels.
    pub size: (u32, u32),
    turn: [V3; 3],
    /// Where the lens is.
    pub lens: V3,
    focal: f64,
    distortion: f64,
    /// Pixels by which each row's exposure finds the scene moved on from the row before (x, y).
    shutter: (f64, f64),
    shape: Option<Shape>,
    table: f64,
}

/// What a ray meets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Point of the sheet, or of its continuation.
    pub sheet: (f64, f64),
    /// Point of the table underneath.
    pub table: (f64, f64),
    /// Point in space, of the sheet.
    pub point: V3,
    /// The sheet's normal, towards the camera.
    pub normal: V3,
}

impl View {
    /// The camera that has `aim.point` of the sheet at `aim.pixel`; `aim.curl` takes no part.
    ///
    /// `shutter`: pixels by which the scene moves from one row's exposure to the next.
    pub fn new(aim: &Aim, shape: Option<Shape>, shutter: (f64, f64)) -> Self {
        let (width, height) = (f64::from(aim.size.0), f64::from(aim.size.1));
        let focal = aim.focal * width.max(height);
        let distance = focal / aim.scale;
        let rotation = |degrees: f64| -> [V3; 3] {
            let (s, c) = degrees.to_radians().sin_cos();
            [[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]]
        };
        let (s, c) = aim.tilt.to_radians().sin_cos();
        let lean = [[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]];
        let times = |a: [V3; 3], b: [V3; 3]| -> [V3; 3] {
            std::array::from_fn(|r| std::array::from_fn(|k| (0..3).map(|i| a[r][i] * b[i][k]).sum()))
        };
        let turn = times(times(rotation(aim.toward), times(lean, rotation(-aim.toward))), rotation(aim.rotate));
        let anchor = shape.as_ref().map_or([aim.point.0, aim.point.1, 0.0], |s| s.place(aim.point.0, aim.point.1));
        let table = shape.as_ref().map_or(0.0, |s| s.heights.1.min(120.0));
        let mut view =
            Self { size: aim.size, turn, lens: [0.0; 3], focal, distortion: aim.distortion, shutter, shape, table };
        // Seen from the lens, the anchor lies along this pixel's ray, `distance` deep.
        let ray = view.ray(aim.pixel.0, aim.pixel.1);
        let depth = dot(ray, turn[2]);
        view.lens = std::array::from_fn(|axis| anchor[axis] - ray[axis] / depth * distance);
        view
    }

    /// Direction, in space, in which a pixel position looks; not of length one.
    fn ray(&self, u: f64, v: f64) -> V3 {
        let (w, h) = (f64::from(self.size.0), f64::from(self.size.1));
        let late = v - h / 2.0;
        let (u, v) = (u - self.shutter.0 * late - w / 2.0, late - self.shutter.1 * late);
        let bend = 1.0 + self.distortion * 4.0 * (u * u + v * v) / (w * w + h * h);
        let seen = [u * bend / self.focal, v * bend / self.focal, 1.0];
        // The rows of the turn are the camera's axes.
        std::array::from_fn(|axis| (0..3).map(|row| self.turn[row][axis] * seen[row]).sum())
    }

    /// Where a point of the sheet appears.
    pub fn pixel(&self, x: f64, y: f64) -> (f64, f64) {
        let point = self.shape.as_ref().map_or([x, y, 0.0], |shape| shape.place(x, y));
        let (w, h) = (f64::from(self.size.0), f64::from(self.size.1));
        let from = minus(point, self.lens);
        let depth = dot(from, self.turn[2]).max(1e-6);
        let ideal = (dot(from, self.turn[0]) / depth * self.focal, dot(from, self.turn[1]) / depth * self.focal);
        let (mut u, mut v) = ideal;
        for _ in 0..12 {
            let bend = 1.0 + self.distortion * 4.0 * (u * u + v * v) / (w * w + h * h);
            (u, v) = (ideal.0 / bend, ideal.1 / bend);
        }
        let late = v / (1.0 - self.shutter.1);
        (u + self.shutter.0 * late + w / 2.0, late + h / 2.0)
    }

    /// What a pixel position shows.
    pub fn meet(&self, u: f64, v: f64) -> Hit {
        let toward = self.ray(u, v);
        // Above the horizon nothing is met; far away stands in for it.
        let reach = |z: f64| ((z - self.lens[2]) / toward[2].max(1e-3)).min(1e5);
        let onto = |z: f64| (self.lens[0] + toward[0] * reach(z), self.lens[1] + toward[1] * reach(z));
        let table = onto(self.table);
        match &self.shape {
            None => Hit { sheet: table, table, point: [table.0, table.1, 0.0], normal: [0.0, 0.0, -1.0] },
            Some(shape) => match shape.meet(self.lens, toward) {
                Some((sheet, normal)) => Hit { sheet, table, point: shape.place(sheet.0, sheet.1), normal },
                // Far outside every sheet.
                None => {
                    Hit { sheet: (1e5, 1e5), table, point: [table.0, table.1, self.table], normal: [0.0, 0.0, -1.0] }
                }
            },
        }
    }

    /// Pixels a millimetre at a point along that of the sheet's two axes which looks smaller.
    pub fn scale_least(&self, x: f64, y: f64) -> f64 {
        let (a, b) = (self.pixel(x, y - 0.1), self.pixel(x, y + 0.1));
        self.scale_at(x, y).min((b.0 - a.0).hypot(b.1 - a.1) / 0.2)
    }

    /// Pixels a millimetre along the sheet's x at a point.
    pub fn scale_at(&self, x: f64, y: f64) -> f64 {
        let (a, b) = (self.pixel(x - 0.1, y), self.pixel(x + 0.1, y));
        (b.0 - a.0).hypot(b.1 - a.1) / 0.2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aim(rotate: f64, tilt: f64) -> Aim {
        Aim {
            size: (1280, 720),
            point: (50.0, 40.0),
            pixel: (600.0, 300.0),
            scale: 6.0,
            rotate,
            tilt,
            toward: 30.0,
            focal: 1.0,
            distortion: 0.01,
            curl: None,
        }
    }

    fn curve(along: f64, curvature: f64) -> Curve {
        Curve {
            centre: (50.0, 40.0),
            along,
            curvature,
            half: 40.0,
            wave: (0.0, 50.0, 0.0),
            creases: Vec::new(),
            lean: 0.0,
        }
    }

    #[test]
    fn what_a_pixel_shows_appears_at_that_pixel() {
        let creased = Curve { creases: vec![Crease { at: 12.0, turn: 0.3 }], ..curve(70.0, 0.01) };
        let waved = Curve { wave: (0.15, 40.0, 1.0), lean: 0.1, ..curve(20.0, -0.012) };
        // (tilt, shape, shutter, why)
        let cases = [
            (0.0, None, (0.0, 0.0), "flat, square on"),
            (40.0, None, (0.02, -0.01), "tilted, by a rolling shutter"),
            (0.0, Some(curve(0.0, 0.02)), (0.0, 0.0), "over a cylinder"),
            (20.0, Some(creased), (0.01, 0.0), "creased"),
            (15.0, Some(waved), (0.0, 0.02), "hollow and wavy"),
        ];
        for (tilt, shape, shutter, why) in cases {
            let view = View::new(&aim(20.0, tilt), shape.as_ref().map(Shape::new), shutter);
            let aimed = view.pixel(50.0, 40.0);
            assert!((aimed.0 - 600.0).hypot(aimed.1 - 300.0) < 1e-3, "{why}: aimed at {aimed:?}");
            for (x, y) in [(30.0, 35.0), (50.0, 40.0), (70.0, 50.0), (62.0, 20.0)] {
                let (u, v) = view.pixel(x, y);
                let hit = view.meet(u, v);
                let off = (hit.sheet.0 - x).hypot(hit.sheet.1 - y);
                assert!(off < 5e-3, "{why}: {x}, {y} came back {off} mm off");
            }
        }
    }

    #[test]
    fn a_bent_sheet_keeps_its_lengths_and_foreshortens_by_the_cosine() {
        let radius = 40.0;
        let shape = Shape::new(&curve(0.0, 1.0 / radius));
        // Far away, so that perspective takes no part.
        let far = Aim { focal: 400.0, distortion: 0.0, ..aim(0.0, 0.0) };
        let view = View::new(&far, Some(shape.clone()), (0.0, 0.0));
        for arc in [0.0, 10.0, 20.0, 30.0, -25.0f64] {
            let expected = 6.0 * (arc / radius).cos();
            let found = view.scale_at(50.0 + arc, 40.0);
            assert!((found - expected).abs() < 0.02, "{arc} mm from the top: {found} against {expected} px/mm");
            let (a, b) = (shape.place(50.0 + arc, 40.0), shape.place(50.0 + arc + 0.5, 40.0));
            let length = dot(minus(b, a), minus(b, a)).sqrt();
            assert!((length - 0.5).abs() < 1e-4, "half a millimetre became {length}");
        }
    }

    #[test]
    fn tilt_makes_one_end_smaller_by_its_depth() {
        let square = Aim { toward: 90.0, distortion: 0.0, ..aim(0.0, 40.0) };
        let view = View::new(&square, None, (0.0, 0.0));
        // 1280 px of focal length at 6 px/mm: 213.3 mm away. Each end's scale falls with the square of its depth.
        let depth = |x: f64| 1280.0 / 6.0 + x * 40f64.to_radians().sin();
        let ratio = view.scale_at(25.0, 40.0) / view.scale_at(75.0, 40.0);
        let expected = (depth(25.0) / depth(-25.0)).powi(2);
        let ratio = ratio.max(1.0 / ratio);
        assert!((ratio - expected).abs() < 0.02 * expected, "{ratio} against {expected}");
    }
}
