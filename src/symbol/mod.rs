//! A picture → the text of a symbol, how sure it is, where it lies, and advice for the hand that holds the phone.
//!
//! This room knows bars and modules; it does not know money, dates or wards. What it must know of a payload comes
//! in as a [`Grammar`], a value that the layout table of another room yields.

mod code39;
mod ean13;
mod itf;
mod runs;

use serde::Serialize;

use crate::frame::Frame;

/// A place in a picture: x to the right, y down, in pixels, pixel centres at whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

/// The kind of symbol, by the field's own names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Symbology {
    /// Code 128 with FNC1 in the first place (ISO/IEC 15417, GS1 General Specifications).
    #[serde(rename = "gs1-128")]
    Gs1_128,
    /// Code 128 without it.
    #[serde(rename = "code-128")]
    Code128,
    /// EAN-13 (ISO/IEC 15420), what shops print on goods.
    #[serde(rename = "ean-13")]
    Ean13,
    /// Interleaved 2 of 5 (ISO/IEC 16390).
    Itf,
    /// Code 39 (ISO/IEC 16388).
    #[serde(rename = "code-39")]
    Code39,
    /// QR Code (ISO/IEC 18004).
    Qr,
}

/// A symbol found in a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Symbol {
    /// What it is.
    pub symbology: Symbology,
    /// What it says. For GS1-128 the digits after FNC1; a later FNC1 is U+001D.
    pub text: String,
    /// Top-left, top-right, bottom-right, bottom-left, as the symbol is read, wherever they lie in the picture.
    pub corners: [Point; 4],
    /// Whether the symbol's own checks, the grammar's and the agreement of rows all hold.
    /// `false` is "found, but does not check": its text must never become a notice.
    pub valid: bool,
}

/// What must be known of a 44-digit payload to read and to believe it, without knowing what it means.
#[derive(Debug, Clone, Copy)]
pub struct Grammar {
    /// For each of the 22 digit pairs, which of 00..=99 may stand there.
    pub pairs: &'static [[bool; 100]; 22],
    /// Whether 44 ASCII digits fulfil the payload's own check digit.
    pub checks: fn(&[u8; 44]) -> bool,
}

/// Advice for the hand that holds the phone, drawn from what was measured in the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Advice {
    /// A symbol was read: nothing to do.
    Done,
    /// Nothing like a barcode is in view.
    NotFound,
    /// Bars are in view but too small to read.
    Closer,
    /// Bars run out of the picture on both sides.
    Farther,
    /// Bars run out of the picture, or into it, on the left.
    CutLeft,
    /// The same on the right.
    CutRight,
    /// Bars are in view, large enough, but washed out.
    Blurred,
    /// The picture as a whole is too dark.
    TooDark,
    /// A good view that has not been read yet: keep still.
    HoldStill,
}

/// What one frame gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Every symbol found, those that check first.
    pub symbols: Vec<Symbol>,
    /// What the hand should do next.
    pub advice: Advice,
}

/// Reads frames. Holds the scratch memory, so that a running camera allocates nothing anew.
#[derive(Debug)]
pub struct Reader {
    grammar: Grammar,
}

impl Reader {
    /// A reader for payloads of this grammar.
    #[must_use]
    pub fn new(grammar: Grammar) -> Self {
        Self { grammar }
    }

    /// Looks for symbols in one frame, on its own: nothing is remembered from the frame before.
    pub fn read(&mut self, frame: Frame<'_>) -> Reading {
        let _ = (frame, &self.grammar);
        Reading { symbols: Vec::new(), advice: Advice::NotFound }
    }
}
