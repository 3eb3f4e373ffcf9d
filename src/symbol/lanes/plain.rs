//! As loops.

use std::array;

/// Eight whole numbers of sixteen bits.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::symbol) struct Halves([i16; 8]);

/// Four of thirty-two.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::symbol) struct Words([i32; 4]);

/// Sixteen of eight, without sign.
#[derive(Debug, Clone, Copy)]
pub(in crate::symbol) struct Bytes([u8; 16]);

impl Halves {
    /// `a` less `b`.
    #[inline]
    pub(in crate::symbol) fn differences(a: &[u8; 8], b: &[u8; 8]) -> Self {
        Self(array::from_fn(|i| i16::from(a[i]) - i16::from(b[i])))
    }

    /// Four pairs of bytes, the first of each lowest, byte by byte.
    #[inline]
    pub(in crate::symbol) fn widened(pairs: [u16; 4]) -> Self {
        Self(array::from_fn(|i| i16::from(pairs[i / 2].to_le_bytes()[i % 2])))
    }

    /// For each of these, 0..=255, what is left of 256, and it.
    #[inline]
    pub(in crate::symbol) fn shares(parts: Words) -> Self {
        Self(array::from_fn(|i| if i % 2 == 0 { 256 - parts.0[i / 2] as i16 } else { parts.0[i / 2] as i16 }))
    }

    /// Products, those of neighbours added.
    #[inline]
    pub(in crate::symbol) fn products(self, other: Self) -> Words {
        let product = |i: usize| i32::from(self.0[i]).wrapping_mul(i32::from(other.0[i]));
        Words(array::from_fn(|i| product(2 * i).wrapping_add(product(2 * i + 1))))
    }

    /// Sums.
    #[inline]
    pub(in crate::symbol) fn plus(self, other: Self) -> Self {
        Self(array::from_fn(|i| self.0[i].wrapping_add(other.0[i])))
    }

    /// Sums of neighbours, taken as numbers without sign.
    #[inline]
    pub(in crate::symbol) fn pairs(self) -> [u16; 4] {
        array::from_fn(|i| self.0[2 * i].wrapping_add(self.0[2 * i + 1]) as u16)
    }
}

impl Words {
    /// Sums.
    #[inline]
    pub(in crate::symbol) fn plus(self, other: Self) -> Self {
        Self(array::from_fn(|i| self.0[i].wrapping_add(other.0[i])))
    }

    /// Differences.
    #[inline]
    pub(in crate::symbol) fn less(self, other: Self) -> Self {
        Self(array::from_fn(|i| self.0[i].wrapping_sub(other.0[i])))
    }

    /// Products.
    #[inline]
    pub(in crate::symbol) fn times(self, other: Self) -> Self {
        Self(array::from_fn(|i| self.0[i].wrapping_mul(other.0[i])))
    }

    /// Divided by a power of two, downwards.
    #[inline]
    pub(in crate::symbol) fn halved(self, times: u32) -> Self {
        Self(self.0.map(|value| value >> times))
    }

    /// The lowest bits of each that are in `mask`.
    #[inline]
    pub(in crate::symbol) fn masked(self, mask: i32) -> Self {
        Self(self.0.map(|value| value & mask))
    }

    /// One by one.
    #[inline]
    pub(in crate::symbol) fn lanes(self) -> [i32; 4] {
        self.0
    }

    /// The sum of all.
    #[inline]
    pub(in crate::symbol) fn total(self) -> i32 {
        self.0.iter().fold(0, |sum, part| sum.wrapping_add(*part))
    }
}

impl From<[i32; 4]> for Words {
    #[inline]
    fn from(values: [i32; 4]) -> Self {
        Self(values)
    }
}

impl From<&[u8; 16]> for Bytes {
    #[inline]
    fn from(bytes: &[u8; 16]) -> Self {
        Self(*bytes)
    }
}

impl Bytes {
    /// By how much they differ.
    #[inline]
    pub(in crate::symbol) fn differing(self, other: Self) -> Self {
        Self(array::from_fn(|i| self.0[i].abs_diff(other.0[i])))
    }

    /// The lesser ones.
    #[inline]
    pub(in crate::symbol) fn least(self, other: Self) -> Self {
        Self(array::from_fn(|i| self.0[i].min(other.0[i])))
    }

    /// The greater ones.
    #[inline]
    pub(in crate::symbol) fn most(self, other: Self) -> Self {
        Self(array::from_fn(|i| self.0[i].max(other.0[i])))
    }

    /// Sums of neighbours.
    #[inline]
    pub(in crate::symbol) fn pairs(self) -> Halves {
        Halves(array::from_fn(|i| i16::from(self.0[2 * i]) + i16::from(self.0[2 * i + 1])))
    }

    /// The least of each four.
    #[inline]
    pub(in crate::symbol) fn least_of_fours(self) -> [u8; 4] {
        array::from_fn(|i| self.0[4 * i..4 * i + 4].iter().fold(u8::MAX, |least, v| least.min(*v)))
    }

    /// The greatest of each four.
    #[inline]
    pub(in crate::symbol) fn most_of_fours(self) -> [u8; 4] {
        array::from_fn(|i| self.0[4 * i..4 * i + 4].iter().fold(0, |most, v| most.max(*v)))
    }
}
