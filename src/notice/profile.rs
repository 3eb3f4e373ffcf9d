//! A ward's facts: charges, codes, the free-use area's layout, apps, counters, telephone numbers.
//!
//! One TOML file per body under `www/profiles/`; its form is described field by field, for people with a text editor,
//! in `www/profiles/README.md`. Whatever is not published is written as `"unknown"`: nothing here is ever guessed.

mod problems;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{elqr::ElQrNotice, gs1::Gs1Notice};
pub use problems::{Path, Problem, Step, say};

/// How many digits the free-use area has.
pub const FREE_USE: usize = 21;

/// How many digits of the free-use area, from its first, the collection agent gives out as the user code
/// (収納企業コード). Sources: Kaizuka city's tender ("at least 16 of the 21 are the city's"), DSK client.
pub const USER_CODE: usize = 5;

/// A fact that may not be published. In a file: the value, or the word `"unknown"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Known<T> {
    /// Nobody has published it, or nobody has looked.
    #[default]
    Unknown,
    /// The fact.
    Is(T),
}

impl<T> Known<T> {
    /// The fact, if it is known.
    pub const fn get(&self) -> Option<&T> {
        match self {
            Self::Unknown => None,
            Self::Is(fact) => Some(fact),
        }
    }
}

#[derive(Serialize, Deserialize)]
enum Unknown {
    #[serde(rename = "unknown")]
    Unknown,
}

impl<T: Serialize> Serialize for Known<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unknown => Unknown::Unknown.serialize(serializer),
            Self::Is(fact) => fact.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Known<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "expected a value of the right kind, or the word \"unknown\"")]
        enum Either<T> {
            Unknown(Unknown),
            Is(T),
        }
        Ok(match Either::deserialize(deserializer)? {
            Either::Unknown(_) => Self::Unknown,
            Either::Is(fact) => Self::Is(fact),
        })
    }
}

/// A day that may be unknown, as `YYYY-MM-DD`.
mod known_day {
    use jiff::civil::Date;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Known;

    #[derive(Serialize, Deserialize)]
    struct Day(#[serde(with = "crate::day")] Date);

    pub(super) fn serialize<S: Serializer>(day: &Known<Date>, serializer: S) -> Result<S::Ok, S::Error> {
        day.get().map_or(Known::Unknown, |day| Known::Is(Day(*day))).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Known<Date>, D::Error> {
        Ok(match Known::<Day>::deserialize(deserializer)? {
            Known::Unknown => Known::Unknown,
            Known::Is(Day(day)) => Known::Is(day),
        })
    }
}

/// A name in both source languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// Japanese, as the ward writes it.
    pub ja: String,
    /// English.
    pub en: String,
}

/// Whether a body exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A ward, city, town, village or prefecture.
    Real,
    /// Made up, for tests and for trying out.
    Sample,
}

/// Where facts are from. Each record names one by its `id`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// A short name, unique in the file.
    pub id: String,
    /// What it is: title, who issued it.
    pub title: String,
    /// The day, month or year that it is from, or in which it was read: `2025-06-13`, `2025-06`, `2025`.
    pub date: String,
    /// How far it can be relied on.
    pub confidence: Confidence,
}

/// How far a source can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// The body's own staff looked it over.
    Confirmed,
    /// A document of the body's own says so.
    Published,
    /// Concluded from other facts.
    Inferred,
    /// Made up for a sample.
    Example,
}

/// Which source a record's facts are from: one for the record, others for single fields where they differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Sources {
    /// All facts of the record.
    One(String),
    /// By field; `"*"` is for all others.
    ByField(BTreeMap<String, String>),
}

impl Sources {
    /// The source of one field.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<&str> {
        match self {
            Self::One(id) => Some(id),
            Self::ByField(ids) => ids.get(field).or_else(|| ids.get("*")).map(String::as_str),
        }
    }
}

/// Who collects: what stands in the barcode and the eL-QR for this body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payee {
    /// The body's code in JIS X 0402, six digits with check digit. Its first five are by all appearance the eL-QR's
    /// 共通納税機関コード.
    pub jis: Known<String>,
    /// 請求書発行企業コード of the collection agents that print this body's notices: six digits each.
    pub issuers: Known<Vec<String>>,
    /// Where this is known from.
    pub source: Sources,
}

/// What a field of the free-use area is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// 収納企業コード, given by the collection agent.
    UserCode,
    /// 処理区分.
    Process,
    /// 賦課年度: the fiscal year in which the charge was levied.
    LevyYear,
    /// 相当年度: the fiscal year that the charge is for.
    EquivalentYear,
    /// 通知書番号: the bill's number. Personal data.
    Number,
    /// 期別: the instalment.
    Period,
    /// 延滞金 in yen.
    LateCharge,
    /// Whether 延滞金 is in the amount: 0 = no.
    LateChargeFlag,
    /// Digits without meaning that fill the area.
    Filler,
    /// Something else.
    Other,
}

/// One field of the free-use area, in the order of the digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreeUseField {
    /// What it is for.
    pub role: Role,
    /// What the ward calls it.
    pub ja: String,
    /// In English.
    pub en: String,
    /// How many digits.
    pub width: Known<u8>,
}

/// A tax, premium or fee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Charge {
    /// A short name, unique in the file.
    pub id: String,
    /// What the ward calls it.
    pub ja: String,
    /// In English.
    pub en: String,
    /// The most that one slip of this charge may ask for through the barcode, in yen, where the body states it.
    pub ceiling: Known<u32>,
    /// How many instalments a year has.
    pub periods: Known<u8>,
    /// What stands in the period field of the sheet for the whole year, two digits.
    pub whole_year: Known<String>,
    /// Whether payment is asked for at a vehicle inspection.
    pub vehicle: bool,
    /// Whether slips carry an eL-QR.
    pub el_qr: Known<bool>,
    /// 税目・料金番号 of this charge in the eL-QR, three digits each.
    pub el_qr_items: Known<Vec<String>>,
    /// 収納企業コード of this charge in the barcode, five digits each: the first of the free-use area.
    pub user_codes: Known<Vec<String>>,
    /// The free-use area's fields in their order.
    pub free_use: Known<Vec<FreeUseField>>,
    /// Where this is known from.
    pub source: Sources,
}

/// An app by which the body takes payment.
///
/// Unknown facts are not held against it: the person will see in the app itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct App {
    /// A short name, unique in the file.
    pub id: String,
    /// Its name as people see it in the shop for apps.
    pub ja: String,
    /// In English.
    pub en: String,
    /// Whether it takes this body's barcodes.
    pub barcode: Known<bool>,
    /// Whether it takes this body's eL-QR codes.
    pub el_qr: Known<bool>,
    /// The most that it takes in one payment, in yen.
    pub ceiling: Known<u32>,
    /// The first day on which the body takes payment by it.
    #[serde(with = "known_day")]
    pub from: Known<Date>,
    /// The last one; unknown where no end has been announced.
    #[serde(with = "known_day")]
    pub until: Known<Date>,
    /// The charges (their `id`) that it can be used for.
    pub charges: Known<Vec<String>>,
    /// Where this is known from.
    pub source: Sources,
}

/// Whom to call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// The section's name.
    pub ja: String,
    /// In English.
    pub en: String,
    /// Its number, ASCII digits and hyphens. Never one that was read from a slip.
    pub telephone: Known<String>,
    /// When it answers.
    pub hours: Known<Names>,
    /// The charges (their `id`) that it answers for.
    pub charges: Known<Vec<String>>,
    /// Where this is known from.
    pub source: Sources,
}

/// Where to go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counter {
    /// Its name.
    pub ja: String,
    /// In English.
    pub en: String,
    /// Building, floor, number of the window.
    pub place: Known<Names>,
    /// When it is open.
    pub hours: Known<Names>,
    /// Where this is known from.
    pub source: Sources,
}

/// One body's facts, from its TOML file under `www/profiles/`.
///
/// The same form serves as a JavaScript object. Unknown keys are refused in both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The file's name without its ending: `shinjuku`.
    pub id: String,
    /// Whether the body exists.
    pub kind: Kind,
    /// Its name, in Japanese.
    pub ja: String,
    /// In English.
    pub en: String,
    /// Who collects.
    pub payee: Payee,
    /// Where the facts are from.
    pub sources: Vec<Source>,
    /// What is charged.
    pub charges: Vec<Charge>,
    /// Apps by which the body takes payment.
    #[serde(default)]
    pub apps: Vec<App>,
    /// Whom to call.
    #[serde(default)]
    pub contacts: Vec<Contact>,
    /// Where to go.
    #[serde(default)]
    pub counters: Vec<Counter>,
}

/// Whether a code belongs to the body, as far as the profile can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Listed {
    /// It is on the profile's list.
    Yes,
    /// The list is complete, and it is not on it.
    No,
    /// The profile has no such list.
    Unknown,
}

/// A free-use field with the digits found in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// What the profile says of it.
    pub field: &'a FreeUseField,
    /// Its digits.
    pub digits: &'a str,
}

impl Charge {
    /// Splits a free-use area into this charge's fields.
    ///
    /// `None` unless every width is known and they make up all 21 digits: half a layout would put the digits of one
    /// field under the name of another.
    #[must_use]
    pub fn decode<'a>(&'a self, free_use: &'a str) -> Option<Vec<Decoded<'a>>> {
        let mut rest = free_use;
        let fields = self.free_use.get()?;
        let mut decoded = Vec::with_capacity(fields.len());
        for field in fields {
            let (digits, after) = rest.split_at_checked(usize::from(*field.width.get()?))?;
            decoded.push(Decoded { field, digits });
            rest = after;
        }
        (rest.is_empty() && !decoded.is_empty()).then_some(decoded)
    }
}

impl Profile {
    /// Whether the barcode's issuer collects for this body.
    #[must_use]
    pub fn lists_issuer(&self, notice: &Gs1Notice) -> Listed {
        listed(self.payee.issuers.get().map(|issuers| issuers.contains(&notice.issuer)))
    }

    /// Whether the eL-QR's 共通納税機関コード is this body's, which is taken to be the first five digits of its JIS
    /// code (concluded from one prefecture's codes; not published).
    #[must_use]
    pub fn lists_body(&self, notice: &ElQrNotice) -> Listed {
        listed(self.payee.jis.get().map(|jis| jis.get(..5) == Some(&notice.tax_body)))
    }

    /// The charge of a barcode, by the user code at the beginning of its free-use area; only where the issuer is
    /// listed, for the code means nothing under another issuer.
    ///
    /// # Errors
    /// Why it cannot be told: [`Listed::No`] where all charges have their codes and none has this one,
    /// [`Listed::Unknown`] otherwise.
    pub fn charge_of_barcode(&self, notice: &Gs1Notice) -> Result<&Charge, Listed> {
        if self.lists_issuer(notice) != Listed::Yes {
            return Err(Listed::Unknown);
        }
        let code = notice.free_use.get(..USER_CODE).unwrap_or_default();
        self.charge_by(|charge| &charge.user_codes, code)
    }

    /// The charge of an eL-QR, by its 税目・料金番号.
    ///
    /// # Errors
    /// As [`Self::charge_of_barcode`].
    pub fn charge_of_el_qr(&self, notice: &ElQrNotice) -> Result<&Charge, Listed> {
        if self.lists_body(notice) != Listed::Yes {
            return Err(Listed::Unknown);
        }
        self.charge_by(|charge| &charge.el_qr_items, &notice.item)
    }

    fn charge_by(&self, codes: impl Fn(&Charge) -> &Known<Vec<String>>, code: &str) -> Result<&Charge, Listed> {
        let found = self.charges.iter().find(|c| codes(c).get().is_some_and(|list| list.iter().any(|c| c == code)));
        found.ok_or_else(|| {
            let all_known = self.charges.iter().all(|charge| codes(charge).get().is_some());
            if all_known { Listed::No } else { Listed::Unknown }
        })
    }

    /// A barcode's charge and the fields of its free-use area; nothing where the issuer is not listed, the charge is
    /// not told by the user code, or a width is open.
    #[must_use]
    pub fn decode<'a>(&'a self, notice: &'a Gs1Notice) -> Option<(&'a Charge, Vec<Decoded<'a>>)> {
        let charge = self.charge_of_barcode(notice).ok()?;
        Some((charge, charge.decode(&notice.free_use)?))
    }
}

fn listed(found: Option<bool>) -> Listed {
    match found {
        Some(true) => Listed::Yes,
        Some(false) => Listed::No,
        None => Listed::Unknown,
    }
}
