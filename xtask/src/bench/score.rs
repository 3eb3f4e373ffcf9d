//! What counts as a read, and what as a false one: the same judge for every engine.

use super::slice::{Symbology, Truth};
use maecheck::notice;

/// What one engine made of one frame.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Score {
    /// Whether the payment text that the frame shows is among its answers.
    pub read: bool,
    /// Answers that an integrator would have paid by, and that the frame does not show.
    pub wrong: Vec<String>,
}

/// Judges the texts that an engine gave.
///
/// A text counts when [`notice::parse`] takes it: the length, fixed digits and check digits hold. The peers know nothing
/// of these, but whoever builds on them can ask as much, so that a text that fails is no answer instead of a false one.
/// It is false when no symbol of the sheet says so, or only one that must not be believed: torn, covered, spoilt.
pub fn score(texts: &[String], truth: &Truth, symbology: Symbology) -> Score {
    let mut score = Score::default();
    let target = truth.target(symbology);
    for text in texts {
        let text = plain(text);
        if notice::parse(&text).is_err() {
            continue;
        }
        if target == Some(text.as_str()) {
            score.read = true;
        } else if !truth.shows(&text) && !score.wrong.contains(&text) {
            score.wrong.push(text);
        }
    }
    score
}

/// A text without what libraries add to it: the symbology identifier in front (ISO/IEC 15424), FNC1 as group separator,
/// brackets around application identifiers.
fn plain(text: &str) -> String {
    text.trim_start_matches("]C1").chars().filter(|c| !matches!(c, '\u{1d}' | '(' | ')')).collect()
}

#[cfg(test)]
mod tests {
    use super::super::slice::Code;
    use super::*;

    /// Dummy issuer; the last digit is the check digit.
    const DIGITS: &str = "91912345000012025010123456780026093000125005";
    const OTHER: &str = "91912345000012025010123456780126093000125004";
    const SPOILT: &str = "91912345000012025010123456780026093000125006";

    fn code(text: &str, valid: bool, kind: &str) -> Code {
        Code {
            kind: kind.to_owned(),
            text: text.to_owned(),
            valid,
            in_view: true,
            module_px: 2.0,
            corners: [(0.0, 0.0); 4],
        }
    }

    #[test]
    fn texts_are_read_false_or_nothing() {
        let on_sheet = |codes: Vec<Code>, digits: Option<&str>| Truth {
            digits: digits.map(str::to_owned),
            codes,
            ..Truth::default()
        };
        let good = || on_sheet(vec![code(DIGITS, true, "gs1-128-payment")], Some(DIGITS));
        let torn = || on_sheet(vec![code(DIGITS, false, "gs1-128-payment")], None);
        let plain_code_128 = || on_sheet(vec![code(DIGITS, true, "other-code")], None);
        let two = || {
            let codes = vec![code(DIGITS, true, "gs1-128-payment"), code(OTHER, true, "gs1-128-payment")];
            on_sheet(codes, Some(DIGITS))
        };
        let nothing = || on_sheet(Vec::new(), None);
        /// Why it is here, what the frame shows, what an engine says, whether that is a read, what of it is false.
        type Case<'a> = (&'a str, Truth, &'a [&'a str], bool, &'a [&'a str]);
        let cases: [Case<'_>; 14] = [
            ("the digits as they are", good(), &[DIGITS], true, &[]),
            ("as ZXing prints them for people", good(), &["(91)912345000012025010123456780026093000125005"], true, &[]),
            ("with the symbology identifier", good(), &["]C191912345000012025010123456780026093000125005"], true, &[]),
            ("with a group separator", good(), &["91912345000012025010123456780026093000125005\u{1d}"], true, &[]),
            ("no answer", good(), &[], false, &[]),
            ("another notice that checks", good(), &[OTHER], false, &[OTHER]),
            ("the right one and another", good(), &[OTHER, DIGITS], true, &[OTHER]),
            ("the same wrong one twice is one", good(), &[OTHER, OTHER], false, &[OTHER]),
            ("a wrong check digit: an integrator would see it", good(), &[SPOILT], false, &[]),
            ("text that is no notice", good(), &["4901234567894", "https://example.com/"], false, &[]),
            ("a notice where there is none", nothing(), &[DIGITS], false, &[DIGITS]),
            ("a torn symbol's digits must have been guessed", torn(), &[DIGITS], false, &[DIGITS]),
            ("right, but in a symbology that is none of payment's", plain_code_128(), &[DIGITS], false, &[]),
            ("the sheet's second notice is no false read", two(), &[OTHER, DIGITS], true, &[]),
        ];
        for (why, truth, texts, read, wrong) in cases {
            let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            let expected = Score { read, wrong: wrong.iter().map(|text| (*text).to_owned()).collect() };
            assert_eq!(score(&texts, &truth, Symbology::Code128), expected, "{why}");
        }
    }

    #[test]
    fn a_qr_slice_asks_for_the_el_qr_and_takes_the_bar_code_for_no_read() {
        // Body 99999 and item 999 do not exist.
        let el_qr = [
            "0002010102122796000513800018304000000000000000001250021380009990000021000002026099900000011234560999",
            "9900000000005411000000125006226202620260320260930202610318085",
            &"0".repeat(85),
            "630554708",
        ]
        .concat();
        let truth = Truth { digits: Some(DIGITS.to_owned()), elqr: Some(el_qr.clone()), ..Truth::default() };
        let read = |text: &str| score(&[text.to_owned()], &truth, Symbology::Qr);
        assert_eq!(read(&el_qr), Score { read: true, wrong: Vec::new() });
        assert_eq!(read(DIGITS), Score::default(), "shown, but not what the slice asks for");
    }
}
