//! The one file: `www/index.html` with everything that it names taken inside, locked by a policy in `<meta>`.

use super::{Place, parts, script};
use crate::headers;
use anyhow::{Context, Result, ensure};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;

/// What differs between the pages that are packed.
#[derive(Debug)]
pub struct Shell {
    /// The element of the source whose place the script takes.
    pub script: &'static str,
    /// Stands before the script; see [`TRUST`].
    pub trust: &'static str,
    /// Its policy, from the base64 of SHA-256 of its script and its style.
    pub policy: fn(&str, &str) -> String,
    /// Files beside it that it may name.
    pub beside: &'static [&'static str],
}

/// The page itself, which names nothing.
const PAGE: Shell = Shell {
    script: r#"<script type="module" src="js/main.js"></script>"#,
    trust: TRUST,
    policy: headers::page_policy,
    beside: &[],
};

/// Runs before anything else in the page. The policy asks for trusted types, so that no text can become markup, script
/// or the address of a script; the one thing let through is a worker made of what the page itself holds. Tried in
/// Chromium 156, Firefox ESR 153 and WebKitGTK 2.50, from http and from disk; older Safari has no such thing.
const TRUST: &str =
    "globalThis.trustedTypes?.createPolicy('default',{createScriptURL:(url)=>url.startsWith('blob:')?url:null});";

/// What the policy stands after.
const META: &str = "<head>\n<meta http-equiv=\"Content-Security-Policy\" content=\"";

/// The page and its policy.
#[derive(Debug)]
pub struct Page {
    /// The whole file.
    pub html: String,
    /// The policy in its `<meta>` element; headers repeat it (see [`headers::for_page`]).
    pub policy: String,
}

/// Makes the page from the sources and the module in `pkg`.
///
/// # Errors
/// When a source is missing, or not of the form that the packing relies on; what was expected is said.
pub fn make(place: &Place, pkg: &Path) -> Result<Page> {
    let path = place.root.join("www/index.html");
    let html = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let stage = script::Stage::new(place, pkg)?;
    let sheets: Vec<String> = sheets(&html)?.into_iter().map(|(_, address)| address).collect();
    let style = script::style(place, &stage, &sheets)?;
    let main = script::main(place, &stage)?;
    let mut texts = Vec::new();
    for name in parts::NAMES {
        texts.push((name, parts::text(place, pkg, name)?));
    }
    pack(&PAGE, &html, &style, &main, &texts).with_context(|| path.display().to_string())
}

/// The policy that a packed page carries; `None` for any other text.
pub fn policy_of(html: &str) -> Option<&str> {
    let (_, rest) = html.split_once(META)?;
    rest.split_once('"').map(|(policy, _)| policy)
}

/// Joins everything into one text.
///
/// # Errors
/// When a source is not of the form that the packing relies on; what was expected is said.
pub fn pack(shell: &Shell, html: &str, style: &str, main: &str, texts: &[(&str, String)]) -> Result<Page> {
    let main = format!("\n{}\n{}\n", shell.trust, inert_in_html(main, Language::Script));
    ensure!(!style.to_ascii_lowercase().contains("</style"), "a style sheet holds `</style`, which ends it in HTML");
    let policy = (shell.policy)(&sha256(&main), &sha256(style));

    let sheets = sheets(html)?;
    let ((first, _), others) = sheets.split_first().context("expected a style sheet by `<link rel=…>`, found none")?;
    let mut packed = replace_one(&without_comments(html)?, shell.script, "")?;
    for (link, _) in others {
        packed = replace_one(&packed, link, "")?;
    }
    let lines = packed.lines().map(str::trim_end).filter(|line| !line.is_empty());
    packed = lines.collect::<Vec<_>>().join("\n") + "\n";
    packed = replace_one(&packed, first, &format!("<style>{style}</style>"))?;
    loads_nothing(&packed, shell.beside)?;
    // The policy rules only what comes after it: nothing may stand before.
    packed = replace_one(&packed, "<head>", &format!("{META}{policy}\">"))?;

    let mut scripts = String::new();
    for (name, text) in texts {
        let language = if *name == "worker" { Language::Script } else { Language::Json };
        let text = inert_in_html(text, language);
        scripts += &format!("<script type=\"application/octet-stream\" id=\"part-{name}\">{text}</script>\n");
    }
    scripts += &format!("<script type=\"module\">{main}</script>\n</body>");
    let html = replace_one(&packed, "</body>", &scripts)?;
    Ok(Page { html, policy })
}

/// The policy would stop whatever else the page names; a message now is better than a hole in the page later.
fn loads_nothing(html: &str, beside: &[&str]) -> Result<()> {
    for (attribute, allowed) in [
        ("src", &["data:", "blob:"][..]),
        ("srcset", &[]),
        ("poster", &["data:"]),
        ("href", &["#", "data:", "tel:", "mailto:", "https://"]),
        ("style", &[]),
    ] {
        for rest in html.split(&format!(" {attribute}=\"")).skip(1) {
            let value = rest.split('"').next().unwrap_or_default();
            ensure!(
                allowed.iter().any(|start| value.starts_with(start)) || beside.contains(&value),
                "expected nothing that the shipped page would have to load or its policy stops, \
                 found {attribute}=\"{value}\""
            );
        }
    }
    Ok(())
}

/// The style sheets that the page links, in order: the element as it is written, and the address in it.
///
/// # Errors
/// When a link is written otherwise.
pub fn sheets(html: &str) -> Result<Vec<(String, String)>> {
    const START: &str = "<link rel=\"stylesheet\" href=\"";
    html.split(START)
        .skip(1)
        .map(|rest| {
            let (sheet, after) = rest.split_once('"').with_context(|| format!("expected `\"` after `{START}`"))?;
            let end = [">", " />"].into_iter().find(|end| after.starts_with(end));
            let end = end.with_context(|| format!("expected nothing but the address in `{START}{sheet}\"`"))?;
            Ok((format!("{START}{sheet}\"{end}"), sheet.to_string()))
        })
        .collect()
}

/// Replaces what must be there exactly once.
fn replace_one(text: &str, from: &str, to: &str) -> Result<String> {
    let found = text.matches(from).count();
    ensure!(found == 1, "expected `{from}` once, found it {found} times");
    Ok(text.replacen(from, to, 1))
}

/// The base64 of a text's SHA-256, as policies name inline scripts and styles.
fn sha256(text: &str) -> String {
    BASE64.encode(Sha256::digest(text))
}

/// Takes HTML comments away. They are for those who edit the page.
fn without_comments(html: &str) -> Result<String> {
    let mut kept = String::new();
    let mut rest = html;
    while let Some((before, comment)) = rest.split_once("<!--") {
        kept += before;
        rest = comment.split_once("-->").context("expected `-->` after `<!--`, found the end of the file")?.1;
    }
    Ok(kept + rest)
}

/// What a text inside `<script>` is written in.
#[derive(Clone, Copy)]
enum Language {
    Json,
    Script,
}

/// Writes `</script`, `<script` and `<!--` so that HTML does not see them and the language means the same.
///
/// In JSON and in base64 a `<` can only lie inside a string. In a script as esbuild prints it, these three
/// can only lie inside a string, a template or a regular expression: in all of them `\x3C` is `<`.
fn inert_in_html(text: &str, language: Language) -> String {
    match language {
        Language::Json => text.replace('<', "\\u003c"),
        Language::Script => {
            let lower = text.to_ascii_lowercase();
            let mut safe = String::with_capacity(text.len());
            for (at, letter) in text.char_indices() {
                let rest = lower.get(at..).unwrap_or_default();
                if letter == '<' && ["</script", "<script", "<!--"].iter().any(|seen| rest.starts_with(seen)) {
                    safe += "\\x3C";
                } else {
                    safe.push(letter);
                }
            }
            safe
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HTML: &str = "<!doctype html>\n<html lang=\"ja\">\n<head>\n<!-- for\neditors -->\n<meta charset=\"utf-8\">\n\
                        <link rel=\"stylesheet\" href=\"css/a.css\">\n<link rel=\"stylesheet\" href=\"css/b.css\" />\n\
                        <script type=\"module\" src=\"js/main.js\"></script>\n</head>\n<body>\n<main></main>\n</body>\n</html>\n";

    fn packed(main: &str, parts: &[(&str, String)]) -> Page {
        pack(&PAGE, HTML, "body{margin:0}", main, parts).unwrap()
    }

    #[test]
    fn the_policy_comes_first_and_its_hashes_fit_what_lies_there() {
        let page = packed("start();", &[("meta", "{}".into())]);
        let head = page.html.split_once("<head>\n").unwrap().1;
        assert!(head.starts_with("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"));
        assert_eq!(policy_of(&page.html), Some(page.policy.as_str()));
        assert_eq!(policy_of(HTML), None, "not packed");
        let script = page.html.split_once("<script type=\"module\">").unwrap().1.split_once("</script>").unwrap().0;
        let style = page.html.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
        assert!(page.policy.contains(&format!("script-src 'sha256-{}' ", sha256(script))));
        assert!(page.policy.contains(&format!("style-src 'sha256-{}'", sha256(style))));
        assert_eq!(sha256("abc"), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=", "FIPS 180-4's example");
    }

    #[test]
    fn nothing_is_left_to_load() {
        let page = packed("start();", &[]);
        for left in [" src=", "<link", "<!--", "\n\n"] {
            assert!(!page.html.contains(left), "{left:?} in {}", page.html);
        }
        assert_eq!(page.html.matches("<style>").count(), 1, "two sheets become one");
    }

    #[test]
    fn what_would_end_a_script_is_written_another_way() {
        let cases = [
            (Language::Json, r#"{"a":"</script><!--"}"#, r#"{"a":"\u003c/script>\u003c!--"}"#),
            (Language::Json, "H4sIAAAA+/=", "H4sIAAAA+/="),
            (Language::Script, r#"a="</SCRIPT>";"#, r#"a="\x3C/SCRIPT>";"#),
            (Language::Script, "b=`<!--<script`;", "b=`\\x3C!--\\x3Cscript`;"),
            (Language::Script, "if(a<b&&c<!d)e=/</", "if(a<b&&c<!d)e=/</"),
            (Language::Script, "\"İ</script\"", "\"İ\\x3C/script\""), // a letter whose small form is longer
        ];
        for (language, text, expected) in cases {
            assert_eq!(inert_in_html(text, language), expected);
        }
        let page =
            packed("a=\"</script>\"", &[("worker", "b=\"</script>\"".into()), ("words", "\"</script>\"".into())]);
        assert_eq!(page.html.matches("</script>").count(), 3, "one end for each of three: {}", page.html);
    }

    #[test]
    fn a_page_of_another_form_is_refused_with_what_was_expected() {
        let cases = [
            ("no script", HTML.replace("js/main.js", "js/other.js"), "found it 0 times"),
            ("two heads", HTML.replace("<body>", "<head><body>"), "expected `<head>` once, found it 2 times"),
            ("no style sheet", HTML.replace("<link ", "<meta "), "expected a style sheet"),
            ("a picture beside the page", HTML.replace("<main>", "<main><img src=\"a.png\">"), "src=\"a.png\""),
            ("a style in an attribute", HTML.replace("<main>", "<main style=\"color:red\">"), "style=\"color:red\""),
            ("a comment without end", HTML.replace("-->", ""), "expected `-->`"),
        ];
        for (name, html, message) in cases {
            let error = pack(&PAGE, &html, "a{}", "b", &[]).unwrap_err().to_string();
            assert!(error.contains(message), "{name}: {error}");
        }
        assert!(pack(&PAGE, HTML, "a{content:'</style>'}", "b", &[]).is_err(), "a style that ends itself");
    }
}
