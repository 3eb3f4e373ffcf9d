//! The conditions on which the decoder is judged, one set each: what is drawn by lot, and how a picture comes of it.

use super::camera::{Aim, Table, jpeg};
use super::corpus::{Encoded, Picture, Seen, Set, Truth};
use super::draw::{Area, Drawing};
use super::imprint::{self, Defects, Imprint, bell};
use super::lens::Spread;
use super::payload::{ElQr, pick};
use super::print::{Kind, Printed};
use super::sensor::Chain;
use super::sheet::{self, Order, Sheet};
use super::stage::{Conditions, between, fold, over, soft_edge, under};
use super::studio::{Lamp, Outline, Shade, Stage, Still, Take, WHITE};
use super::surface::{Crease, Curve, Shape, V3, View, dot, minus, unit};
use anyhow::Context;
use image::{GrayImage, RgbImage};
use jiff::civil::Date;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

/// How a slice's picture came about, beyond what [`Conditions`] tell of every picture.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Details {
    /// Number of the frame in its sequence, from nought.
    pub frame: usize,
    /// Greatest pixels a module over the symbol.
    pub module_px_max: f64,
    /// What the slice is about in this picture: `tilt`, `bend`, `shadow-edge`, `streaks` …
    pub hard: Vec<&'static str>,
    /// Shape of the blur: `bell`, `disc`, `path`, `disc+bell`, `path+bell`.
    pub blur: &'static str,
    /// Electrons at full scale.
    pub electrons: f64,
    /// Read noise, electrons.
    pub read: f64,
    /// The sensor's mosaic is at the picture's own grid.
    pub mosaic: bool,
    /// Noise reduction.
    pub denoise: bool,
    /// Unsharp mask.
    pub sharpen: f64,
    /// Exponent of the tone curve; null = sRGB.
    pub gamma: Option<f64>,
    /// Contrast curve.
    pub contrast: f64,
    /// Linear light of white paper, mean over the symbol.
    pub level: f64,
    /// Radius of the paper's bend, millimetres; negative = hollow; null = none.
    pub bend: Option<f64>,
    /// Direction of the bend across the symbol's modules, degrees.
    pub bend_along: f64,
    /// Slope of the paper's waves, radians.
    pub wave: f64,
    /// Turns of the paper's creases, radians.
    pub creases: Vec<f64>,
    /// Share of the light left in a shadow; null = none.
    pub shade: Option<f64>,
    /// Width of the shadow's edge, millimetres.
    pub penumbra: f64,
    /// Light that gloss adds at its middle, share of full scale; null = none.
    pub gloss: Option<f64>,
    /// Growth of the bars beyond the printer's own, modules.
    pub growth: f64,
    /// Pixels by which the scene moves from row to row (rolling shutter).
    pub shutter: (f64, f64),
}

/// Turns that a slice's pictures have.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Turn {
    /// Within this many degrees of one of the four sides.
    Side(f64),
    /// Any.
    Any,
}

/// Where the asked pixels a module are counted.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Count {
    /// On average over the symbol.
    Mean,
    /// At its smallest end.
    Least,
}

/// How a lamp makes reading hard.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Hard {
    No,
    Edge,
    Gloss,
    Gradient,
}

/// What is asked of a slice.
#[derive(Debug, Clone)]
struct Recipe {
    size: (u32, u32),
    px: (f64, f64),
    count: Count,
    turn: Turn,
    tilt: (f64, f64),
    /// Standard deviation of the blur, modules.
    sigma: (f64, f64),
    /// All of the blur is a disc.
    disc: bool,
    /// Length of a path shaken along, modules.
    path: (f64, f64),
    /// Noise of a pixel, share of the contrast between bar and space; unless `electrons` are given.
    noise: (f64, f64),
    electrons: Option<(f64, f64)>,
    /// Linear light of white paper, 1 = full scale; none = what automatic exposure gives.
    level: Option<(f64, f64)>,
    denoise: f64,
    /// JPEG quality; none = lossless.
    jpeg: Option<(u8, u8)>,
    sharpen: (f64, f64),
    /// Radius of a bend, millimetres.
    bend: Option<(f64, f64)>,
    light: Hard,
    /// How many print defects.
    defects: usize,
    /// The symbol looked at is the eL-QR.
    el_qr: bool,
    /// Standard deviation of the edges' places, modules.
    jitter: f64,
    hard: Vec<&'static str>,
}

const PLAIN: Recipe = Recipe {
    size: (1280, 720),
    px: (1.5, 2.3),
    count: Count::Mean,
    turn: Turn::Side(15.0),
    tilt: (0.0, 8.0),
    sigma: (0.2, 0.45),
    disc: false,
    path: (0.0, 0.0),
    noise: (0.01, 0.04),
    electrons: None,
    level: None,
    denoise: 0.0,
    jpeg: Some((70, 92)),
    sharpen: (0.0, 1.0),
    bend: None,
    light: Hard::No,
    defects: 0,
    el_qr: false,
    jitter: 0.06,
    hard: Vec::new(),
};

/// A point of the grid over pixels a module, blur and noise.
fn grid(px: (f64, f64), sigma: (f64, f64), noise: f64) -> Recipe {
    Recipe { px, sigma, noise: (noise, noise), ..PLAIN }
}

/// A white sheet on a dark table: the camera exposes for both, and the paper burns out.
const BURNT_OUT: Option<(f64, f64)> = Some((1.1, 2.2));

const HARD_LIGHTS: [Hard; 3] = [Hard::Edge, Hard::Gloss, Hard::Gradient];

impl Recipe {
    /// The recipe of a set; parts of some are drawn by lot. None for the sets that are not slices.
    fn of(set: Set, rng: &mut SmallRng) -> Option<Self> {
        Some(match set {
            Set::Ordinary | Set::Negatives | Set::Hard => return None,
            Set::GridP13 => grid((1.3, 2.0), (0.15, 0.6), 0.04),
            Set::GridP10 => grid((1.0, 1.0), (0.6, 0.6), 0.04),
            Set::GridP08 => grid((0.8, 0.8), (0.8, 0.8), 0.04),
            Set::GridP07 => grid((0.7, 0.7), (1.0, 1.0), 0.04),
            Set::NoisyP10 => grid((1.0, 1.0), (1.0, 1.0), 0.12),
            Set::GridP06 => grid((0.6, 0.6), (1.0, 1.0), 0.04),
            Set::Blur13 => grid((0.8, 2.0), (1.3, 1.3), 0.04),
            Set::Rotated => Self { turn: Turn::Any, ..PLAIN },
            Set::Tilted => {
                Self { tilt: (25.0, 50.0), px: (1.2, 1.9), count: Count::Least, hard: vec!["tilt"], ..PLAIN }
            }
            Set::Bent => {
                Self { bend: Some((30.0, 70.0)), px: (1.5, 2.0), count: Count::Least, tilt: (0.0, 15.0), ..PLAIN }
            }
            Set::Shadow => Self { light: pick(rng, &HARD_LIGHTS), count: Count::Least, tilt: (0.0, 20.0), ..PLAIN },
            Set::Jpeg => Self { jpeg: Some((10, 30)), px: (1.2, 1.8), hard: vec!["jpeg"], ..PLAIN },
            Set::Lowlight => Self {
                electrons: Some((70.0, 300.0)),
                denoise: if rng.random_bool(0.5) { 2.5 } else { 0.0 },
                hard: vec!["low-light"],
                ..PLAIN
            },
            Set::Print => Self { defects: rng.random_range(1..=2), px: (1.3, 2.3), ..PLAIN },
            Set::Mixed => Self::mixed(rng),
            Set::Clean => {
                let (size, most) = pick(
                    rng,
                    &[
                        ((1280, 720), 4.0),
                        ((1280, 720), 4.0),
                        ((1280, 720), 4.0),
                        ((1920, 1080), 6.0),
                        ((1920, 1080), 6.0),
                        ((1280, 960), 4.0),
                        ((2592, 1944), 8.0),
                        ((4032, 3024), 8.0),
                    ],
                );
                Self {
                    size,
                    px: (2.0, most),
                    count: Count::Least,
                    sigma: (0.1, 0.3),
                    noise: (0.005, 0.02),
                    sharpen: (0.0, 0.6),
                    jpeg: if size.0 < 2000 && rng.random_bool(0.3) { None } else { Some((85, 95)) },
                    turn: Turn::Any,
                    jitter: 0.03,
                    ..PLAIN
                }
            }
            Set::Small => Self {
                size: (1920, 1080),
                px: (0.19 * 1920.0 / 288.0, 0.35 * 1920.0 / 288.0),
                sigma: (0.2, 0.5),
                ..PLAIN
            },
            Set::Motion => Self { path: (1.1, 2.8), px: (1.6, 2.8), sigma: (0.2, 0.35), hard: vec!["motion"], ..PLAIN },
            Set::Defocus => {
                Self { disc: true, sigma: (0.55 / 2.0, 1.15 / 2.0), px: (1.4, 2.8), hard: vec!["defocus"], ..PLAIN }
            }
            Set::QrOrdinary => Self {
                el_qr: true,
                turn: Turn::Any,
                px: (2.5, 6.0),
                tilt: (0.0, 20.0),
                count: Count::Least,
                sigma: (0.15, 0.4),
                noise: (0.01, 0.03),
                ..PLAIN
            },
            Set::QrSmall => Self { el_qr: true, turn: Turn::Any, px: (1.3, 2.0), sigma: (0.2, 0.45), ..PLAIN },
            Set::QrTilted => Self {
                el_qr: true,
                turn: Turn::Any,
                px: (1.15, 1.9),
                tilt: (30.0, 52.0),
                count: Count::Least,
                sigma: (0.2, 0.4),
                hard: vec!["tilt"],
                ..PLAIN
            },
            Set::QrBlurred => {
                Self { el_qr: true, turn: Turn::Any, px: (2.2, 4.0), sigma: (0.35, 0.55), hard: vec!["blur"], ..PLAIN }
            }
            Set::Bright => Self { level: BURNT_OUT, hard: vec!["bright"], ..PLAIN },
            Set::QrBright => {
                Self { el_qr: true, turn: Turn::Any, px: (2.0, 4.0), level: BURNT_OUT, hard: vec!["bright"], ..PLAIN }
            }
        })
    }

    /// Two or three hardships at once.
    fn mixed(rng: &mut SmallRng) -> Self {
        let mut kinds = vec!["tilt", "bend", "light", "jpeg", "blur", "motion", "low-light", "turn", "print"];
        let mut recipe = Self { count: Count::Least, ..PLAIN };
        for _ in 0..rng.random_range(2..=3) {
            let kind = kinds.swap_remove(rng.random_range(0..kinds.len()));
            match kind {
                "tilt" => recipe.tilt = (20.0, 38.0),
                "bend" => recipe.bend = Some((45.0, 110.0)),
                "light" => recipe.light = pick(rng, &HARD_LIGHTS),
                "jpeg" => recipe.jpeg = Some((20, 45)),
                "blur" => recipe.sigma = (0.5, 0.75),
                "motion" => recipe.path = (0.8, 1.7),
                "low-light" => {
                    recipe.electrons = Some((150.0, 500.0));
                    recipe.denoise = if rng.random_bool(0.5) { 2.5 } else { 0.0 };
                }
                "turn" => recipe.turn = Turn::Any,
                _ => recipe.defects = 1,
            }
            if !["bend", "light", "print"].contains(&kind) {
                recipe.hard.push(kind);
            }
            // A moved and a defocused picture together would be beyond the slice.
            if kind == "motion" || kind == "blur" {
                kinds.retain(|k| !["motion", "blur"].contains(k));
            }
        }
        recipe
    }
}

/// A notice laid before the camera, and how it will be taken; frames differ from it by a hand's tremor only.
struct Setup {
    sheet: Sheet,
    subject: Printed,
    still: Still,
    shape: Option<Shape>,
    aim: Aim,
    lamp: Lamp,
    chain: Chain,
    noise: f64,
    sigma: f64,
    path: Option<(f64, f64)>,
    blur: usize,
    level: f64,
    quality: Option<u8>,
    colour: bool,
    details: Details,
}

/// Least distance of the symbol from the picture's border, pixels: room for a hand to tremble.
const MARGIN: f64 = 14.0;

/// A seed of its own for each picture and frame.
fn mix(parts: [u64; 4]) -> u64 {
    parts.iter().fold(0x9E37_79B9_7F4A_7C15, |state, part| {
        // SplitMix64's finish (Steele, Lea, Flood, 2014).
        let mut z = (state ^ part).wrapping_add(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    })
}

/// `frames` pictures of the notice number `index` of a slice; none when the set is no slice.
///
/// # Errors
/// No Japanese font on this machine.
pub fn pictures(set: Set, seed: u64, index: usize, frames: usize, today: Date) -> anyhow::Result<Option<Vec<Picture>>> {
    let place = [seed, set as u64 + 1, index as u64, 0];
    let mut rng = SmallRng::seed_from_u64(mix(place));
    let Some(recipe) = Recipe::of(set, &mut rng) else { return Ok(None) };
    let setup = Setup::new(&recipe, today, &mut rng)?;
    let made = if setup.colour { setup.frames::<3>(place, frames) } else { setup.frames::<1>(place, frames) };
    made.map(Some)
}

/// Mean, least and greatest pixels a module over a symbol.
fn modules(view: &View, code: &Printed) -> (f64, f64, f64) {
    let (mut sum, mut least, mut most) = (0.0, f64::INFINITY, 0.0f64);
    let square = code.kind != Kind::Payment;
    for at in 0..=12 {
        for down in [0.0, 0.5, 1.0] {
            let (x, y) = (code.x + code.width() * f64::from(at) / 12.0, code.y + code.height * down);
            let scale = if square { view.scale_least(x, y) } else { view.scale_at(x, y) } * code.module;
            sum += scale;
            least = least.min(scale);
            most = most.max(scale);
        }
    }
    (sum / 39.0, least, most)
}

/// The rectangle of a symbol on its sheet.
fn area_of(code: &Printed) -> Area {
    Area { x: code.x, y: code.y, w: code.width(), h: code.height }
}

/// The rectangle of pixels that a symbol takes with its quiet zones: left, top, right, bottom.
fn reach(view: &View, code: &Printed) -> [f64; 4] {
    let [a, _, c, _] = code.outer();
    let mut reach = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    for at in 0..=12 {
        for down in [0.0, 0.5, 1.0] {
            let (u, v) = view.pixel(a.0 + (c.0 - a.0) * f64::from(at) / 12.0, a.1 + (c.1 - a.1) * down);
            reach = [reach[0].min(u), reach[1].min(v), reach[2].max(u), reach[3].max(v)];
        }
    }
    reach
}

/// Whether the paper hides no part of the symbol.
fn open(view: &View, code: &Printed) -> bool {
    (0..=12).all(|at| {
        [0.0, 1.0].into_iter().all(|down| {
            let (x, y) = (code.x + code.width() * f64::from(at) / 12.0, code.y + code.height * down);
            let (u, v) = view.pixel(x, y);
            let hit = view.meet(u, v);
            let to_lens = unit(minus(view.lens, hit.point));
            (hit.sheet.0 - x).hypot(hit.sheet.1 - y) < 0.1 && dot(to_lens, hit.normal) > 0.3
        })
    })
}

/// Direction, in the picture, across a symbol's bars.
fn across(view: &View, code: &Printed) -> (f64, f64) {
    let (x, y) = (code.x + code.width() / 2.0, code.y + code.height / 2.0);
    let (a, b) = (view.pixel(x, y - 0.5), view.pixel(x, y + 0.5));
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx.hypot(dy).max(1e-9);
    (dy / length, -dx / length)
}

impl Setup {
    fn new(recipe: &Recipe, today: Date, rng: &mut SmallRng) -> anyhow::Result<Self> {
        let mut order = Order::random(rng, today);
        if recipe.el_qr {
            order.el_qr = Some(ElQr::beside(&order.bill, today, rng).digits());
        }
        let sheet = sheet::draw(&order, rng)?;
        let kind = if recipe.el_qr { Kind::ElQr } else { Kind::Payment };
        let subject = sheet.codes.iter().find(|c| c.kind == kind).context("a notice has its symbol")?.clone();
        let mut details = Details { hard: recipe.hard.clone(), ..Details::default() };
        let (shape, aim) = frame(recipe, &subject, &mut details, rng);
        let view = View::new(&aim, shape.clone(), (0.0, 0.0));
        let lamp = lamp(recipe.light, &view, &subject, &mut details, rng);

        let mut defects = Defects { jitter: recipe.jitter, ..Defects::default() };
        let mut layers = Vec::new();
        for _ in 0..recipe.defects {
            spoil(&subject, &mut defects, &mut layers, &mut details, rng);
        }
        details.growth = defects.growth;
        let still = lay(&sheet, shape.is_some(), &defects, layers, rng);

        let mosaic = rng.random_bool(0.3);
        let colour = mosaic || (recipe.jpeg.is_none() && rng.random_bool(0.5));
        let hard = recipe.light != Hard::No;
        let level = match recipe.level {
            Some(level) => between(rng, level),
            None if hard => rng.random_range(0.35..0.6),
            None => rng.random_range(0.42..0.82),
        };
        let (noise, electrons, read) = match recipe.electrons {
            Some(electrons) => (0.0, between(rng, electrons), rng.random_range(2.0..5.0)),
            None => (between(rng, recipe.noise), 0.0, 0.0),
        };
        let path =
            (recipe.path.1 > 0.0).then(|| (between(rng, recipe.path), rng.random_range(0.0..std::f64::consts::PI)));
        let gamma = rng.random_bool(0.5).then_some(2.2);
        let sigma = between(rng, recipe.sigma);
        details.mosaic = mosaic;
        details.denoise = recipe.denoise > 0.0;
        details.level = level;
        details.gamma = gamma;
        details.sharpen = between(rng, recipe.sharpen);
        details.contrast = if rng.random_bool(0.5) { rng.random_range(0.0..0.4) } else { 0.0 };
        let chain = Chain {
            electrons,
            read,
            mosaic,
            denoise: recipe.denoise,
            gamma,
            contrast: details.contrast,
            sharpen: details.sharpen,
        };
        Ok(Self {
            shape,
            aim,
            lamp,
            chain,
            noise,
            sigma,
            path,
            blur: if recipe.disc { 1 } else { rng.random_range(0..4) },
            level,
            quality: recipe.jpeg.map(|(low, high)| rng.random_range(low..=high)),
            colour,
            still,
            sheet,
            subject,
            details,
        })
    }

    /// Takes `frames` pictures, the first without any tremor.
    fn frames<const C: usize>(&self, place: [u64; 4], frames: usize) -> anyhow::Result<Vec<Picture>> {
        let mut stage: Option<Stage<C>> = None;
        let mut pictures = Vec::with_capacity(frames);
        for frame in 0..frames {
            let seed = mix([place[0], place[1], place[2], frame as u64 + 1]);
            let mut rng = SmallRng::seed_from_u64(seed);
            let (take, mut conditions) = self.take(frame, &mut rng);
            let stage = match &mut stage {
                Some(stage) => stage,
                None => stage.insert(Stage::new(self.still.clone(), &take)?),
            };
            let planes = stage.shoot(&take);
            let mut chain = self.chain;
            if chain.electrons == 0.0 {
                // Half-way between bars and spaces; dark ink gives back a few percent of what paper does.
                let contrast = self.level * f64::from(self.still.contrast());
                let (electrons, read) = Chain::for_noise(self.noise * contrast, self.middle(), chain.mosaic);
                (chain.electrons, chain.read) = (electrons, read);
            }
            let details = conditions.details.as_mut().context("a slice's conditions have details")?;
            details.electrons = chain.electrons;
            details.read = chain.read;
            if self.noise == 0.0 {
                // What the electrons come to, told in the same words as elsewhere.
                let contrast = self.level * f64::from(self.still.contrast());
                conditions.noise =
                    round((self.middle() * chain.electrons + chain.read.powi(2)).sqrt() / chain.electrons / contrast);
            }
            let bytes = chain.develop(planes, self.aim.size.0 as usize, seed ^ 0x5EED);
            pictures.push(self.picture(bytes, conditions, &take.view)?);
        }
        Ok(pictures)
    }

    /// Linear light half-way between bar and space.
    fn middle(&self) -> f64 {
        self.level * f64::from(self.still.paper_light() - self.still.contrast() / 2.0)
    }

    /// The camera of a frame, and what there is to tell about it.
    fn take(&self, frame: usize, rng: &mut SmallRng) -> (Take, Conditions) {
        let mut aim = self.aim;
        let mut details = self.details.clone();
        details.frame = frame;
        if frame > 0 {
            // A hand that tries to hold still for a few seconds.
            let mut tremor = |size: f64| bell(rng).clamp(-1.8, 1.8) * size;
            aim.pixel.0 += tremor(4.0);
            aim.pixel.1 += tremor(4.0);
            aim.rotate += tremor(0.5);
            aim.tilt = (aim.tilt + tremor(0.8)).max(0.0);
            aim.scale *= 1.0 + tremor(0.004);
        }
        // Rows are read one after another while the hand goes on.
        let still = View::new(&aim, self.shape.clone(), (0.0, 0.0));
        let (mean, ..) = modules(&still, &self.subject);
        let path = self.path.map(|(length, toward)| (length * mean * toward.cos(), length * mean * toward.sin()));
        let rows = f64::from(aim.size.1);
        let shutter = match path {
            // The read-out takes from a third of the exposure's time to one and a half times.
            Some((x, y)) => {
                let share = rng.random_range(0.3..1.5) / rows;
                (x * share, y * share)
            }
            None => (bell(rng) * 0.003, bell(rng) * 0.002),
        };
        details.shutter = shutter;
        let view = View::new(&aim, self.shape.clone(), shutter);
        let (mean, least, most) = modules(&view, &self.subject);
        details.module_px_max = round(most);
        let normal = across(&view, &self.subject);
        let sigma = self.sigma * mean;
        let mut spreads = match self.blur {
            0 => vec![Spread::Bell(sigma)],
            1 => vec![Spread::Disc(2.0 * sigma)],
            2 => {
                let length = 0.85 * sigma * 12f64.sqrt();
                vec![
                    Spread::Path(length * normal.0, length * normal.1),
                    Spread::Bell(sigma * (1.0 - 0.85f64 * 0.85).sqrt()),
                ]
            }
            _ => vec![Spread::Disc(1.4 * sigma), Spread::Bell(sigma * 0.51f64.sqrt())],
        };
        details.blur = ["bell", "disc", "path+bell", "disc+bell"][self.blur.min(3)];
        if let Some((x, y)) = path {
            spreads.push(Spread::Path(x, y));
        }
        let variance: f64 = spreads.iter().map(|s| s.variance(normal)).sum();
        let conditions = Conditions {
            module_px: round(mean),
            module_px_min: round(least),
            rotate: round(aim.rotate),
            tilt: round(aim.tilt),
            curl: 0.0,
            sigma: round(variance.sqrt() / mean),
            shake: path.map_or(0.0, |(x, y)| round(x.hypot(y) / mean)),
            noise: self.noise,
            jpeg: self.quality,
            details: Some(details),
        };
        let take = Take { view, lamp: self.lamp.clone(), spreads, level: self.level, subject: area_of(&self.subject) };
        (take, conditions)
    }

    /// Compresses, and writes down the truth.
    fn picture(&self, bytes: Vec<Vec<u8>>, conditions: Conditions, view: &View) -> anyhow::Result<Picture> {
        let (width, height) = self.aim.size;
        let bad = "planes of the picture's size";
        let (encoded, luma) = if let [red, green, blue] = &bytes[..] {
            let rgb = red.iter().zip(green).zip(blue).flat_map(|((r, g), b)| [*r, *g, *b]).collect();
            let picture = RgbImage::from_raw(width, height, rgb).context(bad)?;
            match self.quality {
                Some(quality) => {
                    let file = jpeg(&picture, quality)?;
                    let luma = luma_of_jpeg(&file)?;
                    (Encoded::Jpeg(file), luma)
                }
                None => {
                    let luma = super::corpus::luma(&picture);
                    (Encoded::Colour(picture), luma)
                }
            }
        } else {
            let plane = bytes.into_iter().next().context(bad)?;
            let picture = GrayImage::from_raw(width, height, plane).context(bad)?;
            match self.quality {
                Some(quality) => {
                    let mut file = Vec::new();
                    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut file, quality).encode_image(&picture)?;
                    let luma = luma_of_jpeg(&file)?;
                    (Encoded::Jpeg(file), luma)
                }
                None => (Encoded::Grey, picture),
            }
        };
        let codes: Vec<Seen> = self
            .sheet
            .codes
            .iter()
            .map(|code| {
                let seen = reach(view, code);
                let inside = seen[0] >= 1.0
                    && seen[1] >= 1.0
                    && seen[2] <= f64::from(width) - 1.0
                    && seen[3] <= f64::from(height) - 1.0;
                let (_, least, _) = modules(view, code);
                Seen::new(code, &|x, y| view.pixel(x, y), inside, least)
            })
            .collect();
        let truth = Truth::new(self.sheet.layout, (width, height), codes, Some(conditions));
        Ok(Picture { luma, truth, encoded })
    }
}

fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// The luminance that JPEG stores, as a reader gets it.
pub fn luma_of_jpeg(file: &[u8]) -> anyhow::Result<GrayImage> {
    let picture = image::load_from_memory_with_format(file, image::ImageFormat::Jpeg)?;
    Ok(match picture {
        image::DynamicImage::ImageLuma8(grey) => grey,
        other => super::corpus::luma(&other.to_rgb8()),
    })
}

/// Bends the sheet and finds a camera that has the symbol wholly in view with the pixels a module asked for.
fn frame(recipe: &Recipe, code: &Printed, details: &mut Details, rng: &mut SmallRng) -> (Option<Shape>, Aim) {
    let (width, height) = (f64::from(recipe.size.0), f64::from(recipe.size.1));
    let point = (code.x + code.width() / 2.0, code.y + code.height / 2.0);
    loop {
        let turned = match recipe.turn {
            Turn::Any => rng.random_range(0.0..360.0),
            Turn::Side(most) => pick(rng, &[0.0, 0.0, 0.0, 180.0, 90.0]) + rng.random_range(-most..most),
        };
        let mut aim = Aim {
            size: recipe.size,
            point,
            pixel: (width / 2.0, height / 2.0),
            scale: 1.0,
            rotate: turned,
            tilt: between(rng, recipe.tilt),
            toward: rng.random_range(0.0..360.0),
            focal: rng.random_range(0.75..1.3),
            distortion: rng.random_range(-0.02..0.02),
            curl: None,
        };
        let wish = between(rng, recipe.px);
        aim.scale = wish / code.module;
        let mut told = details.clone();
        let shape = recipe.bend.map(|radius| Shape::new(&bent(radius, code, &mut told, rng)));
        let seen = |aim: &Aim| View::new(aim, shape.clone(), (0.0, 0.0));
        let settle = |aim: &mut Aim| {
            for _ in 0..3 {
                let (mean, least, _) = modules(&seen(aim), code);
                aim.scale *= wish / if recipe.count == Count::Least { least } else { mean };
            }
        };
        settle(&mut aim);
        if aim.scale * code.module > 3.0 * wish {
            // The far end is so small that the near one would fill the picture.
            continue;
        }
        let view = seen(&aim);
        if !open(&view, code) {
            continue;
        }
        let box_of = reach(&view, code);
        let room = (width - 2.0 * MARGIN - (box_of[2] - box_of[0]), height - 2.0 * MARGIN - (box_of[3] - box_of[1]));
        if room.0 < 0.0 || room.1 < 0.0 {
            continue;
        }
        aim.pixel.0 += MARGIN - box_of[0] + rng.random::<f64>() * room.0;
        aim.pixel.1 += MARGIN - box_of[1] + rng.random::<f64>() * room.1;
        settle(&mut aim);
        let view = seen(&aim);
        let box_of = reach(&view, code);
        let near = MARGIN - 2.0;
        let inside = box_of[0] >= near && box_of[1] >= near && box_of[2] <= width - near && box_of[3] <= height - near;
        if inside && open(&view, code) {
            *details = told;
            return (shape, aim);
        }
    }
}

/// A bend, waves or creases, alone or together, over the symbol.
fn bent(radius: (f64, f64), code: &Printed, details: &mut Details, rng: &mut SmallRng) -> Curve {
    let along = rng.random_range(0.0..180.0);
    let (round, wavy, creased) = pick(
        rng,
        &[
            (true, false, false),
            (true, false, false),
            (true, true, false),
            (true, false, true),
            (false, true, false),
            (false, true, true),
            (false, false, true),
        ],
    );
    let radius = between(rng, radius) * if rng.random_bool(0.6) { 1.0 } else { -1.0 };
    let mut curve = Curve {
        centre: (code.x + code.width() * rng.random_range(0.3..0.7), code.y + code.height * rng.random_range(0.0..1.0)),
        along,
        curvature: if round { 1.0 / radius } else { 0.0 },
        // At most about 110 degrees from side to side.
        half: rng.random_range(12.0..40.0f64).min(radius.abs() * 0.95),
        wave: (0.0, 50.0, 0.0),
        creases: Vec::new(),
        lean: rng.random_range(-0.08..0.08),
    };
    if round {
        details.hard.push("bend");
        details.bend = Some(self::round(radius));
    }
    if wavy {
        details.hard.push("wave");
        let slope = rng.random_range(0.06..if round { 0.14 } else { 0.28 });
        curve.wave = (slope, rng.random_range(22.0..70.0), rng.random_range(0.0..std::f64::consts::TAU));
        details.wave = self::round(slope);
    }
    if creased {
        details.hard.push("crease");
        for _ in 0..rng.random_range(1..=3) {
            let turn = rng.random_range(0.08..0.35) * if rng.random_bool(0.5) { 1.0 } else { -1.0 };
            curve.creases.push(Crease { at: rng.random_range(-25.0..25.0), turn });
            details.creases.push(self::round(turn));
        }
    }
    details.bend_along = self::round(along);
    curve
}

/// The light of a room, or one of those that make reading hard.
fn lamp(kind: Hard, view: &View, code: &Printed, details: &mut Details, rng: &mut SmallRng) -> Lamp {
    let centre = (code.x + code.width() / 2.0, code.y + code.height / 2.0);
    let around = |rng: &mut SmallRng, far: (f64, f64), high: (f64, f64)| -> V3 {
        let (toward, far) = (rng.random_range(0.0..std::f64::consts::TAU), between(rng, far));
        [centre.0 + far * toward.cos(), centre.1 + far * toward.sin(), -between(rng, high)]
    };
    let warm = rng.random_range(-0.12..0.16f32);
    let mut lamp = Lamp {
        place: around(rng, (100.0, 900.0), (600.0, 1800.0)),
        ambient: rng.random_range(0.25..0.7),
        gloss: None,
        shades: Vec::new(),
        vignette: rng.random_range(0.0..0.25),
        flare: rng.random_range(0.0..0.03),
        tint: (1.0 + warm, 1.0 - warm),
    };
    // A point of the symbol, for what shall lie on it.
    let on = |rng: &mut SmallRng| {
        (code.x + code.width() * rng.random_range(0.1..0.9), code.y + code.height * rng.random_range(0.1..0.9))
    };
    match kind {
        Hard::No => {
            if rng.random_bool(0.3) {
                // The soft shadow of a head or a shelf, somewhere.
                lamp.ambient = lamp.ambient.max(0.5);
                let at = (centre.0 + rng.random_range(-90.0..90.0), centre.1 + rng.random_range(-60.0..60.0));
                lamp.shades.push(Shade {
                    outline: Outline::Half { at, toward: rng.random_range(0.0..std::f64::consts::TAU) },
                    penumbra: rng.random_range(25.0..80.0),
                });
            }
        }
        Hard::Edge => {
            details.hard.push("shadow-edge");
            lamp.ambient = rng.random_range(0.22..0.55);
            let at = on(rng);
            let toward = rng.random_range(0.0..std::f64::consts::TAU);
            let outline = if rng.random_bool(0.5) {
                Outline::Half { at, toward }
            } else {
                let radius = rng.random_range(15.0..120.0);
                let centre = (at.0 + radius * toward.cos(), at.1 + radius * toward.sin());
                Outline::Round { centre, radius, outside: rng.random_bool(0.3) }
            };
            let penumbra = rng.random_range(0.1..1.8f64).powi(2);
            lamp.shades.push(Shade { outline, penumbra });
            details.shade = Some(round(lamp.ambient));
            details.penumbra = round(penumbra);
        }
        Hard::Gloss => {
            details.hard.push("gloss");
            // The lamp stands where the paper, as a mirror, shows it in a point of the symbol.
            let (x, y) = on(rng);
            let (u, v) = view.pixel(x, y);
            let hit = view.meet(u, v);
            let to_lens = minus(view.lens, hit.point);
            let (lens_far, lamp_far) = (dot(to_lens, to_lens).sqrt(), rng.random_range(350.0..1200.0));
            let to_lens = unit(to_lens);
            let facing = dot(to_lens, hit.normal);
            let to_lamp: V3 = std::array::from_fn(|axis| 2.0 * facing * hit.normal[axis] - to_lens[axis]);
            lamp.place = std::array::from_fn(|axis| hit.point[axis] + lamp_far * to_lamp[axis]);
            let radius = rng.random_range(2.5..9.0);
            // A step along the paper turns the half-way direction by half of what it turns both of its parents.
            let turn = radius / 2.0 * (1.0 / lens_far + 1.0 / lamp_far);
            let strength = rng.random_range(0.2..0.75);
            lamp.gloss = Some((strength, 1.0 / (turn * turn)));
            details.gloss = Some(round(strength));
        }
        Hard::Gradient => {
            details.hard.push("gradient");
            lamp.ambient = rng.random_range(0.06..0.25);
            lamp.place = around(rng, (32.0, 65.0), (22.0, 65.0));
        }
    }
    lamp
}

/// One print defect, stain or finger.
fn spoil(
    code: &Printed,
    defects: &mut Defects,
    layers: &mut Vec<(Drawing, bool)>,
    details: &mut Details,
    rng: &mut SmallRng,
) {
    let kind = pick(
        rng,
        &["streaks", "dropped-rows", "needle", "spread", "shrunk", "stamp", "finger", "tint", "ink", "perforation"],
    );
    if details.hard.contains(&kind) {
        return;
    }
    match kind {
        "streaks" => defects.streaks = imprint::streaks(code, rng),
        "dropped-rows" => defects.rows = imprint::dropped_rows(code, rng),
        "needle" => defects.rows = imprint::needle_rows(code, rng),
        "spread" => defects.growth = rng.random_range(0.1..0.25),
        "shrunk" => defects.growth = -rng.random_range(0.08..0.2),
        "stamp" => layers.push((imprint::stamp(code, rng), true)),
        "finger" => layers.push((imprint::finger(code, rng), false)),
        "tint" => {
            let tints = [[0.62, 0.8, 0.66], [0.85, 0.62, 0.6], [0.6, 0.7, 0.85], [0.85, 0.78, 0.5], [0.6, 0.58, 0.55]];
            defects.paper = Some(pick(rng, &tints));
        }
        "ink" => {
            let inks = [[0.05, 0.10, 0.34], [0.06, 0.22, 0.12], [0.24, 0.08, 0.07], [0.2, 0.2, 0.21]];
            defects.ink = Some(pick(rng, &inks));
        }
        _ => layers.push((imprint::perforation(code, rng), false)),
    }
    details.hard.push(kind);
}

/// Lays the sheet on a table among other things, or holds it, bent, over one.
fn lay(sheet: &Sheet, bent: bool, defects: &Defects, layers: Vec<(Drawing, bool)>, rng: &mut SmallRng) -> Still {
    let paper = sheet.area();
    let mut below = Drawing::default();
    for _ in 0..rng.random_range(0..4) {
        under(&mut below, paper, rng);
    }
    soft_edge(&mut below, paper, rng);
    let mut page = if bent { Drawing::default() } else { below.clone() };
    page.body.push_str(&sheet.drawing.body);
    fold(&mut page, paper, rng);
    if !bent {
        for _ in 0..rng.random_range(0..3) {
            over(&mut page, sheet, rng);
        }
    }
    let mut imprint = None;
    let mut inks = Vec::new();
    for code in &sheet.codes {
        let area = area_of(code);
        let area = Area { x: area.x - 0.4, y: area.y - 0.4, w: area.w + 0.8, h: area.h + 0.8 };
        if code.kind == Kind::Payment {
            imprint = Some((Imprint::new(code, defects, rng), area));
        } else {
            inks.push((code.ink(), area));
        }
    }
    Still {
        page,
        below: bent.then_some(below),
        paper,
        table: Table::random(rng),
        tint: defects.paper.unwrap_or([1.0; 3]),
        ink: defects.ink.unwrap_or([super::studio::BLACK; 3]),
        imprint,
        inks,
        layers,
    }
}

fn luminance(c: [f32; 3]) -> f32 {
    0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]
}

impl Still {
    /// Difference between paper and ink with respect to white paper, as luminance.
    fn contrast(&self) -> f32 {
        self.paper_light() - luminance(self.ink) / WHITE
    }

    /// Light that the paper gives back with respect to white paper, as luminance.
    fn paper_light(&self) -> f32 {
        luminance(self.tint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slip::corpus::{TODAY, picture, sequence};

    fn slices() -> impl Iterator<Item = Set> {
        Set::ALL.into_iter().filter(|set| Recipe::of(*set, &mut SmallRng::seed_from_u64(1)).is_some())
    }

    #[test]
    fn a_picture_hangs_on_set_seed_and_index_alone_and_leads_its_sequence() {
        let first = picture(Set::GridP08, 5, 3).expect("a picture");
        let frames = sequence(Set::GridP08, 5, 3, 2).expect("a sequence");
        assert!(first.luma == frames[0].luma, "the sequence's first frame is the picture");
        assert!(frames[0].luma != frames[1].luma, "the hand trembles");
        assert_eq!(frames[0].truth.digits, frames[1].truth.digits, "over the same notice");
        for (set, seed, index) in [(Set::GridP08, 6, 3), (Set::GridP08, 5, 4), (Set::GridP07, 5, 3)] {
            let other = picture(set, seed, index).expect("a picture");
            assert_ne!(other.truth.digits, first.truth.digits, "{set:?}, seed {seed}, number {index}");
        }
    }

    #[test]
    fn every_slice_keeps_to_its_conditions() {
        for set in slices() {
            for index in 0..12 {
                let place = [77, set as u64 + 1, index, 0];
                let mut rng = SmallRng::seed_from_u64(mix(place));
                let recipe = Recipe::of(set, &mut rng).expect("a slice");
                let setup = Setup::new(&recipe, TODAY, &mut rng).expect("a setup");
                for frame in 0..3 {
                    let (take, told) = setup.take(frame, &mut SmallRng::seed_from_u64(index * 10 + frame as u64));
                    let why = format!("{set:?}, number {index}, frame {frame}: {told:?}");
                    let px = if recipe.count == Count::Least { told.module_px_min } else { told.module_px };
                    // A trembling hand moves the size by a percent or two, and nothing else does.
                    let slack = if frame == 0 { 0.012 } else { 0.045 };
                    assert!(px >= recipe.px.0 * (1.0 - slack) && px <= recipe.px.1 * (1.0 + slack), "{why}");
                    let blur = (told.sigma.powi(2) - across_share(&take, &setup, told.module_px)).max(0.0).sqrt();
                    assert!(blur >= recipe.sigma.0 - 0.01 && blur <= recipe.sigma.1 + 0.01, "blur {blur} of {why}");
                    assert!(told.jpeg.is_none() == recipe.jpeg.is_none(), "{why}");
                    let seen = reach(&take.view, &setup.subject);
                    let (w, h) = (f64::from(recipe.size.0), f64::from(recipe.size.1));
                    assert!(seen[0] >= 1.0 && seen[1] >= 1.0 && seen[2] <= w - 1.0 && seen[3] <= h - 1.0, "{why}");
                }
            }
        }
    }

    /// Variance, in modules², that a shaken path adds across the bars.
    fn across_share(take: &Take, setup: &Setup, module_px: f64) -> f64 {
        if setup.path.is_none() {
            return 0.0;
        }
        let normal = across(&take.view, &setup.subject);
        take.spreads.last().map_or(0.0, |path| path.variance(normal)) / (module_px * module_px)
    }

    #[test]
    fn pixels_a_module_are_those_between_the_symbols_ends() {
        for set in [Set::GridP10, Set::GridP06, Set::Rotated] {
            let picture = picture(set, 9, 0).expect("a picture");
            let told = picture.truth.conditions.expect("conditions");
            let seen = picture.truth.codes.iter().find(|c| c.kind == Kind::Payment).expect("its symbol");
            let middle = |a: (f64, f64), b: (f64, f64)| ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0);
            let (left, right) = (middle(seen.corners[0], seen.corners[3]), middle(seen.corners[1], seen.corners[2]));
            let found = (right.0 - left.0).hypot(right.1 - left.1) / 288.0;
            assert!((found - told.module_px).abs() < 0.01 * found, "{set:?}: {found} against {}", told.module_px);
        }
    }

    #[test]
    fn hardships_are_those_of_the_slice() {
        // (set, what some of forty must show, why)
        let cases = [
            (Set::Bent, vec!["bend", "wave", "crease"], "paper bends in each way"),
            (Set::Shadow, vec!["shadow-edge", "gloss", "gradient"], "light is hard in each way"),
            (Set::Print, vec!["streaks", "stamp", "finger", "dropped-rows"], "defects of each kind"),
        ];
        for (set, kinds, why) in cases {
            let told: Vec<&str> = (0..40)
                .flat_map(|index| {
                    let mut rng = SmallRng::seed_from_u64(mix([3, set as u64 + 1, index, 0]));
                    let recipe = Recipe::of(set, &mut rng).expect("a slice");
                    Setup::new(&recipe, TODAY, &mut rng).expect("a setup").details.hard
                })
                .collect();
            for kind in kinds {
                assert!(told.contains(&kind), "{why}: {kind} among {told:?}");
            }
        }
        for (set, kind) in [(Set::Bright, Kind::Payment), (Set::QrBright, Kind::ElQr)] {
            let picture = picture(set, 9, 1).expect("a picture");
            let code = picture.truth.codes.iter().find(|code| code.kind == kind).expect("its symbol");
            let (left, right) = (code.corners[0], code.corners[2]);
            let (x, y) = (left.0.min(right.0) as u32, left.1.min(right.1) as u32);
            let (w, h) = ((left.0 - right.0).abs() as u32, (left.1 - right.1).abs() as u32);
            let inside = (0..w * h).map(|i| picture.luma.get_pixel(x + i % w, y + i / w).0[0]);
            let burnt = inside.filter(|v| *v >= 254).count() as f64 / f64::from(w * h);
            assert!((0.3..0.95).contains(&burnt), "{set:?}: {burnt} of the symbol is burnt out");
        }
        let two: Vec<usize> = (0..20)
            .map(|index| {
                let mut rng = SmallRng::seed_from_u64(mix([3, 99, index, 0]));
                let recipe = Recipe::mixed(&mut rng);
                Setup::new(&recipe, TODAY, &mut rng).expect("a setup").details.hard.len()
            })
            .collect();
        assert!(two.iter().all(|count| (2..=6).contains(count)), "two or three hardships at once: {two:?}");
    }
}
