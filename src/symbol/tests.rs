//! Whole frames, drawn by formula: small, exact, and free of the camera model that the corpora use.

use super::code128::tests::{draw, payment, with_check};
use super::*;

const S1: &str = "91912345000012025010123456780026093000125005";

/// Any pair anywhere, the check digit of the payment layout: the real table belongs to `notice`.
fn grammar() -> Grammar {
    static PAIRS: [[bool; 100]; 22] = {
        let mut pairs = [[true; 100]; 22];
        let mut value = 0;
        while value < 100 {
            pairs[0][value] = value == 91;
            value += 1;
        }
        pairs
    };
    fn checks(digits: &[u8; 44]) -> bool {
        let sum: u32 = digits
            .iter()
            .enumerate()
            .map(|(i, d)| u32::from(d - b'0') * if i == 43 || i % 2 == 1 { 1 } else { 3 })
            .sum();
        sum.is_multiple_of(10)
    }
    Grammar { pairs: &PAIRS, checks }
}

/// How a symbol lies in the frame.
#[derive(Clone, Copy)]
struct Pose {
    width: usize,
    height: usize,
    /// Pixels a module.
    module: f32,
    degrees: f32,
    /// Middle of the symbol.
    at: (f32, f32),
    /// Gradient of the perspective: the far end is this share smaller than the near one.
    slant: f32,
}

impl Pose {
    fn level(module: f32) -> Self {
        Self { width: 1280, height: 720, module, degrees: 0.0, at: (640.0, 360.0), slant: 0.0 }
    }
}

/// Paper 210, ink 30, nine samples a pixel; bars 59 modules high (10 mm of 0.169 mm).
fn frame(widths: &[f32], pose: Pose) -> Vec<u8> {
    let mut edges = vec![0.0];
    for w in widths {
        edges.push(edges[edges.len() - 1] + w);
    }
    let total = edges[edges.len() - 1];
    let (sin, cos) = pose.degrees.to_radians().sin_cos();
    let dark = |x: f32, y: f32| {
        let (x, y) = (x - pose.at.0, y - pose.at.1);
        let (u, v) = ((x * cos + y * sin) / pose.module, (y * cos - x * sin) / pose.module);
        // A plane seen at a slant: a projective change of scale along the symbol.
        let depth = 1.0 + pose.slant * u / total;
        let (u, v) = (u / depth + total / 2.0, v / depth);
        v.abs() < 29.5 && u > 0.0 && u < total && edges.partition_point(|e| *e <= u) % 2 == 0
    };
    let mut luma = vec![0; pose.width * pose.height];
    for (i, pixel) in luma.iter_mut().enumerate() {
        let (x, y) = ((i % pose.width) as f32, (i / pose.width) as f32);
        let hits = (0..9).filter(|s| dark(x + (s % 3 - 1) as f32 / 3.0, y + (s / 3 - 1) as f32 / 3.0)).count();
        *pixel = 210 - (hits * 20) as u8;
    }
    luma
}

fn read(luma: &[u8], pose: Pose) -> Reading {
    Reader::new(grammar()).read(Frame::packed(luma, pose.width, pose.height).unwrap())
}

fn texts(reading: &Reading) -> Vec<(Symbology, &str, bool)> {
    reading.symbols.iter().map(|s| (s.symbology, s.text.as_str(), s.valid)).collect()
}

#[test]
fn a_payment_symbol_reads_at_every_angle_and_says_where_it_lies() {
    let drawn = draw(&payment(S1));
    for step in 0..30 {
        // Past a full turn in uneven steps; modules from 2 to 2.3 pixels, so that all angles fit into 720 rows.
        let pose = Pose { degrees: step as f32 * 12.7, module: 2.0 + step as f32 * 0.01, ..Pose::level(2.0) };
        let reading = read(&frame(&drawn, pose), pose);
        assert_eq!(texts(&reading), [(Symbology::Gs1_128, S1, true)], "{}°", pose.degrees);
        assert_eq!(reading.advice, Advice::Done);
        let [a, b, c, d] = reading.symbols[0].corners;
        let direction = (b.y - a.y).atan2(b.x - a.x).to_degrees();
        let off = (direction - pose.degrees + 180.0).rem_euclid(360.0) - 180.0;
        assert!(off.abs() < 3.0, "{}°: reads along {direction}°", pose.degrees);
        let length = (b.x - a.x).hypot(b.y - a.y) / pose.module;
        assert!((length - 288.0).abs() < 8.0, "{}°: {length} modules long", pose.degrees);
        // Clockwise from the top left: below is a right turn.
        assert!((b.x - a.x) * (d.y - a.y) - (b.y - a.y) * (d.x - a.x) > 0.0, "{}°", pose.degrees);
        assert!((c.x - d.x).hypot(c.y - d.y) > 200.0 * pose.module, "{}°", pose.degrees);
    }
}

#[test]
fn sizes_from_small_frames_to_large_photos() {
    let drawn = draw(&payment(S1));
    for (width, height, module) in
        [(640, 480, 2.0), (1280, 720, 4.1), (1920, 1080, 6.2), (4032, 3024, 2.1), (4032, 3024, 12.9)]
    {
        let at = (width as f32 * 0.5 - 3.0, height as f32 * 0.5 + 7.0);
        let pose = Pose { width, height, at, degrees: 3.0, ..Pose::level(module) };
        let reading = read(&frame(&drawn, pose), pose);
        assert_eq!(texts(&reading), [(Symbology::Gs1_128, S1, true)], "{width}×{height}, {module} px");
    }
}

#[test]
fn a_slanted_view_reads() {
    let drawn = draw(&payment(S1));
    for slant in [-0.35, -0.2, 0.2, 0.35] {
        let pose = Pose { slant, degrees: 100.0 * slant, ..Pose::level(2.8) };
        let reading = read(&frame(&drawn, pose), pose);
        assert_eq!(texts(&reading), [(Symbology::Gs1_128, S1, true)], "slant {slant}");
    }
}

#[test]
fn what_does_not_check_is_found_but_never_valid() {
    let mut wrong_sum = payment(S1);
    wrong_sum[24] = (wrong_sum[24] + 1) % 103;
    let wrong_digit = payment("91912345000012025010123456780026093000125006");
    for (name, values) in [("symbol check character", wrong_sum), ("payload check digit", wrong_digit)] {
        let pose = Pose::level(3.0);
        let reading = read(&frame(&draw(&values), pose), pose);
        assert_eq!(reading.symbols.len(), 1, "{name}");
        assert!(!reading.symbols[0].valid, "{name}");
        assert_ne!(reading.advice, Advice::Done, "{name}");
    }
}

#[test]
fn neighbours_in_code_128_are_told_apart() {
    let mut without_fnc1 = vec![code128::START_C];
    without_fnc1.extend_from_slice(&payment(S1)[2..24]);
    let other_ai = with_check(vec![code128::START_C, code128::FNC1, 1, 4, 91, 23, 45, 67, 89, 1, 23, 17, 26, 9, 30]);
    for (values, symbology, text) in [
        (with_check(without_fnc1), Symbology::Code128, S1),
        (other_ai, Symbology::Gs1_128, "01049123456789012317260930"),
        (with_check(vec![104, 33, 34, 35, 36, 37, 38, 39, 40]), Symbology::Code128, "ABCDEFGH"),
    ] {
        let pose = Pose::level(3.0);
        let reading = read(&frame(&draw(&values), pose), pose);
        assert_eq!(texts(&reading), [(symbology, text, true)]);
    }
}

#[test]
fn a_torn_symbol_gives_no_digits() {
    let drawn = draw(&payment(S1));
    for (name, from, to) in [("left end", 0, 30), ("right end", 130, drawn.len()), ("middle", 70, 90)] {
        let torn: Vec<f32> = drawn
            .iter()
            .enumerate()
            // White paper where it is torn: bars of no width.
            .map(|(i, w)| if (from..to).contains(&i) && i % 2 == 1 { 0.0 } else { *w })
            .collect();
        let pose = Pose::level(3.0);
        let reading = read(&frame(&torn, pose), pose);
        assert!(reading.symbols.iter().all(|s| !s.valid), "{name}: {:?}", reading.symbols);
    }
}

#[test]
fn advice_follows_the_view() {
    let drawn = draw(&payment(S1));
    let view = |pose: Pose| read(&frame(&drawn, pose), pose).advice;
    assert_eq!(view(Pose { module: 0.7, ..Pose::level(1.0) }), Advice::Closer);
    assert_eq!(view(Pose { at: (150.0, 360.0), ..Pose::level(2.0) }), Advice::CutLeft);
    assert_eq!(view(Pose { at: (1130.0, 360.0), ..Pose::level(2.0) }), Advice::CutRight);
    assert_eq!(view(Pose::level(6.0)), Advice::Farther);
    // A phone held upright shows a piece of it that is hardly longer than high.
    let upright = Pose { width: 720, height: 1280, at: (360.0, 640.0), ..Pose::level(1.0) };
    assert_eq!(view(Pose { module: 8.0, ..upright }), Advice::Farther);
    let blank = |value: u8| {
        let luma = vec![value; 640 * 480];
        Reader::new(grammar()).read(Frame::packed(&luma, 640, 480).unwrap()).advice
    };
    assert_eq!(blank(200), Advice::NotFound);
    assert_eq!(blank(12), Advice::TooDark);
}

#[test]
fn a_code_of_goods_that_is_read_does_not_hush_advice_on_the_payment_symbol_beside_it() {
    let goods = with_check(vec![code128::START_C, 49, 12, 34, 56, 78]);
    let near = Pose { at: (640.0, 150.0), ..Pose::level(3.0) };
    // Blurred by nearly a module, with two characters under a stain: seen for what it is, and not read.
    let mut stained = draw(&payment(S1));
    stained.iter_mut().enumerate().for_each(|(i, w)| {
        if (90..102).contains(&i) {
            *w = if i % 2 == 1 { 1.83 } else { 0.0 };
        }
    });
    let poor = Pose { at: (640.0, 500.0), degrees: 2.0, ..Pose::level(1.6) };
    let alone = blurred(&frame(&stained, poor), poor.width);
    let luma: Vec<u8> = frame(&draw(&goods), near).iter().zip(&alone).map(|(a, b)| *a.min(b)).collect();
    let reading = read(&luma, near);
    assert_eq!(texts(&reading), [(Symbology::Code128, "4912345678", true)]);
    assert_ne!(reading.advice, Advice::Done);
    assert_eq!(reading.advice, read(&alone, poor).advice, "what is said of it alone");
}

#[test]
fn frames_of_any_shape_are_survived() {
    let mut reader = Reader::new(grammar());
    for (width, height) in [(1, 1), (1, 3000), (3000, 1), (7, 7), (16, 16), (121, 2), (640, 9)] {
        for value in [0, 255] {
            let mut luma = vec![value; width * height];
            luma.iter_mut().step_by(3).for_each(|p| *p = 128);
            let reading = reader.read(Frame::packed(&luma, width, height).unwrap());
            assert_eq!(reading.symbols, [], "{width}×{height}");
        }
    }
}

#[test]
fn a_reader_remembers_nothing_of_the_frame_before() {
    let pose = Pose::level(3.0);
    let mut reader = Reader::new(grammar());
    let full = frame(&draw(&payment(S1)), pose);
    assert_eq!(reader.read(Frame::packed(&full, pose.width, pose.height).unwrap()).symbols.len(), 1);
    let empty = vec![200; 320 * 240];
    assert_eq!(reader.read(Frame::packed(&empty, 320, 240).unwrap()).symbols, []);
}

#[test]
fn two_symbols_one_below_the_other_are_two() {
    let other = "91912345000012025010123456780126093000125004";
    let (upper, lower) =
        (Pose { at: (640.0, 250.0), ..Pose::level(3.0) }, Pose { at: (650.0, 450.0), ..Pose::level(3.0) });
    let mut luma = frame(&draw(&payment(S1)), upper);
    for (pixel, below) in luma.iter_mut().zip(frame(&draw(&payment(other)), lower)) {
        *pixel = (*pixel).min(below);
    }
    let reading = read(&luma, upper);
    let mut found = texts(&reading);
    found.sort_unstable_by_key(|(_, text, _)| text.to_string());
    assert_eq!(found, [(Symbology::Gs1_128, S1, true), (Symbology::Gs1_128, other, true)]);
}

/// Three running means over three pixels along rows and columns: nearly a Gaussian of √2 pixels.
fn blurred(luma: &[u8], width: usize) -> Vec<u8> {
    let mut now: Vec<f32> = luma.iter().map(|v| f32::from(*v)).collect();
    for step in [1, width, 1, width, 1, width] {
        let before = now.clone();
        for i in step..before.len() - step {
            now[i] = (before[i - step] + before[i] + before[i + step]) / 3.0;
        }
    }
    now.iter().map(|v| (v + 0.5) as u8).collect()
}

#[test]
fn blur_that_hides_every_edge_is_read_by_likelihood() {
    let drawn = draw(&payment(S1));
    // A blur of 0.6 to 0.94 modules: edge readers stop at half a module.
    for (module, degrees) in [(2.4, 3.0), (2.0, -8.0), (1.7, 100.0), (1.5, 185.0)] {
        let pose = Pose { degrees, ..Pose::level(module) };
        let reading = read(&blurred(&frame(&drawn, pose), pose.width), pose);
        assert_eq!(texts(&reading), [(Symbology::Gs1_128, S1, true)], "{module} px, {degrees}°");
    }
}

#[test]
fn a_photo_tells_of_another_notice_however_weakly_it_shows() {
    let other = "91912345000012025010123456780126093000125004";
    let (upper, lower) =
        (Pose { at: (640.0, 200.0), ..Pose::level(3.0) }, Pose { at: (650.0, 520.0), ..Pose::level(1.7) });
    let (plain, weak) = (frame(&draw(&payment(S1)), upper), frame(&draw(&payment(other)), lower));
    let both = |plain: &[u8], weak: &[u8]| {
        let luma: Vec<u8> = plain.iter().zip(weak).map(|(a, b)| *a.min(b)).collect();
        let photo = Frame::packed(&luma, upper.width, luma.len() / upper.width).unwrap();
        let reading = Reader::new(grammar()).study(photo);
        let mut found: Vec<String> = reading.symbols.into_iter().filter(|s| s.valid).map(|s| s.text).collect();
        found.sort();
        found
    };
    let weak = blurred(&weak, lower.width);
    assert_eq!(both(&plain, &weak), [S1, other], "one is plain");
    assert_eq!(both(&blurred(&plain, upper.width), &weak), [S1, other], "neither is");
}

#[test]
fn likelihood_believes_nothing_that_does_not_check() {
    let right = payment(S1);
    let mut wrong_sum = right.clone();
    wrong_sum[24] = (wrong_sum[24] + 50) % 103;
    // One pair misprinted, everything else as it was: the symbol's own check no longer holds.
    let mut misprinted = right.clone();
    misprinted[9] = (misprinted[9] + 31) % 100;
    let wrong_digit = payment("91912345000012025010123456780026093000125006");
    let other_ai = payment("92912345000012025010123456780026093000125004");
    for (name, values) in [
        ("symbol check character", wrong_sum),
        ("one pair misprinted", misprinted),
        ("payload check digit", wrong_digit),
        ("another application identifier", other_ai),
    ] {
        for module in [2.4, 1.8, 1.5] {
            let pose = Pose { degrees: 2.0, ..Pose::level(module) };
            let reading = read(&blurred(&frame(&draw(&values), pose), pose.width), pose);
            assert!(reading.symbols.iter().all(|s| !s.valid), "{name}, {module} px: {:?}", texts(&reading));
        }
    }
}

#[test]
fn likelihood_does_not_guess_what_is_covered() {
    let drawn = draw(&payment(S1));
    for (name, from, to) in [("one character", 70, 76), ("two characters", 90, 102), ("the last ones", 120, 140)] {
        for white in [true, false] {
            let covered: Vec<f32> = drawn
                .iter()
                .enumerate()
                .map(|(i, w)| match (from..to).contains(&i) {
                    false => *w,
                    // Bars of no width are white paper; spaces of no width are a stain. The length stays.
                    true if (i % 2 == 1) == white => 0.0,
                    true => 1.83,
                })
                .collect();
            for module in [2.2, 1.6] {
                let pose = Pose { degrees: 2.0, ..Pose::level(module) };
                let reading = read(&blurred(&frame(&covered, pose), pose.width), pose);
                assert!(reading.symbols.iter().all(|s| !s.valid), "{name}, white {white}, {module} px");
            }
        }
    }
}

#[test]
fn a_hard_shadow_across_small_bars_is_read() {
    let pose = Pose { degrees: 4.0, ..Pose::level(1.1) };
    for (from, to) in [(560.0, 2000.0), (0.0, 700.0), (600.0, 690.0)] {
        let mut luma = frame(&draw(&payment(S1)), pose);
        for (i, grey) in luma.iter_mut().enumerate() {
            let (x, y) = ((i % pose.width) as f32, (i / pose.width) as f32);
            // Leans against the bars; a quarter of the light is left, in the camera's own grey levels.
            if (from..to).contains(&(x + 0.3 * (y - 360.0))) {
                *grey = (f32::from(*grey) * 0.25f32.powf(1.0 / 2.2)) as u8;
            }
        }
        let reading = read(&luma, pose);
        let texts: Vec<&str> = reading.symbols.iter().filter(|s| s.valid).map(|s| s.text.as_str()).collect();
        assert_eq!(texts, [S1], "shadow from {from} to {to}");
    }
}
