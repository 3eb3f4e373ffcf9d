//! The engines: ours in this process, the peers in two others. Each gets the same bytes and answers with texts and times.

use super::slice::{Frame, Symbology};
use crate::build::Place;
use crate::slip::corpus::TODAY;
use crate::tools;
use anyhow::{Context, Result, bail, ensure};
use maecheck::frame::Frame as Luma;
use maecheck::session::{self, Options, Session};
use maecheck::symbol::Reader;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// Ours in this process.
pub const NATIVE: &str = "maecheck native";
/// Ours in the browser.
pub const WASM: &str = "maecheck wasm";
/// What the names of the two sessions end in.
const SESSION: &str = " session";

/// Pixels of the largest frame that is also tried at twice its size: a 1080p frame. Nobody does that to a photo, which
/// has pixels enough.
const MOST_DOUBLED: usize = 1920 * 1080;

/// Tenths of a second that a process has to end by itself: a browser has to be closed.
const PATIENCE: usize = 100;

/// One engine's answer to one frame.
#[derive(Debug, Clone, Deserialize)]
pub struct Answer {
    /// Which engine.
    pub engine: String,
    /// Processor time of its thread, milliseconds.
    #[serde(default)]
    pub cpu_ms: f64,
    /// Time on the wall, milliseconds.
    #[serde(default)]
    pub wall_ms: f64,
    /// What it read.
    #[serde(default)]
    pub texts: Vec<String>,
    /// Why there is no answer.
    pub error: Option<String>,
}

/// What the other processes are asked.
#[derive(Debug, Serialize)]
struct Order<'a> {
    file: &'a Path,
    width: usize,
    height: usize,
    symbology: Symbology,
    start: bool,
    engines: &'a [&'a str],
}

/// Engines that run in one thread and are asked one after the other.
#[derive(Debug)]
enum Host {
    /// Ours, natively.
    Here(Box<Ours>),
    /// A process that answers lines.
    Process(Peers),
}

/// All engines of a run.
#[derive(Debug)]
pub struct Engines {
    hosts: Vec<(Host, Vec<String>)>,
    frame_file: PathBuf,
    turn: usize,
    /// What is told of each engine that is there.
    pub versions: BTreeMap<String, String>,
    /// Engines that cannot be had, and why.
    pub missing: BTreeMap<String, String>,
    /// The browser, by name and version.
    pub browser: Option<String>,
}

/// What is wanted of a run's engines.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Natively.
    pub native: bool,
    /// In the browser.
    pub browser: bool,
    /// Sessions in place of readers of single frames.
    pub sessions: bool,
    /// Only engines of these names; all where there is none.
    pub only: &'a [String],
}

impl Engines {
    /// Starts what is wanted. What cannot be started is noted in [`Engines::missing`], all but ours.
    ///
    /// # Errors
    /// A page or module of ours that cannot be loaded.
    pub fn start(place: &Place, scratch: &Path, wanted: Wanted<'_>) -> Result<Self> {
        let mut engines = Self {
            hosts: Vec::new(),
            frame_file: scratch.join("frame.bin"),
            turn: 0,
            versions: BTreeMap::new(),
            missing: BTreeMap::new(),
            browser: None,
        };
        if wanted.native {
            let name = if wanted.sessions { format!("{NATIVE}{SESSION}") } else { NATIVE.to_owned() };
            engines.versions.insert(name.clone(), "this commit, profile tool".to_owned());
            engines.add(Host::Here(Box::new(Ours::new())), vec![name], wanted);
            match python(place).and_then(|mut python| Peers::start(python.arg(place.root.join("tests/bench/peers.py"))))
            {
                Ok((peers, hello)) => engines.greet(peers, hello, wanted),
                Err(error) => {
                    for name in ["zxing-cpp", "zxing-cpp ×2", "zbar", "zbar ×2"] {
                        engines.missing.insert(name.to_owned(), format!("{error:#}"));
                    }
                }
            }
        }
        if wanted.browser {
            tools::npm_packages(&place.root)?;
            tools::debian_packages(&["chromium-headless-shell"])?;
            let page = scratch.join("page.js");
            let mut esbuild = tools::esbuild(&place.root, &place.root)?;
            // ZBar's module lies inside its script under this condition.
            esbuild.args(["--bundle", "--format=iife", "--conditions=zbar-inlined", "--target=chrome120"]);
            tools::run(esbuild.arg("tests/bench/page.js").arg(format!("--outfile={}", page.display())))?;
            let mut node = tools::node()?;
            node.current_dir(&place.root).arg("tests/bench/browser.js").arg(place.root.join("dist")).arg(scratch);
            let (peers, hello) = Peers::start(node.arg(TODAY.to_string()))?;
            engines.greet(peers, hello, wanted);
        }
        let known: Vec<&String> = engines.versions.keys().collect();
        let unknown = wanted.only.iter().find(|name| !known.contains(name) && !engines.missing.contains_key(*name));
        if let Some(unknown) = unknown {
            let known: Vec<&str> = known.into_iter().map(String::as_str).collect();
            bail!("--engine: expected one of {}, found {unknown}", known.join(", "));
        }
        Ok(engines)
    }

    fn greet(&mut self, peers: Peers, hello: Hello, wanted: Wanted<'_>) {
        let names = hello.engines.keys().cloned();
        // Of ours in the browser one reads frames alone and one is the session: a run is of one kind.
        let other = if wanted.sessions { WASM.to_owned() } else { format!("{WASM}{SESSION}") };
        let names = names.filter(|name| *name != other).collect();
        self.versions.extend(hello.engines.into_iter().filter(|(name, _)| *name != other));
        self.missing.extend(hello.missing);
        self.browser = self.browser.take().or(hello.browser);
        self.add(Host::Process(peers), names, wanted);
    }

    fn add(&mut self, host: Host, mut names: Vec<String>, wanted: Wanted<'_>) {
        names.retain(|name| wanted.only.is_empty() || wanted.only.contains(name));
        self.hosts.push((host, names));
    }

    /// Names of the engines that are asked, ours first, each with its peers behind it.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.hosts.iter().flat_map(|(_, names)| names.clone()).collect();
        let rank = |name: &String| (is_browser(name), !is_ours(name));
        names.sort_by_key(rank);
        names
    }

    /// Gives one frame to all engines but those in `done`, in an order that turns with each call.
    ///
    /// # Errors
    /// A process of peers that has ended.
    pub fn ask(&mut self, frame: &Frame, symbology: Symbology, start: bool, done: &[String]) -> Result<Vec<Answer>> {
        fs::write(&self.frame_file, &frame.luma)
            .with_context(|| format!("cannot write {}", self.frame_file.display()))?;
        let turn = self.turn;
        self.turn += 1;
        let mut answers = Vec::new();
        let hosts = self.hosts.len();
        for at in 0..hosts {
            let Some((host, names)) = self.hosts.get_mut((at + turn) % hosts.max(1)) else { continue };
            let doubled = frame.width * frame.height <= MOST_DOUBLED;
            let asked = |name: &&str| !done.iter().any(|done| done == name) && (doubled || !name.ends_with("×2"));
            let mut engines: Vec<&str> = names.iter().map(String::as_str).filter(asked).collect();
            if engines.is_empty() {
                continue;
            }
            let by = turn % engines.len();
            engines.rotate_left(by);
            match host {
                Host::Here(ours) => {
                    answers.push(ours.answer(frame, engines.first().copied().unwrap_or(NATIVE), start)?)
                }
                Host::Process(peers) => {
                    let (file, width, height) = (self.frame_file.as_path(), frame.width, frame.height);
                    answers.extend(peers.ask(&Order { file, width, height, symbology, start, engines: &engines })?);
                }
            }
        }
        Ok(answers)
    }
}

/// Whether it is ours.
pub fn is_ours(name: &str) -> bool {
    name.starts_with("maecheck")
}

/// Whether it runs in the browser.
pub fn is_browser(name: &str) -> bool {
    name.contains("wasm")
}

/// Ours in this process.
#[derive(Debug)]
struct Ours {
    reader: Reader,
    session: Session,
}

impl Ours {
    fn new() -> Self {
        let session = Session::new(Options { today: TODAY, built: None, profile: None });
        Self { reader: Reader::new(session::grammar()), session }
    }

    fn answer(&mut self, frame: &Frame, name: &str, start: bool) -> Result<Answer> {
        let luma = Luma::packed(&frame.luma, frame.width, frame.height)?;
        if start {
            self.session.forget();
        }
        let believed = |symbols: Vec<session::Seen>| {
            symbols.into_iter().filter(|s| s.valid && s.kind.is_payment()).map(|s| s.text).collect()
        };
        let (wall, cpu) = (Instant::now(), thread_ms());
        let read = AssertUnwindSafe(|| {
            if name.ends_with(SESSION) {
                let report = self.session.frame(luma).report.filter(|report| report.notice.is_some());
                report.map_or_else(Vec::new, |report| believed(report.symbols))
            } else {
                believed(session::describe(&self.reader.read(luma).symbols))
            }
        });
        // A panic is a fault of ours; the figures of the other frames are wanted all the same.
        let read = catch_unwind(read);
        let (cpu_ms, wall_ms) = (thread_ms() - cpu, wall.elapsed().as_secs_f64() * 1e3);
        let (texts, error) = match read {
            Ok(texts) => (texts, None),
            Err(_) => {
                *self = Self::new();
                (Vec::new(), Some("panic".to_owned()))
            }
        };
        Ok(Answer { engine: name.to_owned(), cpu_ms, wall_ms, texts, error })
    }
}

/// Processor time that this thread has had, milliseconds.
fn thread_ms() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

/// A process that answers each line with one.
struct Peers {
    child: Child,
    /// Closed at the end, by which the process knows it.
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl std::fmt::Debug for Peers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Peers({})", self.child.id())
    }
}

/// The first line of such a process.
#[derive(Debug, Deserialize)]
struct Hello {
    engines: BTreeMap<String, String>,
    missing: BTreeMap<String, String>,
    browser: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Answers {
    results: Vec<Answer>,
}

impl Peers {
    fn start(command: &mut Command) -> Result<(Self, Hello)> {
        let shown = format!("{command:?}");
        let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = spawned.with_context(|| format!("could not start {shown}"))?;
        let (orders, answers) = (child.stdin.take(), child.stdout.take());
        let (Some(orders), Some(answers)) = (orders, answers) else { bail!("{shown} has no standard input or output") };
        let mut peers = Self { child, orders: Some(orders), answers: BufReader::new(answers) };
        let hello = peers.line().with_context(|| format!("from {shown}"))?;
        Ok((peers, hello))
    }

    fn ask(&mut self, order: &Order<'_>) -> Result<Vec<Answer>> {
        let mut line = serde_json::to_string(order)?;
        line.push('\n');
        let orders = self.orders.as_mut().context("a process of engines was told to end")?;
        orders.write_all(line.as_bytes()).context("a process of engines has ended")?;
        Ok(self.line::<Answers>()?.results)
    }

    fn line<T: serde::de::DeserializeOwned>(&mut self) -> Result<T> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        ensure!(!line.is_empty(), "a process of engines ended without an answer; what it wrote is above");
        serde_json::from_str(&line).with_context(|| format!("expected one line of JSON, found {line:?}"))
    }
}

impl Drop for Peers {
    fn drop(&mut self) {
        self.orders = None;
        for _ in 0..PATIENCE {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A Python that has the peers: made under target/ the first time.
///
/// # Errors
/// No Python, no venv, packages that cannot be fetched.
fn python(place: &Place) -> Result<Command> {
    let dir = place.target.join("bench-venv");
    let python = dir.join("bin/python");
    let has = |module: &str| {
        let asked = Command::new(&python).args(["-c", &format!("import {module}")]).stderr(Stdio::null()).status();
        asked.is_ok_and(|status| status.success())
    };
    if let Err(error) = tools::debian_packages(&["libzbar0"]) {
        // ZXing-C++ does without it; peers.py then tells that ZBar is missing.
        eprintln!("{error:#}");
    }
    if !["zxingcpp", "numpy", "cv2"].into_iter().all(has) {
        ensure!(tools::is_there("python3"), "there is no python3 on this machine");
        println!("making {} with zxing-cpp, pyzbar, numpy and OpenCV from PyPI", dir.display());
        if dir.exists() {
            fs::remove_dir_all(&dir)?;
        }
        let venv = |dir: &Path| tools::output(Command::new("python3").args(["-m", "venv"]).arg(dir));
        if venv(&dir).is_err() {
            tools::debian_packages(&["python3-venv"])?;
            venv(&dir)?;
        }
        let packages = ["zxing-cpp", "pyzbar", "numpy", "opencv-python-headless"];
        tools::output(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(packages))?;
    }
    Ok(Command::new(python))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::slice::Truth;

    #[test]
    fn a_process_that_does_not_speak_is_told_in_words() {
        for (why, script, expected) in [
            ("ends at once", "exit 3", "ended without an answer"),
            ("says something else", "echo hello", "expected one line of JSON"),
        ] {
            let error = Peers::start(Command::new("sh").args(["-c", script])).unwrap_err();
            assert!(format!("{error:#}").contains(expected), "{why}: {error:#}");
        }
    }

    #[test]
    fn answers_come_back_to_their_engines() {
        let script = r#"echo '{"engines":{"a":"1"},"missing":{"b":"why"}}'
            read order; echo '{"results":[{"engine":"a","cpu_ms":2,"wall_ms":3,"texts":["x"]},{"engine":"b","error":"no"}]}'"#;
        let (mut peers, hello) = Peers::start(Command::new("sh").args(["-c", script])).unwrap();
        assert_eq!(hello.missing.get("b").map(String::as_str), Some("why"));
        let order = Order {
            file: Path::new("/f"),
            width: 1,
            height: 1,
            symbology: Symbology::Qr,
            start: false,
            engines: &["a", "b"],
        };
        let answers = peers.ask(&order).unwrap();
        assert_eq!(answers[0].texts, ["x"]);
        assert_eq!(answers[1].error.as_deref(), Some("no"));
        assert!(peers.ask(&order).is_err(), "it has ended");
    }

    #[test]
    fn ours_answers_with_its_own_thread_s_time() {
        let frame = Frame { luma: vec![200; 640 * 480], width: 640, height: 480, truth: Truth::default() };
        let mut ours = Ours::new();
        for name in [NATIVE.to_owned(), format!("{NATIVE}{SESSION}")] {
            let answer = ours.answer(&frame, &name, true).unwrap();
            assert!(answer.texts.is_empty() && answer.cpu_ms > 0.0, "{answer:?}");
        }
    }
}
