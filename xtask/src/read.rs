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
    answer(&args, &mut BufWriter::new(io::stdout().lock()))
}

fn answer(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let profile = args.profile.as_deref().map(load_profile).transpose()?;
    // Japan has had no other offset since 1951; the day there decides, wherever this machine stands.
    let today = args.today.unwrap_or_else(|| Offset::constant(9).to_datetime(Timestamp::now()).date());
    // A day that a person chose, or a developer's clock: nothing to doubt.
    let mut session = Session::new(Options { today, built: None, profile });
    let mut tell = |line: &Line| -> anyhow::Result<()> {
        if args.json {
            serde_json::to_writer(&mut *out, line)?;
            writeln!(out)?;
        } else {
            write_plain(out, line)?;
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
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const BARCODE: &str = "91912345000012025010123456780026093000125005";
    /// Body 99999 and item 999 do not exist.
    const EL_QR: [&str; 3] = [
        "0002010102122796000513800018304000000000000000001250021380009990000021000002026099900000011234560999",
        "9900000000005411000000125006226202620260320260930202610318085",
        "630554708",
    ];

    fn el_qr() -> String {
        EL_QR[..2].concat() + &"0".repeat(85) + EL_QR[2]
    }

    /// A directory of this test's own, gone when it is done.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("maecheck-read-{name}-{}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn write(&self, name: &str, bytes: &[u8]) {
            let path = self.0.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn pgm(luma: &[u8], width: usize) -> Vec<u8> {
        let mut file = format!("P5 {width} {} 255\n", luma.len() / width).into_bytes();
        file.extend(luma);
        file
    }

    fn white() -> Vec<u8> {
        pgm(&[255; 200 * 200], 200)
    }

    /// A QR code, six pixels a module.
    fn drawn(text: &str) -> Vec<u8> {
        let code = qrcode::QrCode::with_error_correction_level(text, qrcode::EcLevel::M).unwrap();
        let (modules, colors) = (code.width(), code.to_colors());
        let side = (modules + 8) * 6;
        let luma: Vec<u8> = (0..side * side)
            .map(|i| (i % side / 6, i / side / 6))
            .map(|(x, y)| {
                let inside = (4..modules + 4).contains(&x) && (4..modules + 4).contains(&y);
                if inside && colors[(y - 4) * modules + x - 4] == qrcode::Color::Dark { 20 } else { 240 }
            })
            .collect();
        pgm(&luma, side)
    }

    fn read(arguments: &[&str]) -> (Vec<Value>, bool) {
        #[derive(clap::Parser)]
        struct Cli {
            #[command(flatten)]
            args: Args,
        }
        let arguments = ["read", "--json", "--today", "2026-08-01"].iter().chain(arguments);
        let cli = <Cli as clap::Parser>::try_parse_from(arguments).unwrap();
        let mut out = Vec::new();
        let ended = answer(&cli.args, &mut out);
        let lines = String::from_utf8(out).unwrap();
        (lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), ended.is_ok())
    }

    fn brief(line: &Value) -> (String, String, Value) {
        let path = line["path"].as_str().map(|p| Path::new(p).file_name().unwrap().to_string_lossy().into_owned());
        (path.unwrap_or_default(), line["verdict"].as_str().unwrap().to_owned(), line["error"]["id"].clone())
    }

    #[test]
    fn directories_are_walked_in_name_order_and_one_bad_file_stops_nothing() {
        let scratch = Scratch::new("walk");
        for (name, bytes) in [
            ("c.pgm", white()),
            ("a.PGM", drawn(&el_qr())),
            ("b/2.png", Vec::new()),
            ("b/10.jpg", b"\xff\xd8\xff\xe0".to_vec()),
            ("b/notes.txt", b"no picture, no line".to_vec()),
            ("d.pgm", drawn("https://www.example.lg.jp/")),
            ("e.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec()),
        ] {
            scratch.write(name, &bytes);
        }
        let (lines, fine) = read(&[scratch.0.to_str().unwrap()]);
        let want = [
            ("a.PGM", "payable", Value::Null),
            ("10.jpg", "no-read", json!("photo-broken")),
            ("2.png", "no-read", json!("photo-not-a-picture")),
            ("c.pgm", "no-read", Value::Null),
            ("d.pgm", "no-read", Value::Null),
            ("e.heic", "no-read", json!("photo-heic")),
        ];
        let want: Vec<_> = want.into_iter().map(|(a, b, c)| (a.to_owned(), b.to_owned(), c)).collect();
        assert_eq!(lines.iter().map(brief).collect::<Vec<_>>(), want);
        assert!(!fine, "three files could not be read");

        for line in &lines {
            for key in ["path", "ms", "symbols", "notice", "findings", "verdict"] {
                assert!(line.get(key).is_some(), "{key} of {line}");
            }
            assert!(line["ms"].is_f64() && line.get("frames_used").is_none(), "{line}");
        }
        assert_eq!(lines[0]["symbols"][0]["kind"], "el-qr");
        assert_eq!(lines[0]["symbols"][0]["corners"].as_array().map(Vec::len), Some(4));
        assert_eq!(lines[0]["notice"]["amount"], 12500);
        assert_eq!(lines[4]["symbols"][0]["kind"], "web-link");
        assert_eq!(lines[4]["findings"], json!([{"id": "web-link", "severity": "stop"}]));

        let (lines, fine) = read(&[scratch.0.join("c.pgm").to_str().unwrap()]);
        assert!(fine && lines.len() == 1, "a picture without a code is no failure");
        let (lines, fine) = read(&[scratch.0.join("missing.png").to_str().unwrap()]);
        assert_eq!((lines[0]["error"]["id"].as_str(), fine), (Some("file-unreadable"), false));
    }

    #[test]
    fn a_sequence_is_one_run_of_frames() {
        let scratch = Scratch::new("sequence");
        scratch.write("1.pgm", &white());
        scratch.write("2.pgm", &drawn(&el_qr()));
        let directory = scratch.0.to_str().unwrap().to_owned();
        let (lines, fine) = read(&["--sequence", &directory]);
        let told = |line: &Value| (line["notice"]["amount"].clone(), line["frames_used"].clone());
        assert_eq!(
            (lines.len(), told(&lines[0]), fine),
            (1, (Value::Null, json!(2)), true),
            "one frame is not believed"
        );
        scratch.write("3.pgm", &white());
        scratch.write("4.pgm", &drawn(&el_qr()));
        scratch.write("5.pgm", &white());
        let (lines, _) = read(&["--sequence", &directory]);
        assert_eq!(told(&lines[0]), (json!(12500), json!(4)), "two that agree are, and the rest is not looked at");
        assert_eq!(brief(&lines[0]).1, "payable");
    }

    #[test]
    fn digits_have_no_path() {
        for (digits, verdict, finding) in [
            (BARCODE, "payable", "issuer-unknown"),
            ("(91)912345-0000120250101234567800\n-260930-0-012500-5", "payable", "issuer-unknown"),
            ("91912345000012025010123456780026093000125006", "no-read", "check-digit"),
            ("92912345000012025010123456780026093000125004", "no-read", "not-a-payment-code"),
            ("91912345000012025010123456780025063000125009", "not-payable", "code-expired"),
            ("-1", "no-read", "incomplete-code"),
        ] {
            let (lines, fine) = read(&["--digits", digits]);
            assert_eq!((lines.len(), &lines[0]["path"], fine), (1, &Value::Null, true), "{digits}");
            assert_eq!(
                (&lines[0]["verdict"], &lines[0]["findings"][0]["id"]),
                (&json!(verdict), &json!(finding)),
                "{digits}"
            );
        }
        assert_eq!(read(&["--digits", ""]).0[0]["error"]["id"], "no-digits");
    }

    #[test]
    fn a_profile_is_told_by_its_id() {
        let (lines, _) = read(&["--profile", "sample", "--digits", BARCODE]);
        assert!(lines[0]["findings"].as_array().unwrap().iter().all(|f| f["id"] != "issuer-unknown"), "{}", lines[0]);
        let unknown = load_profile("atlantis").unwrap_err().to_string();
        assert!(unknown.contains("sample") && unknown.contains("\"atlantis\""), "{unknown}");
    }

    #[test]
    fn thousands_are_grouped() {
        for (number, want) in [(0, "0"), (999, "999"), (1000, "1,000"), (12_500, "12,500"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), want);
        }
    }
}
