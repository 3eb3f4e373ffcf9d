//! A photo file → a luminance picture.
//!
//! JPEG, PNG and WebP (with the feature `pnm` also PBM, PGM, PPM and PAM); in the browser JPEG and PNG, and WebP is left
//! to its own decoder, whose pixels come in by [`push_luma`]. Size is judged from the header, before
//! anything of the picture is decoded. The EXIF orientation is applied, so that left and right mean what the person
//! sees. Pixels with alpha lie on white paper.

use std::fmt;
use std::io::Cursor;

use image::codecs::png::PngDecoder;
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{ColorType, ImageDecoder, ImageError, Limits};
use zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions};
use zune_jpeg::{JpegDecoder, SampleRatios, errors::DecodeErrors};

use crate::frame::{MAX_SIDE, Picture};

/// The most pixels a photo may have. Phones with a "64-megapixel" sensor write 9248×6944, a little more than their name.
pub const MAX_PIXELS: u64 = 64 << 20;

/// The most bytes the decoded samples may take: [`MAX_PIXELS`] with four samples of eight bits.
pub const MAX_BYTES: u64 = 4 * MAX_PIXELS;

/// The longest file a page need take in, in bytes: a 64-megapixel PNG of camera noise is not larger.
pub const MAX_FILE: usize = 192 << 20;

/// Why a file is not a picture that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StillError {
    /// The first bytes belong to no picture format known here; also an empty file.
    NotAPicture,
    /// HEIC or HEIF, what iPhones write unless told otherwise: a browser may be able to decode it.
    Heic,
    /// A known kind of file that is not read here.
    Unsupported {
        /// Its usual name: "GIF", "PDF", …
        name: &'static str,
    },
    /// More pixels, or bytes once decoded, than the limits allow.
    TooLarge {
        /// Width in pixels, as the header says.
        width: u32,
        /// Height in pixels, as the header says.
        height: u32,
        /// The most pixels allowed for such a picture.
        limit: u64,
    },
    /// A picture of a known kind, but damaged.
    Broken {
        /// What the decoder stumbled over; for a developer, not for the page.
        what: String,
    },
}

impl fmt::Display for StillError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAPicture => write!(f, "expected a JPEG, PNG or WebP file, found none of them"),
            Self::Heic => write!(f, "expected a JPEG, PNG or WebP file, found HEIC"),
            Self::Unsupported { name } => write!(f, "expected a JPEG, PNG or WebP file, found {name}"),
            Self::TooLarge { width, height, limit } => write!(
                f,
                "expected at most {limit} pixels and sides of at most {MAX_SIDE}, found {width}×{height} pixels"
            ),
            Self::Broken { what } => write!(f, "expected a whole picture, found a broken one: {what}"),
        }
    }
}

impl std::error::Error for StillError {}

/// Decodes a photo file to luminance, turned the way it is to be looked at.
///
/// A file that breaks off late may still give its upper part (JPEG does; what is missing stays grey).
///
/// # Errors
/// [`StillError`]. Never panics on any bytes that are known.
pub fn decode(bytes: &[u8]) -> Result<Picture, StillError> {
    match sniff(bytes)? {
        Kind::Jpeg => jpeg(bytes),
        Kind::Png => {
            through_image(PngDecoder::with_limits(Cursor::new(bytes), limits()).map_err(|e| png_error(bytes, e))?)
        }
        Kind::WebP => {
            check_webp(bytes)?;
            webp(bytes)
        }
        #[cfg(feature = "pnm")]
        Kind::Pnm => through_image(image::codecs::pnm::PnmDecoder::new(Cursor::new(bytes)).map_err(broken)?),
    }
}

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
fn webp(bytes: &[u8]) -> Result<Picture, StillError> {
    through_image(WebPDecoder::new(Cursor::new(bytes)).map_err(broken)?)
}

/// Every browser shows WebP: a decoder of our own would be a quarter of the module, for a format no camera writes.
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
fn webp(_: &[u8]) -> Result<Picture, StillError> {
    Err(StillError::Unsupported { name: "WebP" })
}

/// The files read here, told by their first bytes and never by their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Jpeg,
    Png,
    WebP,
    #[cfg(feature = "pnm")]
    Pnm,
}

fn sniff(bytes: &[u8]) -> Result<Kind, StillError> {
    let at = |from: usize, magic: &[u8]| bytes.get(from..).is_some_and(|rest| rest.starts_with(magic));
    if at(0, &[0xff, 0xd8, 0xff]) {
        return Ok(Kind::Jpeg);
    }
    if at(0, b"\x89PNG\r\n\x1a\n") {
        return Ok(Kind::Png);
    }
    if at(0, b"RIFF") && at(8, b"WEBP") {
        return Ok(Kind::WebP);
    }
    #[cfg(feature = "pnm")]
    if let [b'P', b'1'..=b'7', b' ' | b'\t' | b'\r' | b'\n', ..] = bytes {
        return Ok(Kind::Pnm);
    }
    if at(4, b"ftyp") {
        return Err(iso_base_media(bytes));
    }
    // Kinds that people do pick by mistake, so that they can be told what they picked.
    const KNOWN: [(&[u8], &str); 9] = [
        (b"GIF8", "GIF"),
        (b"%PDF", "PDF"),
        (b"BM", "BMP"),
        (b"II*\0", "TIFF"),
        (b"MM\0*", "TIFF"),
        (b"\0\0\0\x0cJXL ", "JPEG XL"),
        (b"\xff\x0a", "JPEG XL"),
        (b"\0\0\0\x0cjP  ", "JPEG 2000"),
        (b"PK\x03\x04", "ZIP"),
    ];
    match KNOWN.iter().find(|(magic, _)| at(0, magic)) {
        Some((_, name)) => Err(StillError::Unsupported { name }),
        None => Err(StillError::NotAPicture),
    }
}

/// HEIC, AVIF and films share one container (ISO/IEC 14496-12, `ftyp`): four letters of a major brand, a version,
/// then compatible brands.
fn iso_base_media(bytes: &[u8]) -> StillError {
    let size = bytes.get(..4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_be_bytes) as usize;
    let end = size.clamp(8, 256).min(bytes.len());
    let brands = || bytes.get(8..end).unwrap_or_default().chunks_exact(4);
    // AVIF first: its files also name the general brand mif1.
    if brands().any(|b| matches!(b, b"avif" | b"avis")) {
        return StillError::Unsupported { name: "AVIF" };
    }
    let heic = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"];
    if brands().any(|b| heic.iter().any(|h| &h[..] == b)) {
        return StillError::Heic;
    }
    StillError::Unsupported { name: "MP4" }
}

/// What any decoder may take for itself. The number of pixels is [`check_size`]'s.
fn limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(MAX_SIDE as u32);
    limits.max_image_height = Some(MAX_SIDE as u32);
    limits.max_alloc = Some(MAX_BYTES);
    limits
}

/// Refuses what would be too large once decoded, from the header's word alone.
fn check_size(width: u32, height: u32, bytes_per_pixel: u64) -> Result<(), StillError> {
    if width == 0 || height == 0 {
        return Err(StillError::Broken { what: format!("expected at least 1×1 pixel, found {width}×{height}") });
    }
    let limit = MAX_PIXELS.min(MAX_BYTES / bytes_per_pixel.max(1));
    if width as usize > MAX_SIDE || height as usize > MAX_SIDE || u64::from(width) * u64::from(height) > limit {
        return Err(StillError::TooLarge { width, height, limit });
    }
    Ok(())
}

/// In the page nobody reads a decoder's own words, and what spells them out is two kilobytes of every visitor's download.
const TELLS: bool = cfg!(not(target_os = "unknown"));

fn broken(error: impl fmt::Display) -> StillError {
    StillError::Broken { what: if TELLS { error.to_string() } else { String::new() } }
}

/// The PNG decoder refuses a large picture itself, but does not say how large: the header does, at a fixed place.
fn png_error(bytes: &[u8], error: ImageError) -> StillError {
    let side = |at: usize| bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_be_bytes);
    match error {
        ImageError::Limits(_) => match check_size(side(16), side(20), 1) {
            Err(too_large) => too_large,
            Ok(()) => StillError::TooLarge { width: side(16), height: side(20), limit: MAX_BYTES / 8 },
        },
        other => broken(other),
    }
}

/// A WebP's chunks are followed before the decoder sees them: it trusts a chunk's stated length (up to 4 GiB) with
/// memory before it has read the bytes, and the size of the picture inside with the size on the cover.
fn check_webp(bytes: &[u8]) -> Result<(), StillError> {
    let word = |at: usize| bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
    let mut at = 12;
    while let (Some(name), Some(size)) = (bytes.get(at..at + 4), word(at + 4)) {
        let from = at + 8;
        let end = from.checked_add(size as usize).filter(|&end| end <= bytes.len());
        let Some(end) = end else {
            return Err(StillError::Broken {
                what: format!("expected a chunk of {size} bytes at byte {at}, found {}", bytes.len() - from),
            });
        };
        match name {
            b"VP8X" if bytes.get(from).is_some_and(|flags| flags & 0x02 != 0) => {
                return Err(StillError::Unsupported { name: "animated WebP" });
            }
            // Three bytes of tag, three of start code, then fourteen bits of width and of height.
            b"VP8 " if size >= 10 => {
                let sides = word(from + 6).unwrap_or_default();
                check_size(sides & 0x3fff, sides >> 16 & 0x3fff, 4)?;
            }
            _ => {}
        }
        // Chunks are padded to an even length.
        at = end + (size as usize & 1);
    }
    Ok(())
}

/// Everything but JPEG: decoded whole by `image`, then brought to luminance.
fn through_image(mut decoder: impl ImageDecoder) -> Result<Picture, StillError> {
    let (width, height) = decoder.dimensions();
    let color = decoder.color_type();
    check_size(width, height, u64::from(color.bytes_per_pixel()))?;
    decoder.set_limits(limits()).map_err(broken)?;
    // A broken EXIF block is no reason to refuse the picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut samples = vec![0; usize::try_from(decoder.total_bytes()).map_err(broken)?];
    decoder.read_image(&mut samples).map_err(broken)?;
    let luma = luma_of(samples, color)?;
    picture(luma, width as usize, height as usize, orientation)
}

/// Samples as `image` hands them out → luminance. Sixteen-bit samples lose their lower half.
fn luma_of(samples: Vec<u8>, color: ColorType) -> Result<Vec<u8>, StillError> {
    let (all, wide) = (&samples, |a: u8, b: u8| (u16::from_ne_bytes([a, b]) >> 8) as u8);
    Ok(match color {
        ColorType::L8 => samples,
        ColorType::La8 => all.as_chunks().0.iter().map(|&[l, a]| over_white(l, a)).collect(),
        ColorType::Rgb8 => all.as_chunks().0.iter().map(|&[r, g, b]| luma(r, g, b)).collect(),
        ColorType::Rgba8 => all.as_chunks().0.iter().map(|&[r, g, b, a]| over_white(luma(r, g, b), a)).collect(),
        ColorType::L16 => all.as_chunks().0.iter().map(|&[l, m]| wide(l, m)).collect(),
        ColorType::La16 => all.as_chunks().0.iter().map(|&[l, m, a, b]| over_white(wide(l, m), wide(a, b))).collect(),
        ColorType::Rgb16 => {
            all.as_chunks().0.iter().map(|&[r, s, g, h, b, c]| luma(wide(r, s), wide(g, h), wide(b, c))).collect()
        }
        ColorType::Rgba16 => all
            .as_chunks()
            .0
            .iter()
            .map(|&[r, s, g, h, b, c, a, z]| over_white(luma(wide(r, s), wide(g, h), wide(b, c)), wide(a, z)))
            .collect(),
        other => return Err(StillError::Broken { what: format!("expected 8 or 16 bits a sample, found {other:?}") }),
    })
}

/// JPEG: the luminance plane alone where the file has one.
fn jpeg(bytes: &[u8]) -> Result<Picture, StillError> {
    // Not strict: what a file lacks at its end, or a stray marker, costs those rows and not the picture.
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX));
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(jpeg_error)?;
    let info = decoder.info().ok_or_else(|| broken("expected a frame header, found none"))?;
    check_size(u32::from(info.width), u32::from(info.height), 4)?;
    let orientation = decoder.exif().and_then(|exif| Orientation::from_exif_chunk(exif));
    // zune-jpeg 0.5.15 loses rows of progressive files with chroma of half height alone, where only luminance is
    // asked for; all other samplings agree with its colour path to a rounding.
    let luma_alone = info.sample_ratio != SampleRatios::V;
    let (output, color) = match decoder.input_colorspace() {
        Some(ColorSpace::YCbCr | ColorSpace::Luma) if luma_alone => (ColorSpace::Luma, ColorType::L8),
        _ => (ColorSpace::RGB, ColorType::Rgb8),
    };
    decoder.set_options(options.jpeg_set_out_colorspace(output));
    let samples = decoder.decode().map_err(jpeg_error)?;
    let luma = luma_of(samples, color)?;
    picture(luma, usize::from(info.width), usize::from(info.height), orientation.unwrap_or(Orientation::NoTransforms))
}

fn jpeg_error(error: DecodeErrors) -> StillError {
    StillError::Broken { what: if TELLS { format!("{error:?}") } else { String::new() } }
}

/// Turns the picture as EXIF asks and checks its shape.
fn picture(luma: Vec<u8>, width: usize, height: usize, orientation: Orientation) -> Result<Picture, StillError> {
    let (luma, width, height) = turn(luma, width, height, orientation);
    Picture::new(luma, width, height).map_err(broken)
}

/// The eight EXIF orientations (Exif 2.32, tag 0x0112): each is a walk through the stored rows from one corner.
fn turn(luma: Vec<u8>, width: usize, height: usize, orientation: Orientation) -> (Vec<u8>, usize, usize) {
    if luma.len() != width * height {
        return (luma, width, height);
    }
    let row = |y: usize| luma[y * width..][..width].iter().copied();
    let column = |x: usize| luma[x..].iter().copied().step_by(width);
    let mut turned = Vec::with_capacity(luma.len());
    match orientation {
        Orientation::NoTransforms => return (luma, width, height),
        Orientation::FlipHorizontal => (0..height).for_each(|y| turned.extend(row(y).rev())),
        Orientation::Rotate180 => turned.extend(luma.iter().rev().copied()),
        Orientation::FlipVertical => (0..height).rev().for_each(|y| turned.extend(row(y))),
        Orientation::Rotate90FlipH => (0..width).for_each(|x| turned.extend(column(x))),
        Orientation::Rotate90 => (0..width).for_each(|x| turned.extend(column(x).rev())),
        Orientation::Rotate270FlipH => (0..width).rev().for_each(|x| turned.extend(column(x).rev())),
        Orientation::Rotate270 => (0..width).rev().for_each(|x| turned.extend(column(x))),
    }
    match orientation {
        Orientation::FlipHorizontal | Orientation::Rotate180 | Orientation::FlipVertical => (turned, width, height),
        _ => (turned, height, width),
    }
}

/// Luminance of gamma-encoded red, green and blue by ITU-R BT.601, the weights a camera's own luma has: 0.299, 0.587
/// and 0.114, here in 256ths.
#[must_use]
#[inline]
pub fn luma(r: u8, g: u8, b: u8) -> u8 {
    ((77 * u32::from(r) + 150 * u32::from(g) + 29 * u32::from(b) + 128) >> 8) as u8
}

/// What is see-through shows white paper.
#[inline]
fn over_white(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u32::from(value), u32::from(alpha));
    ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}

/// In which order four bytes make a pixel, by the names of WebCodecs' `VideoPixelFormat`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PixelOrder {
    /// Red, green, blue, alpha: what a canvas gives.
    Rgba,
    /// Red, green, blue, and a byte without meaning.
    Rgbx,
    /// Blue, green, red, alpha.
    Bgra,
    /// Blue, green, red, and a byte without meaning.
    Bgrx,
}

/// Brings pixels that something else decoded to luminance: appends one byte to `luma` for each four of `pixels`; a rest
/// of fewer than four bytes is left out. Allocates nothing where `luma` has room.
pub fn push_luma(pixels: &[u8], order: PixelOrder, luma: &mut Vec<u8>) {
    let pixels = pixels.as_chunks().0.iter();
    match order {
        PixelOrder::Rgba => luma.extend(pixels.map(|&[r, g, b, a]| over_white(self::luma(r, g, b), a))),
        PixelOrder::Rgbx => luma.extend(pixels.map(|&[r, g, b, _]| self::luma(r, g, b))),
        PixelOrder::Bgra => luma.extend(pixels.map(|&[b, g, r, a]| over_white(self::luma(r, g, b), a))),
        PixelOrder::Bgrx => luma.extend(pixels.map(|&[b, g, r, _]| self::luma(r, g, b))),
    }
}
