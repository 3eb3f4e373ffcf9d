//! `cargo xtask bench`: read rate, false reads and speed, ours and the peers', on the same frames in one interleaved run.
//!
//! | room | does |
//! |---|---|
//! | [`slice`] | frames: the generator's sets, or folders of pictures |
//! | [`engine`] | ours in this process; peers in Python (`tests/bench/peers.py`) and Chromium (`tests/bench/browser.js`) |
//! | [`score`] | what counts as read and as false, the same for all |
//! | [`table`] | figures and tables |
//!
//! Every frame goes as the same bytes of luminance to every engine before the next frame comes, in an order that turns
//! with each frame. Times are processor time of the one thread an engine runs in, so that other work on the machine
//! neither helps nor harms; the browser's time on the wall stands beside it where the issue demands a ratio.

mod engine;
mod score;
mod slice;
mod table;

use crate::build::{self, Place};
use crate::tools;
use anyhow::{Context, Result};
use engine::{Answer, Engines, NATIVE, WASM, Wanted, is_browser, is_ours};
use jiff::civil::Date;
use score::{Score, score};
use serde_json::{Value, json};
use slice::{Frame, Kept, Slice};
use std::fs;
use std::path::PathBuf;
use table::{Figures, Table, Tally, quantile, ratio};

/// Times that the first frame of all is given to the engines before it counts: compilers and memory settle.
const WARM_UP: usize = 3;

/// Options of `cargo xtask bench`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only these slices: `ordinary` and `empty` (cut to 1280×720), or sets of `slip corpus` as they are.
    #[arg(long, value_name = "NAME", num_args = 1..)]
    set: Vec<String>,
    /// Folders of pictures with truth.jsonl, in place of slices.
    #[arg(long, value_name = "DIR", num_args = 1.., conflicts_with = "set")]
    corpus: Vec<PathBuf>,
    /// Frames a slice; with --sequence notices a slice.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    count: u32,
    /// All chance comes from here.
    #[arg(long, default_value_t = 2026)]
    seed: u64,
    /// Runs of frames of one notice each, up to the first sure read, in place of single frames.
    #[arg(long)]
    sequence: bool,
    /// Frames a run.
    #[arg(long, default_value_t = 8, requires = "sequence", value_parser = clap::value_parser!(u32).range(1..=1000))]
    frames: u32,
    /// The page on a slow phone in place of frames: how soon it opens, how long its main thread is held up, how soon an
    /// answer stands (`tests/bench/phone.js`).
    #[arg(long, conflicts_with_all = ["set", "corpus", "sequence", "native_only", "browser_only", "engine", "json"])]
    page: bool,
    /// Nothing in the browser.
    #[arg(long, conflicts_with = "browser_only")]
    native_only: bool,
    /// Nothing outside it.
    #[arg(long)]
    browser_only: bool,
    /// Only these engines, by the names in the tables.
    #[arg(long, value_name = "NAME", num_args = 1..)]
    engine: Vec<String>,
    /// Measures dist/pkg as it lies, without building it anew.
    #[arg(long)]
    no_build: bool,
    /// Tables as Markdown.
    #[arg(long)]
    markdown: bool,
    /// Every answer to every frame, with the frames' conditions.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// One frame or sequence and what every engine made of it.
#[derive(Debug)]
struct Record {
    slice: String,
    file: String,
    conditions: Value,
    /// Width and height, pixels.
    size: (usize, usize),
    readable: bool,
    /// Of a sequence: times are sums up to the read, scores those of all frames.
    results: Vec<Outcome>,
}

/// One engine's part of a record.
#[derive(Debug, Clone)]
struct Outcome {
    engine: String,
    cpu_ms: f64,
    wall_ms: f64,
    /// Frames up to the read, of those that are read.
    frames: usize,
    score: Score,
    error: Option<String>,
}

impl Outcome {
    fn of(answer: Answer, score: Score) -> Self {
        let Answer { engine, cpu_ms, wall_ms, error, .. } = answer;
        Self { engine, cpu_ms, wall_ms, frames: 1, score, error }
    }

    /// The same sequence's next frame.
    fn add(&mut self, next: Self) {
        self.cpu_ms += next.cpu_ms;
        self.wall_ms += next.wall_ms;
        self.frames += 1;
        self.score.read |= next.score.read;
        self.score.wrong.extend(next.score.wrong);
        self.error = self.error.take().or(next.error);
    }

    /// Whether somebody who holds the notice would have gone on from here.
    fn ends_a_sequence(&self) -> bool {
        self.score.read || !self.score.wrong.is_empty()
    }

    fn json(&self) -> Value {
        let Self { engine, cpu_ms, wall_ms, frames, score, error } = self;
        let round = |ms: &f64| (ms * 1e3).round() / 1e3;
        json!({
            "engine": engine, "cpu_ms": round(cpu_ms), "wall_ms": round(wall_ms), "frames": frames,
            "read": score.read, "wrong": score.wrong, "error": error,
        })
    }
}

/// Runs it.
///
/// # Errors
/// What cannot be built, started or drawn, in words. Peers that cannot be had are told and left out.
pub fn run(args: Args) -> Result<()> {
    let place = Place::here();
    let scratch = place.target.join("bench");
    fs::create_dir_all(&scratch)?;
    if !args.native_only && !args.no_build {
        build::make(&place, &place.root.join("dist"))?;
    }
    if args.page {
        tools::npm_packages(&place.node)?;
        return tools::run(tools::node()?.current_dir(&place.root).arg("tests/bench/phone.js"));
    }
    let wanted =
        Wanted { native: !args.browser_only, browser: !args.native_only, sessions: args.sequence, only: &args.engine };
    let mut engines = Engines::start(&place, &scratch, wanted)?;
    let kept = Kept::new(&place.root, &scratch)?;
    print!("{}", heading(&args, &engines));

    let names = engines.names();
    let mut records = Vec::new();
    let mut all = Vec::new();
    for slice in slices(&args)? {
        let from = records.len();
        let result = measure(&args, &slice, &kept, &mut engines, &mut records);
        let figures = figures(&slice.name, records.get(from..).unwrap_or_default(), &names, args.sequence);
        if figures.count > 0 {
            println!("\n{}", title(&slice, figures.count, args.sequence, args.markdown));
            print!("{}", table::of_slice(&figures, args.sequence, args.markdown));
            all.push(figures);
        }
        result.with_context(|| format!("slice {}", slice.name))?;
    }
    println!("\n{}", headline("Read rate, all slices", args.markdown));
    print!("{}", table::of_run(&all, &names, args.markdown));
    if let Some(speed) = speed(&records, args.markdown).filter(|_| !args.sequence) {
        print!("\n{}\n{speed}", headline("Speed", args.markdown));
    }
    print!("{}", disagreements(&records));
    if let Some(path) = &args.json {
        let records: Vec<Value> = records
            .iter()
            .map(|record| {
                let Record { slice, file, conditions, readable, results, .. } = record;
                let results: Vec<Value> = results.iter().map(Outcome::json).collect();
                json!({"slice": slice, "file": file, "conditions": conditions, "readable": readable, "results": results})
            })
            .collect();
        let whole = json!({
            "date": today().to_string(), "machine": machine(), "seed": args.seed, "sequence": args.sequence,
            "browser": engines.browser, "versions": engines.versions, "missing": engines.missing, "records": records,
        });
        fs::write(path, serde_json::to_vec(&whole)?).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

fn slices(args: &Args) -> Result<Vec<Slice>> {
    if !args.corpus.is_empty() {
        return args.corpus.iter().map(|dir| Slice::folder(dir)).collect();
    }
    let default: &[&str] = if args.sequence { &slice::SEQUENCES } else { &slice::ALL };
    let named: Vec<&str> =
        if args.set.is_empty() { default.to_vec() } else { args.set.iter().map(String::as_str).collect() };
    Ok(named.into_iter().map(Slice::named).collect())
}

fn measure(args: &Args, slice: &Slice, kept: &Kept, engines: &mut Engines, records: &mut Vec<Record>) -> Result<()> {
    let count = args.count as usize;
    if args.sequence {
        for run in slice.sequences(kept, count, args.frames as usize, args.seed)? {
            records.extend(sequence(slice, run, engines, records.is_empty())?);
        }
        return Ok(());
    }
    for frame in slice.open(kept, count, args.seed)? {
        let frame = frame?;
        if records.is_empty() {
            warm_up(&frame, slice, engines)?;
        }
        let answers = engines.ask(&frame, slice.symbology, true, &[])?;
        let results = answers.into_iter().map(|answer| judged(answer, &frame, slice)).collect();
        records.push(record(slice, &frame, results));
    }
    Ok(())
}

fn warm_up(frame: &Frame, slice: &Slice, engines: &mut Engines) -> Result<()> {
    for _ in 0..WARM_UP {
        engines.ask(frame, slice.symbology, true, &[])?;
    }
    Ok(())
}

fn judged(answer: Answer, frame: &Frame, slice: &Slice) -> Outcome {
    let score = score(&answer.texts, &frame.truth, slice.symbology);
    Outcome::of(answer, score)
}

fn record(slice: &Slice, frame: &Frame, results: Vec<Outcome>) -> Record {
    Record {
        slice: slice.name.clone(),
        file: frame.truth.file.clone(),
        conditions: frame.truth.conditions.clone(),
        size: (frame.width, frame.height),
        readable: frame.truth.target(slice.symbology).is_some(),
        results,
    }
}

/// Frames of one notice: each engine gets them until it has read it, or has given a false answer.
fn sequence(
    slice: &Slice,
    frames: impl Iterator<Item = Result<Frame>>,
    engines: &mut Engines,
    first_of_all: bool,
) -> Result<Option<Record>> {
    let names = engines.names();
    let mut whole: Option<Record> = None;
    for frame in frames {
        let frame = frame?;
        let start = whole.is_none();
        if start && first_of_all {
            warm_up(&frame, slice, engines)?;
        }
        let results = whole.as_ref().map_or(&[][..], |record| record.results.as_slice());
        let done: Vec<String> =
            results.iter().filter(|outcome| outcome.ends_a_sequence()).map(|outcome| outcome.engine.clone()).collect();
        if done.len() == names.len() {
            break;
        }
        let answers = engines.ask(&frame, slice.symbology, start, &done)?;
        let results = answers.into_iter().map(|answer| judged(answer, &frame, slice));
        match &mut whole {
            None => whole = Some(record(slice, &frame, results.collect())),
            Some(record) => {
                for next in results {
                    if let Some(outcome) = record.results.iter_mut().find(|outcome| outcome.engine == next.engine) {
                        outcome.add(next);
                    }
                }
            }
        }
    }
    Ok(whole)
}

/// Sums up the records of one slice. Of a sequence only those that were read have a time to the read.
fn figures(name: &str, records: &[Record], engines: &[String], sequence: bool) -> Figures {
    let tally = |engine: &String| {
        let mut tally = Tally { engine: engine.clone(), ..Tally::default() };
        let beside = engines.iter().find(|name| is_ours(name) && is_browser(name) == is_browser(engine));
        // A frame's time counts whatever came of it; a sequence's is the time to the read.
        let timed = |outcome: &Outcome| outcome.error.is_none() && (outcome.score.read || !sequence);
        for record in records {
            let find = |name: &String| record.results.iter().find(|outcome| outcome.engine == *name);
            let Some(outcome) = find(engine) else { continue };
            tally.readable += usize::from(record.readable);
            tally.read += usize::from(outcome.score.read);
            tally.wrong += outcome.score.wrong.len();
            tally.failed += usize::from(outcome.error.is_some());
            if timed(outcome) {
                tally.cpu.push(outcome.cpu_ms);
            }
            if outcome.score.read {
                tally.frames.push(outcome.frames as f64);
            }
            if let Some(ours) = beside.filter(|_| !is_ours(engine)).and_then(find) {
                tally.ours_read += usize::from(ours.score.read);
                if timed(outcome) && timed(ours) {
                    tally.pairs.push((outcome.cpu_ms, ours.cpu_ms));
                }
            }
        }
        tally
    };
    Figures { name: name.to_owned(), count: records.len(), tallies: engines.iter().map(tally).collect() }
}

/// What the issue demands of speed, in the browser; the same natively beside it, of which nothing is demanded.
struct Demand {
    what: &'static str,
    slices: &'static [&'static str],
    of: Of,
    peer: [&'static str; 2],
    median: Option<f64>,
    p95: Option<f64>,
}

/// Which frames of its slices a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    /// All.
    All,
    /// Those that ours read: the others say nothing of "ordinary readable frames".
    Read,
    /// Those that ours and the peer read.
    ReadByBoth,
}

/// Width and height of the frames that the demands are about, pixels.
const SIZE: (usize, usize) = (1280, 720);

const DEMANDS: [Demand; 4] = [
    Demand {
        what: "ordinary readable frames",
        slices: &["ordinary"],
        of: Of::Read,
        peer: ["zxing-wasm", "zxing-cpp"],
        median: Some(0.6),
        p95: None,
    },
    // Not demanded: where an edge reader has it easy and stops early.
    Demand {
        what: "frames that both read",
        slices: &["ordinary", "clean", "grid-p13", "rotated", "tilted", "bent", "shadow", "jpeg", "lowlight", "print"],
        of: Of::ReadByBoth,
        peer: ["zxing-wasm", "zxing-cpp"],
        median: None,
        p95: None,
    },
    Demand {
        what: "empty scenes",
        slices: &["empty"],
        of: Of::All,
        peer: ["zxing-wasm", "zxing-cpp"],
        median: Some(0.6),
        p95: None,
    },
    Demand {
        what: "frames of the likelihood path",
        slices: &slice::SOFT,
        of: Of::All,
        peer: ["zxing-wasm ×2", "zxing-cpp ×2"],
        median: Some(0.6),
        p95: Some(1.5),
    },
];

/// The demands beside what was measured; `None` where no slice of theirs was.
fn speed(records: &[Record], markdown: bool) -> Option<String> {
    let mut any = false;
    let mut table = Table::new(&[
        "1280×720",
        "n",
        "ours median, p95 ms",
        "peer",
        "its median, p95 ms",
        "median",
        "demanded",
        "p95",
        "demanded",
        "on the wall: median",
        "p95",
    ]);
    for demand in &DEMANDS {
        for (ours, peer) in [WASM, NATIVE].into_iter().zip(demand.peer) {
            // Both engines' times over the same frames.
            let times = |wall: bool| -> (Vec<f64>, Vec<f64>) {
                let of = |record: &Record| {
                    let find = |name: &str| record.results.iter().find(|o| o.engine == name && o.error.is_none());
                    let (mine, its) = (find(ours)?, find(peer)?);
                    let time = |o: &Outcome| if wall { o.wall_ms } else { o.cpu_ms };
                    let taken = match demand.of {
                        Of::All => true,
                        Of::Read => mine.score.read,
                        Of::ReadByBoth => mine.score.read && its.score.read,
                    };
                    taken.then(|| (time(mine), time(its)))
                };
                let asked = |r: &&Record| r.size == SIZE && demand.slices.contains(&r.slice.as_str());
                records.iter().filter(asked).filter_map(of).unzip()
            };
            let ((mine, its), (mine_wall, its_wall)) = (times(false), times(true));
            if mine.is_empty() {
                continue;
            }
            any = true;
            let demanded = is_browser(ours);
            let figure = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.2}"));
            let pair = |values: &[f64]| {
                let at = |share: f64| quantile(values, share).unwrap_or_default();
                format!("{:.1}, {:.1}", at(0.5), at(0.95))
            };
            let limit = |found: Option<f64>, most: Option<f64>| match (found, most.filter(|_| demanded)) {
                (Some(found), Some(most)) => format!("≤ {most}: {}", if found <= most { "held" } else { "NOT HELD" }),
                _ => String::new(),
            };
            let (median, p95) = (ratio(&mine, &its, 0.5), ratio(&mine, &its, 0.95));
            table.push(vec![
                format!("{}, {}", demand.what, if demanded { "browser" } else { "native" }),
                mine.len().to_string(),
                pair(&mine),
                peer.to_owned(),
                pair(&its),
                figure(median),
                limit(median, demand.median),
                figure(p95),
                limit(p95, demand.p95),
                figure(ratio(&mine_wall, &its_wall, 0.5)),
                figure(ratio(&mine_wall, &its_wall, 0.95)),
            ]);
        }
    }
    any.then(|| table.text(markdown))
}

/// Frames on which ours answer differently natively and in the browser: the same code must not.
fn disagreements(records: &[Record]) -> String {
    let differs = |record: &&Record| {
        let mut ours = record.results.iter().filter(|outcome| is_ours(&outcome.engine)).map(|o| &o.score);
        ours.next().is_some_and(|first| ours.any(|other| other != first))
    };
    let files: Vec<String> =
        records.iter().filter(differs).map(|record| format!("{}/{}", record.slice, record.file)).collect();
    if files.is_empty() { String::new() } else { format!("\nnative and wasm differ on: {}\n", files.join(", ")) }
}

fn heading(args: &Args, engines: &Engines) -> String {
    let mut lines =
        vec![headline("maecheck bench", args.markdown), format!("{}, {}, seed {}", today(), machine(), args.seed)];
    if let Some(browser) = &engines.browser {
        lines.push(format!(
            "{browser}, headless: one thread, every engine called in turn on one cross-origin isolated page; wall time by \
             performance.now() around the call, processor time of that thread by Performance.getMetrics"
        ));
    }
    lines.push(
        "interleaved: each frame to every engine before the next, the order turning; milliseconds of processor \
                time of an engine's thread, upscaling by two included"
            .to_owned(),
    );
    lines.extend(engines.versions.iter().map(|(name, version)| format!("  {name}: {version}")));
    lines.extend(engines.missing.iter().map(|(name, why)| format!("  {name}: NOT AVAILABLE ({why})")));
    let end = if args.markdown { "  \n" } else { "\n" };
    lines.join(end) + "\n"
}

fn headline(text: &str, markdown: bool) -> String {
    if markdown { format!("\n### {text}\n") } else { format!("== {text}") }
}

fn title(slice: &Slice, count: usize, sequence: bool, markdown: bool) -> String {
    let what = match (sequence, slice.symbology) {
        (true, _) => "notices, up to the first sure read",
        (false, slice::Symbology::Code128) => "frames, bar code",
        (false, slice::Symbology::Qr) => "frames, eL-QR",
    };
    headline(&format!("{}: {count} {what}", slice.name), markdown)
}

fn today() -> Date {
    jiff::Zoned::now().date()
}

/// The kind of machine, as far as it tells.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = info.lines().find(|line| line.starts_with(name))?;
        line.split_once(':').map(|(_, value)| value.trim().to_owned())
    };
    let model = field("model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let speed = field("cpu MHz").map(|mhz| format!(" at {} MHz", mhz.split('.').next().unwrap_or_default()));
    format!("{cores} cores of {model}{}, {}", speed.unwrap_or_default(), std::env::consts::OS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    fn outcome(engine: &str, ms: f64, frames: usize, read: bool, wrong: usize) -> Outcome {
        let score = Score { read, wrong: vec!["x".to_owned(); wrong] };
        Outcome { engine: engine.to_owned(), cpu_ms: ms, wall_ms: 2.0 * ms, frames, score, error: None }
    }

    fn record(slice: &str, results: Vec<Outcome>) -> Record {
        Record {
            slice: slice.to_owned(),
            file: "0.png".to_owned(),
            conditions: Value::Null,
            size: SIZE,
            readable: true,
            results,
        }
    }

    #[test]
    fn times_of_frames_count_always_and_times_to_a_read_only_with_one() {
        let failed = Outcome { error: Some("trap".to_owned()), ..outcome("a", 9.0, 1, false, 0) };
        let records = [
            record("s", vec![outcome("a", 1.0, 1, false, 1)]),
            record("s", vec![outcome("a", 2.0, 3, true, 0)]),
            record("s", vec![outcome("a", 40.0, 8, false, 0)]),
            record("s", vec![failed]),
            record("s", vec![outcome("b", 5.0, 1, true, 0)]),
        ];
        for (sequence, times) in [(false, &[1.0, 2.0, 40.0][..]), (true, &[2.0])] {
            let figures = figures("s", &records, &["a".to_owned()], sequence);
            let tally = &figures.tallies[0];
            assert_eq!((tally.readable, tally.read, tally.wrong, tally.failed), (4, 1, 1, 1), "b's frame is not a's");
            assert_eq!(tally.cpu, times, "sequences: {sequence}; never the failure");
            assert_eq!(tally.frames, [3.0]);
        }
    }

    #[test]
    fn a_peer_is_compared_with_ours_on_its_side_over_the_frames_it_was_given() {
        let ours = |ms: f64, read: bool| [outcome(NATIVE, ms, 1, read, 0), outcome(WASM, 10.0 * ms, 1, read, 0)];
        let peers = |ms: f64| [outcome("zbar", ms, 1, false, 0), outcome("zbar-wasm", ms, 1, true, 0)];
        let records = [
            record("s", [ours(1.0, true), peers(2.0)].concat()),
            record("s", [ours(3.0, false), peers(4.0)].concat()),
            record("s", ours(5.0, true).to_vec()),
        ];
        let names = [NATIVE, WASM, "zbar", "zbar-wasm"].map(str::to_owned);
        let figures = figures("s", &records, &names, false);
        let of = |name: &str| figures.of(name).map(|tally| (tally.pairs.clone(), tally.ours_read));
        assert_eq!(of("zbar"), Some((vec![(2.0, 1.0), (4.0, 3.0)], 1)));
        assert_eq!(of("zbar-wasm"), Some((vec![(2.0, 10.0), (4.0, 30.0)], 1)));
        assert_eq!(of(WASM), Some((Vec::new(), 0)), "ours is compared with nobody");
    }

    #[test]
    fn a_sequence_s_frames_add_up() {
        let mut whole = outcome("a", 1.0, 1, false, 0);
        whole.add(outcome("a", 2.0, 1, false, 0));
        assert!(!whole.ends_a_sequence());
        whole.add(outcome("a", 4.0, 1, true, 0));
        assert_eq!((whole.frames, whole.cpu_ms, whole.wall_ms, whole.score.read), (3, 7.0, 14.0, true));
        assert!(whole.ends_a_sequence());
        assert!(outcome("a", 1.0, 1, false, 1).ends_a_sequence(), "a false answer would have been acted upon");
    }

    #[test]
    fn demands_are_held_or_not_over_the_same_frames() {
        let both = |slice: &str, ours: f64, peer: f64, read: bool| {
            let peer_name = if slice == "ordinary" || slice == "empty" { "zxing-wasm" } else { "zxing-wasm ×2" };
            record(slice, vec![outcome(WASM, ours, 1, read, 0), outcome(peer_name, peer, 1, false, 0)])
        };
        let records = [
            both("ordinary", 5.0, 10.0, true),
            both("ordinary", 900.0, 1.0, false),
            both("empty", 7.0, 10.0, false),
            both("grid-p08", 10.0, 100.0, true),
            both("grid-p06", 170.0, 100.0, false),
            record("empty", vec![outcome(WASM, 900.0, 1, false, 0)]),
            Record { size: (640, 480), ..both("empty", 1.0, 10.0, false) },
            record("bent", vec![outcome(WASM, 3.0, 1, true, 0), outcome("zxing-wasm", 4.0, 1, true, 0)]),
        ];
        let text = speed(&records, true).unwrap();
        let row = |what: &str| text.lines().find(|line| line.contains(what)).unwrap_or_default().to_owned();
        assert!(row("ordinary").contains("| 1 |") && row("ordinary").contains("≤ 0.6: held"), "read alone\n{text}");
        assert!(row("both read").contains("| 1 | 3.0, 3.0 | zxing-wasm | 4.0, 4.0 | 0.75 |  |"), "no demand\n{text}");
        assert!(row("empty").contains("0.70 | ≤ 0.6: NOT HELD"), "where both answered, in frames of the size\n{text}");
        assert!(speed(&[record("s", Vec::new())], true).is_none(), "nothing that a demand is about");
        assert!(row("likelihood").contains("0.90 | ≤ 0.6: NOT HELD | 1.62 | ≤ 1.5: NOT HELD"), "{text}");
    }

    #[test]
    fn only_differing_answers_of_ours_are_named() {
        let same = record("s", vec![outcome(WASM, 1.0, 1, true, 0), outcome(NATIVE, 2.0, 1, true, 0)]);
        let peer = record("s", vec![outcome(WASM, 1.0, 1, true, 0), outcome("zbar", 2.0, 1, false, 0)]);
        assert_eq!(disagreements(&[same, peer]), "");
        let other = record("t", vec![outcome(WASM, 1.0, 1, true, 0), outcome(NATIVE, 2.0, 1, false, 0)]);
        assert!(disagreements(&[other]).contains("t/0.png"));
    }

    #[test]
    fn names_of_slices_are_taken_as_the_issue_has_them() {
        #[derive(clap::Parser)]
        struct Cli {
            #[command(flatten)]
            args: Args,
        }
        let names = |words: &[&str]| {
            let args = Cli::try_parse_from([&["bench"], words].concat()).map(|cli| cli.args);
            args.map(|args| slices(&args).unwrap().into_iter().map(|slice| slice.name).collect::<Vec<_>>())
        };
        assert_eq!(names(&["--set", "empty", "qr-small"]).unwrap(), ["empty", "qr-small"]);
        assert_eq!(names(&[]).unwrap(), slice::ALL);
        assert_eq!(names(&["--sequence"]).unwrap(), slice::SEQUENCES);
        assert!(names(&["--frames", "4"]).is_err(), "frames of what?");
        assert!(names(&["--native-only", "--browser-only"]).is_err(), "nothing would be left");
    }
}
