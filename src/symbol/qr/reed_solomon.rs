//! Reed–Solomon codes over GF(2⁸) as QR Code uses them (ISO/IEC 18004, annex A): modulus x⁸ + x⁴ + x³ + x² + 1,
//! generator roots α⁰, α¹, ….
//!
//! Errors and erasures after Berlekamp–Massey and Forney (R. E. Blahut, *Theory and Practice of Error Control Codes*,
//! chapters 7 and 9): an erasure, a codeword known to be doubtful, costs one check word where an error costs two.

/// The most check words of a block in any version.
pub(super) const MOST_CHECKS: usize = 30;

/// Powers of α, twice over so that a sum of two logarithms needs no reduction, and logarithms to the base α. Entry 0 of
/// the logarithms has no meaning.
static POWERS: [u8; 512] = tables().0;
static LOGARITHMS: [u8; 256] = tables().1;

const fn tables() -> ([u8; 512], [u8; 256]) {
    let mut powers = [0; 512];
    let mut logarithms = [0; 256];
    let mut value = 1usize;
    let mut i = 0;
    while i < 512 {
        powers[i] = value as u8;
        if i < 255 {
            logarithms[value] = i as u8;
        }
        value <<= 1;
        if value > 255 {
            value ^= 0x11d;
        }
        i += 1;
    }
    (powers, logarithms)
}

fn product(a: u8, b: u8) -> u8 {
    if a == 0 || b == 0 {
        return 0;
    }
    POWERS[usize::from(LOGARITHMS[usize::from(a)]) + usize::from(LOGARITHMS[usize::from(b)])]
}

/// `a / b`; 0 for `b` = 0, which no caller has.
fn quotient(a: u8, b: u8) -> u8 {
    if a == 0 || b == 0 {
        return 0;
    }
    POWERS[usize::from(LOGARITHMS[usize::from(a)]) + 255 - usize::from(LOGARITHMS[usize::from(b)])]
}

/// A polynomial of degree up to the number of check words, lowest coefficient first.
type Polynomial = [u8; MOST_CHECKS + 1];

/// Value of a polynomial at α to the power `at`.
fn value(polynomial: &[u8], at: usize) -> u8 {
    let step = at % 255;
    polynomial.iter().rev().fold(0, |sum, &c| {
        let shifted = if sum == 0 { 0 } else { POWERS[usize::from(LOGARITHMS[usize::from(sum)]) + step] };
        shifted ^ c
    })
}

/// Remainders at the generator's roots: all 0 for a code word.
fn syndromes(block: &[u8], checks: usize) -> Polynomial {
    let mut syndromes = [0; MOST_CHECKS + 1];
    for (power, syndrome) in syndromes.iter_mut().enumerate().take(checks) {
        for &word in block {
            let shifted =
                if *syndrome == 0 { 0 } else { POWERS[usize::from(LOGARITHMS[usize::from(*syndrome)]) + power] };
            *syndrome = shifted ^ word;
        }
    }
    syndromes
}

/// Corrects a block in place, data before its `checks` check words, the words at `erasures` being doubtful.
///
/// Gives the number of words found wrong outside the erasures, or `None` (the block unchanged) where no code word lies
/// within `2 · errors + erasures ≤ checks`.
pub(super) fn correct(block: &mut [u8], checks: usize, erasures: &[usize]) -> Option<usize> {
    let length = block.len();
    if checks > MOST_CHECKS || checks >= length || length > 255 || erasures.len() > checks {
        return None;
    }
    let syndromes = syndromes(block, checks);
    if syndromes[..checks].iter().all(|&s| s == 0) {
        return Some(0);
    }
    // The locator's roots are the inverses of α to the power of each wrong word's place, counted from the end.
    let mut locator: Polynomial = [0; MOST_CHECKS + 1];
    locator[0] = 1;
    for (n, &place) in erasures.iter().enumerate() {
        let root = POWERS[length.checked_sub(place + 1)? % 255];
        for i in (0..=n).rev() {
            locator[i + 1] ^= product(locator[i], root);
        }
    }
    let erased = erasures.len();
    let mut former = locator;
    let mut degree = erased;
    for round in erased..checks {
        let mut discrepancy = 0;
        for i in 0..=round {
            discrepancy ^= product(locator[i], syndromes[round - i]);
        }
        let mut shifted: Polynomial = [0; MOST_CHECKS + 1];
        shifted[1..].copy_from_slice(&former[..MOST_CHECKS]);
        if discrepancy == 0 {
            former = shifted;
            continue;
        }
        let before = locator;
        for (l, &s) in locator.iter_mut().zip(&shifted) {
            *l ^= product(discrepancy, s);
        }
        if 2 * degree <= round + erased {
            degree = round + 1 + erased - degree;
            for (f, &b) in former.iter_mut().zip(&before) {
                *f = quotient(b, discrepancy);
            }
        } else {
            former = shifted;
        }
    }
    let degree = locator.iter().rposition(|&c| c != 0)?;
    if degree < erased || 2 * (degree - erased) + erased > checks {
        return None;
    }
    let mut evaluator: Polynomial = [0; MOST_CHECKS + 1];
    for i in 0..checks {
        for j in 0..=i {
            evaluator[i] ^= product(locator[j], syndromes[i - j]);
        }
    }
    // In characteristic two the derivative is the odd coefficients, moved down.
    let mut derivative: Polynomial = [0; MOST_CHECKS + 1];
    for i in (1..=degree).step_by(2) {
        derivative[i - 1] = locator[i];
    }
    let mut repairs = [(0, 0); MOST_CHECKS];
    let mut found = 0;
    for place in 0..length {
        let power = length - 1 - place;
        let inverse = 255 - power % 255;
        if value(&locator[..=degree], inverse) != 0 {
            continue;
        }
        let slope = value(&derivative, inverse);
        let repair = repairs.get_mut(found)?;
        if slope == 0 {
            return None;
        }
        *repair = (place, product(POWERS[power], quotient(value(&evaluator[..checks], inverse), slope)));
        found += 1;
    }
    if found != degree {
        return None;
    }
    for &(place, repair) in &repairs[..found] {
        block[place] ^= repair;
    }
    if self::syndromes(block, checks)[..checks].iter().any(|&s| s != 0) {
        for &(place, repair) in &repairs[..found] {
            block[place] ^= repair;
        }
        return None;
    }
    Some(degree - erased)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block of `data` words 7, 20, 33, … and `checks` check words, by long division.
    fn block(data: usize, checks: usize) -> Vec<u8> {
        let mut generator = vec![1u8];
        for &root in &POWERS[..checks] {
            let mut next = vec![0; generator.len() + 1];
            for (i, &g) in generator.iter().enumerate() {
                next[i] ^= g;
                next[i + 1] ^= product(g, root);
            }
            generator = next;
        }
        let words: Vec<u8> = (0..data).map(|i| (7 + 13 * i) as u8).collect();
        let mut remainder = [words.clone(), vec![0; checks]].concat();
        for i in 0..data {
            let factor = remainder[i];
            for (j, &g) in generator.iter().enumerate() {
                remainder[i + j] ^= product(factor, g);
            }
        }
        [words, remainder[data..].to_vec()].concat()
    }

    #[test]
    fn errors_and_erasures_up_to_the_capacity_and_not_beyond() {
        // (data, checks, errors, erasures, whether it can be corrected)
        for (data, checks, errors, erasures, can) in [
            (108, 26, 0, 0, true),
            // eL-QR, version 5-L: 13 errors, or 26 erasures, or a mixture.
            (108, 26, 13, 0, true),
            (108, 26, 14, 0, false),
            (108, 26, 0, 26, true),
            (108, 26, 3, 20, true),
            (108, 26, 4, 20, false),
            (108, 26, 1, 27, false),
            // Version 6-M has blocks of 27 + 16.
            (27, 16, 8, 0, true),
            (27, 16, 5, 6, true),
            (27, 16, 6, 6, false),
            // The smallest code and the largest block.
            (19, 7, 3, 1, true),
            (123, 30, 15, 0, true),
            (16, 10, 5, 0, true),
        ] {
            let good = block(data, checks);
            let mut bad = good.clone();
            // Erasures from the end and errors from the beginning, six words apart.
            let erased: Vec<usize> = (0..erasures).map(|i| (good.len() - 1) - i).collect();
            for (i, &place) in erased.iter().enumerate() {
                // Every third erased word is right after all.
                bad[place] ^= if i % 3 == 2 { 0 } else { (i + 1) as u8 };
            }
            for (i, word) in bad.iter_mut().take(errors).enumerate() {
                *word ^= (200 - i) as u8;
            }
            let before = bad.clone();
            let got = correct(&mut bad, checks, &erased);
            if can {
                assert_eq!((got, &bad), (Some(errors), &good), "{data}+{checks}, {errors} errors, {erasures} erasures");
            } else {
                // A block beyond the capacity is refused, or lies within another code word's reach: never `good`.
                assert_ne!(bad, good);
                assert!(got.is_some() || bad == before, "a refused block stays as it was");
            }
        }
    }

    #[test]
    fn what_is_no_block_is_refused() {
        for (length, checks, erasures) in
            [(0, 0, vec![]), (5, 5, vec![]), (300, 10, vec![]), (40, 31, vec![]), (40, 10, vec![40])]
        {
            let mut block: Vec<u8> = (0..length).map(|i| (i * 7 + 1) as u8).collect();
            assert_eq!(correct(&mut block, checks, &erasures), None, "{length}, {checks}");
        }
    }
}
