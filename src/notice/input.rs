//! What people type, paste or scan → bare digits.
