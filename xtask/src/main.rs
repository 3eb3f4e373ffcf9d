//! `cargo xtask …`: builds, serves, tests, reads stills, draws synthetic notices, checks profiles and words.

mod bench;
mod build;
mod gallery;
mod headers;
mod hostile;
mod profile;
mod read;
mod serve;
mod slip;
mod test;
mod tools;
mod words;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// The project's one tool.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Leaves the shipped page and its parts in dist/.
    Build(build::Args),
    /// Builds what is needed and serves the page on this machine.
    Serve(serve::Args),
    /// Runs every test, all three browsers; one exit code.
    Test(test::Args),
    /// Measures speed and read rate, with peers beside it.
    Bench(bench::Args),
    /// Reads notices from stills or digits with the same code as the page.
    Read(read::Args),
    /// Shows the reader frames in which it must believe nothing false, and counts.
    Hostile(hostile::Args),
    /// Draws synthetic notices.
    Slip(slip::Args),
    /// Looks after the wards' profiles.
    Profile(profile::Args),
    /// Checks the catalogues of words.
    Words(words::Args),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Build(args) => build::run(args),
        Command::Serve(args) => serve::run(args),
        Command::Test(args) => test::run(args),
        Command::Bench(args) => bench::run(args),
        Command::Read(args) => read::run(args),
        Command::Hostile(args) => hostile::run(args),
        Command::Slip(args) => slip::run(args),
        Command::Profile(args) => profile::run(args),
        Command::Words(args) => words::run(args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The chain of causes on one line; a backtrace tells nothing to someone who edits words.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
