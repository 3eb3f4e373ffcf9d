//! What a reader could mistake for a payment symbol, one drawing a kind.

use super::camera::{Glare, Limits, Shot};
use super::paper::{Bitmap, Cover, Crease, Page, Screen, Strip};
use super::word::{self, LENGTH, MODULES, Word};
use crate::slip::code::{self, Modules};
use crate::slip::payload::{ElQr, check_digit, digits, pick, with_other_amount};
use jiff::civil::Date;
use rand::Rng;
use rand::rngs::SmallRng;

/// A drawing, where to look, and what may be read in it.
#[derive(Debug)]
pub struct Scene {
    pub page: Page,
    pub from: (f32, f32),
    pub to: (f32, f32),
    pub shot: Shot,
    /// The payment words that are there, whole or damaged; any other read is false.
    pub words: Vec<String>,
}

type Draw = fn(&mut SmallRng) -> anyhow::Result<Scene>;
type DrawTwo = fn(&mut SmallRng) -> anyhow::Result<[Scene; 2]>;

/// Every kind with its name, met in turn.
pub const KINDS: [(&str, Draw); 31] = [
    ("text", text),
    ("random bars", random_bars),
    ("regular stripes", regular_stripes),
    ("noise", noise),
    ("halftone", halftone),
    ("tint", tint),
    ("code 39", |rng| other(rng, 0)),
    ("itf", |rng| other(rng, 1)),
    ("ean-13", |rng| other(rng, 2)),
    ("code 128 b", |rng| other(rng, 3)),
    ("gs1-128 of goods", |rng| other(rng, 4)),
    ("other identifier", other_identifier),
    ("qr", qr),
    ("occluded", |rng| occluded(rng, 1)),
    ("occluded twice", |rng| occluded(rng, 2)),
    ("stamped", stamped),
    ("glare", glare),
    ("spliced", spliced),
    ("stacked", stacked),
    ("overlapping", overlapping),
    ("character misprinted", misprinted),
    ("edge misprinted", smeared),
    ("start, fnc1 or stop misprinted", frame_misprinted),
    ("characters swapped", swapped),
    ("wrong mod 10", wrong_mod_10),
    ("wrong mod 103", wrong_mod_103),
    ("modules cut out", cut_out),
    ("end cut off", end_cut_off),
    ("side by side", side_by_side),
    ("crease", crease),
    ("limit", limit),
];

/// Met in sequences of frames only: papers that take each other's place in the same hand.
pub const CHANGES: [(&str, DrawTwo); 1] = [("notice changed", changed)];

/// The ranges for hostile frames.
const HOSTILE: Limits = Limits { scale: (0.6, 3.0), blur: (0.2, 1.4), noise: (0.01, 0.2) };
/// Genuine symbols, near or below what can be read.
const LIMIT: Limits = Limits { scale: (0.5, 1.2), blur: (0.8, 1.6), noise: (0.04, 0.3) };

fn page(rng: &mut SmallRng) -> Page {
    let mut page = Page { paper: rng.random_range(0.6..0.95), ink: rng.random_range(0.02..0.15), ..Page::default() };
    if rng.random_bool(0.3) {
        page.wave =
            (rng.random_range(0.05..0.6), rng.random_range(80.0..400.0), rng.random_range(0.0..std::f32::consts::TAU));
    }
    if rng.random_bool(0.15) {
        page.screens.push(screen(rng, 0.15));
    }
    page
}

fn screen(rng: &mut SmallRng, density: f32) -> Screen {
    let wave = |rng: &mut SmallRng| {
        let (pitch, angle) = (rng.random_range(1.2..12.0f32), rng.random_range(0.0..std::f32::consts::PI));
        (angle.cos() / pitch, angle.sin() / pitch)
    };
    let waves = [wave(rng), if rng.random_bool(0.5) { wave(rng) } else { (0.0, 0.0) }];
    let wander = if rng.random_bool(0.3) { rng.random_range(0.0..12.0) } else { 0.0 };
    Screen { waves, wander, density: rng.random_range(0.3..1.0) * density, hardness: rng.random_range(0.8..6.0) }
}

/// Prints bars with a printer's faults.
fn strip(rng: &mut SmallRng, place: (f32, f32), height: f32, widths: &[f32]) -> Strip {
    let spread = rng.random_range(-0.1..0.14);
    let jitter = if rng.random_bool(0.5) { rng.random_range(0.0..0.08) } else { 0.0 };
    let density = rng.random_range(0.75..1.0);
    Strip::new(place, height, density, widths, |rise| {
        let shift = if rise { -spread } else { spread };
        shift + jitter * rng.random_range(-1.7..1.7)
    })
}

fn height(rng: &mut SmallRng) -> f32 {
    rng.random_range(24.0..62.0)
}

/// Characters that no one can read, in lines.
fn lines_of_text(rng: &mut SmallRng, place: (f32, f32), length: f32, lines: usize) -> Bitmap {
    let cell = rng.random_range(0.35..1.3);
    let width = (length / cell) as usize;
    let (glyph, row) = (rng.random_range(6..13), rng.random_range(11..18));
    let height = row * lines;
    let mut dark = vec![false; width * height];
    for line in 0..lines {
        for letter in 0..width / glyph {
            if rng.random_bool(0.12) {
                continue;
            }
            let (ox, oy) = (letter * glyph, line * row);
            for _ in 0..rng.random_range(2..7) {
                let (w, h) = (glyph - 2, row - 4);
                let (at, end) = (rng.random_range(0..w.max(h)), rng.random_range(2..w.max(h) + 1));
                let across = rng.random_bool(0.5);
                for s in 0..end {
                    let (x, y) = if across { (s, at) } else { (at, s) };
                    if x < w && y < h {
                        dark[(oy + y) * width + ox + x] = true;
                    }
                }
            }
        }
    }
    let density = rng.random_range(0.6..1.0);
    Bitmap::new(place, cell, density, (width, height), |x, y| dark[y * width + x])
}

/// Text or a rule beside what matters, as on a real slip.
fn surroundings(rng: &mut SmallRng, scene: &mut Scene) {
    if rng.random_bool(0.5) {
        let y = scene.to.1 - 6.0;
        let text = lines_of_text(rng, (scene.from.0 + 20.0, y), scene.to.0 - scene.from.0 - 40.0, 1);
        scene.page.bitmaps.push(text);
        scene.to.1 += 16.0;
    }
    if rng.random_bool(0.2) {
        let gap = rng.random_range(2.0..10.0);
        let (x, y) = (scene.from.0 + 10.0 - gap, scene.from.1 + 10.0 - gap);
        let length = scene.to.0 - scene.from.0 - 20.0 + 2.0 * gap;
        scene.page.strips.push(Strip::new((x, y), 1.2, 0.9, &[length], |_| 0.0));
        scene.page.strips.push(Strip::new((x, y), scene.to.1 - y - 6.0, 0.9, &[1.2, length, 1.2], |_| 0.0));
    }
}

fn scene(rng: &mut SmallRng, page: Page, size: (f32, f32), words: Vec<String>) -> Scene {
    let shot = Shot::random(rng, &HOSTILE);
    let mut scene = Scene { page, from: (-12.0, -10.0), to: (size.0 + 12.0, size.1 + 10.0), shot, words };
    surroundings(rng, &mut scene);
    scene
}

/// One symbol, spoilt or not, on a page of its own.
fn one(rng: &mut SmallRng, word: &Word, words: Vec<String>) -> anyhow::Result<(Scene, f32)> {
    let high = height(rng);
    let mut page = page(rng);
    let strip = strip(rng, (0.0, 0.0), high, &word::widths(word)?);
    page.strips.push(strip);
    Ok((scene(rng, page, (MODULES, high), words), high))
}

fn genuine(rng: &mut SmallRng) -> anyhow::Result<(Scene, f32)> {
    let text = word::bill(rng).digits();
    one(rng, &word::of_digits(&text), vec![text])
}

fn text(rng: &mut SmallRng) -> anyhow::Result<Scene> {
    let mut page = page(rng);
    let lines = rng.random_range(1..6);
    let text = lines_of_text(rng, (0.0, 0.0), 290.0, lines);
    page.bitmaps.push(text);
    Ok(scene(rng, page, (290.0, 15.0 * lines as f32), Vec::new()))
}

/// Bars of the widths of Code 128 that are no characters, and characters without a symbol around them.
fn random_bars(rng: &mut SmallRng) -> anyhow::Result<Scene> {
    let (high, mut page) = (height(rng), page(rng));
    let mut widths = Vec::new();
    match rng.random_range(0..3) {
        0 => widths.extend((0..rng.random_range(60..180)).map(|_| rng.random_range(1..5) as f32)),
        1 => {
            // Start and Stop are right, and everything between belongs to no word.
            let word: Word = std::array::from_fn(|_| rng.random_range(0..103));
            widths = word::widths(&word)?;
        }
        _ => {
            let word: Word = std::array::from_fn(|_| rng.random_range(0..103));
            widths = word::widths(&word)?;
            let turn = rng.random_range(2..100);
            widths.rotate_left(turn);
        }
    }
    let length = widths.iter().sum();
    let strip = strip(rng, (0.0, 0.0), high, &widths);
    page.strips.push(strip);
    Ok(scene(rng, page, (length, high), Vec::new()))
}

fn regular_stripes(rng: &mut SmallRng) -> anyhow::Result<Scene> {
    let (high, mut page) = (height(rng), page(rng));
    let (bar, space) = (rng.random_range(0.7..5.0), rng.random_range(0.7..5.0));
    let widths: Vec<f32> = (0..(290.0 / (bar + space)) as usize).flat_map(|_| [bar, space]).collect();
    let strip = strip(rng, (0.0, 0.0), high, &widths);
    page.strips.push(strip);
    Ok(scene(rng, page, (290.0, high), Vec::new()))
}

fn noise(rng: &mut SmallRng) -> anyhow::Result<Scene> {
    let mut page = page(rng);
    let (width, height) = (rng.random_range(40..300), rng.random_range(1..60));
    let dark: Vec<bool> = (0..width * height).map(|_| rng.random_bool(0.5)).collect();
    // Cells as high as the whole: stripes of chance.
    let cell = 290.0 / width as f32;
    let depth = rng.random_range(0.05..1.0);
    page.bitmaps.push(Bitmap::new((0.0, 0.0), cell, depth, (width, height), |x, y| dark[y * width + x]));
    let high = (height as f32 * cell).min(80.0);
    let mut scene = scene(rng, page, (290.0, high), Vec::new());
    scene.shot.noise *= rng.random_range(1.0..5.0);
    Ok(scene)
}

fn halftone(rng: &mut SmallRng) -> anyhow::Result<Scene> {
    let mut page = page(rng);
    for _ in 0..rng.random_range(1..3) {
        page.screens.push(screen(rng, 1.0));
    }
    Ok(scene(rng, page, (290.0, 60.0), Vec::new()))
}

/// Coloured stripes of a printed form: wide, soft, of little contrast.
fn tint(rng: &mut SmallRng) -> anyhow::Result<Scene> {
    let (high, mut page) = (height(rng), page(rng));
    page.screens.push(screen(rng, 0.4));
    let widths: Vec<f32> = (0..rng.random_range(10..80)).map(|_| rng.random_range(1.0..9.0)).collect();
    let length = widths.iter().sum::<f32>();
    page.strips.push(Strip::new((0.0, 0.0), high, rng.random_range(0.05..0.6), &widths, |_| 0.0));
    Ok(scene(rng, page, (length.max(60.0), high), Vec::new()))
}

fn ascii(rng: &mut SmallRng, letters: &[u8], count: usize) -> String {
    (0..count).map(|_| char::from(letters[rng.random_range(0..letters.len())])).collect()
}

/// Symbols of other symbologies and uses, some drawn to the length of a payment symbol.
fn other(rng: &mut SmallRng, which: u8) -> anyhow::Result<Scene> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let modules = match which {
        0 => {
            let count = rng.random_range(8..20);
            code::code_39(&ascii(rng, LETTERS, count))?
        }
        1 => {
            let count = 2 * rng.random_range(7..17);
            code::itf(&digits(rng, count))?
        }
        2 => code::ean_13(&digits(rng, 12))?.0,
        3 => {
            let count = rng.random_range(8..24);
            code::code_128_b(&ascii(rng, LETTERS, count))?
        }
        _ => {
            let (numeric, batch) = (format!("01{}17261231", digits(rng, 14)), ascii(rng, LETTERS, 6));
            code::gs1_128_goods(&numeric, &batch)?
        }
    };
    let across = modules.across() as f32;
    let Modules::Bars(widths) = modules else { anyhow::bail!("expected bars") };
    let stretch = if rng.random_bool(0.5) { 1.0 } else { MODULES / across };
    let widths: Vec<f32> = widths.into_iter().map(|w| f32::from(w) * stretch).collect();
    let (high, mut page) = (height(rng), page(rng));
    let strip = strip(rng, (0.0, 0.0), high, &widths);
    page.strips.push(strip);
    Ok(scene(rng, page, (across * stretch, high), Vec::new()))
}

/// A whole GS1-128 symbol of 44 digits under another application identifier: only the identifier speaks against it.
fn other_identifier(rng: &mut SmallRng) -> anyhow::Result<Scene> {
    let text = word::bill(rng).digits();
    let body = format!("{}{}", pick(rng, &["92", "90", "99", "81", "31", "01", "21", "97"]), &text[2..43]);
    let text = format!("{body}{}", check_digit(&body));
    Ok(one(rng, &word::of_digits(&text), Vec::new())?.0)
}

fn qr(rng: &mut SmallRng) -> anyhow::Result<Scene> {
    let mut words = Vec::new();
    let modules = if rng.random_bool(0.5) {
        let bill = word::bill(rng);
        let mut text = ElQr::beside(&bill, Date::constant(2026, 12, 1), rng).digits();
        match rng.random_range(0..3) {
            0 => words.push(text.clone()),
            1 => text = with_other_amount(&text, rng.random_range(1..1_000_000)),
            _ => {
                let at = rng.random_range(20..250);
                let digit = (text.as_bytes()[at] - b'0' + rng.random_range(1..10u8)) % 10;
                text.replace_range(at..=at, &digit.to_string());
            }
        }
        code::el_qr(&text, rng.random_bool(0.5))?
    } else {
        code::qr(&format!("https://example.com/{}", digits(rng, 40)))?
    };
    let Modules::Cells { side, dark } = modules else { anyhow::bail!("expected cells") };
    let mut page = page(rng);
    let cell = rng.random_range(1.0..3.0);
    page.bitmaps.push(Bitmap::new((0.0, 0.0), cell, 0.95, (side, side), |x, y| dark[y * side + x]));
    let size = side as f32 * cell;
    Ok(scene(rng, page, (size, size), words))
}

/// Dirt, tape, ink or a finger over three to twenty-five modules, at full height or part of it.
fn occluded(rng: &mut SmallRng, times: usize) -> anyhow::Result<Scene> {
    let (mut scene, high) = genuine(rng)?;
    for _ in 0..times {
        let (paper, ink) = (scene.page.paper, scene.page.ink);
        let (level, opacity, edge) = match rng.random_range(0..5) {
            0 => (paper, 1.0, 0.1),
            1 => (ink, 1.0, 0.1),
            // A finger: skin, soft in its own shadow.
            2 => (rng.random_range(0.15..0.6), 1.0, rng.random_range(0.5..6.0)),
            3 => (rng.random_range(0.0..1.0) * paper, rng.random_range(0.6..1.0), rng.random_range(0.0..2.0)),
            // White-out that does not quite match.
            _ => (paper * rng.random_range(0.85..1.1), 1.0, 0.3),
        };
        let half = rng.random_range(3.0..25.0f32) / 2.0;
        let whole = rng.random_bool(0.75);
        let reach = if whole { high } else { high * rng.random_range(0.2..0.5) };
        let y = if whole { high / 2.0 } else { rng.random_range(0.0..high) };
        scene.page.covers.push(Cover {
            centre: (rng.random_range(0.0..MODULES), y),
            half: (half, reach),
            angle: if rng.random_bool(0.5) { 0.0 } else { rng.random_range(-0.7..0.7) },
            round: !whole && rng.random_bool(0.5),
            level,
            opacity,
            edge,
        });
    }
    Ok(scene)
}

/// A rubber stamp's ring or letters over the bars.
fn stamped(rng: &mut SmallRng) -> anyhow::Result<Scene> {
    let (mut scene, high) = genuine(rng)?;
    let size = rng.random_range(30..70usize);
    let cell = rng.random_range(0.5..1.4);
    let marks: Vec<bool> = (0..64).map(|_| rng.random_bool(0.4)).collect();
    let dark = |x: usize, y: usize| {
        let half = size as f32 / 2.0;
        let r = (x as f32 - half).hypot(y as f32 - half) / half;
        (0.85..1.0).contains(&r) || r < 0.75 && marks[(x * 8 / size) * 8 + y * 8 / size]
    };
    let place = (rng.random_range(0.0..MODULES - 20.0), rng.random_range(-10.0..high - 10.0));
    let density = rng.random_range(0.3..1.0);
    scene.page.bitmaps.push(Bitmap::new(place, cell, density, (size, size), dark));
    Ok(scene)
}

fn glare(rng: &mut SmallRng) -> anyhow::Result<Scene> {
    let (mut scene, high) = genuine(rng)?;
    for _ in 0..rng.random_range(1..3) {
        let band = rng.random_bool(0.4);
        scene.shot.glare.push(Glare {
            centre: (rng.random_range(0.0..MODULES), rng.random_range(0.0..high)),
            reach: (rng.random_range(3.0..60.0), if band { 300.0 } else { rng.random_range(8.0..80.0) }),
            strength: rng.random_range(0.2..4.0),
            hardness: *[2, 2, 4, 8].get(rng.random_range(0..4)).unwrap_or(&2),
        });
    }
    Ok(scene)
}

fn two_words(rng: &mut SmallRng) -> (Word, Word, Vec<String>) {
    let first = word::bill(rng);
    let mut second = word::sibling(&first, rng);
    while second.digits() == first.digits() {
        second = word::bill(rng);
    }
    let texts = vec![first.digits(), second.digits()];
    (word::of_digits(&texts[0]), word::of_digits(&texts[1]), texts)
}

/// The left part of one symbol and the right part of another, as two papers over each other show them; sometimes the
/// joint does not meet the grid of modules.
fn spliced(rng: &mut SmallRng) -> anyhow::Result<Scene> {
    let (a, b, texts) = two_words(rng);
    let joint = rng.random_range(2..LENGTH);
    let word: Word = std::array::from_fn(|k| if k < joint { a[k] } else { b[k] });
    let (mut scene, high) = one(rng, &word, word::digits(&word).into_iter().collect())?;
    if rng.random_bool(0.5) {
        let offset = rng.random_range(-3.0..3.0f32);
        let lift = rng.random_range(-4.0..4.0);
        let at = 11.0 * (joint + 1) as f32 + rng.random_range(-5.0..5.0f32);
        let (mut left, mut right) =
            (strip(rng, (0.0, 0.0), high, &word::widths(&a)?), strip(rng, (offset, lift), high, &word::widths(&b)?));
        left.keep(-1.0, at);
        right.keep(at - offset, MODULES + 1.0);
        scene.page.strips[0] = left;
        scene.page.strips.push(right);
        // Papers of one person differ in a few characters: where none of them is hidden, or none but the one that the
        // joint cuts, a word is there after all.
        let cut = (at / 11.0) as usize - 1;
        let shows = |text: &&String| {
            let whole = word::of_digits(text);
            (0..LENGTH).all(|k| k == cut || whole[k] == if k < cut { a[k] } else { b[k] })
        };
        scene.words = texts.iter().filter(shows).cloned().collect();
    }
    Ok(scene)
}

/// Two symbols one above the other, near or touching, exactly or nearly in line.
fn stacked(rng: &mut SmallRng) -> anyhow::Result<Scene> {
    let (a, b, words) = two_words(rng);
    let mut page = page(rng);
    let high = rng.random_range(14.0..40.0);
    let gap = if rng.random_bool(0.5) { 0.0 } else { rng.random_range(-4.0..10.0) };
    let shift = if rng.random_bool(0.5) { 0.0 } else { rng.random_range(-6.0..6.0) };
    let lower = rng.random_range(0.3..1.0) * high;
    let first = strip(rng, (0.0, 0.0), high, &word::widths(&a)?);
    let second = strip(rng, (shift, high + gap), lower, &word::widths(&b)?);
    page.strips.extend([first, second]);
    Ok(scene(rng, page, (MODULES, high + gap + lower), words))
}

/// One paper lies over the end of the other's symbol.
fn overlapping(rng: &mut SmallRng) -> anyhow::Result<Scene> {
    let (a, b, words) = two_words(rng);
    let mut page = page(rng);
    let high = height(rng);
    let shown = rng.random_range(40.0..280.0f32);
    let margin = if rng.random_bool(0.5) { 0.0 } else { rng.random_range(0.0..10.0) };
    let mut under = strip(rng, (0.0, 0.0), high, &word::widths(&a)?);
    under.keep(-1.0, shown - margin);
    let lift = rng.random_range(-3.0..3.0);
    let over = strip(rng, (shown, lift), high, &word::widths(&b)?);
    page.strips.extend([under, over]);
    Ok(scene(rng, page, (shown + MODULES, high), words[1..].to_vec()))
}

/// A character printed as another one, often the most similar.
fn misprinted(rng: &mut SmallRng) -> anyhow::Result<Scene> {
    let mut word = word::of_digits(&word::bill(rng).digits());
    let at = rng.random_range(1..LENGTH);
    let right = word[at];
    let mut wrong = (right + rng.random_range(1..103)) % 103;
    if rng.random_bool(0.6) {
        let mut near: Vec<u8> = Vec::new();
        for value in (0..103).filter(|v| *v != right) {
            if word::distance(right, value)? <= 2.0 {
                near.push(value);
            }
        }
        if !near.is_empty() {
            wrong = near[rng.random_range(0..near.len())];
        }
    }
    word[at] = wrong;
    Ok(one(rng, &word, word::digits(&word).into_iter().collect())?.0)
}

/// Another character in place of one that every payment symbol has. Whatever its digits say, it is none.
fn frame_misprinted(rng: &mut SmallRng) -> anyhow::Result<Scene> {
    let mut widths = word::widths(&word::of_digits(&word::bill(rng).digits()))?;
    let other = word::character(rng.random_range(0..103))?;
    // START, FNC1, and the first six of STOP's seven elements.
    let at = [0, 6, widths.len() - 7][rng.random_range(0..3)];
    let same = widths[at..at + 6] == *other;
    widths[at..at + 6].copy_from_slice(if same { word::character(0)? } else { other });
    let (high, mut page) = (height(rng), page(rng));
    let strip = strip(rng, (0.0, 0.0), high, &widths);
    page.strips.push(strip);
    Ok(scene(rng, page, (MODULES, high), Vec::new()))
}

/// One edge off by a module: what is printed is no character, or another. The intended word may still be read.
fn smeared(rng: &mut SmallRng) -> anyhow::Result<Scene> {
    let text = word::bill(rng).digits();
    let mut widths = word::widths(&word::of_digits(&text))?;
    let at = rng.random_range(12..widths.len() - 8);
    let by = if rng.random_bool(0.5) { 1.0 } else { -1.0 };
    if widths[at] + by >= 1.0 && widths[at + 1] - by >= 1.0 {
        widths[at] += by;
        widths[at + 1] -= by;
    }
    let (high, mut page) = (height(rng), page(rng));
    let strip = strip(rng, (0.0, 0.0), high, &widths);
    page.strips.push(strip);
    Ok(scene(rng, page, (MODULES, high), vec![text]))
}

/// Two characters in each other's place: nothing but modulus 103 and the check digit can tell.
fn swapped(rng: &mut SmallRng) -> anyhow::Result<Scene> {
    let mut word = word::of_digits(&word::bill(rng).digits());
    loop {
        let (a, b) = (rng.random_range(2..LENGTH - 1), rng.random_range(2..LENGTH - 1));
        if word[a] != word[b] {
            word.swap(a, b);
            break;
        }
    }
    Ok(one(rng, &word, word::digits(&word).into_iter().collect())?.0)
}

/// A symbol whose own check holds over digits whose check digit does not.
fn wrong_mod_10(rng: &mut SmallRng) -> anyhow::Result<Scene> {
    let good = word::bill(rng).digits();
    let right = good.as_bytes()[43] - b'0';
    let wrong = (right + rng.random_range(1..10u8)) % 10;
    Ok(one(rng, &word::of_digits(&format!("{}{wrong}", &good[..43])), Vec::new())?.0)
}

fn wrong_mod_103(rng: &mut SmallRng) -> anyhow::Result<Scene> {
    let mut word = word::of_digits(&word::bill(rng).digits());
    word[LENGTH - 1] = (word[LENGTH - 1] + rng.random_range(1..103)) % 103;
    Ok(one(rng, &word, Vec::new())?.0)
}

/// One to three modules are missing: a torn strip, put together again.
fn cut_out(rng: &mut SmallRng) -> anyhow::Result<Scene> {
    let (mut scene, _) = genuine(rng)?;
    let (at, modules) = (rng.random_range(1.0..MODULES - 4.0), rng.random_range(1.0..3.0f32));
    scene.page.strips[0].cut_out(at, modules);
    Ok(scene)
}

/// The left or the right end is missing: torn off, covered, or outside the picture.
fn end_cut_off(rng: &mut SmallRng) -> anyhow::Result<Scene> {
    let (mut scene, _) = genuine(rng)?;
    let lost = rng.random_range(1.0..60.0f32);
    let left = rng.random_bool(0.5);
    if rng.random_bool(0.5) {
        let (from, to) = if left { (lost, MODULES + 1.0) } else { (-1.0, MODULES - lost) };
        scene.page.strips[0].keep(from, to);
    } else if left {
        scene.from.0 = lost;
    } else {
        scene.to.0 = MODULES - lost;
    }
    Ok(scene)
}

fn side_by_side(rng: &mut SmallRng) -> anyhow::Result<Scene> {
    let (a, b, words) = two_words(rng);
    let mut page = page(rng);
    let high = height(rng);
    let gap = rng.random_range(1.0..40.0);
    let first = strip(rng, (0.0, 0.0), high, &word::widths(&a)?);
    let lift = rng.random_range(-10.0..10.0);
    let second = strip(rng, (MODULES + gap, lift), high, &word::widths(&b)?);
    page.strips.extend([first, second]);
    Ok(scene(rng, page, (2.0 * MODULES + gap, high), words))
}

fn crease(rng: &mut SmallRng) -> anyhow::Result<Scene> {
    let (mut scene, _) = genuine(rng)?;
    for _ in 0..rng.random_range(1..3) {
        scene.page.creases.push(Crease {
            at: rng.random_range(5.0..MODULES - 5.0),
            slant: rng.random_range(-1.0..1.0),
            hidden: if rng.random_bool(0.6) { rng.random_range(-1.5..3.0) } else { 0.0 },
            push: rng.random_range(-1.5..1.5),
            shade: rng.random_range(-0.5..0.8),
            width: rng.random_range(0.5..8.0),
        });
    }
    Ok(scene)
}

/// A genuine symbol that can hardly be read.
fn limit(rng: &mut SmallRng) -> anyhow::Result<Scene> {
    let (mut scene, _) = genuine(rng)?;
    scene.shot = Shot::random(rng, &LIMIT);
    Ok(scene)
}

/// Two notices of one person, hard to read, in the same place.
fn changed(rng: &mut SmallRng) -> anyhow::Result<[Scene; 2]> {
    let (a, b, words) = two_words(rng);
    let (mut first, _) = one(rng, &a, words.clone())?;
    first.shot = Shot::random(rng, &LIMIT);
    let (mut second, _) = one(rng, &b, words)?;
    second.shot = first.shot.clone();
    Ok([first, second])
}
