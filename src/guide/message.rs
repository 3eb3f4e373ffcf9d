//! What is said, as a key and its values.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::check::{Fact, Finding, Mismatch, Newer, Severity};
use crate::notice::profile::{Listed, Profile};

/// A value inside a message. The page turns it into words: the core knows no language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", content = "value", rename_all = "kebab-case")]
pub enum Value {
    /// A day of the calendar, `YYYY-MM-DD`.
    Date(#[serde(with = "crate::day")] Date),
    /// An amount in yen.
    Yen(u64),
    /// A count.
    Number(u64),
    /// An app's name from a ward's profile, in Japanese whatever the language: so it stands on the paper and in the
    /// shop for apps. Never something that was read from a code.
    Text(String),
}

/// A sentence to be said: which one, and what to put into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// A key of the catalogues' `guide` section, one of [`KEYS`]. A finding's message is `finding.<id>`; where the same
    /// fact is said in several ways, the others have one more word at the end: `finding.issuer-unknown.ask`.
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
    ("headline.ask.date", &[]),
    ("headline.ask.older", &[]),
    ("headline.no-read", &[]),
    ("reason.payable", &[]),
    ("reason.unknown", &[]),
    ("finding.check-digit", &[]),
    ("finding.not-a-payment-code", &[]),
    ("finding.web-link", &[]),
    ("finding.incomplete-code", &["found"]),
    ("finding.strange-character", &["position"]),
    ("finding.impossible-date", &[]),
    ("finding.amount-over-ceiling", &["ceiling"]),
    ("finding.amount-over-ceiling.ask", &["ceiling"]),
    ("finding.amount-zero", &[]),
    ("finding.code-expired", &["on"]),
    ("finding.code-expired.ask", &["on"]),
    ("finding.code-expires-today", &[]),
    ("finding.code-expires-soon", &["days"]),
    ("finding.no-time-limit", &[]),
    ("finding.due-date-passed", &["on"]),
    ("finding.reissued", &["times"]),
    ("finding.same-bill-other-version", &[]),
    ("finding.same-bill-other-version.this", &[]),
    ("finding.same-bill-other-version.earlier", &[]),
    ("finding.same-slip-again", &[]),
    ("finding.whole-year-and-period", &[]),
    ("finding.whole-year-and-period.both", &[]),
    ("finding.late-charge-included", &[]),
    ("finding.late-charge-included.amount", &["amount"]),
    ("finding.both-codes", &[]),
    ("finding.codes-disagree", &[]),
    ("finding.stamp-flag", &[]),
    ("finding.issuer-unknown", &[]),
    ("finding.issuer-unknown.ask", &[]),
    ("finding.issuer-unknown.no-list", &[]),
    ("finding.charge-unknown", &[]),
    ("finding.app-not-yet", &["app", "from"]),
    ("finding.app-ended", &["app", "until"]),
    ("finding.app-ceiling", &["app", "ceiling"]),
    ("finding.app-not-for-this", &["app"]),
    ("finding.app-not-for-this.code", &["app"]),
    ("finding.clock-suspect", &["today"]),
    ("finding.vehicle-inspection", &[]),
    ("finding.no-receipt", &[]),
    ("finding.cannot-know-paid", &[]),
    ("finding.amounts-disagree", &[]),
    ("finding.several-notices", &[]),
    ("step.put-old-away", &[]),
    ("step.put-old-away.this", &[]),
    ("step.put-old-away.earlier", &[]),
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
    ("detail.el-qr-in-app", &[]),
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
    ("detail.one-at-a-time", &[]),
    ("detail.digits-44", &[]),
    ("detail.what-it-looks-like", &[]),
    ("limit.cannot-know-maker", &[]),
    ("limit.no-money-moves", &[]),
];

/// A finding as a sentence. `profile`: where an app's name stands, of which the finding has the id.
pub(super) fn told(finding: &Finding, profile: Option<&Profile>) -> Message {
    use Value::{Date as Day, Number, Text, Yen};
    let say = Message::new;
    let number = |count: usize| Number(u64::try_from(count).unwrap_or(u64::MAX));
    let days = |days: i32| Number(u64::try_from(days).unwrap_or_default());
    let app = |id: &str| {
        let known = profile.and_then(|profile| profile.apps.iter().find(|app| app.id == id));
        Text(known.map_or_else(|| id.to_owned(), |app| app.ja.clone()))
    };
    let asks = finding.severity == Severity::Ask;
    match &finding.fact {
        Fact::CheckDigit { .. } => say("finding.check-digit"),
        Fact::IncompleteCode { found, .. } => say("finding.incomplete-code").with("found", number(*found)),
        Fact::StrangeCharacter { position, .. } => say("finding.strange-character").with("position", number(*position)),
        Fact::NotAPaymentCode { .. } => say("finding.not-a-payment-code"),
        Fact::WebLink => say("finding.web-link"),
        Fact::AmountsDisagree { .. } => say("finding.amounts-disagree"),
        Fact::SeveralNotices => say("finding.several-notices"),
        // Only one of two codes asks for too much, or is late: the words must not say that the paper does.
        Fact::AmountOverCeiling { ceiling, .. } if asks => {
            say("finding.amount-over-ceiling.ask").with("ceiling", Yen(*ceiling))
        }
        Fact::AmountOverCeiling { ceiling, .. } => say("finding.amount-over-ceiling").with("ceiling", Yen(*ceiling)),
        Fact::CodeExpired { on, .. } if asks => say("finding.code-expired.ask").with("on", Day(*on)),
        Fact::CodeExpired { on, .. } => say("finding.code-expired").with("on", Day(*on)),
        Fact::ImpossibleDate { .. } => say("finding.impossible-date"),
        Fact::CodeExpiresToday { .. } => say("finding.code-expires-today"),
        Fact::CodeExpiresSoon { days: left, .. } => say("finding.code-expires-soon").with("days", days(*left)),
        Fact::NoTimeLimit { .. } => say("finding.no-time-limit"),
        Fact::DueDatePassed { on, .. } => say("finding.due-date-passed").with("on", Day(*on)),
        Fact::Reissued { times } => say("finding.reissued").with("times", Number(u64::from(*times))),
        Fact::SameBillOtherVersion { newer, .. } => say(match newer {
            Newer::This => "finding.same-bill-other-version.this",
            Newer::Earlier => "finding.same-bill-other-version.earlier",
            Newer::Unknown => "finding.same-bill-other-version",
        }),
        Fact::SameSlipAgain { .. } => say("finding.same-slip-again"),
        Fact::WholeYearAndPeriod { both_seen: true, .. } => say("finding.whole-year-and-period.both"),
        Fact::WholeYearAndPeriod { both_seen: false, .. } => say("finding.whole-year-and-period"),
        // Without a profile nobody's issuer is known, so the words must not sound like a warning.
        Fact::IssuerUnknown { .. } if finding.severity == Severity::Note => say("finding.issuer-unknown"),
        Fact::IssuerUnknown { listed: Listed::Unknown, .. } => say("finding.issuer-unknown.no-list"),
        Fact::IssuerUnknown { .. } => say("finding.issuer-unknown.ask"),
        Fact::ChargeUnknown { .. } => say("finding.charge-unknown"),
        Fact::AppNotYet { app: id, from } => say("finding.app-not-yet").with("app", app(id)).with("from", Day(*from)),
        Fact::AppEnded { app: id, until } => say("finding.app-ended").with("app", app(id)).with("until", Day(*until)),
        Fact::AppCeiling { app: id, ceiling, .. } => {
            say("finding.app-ceiling").with("app", app(id)).with("ceiling", Yen(*ceiling))
        }
        Fact::AppNotForThis { app: id, mismatch: Mismatch::Code } => {
            say("finding.app-not-for-this.code").with("app", app(id))
        }
        Fact::AppNotForThis { app: id, mismatch: Mismatch::Charge } => {
            say("finding.app-not-for-this").with("app", app(id))
        }
        Fact::CodesDisagree { .. } => say("finding.codes-disagree"),
        Fact::AmountZero { .. } => say("finding.amount-zero"),
        Fact::StampFlag { .. } => say("finding.stamp-flag"),
        Fact::ClockSuspect { today, .. } => say("finding.clock-suspect").with("today", Day(*today)),
        Fact::BothCodes => say("finding.both-codes"),
        Fact::LateChargeIncluded { amount: Some(amount) } => {
            say("finding.late-charge-included.amount").with("amount", Yen(u64::from(*amount)))
        }
        Fact::LateChargeIncluded { amount: None } => say("finding.late-charge-included"),
        Fact::VehicleInspection { .. } => say("finding.vehicle-inspection"),
        Fact::NoReceipt => say("finding.no-receipt"),
        Fact::CannotKnowPaid => say("finding.cannot-know-paid"),
    }
}
