//! What comes before what: sorting lists of a few items, and the one value at a given place of a long list without
//! sorting it. The standard library's sorts and selections are made for thousands of items of any kind; each use of one
//! adds five to nine kilobytes to the wasm that every visitor loads.

/// Sorts by key, keeping the order of equals, by insertion: quick for the tens of items it is used on.
pub(crate) fn sort_few_by_key<T, K: PartialOrd>(items: &mut [T], key: impl Fn(&T) -> K) {
    for end in 1..items.len() {
        let mut at = end;
        while at > 0 && key(&items[at]) < key(&items[at - 1]) {
            items.swap(at, at - 1);
            at -= 1;
        }
    }
}

/// The value that would be at `n`, counted from 0, were they in order ([`f32::total_cmp`]); 0 where there are not so many.
/// Found bit by bit: thirty-two counts without a branch, side by side, whatever the values are.
pub(crate) fn nth(values: &[f32], n: usize) -> f32 {
    if n >= values.len() {
        return 0.0;
    }
    // Whole numbers in the order of the fractions: what follows the sign of negative ones is turned round.
    let turned = |bits: i32| bits ^ ((bits >> 31) as u32 >> 1) as i32;
    let keys: Vec<i32> = values.iter().map(|value| turned(value.to_bits() as i32)).collect();
    let mut found = i32::MIN;
    for bit in (0..u32::BITS).rev() {
        // From the least upwards: the first step crosses nought.
        let more = found.wrapping_add(1i32.wrapping_shl(bit));
        let before = keys.iter().fold(0u32, |count, key| count.wrapping_add(u32::from(*key < more)));
        if before as usize <= n {
            found = more;
        }
    }
    f32::from_bits(turned(found) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_keep_their_order() {
        for (items, want) in [
            (vec![], vec![]),
            (vec![(1, 'a')], vec![(1, 'a')]),
            (
                vec![(3, 'a'), (1, 'b'), (3, 'c'), (2, 'd'), (1, 'e')],
                vec![(1, 'b'), (1, 'e'), (2, 'd'), (3, 'a'), (3, 'c')],
            ),
        ] {
            let mut sorted = items.clone();
            sort_few_by_key(&mut sorted, |item| item.0);
            assert_eq!(sorted, want, "{items:?}");
        }
    }

    #[test]
    fn the_nth_is_what_sorting_puts_there() {
        let mut state = 1u32;
        let mut random = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state
        };
        let lists: [(&str, Vec<f32>); 6] = [
            ("one", vec![3.5]),
            ("equals", vec![2.0, 2.0, 1.0, 2.0]),
            ("both signs of nothing", vec![0.0, -0.0, 1.0, -1.0]),
            ("no numbers among them", vec![f32::NAN, 1.0, f32::NEG_INFINITY, -f32::NAN, f32::INFINITY]),
            ("near each other", (0..200).map(|i| 1.0 + ((i * 37) % 200) as f32 * f32::EPSILON).collect()),
            ("anything", (0..999).map(|_| f32::from_bits(random())).collect()),
        ];
        for (what, values) in lists {
            let mut sorted = values.clone();
            sorted.sort_by(f32::total_cmp);
            for (n, want) in sorted.iter().enumerate() {
                assert_eq!(nth(&values, n).to_bits(), want.to_bits(), "{what}: {n}");
            }
            assert_eq!(nth(&values, values.len()), 0.0, "{what}");
        }
    }
}
