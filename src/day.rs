//! A day as text, `YYYY-MM-DD`, and the distance of two. The calendar itself (which days there are, which comes first)
//! is `jiff`'s; its general parser and printer of times, zones and spans would be a tenth of the wasm.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serializer, de};

/// `YYYY-MM-DD` for the years 0 to 9999, which is all that a notice, a profile or a clock can hold.
pub(crate) fn text(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
}

/// A day written as `YYYY-MM-DD` and in no other way.
pub(crate) fn parse(text: &str) -> Option<Date> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
    if !shape {
        return None;
    }
    Date::new(text.get(..4)?.parse().ok()?, text.get(5..7)?.parse().ok()?, text.get(8..)?.parse().ok()?).ok()
}

/// Days from one to the other, negative where `to` lies before. Whole days: no time zone comes into it.
pub(crate) fn between(from: Date, to: Date) -> i32 {
    count(to) - count(from)
}

/// Days since a fixed day, by the proleptic Gregorian calendar. The year is taken to begin in March, so that the leap
/// day comes last (H. F. Fliegel, T. C. Van Flandern, CACM 11 (1968) 657).
fn count(date: Date) -> i32 {
    let (year, month, day) = (i32::from(date.year()), i32::from(date.month()), i32::from(date.day()));
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (153 * month + 2) / 5 + day
}

/// For `#[serde(with)]`.
pub(crate) fn serialize<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(*date))
}

/// For `#[serde(with)]`.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text)
        .ok_or_else(|| de::Error::invalid_value(de::Unexpected::Str(&text), &"a day of the calendar as YYYY-MM-DD"))
}

/// The same for a day that may be missing.
pub(crate) mod option {
    use super::{Date, Serializer};

    /// For `#[serde(serialize_with)]`.
    pub(crate) fn serialize<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
        match date {
            Some(date) => serializer.serialize_some(&super::text(*date)),
            None => serializer.serialize_none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn text_and_back() {
        for (text_form, day) in [
            ("2026-11-21", Some(date(2026, 11, 21))),
            ("2028-02-29", Some(date(2028, 2, 29))),
            ("0001-01-01", Some(date(1, 1, 1))),
            // No day of the calendar.
            ("2026-02-29", None),
            ("2026-13-01", None),
            ("2026-00-10", None),
            // Other ways of writing one.
            ("2026-1-1", None),
            ("20261121", None),
            ("2026-11-21T00:00", None),
            ("+026-11-21", None),
            ("２０２６-11-21", None),
            ("", None),
        ] {
            assert_eq!(parse(text_form), day, "{text_form}");
            if let Some(day) = day {
                assert_eq!(text(day), text_form);
            }
        }
    }

    #[test]
    fn distances_are_jiffs() {
        let days = [
            date(2024, 2, 28),
            date(2024, 2, 29),
            date(2024, 3, 1),
            date(2026, 11, 21),
            date(2100, 3, 1),
            date(1, 1, 1),
        ];
        for from in days {
            for to in days {
                assert_eq!(between(from, to), from.until(to).unwrap().get_days(), "{from} to {to}");
            }
        }
    }
}
