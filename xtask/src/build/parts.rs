//! The parts: texts that lie in the page without running, each in a `<script type="application/octet-stream">` of its
//! own that `www/js/parts.js` reads by its id. While developing, the same texts come from `/dev/parts/NAME`.

use super::{Place, script};
use anyhow::{Context, Result, bail};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use jiff::{Timestamp, civil, tz};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Every part, in the order in which they lie in the page.
pub const NAMES: [&str; 7] = ["meta", "words", "profiles", "apps", "sample", "wasm", "worker"];

/// The text of one part.
///
/// | part | text |
/// |---|---|
/// | `meta` | JSON: `{"built": "YYYY-MM-DD", "version": "…"}` |
/// | `words` | JSON: each catalogue of `www/words/` by its file's name, drafts without words of answers, in the form of [`columns`] |
/// | `profiles` | JSON: each profile of `www/profiles/` by its file's name |
/// | `apps` | JSON: what is known of each app, of `www/apps/`, by its file's name |
/// | `sample` | base64 of `www/sample.jpg` |
/// | `wasm` | base64 of gzip of the WebAssembly |
/// | `worker` | the worker's script |
///
/// # Errors
/// When a source is missing or broken, or `name` is none of [`NAMES`].
pub fn text(place: &Place, pkg: &Path, name: &str) -> Result<String> {
    let www = place.root.join("www");
    match name {
        "meta" => {
            let meta = serde_json::json!({"built": built(&place.root)?.to_string(), "version": version(&place.root)?});
            Ok(meta.to_string())
        }
        "words" => Ok(columns(&catalogues(place)?).to_string()),
        "profiles" => Ok(folder(&www.join("profiles"), "toml", |text| Ok(json(toml::from_str(text)?)))?.to_string()),
        "apps" => Ok(folder(&www.join("apps"), "toml", |text| Ok(json(toml::from_str(text)?)))?.to_string()),
        "sample" => Ok(BASE64.encode(read(&www.join("sample.jpg"))?)),
        "wasm" => Ok(BASE64.encode(gzip(place, &read(&pkg.join("maecheck_bg.wasm"))?)?)),
        "worker" => script::worker(place, &script::Stage::new(place, pkg)?),
        _ => bail!("there is no part {name:?}; the parts are {}", NAMES.join(", ")),
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Every catalogue of words by its file's name, `{"ja": {…}, …}`, drafts without words of answers.
///
/// # Errors
/// When one is missing or broken.
pub fn catalogues(place: &Place) -> Result<Value> {
    folder(&place.root.join("www/words"), "json", catalogue)
}

/// Catalogues without the names of their sentences, which stand once before them all. They are the same in each and
/// make up a sixth of what the words weigh on the line: a catalogue is longer than the stretch in which gzip finds
/// repetitions.
///
/// ```text
/// {"keys": {"page": ["name", …], …}, "catalogues": {"ja": {"meta": {…}, "page": ["納付書まえチェック", …], …}, …}}
/// ```
///
/// Where a catalogue has no sentence of a name, `null` stands. `unfold` in `www/js/parts.js` is the way back.
fn columns(catalogues: &Value) -> Value {
    let is_section = |name: &str| name != "meta";
    let each = || catalogues.as_object().into_iter().flatten();
    let mut keys: Map<String, Value> = Map::new();
    for (name, texts) in each().flat_map(|(_, catalogue)| catalogue.as_object().into_iter().flatten()) {
        if !is_section(name) {
            continue;
        }
        let known = keys.entry(name.clone()).or_insert_with(|| Value::Array(Vec::new()));
        let Some(known) = known.as_array_mut() else { continue };
        for key in texts.as_object().into_iter().flatten().map(|(key, _)| Value::from(key.as_str())) {
            if !known.contains(&key) {
                known.push(key);
            }
        }
    }
    let column = |name: &str, texts: &Value| -> Value {
        let names = keys.get(name).and_then(Value::as_array).into_iter().flatten();
        names.map(|key| key.as_str().and_then(|key| texts.get(key)).cloned().unwrap_or_default()).collect()
    };
    let folded: Map<String, Value> = each()
        .map(|(id, catalogue)| {
            let sections = catalogue.as_object().into_iter().flatten().map(|(name, texts)| {
                (name.clone(), if is_section(name) { column(name, texts) } else { texts.clone() })
            });
            (id.clone(), Value::Object(sections.collect()))
        })
        .collect();
    serde_json::json!({"keys": keys, "catalogues": folded})
}

/// All files of a folder that end in `.extension`, as one JSON object by the files' names, in order.
fn folder(dir: &Path, extension: &str, parse: impl Fn(&str) -> Result<Value>) -> Result<Value> {
    let mut all = Map::new();
    for name in super::files_under(dir)? {
        let Some(stem) = name.strip_suffix(&format!(".{extension}")) else { continue };
        let path = dir.join(&name);
        let text = String::from_utf8(read(&path)?).with_context(|| format!("{} is not UTF-8", path.display()))?;
        // A byte-order mark, as Windows' editor writes it, is no mistake of whoever wrote the file.
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
        all.insert(stem.to_string(), parse(text).with_context(|| path.display().to_string())?);
    }
    Ok(Value::Object(all))
}

/// A catalogue of words, without what may not be said in it.
fn catalogue(text: &str) -> Result<Value> {
    let mut catalogue = serde_json::from_str(text)?;
    crate::words::without_what_drafts_may_not_say(&mut catalogue);
    Ok(catalogue)
}

/// TOML as JSON. TOML's own dates become texts as they are written, `YYYY-MM-DD`, which serde would not do.
fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(yes) => yes.into(),
        toml::Value::Datetime(date) => Value::String(date.to_string()),
        toml::Value::Array(items) => items.into_iter().map(json).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, json(value))).collect(),
    }
}

/// gzip by zopfli, which finds smaller forms than servers do and writes no date. It takes a while, so what it made
/// is kept under the digest of what it was made from.
fn gzip(place: &Place, bytes: &[u8]) -> Result<Vec<u8>> {
    let kept: PathBuf = place.scratch().join("gzip").join(format!("{:x}", Sha256::digest(bytes)));
    if let Ok(packed) = fs::read(&kept) {
        return Ok(packed);
    }
    let mut packed = Vec::new();
    zopfli::compress(zopfli::Options::default(), zopfli::Format::Gzip, bytes, &mut packed)?;
    // Renamed into its place, so that a build which is interrupted leaves no half of it there.
    let half = kept.with_extension(std::process::id().to_string());
    super::write(&half, &packed)?;
    fs::rename(&half, &kept)?;
    Ok(packed)
}

/// The library's version, from the root's Cargo.toml.
///
/// # Errors
/// When there is none.
pub fn version(root: &Path) -> Result<String> {
    let path = root.join("Cargo.toml");
    let manifest: toml::Table = toml::from_str(std::str::from_utf8(&read(&path)?)?)?;
    let version = manifest.get("package").and_then(|package| package.get("version")).and_then(toml::Value::as_str);
    Ok(version.with_context(|| format!("{} names no version", path.display()))?.to_string())
}

/// The day of the newest commit in Japan, or that of `SOURCE_DATE_EPOCH` (seconds since 1970, as
/// reproducible-builds.org has it). Never today: the page doubts a phone whose clock lies before this day, and the same
/// commit must give the same page.
///
/// # Errors
/// When there is neither a commit nor that variable.
pub fn built(root: &Path) -> Result<civil::Date> {
    if let Some(epoch) = std::env::var_os("SOURCE_DATE_EPOCH") {
        let text = epoch.to_string_lossy();
        return seconds_to_day(&text)
            .with_context(|| format!("SOURCE_DATE_EPOCH: expected seconds since 1970, found {text:?}"));
    }
    let mut git = Command::new("git");
    // The checkout may belong to another user, as in a container; this asks for no more than a date.
    git.current_dir(root).args(["-c", "safe.directory=*", "log", "-1", "--format=%ct"]);
    let told = crate::tools::output(&mut git).context(
        "cannot tell the day of this build: neither a git checkout with a commit, nor SOURCE_DATE_EPOCH in the \
         environment",
    )?;
    seconds_to_day(std::str::from_utf8(&told)?.trim()).context("git told no date")
}

/// The day in Japan at a time given in seconds since 1970. Japan has had no summer time since 1952.
fn seconds_to_day(seconds: &str) -> Result<civil::Date> {
    let time = Timestamp::from_second(seconds.trim().parse()?)?;
    Ok(time.to_zoned(tz::offset(9).to_time_zone()).date())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn days_are_japans() {
        let cases = [
            ("0", Some("1970-01-01")),
            ("1767193199", Some("2025-12-31")), // 23:59:59 in Japan
            ("1767193200", Some("2026-01-01")), // midnight there; 15:00 the day before in Greenwich
            ("today", None),
            ("", None),
            ("99999999999999999", None),
        ];
        for (seconds, day) in cases {
            assert_eq!(seconds_to_day(seconds).ok().map(|day| day.to_string()).as_deref(), day, "{seconds:?}");
        }
    }

    #[test]
    fn toml_becomes_json_with_plain_dates() {
        let text = "from = 2026-04-01\nname = \"試験区\"\n[[apps]]\nceiling = 300000\nopen = true\n";
        let value = json(toml::from_str(text).unwrap());
        let expected = serde_json::json!({
            "from": "2026-04-01", "name": "試験区", "apps": [{"ceiling": 300000, "open": true}]
        });
        assert_eq!(value, expected);
    }

    #[test]
    fn a_drafts_answers_do_not_get_into_the_page() {
        let cases = [
            (r#"{"meta":{"reviewed":true},"guide":{"a":"A"},"page":{"answer.a":"A","start.a":"A"}}"#, true),
            (r#"{"meta":{"reviewed":false},"guide":{"a":"A"},"page":{"answer.a":"A","start.a":"A"}}"#, false),
            (r#"{"meta":{"reviewed":"true"},"guide":{},"page":{"answer.a":"A","start.a":"A"}}"#, false), // a text
            (r#"{"meta":{},"guide":{"a":"A"},"page":{"answer.a":"A","start.a":"A"}}"#, false),
        ];
        for (text, kept) in cases {
            let catalogue = catalogue(text).unwrap();
            assert_eq!(catalogue.get("guide").is_some(), kept, "{text}");
            assert_eq!(catalogue.pointer("/page/answer.a").is_some(), kept, "{text}");
            assert!(catalogue.pointer("/page/start.a").is_some(), "{text}");
        }
    }

    /// `tests/js/page-parts.test.js` unfolds this very text.
    #[test]
    fn names_of_sentences_stand_once_before_all_catalogues() {
        let all = serde_json::json!({
            "en": {"meta": {"lang": "en"}, "guide": {"a": "A"}, "page": {"b": "B", "c": "C"}},
            "ko": {"meta": {"lang": "ko"}, "page": {"c": "다", "d": "라"}},
        });
        let text = concat!(
            r#"{"catalogues":{"en":{"guide":["A"],"meta":{"lang":"en"},"page":["B","C",null]},"#,
            r#""ko":{"meta":{"lang":"ko"},"page":[null,"다","라"]}},"keys":{"guide":["a"],"page":["b","c","d"]}}"#
        );
        assert_eq!(columns(&all).to_string(), text);
    }

    #[test]
    fn a_folder_is_one_object_by_file_name_and_a_broken_file_is_named() {
        let dir = crate::tools::scratch("words");
        fs::write(dir.join("ja.json"), r#"{"a":"あ"}"#).unwrap();
        fs::write(dir.join("en.json"), "\u{FEFF}{\"a\":\"a\"}").unwrap(); // as Windows' editor saves it
        fs::write(dir.join("README.md"), "not a catalogue").unwrap();
        let parse = |text: &str| Ok(serde_json::from_str(text)?);
        assert_eq!(folder(&dir, "json", parse).unwrap().to_string(), r#"{"en":{"a":"a"},"ja":{"a":"あ"}}"#);
        fs::write(dir.join("xx.json"), "{").unwrap();
        let error = format!("{:#}", folder(&dir, "json", parse).unwrap_err());
        assert!(error.contains("xx.json") && error.contains("line 1"), "{error}");
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn gzip_carries_no_date_and_comes_back_whole() {
        let target = crate::tools::scratch("gzip");
        let place = Place { root: target.clone(), node: target.clone(), target: target.clone() };
        let bytes = b"\0asm".repeat(500);
        let first = gzip(&place, &bytes).unwrap();
        assert_eq!(first.get(4..8), Some(&[0, 0, 0, 0][..]), "RFC 1952, MTIME");
        assert_eq!(gzip(&place, &bytes).unwrap(), first, "kept");
        let mut back = Vec::new();
        flate2::read::GzDecoder::new(first.as_slice()).read_to_end(&mut back).unwrap();
        assert_eq!(back, bytes);
        fs::remove_dir_all(target).unwrap();
    }
}
