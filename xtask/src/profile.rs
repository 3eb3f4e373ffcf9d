//! `cargo xtask profile`.

/// Options of `cargo xtask profile`.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Runs it.
///
/// # Errors
/// What went wrong, in words.
pub fn run(_args: Args) -> anyhow::Result<()> {
    anyhow::bail!("not there yet")
}
