//! Small dense least squares: a symmetric system by Cholesky's decomposition.

/// Normal equations `a·x = b` of a least-squares problem, summed sample by sample.
#[derive(Debug, Clone)]
pub(in crate::symbol) struct Normal {
    pub(in crate::symbol) n: usize,
    /// Upper triangle, row-major in a full square.
    pub(in crate::symbol) a: Vec<f64>,
    pub(in crate::symbol) b: Vec<f64>,
}

impl Normal {
    pub(in crate::symbol) fn new(n: usize) -> Self {
        Self { n, a: vec![0.0; n * n], b: vec![0.0; n] }
    }

    /// Adds one sample: `weight · (row·x - value)²`.
    pub(in crate::symbol) fn add(&mut self, row: &[f64], value: f64, weight: f64) {
        for i in 0..self.n {
            let wi = weight * row[i];
            if wi == 0.0 {
                continue;
            }
            self.b[i] += wi * value;
            let line = &mut self.a[i * self.n..(i + 1) * self.n];
            for j in i..self.n {
                line[j] += wi * row[j];
            }
        }
    }

    /// Adds `amount` to the diagonal entry `i`.
    pub(in crate::symbol) fn damp(&mut self, i: usize, amount: f64) {
        self.a[i * self.n + i] += amount;
    }

    /// Mean of the diagonal over `range`.
    pub(in crate::symbol) fn mean_diagonal(&self, range: std::ops::Range<usize>) -> f64 {
        let count = range.len().max(1) as f64;
        range.map(|i| self.a[i * self.n + i]).sum::<f64>() / count
    }

    /// The solution, or `None` where the system is singular.
    pub(in crate::symbol) fn solve(mut self) -> Option<Vec<f64>> {
        let n = self.n;
        // Upper factor in place: a = uᵀ·u.
        for i in 0..n {
            for j in i..n {
                let mut sum = self.a[i * n + j];
                for k in 0..i {
                    sum -= self.a[k * n + i] * self.a[k * n + j];
                }
                if i == j {
                    if sum.is_nan() || sum <= 0.0 {
                        return None;
                    }
                    self.a[i * n + i] = sum.sqrt();
                } else {
                    self.a[i * n + j] = sum / self.a[i * n + i];
                }
            }
        }
        for i in 0..n {
            let mut sum = self.b[i];
            for k in 0..i {
                sum -= self.a[k * n + i] * self.b[k];
            }
            self.b[i] = sum / self.a[i * n + i];
        }
        for i in (0..n).rev() {
            let mut sum = self.b[i];
            for k in i + 1..n {
                sum -= self.a[i * n + k] * self.b[k];
            }
            self.b[i] = sum / self.a[i * n + i];
        }
        self.b.iter().all(|x| x.is_finite()).then_some(self.b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_through_four_points() {
        let mut normal = Normal::new(2);
        for (x, y) in [(0.0, 1.0), (1.0, 3.0), (2.0, 5.0), (3.0, 7.0)] {
            normal.add(&[1.0, x], y, 2.0);
        }
        let x = normal.solve().unwrap();
        assert!((x[0] - 1.0).abs() < 1e-12 && (x[1] - 2.0).abs() < 1e-12, "{x:?}");
    }

    #[test]
    fn a_singular_system_has_no_solution() {
        let mut normal = Normal::new(2);
        normal.add(&[1.0, 1.0], 1.0, 1.0);
        assert_eq!(normal.solve(), None);
    }
}
