//! Pictures that hold no readable notice, of the kinds most likely to be mistaken for one.

use super::code::{self, Modules};
use super::corpus::{Seen, Shot, loose_camera, shoot};
use super::draw::{Anchor, Area, Drawing};
use super::payload::{self, Bill, ElQr, digits, pick};
use super::print::{Gap, Kind, Printed, Printer};
use super::sheet::{Order, Sheet, draw, paragraph, web_link};
use super::stage::{ORDINARY, photograph, table_scene};
use anyhow::Context;
use image::{Rgb, RgbImage};
use jiff::civil::Date;
use rand::Rng;
use rand::rngs::SmallRng;

/// The kinds, met in turn.
pub const KINDS: [&str; 24] = [
    "text",
    "ean-13",
    "torn",
    "wrong-check-digit",
    "stripes",
    "table",
    "code-128-digits",
    "covered",
    "web-link",
    "wrong-mod-103",
    "itf",
    "gs1-128-goods",
    "code-39",
    "keyboard",
    "blinds",
    "code-128-text",
    "no-code-notice",
    "other-ai",
    "blank",
    "noise",
    "gradient",
    "cut-off",
    "other-qr",
    "el-qr-spoilt",
];

/// The picture number `index` of a set.
///
/// # Errors
/// No Japanese font.
pub fn shot(index: usize, today: Date, rng: &mut SmallRng) -> anyhow::Result<Shot> {
    let kind = KINDS[index % KINDS.len()];
    match kind {
        "torn" | "covered" | "wrong-check-digit" | "wrong-mod-103" | "other-ai" | "no-code-notice" | "cut-off" => {
            spoilt_notice(kind, today, rng)
        }
        "ean-13" | "itf" | "code-39" | "code-128-digits" | "code-128-text" | "gs1-128-goods" | "web-link"
        | "other-qr" | "el-qr-spoilt" => label(kind, today, rng),
        "blank" | "noise" | "gradient" => Ok(plain(kind, rng)),
        _ => surface(kind, rng),
    }
}

/// A notice whose bar code cannot or must not be read.
fn spoilt_notice(kind: &'static str, today: Date, rng: &mut SmallRng) -> anyhow::Result<Shot> {
    let mut order = Order::random(rng, today);
    order.el_qr = None;
    let good = order.bill.digits();
    match kind {
        "wrong-check-digit" => order.digits = Some(wrong_check_digit(&good, rng)),
        "wrong-mod-103" => order.spoil = rng.random_range(1..103),
        "other-ai" => {
            // The check digit fits, so that the application identifier alone speaks against it.
            let body = format!("{}{}", pick(rng, &["92", "99", "90", "21", "30"]), &good[2..43]);
            order.digits = Some(format!("{body}{}", payload::check_digit(&body)));
        }
        "no-code-notice" => order.digits = None,
        _ => {}
    }
    let mut sheet = draw(&order, rng)?;
    if kind == "no-code-notice" {
        let point = (sheet.width * 0.4, sheet.height * 0.7);
        let scene = table_scene(&sheet, rng);
        let (camera, conditions) = loose_camera(point, (8.0, 22.0), rng);
        return shoot(&scene, &camera, kind, conditions, rng);
    }
    let at = sheet.codes.iter().position(|c| c.kind == Kind::Payment).context("a notice has its bar code")?;
    let Sheet { drawing, codes, .. } = &mut sheet;
    let code = &mut codes[at];
    match kind {
        "wrong-check-digit" => code.valid = false,
        "other-ai" => {
            code.valid = false;
            code.kind = Kind::OtherCode;
        }
        "torn" | "covered" => cover(code, drawing, kind == "torn", rng),
        _ => {}
    }
    let mut code = code.clone();
    let scene = table_scene(&sheet, rng);
    if kind == "cut-off" {
        // Looks at a window that leaves at least a fifth of the symbol outside.
        return cut_off(&sheet, &code, rng);
    }
    code.gap = None;
    loop {
        let size = pick(rng, &[(1280, 720), (1920, 1080), (1280, 960), (1600, 1200), (720, 1280), (640, 480)]);
        if let Some((camera, conditions)) = photograph(&code, &[], size, &ORDINARY, rng) {
            return shoot(&scene, &camera, kind, conditions, rng);
        }
    }
}

/// The same digits with another check digit.
fn wrong_check_digit(good: &str, rng: &mut SmallRng) -> String {
    let right = good.as_bytes()[43] - b'0';
    let wrong = (right + rng.random_range(1..10u8)) % 10;
    format!("{}{wrong}", &good[..43])
}

/// Takes six to thirteen characters out of a symbol, at every height: more than its checks could make good again.
fn cover(code: &mut Printed, drawing: &mut Drawing, torn: bool, rng: &mut SmallRng) {
    let slant: f64 = rng.random_range(-0.5..0.5);
    // A slanted gap is that much wider, or the rows above and below it together would show what it hides.
    let width = f64::from(rng.random_range(6..14u8)) * 11.0 * code.module + slant.abs() * code.height;
    let from = rng.random_range(0.05..0.9) * (code.width() - width);
    let gap = Gap { from, to: from + width, slant };
    code.gap = Some(gap);
    let (top, bottom) = (code.y - 2.0, code.y + code.height + 2.0);
    let shift = (code.height / 2.0 + 2.0) * slant;
    let colour = if torn { "#f4f2ec" } else { pick(rng, &["#c99a7c", "#b98566", "#2a2d33", "#d9d4c8", "#3a66a8"]) };
    let points = format!(
        "{:.3},{top:.3} {:.3},{top:.3} {:.3},{bottom:.3} {:.3},{bottom:.3}",
        code.x + gap.from - shift,
        code.x + gap.to - shift,
        code.x + gap.to + shift,
        code.x + gap.from + shift
    );
    drawing.body.push_str(&format!(r#"<polygon points="{points}" fill="{colour}"/>"#));
}

/// A notice of which the picture shows only a part of the bar code.
fn cut_off(sheet: &Sheet, code: &Printed, rng: &mut SmallRng) -> anyhow::Result<Shot> {
    let scene = table_scene(sheet, rng);
    for _ in 0..200 {
        let side = if rng.random_bool(0.5) { 1.0 } else { -1.0 };
        let point = (
            code.x + code.width() * (0.5 + side * rng.random_range(0.4..0.7)),
            code.y + code.height * rng.random_range(0.0..1.0),
        );
        let (mut camera, mut conditions) = loose_camera(point, (12.0, 30.0), rng);
        camera.optics.sigma = camera.optics.sigma.min(1.0);
        conditions.sigma = camera.optics.sigma / conditions.module_px;
        // Visible at most up to four fifths: five characters at least are outside the picture.
        let visible = (0..=100)
            .filter(|at| {
                let x = code.x + code.width() * f64::from(*at) / 100.0;
                [0.0, 0.5, 1.0].into_iter().any(|down| {
                    let (u, v) = camera.pose.pixel(x, code.y + code.height * down);
                    u > 0.0 && v > 0.0 && u < f64::from(camera.size.0) && v < f64::from(camera.size.1)
                })
            })
            .count();
        if (20..80).contains(&visible) {
            return shoot(&scene, &camera, "cut-off", conditions, rng);
        }
    }
    // No window was found by chance (a very small sheet): a view of the table says nothing either.
    let (camera, conditions) = loose_camera((-300.0, -300.0), (12.0, 30.0), rng);
    shoot(&scene, &camera, "cut-off", conditions, rng)
}

fn blank_sheet(rng: &mut SmallRng, width: f64, height: f64) -> Sheet {
    let mut drawing = Drawing::default();
    let colour = pick(rng, &["#ffffff", "#ffffff", "#fdf8ea", "#f2f6fb", "#e9dcc3"]);
    drawing.fill(Area { x: 0.0, y: 0.0, w: width, h: height }, colour);
    Sheet { width, height, drawing, codes: Vec::new(), layout: "negative" }
}

/// A label or a letter with a symbol that is none of a notice's.
fn label(kind: &'static str, today: Date, rng: &mut SmallRng) -> anyhow::Result<Shot> {
    let (width, height) = (rng.random_range(80.0..210.0), rng.random_range(60.0..200.0));
    let mut sheet = blank_sheet(rng, width, height);
    paragraph(&mut sheet.drawing, Area { x: 6.0, y: 5.0, w: width - 12.0, h: height * 0.4 - 6.0 }, 3.2, rng);
    if kind == "web-link" {
        let place = (width * 0.4, height * 0.5);
        let side = rng.random_range(14.0..24.0);
        web_link(&mut sheet, place, side, rng)?;
    } else {
        let (modules, text) = symbol(kind, today, rng)?;
        let square = matches!(modules, Modules::Cells { .. });
        let module = rng.random_range(0.16..0.33f64).min((width - 16.0) / (modules.across() as f64 + 20.0));
        let module = if square { module * 2.2 } else { module };
        let across = modules.across() as f64 * module;
        let high = if square { across } else { rng.random_range(9.0..22.0) };
        let (x, y) = ((width - across) * rng.random_range(0.4..0.6), height * 0.45);
        sheet
            .drawing
            .fill(Area { x: x - module * 11.0, y: y - 1.0, w: across + module * 22.0, h: high + 6.0 }, "#ffffff");
        let caption = if square { "" } else { &text };
        sheet.drawing.text_within((x, y + high + 3.4), 3.0, across, "#111111", Anchor::Start, caption);
        let code_kind = match kind {
            "other-qr" => Kind::OtherQr,
            "el-qr-spoilt" => Kind::ElQr,
            _ => Kind::OtherCode,
        };
        sheet.codes.push(Printed {
            kind: code_kind,
            text,
            valid: kind != "el-qr-spoilt",
            modules,
            x,
            y,
            module,
            height: high,
            printer: Printer { dpi: 600.0, spread: rng.random_range(-0.01..0.03) },
            gap: None,
        });
    }
    let code = sheet.codes.first().context("a label has its symbol")?.clone();
    let scene = table_scene(&sheet, rng);
    loop {
        let size = pick(rng, &[(1280, 720), (1920, 1080), (1280, 960), (1600, 1200), (720, 1280), (640, 480)]);
        let mut bounds = ORDINARY;
        if matches!(kind, "web-link" | "other-qr" | "el-qr-spoilt") {
            bounds.module_px = (3.0, 9.0);
        }
        if let Some((camera, conditions)) = photograph(&code, &[], size, &bounds, rng) {
            return shoot(&scene, &camera, kind, conditions, rng);
        }
    }
}

/// A symbol of another kind, and its text.
pub fn symbol(kind: &str, today: Date, rng: &mut SmallRng) -> anyhow::Result<(Modules, String)> {
    Ok(match kind {
        "ean-13" => {
            let twelve = format!("{}{}", pick(rng, &["49", "45", "97", "00"]), digits(rng, 10));
            code::ean_13(&twelve)?
        }
        "itf" | "itf-10" => {
            let count = if kind == "itf" { pick(rng, &[14, 16, 44]) } else { 10 };
            let text = digits(rng, count);
            (code::itf(&text)?, text)
        }
        "code-39" => {
            let text = format!("{}-{}", pick(rng, &["A", "TOSHO", "K"]), digits(rng, 8));
            (code::code_39(&text)?, text)
        }
        // A payment's very digits, but without FNC1 it is not a GS1-128.
        "code-128-digits" => {
            let text = if rng.random_bool(0.6) {
                Bill::random(rng, today).digits()
            } else {
                let count = pick(rng, &[10, 20, 44]);
                digits(rng, count)
            };
            (code::code_128_c(&text)?, text)
        }
        "other-qr" => {
            let text =
                pick(rng, &["TEL:0000001234", "見本市役所", "2026-SHIKEN", "WIFI:S:mihon;T:nopass;;"]).to_owned();
            (code::qr(&text)?, text)
        }
        // Right in all but its CRC, or with two amounts that do not agree.
        "el-qr-spoilt" => {
            let bill = Bill::random(rng, today);
            let mut text = ElQr::beside(&bill, today, rng).digits();
            if rng.random_bool(0.5) {
                let last = (text.as_bytes()[254] - b'0' + rng.random_range(1..10u8)) % 10;
                text.replace_range(254.., &last.to_string());
            } else {
                text = payload::with_other_amount(&text, u64::from(bill.amount) + 100);
            }
            (code::el_qr(&text, rng.random_bool(0.5))?, text)
        }
        "code-128-text" => {
            let text = format!("{}{}", pick(rng, &["ORDER-", "lot ", "ABC/"]), digits(rng, 7));
            (code::code_128_b(&text)?, text)
        }
        _ => {
            let batch = if rng.random_bool(0.6) {
                format!("10{}{}", pick(rng, &["A", "LOT", ""]), digits(rng, 5))
            } else {
                String::new()
            };
            let body = format!("01{}", digits(rng, 13));
            let item = format!("{body}{}", payload::check_digit(&body[2..]));
            // Now and then of a payment's very length: 22 pairs under an identifier that is none of a payment's.
            let numeric = if rng.random_bool(0.3) {
                format!("{}{}", pick(rng, &["00", "93", "97"]), digits(rng, 42))
            } else {
                let (year, month, day) = (rng.random_range(26..31), rng.random_range(1..13), rng.random_range(1..29));
                format!("{item}17{year:02}{month:02}{day:02}")
            };
            let text = format!("{numeric}{batch}");
            (code::gs1_128_goods(&numeric, &batch)?, text)
        }
    })
}

/// Pages and surfaces full of parallel lines.
fn surface(kind: &'static str, rng: &mut SmallRng) -> anyhow::Result<Shot> {
    let (width, height) = (210.0, 297.0);
    let mut sheet = blank_sheet(rng, width, height);
    let d = &mut sheet.drawing;
    let inner = Area { x: 12.0, y: 12.0, w: width - 24.0, h: height - 24.0 };
    match kind {
        "text" => {
            let size = rng.random_range(2.0..5.5);
            paragraph(d, inner, size, rng);
        }
        "table" => {
            let (columns, rows) = (rng.random_range(3..40), rng.random_range(6..60));
            for column in 0..=columns {
                let x = inner.x + inner.w * f64::from(column) / f64::from(columns);
                d.line((x, inner.y), (x, inner.bottom()), "#222222", rng.random_range(0.1..0.6), "");
            }
            for row in 0..=rows {
                let y = inner.y + inner.h * f64::from(row) / f64::from(rows);
                d.line((inner.x, y), (inner.right(), y), "#222222", rng.random_range(0.1..0.6), "");
                let size = inner.h / f64::from(rows) * 0.6;
                for column in 0..columns.min(12) {
                    let x = inner.x + inner.w * f64::from(column) / f64::from(columns) + 0.4;
                    let text = digits(rng, 5);
                    d.text_within(
                        (x, y - size * 0.3),
                        size,
                        inner.w / f64::from(columns) - 0.8,
                        "#111111",
                        Anchor::Start,
                        &text,
                    );
                }
            }
        }
        // Bars of random widths on a grid of modules: what a bar code is made of, without its meaning.
        "stripes" => {
            let module = rng.random_range(0.15..0.6);
            let regular = rng.random_bool(0.3);
            let mut x = inner.x;
            while x < inner.right() {
                let bar = if regular { 1.0 } else { f64::from(rng.random_range(1..5u8)) } * module;
                let space = if regular { 1.0 } else { f64::from(rng.random_range(1..5u8)) } * module;
                d.fill(Area { x, w: bar, ..inner }, "#111111");
                x += bar + space;
            }
        }
        "blinds" => {
            let pitch = rng.random_range(0.6..6.0);
            let share = rng.random_range(0.2..0.8);
            let mut x = 0.0;
            while x < width {
                let tone = rng.random_range(40..110);
                d.fill(Area { x, y: 0.0, w: pitch * share, h: height }, &format!("rgb({tone},{tone},{tone})"));
                x += pitch;
            }
        }
        _ => {
            let pitch = rng.random_range(7.0..19.0);
            d.fill(Area { x: 0.0, y: 0.0, w: width, h: height }, "#2a2c30");
            let letters: Vec<char> = "QWERTYUIOPASDFGHJKLZXCVBNMあいうえおかきくけこ0123456789".chars().collect();
            for row in 0..(height / pitch) as usize {
                for column in 0..(width / pitch) as usize {
                    let x = (column as f64 + 0.25 * (row % 4) as f64) * pitch + 1.0;
                    let y = row as f64 * pitch + 1.0;
                    let _ = std::fmt::Write::write_fmt(
                        &mut d.body,
                        format_args!(
                            r##"<rect x="{x:.2}" y="{y:.2}" width="{0:.2}" height="{0:.2}" rx="1" fill="#484b52"/>"##,
                            pitch * 0.88
                        ),
                    );
                    let letter = pick(rng, &letters).to_string();
                    d.text((x + pitch * 0.2, y + pitch * 0.45), pitch * 0.3, "#e8e8e8", Anchor::Start, &letter);
                }
            }
        }
    }
    let point = (rng.random_range(50.0..160.0), rng.random_range(50.0..240.0));
    let scene = table_scene(&sheet, rng);
    let (camera, conditions) = loose_camera(point, (5.0, 24.0), rng);
    shoot(&scene, &camera, kind, conditions, rng)
}

/// Pictures that no scene stands behind.
fn plain(kind: &'static str, rng: &mut SmallRng) -> Shot {
    let (width, height) = pick(rng, &[(640, 480), (1280, 720), (1920, 1080), (16, 16), (1, 1), (1280, 3), (3, 720)]);
    let base: [u8; 3] = rng.random();
    let strength = rng.random_range(4..128u8);
    let slope: (f64, f64) = (rng.random_range(-255.0..255.0), rng.random_range(-255.0..255.0));
    let picture = RgbImage::from_fn(width, height, |x, y| match kind {
        "noise" => Rgb(std::array::from_fn(|i| base[i].saturating_add(rng.random_range(0..=strength)))),
        "gradient" => {
            let part = f64::from(x) / f64::from(width) * slope.0 + f64::from(y) / f64::from(height) * slope.1;
            Rgb(base.map(|c| (f64::from(c) + part).clamp(0.0, 255.0) as u8))
        }
        _ => Rgb(base),
    });
    Shot::new(picture, kind, Vec::<Seen>::new(), None, None)
}
