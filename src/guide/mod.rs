//! Findings → a verdict and ordered steps, as keys into the catalogues of words (`www/words/`).
//!
//! This room holds no word that a person reads. It decides *what* is said and in which order; the catalogues say
//! *how*, one file per language, and `cargo xtask words check` holds them to [`KEYS`].
//!
//! Three promises, each tested over every fact at every severity:
//!
//! * an answer always has a next step, and one that needs no phone: whoever cannot or does not want to pay by phone is
//!   never left standing;
//! * every finding is told exactly once — as the reason, in a step, as a note or as a limit;
//! * names and telephone numbers come from the ward's profile only, never from what was read.

mod message;
mod steps;

pub use message::{KEYS, Message, Value};
pub use steps::{App, Contact, Next, Step};

use jiff::civil::Date;
use serde::Serialize;

use crate::check::{Context, Fact, Finding, Severity, Slip};
use crate::notice::gs1::TimeLimit;

/// The answer in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// 払えます: nothing found speaks against paying by phone.
    Payable,
    /// This cannot be paid by phone.
    NotPayable,
    /// The page cannot tell; a person must be asked.
    Ask,
    /// No notice was read.
    NoRead,
}

/// What to tell the person who holds the paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The verdict that the headline says.
    pub verdict: Verdict,
    /// The page's `h1`: a few words.
    pub headline: Message,
    /// Why, in a sentence or two.
    pub reason: Message,
    /// Yen. `None` where nothing was read, and where two codes on one paper name different amounts: a wrong number is
    /// worse than none.
    pub amount: Option<u64>,
    /// The last day on which the code is accepted (支払期限), the earlier one of two codes. `None`: no limit, or
    /// unknown. Not the due date by law.
    #[serde(serialize_with = "crate::day::option::serialize")]
    pub until: Option<Date>,
    /// The due date by law (納期限), which only the eL-QR carries.
    #[serde(serialize_with = "crate::day::option::serialize")]
    pub due: Option<Date>,
    /// The day that was taken for today.
    #[serde(with = "crate::day")]
    pub today: Date,
    /// What to do, in this order. Never empty; the first is the one next action.
    pub steps: Vec<Step>,
    /// Findings that are told in no other place, in their own order.
    pub notes: Vec<Message>,
    /// What this page cannot know and does not do. Never empty.
    pub limits: Vec<Message>,
    /// Whom to call about this paper and where to go, from the profile, whatever the verdict: for the sheet to take
    /// home, and for help that stands in the same place on every screen. Left out where the profile names nobody.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<Contact>,
}

/// The verdict that findings add up to. `read`: whether a notice was read at all.
#[must_use]
pub fn verdict(read: bool, findings: &[Finding]) -> Verdict {
    if !read {
        return Verdict::NoRead;
    }
    match findings.iter().map(|finding| finding.severity).max() {
        Some(Severity::Stop) => Verdict::NotPayable,
        Some(Severity::Ask) => Verdict::Ask,
        Some(Severity::Note) | None => Verdict::Payable,
    }
}

/// The whole answer for one slip. `findings` as [`crate::check::check`] orders them, or those of a failed parse with
/// an empty slip.
#[must_use]
pub fn answer(slip: &Slip, findings: &[Finding], ctx: &Context) -> Answer {
    let read = slip.barcode.is_some() || slip.el_qr.is_some();
    let verdict = verdict(read, findings);
    let contacts = ctx.profile.map(|profile| steps::contacts(profile, slip)).unwrap_or_default();
    let whom = contacts.all();
    let steps = steps::plan(&steps::Asked {
        verdict,
        findings,
        profile: ctx.profile,
        contacts,
        barcode: slip.barcode.is_some(),
        el_qr: slip.el_qr.is_some(),
    });
    let told = |finding: &Finding| message::told(finding, ctx.profile);

    let leading = leading(verdict, findings);
    let reason = match leading.and_then(|index| findings.get(index)) {
        Some(finding) => told(finding),
        None => Message::new(match verdict {
            Verdict::Payable => "reason.payable",
            Verdict::NoRead | Verdict::Ask | Verdict::NotPayable => "reason.unknown",
        }),
    };

    let told_in_steps = |message: &Message| steps.iter().any(|step| step.details.contains(message));
    let notes = findings
        .iter()
        .enumerate()
        .filter(|(index, finding)| Some(*index) != leading && finding.fact != Fact::CannotKnowPaid)
        .map(|(_, finding)| told(finding))
        .filter(|message| *message != reason && !told_in_steps(message))
        .fold(Vec::new(), |mut notes, message| {
            if !notes.contains(&message) {
                notes.push(message);
            }
            notes
        });

    Answer {
        verdict,
        headline: Message::new(match (verdict, steps.first().map(|step| step.next)) {
            (Verdict::Payable, _) => "headline.payable",
            (Verdict::NotPayable, _) => "headline.not-payable",
            // What the headline asks for and the first step are one: two of the doubts are settled at home.
            (Verdict::Ask, Some(Next::CheckDate)) => "headline.ask.date",
            (Verdict::Ask, Some(Next::PutOldAway)) => "headline.ask.older",
            (Verdict::Ask, _) => "headline.ask",
            (Verdict::NoRead, _) => "headline.no-read",
        }),
        reason,
        amount: amount(slip),
        until: until(slip),
        due: slip.el_qr.as_ref().and_then(|el_qr| el_qr.due),
        today: ctx.today,
        steps,
        notes,
        limits: vec![
            Message::new("finding.cannot-know-paid"),
            Message::new("limit.cannot-know-maker"),
            Message::new("limit.no-money-moves"),
        ],
        contacts: whom,
    }
}

/// Which finding is the reason of the verdict: the first one that weighs as much as the verdict does. Findings come
/// ordered, most severe first; where the paper is payable, only what changes how it should be paid is worth the line
/// under the headline.
fn leading(verdict: Verdict, findings: &[Finding]) -> Option<usize> {
    let first = |wanted: &dyn Fn(&Finding) -> bool| findings.iter().position(wanted);
    let weighing = |severity: Severity| first(&|finding: &Finding| finding.severity == severity);
    match verdict {
        Verdict::NotPayable => weighing(Severity::Stop),
        Verdict::Ask => weighing(Severity::Ask),
        Verdict::NoRead => findings
            .iter()
            .map(|finding| finding.severity)
            .max()
            .and_then(weighing)
            .filter(|&index| findings.get(index).is_some_and(|finding| finding.fact != Fact::CannotKnowPaid)),
        Verdict::Payable => {
            // Another sheet of the same bill comes before any date: paying twice is what cannot be undone. That this sheet was
            // looked at before says less: whoever does as told comes back with it.
            let worth: [fn(&Fact) -> bool; 8] = [
                |fact| matches!(fact, Fact::SameBillOtherVersion { .. }),
                |fact| matches!(fact, Fact::SameSlipAgain { .. }),
                |fact| matches!(fact, Fact::Reissued { .. }),
                |fact| matches!(fact, Fact::WholeYearAndPeriod { .. }),
                |fact| matches!(fact, Fact::CodeExpiresToday { .. }),
                |fact| matches!(fact, Fact::DueDatePassed { .. }),
                |fact| matches!(fact, Fact::CodeExpiresSoon { .. }),
                // Otherwise the line would say that the last day has not passed, which nobody knows of a code without.
                |fact| matches!(fact, Fact::NoTimeLimit { .. }),
            ];
            worth.iter().find_map(|is| first(&|finding: &Finding| is(&finding.fact)))
        }
    }
}

/// The amount that every code on the paper agrees on.
fn amount(slip: &Slip) -> Option<u64> {
    let barcode = slip.barcode.as_ref().map(|notice| u64::from(notice.amount));
    let el_qr = slip.el_qr.as_ref().map(|notice| notice.amount);
    match (barcode, el_qr) {
        (Some(one), Some(other)) => (one == other).then_some(one),
        (one, other) => one.or(other),
    }
}

/// The last day on which all codes on the paper are accepted. A code whose digits are no day of the calendar leaves it
/// open: the other code's day would look like the paper's, which nobody can vouch for.
fn until(slip: &Slip) -> Option<Date> {
    let barcode = match slip.barcode.as_ref().map(|notice| &notice.time_limit) {
        Some(TimeLimit::Impossible(_)) => return None,
        Some(TimeLimit::On(day)) => Some(*day),
        Some(TimeLimit::None) | None => None,
    };
    let Some(el_qr) = &slip.el_qr else { return barcode };
    let el_qr = el_qr.time_limit?;
    Some(barcode.map_or(el_qr, |barcode| barcode.min(el_qr)))
}
