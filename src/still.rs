//! A photo file → a luminance picture.
