//! The library as WebAssembly, and the ES module around it.

use super::Place;
use crate::tools;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use wasm_bindgen_cli_support::Bindgen;

const TARGET: &str = "wasm32-unknown-unknown";

/// Compiles the library and leaves the ES module in `pkg`.
///
/// # Errors
/// What the compiler says is on the terminal already; everything else in words.
pub fn make(place: &Place, version: &str, pkg: &Path) -> Result<()> {
    bind(&compile(place)?, pkg)?;
    // What another page's bundler or `npm install DIR` looks for.
    let description = serde_json::json!({
        "name": "maecheck",
        "version": version,
        "type": "module",
        "license": "MIT OR Apache-2.0",
        "main": "maecheck.js",
        "types": "maecheck.d.ts",
        "files": ["maecheck.js", "maecheck.d.ts", "maecheck_bg.wasm", "maecheck_bg.wasm.d.ts"],
        "sideEffects": false
    });
    let text = serde_json::to_string_pretty(&description)? + "\n";
    fs::write(pkg.join("package.json"), text).context("cannot write package.json")
}

/// Runs Cargo; gives the path of the module.
fn compile(place: &Place) -> Result<PathBuf> {
    let root = &place.root;
    tools::add_target(root, TARGET)?;
    // Fetched first, so that the folders of sources whose names are to be replaced are there.
    tools::run(tools::cargo(root).args(["fetch", "--locked", "--target", TARGET]))?;
    let folders = folders(root)?;
    let flags: Vec<String> =
        folders.iter().map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display())).collect();
    // By --config these are added to what .cargo/config.toml has for the target; RUSTFLAGS would replace it.
    let config = format!("target.{TARGET}.rustflags={}", serde_json::to_string(&flags)?);
    tools::run(
        tools::cargo(root)
            .env("CARGO_TARGET_DIR", &place.target)
            .args(["build", "--release", "--locked", "--package", "maecheck", "--lib", "--target", TARGET])
            .args(["--config", &config]),
    )?;
    let path = place.target.join(TARGET).join("release/maecheck.wasm");
    let module = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    for (from, _) in &folders {
        let name = from.to_string_lossy();
        ensure!(
            !module.windows(name.len()).any(|window| window == name.as_bytes()),
            "{} names this machine's folder {name}: another machine's build would differ",
            path.display()
        );
    }
    Ok(path)
}

/// Folders of this machine that the compiler would write into messages of panics, and what it is to write instead.
/// Where several hold a file, rustc takes the last: the narrowest stand at the end.
fn folders(root: &Path) -> Result<Vec<(PathBuf, String)>> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo"))).context("no home folder, no CARGO_HOME")?;
    let version = String::from_utf8(tools::output(Command::new("rustc").current_dir(root).arg("-vV"))?)?;
    let commit = version.lines().find_map(|line| line.strip_prefix("commit-hash: ")).unwrap_or("unknown");

    let mut folders = vec![(home.clone(), "/cargo".to_string())];
    // A registry's folder is named after its address, which a mirror changes.
    if let Ok(registries) = fs::read_dir(home.join("registry/src")) {
        let mut registries: Vec<PathBuf> = registries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        registries.sort();
        folders.extend(registries.into_iter().map(|dir| (dir, "/crates".to_string())));
    }
    folders.push((root.to_path_buf(), "/maecheck".to_string()));
    // Where rust-src is installed, rustc turns /rustc/… in the standard library's messages into this folder.
    folders.push((tools::sysroot(root)?.join("lib/rustlib/src/rust"), format!("/rustc/{commit}")));
    Ok(folders)
}

/// wasm-bindgen as a library, pinned by Cargo.lock to the version of the `wasm-bindgen` that the module was compiled
/// with: nobody has to install a command of exactly that version.
fn bind(module: &Path, pkg: &Path) -> Result<()> {
    Bindgen::new()
        .input_path(module)
        .web(true)?
        .typescript(true)
        // `init()` without arguments fetches the module that lies beside the script; the shipped page never does.
        .omit_default_module_path(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(pkg)
        .with_context(|| format!("wasm-bindgen refused {}", module.display()))
}
