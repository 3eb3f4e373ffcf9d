//! Numbers held within limits, as WebAssembly does it cheaply.

/// `value`, or `least` where it is less or no number. [`f32::max`] is a call in WebAssembly, and keeps a loop from being
/// computed side by side.
#[inline]
pub(super) fn at_least(least: f32, value: f32) -> f32 {
    if value > least { value } else { least }
}

/// `value`, or the limit that it lies beyond; no number stays none. `f32::clamp` panics where the limits are crossed or no
/// numbers, and writing them into its message takes a kilobyte of the module.
#[inline]
pub(super) fn within(least: f32, most: f32, value: f32) -> f32 {
    let value = if value < least { least } else { value };
    if value > most { most } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_that_cross_and_no_numbers_are_survived() {
        assert_eq!([-1.0, 0.5, 3.0].map(|value| within(0.0, 1.0, value)), [0.0, 0.5, 1.0]);
        assert!(within(0.0, 1.0, f32::NAN).is_nan());
        // A QR symbol's fitted gain may come out negative: its limits then lie the wrong way round.
        assert_eq!(within(-0.25, -3.0, 1.0), -3.0);
        assert_eq!(within(f32::NAN, f32::NAN, 1.0), 1.0);
        assert_eq!([2.0, 4.0, f32::NAN].map(|value| at_least(3.0, value)), [3.0, 4.0, 3.0]);
    }
}
