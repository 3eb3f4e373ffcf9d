//! A running camera: poor frames that together are one sure read, a notice that changes under it, and what the hand is
//! told. The frames are drawn here by formula, apart from the reader's model and from the corpora's camera.

use jiff::civil::date;
use maecheck::frame::Frame;
use maecheck::session::{self, Options, Session};
use maecheck::symbol::{Advice, Reader, Reading};

/// 12,500 yen until 2026-09-30; dummy issuer.
const BARCODE: &str = "91912345000012025010123456780026093000125005";
/// The same bill, issued again: two digits and the symbol's check character differ.
const REISSUED: &str = "91912345000012025010123456780126093000125004";
/// Another bill, 300,001 yen.
const OTHER: &str = "91912345000012025010123456780026093003000019";

/// Widths of Code 128's characters 0..=105 in the order of ISO/IEC 15417, six digits each.
const WIDTHS: &str = "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222\
123122123221223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123\
131321112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131\
311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114122411\
142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141214121412121\
111143111341131141114113114311411113411311113141114131311141411131211412211214211232";

/// Borders of bars and spaces in modules, from the first bar; 44 digits in code set C behind FNC1. `misprint` puts
/// another character in one place.
fn borders(digits: &str, misprint: Option<(usize, usize)>) -> Vec<f32> {
    let mut values = vec![105, 102];
    values.extend((0..44).step_by(2).map(|i| digits[i..i + 2].parse::<usize>().unwrap()));
    let sum = values[0] + values.iter().enumerate().map(|(i, v)| i * v).sum::<usize>();
    values.push(sum % 103);
    if let Some((place, value)) = misprint {
        values[place] = value;
    }
    let widths: String = values.iter().map(|v| &WIDTHS[6 * v..6 * v + 6]).collect::<String>() + "2331112";
    let mut at = 0.0;
    let mut borders = vec![0.0];
    for width in widths.bytes() {
        at += f32::from(width - b'0');
        borders.push(at);
    }
    borders
}

/// What the camera sees.
#[derive(Clone, Copy)]
struct View {
    width: usize,
    height: usize,
    /// Pixels a module.
    module: f32,
    degrees: f32,
    /// Middle of the symbol.
    at: (f32, f32),
    /// Bars over length, both in modules, as 59 : 288 from the front.
    tall: f32,
    /// By how much the bars lean against the length's perpendicular: a slant across both.
    lean: f32,
    /// Blur in modules.
    blur: f32,
    /// Noise in hundredths of the contrast.
    noise: f32,
    paper: f32,
    ink: f32,
    /// A white patch: middle and half width in modules along the code, over its whole height.
    patch: Option<(f32, f32)>,
    /// A character, counted from START as 0, and what is printed instead.
    misprint: Option<(usize, usize)>,
}

impl View {
    fn new(module: f32, blur: f32, noise: f32) -> Self {
        Self {
            width: 720,
            height: 420,
            module,
            degrees: 0.0,
            at: (360.0, 210.0),
            tall: 62.0,
            lean: 0.0,
            blur,
            noise,
            paper: 205.0,
            ink: 30.0,
            patch: None,
            misprint: None,
        }
    }

    /// The same as another moment of an unsteady hand sees it.
    fn shaken(self, seed: u64) -> Self {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let mut by = |size: f32| size * (2.0 * random.next() - 1.0);
        Self {
            degrees: self.degrees + by(6.0),
            at: (self.at.0 + by(9.0), self.at.1 + by(9.0)),
            module: self.module * (1.0 + by(0.02)),
            ..self
        }
    }

    fn draw(&self, digits: &str, seed: u64) -> Vec<u8> {
        let borders = borders(digits, self.misprint);
        // Darkness over modules, blurred: the difference of two normal distribution functions for each bar.
        const FINE: f32 = 16.0;
        let sigma = (self.blur * self.blur + 1.0 / (12.0 * self.module * self.module)).sqrt();
        let dark: Vec<f32> = (0..(320.0 * FINE) as usize)
            .map(|i| {
                let u = i as f32 / FINE - 16.0;
                borders.chunks_exact(2).map(|b| below((u - b[0]) / sigma) - below((u - b[1]) / sigma)).sum()
            })
            .collect();
        let mut random = Random(seed.wrapping_mul(0xd134_2543_de82_ef95) | 1);
        let (sin, cos) = self.degrees.to_radians().sin_cos();
        let mut luma = Vec::with_capacity(self.width * self.height);
        for y in 0..self.height {
            for x in 0..self.width {
                let (dx, dy) = ((x as f32 - self.at.0) / self.module, (y as f32 - self.at.1) / self.module);
                let v = dy * cos - dx * sin;
                let u = dx * cos + dy * sin + self.lean * v + 144.0;
                let inside = below((self.tall / 2.0 - v.abs()) / sigma);
                let place = (u + 16.0) * FINE;
                let bars = if place > 0.0 { dark.get(place as usize).copied().unwrap_or(0.0) } else { 0.0 };
                let noise = self.noise / 100.0 * 2.0 * (random.next() + random.next() + random.next() - 1.5);
                let mut light = self.paper - (self.paper - self.ink) * (bars * inside + noise);
                if self.patch.is_some_and(|(middle, half)| (u - middle).abs() < half && v.abs() < 40.0) {
                    light = 255.0;
                }
                luma.push(light.round().clamp(0.0, 255.0) as u8);
            }
        }
        luma
    }
}

/// Normal distribution function, by a logistic that is nowhere off by more than 0.01.
fn below(x: f32) -> f32 {
    1.0 / (1.0 + (-1.702 * x).exp())
}

struct Random(u64);

impl Random {
    /// 0..1.
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / 16_777_216.0
    }
}

fn frame<'a>(luma: &'a [u8], view: &View) -> Frame<'a> {
    Frame::packed(luma, view.width, view.height).unwrap()
}

fn visit() -> Session {
    Session::new(Options { today: date(2026, 8, 1), built: None, profile: None })
}

/// The payment barcode that a reading believes.
fn read(reading: &Reading) -> Option<&str> {
    reading.symbols.iter().find(|s| s.valid && s.text.len() == 44).map(|s| s.text.as_str())
}

/// Shows one frame to a session; the payment barcode of its report.
fn show(session: &mut Session, digits: &str, view: &View, seed: u64) -> Option<String> {
    let luma = view.draw(digits, seed);
    let report = session.frame(frame(&luma, view)).report?;
    report.notice.as_ref()?;
    assert_eq!(report.symbols.len(), 1);
    Some(report.symbols[0].text.clone())
}

#[test]
fn a_burst_of_poor_frames_becomes_one_sure_read() {
    // Each case near the limit of a single frame, by another of its causes.
    let cases = [("small and blurred", 0.7, 1.0, 12.0), ("noisy", 1.0, 1.0, 27.0), ("small and noisy", 0.8, 1.0, 21.0)];
    let (mut alone, mut frames, mut together) = (0, 0, 0);
    for (why, module, blur, noise) in cases {
        for seed in 0..2 {
            let mut session = visit();
            let mut single = Reader::new(session::grammar());
            let mut told = None;
            for i in 0..8 {
                let at = 1000 * seed + i;
                let view = View::new(module, blur, noise).shaken(at);
                let luma = view.draw(BARCODE, at);
                let reading = single.read(frame(&luma, &view));
                assert!(read(&reading).is_none_or(|text| text == BARCODE), "{why}, seed {seed}, frame {i}");
                alone += u32::from(read(&reading).is_some());
                frames += 1;
                told = show(&mut session, BARCODE, &view, at);
                if told.is_some() {
                    break;
                }
            }
            assert!(told.as_deref().is_none_or(|told| told == BARCODE), "{why}, seed {seed}");
            together += u32::from(told.is_some());
        }
    }
    assert!(together >= 5, "of 6 bursts {together} were read");
    assert!(alone < frames, "of {frames} frames {alone} were read alone: none was poor");
}

#[test]
fn evidence_needs_frames_that_are_near_and_not_forgotten() {
    let view = View::new(1.0, 0.8, 8.0);
    let blank = vec![200u8; view.width * view.height];
    type Between<'a> = &'a dyn Fn(&mut Reader);
    let gap = |frames: usize| {
        let blank = blank.clone();
        move |reader: &mut Reader| {
            for _ in 0..frames {
                assert!(reader.watch(frame(&blank, &view)).together.is_none());
            }
        }
    };
    let (short, long) = (gap(5), gap(25));
    let cases: [(&str, Between<'_>, bool); 5] = [
        ("frame after frame", &|_| {}, true),
        ("a hand before the lens for a moment", &short, true),
        ("away for more than two seconds", &long, false),
        ("another visitor", &|reader| reader.forget(), false),
        ("a photo in between leaves it alone", &|reader| drop(reader.read(frame(&vec![90; 302_400], &view))), true),
    ];
    for (why, between, want) in cases {
        let mut reader = Reader::new(session::grammar());
        for (i, last) in [(0, false), (1, true)] {
            let view = view.shaken(40 + i);
            let reading = reader.watch(frame(&view.draw(BARCODE, i), &view));
            assert_eq!(reading.together.as_deref(), (last && want).then_some(BARCODE), "{why}, frame {i}");
            if !last {
                between(&mut reader);
            }
        }
    }
}

#[test]
fn notices_that_change_are_never_mixed() {
    // Which notice each frame shows: swapped in mid-burst, in turn, now and then.
    let turns: [(&str, &[usize]); 3] = [
        ("swapped", &[0, 0, 0, 0, 1, 1, 1, 1, 1, 1]),
        ("in turn", &[0, 1, 0, 1, 0, 1, 0, 1, 0, 1]),
        ("now and then", &[0, 0, 1, 0, 0, 1, 1, 0, 1, 1]),
    ];
    let mut told = 0;
    for (pair, one, two) in [("the same bill issued again", BARCODE, REISSUED), ("another bill", BARCODE, OTHER)] {
        for (why, turns) in turns {
            for (seed, module, noise) in [(7, 0.7, 10.0), (8, 1.0, 16.0)] {
                let mut session = visit();
                for (i, which) in turns.iter().enumerate() {
                    let at = seed * 100 + i as u64;
                    let view = View::new(module, 1.0, noise).shaken(at);
                    let shown = [one, two][*which];
                    let said = show(&mut session, shown, &view, at);
                    // What is told is what this frame shows: never a third word, never the paper before.
                    assert!(said.as_deref().is_none_or(|text| text == shown), "{pair}, {why}, seed {seed}, frame {i}");
                    told += usize::from(said.is_some());
                }
            }
        }
    }
    assert!(told >= 40, "{told} of 120 frames told something: too few to show that nothing is mixed");
}

#[test]
fn what_is_wrong_in_every_frame_is_never_believed() {
    let view = View::new(1.0, 0.8, 8.0);
    let cases = [
        ("45 printed as 42, its nearest neighbour", View { misprint: Some((5, 42)), ..view }),
        ("one character printed as any other", View { misprint: Some((9, 71)), ..view }),
        ("a wrong check character", View { misprint: Some((24, 40)), ..view }),
        ("two characters under a white sticker", View { patch: Some((150.0, 11.0)), ..view }),
        ("three characters under one", View { patch: Some((90.0, 17.0)), ..view }),
        ("the check character under one", View { patch: Some((270.0, 8.0)), ..view }),
    ];
    for (why, view) in cases {
        let mut reader = Reader::new(session::grammar());
        for i in 0..8 {
            let view = view.shaken(70 + i);
            let reading = reader.watch(frame(&view.draw(BARCODE, i), &view));
            assert_eq!(read(&reading), None, "{why}, frame {i}");
        }
    }
}

#[test]
fn the_hand_is_told_what_the_picture_lacks() {
    let fine = View::new(1.2, 1.9, 3.0);
    let big = View { width: 1280, height: 720, at: (640.0, 360.0), ..View::new(2.0, 2.2, 3.0) };
    let cases = [
        ("a blurred code, large enough", Advice::Blurred, big),
        ("a code of less than a pixel a module", Advice::Closer, View { blur: 2.0, ..View::new(0.6, 2.0, 3.0) }),
        ("too little light", Advice::TooDark, View { paper: 30.0, ink: 8.0, ..fine }),
        ("the left end outside", Advice::CutLeft, View { at: (170.0, 360.0), ..big }),
        ("the right end outside", Advice::CutRight, View { at: (1110.0, 360.0), ..big }),
        ("upright, its upper end outside", Advice::CutTop, View { degrees: 90.0, at: (640.0, 190.0), ..big }),
        ("upright, its lower end outside", Advice::CutBottom, View { degrees: 90.0, at: (640.0, 530.0), ..big }),
        ("both ends outside", Advice::Farther, View { module: 5.2, blur: 1.0, ..big }),
        ("a reflection over some characters", Advice::Glare, View { blur: 0.5, patch: Some((150.0, 18.0)), ..big }),
        ("bars that lean", Advice::Tilted, View { lean: 0.6, ..big }),
        ("no code", Advice::NotFound, View { paper: 120.0, ink: 120.0, ..big }),
    ];
    for (why, want, view) in cases {
        let luma = view.draw(BARCODE, 5);
        let reading = Reader::new(session::grammar()).read(frame(&luma, &view));
        assert_eq!((read(&reading), reading.advice), (None, want), "{why}");
        let coach = reading.coach;
        assert!(coach.advice == want && (0.5..=1.0).contains(&coach.confidence), "{why}: {coach:?}");
        let placed = !matches!(want, Advice::TooDark | Advice::NotFound);
        assert_eq!(coach.at.is_some(), placed, "{why}");
        if let Some(at) = coach.at {
            let middle = at.iter().fold((0.0, 0.0), |(x, y), p| (x + p.x / 4.0, y + p.y / 4.0));
            let meant = view.patch.map_or(view.at, |(u, _)| (view.at.0 + (u - 144.0) * view.module, view.at.1));
            let limit = if view.patch.is_some() { 25.0 } else { 150.0 };
            assert!((middle.0 - meant.0).hypot(middle.1 - meant.1) < limit, "{why}: {middle:?} for {meant:?}");
        }
    }
}

#[test]
fn one_thing_is_said_at_a_time_and_stays() {
    // Too small for the likelihood path: quick.
    let small = View::new(0.4, 0.8, 2.0);
    let blank = vec![120u8; small.width * small.height];
    let still: Vec<_> = (0..5).map(|i| View { at: (360.0 + i as f32, 210.0), ..small }.draw(BARCODE, i)).collect();
    let shaken: Vec<_> =
        (0..5).map(|i| View { at: (360.0, 178.0 + 64.0 * (i % 2) as f32), ..small }.draw(BARCODE, 9 + i)).collect();
    let mut session = visit();
    let mut said = Vec::new();
    // Nothing in view for a moment, then the code, then a code that jumps about, then nothing again.
    let frames = (0..2).map(|_| &blank).chain((0..20).map(|i| &still[i % 5])).chain((0..24).map(|i| &shaken[i % 5]));
    for luma in frames.chain((0..20).map(|_| &blank)) {
        let coach = session.frame(frame(luma, &small)).coach.unwrap();
        match said.last_mut() {
            Some((advice, times)) if *advice == coach.advice => *times += 1,
            _ => said.push((coach.advice, 1)),
        }
    }
    let words: Vec<Advice> = said.iter().map(|s| s.0).collect();
    assert_eq!(words, [Advice::NotFound, Advice::Closer, Advice::Moving, Advice::NotFound], "{said:?}");
    assert!(said[..3].iter().all(|s| s.1 >= 15), "{said:?}");
}
