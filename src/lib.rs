//! maecheck (納付書まえチェック): looks at a Japanese payment notice and says, before any bank app is
//! opened, whether it can be paid by phone, what to look out for and what to do next.
//!
//! Everything flows one way, and a room knows nothing of the rooms after it:
//!
//! | room | takes → gives |
//! |---|---|
//! | [`frame`] | bytes → a checked luminance picture |
//! | [`still`] | a photo file → a picture |
//! | [`symbol`] | a picture → the text of a symbol, how sure it is, where it lies; advice for the hand |
//! | [`notice`] | digits → a typed notice; a ward's profile → the free-use area's fields |
//! | [`check`] | notices + profile + today → findings |
//! | [`guide`] | findings → a verdict and ordered steps, as keys into the catalogues of words |
//! | [`session`] | joins the rooms for one visit: frames, photos and digits in, one report out |
//! | `wasm` | the only room that knows the browser |
//!
//! `symbol` and `notice` never import each other; [`session`] is where they meet. No room reads a clock, a file
//! or the network: *today* comes in as a value.

pub mod check;
mod day;
pub mod frame;
pub mod guide;
pub mod notice;
pub mod session;
mod small_sort;
pub mod still;
pub mod symbol;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod wasm;
