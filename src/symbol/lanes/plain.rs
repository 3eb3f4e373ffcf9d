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

    /// The sum of all.
    #[inline]
    pub(in crate::symbol) fn total(self) -> i32 {
        self.0.iter().fold(0, |sum, part| sum.wrapping_add(*part))
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
