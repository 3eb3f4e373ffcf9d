//! A code whose modules are plain to see: each is told by what its middle shows against the mean of those around it, after
//! what its neighbours spill there has been taken back by a guess. What this cannot read is left to the lattice, at twenty
//! times the cost.

use super::decode::{decode, known};
use super::layout::Layout;
use super::plane::Plane;
use crate::symbol::pyramid::Level;

/// Modules to each side whose mean divides light from dark.
const AROUND: usize = 5;
/// How much a module's difference from the mean of its four neighbours counts beside itself.
const SHARPENED: f32 = 1.0;
/// Known modules that must be as they should, in hundredths.
const LEAST_RIGHT: usize = 78;
/// Codewords that may be wrong or doubtful: one in so many. With more the lattice, which sees better, decides.
const REPAIRED: usize = 12;

/// The bytes that a code says by the middles of its modules on a plane, if hardly anything of it is in doubt.
pub(super) fn read(level: &Level, layout: &Layout, plane: &Plane) -> Option<Vec<u8>> {
    let side = layout.side;
    let luma = sharpened(&middles(level, side, plane), side);
    let means = means(&luma, side);
    let spread = luma.iter().zip(&means).map(|(v, m)| (v - m).abs()).sum::<f32>() / luma.len() as f32;
    let scale = 0.4 / spread.max(1.0);
    let dark: Vec<f32> = luma.iter().zip(&means).map(|(v, m)| (0.5 + scale * (m - v)).clamp(0.0, 1.0)).collect();
    let (mut right, mut all) = (0, 0);
    for (module, dark) in layout.modules.iter().zip(&dark) {
        if let Some(known) = known(*module) {
            all += 1;
            right += usize::from((known > 0.5) == (*dark > 0.5));
        }
    }
    if 100 * right < LEAST_RIGHT * all {
        return None;
    }
    let places = layout.data();
    let decoded = decode(layout, &places, &dark)?;
    (decoded.repaired * REPAIRED <= places.len() / 8).then_some(decoded.bytes)
}

/// Luminance in the middle of each module of a code with so many on a side, row by row.
pub(super) fn middles(level: &Level, side: usize, plane: &Plane) -> Vec<f32> {
    let place = |i: usize| (2 * i + 1) as f64 / side as f64 - 1.0;
    let mut luma = Vec::with_capacity(side * side);
    for j in 0..side {
        luma.extend((0..side).map(|i| {
            let (x, y) = plane.at(place(i), place(j));
            level.sample(x as f32, y as f32)
        }));
    }
    luma
}

/// Each of a square's values and its difference from the mean of its neighbours.
fn sharpened(values: &[f32], side: usize) -> Vec<f32> {
    let at = |x: usize, y: usize| values[y * side + x];
    let sharp = |(x, y): (usize, usize)| {
        let sides = at(x.saturating_sub(1), y) + at((x + 1).min(side - 1), y);
        let near = sides + at(x, y.saturating_sub(1)) + at(x, (y + 1).min(side - 1));
        (1.0 + SHARPENED) * at(x, y) - SHARPENED / 4.0 * near
    };
    (0..side).flat_map(|y| (0..side).map(move |x| (x, y))).map(sharp).collect()
}

/// The mean of the modules up to [`AROUND`] away, for each of a square.
fn means(values: &[f32], side: usize) -> Vec<f32> {
    // Sums of all above and to the left, with a row and a column of nothing before them.
    let wide = side + 1;
    let mut sums = vec![0.0f32; wide * wide];
    for (j, row) in values.chunks_exact(side).enumerate() {
        let mut sum = 0.0;
        for (i, v) in row.iter().enumerate() {
            sum += v;
            sums[(j + 1) * wide + i + 1] = sums[j * wide + i + 1] + sum;
        }
    }
    let mut out = Vec::with_capacity(values.len());
    for j in 0..side {
        let (top, bottom) = (j.saturating_sub(AROUND), (j + AROUND + 1).min(side));
        for i in 0..side {
            let (left, right) = (i.saturating_sub(AROUND), (i + AROUND + 1).min(side));
            let sum = sums[bottom * wide + right] + sums[top * wide + left]
                - sums[top * wide + right]
                - sums[bottom * wide + left];
            out.push(sum / ((bottom - top) * (right - left)) as f32);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::symbol::Point;
    use crate::symbol::qr::layout::FINDER_INSET;
    use crate::symbol::qr::tests::{code, digits};

    #[test]
    fn a_plain_code_is_read_and_a_doubtful_one_left() {
        let text = digits();
        let modules = code(5, qrcode::EcLevel::L, &text);
        let layout = Layout::new(5);
        let side = layout.side;
        let words = layout.data();
        // (what, codewords turned over, pixels that the plane is off, grey levels between light and dark, whether it is read)
        for (name, wrong, off, contrast, want) in [
            ("plain", 0, 0.0, 170, true),
            ("a quarter of a module off", 0, 1.0, 170, true),
            ("faint", 0, 0.0, 12, true),
            ("some damage", 6, 0.0, 170, true),
            // What error correction would still take, but only just.
            ("much damage", 13, 0.0, 170, false),
            ("half a module off: edges", 0, 2.0, 170, false),
            ("a module off", 0, 4.0, 170, false),
            ("nothing there", 0, 0.0, 0, false),
        ] {
            let mut dark = modules.clone();
            for &place in words[..16 * wrong].chunks_exact(8).step_by(2).flatten() {
                dark[place as usize] ^= true;
            }
            let wide = 4 * side;
            let luma = (0..wide * wide)
                .map(|i| if dark[i / wide / 4 * side + i % wide / 4] { 210 - contrast } else { 210 })
                .collect();
            let level = Level { luma, width: wide, height: wide };
            let inset = 1.0 - FINDER_INSET as f64 / side as f64;
            let (near, far) = (13.5 + off, wide as f32 - 14.5 + off);
            let corners = [(near, near), (far, near), (far, far), (near, far)].map(|(x, y)| Point { x, y });
            let places = [(-inset, -inset), (inset, -inset), (inset, inset), (-inset, inset)];
            let plane = Plane::through(places, corners).unwrap();
            let got = read(&level, &layout, &plane);
            assert_eq!(got, want.then(|| text.clone().into_bytes()), "{name}");
        }
    }
}
