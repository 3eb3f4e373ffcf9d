//! What makes the page open again without network: `install.html`, which someone presses a button on, the service
//! worker that it then registers, its manifest and its icons.
//!
//! `index.html` knows nothing of them and stays one file that asks nobody for anything. The service worker carries the
//! digest of each page, and keeps one only when what the server gave is that very page.

use super::page::{self, Page, Shell};
use super::{Place, script};
use crate::headers;
use anyhow::{Context, Result};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;

/// Sides of the icons in pixels: iOS takes the first, Android asks for the others.
const ICONS: [u32; 3] = [180, 192, 512];

/// Like the page's own (see `TRUST` there), with the one address that may become a worker here.
const SHELL: Shell = Shell {
    script: r#"<script type="module" src="js/install.js"></script>"#,
    trust: "globalThis.trustedTypes?.createPolicy('default',{createScriptURL:(url)=>url==='./sw.js'?url:null});",
    policy: headers::installer_policy,
    beside: &["manifest.webmanifest", "icon-180.png", "index.html"],
};

/// The installer's files.
#[derive(Debug)]
pub struct Installer {
    /// Name in `dist/` and bytes.
    pub files: Vec<(String, Vec<u8>)>,
    /// The policy in the `<meta>` of `install.html`.
    pub policy: String,
}

/// Makes all of it for a page that is made.
///
/// # Errors
/// When a source is missing or not of the form that the packing relies on.
pub fn make(place: &Place, pkg: &Path, index: &Page) -> Result<Installer> {
    let www = place.root.join("www");
    let read = |name: &str| {
        let path = www.join(name);
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    };
    let html = read("install.html")?;
    let stage = script::Stage::new(place, pkg)?;
    let sheets: Vec<String> = page::sheets(&html)?.into_iter().map(|(_, address)| address).collect();
    let style = script::style(place, &stage, &sheets)?;
    let main = script::installer(place, &stage)?;
    let words = words(&super::parts::catalogues(place)?);
    let own = page::pack(&SHELL, &html, &style, &main, &[("words", words.to_string())])
        .with_context(|| www.join("install.html").display().to_string())?;

    let pages = json!({
        "index.html": format!("{:x}", Sha256::digest(&index.html)),
        "install.html": format!("{:x}", Sha256::digest(&own.html)),
    });
    let worker = script::service_worker(place, &stage, &pages.to_string())?;
    let name = words.pointer("/ja/page/name").and_then(Value::as_str).unwrap_or("maecheck");
    let mut files = vec![
        ("install.html".to_string(), own.html.into_bytes()),
        ("sw.js".to_string(), worker.into_bytes()),
        ("manifest.webmanifest".to_string(), format!("{:#}\n", manifest(name)).into_bytes()),
    ];
    let icon = read("icon.svg")?;
    for side in ICONS {
        files.push((format!("icon-{side}.png"), png(&icon, side)?));
    }
    Ok(Installer { files, policy: own.policy })
}

/// The catalogues with what the installer says, and no more.
fn words(all: &Value) -> Value {
    let mut kept = Map::new();
    for (language, catalogue) in all.as_object().into_iter().flatten() {
        let page: Map<String, Value> = catalogue["page"]
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(key, _)| key.starts_with("install.") || ["name", "language.label"].contains(&key.as_str()))
            .map(|(key, text)| (key.clone(), text.clone()))
            .collect();
        kept.insert(language.clone(), json!({"meta": catalogue["meta"], "guide": {}, "page": page}));
    }
    Value::Object(kept)
}

/// The icon on the home screen opens the installer, which goes on to the page: where a home screen has a store of its
/// own (iOS), the service worker is not there yet.
fn manifest(name: &str) -> Value {
    json!({
        "name": name,
        "short_name": name,
        "lang": "ja",
        "id": "./install.html",
        "start_url": "./install.html#open",
        "scope": "./",
        "display": "standalone",
        "background_color": "#faf6ee",
        "theme_color": "#1c3563",
        "icons": ICONS.map(|side| json!({
            "src": format!("icon-{side}.png"), "sizes": format!("{side}x{side}"), "type": "image/png"
        })),
    })
}

/// A square drawing as PNG.
fn png(svg: &str, side: u32) -> Result<Vec<u8>> {
    let tree = usvg::Tree::from_str(svg, &usvg::Options::default()).context("www/icon.svg")?;
    let mut pixmap = Pixmap::new(side, side).context("no icon has no pixels")?;
    let scale = side as f32 / tree.size().width();
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    pixmap.encode_png().context("an icon as PNG")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_installers_words_are_taken() {
        let page = json!({"name": "N", "language.label": "L", "install.title": "T", "start.title": "S"});
        let all = json!({"ja": {"meta": {"lang": "ja"}, "guide": {"a": "b"}, "page": page}});
        let expected = json!({"ja": {
            "meta": {"lang": "ja"}, "guide": {}, "page": {"name": "N", "language.label": "L", "install.title": "T"},
        }});
        assert_eq!(words(&all), expected);
    }

    #[test]
    fn icons_have_the_size_that_the_manifest_says_and_stay_the_same() {
        let svg = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" fill="#123"/></svg>"##;
        for icon in manifest("N")["icons"].as_array().unwrap() {
            let side: u32 = icon["sizes"].as_str().unwrap().split('x').next().unwrap().parse().unwrap();
            let bytes = png(svg, side).unwrap();
            // PNG, IHDR: width and height stand at 16 and 20.
            assert_eq!(bytes.get(16..24), Some(&[side.to_be_bytes(), side.to_be_bytes()].concat()[..]));
            assert_eq!(png(svg, side).unwrap(), bytes);
        }
    }

    #[test]
    fn the_manifest_names_only_what_is_made() {
        let text = manifest("N").to_string();
        assert!(!text.contains("http") && text.contains("icon-512.png"), "{text}");
    }
}
