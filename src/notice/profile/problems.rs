//! What can be wrong with a profile whose form is right: facts that contradict each other, or that cannot be.

use std::fmt;

use super::{
    App, Charge, Confidence, Contact, FREE_USE, FreeUseField, Kind, Known, Names, Profile, Role, Sources, USER_CODE,
};
use crate::day;
use crate::notice::gs1::CEILING;

/// Issuer codes of the guideline's printed examples: no ward has them.
const DUMMY_ISSUERS: [&str; 2] = ["912345", "942386"];

/// One step on the way to a value in a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A key of a table.
    Key(String),
    /// A place in a list, counted from zero.
    Index(usize),
}

/// The way to a value in a profile. Shown with list places counted from one: `charges 2, ceiling`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Path(pub Vec<Step>);

impl Path {
    /// One key further.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.with(Step::Key(key.to_owned()))
    }

    /// One place in a list further, counted from zero.
    #[must_use]
    pub fn at(&self, index: usize) -> Self {
        self.with(Step::Index(index))
    }

    fn with(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// Whether `self` lies at or below `other`.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if i == 0 => write!(f, "{key}")?,
                Step::Key(key) => write!(f, ", {key}")?,
                Step::Index(index) => write!(f, " {}", index + 1)?,
            }
        }
        Ok(())
    }
}

/// Something that is wrong with a profile's facts, its form being right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub path: Path,
    /// What was expected and what was found, in Japanese and English.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

/// Both languages of one message: ward staff read the first, everybody else the second.
#[must_use]
pub fn say(ja: &str, en: &str) -> String {
    format!("{ja} / {en}")
}

impl Profile {
    /// All that is wrong with the facts, in the file's order. Empty for a sound profile. Pure: looks at nothing but
    /// the profile.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut judge = Judge { profile: self, problems: Vec::new() };
        judge.all();
        judge.problems
    }
}

struct Judge<'a> {
    profile: &'a Profile,
    problems: Vec<Problem>,
}

impl Judge<'_> {
    fn add(&mut self, path: &Path, ja: &str, en: &str) {
        self.problems.push(Problem { path: path.clone(), message: say(ja, en) });
    }

    fn all(&mut self) {
        let (profile, root) = (self.profile, Path::default());
        self.id(&root.key("id"), &profile.id);
        self.names(&root, &profile.ja, &profile.en);
        self.payee(&root.key("payee"));

        let sources = root.key("sources");
        self.unique(&sources, profile.sources.iter().map(|s| s.id.as_str()));
        for (i, source) in profile.sources.iter().enumerate() {
            self.id(&sources.at(i).key("id"), &source.id);
            self.text(&sources.at(i).key("title"), &source.title);
            if !is_date_or_part(&source.date) {
                self.add(
                    &sources.at(i).key("date"),
                    &format!("2025-06-13、2025-06、2025 のように書いてください: 「{}」", source.date),
                    &format!("expected a date as 2025-06-13, 2025-06 or 2025, but found '{}'", source.date),
                );
            }
            if profile.kind == Kind::Real && source.confidence == Confidence::Example {
                self.add(
                    &sources.at(i).key("confidence"),
                    "「example」は見本の自治体だけで使えます",
                    "expected confirmed, published or inferred, but found example, which is for kind = \"sample\" only",
                );
            }
        }
        let charges = root.key("charges");
        if profile.charges.is_empty() {
            self.add(
                &charges,
                "料金を1つ以上書いてください（[[charges]]）",
                "expected at least one [[charges]], but found none",
            );
        }
        self.unique(&charges, profile.charges.iter().map(|c| c.id.as_str()));
        for (i, charge) in profile.charges.iter().enumerate() {
            self.charge(&charges.at(i), charge, i);
        }
        let apps = root.key("apps");
        self.unique(&apps, profile.apps.iter().map(|a| a.id.as_str()));
        for (i, app) in profile.apps.iter().enumerate() {
            self.app(&apps.at(i), app);
        }
        for (i, contact) in profile.contacts.iter().enumerate() {
            self.contact(&root.key("contacts").at(i), contact);
        }
        for (i, counter) in profile.counters.iter().enumerate() {
            let at = root.key("counters").at(i);
            self.names(&at, &counter.ja, &counter.en);
            self.known_names(&at.key("place"), &counter.place);
            self.known_names(&at.key("hours"), &counter.hours);
            self.source(&at.key("source"), &counter.source, &["ja", "en", "place", "hours"]);
        }
    }

    fn payee(&mut self, at: &Path) {
        let profile = self.profile;
        let payee = &profile.payee;
        if let Known::Is(jis) = &payee.jis {
            let path = at.key("jis");
            if self.digits(&path, jis, 6)
                && let Some(expected) = jis_check_digit(jis)
                && !jis.ends_with(&expected)
            {
                self.add(
                    &path,
                    &format!("全国地方公共団体コードの最後の数字が合いません（正しくは {expected}）: {jis}"),
                    &format!("expected check digit {expected} (JIS X 0402), but found {jis}"),
                );
            }
        }
        if let Known::Is(issuers) = &payee.issuers {
            let path = at.key("issuers");
            self.codes(&path, issuers, 6);
            for (i, issuer) in issuers.iter().enumerate() {
                if profile.kind == Kind::Real && DUMMY_ISSUERS.contains(&issuer.as_str()) {
                    self.add(
                        &path.at(i),
                        &format!("{issuer} は見本用の番号です。実在の自治体では使えません"),
                        &format!("expected a real issuer code, but found {issuer}, the guideline's example"),
                    );
                }
            }
        }
        self.source(&at.key("source"), &payee.source, &["jis", "issuers"]);
    }

    fn charge(&mut self, at: &Path, charge: &Charge, index: usize) {
        self.id(&at.key("id"), &charge.id);
        self.names(at, &charge.ja, &charge.en);
        if let Known::Is(ceiling) = charge.ceiling
            && !(1..=CEILING).contains(&ceiling)
        {
            self.add(
                &at.key("ceiling"),
                &format!("1円から{CEILING}円までで書いてください: {ceiling}"),
                &format!("expected 1 to {CEILING} yen, what the barcode can carry at most, but found {ceiling}"),
            );
        }
        let periods = charge.periods.get().copied();
        if let Some(periods) = periods
            && !(1..=12).contains(&periods)
        {
            self.add(
                &at.key("periods"),
                &format!("期の数は1から12までです: {periods}"),
                &format!("expected 1 to 12 instalments, but found {periods}"),
            );
        }
        if let Known::Is(code) = &charge.whole_year {
            let path = at.key("whole_year");
            let is_period = |n: u8| n >= 1 && periods.is_none_or(|last| n <= last);
            // With the number of instalments open, any code but 00 may be an instalment's; then it cannot be judged.
            if self.digits(&path, code, 2) && periods.is_some() && code.parse().is_ok_and(is_period) {
                self.add(
                    &path,
                    &format!("全期分の番号が、期別の番号（01から）と重なっています: {code}"),
                    &format!("expected a period code that no instalment has, but found {code}"),
                );
            }
        }
        type CodesOf = fn(&Charge) -> &Known<Vec<String>>;
        let lists: [(&str, usize, CodesOf); 2] =
            [("el_qr_items", 3, |c| &c.el_qr_items), ("user_codes", USER_CODE, |c| &c.user_codes)];
        for (name, width, of) in lists {
            let Known::Is(codes) = of(charge) else { continue };
            let path = at.key(name);
            self.codes(&path, codes, width);
            for (i, code) in codes.iter().enumerate() {
                let earlier = self.profile.charges.iter().take(index);
                let Some(other) = earlier.into_iter().find(|c| of(c).get().is_some_and(|list| list.contains(code)))
                else {
                    continue;
                };
                let other = other.id.clone();
                self.add(
                    &path.at(i),
                    &format!("同じ番号が「{other}」にもあります: {code}"),
                    &format!("expected a code of this charge alone, but found {code}, which {other} has too"),
                );
            }
        }
        if let Known::Is(fields) = &charge.free_use {
            self.free_use(&at.key("free_use"), fields, charge);
        }
        let fields = [
            "ja",
            "en",
            "ceiling",
            "periods",
            "whole_year",
            "vehicle",
            "el_qr",
            "el_qr_items",
            "user_codes",
            "free_use",
        ];
        self.source(&at.key("source"), &charge.source, &fields);
    }

    fn free_use(&mut self, at: &Path, fields: &[FreeUseField], charge: &Charge) {
        if fields.is_empty() {
            self.add(
                at,
                "項目を書くか、「unknown」と書いてください",
                "expected the fields in their order or \"unknown\", but found an empty list",
            );
        }
        let mut total = 0;
        let mut open = false;
        for (i, field) in fields.iter().enumerate() {
            let path = at.at(i);
            self.names(&path, &field.ja, &field.en);
            match field.width {
                Known::Unknown => open = true,
                Known::Is(width) => {
                    total += usize::from(width);
                    if width == 0 || usize::from(width) > FREE_USE {
                        self.add(
                            &path.key("width"),
                            &format!("けた数は1から{FREE_USE}までです: {width}"),
                            &format!("expected a width of 1 to {FREE_USE} digits, but found {width}"),
                        );
                    }
                    let starts_with_code = field.role == Role::UserCode && charge.user_codes.get().is_some();
                    if starts_with_code && (i != 0 || usize::from(width) != USER_CODE) {
                        self.add(
                            &path,
                            &format!("収納企業コード（user-code）は最初の{USER_CODE}けたです"),
                            &format!("expected user-code to be the first {USER_CODE} digits, as in user_codes"),
                        );
                    }
                }
            }
            let single = !matches!(field.role, Role::Filler | Role::Other);
            if single && fields.iter().take(i).any(|earlier| earlier.role == field.role) {
                self.add(
                    &path.key("role"),
                    "同じ種類の項目が2つあります",
                    "expected each role once (filler and other excepted), but found it twice",
                );
            }
        }
        if total > FREE_USE || (!open && !fields.is_empty() && total != FREE_USE) {
            self.add(
                at,
                &format!("けた数の合計は{FREE_USE}です。いまは{total}です（余りは filler で埋めてください）"),
                &format!("expected {FREE_USE} digits in all, but found {total} (fill up with role filler)"),
            );
        }
    }

    fn app(&mut self, at: &Path, app: &App) {
        self.id(&at.key("id"), &app.id);
        self.names(at, &app.ja, &app.en);
        if (app.barcode, app.el_qr) == (Known::Is(false), Known::Is(false)) {
            self.add(
                &at.key("barcode"),
                "barcodeとel_qrの両方がfalseです。読める方をtrueにしてください",
                "expected barcode or el_qr to be true or \"unknown\", but found both false",
            );
        }
        if let Known::Is(0) = app.ceiling {
            self.add(&at.key("ceiling"), "1円以上で書いてください: 0", "expected at least 1 yen, but found 0");
        }
        if let (Known::Is(from), Known::Is(until)) = (app.from, app.until)
            && until < from
        {
            self.add(
                &at.key("until"),
                &format!("終わりの日（{until}）が、始まりの日（{from}）より前です"),
                &format!("expected a day on or after {from}, but found {until}"),
            );
        }
        self.charge_ids(&at.key("charges"), &app.charges);
        let fields = ["ja", "en", "barcode", "el_qr", "ceiling", "from", "until", "charges"];
        self.source(&at.key("source"), &app.source, &fields);
    }

    fn contact(&mut self, at: &Path, contact: &Contact) {
        self.names(at, &contact.ja, &contact.en);
        if let Known::Is(telephone) = &contact.telephone {
            let path = at.key("telephone");
            let digits = telephone.bytes().filter(u8::is_ascii_digit).count();
            let well_formed = telephone.bytes().all(|b| b.is_ascii_digit() || b == b'-')
                && telephone.starts_with(|c: char| c.is_ascii_digit())
                && telephone.ends_with(|c: char| c.is_ascii_digit())
                && !telephone.contains("--");
            let sample = self.profile.kind == Kind::Sample;
            // 00 begins no Japanese number: it is for calls abroad. That makes it the dummy of the sample body.
            let dummy = telephone.starts_with("00-");
            if !well_formed || !(sample && dummy || telephone.starts_with('0') && matches!(digits, 10 | 11)) {
                self.add(
                    &path,
                    &format!("半角の数字とハイフンで、市外局番から書いてください（例 03-0000-0000）: {telephone}"),
                    &format!("expected 10 or 11 ASCII digits with hyphens, beginning with 0, but found {telephone}"),
                );
            } else if sample != dummy {
                self.add(
                    &path,
                    &format!("00-ではじまる番号は見本だけ、見本は00-ではじまる番号だけが使えます: {telephone}"),
                    &format!(
                        "expected a number beginning with 00- in a sample and nowhere else, but found {telephone}"
                    ),
                );
            }
        }
        self.known_names(&at.key("hours"), &contact.hours);
        self.charge_ids(&at.key("charges"), &contact.charges);
        self.source(&at.key("source"), &contact.source, &["ja", "en", "telephone", "hours", "charges"]);
    }

    fn id(&mut self, at: &Path, id: &str) {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if id.is_empty() || !id.bytes().all(plain) {
            self.add(
                at,
                &format!("半角の小文字・数字・ハイフンで書いてください: 「{id}」"),
                &format!("expected lower-case ASCII letters, digits and hyphens, but found '{id}'"),
            );
        }
    }

    fn names(&mut self, at: &Path, ja: &str, en: &str) {
        self.text(&at.key("ja"), ja);
        self.text(&at.key("en"), en);
    }

    fn known_names(&mut self, at: &Path, names: &Known<Names>) {
        if let Known::Is(names) = names {
            self.names(at, &names.ja, &names.en);
        }
    }

    fn text(&mut self, at: &Path, text: &str) {
        if text.trim().is_empty() {
            self.add(at, "ことばを書いてください", "expected words, but found none");
        } else if text.trim() == "unknown" {
            self.add(
                at,
                "ここには「unknown」は書けません。名前を書いてください",
                "expected words, but found \"unknown\", which is not allowed here",
            );
        }
    }

    /// Adds a problem and gives `false` unless `text` is so many ASCII digits.
    fn digits(&mut self, at: &Path, text: &str, width: usize) -> bool {
        let found = text.chars().count();
        let good = found == width && text.bytes().all(|b| b.is_ascii_digit());
        if !good {
            self.add(
                at,
                &format!("半角の数字{width}けたで書いてください: 「{text}」（{found}文字）"),
                &format!("expected {width} ASCII digits, but found '{text}' ({found} characters)"),
            );
        }
        good
    }

    fn codes(&mut self, at: &Path, codes: &[String], width: usize) {
        if codes.is_empty() {
            self.add(
                at,
                "番号を書くか、「unknown」と書いてください",
                "expected codes or \"unknown\", but found an empty list",
            );
        }
        for (i, code) in codes.iter().enumerate() {
            self.digits(&at.at(i), code, width);
            if codes.iter().take(i).any(|earlier| earlier == code) {
                self.add(
                    &at.at(i),
                    &format!("同じ番号が2回あります: {code}"),
                    &format!("expected each code once, but found {code} twice"),
                );
            }
        }
    }

    fn unique<'b>(&mut self, at: &Path, ids: impl Iterator<Item = &'b str>) {
        let mut seen = Vec::new();
        for (i, id) in ids.enumerate() {
            if seen.contains(&id) {
                self.add(
                    &at.at(i).key("id"),
                    &format!("同じidが2回あります: {id}"),
                    &format!("expected each id once, but found {id} twice"),
                );
            }
            seen.push(id);
        }
    }

    fn charge_ids(&mut self, at: &Path, ids: &Known<Vec<String>>) {
        let Known::Is(ids) = ids else { return };
        if ids.is_empty() {
            self.add(
                at,
                "料金のidを書くか、「unknown」と書いてください",
                "expected charges' ids or \"unknown\", but found an empty list",
            );
        }
        for (i, id) in ids.iter().enumerate() {
            if !self.profile.charges.iter().any(|charge| charge.id == *id) {
                self.add(
                    &at.at(i),
                    &format!("そのidの料金（[[charges]]）がありません: {id}"),
                    &format!("expected the id of one of the [[charges]], but found {id}"),
                );
            }
        }
    }

    fn source(&mut self, at: &Path, sources: &Sources, fields: &[&str]) {
        match sources {
            Sources::One(id) => self.source_id(at, id),
            Sources::ByField(ids) => {
                for (field, id) in ids {
                    let path = at.key(field);
                    if field != "*" && !fields.contains(&field.as_str()) {
                        self.add(
                            &path,
                            &format!("その項目はありません: {field}"),
                            &format!("expected one of *, {}, but found {field}", fields.join(", ")),
                        );
                    }
                    self.source_id(&path, id);
                }
                if ids.get("*").is_none() {
                    self.add(
                        at,
                        "ほかの項目の出典（\"*\"）も書いてください",
                        "expected a source \"*\" for all other fields, but found none",
                    );
                }
            }
        }
    }

    fn source_id(&mut self, at: &Path, id: &str) {
        if !self.profile.sources.iter().any(|source| source.id == id) {
            self.add(
                at,
                &format!("そのidの出典（[[sources]]）がありません: {id}"),
                &format!("expected the id of one of the [[sources]], but found {id}"),
            );
        }
    }
}

/// Whether this is a day, a month or a year, as `2025-06-13`, `2025-06`, `2025`.
fn is_date_or_part(text: &str) -> bool {
    let whole = format!("{text}{}", "-01-01".get(text.len().saturating_sub(4)..).unwrap_or_default());
    matches!(text.len(), 4 | 7 | 10) && day::parse(&whole).is_some()
}

/// The check digit of JIS X 0402: weights 6 to 2 over the first five digits; 11 minus the sum modulo 11, last digit.
fn jis_check_digit(code: &str) -> Option<String> {
    let mut sum = 0;
    for (character, weight) in code.chars().take(5).zip((2..=6).rev()) {
        sum += character.to_digit(10)? * weight;
    }
    Some(((11 - sum % 11) % 10).to_string())
}
