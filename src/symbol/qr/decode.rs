//! A grid of modules, each with how surely it is dark, → the text.
//!
//! Codewords are decoded with errors and erasures after Forney's *generalized minimum distance* decoding (IEEE Trans.
//! Inf. Theory 12, 1966): the doubtful ones are struck out in growing numbers until a code word is near enough.

use super::content;
use super::layout::{Correction, Layout, Module, blocks, format_bits, masked, version_bits, version_place};
use super::reed_solomon::{MOST_CHECKS, correct};

/// How small, as a power of two, the share of all words must be that error correction would have taken for the one it
/// found. The smallest codes as the standard corrects them (table 9 withholds check words from them for this) lie just
/// below; others spend check words on erasures only as far as this allows.
const LEAST_SURPRISE: f32 = 30.0;

/// What a grid says.
#[derive(Debug, PartialEq)]
pub(super) struct Decoded {
    /// The bytes of all segments.
    pub(super) bytes: Vec<u8>,
    /// How many codewords were wrong or struck out.
    pub(super) repaired: usize,
}

/// Decodes a grid: for each module, row by row, how dark it is from 0 (surely light) to 1 (surely dark).
pub(super) fn decode(layout: &Layout, places: &[u32], dark: &[f32]) -> Option<Decoded> {
    let side = layout.side;
    if dark.len() != side * side || !version_fits(layout, dark) {
        return None;
    }
    let (correction, mask) = format(layout, dark)?;
    let (count, checks) = blocks(layout.version, correction);
    let total = places.len() / 8;
    let mut words = vec![(0u8, 0.0f32); total];
    for (word, bits) in words.iter_mut().zip(places.chunks_exact(8)) {
        let mut doubt = 0.0f32;
        for &place in bits {
            let (x, y) = (place as usize % side, place as usize / side);
            let v = if masked(mask, x, y) { 1.0 - dark[place as usize] } else { dark[place as usize] };
            word.0 = word.0 << 1 | u8::from(v > 0.5);
            // Chance that any bit is wrong, to first order, with the least sure bit deciding among saturated ones.
            doubt += v.min(1.0 - v).max(0.0);
        }
        word.1 = doubt;
    }
    // Short blocks first; data words are dealt to the blocks in turn, then check words.
    let short = count - total % count;
    let least = total / count - checks;
    let mut data = Vec::with_capacity(total);
    // Where all of several blocks must be code words, each may surprise less.
    let least_surprise = if count == 1 { LEAST_SURPRISE } else { LEAST_SURPRISE / count as f32 + 6.0 };
    let mut surprise = 0.0;
    let mut repaired = 0;
    let mut block = Vec::with_capacity(256);
    let mut doubts = Vec::with_capacity(256);
    for b in 0..count {
        let own = least + usize::from(b >= short);
        block.clear();
        doubts.clear();
        let data_at = |i: usize| if i < least { i * count + b } else { least * count + b - short };
        let check_at = |i: usize| total - checks * count + i * count + b;
        for at in (0..own).map(data_at).chain((0..checks).map(check_at)) {
            let &(word, doubt) = words.get(at)?;
            block.push(word);
            doubts.push(doubt);
        }
        let (bits, wrong) = correct_block(&mut block, &doubts, checks, least_surprise)?;
        surprise += bits;
        repaired += wrong;
        data.extend_from_slice(&block[..own]);
    }
    if surprise < LEAST_SURPRISE {
        return None;
    }
    let bytes = content::bytes(layout.version, &data)?;
    Some(Decoded { bytes, repaired })
}

/// Corrects one block with ever more of its most doubtful words struck out. How surprising its success is, in bits,
/// and how many words were wrong or struck out.
fn correct_block(block: &mut Vec<u8>, doubts: &[f32], checks: usize, least: f32) -> Option<(f32, usize)> {
    let mut erasures = [0; MOST_CHECKS];
    let mut struck = 0;
    let mut taken = [false; 256];
    loop {
        let before = block.clone();
        if let Some(errors) = correct(block, checks, &erasures[..struck]) {
            let surprise = surprise(block.len(), checks, struck, errors);
            if surprise >= least {
                return Some((surprise, errors + struck));
            }
            *block = before;
        }
        // Two at a time: an erasure saves half of what an error costs.
        for _ in 0..2 {
            let worst = (0..block.len()).filter(|&i| !taken[i]).max_by(|&a, &b| doubts[a].total_cmp(&doubts[b]))?;
            taken[worst] = true;
            *erasures.get_mut(struck)? = worst;
            struck += 1;
        }
        if struck > checks || surprise(block.len(), checks, struck, 0) < least {
            return None;
        }
    }
}

/// The share of all words that lie as near to a code word, as a negative power of two: within `errors` unknown places
/// outside `struck` known ones.
fn surprise(length: usize, checks: usize, struck: usize, errors: usize) -> f32 {
    let open = length.saturating_sub(struck);
    let choices: f32 =
        (0..errors).map(|i| (open.saturating_sub(i) as f32 / (i + 1) as f32).max(1.0).log2() + 255f32.log2()).sum();
    8.0 * checks as f32 - 8.0 * struck as f32 - choices
}

/// The level of correction and the mask: of the 32 words of format information the one most like what stands there, in
/// both copies together.
fn format(layout: &Layout, dark: &[f32]) -> Option<(Correction, u32)> {
    let places = layout.format();
    let seen: [f32; 15] = std::array::from_fn(|i| {
        places[i].iter().map(|&(x, y)| dark.get(y * layout.side + x).map_or(0.0, |v| 2.0 * v - 1.0)).sum()
    });
    let likeness = |data: u32| -> f32 {
        let bits = format_bits(data);
        seen.iter().enumerate().map(|(i, &s)| if bits >> i & 1 == 1 { s } else { -s }).sum()
    };
    let (mut best, mut most) = (0, f32::NEG_INFINITY);
    for data in 0..32 {
        let now = likeness(data);
        if now > most {
            (best, most) = (data, now);
        }
    }
    let correction = match best >> 3 {
        0 => Correction::M,
        1 => Correction::L,
        2 => Correction::H,
        _ => Correction::Q,
    };
    // Words differ in 7 of 15 bits or more: below a third of the full likeness two may fit as well.
    let full: f32 = seen.iter().map(|s| s.abs()).sum();
    (full > 0.0 && most > full / 3.0).then_some((correction, best & 7))
}

/// Whether the version information, where there is any, says no other version.
fn version_fits(layout: &Layout, dark: &[f32]) -> bool {
    if layout.version < 7 {
        return true;
    }
    let seen: [f32; 18] = std::array::from_fn(|i| {
        let (a, b) = version_place(layout.side, i);
        dark[b * layout.side + a] + dark[a * layout.side + b] - 1.0
    });
    let likeness = |version: usize| -> f32 {
        let bits = version_bits(version as u32);
        seen.iter().enumerate().map(|(i, &s)| if bits >> i & 1 == 1 { s } else { -s }).sum()
    };
    let own = likeness(layout.version);
    (7..=40).all(|version| likeness(version) <= own)
}

/// Known modules of a layout as darkness; `None` where data or information stands.
pub(super) fn known(module: Module) -> Option<f32> {
    match module {
        Module::Dark => Some(1.0),
        Module::Light => Some(0.0),
        Module::Data | Module::Info => None,
    }
}
