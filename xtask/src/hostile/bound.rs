//! How sure a count makes one.

/// The 95 % upper confidence bound on a probability of which `hits` of `trials` came true (Clopper and Pearson 1934,
/// one-sided): the largest probability under which so few hits are not rarer than one in twenty.
pub fn upper(hits: usize, trials: usize) -> f64 {
    const DOUBT: f64 = 0.05;
    if hits >= trials {
        return 1.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..200 {
        let middle = (low + high) / 2.0;
        if at_most(hits, trials, middle) > DOUBT {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// The binomial probability of at most `hits`.
fn at_most(hits: usize, trials: usize, p: f64) -> f64 {
    let n = trials as f64;
    // Logarithms: (1 - p)^n of a hundred thousand trials is no number any more.
    let mut term = n * (-p).ln_1p();
    let mut sum = term.exp();
    for k in 0..hits {
        let k = k as f64;
        term += ((n - k) / (k + 1.0)).ln() + p.ln() - (-p).ln_1p();
        sum += term.exp();
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::upper;

    #[test]
    fn bounds_are_those_of_the_tables() {
        for (hits, trials, want) in [
            // Nothing in n: 1 - 0.05^(1/n), nearly 3/n.
            (0, 1, 0.95),
            (0, 10, 0.258_866),
            (0, 100_000, 2.995_7e-5),
            // Published tables of the one-sided bound.
            (1, 10, 0.394_163),
            (5, 100, 0.102_253),
            (10, 10, 1.0),
            (0, 0, 1.0),
        ] {
            let got = upper(hits, trials);
            assert!((got - want).abs() < 1e-4 * want, "{hits} of {trials}: {got}, expected {want}");
        }
    }
}
