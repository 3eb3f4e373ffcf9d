//! `cargo xtask slip`: draws synthetic notices and photographs them. Same options and seed, same bytes.

mod camera;
pub(crate) mod code;
pub mod corpus;
mod draw;
mod imprint;
mod lens;
mod negative;
pub(crate) mod payload;
mod print;
mod sample;
mod sensor;
mod sheet;
mod slice;
mod stage;
mod studio;
mod surface;
mod video;

use anyhow::Context;
use clap::Subcommand;
use jiff::civil::Date;
use rand::SeedableRng;
use rand::rngs::SmallRng;
use sheet::{Beside, Order, Sheet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Options of `cargo xtask slip`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Draws a notice as SVG and PNG.
    Sheet(SheetArgs),
    /// Photographs a notice.
    Photo(PhotoArgs),
    /// Films a notice with a hand-held camera: JPEGs one after another, as Chromium's fake camera takes them.
    Video(VideoArgs),
    /// Makes a set of pictures with truth.jsonl, one object a line.
    Corpus {
        /// Which set.
        #[arg(long, value_enum)]
        set: corpus::Set,
        /// How many pictures.
        #[arg(long)]
        count: usize,
        /// So many frames of each notice, as a hand that trembles sees them.
        #[arg(long)]
        frames: Option<usize>,
        /// All chance comes from here.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The day after which limits drawn by chance lie.
        #[arg(long, default_value = "2026-12-01", value_name = "YYYY-MM-DD")]
        today: Date,
        /// Folder for the pictures.
        #[arg(long)]
        out: PathBuf,
    },
    /// Tells which sets there are.
    Sets,
    /// Makes the page's built-in sample.
    Sample {
        /// Where to write it.
        #[arg(long, default_value = "www/sample.jpg")]
        out: PathBuf,
    },
}

/// What the notice says.
#[derive(Debug, clap::Args)]
struct NoticeArgs {
    /// All chance comes from here.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The bar code's 44 digits, check digit included (a wrong one is drawn as given).
    #[arg(long)]
    digits: Option<String>,
    /// Yen.
    #[arg(long)]
    amount: Option<u32>,
    /// Last day on which the code is taken.
    #[arg(long, value_name = "YYYY-MM-DD")]
    limit: Option<Date>,
    /// Number of reissues.
    #[arg(long, value_parser = clap::value_parser!(u8).range(0..=9))]
    reissue: Option<u8>,
    /// An eL-QR beside the bar code.
    #[arg(long, value_enum)]
    el_qr: Option<Beside>,
    /// Layout, 0 to 4: three parts, A4 letter, four parts, transfer form, folded card.
    #[arg(long, value_parser = clap::value_parser!(u8).range(0..=4))]
    layout: Option<u8>,
    /// The day after which limits drawn by chance lie. Fixed, so that a seed gives the same bytes on any day.
    #[arg(long, default_value = "2026-12-01", value_name = "YYYY-MM-DD")]
    today: Date,
}

impl NoticeArgs {
    fn draw(&self, rng: &mut SmallRng) -> anyhow::Result<Sheet> {
        let mut order = Order::random(rng, self.today);
        if let Some(digits) = &self.digits {
            order.bill = payload::bill_of(digits)?;
        }
        let bill = &mut order.bill;
        bill.amount = self.amount.unwrap_or(bill.amount);
        bill.limit = self.limit.or(bill.limit);
        bill.reissue = self.reissue.unwrap_or(bill.reissue);
        anyhow::ensure!(bill.amount <= 999_999, "--amount: expected at most 999999 yen, found {}", bill.amount);
        order.digits = Some(match &self.digits {
            Some(digits) if self.amount.is_none() && self.limit.is_none() && self.reissue.is_none() => digits.clone(),
            _ => order.bill.digits(),
        });
        order.el_qr = match self.el_qr {
            Some(Beside::Agree) => Some(payload::ElQr::beside(&order.bill, self.today, rng).digits()),
            Some(Beside::Disagree) => Some(sheet::disagreeing(&order.bill, self.today, rng).digits()),
            Some(Beside::None) | None => None,
        };
        order.layout = self.layout.map(usize::from);
        sheet::draw(&order, rng)
    }
}

#[derive(Debug, clap::Args)]
struct SheetArgs {
    #[command(flatten)]
    notice: NoticeArgs,
    /// Where to write the SVG.
    #[arg(long)]
    svg: Option<PathBuf>,
    /// Where to write the PNG.
    #[arg(long)]
    png: Option<PathBuf>,
    /// Dots an inch of the PNG.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(30..=1200))]
    dpi: u32,
}

#[derive(Debug, clap::Args)]
struct PhotoArgs {
    #[command(flatten)]
    notice: NoticeArgs,
    /// Width and height in pixels.
    #[arg(long, default_value = "1280x720", value_parser = size, value_name = "WxH")]
    size: (u32, u32),
    /// Pixels a module of the bar code (mean).
    #[arg(long, default_value_t = 2.8)]
    module_px: f64,
    /// Turn, degrees.
    #[arg(long, default_value_t = 0.0, allow_hyphen_values = true)]
    rotate: f64,
    /// Tilt, degrees.
    #[arg(long, default_value_t = 0.0)]
    tilt: f64,
    /// Defocus, modules (standard deviation).
    #[arg(long, default_value_t = 0.2, value_name = "SIGMA_MODULES")]
    blur: f64,
    /// Noise at middle light, percent of full scale.
    #[arg(long, default_value_t = 0.6, value_name = "PCT")]
    noise: f64,
    /// JPEG quality.
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u8).range(1..=100))]
    jpeg: u8,
    /// Where to write it; the ending chooses JPEG, PNG or WebP (without loss).
    #[arg(long)]
    out: PathBuf,
}

#[derive(Debug, clap::Args)]
struct VideoArgs {
    #[command(flatten)]
    notice: NoticeArgs,
    /// Width and height in pixels.
    #[arg(long, default_value = "1280x720", value_parser = size, value_name = "WxH")]
    size: (u32, u32),
    /// How many frames.
    #[arg(long, default_value_t = 60)]
    frames: usize,
    /// How many of them, at the beginning, show the table alone.
    #[arg(long, default_value_t = 10)]
    empty: usize,
    /// Pixels a module of the bar code once the hand has come to rest.
    #[arg(long, default_value_t = 2.7)]
    module_px: f64,
    /// Turn of the notice, degrees.
    #[arg(long, default_value_t = 4.0, allow_hyphen_values = true)]
    rotate: f64,
    /// Noise at middle light, percent of full scale.
    #[arg(long, default_value_t = 0.8, value_name = "PCT")]
    noise: f64,
    /// JPEG quality.
    #[arg(long, default_value_t = 88, value_parser = clap::value_parser!(u8).range(1..=100))]
    jpeg: u8,
    /// Where to write the film.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Folder for the frames as single pictures.
    #[arg(long)]
    stills: Option<PathBuf>,
}

/// Reads `1280x720`.
fn size(text: &str) -> Result<(u32, u32), String> {
    let bad = || format!("expected WIDTHxHEIGHT, each 16 to 8192, found {text:?}");
    let (width, height) = text.split_once(['x', '×']).ok_or_else(bad)?;
    let parse = |part: &str| part.parse().ok().filter(|n| (16..=8192).contains(n)).ok_or_else(bad);
    Ok((parse(width)?, parse(height)?))
}

/// Runs it.
///
/// # Errors
/// What went wrong, in words.
pub fn run(args: Args) -> anyhow::Result<()> {
    match args.command {
        Command::Sheet(args) => draw_sheet(&args),
        Command::Photo(args) => photo(&args),
        Command::Video(args) => film(&args),
        Command::Corpus { set, count, frames, seed, today, out } => corpus::make(set, count, frames, seed, today, &out),
        Command::Sets => {
            for set in corpus::Set::ALL {
                println!("{:12} {}", set.name(), set.about());
            }
            Ok(())
        }
        Command::Sample { out } => {
            let bytes = sample::picture()?;
            println!("{} bytes: {}", bytes.len(), sample::bill().digits());
            save(&out, &bytes)
        }
    }
}

/// Writes a file, its folder too.
fn save(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    std::fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// Does `count` things on all processors (at most four: each holds large pictures) and gives the results in order.
fn side_by_side<T: Send>(count: usize, work: impl Fn(usize) -> anyhow::Result<T> + Sync) -> anyhow::Result<Vec<T>> {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(4);
    let mut results = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut done = Vec::new();
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        if index >= count {
                            return Ok(done);
                        }
                        match work(index) {
                            Ok(result) => done.push((index, result)),
                            Err(error) => {
                                // The others need not go on.
                                next.store(count, Ordering::Relaxed);
                                return Err(error);
                            }
                        }
                    }
                })
            })
            .collect();
        let mut results = Vec::with_capacity(count);
        for worker in workers {
            match worker.join() {
                Ok(done) => results.extend(done?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        anyhow::Ok(results)
    })?;
    results.sort_by_key(|(index, _)| *index);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

fn png(picture: &image::RgbImage) -> anyhow::Result<Vec<u8>> {
    whole(picture, image::ImageFormat::Png)
}

/// Without loss.
fn whole(picture: &image::RgbImage, format: image::ImageFormat) -> anyhow::Result<Vec<u8>> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format)?;
    Ok(bytes.into_inner())
}

fn draw_sheet(args: &SheetArgs) -> anyhow::Result<()> {
    anyhow::ensure!(args.svg.is_some() || args.png.is_some(), "nothing to write: give --svg FILE or --png FILE");
    let sheet = args.notice.draw(&mut SmallRng::seed_from_u64(args.notice.seed))?;
    if let Some(path) = &args.svg {
        save(path, sheet.svg().as_bytes())?;
    }
    if let Some(path) = &args.png {
        let pixels = |mm: f64| (mm / 25.4 * f64::from(args.dpi)).round() as u32;
        let pixmap = draw::render(&sheet.whole(), sheet.area(), pixels(sheet.width), pixels(sheet.height))?;
        let picture = image::RgbImage::from_fn(pixmap.width(), pixmap.height(), |x, y| {
            pixmap.pixel(x, y).map_or(image::Rgb([255; 3]), |p| image::Rgb([p.red(), p.green(), p.blue()]))
        });
        save(path, &png(&picture)?)?;
    }
    for code in &sheet.codes {
        println!("{} {}", serde_json::to_string(&code.kind)?.trim_matches('"'), code.text);
    }
    Ok(())
}

/// Refuses what no camera could do, and what would take hours to compute.
fn within(option: &str, value: f64, low: f64, high: f64) -> anyhow::Result<()> {
    anyhow::ensure!((low..=high).contains(&value), "{option}: expected {low} to {high}, found {value}");
    Ok(())
}

fn photo(args: &PhotoArgs) -> anyhow::Result<()> {
    within("--module-px", args.module_px, 0.3, 40.0)?;
    within("--rotate", args.rotate, -360.0, 360.0)?;
    within("--tilt", args.tilt, 0.0, 60.0)?;
    within("--blur", args.blur, 0.0, 3.0)?;
    within("--noise", args.noise, 0.0, 50.0)?;
    let mut rng = SmallRng::seed_from_u64(args.notice.seed);
    let sheet = args.notice.draw(&mut rng)?;
    let code = sheet.payment().context("a notice without a bar code")?;
    let mut aim = camera::Aim {
        size: args.size,
        point: (code.x + code.width() / 2.0, code.y + code.height / 2.0),
        pixel: (f64::from(args.size.0) / 2.0, f64::from(args.size.1) / 2.0),
        scale: args.module_px / code.module,
        rotate: args.rotate,
        tilt: args.tilt,
        toward: 40.0,
        focal: 1.0,
        distortion: 0.0,
        curl: None,
    };
    // Foreshortening takes some of what was asked for; give it back.
    let mean = camera::Pose::new(aim).module_px(code).0;
    aim.scale *= args.module_px / mean;
    let camera = camera::Camera {
        size: args.size,
        pose: camera::Pose::new(aim),
        light: stage::light(&mut rng, false),
        optics: camera::Optics { sigma: args.blur * args.module_px, disc: true, shake: 0.0, shake_toward: 0.0 },
        sensor: camera::Sensor { noise: args.noise / 100.0, sharpen: 0.3, contrast: 0.2, grey: false },
    };
    let scene = stage::table_scene(&sheet, &mut rng);
    let picture = camera.shoot(&scene, args.notice.seed)?;
    let named = |extension: &str| args.out.extension().is_some_and(|e| e.eq_ignore_ascii_case(extension));
    let bytes = match () {
        () if named("png") => whole(&picture, image::ImageFormat::Png)?,
        () if named("webp") => whole(&picture, image::ImageFormat::WebP)?,
        () => camera::jpeg(&picture, args.jpeg)?,
    };
    save(&args.out, &bytes)?;
    for code in &sheet.codes {
        println!("{} {}", serde_json::to_string(&code.kind)?.trim_matches('"'), code.text);
    }
    Ok(())
}

fn film(args: &VideoArgs) -> anyhow::Result<()> {
    within("--module-px", args.module_px, 0.3, 40.0)?;
    within("--rotate", args.rotate, -360.0, 360.0)?;
    within("--noise", args.noise, 0.0, 50.0)?;
    anyhow::ensure!(args.out.is_some() || args.stills.is_some(), "nothing to write: give --out FILE or --stills DIR");
    let mut rng = SmallRng::seed_from_u64(args.notice.seed);
    let sheet = args.notice.draw(&mut rng)?;
    let code = sheet.payment().context("a notice without a bar code")?;
    let scene = stage::table_scene(&sheet, &mut rng);
    let hand = video::Hand::new(code, args, &mut rng);
    let frames = side_by_side(args.frames, |at| {
        let picture =
            hand.camera(at).shoot(&scene, args.notice.seed.wrapping_mul(1_000_003).wrapping_add(at as u64))?;
        let bytes = camera::jpeg(&picture, args.jpeg)?;
        if let Some(folder) = &args.stills {
            save(&folder.join(format!("{at:04}.jpg")), &bytes)?;
        }
        Ok(bytes)
    })?;
    if let Some(path) = &args.out {
        save(path, &frames.concat())?;
    }
    for code in &sheet.codes {
        println!("{} {}", serde_json::to_string(&code.kind)?.trim_matches('"'), code.text);
    }
    Ok(())
}
