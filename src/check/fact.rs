//! What can be found, each with its values.

use std::cmp::Reverse;

use jiff::civil::Date;
use serde::Serialize;

use super::Severity;
use crate::notice::{CheckPart, Code, profile::Listed};
use crate::small_sort::sort_few_by_key;

/// A date field of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateField {
    /// The last day on which the code is accepted.
    TimeLimit,
    /// 納期限.
    Due,
}

/// Which of two versions of a bill is the newer one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Newer {
    /// The slip at hand: its reissue class is higher.
    This,
    /// The slip seen earlier.
    Earlier,
    /// The codes do not tell.
    Unknown,
}

/// In what an app does not fit a slip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mismatch {
    /// It reads none of the slip's codes.
    Code,
    /// It is not used for this charge.
    Charge,
}

/// What was found. Serialises with the contract's `id` and flat values.
///
/// Dates are days in Japan, amounts whole yen, `app` and `charge` are ids of the chosen profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "id", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Fact {
    /// A check of the notice's own does not hold.
    CheckDigit {
        /// Which one.
        part: CheckPart,
        /// The group on the paper where the check digit stands, counted from one; 0 for the eL-QR.
        group: u8,
        /// What the other digits call for.
        expected: String,
        /// What is there.
        found: String,
    },
    /// The number of digits fits no notice.
    IncompleteCode {
        /// The numbers that would fit.
        expected: Vec<usize>,
        /// How many there were.
        found: usize,
    },
    /// A character that is no digit.
    StrangeCharacter {
        /// Its place, counted from one.
        position: usize,
        /// The character.
        found: String,
    },
    /// Some other kind of code.
    NotAPaymentCode {
        /// The group on the paper, counted from one; 0 for the eL-QR, or where no group is meant.
        group: u8,
        /// Position in the digits, counted from one; 0 where no position is meant.
        position: usize,
        /// What a payment code has there.
        expected: String,
        /// What is there.
        found: String,
    },
    /// An address on the web.
    WebLink,
    /// The eL-QR carries two different amounts.
    AmountsDisagree {
        /// In tag 54.
        amount: u64,
        /// In the MPN line.
        mpn_amount: u64,
    },
    /// One picture shows two different notices, and none may be chosen for the person.
    SeveralNotices,
    /// More than can be paid by the code.
    AmountOverCeiling {
        /// The code.
        code: Code,
        /// What it asks for.
        amount: u64,
        /// The most that can be paid.
        ceiling: u64,
    },
    /// The last day has passed.
    CodeExpired {
        /// The code.
        code: Code,
        /// The last day.
        #[serde(with = "crate::day")]
        on: Date,
        /// How many days ago, 1 or more.
        days: i32,
    },
    /// The six or eight digits of a date are no day of the calendar.
    ImpossibleDate {
        /// The code.
        code: Code,
        /// Which date.
        field: DateField,
        /// The digits.
        found: String,
    },
    /// Today is the last day.
    CodeExpiresToday {
        /// The code.
        code: Code,
        /// The last day: today.
        #[serde(with = "crate::day")]
        on: Date,
    },
    /// The last day is near.
    CodeExpiresSoon {
        /// The code.
        code: Code,
        /// The last day.
        #[serde(with = "crate::day")]
        on: Date,
        /// In how many days, 1 to [`SOON`](super::SOON).
        days: i32,
    },
    /// The code says that it has no last day.
    NoTimeLimit {
        /// The code.
        code: Code,
    },
    /// 納期限 has passed, while the code is still accepted: a late charge may follow on a slip of its own.
    DueDatePassed {
        /// The due date.
        #[serde(with = "crate::day")]
        on: Date,
        /// The code's last day.
        #[serde(with = "crate::day")]
        until: Date,
    },
    /// The sheet was issued again.
    Reissued {
        /// How many times over.
        times: u8,
    },
    /// A sheet of the same bill with another reissue class, date or amount was seen in this visit.
    SameBillOtherVersion {
        /// The code by which the bill was told.
        code: Code,
        /// Which of the two is the newer one.
        newer: Newer,
        /// Amount on the slip at hand.
        amount: u64,
        /// Amount on the earlier one.
        earlier_amount: u64,
    },
    /// The very same code was seen earlier in this visit.
    SameSlipAgain {
        /// The code.
        code: Code,
    },
    /// A sheet for the whole year, where sheets for its instalments exist or may exist.
    WholeYearAndPeriod {
        /// The code by which this was told.
        code: Code,
        /// Whether this slip is the one for the whole year.
        this_is_whole_year: bool,
        /// Whether the other kind was seen in this visit.
        both_seen: bool,
    },
    /// The issuer (barcode) or the body (eL-QR) is not one that is known.
    IssuerUnknown {
        /// The code.
        code: Code,
        /// Six digits of the issuer, five of the body.
        found: String,
        /// `no`: the chosen profile lists others; `unknown`: there is no list to look in.
        listed: Listed,
        /// Whether the number is built as such numbers are: an issuer begins with 9 or 5.
        usual: bool,
    },
    /// The charge cannot be told.
    ChargeUnknown {
        /// The code.
        code: Code,
        /// `no`: the chosen profile knows all charges' codes and this is none of them.
        listed: Listed,
    },
    /// An app that the body will take later.
    AppNotYet {
        /// The app.
        app: String,
        /// From when.
        #[serde(with = "crate::day")]
        from: Date,
    },
    /// An app that the body no longer takes.
    AppEnded {
        /// The app.
        app: String,
        /// The last day.
        #[serde(with = "crate::day")]
        until: Date,
    },
    /// An app that takes less than the amount.
    AppCeiling {
        /// The app.
        app: String,
        /// The most that it takes.
        ceiling: u64,
        /// What is asked for.
        amount: u64,
    },
    /// An app that the body takes, but not for this slip.
    AppNotForThis {
        /// The app.
        app: String,
        /// Why not.
        mismatch: Mismatch,
    },
    /// The two codes of one slip do not say the same.
    CodesDisagree {
        /// Whether the amounts differ.
        amount_differs: bool,
        /// Whether the last days differ.
        time_limit_differs: bool,
        /// The barcode's amount.
        barcode_amount: u64,
        /// The eL-QR's amount.
        el_qr_amount: u64,
        /// The barcode's last day; `None` where it has none.
        #[serde(serialize_with = "crate::day::option::serialize")]
        barcode_until: Option<Date>,
        /// The eL-QR's last day.
        #[serde(serialize_with = "crate::day::option::serialize")]
        el_qr_until: Option<Date>,
    },
    /// Nothing to pay, or a code that leaves the amount open.
    AmountZero {
        /// The code.
        code: Code,
    },
    /// The stamp flag is set, or has no meaning: public money needs no revenue stamp.
    StampFlag {
        /// The code.
        code: Code,
        /// The digit.
        found: u8,
    },
    /// The device's day cannot be right.
    ClockSuspect {
        /// What the device says.
        #[serde(with = "crate::day")]
        today: Date,
        /// When this program was built.
        #[serde(with = "crate::day")]
        built: Date,
        /// Whether the device's day lies before that; otherwise it lies absurdly long after.
        before: bool,
    },
    /// Two codes on one slip: paying each of them is paying twice.
    BothCodes,
    /// 延滞金 is in the amount.
    LateChargeIncluded {
        /// How much, where the code says.
        amount: Option<u32>,
    },
    /// A charge whose payment is asked for at a vehicle inspection, which learns of phone payments late.
    VehicleInspection {
        /// The charge.
        charge: String,
    },
    /// Paying by phone gives no receipt.
    NoReceipt,
    /// No code says whether it was paid.
    CannotKnowPaid,
}

impl Fact {
    /// The contract's id: what it serialises with.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.rank_and_id().1
    }

    /// Place in the fixed order of findings of one severity, and id.
    ///
    /// The order is that in which a person asks: is it a notice, too much, too late, the right sheet, the right payee,
    /// the right app; then what is odd, then what is good to know.
    const fn rank_and_id(&self) -> (u8, &'static str) {
        match self {
            Self::CheckDigit { .. } => (0, "check-digit"),
            Self::IncompleteCode { .. } => (1, "incomplete-code"),
            Self::StrangeCharacter { .. } => (2, "strange-character"),
            Self::NotAPaymentCode { .. } => (3, "not-a-payment-code"),
            Self::WebLink => (4, "web-link"),
            Self::AmountsDisagree { .. } => (5, "amounts-disagree"),
            Self::SeveralNotices => (6, "several-notices"),
            Self::AmountOverCeiling { .. } => (10, "amount-over-ceiling"),
            Self::CodeExpired { .. } => (20, "code-expired"),
            Self::ImpossibleDate { .. } => (21, "impossible-date"),
            Self::CodeExpiresToday { .. } => (22, "code-expires-today"),
            Self::CodeExpiresSoon { .. } => (23, "code-expires-soon"),
            Self::NoTimeLimit { .. } => (24, "no-time-limit"),
            Self::DueDatePassed { .. } => (25, "due-date-passed"),
            Self::Reissued { .. } => (30, "reissued"),
            Self::SameBillOtherVersion { .. } => (31, "same-bill-other-version"),
            Self::SameSlipAgain { .. } => (32, "same-slip-again"),
            Self::WholeYearAndPeriod { .. } => (33, "whole-year-and-period"),
            Self::IssuerUnknown { .. } => (40, "issuer-unknown"),
            Self::ChargeUnknown { .. } => (41, "charge-unknown"),
            Self::AppNotYet { .. } => (50, "app-not-yet"),
            Self::AppEnded { .. } => (51, "app-ended"),
            Self::AppCeiling { .. } => (52, "app-ceiling"),
            Self::AppNotForThis { .. } => (53, "app-not-for-this"),
            Self::CodesDisagree { .. } => (60, "codes-disagree"),
            Self::AmountZero { .. } => (61, "amount-zero"),
            Self::StampFlag { .. } => (62, "stamp-flag"),
            Self::ClockSuspect { .. } => (63, "clock-suspect"),
            Self::BothCodes => (70, "both-codes"),
            Self::LateChargeIncluded { .. } => (71, "late-charge-included"),
            Self::VehicleInspection { .. } => (72, "vehicle-inspection"),
            Self::NoReceipt => (80, "no-receipt"),
            Self::CannotKnowPaid => (81, "cannot-know-paid"),
        }
    }
}

/// A fact and how much it weighs. Serialises flat: `{"id": …, "severity": …, …values}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it weighs.
    pub severity: Severity,
    /// What was found.
    #[serde(flatten)]
    pub fact: Fact,
}

impl Finding {
    /// The contract's id.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.fact.id()
    }
}

/// Most severe first, then the fixed order; findings that tie (two apps, two codes) keep the order in which they came.
pub(super) fn sort(findings: &mut [Finding]) {
    sort_few_by_key(findings, |finding| (Reverse(finding.severity), finding.fact.rank_and_id().0));
}
