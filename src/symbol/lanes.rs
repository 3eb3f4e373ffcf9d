//! Eight differences or sixteen pixels at once, where the compiler does not find out by itself that they can be.
//!
//! In the browser each function is one or two instructions of WebAssembly's fixed-width vectors; elsewhere it is the loop
//! that says the same. What goes beyond the whole numbers' reach wraps in both.

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod plain;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod vector;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(super) use plain::{Bytes, Halves, Words};
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(super) use vector::{Bytes, Halves, Words};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_multiplied_and_added_in_pairs() {
        let (a, b) = ([255, 0, 7, 200, 90, 1, 0, 255], [0, 255, 9, 100, 90, 3, 255, 0]);
        let (c, d) = ([3, 0, 255, 17, 5, 200, 100, 255], [250, 1, 0, 18, 9, 100, 255, 0]);
        let (x, y) = (Halves::differences(&a, &b), Halves::differences(&c, &d));
        let product = |i: usize| (i32::from(a[i]) - i32::from(b[i])) * (i32::from(c[i]) - i32::from(d[i]));
        let want: i32 = (0..8).map(product).sum();
        let squares: i32 = (0..8).map(|i| (i32::from(a[i]) - i32::from(b[i])).pow(2)).sum();
        assert_eq!(Words::default().plus(x.products(y)).total(), want);
        assert_eq!(x.products(x).plus(x.products(y)).total(), want + squares);
        assert_eq!(Words::default().total(), 0);
    }

    #[test]
    fn words_wrap_and_keep_their_places() {
        let (a, b) = ([i32::MAX, -70_000, 3, 0x1ff], [1, 70_000, -9, i32::MIN]);
        let (x, y) = (Words::from(a), Words::from(b));
        let each = |of: &dyn Fn(i32, i32) -> i32| -> [i32; 4] { std::array::from_fn(|i| of(a[i], b[i])) };
        assert_eq!(x.lanes(), a);
        assert_eq!(x.plus(y).lanes(), each(&i32::wrapping_add));
        assert_eq!(x.less(y).lanes(), each(&i32::wrapping_sub));
        assert_eq!(x.times(y).lanes(), each(&i32::wrapping_mul));
        assert_eq!(x.halved(3).lanes(), each(&|a, _| a >> 3));
        assert_eq!(x.masked(255).lanes(), each(&|a, _| a & 255));
        let parts = [0, 255, 1, 128];
        let pairs = [[255u8, 255], [7, 200], [0, 255], [90, 10]];
        let want: [i32; 4] =
            std::array::from_fn(|i| i32::from(pairs[i][0]) * (256 - parts[i]) + i32::from(pairs[i][1]) * parts[i]);
        assert_eq!(Halves::widened(pairs.map(u16::from_le_bytes)).products(Halves::shares(parts.into())).lanes(), want);
    }

    #[test]
    fn bytes_are_compared_and_added_place_by_place() {
        let a: [u8; 16] = std::array::from_fn(|i| (i * 37 % 256) as u8);
        let b: [u8; 16] = std::array::from_fn(|i| (i * 201 % 256) as u8);
        let (x, y) = (Bytes::from(&a), Bytes::from(&b));
        let fours = |of: &dyn Fn(usize) -> u16, fold: fn(u16, u16) -> u16| -> [u16; 4] {
            std::array::from_fn(|i| (4 * i + 1..4 * i + 4).map(of).fold(of(4 * i), fold))
        };
        let differ = |i: usize| u16::from(a[i].abs_diff(b[i]));
        assert_eq!(x.differing(y).pairs().pairs(), fours(&differ, |p, q| p + q));
        let both = |i: usize| differ(i) + u16::from(a[i]);
        assert_eq!(x.differing(y).pairs().plus(x.pairs()).pairs(), fours(&both, |p, q| p + q));
        let least = |i: usize| u16::from(a[i].min(b[i]));
        assert_eq!(x.least(y).least_of_fours().map(u16::from), fours(&least, u16::min));
        let most = |i: usize| u16::from(a[i].max(b[i]));
        assert_eq!(x.most(y).most_of_fours().map(u16::from), fours(&most, u16::max));
    }
}
