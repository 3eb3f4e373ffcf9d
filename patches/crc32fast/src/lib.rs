//! CRC-32 as PNG and gzip use it (ISO/IEC 15948, annex D; RFC 1952, section 8).
//!
//! Stands in for the crate of the same name, whose tables put 16 KB into the page that no compression makes smaller.
//! Sixteen words do the same at two steps a byte: a photo's decoding takes many times as long. Only what `png`, `flate2`
//! and `zopfli` use is here.

#![forbid(unsafe_code)]

/// x³² + x²⁶ + x²³ + x²² + x¹⁶ + x¹² + x¹¹ + x¹⁰ + x⁸ + x⁷ + x⁵ + x⁴ + x² + x + 1, the highest power left out and the
/// lowest in the highest bit.
const POLYNOMIAL: u32 = 0xedb8_8320;

/// What four bits leave behind.
const TABLE: [u32; 16] = {
    let mut table = [0; 16];
    let mut i = 0;
    while i < 16 {
        let mut rest = i as u32;
        let mut bit = 0;
        while bit < 4 {
            rest = times_x(rest);
            bit += 1;
        }
        table[i] = rest;
        i += 1;
    }
    table
};

const fn times_x(a: u32) -> u32 {
    (a >> 1) ^ if a & 1 == 1 { POLYNOMIAL } else { 0 }
}

/// A running sum.
#[derive(Debug, Clone, Default)]
pub struct Hasher {
    sum: u32,
    amount: u64,
}

impl Hasher {
    /// Over nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A sum begun elsewhere, over so many bytes that do not matter as long as nothing is combined.
    #[must_use]
    pub fn new_with_initial(sum: u32) -> Self {
        Self { sum, amount: 0 }
    }

    /// Goes on over `bytes`.
    pub fn update(&mut self, bytes: &[u8]) {
        let mut sum = !self.sum;
        for byte in bytes {
            sum ^= u32::from(*byte);
            sum = (sum >> 4) ^ TABLE[(sum & 15) as usize];
            sum = (sum >> 4) ^ TABLE[(sum & 15) as usize];
        }
        self.sum = !sum;
        self.amount += bytes.len() as u64;
    }

    /// The sum.
    #[must_use]
    pub fn finalize(self) -> u32 {
        self.sum
    }

    /// Forgets what was summed.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Goes on over what `other` summed.
    pub fn combine(&mut self, other: &Self) {
        // As if as many zeros followed here, times x⁸ each, and their place were then taken by what was summed there.
        let (mut power, mut zeros, mut left) = (1 << 31, 1 << 23, other.amount);
        while left > 0 {
            if left & 1 == 1 {
                power = product(power, zeros);
            }
            zeros = product(zeros, zeros);
            left >>= 1;
        }
        self.sum = product(self.sum, power) ^ other.sum;
        self.amount += other.amount;
    }
}

/// Of two polynomials, modulo [`POLYNOMIAL`].
fn product(a: u32, mut b: u32) -> u32 {
    let mut product = 0;
    for bit in (0..32).rev() {
        if a >> bit & 1 == 1 {
            product ^= b;
        }
        b = times_x(b);
    }
    product
}

/// The sum over `bytes`.
#[must_use]
pub fn hash(bytes: &[u8]) -> u32 {
    let mut hasher = Hasher::new();
    hasher.update(bytes);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_the_published_ones() {
        for (bytes, want) in [
            // What every table of check sums gives for this line.
            (&b"123456789"[..], 0xcbf4_3926),
            (b"", 0),
            // The last chunk of every PNG.
            (b"IEND", 0xae42_6082),
            (b"\0\0\0\0", 0x2144_df1c),
        ] {
            assert_eq!(hash(bytes), want, "{bytes:?}");
        }
    }

    #[test]
    fn parts_add_up() {
        let bytes: Vec<u8> = (0..1000u32).map(|i| (i * 7 + i / 13) as u8).collect();
        for cut in [0, 1, 8, 333, 999, 1000] {
            let (mut first, mut second) = (Hasher::new(), Hasher::new());
            first.update(&bytes[..cut]);
            second.update(&bytes[cut..]);
            first.combine(&second);
            assert_eq!(first.finalize(), hash(&bytes), "cut at {cut}");
            let (mut whole, mut rest) = (Hasher::new(), Hasher::new());
            whole.update(&bytes[..cut]);
            rest.sum = whole.finalize();
            rest.update(&bytes[cut..]);
            assert_eq!(rest.finalize(), hash(&bytes), "gone on at {cut}");
        }
    }
}
