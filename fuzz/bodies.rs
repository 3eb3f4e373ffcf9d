//! What is done with bytes that somebody else chose, and what must hold then. Used by the fuzz targets and by
//! `tests/robust.rs`.
#![allow(dead_code)]

use jiff::civil::date;
use maecheck::frame::Frame;
use maecheck::notice::profile::Profile;
use maecheck::notice::{self, Notice, input, typing};
use maecheck::session::{self, Options, Seen, Session};
use maecheck::still;
use maecheck::symbol::Reader;

/// 12,500 yen until 2026-09-30, of the guideline's dummy issuer; and the same bill, issued again.
pub const WORDS: [&str; 2] =
    ["91912345000012025010123456780026093000125005", "91912345000012025010123456780126093000125004"];

/// Their bars and spaces in modules, by ISO/IEC 15417's table.
pub const BARS: [&str; 2] = [
    "21123241113141212141212131213111312321222221222211223222222123113122131211223213112333112124111221222232122122\
     12132121232122221122322311311312224112122331112",
    "21123241113141212141212131213111312321222221222211223222222123113122131211223213112333112124111221222232122122\
     12132121232122221122322311311213221341112331112",
];

/// A dark-or-light row of a symbol, `scale` pixels a module, with ten modules of white at both ends.
pub fn row(bars: &str, scale: usize) -> Vec<u8> {
    let widths = bars.bytes().map(|b| usize::from(b - b'0') * scale);
    let mut row = vec![230; 10 * scale];
    for (i, width) in widths.enumerate() {
        row.extend(std::iter::repeat_n(if i % 2 == 0 { 25 } else { 230 }, width));
    }
    row.extend(std::iter::repeat_n(230, 10 * scale));
    row
}

fn options(profile: Option<Profile>) -> Options {
    Options { today: date(2026, 8, 1), built: None, profile }
}

/// Bytes → a frame of any size and stride → the reader.
pub fn pixels(data: &[u8]) {
    let Some((head, rest)) = data.split_at_checked(6) else { return };
    let (mut width, mut height) = (1 + 2 * usize::from(head[0]), 1 + usize::from(head[1]));
    if head[2] & 0x80 != 0 {
        (width, height) = (height, width);
    }
    let byte = |i: usize| if rest.is_empty() { 0 } else { rest[i % rest.len()] };
    let mut packed: Vec<u8> = match head[3] % 4 {
        0 => (0..width * height).map(byte).collect(),
        1 => {
            // Bars as wide as the bytes say.
            let scale = 1 + usize::from(head[4] % 4);
            let mut line = Vec::with_capacity(width);
            for i in 0..width {
                let dark = i % 2 == 0;
                line.extend(std::iter::repeat_n(if dark { 30 } else { 220 }, scale * (1 + usize::from(byte(i) % 4))));
            }
            line.truncate(width);
            line.repeat(height)
        }
        kind => {
            // A genuine symbol whose pixels the bytes disturb: single ones, or whole columns.
            let line = row(BARS[usize::from(head[4] % 2)], 1 + usize::from(head[5] % 3));
            width = line.len();
            height = height.min(60);
            let mut all = line.repeat(height);
            for (i, disturbed) in rest.chunks_exact(3).enumerate() {
                let at = usize::from(u16::from_le_bytes([disturbed[0], disturbed[1]]));
                if kind == 2 {
                    let end = all.len();
                    all[(at + i) % end] ^= disturbed[2];
                } else {
                    all.iter_mut().skip(at % width).step_by(width).for_each(|p| *p = p.wrapping_add(disturbed[2]));
                }
            }
            all
        }
    };
    packed.truncate(width * height);
    let stride = width + usize::from(head[2] & 0x3f);
    let mut padded = vec![head[5]; stride * (height - 1) + width];
    for (from, to) in packed.chunks(width).zip(padded.chunks_mut(stride)) {
        to[..width].copy_from_slice(from);
    }
    let (Ok(plain), Ok(strided)) = (Frame::packed(&packed, width, height), Frame::new(&padded, width, height, stride))
    else {
        panic!("expected {width}×{height} bytes to be a frame");
    };
    let mut reader = Reader::new(session::grammar());
    let first = reader.read(plain);
    assert_eq!(first, reader.read(strided), "padding, or the frame before, changed what is read");
    for symbol in &first.symbols {
        assert!(symbol.corners.iter().all(|p| p.x.is_finite() && p.y.is_finite()), "a corner is nowhere");
        let seen = Seen::of(symbol);
        if seen.valid && seen.kind.is_payment() {
            assert!(notice::parse(&seen.text).is_ok(), "valid digits that are no notice");
        }
    }
}

/// Bytes → a photo file.
pub fn still(data: &[u8]) {
    if let Ok(picture) = still::decode(data) {
        let frame = picture.frame();
        let pixels = frame.width() as u64 * frame.height() as u64;
        assert!(pixels <= still::MAX_PIXELS, "{pixels} pixels");
    }
}

/// Bytes → what a person types, pastes or scans by hand.
pub fn digits(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut session = Session::new(options(None));
    let outcome = session.digits(&text);
    if let Some(notice) = outcome.report.and_then(|report| report.notice) {
        let plain = input::normalise(&text).unwrap_or_default();
        assert_eq!(notice::parse(&plain).as_ref(), Ok(&notice), "a notice that the digits do not say");
    }
    let groups: Vec<&str> = text.split('\n').collect();
    let _ = session.typing(&groups);
    let _ = typing::split(&text);
    session.next();
    let _ = session.digits(&text);
    session.forget();
    assert!(session.report().is_none(), "something is left");
}

/// Bytes → the text of a symbol.
pub fn payload(data: &[u8]) {
    // Digits more often than chance would have them, so that the layouts are reached.
    let text: String = match data.split_first() {
        Some((0..=127, rest)) => rest.iter().map(|b| char::from(b'0' + b % 10)).collect(),
        Some((_, rest)) => String::from_utf8_lossy(rest).into_owned(),
        None => return,
    };
    let _ = notice::classify(&text);
    match notice::parse(&text) {
        Ok(Notice::Gs1(notice)) => {
            assert_eq!(notice.to_string(), text, "written again it differs");
            let _ = notice.human_readable();
        }
        Ok(_) => assert_eq!(text.len(), notice::elqr::LENGTH, "an eL-QR of another length"),
        Err(error) => assert!(!error.to_string().is_empty(), "an error without words"),
    }
}

/// Bytes → a ward's profile; then notices are judged by it.
pub fn profile(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(profile) = toml::from_str::<Profile>(text) else { return };
    let mut session = Session::new(options(Some(profile)));
    for word in WORDS {
        let report = session.digits(word).report;
        assert!(report.is_some_and(|r| r.notice.is_some()), "a profile made sound digits unsound");
        session.next();
    }
}

/// Bytes → the order of what happens in one visit.
pub fn frames(data: &[u8]) {
    const HEIGHT: usize = 40;
    let shown: Vec<Vec<u8>> = BARS.iter().map(|bars| row(bars, 2)).collect();
    let width = shown[0].len();
    let mut session = Session::new(options(None));
    let mut seen = [false; 2];
    for op in data.iter().take(24) {
        let which = usize::from(op >> 3) % 2;
        let luma = match op % 8 {
            0..=2 => {
                seen[which] = true;
                let mut luma = vec![230; 10 * width];
                luma.extend(shown[which].repeat(HEIGHT));
                luma.extend(vec![230; 10 * width]);
                luma
            }
            3 => vec![*op; width * HEIGHT],
            4 => (0..width * HEIGHT).map(|i| (i * usize::from(*op) / 7 % 251) as u8).collect(),
            5 => {
                session.next();
                continue;
            }
            6 => {
                session.forget();
                assert!(session.report().is_none(), "something is left");
                seen = [false; 2];
                continue;
            }
            _ => {
                seen[which] = true;
                let _ = session.digits(WORDS[which]);
                continue;
            }
        };
        let Ok(frame) = Frame::packed(&luma, width, luma.len() / width) else { continue };
        let outcome = session.frame(frame);
        for believed in outcome.report.iter().flat_map(|r| &r.symbols).filter(|s| s.valid && s.kind.is_payment()) {
            let known = WORDS.iter().zip(seen).any(|(word, seen)| seen && *word == believed.text);
            assert!(known, "a number that was never shown");
        }
    }
}
