//! Joins the rooms for one visit: frames, photos and digits in, one report out.
//!
//! What may be believed is decided here, from what [`symbol`](crate::symbol) found and what
//! [`notice`](crate::notice) makes of it:
//!
//! * of live frames two must stand behind a text: two that say the same, or several whose evidence says it together
//!   (then one report follows at once). A single frame is never enough, however sure it is: a camera gives thirty a
//!   second, each a new chance to be wrong, while the second costs a tenth of a second. One photo is enough, and so are
//!   digits;
//! * only a symbol that checks, and whose digits check, becomes a notice;
//! * where one picture shows two different notices none is chosen;
//! * a barcode and an eL-QR seen together are one slip.

mod live;
mod report;

use std::fmt;

use jiff::civil::Date;

use crate::check::{self, Context, Fact, Finding, Severity, Slip};
use crate::frame::Frame;
use crate::guide;
use crate::notice::{self, Notice, NoticeError, TextKind, gs1, input, profile::Profile, typing};
use crate::small_sort::sort_few_by_key;
use crate::still;
use crate::symbol::{Advice, Coach, Grammar, Reader};

pub use live::{AGREE, AGREE_OTHER};
pub use report::{Kind, Outcome, PhotoTrouble, Report, Seen, Trouble};

use live::{Live, News};

/// Slips remembered from earlier in a visit, for "this is the same bill again". The oldest goes first.
pub const EARLIER: usize = 50;

/// What a visit is judged by.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Today, in Japan.
    pub today: Date,
    /// The day this program was built, where `today` comes from a device's clock that may be wrong; `None` where a
    /// person chose the day.
    pub built: Option<Date>,
    /// The ward's facts, where one is chosen.
    pub profile: Option<Profile>,
}

/// One visit: a person with one slip in hand after the other. Keeps what was read in memory only, until
/// [`Session::forget`].
pub struct Session {
    options: Options,
    reader: Reader,
    live: Live,
    look: Look,
    earlier: Vec<Slip>,
}

impl fmt::Debug for Session {
    // A person's notices: never in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("today", &self.options.today)
            .field("earlier", &self.earlier.len())
            .finish_non_exhaustive()
    }
}

/// What `symbol` must know of the payment barcode's digits, as the layout table yields it.
#[must_use]
pub fn grammar() -> Grammar {
    Grammar { pairs: &gs1::PAIRS, checks: gs1::check_digit_holds }
}

/// A day as `YYYY-MM-DD`, and nothing else that a date may be written as.
#[must_use]
pub fn day(text: &str) -> Option<Date> {
    crate::day::parse(text)
}

/// The symbols of one reading as a person would name them: each once, those that check first, payment codes
/// before others.
#[must_use]
pub fn describe(symbols: &[crate::symbol::Symbol]) -> Vec<Seen> {
    let mut all: Vec<Seen> = symbols.iter().map(Seen::of).collect();
    sort_few_by_key(&mut all, |seen| (!seen.valid, seen.kind));
    let mut once: Vec<Seen> = Vec::with_capacity(all.len());
    for seen in all {
        if !once.iter().any(|known| known.same(&seen)) {
            once.push(seen);
        }
    }
    once
}

/// What is in hand: the symbols of one paper and what they say.
#[derive(Clone, Default)]
struct Look {
    symbols: Vec<Seen>,
    slip: Slip,
    /// Two different notices of one kind: none of them may be chosen.
    several: bool,
}

impl Look {
    /// What one picture shows.
    fn of(symbols: Vec<Seen>) -> Self {
        let count = |kind: Kind| symbols.iter().filter(|s| s.valid && s.kind == kind).count();
        let several = count(Kind::Gs1_128Payment) > 1 || count(Kind::ElQr) > 1;
        let mut slip = Slip::default();
        if !several {
            for seen in symbols.iter().filter(|s| s.valid && s.kind.is_payment()) {
                match notice::parse(&seen.text) {
                    Ok(Notice::Gs1(notice)) => slip.barcode = Some(notice),
                    Ok(Notice::ElQr(notice)) => slip.el_qr = Some(notice),
                    Err(_) => {}
                }
            }
        }
        Self { symbols, slip, several }
    }

    fn has_notice(&self) -> bool {
        self.slip.barcode.is_some() || self.slip.el_qr.is_some()
    }

    /// The barcode's notice, or the eL-QR's where there is no barcode.
    fn notice(&self) -> Option<Notice> {
        let barcode = self.slip.barcode.clone().map(Notice::Gs1);
        barcode.or_else(|| self.slip.el_qr.clone().map(Notice::ElQr))
    }

    /// What can be said of symbols that give no notice, or of an eL-QR beside a barcode that contradicts itself.
    fn troubles(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.several {
            findings.push(Finding { severity: Severity::Ask, fact: Fact::SeveralNotices });
        }
        for seen in &self.symbols {
            let error = if seen.kind.is_payment() { notice::parse(&seen.text).err() } else { None };
            let told = match (seen.kind, error) {
                (_, Some(error)) if !self.has_notice() || matches!(error, NoticeError::Amounts { .. }) => {
                    check::of_error(&error)
                }
                _ if self.has_notice() || self.several => Vec::new(),
                (Kind::WebLink, _) => vec![Finding { severity: Severity::Stop, fact: Fact::WebLink }],
                (Kind::OtherQr, _) => vec![not_a_payment_code("other-qr")],
                // 44 digits behind another application identifier say themselves where they differ.
                (Kind::OtherCode, _) => match notice::parse(&seen.text) {
                    Err(error @ NoticeError::NotThisKind { .. }) => check::of_error(&error),
                    _ => vec![not_a_payment_code("other-code")],
                },
                _ => Vec::new(),
            };
            for finding in told {
                if !findings.iter().any(|known: &Finding| known.fact == finding.fact) {
                    findings.push(finding);
                }
            }
        }
        findings
    }
}

fn not_a_payment_code(found: &str) -> Finding {
    let expected = "gs1-128-payment, el-qr".to_owned();
    let fact = Fact::NotAPaymentCode { group: 0, position: 0, expected, found: found.to_owned() };
    Finding { severity: Severity::Stop, fact }
}

impl Session {
    /// A visit that has seen nothing yet.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            options,
            reader: Reader::new(grammar()),
            live: Live::default(),
            look: Look::default(),
            earlier: Vec::new(),
        }
    }

    /// A frame of the running camera. A report comes once two frames agree on a notice; a code that is none is told
    /// only after it was seen in [`AGREE_OTHER`] frames and no notice was.
    pub fn frame(&mut self, frame: Frame<'_>) -> Outcome {
        let reading = self.reader.watch(frame);
        let mut seen = describe(&reading.symbols);
        for seen in
            seen.iter_mut().filter(|s| s.kind == Kind::Gs1_128Payment && Some(&s.text) == reading.together.as_ref())
        {
            seen.frames = AGREE;
        }
        let outcome = self.take_live(seen, reading.gathering, reading.advice);
        let advice = outcome.advice.unwrap_or(reading.advice);
        let here = Coach { advice, confidence: 1.0, at: outcome.corners };
        Outcome { coach: Some(if advice == reading.advice { reading.coach } else { here }), ..outcome }
    }

    /// What [`Session::frame`] does after reading: the decision, apart from pixels. `gathering` as in
    /// [`Reading`](crate::symbol::Reading).
    pub fn take_live(&mut self, seen: Vec<Seen>, gathering: bool, advice: Advice) -> Outcome {
        let corners = seen.first().and_then(|first| first.corners);
        let report = match self.live.see(&seen, gathering) {
            News::Nothing => None,
            News::Payment(believed) => {
                self.look = Look::of(believed);
                Some(self.report_of(&self.look))
            }
            News::Other(others) => Some(self.report_of(&Look::of(others))),
        };
        let advice = match (&report, advice) {
            // One frame has read it; the next shall see the same.
            (None, Advice::Done) => Advice::HoldStill,
            // The same of an eL-QR, whatever else the reader would have better seen.
            (None, _) if seen.iter().any(|s| s.valid && s.kind.is_payment()) => Advice::HoldStill,
            (_, advice) => advice,
        };
        Outcome { report, advice: Some(advice), corners, ..Outcome::default() }
    }

    /// A photo file.
    pub fn photo(&mut self, bytes: &[u8]) -> Outcome {
        match still::decode(bytes) {
            Ok(picture) => self.picture(picture.frame()),
            Err(error) => Outcome { error: Some(Trouble::Photo((&error).into())), ..Outcome::default() },
        }
    }

    /// A photo that is decoded already: one look is enough.
    pub fn picture(&mut self, frame: Frame<'_>) -> Outcome {
        let reading = self.reader.study(frame);
        let seen = describe(&reading.symbols);
        self.take_still(seen, reading.advice)
    }

    /// What [`Session::picture`] does after reading: the decision, apart from pixels. A picture without a notice
    /// leaves what is in hand as it is.
    pub fn take_still(&mut self, seen: Vec<Seen>, advice: Advice) -> Outcome {
        let corners = seen.first().and_then(|first| first.corners);
        if seen.is_empty() {
            let error = Some(Trouble::Photo(PhotoTrouble::NoCode));
            return Outcome { advice: Some(advice), error, ..Outcome::default() };
        }
        let look = Look::of(seen);
        let report = self.report_of(&look);
        if look.has_notice() || look.several {
            self.start_anew();
            self.look = look;
        }
        Outcome { report: Some(report), advice: Some(advice), corners, ..Outcome::default() }
    }

    /// Typed or pasted digits, or what a hand scanner sent. The other code of the same slip may follow: it joins the
    /// slip in hand. Another number of the same kind is another slip and takes its place.
    pub fn digits(&mut self, text: &str) -> Outcome {
        let digits = match input::normalise(text) {
            Ok(digits) => digits,
            Err(error) => {
                let report = self.finished(Look::default(), check::of_input_error(&error));
                return Outcome { report: Some(report), error: Some(Trouble::Input(error)), ..Outcome::default() };
            }
        };
        // No symbol is at hand to ask: 44 digits can only be the barcode's, 255 the eL-QR's.
        let kind = match notice::classify(&digits) {
            TextKind::Gs1Payment => Kind::Gs1_128Payment,
            TextKind::ElQr => Kind::ElQr,
            TextKind::WebLink | TextKind::Other => Kind::OtherCode,
        };
        let error = notice::parse(&digits).err();
        let seen = Seen { kind, text: digits, valid: error.is_none(), corners: None, frames: 1 };
        if let Some(error) = error {
            let symbols = if kind.is_payment() { vec![seen] } else { Vec::new() };
            let report = self.finished(Look { symbols, ..Look::default() }, check::of_error(&error));
            return Outcome { report: Some(report), error: Some(Trouble::Notice(error)), ..Outcome::default() };
        }
        self.start_anew();
        let mut symbols: Vec<Seen> = Vec::new();
        let another = |known: &Seen| known.kind == seen.kind && !known.same(&seen);
        if !self.look.several && !self.look.symbols.iter().any(another) {
            symbols
                .extend(self.look.symbols.iter().filter(|s| s.valid && s.kind.is_payment() && !s.same(&seen)).cloned());
        }
        symbols.push(seen);
        self.look = Look::of(symbols);
        Outcome { report: Some(self.report_of(&self.look)), ..Outcome::default() }
    }

    /// Judges digits while they are typed; keeps nothing.
    #[must_use]
    pub fn typing(&self, groups: &[&str]) -> typing::Typing {
        typing::judge(groups)
    }

    /// The next slip: what is in hand becomes one seen earlier.
    pub fn next(&mut self) {
        let look = std::mem::take(&mut self.look);
        self.start_anew();
        if look.has_notice() {
            if self.earlier.len() == EARLIER {
                self.earlier.remove(0);
            }
            self.earlier.push(look.slip);
        }
    }

    /// Everything is gone: the next visitor.
    pub fn forget(&mut self) {
        self.look = Look::default();
        self.start_anew();
        self.earlier = Vec::new();
    }

    /// What the frames so far have shown belongs to another look.
    fn start_anew(&mut self) {
        self.live = Live::default();
        self.reader.forget();
    }

    /// Midnight has passed, or the clock was set. What is in hand is judged anew by [`Session::report`].
    pub fn set_today(&mut self, today: Date, built: Option<Date>) {
        self.options.today = today;
        self.options.built = built;
    }

    /// What can be told of the slip in hand.
    #[must_use]
    pub fn report(&self) -> Option<Report> {
        let told = self.look.has_notice() || self.look.several;
        told.then(|| self.report_of(&self.look))
    }

    /// What a run of frames comes to when no more will follow: the notice believed so far, even if a second code was
    /// still being waited for, or else whatever other code was seen.
    #[must_use]
    pub fn settle(&mut self) -> Option<Report> {
        let believed = self.live.believed();
        if !believed.is_empty() {
            self.look = Look::of(believed);
        }
        self.report().or_else(|| {
            let others = self.live.glimpsed();
            (!others.is_empty()).then(|| self.report_of(&Look::of(others)))
        })
    }

    fn report_of(&self, look: &Look) -> Report {
        self.finished(look.clone(), look.troubles())
    }

    /// Adds what the check room finds, the verdict and the answer.
    fn finished(&self, look: Look, troubles: Vec<Finding>) -> Report {
        let context = Context {
            today: self.options.today,
            built: self.options.built,
            profile: self.options.profile.as_ref(),
            earlier: &self.earlier,
        };
        let mut findings = troubles;
        if look.has_notice() {
            findings.extend(check::check(&look.slip, &context));
            sort_few_by_key(&mut findings, |finding| std::cmp::Reverse(finding.severity));
        }
        let verdict = guide::verdict(look.has_notice(), &findings);
        let answer = guide::answer(&look.slip, &findings, &context);
        Report { notice: look.notice(), symbols: look.symbols, findings, verdict, answer: Some(answer) }
    }
}
