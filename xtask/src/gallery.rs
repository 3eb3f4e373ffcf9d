//! `/gallery/` of `cargo xtask serve`: every state of the page on one page of links, for testers with any browser or
//! screen reader, without a camera and without paper. None of it is in the shipped file.
//!
//! | address | gives |
//! |---|---|
//! | `/gallery/` | the links |
//! | `/gallery/page?case=NAME` | the page as it lies in `www/`, led into a state by `tests/gallery/page.js` |
//!
//! What the page of a case names beside itself (`css/…`, `js/…`, `parts/…`) comes from where `/dev/` has it.

use crate::build::Place;
use crate::tools;
use anyhow::{Context, Result, ensure};
use std::fs;

/// Where the gallery's own sources lie, from the root.
const SOURCES: &str = "tests/gallery";

/// Type and body of what lies at `/gallery/` + `path`; `None` where it is nothing of the gallery's own.
///
/// # Errors
/// When a source is missing, or what esbuild says.
pub fn find(place: &Place, path: &str) -> Result<Option<(&'static str, Vec<u8>)>> {
    let read = |name: &str| {
        let path = place.root.join(name);
        fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
    };
    let html = "text/html; charset=utf-8";
    let script = "text/javascript; charset=utf-8";
    Ok(Some(match path {
        "" => (html, read(&format!("{SOURCES}/index.html"))?),
        "list.css" => ("text/css; charset=utf-8", read(&format!("{SOURCES}/list.css"))?),
        "list.js" => (script, bundle(place, "list.js")?),
        "hands.js" => (script, bundle(place, "page.js")?),
        "page" => (html, with_hands(&String::from_utf8(read("www/index.html")?)?)?.into_bytes()),
        _ => return Ok(None),
    }))
}

/// The page with hands: one more script, after its own.
fn with_hands(page: &str) -> Result<String> {
    let end = "</body>";
    let found = page.matches(end).count();
    ensure!(found == 1, "expected `{end}` once in www/index.html, found it {found} times");
    Ok(page.replace(end, &format!("<script type=\"module\" src=\"hands.js\"></script>\n{end}")))
}

/// One of the gallery's scripts with all that it imports. It shares pieces with the tests, of which some know Node;
/// those parts are left alone and never run in a page.
fn bundle(place: &Place, name: &str) -> Result<Vec<u8>> {
    tools::output(tools::esbuild(&place.node, &place.root)?.arg(format!("{SOURCES}/{name}")).args([
        "--bundle",
        "--format=esm",
        "--charset=utf8",
        "--external:node:*",
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hands_come_after_the_page() {
        let page = with_hands("<body><main></main></body>").unwrap();
        assert_eq!(page, "<body><main></main><script type=\"module\" src=\"hands.js\"></script>\n</body>");
        for other in ["<p>", "</body></body>"] {
            assert!(with_hands(other).unwrap_err().to_string().contains("expected `</body>` once"), "{other}");
        }
    }

    #[test]
    fn addresses_of_the_gallery_and_others() {
        let place = Place::here();
        for (path, start) in [
            ("", Some("<!doctype html>")),
            ("page", Some("<!doctype html>")),
            ("list.css", Some(":root")),
            ("css/base.css", None), // the page's own
            ("cases.js", None),     // not by itself: it is part of the scripts
            ("../Cargo.toml", None),
        ] {
            let found = find(&place, path).unwrap().map(|(_, body)| String::from_utf8(body).unwrap());
            assert_eq!(found.is_some(), start.is_some(), "{path}");
            assert!(found.unwrap_or_default().starts_with(start.unwrap_or_default()), "{path}");
        }
    }
}
