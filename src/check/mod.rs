//! Notices + profile + today → findings.
//!
//! A finding is a fact with its values and a weight. Words for it are another room's affair. The findings never say
//! that a notice is genuine, safe or unpaid: no code can tell.
//!
//! Weights were decided as follows. What no phone can pay stops. Where a person must be asked — a date that does not
//! exist, an amount of zero, a stamp flag, an issuer that the ward's profile does not have, codes that contradict each
//! other, a clock that cannot be right — the page does not guess. All else is a note.

mod fact;

use jiff::civil::Date;
use serde::Serialize;

use crate::day;
use crate::notice::{
    Code, NoticeError,
    elqr::ElQrNotice,
    gs1::{self, Gs1Notice, TimeLimit},
    input::InputError,
    profile::{App, Charge, Decoded, Known, Listed, Profile, Role},
};
pub use fact::{DateField, Fact, Finding, Mismatch, Newer};

/// From how many days before the last one on the day is called near.
pub const SOON: i32 = 7;

/// How long after its build this program believes a device's clock, in years.
const CLOCK_YEARS: i16 = 10;

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

/// All that can be told of a slip, most severe first, then in a fixed order. Empty for a slip without a notice.
///
/// ```
/// use jiff::civil::date;
/// use maecheck::{check::{self, Context, Slip}, notice};
///
/// let barcode = "91912345000012025010123456780026093000125005".parse().ok();
/// let slip = Slip { barcode, el_qr: None };
/// let findings = check::check(&slip, &Context { today: date(2026, 10, 1), built: None, profile: None, earlier: &[] });
/// assert_eq!(findings[0].id(), "code-expired");
/// ```
#[must_use]
pub fn check(slip: &Slip, ctx: &Context<'_>) -> Vec<Finding> {
    let codes: Vec<View> = [slip.barcode.as_ref().map(View::of_barcode), slip.el_qr.as_ref().map(View::of_el_qr)]
        .into_iter()
        .flatten()
        .collect();
    if codes.is_empty() {
        return Vec::new();
    }
    let mut found = Found::default();
    let clock = clock(ctx, &mut found);
    let charges = Charges::of(slip, ctx.profile);
    amounts(&codes, &charges, &mut found);
    days(&codes, clock, ctx.today, &mut found);
    if let Some(barcode) = &slip.barcode
        && barcode.reissue > 0
    {
        found.note(Fact::Reissued { times: barcode.reissue });
    }
    if let (Some(barcode), Some(el_qr)) = (&slip.barcode, &slip.el_qr) {
        both(barcode, el_qr, &mut found);
    }
    payee(slip, ctx.profile, &charges, &mut found);
    earlier(slip, ctx, &mut found);
    whole_year(slip, ctx, &mut found);
    late_charge(slip, ctx.profile, &mut found);
    if let Some(profile) = ctx.profile
        && !is_anothers(slip, profile)
    {
        apps(&profile.apps, &codes, &charges, ctx.today, &mut found);
    }
    if let Some(charge) = charges.all().find(|charge| charge.vehicle) {
        found.note(Fact::VehicleInspection { charge: charge.id.clone() });
    }
    found.note(Fact::NoReceipt);
    found.note(Fact::CannotKnowPaid);
    fact::sort(&mut found.0);
    found.0
}

/// Why digits are no notice, as a finding.
#[must_use]
pub fn of_error(error: &NoticeError) -> Vec<Finding> {
    let fact = match error {
        NoticeError::Length { expected, found } => Fact::IncompleteCode { expected: expected.to_vec(), found: *found },
        NoticeError::Character { position, found } => {
            Fact::StrangeCharacter { position: *position, found: found.clone() }
        }
        NoticeError::NotThisKind { group, position, expected, found, .. } => Fact::NotAPaymentCode {
            group: *group,
            position: *position,
            expected: (*expected).to_owned(),
            found: found.clone(),
        },
        NoticeError::CheckDigit { part, group, expected, found } => {
            Fact::CheckDigit { part: *part, group: *group, expected: expected.clone(), found: found.clone() }
        }
        NoticeError::Amounts { amount, mpn_amount } => {
            Fact::AmountsDisagree { amount: *amount, mpn_amount: *mpn_amount }
        }
    };
    vec![Finding { severity: Severity::Stop, fact }]
}

/// Why typed or scanned text is not the digits of a notice, as a finding. Nothing typed, and too much of it, is for
/// the typing page alone: those give none.
#[must_use]
pub fn of_input_error(error: &InputError) -> Vec<Finding> {
    let fact = match error {
        InputError::WebLink => Fact::WebLink,
        InputError::OtherSymbol { expected, found } => {
            Fact::NotAPaymentCode { group: 0, position: 0, expected: (*expected).to_owned(), found: found.clone() }
        }
        InputError::Character { position, found } => {
            Fact::StrangeCharacter { position: *position, found: found.clone() }
        }
        InputError::AiLeftOut { expected, found, .. } => {
            Fact::IncompleteCode { expected: vec![*expected], found: *found }
        }
        InputError::Length { expected, found } => Fact::IncompleteCode { expected: expected.to_vec(), found: *found },
        InputError::NoDigits | InputError::TooLong { .. } => return Vec::new(),
    };
    vec![Finding { severity: Severity::Stop, fact }]
}

#[derive(Default)]
struct Found(Vec<Finding>);

impl Found {
    fn add(&mut self, severity: Severity, fact: Fact) {
        self.0.push(Finding { severity, fact });
    }

    fn note(&mut self, fact: Fact) {
        self.add(Severity::Note, fact);
    }

    fn ask(&mut self, fact: Fact) {
        self.add(Severity::Ask, fact);
    }
}

/// The last day of a code.
#[derive(Clone, PartialEq, Eq)]
enum Until {
    NoLimit,
    Day(Date),
    Impossible(String),
}

/// What both kinds of code have in common.
struct View<'a> {
    code: Code,
    amount: u64,
    until: Until,
    stamp: u8,
    el_qr: Option<&'a ElQrNotice>,
}

impl<'a> View<'a> {
    fn of_barcode(notice: &'a Gs1Notice) -> Self {
        let until = match &notice.time_limit {
            TimeLimit::None => Until::NoLimit,
            TimeLimit::On(date) => Until::Day(*date),
            TimeLimit::Impossible(digits) => Until::Impossible(digits.clone()),
        };
        Self { code: Code::Barcode, amount: notice.amount.into(), until, stamp: notice.stamp, el_qr: None }
    }

    fn of_el_qr(notice: &'a ElQrNotice) -> Self {
        let until = notice.time_limit.map_or_else(|| Until::Impossible(notice.time_limit_digits()), Until::Day);
        Self { code: Code::ElQr, amount: notice.amount, until, stamp: notice.stamp, el_qr: Some(notice) }
    }
}

/// What the device's clock is worth.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Clock {
    Plausible,
    /// It lies before the build: the true day is later than it says.
    Behind,
    /// It lies absurdly long after the build: the true day is probably earlier.
    Ahead,
}

fn clock(ctx: &Context<'_>, found: &mut Found) -> Clock {
    let Some(built) = ctx.built else { return Clock::Plausible };
    // A build on a leap day: the first of March does as well.
    let latest = Date::new(built.year() + CLOCK_YEARS, built.month(), built.day().min(28)).unwrap_or(Date::MAX);
    let clock = match ctx.today {
        today if today < built => Clock::Behind,
        today if today > latest => Clock::Ahead,
        _ => return Clock::Plausible,
    };
    found.ask(Fact::ClockSuspect { today: ctx.today, built, before: clock == Clock::Behind });
    clock
}

/// The charge of each code, where the profile can tell.
struct Charges<'a> {
    barcode: Option<Result<&'a Charge, Listed>>,
    el_qr: Option<Result<&'a Charge, Listed>>,
}

impl<'a> Charges<'a> {
    fn of(slip: &Slip, profile: Option<&'a Profile>) -> Self {
        Self {
            barcode: profile.zip(slip.barcode.as_ref()).map(|(profile, notice)| profile.charge_of_barcode(notice)),
            el_qr: profile.zip(slip.el_qr.as_ref()).map(|(profile, notice)| profile.charge_of_el_qr(notice)),
        }
    }

    fn by(&self, code: Code) -> Option<&'a Charge> {
        match code {
            Code::Barcode => self.barcode?.ok(),
            Code::ElQr => self.el_qr?.ok(),
        }
    }

    fn all(&self) -> impl Iterator<Item = &'a Charge> {
        [self.by(Code::Barcode), self.by(Code::ElQr)].into_iter().flatten()
    }
}

fn amounts(codes: &[View<'_>], charges: &Charges<'_>, found: &mut Found) {
    // Phone apps stop at 300,000 yen for either code; a body may have set a lower ceiling for a charge's barcode.
    let ceiling = |view: &View<'_>| {
        let stated = charges.by(view.code).filter(|_| view.code == Code::Barcode);
        u64::from(stated.and_then(|charge| charge.ceiling.get()).map_or(gs1::CEILING, |&c| c.min(gs1::CEILING)))
    };
    for view in codes {
        let ceiling_here = ceiling(view);
        if view.amount > ceiling_here {
            let other_fits = codes.iter().any(|other| other.code != view.code && other.amount <= ceiling(other));
            // Two codes of which one can be paid: then a person must say which amount is right.
            let severity = if other_fits { Severity::Ask } else { Severity::Stop };
            found
                .add(severity, Fact::AmountOverCeiling { code: view.code, amount: view.amount, ceiling: ceiling_here });
        }
        if view.amount == 0 {
            found.ask(Fact::AmountZero { code: view.code });
        }
        if view.stamp != 0 {
            found.ask(Fact::StampFlag { code: view.code, found: view.stamp });
        }
    }
}

fn days(codes: &[View<'_>], clock: Clock, today: Date, found: &mut Found) {
    for view in codes {
        let code = view.code;
        match &view.until {
            Until::NoLimit => found.note(Fact::NoTimeLimit { code }),
            Until::Impossible(digits) => {
                found.ask(Fact::ImpossibleDate { code, field: DateField::TimeLimit, found: digits.clone() });
            }
            &Until::Day(on) => match day::between(today, on) {
                days if days < 0 => {
                    let other_lasts = codes.iter().any(|other| match &other.until {
                        Until::Day(day) => *day >= today,
                        Until::NoLimit => true,
                        Until::Impossible(_) => false,
                    });
                    // With a clock that runs ahead the day may not have passed; with another code that is still taken
                    // the slip may be payable. Neither can be told here.
                    let sure = clock != Clock::Ahead && !other_lasts;
                    let severity = if sure { Severity::Stop } else { Severity::Ask };
                    found.add(severity, Fact::CodeExpired { code, on, days: -days });
                }
                0 => found.note(Fact::CodeExpiresToday { code, on }),
                days if days <= SOON => found.note(Fact::CodeExpiresSoon { code, on, days }),
                _ => {}
            },
        }
        let Some(notice) = view.el_qr else { continue };
        match (notice.due, &view.until) {
            (None, _) => {
                found.ask(Fact::ImpossibleDate { code, field: DateField::Due, found: notice.due_digits() });
            }
            (Some(on), &Until::Day(until)) if on < today && until >= today => {
                found.note(Fact::DueDatePassed { on, until });
            }
            _ => {}
        }
    }
}

fn both(barcode: &Gs1Notice, el_qr: &ElQrNotice, found: &mut Found) {
    found.note(Fact::BothCodes);
    let amount_differs = u64::from(barcode.amount) != el_qr.amount;
    let (time_limit_differs, barcode_until) = match barcode.time_limit {
        TimeLimit::On(date) => (el_qr.time_limit.is_some_and(|until| until != date), Some(date)),
        TimeLimit::None => (el_qr.time_limit.is_some(), None),
        // Told as impossible; what it should have been is not known.
        TimeLimit::Impossible(_) => (false, None),
    };
    if amount_differs || time_limit_differs {
        found.ask(Fact::CodesDisagree {
            amount_differs,
            time_limit_differs,
            barcode_amount: barcode.amount.into(),
            el_qr_amount: el_qr.amount,
            barcode_until,
            el_qr_until: el_qr.time_limit,
        });
    }
}

fn payee(slip: &Slip, profile: Option<&Profile>, charges: &Charges<'_>, found: &mut Found) {
    let mut judge = |code: Code, number: &str, usual: bool, listed: Listed, charge: Option<Result<&Charge, Listed>>| {
        if listed != Listed::Yes {
            // In a ward's own page a payee that is not on the list, or a list that is not there, needs a person.
            let severity = if profile.is_some() { Severity::Ask } else { Severity::Note };
            found.add(severity, Fact::IssuerUnknown { code, found: number.to_owned(), listed, usual });
        } else if let Some(Err(listed)) = charge {
            let severity = if listed == Listed::No { Severity::Ask } else { Severity::Note };
            found.add(severity, Fact::ChargeUnknown { code, listed });
        }
    };
    if let Some(notice) = &slip.barcode {
        let listed = profile.map_or(Listed::Unknown, |profile| profile.lists_issuer(notice));
        judge(Code::Barcode, &notice.issuer, notice.issuer.starts_with(['9', '5']), listed, charges.barcode);
    }
    if let Some(notice) = &slip.el_qr {
        let listed = profile.map_or(Listed::Unknown, |profile| profile.lists_body(notice));
        judge(Code::ElQr, &notice.tax_body, true, listed, charges.el_qr);
    }
}

/// Whether no code of the slip is the profile's body's: then its apps have nothing to do with it.
fn is_anothers(slip: &Slip, profile: &Profile) -> bool {
    let barcode = slip.barcode.as_ref().map(|notice| profile.lists_issuer(notice));
    let el_qr = slip.el_qr.as_ref().map(|notice| profile.lists_body(notice));
    [barcode, el_qr].into_iter().flatten().all(|listed| listed == Listed::No)
}

/// Compares with the slips seen before: the same one again, or another version of the same bill.
fn earlier(slip: &Slip, ctx: &Context<'_>, found: &mut Found) {
    let mut again = None;
    let mut version: Option<(Severity, Fact)> = None;
    for before in ctx.earlier {
        let mut other_version = |newer: Newer, fact: Fact| {
            // The newer sheet is the one to pay. With the older one in hand, or when it cannot be told, somebody
            // must look at both.
            let severity = if newer == Newer::This { Severity::Note } else { Severity::Ask };
            if version.as_ref().is_none_or(|(known, _)| *known < severity) {
                version = Some((severity, fact));
            }
        };
        if let (Some(now), Some(then)) = (&slip.barcode, &before.barcode) {
            if now == then {
                again = again.or(Some(Code::Barcode));
            } else if same_bill(now, then) {
                let newer = match now.reissue.cmp(&then.reissue) {
                    std::cmp::Ordering::Greater => Newer::This,
                    std::cmp::Ordering::Less => Newer::Earlier,
                    std::cmp::Ordering::Equal => Newer::Unknown,
                };
                let (amount, earlier_amount) = (now.amount.into(), then.amount.into());
                other_version(newer, Fact::SameBillOtherVersion { code: Code::Barcode, newer, amount, earlier_amount });
            }
        }
        if let (Some(now), Some(then)) = (&slip.el_qr, &before.el_qr) {
            if now == then {
                again = again.or(Some(Code::ElQr));
            } else if now.same_bill(then) {
                // The eL-QR counts no reissues.
                let (newer, amount, earlier_amount) = (Newer::Unknown, now.amount, then.amount);
                other_version(newer, Fact::SameBillOtherVersion { code: Code::ElQr, newer, amount, earlier_amount });
            }
        }
    }
    if let Some(code) = again {
        found.note(Fact::SameSlipAgain { code });
    }
    if let Some((severity, fact)) = version {
        found.add(severity, fact);
    }
}

/// Whether two barcodes are of one bill, by issuer and free-use area. An area of zeros names no bill.
fn same_bill(a: &Gs1Notice, b: &Gs1Notice) -> bool {
    a.issuer == b.issuer && a.free_use == b.free_use && a.free_use.bytes().any(|digit| digit != b'0')
}

/// What a slip says of the bill and of the part of it that it is for, as far as a profile can tell.
struct Share<'a> {
    /// All that the whole year's sheet and its instalments' sheets have in common.
    bill: Vec<&'a str>,
    /// The fiscal years of the bill, where they are numbers of their own.
    years: [u16; 2],
    whole_year: bool,
}

/// The barcode's: charge, years and number in the free-use area. Without the number two households' slips would look
/// like one's, so a layout that has none tells nothing.
fn barcode_share<'a>(slip: &'a Slip, profile: &'a Profile) -> Option<Share<'a>> {
    let (charge, fields) = profile.decode(slip.barcode.as_ref()?)?;
    let digits = |role: Role| fields.iter().find(|found| found.field.role == role).map(|found| found.digits);
    let whole_year = digits(Role::Period)? == charge.whole_year.get()?;
    let years = [Role::LevyYear, Role::EquivalentYear].map(|role| digits(role).unwrap_or_default());
    Some(Share { bill: vec![&charge.id, digits(Role::Number)?, years[0], years[1]], years: [0; 2], whole_year })
}

/// The eL-QR's: body, office, item and years. Whose bill it is cannot be told: how the case keys of a whole year and of
/// its instalments are related is not published. Two households' slips may look like one's, which is why the finding
/// asks and does not assert.
fn el_qr_share<'a>(slip: &'a Slip, profile: &'a Profile) -> Option<Share<'a>> {
    let notice = slip.el_qr.as_ref()?;
    let whole_year = notice.period == *profile.charge_of_el_qr(notice).ok()?.whole_year.get()?;
    let bill = vec![notice.tax_body.as_str(), &notice.tax_office, &notice.item];
    Some(Share { bill, years: [notice.levy_year, notice.tax_year], whole_year })
}

fn whole_year(slip: &Slip, ctx: &Context<'_>, found: &mut Found) {
    let Some(profile) = ctx.profile else { return };
    let share = |code: Code, slip| match code {
        Code::Barcode => barcode_share(slip, profile),
        Code::ElQr => el_qr_share(slip, profile),
    };
    for code in [Code::Barcode, Code::ElQr] {
        let Some(this) = share(code, slip) else { continue };
        let counterpart = |other: &Share<'_>| {
            other.whole_year != this.whole_year && other.bill == this.bill && other.years == this.years
        };
        let both_seen = ctx.earlier.iter().filter_map(|before| share(code, before)).any(|other| counterpart(&other));
        if !both_seen && !this.whole_year {
            continue;
        }
        // A sheet for the whole year comes in one envelope with the instalments' sheets: worth a note by itself.
        let severity = if both_seen { Severity::Ask } else { Severity::Note };
        found.add(severity, Fact::WholeYearAndPeriod { code, this_is_whole_year: this.whole_year, both_seen });
        return;
    }
}

fn late_charge(slip: &Slip, profile: Option<&Profile>, found: &mut Found) {
    let Some((_, fields)) = profile.zip(slip.barcode.as_ref()).and_then(|(profile, notice)| profile.decode(notice))
    else {
        return;
    };
    for Decoded { field, digits } in fields {
        let amount = match field.role {
            Role::LateCharge => digits.parse().ok(),
            Role::LateChargeFlag => None,
            _ => continue,
        };
        if digits.bytes().any(|digit| digit != b'0') {
            found.note(Fact::LateChargeIncluded { amount });
        }
    }
}

/// What keeps an app from being used for a slip today.
fn against(app: &App, codes: &[View<'_>], charges: &Charges<'_>, today: Date) -> Option<Fact> {
    let name = || app.id.clone();
    if let Some(&from) = app.from.get()
        && today < from
    {
        return Some(Fact::AppNotYet { app: name(), from });
    }
    if let Some(&until) = app.until.get()
        && today > until
    {
        return Some(Fact::AppEnded { app: name(), until });
    }
    let readable = |view: &&View<'_>| match view.code {
        Code::Barcode => app.barcode != Known::Is(false),
        Code::ElQr => app.el_qr != Known::Is(false),
    };
    // What the cheapest of the codes that it reads asks for: codes that disagree are told elsewhere.
    let Some(amount) = codes.iter().filter(readable).map(|view| view.amount).min() else {
        return Some(Fact::AppNotForThis { app: name(), mismatch: Mismatch::Code });
    };
    if let Some(ids) = app.charges.get()
        && charges.all().next().is_some()
        && !charges.all().any(|charge| ids.contains(&charge.id))
    {
        return Some(Fact::AppNotForThis { app: name(), mismatch: Mismatch::Charge });
    }
    app.ceiling
        .get()
        .map(|&ceiling| u64::from(ceiling))
        .filter(|&ceiling| amount > ceiling)
        .map(|ceiling| Fact::AppCeiling { app: name(), ceiling, amount })
}

fn apps(apps: &[App], codes: &[View<'_>], charges: &Charges<'_>, today: Date, found: &mut Found) {
    let reasons: Vec<_> = apps.iter().map(|app| against(app, codes, charges, today)).collect();
    // With no app of the body's list left the slip cannot be paid by phone as far as the ward has told.
    let none_left = !reasons.is_empty() && reasons.iter().all(Option::is_some);
    let severity = if none_left { Severity::Stop } else { Severity::Note };
    for reason in reasons.into_iter().flatten() {
        found.add(severity, reason);
    }
}
