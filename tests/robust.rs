//! What must hold whatever comes in: the fuzz targets' bodies on drawn bytes, and properties of pictures and of the
//! order of frames.

#[path = "../fuzz/bodies.rs"]
mod bodies;

use jiff::civil::date;
use maecheck::frame::{Frame, Picture};
use maecheck::notice::{self, Notice};
use maecheck::session::{self, Options, Session};
use maecheck::symbol::{Reader, Reading};
use proptest::prelude::*;

/// A few: longer runs are the fuzzer's.
fn few(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(few(48))]

    #[test]
    fn any_pixels_are_read_without_harm(bytes in prop::collection::vec(any::<u8>(), 6..400)) {
        bodies::pixels(&bytes);
    }

    #[test]
    fn any_order_of_frames_believes_only_what_was_shown(order in prop::collection::vec(any::<u8>(), 1..12)) {
        bodies::frames(&order);
    }
}

proptest! {
    #![proptest_config(few(400))]

    #[test]
    fn any_file_is_a_picture_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300), kind in 0..4usize) {
        let magic: &[u8] = [b"".as_slice(), b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x40\0\0\0WEBPVP8 "][kind];
        bodies::still(&[magic, &bytes].concat());
    }

    #[test]
    fn any_typing_is_judged(bytes in prop::collection::vec(any::<u8>(), 0..300), sound in 0..3usize) {
        bodies::digits(&bytes);
        let near = [bodies::WORDS.get(sound).copied().unwrap_or_default().as_bytes(), &bytes[..bytes.len().min(3)]];
        bodies::digits(&near.concat());
    }

    #[test]
    fn any_digits_are_a_notice_or_an_error(length in prop::sample::select(vec![0usize, 1, 43, 44, 45, 254, 255, 256]),
        bytes in prop::collection::vec(any::<u8>(), 257)) {
        bodies::payload(&bytes[..=length]);
        bodies::payload(bodies::WORDS[0].as_bytes().split_last().map_or(&[][..], |(_, rest)| rest));
    }

    #[test]
    fn any_profile_judges_or_is_refused(cut in 0..4000usize, with in "[a-z\"\\[\\]=\n0-9]{0,12}") {
        let sample = include_str!("../www/profiles/sample.toml");
        let cut = (0..=cut.min(sample.len())).rev().find(|at| sample.is_char_boundary(*at)).unwrap_or(0);
        bodies::profile(format!("{}{with}{}", &sample[..cut], &sample[cut..]).as_bytes());
        bodies::profile(format!("{}{with}", &sample[..cut]).as_bytes());
    }
}

/// A payment symbol turned by `degrees`, `scale` pixels a module, each pixel the mean of sixteen places.
fn view(scale: f32, degrees: f32) -> (Vec<u8>, usize, usize) {
    let row = bodies::row(bodies::BARS[0], 1);
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (across, high) = (row.len() as f32, 60.0f32);
    let size = |a: f32, b: f32| (scale * (across * a.abs() + high * b.abs()) + 40.0) as usize;
    let (width, height) = (size(cos, sin), size(sin, cos));
    let mut luma = Vec::with_capacity(width * height);
    for y in 0..height {
        for x in 0..width {
            let sum: f32 = (0..16)
                .map(|i| {
                    let dx = x as f32 + (i % 4) as f32 / 4.0 - 0.375 - (width as f32 - 1.0) / 2.0;
                    let dy = y as f32 + (i / 4) as f32 / 4.0 - 0.375 - (height as f32 - 1.0) / 2.0;
                    let (u, v) = ((dx * cos + dy * sin) / scale + across / 2.0, (dy * cos - dx * sin) / scale);
                    let inside = v.abs() <= high / 2.0 && (0.0..across).contains(&u);
                    if inside { f32::from(row[u as usize]) } else { 230.0 }
                })
                .sum();
            luma.push((sum / 16.0) as u8);
        }
    }
    (luma, width, height)
}

fn read((luma, width, height): &(Vec<u8>, usize, usize)) -> Reading {
    Reader::new(session::grammar()).read(Frame::packed(luma, *width, *height).unwrap())
}

fn texts(reading: &Reading) -> Vec<&str> {
    reading.symbols.iter().filter(|s| s.valid).map(|s| s.text.as_str()).collect()
}

/// Scales and angles for the properties of pictures: both paths, upright, on its side and between.
const VIEWS: [(f32, f32); 5] = [(3.0, 0.0), (2.0, 8.0), (2.4, 90.0), (1.7, 37.0), (1.1, 3.0)];

#[test]
fn a_picture_turned_by_half_says_the_same_from_the_same_corners() {
    for (scale, degrees) in VIEWS {
        let (luma, width, height) = view(scale, degrees);
        let turned = (luma.iter().rev().copied().collect(), width, height);
        let (plain, turned) = (read(&(luma, width, height)), read(&turned));
        assert_eq!(texts(&plain), [bodies::WORDS[0]], "{scale} pixels a module, {degrees}°");
        assert_eq!(texts(&plain), texts(&turned), "{scale} pixels a module, {degrees}°, turned");
        for (a, b) in plain.symbols[0].corners.iter().zip(turned.symbols[0].corners) {
            // The start of the symbol is its start however the paper lies; along it both must agree within a module or
            // two, and lines may have been laid a little higher or lower.
            let (x, y) = (width as f32 - 1.0 - b.x - a.x, height as f32 - 1.0 - b.y - a.y);
            let (sin, cos) = degrees.to_radians().sin_cos();
            assert!((x * cos + y * sin).abs() < 2.0 * scale, "{scale}, {degrees}°: {a:?} and {b:?}");
        }
    }
}

#[test]
fn more_white_around_changes_nothing() {
    for (scale, degrees) in VIEWS {
        let (luma, width, height) = view(scale, degrees);
        for (left, above, right, below) in [(0, 7, 0, 0), (13, 0, 0, 0), (0, 0, 9, 30), (1, 1, 1, 1)] {
            let wide = left + width + right;
            let mut more = vec![230; wide * above];
            for row in luma.chunks(width) {
                more.extend(std::iter::repeat_n(230, left));
                more.extend_from_slice(row);
                more.extend(std::iter::repeat_n(230, right));
            }
            more.extend(std::iter::repeat_n(230, wide * below));
            let reading = read(&(more, wide, above + height + below));
            assert_eq!(texts(&reading), [bodies::WORDS[0]], "{scale}, {degrees}°, {left} {above} {right} {below}");
        }
    }
}

#[test]
fn frames_in_any_order_end_in_the_same_belief() {
    let (luma, width, height) = view(2.0, 0.0);
    let notice = Picture::new(luma, width, height).unwrap();
    let white = Picture::new(vec![230; width * height], width, height).unwrap();
    let grain = Picture::new((0..width * height).map(|i| ((i as u64 * i as u64) % 251) as u8).collect(), width, height)
        .unwrap();
    let want = match notice::parse(bodies::WORDS[0]) {
        Ok(Notice::Gs1(notice)) => notice,
        other => panic!("expected the word to be a notice, found {other:?}"),
    };
    for order in ["nn", "wnn", "nwn", "nnw", "gnnw", "ngn", "wgwnwn", "nwwggn"] {
        let mut session = Session::new(Options { today: date(2026, 8, 1), built: None, profile: None });
        for letter in order.chars() {
            let picture = match letter {
                'n' => &notice,
                'w' => &white,
                _ => &grain,
            };
            session.frame(picture.frame());
        }
        let believed = session.report().and_then(|report| report.notice);
        assert_eq!(believed, Some(Notice::Gs1(want.clone())), "{order}");
    }
}

#[test]
fn frames_of_extreme_shapes_are_read() {
    // A line, a column, a strip longer than any sensor's, one pixel; the pyramid and all windows meet their ends here.
    for (width, height) in
        [(1, 1), (16_384, 1), (1, 16_384), (16_384, 9), (9, 16_384), (2, 3), (7, 7), (8, 8), (4096, 33)]
    {
        for luma in [
            vec![0; width * height],
            (0..width * height).map(|i| if i % 3 == 0 { 20 } else { 230 }).collect(),
            (0..width * height).map(|i| if i / width % 5 < 2 { 20 } else { 230 }).collect(),
        ] {
            let reading = read(&(luma, width, height));
            assert_eq!(texts(&reading), [""; 0], "{width}×{height}");
        }
    }
}
