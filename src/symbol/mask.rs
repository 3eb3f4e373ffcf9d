//! A set of places on a grid, a bit each: what touches what, and what hangs together by more than a thread, sixty-four
//! places at a time.

/// Places of one row side by side, `from..to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) row: usize,
    pub(super) from: usize,
    pub(super) to: usize,
}

impl Run {
    pub(super) fn len(self) -> usize {
        self.to - self.from
    }
}

/// The set. Bits beyond the last column are never set.
#[derive(Debug, Default)]
pub(super) struct Mask {
    columns: usize,
    rows: usize,
    /// Words of a row.
    words: usize,
    bits: Vec<u64>,
}

const WORD: usize = u64::BITS as usize;

impl Mask {
    /// Empties the set and gives it a grid of this size.
    pub(super) fn reset(&mut self, columns: usize, rows: usize) {
        self.columns = columns;
        self.rows = rows;
        self.words = columns.div_ceil(WORD);
        self.bits.clear();
        self.bits.resize(self.words * rows, 0);
    }

    pub(super) fn insert(&mut self, row: usize, column: usize) {
        self.bits[row * self.words + column / WORD] |= 1 << (column % WORD);
    }

    pub(super) fn remove(&mut self, row: usize, column: usize) {
        self.bits[row * self.words + column / WORD] &= !(1 << (column % WORD));
    }

    pub(super) fn insert_run(&mut self, run: Run) {
        self.change(run, |word, bits| *word |= bits);
    }

    fn remove_run(&mut self, run: Run) {
        self.change(run, |word, bits| *word &= !bits);
    }

    fn change(&mut self, run: Run, change: impl Fn(&mut u64, u64)) {
        let row = self.row_mut(run.row);
        let mut from = run.from;
        while from < run.to {
            let to = run.to.min((from / WORD + 1) * WORD);
            change(&mut row[from / WORD], (u64::MAX >> (WORD - (to - from))) << (from % WORD));
            from = to;
        }
    }

    // Shorter than a call, and asked for at every run.
    #[inline(always)]
    fn row(&self, row: usize) -> &[u64] {
        &self.bits[row * self.words..(row + 1) * self.words]
    }

    #[inline(always)]
    fn row_mut(&mut self, row: usize) -> &mut [u64] {
        &mut self.bits[row * self.words..(row + 1) * self.words]
    }

    /// The first place of this row in `from..to` that is in the set.
    pub(super) fn next(&self, row: usize, from: usize, to: usize) -> Option<usize> {
        let words = self.row(row);
        let mut at = from;
        while at < to {
            let rest = words[at / WORD] >> (at % WORD);
            if rest != 0 {
                return Some(at + rest.trailing_zeros() as usize).filter(|at| *at < to);
            }
            at = (at / WORD + 1) * WORD;
        }
        None
    }

    /// All the places side by side with this one, which is in the set.
    fn run_around(&self, row: usize, column: usize) -> Run {
        let words = self.row(row);
        let mut to = column;
        while to < self.columns {
            let ones = (words[to / WORD] >> (to % WORD)).trailing_ones() as usize;
            to += ones;
            if ones == 0 || !to.is_multiple_of(WORD) {
                break;
            }
        }
        let mut from = column;
        while from > 0 {
            // The places up to `from`, the nearest in the highest bit.
            let last = from - 1;
            let ones = (words[last / WORD] << (WORD - 1 - last % WORD)).leading_ones() as usize;
            from -= ones;
            if ones == 0 || !from.is_multiple_of(WORD) {
                break;
            }
        }
        Run { row, from, to }
    }

    /// Moves out of the set the places that touch this one, straight or over a corner or through others, to `members`.
    /// `stack` is scratch memory.
    pub(super) fn take(&mut self, row: usize, column: usize, stack: &mut Vec<Run>, members: &mut Vec<Run>) {
        members.clear();
        stack.clear();
        let seed = self.run_around(row, column);
        self.remove_run(seed);
        stack.push(seed);
        while let Some(run) = stack.pop() {
            members.push(run);
            let to = (run.to + 1).min(self.columns);
            for row in [run.row.wrapping_sub(1), run.row + 1] {
                if row >= self.rows {
                    continue;
                }
                let mut from = run.from.saturating_sub(1);
                while let Some(column) = self.next(row, from, to) {
                    let beside = self.run_around(row, column);
                    self.remove_run(beside);
                    stack.push(beside);
                    from = beside.to;
                }
            }
        }
    }

    /// The set in these rows opened (J. Serra, 1982): without what no 3×3 square within it covers. What lies beyond the grid
    /// counts as within. Outside of `rows` the set must be empty.
    pub(super) fn opened(&self, rows: std::ops::Range<usize>, eroded: &mut Mask, out: &mut Mask) {
        eroded.reset(self.columns, self.rows);
        out.reset(self.columns, self.rows);
        let last = (self.columns - 1) % WORD;
        for row in rows.clone() {
            // Down first, then to the sides.
            self.joined(
                row,
                |a, b| a & b,
                (1, 1 << last),
                eroded.row_mut(row),
                |word, before, after| word & (word << 1 | before) & (word >> 1 | after),
            );
        }
        for row in rows {
            eroded.joined(
                row,
                |a, b| a | b,
                (0, 0),
                out.row_mut(row),
                |word, before, after| word | word << 1 | before | word >> 1 | after,
            );
            out.row_mut(row).iter_mut().zip(self.row(row)).for_each(|(out, own)| *out &= own);
        }
    }

    /// Joins the words of a row with those of the rows above and below, then each with the last place before it and the
    /// first one after it; `beyond` are those of the grid's sides.
    #[inline(always)]
    fn joined(
        &self,
        row: usize,
        down: impl Fn(u64, u64) -> u64,
        beyond: (u64, u64),
        out: &mut [u64],
        across: impl Fn(u64, u64, u64) -> u64,
    ) {
        let (own, above) = (self.row(row), self.row(row.saturating_sub(1)));
        let below = self.row((row + 1).min(self.rows - 1));
        let mut words = own.iter().zip(above).zip(below).map(|((own, above), below)| down(*own, down(*above, *below)));
        let mut before = beyond.0;
        let mut word = words.next().unwrap_or_default();
        for out in out {
            let next = words.next();
            *out = across(word, before, next.map_or(beyond.1, |next| next << (WORD - 1)));
            before = word >> (WORD - 1);
            word = next.unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A set as drawn, `#` being in it.
    fn drawn(lines: &[&str]) -> Mask {
        let mut mask = Mask::default();
        mask.reset(lines[0].len(), lines.len());
        for (row, line) in lines.iter().enumerate() {
            for (column, _) in line.bytes().enumerate().filter(|(_, place)| *place == b'#') {
                mask.insert(row, column);
            }
        }
        mask
    }

    fn picture(mask: &Mask) -> Vec<String> {
        let place = |row, column| if mask.next(row, column, column + 1).is_some() { '#' } else { '.' };
        (0..mask.rows).map(|row| (0..mask.columns).map(|column| place(row, column)).collect()).collect()
    }

    /// A set in which each place is as a linear congruence says, three in four being in it.
    fn speckled(columns: usize, rows: usize) -> Mask {
        let mut mask = Mask::default();
        mask.reset(columns, rows);
        let mut state = 7u32;
        for at in 0..columns * rows {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if state >> 30 != 0 {
                mask.insert(at / columns, at % columns);
            }
        }
        mask
    }

    #[test]
    fn a_run_is_put_in_and_found_across_words() {
        for (from, to) in [(0, 1), (3, 64), (64, 128), (63, 65), (0, 150), (149, 150), (60, 131)] {
            let mut mask = Mask::default();
            mask.reset(150, 2);
            let run = Run { row: 1, from, to };
            mask.insert_run(run);
            assert_eq!((0..150).filter(|c| mask.next(1, *c, c + 1).is_some()).count(), run.len(), "{run:?}");
            assert_eq!(mask.next(1, 0, 150), Some(from), "{run:?}");
            assert_eq!(mask.next(1, 0, from), None, "{run:?}");
            assert_eq!(mask.next(1, to, 150), None, "{run:?}");
            assert_eq!(mask.next(0, 0, 150), None, "{run:?}");
            for column in [from, (from + to) / 2, to - 1] {
                assert_eq!(mask.run_around(1, column), run, "from {column}");
            }
        }
    }

    #[test]
    fn what_touches_is_taken_together_and_what_does_not_stays() {
        let mut mask = drawn(&["##..#", "..#..", ".....", "#.###", "####."]);
        let (mut stack, mut members) = (Vec::new(), Vec::new());
        mask.take(0, 1, &mut stack, &mut members);
        assert_eq!(members.iter().map(|run| run.len()).sum::<usize>(), 3, "over a corner: {members:?}");
        assert_eq!(picture(&mask), ["....#", ".....", ".....", "#.###", "####."]);
        mask.take(3, 4, &mut stack, &mut members);
        assert_eq!(members.iter().map(|run| run.len()).sum::<usize>(), 8, "one row by the other: {members:?}");
        assert_eq!(picture(&mask), ["....#", ".....", ".....", ".....", "....."]);
    }

    #[test]
    fn every_place_is_taken_once() {
        for (columns, rows) in [(1, 1), (64, 3), (65, 20), (200, 40)] {
            let mut mask = speckled(columns, rows);
            let whole = picture(&mask);
            let mut again = Mask::default();
            again.reset(columns, rows);
            let (mut stack, mut members) = (Vec::new(), Vec::new());
            for row in 0..rows {
                while let Some(column) = mask.next(row, 0, columns) {
                    mask.take(row, column, &mut stack, &mut members);
                    for run in &members {
                        assert_eq!(again.next(run.row, run.from, run.to), None, "taken before: {run:?}");
                        again.insert_run(*run);
                    }
                }
            }
            assert_eq!(picture(&again), whole, "{columns}×{rows}");
        }
    }

    #[test]
    fn opening_takes_away_threads() {
        let mask = drawn(&["###....", "###....", "###.###", "..#####", "....###", "..#...."]);
        let (mut eroded, mut out) = (Mask::default(), Mask::default());
        mask.opened(0..6, &mut eroded, &mut out);
        assert_eq!(picture(&out), ["###....", "###....", "###.###", "....###", "....###", "......."]);
    }

    #[test]
    fn opening_is_what_its_definition_says_across_words_and_at_the_edges() {
        for (columns, rows) in [(1, 1), (3, 3), (64, 9), (65, 9), (130, 20)] {
            let mask = speckled(columns, rows);
            let (mut eroded, mut out) = (Mask::default(), Mask::default());
            mask.opened(0..rows, &mut eroded, &mut out);
            let holds = |mask: &Mask, row: usize, column: usize| mask.next(row, column, column + 1).is_some();
            let around = |row: usize, column: usize| {
                let across = column.saturating_sub(1)..(column + 2).min(columns);
                (row.saturating_sub(1)..(row + 2).min(rows)).flat_map(move |r| across.clone().map(move |c| (r, c)))
            };
            for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))) {
                let core = |row, column| around(row, column).all(|(r, c)| holds(&mask, r, c));
                let wanted = holds(&mask, row, column) && around(row, column).any(|(r, c)| core(r, c));
                assert_eq!(holds(&out, row, column), wanted, "{columns}×{rows}: {row}, {column}");
            }
        }
    }
}
