//! `cargo xtask read`: reads notices from stills or digits with the same code as the page.
//!
//! With `--json` one object a line, by the contract of the project's design: `path`, `ms`, `symbols`, `notice`,
//! `findings`, `verdict`; `frames_used` for a run of frames, `error` for a file that could not be read.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read as _, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, bail};
use jiff::civil::Date;
use jiff::{Timestamp, tz::Offset};
use maecheck::check::Finding;
use maecheck::frame::Picture;
use maecheck::guide::Verdict;
use maecheck::notice::{Notice, profile::Profile};
use maecheck::session::{self, Options, Outcome, PhotoTrouble, Report, Seen, Session, Trouble};
use maecheck::still::{self, MAX_FILE};
use serde::Serialize;
use serde_json::{Value, json};

/// Options of `cargo xtask read`.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub struct Args {
    /// Pictures (JPEG, PNG, WebP, PNM), or directories of them, which are walked in name order.
    #[arg(value_name = "PATH", group = "what")]
    paths: Vec<PathBuf>,

    /// Digits in place of pictures, as typed, pasted or sent by a hand scanner.
    #[arg(long, value_name = "STRING", group = "what", allow_hyphen_values = true)]
    digits: Option<String>,

    /// One JSON object a line.
    #[arg(long)]
    json: bool,

    /// The day to judge by; today in Japan if left out.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    today: Option<Date>,

    /// A ward's facts: the id of a profile in www/profiles, or a file.
    #[arg(long, value_name = "ID")]
    profile: Option<String>,

    /// Each directory is one run of a camera's frames, which add up to one answer.
    #[arg(long, conflicts_with = "digits")]
    sequence: bool,
}

fn day(text: &str) -> Result<Date, String> {
    session::day(text).ok_or_else(|| format!("expected a day of the calendar as YYYY-MM-DD, found {text:?}"))
}

/// One line of `--json`.
#[derive(Debug, Serialize)]
struct Line {
    path: Option<String>,
    /// Milliseconds of locating and decoding, from luminance.
    ms: f64,
    symbols: Vec<Seen>,
    notice: Option<Notice>,
    findings: Vec<Finding>,
    verdict: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    frames_used: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Value>,
}

impl Line {
    fn new(path: Option<&Path>, ms: f64, report: Option<Report>) -> Self {
        let path = path.map(|path| path.display().to_string());
        let ms = (ms * 1000.0).round() / 1000.0;
        let nothing = Self {
            path,
            ms,
            symbols: vec![],
            notice: None,
            findings: vec![],
            verdict: Verdict::NoRead,
            frames_used: None,
            error: None,
        };
        match report {
            None => nothing,
            Some(Report { symbols, notice, findings, verdict, .. }) => {
                Self { symbols, notice, findings, verdict, ..nothing }
            }
        }
    }

    fn failed(path: &Path, error: Value) -> Self {
        Self { error: Some(error), ..Self::new(Some(path), 0.0, None) }
    }
}

/// Runs it.
///
/// # Errors
/// A profile or a path that is not there, output that cannot be written; at the end, files that could not be read.
pub fn run(args: Args) -> anyhow::Result<()> {
    let profile = args.profile.as_deref().map(load_profile).transpose()?;
    // Japan has had no other offset since 1951; the day there decides, wherever this machine stands.
    let today = args.today.unwrap_or_else(|| Offset::constant(9).to_datetime(Timestamp::now()).date());
    // A day that a person chose, or a developer's clock: nothing to doubt.
    let mut session = Session::new(Options { today, built: None, profile });
    let mut out = BufWriter::new(io::stdout().lock());
    let mut tell = |line: &Line| -> anyhow::Result<()> {
        if args.json {
            serde_json::to_writer(&mut out, line)?;
            writeln!(out)?;
        } else {
            write_plain(&mut out, line)?;
        }
        // Whoever reads line by line need not wait for the end.
        Ok(out.flush()?)
    };

    if let Some(text) = &args.digits {
        let start = Instant::now();
        let outcome = session.digits(text);
        return tell(&of_digits(outcome, start.elapsed().as_secs_f64() * 1e3));
    }
    let (mut files, mut failures) = (0_usize, 0_usize);
    for path in &args.paths {
        session.forget();
        if args.sequence {
            if !path.is_dir() {
                bail!("expected a directory of frames behind --sequence, found {}", path.display());
            }
            let (line, of, failed) = run_of_frames(&mut session, path)?;
            files += of;
            failures += failed;
            tell(&line)?;
            continue;
        }
        for file in walk(path)? {
            files += 1;
            let line = still(&mut session, &file);
            failures += usize::from(line.error.is_some());
            tell(&line)?;
        }
    }
    if failures > 0 {
        bail!("{failures} of {files} files could not be read");
    }
    Ok(())
}

fn of_digits(outcome: Outcome, ms: f64) -> Line {
    let mut line = Line::new(None, ms, outcome.report);
    // What a finding says need not be said twice.
    if line.findings.is_empty() {
        line.error = outcome.error.and_then(|error| serde_json::to_value(error).ok());
    }
    line
}

/// One picture on its own.
fn still(session: &mut Session, path: &Path) -> Line {
    let picture = match open(path) {
        Ok(picture) => picture,
        Err(error) => return Line::failed(path, error),
    };
    session.forget();
    let start = Instant::now();
    let outcome = session.picture(picture.frame());
    Line::new(Some(path), start.elapsed().as_secs_f64() * 1e3, outcome.report)
}

/// A directory as one run of a camera: until a notice is believed, or to its end. Also how many frames there were to
/// read, and how many of them could not be.
fn run_of_frames(session: &mut Session, directory: &Path) -> anyhow::Result<(Line, usize, usize)> {
    let files = walk(directory)?;
    let (mut ms, mut used, mut failed) = (0.0, 0, 0);
    let mut first_error = None;
    let mut report = None;
    for file in &files {
        match open(file) {
            Ok(picture) => {
                used += 1;
                let start = Instant::now();
                let outcome = session.frame(picture.frame());
                ms += start.elapsed().as_secs_f64() * 1e3;
                if outcome.report.as_ref().is_some_and(|r| r.notice.is_some()) {
                    report = outcome.report;
                    break;
                }
            }
            Err(error) => {
                eprintln!("{}: {}", file.display(), message(&error));
                failed += 1;
                first_error.get_or_insert(error);
            }
        }
    }
    let mut line = Line::new(Some(directory), ms, report.or_else(|| session.settle()));
    line.frames_used = Some(used);
    if used == 0 {
        line.error = first_error.or_else(|| Some(json!({"id": "no-frames"})));
    }
    Ok((line, files.len(), failed))
}

/// Opens and decodes a file; the error as it stands in the output.
fn open(path: &Path) -> Result<Picture, Value> {
    let unreadable = |error: io::Error| json!({"id": "file-unreadable", "what": error.to_string()});
    let mut bytes = Vec::new();
    let limit = MAX_FILE as u64;
    // Not by the size in the directory: a pipe or a device has none.
    File::open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes)).map_err(unreadable)?;
    if bytes.len() as u64 > limit {
        return Err(json!({"id": "photo-too-large", "limit_bytes": limit}));
    }
    still::decode(&bytes).map_err(|error| {
        let mut value = serde_json::to_value(Trouble::Photo(PhotoTrouble::from(&error))).unwrap_or_default();
        value["what"] = json!(error.to_string());
        value
    })
}

/// A file, or the pictures under a directory in name order.
fn walk(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    collect(path, &mut files, 0)?;
    Ok(files)
}

/// Names that pictures have. In a directory other files may lie beside them; a file that is named is always opened.
const ENDINGS: [&str; 16] = [
    "jpg", "jpeg", "png", "webp", "pnm", "pbm", "pgm", "ppm", "pam", "heic", "heif", "avif", "gif", "bmp", "tif",
    "tiff",
];

fn collect(directory: &Path, files: &mut Vec<PathBuf>, depth: usize) -> anyhow::Result<()> {
    // Links may go in circles.
    if depth > 32 {
        bail!("expected directories at most 32 deep, found {}", directory.display());
    }
    let entries = fs::read_dir(directory).with_context(|| format!("cannot list {}", directory.display()))?;
    let mut entries = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            collect(&entry, files, depth + 1)?;
        } else if entry.extension().and_then(|e| e.to_str()).is_some_and(is_picture_name) {
            files.push(entry);
        }
    }
    Ok(())
}

fn is_picture_name(ending: &str) -> bool {
    ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(ending))
}

/// A profile by id or by path.
fn load_profile(id: &str) -> anyhow::Result<Profile> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).join("www/profiles");
    let by_id = directory.join(format!("{id}.toml"));
    let plain = !id.contains(['/', '\\', '.']);
    let path = if plain && by_id.is_file() { by_id } else { PathBuf::from(id) };
    if !path.is_file() {
        let entries = fs::read_dir(&directory).with_context(|| format!("cannot list {}", directory.display()))?;
        let mut known: Vec<String> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|e| e == "toml"))
            .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
            .collect();
        known.sort();
        bail!("expected a profile, one of {} or a file, found {id:?}", known.join(", "));
    }
    crate::profile::load(&path).map_err(|problems| {
        let lines: Vec<_> = problems.iter().map(|problem| format!("{}:{problem}", path.display())).collect();
        anyhow::anyhow!("expected a sound profile, found {} to put right:\n{}", lines.len(), lines.join("\n"))
    })
}

fn message(error: &Value) -> String {
    let part = |key: &str| error.get(key).and_then(Value::as_str);
    part("what").or_else(|| part("id")).unwrap_or("not readable").to_owned()
}

/// The same for people: what was read, what it adds up to, what was found.
fn write_plain(out: &mut impl Write, line: &Line) -> io::Result<()> {
    writeln!(out, "{}", line.path.as_deref().unwrap_or("(digits)"))?;
    if let Some(error) = &line.error {
        writeln!(out, "  error        {}", message(error))?;
    }
    for seen in &line.symbols {
        let check = if seen.valid { "" } else { "  does not check" };
        writeln!(out, "  {:<12} {}{check}", name(&plain(&seen.kind)), seen.text)?;
    }
    match &line.notice {
        Some(Notice::Gs1(notice)) => {
            writeln!(out, "  amount       {} yen", grouped(u64::from(notice.amount)))?;
            writeln!(out, "  time limit   {}", flat(&plain(&notice.time_limit)))?;
        }
        Some(Notice::ElQr(notice)) => {
            writeln!(out, "  amount       {} yen", grouped(notice.amount))?;
            writeln!(out, "  time limit   {}", flat(&plain(&notice.time_limit)))?;
        }
        None => {}
    }
    for finding in &line.findings {
        let Value::Object(mut values) = plain(finding) else { continue };
        values.remove("id");
        let severity = values.remove("severity").map(|s| name(&s)).unwrap_or_default();
        let values: Vec<_> = values.iter().map(|(key, value)| format!("{key} {}", flat(value))).collect();
        writeln!(
            out,
            "  {severity:<12} {}{}{}",
            finding.id(),
            if values.is_empty() { "" } else { ": " },
            values.join(", ")
        )?;
    }
    let frames = line.frames_used.map(|n| format!(", {n} frames")).unwrap_or_default();
    writeln!(out, "  verdict      {} ({:.1} ms{frames})", name(&plain(&line.verdict)), line.ms)
}

/// A value as it stands in the JSON.
fn plain(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

fn name(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn flat(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(fields) => fields.iter().map(|(k, v)| format!("{k} {}", flat(v))).collect::<Vec<_>>().join(" "),
        Value::Null => "none".to_owned(),
        other => other.to_string(),
    }
}

/// 12500 → 12,500.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
