//! Puts a sheet on a table, and a camera over it, by chance within given bounds.

use super::camera::{Aim, Camera, Curl, Glare, Light, Optics, Pose, Scene, Sensor, Shadow, Table};
use super::draw::{Area, Drawing};
use super::payload::pick;
use super::print::Printed;
use super::sheet::Sheet;
use rand::Rng;
use rand::rngs::SmallRng;
use std::fmt::Write as _;

/// Bounds within which a photograph is taken by chance.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// Least and greatest pixels a module; the least holds wherever on the symbol one measures.
    pub module_px: (f64, f64),
    /// Turn, degrees.
    pub rotate: (f64, f64),
    /// Tilt, degrees.
    pub tilt: (f64, f64),
    /// Blur of lens and hand together, in modules (standard deviation): usually, and at most.
    pub sigma: (f64, f64),
    /// Noise at middle light, share of full scale.
    pub noise: (f64, f64),
    /// JPEG quality.
    pub jpeg: (u8, u8),
    /// Harsh light: deep shadows, glare.
    pub harsh: bool,
}

/// The issue's ordinary range.
pub const ORDINARY: Bounds = Bounds {
    module_px: (2.0, 9.0),
    rotate: (0.0, 360.0),
    tilt: (0.0, 25.0),
    sigma: (0.35, 0.5),
    noise: (0.002, 0.02),
    jpeg: (70, 96),
    harsh: false,
};

/// Beyond it: for the likelihood path.
pub const HARD: Bounds = Bounds {
    module_px: (1.0, 2.2),
    rotate: (0.0, 360.0),
    tilt: (0.0, 40.0),
    sigma: (0.8, 1.4),
    noise: (0.005, 0.05),
    jpeg: (45, 90),
    harsh: true,
};

/// What was drawn by lot for one photograph, as the truth file tells it.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Conditions {
    /// Mean pixels a module over the framed symbol.
    pub module_px: f64,
    /// Least of them.
    pub module_px_min: f64,
    /// Turn, degrees.
    pub rotate: f64,
    /// Tilt, degrees.
    pub tilt: f64,
    /// Height of the paper's waves, millimetres.
    pub curl: f64,
    /// Defocus, modules.
    pub sigma: f64,
    /// Path of the shake, modules.
    pub shake: f64,
    /// Noise at middle light, share of full scale.
    pub noise: f64,
    /// JPEG quality; none for PNG.
    pub jpeg: Option<u8>,
    /// The rest, for the slices; there `sigma` is all of the blur across the bars, shake included, and `noise` is a share
    /// of the contrast between bar and space.
    #[serde(flatten)]
    pub details: Option<super::slice::Details>,
}

/// A uniform draw that allows an empty range.
pub fn between(rng: &mut SmallRng, (low, high): (f64, f64)) -> f64 {
    if high > low { rng.random_range(low..high) } else { low }
}

/// Lays a sheet on a table among other things, none of which covers its symbols.
pub fn table_scene(sheet: &Sheet, rng: &mut SmallRng) -> Scene {
    let mut drawing = Drawing::default();
    let paper = sheet.area();
    for _ in 0..rng.random_range(0..4) {
        under(&mut drawing, paper, rng);
    }
    soft_edge(&mut drawing, paper, rng);
    drawing.body.push_str(&sheet.drawing.body);
    fold(&mut drawing, paper, rng);
    for _ in 0..rng.random_range(0..3) {
        over(&mut drawing, sheet, rng);
    }
    Scene { drawing, codes: sheet.codes.clone(), table: Table::random(rng) }
}

/// Lays a sheet on an empty table.
pub fn plain_scene(sheet: &Sheet, rng: &mut SmallRng) -> Scene {
    let mut drawing = Drawing::default();
    soft_edge(&mut drawing, sheet.area(), rng);
    drawing.body.push_str(&sheet.drawing.body);
    Scene { drawing, codes: sheet.codes.clone(), table: Table::random(rng) }
}

/// A shadow that paper throws on the table: frames around its edge, each a little larger and fainter. Frames, not
/// filled rectangles, because what lies under the paper is not seen but would cost its time.
pub(super) fn soft_edge(drawing: &mut Drawing, paper: Area, rng: &mut SmallRng) {
    const WIDTH: f64 = 6.0;
    let (dx, dy) = (rng.random_range(-1.5..2.5), rng.random_range(0.2..2.5));
    for step in 0..6 {
        let grow = f64::from(step) * 0.5 - WIDTH / 2.0;
        let area =
            Area { x: paper.x + dx - grow, y: paper.y + dy - grow, w: paper.w + 2.0 * grow, h: paper.h + 2.0 * grow };
        drawing.frame(area, "rgba(0,0,0,0.07)", WIDTH);
    }
}

/// Something that lies under the sheet or beside it: an envelope, a magazine, a mat.
pub(super) fn under(drawing: &mut Drawing, paper: Area, rng: &mut SmallRng) {
    let colour = pick(rng, &["#d8c9a8", "#f4f4f0", "#b7c7d9", "#7a8f6a", "#e0d0d4", "#55606e"]);
    let (w, h) = (rng.random_range(60.0..240.0), rng.random_range(60.0..200.0));
    let (x, y) = (paper.x + rng.random_range(-w..paper.w), paper.y + rng.random_range(-h..paper.h));
    let turn = rng.random_range(-40.0..40.0);
    let _ = write!(drawing.body, r#"<g transform="rotate({turn:.2} {:.2} {:.2})">"#, x + w / 2.0, y + h / 2.0);
    soft_edge(drawing, Area { x, y, w, h }, rng);
    drawing.fill(Area { x, y, w, h }, colour);
    let lines = rng.random_range(0..8);
    for line in 0..lines {
        let at = y + 8.0 + f64::from(line) * 6.0;
        drawing.fill(Area { x: x + 8.0, y: at, w: w * rng.random_range(0.2..0.8), h: 1.6 }, "rgba(40,40,40,0.55)");
    }
    drawing.body.push_str("</g>");
}

/// A fold across the sheet: a faint line with a lighter and a darker side.
pub(super) fn fold(drawing: &mut Drawing, paper: Area, rng: &mut SmallRng) {
    if !rng.random_bool(0.4) {
        return;
    }
    let x = paper.x + paper.w * pick(rng, &[1.0 / 3.0, 0.5, 2.0 / 3.0]);
    drawing.fill(Area { x, w: paper.w * 0.04, ..paper }, "rgba(0,0,0,0.03)");
    drawing.line((x, paper.y), (x, paper.bottom()), "rgba(90,90,90,0.25)", 0.25, "");
}

/// Something on the sheet or beside it: a pen, a coin, a clip, never over a symbol.
pub(super) fn over(drawing: &mut Drawing, sheet: &Sheet, rng: &mut SmallRng) {
    let (length, thick) = pick(rng, &[(140.0, 9.0), (24.0, 24.0), (30.0, 6.0), (60.0, 40.0)]);
    for _ in 0..20 {
        let (x, y) = (rng.random_range(-60.0..sheet.width + 60.0), rng.random_range(-60.0..sheet.height + 60.0));
        let turn: f64 = rng.random_range(0.0..180.0);
        let (dy, dx) = turn.to_radians().sin_cos();
        // The thing as a row of circles, each of which must stay clear of every symbol.
        let free = (-8..=8).all(|at| {
            let part = f64::from(at) / 16.0 * length;
            let (px, py) = (x + dx * part, y + dy * part);
            sheet.codes.iter().all(|code| {
                let outer = code.outer();
                let nearest = (px.clamp(outer[0].0, outer[2].0), py.clamp(outer[0].1, outer[2].1));
                (px - nearest.0).hypot(py - nearest.1) > thick / 2.0 + 4.0
            })
        });
        if !free {
            continue;
        }
        let colour = pick(rng, &["#20242c", "#1f4e9c", "#b03030", "#b08d57", "#9a9a9a", "#e8e4da", "#2f6f4f"]);
        let round = thick * rng.random_range(0.2..0.5);
        let _ = write!(drawing.body, r#"<g transform="rotate({turn:.2} {x:.2} {y:.2})">"#);
        for (grow, ink) in [(1.2, "rgba(0,0,0,0.12)"), (0.6, "rgba(0,0,0,0.18)"), (0.0, colour)] {
            let _ = write!(
                drawing.body,
                r#"<rect x="{:.2}" y="{:.2}" width="{:.2}" height="{:.2}" rx="{round:.2}" fill="{ink}"/>"#,
                x - length / 2.0 - grow,
                y - thick / 2.0 - grow,
                length + 2.0 * grow,
                thick + 2.0 * grow
            );
        }
        let shine = Area { x: x - length * 0.46, y: y - thick * 0.25, w: length * 0.92, h: thick * 0.12 };
        drawing.fill(shine, "rgba(255,255,255,0.3)");
        drawing.body.push_str("</g>");
        return;
    }
}

/// The rectangle of pixels around some points of the plane.
fn reach(pose: &Pose, points: &[(f64, f64)]) -> [f64; 4] {
    points.iter().fold([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY], |b, (x, y)| {
        let (u, v) = pose.pixel(*x, *y);
        [b[0].min(u), b[1].min(v), b[2].max(u), b[3].max(v)]
    })
}

/// Finds a pose that has `code` wholly in view, quiet zones included, within the bounds; `also` are further points
/// of the sheet that must be in view.
///
/// None when the picture's size allows none at the turns that were tried.
pub fn frame(
    code: &Printed,
    also: &[(f64, f64)],
    size: (u32, u32),
    bounds: &Bounds,
    rng: &mut SmallRng,
) -> Option<(Pose, Aim)> {
    const MARGIN: f64 = 3.0;
    let (w, h) = (f64::from(size.0), f64::from(size.1));
    let outer = code.outer();
    let point = ((outer[0].0 + outer[2].0) / 2.0, (outer[0].1 + outer[2].1) / 2.0);
    let outer = [&outer, also].concat();
    for _ in 0..400 {
        let mut aim = Aim {
            size,
            point,
            pixel: (w / 2.0, h / 2.0),
            scale: 1.0 / code.module,
            rotate: between(rng, bounds.rotate),
            tilt: between(rng, bounds.tilt),
            toward: rng.random_range(0.0..360.0),
            focal: rng.random_range(0.75..1.3),
            distortion: rng.random_range(-0.02..0.02),
            curl: (bounds.harsh && rng.random_bool(0.5)).then(|| Curl {
                height: rng.random_range(0.5..6.0),
                length: rng.random_range(60.0..200.0),
                along: rng.random_range(0.0..360.0),
                phase: rng.random(),
            }),
        };
        let small = reach(&Pose::new(aim), &outer);
        let most = ((w - 2.0 * MARGIN) / (small[2] - small[0])).min((h - 2.0 * MARGIN) / (small[3] - small[1]));
        let (low, high) = (bounds.module_px.0, bounds.module_px.1.min(most));
        if high < low {
            continue;
        }
        let wish = low * (high / low).powf(rng.random::<f64>().powf(1.3));
        aim.scale = wish / code.module;
        // Foreshortening takes some of it away again; the least must hold at the symbol's far end.
        let (_, least) = Pose::new(aim).module_px(code);
        if least < low {
            aim.scale *= low / least * 1.002;
        }
        // Move the symbol to a random place that still shows all of it.
        let seen = reach(&Pose::new(aim), &outer);
        if seen[2] - seen[0] > w - 2.0 * MARGIN || seen[3] - seen[1] > h - 2.0 * MARGIN {
            continue;
        }
        aim.pixel.0 += between(rng, (MARGIN - seen[0], w - MARGIN - seen[2]));
        aim.pixel.1 += between(rng, (MARGIN - seen[1], h - MARGIN - seen[3]));
        let pose = Pose::new(aim);
        if in_view(&pose, code, size) && pose.module_px(code).1 >= low * 0.999 {
            return Some((pose, aim));
        }
    }
    None
}

/// Whether a symbol with its quiet zones lies wholly in the picture.
pub fn in_view(pose: &Pose, code: &Printed, size: (u32, u32)) -> bool {
    let seen = reach(pose, &code.outer());
    seen[0] >= 1.0 && seen[1] >= 1.0 && seen[2] <= f64::from(size.0) - 1.0 && seen[3] <= f64::from(size.1) - 1.0
}

/// Light by chance.
pub fn light(rng: &mut SmallRng, harsh: bool) -> Light {
    let mut shadows = Vec::new();
    let depth = if harsh { 0.35..0.8 } else { 0.6..0.92 };
    while rng.random_bool(0.35) && shadows.len() < 2 {
        shadows.push(Shadow {
            at: (rng.random_range(0.0..1.0), rng.random_range(0.0..1.0)),
            toward: rng.random_range(0.0..360.0),
            soft: rng.random_range(0.05..0.5),
            depth: rng.random_range(depth.clone()),
        });
    }
    let glare = (harsh && rng.random_bool(0.3)).then(|| Glare {
        at: (rng.random_range(0.1..0.9), rng.random_range(0.1..0.9)),
        radius: rng.random_range(0.05..0.2),
        strength: rng.random_range(0.2..0.8),
    });
    let warm = rng.random_range(-0.12..0.16);
    Light {
        level: rng.random_range(if harsh { 0.25..0.95 } else { 0.5..0.98 }),
        gradient: (rng.random_range(-0.4..0.4), rng.random_range(-0.4..0.4)),
        vignette: rng.random_range(0.0..0.3),
        tint: (1.0 + warm, 1.0 - warm),
        shadows,
        glare,
    }
}

/// A photograph by chance: camera, conditions, and the JPEG quality (none = PNG).
pub fn photograph(
    code: &Printed,
    also: &[(f64, f64)],
    size: (u32, u32),
    bounds: &Bounds,
    rng: &mut SmallRng,
) -> Option<(Camera, Conditions)> {
    let (pose, aim) = frame(code, also, size, bounds, rng)?;
    let (module_px, module_px_min) = pose.module_px(code);
    let total = if rng.random_bool(0.8) {
        rng.random_range(0.04..bounds.sigma.0)
    } else {
        rng.random_range(bounds.sigma.0..bounds.sigma.1)
    };
    // A path of length L adds a variance of L²/12 along itself; together they stay within the bound.
    let shake = if rng.random_bool(0.35) { total * rng.random_range(0.3..0.85) * 12f64.sqrt() } else { 0.0 };
    let sigma = (total * total - shake * shake / 12.0).max(0.0).sqrt();
    let noise = between(rng, bounds.noise);
    let jpeg = if size.0 * size.1 < 1_000_000 && rng.random_bool(0.2) {
        None
    } else {
        Some(rng.random_range(bounds.jpeg.0..=bounds.jpeg.1))
    };
    let camera = Camera {
        size,
        pose,
        light: light(rng, bounds.harsh),
        optics: Optics {
            sigma: sigma * module_px,
            disc: rng.random_bool(0.6),
            shake: shake * module_px,
            shake_toward: rng.random_range(0.0..180.0),
        },
        sensor: Sensor {
            noise,
            sharpen: rng.random_range(0.0..0.9),
            contrast: rng.random_range(0.0..0.5),
            grey: rng.random_bool(0.05),
        },
    };
    let conditions = Conditions {
        module_px,
        module_px_min,
        rotate: aim.rotate,
        tilt: aim.tilt,
        curl: aim.curl.map_or(0.0, |curl| curl.height),
        sigma,
        shake,
        noise,
        jpeg,
        details: None,
    };
    Some((camera, conditions))
}
