//! What to do next, in order.

use jiff::civil::Date;
use serde::Serialize;

use super::Verdict;
use super::message::{Message, told};
use crate::check::{Fact, Finding, Severity, Slip};
use crate::notice::profile::{self, Profile};

/// What kind of action a step is; the page draws a picture and marks the item `data-next` with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Next {
    /// Put the older paper of the same bill away before paying.
    PutOldAway,
    /// Two papers of one bill: pay one of them.
    PayOneOnly,
    /// Correct the date of the phone or PC.
    CheckDate,
    /// Pay by an app of the phone.
    PayByApp,
    /// Hand the paper over at a shop.
    PayAtShop,
    /// Pay at a bank's or the ward's counter.
    PayAtCounter,
    /// Ask the ward.
    AskWard,
    /// Hold the paper to the camera again.
    ScanAgain,
    /// Type the digits under the barcode.
    TypeDigits,
    /// Look for the code that is for paying.
    OtherCode,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What kind of action it is.
    pub next: Next,
    /// The action in a sentence.
    pub message: Message,
    /// What to know while doing it.
    pub details: Vec<Message>,
    /// Apps that take this paper today; left out where the profile names none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub apps: Vec<App>,
    /// Where to go or whom to telephone; left out where the profile names nobody.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<Contact>,
}

/// An app that takes this paper today, from the profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct App {
    /// Its name as the ward writes it.
    pub name: String,
    /// The most that it takes at once, in yen; `None` where the profile does not know.
    pub ceiling: Option<u64>,
}

/// A place to ask, from the profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contact {
    /// The counter's name.
    pub name: String,
    /// Its telephone number as the ward writes it; `None` where the profile does not know.
    pub phone: Option<String>,
}

/// All that steps depend on.
pub(super) struct Asked<'a> {
    pub verdict: Verdict,
    pub findings: &'a [Finding],
    /// Apps that take this paper today; `None` where no profile names any, so that only the paper knows.
    pub apps: Option<Vec<App>>,
    pub contacts: Vec<Contact>,
    /// Whether the paper has the barcode; shops take no eL-QR (domain: Sukumo city).
    pub barcode: bool,
}

/// The profile's apps that are usable on `today`, read one of this slip's codes and take its amount; `None` where the
/// profile names no app at all.
pub(super) fn usable_apps(profile: &Profile, slip: &Slip, amount: Option<u64>, today: Date) -> Option<Vec<App>> {
    let reads = |app: &profile::App| {
        app.reads.iter().any(|code| match code {
            profile::Code::Gs1 => slip.barcode.is_some(),
            profile::Code::ElQr => slip.el_qr.is_some(),
        })
    };
    let runs =
        |app: &profile::App| app.from.is_none_or(|from| from <= today) && app.until.is_none_or(|until| today <= until);
    let takes = |app: &profile::App| match (app.ceiling, amount) {
        (Some(ceiling), Some(amount)) => amount <= ceiling,
        _ => true,
    };
    (!profile.apps.is_empty()).then(|| {
        profile
            .apps
            .iter()
            .filter(|app| reads(app) && runs(app) && takes(app))
            .map(|app| App { name: app.name.clone(), ceiling: app.ceiling })
            .collect()
    })
}

/// The profile's places to ask.
pub(super) fn contacts(profile: &Profile) -> Vec<Contact> {
    profile
        .contacts
        .iter()
        .map(|contact| Contact { name: contact.name.clone(), phone: contact.phone.clone() })
        .collect()
}

/// The steps for a verdict and its findings. Never empty, and one of them needs no phone.
pub(super) fn plan(asked: &Asked) -> Vec<Step> {
    match asked.verdict {
        Verdict::Payable => asked.payable(),
        Verdict::NotPayable => asked.not_payable(),
        Verdict::Ask => asked.ask(),
        Verdict::NoRead => asked.no_read(),
    }
}

impl Asked<'_> {
    fn payable(&self) -> Vec<Step> {
        let mut steps = self.before_paying();
        if self.apps.as_ref().is_none_or(|apps| !apps.is_empty()) {
            let key = if self.apps.is_some() { "step.pay-by-app" } else { "step.pay-by-printed-app" };
            // Whoever needs the inspection certificate must know before the app is opened, not after.
            let mut details: Vec<Message> =
                self.findings.iter().filter(|finding| finding.fact == Fact::VehicleInspection).map(told).collect();
            details.extend(self.findings.iter().filter(|finding| finding.fact == Fact::BothCodes).map(told));
            details.dedup();
            details.push(Message::new("finding.no-receipt"));
            details.extend(["detail.write-date", "detail.not-again", "detail.no-undo"].map(Message::new));
            let apps = self.apps.clone().unwrap_or_default();
            steps.push(Step { apps, ..step(Next::PayByApp, key, &[]) });
            if let Some(step) = steps.last_mut() {
                step.details = details;
            }
        }
        if self.barcode {
            steps.push(step(Next::PayAtShop, "step.pay-at-shop", &["detail.shop-on-paper"]));
        }
        steps.push(self.at_counter("step.pay-at-counter-for-receipt", &["detail.bank-on-paper"]));
        steps
    }

    fn not_payable(&self) -> Vec<Step> {
        let stops = |is: fn(&Fact) -> bool| {
            self.findings.iter().any(|finding| finding.severity == Severity::Stop && is(&finding.fact))
        };
        let expired = stops(|fact| matches!(fact, Fact::CodeExpired { .. }));
        let over_ceiling = stops(|fact| matches!(fact, Fact::AmountOverCeiling { .. }));
        // Something besides the two known ways on, or a doubt: the paper goes to a person before money does.
        let doubtful = self.findings.iter().any(|finding| match finding.severity {
            Severity::Stop => !matches!(
                finding.fact,
                Fact::CodeExpired { .. }
                    | Fact::AmountOverCeiling { .. }
                    | Fact::AppNotYet { .. }
                    | Fact::AppEnded { .. }
                    | Fact::AppCeiling { .. }
            ),
            Severity::Ask => true,
            Severity::Note => false,
        });

        let mut steps = self.date_first();
        if doubtful {
            steps.push(self.ask_ward("step.ask-ward", &["detail.wait", "detail.show-paper"]));
        } else if expired {
            steps.push(self.ask_ward("step.ask-ward-for-new-paper", &["detail.not-at-shop"]));
            steps.push(self.at_counter("step.pay-at-counter-late", &[]));
        } else {
            steps.extend(self.before_paying());
            if over_ceiling {
                steps.push(self.at_counter("step.pay-at-counter", &["detail.not-at-shop", "detail.bank-on-paper"]));
            } else {
                // Only the apps stand in the way: the paper itself is good.
                if self.barcode {
                    steps.push(step(Next::PayAtShop, "step.pay-at-shop", &["detail.shop-on-paper"]));
                }
                steps.push(self.at_counter("step.pay-at-counter", &["detail.bank-on-paper"]));
            }
        }
        steps
    }

    fn ask(&self) -> Vec<Step> {
        let mut steps = self.date_first();
        let mut details = vec!["detail.wait", "detail.show-paper"];
        let who_sent_it = |finding: &Finding| {
            matches!(finding.fact, Fact::IssuerUnknown { .. } | Fact::ChargeUnknown | Fact::StampFlag { .. })
        };
        if self.findings.iter().any(|finding| finding.severity == Severity::Ask && who_sent_it(finding)) {
            details.push("detail.worried");
        }
        steps.push(self.ask_ward("step.ask-ward", &details));
        steps
    }

    fn no_read(&self) -> Vec<Step> {
        let has = |is: fn(&Fact) -> bool| self.findings.iter().any(|finding| is(&finding.fact));
        let scan = || step(Next::ScanAgain, "step.scan-again", &["detail.bright-and-flat"]);
        let mut steps = Vec::new();
        if has(|fact| matches!(fact, Fact::AmountsDisagree)) {
            // Two amounts in one code is nothing that a better picture mends.
            steps.push(self.ask_ward("step.ask-ward", &["detail.wait", "detail.show-paper"]));
            steps.push(scan());
            return steps;
        }
        if has(|fact| matches!(fact, Fact::WebLink | Fact::NotAPaymentCode)) {
            steps.push(step(Next::OtherCode, "step.other-code", &["detail.what-it-looks-like"]));
        } else {
            steps.push(scan());
        }
        steps.push(step(Next::TypeDigits, "step.type-digits", &["detail.digits-44"]));
        steps.push(self.at_counter("step.pay-at-counter-unread", &[]));
        steps
    }

    /// What comes before any payment: other papers of the same bill.
    fn before_paying(&self) -> Vec<Step> {
        let has = |is: fn(&Fact) -> bool| self.findings.iter().any(|finding| is(&finding.fact));
        let mut steps = Vec::new();
        if has(|fact| matches!(fact, Fact::Reissued { .. } | Fact::SameBillOtherVersion)) {
            let details = ["detail.newest-paper", "detail.ask-if-unsure"];
            steps.push(step(Next::PutOldAway, "step.put-old-away", &details));
        }
        if has(|fact| matches!(fact, Fact::WholeYearAndPeriod)) {
            steps.push(step(Next::PayOneOnly, "step.pay-one-only", &["detail.ask-if-unsure"]));
        }
        steps
    }

    /// With a wrong day every other finding may be wrong, so the day is mended first.
    fn date_first(&self) -> Vec<Step> {
        let doubted = self.findings.iter().any(|finding| matches!(finding.fact, Fact::ClockSuspect { .. }));
        doubted.then(|| step(Next::CheckDate, "step.check-date", &["detail.start-again"])).into_iter().collect()
    }

    fn ask_ward(&self, key: &'static str, details: &[&'static str]) -> Step {
        let mut asked = Step { contacts: self.contacts.clone(), ..step(Next::AskWard, key, details) };
        // The number on a forged paper leads to its forger: only a number found elsewhere helps.
        let known = self.contacts.iter().any(|contact| contact.phone.is_some());
        asked.details.push(Message::new(if known { "detail.number-below" } else { "detail.number-yourself" }));
        asked
    }

    fn at_counter(&self, key: &'static str, details: &[&'static str]) -> Step {
        Step { contacts: self.contacts.clone(), ..step(Next::PayAtCounter, key, details) }
    }
}

fn step(next: Next, key: &'static str, details: &[&'static str]) -> Step {
    Step {
        next,
        message: Message::new(key),
        details: details.iter().map(|&key| Message::new(key)).collect(),
        apps: Vec::new(),
        contacts: Vec::new(),
    }
}
