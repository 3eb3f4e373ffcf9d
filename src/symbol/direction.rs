//! Angles as directions. The standard library's sine takes any angle, and brings four kilobytes of tables for the huge
//! ones; here none goes twice round.

use std::f64::consts::FRAC_PI_2;

/// Cosine and sine of an angle of at most two turns, in radians, as exact as their type can tell.
pub(super) fn direction(angle: f32) -> (f32, f32) {
    let quarters = (f64::from(angle) / FRAC_PI_2).round();
    // At most an eighth of a turn: what the series leave out is less than 1e-11.
    let rest = f64::from(angle) - quarters * FRAC_PI_2;
    let square = rest * rest;
    let series = |terms: [f64; 5]| terms.iter().rev().fold(0.0, |sum, term| sum * square + term);
    let cos = 1.0 + square * series([-1.0 / 2.0, 1.0 / 24.0, -1.0 / 720.0, 1.0 / 40_320.0, -1.0 / 3_628_800.0]);
    let sin =
        rest + rest * square * series([-1.0 / 6.0, 1.0 / 120.0, -1.0 / 5_040.0, 1.0 / 362_880.0, -1.0 / 39_916_800.0]);
    let (cos, sin) = match quarters as i32 & 3 {
        0 => (cos, sin),
        1 => (-sin, cos),
        2 => (-cos, -sin),
        _ => (sin, -cos),
    };
    (cos as f32, sin as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_the_standard_library_says() {
        for i in -40_000..=40_000 {
            let angle = i as f32 * 3.14e-4;
            let (cos, sin) = direction(angle);
            let (want_sin, want_cos) = f64::from(angle).sin_cos();
            assert!((f64::from(cos) - want_cos).abs() < 4e-8, "{angle}: {cos}, {want_cos}");
            assert!((f64::from(sin) - want_sin).abs() < 4e-8, "{angle}: {sin}, {want_sin}");
        }
    }
}
