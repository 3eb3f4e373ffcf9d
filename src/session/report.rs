//! What a visit tells: shapes that the page, `cargo xtask read` and the tests share.
//!
//! Every `Debug` here leaves digits out: they are a person's notice and must not reach a log.

use std::fmt;

use serde::Serialize;

use crate::check::Finding;
use crate::guide::{Answer, Verdict};
use crate::notice::input::InputError;
use crate::notice::{self, Notice, NoticeError, TextKind};
use crate::still::StillError;
use crate::symbol::{Advice, Coach, Point, Symbol, Symbology};

/// What a symbol is to a person who holds a payment notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// GS1-128 with 44 digits that begin with 91: the payment barcode, whether or not it checks.
    #[serde(rename = "gs1-128-payment")]
    Gs1_128Payment,
    /// A QR code with the 255 digits of an eL-QR, whether or not they check.
    ElQr,
    /// A QR code that leads to a page on the web.
    WebLink,
    /// Any other QR code.
    OtherQr,
    /// Any other barcode; also one with the right digits in the wrong symbology.
    OtherCode,
}

impl Kind {
    /// What a symbol of this symbology with this text is.
    #[must_use]
    pub fn of(symbology: Symbology, text: &str) -> Self {
        match (symbology, notice::classify(text)) {
            (Symbology::Gs1_128, TextKind::Gs1Payment) => Self::Gs1_128Payment,
            (Symbology::Qr, TextKind::ElQr) => Self::ElQr,
            (Symbology::Qr, TextKind::WebLink) => Self::WebLink,
            (Symbology::Qr, _) => Self::OtherQr,
            _ => Self::OtherCode,
        }
    }

    /// Whether it is one of the two that carry a notice.
    #[must_use]
    pub fn is_payment(self) -> bool {
        matches!(self, Self::Gs1_128Payment | Self::ElQr)
    }
}

/// A symbol, or digits that came in without one.
#[derive(Clone, PartialEq, Serialize)]
pub struct Seen {
    /// What it is.
    pub kind: Kind,
    /// What it says, whole.
    pub text: String,
    /// Whether the symbol's own checks hold, and for a payment code the notice's as well.
    pub valid: bool,
    /// Top-left, top-right, bottom-right, bottom-left in pixels of the picture; `None` for typed digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corners: Option<[Point; 4]>,
    /// Frames whose evidence together says this: 1 where a single one does.
    #[serde(skip)]
    pub frames: u32,
}

impl Seen {
    /// What `symbol` is in one frame, held against the notice's own checks.
    #[must_use]
    pub fn of(symbol: &Symbol) -> Self {
        let kind = Kind::of(symbol.symbology, &symbol.text);
        let valid = symbol.valid && (!kind.is_payment() || notice::parse(&symbol.text).is_ok());
        Self { kind, text: symbol.text.clone(), valid, corners: Some(symbol.corners), frames: 1 }
    }

    /// A symbol once, however often a picture shows it.
    pub(super) fn same(&self, other: &Self) -> bool {
        self.kind == other.kind && self.text == other.text
    }
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seen").field("kind", &self.kind).field("valid", &self.valid).finish_non_exhaustive()
    }
}

/// What is told about one slip, or about a picture that shows none.
#[derive(Clone, PartialEq, Serialize)]
pub struct Report {
    /// The symbols that this rests on; those that do not check among them.
    pub symbols: Vec<Seen>,
    /// The notice: the barcode's, or the eL-QR's where there is no barcode. `None` where nothing was read that may be
    /// believed.
    pub notice: Option<Notice>,
    /// What was found, most severe first.
    pub findings: Vec<Finding>,
    /// What they add up to.
    pub verdict: Verdict,
    /// What to say and what to do next.
    pub answer: Option<Answer>,
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report")
            .field("symbols", &self.symbols)
            .field("verdict", &self.verdict)
            .field("findings", &self.findings.len())
            .finish_non_exhaustive()
    }
}

/// Why there is nothing to report. Serialises flat, with a stable `id`.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Trouble {
    /// A photo gave nothing.
    Photo(PhotoTrouble),
    /// Typed, pasted or scanned text that is no digits.
    Input(InputError),
    /// Digits that are no notice.
    Notice(NoticeError),
}

impl fmt::Debug for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Trouble").field(&self.id()).finish()
    }
}

impl Trouble {
    /// The stable name that it serialises with.
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Self::Photo(trouble) => trouble.id(),
            Self::Input(error) => error.id(),
            Self::Notice(error) => error.id(),
        }
    }
}

/// Why a photo gave nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "id")]
#[non_exhaustive]
pub enum PhotoTrouble {
    /// Not a file that is read here.
    #[serde(rename = "photo-not-a-picture")]
    NotAPicture {
        /// What it is instead, where that is known: "PDF", "GIF", …
        #[serde(skip_serializing_if = "Option::is_none")]
        found: Option<&'static str>,
    },
    /// HEIC or HEIF: the browser may be able to decode it.
    #[serde(rename = "photo-heic")]
    Heic,
    /// Too many pixels.
    #[serde(rename = "photo-too-large")]
    TooLarge {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
        /// The most pixels allowed.
        limit: u64,
    },
    /// Damaged.
    #[serde(rename = "photo-broken")]
    Broken,
    /// A picture, but no code in it.
    #[serde(rename = "photo-no-code")]
    NoCode,
}

impl PhotoTrouble {
    /// The stable name that it serialises with.
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Self::NotAPicture { .. } => "photo-not-a-picture",
            Self::Heic => "photo-heic",
            Self::TooLarge { .. } => "photo-too-large",
            Self::Broken => "photo-broken",
            Self::NoCode => "photo-no-code",
        }
    }
}

impl From<&StillError> for PhotoTrouble {
    fn from(error: &StillError) -> Self {
        match *error {
            StillError::NotAPicture => Self::NotAPicture { found: None },
            StillError::Unsupported { name } => Self::NotAPicture { found: Some(name) },
            StillError::Heic => Self::Heic,
            StillError::TooLarge { width, height, limit } => Self::TooLarge { width, height, limit },
            StillError::Broken { .. } => Self::Broken,
        }
    }
}

/// What one frame, photo or text gave.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Outcome {
    /// What can be told now. From live frames: `None` until something may be believed.
    pub report: Option<Report>,
    /// For the hand that holds the phone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<Advice>,
    /// From live frames: `advice` with how sure it is and which place it means, to draw it and to beep by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coach: Option<Coach>,
    /// Where in this picture a code lies, valid ones first: to be marked in the view. As in [`Seen::corners`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corners: Option<[Point; 4]>,
    /// Why there is no notice in what came in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Trouble>,
}
