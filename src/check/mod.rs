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

/// One thing found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it weighs.
    pub severity: Severity,
    /// What was found, with its values.
    #[serde(flatten)]
    pub fact: Fact,
}

/// What can be found; the ids are the contract's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "id", rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Fact {
    CheckDigit,
    NotAPaymentCode,
    WebLink,
    IncompleteCode,
    ImpossibleDate,
    AmountOverCeiling { amount: u64, ceiling: u64 },
    AmountZero,
    CodeExpired { on: Date },
    CodeExpiresToday { on: Date },
    CodeExpiresSoon { on: Date, days: u32 },
    NoTimeLimit,
    DueDatePassed { due: Date, until: Date },
    Reissued { times: u8 },
    SameBillOtherVersion,
    SameSlipAgain,
    WholeYearAndPeriod,
    LateChargeIncluded { amount: u64 },
    BothCodes,
    CodesDisagree,
    StampFlag { found: u8 },
    IssuerUnknown { issuer: String },
    ChargeUnknown,
    AppNotYet { app: String, from: Date },
    AppEnded { app: String, until: Date },
    AppCeiling { app: String, ceiling: u64 },
    ClockSuspect { today: Date, built: Date },
    VehicleInspection,
    NoReceipt,
    CannotKnowPaid,
    AmountsDisagree,
}
