//! Whole sets of pictures with the truth about each.

use super::camera::{Aim, Camera, Optics, Pose, Scene, Sensor, jpeg};
use super::negative;
use super::payload::pick;
use super::print::{Kind, Printed};
use super::sheet::{Order, draw};
use super::stage::{Bounds, Conditions, HARD, ORDINARY, between, in_view, light, photograph, table_scene};
use super::{png, save, side_by_side};
use anyhow::Context;
use image::RgbImage;
use jiff::civil::Date;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use std::path::Path;

/// The sets there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Set {
    /// Notices under the conditions that the first reader must master.
    Ordinary,
    /// Pictures without a readable notice.
    Negatives,
    /// Notices under conditions beyond the ordinary range.
    Hard,
}

/// One line of `truth.jsonl`.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Truth {
    /// File name inside the folder.
    pub file: String,
    /// The 44 digits that a reader should give; null when it must give none.
    pub digits: Option<String>,
    /// The 255 digits of an eL-QR that lies wholly in view; null when there is none.
    pub elqr: Option<String>,
    /// What the picture shows: a layout's name, or the kind of picture without a notice.
    pub shows: String,
    /// Picture width, pixels.
    pub width: u32,
    /// Picture height, pixels.
    pub height: u32,
    /// How it was taken; null for pictures that no camera took.
    pub conditions: Option<Conditions>,
    /// Every symbol of the sheet, in view or not.
    pub codes: Vec<Seen>,
}

/// A symbol as the picture shows it.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Seen {
    /// Its kind, as in `read --json`.
    pub kind: Kind,
    /// What it says.
    pub text: String,
    /// Whether a reader may believe it: false for spoilt, torn and covered ones.
    pub valid: bool,
    /// Whether it lies in the picture with its quiet zones.
    pub in_view: bool,
    /// Least pixels a module.
    pub module_px: f64,
    /// Corners of its dark part in pixels, clockwise from the sheet's upper left.
    pub corners: [(f64, f64); 4],
}

impl Seen {
    fn new(code: &Printed, pose: &Pose, size: (u32, u32)) -> Self {
        let round = |v: f64| (v * 100.0).round() / 100.0;
        Self {
            kind: code.kind,
            text: code.text.clone(),
            valid: code.valid && code.gap.is_none(),
            in_view: in_view(pose, code, size),
            module_px: round(pose.module_px(code).1),
            corners: code.corners().map(|(x, y)| {
                let (u, v) = pose.pixel(x, y);
                (round(u), round(v))
            }),
        }
    }
}

/// Picture sizes, repeated as often as they shall be met: cameras' streams, then photographs.
const SIZES: [(u32, u32); 25] = [
    (640, 480),
    (640, 480),
    (640, 480),
    (1280, 720),
    (1280, 720),
    (1280, 720),
    (1280, 720),
    (1280, 720),
    (720, 1280),
    (960, 720),
    (1280, 960),
    (960, 1280),
    (1920, 1080),
    (1920, 1080),
    (1920, 1080),
    (1920, 1080),
    (1080, 1920),
    (1600, 1200),
    (1600, 1200),
    (1440, 1920),
    (2048, 1536),
    (2592, 1944),
    (4032, 3024),
    (4032, 3024),
    (3024, 4032),
];

/// A picture and what is known of it.
pub struct Shot {
    picture: RgbImage,
    quality: Option<u8>,
    truth: Truth,
}

impl std::fmt::Debug for Shot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Shot({:?})", self.truth)
    }
}

impl Shot {
    /// A picture with its truth; digits and eL-QR follow from the symbols.
    pub fn new(
        picture: RgbImage,
        shows: &str,
        codes: Vec<Seen>,
        conditions: Option<Conditions>,
        quality: Option<u8>,
    ) -> Self {
        let believed =
            |kind: Kind| codes.iter().find(|c| c.kind == kind && c.valid && c.in_view).map(|c| c.text.clone());
        let truth = Truth {
            file: String::new(),
            digits: believed(Kind::Payment),
            elqr: believed(Kind::ElQr),
            shows: shows.to_owned(),
            width: picture.width(),
            height: picture.height(),
            conditions,
            codes,
        };
        Self { picture, quality, truth }
    }
}

/// Makes `count` pictures and `truth.jsonl` in `out`.
///
/// # Errors
/// No Japanese font, or a file that cannot be written.
pub fn make(set: Set, count: usize, seed: u64, today: Date, out: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
    let lines = side_by_side(count, |index| {
        // Each picture hangs on seed and index alone, so that threads cannot change it.
        let mut rng = SmallRng::seed_from_u64(seed.wrapping_mul(1_000_003).wrapping_add(index as u64));
        let mut shot = match set {
            Set::Ordinary => notice(&ORDINARY, today, &mut rng)?,
            Set::Hard => notice(&HARD, today, &mut rng)?,
            Set::Negatives => negative::shot(index, today, &mut rng)?,
        };
        let ending = if shot.quality.is_some() { "jpg" } else { "png" };
        shot.truth.file = format!("{index:04}.{ending}");
        let bytes = match shot.quality {
            Some(quality) => jpeg(&shot.picture, quality)?,
            None => png(&shot.picture)?,
        };
        save(&out.join(&shot.truth.file), &bytes)?;
        Ok(serde_json::to_string(&shot.truth)? + "\n")
    })?;
    save(&out.join("truth.jsonl"), lines.concat().as_bytes())
}

/// A notice under conditions within `bounds`, its bar code wholly in view.
fn notice(bounds: &Bounds, today: Date, rng: &mut SmallRng) -> anyhow::Result<Shot> {
    let sheet = draw(&Order::random(rng, today), rng)?;
    let code = sheet.payment().context("a notice has its bar code")?;
    let scene = table_scene(&sheet, rng);
    // Where there is an eL-QR too, it is mostly photographed with the bar code.
    let both = rng.random_bool(0.6);
    let also: Vec<(f64, f64)> =
        sheet.codes.iter().filter(|c| both && c.kind == Kind::ElQr).flat_map(|c| c.outer()).collect();
    loop {
        let size = pick(rng, &SIZES);
        // A small picture holds the symbol at few turns only; another size is drawn when none fits.
        if let Some((camera, conditions)) = photograph(code, &also, size, bounds, rng) {
            return shoot(&scene, &camera, sheet.layout, conditions, rng);
        }
    }
}

/// Takes the picture and notes where every symbol is.
pub fn shoot(
    scene: &Scene,
    camera: &Camera,
    shows: &str,
    conditions: Conditions,
    rng: &mut SmallRng,
) -> anyhow::Result<Shot> {
    let picture = camera.shoot(scene, rng.random())?;
    let codes = scene.codes.iter().map(|code| Seen::new(code, &camera.pose, camera.size)).collect();
    let quality = conditions.jpeg;
    Ok(Shot::new(picture, shows, codes, Some(conditions), quality))
}

/// A camera that looks at some point of a sheet, for pictures in which no symbol must be in view.
pub fn loose_camera(point: (f64, f64), px_per_mm: (f64, f64), rng: &mut SmallRng) -> (Camera, Conditions) {
    let size = pick(rng, &SIZES[..21]);
    let scale = between(rng, px_per_mm);
    let aim = Aim {
        size,
        point,
        pixel: (f64::from(size.0) * rng.random_range(0.35..0.65), f64::from(size.1) * rng.random_range(0.35..0.65)),
        scale,
        rotate: rng.random_range(0.0..360.0),
        tilt: rng.random_range(0.0..25.0),
        toward: rng.random_range(0.0..360.0),
        focal: rng.random_range(0.75..1.3),
        distortion: rng.random_range(-0.02..0.02),
        curl: None,
    };
    let noise = rng.random_range(0.002..0.02);
    let quality = rng.random_range(70..=96);
    let sigma = rng.random_range(0.3..1.6);
    let camera = Camera {
        size,
        pose: Pose::new(aim),
        light: light(rng, false),
        optics: Optics { sigma, disc: rng.random_bool(0.5), shake: 0.0, shake_toward: 0.0 },
        sensor: Sensor {
            noise,
            sharpen: rng.random_range(0.0..0.9),
            contrast: rng.random_range(0.0..0.5),
            grey: rng.random_bool(0.05),
        },
    };
    // Told in modules of 0.169 mm, as if a payment symbol stood there.
    let module = scale * 0.169;
    let conditions = Conditions {
        module_px: module,
        module_px_min: module,
        rotate: aim.rotate,
        tilt: aim.tilt,
        curl: 0.0,
        sigma: sigma / module,
        shake: 0.0,
        noise,
        jpeg: Some(quality),
    };
    (camera, conditions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slip::code::Modules;
    use crate::slip::code::gs1_128;
    use jiff::civil::date;

    const SIZE: (u32, u32) = (1280, 960);

    fn staged(bounds: &Bounds, seed: u64) -> (Scene, Camera, Conditions, SmallRng) {
        let today = date(2026, 12, 1);
        let mut rng = SmallRng::seed_from_u64(seed);
        let sheet = draw(&Order::random(&mut rng, today), &mut rng).expect("a sheet");
        let code = sheet.payment().expect("a bar code");
        let scene = table_scene(&sheet, &mut rng);
        let (camera, conditions) = photograph(code, &[], SIZE, bounds, &mut rng).expect("it fits");
        (scene, camera, conditions, rng)
    }

    fn small(seed: u64) -> Shot {
        let bounds = Bounds { module_px: (2.6, 2.8), sigma: (0.1, 0.2), noise: (0.001, 0.002), ..ORDINARY };
        let (scene, camera, conditions, mut rng) = staged(&bounds, seed);
        shoot(&scene, &camera, "test", conditions, &mut rng).expect("a picture")
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
        let bytes = |shot: &Shot| jpeg(&shot.picture, 85).expect("a JPEG");
        let (first, again, other) = (small(11), small(11), small(12));
        assert!(bytes(&first) == bytes(&again), "seed 11 twice");
        assert_eq!(
            serde_json::to_string(&first.truth).expect("JSON"),
            serde_json::to_string(&again.truth).expect("JSON")
        );
        assert!(bytes(&first) != bytes(&other), "seeds 11 and 12");
    }

    /// Reads the picture along the line that truth.jsonl gives for the symbol's middle, as nobody who did not know
    /// where it is could, and finds the modules of the digits that truth.jsonl gives.
    #[test]
    fn the_truth_is_where_and_what_the_picture_shows() {
        for seed in [1, 2] {
            let shot = small(seed);
            let digits = shot.truth.digits.clone().expect("a readable notice");
            let seen = shot.truth.codes.iter().find(|c| c.kind == Kind::Payment).expect("its symbol");
            let Modules::Bars(widths) = gs1_128(&digits, 0).expect("44 digits") else { panic!("bars expected") };
            let dark: Vec<bool> =
                widths.iter().enumerate().flat_map(|(at, w)| vec![at % 2 == 0; usize::from(*w)]).collect();
            let place = |part: f64| along(seen.corners, part);
            let luma = |at: f64| {
                let (u, v) = place(at);
                let p = shot.picture.get_pixel(u as u32, v as u32);
                0.299 * f64::from(p[0]) + 0.587 * f64::from(p[1]) + 0.114 * f64::from(p[2])
            };
            let values: Vec<f64> = (0..288).map(|m| luma((f64::from(m) + 0.5) / 288.0)).collect();
            let wrong = values
                .iter()
                .enumerate()
                .filter(|(m, value)| {
                    let near = &values[m.saturating_sub(20)..(m + 20).min(288)];
                    let (low, high) = near.iter().fold((255.0f64, 0.0f64), |(l, h), v| (l.min(*v), h.max(*v)));
                    (**value < (low + high) / 2.0) != dark[*m]
                })
                .count();
            // The lens bends the line a little away from the corners' perspective; other digits would be wrong in
            // more than a third of the modules.
            assert!(wrong <= 12, "seed {seed}: {wrong} of 288 modules are not what the truth says");
        }
    }

    /// The point at a share of the way across a quadrilateral seen in perspective, at its middle height.
    fn along(c: [(f64, f64); 4], part: f64) -> (f64, f64) {
        // Unit square to quadrilateral (Heckbert).
        let (dx1, dx2, sx) = (c[1].0 - c[2].0, c[3].0 - c[2].0, c[0].0 - c[1].0 + c[2].0 - c[3].0);
        let (dy1, dy2, sy) = (c[1].1 - c[2].1, c[3].1 - c[2].1, c[0].1 - c[1].1 + c[2].1 - c[3].1);
        let det = dx1 * dy2 - dx2 * dy1;
        let (g, h) = ((sx * dy2 - dx2 * sy) / det, (dx1 * sy - sx * dy1) / det);
        let w = g * part + h * 0.5 + 1.0;
        let x = (c[1].0 - c[0].0 + g * c[1].0) * part + (c[3].0 - c[0].0 + h * c[3].0) * 0.5 + c[0].0;
        let y = (c[1].1 - c[0].1 + g * c[1].1) * part + (c[3].1 - c[0].1 + h * c[3].1) * 0.5 + c[0].1;
        (x / w, y / w)
    }

    #[test]
    fn ordinary_notices_lie_wholly_in_view_with_two_pixels_a_module() {
        for seed in 0..40 {
            let (scene, camera, conditions, _) = staged(&ORDINARY, seed);
            assert!(conditions.module_px_min >= 1.99, "seed {seed}: {conditions:?}");
            let total = (conditions.sigma.powi(2) + conditions.shake.powi(2) / 12.0).sqrt();
            assert!(total <= 0.5, "seed {seed}: blur of {total} modules");
            let code = scene.codes.iter().find(|c| c.kind == Kind::Payment).expect("its symbol");
            let seen = Seen::new(code, &camera.pose, SIZE);
            assert!(seen.in_view, "seed {seed}: {seen:?}");
            for (u, v) in code.outer().map(|(x, y)| camera.pose.pixel(x, y)) {
                let inside = u > 0.0 && v > 0.0 && u < f64::from(SIZE.0) && v < f64::from(SIZE.1);
                assert!(inside, "seed {seed}: a corner of the quiet zone at {u}, {v}");
            }
        }
    }

    #[test]
    fn no_picture_without_a_notice_claims_digits() {
        for (index, kind) in negative::KINDS.iter().enumerate() {
            // The kinds whose truth hangs on more than their name; the others are drawn by the same three functions.
            if !["torn", "covered", "wrong-check-digit", "wrong-mod-103", "other-ai", "el-qr-spoilt"].contains(kind) {
                continue;
            }
            let mut rng = SmallRng::seed_from_u64(index as u64);
            let shot = negative::shot(index, date(2026, 12, 1), &mut rng).expect(kind);
            assert_eq!(shot.truth.shows, *kind);
            assert_eq!((shot.truth.digits, shot.truth.elqr), (None, None), "{kind}");
            assert!(!shot.truth.codes.is_empty(), "{kind}: there is a symbol to be mistaken for a notice");
        }
    }
}
