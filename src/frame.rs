//! A luminance picture, checked once at the door so that every later room can index it without fear.

use std::fmt;

/// The longest side a picture may have, in pixels. A 200-megapixel phone sensor is 16,320 wide.
pub const MAX_SIDE: usize = 16_384;

/// A borrowed luminance picture: one byte a pixel, 0 = black, rows from the top, `stride` bytes apart.
///
/// The bytes are the camera's luma, gamma-encoded, as a browser or a photo decoder gives them.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    luma: &'a [u8],
    width: usize,
    height: usize,
    stride: usize,
}

/// Why bytes are not a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FrameError {
    /// Width or height is zero.
    Empty,
    /// A side is longer than [`MAX_SIDE`].
    TooLarge {
        /// The longer side found, in pixels.
        side: usize,
    },
    /// A row would reach into the next one.
    StrideTooShort {
        /// Bytes between rows, as given.
        stride: usize,
        /// The least it could be: the width.
        width: usize,
    },
    /// Fewer bytes than width, height and stride promise.
    BufferTooShort {
        /// Bytes needed.
        expected: usize,
        /// Bytes given.
        found: usize,
    },
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "expected a picture of at least 1×1 pixel, found an empty one"),
            Self::TooLarge { side } => write!(f, "expected sides of at most {MAX_SIDE} pixels, found {side}"),
            Self::StrideTooShort { stride, width } => {
                write!(f, "expected a stride of at least the width, {width}, found {stride}")
            }
            Self::BufferTooShort { expected, found } => {
                write!(f, "expected at least {expected} bytes of luminance, found {found}")
            }
        }
    }
}

impl std::error::Error for FrameError {}

impl<'a> Frame<'a> {
    /// Checks `luma` against its promised shape.
    ///
    /// `width` and `height` are 1..=[`MAX_SIDE`]; `stride >= width`; `luma` holds at least
    /// `stride * (height - 1) + width` bytes (the last row need not be padded).
    ///
    /// # Errors
    /// [`FrameError`], which names what was expected and what was found.
    pub fn new(luma: &'a [u8], width: usize, height: usize, stride: usize) -> Result<Self, FrameError> {
        if width == 0 || height == 0 {
            return Err(FrameError::Empty);
        }
        let side = width.max(height);
        if side > MAX_SIDE {
            return Err(FrameError::TooLarge { side });
        }
        if stride < width {
            return Err(FrameError::StrideTooShort { stride, width });
        }
        // The sides are bounded, the stride is not: a 32-bit usize can overflow here.
        let expected = stride.checked_mul(height - 1).and_then(|n| n.checked_add(width)).unwrap_or(usize::MAX);
        if luma.len() < expected {
            return Err(FrameError::BufferTooShort { expected, found: luma.len() });
        }
        Ok(Self { luma, width, height, stride })
    }

    /// Checks rows that lie without gaps: [`Frame::new`] with the width as stride.
    ///
    /// # Errors
    /// As [`Frame::new`].
    pub fn packed(luma: &'a [u8], width: usize, height: usize) -> Result<Self, FrameError> {
        Self::new(luma, width, height, width)
    }

    /// Width in pixels, 1..=[`MAX_SIDE`].
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels, 1..=[`MAX_SIDE`].
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }

    /// Row `y` (0 = top), exactly [`Frame::width`] bytes.
    ///
    /// # Panics
    /// If `y >= height`.
    #[must_use]
    pub fn row(&self, y: usize) -> &'a [u8] {
        assert!(y < self.height, "row {y} of {}", self.height);
        &self.luma[y * self.stride..y * self.stride + self.width]
    }
}

impl fmt::Debug for Frame<'_> {
    // Pixels may show a person's notice: never in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame")
            .field("width", &self.width)
            .field("height", &self.height)
            .field("stride", &self.stride)
            .finish_non_exhaustive()
    }
}

/// An owned luminance picture without padding between rows.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    luma: Vec<u8>,
    width: usize,
    height: usize,
}

impl Picture {
    /// Takes `width * height` bytes of luminance, rows from the top.
    ///
    /// # Errors
    /// As [`Frame::new`].
    pub fn new(luma: Vec<u8>, width: usize, height: usize) -> Result<Self, FrameError> {
        Frame::packed(&luma, width, height)?;
        Ok(Self { luma, width, height })
    }

    /// The picture as a [`Frame`].
    #[must_use]
    pub fn frame(&self) -> Frame<'_> {
        Frame { luma: &self.luma, width: self.width, height: self.height, stride: self.width }
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.frame().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_door_refuses_what_does_not_fit() {
        let bytes = [0u8; 20];
        for (width, height, stride, want) in [
            (0, 1, 1, Err(FrameError::Empty)),
            (1, 0, 1, Err(FrameError::Empty)),
            (MAX_SIDE + 1, 1, MAX_SIDE + 1, Err(FrameError::TooLarge { side: MAX_SIDE + 1 })),
            (5, 4, 4, Err(FrameError::StrideTooShort { stride: 4, width: 5 })),
            (5, 5, 5, Err(FrameError::BufferTooShort { expected: 25, found: 20 })),
            (2, 3, usize::MAX, Err(FrameError::BufferTooShort { expected: usize::MAX, found: 20 })),
            (1, 1, 1, Ok(())),
            (5, 4, 5, Ok(())),
            // The last row needs no padding: 3 × 6 + 2.
            (2, 4, 6, Ok(())),
        ] {
            let got = Frame::new(&bytes, width, height, stride).map(|_| ());
            assert_eq!(got, want, "{width}×{height}, stride {stride}");
        }
    }

    #[test]
    fn rows_skip_the_padding() {
        let bytes: Vec<u8> = (0..14).collect();
        let frame = Frame::new(&bytes, 2, 3, 6).unwrap();
        assert_eq!([frame.row(0), frame.row(1), frame.row(2)], [&[0, 1][..], &[6, 7], &[12, 13]]);
    }
}
