//! The only room that knows the browser.
//!
//! Two classes: [`Reader`] for one frame on its own, [`Session`] for the page. Whatever comes in is looked at before it
//! is used; what does not fit throws an `Error` that says what was expected and what was found, and the module lives on.
//! A panic is a fault of ours: it traps, and the page puts a new worker in place of this one.

mod facts;
mod input;

use js_sys::{Array, Uint8Array, WebAssembly};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::frame::Frame;
use crate::session::{self, Options};
use crate::still::{self, PixelOrder};
use crate::symbol;

/// The most bytes that [`Session::plane`] gives: a 16-megapixel RGBA frame.
const MAX_PLANE: usize = 64 << 20;

/// The shapes that do not come from a signature: kept next to the code that makes them.
#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.d.ts");

/// A Rust value as plain JavaScript objects; what is absent is `null` or left out, never `undefined`.
fn to_js(value: &impl Serialize) -> Result<JsValue, JsError> {
    let serializer =
        serde_wasm_bindgen::Serializer::new().serialize_maps_as_objects(true).serialize_missing_as_null(true);
    value.serialize(&serializer).map_err(|e| JsError::new(&e.to_string()))
}

/// Reads one frame on its own: nothing is remembered from the one before.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Reader {
    inner: symbol::Reader,
    luma: Vec<u8>,
}

#[derive(Serialize)]
struct Reading {
    symbols: Vec<session::Seen>,
    advice: symbol::Advice,
}

#[wasm_bindgen]
impl Reader {
    /// A reader for payment notices.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self { inner: symbol::Reader::new(session::grammar()), luma: Vec::new() }
    }

    /// Looks for symbols in `width * height` bytes of luminance, rows from the top without gaps.
    ///
    /// # Errors
    /// A wrong type, or fewer bytes than the sides promise.
    #[wasm_bindgen(unchecked_return_type = "Reading")]
    pub fn read(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] luma: &JsValue,
        width: f64,
        height: f64,
    ) -> Result<JsValue, JsError> {
        let (width, height) = input::sides(width, height)?;
        input::copy_bytes("luma", luma, width * height, width * height, &mut self.luma)?;
        let reading = self.inner.read(Frame::packed(&self.luma, width, height)?);
        to_js(&Reading { symbols: session::describe(&reading.symbols), advice: reading.advice })
    }
}

/// One visit: frames, photos and digits in, outcomes out. Everything stays in this module's memory.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Session {
    inner: session::Session,
    /// What the page writes into, by [`Session::plane`]. Kept between frames, so that a running camera allocates
    /// nothing anew.
    plane: Vec<u8>,
    /// Luminance made from colours.
    luma: Vec<u8>,
}

#[wasm_bindgen]
impl Session {
    /// A visit judged by `options`.
    ///
    /// # Errors
    /// An option of the wrong type or form, named.
    #[wasm_bindgen(constructor)]
    pub fn new(#[wasm_bindgen(unchecked_param_type = "Options")] options: &JsValue) -> Result<Session, JsError> {
        let options: Options = input::options(options)?;
        Ok(Self { inner: session::Session::new(options), plane: Vec::new(), luma: Vec::new() })
    }

    /// A frame of the running camera: rows of luminance `stride` bytes apart, `width` where it is left out.
    ///
    /// # Errors
    /// A wrong type, or fewer bytes than the sides promise.
    #[wasm_bindgen(unchecked_return_type = "Outcome")]
    pub fn frame(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] luma: &JsValue,
        width: f64,
        height: f64,
        stride: Option<f64>,
    ) -> Result<JsValue, JsError> {
        let (width, height) = input::sides(width, height)?;
        let stride = match stride {
            Some(stride) => input::whole("stride", stride, width, MAX_PLANE)?,
            None => width,
        };
        // The door's own arithmetic, bounded by the size of a plane before anything is copied.
        let least = stride.saturating_mul(height - 1).saturating_add(width);
        input::copy_bytes("luma", luma, least, MAX_PLANE, &mut self.plane)?;
        to_js(&self.inner.frame(Frame::new(&self.plane, width, height, stride)?))
    }

    /// A frame of the running camera from a canvas: red, green, blue, alpha.
    ///
    /// # Errors
    /// A wrong type, or fewer bytes than the sides promise.
    #[wasm_bindgen(unchecked_return_type = "Outcome")]
    pub fn rgba(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | Uint8ClampedArray")] pixels: &JsValue,
        width: f64,
        height: f64,
    ) -> Result<JsValue, JsError> {
        let (width, height) = self.colours(pixels, width, height)?;
        to_js(&self.inner.frame(Frame::packed(&self.luma, width, height)?))
    }

    /// A view of `bytes` bytes inside this module's memory, for `VideoFrame.copyTo`. It is good until anything else is
    /// called: memory that grows leaves it empty.
    ///
    /// # Errors
    /// More than 64 MiB.
    pub fn plane(&mut self, bytes: f64) -> Result<Uint8Array, JsError> {
        let bytes = input::whole("bytes", bytes, 1, MAX_PLANE)?;
        if self.plane.len() < bytes {
            self.plane.resize(bytes, 0);
        }
        let memory: WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
        let offset = u32::try_from(self.plane.as_ptr().addr())?;
        Ok(Uint8Array::new_with_byte_offset_and_length(&memory.buffer(), offset, u32::try_from(bytes)?))
    }

    /// A frame of the running camera that was copied into [`Session::plane`]: `offset` and `stride` are those of its
    /// first plane, as `VideoFrame.copyTo` tells them. Formats by their WebCodecs names; of the planar ones only the
    /// luminance is looked at.
    ///
    /// # Errors
    /// An unknown format, or a layout that does not fit into what was copied.
    #[wasm_bindgen(js_name = planeFrame, unchecked_return_type = "Outcome")]
    pub fn plane_frame(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "string")] format: &JsValue,
        width: f64,
        height: f64,
        offset: f64,
        stride: f64,
    ) -> Result<JsValue, JsError> {
        let (width, height) = input::sides(width, height)?;
        let offset = input::whole("offset", offset, 0, MAX_PLANE)?;
        let format = format.as_string().unwrap_or_else(|| input::found(format));
        let order = match format.as_str() {
            "I420" | "I420A" | "I422" | "I422A" | "I444" | "I444A" | "NV12" | "NV12A" => None,
            "RGBA" => Some(PixelOrder::Rgba),
            "RGBX" => Some(PixelOrder::Rgbx),
            "BGRA" => Some(PixelOrder::Bgra),
            "BGRX" => Some(PixelOrder::Bgrx),
            other => {
                let expected = "I420, I422, I444, NV12 (or with A), RGBA, RGBX, BGRA or BGRX";
                return Err(JsError::new(&format!("expected format {expected}, found {other}")));
            }
        };
        let row = if order.is_some() { 4 * width } else { width };
        let stride = input::whole("stride", stride, row, MAX_PLANE)?;
        let bytes = self.plane.get(offset..).unwrap_or_default();
        let needed = stride.saturating_mul(height - 1).saturating_add(row);
        if bytes.len() < needed {
            let found = bytes.len();
            let what = format!("expected at least {needed} bytes in the plane from byte {offset}, found {found}");
            return Err(JsError::new(&what));
        }
        let Some(order) = order else {
            return to_js(&self.inner.frame(Frame::new(bytes, width, height, stride)?));
        };
        self.luma.clear();
        for pixels in bytes.chunks(stride).take(height) {
            still::push_luma(pixels.get(..row).unwrap_or_default(), order, &mut self.luma);
        }
        to_js(&self.inner.frame(Frame::packed(&self.luma, width, height)?))
    }

    /// A photo file: JPEG or PNG. Any other, WebP among them, is for the browser to decode: see [`Session::pixels`].
    ///
    /// # Errors
    /// A wrong type. A file that cannot be read is no error but an outcome.
    #[wasm_bindgen(unchecked_return_type = "Outcome")]
    pub fn photo(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] bytes: &JsValue,
    ) -> Result<JsValue, JsError> {
        let mut file = Vec::new();
        input::copy_bytes("bytes", bytes, 0, still::MAX_FILE, &mut file)?;
        to_js(&self.inner.photo(&file))
    }

    /// A photo that the browser has decoded: red, green, blue, alpha. One look is enough, as for a file.
    ///
    /// # Errors
    /// A wrong type, or fewer bytes than the sides promise.
    #[wasm_bindgen(unchecked_return_type = "Outcome")]
    pub fn pixels(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | Uint8ClampedArray")] rgba: &JsValue,
        width: f64,
        height: f64,
    ) -> Result<JsValue, JsError> {
        let (width, height) = self.colours(rgba, width, height)?;
        let outcome = self.inner.picture(Frame::packed(&self.luma, width, height)?);
        // A photo's pixels are four times the camera's: not to be held for the rest of the visit.
        self.plane = Vec::new();
        self.luma = Vec::new();
        to_js(&outcome)
    }

    /// Typed or pasted digits, or what a hand scanner sent.
    ///
    /// # Errors
    /// Anything but a string. Text that is no notice is no error but an outcome.
    #[wasm_bindgen(unchecked_return_type = "Outcome")]
    pub fn digits(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "string")] text: &JsValue,
    ) -> Result<JsValue, JsError> {
        let text = input::text("text", text)?;
        to_js(&self.inner.digits(&text))
    }

    /// Judges digits while they are typed, group by group; keeps nothing.
    ///
    /// # Errors
    /// Anything but an array of strings.
    #[wasm_bindgen(unchecked_return_type = "Typing")]
    pub fn typing(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string[]")] groups: &JsValue,
    ) -> Result<JsValue, JsError> {
        let Some(groups) = groups.dyn_ref::<Array>() else {
            return Err(JsError::new(&format!(
                "expected groups as an array of strings, found {}",
                input::found(groups)
            )));
        };
        let groups = groups
            .iter()
            .enumerate()
            .map(|(i, group)| input::text(&format!("group {}", i + 1), &group))
            .collect::<Result<Vec<_>, _>>()?;
        let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
        to_js(&self.inner.typing(&groups))
    }

    /// What can be told of the slip in hand, judged by today; `null` where there is none.
    ///
    /// # Errors
    /// None that a caller could cause.
    #[wasm_bindgen(unchecked_return_type = "Report | null")]
    pub fn report(&self) -> Result<JsValue, JsError> {
        to_js(&self.inner.report())
    }

    /// The next slip: what is in hand becomes one seen earlier.
    pub fn next(&mut self) {
        self.inner.next();
    }

    /// Everything is gone: the next visitor.
    pub fn forget(&mut self) {
        self.inner.forget();
        // Pixels are a notice as well.
        self.plane = Vec::new();
        self.luma = Vec::new();
    }

    /// Midnight has passed while the page was open.
    ///
    /// # Errors
    /// A day that is not written `YYYY-MM-DD`.
    #[wasm_bindgen(js_name = setToday)]
    pub fn set_today(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "string")] today: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "string")] built: &JsValue,
    ) -> Result<(), JsError> {
        let (today, built) = (input::day("today", today)?, input::day_or_none("built", built)?);
        self.inner.set_today(today, built);
        Ok(())
    }
}

impl Session {
    /// Brings a canvas's pixels to luminance in `self.luma`.
    fn colours(&mut self, pixels: &JsValue, width: f64, height: f64) -> Result<(usize, usize), JsError> {
        let (width, height) = input::sides(width, height)?;
        let needed = 4 * width * height;
        input::copy_bytes("pixels", pixels, needed, needed, &mut self.plane)?;
        self.luma.clear();
        still::push_luma(&self.plane[..needed.min(self.plane.len())], PixelOrder::Rgba, &mut self.luma);
        Ok((width, height))
    }
}
