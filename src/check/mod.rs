//! Notices + profile + today → findings.

use jiff::civil::Date;
use serde::Serialize;

use crate::notice::{elqr::ElQrNotice, gs1::Gs1Notice, profile::Profile};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Good to know.
    Note,
    /// The page cannot tell: a person must be asked.
    Ask,
    /// This cannot be paid by phone.
    Stop,
}

/// One sheet of paper: what its codes said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Slip {
    /// The 44-digit barcode's notice.
    pub barcode: Option<Gs1Notice>,
    /// The eL-QR's notice.
    pub el_qr: Option<ElQrNotice>,
}

/// What the findings depend on besides the slip.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Today, in Japan.
    pub today: Date,
    /// The day this program was built, where `today` comes from a device's clock that may be wrong;
    /// `None` where a person chose the day.
    pub built: Option<Date>,
    /// The chosen ward's facts.
    pub profile: Option<&'a Profile>,
    /// Slips seen earlier in this visit.
    pub earlier: &'a [Slip],
}
