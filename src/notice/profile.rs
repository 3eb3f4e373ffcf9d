//! A ward's facts.

use serde::{Deserialize, Serialize};

/// One body's facts, from its TOML file under `www/profiles/`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// The file's name without its ending: `shinjuku`.
    pub id: String,
}
