//! `cargo xtask build`: from a checkout to `dist/`, the same bytes for the same commit on any machine.
//!
//! | step | in | out |
//! |---|---|---|
//! | check | `www/words/`, `www/profiles/`, `www/apps/` | nothing, or all that is wrong |
//! | [`wasm`] | the library | `dist/pkg/`: the ES module, its WebAssembly, types |
//! | [`script`] | `www/js/`, `www/css/` | one script, one worker, one style sheet |
//! | [`parts`] | words, profiles, apps, sample, the date | texts that lie in the page without running |
//! | [`page`] | all of these and `www/index.html` | `dist/index.html`, locked by its own policy |
//! | [`installer`] | the page, `www/install.html`, `www/icon.svg` | `dist/install.html`, its manifest, icons and `dist/sw.js` |
//! | [`crate::headers`] | the policies | `dist/headers/` |

pub mod installer;
pub mod page;
pub mod parts;
pub mod script;
pub mod twin;
pub mod wasm;

use crate::{headers, profile, tools, words};
use anyhow::{Context, Result, bail, ensure};
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// What the one file may weigh as it lies, in bytes. A phone on a slow line waits for every one of them.
const MOST_RAW: usize = 900_000;
/// What it may weigh as a server sends it compressed, in bytes.
const MOST_GZIP: usize = 450_000;
/// The most that the module alone may weigh compressed, by its promise to other pages.
const MOST_WASM: usize = 350_000;

/// Options of `cargo xtask build`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where to put it; what an earlier build left there is replaced.
    #[arg(long, value_name = "DIR", default_value = "dist")]
    out: PathBuf,
}

/// Where a build takes things from.
#[derive(Debug, Clone)]
pub struct Place {
    /// The sources: a checkout or a copy of one.
    pub root: PathBuf,
    /// The folder that holds `node_modules/`.
    pub node: PathBuf,
    /// Cargo's target folder; what the build keeps for the next time lies there too.
    pub target: PathBuf,
}

impl Place {
    /// The checkout that this tool belongs to.
    pub fn here() -> Self {
        let root = tools::root();
        // A relative CARGO_TARGET_DIR counts from where Cargo was started, which for `cargo xtask` is here.
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        let target = std::path::absolute(&target).unwrap_or(target);
        Self { node: root.clone(), root, target }
    }

    /// A folder for what lies between the steps.
    pub fn scratch(&self) -> PathBuf {
        self.target.join("page")
    }
}

/// Runs it.
///
/// # Errors
/// What went wrong, in words.
pub fn run(args: Args) -> Result<()> {
    let place = Place::here();
    let out = std::path::absolute(&args.out)?;
    make(&place, &out)?;
    let weights = weigh(&out)?;
    println!("{} in {}: {weights}", page_name(), out.display());
    weights.check()
}

fn page_name() -> &'static str {
    "index.html"
}

/// Builds everything into `out`, which is replaced as a whole once all of it is ready.
///
/// # Errors
/// What went wrong, in words; `out` is then as it was before.
pub fn make(place: &Place, out: &Path) -> Result<()> {
    check(&place.root)?;
    may_be_replaced(out)?;
    tools::npm_packages(&place.node)?;

    let next = beside(out, "next")?;
    if next.exists() {
        fs::remove_dir_all(&next)?;
    }
    let pkg = next.join("pkg");
    fs::create_dir_all(&pkg)?;
    let version = parts::version(&place.root)?;
    wasm::make(place, &version, &pkg)?;
    let page = page::make(place, &pkg)?;
    write(&next.join(page_name()), page.html.as_bytes())?;
    let installer = installer::make(place, &pkg, &page)?;
    for (name, bytes) in &installer.files {
        write(&next.join(name), bytes)?;
    }
    for (name, text) in headers::files(&page.policy, &installer.policy) {
        write(&next.join("headers").join(name), text.as_bytes())?;
    }
    write(&next.join("SHA256SUMS"), sums(&next)?.as_bytes())?;

    if out.exists() {
        fs::remove_dir_all(out).with_context(|| format!("cannot replace {}", out.display()))?;
    }
    fs::rename(&next, out).with_context(|| format!("cannot move {} to {}", next.display(), out.display()))
}

/// Words and profiles before anything is compiled: these are what people without Rust change, and they should not
/// wait for a compiler to hear of a slip of the pen.
///
/// # Errors
/// All that is wrong, each with its place.
pub fn check(root: &Path) -> Result<()> {
    let mut wrong: Vec<String> = words::check_all(root)?.iter().map(ToString::to_string).collect();
    let profiles = root.join("www/profiles");
    for name in files_under(&profiles)?.into_iter().filter(|name| name.ends_with(".toml")) {
        if let Err(problems) = profile::load(&profiles.join(&name)) {
            wrong.extend(problems.iter().map(|problem| format!("www/profiles/{name}:{problem}")));
        }
    }
    let apps = root.join("www/apps");
    for name in files_under(&apps)?.into_iter().filter(|name| name.ends_with(".toml")) {
        if let Err(problems) = profile::app::load(&apps.join(&name)) {
            wrong.extend(problems.iter().map(|problem| format!("www/apps/{name}:{problem}")));
        }
    }
    for line in &wrong {
        println!("{line}");
    }
    ensure!(wrong.is_empty(), "things to put right in www/ before there can be a page: {}", wrong.len());
    Ok(())
}

/// The sibling of a folder whose name has `suffix` added.
fn beside(dir: &Path, suffix: &str) -> Result<PathBuf> {
    let name = dir.file_name().with_context(|| format!("{} is no folder's name", dir.display()))?;
    Ok(dir.with_file_name(format!(".{}.{suffix}", name.to_string_lossy())))
}

/// A folder is replaced only when it is empty or an earlier build made it: `--out ~` must not empty a home.
fn may_be_replaced(out: &Path) -> Result<()> {
    if !out.exists() {
        return Ok(());
    }
    ensure!(out.is_dir(), "expected a folder at {}, found a file", out.display());
    let empty = fs::read_dir(out)?.next().is_none();
    let made_here = out.join("SHA256SUMS").is_file() && out.join("pkg/maecheck.js").is_file();
    if !empty && !made_here {
        bail!("{} holds something else than an earlier build; name a new or an empty folder", out.display());
    }
    Ok(())
}

/// Writes a file, making its folder.
fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
    }
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// Every file under `dir`, as paths from it with `/`, in order.
///
/// # Errors
/// When a folder cannot be listed.
pub fn files_under(dir: &Path) -> Result<Vec<String>> {
    fn walk(dir: &Path, prefix: &str, found: &mut Vec<String>) -> Result<()> {
        for entry in fs::read_dir(dir).with_context(|| format!("cannot list {}", dir.display()))? {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                walk(&entry.path(), &format!("{name}/"), found)?;
            } else {
                found.push(name);
            }
        }
        Ok(())
    }
    let mut found = Vec::new();
    walk(dir, "", &mut found)?;
    found.sort();
    Ok(found)
}

/// What `sha256sum -c` reads, over all files but this one itself.
fn sums(dir: &Path) -> Result<String> {
    let mut text = String::new();
    for name in files_under(dir)?.into_iter().filter(|name| name != "SHA256SUMS") {
        let digest = Sha256::digest(fs::read(dir.join(&name))?);
        text += &format!("{digest:x}  {name}\n");
    }
    Ok(text)
}

/// What the one file and the module weigh, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Weights {
    raw: usize,
    gzip: usize,
    /// The module alone, as gzip.
    wasm: usize,
}

/// Weighs the page and the module in `out`.
///
/// # Errors
/// When it cannot be read.
pub fn weigh(out: &Path) -> Result<Weights> {
    let read = |name: &str| {
        let path = out.join(name);
        fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
    };
    let (html, module) = (read(page_name())?, read("pkg/maecheck_bg.wasm")?);
    // Level 6 is what servers use unless told otherwise; a package is compressed once, by the best.
    let compressed = |bytes: &[u8], level| {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::new(level));
        gzip.write_all(bytes)?;
        anyhow::Ok(gzip.finish()?.len())
    };
    Ok(Weights { raw: html.len(), gzip: compressed(&html, 6)?, wasm: compressed(&module, 9)? })
}

impl Weights {
    /// # Errors
    /// When the page is heavier than it may be.
    pub fn check(self) -> Result<()> {
        ensure!(
            self.raw <= MOST_RAW && self.gzip <= MOST_GZIP && self.wasm <= MOST_WASM,
            "the page is too heavy for a phone on a slow line: at most {MOST_RAW} bytes as it lies, {MOST_GZIP} \
             compressed and {MOST_WASM} for the module, found {self}"
        );
        Ok(())
    }
}

impl std::fmt::Display for Weights {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes as it lies, {} as gzip, {} for the module", self.raw, self.gzip, self.wasm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_empty_folder_or_an_earlier_build_is_replaced() {
        let dir = tools::scratch("out");
        assert!(may_be_replaced(&dir.join("new")).is_ok(), "not there yet");
        assert!(may_be_replaced(&dir).is_ok(), "empty");
        write(&dir.join("letter.txt"), b"dear").unwrap();
        assert!(may_be_replaced(&dir).unwrap_err().to_string().contains("something else"), "someone's own files");
        assert!(may_be_replaced(&dir.join("letter.txt")).unwrap_err().to_string().contains("found a file"), "a file");
        write(&dir.join("SHA256SUMS"), b"").unwrap();
        write(&dir.join("pkg/maecheck.js"), b"").unwrap();
        assert!(may_be_replaced(&dir).is_ok(), "an earlier build");
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn sums_are_what_sha256sum_checks() {
        let dir = tools::scratch("sums");
        write(&dir.join("b/c.txt"), b"abc").unwrap();
        write(&dir.join("a.txt"), b"").unwrap();
        write(&dir.join("SHA256SUMS"), b"old").unwrap();
        // FIPS 180-4's example "abc", and the digest of nothing.
        assert_eq!(
            sums(&dir).unwrap(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a.txt\n\
             ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b/c.txt\n"
        );
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn the_limits_are_inclusive() {
        assert!(Weights { raw: MOST_RAW, gzip: MOST_GZIP, wasm: MOST_WASM }.check().is_ok());
        assert!(Weights { raw: MOST_RAW + 1, gzip: 1, wasm: 1 }.check().is_err());
        assert!(Weights { raw: 1, gzip: MOST_GZIP + 1, wasm: 1 }.check().is_err());
        assert!(Weights { raw: 1, gzip: 1, wasm: MOST_WASM + 1 }.check().is_err());
    }
}
