//! Where everything stands in a QR Code: function patterns, format and version information, codewords, and how these
//! are spread over blocks (ISO/IEC 18004:2015, clauses 6.3, 7.9, 7.10 and tables 1 and 9, annex E).

/// How many modules lie between the middles of two finder patterns less than there are on a side.
pub(super) const FINDER_INSET: usize = 7;

/// What stands in a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Module {
    /// A bit of a codeword.
    Data,
    /// A function pattern's light module.
    Light,
    /// A function pattern's dark module.
    Dark,
    /// A bit of the format or version information.
    Info,
}

/// How much is spent on error correction, by the two bits of the format information.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Correction {
    M = 0,
    L = 1,
    H = 2,
    Q = 3,
}

/// Check words of each block, by version from 1.
#[rustfmt::skip]
static CHECKS: [[u8; 40]; 4] = [
    [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28],
    [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30],
    [17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28, 30, 24, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30],
    [13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30, 28, 30, 30, 30, 30, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30],
];
/// Blocks, by version from 1.
#[rustfmt::skip]
static BLOCKS: [[u8; 40]; 4] = [
    [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49],
    [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25],
    [1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25, 25, 34, 30, 32, 35, 37, 40, 42, 45, 48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81],
    [1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20, 23, 23, 25, 27, 29, 34, 34, 35, 38, 40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68],
];

/// One version, 1 to 40, module by module.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) version: usize,
    /// Modules on a side.
    pub(super) side: usize,
    /// Row by row.
    pub(super) modules: Vec<Module>,
}

impl Layout {
    /// The layout of a version, 1..=40.
    pub(super) fn new(version: usize) -> Self {
        let version = version.clamp(1, 40);
        let side = 17 + 4 * version;
        let mut layout = Self { version, side, modules: vec![Module::Data; side * side] };
        for i in 8..side - 8 {
            let module = if i % 2 == 0 { Module::Dark } else { Module::Light };
            layout.put(i as i32, 6, module);
            layout.put(6, i as i32, module);
        }
        let (places, count) = alignment(version);
        let last = side as i32 - 7;
        for &x in &places[..count] {
            for &y in &places[..count] {
                if !matches!((x, y), (6, 6)) && (x, y) != (6, last) && (x, y) != (last, 6) {
                    layout.rings(x, y, 2, &[1]);
                }
            }
        }
        // Format information, and version information from version 7 on.
        for i in 0..9 {
            layout.put(8, i, Module::Info);
            layout.put(i, 8, Module::Info);
        }
        for i in 0..8 {
            layout.put(8, side as i32 - 1 - i, Module::Info);
            layout.put(side as i32 - 1 - i, 8, Module::Info);
        }
        layout.put(8, 6, Module::Dark);
        layout.put(6, 8, Module::Dark);
        layout.put(8, side as i32 - 8, Module::Dark);
        if version >= 7 {
            for i in 0..18 {
                let (a, b) = version_place(side, i);
                layout.put(a as i32, b as i32, Module::Info);
                layout.put(b as i32, a as i32, Module::Info);
            }
        }
        for (x, y) in [(3, 3), (side as i32 - 4, 3), (3, side as i32 - 4)] {
            layout.rings(x, y, 4, &[2, 4]);
        }
        layout
    }

    fn put(&mut self, x: i32, y: i32, module: Module) {
        let side = self.side as i32;
        if (0..side).contains(&x) && (0..side).contains(&y) {
            self.modules[(y * side + x) as usize] = module;
        }
    }

    /// Square rings round a place, those named light.
    fn rings(&mut self, x: i32, y: i32, outermost: i32, light: &[i32]) {
        for dy in -outermost..=outermost {
            for dx in -outermost..=outermost {
                let ring = dx.abs().max(dy.abs());
                self.put(x + dx, y + dy, if light.contains(&ring) { Module::Light } else { Module::Dark });
            }
        }
    }

    /// Modules of the codewords' bits in their order, as places in [`Layout::modules`].
    pub(super) fn data(&self) -> Vec<u32> {
        let side = self.side;
        let mut places = Vec::with_capacity(side * side);
        let mut right = side - 1;
        loop {
            // The column of the vertical timing pattern is left out.
            if right == 6 {
                right = 5;
            }
            let upwards = (right + 1) & 2 == 0;
            for step in 0..side {
                let y = if upwards { side - 1 - step } else { step };
                for x in [right, right - 1] {
                    if self.modules[y * side + x] == Module::Data {
                        places.push((y * side + x) as u32);
                    }
                }
            }
            if right < 3 {
                return places;
            }
            right -= 2;
        }
    }

    /// Places of the 15 bits of the format information, lowest first, in both copies, as (column, row).
    pub(super) fn format(&self) -> [[(usize, usize); 2]; 15] {
        let side = self.side;
        std::array::from_fn(|i| {
            let first = match i {
                0..=5 => (8, i),
                6 | 7 => (8, i + 1),
                8 => (7, 8),
                _ => (14 - i, 8),
            };
            [first, if i < 8 { (side - 1 - i, 8) } else { (8, side + i - 15) }]
        })
    }
}

/// Place of bit `i` of the version information, lowest first, as (column, row); the other copy has them exchanged.
pub(super) fn version_place(side: usize, i: usize) -> (usize, usize) {
    (side - 11 + i % 3, i / 3)
}

/// Columns and rows of the middles of alignment patterns, and how many there are (annex E).
pub(super) fn alignment(version: usize) -> ([i32; 7], usize) {
    let mut places = [6; 7];
    if version < 2 {
        return (places, 0);
    }
    let count = version / 7 + 2;
    // Even steps from the far end, the first gap taking up the rest; 32 is the table's one exception.
    let step = if version == 32 { 26 } else { (version * 4 + count * 2 + 1) / (count * 2 - 2) * 2 };
    for (i, place) in places[1..count].iter_mut().enumerate() {
        *place = (version * 4 + 10 - (count - 2 - i) * step) as i32;
    }
    (places, count)
}

/// The 15 bits of the format information for its five data bits: BCH(15, 5), masked (clause 7.9).
pub(super) fn format_bits(data: u32) -> u32 {
    (data << 10 | remainder(data, 10, 0x537)) ^ 0x5412
}

/// The 18 bits of the version information: Golay (18, 6) (clause 7.10).
pub(super) fn version_bits(version: u32) -> u32 {
    version << 12 | remainder(version, 12, 0x1f25)
}

fn remainder(data: u32, bits: u32, generator: u32) -> u32 {
    (0..bits).fold(data, |rest, _| (rest << 1) ^ (((rest >> (bits - 1)) & 1) * generator))
}

/// Whether a mask inverts the module at a column and a row (clause 7.8).
pub(super) fn masked(mask: u32, x: usize, y: usize) -> bool {
    let product = x * y;
    0 == match mask {
        0 => (x + y) % 2,
        1 => y % 2,
        2 => x % 3,
        3 => (x + y) % 3,
        4 => (x / 3 + y / 2) % 2,
        5 => product % 2 + product % 3,
        6 => (product % 2 + product % 3) % 2,
        _ => ((x + y) % 2 + product % 3) % 2,
    }
}

/// Blocks of a version at a level of correction: how many, and the check words of each.
pub(super) fn blocks(version: usize, correction: Correction) -> (usize, usize) {
    let at = version.clamp(1, 40) - 1;
    (usize::from(BLOCKS[correction as usize][at]), usize::from(CHECKS[correction as usize][at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codewords_fill_what_the_function_patterns_leave() {
        // Table 1: (version, codewords, remainder bits).
        for (version, codewords, rest) in
            [(1, 26, 0), (2, 44, 7), (5, 134, 7), (6, 172, 7), (7, 196, 0), (14, 581, 3), (32, 2465, 3), (40, 3706, 0)]
        {
            assert_eq!(Layout::new(version).data().len(), codewords * 8 + rest, "version {version}");
        }
    }

    #[test]
    fn alignment_patterns_stand_as_in_annex_e() {
        for (version, want) in [
            (1, &[][..]),
            (2, &[6, 18]),
            (5, &[6, 30]),
            (7, &[6, 22, 38]),
            (15, &[6, 26, 48, 70]),
            (32, &[6, 34, 60, 86, 112, 138]),
            (36, &[6, 24, 50, 76, 102, 128, 154]),
            (40, &[6, 30, 58, 86, 114, 142, 170]),
        ] {
            let (places, count) = alignment(version);
            assert_eq!(&places[..count], want, "version {version}");
        }
    }

    #[test]
    fn format_and_version_information_as_in_annexes_c_and_d() {
        // Annex C's example: M with mask 5; annex D's: version 7.
        assert_eq!(format_bits(0b00101), 0b100_0000_1100_1110);
        assert_eq!(version_bits(7), 0b000111_110010010100);
    }

    #[test]
    fn every_version_keeps_room_for_data_at_every_level() {
        for version in 1..=40 {
            let words = Layout::new(version).data().len() / 8;
            for correction in [Correction::L, Correction::M, Correction::Q, Correction::H] {
                let (blocks, checks) = blocks(version, correction);
                assert!(words / blocks > checks && checks <= super::super::reed_solomon::MOST_CHECKS, "{version}");
                assert!(words.div_ceil(blocks) <= 255, "{version}");
            }
        }
    }
}
