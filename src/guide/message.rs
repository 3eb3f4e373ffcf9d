//! What is said, as a key and its values.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::check::{Fact, Finding, Severity};

/// A value inside a message. The page turns it into words: the core knows no language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", content = "value", rename_all = "kebab-case")]
pub enum Value {
    /// A day of the calendar, `YYYY-MM-DD`.
    Date(Date),
    /// An amount in yen.
    Yen(u64),
    /// A count.
    Number(u64),
    /// A name from a ward's profile, shown as it is. Never something that was read from a code.
    Text(String),
}

/// A sentence to be said: which one, and what to put into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// A key of the catalogues' `guide` section, one of [`KEYS`]. A finding's message is `finding.<id>`, with `.ask`
    /// after it where the same fact is said otherwise when it makes the verdict.
    pub key: &'static str,
    /// What fills the sentence's placeholders, by name: exactly those that [`KEYS`] lists.
    pub values: BTreeMap<&'static str, Value>,
}

impl Message {
    pub(super) fn new(key: &'static str) -> Self {
        Self { key, values: BTreeMap::new() }
    }

    fn with(mut self, name: &'static str, value: Value) -> Self {
        self.values.insert(name, value);
        self
    }
}

/// Every key that [`answer`](super::answer) can say, with the placeholders that its sentence has, and `value.yen`, how
/// a language writes money. Catalogues are held to this list, so a key that is missing here is a sentence nobody can
/// hear.
pub const KEYS: &[(&str, &[&str])] = &[
    ("value.yen", &["amount"]),
    ("headline.payable", &[]),
    ("headline.not-payable", &[]),
    ("headline.ask", &[]),
    ("headline.no-read", &[]),
    ("reason.payable", &[]),
    ("reason.no-app", &[]),
    ("reason.unknown", &[]),
    ("finding.check-digit", &[]),
    ("finding.not-a-payment-code", &[]),
    ("finding.web-link", &[]),
    ("finding.incomplete-code", &[]),
    ("finding.impossible-date", &[]),
    ("finding.amount-over-ceiling", &["ceiling"]),
    ("finding.amount-zero", &[]),
    ("finding.code-expired", &["on"]),
    ("finding.code-expires-today", &[]),
    ("finding.code-expires-soon", &["days"]),
    ("finding.no-time-limit", &[]),
    ("finding.due-date-passed", &["due"]),
    ("finding.reissued", &["times"]),
    ("finding.same-bill-other-version", &[]),
    ("finding.same-slip-again", &[]),
    ("finding.whole-year-and-period", &[]),
    ("finding.late-charge-included", &["amount"]),
    ("finding.both-codes", &[]),
    ("finding.codes-disagree", &[]),
    ("finding.stamp-flag", &[]),
    ("finding.issuer-unknown", &[]),
    ("finding.issuer-unknown.ask", &[]),
    ("finding.charge-unknown", &[]),
    ("finding.app-not-yet", &["app", "from"]),
    ("finding.app-ended", &["app", "until"]),
    ("finding.app-ceiling", &["app", "ceiling"]),
    ("finding.clock-suspect", &["today"]),
    ("finding.vehicle-inspection", &[]),
    ("finding.no-receipt", &[]),
    ("finding.cannot-know-paid", &[]),
    ("finding.amounts-disagree", &[]),
    ("step.put-old-away", &[]),
    ("step.pay-one-only", &[]),
    ("step.check-date", &[]),
    ("step.pay-by-app", &[]),
    ("step.pay-by-printed-app", &[]),
    ("step.pay-at-shop", &[]),
    ("step.pay-at-counter", &[]),
    ("step.pay-at-counter-for-receipt", &[]),
    ("step.pay-at-counter-late", &[]),
    ("step.pay-at-counter-unread", &[]),
    ("step.ask-ward", &[]),
    ("step.ask-ward-for-new-paper", &[]),
    ("step.scan-again", &[]),
    ("step.type-digits", &[]),
    ("step.other-code", &[]),
    ("detail.newest-paper", &[]),
    ("detail.ask-if-unsure", &[]),
    ("detail.start-again", &[]),
    ("detail.write-date", &[]),
    ("detail.not-again", &[]),
    ("detail.no-undo", &[]),
    ("detail.not-at-shop", &[]),
    ("detail.shop-on-paper", &[]),
    ("detail.bank-on-paper", &[]),
    ("detail.wait", &[]),
    ("detail.show-paper", &[]),
    ("detail.number-below", &[]),
    ("detail.number-yourself", &[]),
    ("detail.worried", &[]),
    ("detail.bright-and-flat", &[]),
    ("detail.digits-44", &[]),
    ("detail.what-it-looks-like", &[]),
    ("limit.cannot-know-maker", &[]),
    ("limit.no-money-moves", &[]),
];

/// A finding as a sentence.
pub(super) fn told(finding: &Finding) -> Message {
    use Value::{Date as Day, Number, Text, Yen};
    let say = Message::new;
    match &finding.fact {
        Fact::CheckDigit => say("finding.check-digit"),
        Fact::NotAPaymentCode => say("finding.not-a-payment-code"),
        Fact::WebLink => say("finding.web-link"),
        Fact::IncompleteCode => say("finding.incomplete-code"),
        Fact::ImpossibleDate => say("finding.impossible-date"),
        Fact::AmountOverCeiling { ceiling, .. } => say("finding.amount-over-ceiling").with("ceiling", Yen(*ceiling)),
        Fact::AmountZero => say("finding.amount-zero"),
        Fact::CodeExpired { on } => say("finding.code-expired").with("on", Day(*on)),
        Fact::CodeExpiresToday { .. } => say("finding.code-expires-today"),
        Fact::CodeExpiresSoon { days, .. } => say("finding.code-expires-soon").with("days", Number(u64::from(*days))),
        Fact::NoTimeLimit => say("finding.no-time-limit"),
        Fact::DueDatePassed { due, .. } => say("finding.due-date-passed").with("due", Day(*due)),
        Fact::Reissued { times } => say("finding.reissued").with("times", Number(u64::from(*times))),
        Fact::SameBillOtherVersion => say("finding.same-bill-other-version"),
        Fact::SameSlipAgain => say("finding.same-slip-again"),
        Fact::WholeYearAndPeriod => say("finding.whole-year-and-period"),
        Fact::LateChargeIncluded { amount } => say("finding.late-charge-included").with("amount", Yen(*amount)),
        Fact::BothCodes => say("finding.both-codes"),
        Fact::CodesDisagree => say("finding.codes-disagree"),
        Fact::StampFlag { .. } => say("finding.stamp-flag"),
        // Without a profile nobody's issuer is known, so the words must not sound like a warning.
        Fact::IssuerUnknown { .. } if finding.severity == Severity::Note => say("finding.issuer-unknown"),
        Fact::IssuerUnknown { .. } => say("finding.issuer-unknown.ask"),
        Fact::ChargeUnknown => say("finding.charge-unknown"),
        Fact::AppNotYet { app, from } => {
            say("finding.app-not-yet").with("app", Text(app.clone())).with("from", Day(*from))
        }
        Fact::AppEnded { app, until } => {
            say("finding.app-ended").with("app", Text(app.clone())).with("until", Day(*until))
        }
        Fact::AppCeiling { app, ceiling } => {
            say("finding.app-ceiling").with("app", Text(app.clone())).with("ceiling", Yen(*ceiling))
        }
        Fact::ClockSuspect { today, .. } => say("finding.clock-suspect").with("today", Day(*today)),
        Fact::VehicleInspection => say("finding.vehicle-inspection"),
        Fact::NoReceipt => say("finding.no-receipt"),
        Fact::CannotKnowPaid => say("finding.cannot-know-paid"),
        Fact::AmountsDisagree => say("finding.amounts-disagree"),
    }
}
