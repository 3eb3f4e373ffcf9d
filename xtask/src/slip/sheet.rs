//! Whole notices: 納付書 as Japanese municipalities print them, in several layouts, all of a town that does not exist.

use super::code;
use super::draw::{Anchor, Area, Drawing, FAMILIES};
use super::negative;
use super::payload::{Bill, ElQr, digits, pick};
use super::print::{Kind, Printed, Printer};
use jiff::civil::Date;
use rand::Rng;
use rand::rngs::SmallRng;

/// A sheet of paper with its print.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// Width, millimetres.
    pub width: f64,
    /// Height, millimetres.
    pub height: f64,
    /// Everything but the symbols.
    pub drawing: Drawing,
    /// The symbols.
    pub codes: Vec<Printed>,
    /// Name of the layout.
    pub layout: &'static str,
}

impl Sheet {
    /// The sheet as one SVG document in millimetres.
    pub fn svg(&self) -> String {
        self.whole().document(self.area(), "mm", 1.0)
    }

    /// The drawing with its symbols in it.
    pub fn whole(&self) -> Drawing {
        let mut whole = self.drawing.clone();
        for code in &self.codes {
            whole.body.push_str(&code.svg());
        }
        whole
    }

    /// The paper.
    pub fn area(&self) -> Area {
        Area { x: 0.0, y: 0.0, w: self.width, h: self.height }
    }

    /// The payment symbol, when there is one.
    pub fn payment(&self) -> Option<&Printed> {
        self.codes.iter().find(|code| code.kind == Kind::Payment)
    }
}

/// How an eL-QR stands beside the bar code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Beside {
    /// Same amount, same time limit.
    Agree,
    /// Another amount or another time limit.
    Disagree,
    /// No eL-QR.
    None,
}

/// What to draw.
#[derive(Debug, Clone)]
pub struct Order {
    /// What the printed fields say.
    pub bill: Bill,
    /// What the bar code says: the bill's digits unless a test wishes otherwise; none leaves the symbol out.
    pub digits: Option<String>,
    /// The eL-QR's digits.
    pub el_qr: Option<String>,
    /// A web-link QR is printed as well.
    pub web_link: bool,
    /// Another bar code stands on the sheet: a reference of the office or the printer.
    pub other: bool,
    /// Today.
    pub today: Date,
    /// Layout by number; none = by chance.
    pub layout: Option<usize>,
    /// Shift of the modulus 103 check character; 0 = a right one.
    pub spoil: u32,
    /// The same calm look for every seed: the page's sample and the documents.
    pub calm: bool,
}

impl Order {
    /// A random notice.
    pub fn random(rng: &mut SmallRng, today: Date) -> Self {
        let bill = Bill::random(rng, today);
        let el_qr = match rng.random_range(0..10) {
            0..=3 => Some(ElQr::beside(&bill, today, rng).digits()),
            4 => Some(disagreeing(&bill, today, rng).digits()),
            _ => None,
        };
        let digits = Some(bill.digits());
        Self {
            bill,
            digits,
            el_qr,
            web_link: rng.random_bool(0.3),
            other: rng.random_bool(0.25),
            today,
            layout: None,
            spoil: 0,
            calm: false,
        }
    }
}

/// An eL-QR whose amount or limit is not the bill's.
pub fn disagreeing(bill: &Bill, today: Date, rng: &mut SmallRng) -> ElQr {
    let mut code = ElQr::beside(bill, today, rng);
    if rng.random_bool(0.5) {
        code.amount += 100;
    } else {
        code.limit = code.limit.saturating_add(jiff::Span::new().days(31));
    }
    code
}

/// Names of the layouts.
pub const LAYOUTS: [&str; 5] = ["strip-3", "a4", "strip-4", "transfer", "folded"];

struct Look {
    ink: &'static str,
    tint: &'static str,
    body: &'static str,
    charge: &'static str,
    payer: &'static str,
    address: &'static str,
    due: Date,
    year: i16,
    period: String,
    number: String,
    office: String,
}

/// Draws a notice.
///
/// # Errors
/// Digits that a symbol cannot hold.
pub fn draw(order: &Order, rng: &mut SmallRng) -> anyhow::Result<Sheet> {
    let (ink, tint) = pick(
        rng,
        &[
            ("#222222", "#f1f1f1"),
            ("#1b6b45", "#e4f3ea"),
            ("#a03048", "#fbe9ec"),
            ("#20508c", "#e6eefa"),
            ("#8a5a14", "#fbf2df"),
            ("#c0392b", "#fdeee6"),
            ("#333333", "#fffbe8"),
        ],
    );
    let limit = order.bill.limit.unwrap_or_else(|| order.today.saturating_add(jiff::Span::new().days(60)));
    let due = limit.saturating_sub(jiff::Span::new().days(pick(rng, &[0i64, 0, 30, 31, 40])));
    let year = if due.month() >= 4 { due.year() } else { due.year() - 1 };
    let mut look = Look {
        ink,
        tint,
        body: pick(rng, &["見本市", "見本区", "例示町", "試験市", "架空村"]),
        charge: pick(
            rng,
            &[
                "国民健康保険料",
                "市民税・県民税（普通徴収）",
                "軽自動車税（種別割）",
                "固定資産税・都市計画税",
                "介護保険料",
                "後期高齢者医療保険料",
                "保育所保育料",
                "下水道使用料",
            ],
        ),
        payer: pick(rng, &["見本　太郎", "見本　花子", "例示　一郎", "納付　次郎", "試験　さくら"]),
        address: pick(
            rng,
            &[
                "見本県見本市見本町１丁目２番３号",
                "見本県例示町大字架空４５６番地",
                "試験県試験市中央７－８－９　見本ハイツ１０１",
            ],
        ),
        due,
        year,
        period: format!("第{:2}期", rng.random_range(1..11)),
        number: digits(rng, 10),
        office: format!("見本市役所　収納課　電話 0000-00-{}", digits(rng, 4)),
    };
    if order.calm {
        look.ink = "#1b6b45";
        look.tint = "#e4f3ea";
        look.body = "見本市";
        look.charge = "国民健康保険料";
        look.payer = "見本　太郎";
        look.period = "第 8期".to_owned();
    }
    let layout = order.layout.unwrap_or_else(|| rng.random_range(0..LAYOUTS.len())).min(LAYOUTS.len() - 1);
    let mut sheet = Sheet {
        width: 0.0,
        height: 0.0,
        drawing: Drawing {
            font: (pick(rng, &[FAMILIES[0], FAMILIES[0], FAMILIES[2], FAMILIES[3]])).to_owned(),
            ..Drawing::default()
        },
        codes: Vec::new(),
        layout: LAYOUTS[layout],
    };
    if order.calm {
        sheet.drawing.font = FAMILIES[0].to_owned();
    }
    let main_width = if order.calm { 93.0 } else { rng.random_range(92.0..102.0) };
    match layout {
        1 => {
            (sheet.width, sheet.height) = (210.0, 297.0);
            paper(&mut sheet);
            let strip = rng.random_range(100.0..112.0);
            letter(&mut sheet, Area { x: 15.0, y: 14.0, w: 180.0, h: 297.0 - strip - 18.0 }, &look, order, rng)?;
            let top = 297.0 - strip;
            perforate(&mut sheet.drawing, (0.0, top), (210.0, top));
            row(&mut sheet, Area { x: 0.0, y: top, w: 210.0, h: strip }, main_width, 2, &look, order, rng)?;
        }
        2 => {
            (sheet.width, sheet.height) = (297.0, rng.random_range(99.0..112.0));
            paper(&mut sheet);
            let area = sheet.area();
            row(&mut sheet, area, main_width, 3, &look, order, rng)?;
        }
        3 => {
            (sheet.width, sheet.height) = (rng.random_range(178.0..184.0), 114.0);
            paper(&mut sheet);
            let area = sheet.area();
            row(&mut sheet, area, main_width + 14.0, 1, &look, order, rng)?;
        }
        4 => {
            let upper = rng.random_range(55.0..70.0);
            let lower = rng.random_range(100.0..112.0);
            (sheet.width, sheet.height) = (main_width + 14.0, upper + lower);
            paper(&mut sheet);
            let width = sheet.width;
            stub(&mut sheet, Area { x: 0.0, y: 0.0, w: width, h: upper }, "領収証書", &look, order, rng)?;
            perforate(&mut sheet.drawing, (0.0, upper), (width, upper));
            main_part(&mut sheet, Area { x: 0.0, y: upper, w: width, h: lower }, &look, order, rng)?;
        }
        _ => {
            (sheet.width, sheet.height) = (rng.random_range(205.0..228.0), rng.random_range(98.0..114.0));
            if order.calm {
                // Small enough that amount and bar code share one small picture.
                sheet.height = 88.0;
            }
            paper(&mut sheet);
            let area = sheet.area();
            row(&mut sheet, area, main_width, 2, &look, order, rng)?;
        }
    }
    Ok(sheet)
}

fn paper(sheet: &mut Sheet) {
    let area = sheet.area();
    sheet.drawing.fill(area, "#ffffff");
}

fn perforate(drawing: &mut Drawing, from: (f64, f64), to: (f64, f64)) {
    drawing.line(from, to, "#8a8a8a", 0.2, "0.9 0.7");
}

/// The main part and `stubs` lesser ones side by side.
fn row(
    sheet: &mut Sheet,
    area: Area,
    main_width: f64,
    stubs: usize,
    look: &Look,
    order: &Order,
    rng: &mut SmallRng,
) -> anyhow::Result<()> {
    const TITLES: [&str; 4] = ["領収証書", "納付書（原符）", "払込金受領証", "控"];
    let place = if order.calm { 0 } else { rng.random_range(0..=stubs) };
    let other = (area.w - main_width) / stubs as f64;
    let mut x = area.x;
    for part in 0..=stubs {
        let w = if part == place { main_width } else { other };
        let this = Area { x, w, ..area };
        if part == place {
            main_part(sheet, this, look, order, rng)?;
        } else {
            stub(sheet, this, TITLES[part % TITLES.len()], look, order, rng)?;
        }
        x += w;
        if part < stubs {
            perforate(&mut sheet.drawing, (x, area.y), (x, area.bottom()));
        }
    }
    Ok(())
}

fn era(day: Date) -> String {
    format!("令和{:2}年{:2}月{:2}日", day.year() - 2018, day.month(), day.day())
}

fn yen(amount: u32) -> String {
    let plain = amount.to_string();
    let mut grouped = String::new();
    for (at, digit) in plain.chars().enumerate() {
        if at > 0 && (plain.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A table of labelled cells; returns its bottom.
fn cells(drawing: &mut Drawing, area: Area, fields: &[(&str, &str, f64)], look: &Look) -> f64 {
    let total: f64 = fields.iter().map(|(_, _, share)| share).sum();
    let head = area.h * 0.4;
    drawing.fill(Area { h: head, ..area }, look.tint);
    let mut x = area.x;
    for (label, value, share) in fields {
        let w = area.w * share / total;
        let middle = x + w / 2.0;
        drawing.text_within((middle, area.y + head * 0.76), head * 0.66, w - 1.0, look.ink, Anchor::Middle, label);
        let size = (area.h - head) * 0.62;
        drawing.text_within((middle, area.bottom() - size * 0.32), size, w - 1.2, "#111111", Anchor::Middle, value);
        if x > area.x {
            drawing.line((x, area.y), (x, area.bottom()), look.ink, 0.15, "");
        }
        x += w;
    }
    drawing.line((area.x, area.y + head), (area.right(), area.y + head), look.ink, 0.12, "");
    drawing.frame(area, look.ink, 0.25);
    area.bottom()
}

/// The amount, one digit a box; returns its bottom.
fn amount_boxes(drawing: &mut Drawing, area: Area, label: &str, amount: &str, boxes: usize, look: &Look) -> f64 {
    let head = area.w * 0.27;
    drawing.fill(Area { w: head, ..area }, look.tint);
    drawing.text_within(
        (area.x + head / 2.0, area.y + area.h * 0.66),
        area.h * 0.42,
        head - 1.0,
        look.ink,
        Anchor::Middle,
        label,
    );
    let w = (area.w - head) / boxes as f64;
    let text: Vec<char> = format!("¥{amount}").chars().collect();
    for at in 0..boxes {
        let x = area.x + head + w * at as f64;
        let thick = (boxes - at).is_multiple_of(3);
        let dash = if thick { "" } else { "0.4 0.4" };
        drawing.line((x, area.y), (x, area.bottom()), look.ink, if thick { 0.25 } else { 0.12 }, dash);
        if let Some(letter) = (at + text.len()).checked_sub(boxes).and_then(|i| text.get(i)) {
            drawing.text(
                (x + w / 2.0, area.bottom() - area.h * 0.24),
                area.h * 0.68,
                "#111111",
                Anchor::Middle,
                &letter.to_string(),
            );
        }
    }
    drawing.frame(area, look.ink, 0.3);
    area.bottom()
}

fn stamp(drawing: &mut Drawing, centre: (f64, f64), radius: f64, look: &Look, label: &str) {
    drawing.circle(centre, radius, look.ink, 0.15);
    drawing.text((centre.0, centre.1 - radius - 0.8), 2.0, look.ink, Anchor::Middle, label);
}

/// A lesser part: receipt, office copy.
fn stub(
    sheet: &mut Sheet,
    area: Area,
    title: &str,
    look: &Look,
    order: &Order,
    rng: &mut SmallRng,
) -> anyhow::Result<()> {
    let d = &mut sheet.drawing;
    let inner = Area { x: area.x + 3.5, y: area.y + 4.0, w: area.w - 7.0, h: area.h - 8.0 };
    d.text_within((inner.x, inner.y + 2.6), 2.9, inner.w, look.ink, Anchor::Start, look.body);
    d.text_within((inner.x + inner.w / 2.0, inner.y + 7.4), 4.0, inner.w, look.ink, Anchor::Middle, title);
    d.text_within((inner.x, inner.y + 11.4), 2.6, inner.w, "#111111", Anchor::Start, look.charge);
    let mut y = inner.y + 13.2;
    let year = format!("令和{}年度", look.year - 2018);
    y = cells(
        d,
        Area { y, h: 8.0, ..inner },
        &[("年度", &year, 1.2), ("期別", &look.period, 0.9), ("通知書番号", &look.number, 1.5)],
        look,
    );
    let due = era(look.due);
    y = cells(d, Area { y, h: 8.0, ..inner }, &[("納期限", &due, 1.0)], look);
    y = amount_boxes(d, Area { y: y + 1.5, h: 7.0, ..inner }, "納付金額", &yen(order.bill.amount), 9, look);
    if area.h > 90.0 {
        y += 1.5;
        for label in ["督促手数料", "延滞金", "合計額"] {
            y = amount_boxes(d, Area { y, h: 5.2, ..inner }, label, "", 9, look);
        }
    }
    d.text_within((inner.x, y + 4.2), 2.4, inner.w, "#111111", Anchor::Start, look.address);
    d.text_within((inner.x, y + 8.8), 3.4, inner.w, "#111111", Anchor::Start, &format!("{}　様", look.payer));
    // A short part has no room for a whole stamp: below payer and heading it may take what is left.
    let room = (inner.bottom() - y - 3.5) / 2.0;
    let radius = rng.random_range(8.0..10.0f64).min(inner.w * 0.3).min(room);
    if radius > 4.0 {
        stamp(d, (inner.right() - radius - 1.0, inner.bottom() - radius), radius, look, "領収日付印");
    }
    if y + 12.0 < inner.bottom() {
        let note = "上記の金額を領収しました。";
        d.text_within((inner.x, inner.bottom()), 2.0, inner.w * 0.5, look.ink, Anchor::Start, note);
    }
    let free = inner.bottom() - y - 14.0;
    let has = |kind: Kind| sheet.codes.iter().any(|c| c.kind == kind);
    if order.web_link && !has(Kind::WebLink) && free > 22.0 {
        web_link(sheet, (inner.x + 2.5, inner.bottom() - 20.0), 12.0, rng)?;
    } else if order.other && !has(Kind::OtherCode) && free > 16.0 {
        other_code(sheet, (inner.x + 3.0, inner.bottom() - 12.0), inner.w * 0.5, order.today, rng)?;
    }
    Ok(())
}

/// Another bar code, at most `width` wide.
fn other_code(sheet: &mut Sheet, place: (f64, f64), width: f64, today: Date, rng: &mut SmallRng) -> anyhow::Result<()> {
    let kind = pick(rng, &["code-39", "itf-10", "code-128-text", "ean-13"]);
    let (modules, text) = negative::symbol(kind, today, rng)?;
    let module = (width / modules.across() as f64).min(0.25);
    sheet.drawing.text_within((place.0, place.1 + 9.5), 1.8, width, "#111111", Anchor::Start, &text);
    sheet.codes.push(Printed {
        kind: Kind::OtherCode,
        text,
        valid: true,
        modules,
        x: place.0,
        y: place.1,
        module,
        height: 7.5,
        printer: Printer { dpi: 1200.0, spread: rng.random_range(-0.01..0.02) },
        gap: None,
    });
    Ok(())
}

/// The part that shop and bank keep: it carries the symbols.
fn main_part(sheet: &mut Sheet, area: Area, look: &Look, order: &Order, rng: &mut SmallRng) -> anyhow::Result<()> {
    let d = &mut sheet.drawing;
    let pad = rng.random_range(3.5..5.0);
    let inner = Area { x: area.x + pad, y: area.y + 4.0, w: area.w - 2.0 * pad, h: area.h - 8.0 };
    let tinted = rng.random_bool(0.3) && !order.calm;
    if tinted {
        d.fill(Area { x: area.x + 1.5, y: area.y + 1.5, w: area.w - 3.0, h: area.h - 3.0 }, look.tint);
        let mut x = area.x + 3.0;
        while rng.random_bool(0.97) && x < area.right() - 3.0 {
            d.line((x, area.y + 1.5), (x, area.bottom() - 1.5), "#ffffff", 0.2, "");
            x += 1.6;
        }
    }
    d.circle((inner.x + 2.6, inner.y + 2.4), 2.4, look.ink, 0.25);
    d.text((inner.x + 2.6, inner.y + 3.5), 3.2, look.ink, Anchor::Middle, "公");
    let title = pick(rng, &["領収済通知書", "払込取扱票", "納付書・領収済通知書", "納入済通知書"]);
    let heading = format!("{}　{}", look.body, look.charge);
    d.text_within((inner.x + 7.0, inner.y + 3.8), 3.4, inner.w * 0.55, look.ink, Anchor::Start, &heading);
    d.text_within((inner.right(), inner.y + 3.8), 4.2, inner.w * 0.33, look.ink, Anchor::End, title);
    let mut y = inner.y + 6.0;
    if rng.random_bool(0.7) {
        let account = format!("00{}0-{}-{}", rng.random_range(10..99), rng.random_range(0..9), digits(rng, 6));
        let holder = format!("{}会計管理者", look.body);
        y = cells(
            d,
            Area { y, h: 7.6, ..inner },
            &[("口座記号番号", &account, 1.0), ("加入者名", &holder, 1.2), ("整理番号", &look.number, 0.9)],
            look,
        );
    }
    let year = format!("令和{}年度", look.year - 2018);
    let due = era(look.due);
    y = cells(
        d,
        Area { y, h: 8.4, ..inner },
        &[("年度", &year, 1.1), ("期別", &look.period, 0.8), ("通知書番号", &look.number, 1.3), ("納期限", &due, 1.7)],
        look,
    );
    let label = pick(rng, &["納付金額（円）", "金額", "保険料額", "払込金額"]);
    y = amount_boxes(d, Area { y: y + 1.0, h: 8.0, ..inner }, label, &yen(order.bill.amount), 11, look);

    // The lower part is laid out from the bottom: printed digits, bar code, then what is left for texts.
    let (dpi, module) = pick(
        rng,
        &[
            (600.0, 0.169),
            (300.0, 0.169),
            (400.0, 0.190),
            (480.0, 0.158),
            (600.0, 0.190),
            (1200.0, 0.169),
            (400.0, 0.190),
        ],
    );
    let (dpi, module) = if order.calm { (400.0, 0.190) } else { (dpi, module) };
    let printer = Printer { dpi, spread: rng.random_range(-0.015..0.035) };
    // What the printer makes of the module is what lies on the paper.
    let dot = 25.4 / dpi;
    let module = if rng.random_bool(0.85) { (module / dot).round() * dot } else { module };
    let height = rng.random_range(10.0..13.0);
    let text_size = rng.random_range(2.1..2.6);
    let lines = if order.digits.is_some() { 2.0 } else { 0.0 };
    let top = inner.bottom() - lines * text_size * 1.25 - height - 0.5;
    let left = inner.x + rng.random_range(0.0..1.5) + 2.8;
    let width = 288.0 * module;
    if let Some(text) = &order.digits {
        if !tinted || rng.random_bool(0.6) {
            d.fill(Area { x: left - 2.8, y: top - 0.6, w: width + 5.6, h: inner.bottom() - top + 0.9 }, "#ffffff");
        }
        let modules = code::gs1_128(text, order.spoil)?;
        sheet.codes.push(Printed {
            kind: Kind::Payment,
            text: text.clone(),
            valid: order.spoil == 0,
            modules,
            x: left,
            y: top,
            module,
            height,
            printer,
            gap: None,
        });
        let (upper, lower) = readable(text, rng);
        let line = text_size * 1.2;
        d.text_within((left, top + height + line), text_size, width, "#111111", Anchor::Start, &upper);
        d.text_within((left, top + height + 2.0 * line), text_size, width, "#111111", Anchor::Start, &lower);
    }
    let right = Area { x: left + width + 4.0, y: top, w: inner.right() - left - width - 4.0, h: inner.bottom() - top };
    let mut lowest = top;
    if let Some(text) = &order.el_qr {
        let modules = code::el_qr(text, rng.random_bool(0.4))?;
        let side = (right.w - 2.0).clamp(14.0, 19.0);
        let cell = side / modules.across() as f64;
        let x = inner.right() - side - cell * 3.0;
        let y = inner.bottom() - side - 1.0;
        d.fill(Area { x: x - 4.0 * cell, y: y - 4.0 * cell, w: side + 8.0 * cell, h: side + 8.0 * cell }, "#ffffff");
        // The eL mark is a registered one; plain letters stand in its place.
        d.text((x + side, y - 4.0 * cell - 0.6), 3.6, look.ink, Anchor::End, "eL");
        d.text((x, y - 4.0 * cell - 0.8), 1.8, "#111111", Anchor::Start, "eL-QR（見本）");
        lowest = lowest.min(y - 4.0 * cell - 4.2);
        sheet.codes.push(Printed {
            kind: Kind::ElQr,
            text: text.clone(),
            valid: true,
            modules,
            x,
            y,
            module: cell,
            height: side,
            printer: Printer { dpi: 1200.0, ..printer },
            gap: None,
        });
    } else if right.w > 14.0 {
        let radius = (right.w / 2.0 - 0.5).clamp(6.0, 10.0);
        stamp(d, (inner.right() - radius, inner.bottom() - radius), radius, look, "領収日付印");
        lowest = lowest.min(inner.bottom() - 2.0 * radius - 3.2);
    }

    // Payer and notes fill the middle.
    let middle = Area { y: y + 1.0, h: lowest - y - 2.0, ..inner };
    let mut y = middle.y;
    let step = (middle.h / 6.0).clamp(3.0, 5.2);
    d.text_within((middle.x, y + step * 0.8), step * 0.5, middle.w * 0.2, look.ink, Anchor::Start, "納入義務者");
    d.text_within(
        (middle.x + middle.w * 0.2, y + step * 0.8),
        step * 0.62,
        middle.w * 0.6,
        "#111111",
        Anchor::Start,
        look.address,
    );
    y += step;
    d.text_within(
        (middle.x + middle.w * 0.2, y + step * 0.9),
        step * 0.85,
        middle.w * 0.6,
        "#111111",
        Anchor::Start,
        &format!("{}　様", look.payer),
    );
    y += step * 1.3;
    if y + 2.2 * step < middle.bottom() && !order.calm {
        d.line((middle.x, y), (middle.right(), y), look.ink, 0.12, "");
        let ocr = [digits(rng, 39), digits(rng, 44)];
        for line in &ocr {
            d.text_within((middle.x + 1.0, y + step * 0.8), 2.9, middle.w - 2.0, "#222222", Anchor::Start, line);
            y += step * 0.85;
        }
    }
    if y + step < middle.bottom() {
        d.text_within(
            (middle.x, middle.bottom() - 0.4),
            2.1,
            middle.w,
            look.ink,
            Anchor::Start,
            pick(
                rng,
                &[
                    "コンビニエンスストア・スマートフォン決済では３０万円を超える場合は取り扱いできません。",
                    "バーコードの印字が無いもの、読み取れないものは、金融機関の窓口をご利用ください。",
                    "取扱期限を過ぎた場合、コンビニエンスストアではお取り扱いできません。",
                ],
            ),
        );
    }
    Ok(())
}

/// The two printed lines under the symbol, grouped in one of the ways that are met.
fn readable(text: &str, rng: &mut SmallRng) -> (String, String) {
    if text.len() != 44 {
        return (text.to_owned(), String::new());
    }
    match rng.random_range(0..3) {
        0 => (
            format!("(91){}-{}", &text[2..8], &text[8..30]),
            format!("{}-{}-{}-{}", &text[30..36], &text[36..37], &text[37..43], &text[43..]),
        ),
        1 => (
            format!("(91){} {}", &text[2..8], &text[8..29]),
            format!("{} {} {} {} {}", &text[29..30], &text[30..36], &text[36..37], &text[37..43], &text[43..]),
        ),
        _ => (format!("(91){}", &text[2..24]), text[24..].to_owned()),
    }
}

/// The letter above the strip of an A4 notice.
fn letter(sheet: &mut Sheet, area: Area, look: &Look, order: &Order, rng: &mut SmallRng) -> anyhow::Result<()> {
    if order.other {
        other_code(sheet, (area.x, area.y + 21.0), 60.0, order.today, rng)?;
    }
    let d = &mut sheet.drawing;
    d.text((area.x, area.y + 4.0), 3.6, "#111111", Anchor::Start, "000-0000");
    d.text((area.x, area.y + 10.0), 3.8, "#111111", Anchor::Start, look.address);
    d.text((area.x, area.y + 18.0), 5.0, "#111111", Anchor::Start, &format!("{}　様", look.payer));
    d.text((area.right(), area.y + 8.0), 3.4, "#111111", Anchor::End, &era(order.today));
    d.text((area.right(), area.y + 15.0), 4.0, "#111111", Anchor::End, &format!("{}長", look.body));
    d.text((area.right(), area.y + 21.0), 3.0, "#111111", Anchor::End, &look.office);
    let title = format!("令和{}年度　{}　納入通知書", look.year - 2018, look.charge);
    d.text_within((area.x + area.w / 2.0, area.y + 36.0), 6.4, area.w, "#111111", Anchor::Middle, &title);
    let mut y = area.y + 46.0;
    paragraph(d, Area { y, h: 22.0, ..area }, 3.4, rng);
    y += 24.0;
    let amount = format!("{} 円", yen(order.bill.amount));
    let due = era(look.due);
    y = cells(
        d,
        Area { y, h: 13.0, ..area },
        &[
            ("期別", &look.period, 0.8),
            ("納付金額", &amount, 1.4),
            ("納期限", &due, 1.4),
            ("通知書番号", &look.number, 1.2),
        ],
        look,
    );
    let link = order.web_link;
    paragraph(
        d,
        Area { y: y + 5.0, h: area.bottom() - y - 8.0, w: if link { area.w - 40.0 } else { area.w }, ..area },
        3.0,
        rng,
    );
    if link {
        web_link(sheet, (area.right() - 30.0, y + 8.0), rng.random_range(16.0..26.0), rng)?;
    }
    Ok(())
}

/// A QR with a web address and its caption.
///
/// # Errors
/// Too long an address (none of those used is).
pub fn web_link(sheet: &mut Sheet, place: (f64, f64), side: f64, rng: &mut SmallRng) -> anyhow::Result<()> {
    let text = format!(
        "{}{}",
        pick(rng, &["https://www.example.jp/", "https://example.com/nouzei?q=", "HTTPS://EXAMPLE.JP/QA/"]),
        digits(rng, 6)
    );
    let modules = code::qr(&text)?;
    let module = side / modules.across() as f64;
    let caption = pick(rng, &["くわしくはこちら", "チャットで質問", "ホームページ", "口座振替の申込み", "電子申請"]);
    let quiet = module * 4.0;
    sheet
        .drawing
        .fill(Area { x: place.0 - quiet, y: place.1 - quiet, w: side + 2.0 * quiet, h: side + 2.0 * quiet }, "#ffffff");
    sheet.drawing.text_within(
        (place.0 + side / 2.0, place.1 + side + quiet + 2.6),
        2.6,
        side + 8.0,
        "#111111",
        Anchor::Middle,
        caption,
    );
    sheet.codes.push(Printed {
        kind: Kind::WebLink,
        text,
        valid: true,
        modules,
        x: place.0,
        y: place.1,
        module,
        height: side,
        printer: Printer { dpi: 600.0, spread: rng.random_range(-0.01..0.03) },
        gap: None,
    });
    Ok(())
}

/// Lines of plain administrative Japanese that fill an area.
pub fn paragraph(d: &mut Drawing, area: Area, size: f64, rng: &mut SmallRng) {
    const SENTENCES: [&str; 10] = [
        "この通知書は、見本として作成したもので、実在する市区町村や個人とは関係がありません。",
        "納期限までに、同封の納付書で納めてください。",
        "納付書にバーコードの印字があるものは、コンビニエンスストアでも納付できます。",
        "スマートフォン決済アプリを利用したときは、領収証書は発行されません。",
        "口座振替を申し込まれた方は、この納付書では納めないでください。",
        "納付が困難なときは、そのままにせず、お早めに担当の窓口までご相談ください。",
        "納期限を過ぎますと、延滞金が加算されることがあります。",
        "すでに納付済みのときは、行き違いですので、ご容赦ください。",
        "職員が電話で現金自動預払機の操作をお願いすることは、絶対にありません。",
        "この通知に不服があるときは、受け取った日の翌日から３か月以内に審査請求ができます。",
    ];
    let columns = (area.w / size).floor().max(4.0) as usize;
    let rows = (area.h / (size * 1.6)).floor() as usize;
    let mut letters = String::new();
    while letters.chars().count() < columns * rows {
        letters.push('　');
        for _ in 0..rng.random_range(2..5) {
            letters.push_str(pick(rng, &SENTENCES));
        }
        while !letters.chars().count().is_multiple_of(columns) {
            letters.push('　');
        }
    }
    let letters: Vec<char> = letters.chars().collect();
    for (at, line) in letters.chunks(columns).take(rows).enumerate() {
        let text: String = line.iter().collect();
        d.text(
            (area.x, area.y + size * (1.0 + 1.6 * at as f64)),
            size,
            "#222222",
            Anchor::Start,
            text.trim_end_matches('　'),
        );
    }
}
