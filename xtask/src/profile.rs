//! `cargo xtask profile`: looks after the wards' profiles.
//!
//! A profile is written by hand by people who do not program, so one run tells everything that is wrong with it, each
//! with its line. A deserialiser stops at the first error; therefore the file is first walked along [`PROFILE`], the
//! form of the file as a value. Whatever does not fit is told and set aside, and the facts of the rest are judged by
//! [`Profile::problems`].

pub mod app;

use std::{fmt, fs, io::Read, path::Path};

use anyhow::bail;
use clap::Subcommand;
use maecheck::notice::profile::{Kind, Path as Place, Profile, say};
use toml::{
    Spanned, Table, Value,
    de::{DeTable, DeValue},
};

/// No profile comes near this size; a picture that was dropped here by mistake does.
const LIMIT: u64 = 1 << 20;

/// Options of `cargo xtask profile`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Says all that is wrong with profiles, each with its line. Files in a folder named `apps` are judged as what is
    /// known of one app.
    Check {
        /// TOML files, as www/profiles/shinjuku.toml or www/apps/payb.toml.
        #[arg(required = true)]
        files: Vec<std::path::PathBuf>,
    },
}

/// Runs it.
///
/// # Errors
/// One or more profiles have problems; they have been printed.
pub fn run(args: Args) -> anyhow::Result<()> {
    let Command::Check { files } = args.command;
    let mut total = 0;
    for file in &files {
        let shown = file.display();
        let name = if app::is_app(file) { app::load(file).map(|app| app.en) } else { load(file).map(|it| it.en) };
        match name {
            Ok(name) => println!("{shown}: {}", say("問題ありません", &format!("sound ({name})"))),
            Err(problems) => {
                total += problems.len();
                for problem in problems {
                    println!("{shown}:{problem}");
                }
            }
        }
    }
    match total {
        0 => Ok(()),
        n => bail!("{}", say(&format!("直すところが{n}か所あります"), &format!("{n} to put right"))),
    }
}

/// Something that is wrong with a profile's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line, counted from one; 0 where the file as a whole is meant.
    pub line: usize,
    /// What was expected and what was found, in Japanese and English.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, " {}", self.message),
            line => write!(f, "{line}: {}", self.message),
        }
    }
}

/// Reads a profile from its file and judges it. Its `id` must be the file's name.
///
/// # Errors
/// All problems, in the order of the lines.
pub fn load(path: &Path) -> Result<Profile, Vec<Problem>> {
    let (text, stem) = read(path)?;
    parse(&text, &stem)
}

/// A file's text, and its name without the ending.
fn read(path: &Path) -> Result<(String, String), Vec<Problem>> {
    let whole_file = |ja: &str, en: String| vec![Problem { line: 0, message: say(ja, &en) }];
    let mut bytes = Vec::new();
    fs::File::open(path)
        .and_then(|file| file.take(LIMIT + 1).read_to_end(&mut bytes))
        .map_err(|error| whole_file("ファイルを読めません", format!("cannot read the file: {error}")))?;
    if bytes.len() as u64 > LIMIT {
        let expected = format!("expected a profile of at most {LIMIT} bytes, but found more");
        return Err(whole_file("ファイルが大きすぎます", expected));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let line = 1 + error.as_bytes().iter().take(error.utf8_error().valid_up_to()).filter(|&&b| b == b'\n').count();
        let message = say(
            "文字コードがUTF-8ではありません。UTF-8で保存してください",
            "expected UTF-8 text, but found other bytes; save the file as UTF-8",
        );
        vec![Problem { line, message }]
    })?;
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    Ok((text, stem))
}

/// Reads a profile from the text of its file, whose name without ending is `stem`.
fn parse(text: &str, stem: &str) -> Result<Profile, Vec<Problem>> {
    walked(text, PROFILE, |profile: Profile, problems, line_at| {
        let root = Place::default();
        let of_form = problems.len();
        let mut facts = profile.problems();
        if problems.iter().any(|(place, ..)| *place == root.key("kind")) {
            // Which kind was meant is not known: only what is wrong with either is told.
            let other = if profile.kind == Kind::Real { Kind::Sample } else { Kind::Real };
            let as_other = Profile { kind: other, ..profile.clone() }.problems();
            facts.retain(|problem| as_other.contains(problem));
        }
        for problem in facts {
            // A value that was set aside has been told; what stands in for it is not to be judged.
            if !problems.iter().take(of_form).any(|(place, ..)| problem.path.is_within(place)) {
                let message = format!("{}: {}", problem.path, problem.message);
                problems.push((problem.path.clone(), line_at(&problem.path), message));
            }
        }
        named_as_file(&profile.id, stem, problems, line_at);
        profile
    })
}

/// The `id` must be the file's name.
fn named_as_file(id: &str, stem: &str, problems: &mut Vec<Told>, line_at: &dyn Fn(&Place) -> usize) {
    let place = Place::default().key("id");
    if id != stem && !problems.iter().any(|(p, ..)| *p == place) {
        let message = say(
            &format!("ファイルの名前（{stem}）と同じにしてください: {id}"),
            &format!("expected the file's name, {stem}, but found {id}"),
        );
        problems.push((place.clone(), line_at(&place), format!("{place}: {message}")));
    }
}

/// Where, on which line, what.
type Told = (Place, usize, String);

/// Reads a file of the form `entries`, then has its facts judged: `judge` is given the value, what is wrong with its
/// form, to which it adds, and the line of each place.
fn walked<T: serde::de::DeserializeOwned>(
    text: &str,
    entries: &'static [Entry],
    judge: impl FnOnce(T, &mut Vec<Told>, &dyn Fn(&Place) -> usize) -> T,
) -> Result<T, Vec<Problem>> {
    // A byte-order mark, as Windows' editor writes it, is no mistake of the person's.
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let line_of = |offset: usize| 1 + text.bytes().take(offset).filter(|&b| b == b'\n').count();
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        // What follows a broken line is guesswork, so the form is judged only once the signs are right.
        let problem = |error: &toml::de::Error| Problem {
            line: error.span().map_or(0, |span| line_of(span.start)),
            message: say("書き方（TOML）が正しくありません", error.message()),
        };
        return Err(sorted(errors.iter().map(problem).collect()));
    }

    let mut walk = Walk { problems: Vec::new(), places: Vec::new(), line_of: &line_of };
    let repaired = walk.table(table.get_ref(), 1, entries, &Place::default());
    let Walk { mut problems, places, .. } = walk;
    let line_at = |place: &Place| {
        let known = places.iter().filter(|(known, _)| place.is_within(known)).max_by_key(|(known, _)| known.0.len());
        known.map_or(1, |(_, line)| *line)
    };
    let told = |problems: Vec<Told>| {
        sorted(problems.into_iter().map(|(_, line, message)| Problem { line, message }).collect())
    };
    let value: T = match Value::Table(repaired).try_into() {
        Ok(value) => value,
        Err(error) => {
            problems.push((Place::default(), 1, say("ファイルの形が正しくありません", error.message())));
            return Err(told(problems));
        }
    };
    let value = judge(value, &mut problems, &line_at);
    if problems.is_empty() { Ok(value) } else { Err(told(problems)) }
}

fn sorted(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by_key(|problem| problem.line);
    problems
}

/// What a value must look like.
#[derive(Clone, Copy)]
enum Shape {
    /// A string.
    Text,
    /// `true` or `false`.
    Bool,
    /// A whole number from 0 to this.
    Whole(u32),
    /// A day, in quotation marks.
    Day,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Any number of such values.
    List(&'static Shape),
    /// These keys.
    Table(&'static [Entry]),
    /// One source's id, or a table of field = id.
    Sources,
    /// Such a value, or `"unknown"`.
    Known(&'static Shape),
}

/// A key of a table.
struct Entry {
    key: &'static str,
    needed: bool,
    shape: Shape,
}

const fn need(key: &'static str, shape: Shape) -> Entry {
    Entry { key, needed: true, shape }
}

const fn may(key: &'static str, shape: Shape) -> Entry {
    Entry { key, needed: false, shape }
}

const TEXT: Shape = Shape::Text;
const TEXTS: Shape = Shape::Known(&Shape::List(&TEXT));
const YES_NO: Shape = Shape::Known(&Shape::Bool);
const YEN: Shape = Shape::Known(&Shape::Whole(99_999_999));
const SMALL: Shape = Shape::Known(&Shape::Whole(255));
const DAY: Shape = Shape::Known(&Shape::Day);
const NAMES: Shape = Shape::Known(&Shape::Table(&[need("ja", TEXT), need("en", TEXT)]));
const ROLES: &[&str] = &[
    "user-code",
    "process",
    "levy-year",
    "equivalent-year",
    "number",
    "period",
    "late-charge",
    "late-charge-flag",
    "filler",
    "other",
];

/// The form of the file. It says the same as the types of [`maecheck::notice::profile`]; a test compares them.
const PROFILE: &[Entry] = &[
    need("id", TEXT),
    need("kind", Shape::Word(&["real", "sample"])),
    need("ja", TEXT),
    need("en", TEXT),
    need(
        "payee",
        Shape::Table(&[need("jis", Shape::Known(&TEXT)), need("issuers", TEXTS), need("source", Shape::Sources)]),
    ),
    need(
        "sources",
        Shape::List(&Shape::Table(&[
            need("id", TEXT),
            need("title", TEXT),
            need("date", TEXT),
            need("confidence", Shape::Word(&["confirmed", "published", "inferred", "example"])),
        ])),
    ),
    need(
        "charges",
        Shape::List(&Shape::Table(&[
            need("id", TEXT),
            need("ja", TEXT),
            need("en", TEXT),
            need("ceiling", YEN),
            need("periods", SMALL),
            need("whole_year", Shape::Known(&TEXT)),
            need("vehicle", Shape::Bool),
            need("el_qr", YES_NO),
            need("el_qr_items", TEXTS),
            need("user_codes", TEXTS),
            need(
                "free_use",
                Shape::Known(&Shape::List(&Shape::Table(&[
                    need("role", Shape::Word(ROLES)),
                    need("ja", TEXT),
                    need("en", TEXT),
                    need("width", SMALL),
                ]))),
            ),
            need("source", Shape::Sources),
        ])),
    ),
    may(
        "apps",
        Shape::List(&Shape::Table(&[
            need("id", TEXT),
            need("ja", TEXT),
            need("en", TEXT),
            need("barcode", YES_NO),
            need("el_qr", YES_NO),
            need("ceiling", YEN),
            need("from", DAY),
            need("until", DAY),
            need("charges", TEXTS),
            need("source", Shape::Sources),
        ])),
    ),
    may(
        "contacts",
        Shape::List(&Shape::Table(&[
            need("ja", TEXT),
            need("en", TEXT),
            need("telephone", Shape::Known(&TEXT)),
            need("hours", NAMES),
            need("charges", TEXTS),
            need("source", Shape::Sources),
        ])),
    ),
    may(
        "counters",
        Shape::List(&Shape::Table(&[
            need("ja", TEXT),
            need("en", TEXT),
            need("place", NAMES),
            need("hours", NAMES),
            need("source", Shape::Sources),
        ])),
    ),
];

impl Shape {
    /// In words, Japanese and English.
    fn words(self) -> (String, String) {
        let fixed = |ja: &str, en: &str| (ja.to_owned(), en.to_owned());
        match self {
            Self::Text => fixed("\" \" で囲んだことば", "text in quotation marks"),
            Self::Bool => fixed("true か false", "true or false"),
            Self::Whole(last) => {
                (format!("0から{last}までの整数（\" \" なし）"), format!("a whole number, 0 to {last}"))
            }
            Self::Day => {
                fixed("\"2025-06-13\" のような日付（\" \" で囲む）", "a day as \"2025-06-13\", in quotation marks")
            }
            Self::Word(words) => {
                let listed = words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
                (format!("次のどれか: {listed}"), format!("one of {listed}"))
            }
            Self::List(&Self::Table(_)) => fixed("[[ ]] で始まる項目の並び", "a list of tables"),
            Self::List(_) => fixed("[ ] で囲んだ並び", "a list in square brackets"),
            Self::Table(entries) => {
                let keys = entries.iter().map(|entry| entry.key).collect::<Vec<_>>().join(", ");
                (format!("項目の組（{keys}）"), format!("a table with {keys}"))
            }
            Self::Sources => {
                fixed("出典のid、または { \"*\" = id, 項目 = id }", "the id of a source, or { \"*\" = id, field = id }")
            }
            Self::Known(inner) => {
                let (ja, en) = inner.words();
                (format!("{ja}、または \"unknown\""), format!("{en}, or \"unknown\""))
            }
        }
    }

    /// What stands in for a value that is missing or set aside, so that the rest can be judged. `n` makes it unlike
    /// the others.
    fn stand_in(self, n: usize) -> Value {
        match self {
            Self::Text => Value::String(format!("x{n}")),
            Self::Bool => Value::Boolean(false),
            Self::Whole(_) => Value::Integer(1),
            Self::Day => Value::String("2000-01-01".to_owned()),
            // The last of the roles is "other", of which no rule is broken.
            Self::Word(words) => Value::String(words.last().copied().unwrap_or_default().to_owned()),
            Self::List(_) => Value::Array(Vec::new()),
            Self::Table(entries) => {
                Value::Table(entries.iter().map(|e| (e.key.to_owned(), e.shape.stand_in(n))).collect())
            }
            Self::Sources => Value::String(String::new()),
            Self::Known(_) => Value::String("unknown".to_owned()),
        }
    }
}

struct Walk<'a> {
    problems: Vec<Told>,
    /// On which line each place lies.
    places: Vec<(Place, usize)>,
    line_of: &'a dyn Fn(usize) -> usize,
}

impl Walk<'_> {
    fn tell(&mut self, place: &Place, line: usize, message: &str) {
        self.problems.push((place.clone(), line, format!("{place}: {message}")));
    }

    fn table(&mut self, table: &DeTable<'_>, line: usize, entries: &[Entry], at: &Place) -> Table {
        let mut repaired = Table::new();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let place = at.key(name);
            let line = (self.line_of)(key.span().start);
            match entries.iter().find(|entry| entry.key == name) {
                Some(entry) => {
                    self.places.push((place.clone(), line));
                    if let Some(value) = self.value(value, line, entry.shape, &place) {
                        repaired.insert(name.to_owned(), value);
                    }
                }
                None => {
                    let keys = entries.iter().map(|entry| entry.key).collect::<Vec<_>>().join(", ");
                    let ja = format!("この項目は知りません。書けるのは: {keys}");
                    self.tell(&place, line, &say(&ja, &format!("unknown key; expected one of {keys}")));
                }
            }
        }
        for entry in entries {
            if !repaired.contains_key(entry.key) && (entry.needed || table.contains_key(entry.key)) {
                let place = at.key(entry.key);
                if !table.contains_key(entry.key) {
                    let (ja, en) = entry.shape.words();
                    let message = say(&format!("ありません。{ja}を書いてください"), &format!("missing; expected {en}"));
                    self.tell(&place, line, &message);
                }
                repaired.insert(entry.key.to_owned(), entry.shape.stand_in(self.problems.len()));
            }
        }
        repaired
    }

    /// The value with everything set aside that does not fit; `None` where nothing is left of it.
    fn value(&mut self, value: &Spanned<DeValue<'_>>, line: usize, shape: Shape, at: &Place) -> Option<Value> {
        match (shape, value.get_ref()) {
            (Shape::Known(_), DeValue::String(text)) if text == "unknown" => Some(Value::String("unknown".to_owned())),
            (Shape::Known(inner), found) => {
                // A simple value of the wrong kind is told with "or unknown"; inside lists and tables the walk goes on.
                if matches!((inner, found), (Shape::List(_), DeValue::Array(_)) | (Shape::Table(_), DeValue::Table(_)))
                {
                    return self.value(value, line, *inner, at);
                }
                let before = self.problems.len();
                let fits = self.value(value, line, *inner, at);
                if fits.is_none() {
                    self.problems.truncate(before);
                    self.misfit(shape, found, line, at);
                }
                fits
            }
            (Shape::Text, DeValue::String(text)) => Some(Value::String(text.to_string())),
            (Shape::Bool, DeValue::Boolean(yes)) => Some(Value::Boolean(*yes)),
            (Shape::Whole(last), DeValue::Integer(number)) => {
                let number = i64::from_str_radix(number.as_str(), number.radix()).ok();
                let fits = number.filter(|n| (0..=i64::from(last)).contains(n)).map(Value::Integer);
                if fits.is_none() {
                    self.misfit(shape, value.get_ref(), line, at);
                }
                fits
            }
            (Shape::Day, DeValue::String(text)) if text.parse::<jiff::civil::Date>().is_ok() && text.len() == 10 => {
                Some(Value::String(text.to_string()))
            }
            (Shape::Word(words), DeValue::String(text)) if words.contains(&text.as_ref()) => {
                Some(Value::String(text.to_string()))
            }
            (Shape::Sources, DeValue::String(text)) => Some(Value::String(text.to_string())),
            (Shape::Sources, DeValue::Table(fields)) => {
                let mut repaired = Table::new();
                for (field, id) in fields {
                    let place = at.key(field.get_ref());
                    let line = (self.line_of)(field.span().start);
                    self.places.push((place.clone(), line));
                    let id = self.value(id, line, TEXT, &place).unwrap_or_else(|| TEXT.stand_in(self.problems.len()));
                    repaired.insert(field.get_ref().to_string(), id);
                }
                Some(Value::Table(repaired))
            }
            (Shape::List(inner), DeValue::Array(items)) => {
                let mut repaired = Vec::new();
                for (i, item) in items.iter().enumerate() {
                    let place = at.at(i);
                    let line = (self.line_of)(item.span().start);
                    self.places.push((place.clone(), line));
                    // A stand-in keeps the places of those that follow.
                    let item = self.value(item, line, *inner, &place);
                    repaired.push(item.unwrap_or_else(|| inner.stand_in(self.problems.len())));
                }
                Some(Value::Array(repaired))
            }
            (Shape::Table(entries), DeValue::Table(table)) => Some(Value::Table(self.table(table, line, entries, at))),
            (_, found) => {
                self.misfit(shape, found, line, at);
                None
            }
        }
    }

    fn misfit(&mut self, shape: Shape, found: &DeValue<'_>, line: usize, at: &Place) {
        let (ja, en) = shape.words();
        let found = match found {
            DeValue::String(text) => format!("\"{text}\""),
            DeValue::Integer(number) => number.to_string(),
            DeValue::Float(number) => number.to_string(),
            DeValue::Boolean(yes) => yes.to_string(),
            DeValue::Datetime(day) => format!("{day} (without quotation marks)"),
            DeValue::Array(_) => "[ … ]".to_owned(),
            DeValue::Table(_) => "{ … }".to_owned(),
        };
        let message = say(&format!("{ja}を書いてください: {found}"), &format!("expected {en}, but found {found}"));
        self.tell(at, line, &message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = include_str!("../../www/profiles/sample.toml");

    /// Line, counted from one, of the first line that contains `text`.
    fn line_with(file: &str, text: &str) -> usize {
        1 + file.lines().position(|line| line.contains(text)).expect("the sample has such a line")
    }

    #[test]
    fn shipped_profiles_are_sound() {
        let shipped = [
            ("sample", SAMPLE),
            ("shinjuku", include_str!("../../www/profiles/shinjuku.toml")),
            ("nerima", include_str!("../../www/profiles/nerima.toml")),
        ];
        for (id, file) in shipped {
            let profile = parse(file, id).unwrap_or_else(|problems| panic!("{id}: {problems:#?}"));
            assert_eq!(profile.id, id);
            // The form and the types must not drift apart: what the walk takes, the deserialiser takes too.
            assert_eq!(toml::from_str::<Profile>(file).as_ref(), Ok(&profile), "{id}");
        }
    }

    /// Each case changes one place of the sample: text to replace, replacement, a part of the line (of the changed
    /// file) to be named, words in the message.
    #[test]
    fn each_mistake_is_told_with_its_line() {
        #[rustfmt::skip]
        let cases = [
            // Form.
            ("kind = \"sample\"",        "kind = \"sampel\"",          "sampel",               "one of \"real\", \"sample\"", "a word outside the list"),
            ("ja = \"見本市\"",          "",                           "実在しない自治体",     "missing",                     "a needed key is missing: line 1"),
            ("jis = \"999997\"",         "jis = 999997",               "jis = ",               "text in quotation marks",     "a number where digits in quotes belong"),
            ("ceiling = 300000",         "ceiling = \"300000\"",       "ceiling = \"300000\"", "whole number",                "quotes where a number belongs"),
            ("ceiling = 300000",         "ceiling = \"Unknown\"",      "ceiling = \"Unknown\"", "or \"unknown\"",             "the word must be lower-case"),
            ("ceiling = 300000",         "ceiling = -1",               "ceiling = -1",         "whole number",                "a negative amount"),
            ("periods = 10",             "periods = 10.5",             "periods = 10.5",       "whole number",                "a fraction"),
            ("vehicle = false",          "vehicle = \"no\"",           "vehicle = \"no\"",     "true or false",               "a word for a yes or no"),
            ("from = \"2025-06-13\"",    "from = 2025-06-13",          "from = 2025-06-13",    "in quotation marks",          "a day without quotes"),
            ("from = \"2025-06-13\"",    "from = \"2025-02-29\"",      "2025-02-29",           "a day as",                    "no day of the calendar"),
            ("from = \"2025-06-13\"",    "from = \"令和7年6月13日\"",  "令和7年",              "a day as",                    "an era date"),
            ("issuers = [\"912345\"]",   "issuers = \"912345\"",       "issuers = ",           "list in square brackets",     "one code without brackets"),
            ("issuers = [\"912345\"]",   "issuers = [912345]",         "issuers = ",           "text in quotation marks",     "a code without quotes"),
            ("until = \"unknown\"",      "untill = \"unknown\"",       "untill",               "unknown key",                 "a misspelt key"),
            ("role = \"period\"",        "role = \"term\"",            "role = \"term\"",      "one of \"user-code\"",        "a role that does not exist"),
            ("place = { ja",             "place = { jp",               "place = { jp",         "unknown key",                 "a misspelt language inside a table"),
            // Facts.
            ("id = \"sample\"\nkind",    "id = \"Sample\"\nkind",      "id = \"Sample\"",      "lower-case",                  "a capital in an id"),
            ("id = \"sample\"\nkind",    "id = \"mihon\"\nkind",       "id = \"mihon\"",       "file's name",                 "another id than the file's name"),
            ("ja = \"見本市\"",          "ja = \"\"",                  "ja = \"\"",            "found none",                  "an empty name"),
            ("jis = \"999997\"",         "jis = \"999998\"",           "jis = ",               "check digit 7",               "JIS check digit"),
            ("jis = \"999997\"",         "jis = \"99999\"",            "jis = ",               "6 ASCII digits",              "five digits instead of six"),
            ("[\"912345\"]",             "[\"９１２３４５\"]",         "issuers = ",           "6 ASCII digits",              "full-width digits"),
            ("[\"912345\"]",             "[\"912345\", \"912345\"]",   "issuers = ",           "twice",                       "a code twice"),
            ("[\"912345\"]",             "[]",                         "issuers = ",           "or \"unknown\"",              "an empty list"),
            ("kind = \"sample\"",        "kind = \"real\"",            "issuers = ",           "guideline's example",         "the dummy issuer in a real profile"),
            ("date = \"2026-11-21\"",    "date = \"Nov 2026\"",        "date = ",              "2025-06",                     "a date in words"),
            ("ceiling = 300000",         "ceiling = 300001",           "ceiling = 300001",     "1 to 300000 yen",             "a ceiling that the barcode cannot have"),
            ("ceiling = 300000",         "ceiling = 0",                "ceiling = 0",          "1 to 300000 yen",             "a ceiling of nothing"),
            ("periods = 10",             "periods = 13",               "periods = 13",         "1 to 12",                     "more instalments than months"),
            ("whole_year = \"00\"",      "whole_year = \"03\"",        "whole_year = \"03\"",  "no instalment has",           "an instalment's code for the year"),
            ("el_qr_items = [\"998\"]",  "el_qr_items = [\"999\"]",    "el_qr_items = [\"999\"]", "which premium has too",    "two charges, one item (second line)"),
            ("user_codes = [\"00002\"]", "user_codes = [\"00001\"]",   "user_codes = [\"00001\"]", "which premium has too",   "two charges, one user code (second line)"),
            ("id = \"vehicle-tax\"",     "id = \"premium\"",           "id = \"premium\"",     "twice",                       "two charges, one id (second line)"),
            ("width = 9",                "width = 8",                  "free_use = [",         "expected 21 digits in all, but found 20", "widths that do not fill the area"),
            ("width = 9",                "width = 0",                  "width = 0",            "1 to 21",                     "a field without digits"),
            ("width = 4",                "width = 22",                 "width = 22",           "1 to 21",                     "a field wider than the area"),
            ("role = \"number\"",        "role = \"period\"",          "通知書番号",           "each role once",              "a role twice"),
            ("\"user code\", width = 5", "\"user code\", width = 4",   "\"user code\", width = 4", "first 5 digits",          "a user code of another width"),
            ("until = \"unknown\"",      "until = \"2025-06-12\"",     "until = \"2025",       "on or after 2025-06-13",      "an end before the beginning"),
            ("barcode = true\nel_qr = false", "barcode = false\nel_qr = false", "barcode = false", "both false",               "an app that reads nothing"),
            ("charges = [\"premium\", \"vehicle-tax\"]", "charges = [\"premium\", \"tax\"]", "\"tax\"]", "id of one of the [[charges]]", "an unknown charge"),
            ("\"00-0000-0000\"",         "\"03-0000-0000\"",           "03-0000-0000",         "beginning with 00-",          "a number that might be somebody's in a sample"),
            ("\"00-0000-0000\"",         "\"００-0000-0000\"",         "００",                 "ASCII digits",                "a full-width telephone number"),
            ("title = \"見本（実在しません）\"", "title = \"unknown\"", "title = ",             "not allowed here",            "unknown where words are needed"),
        ];
        for (from, to, line, words, why) in cases {
            assert!(SAMPLE.contains(from), "{why}: the sample has no {from}");
            let file = SAMPLE.replacen(from, to, 1);
            let expected = if why.ends_with("(second line)") {
                let first = line_with(&file, line);
                first + line_with(&file.lines().skip(first).collect::<Vec<_>>().join("\n"), line)
            } else {
                line_with(&file, line)
            };
            let problems = parse(&file, "sample").expect_err(why);
            assert!(
                problems.iter().any(|problem| problem.line == expected && problem.message.contains(words)),
                "{why}: expected line {expected} with '{words}', but found {problems:#?}"
            );
        }
    }

    #[test]
    fn everything_is_told_at_once() {
        let file = SAMPLE
            .replace("jis = \"999997\"", "jis = \"999998\"")
            .replace("vehicle = true", "vehicle = 1\ncolour = \"red\"")
            .replace("width = 9", "width = \"nine\"")
            .replace("\"00-0000-0001\"", "\"call us\"");
        let found = parse(&file, "sample").expect_err("five mistakes");
        let expected = ["999998", "width = \"nine\"", "vehicle = 1", "colour", "call us"].map(|t| line_with(&file, t));
        assert_eq!(found.iter().map(|problem| problem.line).collect::<Vec<_>>(), expected, "{found:#?}");
    }

    #[test]
    fn what_is_set_aside_draws_no_mistakes_after_it() {
        // (text to replace, replacement, why): one mistake each, and one problem.
        let cases = [
            ("kind = \"sample\"", "kind = \"sampel\"", "neither the dummy issuer nor the dummy telephone is told"),
            ("role = \"number\"", "role = \"nunber\"", "no rule of any other role is broken"),
            ("width = 9", "width = \"9\"", "the sum of widths is open"),
            ("el_qr_items = [\"998\"]", "el_qr_items = 998", "no code is missing"),
            (
                "place = { ja = \"｜1階《いっかい》 3番窓口《ばんまどぐち》\", en",
                "place = { ja = 1, en",
                "no words are missing",
            ),
            ("source = \"sample\"\n\n[[sources]]", "source = { \"*\" = 1 }\n\n[[sources]]", "no source is missing"),
            ("id = \"sample\"\nkind", "id = 1\nkind", "the file's name is not compared"),
        ];
        for (from, to, why) in cases {
            assert!(SAMPLE.contains(from), "{why}: the sample has no {from}");
            let problems = parse(&SAMPLE.replacen(from, to, 1), "sample").expect_err(why);
            assert_eq!(problems.len(), 1, "{why}: {problems:#?}");
        }
        // But what is wrong beside it is told.
        let both = SAMPLE.replacen("role = \"number\"", "role = \"nunber\"", 1).replacen("width = 9", "width = 8", 1);
        assert_eq!(parse(&both, "sample").expect_err("a role and a sum").len(), 2);
    }

    #[test]
    fn broken_toml_is_told_with_every_line() {
        let file = SAMPLE.replace("jis = \"999997\"", "jis = \"999997").replace("periods = 10", "periods 10");
        let found = parse(&file, "sample").expect_err("two broken lines");
        for text in ["jis = ", "periods 10"] {
            let line = line_with(&file, text);
            assert!(found.iter().any(|problem| problem.line == line), "{text}, line {line}: {found:#?}");
        }
        let twice = SAMPLE.replacen("en = \"Sample City\"", "en = \"Sample City\"\nja = \"見本市\"", 1);
        let found = parse(&twice, "sample").expect_err("a key twice");
        assert!(found.iter().any(|problem| problem.message.contains("duplicate")), "{found:#?}");
    }

    #[test]
    fn odd_files_get_an_answer() {
        assert!(!parse("", "empty").expect_err("an empty file").is_empty());
        assert!(parse(&format!("\u{FEFF}{SAMPLE}"), "sample").is_ok(), "a byte-order mark is no mistake");
        let crlf = SAMPLE.replace('\n', "\r\n");
        assert!(parse(&crlf, "sample").is_ok(), "Windows' line ends are no mistake");
        assert!(!parse("charges = 3\napps = [1, 2]\nsources = {}", "x").expect_err("wrong kinds").is_empty());
        let missing = load(Path::new("no/such/profile.toml")).expect_err("no file");
        assert!(
            missing.len() == 1 && missing[0].line == 0 && missing[0].message.contains("cannot read"),
            "{missing:?}"
        );
    }
}
