//! The programs beside Cargo that the tool calls: git, rustup, Node, npm, esbuild, apt-get. Each is looked for
//! before it is used, and what is missing is named in words together with what to do about it.

use anyhow::{Context, Result, anyhow, bail, ensure};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Oldest Node that eslint 10 and the tests' `node --test` are made for; the same figure as in package.json.
const OLDEST_NODE: (u32, u32) = (20, 19);

/// The project's root: the folder that holds `xtask/`.
///
/// Cargo names the folder at run time; what was compiled in is for a tool that is started without Cargo.
pub fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let xtask = PathBuf::from(manifest);
    xtask.parent().map(Path::to_path_buf).unwrap_or(xtask)
}

/// The Cargo that runs this tool, with no flags of the caller's shell that would change the shipped bytes.
pub fn cargo(root: &Path) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root);
    for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS"] {
        cargo.env_remove(name);
    }
    cargo
}

/// Runs a command whose output goes straight to the terminal.
///
/// # Errors
/// When it cannot be started, or ends with anything but 0.
pub fn run(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("could not start: {shown}"))?;
    ensure!(status.success(), "{shown}: {status}");
    Ok(())
}

/// Runs a command and gives what it wrote to standard output.
///
/// # Errors
/// When it cannot be started, or ends with anything but 0; what it wrote to standard error is in the message.
pub fn output(command: &mut Command) -> Result<Vec<u8>> {
    let shown = shown(command);
    let out = command.stdin(Stdio::null()).output().with_context(|| format!("could not start: {shown}"))?;
    ensure!(out.status.success(), "{shown}: {}\n{}", out.status, String::from_utf8_lossy(&out.stderr).trim_end());
    Ok(out.stdout)
}

/// As [`output`], with bytes given to the command's standard input.
///
/// # Errors
/// As [`output`].
pub fn filter(command: &mut Command, input: &[u8]) -> Result<Vec<u8>> {
    let shown = shown(command);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not start: {shown}"))?;
    let mut stdin = child.stdin.take().context("the command has no standard input")?;
    let input = input.to_vec();
    // A thread of its own: a command that answers before it has read all would otherwise block both sides.
    let feed = std::thread::spawn(move || stdin.write_all(&input));
    let out = child.wait_with_output().with_context(|| format!("lost: {shown}"))?;
    let fed = feed.join();
    ensure!(out.status.success(), "{shown}: {}\n{}", out.status, String::from_utf8_lossy(&out.stderr).trim_end());
    fed.map_err(|_| anyhow!("feeding the command failed: {shown}"))?.with_context(|| format!("feeding: {shown}"))?;
    Ok(out.stdout)
}

/// A command as one would type it.
fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

/// Whether a program of this name can be started.
pub fn is_there(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(program).is_file()))
}

/// The compiler's own folder.
///
/// # Errors
/// When rustc cannot be asked.
pub fn sysroot(root: &Path) -> Result<PathBuf> {
    let out = output(Command::new("rustc").current_dir(root).args(["--print", "sysroot"]))?;
    Ok(PathBuf::from(String::from_utf8(out)?.trim_end()))
}

/// Adds a compilation target unless it is there. `rust-toolchain.toml` names the targets too, but where rustup does
/// not install by itself (`RUSTUP_AUTO_INSTALL=0`) that line alone does nothing.
///
/// # Errors
/// When the target is missing and there is no rustup, or rustup cannot fetch it.
pub fn add_target(root: &Path, target: &str) -> Result<()> {
    if sysroot(root)?.join("lib/rustlib").join(target).join("lib").is_dir() {
        return Ok(());
    }
    ensure!(
        is_there("rustup"),
        "the Rust target {target} is missing, and there is no rustup to add it: install it the way this machine's \
         Rust was installed (on Debian, the package libstd-rust-dev-wasm32)"
    );
    run(Command::new("rustup").current_dir(root).args(["target", "add", target]))
}

/// Adds a component of the toolchain unless it is there.
///
/// # Errors
/// When it is missing and there is no rustup, or rustup cannot fetch it.
pub fn add_component(root: &Path, name: &str) -> Result<()> {
    // rustup leaves a command of that name even where the component is missing; such a command then fails.
    let command = if name == "clippy" { "cargo-clippy" } else { name };
    if is_there(command) && output(Command::new(command).current_dir(root).arg("--version")).is_ok() {
        return Ok(());
    }
    ensure!(is_there("rustup"), "the Rust component {name} is missing, and there is no rustup to add it");
    run(Command::new("rustup").current_dir(root).args(["component", "add", name]))
}

/// Node, new enough.
///
/// # Errors
/// When it is missing or too old.
pub fn node() -> Result<Command> {
    let (major, minor) = OLDEST_NODE;
    let wanted = format!("Node {major}.{minor} or newer is needed to make the page and to test it");
    ensure!(is_there("node"), "{wanted}; there is no `node` on this machine");
    let version = String::from_utf8(output(Command::new("node").arg("--version"))?)?;
    let mut numbers = version.trim().trim_start_matches('v').split('.').map_while(|part| part.parse::<u32>().ok());
    let found = numbers.next().zip(numbers.next());
    ensure!(found.is_some_and(|found| found >= OLDEST_NODE), "{wanted}; found {}", version.trim());
    Ok(Command::new("node"))
}

/// Makes `node_modules/` hold what `package-lock.json` says; does nothing when it does already.
///
/// Install scripts of packages never run: nothing that is used here needs one.
///
/// # Errors
/// When Node or npm is missing, or npm cannot fetch.
pub fn npm_packages(root: &Path) -> Result<()> {
    node()?;
    if lock_is_installed(root) {
        return Ok(());
    }
    ensure!(
        is_there("npm"),
        "there is `node` but no `npm` on this machine; npm comes with Node, or on Debian as `npm`"
    );
    println!("npm ci (node_modules/ is missing or is not what package-lock.json says)");
    run(Command::new("npm").current_dir(root).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))
}

/// Compares package-lock.json with the list that npm leaves inside node_modules.
fn lock_is_installed(root: &Path) -> bool {
    #[derive(serde::Deserialize)]
    struct Lock {
        packages: BTreeMap<String, Package>,
    }
    #[derive(serde::Deserialize)]
    struct Package {
        version: Option<String>,
        integrity: Option<String>,
        #[serde(default)]
        optional: bool,
    }
    let read = |path: PathBuf| -> Option<Lock> { serde_json::from_slice(&fs::read(path).ok()?).ok() };
    let Some(lock) = read(root.join("package-lock.json")) else { return false };
    let Some(installed) = read(root.join("node_modules/.package-lock.json")) else { return false };
    let same = lock.packages.iter().filter(|(path, _)| !path.is_empty()).all(|(path, want)| {
        // Optional packages are for other machines' processors as a rule; npm leaves those out.
        installed.packages.get(path).map_or(want.optional, |found| {
            found.version == want.version && found.integrity == want.integrity && root.join(path).is_dir()
        })
    });
    same && installed.packages.keys().all(|path| lock.packages.contains_key(path))
}

/// esbuild of node_modules, run in `dir`.
///
/// # Errors
/// When Node is missing; see [`npm_packages`], which must have run.
pub fn esbuild(root: &Path, dir: &Path) -> Result<Command> {
    // A script that looks for Node; a plain `npm ci` puts the program itself in its place, which Node cannot run.
    node()?;
    let mut command = Command::new(root.join("node_modules/esbuild/bin/esbuild"));
    command.current_dir(dir).args(["--log-level=warning"]);
    Ok(command)
}

/// Whether this process may do what only root may.
pub fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|out| out.trim_ascii() == b"0")
}

/// Makes sure that these Debian packages are there: installs them when root, else names them.
///
/// # Errors
/// When packages are missing and cannot be installed from here.
pub fn debian_packages(names: &[&str]) -> Result<()> {
    let missing: Vec<&str> = names.iter().copied().filter(|name| !debian_package_is_there(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    if !is_there("apt-get") {
        bail!("needed, and not to be installed from here because there is no apt-get: the Debian packages {list}");
    }
    ensure!(is_root(), "needed: the Debian packages {list}\n  sudo apt-get install --no-install-recommends {list}");
    println!("apt-get install {list}");
    run(Command::new("apt-get").args(["update", "-q"]))?;
    run(Command::new("apt-get")
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(["install", "-y", "-q", "--no-install-recommends"])
        .args(&missing))
}

fn debian_package_is_there(name: &str) -> bool {
    let status = Command::new("dpkg-query").args(["-W", "-f=${Status}", name]).stderr(Stdio::null()).output();
    status.is_ok_and(|out| out.stdout == b"install ok installed")
}

/// A new empty folder for one test.
#[cfg(test)]
pub fn scratch(name: &str) -> PathBuf {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let n = COUNT.fetch_add(1, Ordering::Relaxed);
    let dir = std::env::temp_dir().join(format!("maecheck-{name}-{}-{n}", std::process::id()));
    fs::create_dir_all(&dir).unwrap();
    dir
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_is_compared_with_what_npm_installed() {
        let a = r#""node_modules/a":{"version":"1.0.0","integrity":"x"}"#;
        let b = r#""node_modules/b":{"version":"2.0.0","integrity":"y","optional":true}"#;
        let other = r#""node_modules/a":{"version":"1.0.1","integrity":"z"}"#;
        let cases = [
            ("the same", format!("{a},{b}"), Some(format!("{a},{b}")), true),
            ("an optional package of another machine", format!("{a},{b}"), Some(a.to_string()), true),
            ("another version", format!("{a},{b}"), Some(other.to_string()), false),
            ("a package missing", a.to_string(), Some(String::new()), false),
            ("a package too many", a.to_string(), Some(format!("{a},{b}")), false),
            ("never installed", a.to_string(), None, false),
        ];
        for (name, lock, installed, expected) in cases {
            let dir = crate::tools::scratch("lock");
            fs::create_dir_all(dir.join("node_modules/a")).unwrap();
            fs::create_dir_all(dir.join("node_modules/b")).unwrap();
            // The root's own entry is in package-lock.json alone.
            let sep = if lock.is_empty() { "" } else { "," };
            fs::write(dir.join("package-lock.json"), format!(r#"{{"packages":{{"":{{}}{sep}{lock}}}}}"#)).unwrap();
            if let Some(installed) = installed {
                let text = format!(r#"{{"packages":{{{installed}}}}}"#);
                fs::write(dir.join("node_modules/.package-lock.json"), text).unwrap();
            }
            assert_eq!(lock_is_installed(&dir), expected, "{name}");
            fs::remove_dir_all(dir).unwrap();
        }
    }

    #[test]
    fn a_failing_command_says_which_one_and_what_it_wrote() {
        let error = output(Command::new("sh").args(["-c", "echo oh dear >&2; exit 3"])).unwrap_err().to_string();
        assert!(error.contains("sh -c") && error.contains("exit status: 3") && error.contains("oh dear"), "{error}");
        let error = run(&mut Command::new("no-such-program")).unwrap_err().to_string();
        assert!(error.contains("could not start: no-such-program"), "{error}");
    }

    #[test]
    fn what_is_fed_comes_out_however_long() {
        let long = vec![b'x'; 1 << 20];
        assert_eq!(filter(&mut Command::new("cat"), &long).unwrap(), long);
    }
}
