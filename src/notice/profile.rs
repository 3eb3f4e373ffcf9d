//! A ward's facts.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// One body's facts, from its TOML file under `www/profiles/`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// The file's name without its ending: `shinjuku`.
    pub id: String,
    /// Apps accepted.
    pub apps: Vec<App>,
    /// Whom to ask.
    pub contacts: Vec<Contact>,
}

/// An app.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct App {
    /// Its name.
    pub name: String,
    /// What it reads.
    pub reads: Vec<Code>,
    /// Most yen.
    pub ceiling: Option<u64>,
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub until: Option<Date>,
}

/// A kind of code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Code {
    /// 44 digits.
    Gs1,
    /// 255 digits.
    ElQr,
}

/// A counter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// Its name.
    pub name: String,
    /// Telephone.
    pub phone: Option<String>,
}
