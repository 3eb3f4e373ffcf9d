//! What comes in from JavaScript, looked at before it is used.

use jiff::civil::Date;
use js_sys::{Number, Reflect, Uint8Array, Uint8ClampedArray};
use wasm_bindgen::prelude::*;

use super::facts;
use crate::frame::MAX_SIDE;
use crate::notice::profile::Profile;
use crate::session::{self, Options};
use crate::still::MAX_PIXELS;

/// A value in an error message: what it is, and no more of it than a line holds. Digits of a notice never get here:
/// text is looked at by other rooms.
pub fn found(value: &JsValue) -> String {
    if value.is_null() {
        return "null".to_owned();
    }
    let kind = value.js_typeof().as_string().unwrap_or_default();
    match (value.as_f64(), value.as_bool()) {
        (Some(number), _) => written(number),
        (_, Some(yes)) => yes.to_string(),
        _ if js_sys::Array::is_array(value) => "an array".to_owned(),
        _ if kind == "undefined" => kind,
        _ => format!("a value of type {kind}"),
    }
}

/// A number as JavaScript writes it: Rust's own way is kilobytes more to load.
fn written(number: f64) -> String {
    Number::from(number).to_string_with_radix(10).map_or_else(|_| String::new(), String::from)
}

fn wrong(name: &str, expected: &str, found: &str) -> JsError {
    JsError::new(&format!("expected {name} as {expected}, found {found}"))
}

/// A whole number between `least` and `most`, inclusive.
pub fn whole(name: &str, value: f64, least: usize, most: usize) -> Result<usize, JsError> {
    // Every usize of a 32-bit machine is exact in an f64.
    if value.fract() == 0.0 && value >= least as f64 && value <= most as f64 {
        return Ok(value as usize);
    }
    Err(wrong(name, &format!("a whole number of {least} to {most}"), &written(value)))
}

/// The sides of a picture: no more pixels than a photo may have, so that four bytes for each fit this memory.
pub fn sides(width: f64, height: f64) -> Result<(usize, usize), JsError> {
    let (width, height) = (whole("width", width, 1, MAX_SIDE)?, whole("height", height, 1, MAX_SIDE)?);
    if (width * height) as u64 > MAX_PIXELS {
        return Err(wrong("width × height", &format!("at most {MAX_PIXELS} pixels"), &format!("{width}×{height}")));
    }
    Ok((width, height))
}

/// Copies a `Uint8Array` or `Uint8ClampedArray` of `least` bytes or more into a buffer that is used again; of more than
/// `most` bytes only the first `most`. The buffer then holds exactly what was copied.
pub fn copy_bytes(name: &str, value: &JsValue, least: usize, most: usize, into: &mut Vec<u8>) -> Result<(), JsError> {
    let bytes = match (value.dyn_ref::<Uint8Array>(), value.dyn_ref::<Uint8ClampedArray>()) {
        (Some(bytes), _) => bytes.clone(),
        (None, Some(clamped)) => {
            Uint8Array::new_with_byte_offset_and_length(&clamped.buffer(), clamped.byte_offset(), clamped.byte_length())
        }
        (None, None) => return Err(wrong(name, "a Uint8Array", &found(value))),
    };
    let length = bytes.length() as usize;
    if length < least {
        return Err(wrong(name, &format!("at least {least} bytes"), &length.to_string()));
    }
    let taken = length.min(most.max(least));
    into.resize(taken, 0);
    let bytes = if taken == length { bytes } else { bytes.subarray(0, taken as u32) };
    bytes.copy_to(into);
    Ok(())
}

/// A string.
pub fn text(name: &str, value: &JsValue) -> Result<String, JsError> {
    value.as_string().ok_or_else(|| wrong(name, "a string", &found(value)))
}

/// A day as `YYYY-MM-DD`.
pub fn day(name: &str, value: &JsValue) -> Result<Date, JsError> {
    let expected = "a day of the calendar, YYYY-MM-DD";
    let Some(text) = value.as_string() else { return Err(wrong(name, expected, &found(value))) };
    session::day(&text)
        .ok_or_else(|| wrong(name, expected, &format!("{:?}", text.chars().take(32).collect::<String>())))
}

/// A day, or nothing.
pub fn day_or_none(name: &str, value: &JsValue) -> Result<Option<Date>, JsError> {
    if value.is_null() || value.is_undefined() { Ok(None) } else { day(name, value).map(Some) }
}

/// `{today, built?, profile?}`.
pub fn options(value: &JsValue) -> Result<Options, JsError> {
    if !value.is_object() {
        return Err(wrong("options", "an object with today", &found(value)));
    }
    let get = |name: &str| Reflect::get(value, &name.into()).unwrap_or(JsValue::UNDEFINED);
    let profile = get("profile");
    let profile = if profile.is_null() || profile.is_undefined() {
        None
    } else if !profile.is_object() {
        return Err(wrong("profile", "a ward's facts as an object", &found(&profile)));
    } else {
        let read = facts::read::<Profile>(&profile);
        Some(read.map_err(|e| wrong("profile", "a ward's facts", &format!("an error: {e}")))?)
    };
    Ok(Options { today: day("today", &get("today"))?, built: day_or_none("built", &get("built"))?, profile })
}
