//! A line of luminance → where it changes between bar and space.

/// The runs of one line. `widths[0]` is the space before the first edge, so odd indices are bars;
/// `edges[i]` is where run `i + 1` begins, in samples.
#[derive(Debug, Default)]
pub(super) struct Runs {
    pub(super) edges: Vec<f32>,
    pub(super) widths: Vec<f32>,
    low: Vec<f32>,
    high: Vec<f32>,
    queue: Vec<usize>,
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
        extremes(line, window, &mut self.low, &mut self.queue, |a, b| a <= b);
        extremes(line, window, &mut self.high, &mut self.queue, |a, b| a >= b);

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

/// Least or greatest value in a window centred on each sample, by a monotonic queue.
pub(in crate::symbol) fn extremes(
    line: &[f32],
    window: usize,
    out: &mut Vec<f32>,
    queue: &mut Vec<usize>,
    keep: fn(f32, f32) -> bool,
) {
    let half = (window / 2).max(1);
    out.clear();
    queue.clear();
    let mut head = 0;
    let mut next = 0;
    for i in 0..line.len() {
        while next < line.len() && next <= i + half {
            while queue.len() > head && keep(line[next], line[queue[queue.len() - 1]]) {
                queue.pop();
            }
            queue.push(next);
            next += 1;
        }
        while queue[head] + half < i {
            head += 1;
        }
        out.push(line[queue[head]]);
    }
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
    fn what_is_no_code_gives_no_edges() {
        let mut runs = Runs::default();
        for line in [vec![], vec![7.0], vec![100.0; 300], (0..300).map(|i| 100.0 + (i % 7) as f32).collect()] {
            runs.find(&line, 40);
            assert!(runs.edges.is_empty(), "{} samples", line.len());
        }
    }
}
