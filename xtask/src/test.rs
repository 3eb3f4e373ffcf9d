//! `cargo xtask test`: every test there is, one exit code. What each step asserts is in `tests/README.md`.

use crate::build::{self, Place, twin};
use crate::tools;
use anyhow::{Result, bail, ensure};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// What the browsers' tests and the drawn notices need of Debian. The fonts are for both: a screenshot or a synthetic
/// notice without Japanese letters would test little.
const PACKAGES: [&str; 9] = [
    "chromium-headless-shell",
    "firefox-esr",
    "webkit2gtk-driver",
    "xvfb",
    "matchbox-window-manager",
    "fonts-morisawa-bizud-gothic",
    "fonts-noto-cjk",
    "iproute2",
    "python3-minimal",
];

/// Longest time a step may take before it counts as hung. The slowest compiles everything anew on two cores.
const PATIENCE: Duration = Duration::from_secs(30 * 60);

/// Options of `cargo xtask test`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only this step; may be given more than once.
    #[arg(long, value_name = "NAME")]
    only: Vec<Step>,
}

/// A step, in the order in which they run: what fails soonest comes first, and what is built comes before what needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Step {
    /// rustfmt.
    Format,
    /// Catalogues of words and wards' profiles.
    Words,
    /// clippy, for this machine and for the browser.
    Clippy,
    /// The library's tests on this machine, with overflow and debug checks.
    Native,
    /// The same tests as WebAssembly.
    Wasi,
    /// The tool's own tests.
    Tool,
    /// The page, within its limits of size.
    Build,
    /// The page again from a copy elsewhere: the same bytes.
    Twin,
    /// eslint, stylelint, html-validate, prettier, tsc.
    Lint,
    /// The page's scripts under Node.
    Page,
    /// The shipped page in Chromium, Firefox and WebKit, on a network that leads nowhere.
    Browsers,
}

impl Step {
    fn name(self) -> String {
        clap::ValueEnum::to_possible_value(&self).map_or_else(String::new, |value| value.get_name().to_string())
    }

    fn needs_packages(self) -> bool {
        matches!(self, Self::Native | Self::Tool | Self::Browsers)
    }

    fn run(self, place: &Place) -> Result<()> {
        let root = place.root.as_path();
        let dist = root.join("dist");
        match self {
            Self::Format => {
                tools::add_component(root, "rustfmt")?;
                cargo(root, &["fmt", "--all", "--check"])
            }
            Self::Words => {
                build::check(root)?;
                println!("words and profiles: nothing wrong");
                Ok(())
            }
            Self::Clippy => {
                tools::add_component(root, "clippy")?;
                tools::add_target(root, "wasm32-unknown-unknown")?;
                let clippy = ["clippy", "--locked", "--profile", "tool", "--workspace", "--all-targets", "--"];
                cargo(root, &[&clippy[..], &["-D", "warnings"]].concat())?;
                let target = ["--package", "maecheck", "--lib", "--target", "wasm32-unknown-unknown"];
                cargo(root, &[&["clippy", "--locked"], &target[..], &["--", "-D", "warnings"]].concat())
            }
            Self::Native => cargo(root, &["test", "--locked", "--package", "maecheck"]),
            Self::Wasi => {
                tools::node()?;
                tools::add_target(root, "wasm32-wasip1")?;
                let target = ["--package", "maecheck", "--lib", "--tests", "--target", "wasm32-wasip1"];
                cargo(root, &[&["test", "--locked"], &target[..]].concat())
            }
            // Under the profile that the tool itself runs in: its dependencies are compiled already.
            Self::Tool => cargo(root, &["test", "--locked", "--profile", "tool", "--package", "xtask"]),
            Self::Build => {
                build::make(place, &dist)?;
                let weights = build::weigh(&dist)?;
                println!("dist/index.html: {weights}");
                weights.check()
            }
            Self::Twin => {
                // By itself, as after --only, there may be no page yet, or one of other sources.
                build::make(place, &dist)?;
                twin::compare(place, &dist)
            }
            Self::Lint => {
                tools::npm_packages(root)?;
                // Both are told even when the first fails.
                let lint = tools::run(limited("npm").current_dir(root).args(["run", "--silent", "lint"]));
                let types = tools::run(limited("npm").current_dir(root).args(["run", "--silent", "check"]));
                lint.and(types)?;
                println!("lint and types: nothing wrong");
                Ok(())
            }
            Self::Page => {
                tools::npm_packages(root)?;
                tools::run(limited("node").current_dir(root).args(node_test(root, "tests/js")?))
            }
            Self::Browsers => {
                tools::npm_packages(root)?;
                if !dist.join("index.html").is_file() {
                    build::make(place, &dist)?;
                }
                let mut test = node_test(root, "tests/e2e")?;
                // A browser waits much of its time: three at once on two processors leave none idle.
                test.insert(1, "--test-concurrency=3".to_string());
                if tools::is_root() {
                    let watched = ["tests/net/watch.sh", "target/e2e/packets.log", "node"];
                    return tools::run(limited("bash").current_dir(root).args(watched).args(test));
                }
                println!("not root: the browsers run without the packet watcher (tests/net/watch.sh)");
                tools::run(limited("node").current_dir(root).args(test))
            }
        }
    }
}

/// Runs it.
///
/// # Errors
/// When a step fails; the others have run all the same.
pub fn run(args: Args) -> Result<()> {
    let place = Place::here();
    let all = <Step as clap::ValueEnum>::value_variants();
    let steps: Vec<Step> =
        all.iter().copied().filter(|step| args.only.is_empty() || args.only.contains(step)).collect();

    let mut rows = String::new();
    let mut failed = Vec::new();
    if steps.iter().any(|step| step.needs_packages())
        && let Err(error) = tools::debian_packages(&PACKAGES)
    {
        println!("{error:#}");
        failed.push("packages".to_string());
        let _ = writeln!(rows, "  FAILED {:>7}  packages", "");
    }
    for step in steps.iter().copied() {
        println!("\n== {}", step.name());
        let start = Instant::now();
        let result = step.run(&place);
        let seconds = start.elapsed().as_secs_f32();
        if let Err(error) = &result {
            println!("{}: {error:#}", step.name());
            failed.push(step.name());
        }
        let word = if result.is_ok() { "ok" } else { "FAILED" };
        let _ = writeln!(rows, "  {word:<6} {seconds:>6.1}s  {}", step.name());
    }

    println!("\n{rows}");
    let ran = steps.len() + usize::from(failed.iter().any(|name| name == "packages"));
    println!("steps: {} passed, {} failed", ran - failed.len(), failed.len());
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}

fn cargo(root: &Path, args: &[&str]) -> Result<()> {
    let cargo = tools::cargo(root);
    let mut command = limited_path(cargo.get_program());
    command.current_dir(root).args(args);
    for (name, value) in cargo.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    tools::run(&mut command)
}

/// A program under coreutils' `timeout`. Where there is none (not on Debian), it runs without a limit.
fn limited(program: &str) -> Command {
    limited_path(program.as_ref())
}

fn limited_path(program: &std::ffi::OsStr) -> Command {
    if !tools::is_there("timeout") {
        return Command::new(program);
    }
    let mut command = Command::new("timeout");
    // In the foreground it stays in this process's group, so that Ctrl+C ends the program and all that it started.
    command.args(["--foreground", "--kill-after=10", &PATIENCE.as_secs().to_string()]).arg(program);
    command
}

/// Arguments by which Node runs all test files under a folder. They are named one by one: what a folder means to
/// `node --test` changed between Node 20 and 22.
fn node_test(root: &Path, dir: &str) -> Result<Vec<String>> {
    let mut args = vec!["--test".to_string(), "--test-reporter=spec".to_string()];
    let files = build::files_under(&root.join(dir))?;
    args.extend(files.iter().filter(|name| name.ends_with(".test.js")).map(|name| format!("{dir}/{name}")));
    ensure!(args.len() > 2, "expected test files {dir}/….test.js, found none");
    Ok(args)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn test_files_are_found_in_folders_below_and_their_absence_is_a_failure() {
        let root = tools::scratch("node-test");
        fs::create_dir_all(root.join("tests/js/deep")).unwrap();
        assert!(node_test(&root, "tests/js").unwrap_err().to_string().contains("found none"));
        for name in ["b.test.js", "deep/a.test.js", "helper.js"] {
            fs::write(root.join("tests/js").join(name), "").unwrap();
        }
        let args = node_test(&root, "tests/js").unwrap();
        assert_eq!(args.get(2..).unwrap(), ["tests/js/b.test.js", "tests/js/deep/a.test.js"]);
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn the_steps_are_named_as_the_readme_has_them() {
        let names: Vec<String> = <Step as clap::ValueEnum>::value_variants().iter().map(|step| step.name()).collect();
        let readme = include_str!("../../tests/README.md");
        for name in names {
            assert!(readme.contains(&format!("`{name}`")), "tests/README.md does not tell of the step {name}");
        }
    }
}
