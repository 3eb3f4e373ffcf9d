//! What to do next, in order.

use jiff::civil::Date;
use serde::Serialize;

use super::Verdict;
use super::message::{Message, told};
use crate::check::{Fact, Finding, Newer, Severity, Slip};
use crate::notice::profile::{self, Known, Names, Profile};

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
    /// Its short name in the profile, by which the page finds what is known of the app itself (`www/apps/`).
    pub id: String,
    /// Its name as it stands on the paper and in the shop for apps.
    pub name: String,
    /// In English.
    pub en: String,
    /// The most that it takes at once, in yen; `None` where the profile does not know.
    pub ceiling: Option<u32>,
    /// Whether it takes this body's barcodes; `None` where the profile does not know.
    pub barcode: Option<bool>,
    /// Whether it takes this body's eL-QR codes; `None` where the profile does not know.
    pub el_qr: Option<bool>,
    /// The first day on which the body takes payment by it; `None` where the profile does not know.
    #[serde(serialize_with = "crate::day::option::serialize")]
    pub from: Option<Date>,
    /// The last one; `None` where no end is known.
    #[serde(serialize_with = "crate::day::option::serialize")]
    pub until: Option<Date>,
}

impl App {
    fn of(app: &profile::App) -> Self {
        Self {
            id: app.id.clone(),
            name: app.ja.clone(),
            en: app.en.clone(),
            ceiling: app.ceiling.get().copied(),
            barcode: app.barcode.get().copied(),
            el_qr: app.el_qr.get().copied(),
            from: app.from.get().copied(),
            until: app.until.get().copied(),
        }
    }
}

/// A place to ask or to pay, from the profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contact {
    /// Its name as the ward writes it.
    pub name: String,
    /// In English.
    pub en: String,
    /// Its telephone number; `None` where it has none or the profile does not know.
    pub phone: Option<String>,
    /// Building, floor, window; `None` where the profile does not know.
    pub place: Option<Names>,
    /// When it answers or is open; `None` where the profile does not know.
    pub hours: Option<Names>,
}

/// Whom to call and where to go.
#[derive(Debug, Default)]
pub(super) struct Contacts {
    /// Sections with a telephone.
    pub call: Vec<Contact>,
    /// Counters.
    pub go: Vec<Contact>,
}

impl Contacts {
    /// Both, telephones first: who can call need not go.
    pub fn all(&self) -> Vec<Contact> {
        each_once(self.call.iter().chain(&self.go))
    }
}

/// Without those of which nothing is said that was not said before: of a body whose telephone numbers and counters nobody has
/// published only its name is known, for both.
fn each_once<'a>(contacts: impl Iterator<Item = &'a Contact>) -> Vec<Contact> {
    contacts.fold(Vec::new(), |mut once, contact| {
        if !once.contains(contact) {
            once.push(contact.clone());
        }
        once
    })
}

/// All that steps depend on.
pub(super) struct Asked<'a> {
    pub verdict: Verdict,
    pub findings: &'a [Finding],
    pub profile: Option<&'a Profile>,
    pub contacts: Contacts,
    /// Whether the paper has the barcode: shops take no eL-QR (Sukumo city tells its residents so).
    pub barcode: bool,
    /// Whether the paper has an eL-QR, of which a phone's own camera makes nothing (Musashino city tells its residents).
    pub el_qr: bool,
}

/// The profile's contacts for this slip: those of its charge where the charge is known, otherwise all.
pub(super) fn contacts(profile: &Profile, slip: &Slip) -> Contacts {
    let barcode = slip.barcode.as_ref().and_then(|notice| profile.charge_of_barcode(notice).ok());
    let charge = barcode.or_else(|| slip.el_qr.as_ref().and_then(|notice| profile.charge_of_el_qr(notice).ok()));
    let answers_for = |contact: &&profile::Contact| match (charge, contact.charges.get()) {
        (Some(charge), Some(ids)) => ids.contains(&charge.id),
        _ => true,
    };
    let mut sections: Vec<&profile::Contact> = profile.contacts.iter().filter(answers_for).collect();
    if sections.is_empty() {
        sections = profile.contacts.iter().collect();
    }
    Contacts {
        call: sections
            .into_iter()
            .map(|section| Contact {
                name: section.ja.clone(),
                en: section.en.clone(),
                phone: section.telephone.get().cloned(),
                place: None,
                hours: section.hours.get().cloned(),
            })
            .collect(),
        go: profile
            .counters
            .iter()
            .map(|counter| Contact {
                name: counter.ja.clone(),
                en: counter.en.clone(),
                phone: None,
                place: counter.place.get().cloned(),
                hours: counter.hours.get().cloned(),
            })
            .collect(),
    }
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
        steps.extend(self.by_app());
        steps.extend(self.at_shop());
        steps.push(self.at_counter("step.pay-at-counter-for-receipt", &["detail.bank-on-paper"]));
        steps
    }

    /// Paying by app, with what must be known before the app is opened. Nothing where the profile names apps and something
    /// speaks against each of them.
    fn by_app(&self) -> Option<Step> {
        let listed = self.profile.map(|profile| profile.apps.as_slice()).unwrap_or_default();
        // What speaks against an app `check` has found.
        let spoken_against = |id: &str| self.findings.iter().any(|finding| app_of(&finding.fact) == Some(id));
        let mut left = listed.iter().filter(|app| !spoken_against(&app.id)).peekable();
        if left.peek().is_none() && !listed.is_empty() {
            return None;
        }
        // An app is named only where the profile knows that it takes this paper: the body may have agreed on other payments with
        // it. What is only possible stands on the paper itself.
        let charge_unknown = self.findings.iter().any(|finding| matches!(finding.fact, Fact::ChargeUnknown { .. }));
        let takes = |app: &&profile::App| {
            let code = self.barcode && app.barcode == Known::Is(true) || self.el_qr && app.el_qr == Known::Is(true);
            code && !(charge_unknown && app.charges.get().is_some())
        };
        let apps: Vec<App> = left.filter(takes).map(App::of).collect();
        let key = if apps.is_empty() { "step.pay-by-printed-app" } else { "step.pay-by-app" };
        // Whoever needs the inspection certificate must know before the app is opened, not after.
        let worth = [
            |fact: &Fact| matches!(fact, Fact::VehicleInspection { .. }),
            |fact: &Fact| matches!(fact, Fact::BothCodes),
        ];
        let found = worth.iter().filter_map(|is| self.findings.iter().find(|finding| is(&finding.fact)));
        let mut details: Vec<Message> = found.map(|finding| told(finding, self.profile)).collect();
        if self.el_qr {
            details.push(Message::new("detail.el-qr-in-app"));
        }
        let always = ["finding.no-receipt", "detail.write-date", "detail.not-again", "detail.no-undo"];
        details.extend(always.map(Message::new));
        Some(Step { apps, details, ..step(Next::PayByApp, key, &[]) })
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
                    | Fact::AppNotForThis { .. }
            ),
            Severity::Ask => true,
            Severity::Note => false,
        });

        // No other day would make it payable: the day is not the first thing to mend.
        let mut steps = Vec::new();
        if doubtful {
            steps.push(self.ask_ward("step.ask-ward", &["detail.wait", "detail.show-paper"]));
            steps.extend(self.date());
        } else if expired {
            steps.push(self.ask_ward("step.ask-ward-for-new-paper", &["detail.not-at-shop"]));
            steps.push(self.at_counter("step.pay-at-counter-late", &[]));
        } else {
            steps.extend(self.before_paying());
            if over_ceiling {
                let details = ["detail.not-at-shop", "detail.bank-on-paper"];
                steps.push(self.at_counter_or_call("step.pay-at-counter", &details));
            } else {
                // Only the apps stand in the way: the paper itself is good.
                steps.extend(self.at_shop());
                steps.push(self.at_counter_or_call("step.pay-at-counter", &["detail.bank-on-paper"]));
            }
        }
        steps
    }

    fn ask(&self) -> Vec<Step> {
        // With a wrong day every other finding may be wrong, so the day is mended first.
        let mut steps: Vec<Step> = self.date().into_iter().collect();
        let mut details = vec!["detail.wait", "detail.show-paper"];
        let who_sent_it = |finding: &Finding| {
            matches!(finding.fact, Fact::IssuerUnknown { .. } | Fact::ChargeUnknown { .. } | Fact::StampFlag { .. })
        };
        if self.findings.iter().any(|finding| finding.severity == Severity::Ask && who_sent_it(finding)) {
            details.push("detail.worried");
        }
        // The one doubt that the person can settle at home: the newer paper is at hand. Not where another one is left.
        let older = |fact: &Fact| matches!(fact, Fact::SameBillOtherVersion { newer: Newer::Earlier, .. });
        let is_older = self.findings.iter().any(|finding| older(&finding.fact));
        let alone = self.findings.iter().all(|finding| finding.severity != Severity::Ask || older(&finding.fact));
        if alone && is_older {
            // Nothing is waited for, and this paper is shown to nobody: the other one is good.
            details.clear();
        }
        let asks = self.ask_ward("step.ask-ward", &details);
        let put_away = if is_older { self.before_paying() } else { Vec::new() };
        if alone {
            steps.extend(put_away);
            steps.push(asks);
        } else {
            steps.push(asks);
            steps.extend(put_away);
        }
        steps
    }

    fn no_read(&self) -> Vec<Step> {
        let has = |is: fn(&Fact) -> bool| self.findings.iter().any(|finding| is(&finding.fact));
        let how = if has(|fact| matches!(fact, Fact::SeveralNotices)) {
            &["detail.one-at-a-time", "detail.bright-and-flat"][..]
        } else {
            &["detail.bright-and-flat"]
        };
        let scan = || step(Next::ScanAgain, "step.scan-again", how);
        let mut steps = Vec::new();
        if has(|fact| matches!(fact, Fact::AmountsDisagree { .. })) {
            // Two amounts in one code is nothing that a better picture mends.
            steps.push(self.ask_ward("step.ask-ward", &["detail.wait", "detail.show-paper"]));
            steps.push(scan());
            return steps;
        }
        if has(|fact| matches!(fact, Fact::WebLink | Fact::NotAPaymentCode { .. })) {
            steps.push(step(Next::OtherCode, "step.other-code", &["detail.what-it-looks-like"]));
        } else {
            steps.push(scan());
        }
        steps.push(step(Next::TypeDigits, "step.type-digits", &["detail.digits-44"]));
        steps.push(self.at_counter_or_call("step.pay-at-counter-unread", &[]));
        steps
    }

    /// What comes before any payment: other papers of the same bill.
    fn before_paying(&self) -> Vec<Step> {
        let has = |is: fn(&Fact) -> bool| self.findings.iter().any(|finding| is(&finding.fact));
        let mut steps = Vec::new();
        // Of two papers that were both shown it is known which one to put away; of others it is not known whether there are any.
        if has(|fact| matches!(fact, Fact::SameBillOtherVersion { newer: Newer::Earlier, .. })) {
            steps.push(step(Next::PutOldAway, "step.put-old-away.this", &["detail.ask-if-unsure"]));
        } else if has(|fact| matches!(fact, Fact::SameBillOtherVersion { newer: Newer::This, .. })) {
            steps.push(step(Next::PutOldAway, "step.put-old-away.earlier", &["detail.ask-if-unsure"]));
        } else if has(|fact| matches!(fact, Fact::Reissued { .. } | Fact::SameBillOtherVersion { .. })) {
            let details = ["detail.newest-paper", "detail.ask-if-unsure"];
            steps.push(step(Next::PutOldAway, "step.put-old-away", &details));
        }
        if has(|fact| matches!(fact, Fact::WholeYearAndPeriod { .. })) {
            steps.push(step(Next::PayOneOnly, "step.pay-one-only", &["detail.ask-if-unsure"]));
        }
        steps
    }

    /// Mending the day, where it is doubted.
    fn date(&self) -> Option<Step> {
        let doubted = self.findings.iter().any(|finding| matches!(finding.fact, Fact::ClockSuspect { .. }));
        doubted.then(|| step(Next::CheckDate, "step.check-date", &["detail.start-again"]))
    }

    fn ask_ward(&self, key: &'static str, details: &[&'static str]) -> Step {
        let contacts = self.contacts.all();
        // The number on a forged paper leads to its forger: only a number found elsewhere helps.
        let known = contacts.iter().any(|contact| contact.phone.is_some());
        let number = if known { "detail.number-below" } else { "detail.number-yourself" };
        let mut asked = Step { contacts, ..step(Next::AskWard, key, details) };
        asked.details.push(Message::new(number));
        asked
    }

    fn at_counter(&self, key: &'static str, details: &[&'static str]) -> Step {
        Step { contacts: self.contacts.go.clone(), ..step(Next::PayAtCounter, key, details) }
    }

    /// Where the phone is no way to pay, whoever is left with the paper may want to ask before setting out.
    fn at_counter_or_call(&self, key: &'static str, details: &[&'static str]) -> Step {
        let contacts = each_once(self.contacts.go.iter().chain(&self.contacts.call));
        Step { contacts, ..step(Next::PayAtCounter, key, details) }
    }

    fn at_shop(&self) -> Option<Step> {
        self.barcode.then(|| step(Next::PayAtShop, "step.pay-at-shop", &["detail.shop-on-paper"]))
    }
}

/// The app, by its id in the profile, that a fact speaks against.
fn app_of(fact: &Fact) -> Option<&str> {
    match fact {
        Fact::AppNotYet { app, .. }
        | Fact::AppEnded { app, .. }
        | Fact::AppCeiling { app, .. }
        | Fact::AppNotForThis { app, .. } => Some(app),
        _ => None,
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
