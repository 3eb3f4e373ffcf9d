//! Figures out of answers, and tables out of figures.

use super::engine::is_ours;
use std::fmt::Write as _;

/// What one engine did in one slice.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Which engine.
    pub engine: String,
    /// Frames or sequences that it was given and that have something to read.
    pub readable: usize,
    /// Those that it read.
    pub read: usize,
    /// False reads.
    pub wrong: usize,
    /// Frames on which it failed with an error.
    pub failed: usize,
    /// Processor time, milliseconds: a frame each, or a sequence each up to its read.
    pub cpu: Vec<f64>,
    /// Frames up to the read, of sequences that were read.
    pub frames: Vec<f64>,
    /// Of a peer: what ours on its side (native or browser) read of the frames that this one was given.
    pub ours_read: usize,
    /// Of a peer: its processor times and ours over the frames or sequences that have both.
    pub pairs: Vec<(f64, f64)>,
}

/// One slice's figures.
#[derive(Debug, Clone)]
pub struct Figures {
    /// Its name.
    pub name: String,
    /// Frames or sequences.
    pub count: usize,
    /// One for each engine, ours first.
    pub tallies: Vec<Tally>,
}

impl Figures {
    /// An engine's figures by its name.
    pub fn of(&self, engine: &str) -> Option<&Tally> {
        self.tallies.iter().find(|tally| tally.engine == engine)
    }
}

/// The value below which a share of the values lies, between neighbours in proportion; `None` of no values.
pub fn quantile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = share.clamp(0.0, 1.0) * sorted.len().checked_sub(1)? as f64;
    let (low, high) = (sorted.get(place.floor() as usize)?, sorted.get(place.ceil() as usize)?);
    Some(low + (high - low) * place.fract())
}

/// Median of a over median of b, by any quantile.
pub fn ratio(a: &[f64], b: &[f64], share: f64) -> Option<f64> {
    let (a, b) = (quantile(a, share)?, quantile(b, share)?);
    (b > 0.0).then(|| a / b)
}

fn shown(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.digits$}"))
}

fn share(read: usize, of: usize) -> String {
    if of == 0 { "–".to_owned() } else { format!("{read}/{of} ({:.0} %)", 100.0 * read as f64 / of as f64) }
}

/// A table of columns, the first to the left and the others to the right; as Markdown, or padded for a terminal.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these heads.
    pub fn new(heads: &[&str]) -> Self {
        Self { rows: vec![heads.iter().map(|&head| head.to_owned()).collect()] }
    }

    /// One more row.
    pub fn push(&mut self, row: Vec<String>) {
        self.rows.push(row);
    }

    /// The table as text.
    pub fn text(&self, markdown: bool) -> String {
        let columns = self.rows.first().map_or(0, Vec::len);
        let width = |at: usize| self.rows.iter().filter_map(|row| row.get(at)).map(|c| c.chars().count()).max();
        let widths: Vec<usize> = (0..columns).map(|at| width(at).unwrap_or(0)).collect();
        let mut text = String::new();
        for (at, row) in self.rows.iter().enumerate() {
            if markdown {
                let _ = writeln!(text, "| {} |", row.join(" | "));
                if at == 0 {
                    let _ = writeln!(text, "|---|{}", "---:|".repeat(columns.saturating_sub(1)));
                }
                continue;
            }
            let mut line = String::new();
            for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let space = " ".repeat(width - cell.chars().count());
                line += &if at == 0 { format!("{cell}{space}") } else { format!("  {space}{cell}") };
            }
            let _ = writeln!(text, "{}", line.trim_end());
        }
        text
    }
}

/// One slice, an engine a row.
pub fn of_slice(figures: &Figures, sequences: bool, markdown: bool) -> String {
    let mut heads = vec!["engine", "read", "false", "median ms", "p95 ms", "ours/it median", "ours/it p95"];
    if sequences {
        heads.insert(2, "frames to it");
    }
    let mut table = Table::new(&heads);
    for tally in &figures.tallies {
        let (its, ours): (Vec<f64>, Vec<f64>) = tally.pairs.iter().copied().unzip();
        let against = |share: f64| shown(ratio(&ours, &its, share), 2);
        let mut row = vec![
            tally.engine.clone()
                + &if tally.failed > 0 { format!(" ({} failed)", tally.failed) } else { String::new() },
            share(tally.read, tally.readable),
            tally.wrong.to_string(),
            shown(quantile(&tally.cpu, 0.5), 1),
            shown(quantile(&tally.cpu, 0.95), 1),
            against(0.5),
            against(0.95),
        ];
        if sequences {
            row.insert(2, shown(quantile(&tally.frames, 0.5), 1));
        }
        table.push(row);
    }
    table.text(markdown)
}

/// All slices, one a row: reads of ours and of each peer, false reads, and time.
pub fn of_run(all: &[Figures], engines: &[String], markdown: bool) -> String {
    let mut heads = vec!["set", "n"];
    heads.extend(engines.iter().map(String::as_str));
    heads.extend(["false ours", "false peers", "reads ours/best peer"]);
    let mut table = Table::new(&heads);
    for figures in all {
        let mut row = vec![figures.name.clone(), figures.count.to_string()];
        let read = |t: &Tally| if t.readable == 0 { "–".to_owned() } else { format!("{:.0} %", percent(t)) };
        row.extend(engines.iter().map(|name| figures.of(name).map_or_else(|| "–".to_owned(), read)));
        let wrong = |ours: bool| {
            let of = figures.tallies.iter().filter(|t| is_ours(&t.engine) == ours).map(|t| t.wrong);
            of.max().map_or_else(|| "–".to_owned(), |most| most.to_string())
        };
        row.extend([wrong(true), wrong(false), against_best(figures)]);
        table.push(row);
    }
    table.text(markdown)
}

fn percent(tally: &Tally) -> f64 {
    100.0 * tally.read as f64 / tally.readable.max(1) as f64
}

/// Reads of ours over those of the peer that comes nearest, each on the frames that the peer was given.
fn against_best(figures: &Figures) -> String {
    let peers = || figures.tallies.iter().filter(|t| !is_ours(&t.engine) && t.readable > 0);
    let ratios = peers().filter(|t| t.read > 0).map(|t| t.ours_read as f64 / t.read as f64);
    match ratios.reduce(f64::min) {
        Some(least) => format!("{least:.2}"),
        None if peers().any(|t| t.ours_read > 0) => "∞".to_owned(),
        None => "–".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_neighbours() {
        let cases: [(&str, &[f64], f64, Option<f64>); 6] = [
            ("none", &[], 0.5, None),
            ("one", &[3.0], 0.95, Some(3.0)),
            ("the middle of three, unsorted", &[9.0, 1.0, 2.0], 0.5, Some(2.0)),
            ("between the middle two", &[4.0, 1.0, 2.0, 8.0], 0.5, Some(3.0)),
            ("the largest", &[1.0, 2.0], 1.0, Some(2.0)),
            ("p95 of 0 to 20", &[20.0, 0.0, 10.0], 0.95, Some(19.0)),
        ];
        for (why, values, share, expected) in cases {
            let found = quantile(values, share);
            assert_eq!(found.map(|v| (v * 1e9).round() / 1e9), expected, "{why}");
        }
        assert_eq!(ratio(&[1.0], &[2.0], 0.5), Some(0.5));
        assert_eq!(ratio(&[1.0], &[0.0], 0.5), None, "nothing to compare with");
    }

    #[test]
    fn rates_are_of_what_can_be_read_and_compared_with_the_best_peer() {
        let tally = |engine: &str, read: usize, readable: usize, ours_read: usize| Tally {
            engine: engine.to_owned(),
            read,
            readable,
            ours_read,
            ..Tally::default()
        };
        let figures = |tallies: Vec<Tally>| Figures { name: "s".to_owned(), count: 10, tallies };
        let cases = [
            ("twice the best", vec![tally("a", 4, 10, 8), tally("b", 1, 10, 8)], "2.00"),
            ("ours differ by side: the worse comparison", vec![tally("a", 4, 10, 8), tally("b", 4, 10, 4)], "1.00"),
            ("no peer reads any", vec![tally("a", 0, 10, 8)], "∞"),
            ("nobody reads any", vec![tally("a", 0, 10, 0)], "–"),
            ("a peer that was given fewer", vec![tally("a", 2, 2, 1), tally("b", 4, 10, 8)], "0.50"),
            ("nothing to read", vec![tally("a", 0, 0, 0)], "–"),
        ];
        for (why, mut tallies, expected) in cases {
            tallies.push(tally("maecheck wasm", 9, 10, 0));
            assert_eq!(against_best(&figures(tallies)), expected, "{why}");
        }
    }

    #[test]
    fn times_are_compared_over_the_frames_that_both_have() {
        let tally = Tally {
            engine: "zxing-wasm".to_owned(),
            readable: 2,
            read: 1,
            cpu: vec![4.0, 100.0],
            pairs: vec![(4.0, 2.0)],
            ..Tally::default()
        };
        let figures = Figures { name: "s".to_owned(), count: 2, tallies: vec![tally] };
        let text = of_slice(&figures, false, true);
        assert!(text.contains("| zxing-wasm | 1/2 (50 %) | 0 | 52.0 | 95.2 | 0.50 | 0.50 |"), "{text}");
    }

    #[test]
    fn a_terminal_s_table_has_its_columns_under_each_other() {
        let mut table = Table::new(&["a", "bb"]);
        table.push(vec!["×2".to_owned(), "1".to_owned()]);
        assert_eq!(table.text(false), "a   bb\n×2   1\n");
        assert_eq!(table.text(true), "| a | bb |\n|---|---:|\n| ×2 | 1 |\n");
    }
}
