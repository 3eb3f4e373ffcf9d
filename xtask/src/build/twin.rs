//! The same commit gives the same bytes: shown by building a copy of the checkout, in another folder and with another
//! target folder, and comparing every file.

use super::Place;
use crate::tools;
use anyhow::{Context, Result, ensure};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Builds the copy and compares it with what lies in `out`.
///
/// # Errors
/// When the copy cannot be built, or a file differs; the files are named.
pub fn compare(place: &Place, out: &Path) -> Result<()> {
    let twin = place.target.join("twin");
    let copy = Place { root: twin.join("tree"), node: place.node.clone(), target: twin.join("target") };
    follow(&place.root, &copy.root)?;
    // Nothing that was packed before is taken over; what Cargo compiled from these very sources is.
    if copy.scratch().exists() {
        fs::remove_dir_all(copy.scratch())?;
    }
    let second = twin.join("dist");
    super::make(&copy, &second)?;
    let differing = differences(out, &second)?;
    ensure!(differing.is_empty(), "two builds of one commit differ in: {}", differing.join(", "));
    println!("two builds of one commit, in two folders: the same {} files", super::files_under(out)?.len());
    Ok(())
}

/// Makes `to` a copy of the files under version control (and of new ones that git does not ignore). A file that is the
/// same already is left alone, so that Cargo need not compile it again.
fn follow(from: &Path, to: &Path) -> Result<()> {
    let mut git = Command::new("git");
    git.current_dir(from).args([
        "-c",
        "safe.directory=*",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]);
    let listed = tools::output(&mut git)?;
    let names: BTreeSet<String> =
        String::from_utf8(listed)?.split('\0').filter(|name| !name.is_empty()).map(str::to_string).collect();
    for name in &names {
        // Listed, but removed since.
        let Ok(bytes) = fs::read(from.join(name)) else { continue };
        if fs::read(to.join(name)).ok().as_ref() != Some(&bytes) {
            super::write(&to.join(name), &bytes)?;
        }
    }
    for name in super::files_under(to)? {
        if !names.contains(&name) || !from.join(&name).is_file() {
            fs::remove_file(to.join(&name)).with_context(|| format!("cannot remove {name} from {}", to.display()))?;
        }
    }
    Ok(())
}

/// Names of files that only one of two folders has or whose bytes differ.
fn differences(a: &Path, b: &Path) -> Result<Vec<String>> {
    let names: BTreeSet<String> = super::files_under(a)?.into_iter().chain(super::files_under(b)?).collect();
    let read = |dir: &Path, name: &str| fs::read(dir.join(OsString::from(name))).ok();
    Ok(names.into_iter().filter(|name| read(a, name) != read(b, name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_difference_is_seen() {
        let dir = tools::scratch("twin");
        for (name, bytes) in
            [("a/same", "1"), ("b/same", "1"), ("a/other", "1"), ("b/other", "2"), ("a/x/only", "1"), ("b/new", "")]
        {
            super::super::write(&dir.join(name), bytes.as_bytes()).unwrap();
        }
        assert_eq!(differences(&dir.join("a"), &dir.join("b")).unwrap(), ["new", "other", "x/only"]);
        assert!(differences(&dir.join("a"), &dir.join("a")).unwrap().is_empty());
        fs::remove_dir_all(dir).unwrap();
    }
}
