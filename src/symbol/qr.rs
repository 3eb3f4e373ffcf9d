//! QR Code (ISO/IEC 18004), by `rqrr`.

use super::Point;
use super::pyramid::Level;

/// A QR Code that could be decoded, in pixels of its level.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Qr {
    pub(super) text: String,
    pub(super) corners: [Point; 4],
}

/// Reads every QR Code of one level.
pub(super) fn read(level: &Level) -> Vec<Qr> {
    let mut image =
        rqrr::PreparedImage::prepare_from_greyscale(level.width, level.height, |x, y| level.luma[y * level.width + x]);
    let mut found = Vec::new();
    for grid in image.detect_grids() {
        let mut bytes = Vec::new();
        // Raw bytes: Japanese generators write Shift_JIS without saying so, which `decode` refuses.
        if grid.decode_to(&mut bytes).is_ok() {
            let corners = grid.bounds.map(|p| Point { x: p.x as f32, y: p.y as f32 });
            found.push(Qr { text: String::from_utf8_lossy(&bytes).into_owned(), corners });
        }
    }
    found
}
