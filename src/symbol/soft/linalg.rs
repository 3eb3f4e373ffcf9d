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

/// All unknowns of a problem: the places of sums that leave none out.
pub(in crate::symbol) const fn all<const N: usize>() -> [usize; N] {
    let mut places = [0; N];
    let mut i = 0;
    while i < N {
        places[i] = i;
        i += 1;
    }
    places
}

/// Samples of a problem of `N` unknowns that add up in single precision, all entries side by side, until they are carried
/// to the normal equations.
#[derive(Debug)]
pub(in crate::symbol) struct Sums<const N: usize> {
    a: [[f32; N]; N],
    b: [f32; N],
    count: usize,
}

impl<const N: usize> Sums<N> {
    /// Samples after which the sums are due to be carried, before single precision tells.
    const MOST: usize = 64;

    pub(in crate::symbol) fn new() -> Self {
        Self { a: [[0.0; N]; N], b: [0.0; N], count: 0 }
    }

    /// Adds one sample: `weight · (row·x - value)²`.
    #[inline]
    pub(in crate::symbol) fn add(&mut self, row: &[f32; N], value: f32, weight: f32) {
        // What lies below the diagonal is left unread: a whole line at once is faster than a part of it.
        for ((line, b), own) in self.a.iter_mut().zip(&mut self.b).zip(row) {
            let share = weight * own;
            *b += share * value;
            line.iter_mut().zip(row).for_each(|(sum, other)| *sum += share * other);
        }
        self.count += 1;
    }

    /// Whether it is time to carry the sums.
    pub(in crate::symbol) fn full(&self) -> bool {
        self.count >= Self::MOST
    }

    /// Carries the sums to `normal`, whose unknowns `places`, rising, these are.
    pub(in crate::symbol) fn carry(&mut self, normal: &mut Normal, places: &[usize; N]) {
        for (i, line) in self.a.iter().enumerate() {
            for (j, sum) in line.iter().enumerate().skip(i) {
                normal.a[places[i] * normal.n + places[j]] += f64::from(*sum);
            }
            normal.b[places[i]] += f64::from(self.b[i]);
        }
        *self = Self::new();
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
    fn sums_lead_to_the_same_solution() {
        let row = |i: usize| [1.0, i as f32 / 100.0, ((i * 7) % 11) as f32 - 5.0];
        let value = |i: usize| (i as f32 / 9.0).sin();
        let mut direct = Normal::new(4);
        let mut summed = Normal::new(4);
        let mut sums = Sums::new();
        // Unknown 1 belongs to no sample.
        let places = [0, 2, 3];
        for i in 0..200 {
            let [a, b, c] = row(i).map(f64::from);
            direct.add(&[a, 0.0, b, c], f64::from(value(i)), 0.5);
            sums.add(&row(i), value(i), 0.5);
            if sums.full() {
                sums.carry(&mut summed, &places);
            }
        }
        sums.carry(&mut summed, &places);
        direct.damp(1, 1.0);
        summed.damp(1, 1.0);
        let (direct, summed) = (direct.solve().unwrap(), summed.solve().unwrap());
        for (a, b) in direct.iter().zip(&summed) {
            assert!((a - b).abs() < 1e-5, "{direct:?} against {summed:?}");
        }
    }

    #[test]
    fn a_singular_system_has_no_solution() {
        let mut normal = Normal::new(2);
        normal.add(&[1.0, 1.0], 1.0, 1.0);
        assert_eq!(normal.solve(), None);
    }
}
