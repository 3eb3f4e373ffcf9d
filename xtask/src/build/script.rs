//! Scripts and styles, each made one text by esbuild.

use super::Place;
use crate::tools;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// The oldest browsers that run fixed-width SIMD in WebAssembly and module scripts as the page uses them; Safari 16.4
/// is the bound that counts: it is the oldest iOS the page reaches.
const BROWSERS: &str = "--target=es2022,safari16.4,chrome111,firefox115";

/// A folder in which `js/…` and `pkg/…` lie side by side, as the scripts' relative imports expect it. It goes when this
/// value goes; each has a name of its own, since a server and a build may run at once.
#[derive(Debug)]
pub struct Stage(PathBuf);

impl Stage {
    /// Copies the sources and the module in `pkg`.
    ///
    /// # Errors
    /// When files cannot be copied.
    pub fn new(place: &Place, pkg: &Path) -> Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("stage-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let stage = Self(place.scratch().join(name));
        copy(&place.root.join("www/js"), &stage.0.join("js"))?;
        copy(&place.root.join("www/css"), &stage.0.join("css"))?;
        copy(pkg, &stage.0.join("pkg"))?;
        Ok(stage)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // What is left behind lies under target/ and harms nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    for name in super::files_under(from)? {
        let bytes =
            fs::read(from.join(&name)).with_context(|| format!("cannot read {}", from.join(&name).display()))?;
        super::write(&to.join(&name), &bytes)?;
    }
    Ok(())
}

/// The page's script: one ES module that imports nothing.
///
/// # Errors
/// What esbuild says.
pub fn main(place: &Place, stage: &Stage) -> Result<String> {
    bundle(place, stage, &["js/main.js", "--format=esm"])
}

/// The worker's script: it imports nothing, and runs as a classic worker and as a module alike.
///
/// # Errors
/// What esbuild says.
pub fn worker(place: &Place, stage: &Stage) -> Result<String> {
    // `import.meta` is a syntax error in a classic worker. wasm-bindgen uses it for the address of a module to be
    // fetched, which never happens here: the worker is handed the module's bytes.
    bundle(place, stage, &["js/worker.js", "--format=iife", "--define:import.meta.url=\"about:blank\""])
}

/// The installer's script: one ES module that imports nothing.
///
/// # Errors
/// What esbuild says.
pub fn installer(place: &Place, stage: &Stage) -> Result<String> {
    bundle(place, stage, &["js/install.js", "--format=esm"])
}

/// The service worker's script; `pages` is a JSON object, the digest of each page by its name.
///
/// # Errors
/// What esbuild says.
pub fn service_worker(place: &Place, stage: &Stage, pages: &str) -> Result<String> {
    bundle(place, stage, &["js/sw.js", "--format=iife", &format!("--define:PAGES={pages}")])
}

/// All style sheets, in the order given, as one.
///
/// # Errors
/// What esbuild says.
pub fn style(place: &Place, stage: &Stage, sheets: &[String]) -> Result<String> {
    let imports: String = sheets.iter().map(|sheet| format!("@import \"./{sheet}\";\n")).collect();
    let mut esbuild = tools::esbuild(&place.node, &stage.0)?;
    esbuild.args(["--bundle", "--minify", "--charset=utf8", "--legal-comments=none", BROWSERS]);
    esbuild.args(["--loader=css", "--loader:.svg=dataurl"]);
    text(tools::filter(&mut esbuild, imports.as_bytes())?)
}

fn bundle(place: &Place, stage: &Stage, args: &[&str]) -> Result<String> {
    let mut esbuild = tools::esbuild(&place.node, &stage.0)?;
    esbuild.args(["--bundle", "--charset=utf8", "--legal-comments=none", BROWSERS]);
    // Names are kept: whoever audits the shipped file should be able to read it beside the sources.
    esbuild.args(["--minify-whitespace", "--minify-syntax", "--line-limit=160"]).args(args);
    text(tools::output(&mut esbuild)?)
}

fn text(bytes: Vec<u8>) -> Result<String> {
    Ok(String::from_utf8(bytes).context("esbuild wrote no UTF-8")?.trim().to_string())
}
