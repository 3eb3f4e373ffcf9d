//! eL-QR: 255 digits, tag–length–value after the EMV manner.

use jiff::civil::Date;
use serde::Serialize;

/// A payment notice as its eL-QR says. The keys that open the bill (案件特定キー, 確認番号) are kept apart in
/// [`ElQrNotice::digits`]'s owner and never serialised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ElQrNotice {
    /// Amount in yen, 0..=99,999,999,999.
    pub amount: u64,
    /// 納期限, the due date by law.
    pub due: Option<Date>,
    /// 支払期限, the last day on which the code is accepted.
    pub time_limit: Option<Date>,
}
