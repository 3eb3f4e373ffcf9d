//! Whole codes: drawn by another's encoder, seen by a formula.

use qrcode::bits::Bits;
use qrcode::{Color, EcLevel, QrCode, Version};

use super::decode::decode;
use super::layout::Layout;
use super::*;
use crate::frame::Frame;

/// 255 digits that begin like an eL-QR.
pub(super) fn digits() -> String {
    let mut text = String::from("000201010212279600051380001");
    let mut state = 12345u32;
    while text.len() < 255 {
        state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        text.push(char::from(b'0' + (state >> 16) as u8 % 10));
    }
    text
}

/// The modules of a code, row by row, true dark.
pub(super) fn code(version: i16, level: EcLevel, text: &str) -> Vec<bool> {
    let mut bits = Bits::new(Version::Normal(version));
    if text.bytes().all(|b| b.is_ascii_digit()) {
        bits.push_numeric_data(text.as_bytes()).unwrap();
    } else {
        bits.push_byte_data(text.as_bytes()).unwrap();
    }
    bits.push_terminator(level).unwrap();
    QrCode::with_bits(bits, level).unwrap().to_colors().iter().map(|c| *c == Color::Dark).collect()
}

/// How a code lies in a frame.
#[derive(Debug, Clone, Copy)]
struct Pose {
    /// Pixels a module at the middle.
    module: f32,
    degrees: f32,
    /// Seen from the side by so many degrees …
    tilt: f32,
    /// … from so many times its half side away.
    distance: f32,
    /// Bent by so many modules at its edges against its middle.
    bend: f32,
    /// Blur: standard deviation in pixels.
    blur: f32,
    /// Noise: standard deviation in grey levels.
    noise: f32,
}

const PLAIN: Pose = Pose { module: 3.0, degrees: 0.0, tilt: 0.0, distance: 20.0, bend: 0.0, blur: 0.4, noise: 0.0 };

/// A frame of 400 × 400 with a code in its middle, sixteen samples a pixel, then blurred; paper 210, ink 40.
fn picture(modules: &[bool], pose: Pose) -> Vec<u8> {
    const SIDE: usize = 400;
    let count = modules.len().isqrt();
    let (sin, cos) = pose.degrees.to_radians().sin_cos();
    let (slant, shrink) = pose.tilt.to_radians().sin_cos();
    let dark = |x: f32, y: f32| {
        let (x, y) = ((x - 200.0) / pose.module, (y - 200.0) / pose.module);
        let (x, y) = (x * cos + y * sin, y * cos - x * sin);
        // The plane turned about its vertical axis, seen by a pinhole.
        let distance = pose.distance * count as f32 / 2.0;
        let u = x / (shrink - x * slant / distance);
        let v = y * (1.0 + u * slant / distance);
        let v = v + pose.bend * (2.0 * u / count as f32).powi(2);
        let (u, v) = (u + count as f32 / 2.0, v + count as f32 / 2.0);
        u >= 0.0 && v >= 0.0 && (u as usize) < count && (v as usize) < count && modules[v as usize * count + u as usize]
    };
    let mut light: Vec<f32> = (0..SIDE * SIDE)
        .map(|i| {
            let ink = (0..16)
                .filter(|s| {
                    let (dx, dy) = ((s % 4) as f32 / 4.0 - 0.375, (s / 4) as f32 / 4.0 - 0.375);
                    dark((i % SIDE) as f32 + dx, (i / SIDE) as f32 + dy)
                })
                .count();
            1.0 - 0.95 * ink as f32 / 16.0
        })
        .collect();
    let taps: Vec<f32> = (-6..=6).map(|d: i32| (-0.5 * (d as f32 / pose.blur).powi(2)).exp()).collect();
    let total: f32 = taps.iter().sum();
    for step in [1, SIDE] {
        let before = light.clone();
        for (i, out) in light.iter_mut().enumerate() {
            let place = i / step % SIDE;
            *out = (0..13)
                .map(|k| {
                    let at = (place + k).clamp(6, SIDE + 5) - 6;
                    before[i + at * step - place * step] * taps[k] / total
                })
                .sum();
        }
    }
    let mut state = 1u32;
    light
        .iter()
        .map(|light| {
            // The sum of four even draws is near enough to a normal one.
            let noise: f32 = (0..4)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 8) as f32 / (1 << 24) as f32 - 0.5
                })
                .sum();
            (210.0 * light.powf(1.0 / 2.2) + pose.noise * 1.73 * noise).clamp(0.0, 255.0) as u8
        })
        .collect()
}

fn read(luma: &[u8], width: usize, height: usize) -> Vec<String> {
    let mut pyramid = Pyramid::default();
    pyramid.build(Frame::packed(luma, width, height).unwrap());
    QrReader::default().read(pyramid.levels(), 0, Effort::Full).into_iter().map(|(_, qr)| qr.text).collect()
}

#[test]
fn every_version_and_level_is_decoded() {
    for version in 1..=40i16 {
        let layout = Layout::new(version as usize);
        for level in [EcLevel::L, EcLevel::M, EcLevel::Q, EcLevel::H] {
            let text = format!("v{version}");
            let dark: Vec<f32> = code(version, level, &text).iter().map(|dark| if *dark { 1.0 } else { 0.0 }).collect();
            let decoded = decode(&layout, &layout.data(), &dark).unwrap_or_else(|| panic!("{version} {level:?}"));
            assert_eq!((decoded.bytes, decoded.repaired), (text.into_bytes(), 0), "{version} {level:?}");
        }
    }
}

#[test]
fn damage_is_repaired_up_to_a_limit_and_then_refused() {
    let layout = Layout::new(5);
    let places = layout.data();
    let text = digits();
    let whole: Vec<f32> = code(5, EcLevel::L, &text).iter().map(|dark| if *dark { 1.0 } else { 0.0 }).collect();
    // (codewords turned over, codewords washed out to grey, whether the text comes back)
    for (wrong, grey, want) in
        [(0, 0, true), (10, 0, true), (0, 20, true), (14, 0, false), (0, 30, false), (60, 0, false)]
    {
        let mut dark = whole.clone();
        for word in 0..wrong + grey {
            // Every second codeword, so that no pattern of the grid matters.
            for &place in &places[16 * word..16 * word + 8] {
                let value = &mut dark[place as usize];
                *value = if word < wrong { 1.0 - *value } else { 0.5 };
            }
        }
        let got = decode(&layout, &places, &dark).map(|d| d.bytes);
        assert_eq!(got, want.then(|| text.clone().into_bytes()), "{wrong} wrong, {grey} grey");
    }
}

#[test]
fn what_is_left_of_a_code_on_burnt_out_paper_is_read() {
    let text = digits();
    let modules = code(5, EcLevel::L, &text);
    // (light over what it should be, pixels a module, degrees, blur in modules, what it needs)
    for (gain, module, degrees, blur, needs) in [
        (2.0, 2.0, 20.0, 0.25, "a search where little is dark"),
        (1.8, 3.0, 20.0, 0.35, "what is nearly as light as paper drawn out"),
        (1.8, 6.0, 0.0, 0.35, "the same on a coarser level"),
    ] {
        let luma: Vec<u8> = picture(&modules, Pose { module, degrees, blur: blur * module, noise: 2.0, ..PLAIN })
            .into_iter()
            .map(|v| (gain * f32::from(v)).min(255.0) as u8)
            .collect();
        let dark = luma.iter().filter(|v| **v < 180).count() as f32 / (37.0 * module).powi(2);
        assert!(dark < 0.25, "{dark} of it is dark, as in any code");
        assert_eq!(read(&luma, 400, 400), [text.as_str()], "{needs}");
    }
}

#[test]
fn grids_of_chance_say_nothing() {
    let mut state = 7u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32
    };
    for version in [1, 2, 5, 6, 10] {
        let layout = Layout::new(version);
        let places = layout.data();
        for _ in 0..200 {
            let dark: Vec<f32> = layout.modules.iter().map(|_| next()).collect();
            assert_eq!(decode(&layout, &places, &dark), None, "version {version}");
        }
    }
}

#[test]
fn codes_are_read_as_people_hold_them() {
    let text = digits();
    let five = code(5, EcLevel::L, &text);
    let six = code(6, EcLevel::M, &text);
    let link = code(2, EcLevel::M, "https://example.jp/");
    for (name, modules, pose) in [
        ("plain", &five, PLAIN),
        ("upside down", &six, Pose { degrees: 180.0, ..PLAIN }),
        ("turned", &six, Pose { degrees: 33.0, ..PLAIN }),
        ("turned by 45°, noise", &five, Pose { degrees: 45.0, noise: 12.0, ..PLAIN }),
        ("large: seen on a coarser level", &five, Pose { module: 8.5, ..PLAIN }),
        ("small", &five, Pose { module: 1.5, degrees: 8.0, blur: 0.5, ..PLAIN }),
        ("from the side", &five, Pose { tilt: 40.0, degrees: 20.0, ..PLAIN }),
        ("from the side, the far end at the left", &six, Pose { tilt: -35.0, degrees: 70.0, ..PLAIN }),
        // The light ring of a finder pattern all but gone: what the second search is for.
        ("blurred by 0.7 module", &five, Pose { module: 2.6, blur: 1.82, degrees: 10.0, noise: 2.0, ..PLAIN }),
        ("a web link", &link, Pose { module: 4.0, degrees: 5.0, ..PLAIN }),
    ] {
        let want = if std::ptr::eq(modules, &link) { "https://example.jp/" } else { &text };
        assert_eq!(read(&picture(modules, pose), 400, 400), [want], "{name}: {pose:?}");
    }
}

#[test]
fn codes_seen_from_close_at_a_slant_are_read() {
    // Near modules are up to twice as large as far ones.
    let text = digits();
    let link = code(2, EcLevel::M, "https://example.jp/");
    for (modules, want) in [(code(5, EcLevel::L, &text), &*text), (link, "https://example.jp/")] {
        for (tilt, distance, degrees) in [(50.0, 6.0, 0.0), (50.0, 5.0, 110.0), (-45.0, 4.5, 45.0), (40.0, 4.0, 200.0)]
        {
            let pose = Pose { module: 6.0, tilt, distance, degrees, ..PLAIN };
            assert_eq!(read(&picture(&modules, pose), 400, 400), [want], "{pose:?}");
        }
    }
}

#[test]
fn codes_on_bent_paper_are_read() {
    let text = digits();
    let modules = code(5, EcLevel::L, &text);
    for (bend, degrees, module) in [(1.6, 0.0, 4.0), (-1.6, 30.0, 3.0), (2.0, 80.0, 5.0)] {
        let pose = Pose { bend, degrees, module, ..PLAIN };
        assert_eq!(read(&picture(&modules, pose), 400, 400), [&*text], "{pose:?}");
    }
}

#[test]
fn codes_light_on_dark_are_read() {
    let text = "https://example.jp/";
    let modules = code(2, EcLevel::M, text);
    for (degrees, module, tilt) in [(0.0, 4.0, 0.0), (30.0, 3.0, 30.0), (45.0, 8.0, 0.0)] {
        let pose = Pose { degrees, module, tilt, ..PLAIN };
        let mut luma = picture(&modules, pose);
        luma.iter_mut().for_each(|v| *v = !*v);
        assert_eq!(read(&luma, 400, 400), [text], "{pose:?}");
    }
}

#[test]
fn a_picture_cut_at_the_edge_of_a_code_is_read() {
    let text = "https://example.jp/";
    let modules = code(2, EcLevel::M, text);
    for module in [4, 7] {
        let side = 25 * module;
        let luma = picture(&modules, Pose { module: module as f32, ..PLAIN });
        let first = 200 - side / 2;
        let cut: Vec<u8> = (0..side * side).map(|i| luma[(first + i / side) * 400 + first + i % side]).collect();
        assert_eq!(read(&cut, side, side), [text], "{module}");
    }
}

#[test]
fn links_in_the_smallest_versions_are_read_however_crisp() {
    // Few function patterns, edges without blur: what is known explains little until the blur is known too. A drawing or a
    // screen shot stands upright on its pixels (0°, 90°), a photo does not.
    // At 45° rows and columns cross modules at their longest.
    let poses = [(3.0, 0.0), (4.0, 90.0), (4.0, 45.0), (5.0, 0.0), (6.0, 180.0), (7.0, 33.0), (8.0, 0.0)];
    for (version, texts) in [
        (1, ["http://a.example", "http://a.jp", "http://a.jp", "a.jp"]),
        (2, ["https://www.example.lg.jp/", "https://www.example.lg.jp/", "https://a.example/", "https://a.jp/"]),
        (
            3,
            [
                "https://www.city.example.lg.jp/zeimu/",
                "https://www.city.example.jp/",
                "https://www.example.jp/",
                "a.jp",
            ],
        ),
        (4, ["https://www.city.example.lg.jp"; 4]),
    ] {
        for (level, text) in [EcLevel::L, EcLevel::M, EcLevel::Q, EcLevel::H].into_iter().zip(texts) {
            let modules = code(version, level, text);
            for (module, degrees) in poses {
                let pose = Pose { module, degrees, blur: 0.01, ..PLAIN };
                assert_eq!(read(&picture(&modules, pose), 400, 400), [text], "{version} {level:?}: {pose:?}");
            }
        }
    }
}

#[test]
fn what_is_seen_on_one_level_is_looked_for_on_the_next_too() {
    // A corner of another code calls for the thorough search of the finest level; the code is washed out, so that only this
    // search sees it, on the finest level or, where it is larger, on the next. One frame is enough.
    let text = digits();
    let five = code(5, EcLevel::L, &text);
    for (module, blur) in [(1.6, 1.28), (5.0, 3.75)] {
        let mut luma = picture(&five, Pose { module, blur, degrees: 10.0, noise: 2.0, ..PLAIN });
        for (x, y) in (0..44).flat_map(|y| (0..44).map(move |x| (x, y))) {
            luma[(8 + y) * 400 + 8 + x] = if five[y / 2 * 37 + x / 2] { 40 } else { 210 };
        }
        let mut pyramid = Pyramid::default();
        pyramid.build(Frame::packed(&luma, 400, 400).unwrap());
        let mut reader = QrReader::default();
        for (effort, want) in [(Effort::Full, 1), (Effort::Usual, 0), (Effort::Quick, 0), (Effort::Full, 1)] {
            assert_eq!(reader.read(pyramid.levels(), 0, effort).len(), want, "{module}: {effort:?}");
        }
    }
}

#[test]
fn a_version_with_many_alignment_patterns_is_read() {
    let text = "https://example.jp/".repeat(30);
    let modules = code(20, EcLevel::L, &text);
    assert_eq!(read(&picture(&modules, Pose { degrees: 7.0, tilt: 15.0, ..PLAIN }), 400, 400), [text]);
}

#[test]
fn what_is_no_code_gives_nothing_in_time() {
    let (width, height) = (640, 480);
    let formula =
        |f: fn(usize, usize) -> u8| -> Vec<u8> { (0..width * height).map(|i| f(i % width, i / width)).collect() };
    let ring = |v: usize| ((v % 24) as i32 - 7).abs();
    let text = digits();
    // A code whose data are all turned over in one half: function patterns are there, the text is not.
    let mut damaged = code(5, EcLevel::L, &text);
    for place in Layout::new(5).data().into_iter().skip(500) {
        damaged[place as usize] = place % 3 == 0;
    }
    let mut outline = vec![false; 37 * 37];
    for (i, module) in outline.iter_mut().enumerate() {
        let (x, y) = ((i % 37) as i32, (i / 37) as i32);
        *module = [(3, 3), (33, 3), (3, 33)].iter().any(|(cx, cy)| {
            let ring = (x - cx).abs().max((y - cy).abs());
            ring <= 3 && ring != 2
        });
    }
    for (name, luma, w, h) in [
        ("black", vec![0; width * height], width, height),
        ("white", vec![255; width * height], width, height),
        ("one pixel", vec![128], 1, 1),
        ("a strip", vec![9; 300 * 3], 300, 3),
        ("pixels black and white in turn", formula(|x, y| if (x + y) % 2 == 0 { 0 } else { 255 }), width, height),
        (
            "squares black and white in turn",
            formula(|x, y| if (x / 5 + y / 5) % 2 == 0 { 0 } else { 255 }),
            width,
            height,
        ),
        ("bars", formula(|x, _| if x / 4 % 2 == 0 { 0 } else { 255 }), width, height),
        ("noise", formula(|x, y| ((x * 7919 + y * 104_729 + (x * y) % 251 * 31) % 256) as u8), width, height),
        // Hundreds of finder patterns, millions of triples if nothing limited them.
        (
            "finder patterns everywhere",
            (0..width * height)
                .map(|i| {
                    let ring = ring(i % width).max(ring(i / width));
                    if ring <= 2 || (5..=6).contains(&ring) { 20 } else { 230 }
                })
                .collect(),
            width,
            height,
        ),
        ("finder patterns without a code", picture(&outline, PLAIN), 400, 400),
        ("a code damaged beyond repair", picture(&damaged, PLAIN), 400, 400),
    ] {
        assert_eq!(read(&luma, w, h), [""; 0], "{name}");
    }
}
