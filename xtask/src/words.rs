//! `cargo xtask words`: holds the catalogues of `www/words/` to what the program says and to how we speak.
//!
//! Two questions are asked of every catalogue. Is it whole — every key and every `{placeholder}` that the core
//! ([`maecheck::guide::KEYS`]) and the page (`ja`, the source language) know, and no other? And does it speak as this
//! page speaks — short, calm, without words that its readers do not know or that promise what nobody can?
//!
//! A catalogue that nobody has reviewed is a draft: the page shows no answer in it, so its `guide` section and the words
//! of `page` that stand around answers may be missing. One whose file is named `…-easy` is the easy form of its language (やさしい日本語) and is held to more.
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

/// How the names of keys of `page` begin that a draft never says: those around an answer and around the question before
/// it, and those of install.html, which offers reviewed languages only.
const NOT_IN_DRAFTS: &[&str] =
    &["title.answer.", "title.confirm", "confirm.", "answer.", "app.", "apps.", "sheet.", "sample.", "install."];

/// Takes out of a catalogue what may not be said in it: of a draft everything that stands in or around an answer. What
/// does not lie in the page cannot be shown by mistake.
pub fn without_what_drafts_may_not_say(catalogue: &mut Value) {
    if catalogue.pointer("/meta/reviewed") == Some(&Value::Bool(true)) {
        return;
    }
    if let Some(sections) = catalogue.as_object_mut() {
        sections.remove("guide");
        if let Some(page) = sections.get_mut("page").and_then(Value::as_object_mut) {
            page.retain(|key, _| !NOT_IN_DRAFTS.iter().any(|start| key.starts_with(start)));
        }
    }
}

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

    /// What the page calls it: its file's name.
    fn id(&self) -> &str {
        Path::new(&self.file).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
    }

    /// The language that the file's name promises, as BCP 47 has it: the easy form of a language is that language.
    fn lang(&self) -> &str {
        self.id().strip_suffix(EASY).unwrap_or_else(|| self.id())
    }

    /// Whether it says of itself that nobody has reviewed it.
    fn is_draft(&self) -> bool {
        self.id() != SOURCE
            && self.section("meta").any(|(key, value)| key == "reviewed" && value == &Value::Bool(false))
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
        let draft = self.is_draft();
        problems.extend(self.check_keys("guide", &guide, "a key that the program says", |_| !draft));

        if let Some(source) = source.filter(|source| source.file != self.file) {
            let page = source
                .section("page")
                .filter_map(|(key, value)| value.as_str().map(|text| (key, placeholders(text).0)))
                .collect();
            let needed = |key: &str| !(draft && NOT_IN_DRAFTS.iter().any(|start| key.starts_with(start)));
            problems.extend(self.check_keys("page", &page, &format!("a key that {} has", source.file), needed));
        }

        for section in ["guide", "page"] {
            for (key, value) in self.section(section) {
                let place = format!("{section} › {key}");
                match value.as_str() {
                    Some(text) => problems.extend(
                        faults(self.id(), text)
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
            if self.sections.get(wanted).is_none() && !(wanted == "guide" && self.is_draft()) {
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
                match self.id().strip_suffix(EASY) {
                    Some(lang) => format!("\"{lang}\", the language of which the file holds the easy form"),
                    None => format!("\"{}\", as the file is named", self.lang()),
                },
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
            Some(false) if self.id() == SOURCE => {
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

    /// Missing and extra keys of a section, and their placeholders. `whose`: who knows the keys; `needed`: which of them
    /// must be there.
    fn check_keys(
        &self,
        section: &str,
        keys: &BTreeMap<&str, BTreeSet<String>>,
        whose: &str,
        needed: impl Fn(&str) -> bool,
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        let here: BTreeMap<&str, &Value> = self.section(section).collect();
        for (key, names) in keys {
            let place = format!("{section} › {key}");
            let Some(value) = here.get(key) else {
                if needed(key) {
                    problems.push(self.problem(place, "words for this key", "none"));
                }
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

/// How the name of a catalogue in the easy form of its language ends.
const EASY: &str = "-easy";

/// Characters of a Japanese sentence, blanks not counted (ux: やさしい日本語, about 24–30).
const LONGEST_SENTENCE: usize = 30;

/// What a value counts for in a sentence's length. A date is longer, but it is read as one thing.
const VALUE_LENGTH: usize = 4;

/// Words of an English sentence; a value counts as one.
const MOST_WORDS: usize = 20;

/// Kanji in a row, from which on nobody hears where one word ends and the next begins. An office's own words are chains.
const LONGEST_CHAIN: usize = 4;
/// The same for やさしい日本語.
const LONGEST_CHAIN_EASY: usize = 3;

/// Names and things that are longer and have no other name; the two are explained where they stand.
const CHAINS: &[&str] = &["電話番号", "収入印紙"];

/// Of so many characters one may be a kanji in a sentence of やさしい日本語.
const KANJI_ONE_IN: usize = 3;

/// A label of so few characters may be a kanji's own name: 金額, 次の人.
const LABEL: usize = 12;

/// What a sentence denies with; two of them in one sentence must be worked out before they are understood.
const DENIALS: &[&str] = &["ません", "ない", "なくて", "なくは", "なくも", "なければ", "ずには"];

/// Sayings that hold a word of [`DENIALS`] and deny nothing: perhaps, would you not, do not (a request, not a fact).
const NO_DENIALS: &[&str] = &["しれません", "ませんか", "すみません", "ないでください", "ないで ください", "少ない"];

/// Words of offices, of shops and of a phone's own questions that stand in やさしい日本語 only with what they mean in
/// brackets, or in brackets behind what they mean.
const OFFICIAL: &[&str] = &[
    "納付書",
    "領収書",
    "延滞金",
    "収入印紙",
    "車検",
    "発行日",
    "許可",
    "窓口",
    "証明",
    "消費者",
    "督促",
    "期限",
    "期日",
    "口座",
    "請求",
    "再発行",
    "対象",
    "該当",
    "確認",
    "入力",
    "撮影",
    "内容",
    "支払い",
    "記入",
    "手続き",
];

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
    ("errors", "what is wrong, in words"),
    ("invalid", "what is wrong, in words"),
    ("failed", "what is wrong, in words"),
    ("scan", "“show”, “read”"),
    ("scanned", "“show”, “read”"),
    ("scanner", "“reader”"),
    ("click", "“press”"),
    ("browser", "“this page”, the app's name"),
    ("remittance", "“payment”"),
    ("levy", "“tax”, “bill”"),
    ("utilize", "“use”"),
    ("via", "“by”, “with”"),
    ("prior", "“before”"),
    ("regarding", "“about”"),
    ("upon", "“when”, “on”"),
];

/// What is wrong with a text, whatever its key. `id`: the catalogue's.
fn faults(id: &str, text: &str) -> Vec<Fault> {
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

    let easy = id.ends_with(EASY);
    match id.split('-').next() {
        Some("ja") => {
            let (bare, found) = readings(text, easy);
            faults.extend(found);
            faults.extend(japanese(&bare));
            if easy {
                faults.extend(easy_japanese(&bare));
            }
        }
        Some("en") => faults.extend(english(text)),
        _ => {}
    }
    faults
}

fn english(text: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    // What stands in quotation marks stands so on a button of a phone, or on the paper.
    let own: String = text.split('“').map(|part| part.split_once('”').map_or(part, |(_, after)| after)).collect();
    let lower = own.to_lowercase();
    let words: BTreeSet<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
    for (word, instead) in BANNED_EN.iter().filter(|(word, _)| words.contains(word)) {
        faults.push(Fault { expected: (*instead).to_owned(), found: format!("“{word}” in “{text}”") });
    }
    for sentence in text.split_inclusive(['.', '?', '\n']).map(str::trim) {
        let count = sentence.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count();
        if count > MOST_WORDS {
            faults.push(Fault {
                expected: format!("at most {MOST_WORDS} words in a sentence"),
                found: format!("{count} in “{sentence}”"),
            });
        }
    }
    faults
}

fn is_kanji(c: char) -> bool {
    // The blocks that everyday Japanese has, and the sign that repeats a kanji.
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '々')
}

fn is_kana(c: char) -> bool {
    matches!(c, 'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー')
}

/// A Japanese text without its readings, and what is wrong with them: 漢字《かんじ》 over the kanji that stand before,
/// ｜20日《はつか》 from the bar on. `all`: whether each kanji must have one.
fn readings(text: &str, all: bool) -> (String, Vec<Fault>) {
    let mut faults = Vec::new();
    let mut bare = String::new();
    let mut bald = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['《', '》', '｜']) {
        let (before, from) = rest.split_at(at);
        bare.push_str(before);
        let (base, after) = if let Some(barred) = from.strip_prefix('｜') {
            bald.push_str(before);
            let end = barred.find(['《', '》', '｜']).unwrap_or(barred.len());
            barred.split_at(end)
        } else {
            let start = before.char_indices().rev().take_while(|(_, c)| is_kanji(*c)).last();
            let (plain, base) = before.split_at(start.map_or(before.len(), |(at, _)| at));
            bald.push_str(plain);
            (base, from)
        };
        let reading = after.strip_prefix('《').and_then(|inner| inner.split_once('》'));
        match reading {
            Some((reading, later))
                if base.contains(is_kanji) && !reading.is_empty() && reading.chars().all(is_kana) =>
            {
                if from.starts_with('｜') {
                    bare.push_str(base);
                }
                rest = later;
            }
            _ => {
                faults.push(Fault {
                    expected: "readings as 漢字《かんじ》 or ｜20日《はつか》, in kana".to_owned(),
                    found: format!("「{text}」"),
                });
                return (text.replace(['《', '》', '｜'], ""), faults);
            }
        }
    }
    bare.push_str(rest);
    bald.push_str(rest);
    if all && let Some(kanji) = bald.chars().find(|c| is_kanji(*c)) {
        faults.push(Fault {
            expected: "a reading over each kanji, as 漢字《かんじ》".to_owned(),
            found: format!("「{kanji}」 without one in 「{text}」"),
        });
    }
    (bare, faults)
}

/// Sentences of a Japanese text; where one ends without a full stop, a line does.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['。', '？', '?', '\n']).map(str::trim).filter(|sentence| !sentence.is_empty())
}

/// `text`: without readings.
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
    faults.extend(chains(text, LONGEST_CHAIN));
    for sentence in sentences(text) {
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
        let facts = NO_DENIALS.iter().fold(sentence.to_owned(), |rest, saying| rest.replace(saying, ""));
        if DENIALS.iter().map(|denial| facts.matches(denial).count()).sum::<usize>() > 1 {
            faults.push(Fault {
                expected: "at most one “not” in a sentence".to_owned(),
                found: format!("「{sentence}」"),
            });
        }
        // 「の」 three times in one breath: the third noun has lost the first. この, その and their like begin a phrase.
        for breath in sentence.split(['、', '「', '」', '（', '）']) {
            let breath = ["この", "その", "あの", "どの", "もの", "のよう", "ので", "のに"]
                .iter()
                .fold(breath.to_owned(), |rest, other| rest.replace(other, ""));
            if breath.matches('の').count() > 2 {
                faults.push(Fault {
                    expected: "at most two 「の」 between two commas".to_owned(),
                    found: format!("「{sentence}」"),
                });
            }
        }
    }
    faults
}

/// Kanji in a row, more than `most`.
fn chains(text: &str, most: usize) -> Vec<Fault> {
    let rest = CHAINS.iter().fold(text.to_owned(), |rest, name| rest.replace(name, ""));
    rest.split(|c| !is_kanji(c))
        .filter(|chain| chain.chars().count() > most)
        .map(|chain| Fault {
            expected: format!("at most {most} kanji in a row"),
            found: format!("「{chain}」 in 「{text}」"),
        })
        .collect()
}

/// What やさしい日本語 asks for besides. `text`: without readings.
fn easy_japanese(text: &str) -> Vec<Fault> {
    let mut faults = chains(text, LONGEST_CHAIN_EASY);
    for word in OFFICIAL.iter().filter(|word| text.contains(**word)) {
        let explained = text.match_indices(word).any(|(at, _)| {
            let (before, from) = text.split_at(at);
            let inside = before.rfind('（').is_some_and(|open| before.rfind('）').is_none_or(|close| close < open));
            inside || from.strip_prefix(word).is_some_and(|after| after.starts_with('（'))
        });
        if !explained {
            faults.push(Fault {
                expected: format!("what 「{word}」 means, as 「{word}（…）」 or 「…（{word}）」"),
                found: format!("「{text}」"),
            });
        }
    }
    for sentence in sentences(text) {
        let (kanji, all) = (sentence.chars().filter(|c| is_kanji(*c)).count(), length(sentence));
        if all > LABEL && kanji * KANJI_ONE_IN > all {
            faults.push(Fault {
                expected: format!("at most one kanji in {KANJI_ONE_IN} characters"),
                found: format!("{kanji} in {all} in 「{sentence}」"),
            });
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
    fn good(id: &str) -> Value {
        serde_json::json!({
            "meta": { "lang": id.strip_suffix(EASY).unwrap_or(id), "name": "ことば", "reviewed": true },
            "guide": { "a": "はい", "b": "{on}までです。" },
            "page": { "start.title": "はじめます。", "start.left": "あと {count}回《かい》です。" },
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
        assert_eq!(check("ja-easy", &good("ja-easy")), [""; 0]);
    }

    /// A language that does not exist, as a file in a folder of its own: nothing else has to know of it.
    #[test]
    fn a_new_language_is_a_new_file() {
        let root = crate::tools::scratch("new-language");
        let words = root.join("www/words");
        fs::create_dir_all(&words).unwrap();
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("www");
        let source: Value = serde_json::from_str(&fs::read_to_string(own.join("words/ja.json")).unwrap()).unwrap();
        let mut made_up = source.clone();
        made_up["meta"] = serde_json::json!({ "lang": "x-toki", "name": "toki", "reviewed": false });
        for text in made_up["page"].as_object_mut().unwrap().values_mut() {
            let names = placeholders(text.as_str().unwrap()).0;
            *text = names.iter().map(|name| format!("{{{name}}} ")).collect::<String>().trim().to_owned().into();
            if text == "" {
                *text = "toki".into();
            }
        }
        without_what_drafts_may_not_say(&mut made_up);
        assert_eq!(made_up.get("guide"), None);
        assert!(made_up["page"].get("answer.amount").is_none() && made_up["page"].get("start.title").is_some());
        let checked = |made_up: &Value| {
            fs::write(words.join("x-toki.json"), made_up.to_string()).unwrap();
            check_files(&root, &[words.join("x-toki.json")]).unwrap()
        };
        fs::write(words.join("ja.json"), source.to_string()).unwrap();
        assert_eq!(checked(&made_up), [], "a draft without answers");

        // What is there of a draft's answers is checked, what is not there is not missed.
        made_up["guide"] = serde_json::json!({ "headline.payable": "pona", "value.yen": "mani" });
        let problems: Vec<String> = checked(&made_up).iter().map(ToString::to_string).collect();
        assert_eq!(
            problems,
            ["www/words/x-toki.json: guide › value.yen: expected {amount} in the words, found “mani”"]
        );
        made_up["meta"]["reviewed"] = true.into();
        let missing = checked(&made_up).iter().filter(|problem| problem.found == "none").count();
        let left_out = source["page"].as_object().unwrap().len() - made_up["page"].as_object().unwrap().len();
        assert_eq!(missing, guide::KEYS.len() - 2 + left_out, "once it is reviewed, all of it must be there");
        fs::remove_dir_all(&root).unwrap();
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
                Some("納付《のうふ》の 紙《かみ》".into()),
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
            (
                "ja",
                "/guide/a",
                Some("払わない人は 使えません。".into()),
                "ja.json: guide › a: expected at most one “not” in a sentence, found 「払わない人は 使えません。」",
            ),
            (
                "ja",
                "/guide/a",
                Some("国民健康保険料の 紙".into()),
                "ja.json: guide › a: expected at most 4 kanji in a row, found 「国民健康保険料」 in 「国民健康保険料の 紙」",
            ),
            (
                "ja",
                "/guide/a",
                Some("紙の 下の 線の 数字".into()),
                "ja.json: guide › a: expected at most two 「の」 between two commas, found 「紙の 下の 線の 数字」",
            ),
            (
                "ja",
                "/guide/a",
                Some("紙《paper》".into()),
                "ja.json: guide › a: expected readings as 漢字《かんじ》 or ｜20日《はつか》, in kana, found 「紙《paper》」",
            ),
            // やさしい日本語
            (
                "ja-easy",
                "/guide/a",
                Some("紙《かみ》を 見て".into()),
                "ja-easy.json: guide › a: expected a reading over each kanji, as 漢字《かんじ》, found 「見」 without one in 「紙《かみ》を 見て」",
            ),
            (
                "ja-easy",
                "/guide/a",
                Some("《かみ》を みて".into()),
                "ja-easy.json: guide › a: expected readings as 漢字《かんじ》 or ｜20日《はつか》, in kana, found 「《かみ》を みて」",
            ),
            (
                "ja-easy",
                "/guide/a",
                Some("｜20日を すぎる".into()),
                "ja-easy.json: guide › a: expected readings as 漢字《かんじ》 or ｜20日《はつか》, in kana, found 「｜20日を すぎる」",
            ),
            (
                "ja-easy",
                "/guide/a",
                Some("領収書《りょうしゅうしょ》は ありません".into()),
                "ja-easy.json: guide › a: expected what 「領収書」 means, as 「領収書（…）」 or 「…（領収書）」, found 「領収書は ありません」",
            ),
            (
                "ja-easy",
                "/guide/a",
                Some("自動車税《じどうしゃぜい》の かみ".into()),
                "ja-easy.json: guide › a: expected at most 3 kanji in a row, found 「自動車税」 in 「自動車税の かみ」",
            ),
            (
                "ja-easy",
                "/guide/a",
                Some("銀行《ぎんこう》の 人《ひと》に 番号《ばんごう》を 見《み》せて 聞《き》く".into()),
                "ja-easy.json: guide › a: expected at most one kanji in 3 characters, found 7 in 13 in 「銀行の 人に 番号を 見せて 聞く」",
            ),
            (
                "ja-easy",
                "/meta/lang",
                Some("ja-easy".into()),
                "ja-easy.json: meta › lang: expected \"ja\", the language of which the file holds the easy form, found \"ja-easy\"",
            ),
            // English
            (
                "en",
                "/guide/a",
                Some("This is SAFE.".into()),
                "en.json: guide › a: expected nothing that promises safety, found “safe” in “This is SAFE.”",
            ),
            (
                "en",
                "/guide/a",
                Some("One. a b c d e f g h i j k l m n o p q r s t u".into()), // 21 words
                "en.json: guide › a: expected at most 20 words in a sentence, found 21 in “a b c d e f g h i j k l m n o p q r s t u”",
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
            ("en", "a b c d e f g h i j k l m n o p q r s t “—”."), // 20 words; a dash is none
            ("en", "Choose “Open in browser”."),     // another app's word, not ours
            ("ja", "もう 使えないかも しれません。"), // perhaps: one denial
            ("ja", "払わないで ください。"),
            ("ja", "この紙の 数字の 数です。"), // この begins a phrase
            ("ja", "電話番号一覧"),             // a name and a word
            ("ja", "｜20日《はつか》"),
            ("zh-Hans", "请看《说明》。"),            // a book's name there, no reading
            ("ja-easy", "令和《れいわ》8年《ねん》"), // a label
            ("ja-easy", "おくれた お金《かね》（延滞金《えんたいきん》）が あります。"),
            ("ja-easy", "領収書《りょうしゅうしょ》（はらった しるし）が あります。"),
            ("ja-easy", "｜1日《ついたち》から 人々《ひとびと》が つかえます。"), // 々 is read with its kanji
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
