//! `cargo xtask words`: holds the catalogues of `www/words/` to what the program says and to how we speak.
//!
//! Two questions are asked of every catalogue. Is it whole — every key and every `{placeholder}` that the core
//! ([`maecheck::guide::KEYS`]) and the page (`ja`, the source language) know, and no other? And does it speak as this
//! page speaks — short, calm, without words that its readers do not know or that promise what nobody can?
//!
//! Whoever translates sees only these messages, so each says the file, the key, what was expected and what was found.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use maecheck::guide;
use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::Value;

/// Options of `cargo xtask words`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Says all that is wrong with the catalogues, each with its file and key.
    Check {
        /// Catalogues to check; without one, all of www/words/ and the page's use of them.
        files: Vec<PathBuf>,
    },
}

/// Runs it.
///
/// # Errors
/// What went wrong, in words; the number of problems where a catalogue has some.
pub fn run(args: Args) -> anyhow::Result<()> {
    let Command::Check { files } = args.command;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask lies in no folder")?;
    let problems = if files.is_empty() { check_all(root)? } else { check_files(root, &files)? };
    for problem in &problems {
        println!("{problem}");
    }
    ensure!(problems.is_empty(), "{} found in the catalogues of words", count(problems.len(), "problem"));
    println!("words: nothing to find fault with");
    Ok(())
}

fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

/// One thing wrong with a catalogue, or with how the page uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, relative to the project's root where it lies in it.
    pub file: String,
    /// Where in the file: `guide › headline.ask`, or `line 3, column 5`, counted from one.
    pub place: String,
    /// What should be there.
    pub expected: String,
    /// What is there.
    pub found: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}: expected {}, found {}", self.file, self.place, self.expected, self.found)
    }
}

/// The language that all others are translated from, and whose `page` section is the list of the page's keys.
const SOURCE: &str = "ja";

/// Checks every catalogue under `root`'s `www/words/`, and that the page's HTML and JavaScript use exactly the keys that
/// there are. An empty list: all is well. The caller must look at the list; `Ok` alone says only that the files could be
/// read.
///
/// # Errors
/// The folder or a file in it cannot be read.
pub fn check_all(root: &Path) -> anyhow::Result<Vec<Problem>> {
    let dir = root.join("www/words");
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(&dir).with_context(|| format!("cannot read {}", dir.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files.sort();
    let source = dir.join(format!("{SOURCE}.json"));
    if !files.contains(&source) {
        bail!("no {}: the source language is missing", source.display());
    }
    let mut problems = check_files(root, &files)?;
    if let Ok(source) = Catalogue::load(root, &source)? {
        problems.extend(uses(&source, &pages(root)?));
    }
    Ok(problems)
}

/// Checks `files`, against the source language under `root`.
///
/// # Errors
/// A file cannot be read.
fn check_files(root: &Path, files: &[PathBuf]) -> anyhow::Result<Vec<Problem>> {
    let source = root.join("www/words").join(format!("{SOURCE}.json"));
    // Its own problems come out when it is checked itself; without it the page's keys stay unchecked.
    let source = Catalogue::load(root, &source)?.ok();
    let mut problems = Vec::new();
    for file in files {
        match Catalogue::load(root, file)? {
            Ok(catalogue) => problems.extend(catalogue.check(guide::KEYS, source.as_ref())),
            Err(problem) => problems.push(problem),
        }
    }
    Ok(problems)
}

fn name(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// The page's HTML and JavaScript: name and text.
fn pages(root: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    let mut folders = vec![root.join("www")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let entry = entry?;
            let path = entry.path();
            // Not through links: one that points upward would never end.
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "html" || extension == "js") {
                let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
                found.push((name(root, &path), text));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// A JSON object with its entries in their order, and twins kept: the usual map would silently keep the last one.
#[derive(Debug)]
struct Entries<V>(Vec<(String, V)>);

impl<V> Entries<V> {
    fn get(&self, key: &str) -> Option<&V> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Entries<V> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<V>(std::marker::PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for Reader<V> {
            type Value = Entries<V>;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object { … }")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<V>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Reader(std::marker::PhantomData))
    }
}

/// One language's file.
#[derive(Debug)]
struct Catalogue {
    file: String,
    sections: Entries<Entries<Value>>,
}

impl Catalogue {
    /// Reads it from its file. A wrong encoding is a problem like others: editors choose it, not people.
    fn load(root: &Path, path: &Path) -> anyhow::Result<Result<Self, Problem>> {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let file = name(root, path);
        let wrong = |place: String, found: &str| {
            let expected = "a file saved as UTF-8 without BOM".to_owned();
            Ok(Err(Problem { file: file.clone(), place, expected, found: found.to_owned() }))
        };
        match std::str::from_utf8(&bytes) {
            Ok(text) if text.starts_with('\u{feff}') => wrong("line 1".to_owned(), "a BOM (byte order mark)"),
            Ok(text) => Ok(Self::parse(&file, text)),
            Err(error) => {
                let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
                let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
                wrong(format!("line {line}"), "another encoding")
            }
        }
    }

    /// Reads it; what is not JSON of this shape is one problem with its line and column.
    fn parse(file: &str, text: &str) -> Result<Self, Problem> {
        match serde_json::from_str(text) {
            Ok(sections) => Ok(Self { file: file.to_owned(), sections }),
            Err(error) => {
                let said = error.to_string();
                Err(Problem {
                    file: file.to_owned(),
                    // Before the first character of a line serde_json counts column 0; people count from one.
                    place: format!("line {}, column {}", error.line(), error.column().max(1)),
                    expected: "JSON with the sections \"meta\", \"guide\" and \"page\"".to_owned(),
                    found: said.split(" at line ").next().unwrap_or_default().to_owned(),
                })
            }
        }
    }

    /// The language that the file's name promises.
    fn lang(&self) -> &str {
        Path::new(&self.file).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
    }

    fn section(&self, name: &str) -> impl Iterator<Item = (&str, &Value)> {
        let entries = self.sections.get(name).map(|entries| entries.0.as_slice()).unwrap_or_default();
        entries.iter().map(|(key, value)| (key.as_str(), value))
    }

    fn problem(&self, place: impl Into<String>, expected: impl Into<String>, found: impl Into<String>) -> Problem {
        Problem { file: self.file.clone(), place: place.into(), expected: expected.into(), found: found.into() }
    }

    /// All that is wrong. `keys`: the core's; `source`: where the page's keys stand.
    fn check(&self, keys: &[(&str, &[&str])], source: Option<&Self>) -> Vec<Problem> {
        let mut problems = self.check_sections();
        problems.extend(self.check_meta());

        let guide = keys.iter().map(|(key, names)| (*key, names.iter().map(ToString::to_string).collect())).collect();
        problems.extend(self.check_keys("guide", &guide, "a key that the program says"));

        if let Some(source) = source.filter(|source| source.file != self.file) {
            let page = source
                .section("page")
                .filter_map(|(key, value)| value.as_str().map(|text| (key, placeholders(text).0)))
                .collect();
            problems.extend(self.check_keys("page", &page, &format!("a key that {} has", source.file)));
        }

        for section in ["guide", "page"] {
            for (key, value) in self.section(section) {
                let place = format!("{section} › {key}");
                match value.as_str() {
                    Some(text) => problems.extend(
                        faults(self.lang(), text)
                            .into_iter()
                            .map(|fault| self.problem(place.clone(), fault.expected, fault.found)),
                    ),
                    None => problems.push(self.problem(place, "words in quotation marks", value.to_string())),
                }
            }
        }
        problems
    }

    fn check_sections(&self) -> Vec<Problem> {
        const SECTIONS: [&str; 3] = ["meta", "guide", "page"];
        let mut problems = Vec::new();
        for wanted in SECTIONS {
            if self.sections.get(wanted).is_none() {
                problems.push(self.problem(wanted, "this section", "none"));
            }
        }
        let mut seen = BTreeSet::new();
        for (section, entries) in &self.sections.0 {
            if !SECTIONS.contains(&section.as_str()) {
                problems.push(self.problem(section, "only the sections meta, guide and page", "another one"));
            } else if !seen.insert(section) {
                problems.push(self.problem(section, "each section once", "it twice"));
            }
            let mut keys = BTreeSet::new();
            for (key, _) in &entries.0 {
                if !keys.insert(key) {
                    problems.push(self.problem(format!("{section} › {key}"), "each key once", "it twice"));
                }
            }
        }
        problems
    }

    fn check_meta(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let meta = |key: &str| self.section("meta").find(|(name, _)| *name == key).map(|(_, value)| value);
        let found = |value: Option<&Value>| value.map_or_else(|| "nothing".to_owned(), ToString::to_string);

        let lang = meta("lang");
        if lang.and_then(Value::as_str) != Some(self.lang()) {
            problems.push(self.problem(
                "meta › lang",
                format!("\"{}\", as the file is named", self.lang()),
                found(lang),
            ));
        }
        let name = meta("name");
        if name.and_then(Value::as_str).is_none_or(|name| name.trim().is_empty()) {
            problems.push(self.problem("meta › name", "the language's name in that language", found(name)));
        }
        let reviewed = meta("reviewed");
        match reviewed.and_then(Value::as_bool) {
            None => problems.push(self.problem(
                "meta › reviewed",
                "true once a person who knows the language has read all of it, otherwise false",
                found(reviewed),
            )),
            Some(false) if self.lang() == SOURCE => {
                problems.push(self.problem("meta › reviewed", "true: this is the source language", "false"));
            }
            Some(_) => {}
        }
        for (key, _) in self.section("meta") {
            if !["lang", "name", "reviewed"].contains(&key) {
                problems.push(self.problem(format!("meta › {key}"), "only lang, name and reviewed", "this key"));
            }
        }
        problems
    }

    /// Missing and extra keys of a section, and their placeholders. `whose`: who knows the keys.
    fn check_keys(&self, section: &str, keys: &BTreeMap<&str, BTreeSet<String>>, whose: &str) -> Vec<Problem> {
        let mut problems = Vec::new();
        let here: BTreeMap<&str, &Value> = self.section(section).collect();
        for (key, names) in keys {
            let place = format!("{section} › {key}");
            let Some(value) = here.get(key) else {
                problems.push(self.problem(place, "words for this key", "none"));
                continue;
            };
            let Some(text) = value.as_str() else { continue };
            let (used, _) = placeholders(text);
            for name in names.difference(&used) {
                problems.push(self.problem(place.clone(), format!("{{{name}}} in the words"), format!("“{text}”")));
            }
            for name in used.difference(names) {
                let known = match names.len() {
                    0 => "no placeholder".to_owned(),
                    _ => names.iter().map(|name| format!("{{{name}}}")).collect::<Vec<_>>().join(", "),
                };
                problems.push(self.problem(place.clone(), known, format!("{{{name}}}")));
            }
        }
        for key in here.keys().filter(|key| !keys.contains_key(**key)) {
            problems.push(self.problem(format!("{section} › {key}"), whose, "one that it does not"));
        }
        problems
    }
}

/// The names in `{…}`, and whether every brace has its other half.
fn placeholders(text: &str) -> (BTreeSet<String>, bool) {
    let mut names = BTreeSet::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (_, from) = rest.split_at(at);
        let Some((name, after)) = from.strip_prefix('{').and_then(|inner| inner.split_once('}')) else {
            return (names, false);
        };
        if name.is_empty()
            || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_')
        {
            return (names, false);
        }
        names.insert(name.to_owned());
        rest = after;
    }
    (names, true)
}

/// One fault of a text.
struct Fault {
    expected: String,
    found: String,
}

/// Characters of a Japanese sentence, blanks not counted (ux: やさしい日本語, about 24–30).
const LONGEST_SENTENCE: usize = 30;

/// What a value counts for in a sentence's length. A date is longer, but it is read as one thing.
const VALUE_LENGTH: usize = 4;

/// Words that a Japanese text may not hold, and what to write. The first group is unknown to many readers over 70, the
/// second makes people hurry, the third promises what the page cannot know.
const BANNED_JA: &[(&str, &str)] = &[
    ("タップ", "「押す」"),
    ("スワイプ", "「動かす」"),
    ("スキャン", "「うつす」「読む」"),
    ("エラー", "what is wrong, in words"),
    ("納付", "「払う」 (the paper's own name 納付書 may stand)"),
    ("決済", "「払う」"),
    ("アカウント", "another word"),
    ("ブラウザ", "「この画面」「ほかのアプリ」"),
    ("今すぐ", "no word that makes people hurry"),
    ("至急", "no word that makes people hurry"),
    ("急いで", "no word that makes people hurry"),
    ("お急ぎ", "no word that makes people hurry"),
    ("早めに", "no word that makes people hurry"),
    ("本物", "nothing that promises who made the paper"),
    ("安全", "nothing that promises safety"),
    ("未払い", "nothing about paid or not: the page cannot know"),
    ("未納", "nothing about paid or not: the page cannot know"),
];

/// The same in English, whole words.
const BANNED_EN: &[(&str, &str)] = &[
    ("genuine", "nothing that promises who made the paper"),
    ("authentic", "nothing that promises who made the paper"),
    ("safe", "nothing that promises safety"),
    ("safely", "nothing that promises safety"),
    ("unpaid", "nothing about paid or not: the page cannot know"),
    ("hurry", "no word that makes people hurry"),
    ("immediately", "no word that makes people hurry"),
    ("urgent", "no word that makes people hurry"),
    ("urgently", "no word that makes people hurry"),
    ("tap", "“press”"),
    ("swipe", "“move”"),
    ("error", "what is wrong, in words"),
];

/// What is wrong with a text, whatever its key.
fn faults(lang: &str, text: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |expected: String, found: String| faults.push(Fault { expected, found });
    let quoted = format!("“{}”", text.replace('\n', "\\n"));

    if text.trim().is_empty() {
        fault("words".to_owned(), "none".to_owned());
    } else if text != text.trim() {
        fault("no blank at the start or the end".to_owned(), quoted.clone());
    }
    if text.contains("  ") || text.contains('\u{3000}') || text.contains('\t') {
        fault("single blanks".to_owned(), format!("two together, a wide one or a tab in {quoted}"));
    }
    if text.contains(['!', '！']) {
        fault("no exclamation mark".to_owned(), quoted.clone());
    }
    if !placeholders(text).1 {
        fault("each { with its } and a name in small letters between".to_owned(), quoted);
    }

    match lang.split('-').next() {
        Some("ja") => faults.extend(japanese(text)),
        Some("en") => {
            let lower = text.to_lowercase();
            let words: BTreeSet<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
            for (word, instead) in BANNED_EN.iter().filter(|(word, _)| words.contains(word)) {
                faults.push(Fault { expected: (*instead).to_owned(), found: format!("“{word}” in “{text}”") });
            }
        }
        _ => {}
    }
    faults
}

fn japanese(text: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    // The paper and this page are called by their names; the word alone is what nobody over 70 says.
    let common = text.replace("納付書", "");
    for (word, instead) in BANNED_JA.iter().filter(|(word, _)| common.contains(word)) {
        faults.push(Fault { expected: (*instead).to_owned(), found: format!("「{word}」 in 「{text}」") });
    }
    if text.contains("モバイルレジ") && !text.contains("アプリ") {
        faults.push(Fault {
            expected: "「アプリ」 beside the app's name".to_owned(),
            found: format!("「モバイルレジ」 alone in 「{text}」"),
        });
    }
    for sentence in text.split_inclusive(['。', '？', '?', '\n']) {
        let sentence = sentence.trim();
        let length = length(sentence);
        if length > LONGEST_SENTENCE {
            faults.push(Fault {
                expected: format!("at most {LONGEST_SENTENCE} characters in a sentence"),
                found: format!("{length} in 「{sentence}」"),
            });
        }
        const POLITE: [&str; 10] =
            ["です", "ます", "ません", "でした", "ました", "ください", "ましょう", "でしょう", "ですか", "ますか"];
        if let Some(said) = sentence.strip_suffix('。') {
            let said = said.trim_end_matches(['」', '』', '）']);
            if !POLITE.iter().any(|ending| said.ends_with(ending)) && !said.ends_with("ませんか") {
                faults
                    .push(Fault {
                        expected: "a sentence in です・ます".to_owned(), found: format!("「{sentence}」")
                    });
            }
        }
    }
    faults
}

/// Characters of a sentence without blanks; each `{value}` counts [`VALUE_LENGTH`].
fn length(sentence: &str) -> usize {
    let mut length = 0;
    let mut inside = false;
    for c in sentence.chars() {
        match c {
            '{' => inside = true,
            '}' => {
                inside = false;
                length += VALUE_LENGTH;
            }
            _ if inside || c.is_whitespace() => {}
            _ => length += 1,
        }
    }
    length
}

/// Holds the page's use of words to the source's `page` section: every key that is asked for exists, every key that
/// exists is asked for. `pages`: name and text of each HTML and JavaScript file.
fn uses(source: &Catalogue, pages: &[(String, String)]) -> Vec<Problem> {
    let keys: BTreeSet<&str> = source.section("page").map(|(key, _)| key).collect();
    let mut problems = Vec::new();
    let mut used: BTreeSet<&str> = BTreeSet::new();
    for (file, text) in pages {
        for asked in asked(text) {
            let known = match &asked.key {
                Asked::Key(key) => keys.contains(key.as_str()),
                Asked::Prefix(prefix) => keys.iter().any(|key| key.starts_with(prefix.as_str())),
            };
            if !known {
                problems.push(Problem {
                    file: file.clone(),
                    place: format!("line {}", asked.line),
                    expected: format!("a key of {}, section page", source.file),
                    found: match asked.key {
                        Asked::Key(key) => format!("“{key}”"),
                        Asked::Prefix(prefix) => format!("“{prefix}…”, which no key starts with"),
                    },
                });
            }
        }
        // A key may also travel through a table before it is asked for: any quoted text counts as its use.
        let quoted = quotations(text);
        used.extend(keys.iter().filter(|key| {
            quoted.iter().any(|quotation| match quotation {
                Asked::Key(whole) => whole == *key,
                Asked::Prefix(prefix) => prefix.contains('.') && key.starts_with(prefix.as_str()),
            })
        }));
    }
    for key in keys.difference(&used) {
        problems.push(source.problem(format!("page › {key}"), "a key that www/ uses", "one that it does not"));
    }
    problems
}

/// A key as the page names it.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    /// In full.
    Key(String),
    /// What stands before the `${` of a template.
    Prefix(String),
}

/// A key that is asked for, and the line, counted from one.
struct AskedAt {
    key: Asked,
    line: usize,
}

/// Keys in `data-t="…"`, `data-t-…="…"` and `t('…')`.
fn asked(text: &str) -> Vec<AskedAt> {
    let mut found = Vec::new();
    let mut add = |at: usize, rest: &str| {
        // Not a plain text, a variable or an empty string: nothing that can be looked up here.
        if let Some(key) = quotation(rest).map(|(key, _)| key).filter(|key| *key != Asked::Prefix(String::new())) {
            let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
            found.push(AskedAt { key, line });
        }
    };
    for (at, mark) in text.match_indices("data-t") {
        let rest = text.get(at + mark.len()..).unwrap_or_default();
        let name = rest.trim_start_matches(|c: char| c.is_ascii_lowercase() || c == '-');
        // `data-t` and `data-t-label`, not `data-type`.
        if (rest.starts_with('=') || rest.starts_with('-')) && name.starts_with('=') {
            add(at, name.trim_start_matches('='));
        }
    }
    for (at, mark) in text.match_indices("t(") {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        if before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != '$') {
            add(at, text.get(at + mark.len()..).unwrap_or_default().trim_start());
        }
    }
    found
}

/// The quotation at the start of `text` and its length in bytes with both marks.
fn quotation(text: &str) -> Option<(Asked, usize)> {
    let mark = text.chars().next().filter(|c| ['"', '\'', '`'].contains(c))?;
    let inner = text.get(1..)?;
    let end = inner.find([mark, '\n'])?;
    let whole = inner.get(..end)?;
    if mark == '`'
        && let Some((prefix, _)) = whole.split_once("${")
    {
        return Some((Asked::Prefix(prefix.to_owned()), end + 2));
    }
    inner.get(end..)?.starts_with(mark).then(|| (Asked::Key(whole.to_owned()), end + 2))
}

/// Every quotation of a text, wherever one may start: an apostrophe in a comment must not hide what follows it.
fn quotations(text: &str) -> Vec<Asked> {
    text.match_indices(['"', '\'', '`'])
        .filter_map(|(at, _)| text.get(at..).and_then(quotation))
        .map(|(key, _)| key)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: &[(&str, &[&str])] = &[("a", &[]), ("b", &["on"])];

    /// A small catalogue without fault.
    fn good(lang: &str) -> Value {
        serde_json::json!({
            "meta": { "lang": lang, "name": "ことば", "reviewed": true },
            "guide": { "a": "はい", "b": "{on}までです。" },
            "page": { "start.title": "はじめます。", "start.left": "あと {count}回です。" },
        })
    }

    fn check(lang: &str, catalogue: &Value) -> Vec<String> {
        let parse = |lang: &str, value: &Value| Catalogue::parse(&format!("{lang}.json"), &value.to_string()).unwrap();
        let source = parse("ja", &good("ja"));
        parse(lang, catalogue).check(KEYS, Some(&source)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_projects_own_catalogues_are_good() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let problems = check_all(root).unwrap();
        assert!(problems.is_empty(), "{}", problems.iter().map(|it| format!("\n{it}")).collect::<String>());
    }

    #[test]
    fn a_good_catalogue_has_no_problem() {
        assert_eq!(check("ja", &good("ja")), [""; 0]);
        assert_eq!(check("zh-Hans", &good("zh-Hans")), [""; 0]);
    }

    /// One change each, and the one problem that it makes.
    #[test]
    fn each_fault_is_named_with_its_key() {
        let long = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふです。"; // 31 characters
        for (lang, path, value, expected) in [
            // what is there and what is not
            ("en", "/guide/a", None, "en.json: guide › a: expected words for this key, found none"),
            (
                "en",
                "/guide/c",
                Some("new".into()),
                "en.json: guide › c: expected a key that the program says, found one that it does not",
            ),
            ("en", "/page/start.title", None, "en.json: page › start.title: expected words for this key, found none"),
            (
                "en",
                "/page/start.more",
                Some("More".into()),
                "en.json: page › start.more: expected a key that ja.json has, found one that it does not",
            ),
            ("en", "/guide", None, "en.json: guide: expected this section, found none"),
            (
                "en",
                "/extra",
                Some(serde_json::json!({})),
                "en.json: extra: expected only the sections meta, guide and page, found another one",
            ),
            ("en", "/guide/a", Some(5.into()), "en.json: guide › a: expected words in quotation marks, found 5"),
            ("en", "/guide/a", Some("".into()), "en.json: guide › a: expected words, found none"),
            // placeholders
            (
                "en",
                "/guide/b",
                Some("until then".into()),
                "en.json: guide › b: expected {on} in the words, found “until then”",
            ),
            ("en", "/guide/b", Some("{on} {off}".into()), "en.json: guide › b: expected {on}, found {off}"),
            ("en", "/guide/a", Some("{on}".into()), "en.json: guide › a: expected no placeholder, found {on}"),
            (
                "en",
                "/page/start.left",
                Some("left".into()),
                "en.json: page › start.left: expected {count} in the words, found “left”",
            ),
            (
                "en",
                "/guide/a",
                Some("{on".into()),
                "en.json: guide › a: expected each { with its } and a name in small letters between, found “{on”",
            ),
            // meta
            (
                "en",
                "/meta/lang",
                Some("fr".into()),
                "en.json: meta › lang: expected \"en\", as the file is named, found \"fr\"",
            ),
            (
                "en",
                "/meta/name",
                Some(" ".into()),
                "en.json: meta › name: expected the language's name in that language, found \" \"",
            ),
            (
                "en",
                "/meta/reviewed",
                Some("yes".into()),
                "en.json: meta › reviewed: expected true once a person who knows the language has read all of it, otherwise false, found \"yes\"",
            ),
            (
                "ja",
                "/meta/reviewed",
                Some(false.into()),
                "ja.json: meta › reviewed: expected true: this is the source language, found false",
            ),
            (
                "en",
                "/meta/font",
                Some("x".into()),
                "en.json: meta › font: expected only lang, name and reviewed, found this key",
            ),
            // how it speaks, in every language
            (
                "fr",
                "/guide/a",
                Some("deux  mots".into()),
                "fr.json: guide › a: expected single blanks, found two together, a wide one or a tab in “deux  mots”",
            ),
            (
                "ja",
                "/guide/a",
                Some("はい　です".into()),
                "ja.json: guide › a: expected single blanks, found two together, a wide one or a tab in “はい　です”",
            ),
            (
                "fr",
                "/guide/a",
                Some("mot ".into()),
                "fr.json: guide › a: expected no blank at the start or the end, found “mot ”",
            ),
            ("fr", "/guide/a", Some("vite!".into()), "fr.json: guide › a: expected no exclamation mark, found “vite!”"),
            (
                "ja",
                "/guide/a",
                Some("はい！".into()),
                "ja.json: guide › a: expected no exclamation mark, found “はい！”",
            ),
            // Japanese
            (
                "ja",
                "/guide/a",
                Some("ここを タップ".into()),
                "ja.json: guide › a: expected 「押す」, found 「タップ」 in 「ここを タップ」",
            ),
            (
                "ja-easy",
                "/guide/a",
                Some("納付の 紙".into()),
                "ja-easy.json: guide › a: expected 「払う」 (the paper's own name 納付書 may stand), found 「納付」 in 「納付の 紙」",
            ),
            (
                "ja",
                "/guide/a",
                Some("モバイルレジで払う".into()),
                "ja.json: guide › a: expected 「アプリ」 beside the app's name, found 「モバイルレジ」 alone in 「モバイルレジで払う」",
            ),
            (
                "ja",
                "/guide/a",
                Some(long.into()),
                "ja.json: guide › a: expected at most 30 characters in a sentence, found 31 in 「あいうえおかきくけこさしすせそたちつてとなにぬねのはひふです。」",
            ),
            (
                "ja",
                "/guide/a",
                Some("払える。".into()),
                "ja.json: guide › a: expected a sentence in です・ます, found 「払える。」",
            ),
            // English
            (
                "en",
                "/guide/a",
                Some("This is SAFE.".into()),
                "en.json: guide › a: expected nothing that promises safety, found “safe” in “This is SAFE.”",
            ),
        ] {
            let mut catalogue = good(lang);
            let (parent, key) = path.rsplit_once('/').unwrap();
            let object = catalogue.pointer_mut(parent).unwrap().as_object_mut().unwrap();
            match value {
                Some(value) => object.insert(key.to_owned(), value),
                None => object.remove(key),
            };
            let found = check(lang, &catalogue);
            assert!(found.contains(&expected.to_owned()), "{path}: expected {expected}\nfound {found:#?}");
            // Removing a section takes its keys along; every other change makes one problem and no echo.
            assert!(found.len() == 1 || path == "/guide", "{path}: {found:#?}");
        }
    }

    /// Close to a fault, and none.
    #[test]
    fn what_may_stand() {
        for (lang, text) in [
            ("ja", "納付書まえチェック"),                                             // the page's name
            ("ja", "この 納付書を 見せてください。"),                                 // the paper's name
            ("ja", "モバイルレジの アプリ"),                                          // beside 「アプリ」
            ("ja", "あいうえおかきくけこさしすせそ たちつてとなにぬねのは ひです。"), // 30 characters, blanks not counted
            ("ja", "「払った日」を 書きますか。"),
            ("ja", "はじめに もどる"), // a button is no sentence
            ("ja", "一つ目です。\n二つ目です。"),
            ("en", "A tape in a safeguarded place"), // words, not parts of words
        ] {
            assert!(faults(lang, text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_key_or_a_section_that_comes_twice_is_not_lost_silently() {
        let text = r#"{"meta": {"lang": "en", "name": "English", "reviewed": true},
            "guide": {"a": "one", "b": "{on}", "a": "two"}, "page": {}, "page": {}}"#;
        let problems = Catalogue::parse("en.json", text).unwrap().check(KEYS, None);
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            problems,
            [
                "en.json: guide › a: expected each key once, found it twice",
                "en.json: page: expected each section once, found it twice"
            ]
        );
    }

    #[test]
    fn what_is_no_json_is_told_with_line_and_column() {
        for (text, place, found) in [
            ("{\n  \"meta\": {\n    \"lang\": \"en\"\n    \"name\"", "line 4, column 5", "expected `,` or `}`"), // a comma forgotten
            ("{ \"meta\": {}, }", "line 1, column 15", "trailing comma"),
            ("", "line 1, column 1", "EOF while parsing a value"),
            ("[]", "line 1, column 1", "invalid type: sequence, expected an object { … }"),
            (
                "{ \"guide\": \"words\" }",
                "line 1, column 18",
                "invalid type: string \"words\", expected an object { … }",
            ),
            (
                "{ \"guide\": { \"a\": \"“\n\" } }",
                "line 2, column 1",
                "control character (\\u0000-\\u001F) found while parsing a string",
            ),
        ] {
            let problem = Catalogue::parse("en.json", text).unwrap_err();
            assert_eq!((problem.place.as_str(), problem.found.as_str()), (place, found), "{text}");
        }
    }

    #[test]
    fn the_page_uses_the_keys_that_there_are_and_all_of_them() {
        let uses_of = |files: &[(&str, &str)]| -> Vec<String> {
            let source = Catalogue::parse("ja.json", &good("ja").to_string()).unwrap();
            let pages: Vec<_> = files.iter().map(|(name, text)| (name.to_string(), text.to_string())).collect();
            uses(&source, &pages).iter().map(ToString::to_string).collect()
        };
        let all = ("all.html", "<p data-t=\"start.title\"></p><p data-t-label='start.left'></p>");
        let unknown = |place: &str, key: &str| format!("{place}: expected a key of ja.json, section page, found {key}");
        for (why, text, expected) in [
            ("nothing more", "", vec![]),
            ("an attribute", "\n<p data-t=\"no\">", vec![unknown("x: line 2", "“no”")]),
            ("an attribute of an attribute", "<p data-t-label=\"no\">", vec![unknown("x: line 1", "“no”")]),
            ("another attribute", "<p data-type=\"no\" data-to=\"no\">", vec![]),
            ("a call", "a();\nb();\nwords.t('no');", vec![unknown("x: line 3", "“no”")]),
            ("a call over two lines", "t(\n  \"no\", {})", vec![unknown("x: line 1", "“no”")]),
            ("another function", "assert('no'); set('no'); _t('no')", vec![]),
            ("a template whose start is known", "t(`start.${what}`)", vec![]),
            (
                "a template whose start is not",
                "t(`stop.${what}`)",
                vec![unknown("x: line 1", "“stop.…”, which no key starts with")],
            ),
            ("a variable", "t(key); t(`${key}`)", vec![]),
        ] {
            assert_eq!(uses_of(&[all, ("x", text)]), expected, "{why}");
        }
        let unused =
            |key: &str| format!("ja.json: page › {key}: expected a key that www/ uses, found one that it does not");
        for (why, text, expected) in [
            ("none is used", "", vec![unused("start.left"), unused("start.title")]),
            ("one is", "t('start.title')", vec![unused("start.left")]),
            ("through a table", "const KEYS = { a: 'start.title', b: \"start.left\" };", vec![]),
            ("by a template", "const key = `start.${what}`;", vec![]),
            ("behind a lone apostrophe", "// the page's\nt('start.title', t('start.left'))", vec![]),
            (
                "a template that starts with a value says nothing",
                "`${a}.${b}`",
                vec![unused("start.left"), unused("start.title")],
            ),
        ] {
            assert_eq!(uses_of(&[("x", text)]), expected, "{why}");
        }
    }

    #[test]
    fn a_folder_without_the_source_language_is_an_error_and_a_broken_one_a_problem() {
        let root = std::env::temp_dir().join(format!("maecheck-words-{}", std::process::id()));
        let words = root.join("www/words");
        fs::create_dir_all(&words).unwrap();
        fs::write(words.join("en.json"), "{}").unwrap();
        let error = check_all(&root).unwrap_err().to_string();
        assert!(error.contains("ja.json: the source language is missing"), "{error}");

        fs::write(words.join("ja.json"), "{").unwrap();
        fs::write(words.join("fr.json"), "\u{feff}{}").unwrap();
        fs::write(words.join("ko.json"), b"{\n \"meta\": \"\x93\xfa\x96\x7b\" }").unwrap(); // 日本 in Shift_JIS
        let problems = check_all(&root).unwrap();
        for (file, place, found) in [
            ("www/words/fr.json", "line 1", "a BOM (byte order mark)"),
            ("www/words/ko.json", "line 2", "another encoding"),
        ] {
            assert!(
                problems.iter().any(|it| it.file == file && it.place == place && it.found == found),
                "{problems:?}"
            );
        }
        assert!(
            problems.iter().any(|problem| problem.file == "www/words/ja.json" && problem.place == "line 1, column 1")
        );
        fs::remove_dir_all(&root).unwrap();
    }
}
