//! `cargo xtask hostile`: frames in which a reader could believe a payment word that is not there, drawn and read by
//! the thousand, with the bound that the count puts on how often it does.
//!
//! Everything is drawn here from the field's own tables, in modules, and shares nothing with the reader. The bound
//! holds for frames as these are drawn; `docs/belief.md` says what it is worth beyond them.

mod bound;
mod camera;
mod kinds;
mod paper;
mod word;

use anyhow::{Context, bail};
use jiff::civil::Date;
use kinds::{CHANGES, KINDS, Scene};
use maecheck::frame::Frame;
use maecheck::session::{Options, Seen, Session, describe, grammar};
use maecheck::symbol::{Attempted, Reader};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use serde::Serialize;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Options of `cargo xtask hostile`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many frames; the kinds are met in turn.
    #[arg(long, default_value_t = 2_000)]
    count: usize,
    /// All chance comes from here.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The number of the first frame.
    #[arg(long, default_value_t = 0)]
    from: usize,
    /// How many processors to use; all, where nothing is said.
    #[arg(long)]
    threads: Option<usize>,
    /// Only this kind (its name, or the beginning of it); may be given more than once.
    #[arg(long)]
    only: Vec<String>,
    /// Folder for the frames that were read falsely.
    #[arg(long)]
    save: Option<PathBuf>,
    /// Shows a running camera eight frames of each scene, and of papers that change, instead of one frame alone.
    #[arg(long, conflicts_with_all = ["log", "save_all"])]
    sequences: bool,
    /// Reads each frame as a photo, on which more is tried.
    #[arg(long, conflicts_with = "sequences")]
    photos: bool,
    /// Saves every frame.
    #[arg(long, requires = "save")]
    save_all: bool,
    /// File for what the likelihood path weighed: one object a line.
    #[arg(long)]
    log: Option<PathBuf>,
}

/// Frames of a sequence: what a hand shows in the two thirds of a second that evidence is kept for.
const SEQUENCE: usize = 8;

/// What one frame or sequence gave.
#[derive(Debug)]
struct Outcome {
    index: usize,
    kind: usize,
    /// Payment words read that are there.
    right: usize,
    /// Payment words read that are not.
    wrong: Vec<String>,
    drawing: Duration,
    reading: Duration,
}

/// A line of the log.
#[derive(Debug, Serialize)]
struct Logged<'a> {
    index: usize,
    kind: &'static str,
    /// Pixels per module, blur in modules and noise, as drawn.
    scale: f32,
    blur: f32,
    noise: f32,
    there: bool,
    believed: bool,
    /// No number that is none: what is beyond all bounds is written as 1e9.
    margin: f32,
    penalty: f32,
    sigma: f32,
    residual: f32,
    relative: f32,
    share: f32,
    /// The likeliest word, and a word that is there.
    digits: &'a str,
    word: Option<&'a str>,
}

/// Runs the command.
///
/// # Errors
/// A false read, a kind that does not exist, a folder or file that cannot be written.
pub fn run(args: Args) -> anyhow::Result<()> {
    let names = names(args.sequences);
    let chosen: Vec<usize> = (0..names.len())
        .filter(|kind| args.only.is_empty() || args.only.iter().any(|only| names[*kind].starts_with(only.as_str())))
        .collect();
    if chosen.is_empty() {
        bail!("expected a kind, one of {}; found {:?}", names.join(", "), args.only);
    }
    if let Some(folder) = &args.save {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let log = match &args.log {
        None => None,
        Some(path) => {
            let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
            Some(Mutex::new(BufWriter::new(file)))
        }
    };
    let threads = args.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).max(1);
    let next = AtomicUsize::new(0);
    let mut outcomes = std::thread::scope(|scope| {
        let work = || {
            let mut done = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= args.count {
                    return anyhow::Ok(done);
                }
                let (turn, place) = ((args.from + number) / chosen.len(), (args.from + number) % chosen.len());
                let (kind, index) = (chosen[place], turn * names.len() + chosen[place]);
                let outcome = if args.sequences {
                    sequence(kind, index, &args)?
                } else {
                    frame(kind, index, &args, log.as_ref())?
                };
                if (number + 1).is_multiple_of(1_000) {
                    eprintln!("{} frames", number + 1);
                }
                done.push(outcome);
            }
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let mut outcomes = Vec::with_capacity(args.count);
        for worker in workers {
            match worker.join() {
                Ok(done) => outcomes.extend(done?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        anyhow::Ok(outcomes)
    })?;
    outcomes.sort_by_key(|outcome| outcome.index);
    if let Some(log) = log {
        log.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()).flush().context("cannot write the log")?;
    }
    tell(&outcomes, &args)
}

/// The kinds' names, in the order of their numbers.
fn names(sequences: bool) -> Vec<&'static str> {
    let changes = CHANGES.iter().filter(|_| sequences).map(|kind| kind.0);
    KINDS.iter().map(|kind| kind.0).chain(changes).collect()
}

/// Where the chance of frame or sequence number `index` comes from.
fn chance(args: &Args, index: usize) -> SmallRng {
    // Neighbouring numbers must not give neighbouring chances: the generator's own seeding mixes them.
    SmallRng::seed_from_u64(args.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ index as u64)
}

/// Sorts what was read into words that are there and words that are not.
fn judge<'a>(seen: impl IntoIterator<Item = &'a Seen>, scene: &Scene, right: &mut usize, wrong: &mut Vec<String>) {
    for seen in seen {
        if seen.valid && seen.kind.is_payment() {
            if scene.words.contains(&seen.text) { *right += 1 } else { wrong.push(seen.text.clone()) }
        }
    }
}

/// Draws sequence number `index` and shows it to a session.
fn sequence(kind: usize, index: usize, args: &Args) -> anyhow::Result<Outcome> {
    let mut rng = chance(args, index);
    let scenes: Vec<Scene> = match KINDS.get(kind) {
        Some((_, draw)) => vec![draw(&mut rng)?],
        None => CHANGES[kind - KINDS.len()].1(&mut rng)?.into(),
    };
    // One paper after the other, or both in turn.
    let change = rng.random_range(1..SEQUENCE);
    let in_turn = rng.random_bool(0.3);
    let mut session = Session::new(Options { today: Date::constant(2026, 12, 1), built: None, profile: None });
    let (mut right, mut wrong) = (0, Vec::new());
    let (mut drawing, mut reading) = (Duration::ZERO, Duration::ZERO);
    let mut shot = scenes[0].shot.clone();
    let mut pictures = Vec::new();
    for number in 0..SEQUENCE {
        let later = if in_turn { number % 2 == 1 } else { number >= change };
        let scene = &scenes[usize::from(later) % scenes.len()];
        let started = Instant::now();
        let picture = shot.take(&scene.page, scene.from, scene.to, &mut rng)?;
        shot = shot.next(&mut rng);
        drawing += started.elapsed();
        let started = Instant::now();
        let outcome = session.frame(Frame::packed(&picture.luma, picture.width, picture.height)?);
        reading += started.elapsed();
        judge(outcome.report.iter().flat_map(|report| &report.symbols), scene, &mut right, &mut wrong);
        if args.save.is_some() {
            pictures.push(picture);
        }
    }
    if let Some(folder) = &args.save
        && !wrong.is_empty()
    {
        for (number, picture) in pictures.iter().enumerate() {
            save(folder, &format!("{}-{}-{index}-{number}", names(true)[kind], args.seed), picture)?;
        }
    }
    wrong.dedup();
    Ok(Outcome { index, kind, right, wrong, drawing, reading })
}

/// Draws and reads frame number `index`.
fn frame(kind: usize, index: usize, args: &Args, log: Option<&Mutex<BufWriter<File>>>) -> anyhow::Result<Outcome> {
    let (name, draw) = KINDS[kind];
    let started = Instant::now();
    let mut rng = chance(args, index);
    let scene = draw(&mut rng)?;
    let picture = scene.shot.take(&scene.page, scene.from, scene.to, &mut rng)?;
    let drawing = started.elapsed();

    let started = Instant::now();
    let mut reader = Reader::new(grammar());
    let packed = Frame::packed(&picture.luma, picture.width, picture.height)?;
    let reading = if args.photos { reader.study(packed) } else { reader.read(packed) };
    let taken = started.elapsed();

    let (mut right, mut wrong) = (0, Vec::new());
    judge(&describe(&reading.symbols), &scene, &mut right, &mut wrong);
    if let Some(log) = log {
        let mut file = log.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        for Attempted { digits, believed, margin, penalty, sigma, residual, relative, share } in reader.attempted() {
            let finite = |value: &f32| if value.is_finite() { *value } else { 1e9 };
            let line = Logged {
                index,
                kind: name,
                scale: scene.shot.scale,
                blur: scene.shot.blur,
                noise: scene.shot.noise,
                there: scene.words.contains(digits),
                believed: *believed,
                margin: finite(margin),
                penalty: finite(penalty),
                sigma: finite(sigma),
                residual: finite(residual),
                relative: finite(relative),
                share: finite(share),
                digits,
                word: scene.words.first().map(String::as_str),
            };
            serde_json::to_writer(&mut *file, &line).context("cannot write the log")?;
            file.write_all(b"\n").context("cannot write the log")?;
        }
    }
    if let Some(folder) = &args.save
        && (args.save_all || !wrong.is_empty())
    {
        save(folder, &format!("{name}-{}-{index}", args.seed), &picture)?;
    }
    Ok(Outcome { index, kind, right, wrong, drawing, reading: taken })
}

fn save(folder: &Path, name: &str, picture: &camera::Picture) -> anyhow::Result<()> {
    let path = folder.join(format!("{}.png", name.replace(' ', "-")));
    image::GrayImage::from_raw(picture.width as u32, picture.height as u32, picture.luma.clone())
        .context("expected a whole frame")?
        .save(&path)
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Prints the count and its bounds.
fn tell(outcomes: &[Outcome], args: &Args) -> anyhow::Result<()> {
    println!(
        "{:22}{:>10}{:>9}{:>9}{:>14}{:>12}",
        "kind",
        if args.sequences { "sequences" } else { "frames" },
        "read",
        "false",
        "bound (95 %)",
        "median ms"
    );
    let row = |name: &str, of: &[&Outcome]| {
        let wrong = of.iter().filter(|outcome| !outcome.wrong.is_empty()).count();
        let read = of.iter().filter(|outcome| outcome.right > 0).count();
        let (bound, ms) = (bound::upper(wrong, of.len()), quantile(of, |outcome| outcome.reading, 0.5));
        println!("{name:22}{:>10}{read:>9}{wrong:>9}{bound:>14.1e}{ms:>12.1}", of.len());
        wrong
    };
    let names = names(args.sequences);
    for (kind, name) in names.iter().enumerate() {
        let of: Vec<&Outcome> = outcomes.iter().filter(|outcome| outcome.kind == kind).collect();
        if !of.is_empty() {
            row(name, &of);
        }
    }
    let all: Vec<&Outcome> = outcomes.iter().collect();
    let wrong = row("all", &all);
    println!(
        "drawing: median {:.1} ms; reading: 95th percentile {:.1} ms, longest {:.1} ms",
        quantile(&all, |outcome| outcome.drawing, 0.5),
        quantile(&all, |outcome| outcome.reading, 0.95),
        quantile(&all, |outcome| outcome.reading, 1.0)
    );
    for outcome in outcomes.iter().filter(|outcome| !outcome.wrong.is_empty()) {
        println!(
            "false: {} (`--seed {} --only {:?} --from {} --count 1`): {}",
            names[outcome.kind],
            args.seed,
            names[outcome.kind],
            outcome.index / names.len(),
            outcome.wrong.join(", ")
        );
    }
    if wrong > 0 {
        bail!("{wrong} of {} were read falsely", outcomes.len());
    }
    Ok(())
}

/// In milliseconds; 0 of nothing.
fn quantile(of: &[&Outcome], time: fn(&Outcome) -> Duration, share: f64) -> f64 {
    let mut times: Vec<Duration> = of.iter().map(|outcome| time(outcome)).collect();
    times.sort_unstable();
    let at = ((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1));
    times.get(at).map_or(0.0, |time| time.as_secs_f64() * 1e3)
}
