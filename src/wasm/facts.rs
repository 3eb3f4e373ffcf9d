//! A ward's facts as JavaScript holds them → Rust values.
//!
//! `serde-wasm-bindgen` could read them too, but its errors print floats: kilobytes of the module for a message that nobody
//! should see. Facts are plain JSON: null, true and false, numbers, strings, arrays, objects.

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
        Unexpected::Seq => "an array",
        Unexpected::Map => "an object",
        Unexpected::Unit | Unexpected::Option => "nothing",
        _ => "no plain value",
    };
    kind.to_owned()
}

/// Reads a value of plain JSON.
///
/// # Errors
///
/// [`Wrong`] where it has not the shape of `T`.
pub fn read<T: DeserializeOwned>(value: &JsValue) -> Result<T, Wrong> {
    T::deserialize(Value::of(value, 0))
}

/// A value, looked at one level deep.
enum Value {
    Null,
    Bool(bool),
    Whole(i64),
    Number(f64),
    Text(String),
    List(Vec<Inner>),
    Record(Vec<(String, Inner)>),
    /// What is no JSON.
    Other,
}

impl Value {
    fn of(value: &JsValue, depth: u8) -> Self {
        if value.is_null() || value.is_undefined() {
            return Self::Null;
        }
        if let Some(yes) = value.as_bool() {
            return Self::Bool(yes);
        }
        if let Some(number) = value.as_f64() {
            let whole = number as i64;
            return if whole as f64 == number { Self::Whole(whole) } else { Self::Number(number) };
        }
        if let Some(text) = value.as_string() {
            return Self::Text(text);
        }
        if depth == DEEPEST {
            return Self::Other;
        }
        let within = |value| Inner { value, depth: depth + 1 };
        if let Some(array) = value.dyn_ref::<Array>() {
            return Self::List(array.iter().map(within).collect());
        }
        // A Map, a function or a BigInt has no entries of its own: as an object it would say nothing.
        if !value.is_object() || Reflect::has(value, &Symbol::iterator()).unwrap_or(true) {
            return Self::Other;
        }
        let pair = |entry: JsValue| {
            let entry: Array = entry.unchecked_into();
            (entry.get(0).as_string().unwrap_or_default(), within(entry.get(1)))
        };
        Self::Record(Object::entries(value.unchecked_ref()).iter().map(pair).collect())
    }

    fn found(&self) -> Unexpected<'_> {
        match self {
            Self::Null => Unexpected::Unit,
            Self::Bool(yes) => Unexpected::Bool(*yes),
            Self::Whole(number) => Unexpected::Signed(*number),
            Self::Number(number) => Unexpected::Float(*number),
            Self::Text(text) => Unexpected::Str(text),
            Self::List(_) => Unexpected::Seq,
            Self::Record(_) => Unexpected::Map,
            Self::Other => Unexpected::Other("no plain value"),
        }
    }
}

/// A value within others.
struct Inner {
    value: JsValue,
    /// How many.
    depth: u8,
}

/// Facts lie five deep; what leads back to itself would have no end.
const DEEPEST: u8 = 16;

impl IntoDeserializer<'_, Wrong> for Inner {
    type Deserializer = Value;

    fn into_deserializer(self) -> Value {
        Value::of(&self.value, self.depth)
    }
}

impl<'de> Deserializer<'de> for Value {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self {
            Self::Null => visitor.visit_unit(),
            Self::Bool(yes) => visitor.visit_bool(yes),
            Self::Whole(number) => visitor.visit_i64(number),
            Self::Number(number) => visitor.visit_f64(number),
            Self::Text(text) => visitor.visit_string(text),
            Self::List(values) => SeqDeserializer::new(values.into_iter()).deserialize_any(visitor),
            Self::Record(_) => self.deserialize_map(visitor),
            Self::Other => Err(de::Error::invalid_type(self.found(), &visitor)),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self {
            Self::Record(fields) => visitor.visit_map(MapDeserializer::new(fields.into_iter())),
            _ => Err(de::Error::invalid_type(self.found(), &visitor)),
        }
    }

    /// Fields are told by name, never by place in an array.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        match self {
            Self::Text(text) => text.into_deserializer().deserialize_enum(name, variants, visitor),
            _ => Err(de::Error::invalid_type(self.found(), &visitor)),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if matches!(self, Self::Null) { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct identifier ignored_any
    }
}
