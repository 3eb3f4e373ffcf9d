//! Sorting for lists of a few items. The standard library's sorts are made for thousands; each use of one adds five to
//! nine kilobytes to the wasm that every visitor loads.

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
}
