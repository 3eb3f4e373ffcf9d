//! The GS1-128 barcode for standard fee collection (標準料金代理収納): 44 digits.

use jiff::civil::Date;
use serde::Serialize;

/// Until when the code can be used (支払期限日, positions 31–36).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeLimit {
    /// 999999: no limit.
    None,
    /// The last day on which the code is accepted.
    On(Date),
    /// Six digits that are no day of the calendar, as found.
    Impossible(String),
}

/// A payment notice as its 44 digits say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gs1Notice {
    /// 請求書発行企業コード: six digits, the collection agent (not the ward).
    pub issuer: String,
    /// 自由使用欄: 21 digits.
    pub free_use: String,
    /// 再発行区分: 0 = first issue, n = issued n times over.
    pub reissue: u8,
    /// 支払期限日.
    pub time_limit: TimeLimit,
    /// 印紙フラグ: 0 or 1; other digits have no meaning.
    pub stamp: u8,
    /// 支払金額 in yen, 0..=999,999.
    pub amount: u32,
}
