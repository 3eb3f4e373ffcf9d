//! A line of luminance → where it changes between bar and space.

/// The runs of one line. `widths[0]` is the space before the first edge, so odd indices are bars;
/// `edges[i]` is where run `i + 1` begins, in samples.
#[derive(Debug, Default)]
pub(super) struct Runs {
    pub(super) edges: Vec<f32>,
    pub(super) widths: Vec<f32>,
    low: Vec<f32>,
    high: Vec<f32>,
    scratch: Vec<f32>,
}

/// The least difference between bar and space that is taken for one, in grey levels: below it paper grain and
/// sensor noise look like bars.
const LEAST_CONTRAST: f32 = 14.0;
/// A change counts once it has gone this share of the local contrast beyond the middle.
const HYSTERESIS: f32 = 0.05;

impl Runs {
    /// Finds the runs of `line` (grey levels, one a sample). `window` is the number of samples in which both a bar
    /// and a space are sure to lie: a little over twice the widest element.
    pub(super) fn find(&mut self, line: &[f32], window: usize) {
        self.edges.clear();
        self.widths.clear();
        if line.len() < 2 {
            return;
        }
        extremes(line, window, false, &mut self.low, &mut self.scratch);
        extremes(line, window, true, &mut self.high, &mut self.scratch);

        let mut dark = false;
        // The last place where the line passed the middle, in the direction of the change that is awaited.
        let mut crossing: Option<f32> = None;
        let mut before = 0.0;
        for (i, &value) in line.iter().enumerate() {
            let contrast = self.high[i] - self.low[i];
            // Positive = darker than the local middle.
            let level = if contrast < LEAST_CONTRAST { -1.0 } else { (self.high[i] + self.low[i]) / 2.0 - value };
            let level = if dark { -level } else { level };
            if i > 0 && before <= 0.0 && level > 0.0 {
                crossing = Some((i - 1) as f32 + before / (before - level));
            }
            if level > HYSTERESIS * contrast
                && let Some(at) = crossing.take()
            {
                self.edges.push(at);
                dark = !dark;
                before = -level;
                continue;
            }
            before = level;
        }
        let mut last = 0.0;
        for &edge in &self.edges {
            self.widths.push((edge - last).max(1e-3));
            last = edge;
        }
        self.widths.push((line.len() as f32 - last).max(1e-3));
    }
}

/// Least or (`upper`) greatest value in a window centred on each sample. Windows of one sample, two, four … each from two of
/// the size before (M. van Herk's idea in its parallel form): a few passes without a branch, side by side.
pub(in crate::symbol) fn extremes(
    line: &[f32],
    window: usize,
    upper: bool,
    out: &mut Vec<f32>,
    scratch: &mut Vec<f32>,
) {
    if upper {
        windowed(line, window, f32::NEG_INFINITY, |a, b| if a > b { a } else { b }, out, scratch);
    } else {
        windowed(line, window, f32::INFINITY, |a, b| if a < b { a } else { b }, out, scratch);
    }
}

fn windowed(
    line: &[f32],
    window: usize,
    outside: f32,
    of: impl Fn(f32, f32) -> f32,
    out: &mut Vec<f32>,
    scratch: &mut Vec<f32>,
) {
    let half = (window / 2).max(1);
    let width = 2 * half + 1;
    scratch.clear();
    scratch.resize(half, outside);
    scratch.extend_from_slice(line);
    scratch.resize(line.len() + 2 * half, outside);
    let mut reach = 1;
    while 2 * reach <= width {
        out.clear();
        out.extend(scratch.iter().zip(&scratch[reach..]).map(|(a, b)| of(*a, *b)));
        std::mem::swap(out, scratch);
        reach *= 2;
    }
    // Two windows of `reach` that overlap make one of `width`.
    out.clear();
    out.extend(scratch.iter().zip(&scratch[width - reach..]).map(|(a, b)| of(*a, *b)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(widths: &[f32], samples_per_module: f32) -> Vec<f32> {
        let edges: Vec<f32> = widths
            .iter()
            .scan(0.0, |at, w| {
                *at += w * samples_per_module;
                Some(*at)
            })
            .collect();
        let total = edges[edges.len() - 1];
        (0..total as usize)
            .map(|i| {
                // Area sampling: the share of [i - .5, i + .5] that is bar.
                let dark: f32 = (1..widths.len())
                    .step_by(2)
                    .map(|k| ((i as f32 + 0.5).min(edges[k]) - (i as f32 - 0.5).max(edges[k - 1])).max(0.0))
                    .sum();
                220.0 - 180.0 * dark
            })
            .collect()
    }

    #[test]
    fn widths_come_back_to_a_tenth_of_a_sample() {
        let widths = [10.0, 2.0, 1.0, 1.0, 2.0, 3.0, 2.0, 4.0, 1.0, 1.0, 1.0, 1.0, 10.0];
        for samples in [3.0, 4.3, 7.9] {
            let mut runs = Runs::default();
            runs.find(&drawn(&widths, samples), (samples * 9.0) as usize);
            assert_eq!(runs.widths.len(), widths.len(), "{samples} samples a module");
            for (got, want) in runs.widths.iter().zip(widths).skip(1).take(widths.len() - 2) {
                assert!((got / samples - want).abs() < 0.1, "{got} for {want} at {samples}");
            }
        }
    }

    #[test]
    fn extremes_are_those_of_every_window() {
        let line: Vec<f32> = (0..97).map(|i| ((i * 37) % 101) as f32 - 50.0).collect();
        // Shorter than a window, as long, longer; windows of even length count as the next odd one.
        for length in [1, 2, 5, 40, 97] {
            for window in [1, 2, 3, 4, 7, 8, 9, 31, 64, 200] {
                let (mut got, mut scratch) = (Vec::new(), Vec::new());
                let half = (window / 2).max(1);
                let around = |i: usize| &line[i.saturating_sub(half)..(i + half + 1).min(length)];
                extremes(&line[..length], window, true, &mut got, &mut scratch);
                let most: Vec<f32> = (0..length).map(|i| around(i).iter().copied().fold(-99.0, f32::max)).collect();
                assert_eq!(got, most, "{length} samples, window {window}");
                extremes(&line[..length], window, false, &mut got, &mut scratch);
                let least: Vec<f32> = (0..length).map(|i| around(i).iter().copied().fold(99.0, f32::min)).collect();
                assert_eq!(got, least, "{length} samples, window {window}");
            }
        }
    }

    #[test]
    fn what_is_no_code_gives_no_edges() {
        let mut runs = Runs::default();
        for line in [vec![], vec![7.0], vec![100.0; 300], (0..300).map(|i| 100.0 + (i % 7) as f32).collect()] {
            runs.find(&line, 40);
            assert!(runs.edges.is_empty(), "{} samples", line.len());
        }
    }
}
