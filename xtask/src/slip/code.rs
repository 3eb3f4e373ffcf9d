//! The symbols as ideal modules: Code 128 (and GS1-128), EAN-13, ITF, Code 39, QR.

use anyhow::{Context, bail};
use qrcode::bits::Bits;
use qrcode::{EcLevel, QrCode, Version};

/// A symbol before it meets a printer: what is dark, in whole modules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Modules {
    /// Alternating bar and space widths, beginning and ending with a bar.
    Bars(Vec<u8>),
    /// A square of cells, row by row, true = dark.
    Cells {
        /// Cells a side.
        side: usize,
        /// `side * side` cells.
        dark: Vec<bool>,
    },
}

impl Modules {
    /// Modules across, quiet zones not counted.
    pub fn across(&self) -> usize {
        match self {
            Self::Bars(widths) => widths.iter().map(|w| usize::from(*w)).sum(),
            Self::Cells { side, .. } => *side,
        }
    }
}

/// Bar and space widths of Code 128's characters 0 to 105 and Stop (ISO/IEC 15417, table 1).
const CODE_128: [&str; 107] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213", "221312",
    "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132", "221231", "213212",
    "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211", "212123", "212321", "232121",
    "111323", "131123", "131321", "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331",
    "132131", "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131", "311123",
    "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111", "111224", "111422", "121124",
    "121421", "141122", "141221", "112214", "112412", "122114", "122411", "142112", "142211", "241211", "221114",
    "413111", "241112", "134111", "111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112",
    "421211", "212141", "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
];
const START_B: u8 = 104;
const START_C: u8 = 105;
const FNC1: u8 = 102;
const CODE_B: u8 = 100;
const STOP: usize = 106;

/// Characters (start included) to bars: adds the modulus 103 check, shifted by `spoil` (0 = a right one), and Stop.
fn code_128(characters: &[u8], spoil: u32) -> Modules {
    let sum: u32 = characters.iter().enumerate().map(|(at, c)| u32::from(*c) * (at.max(1) as u32)).sum();
    let check = (sum + spoil) % 103;
    let mut widths = Vec::new();
    for value in characters.iter().map(|c| usize::from(*c)).chain([check as usize, STOP]) {
        widths.extend(CODE_128[value].bytes().map(|b| b - b'0'));
    }
    Modules::Bars(widths)
}

fn pairs(digits: &str) -> anyhow::Result<Vec<u8>> {
    if !digits.len().is_multiple_of(2) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        bail!("code set C: expected an even number of digits, found {digits:?}");
    }
    Ok(digits.as_bytes().chunks(2).map(|p| (p[0] - b'0') * 10 + (p[1] - b'0')).collect())
}

/// The payment symbol: Start C, FNC1, 22 pairs, check, Stop; 288 modules.
///
/// # Errors
/// Not an even number of digits.
pub fn gs1_128(digits: &str, spoil: u32) -> anyhow::Result<Modules> {
    Ok(code_128(&[vec![START_C, FNC1], pairs(digits)?].concat(), spoil))
}

/// Code 128 in code set C without FNC1.
///
/// # Errors
/// Not an even number of digits.
pub fn code_128_c(digits: &str) -> anyhow::Result<Modules> {
    Ok(code_128(&[vec![START_C], pairs(digits)?].concat(), 0))
}

/// Code 128 in code set B.
///
/// # Errors
/// A character outside ASCII 32 to 126.
pub fn code_128_b(text: &str) -> anyhow::Result<Modules> {
    Ok(code_128(&[vec![START_B], set_b(text)?].concat(), 0))
}

fn set_b(text: &str) -> anyhow::Result<Vec<u8>> {
    text.bytes()
        .map(|b| b.checked_sub(32).filter(|v| *v < 95).with_context(|| format!("code set B: cannot write {text:?}")))
        .collect()
}

/// GS1-128 as on goods: `numeric` (fixed-length elements, even number of digits) in set C, then `batch` in set B.
///
/// # Errors
/// A character that the set cannot write.
pub fn gs1_128_goods(numeric: &str, batch: &str) -> anyhow::Result<Modules> {
    let mut characters = vec![START_C, FNC1];
    characters.extend(pairs(numeric)?);
    if !batch.is_empty() {
        characters.push(CODE_B);
        characters.extend(set_b(batch)?);
    }
    Ok(code_128(&characters, 0))
}

/// EAN-13 of twelve digits; the check digit is added.
///
/// # Errors
/// Not twelve digits.
pub fn ean_13(twelve: &str) -> anyhow::Result<(Modules, String)> {
    const LEFT: [&str; 10] = ["3211", "2221", "2122", "1411", "1132", "1231", "1114", "1312", "1213", "3112"];
    const PARITY: [&str; 10] =
        ["LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL"];
    if twelve.len() != 12 || !twelve.bytes().all(|b| b.is_ascii_digit()) {
        bail!("EAN-13: expected 12 digits, found {twelve:?}");
    }
    let text = format!("{twelve}{}", super::payload::check_digit(twelve));
    let digits: Vec<usize> = text.bytes().map(|b| usize::from(b - b'0')).collect();
    let parity = PARITY[digits[0]].as_bytes();
    let mut widths = vec![1, 1, 1];
    for (digit, parity) in digits[1..7].iter().zip(parity) {
        let widths_of = LEFT[*digit].bytes().map(|b| b - b'0');
        if *parity == b'L' { widths.extend(widths_of) } else { widths.extend(widths_of.rev()) }
    }
    widths.extend([1; 5]);
    for digit in &digits[7..] {
        widths.extend(LEFT[*digit].bytes().map(|b| b - b'0'));
    }
    widths.extend([1; 3]);
    Ok((Modules::Bars(widths), text))
}

/// Interleaved 2 of 5, wide = 3 modules.
///
/// # Errors
/// Not an even number of digits.
pub fn itf(digits: &str) -> anyhow::Result<Modules> {
    const WIDE: [&str; 10] = ["00110", "10001", "01001", "11000", "00101", "10100", "01100", "00011", "10010", "01010"];
    let mut widths = vec![1, 1, 1, 1];
    for pair in pairs(digits)? {
        let (bars, spaces) = (WIDE[usize::from(pair / 10)], WIDE[usize::from(pair % 10)]);
        for (bar, space) in bars.bytes().zip(spaces.bytes()) {
            widths.extend([bar, space].map(|b| if b == b'1' { 3 } else { 1 }));
        }
    }
    widths.extend([3, 1, 1]);
    Ok(Modules::Bars(widths))
}

/// Code 39 with its start and stop characters, wide = 3 modules.
///
/// # Errors
/// A character other than digits, capitals, `-`, `.` and blank.
pub fn code_39(text: &str) -> anyhow::Result<Modules> {
    const ALPHABET: &str = "1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZ-. *";
    // Nine elements each, bar first, w = wide.
    const WIDE: [&str; 40] = [
        "wnnwnnnnw",
        "nnwwnnnnw",
        "wnwwnnnnn",
        "nnnwwnnnw",
        "wnnwwnnnn",
        "nnwwwnnnn",
        "nnnwnnwnw",
        "wnnwnnwnn",
        "nnwwnnwnn",
        "nnnwwnwnn",
        "wnnnnwnnw",
        "nnwnnwnnw",
        "wnwnnwnnn",
        "nnnnwwnnw",
        "wnnnwwnnn",
        "nnwnwwnnn",
        "nnnnnwwnw",
        "wnnnnwwnn",
        "nnwnnwwnn",
        "nnnnwwwnn",
        "wnnnnnnww",
        "nnwnnnnww",
        "wnwnnnnwn",
        "nnnnwnnww",
        "wnnnwnnwn",
        "nnwnwnnwn",
        "nnnnnnwww",
        "wnnnnnwwn",
        "nnwnnnwwn",
        "nnnnwnwwn",
        "wwnnnnnnw",
        "nwwnnnnnw",
        "wwwnnnnnn",
        "nwnnwnnnw",
        "wwnnwnnnn",
        "nwwnwnnnn",
        "nwnnnnwnw",
        "wwnnnnwnn",
        "nwwnnnwnn",
        "nwnnwnwnn",
    ];
    let mut widths: Vec<u8> = Vec::new();
    for letter in format!("*{text}*").chars() {
        let at = ALPHABET.find(letter).with_context(|| format!("Code 39: cannot write {text:?}"))?;
        if !widths.is_empty() {
            widths.push(1);
        }
        widths.extend(WIDE[at].bytes().map(|b| if b == b'w' { 3 } else { 1 }));
    }
    Ok(Modules::Bars(widths))
}

fn cells(code: &QrCode) -> Modules {
    let dark = code.to_colors().into_iter().map(|c| c == qrcode::Color::Dark).collect();
    Modules::Cells { side: code.width(), dark }
}

/// The eL-QR: 255 digits fill version 5-L, and also 6-M, to the last bit; both are met.
///
/// # Errors
/// More digits than fit.
pub fn el_qr(digits: &str, medium: bool) -> anyhow::Result<Modules> {
    let (version, level) = if medium { (6, EcLevel::M) } else { (5, EcLevel::L) };
    let mut bits = Bits::new(Version::Normal(version));
    // One numeric segment: the crate's own choice of segments could not fit them.
    bits.push_numeric_data(digits.as_bytes()).context("eL-QR: numeric segment")?;
    bits.push_terminator(level).context("eL-QR: terminator")?;
    Ok(cells(&QrCode::with_bits(bits, level).context("eL-QR: symbol")?))
}

/// A QR for a web address or any other text.
///
/// # Errors
/// Too long a text.
pub fn qr(text: &str) -> anyhow::Result<Modules> {
    Ok(cells(&QrCode::with_error_correction_level(text, EcLevel::M).context("QR: symbol")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bars(modules: Modules) -> String {
        match modules {
            Modules::Bars(widths) => widths.iter().map(|w| char::from(b'0' + w)).collect(),
            Modules::Cells { .. } => panic!("cells where bars were expected"),
        }
    }

    #[test]
    fn one_dimensional_symbols_have_the_known_widths() {
        // Each spelt out by hand from its standard; (symbol, modules from its left end, why).
        let cases = [
            (code_128_c("1234"), "211232112232131123", "Code 128: start C, 12, 34"),
            (gs1_128("91", 0), "211232411131412121", "GS1-128: start C, FNC1, 91"),
            (code_128_b("A"), "211214111323", "Code 128: start B, A is character 33"),
            (itf("12"), "11113113111133311", "ITF: start, 1 = wnnnw in bars, 2 = nwnnw in spaces, stop"),
            (code_39("1"), "13113131113113111131", "Code 39: *, gap, 1, gap"),
        ];
        for (modules, expected, why) in cases {
            let found = bars(modules.expect(why));
            assert_eq!(found.get(..expected.len()), Some(expected), "{why}: {found}");
        }
    }

    #[test]
    fn the_payment_symbol_has_288_modules_and_the_right_check() {
        let digits = "91912345000012025010123456780026093000125005";
        let symbol = gs1_128(digits, 0).expect("44 digits");
        assert_eq!(symbol.across(), 288);
        // Weighted by hand: start C 105, FNC1 102 × 1, pairs × 2 …
        let sum: u32 =
            105 + 102 + (0..22).map(|i| digits[2 * i..2 * i + 2].parse::<u32>().unwrap() * (i as u32 + 2)).sum::<u32>();
        let found = bars(symbol);
        let check = &found[found.len() - 13..found.len() - 7];
        assert_eq!(check, CODE_128[(sum % 103) as usize]);
        let spoilt = bars(gs1_128(digits, 1).expect("44 digits"));
        assert_eq!(&spoilt[spoilt.len() - 13..spoilt.len() - 7], CODE_128[((sum + 1) % 103) as usize]);
        assert_eq!(spoilt[..spoilt.len() - 13], found[..found.len() - 13], "only the check character is spoilt");
    }

    #[test]
    fn every_code_128_character_is_eleven_modules_wide_with_an_even_bar_sum() {
        for (value, widths) in CODE_128.iter().enumerate().take(STOP) {
            let widths: Vec<u32> = widths.bytes().map(|b| u32::from(b - b'0')).collect();
            assert_eq!(widths.iter().sum::<u32>(), 11, "character {value}");
            assert_eq!((widths[0] + widths[2] + widths[4]) % 2, 0, "character {value}: bars of even parity");
        }
        let mut unique = CODE_128.to_vec();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), 107, "no two characters look alike");
    }

    #[test]
    fn ean_13_of_a_known_article() {
        let (modules, text) = ean_13("490123456789").expect("twelve digits");
        assert_eq!(text, "4901234567894");
        let found = bars(modules);
        assert_eq!(found.len(), 3 + 24 + 5 + 24 + 3);
        // First digit 4 = LGLLGG; second digit 9 in L = 3112, third 0 in G = 1123.
        assert_eq!(&found[..11], "11131121123");
    }

    #[test]
    fn el_qr_fills_version_5_l_and_6_m() {
        let digits = "1".repeat(255);
        for (medium, side) in [(false, 37), (true, 41)] {
            let symbol = el_qr(&digits, medium).expect("fits to the last bit");
            assert_eq!(symbol.across(), side);
        }
        assert!(el_qr(&"1".repeat(256), false).is_err(), "one digit more does not fit");
    }
}
