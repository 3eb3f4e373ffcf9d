//! What is known of one app, whichever ward takes payment by it: `www/apps/NAME.toml`.
//!
//! The page tells it beside the ward's own facts: what one needs beforehand, what to press first, what the app does not
//! give. It decides nothing, so only this tool and the page know of it. Its form is described in `www/apps/README.md`.

use std::path::Path;

use maecheck::notice::profile::{Confidence, Kind, Known, Path as Place, Source, Sources, say};
use serde::Deserialize;

use super::{DAY, Entry, Problem, Shape, TEXT, Told, YEN, YES_NO, may, named_as_file, need, read, walked};

/// How many steps are told: more than three nobody keeps in mind on the way to another app.
const STEPS: usize = 3;

/// What one must have before the app is of use; the page has a sentence for each.
const NEEDS: &[&str] = &["net-banking", "bank-account", "own-bank-account", "balance", "identity", "card"];

/// What is done in a step; the page has a sentence for each.
const DOES: &[&str] = &["open", "menu", "scan", "compare", "choose-bank", "pay"];

/// The form of the file.
const APP: &[Entry] = &[
    need("id", TEXT),
    need("kind", Shape::Word(&["real", "sample"])),
    need("ja", TEXT),
    need("en", TEXT),
    need("barcode", YES_NO),
    need("el_qr", YES_NO),
    need("ceiling", YEN),
    need("fee", YES_NO),
    need("needs", Shape::Known(&Shape::List(&Shape::Word(NEEDS)))),
    need("steps", Shape::Known(&Shape::List(&Shape::Table(&[need("do", Shape::Word(DOES)), may("label", TEXT)])))),
    need("receipt", YES_NO),
    need("undo", YES_NO),
    need("ended", DAY),
    need(
        "sources",
        Shape::List(&Shape::Table(&[
            need("id", TEXT),
            need("title", TEXT),
            need("date", TEXT),
            need("confidence", Shape::Word(&["confirmed", "published", "inferred", "example"])),
        ])),
    ),
    need("source", Shape::Sources),
];

/// Fields that a source may be named for.
const FIELDS: &[&str] =
    &["ja", "en", "barcode", "el_qr", "ceiling", "fee", "needs", "steps", "receipt", "undo", "ended"];

/// One app's facts, as far as they are judged here.
#[derive(Debug, Clone, Deserialize)]
pub struct App {
    /// The file's name without its ending.
    pub id: String,
    /// In English.
    pub en: String,
    kind: Kind,
    ja: String,
    barcode: Known<bool>,
    el_qr: Known<bool>,
    ceiling: Known<u32>,
    needs: Known<Vec<String>>,
    steps: Known<Vec<Step>>,
    sources: Vec<Source>,
    source: Sources,
}

#[derive(Debug, Clone, Deserialize)]
struct Step {
    #[serde(rename = "do")]
    what: String,
    label: Option<String>,
}

/// Whether a file lies where apps' facts do.
#[must_use]
pub fn is_app(path: &Path) -> bool {
    path.parent().and_then(Path::file_name).is_some_and(|folder| folder == "apps")
}

/// Reads an app's facts from their file and judges them.
///
/// # Errors
/// All problems, in the order of the lines.
pub fn load(path: &Path) -> Result<App, Vec<Problem>> {
    let (text, stem) = read(path)?;
    parse(&text, &stem)
}

fn parse(text: &str, stem: &str) -> Result<App, Vec<Problem>> {
    walked(text, APP, |app: App, problems, line_at| {
        let of_form: Vec<Place> = problems.iter().map(|(place, ..)| place.clone()).collect();
        for (place, message) in facts(&app) {
            // What stands in for a value that was set aside is not to be judged.
            if !of_form.iter().any(|told| place.is_within(told)) {
                let line = line_at(&place);
                problems.push((place.clone(), line, format!("{place}: {message}")) as Told);
            }
        }
        named_as_file(&app.id, stem, problems, line_at);
        app
    })
}

/// What is wrong with the facts, the form being right.
fn facts(app: &App) -> Vec<(Place, String)> {
    let root = Place::default();
    let mut wrong: Vec<(Place, String)> = Vec::new();
    let mut add = |place: Place, ja: &str, en: &str| wrong.push((place, say(ja, en)));

    for (key, text) in [("ja", &app.ja), ("en", &app.en)] {
        if text.trim().is_empty() || text.trim() == "unknown" {
            add(root.key(key), "アプリの名前を書いてください", "expected the app's name, but found none");
        }
    }
    if (app.barcode, app.el_qr) == (Known::Is(false), Known::Is(false)) {
        add(
            root.key("barcode"),
            "barcodeとel_qrの両方がfalseです。読める方をtrueにしてください",
            "expected barcode or el_qr to be true or \"unknown\", but found both false",
        );
    }
    if app.ceiling == Known::Is(0) {
        add(root.key("ceiling"), "1円以上で書いてください: 0", "expected at least 1 yen, but found 0");
    }
    if app.needs.get().is_some_and(Vec::is_empty) {
        add(
            root.key("needs"),
            "必要なものを書くか、「unknown」と書いてください",
            "expected what is needed or \"unknown\", but found an empty list",
        );
    }
    if let Known::Is(steps) = &app.steps {
        if steps.len() != STEPS {
            add(
                root.key("steps"),
                &format!("最初の{STEPS}つを書くか、「unknown」と書いてください: {}つ", steps.len()),
                &format!("expected the first {STEPS} steps or \"unknown\", but found {}", steps.len()),
            );
        }
        for (at, step) in steps.iter().enumerate() {
            let labelled = step.label.as_ref().is_some_and(|label| !label.trim().is_empty());
            if labelled != (step.what == "menu") {
                add(
                    root.key("steps").at(at),
                    "labelは、do = \"menu\" のときだけ書きます（画面に出る名前のまま）",
                    "expected a label, as it stands in the app, for do = \"menu\" and for nothing else",
                );
            }
        }
    }
    for (at, source) in app.sources.iter().enumerate() {
        if (source.confidence == Confidence::Example) != (app.kind == Kind::Sample) {
            add(
                root.key("sources").at(at).key("confidence"),
                "「example」は見本だけ、見本は「example」だけが使えます",
                "expected example in a sample and nowhere else",
            );
        }
    }
    let mut named: Vec<(Place, &str)> = Vec::new();
    match &app.source {
        Sources::One(id) => named.push((root.key("source"), id)),
        Sources::ByField(ids) => {
            for (field, id) in ids {
                let place = root.key("source").key(field);
                if field != "*" && !FIELDS.contains(&field.as_str()) {
                    let en = format!("expected one of *, {}, but found {field}", FIELDS.join(", "));
                    add(place.clone(), &format!("その項目はありません: {field}"), &en);
                }
                named.push((place, id));
            }
            if !ids.contains_key("*") {
                add(
                    root.key("source"),
                    "ほかの項目の出典（\"*\"）も書いてください",
                    "expected a source \"*\" for all other fields, but found none",
                );
            }
        }
    }
    for (place, id) in named {
        if !app.sources.iter().any(|source| source.id == *id) {
            add(
                place,
                &format!("そのidの出典（[[sources]]）がありません: {id}"),
                &format!("expected the id of one of the [[sources]], but found {id}"),
            );
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = include_str!("../../../www/apps/sample-pay.toml");

    #[test]
    fn shipped_apps_are_sound() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/apps");
        let mut count = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "toml") {
                assert!(is_app(&path));
                let app = load(&path).unwrap_or_else(|problems| panic!("{}: {problems:#?}", path.display()));
                assert!(path.ends_with(format!("{}.toml", app.id)));
                count += 1;
            }
        }
        assert!(count >= 2, "the two samples at least");
    }

    /// Each case changes one place of the sample: text to replace, replacement, words in the message.
    #[test]
    fn each_mistake_is_told() {
        #[rustfmt::skip]
        let cases = [
            ("id = \"sample-pay\"",       "id = \"samplepay\"",      "file's name",            "another id than the file's name"),
            ("ja = \"見本ペイ\"",         "ja = \"\"",               "the app's name",         "an empty name"),
            ("barcode = true",            "barcode = \"yes\"",       "true or false",          "a word for a yes or no"),
            ("barcode = true\nel_qr = true", "barcode = false\nel_qr = false", "both false",  "an app that reads nothing"),
            ("ceiling = 300000",          "ceiling = 0",             "at least 1 yen",         "a ceiling of nothing"),
            ("\"balance\"",               "\"money\"",               "one of \"net-banking\"", "a need without a sentence on the page"),
            ("[\"balance\", \"identity\"]", "[]",                    "an empty list",          "nothing is not unknown"),
            ("{ do = \"scan\" },\n",      "",                        "first 3 steps",          "two steps"),
            ("label = \"請求書払い\"",    "label = \"\"",            "expected a label",       "a button without its name"),
            ("do = \"scan\"",             "do = \"scan\", label = \"x\"", "nothing else",      "a name where no button is"),
            ("receipt = false",           "",                        "missing",                "a needed key is missing"),
            ("kind = \"sample\"",         "kind = \"real\"",         "example in a sample",    "made-up facts of a real app"),
            ("source = \"sample\"",       "source = \"samples\"",    "one of the [[sources]]", "a source that is not there"),
            ("source = \"sample\"",       "source = { ceiling = \"sample\" }", "source \"*\"", "the rest has no source"),
            ("source = \"sample\"",       "source = { \"*\" = \"sample\", cost = \"sample\" }", "found cost", "a field that does not exist"),
        ];
        assert!(parse(SAMPLE, "sample-pay").is_ok());
        for (from, to, expected, why) in cases {
            assert!(SAMPLE.contains(from), "{why}: the sample has no {from}");
            let told = parse(&SAMPLE.replacen(from, to, 1), "sample-pay").expect_err(why);
            assert!(told.iter().any(|problem| problem.message.contains(expected)), "{why}: {told:#?}");
        }
    }
}
