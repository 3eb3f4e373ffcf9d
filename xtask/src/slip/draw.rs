//! A drawing in millimetres, written as SVG, and its rendering to pixels.

use anyhow::Context;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, fontdb};
use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

/// A rectangle on the sheet, millimetres.
#[derive(Debug, Clone, Copy)]
pub struct Area {
    /// Left.
    pub x: f64,
    /// Top.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

impl Area {
    /// Right edge.
    pub fn right(self) -> f64 {
        self.x + self.w
    }

    /// Bottom edge.
    pub fn bottom(self) -> f64 {
        self.y + self.h
    }
}

/// Which end of a text its place names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Its left end.
    Start,
    /// Its middle.
    Middle,
    /// Its right end.
    End,
}

/// SVG elements in the order in which they are painted.
#[derive(Debug, Clone, Default)]
pub struct Drawing {
    /// The elements so far.
    pub body: String,
    /// Font family for the texts to come.
    pub font: String,
}

impl Drawing {
    /// A filled rectangle.
    pub fn fill(&mut self, area: Area, colour: &str) {
        let Area { x, y, w, h } = area;
        let _ = write!(self.body, r#"<rect x="{x:.3}" y="{y:.3}" width="{w:.3}" height="{h:.3}" fill="{colour}"/>"#);
    }

    /// A ruled rectangle.
    pub fn frame(&mut self, area: Area, colour: &str, width: f64) {
        let Area { x, y, w, h } = area;
        let _ = write!(
            self.body,
            r#"<rect x="{x:.3}" y="{y:.3}" width="{w:.3}" height="{h:.3}" fill="none" stroke="{colour}" stroke-width="{width}"/>"#
        );
    }

    /// A line; `dash` is SVG's dash pattern, empty for a full line.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: &str, width: f64, dash: &str) {
        let dash = if dash.is_empty() { String::new() } else { format!(r#" stroke-dasharray="{dash}""#) };
        let _ = write!(
            self.body,
            r#"<line x1="{:.3}" y1="{:.3}" x2="{:.3}" y2="{:.3}" stroke="{colour}" stroke-width="{width}"{dash}/>"#,
            from.0, from.1, to.0, to.1
        );
    }

    /// A ruled circle.
    pub fn circle(&mut self, centre: (f64, f64), radius: f64, colour: &str, width: f64) {
        let _ = write!(
            self.body,
            r#"<circle cx="{:.3}" cy="{:.3}" r="{radius:.3}" fill="none" stroke="{colour}" stroke-width="{width}"/>"#,
            centre.0, centre.1
        );
    }

    /// One line of text standing on `y`, `size` millimetres high.
    pub fn text(&mut self, place: (f64, f64), size: f64, colour: &str, anchor: Anchor, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
        let _ = write!(
            self.body,
            r#"<text x="{:.3}" y="{:.3}" font-family="{}" font-size="{size:.3}" text-anchor="{anchor}" fill="{colour}">{escaped}</text>"#,
            place.0,
            place.1,
            if self.font.is_empty() { FAMILIES[0] } else { &self.font },
        );
    }

    /// A text made smaller until it is at most `width` wide.
    pub fn text_within(&mut self, place: (f64, f64), size: f64, width: f64, colour: &str, anchor: Anchor, text: &str) {
        let wide = ems(text) * size;
        self.text(place, if wide > width { size * width / wide } else { size }, colour, anchor, text);
    }

    /// The whole as an SVG document of `area`.
    pub fn document(&self, area: Area, unit: &str, scale: f64) -> String {
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{}{unit}" height="{}{unit}" viewBox="{:.4} {:.4} {:.4} {:.4}">{}</svg>"#,
            area.w * scale,
            area.h * scale,
            area.x,
            area.y,
            area.w,
            area.h,
            self.body
        )
    }
}

/// Width of a text in ems, by the rule that ASCII and half-width letters take half of one.
pub fn ems(text: &str) -> f64 {
    text.chars().map(|c| if c.is_ascii() || ('\u{ff61}'..='\u{ff9f}').contains(&c) { 0.52 } else { 1.0 }).sum()
}

/// Families drawn with, Japanese each; a machine needs only one of them.
pub const FAMILIES: [&str; 4] = ["BIZ UDGothic", "BIZ UDPGothic", "Noto Sans CJK JP", "Noto Serif CJK JP"];

/// The fonts of this machine, of [`FAMILIES`] alone, held in memory: opening a font of 20 MB for each line of text
/// would take longer than everything else together.
///
/// # Errors
/// None of [`FAMILIES`] is installed.
fn fonts() -> anyhow::Result<Arc<fontdb::Database>> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let fonts = FONTS.get_or_init(|| {
        let mut installed = fontdb::Database::new();
        installed.load_system_fonts();
        let mut paths: Vec<std::path::PathBuf> = installed
            .faces()
            .filter(|face| face.weight == fontdb::Weight::NORMAL && face.style == fontdb::Style::Normal)
            .filter(|face| face.families.iter().any(|(name, _)| FAMILIES.contains(&name.as_str())))
            .filter_map(|face| match &face.source {
                fontdb::Source::File(path) => Some(path.clone()),
                _ => None,
            })
            .collect();
        paths.sort();
        paths.dedup();
        let mut fonts = fontdb::Database::new();
        for bytes in paths.iter().filter_map(|path| std::fs::read(path).ok()) {
            fonts.load_font_data(bytes);
        }
        Arc::new(fonts)
    });
    families(fonts).first().context(
        "drawing notices needs a Japanese font, and none of BIZ UDGothic and Noto CJK was found on this machine: \
         on Debian, apt install fonts-morisawa-bizud-gothic (or fonts-noto-cjk)",
    )?;
    Ok(Arc::clone(fonts))
}

fn families(fonts: &fontdb::Database) -> Vec<&'static str> {
    let has = |family: &str| fonts.faces().any(|face| face.families.iter().any(|(name, _)| name == family));
    FAMILIES.into_iter().filter(|family| has(family)).collect()
}

/// Renders a drawing's `area` on a clear ground, `width` × `height` pixels; premultiplied RGBA.
///
/// # Errors
/// No Japanese font, or a size that cannot be held.
pub fn render(drawing: &Drawing, area: Area, width: u32, height: u32) -> anyhow::Result<Pixmap> {
    let fonts = fonts()?;
    // A font that is asked for but not installed is replaced by the first that is.
    let fallback = families(&fonts).first().copied().unwrap_or(FAMILIES[0]);
    let mut drawing = drawing.clone();
    for family in FAMILIES.iter().filter(|f| !families(&fonts).contains(f)) {
        drawing.body = drawing.body.replace(&format!("\"{family}\""), &format!("\"{fallback}\""));
    }
    let options = usvg::Options { font_family: fallback.to_owned(), fontdb: fonts, ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(&drawing.document(area, "", 1.0), &options).context("drawing")?;
    let mut pixmap =
        Pixmap::new(width, height).with_context(|| format!("cannot hold a picture of {width}×{height} pixels"))?;
    let scale =
        (f64::from(width) / f64::from(tree.size().width()), f64::from(height) / f64::from(tree.size().height()));
    resvg::render(&tree, Transform::from_scale(scale.0 as f32, scale.1 as f32), &mut pixmap.as_mut());
    Ok(pixmap)
}
