//! Digits → a typed notice; a ward's profile → the meaning of the free-use area.
//!
//! Two layouts, each one table with its source: [`gs1`] (44 digits) and [`elqr`] (255 digits). [`input`] takes what
//! people type, paste or scan and gives bare digits. [`profile`] holds a ward's facts.

pub mod elqr;
pub mod gs1;
pub mod input;
pub mod profile;

use serde::Serialize;

/// A notice of either layout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind")]
pub enum Notice {
    /// From the 44-digit barcode.
    #[serde(rename = "gs1-128-payment")]
    Gs1(gs1::Gs1Notice),
    /// From the 255-digit QR code.
    #[serde(rename = "el-qr")]
    ElQr(elqr::ElQrNotice),
}
