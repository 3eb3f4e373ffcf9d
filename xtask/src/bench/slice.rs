//! The frames that are measured: slices of the generator's sets, or folders of pictures with truth.jsonl.

use crate::build;
use crate::slip::corpus::{self, Set, TODAY};
use anyhow::{Context, Result, anyhow};
use clap::ValueEnum as _;
use maecheck::still;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What a slice asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Symbology {
    /// The payment bar code.
    #[serde(rename = "code-128")]
    Code128,
    /// The eL-QR.
    Qr,
}

/// What truth.jsonl says of one picture, as far as it is needed here.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Truth {
    /// File name inside the folder.
    #[serde(default)]
    pub file: String,
    /// The 44 digits that a reader should give.
    pub digits: Option<String>,
    /// The 255 digits that a reader should give.
    pub elqr: Option<String>,
    /// How it was taken, in the generator's words.
    #[serde(default)]
    pub conditions: serde_json::Value,
    /// Every symbol of the sheet.
    #[serde(default)]
    pub codes: Vec<Code>,
}

/// A symbol of the sheet.
#[derive(Debug, Clone, Deserialize)]
pub struct Code {
    /// As in `read --json`.
    pub kind: String,
    /// What it says.
    pub text: String,
    /// Whether a reader may believe it.
    pub valid: bool,
    /// Whether it lies wholly in the picture.
    pub in_view: bool,
    /// Least pixels a module.
    pub module_px: f64,
    /// Corners of its dark part, pixels.
    pub corners: [(f64, f64); 4],
}

impl Truth {
    /// The text that a reader of this symbology should give.
    pub fn target(&self, symbology: Symbology) -> Option<&str> {
        match symbology {
            Symbology::Code128 => self.digits.as_deref(),
            Symbology::Qr => self.elqr.as_deref(),
        }
    }

    /// Whether a reader that says this says what stands there. Which symbology carries it is not held against a reader
    /// that hands out texts alone.
    pub fn shows(&self, text: &str) -> bool {
        let asked = [&self.digits, &self.elqr].into_iter().flatten().any(|known| known == text);
        asked || self.codes.iter().any(|code| code.text == text && (code.valid || code.kind == "other-code"))
    }
}

/// A frame as every engine gets it.
#[derive(Clone)]
pub struct Frame {
    /// Rows of luminance without gaps.
    pub luma: Vec<u8>,
    /// Pixels a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// What it shows.
    pub truth: Truth,
}

impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Frame({}×{}, {:?})", self.width, self.height, self.truth.file)
    }
}

/// The frame in which the issue's demands on speed are put.
const CUT: (usize, usize) = (1280, 720);
/// Modules of quiet and of paper left around a bar code when a frame is cut.
const MARGIN: f64 = 20.0;

/// What of a set's pictures goes into a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Take {
    /// All, as they are.
    Whole,
    /// Those that hold the bar code in 1280×720 pixels, cut to that.
    Cut,
    /// Those without any symbol, cut likewise.
    CutEmpty,
}

/// A slice: frames of one kind, measured and told together.
#[derive(Debug, Clone)]
pub struct Slice {
    /// Its name in the tables.
    pub name: String,
    /// What is asked for.
    pub symbology: Symbology,
    source: Source,
    take: Take,
}

#[derive(Debug, Clone)]
enum Source {
    /// A set of `cargo xtask slip corpus`.
    Set(String),
    Folder(PathBuf),
}

/// The slices of a run that names none, in the order of the issue's table.
pub const ALL: [&str; 28] = [
    "ordinary",
    "empty",
    "clean",
    "grid-p13",
    "grid-p10",
    "grid-p08",
    "grid-p07",
    "noisy-p10",
    "grid-p06",
    "blur13",
    "rotated",
    "tilted",
    "bent",
    "shadow",
    "jpeg",
    "lowlight",
    "print",
    "mixed",
    "small",
    "motion",
    "defocus",
    "bright",
    "qr-ordinary",
    "qr-small",
    "qr-tilted",
    "qr-blurred",
    "qr-bright",
    "negatives",
];
/// Slices in which only the likelihood path can read most frames.
pub const SOFT: [&str; 6] = ["grid-p10", "grid-p08", "grid-p07", "noisy-p10", "grid-p06", "blur13"];
/// The sequences of a run that names none: where one frame need not be enough.
pub const SEQUENCES: [&str; 6] = ["grid-p08", "grid-p07", "noisy-p10", "grid-p06", "blur13", "motion"];

impl Slice {
    /// A slice by its name: `ordinary` and `empty` are cut from the sets `ordinary` and `negatives`; every other name is
    /// the generator's.
    pub fn named(name: &str) -> Self {
        let (set, take) = match name {
            "ordinary" => ("ordinary", Take::Cut),
            "empty" => ("negatives", Take::CutEmpty),
            other => (other, Take::Whole),
        };
        let symbology = if name.starts_with("qr-") { Symbology::Qr } else { Symbology::Code128 };
        Self { name: name.to_owned(), symbology, source: Source::Set(set.to_owned()), take }
    }

    /// A folder of pictures with truth.jsonl. Where no picture has a bar code to read but one has an eL-QR, that is
    /// what is asked for.
    ///
    /// # Errors
    /// No truth.jsonl, or a line of it that is none.
    pub fn folder(dir: &Path) -> Result<Self> {
        let lines = truths(dir)?;
        let qr = lines.iter().all(|t| t.digits.is_none()) && lines.iter().any(|t| t.elqr.is_some());
        let name = dir.file_name().map_or_else(|| dir.display().to_string(), |n| n.to_string_lossy().into_owned());
        let symbology = if qr { Symbology::Qr } else { Symbology::Code128 };
        Ok(Self { name, symbology, source: Source::Folder(dir.to_path_buf()), take: Take::Whole })
    }

    /// Up to `count` frames, made anew or kept from an earlier run of the same generator.
    ///
    /// # Errors
    /// A set that the generator does not know, a picture that cannot be decoded.
    pub fn open(&self, kept: &Kept, count: usize, seed: u64) -> Result<Frames> {
        let dir = match &self.source {
            Source::Folder(dir) => dir.clone(),
            Source::Set(set) => kept.corpus(set, count * self.spare(), seed, None)?,
        };
        let mut truths = truths(&dir)?;
        if self.take == Take::CutEmpty {
            truths.retain(|truth| truth.codes.is_empty());
        }
        Ok(Frames { dir, truths: truths.into_iter(), left: count, take: self.take })
    }

    /// Up to `count` runs of up to `frames` frames of one notice each.
    ///
    /// # Errors
    /// As [`Slice::open`].
    pub fn sequences(&self, kept: &Kept, count: usize, frames: usize, seed: u64) -> Result<Vec<Frames>> {
        let dir = match &self.source {
            Source::Folder(dir) => dir.clone(),
            Source::Set(set) => kept.corpus(set, count, seed, Some(frames))?,
        };
        let mut runs: BTreeMap<String, Vec<Truth>> = BTreeMap::new();
        for truth in truths(&dir)? {
            let (notice, _) = truth.file.rsplit_once('-').with_context(|| {
                format!("expected frames NAME-00.png, NAME-01.png … in {}, found {}", dir.display(), truth.file)
            })?;
            runs.entry(notice.to_owned()).or_default().push(truth);
        }
        let open = |truths: Vec<Truth>| Frames {
            dir: dir.clone(),
            left: frames.min(truths.len()),
            truths: truths.into_iter(),
            take: Take::Whole,
        };
        Ok(runs.into_values().take(count).map(open).collect())
    }

    /// How many pictures are made for each that is taken.
    fn spare(&self) -> usize {
        match self.take {
            Take::Whole => 1,
            Take::Cut => 3,
            Take::CutEmpty => 8,
        }
    }
}

/// Frames one after the other: a slice of large photos would not fit in memory.
#[derive(Debug)]
pub struct Frames {
    dir: PathBuf,
    truths: std::vec::IntoIter<Truth>,
    left: usize,
    take: Take,
}

impl Iterator for Frames {
    type Item = Result<Frame>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.left > 0 {
            let truth = self.truths.next()?;
            let frame = match decode(&self.dir, truth) {
                Ok(frame) => frame,
                Err(error) => return Some(Err(error)),
            };
            let frame = if self.take == Take::Whole { Some(frame) } else { cut(&frame) };
            if let Some(frame) = frame {
                self.left -= 1;
                return Some(Ok(frame));
            }
        }
        None
    }
}

fn truths(dir: &Path) -> Result<Vec<Truth>> {
    let path = dir.join("truth.jsonl");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let parse = |(i, line): (usize, &str)| {
        serde_json::from_str(line).with_context(|| format!("{}: line {} is no truth", path.display(), i + 1))
    };
    text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(parse).collect()
}

fn decode(dir: &Path, truth: Truth) -> Result<Frame> {
    let path = dir.join(&truth.file);
    let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let picture = still::decode(&bytes).with_context(|| format!("cannot decode {}", path.display()))?;
    let frame = picture.frame();
    let mut luma = Vec::with_capacity(frame.width() * frame.height());
    for y in 0..frame.height() {
        luma.extend_from_slice(frame.row(y));
    }
    Ok(Frame { width: frame.width(), height: frame.height(), luma, truth })
}

/// The part of a frame around its payment bar code, or around its middle where it has none; `None` where the frame is
/// too small or the bar code does not fit.
fn cut(frame: &Frame) -> Option<Frame> {
    let (width, height) = CUT;
    let (spare_x, spare_y) = (frame.width.checked_sub(width)?, frame.height.checked_sub(height)?);
    let code = frame.truth.codes.iter().find(|code| code.in_view && Some(&code.text) == frame.truth.digits.as_ref());
    let middle = (frame.width as f64 / 2.0, frame.height as f64 / 2.0);
    let bounds = code.map_or((middle.0, middle.0, middle.1, middle.1), |code| {
        let margin = MARGIN * code.module_px;
        let of = |pick: fn(&(f64, f64)) -> f64| {
            let values = code.corners.iter().map(pick);
            (values.clone().fold(f64::MAX, f64::min) - margin, values.fold(f64::MIN, f64::max) + margin)
        };
        let ((left, right), (top, bottom)) = (of(|p| p.0), of(|p| p.1));
        (left, right, top, bottom)
    });
    let place = |low: f64, high: f64, size: usize, spare: usize| {
        let at = ((low + high - size as f64) / 2.0).clamp(0.0, spare as f64) as usize;
        // At a frame's edge there may be less than the margin around it; what the frame shows is kept whole.
        let (low, high) = (low.max(0.0), high.min((size + spare) as f64));
        (at as f64 <= low.ceil() && (at + size) as f64 >= high.floor()).then_some(at)
    };
    let (x, y) = (place(bounds.0, bounds.1, width, spare_x)?, place(bounds.2, bounds.3, height, spare_y)?);
    let rows = frame.luma.chunks(frame.width).skip(y).take(height);
    let luma = rows.filter_map(|row| row.get(x..x + width)).flatten().copied().collect();
    Some(Frame { luma, width, height, truth: frame.truth.clone() })
}

/// Where the generator's pictures lie between runs. A change of the generator makes another folder.
#[derive(Debug)]
pub struct Kept {
    dir: PathBuf,
}

impl Kept {
    /// Pictures of the generator as its sources stand now; those of other versions are removed.
    ///
    /// # Errors
    /// Sources that cannot be read.
    pub fn new(root: &Path, scratch: &Path) -> Result<Self> {
        let mut digest = Sha256::new();
        let sources = root.join("xtask/src/slip");
        for name in build::files_under(&sources)? {
            digest.update(name.as_bytes());
            digest.update(fs::read(sources.join(&name))?);
        }
        // Chance, letters and compression are others' code.
        digest.update(fs::read(root.join("Cargo.lock"))?);
        let name: String = digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let all = scratch.join("corpus");
        fs::create_dir_all(&all)?;
        for entry in fs::read_dir(&all)? {
            let entry = entry?;
            if entry.file_name() != *name {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(Self { dir: all.join(name) })
    }

    /// A folder with at least `count` pictures of a set, or runs of `frames` frames.
    fn corpus(&self, set: &str, count: usize, seed: u64, frames: Option<usize>) -> Result<PathBuf> {
        let drawn = known(set)?;
        let run = frames.map(|frames| format!("-x{frames}")).unwrap_or_default();
        let dir = self.dir.join(format!("{set}-{seed}{run}"));
        let pictures = count * frames.unwrap_or(1);
        if truths(&dir).is_ok_and(|lines| lines.len() >= pictures) {
            return Ok(dir);
        }
        if dir.exists() {
            fs::remove_dir_all(&dir)?;
        }
        eprintln!("drawing {pictures} pictures of {set}");
        corpus::make(drawn, count, frames, seed, TODAY, &dir)?;
        Ok(dir)
    }
}

/// A set of the generator by its name.
fn known(name: &str) -> Result<Set> {
    let names = || Set::value_variants().iter().filter_map(|set| set.to_possible_value());
    Set::from_str(name, false).map_err(|_| {
        let names: Vec<String> = names().map(|value| value.get_name().to_owned()).collect();
        anyhow!("expected empty, or a set, one of {}; found {name}", names.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools;

    #[test]
    fn every_slice_is_drawn_by_the_generator() {
        for name in ALL.iter().chain(&SEQUENCES).chain(&SOFT) {
            let Source::Set(set) = Slice::named(name).source else { panic!("{name} is a set") };
            assert!(known(&set).is_ok(), "{name}");
        }
        assert!(known("no-such-set").unwrap_err().to_string().contains("grid-p08"), "those that there are");
    }

    fn frame(width: usize, height: usize, corners: Option<[(f64, f64); 4]>) -> Frame {
        let luma = (0..height).flat_map(|y| (0..width).map(move |x| (x / 8 + y / 8) as u8)).collect();
        let codes = corners.map(|corners| Code {
            kind: "gs1-128-payment".to_owned(),
            text: "1".to_owned(),
            valid: true,
            in_view: true,
            module_px: 2.0,
            corners,
        });
        let digits = codes.as_ref().map(|code| code.text.clone());
        Frame { luma, width, height, truth: Truth { digits, codes: codes.into_iter().collect(), ..Truth::default() } }
    }

    #[test]
    fn a_cut_keeps_the_bar_code_with_its_margin_or_is_none() {
        let flat = |x: f64, y: f64, w: f64, h: f64| Some([(x, y), (x + w, y), (x + w, y + h), (x, y + h)]);
        let cases = [
            ("nothing in it: the middle", frame(1600, 1200, None), Some((160, 240))),
            ("as large as the cut", frame(1280, 720, flat(300.0, 300.0, 576.0, 118.0)), Some((0, 0))),
            ("too low a frame", frame(1280, 700, None), None),
            ("too narrow a frame", frame(720, 1280, None), None),
            ("in the lower right", frame(1920, 1080, flat(1200.0, 900.0, 576.0, 118.0)), Some((640, 360))),
            ("in the upper left", frame(1920, 1080, flat(40.0, 40.0, 576.0, 118.0)), Some((0, 0))),
            ("in the middle, not the frame's", frame(1920, 1080, flat(700.0, 400.0, 576.0, 118.0)), Some((348, 99))),
            ("longer than the cut", frame(1920, 1080, flat(100.0, 400.0, 1300.0, 260.0)), None),
            ("fits, its margin does not", frame(1920, 1080, flat(200.0, 400.0, 1240.0, 118.0)), None),
        ];
        for (why, frame, expected) in cases {
            let found = cut(&frame);
            assert_eq!(found.is_some(), expected.is_some(), "{why}");
            let (Some(found), Some((x, y))) = (found, expected) else { continue };
            assert_eq!((found.width, found.height, found.luma.len()), (1280, 720, 1280 * 720), "{why}");
            for (u, v) in [(0, 0), (1279, 0), (0, 719), (1279, 719), (640, 300)] {
                assert_eq!(found.luma[v * 1280 + u], frame.luma[(v + y) * frame.width + u + x], "{why}: at {u}, {v}");
            }
        }
    }

    #[test]
    fn a_folder_asks_for_what_its_truth_holds() {
        let dir = tools::scratch("bench-folder");
        let write = |lines: &[&str]| fs::write(dir.join("truth.jsonl"), lines.join("\n")).unwrap();
        let bar = r#"{"file":"0.png","digits":"91","elqr":null,"codes":[]}"#;
        let both = r#"{"file":"1.png","digits":"91","elqr":"00","codes":[]}"#;
        let qr = r#"{"file":"2.png","digits":null,"elqr":"00","codes":[]}"#;
        let none = r#"{"file":"3.png","digits":null,"elqr":null,"codes":[]}"#;
        for (why, lines, expected) in [
            ("bar codes", &[bar, both][..], Symbology::Code128),
            ("eL-QRs alone", &[qr, none], Symbology::Qr),
            ("nothing to read", &[none], Symbology::Code128),
        ] {
            write(lines);
            assert_eq!(Slice::folder(&dir).unwrap().symbology, expected, "{why}");
        }
        write(&[bar, "{"]);
        assert!(format!("{:#}", Slice::folder(&dir).unwrap_err()).contains("line 2"));
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn frames_of_one_notice_are_one_run_in_the_order_of_the_file() {
        let dir = tools::scratch("bench-run");
        let names = ["0000-00.png", "0000-01.png", "0001-00.png", "0001-01.png", "0001-02.png", "0002-00.png"];
        let lines = names.map(|name| format!(r#"{{"file":"{name}","digits":null,"elqr":null}}"#)).join("\n");
        fs::write(dir.join("truth.jsonl"), lines).unwrap();
        let kept = Kept { dir: dir.clone() };
        let runs = Slice::folder(&dir).unwrap().sequences(&kept, 2, 2, 1).unwrap();
        assert_eq!(runs.iter().map(|run| run.left).collect::<Vec<_>>(), [2, 2], "two runs, two frames each");
        fs::remove_dir_all(dir).unwrap();
    }
}
