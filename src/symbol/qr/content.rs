//! Data codewords → bytes: the segments of ISO/IEC 18004, clause 7.4.

/// Characters of alphanumeric mode by their value (table 5).
static ALPHANUMERIC: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// Reads bits, highest first.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn left(&self) -> usize {
        self.bytes.len() * 8 - self.at
    }

    /// The next `count` ≤ 16 bits, if so many are left.
    fn take(&mut self, count: usize) -> Option<usize> {
        if self.left() < count {
            return None;
        }
        let mut value = 0;
        for at in self.at..self.at + count {
            value = value << 1 | usize::from(self.bytes[at / 8] >> (7 - at % 8) & 1);
        }
        self.at += count;
        Some(value)
    }
}

/// The bytes that a code's data codewords say, or `None` where they say nothing that the standard allows.
///
/// Raw bytes, without a character set: Japanese generators write Shift_JIS without saying so. Kanji mode gives the two
/// bytes of Shift_JIS that it stands for.
pub(super) fn bytes(version: usize, codewords: &[u8]) -> Option<Vec<u8>> {
    let mut bits = Bits { bytes: codewords, at: 0 };
    let mut out = Vec::with_capacity(codewords.len() * 5 / 2);
    let wide = match version {
        ..=9 => 0,
        10..=26 => 1,
        _ => 2,
    };
    while bits.left() >= 4 {
        match bits.take(4)? {
            // The end.
            0 => break,
            1 => {
                let mut digits = bits.take([10, 12, 14][wide])?;
                while digits > 0 {
                    let now = digits.min(3);
                    let value = bits.take([4, 7, 10][now - 1])?;
                    if value >= [10, 100, 1000][now - 1] {
                        return None;
                    }
                    for scale in &[100, 10, 1][3 - now..] {
                        out.push(b'0' + (value / scale % 10) as u8);
                    }
                    digits -= now;
                }
            }
            2 => {
                let mut characters = bits.take([9, 11, 13][wide])?;
                while characters > 0 {
                    let (now, value) = if characters == 1 { (1, bits.take(6)?) } else { (2, bits.take(11)?) };
                    if now == 2 {
                        out.push(*ALPHANUMERIC.get(value / 45)?);
                    }
                    out.push(*ALPHANUMERIC.get(if now == 2 { value % 45 } else { value })?);
                    characters -= now;
                }
            }
            4 => {
                let count = bits.take([8, 16, 16][wide])?;
                if bits.left() < 8 * count {
                    return None;
                }
                for _ in 0..count {
                    out.push(bits.take(8)? as u8);
                }
            }
            8 => {
                for _ in 0..bits.take([8, 10, 12][wide])? {
                    let value = bits.take(13)?;
                    let packed = ((value / 0xc0) << 8) | (value % 0xc0);
                    let shifted = packed + if packed < 0x1f00 { 0x8140 } else { 0xc140 };
                    out.extend_from_slice(&(shifted as u16).to_be_bytes());
                }
            }
            // Structured append: which part of how many, and the parity of the whole. Each part is read by itself.
            3 => {
                bits.take(16)?;
            }
            // FNC1 in the first place says that GS1 rules hold; in the second an application indicator follows.
            5 => {}
            9 => {
                bits.take(8)?;
            }
            // A character set: one, two or three bytes, by the leading ones.
            7 => {
                let first = bits.take(8)?;
                match first >> 5 {
                    0..=3 => {}
                    4 | 5 => drop(bits.take(8)?),
                    6 => drop(bits.take(16)?),
                    _ => return None,
                }
            }
            _ => return None,
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bits written as text, filled up to `length` bytes.
    fn packed(text: &str, length: usize) -> Vec<u8> {
        let mut bits: Vec<u8> = text.bytes().filter(|b| *b != b' ').map(|b| b - b'0').collect();
        bits.resize(length * 8, 0);
        bits.chunks(8).map(|b| b.iter().fold(0, |v, bit| v << 1 | bit)).collect()
    }

    #[test]
    fn segments_of_every_mode() {
        for (version, bits, want) in [
            // The standard's own example, annex I: 01234567 in version 1.
            (1, "0001 0000001000 0000001100 0101011001 1000011", Some(&b"01234567"[..])),
            // AC-42 of clause 7.4.4.
            (1, "0010 000000101 00111001110 11100111001 000010", Some(b"AC-42")),
            (1, "0100 00000010 11000011 10000001", Some(b"\xc3\x81")),
            // 点茗 of clause 7.4.6, as Shift_JIS.
            (1, "1000 00000010 0110110011111 1101010101010", Some(b"\x93\x5f\xe4\xaa")),
            // The same digit in versions whose counts are longer.
            (10, "0001 000000000001 0101", Some(b"5")),
            (27, "0001 00000000000001 0101", Some(b"5")),
            // UTF-8 declared, FNC1, one part of several: the text itself.
            (1, "0111 00011010 0100 00000001 01000001", Some(b"A")),
            (1, "0101 0001 0000000010 0101010", Some(b"42")),
            (1, "1001 00100101 0001 0000000001 0111", Some(b"7")),
            (1, "0011 0000000100000000 0001 0000000001 0111", Some(b"7")),
            // Two segments.
            (1, "0001 0000000001 0111 0010 000000001 001010", Some(b"7A")),
            (1, "", Some(b"")),
            // Three digits above 999, a pair above 44 · 45 + 44, a mode that does not exist, more bytes than there are.
            (1, "0001 0000000011 1111101000", None),
            (1, "0010 000000010 11111101001", None),
            (1, "0110", None),
            (1, "0100 11111111", None),
        ] {
            assert_eq!(bytes(version, &packed(bits, 19)).as_deref(), want, "{bits}");
        }
    }

    #[test]
    fn a_code_that_its_text_fills_to_the_last_bit_needs_no_end() {
        // Version 5-L: 4 + 10 + 85 · 10 bits are 108 bytes; eL-QR is just that.
        let text = format!("0001 0011111111 {}", "1111100111 ".repeat(85));
        assert_eq!(bytes(5, &packed(&text, 108)), Some(vec![b'9'; 255]));
    }
}
