//! A ward's facts as JavaScript holds them → Rust values.
//!
//! What `serde-wasm-bindgen` does the other way round it would do here too, but its errors print numbers of any size, and
//! what prints those is as large as all that reads QR symbols' contents. Facts are plain JSON: null, true and false,
//! numbers, strings, arrays, objects.

use std::fmt;

use js_sys::{Array, Object, Reflect, Symbol};
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{self, DeserializeOwned, Deserializer, Expected, IntoDeserializer, Unexpected, Visitor};
use wasm_bindgen::prelude::*;

/// What is wrong with the facts.
#[derive(Debug)]
pub struct Wrong(String);

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Wrong {}

impl de::Error for Wrong {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self(format!("expected {expected}, found {}", kind(&found)))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }
}

/// What was found: a text's beginning as it stands, of all else the kind.
fn kind(found: &Unexpected<'_>) -> String {
    let kind = match found {
        Unexpected::Str(text) => return format!("{:?}", text.chars().take(32).collect::<String>()),
        Unexpected::Bool(_) => "true or false",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "another whole number",
        Unexpected::Float(_) => "a number that is not whole",
        Unexpected::Other(what) => what,
        Unexpected::Seq => "an array",
        Unexpected::Map => "an object",
        Unexpected::Unit | Unexpected::Option => "nothing",
        _ => "something else",
    };
    kind.to_owned()
}

/// Reads a value of plain JSON.
///
/// # Errors
///
/// [`Wrong`] where it has not the shape of `T`.
pub fn read<T: DeserializeOwned>(value: JsValue) -> Result<T, Wrong> {
    T::deserialize(Value(value))
}

struct Value(JsValue);

impl IntoDeserializer<'_, Wrong> for Value {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Value {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let Self(value) = self;
        if value.is_null() || value.is_undefined() {
            return visitor.visit_unit();
        }
        if let Some(yes) = value.as_bool() {
            return visitor.visit_bool(yes);
        }
        if let Some(number) = value.as_f64() {
            let whole = number as i64;
            return if whole as f64 == number { visitor.visit_i64(whole) } else { visitor.visit_f64(number) };
        }
        if let Some(text) = value.as_string() {
            return visitor.visit_string(text);
        }
        if let Some(array) = value.dyn_ref::<Array>() {
            let mut values = SeqDeserializer::new(array.iter().map(Value));
            let all = visitor.visit_seq(&mut values)?;
            return values.end().map(|()| all);
        }
        // A Map, a function or a BigInt has no entries of its own: as an object it would say nothing.
        let listed = Reflect::has(&value, &Symbol::iterator());
        let plain = value.is_object() && !listed.unwrap_or(true);
        if !plain {
            return Err(de::Error::invalid_type(Unexpected::Other("no plain object"), &visitor));
        }
        let entries = Object::entries(value.unchecked_ref());
        let pair = |entry: JsValue| {
            let entry: Array = entry.unchecked_into();
            (entry.get(0).as_string().unwrap_or_default(), Value(entry.get(1)))
        };
        visitor.visit_map(MapDeserializer::new(entries.iter().map(pair)))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if self.0.is_null() || self.0.is_undefined() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let text = self.0.as_string().ok_or_else(|| de::Error::custom(format_args!("expected one of {variants:?}")))?;
        text.into_deserializer().deserialize_enum(name, variants, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        // Fields are told by name, never by place.
        if self.0.is_array() {
            return Err(de::Error::invalid_type(Unexpected::Seq, &visitor));
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}
