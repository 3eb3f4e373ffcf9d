//! As vectors of WebAssembly. Each of these is so short that a call would cost more than it.

use core::arch::wasm32::{
    i16x8_add, i16x8_extadd_pairwise_u8x16, i16x8_extend_low_u8x16, i16x8_sub, i32x4, i32x4_add, i32x4_dot_i16x8,
    i32x4_extadd_pairwise_u16x8, i32x4_extract_lane, i32x4_mul, i32x4_shl, i32x4_shr, i32x4_splat, i32x4_sub, i64x2,
    i64x2_splat, u8x16_max, u8x16_min, u8x16_sub, u16x8, u32x4_shr, v128, v128_and,
};

/// Eight whole numbers of sixteen bits.
#[derive(Debug, Clone, Copy)]
pub(in crate::symbol) struct Halves(v128);

/// Four of thirty-two.
#[derive(Debug, Clone, Copy)]
pub(in crate::symbol) struct Words(v128);

/// Sixteen of eight, without sign.
#[derive(Debug, Clone, Copy)]
pub(in crate::symbol) struct Bytes(v128);

impl Halves {
    /// `a` less `b`.
    #[inline(always)]
    pub(in crate::symbol) fn differences(a: &[u8; 8], b: &[u8; 8]) -> Self {
        let wide = |bytes: &[u8; 8]| i16x8_extend_low_u8x16(i64x2_splat(i64::from_le_bytes(*bytes)));
        Self(i16x8_sub(wide(a), wide(b)))
    }

    /// Four pairs of bytes, the first of each lowest, byte by byte.
    #[inline(always)]
    pub(in crate::symbol) fn widened([a, b, c, d]: [u16; 4]) -> Self {
        Self(i16x8_extend_low_u8x16(u16x8(a, b, c, d, 0, 0, 0, 0)))
    }

    /// For each of these, 0..=255, what is left of 256, and it.
    #[inline(always)]
    pub(in crate::symbol) fn shares(parts: Words) -> Self {
        Self(i32x4_add(i32x4_sub(i32x4_splat(256), parts.0), i32x4_shl(parts.0, 16)))
    }

    /// Products, those of neighbours added.
    #[inline(always)]
    pub(in crate::symbol) fn products(self, other: Self) -> Words {
        Words(i32x4_dot_i16x8(self.0, other.0))
    }

    /// Sums.
    #[inline(always)]
    pub(in crate::symbol) fn plus(self, other: Self) -> Self {
        Self(i16x8_add(self.0, other.0))
    }

    /// Sums of neighbours, taken as numbers without sign.
    #[inline(always)]
    pub(in crate::symbol) fn pairs(self) -> [u16; 4] {
        Words(i32x4_extadd_pairwise_u16x8(self.0)).lanes().map(|sum| sum as u16)
    }
}

impl Default for Halves {
    #[inline(always)]
    fn default() -> Self {
        Self(i32x4_splat(0))
    }
}

impl Default for Words {
    #[inline(always)]
    fn default() -> Self {
        Self(i32x4_splat(0))
    }
}

impl Words {
    /// Sums.
    #[inline(always)]
    pub(in crate::symbol) fn plus(self, other: Self) -> Self {
        Self(i32x4_add(self.0, other.0))
    }

    /// Differences.
    #[inline(always)]
    pub(in crate::symbol) fn less(self, other: Self) -> Self {
        Self(i32x4_sub(self.0, other.0))
    }

    /// Products.
    #[inline(always)]
    pub(in crate::symbol) fn times(self, other: Self) -> Self {
        Self(i32x4_mul(self.0, other.0))
    }

    /// Divided by a power of two, downwards.
    #[inline(always)]
    pub(in crate::symbol) fn halved(self, times: u32) -> Self {
        Self(i32x4_shr(self.0, times))
    }

    /// The lowest bits of each that are in `mask`.
    #[inline(always)]
    pub(in crate::symbol) fn masked(self, mask: i32) -> Self {
        Self(v128_and(self.0, i32x4_splat(mask)))
    }

    /// The sum of all.
    #[inline(always)]
    pub(in crate::symbol) fn total(self) -> i32 {
        let [a, b, c, d] = self.lanes();
        a.wrapping_add(b).wrapping_add(c.wrapping_add(d))
    }

    /// One by one.
    #[inline(always)]
    pub(in crate::symbol) fn lanes(self) -> [i32; 4] {
        let v = self.0;
        [i32x4_extract_lane::<0>(v), i32x4_extract_lane::<1>(v), i32x4_extract_lane::<2>(v), i32x4_extract_lane::<3>(v)]
    }
}

impl From<[i32; 4]> for Words {
    #[inline(always)]
    fn from([a, b, c, d]: [i32; 4]) -> Self {
        Self(i32x4(a, b, c, d))
    }
}

impl From<&[u8; 16]> for Bytes {
    #[inline(always)]
    fn from(bytes: &[u8; 16]) -> Self {
        let ([low, high], _) = bytes.as_chunks::<8>() else { return Self(i32x4_splat(0)) };
        Self(i64x2(i64::from_le_bytes(*low), i64::from_le_bytes(*high)))
    }
}

impl Bytes {
    /// By how much they differ.
    #[inline(always)]
    pub(in crate::symbol) fn differing(self, other: Self) -> Self {
        Self(u8x16_sub(u8x16_max(self.0, other.0), u8x16_min(self.0, other.0)))
    }

    /// The lesser ones.
    #[inline(always)]
    pub(in crate::symbol) fn least(self, other: Self) -> Self {
        Self(u8x16_min(self.0, other.0))
    }

    /// The greater ones.
    #[inline(always)]
    pub(in crate::symbol) fn most(self, other: Self) -> Self {
        Self(u8x16_max(self.0, other.0))
    }

    /// Sums of neighbours.
    #[inline(always)]
    pub(in crate::symbol) fn pairs(self) -> Halves {
        Halves(i16x8_extadd_pairwise_u8x16(self.0))
    }

    /// The least of each four.
    #[inline(always)]
    pub(in crate::symbol) fn least_of_fours(self) -> [u8; 4] {
        let two = self.least(Self(u32x4_shr(self.0, 16)));
        Words(two.least(Self(u32x4_shr(two.0, 8))).0).lanes().map(|four| four as u8)
    }

    /// The greatest of each four.
    #[inline(always)]
    pub(in crate::symbol) fn most_of_fours(self) -> [u8; 4] {
        let two = self.most(Self(u32x4_shr(self.0, 16)));
        Words(two.most(Self(u32x4_shr(two.0, 8))).0).lanes().map(|four| four as u8)
    }
}
