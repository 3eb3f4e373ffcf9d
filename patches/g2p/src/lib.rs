//! Finite fields of characteristic two for `rqrr`'s error correction.
//!
//! Stands in for the crate of the same name, whose macro writes a 256 × 256 table of products for GF(2⁸) into the
//! program: 64 KB that no compression makes smaller, a sixth of the page's whole wasm. Logarithms and powers of a
//! generator do the same from under a kilobyte. Only what `rqrr` 0.11 uses is here.

#![forbid(unsafe_code)]

use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Sub, SubAssign};

/// A field of 2ⁿ elements.
pub trait GaloisField:
    Add<Output = Self>
    + AddAssign
    + Sub<Output = Self>
    + SubAssign
    + Mul<Output = Self>
    + MulAssign
    + Div<Output = Self>
    + DivAssign
    + Copy
    + PartialEq
    + Eq
{
    /// The neutral element of addition.
    const ZERO: Self;
    /// The neutral element of multiplication.
    const ONE: Self;
    /// An element whose powers are all but zero: x, the moduli of QR Code being primitive (ISO/IEC 18004, annex A).
    const GENERATOR: Self;

    /// The element to the given power.
    fn pow(self, power: usize) -> Self;
}

/// Powers of x modulo `modulus`, and their logarithms, in a field of `size` elements. Entry 0 of the logarithms has no
/// meaning.
#[doc(hidden)]
pub const fn tables<const SIZE: usize>(modulus: u32) -> ([u8; SIZE], [u8; SIZE]) {
    let mut powers = [0; SIZE];
    let mut logarithms = [0; SIZE];
    let mut value = 1u32;
    let mut i = 0;
    while i < SIZE - 1 {
        powers[i] = value as u8;
        logarithms[value as usize] = i as u8;
        value <<= 1;
        if value >= SIZE as u32 {
            value ^= modulus;
        }
        i += 1;
    }
    powers[SIZE - 1] = 1;
    (powers, logarithms)
}

/// Defines a field: its name, the n of 2ⁿ, and the modulus as a bit pattern.
#[macro_export]
macro_rules! g2p {
    ($name:ident, $bits:literal, modulus: $modulus:literal) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        struct $name(u8);

        impl $name {
            const SIZE: usize = 1 << $bits;
            const TABLES: &'static ([u8; 1 << $bits], [u8; 1 << $bits]) = {
                static TABLES: ([u8; 1 << $bits], [u8; 1 << $bits]) = $crate::tables::<{ 1 << $bits }>($modulus);
                &TABLES
            };

            fn logarithm(self) -> usize {
                usize::from(Self::TABLES.1[usize::from(self.0) % Self::SIZE])
            }

            fn power_of_generator(exponent: usize) -> Self {
                Self(Self::TABLES.0[exponent % (Self::SIZE - 1)])
            }
        }

        impl $crate::GaloisField for $name {
            const ZERO: Self = Self(0);
            const ONE: Self = Self(1);
            const GENERATOR: Self = Self(2);

            fn pow(self, power: usize) -> Self {
                match (self.0, power) {
                    (_, 0) => Self(1),
                    (0, _) => Self(0),
                    _ => Self::power_of_generator(self.logarithm() * (power % (Self::SIZE - 1))),
                }
            }
        }

        // Addition and subtraction are the same in characteristic two.
        #[allow(clippy::suspicious_arithmetic_impl)]
        const _: () = {
            use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Sub, SubAssign};

            impl Add for $name {
                type Output = Self;
                fn add(self, other: Self) -> Self {
                    Self(self.0 ^ other.0)
                }
            }
            impl Sub for $name {
                type Output = Self;
                fn sub(self, other: Self) -> Self {
                    Self(self.0 ^ other.0)
                }
            }
            impl Mul for $name {
                type Output = Self;
                fn mul(self, other: Self) -> Self {
                    if self.0 == 0 || other.0 == 0 {
                        Self(0)
                    } else {
                        Self::power_of_generator(self.logarithm() + other.logarithm())
                    }
                }
            }
            impl Div for $name {
                type Output = Self;
                // Division by zero panics, as it does for numbers.
                fn div(self, other: Self) -> Self {
                    assert!(other.0 != 0, "division by zero in a finite field");
                    if self.0 == 0 {
                        Self(0)
                    } else {
                        Self::power_of_generator(self.logarithm() + (Self::SIZE - 1) - other.logarithm())
                    }
                }
            }
            impl AddAssign for $name {
                fn add_assign(&mut self, other: Self) {
                    *self = *self + other;
                }
            }
            impl SubAssign for $name {
                fn sub_assign(&mut self, other: Self) {
                    *self = *self - other;
                }
            }
            impl MulAssign for $name {
                fn mul_assign(&mut self, other: Self) {
                    *self = *self * other;
                }
            }
            impl DivAssign for $name {
                fn div_assign(&mut self, other: Self) {
                    *self = *self / other;
                }
            }
        };
    };
}

#[cfg(test)]
mod tests {
    use super::GaloisField;

    g2p!(GF16, 4, modulus: 0b1_0011);
    g2p!(GF256, 8, modulus: 0b1_0001_1101);

    /// Multiplication as polynomials, reduced bit by bit: what the tables must agree with.
    fn product(a: u32, b: u32, modulus: u32, size: u32) -> u32 {
        let mut sum = 0;
        for i in 0..8 {
            if b >> i & 1 == 1 {
                sum ^= a << i;
            }
        }
        for i in (0..8).rev() {
            if sum >= size << i {
                sum ^= modulus << i;
            }
        }
        sum
    }

    #[test]
    fn every_product_and_quotient_is_the_polynomials_one() {
        for a in 0..=255u8 {
            let mut power = GF256::ONE;
            for b in 0..=255u8 {
                let want = product(u32::from(a), u32::from(b), 0b1_0001_1101, 256) as u8;
                assert_eq!(GF256(a) * GF256(b), GF256(want), "{a} × {b}");
                if b != 0 {
                    assert_eq!(GF256(want) / GF256(b), GF256(a), "{want} ÷ {b}");
                }
                assert_eq!(GF256(a).pow(usize::from(b)), power, "{a} to the {b}");
                power *= GF256(a);
            }
        }
        for a in 0..16u8 {
            for b in 0..16u8 {
                let want = product(u32::from(a), u32::from(b), 0b1_0011, 16) as u8;
                assert_eq!(GF16(a) * GF16(b), GF16(want), "{a} × {b}");
            }
        }
    }

    #[test]
    fn the_generator_reaches_everything_but_zero() {
        let mut seen = [false; 256];
        for i in 0..255 {
            seen[usize::from(GF256::GENERATOR.pow(i).0)] = true;
        }
        assert_eq!(seen.iter().filter(|s| **s).count(), 255);
        assert!(!seen[0]);
        assert_eq!(GF256::GENERATOR.pow(255), GF256::ONE);
    }

    #[test]
    fn sums_cancel() {
        let mut sum = GF256(0x5a);
        sum += GF256(0x0f);
        sum -= GF256(0x0f);
        assert_eq!(sum, GF256(0x5a));
        sum /= GF256(0x5a);
        assert_eq!(sum, GF256::ONE);
    }
}
