//! Whole sets of pictures with the truth about each.

use super::camera::{Aim, Camera, Optics, Pose, Scene, Sensor, jpeg};
use super::negative;
use super::payload::pick;
use super::print::{Kind, Printed};
use super::sheet::{Order, draw};
use super::stage::{Bounds, Conditions, HARD, ORDINARY, between, in_view, light, photograph, table_scene};
use super::{png, save, side_by_side, slice};
use anyhow::Context;
use clap::ValueEnum;
use image::{GrayImage, RgbImage};
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
    /// 1.3 to 2 pixels a module, blur to 0.6 module, noise of 4 %.
    GridP13,
    /// 1 pixel a module, blur 0.6, noise 4 %.
    GridP10,
    /// 0.8 pixels a module, blur 0.8, noise 4 %.
    GridP08,
    /// 0.7 pixels a module, blur 1, noise 4 %.
    GridP07,
    /// 1 pixel a module, blur 1, noise 12 %.
    NoisyP10,
    /// 0.6 pixels a module, blur 1, noise 4 %.
    GridP06,
    /// 0.8 to 2 pixels a module, blur 1.3, noise 4 %.
    Blur13,
    /// Any turn.
    Rotated,
    /// Tilted by 25 to 50 degrees.
    Tilted,
    /// Bent paper, waves, creases.
    Bent,
    /// A hard shadow's edge, gloss, or a strong gradient.
    Shadow,
    /// JPEG of quality 10 to 30.
    Jpeg,
    /// 70 to 300 electrons at full scale.
    Lowlight,
    /// Print defects, stamps, fingers.
    Print,
    /// Two or three of these.
    Mixed,
    /// Nothing hard, 2 to 8 pixels a module, to 12 megapixels.
    Clean,
    /// The symbol takes 19 to 35 % of a 1920-pixel frame.
    Small,
    /// Shaken by 1.1 to 2.8 modules.
    Motion,
    /// Out of focus by a disc of 0.55 to 1.15 modules' radius.
    Defocus,
    /// An eL-QR, nothing hard.
    QrOrdinary,
    /// An eL-QR, small.
    QrSmall,
    /// An eL-QR, tilted.
    QrTilted,
    /// An eL-QR, blurred.
    QrBlurred,
    /// Overexposed: white paper gives 1.1 to 2.2 times full scale.
    Bright,
    /// An eL-QR, overexposed.
    QrBright,
}

impl Set {
    /// Every set.
    pub const ALL: [Self; 28] = [
        Self::Ordinary,
        Self::Negatives,
        Self::Hard,
        Self::GridP13,
        Self::GridP10,
        Self::GridP08,
        Self::GridP07,
        Self::NoisyP10,
        Self::GridP06,
        Self::Blur13,
        Self::Rotated,
        Self::Tilted,
        Self::Bent,
        Self::Shadow,
        Self::Jpeg,
        Self::Lowlight,
        Self::Print,
        Self::Mixed,
        Self::Clean,
        Self::Small,
        Self::Motion,
        Self::Defocus,
        Self::QrOrdinary,
        Self::QrSmall,
        Self::QrTilted,
        Self::QrBlurred,
        Self::Bright,
        Self::QrBright,
    ];

    /// Its name on the command line.
    pub fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// What it shows, in a few words.
    pub fn about(self) -> String {
        self.to_possible_value().and_then(|v| Some(v.get_help()?.to_string())).unwrap_or_default()
    }
}

/// The day after which time limits drawn by chance lie, unless another is given: a seed gives the same bytes on any day.
pub const TODAY: Date = jiff::civil::date(2026, 12, 1);

/// A picture in memory, with what is known of it.
#[derive(Debug, Clone)]
pub struct Picture {
    /// What a reader gets: the luminance after everything, compression too.
    pub luma: GrayImage,
    /// What it shows; `file` is empty until it is written.
    pub truth: Truth,
    /// As it would be written.
    pub encoded: Encoded,
}

/// A picture's file.
#[derive(Debug, Clone)]
pub enum Encoded {
    /// A JPEG's bytes: compression was part of the chain.
    Jpeg(Vec<u8>),
    /// Lossless, in colour.
    Colour(RgbImage),
    /// Lossless, the luminance alone.
    Grey,
}

impl Picture {
    /// The file's ending and bytes.
    ///
    /// # Errors
    /// The encoder's.
    pub fn file(&self) -> anyhow::Result<(&'static str, Vec<u8>)> {
        Ok(match &self.encoded {
            Encoded::Jpeg(bytes) => ("jpg", bytes.clone()),
            Encoded::Colour(picture) => ("png", png(picture)?),
            Encoded::Grey => {
                let mut bytes = std::io::Cursor::new(Vec::new());
                self.luma.write_to(&mut bytes, image::ImageFormat::Png)?;
                ("png", bytes.into_inner())
            }
        })
    }
}

/// The luminance of a picture, as JPEG defines it (BT.601).
pub fn luma(picture: &RgbImage) -> GrayImage {
    let bytes = picture
        .as_raw()
        .as_chunks::<3>()
        .0
        .iter()
        .map(|[r, g, b]| ((299 * u32::from(*r) + 587 * u32::from(*g) + 114 * u32::from(*b) + 500) / 1000) as u8)
        .collect();
    GrayImage::from_raw(picture.width(), picture.height(), bytes).unwrap_or_default()
}

/// The picture number `index` of a set; it hangs on set, seed and index alone.
///
/// # Errors
/// No Japanese font on this machine.
#[cfg(test)]
pub fn picture(set: Set, seed: u64, index: usize) -> anyhow::Result<Picture> {
    picture_on(set, seed, index, TODAY)
}

/// The same, with time limits after `today` instead of [`TODAY`].
///
/// # Errors
/// No Japanese font on this machine.
pub fn picture_on(set: Set, seed: u64, index: usize, today: Date) -> anyhow::Result<Picture> {
    if let Some(mut pictures) = slice::pictures(set, seed, index, 1, today)? {
        return pictures.pop().context("one picture was asked for");
    }
    let Shot { picture, quality, truth } = shot(set, seed, index, today)?;
    let (encoded, luma) = match quality {
        Some(quality) => {
            let bytes = jpeg(&picture, quality)?;
            let luma = slice::luma_of_jpeg(&bytes)?;
            (Encoded::Jpeg(bytes), luma)
        }
        None => {
            let luma = luma(&picture);
            (Encoded::Colour(picture), luma)
        }
    };
    Ok(Picture { luma, truth, encoded })
}

/// `frames` pictures of the same notice, held by a hand that trembles; the first is [`picture`]'s.
///
/// # Errors
/// A set that is no slice; no Japanese font on this machine.
#[cfg(test)]
pub fn sequence(set: Set, seed: u64, index: usize, frames: usize) -> anyhow::Result<Vec<Picture>> {
    sequence_on(set, seed, index, frames, TODAY)
}

/// The same, with time limits after `today` instead of [`TODAY`].
///
/// # Errors
/// A set that is no slice; no Japanese font on this machine.
pub fn sequence_on(set: Set, seed: u64, index: usize, frames: usize, today: Date) -> anyhow::Result<Vec<Picture>> {
    slice::pictures(set, seed, index, frames, today)?
        .with_context(|| format!("the set {} has single pictures only", set.name()))
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
    /// A symbol as the camera shows it: `pixel` maps a point of the sheet to the picture, `module_px` is the least.
    pub fn new(code: &Printed, pixel: &dyn Fn(f64, f64) -> (f64, f64), in_view: bool, module_px: f64) -> Self {
        let round = |v: f64| (v * 100.0).round() / 100.0;
        Self {
            kind: code.kind,
            text: code.text.clone(),
            valid: code.valid && code.gap.is_none(),
            in_view,
            module_px: round(module_px),
            corners: code.corners().map(|(x, y)| {
                let (u, v) = pixel(x, y);
                (round(u), round(v))
            }),
        }
    }

    /// The same, seen from a pose.
    pub fn from_pose(code: &Printed, pose: &Pose, size: (u32, u32)) -> Self {
        Self::new(code, &|x, y| pose.pixel(x, y), in_view(pose, code, size), pose.module_px(code).1)
    }
}

impl Truth {
    /// What a picture shows; digits and eL-QR follow from the symbols.
    pub fn new(shows: &str, (width, height): (u32, u32), codes: Vec<Seen>, conditions: Option<Conditions>) -> Self {
        let believed =
            |kind: Kind| codes.iter().find(|c| c.kind == kind && c.valid && c.in_view).map(|c| c.text.clone());
        Self {
            file: String::new(),
            digits: believed(Kind::Payment),
            elqr: believed(Kind::ElQr),
            shows: shows.to_owned(),
            width,
            height,
            conditions,
            codes,
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
        let truth = Truth::new(shows, picture.dimensions(), codes, conditions);
        Self { picture, quality, truth }
    }
}

/// The picture number `index` of a set that is no slice.
fn shot(set: Set, seed: u64, index: usize, today: Date) -> anyhow::Result<Shot> {
    // Each picture hangs on seed and index alone, so that threads cannot change it.
    let mut rng = SmallRng::seed_from_u64(seed.wrapping_mul(1_000_003).wrapping_add(index as u64));
    match set {
        Set::Hard => notice(&HARD, today, &mut rng),
        Set::Negatives => negative::shot(index, today, &mut rng),
        _ => notice(&ORDINARY, today, &mut rng),
    }
}

/// Makes `count` pictures and `truth.jsonl` in `out`; with `frames`, so many of each notice.
///
/// # Errors
/// No Japanese font, a file that cannot be written, frames of a set that has none.
pub fn make(set: Set, count: usize, frames: Option<usize>, seed: u64, today: Date, out: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
    let lines = side_by_side(count, |index| {
        let pictures = match frames {
            Some(frames) => sequence_on(set, seed, index, frames, today)?,
            None => vec![picture_on(set, seed, index, today)?],
        };
        let mut lines = String::new();
        for (frame, mut picture) in pictures.into_iter().enumerate() {
            let (ending, bytes) = picture.file()?;
            let number = if frames.is_some() { format!("{index:04}-{frame:02}") } else { format!("{index:04}") };
            picture.truth.file = format!("{number}.{ending}");
            save(&out.join(&picture.truth.file), &bytes)?;
            lines += &(serde_json::to_string(&picture.truth)? + "\n");
        }
        Ok(lines)
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
    let codes = scene.codes.iter().map(|code| Seen::from_pose(code, &camera.pose, camera.size)).collect();
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
        details: None,
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
            let seen = Seen::from_pose(code, &camera.pose, SIZE);
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
