//! The symbol as the camera sees it, module by module: darkness spread by the blur, light that varies over the paper,
//! a plane seen in perspective. All of it is compared on one lattice of two by two points a module, so that the blur is
//! the same everywhere and a few sums along rows and columns say all.
//!
//! What blur spills from a module into its neighbours is taken back by *soft interference cancellation*: each module's
//! chance of being dark is weighed against what its neighbours, by their own chances, leave unexplained, while the
//! assumed noise falls (the mean-field equaliser of turbo equalisation; M. Tüchler, A. Singer, *Turbo Equalization: An
//! Overview*, IEEE Trans. Inf. Theory 57, 2011).

use super::decode::known;
use super::layout::Layout;
use super::plane::{PARAMETERS, Plane};
use crate::symbol::limits::within;
use crate::symbol::pyramid::Level;
use crate::symbol::soft::linalg::Normal;

/// Modules of the quiet zone that are modelled on each side.
const MARGIN: usize = 2;
/// Taps of a kernel: two modules to each side.
const TAPS: usize = 5;
const REACH: usize = TAPS / 2;
/// Parameters of the light: an offset and a gain, each a plane over the symbol.
const LIGHT: usize = 6;

/// A least-squares problem of `N` unknowns, summed sample by sample: rows of the picture in single precision, all of them
/// in double.
#[derive(Debug)]
struct Sums<const N: usize> {
    a: [[f32; N]; N],
    b: [f32; N],
    whole: Normal,
}

impl<const N: usize> Sums<N> {
    fn new() -> Self {
        Self { a: [[0.0; N]; N], b: [0.0; N], whole: Normal::new(N) }
    }

    /// Adds one sample: `weight · (row·x - value)²`.
    #[inline]
    fn add(&mut self, row: &[f32; N], value: f32, weight: f32) {
        for i in 0..N {
            let share = weight * row[i];
            self.b[i] += share * value;
            // Four at a time; what lies below the diagonal is left unread.
            let from = i / 4 * 4;
            self.a[i][from..].iter_mut().zip(&row[from..]).for_each(|(a, r)| *a += share * r);
        }
    }

    /// Ends a row of samples.
    fn carry(&mut self) {
        for i in 0..N {
            for j in i..N {
                self.whole.a[i * N + j] += f64::from(self.a[i][j]);
            }
            self.whole.b[i] += f64::from(self.b[i]);
        }
        self.a = [[0.0; N]; N];
        self.b = [0.0; N];
    }
}

/// How a dark module shows at the points of its neighbours along one axis: a box of one module, blurred.
#[derive(Debug, Clone, Copy)]
struct Kernel {
    /// For the first and the second point of a module, the shares of the modules from two before to two after.
    taps: [[f32; TAPS]; 2],
    /// What two modules have in common, by their distance.
    overlap: [f32; TAPS],
}

impl Kernel {
    /// A Gaussian blur of `sigma` modules.
    fn new(sigma: f32) -> Self {
        let sigma = sigma.max(0.05);
        let mut taps = [[0.0; TAPS]; 2];
        for (phase, taps) in taps.iter_mut().enumerate() {
            for (i, tap) in taps.iter_mut().enumerate() {
                let t = 0.5 * phase as f32 - 0.25 - (i as f32 - REACH as f32);
                *tap = normal((t + 0.5) / sigma) - normal((t - 0.5) / sigma);
            }
            let sum: f32 = taps.iter().sum();
            taps.iter_mut().for_each(|t| *t /= sum);
        }
        let overlap =
            std::array::from_fn(|d| taps.iter().map(|t| (d..TAPS).map(|i| t[i] * t[i - d]).sum::<f32>()).sum());
        Self { taps, overlap }
    }
}

/// The normal distribution function, to 1e-5 (Abramowitz and Stegun 26.2.16).
pub(super) fn normal(x: f32) -> f32 {
    let t = 1.0 / (1.0 + 0.33267 * x.abs());
    let tail = (-0.5 * x * x).exp() * 0.398_942_3 * t * (0.436_183_6 + t * (-0.120_167_6 + t * 0.937_298));
    if x > 0.0 { 1.0 - tail } else { tail }
}

/// The chance that goes with a log-likelihood ratio.
fn chance(evidence: f32) -> f32 {
    if evidence.abs() > 16.0 { if evidence > 0.0 { 1.0 } else { 0.0 } } else { 1.0 / (1.0 + (-evidence).exp()) }
}

/// Light for a grey value, both 0 to 255. Lenses blur light, cameras store about its 2.2th root.
fn linear(table: &[f32; 257], grey: f32) -> f32 {
    let below = (grey as usize).min(255);
    table[below] + (grey - below as f32) * (table[below + 1] - table[below])
}

/// The light of whole grey values.
static LIGHTS: std::sync::LazyLock<[f32; 257]> =
    std::sync::LazyLock::new(|| std::array::from_fn(|v| 255.0 * (v as f32 / 255.0).powf(2.2)));

/// What the function patterns explain of flat paper; where they do not, it may be bent. Of what is no code they explain
/// less than that, bent or not.
const FLAT: f32 = 0.95;
const BENT: f32 = 0.5;
/// Rounds over the modules from one search of windows to the next.
const SEARCH_EVERY: usize = 4;
/// How much of the assumed noise each round over the modules leaves.
const FALL: f32 = 0.85;
/// Side of the window of modules that are decided together, how many they are, and their choices.
const WINDOW: usize = 3;
const BLOCK: usize = WINDOW * WINDOW;
const CHOICES: usize = 1 << BLOCK;

/// The lesser one. Unlike `f32::min` it says nothing of what is no number, and is one instruction.
fn less(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

/// The least of many, eight side by side.
fn least_of(values: &[f32]) -> f32 {
    let (eights, rest) = values.as_chunks::<8>();
    let mut least = [f32::INFINITY; 8];
    for eight in eights {
        for (l, v) in least.iter_mut().zip(eight) {
            *l = less(*l, *v);
        }
    }
    least.iter().chain(rest).copied().fold(f32::INFINITY, less)
}

/// The least energy of a window's choices with each module light, and with it dark: what the choice costs by itself less
/// twice the pull of its dark modules.
fn least_energies(pull: &[f32; BLOCK], alone: &[f32; CHOICES]) -> [(f32, f32); BLOCK] {
    let mut energy = [0.0f32; CHOICES];
    for (m, pull) in pull.iter().enumerate() {
        let (without, with) = energy.split_at_mut(1 << m);
        with.iter_mut().zip(without).for_each(|(w, o)| *w = *o - 2.0 * pull);
    }
    energy.iter_mut().zip(alone).for_each(|(e, a)| *e += a);
    let mut least = [(0.0, 0.0); BLOCK];
    // Folded module by module, from the last.
    for m in (0..BLOCK).rev() {
        let (light, black) = energy[..2 << m].split_at_mut(1 << m);
        least[m] = (least_of(light), least_of(black));
        light.iter_mut().zip(black).for_each(|(l, b)| *l = less(*l, *b));
    }
    least
}

/// Modules whose chances settle, with what their neighbours leave unexplained.
#[derive(Debug)]
struct Unsettled<'a> {
    /// Those that are not known: their places among the modules, and in a field of chances with rows of `wider`, where no
    /// kernel leaves it.
    open: Vec<(usize, usize)>,
    wider: usize,
    /// What the points show, gathered as each module shows there.
    matched: &'a [f32],
    /// What two modules have in common, by their distance across and down.
    overlaps: [[f32; TAPS]; 2],
}

impl Unsettled<'_> {
    /// A round over the modules, neighbours up to `R` away counted: chances, and for each module the evidence.
    fn round<const R: usize>(&self, noise: f32, chances: &mut [f32], evidence: &mut [f32]) {
        let [across, down] = &self.overlaps;
        let own = across[0] * down[0];
        let scale = 1.0 / own.max(0.05);
        for &(at, place) in &self.open {
            let mut spill = -own * chances[place];
            for dy in 0..=2 * R {
                let line = &chances[place - R + dy * self.wider - R * self.wider..][..2 * R + 1];
                let mut sum = line[R] * across[0];
                for d in 1..=R {
                    sum += (line[R - d] + line[R + d]) * across[d];
                }
                spill += down[dy.abs_diff(R)] * sum;
            }
            evidence[at] = (self.matched[at] - spill - own / 2.0) * scale;
            chances[place] = chance(evidence[at] / noise);
        }
    }
}

/// What is known of a symbol while it is being read. The quiet zone's inner two modules belong to it.
#[derive(Debug)]
pub(super) struct Lattice<'a> {
    layout: &'a Layout,
    level: &'a Level,
    pub(super) plane: Plane,
    /// Blur: standard deviation in pixels of the level, that of the pixel included.
    pub(super) blur: f32,
    /// Modules on a side with the margins.
    span: usize,
    /// Chance of each module to be dark.
    pub(super) dark: Vec<f32>,
    /// The same for decoding, less decided: which modules are the most doubtful.
    soft: Vec<f32>,
    /// Whether a module is known beforehand.
    fixed: Vec<bool>,
    /// Where the points lie, and the picture's negative there, 0 white to 255 black.
    x: Vec<f32>,
    y: Vec<f32>,
    black: Vec<f32>,
    /// The same relative to the light: 0 for what white paper shows, 1 for black.
    level_black: Vec<f32>,
    /// What the modules should show at the points, 0 to 1.
    template: Vec<f32>,
    /// How much of what a point shows comes from modules that are known.
    sure: Vec<f32>,
    /// Points that are looked at, by their numbers along a row and of the row: those that show known modules and those next
    /// to them, later all.
    looked: Vec<(u16, u16)>,
    /// Whether these are all.
    all: bool,
}

impl<'a> Lattice<'a> {
    pub(super) fn new(layout: &'a Layout, level: &'a Level, plane: Plane, blur: f32) -> Self {
        let side = layout.side;
        let span = side + 2 * MARGIN;
        let points = 4 * span * span;
        let mut dark = vec![0.0; span * span];
        let mut fixed = vec![true; span * span];
        for (i, &module) in layout.modules.iter().enumerate() {
            let at = (i / side + MARGIN) * span + i % side + MARGIN;
            fixed[at] = known(module).is_some();
            dark[at] = known(module).unwrap_or(0.5);
        }
        let near = |i: usize, j: usize| {
            (j.saturating_sub(1)..(j + 2).min(span))
                .any(|y| fixed[y * span + i.saturating_sub(1)..y * span + (i + 2).min(span)].contains(&true))
        };
        let mut looked = Vec::with_capacity(points);
        for j in 0..span {
            let modules: Vec<usize> = (0..span).filter(|&i| near(i, j)).collect();
            for row in [2 * j, 2 * j + 1] {
                looked.extend(modules.iter().flat_map(|i| [2 * i, 2 * i + 1]).map(|i| (i as u16, row as u16)));
            }
        }
        Self {
            layout,
            level,
            plane,
            blur,
            span,
            soft: dark.clone(),
            dark,
            fixed,
            x: vec![0.0; points],
            y: vec![0.0; points],
            black: vec![0.0; points],
            level_black: vec![0.0; points],
            template: vec![0.0; points],
            sure: vec![0.0; points],
            looked,
            all: false,
        }
    }

    /// The symbol's coordinate of a point, by its number along an axis.
    fn coordinate(&self, i: usize) -> f32 {
        ((i as f32 + 0.5) / 2.0 - MARGIN as f32) * 2.0 / self.layout.side as f32 - 1.0
    }

    /// Pixels a module, as a mean over both axes at the middle.
    fn module(&self) -> f32 {
        let [a, b] = self.plane.slopes(0.0, 0.0);
        let area = (a[0] * b[1] - a[1] * b[0]).abs();
        (area.sqrt() * 2.0 / self.layout.side as f64) as f32
    }

    /// Blur along both axes of the symbol: a tilted module is narrower, so the same blur covers more of it.
    fn kernels(&self) -> [Kernel; 2] {
        let [a, b] = self.plane.slopes(0.0, 0.0);
        let modules = self.layout.side as f64 / 2.0;
        let area = (a[0] * b[1] - a[1] * b[0]).abs().max(1e-9);
        let along = (b[0].hypot(b[1]) * modules / area) as f32;
        let across = (a[0].hypot(a[1]) * modules / area) as f32;
        [Kernel::new(self.blur * along), Kernel::new(self.blur * across)]
    }

    /// Looks at the picture where the plane says that the points lie, at every `every`th of a row.
    fn look(&mut self, every: usize) {
        let count = 2 * self.span;
        let table: &[f32; 257] = &LIGHTS;
        let h = self.plane.h.map(|v| v as f32);
        for &(i, j) in &self.looked {
            let (i, j) = (usize::from(i), usize::from(j));
            let (a, b) = (self.coordinate(i), self.coordinate(j));
            let depth = 1.0 / (1.0 + h[6] * a + h[7] * b);
            let x = (h[0] * a + h[1] * b + h[2]) * depth + h[8] * a * a + h[9] * a * b + h[10] * b * b;
            let y = (h[3] * a + h[4] * b + h[5]) * depth + h[11] * a * a + h[12] * a * b + h[13] * b * b;
            let at = j * count + i;
            self.x[at] = x;
            self.y[at] = y;
            if (i + j).is_multiple_of(every) {
                self.black[at] = 255.0 - linear(table, self.level.sample(x, y));
            }
        }
    }

    /// Spreads a value of the modules to the points; outside it is `outside`.
    fn spread(&self, kernels: &[Kernel; 2], outside: f32, value: impl Fn(usize) -> f32, out: &mut [f32]) {
        let span = self.span;
        let count = 2 * span;
        let mut rows = vec![0.0; span * count];
        let mut line = vec![outside; span + 2 * REACH];
        for j in 0..span {
            for i in 0..span {
                line[i + REACH] = value(j * span + i);
            }
            for i in 0..count {
                rows[j * count + i] =
                    kernels[0].taps[i % 2].iter().zip(&line[i / 2..]).map(|(t, v)| t * v).sum::<f32>();
            }
        }
        for (j, out) in out.chunks_exact_mut(count).enumerate() {
            out.fill(0.0);
            for (d, &tap) in kernels[1].taps[j % 2].iter().enumerate() {
                match (j / 2 + d).checked_sub(REACH).filter(|&row| row < span) {
                    Some(row) => {
                        out.iter_mut().zip(&rows[row * count..]).for_each(|(o, r)| *o += tap * r);
                    }
                    None => out.iter_mut().for_each(|o| *o += tap * outside),
                }
            }
        }
    }

    /// What the modules should show by their present chances.
    fn draw(&mut self) {
        let kernels = self.kernels();
        let mut template = std::mem::take(&mut self.template);
        self.spread(&kernels, 0.0, |i| self.dark[i], &mut template);
        self.template = template;
        let mut sure = std::mem::take(&mut self.sure);
        self.spread(&kernels, 1.0, |i| (2.0 * self.dark[i] - 1.0).powi(2), &mut sure);
        self.sure = sure;
    }

    /// Least squares of the light on what the modules should show, on every `every`th point of a row: the light, and the
    /// share of what varies that is explained, 0 to 1.
    fn light(&mut self, relative: bool, every: usize) -> Option<([f32; LIGHT], f32)> {
        let count = 2 * self.span;
        let observed = if relative { &self.level_black } else { &self.black };
        let mut sums = Sums::<LIGHT>::new();
        let (mut sum, mut squares, mut weights) = (0.0f64, 0.0f64, 0.0f64);
        let mut row = 0;
        for &(i, j) in &self.looked {
            let (i, j) = (usize::from(i), usize::from(j));
            if !(i + j).is_multiple_of(every) {
                continue;
            }
            if j != row {
                sums.carry();
                row = j;
            }
            let at = j * count + i;
            let weight = self.sure[at] * self.sure[at];
            if weight < 0.25 {
                continue;
            }
            let (a, b) = (self.coordinate(i), self.coordinate(j));
            let (t, v) = (self.template[at], observed[at]);
            sums.add(&[1.0, a, b, t, a * t, b * t], v, weight);
            sum += f64::from(weight * v);
            squares += f64::from(weight * v * v);
            weights += f64::from(weight);
        }
        sums.carry();
        let mut normal = sums.whole;
        for i in 0..LIGHT {
            normal.damp(i, 1e-3);
        }
        let right = normal.b.clone();
        let light = normal.solve()?;
        let explained: f64 = light.iter().zip(&right).map(|(l, r)| l * r).sum();
        let total = squares - sum * sum / weights.max(1.0);
        let score = 1.0 - (squares - explained) / total.max(1e-9);
        let light: [f32; LIGHT] = std::array::from_fn(|i| light[i] as f32);
        if !score.is_finite() || light[3] <= 0.0 {
            return None;
        }
        // Relative light is settled from place to place, by `relight`.
        if !relative && self.all {
            for at in 0..count * count {
                let (a, b) = (self.coordinate(at % count), self.coordinate(at / count));
                let offset = light[0] + light[1] * a + light[2] * b;
                let gain = (light[3] + light[4] * a + light[5] * b).max(0.2 * light[3]);
                self.level_black[at] = (self.black[at] - offset) / gain;
            }
        }
        Some((light, score as f32))
    }

    /// Least squares of light and of the plane's first parameters, `N` unknowns together, on what the modules should show.
    /// The share of what varies that is explained before the plane moves, and how far it moves at most, in pixels.
    fn adjust<const N: usize>(&mut self, relative: bool, every: usize) -> Option<(f32, f32)> {
        let (light, score) = self.light(relative, every)?;
        let count = 2 * self.span;
        let observed = if relative { &self.level_black } else { &self.black };
        // Seen from the symbol's middle, so that perspective is not mistaken for size.
        let middle = (self.plane.h[2], self.plane.h[5]);
        let near = self.plane.moved((-middle.0, -middle.1));
        let mut sums = Sums::<N>::new();
        let mut row = [0.0f32; N];
        let mut last = 0;
        for &(i, j) in &self.looked {
            let (i, j) = (usize::from(i), usize::from(j));
            if !(i + j).is_multiple_of(every) || i == 0 || j == 0 || i + 1 == count || j + 1 == count {
                continue;
            }
            if j != last {
                sums.carry();
                last = j;
            }
            let at = j * count + i;
            let weight = self.sure[at] * self.sure[at];
            if weight < 0.25 {
                continue;
            }
            let (a, b) = (self.coordinate(i), self.coordinate(j));
            let (t, v) = (self.template[at], observed[at]);
            let g = light[3] + light[4] * a + light[5] * b;
            // A line of text or a stain in the quiet zone must not pull.
            let off = (v - light[0] - light[1] * a - light[2] * b - g * t) / (0.35 * g.abs().max(1e-6));
            let weight = weight / (1.0 + off * off);
            // Slopes of the model along the lattice, turned into slopes of the picture.
            let step = |values: &[f32], by: usize| values[at + by] - values[at - by];
            let (tu, tv) = (g * step(&self.template, 1), g * step(&self.template, count));
            let (xu, yu) = (step(&self.x, 1), step(&self.y, 1));
            let (xv, yv) = (step(&self.x, count), step(&self.y, count));
            let area = xu * yv - xv * yu;
            if area.abs() < 1e-6 {
                continue;
            }
            let slope = ((tu * yv - tv * yu) / area, (tv * xu - tu * xv) / area);
            row[..LIGHT].copy_from_slice(&[1.0, a, b, t, a * t, b * t]);
            let turned = near.turned(a, b, slope);
            for (r, t) in row[LIGHT..].iter_mut().zip(turned) {
                *r = -t;
            }
            sums.add(&row, v, weight);
        }
        sums.carry();
        let mut normal = sums.whole;
        let mean = normal.mean_diagonal(LIGHT..LIGHT + 6);
        for i in 0..N {
            let damp = match i {
                0..LIGHT => 1e-3,
                _ if i < LIGHT + 8 => 1e-4 * mean,
                _ => 0.02 * mean,
            };
            normal.damp(i, damp);
        }
        let mut moved = 0.0;
        if let Some(step) = normal.solve() {
            let mut plane = near;
            // No step beyond a module: the slopes hold no further.
            let most = step[LIGHT..].iter().fold(0.0f64, |m, s| m.max(s.abs()));
            let scale = (1.5 * f64::from(self.module()) / most.max(1e-9)).min(1.0);
            for (h, s) in plane.h.iter_mut().zip(&step[LIGHT..]) {
                *h += scale * s;
            }
            let plane = plane.moved(middle);
            if plane.is_sound() {
                self.plane = plane;
                moved = (scale * most) as f32;
            }
        }
        Some((score, moved))
    }

    /// How much of what varies the function patterns explain on another plane, before any fit.
    pub(super) fn glance(&mut self, plane: Plane) -> Option<f32> {
        self.plane = plane;
        self.look(2);
        self.light(false, 2).map(|(_, score)| score)
    }

    /// Draws what is known, as the plane is.
    pub(super) fn begin(&mut self) {
        self.draw();
    }

    /// Fits plane and light to the function patterns, quickly. The share of what varies that they explain, 0 to 1.
    pub(super) fn approach(&mut self, plane: Plane) -> Option<f32> {
        self.plane = plane;
        let mut before = 0.0;
        for round in 0..4 {
            self.look(2);
            let (score, moved) = self.adjust::<{ LIGHT + 8 }>(false, 2)?;
            // Settled, or going nowhere.
            if round == 3 || moved < 0.03 * self.module() || (round == 2 && score < 0.3 && score < before + 0.05) {
                return Some(score);
            }
            before = score;
        }
        None
    }

    /// The same with the blur, and with a bend where there seems to be one, after [`Lattice::approach`].
    pub(super) fn fit_functions(&mut self) -> Option<f32> {
        let mut score = 0.0;
        self.look(2);
        let start = self.blur;
        let mut best = None;
        for scale in [0.4, 0.55, 0.75, 1.0, 1.35, 1.8] {
            self.blur = start * scale;
            self.draw();
            let (_, now) = self.light(false, 2)?;
            if now > score {
                (score, best) = (now, Some(self.blur));
            } else {
                // There is one best blur, and it lies behind.
                break;
            }
        }
        let start = best?;
        let mut best = start;
        for scale in [0.86, 1.16] {
            self.blur = start * scale;
            self.draw();
            let (_, now) = self.light(false, 2)?;
            if now > score {
                (score, best) = (now, self.blur);
            }
        }
        self.blur = best;
        self.draw();
        self.adjust::<{ LIGHT + 8 }>(false, 2)?;
        self.look(2);
        let (_, flat) = self.light(false, 2)?;
        if !(BENT..FLAT).contains(&flat) {
            return Some(flat);
        }
        let plane = self.plane;
        for _ in 0..2 {
            self.adjust::<{ LIGHT + PARAMETERS }>(false, 2)?;
            self.look(2);
        }
        let (_, bent) = self.light(false, 2)?;
        if bent > flat {
            return Some(bent);
        }
        self.plane = plane;
        self.look(2);
        Some(flat)
    }

    /// Takes in plane, light and blur as they are.
    pub(super) fn settle(&mut self) -> Option<f32> {
        let count = 2 * self.span as u16;
        self.looked.clear();
        self.looked.extend((0..count).flat_map(|j| (0..count).map(move |i| (i, j))));
        self.all = true;
        self.draw();
        self.look(1);
        self.light(false, 1).map(|(_, score)| score)
    }

    /// Fits everything to all modules by their present chances: light from place to place, then the plane with its
    /// bend, then the blur.
    pub(super) fn refit(&mut self) -> Option<()> {
        self.draw();
        for _ in 0..2 {
            self.relight();
            self.adjust::<{ LIGHT + PARAMETERS }>(true, 2)?;
            self.look(1);
        }
        let start = self.blur;
        let (mut score, mut best) = (f32::NEG_INFINITY, start);
        for scale in [0.9, 1.0, 1.1] {
            self.blur = start * scale;
            self.draw();
            self.relight();
            let (_, now) = self.light(true, 2)?;
            if now > score {
                (score, best) = (now, self.blur);
            }
        }
        self.blur = best;
        self.draw();
        self.relight();
        Some(())
    }

    /// Light from place to place: over nine by nine modules a regression of what is seen on what should be.
    fn relight(&mut self) {
        const RADIUS: usize = 4;
        /// Points' worth of belief in the light of the whole.
        const PRIOR: f32 = 24.0;
        let (span, count) = (self.span, 2 * self.span);
        // Sums over each module's four points of weight, template, its square, what is seen, and their product.
        let mut sums = vec![[0.0f32; 5]; span * span];
        let mut whole = [0.0f32; 5];
        for j in 0..count {
            for i in 0..count {
                let at = j * count + i;
                let (t, v) = (self.template[at], self.black[at]);
                let w = self.sure[at].powi(2) + 0.02;
                let add = [w, w * t, w * t * t, w * v, w * t * v];
                let sum = &mut sums[j / 2 * span + i / 2];
                for ((s, a), all) in sum.iter_mut().zip(add).zip(&mut whole) {
                    *s += a;
                    *all += a;
                }
            }
        }
        // Running sums, first along rows, then along columns.
        let boxed = |sums: &[[f32; 5]], stride: usize, other: usize| {
            let mut out = vec![[0.0f32; 5]; span * span];
            for line in 0..span {
                for i in 0..span {
                    let mut total = [0.0; 5];
                    for k in i.saturating_sub(RADIUS)..(i + RADIUS + 1).min(span) {
                        for (t, s) in total.iter_mut().zip(sums[line * other + k * stride]) {
                            *t += s;
                        }
                    }
                    out[line * other + i * stride] = total;
                }
            }
            out
        };
        let sums = boxed(&boxed(&sums, 1, span), span, 1);
        let solve = |s: &[f32; 5]| {
            let spread = s[2] - s[1] * s[1] / s[0].max(1e-6);
            let gain = (s[4] - s[1] * s[3] / s[0].max(1e-6)) / spread.max(1e-6);
            ((s[3] - gain * s[1]) / s[0].max(1e-6), gain)
        };
        let (_, gain) = solve(&whole);
        for j in 0..count {
            for i in 0..count {
                let mut s = sums[j / 2 * span + i / 2];
                // Belief in the gain of the whole, round the local mean.
                let (mean_t, mean_v) = (s[1] / s[0].max(1e-6), s[3] / s[0].max(1e-6));
                let spread = (s[2] - s[1] * mean_t).max(0.0);
                let local = (s[4] - s[1] * mean_v + PRIOR * 0.2 * gain) / (spread + PRIOR * 0.2);
                let local = within(0.25 * gain, 3.0 * gain, local);
                s[3] = mean_v - local * mean_t;
                let at = j * count + i;
                self.level_black[at] = (self.black[at] - s[3]) / local.max(1e-3);
            }
        }
    }

    /// Chances of the modules by what the points show, neighbours' spill taken back.
    pub(super) fn equalise(&mut self, rounds: usize, thorough: bool) {
        let kernels = self.kernels();
        let (span, count) = (self.span, 2 * self.span);
        // What the points show, gathered with the weights by which each module shows there.
        let mut rows = vec![0.0f32; count * span];
        // A row's points, first and second of each module, and nothing beside it.
        let mut lines = [vec![0.0f32; span + 2 * REACH], vec![0.0f32; span + 2 * REACH]];
        for (points, out) in self.level_black.chunks_exact(count).zip(rows.chunks_exact_mut(span)) {
            for (i, pair) in points.as_chunks::<2>().0.iter().enumerate() {
                lines[0][i + REACH] = pair[0].clamp(-0.5, 1.5);
                lines[1][i + REACH] = pair[1].clamp(-0.5, 1.5);
            }
            for (line, taps) in lines.iter().zip(&kernels[0].taps) {
                // A tap `d` is the share of the module `d - REACH` further on.
                for (d, &tap) in taps.iter().enumerate() {
                    out.iter_mut().zip(&line[2 * REACH - d..]).for_each(|(o, v)| *o += tap * v);
                }
            }
        }
        let mut matched = vec![0.0f32; span * span];
        for j in 0..span {
            for d in 0..TAPS {
                if let Some(m) = (j + REACH).checked_sub(d).filter(|&m| m < span) {
                    for (phase, taps) in kernels[1].taps.iter().enumerate() {
                        let row = &rows[(2 * m + phase) * span..][..span];
                        let out = &mut matched[j * span..][..span];
                        out.iter_mut().zip(row).for_each(|(o, r)| *o += taps[d] * r);
                    }
                }
            }
        }
        for (i, dark) in self.dark.iter_mut().enumerate() {
            if !self.fixed[i] {
                *dark = 0.5;
            }
        }
        // Neighbours further away than this have nothing in common.
        let reach = |k: &Kernel| k.overlap.iter().rposition(|o| *o > 0.004 * k.overlap[0]).unwrap_or(0);
        let (wide, high) = (reach(&kernels[0]), reach(&kernels[1]));
        // So many light modules round them that no kernel leaves them.
        const BESIDE: usize = TAPS - 1 - MARGIN;
        let wider = span + 2 * BESIDE;
        let place = |at: usize| (at / span + BESIDE) * wider + at % span + BESIDE;
        let unsettled = Unsettled {
            open: (0..span * span).filter(|&at| !self.fixed[at]).map(|at| (at, place(at))).collect(),
            wider,
            matched: &matched,
            overlaps: kernels.map(|k| k.overlap),
        };
        let mut chances = vec![0.0f32; wider * wider];
        let mut noise = 0.5f32;
        for round in 0..rounds {
            // A search of windows decides anew, from time to time.
            if round == 0 || (thorough && round % SEARCH_EVERY == 0) {
                self.dark.iter().enumerate().for_each(|(at, dark)| chances[place(at)] = *dark);
            }
            match wide.max(high) {
                0 | 1 => unsettled.round::<1>(noise, &mut chances, &mut self.soft),
                2 => unsettled.round::<2>(noise, &mut chances, &mut self.soft),
                3 => unsettled.round::<3>(noise, &mut chances, &mut self.soft),
                _ => unsettled.round::<{ TAPS - 1 }>(noise, &mut chances, &mut self.soft),
            }
            noise = (noise * FALL).max(0.01);
            let searched = thorough && round % SEARCH_EVERY == SEARCH_EVERY - 1;
            if searched || round + 1 == rounds {
                for &(at, place) in &unsettled.open {
                    self.dark[at] = chances[place];
                    self.soft[at] = chance(self.soft[at] / 0.1);
                }
            }
            if searched {
                self.search(&matched, &kernels, (wide, high));
            }
        }
    }

    /// Better decisions than any change of three by three modules could make, from those of the chances so far, and how
    /// much worse the next best with each module the other way round is.
    fn search(&mut self, matched: &[f32], kernels: &[Kernel; 2], (wide, high): (usize, usize)) {
        const ROUNDS: usize = 4;
        let span = self.span;
        let common = |m: usize, n: usize| {
            let (dx, dy) = ((m % WINDOW).abs_diff(n % WINDOW), (m / WINDOW).abs_diff(n / WINDOW));
            kernels[0].overlap[dx] * kernels[1].overlap[dy]
        };
        let pairs: [[f32; BLOCK]; BLOCK] = std::array::from_fn(|m| std::array::from_fn(|n| common(m, n)));
        // Energy of each choice of dark modules by themselves.
        let mut alone = [0.0f32; CHOICES];
        for choice in 1..CHOICES {
            let lowest = choice.trailing_zeros() as usize;
            let rest = choice & (choice - 1);
            let with: f32 = (0..BLOCK).filter(|n| rest >> n & 1 == 1).map(|n| pairs[lowest][n]).sum();
            alone[choice] = alone[rest] + pairs[0][0] + 2.0 * with;
        }
        let mut dark: Vec<f32> = self.dark.iter().map(|&d| if d > 0.5 { 1.0 } else { 0.0 }).collect();
        // What the points show beyond the decisions, as each module shows there.
        let mut rest: Vec<f32> = matched.to_vec();
        let spill = |rest: &mut [f32], at: usize, change: f32| {
            let (i, j) = (at % span, at / span);
            for y in j.saturating_sub(high)..(j + high + 1).min(span) {
                let share = change * kernels[1].overlap[y.abs_diff(j)];
                for x in i.saturating_sub(wide)..(i + wide + 1).min(span) {
                    rest[y * span + x] -= share * kernels[0].overlap[x.abs_diff(i)];
                }
            }
        };
        for (at, _) in dark.iter().enumerate().filter(|(_, dark)| **dark > 0.5) {
            spill(&mut rest, at, 1.0);
        }
        let mut gaps = vec![f32::INFINITY; span * span];
        // Windows to decide, by their first module: after the first round those near what changed.
        let mut again = vec![true; span * span];
        for round in 0..ROUNDS {
            let mut changed = false;
            let due = std::mem::replace(&mut again, vec![false; span * span]);
            for j in MARGIN..=span - MARGIN - WINDOW {
                for i in MARGIN..=span - MARGIN - WINDOW {
                    if !due[j * span + i] {
                        continue;
                    }
                    let places: [usize; BLOCK] = std::array::from_fn(|m| (j + m / WINDOW) * span + i + m % WINDOW);
                    let now = places.map(|at| dark[at]);
                    let pull: [f32; BLOCK] = std::array::from_fn(|m| {
                        if self.fixed[places[m]] {
                            return if now[m] > 0.5 { 1e3 } else { -1e3 };
                        }
                        rest[places[m]] + pairs[m].iter().zip(&now).map(|(p, d)| p * d).sum::<f32>()
                    });
                    for (m, (light, black)) in least_energies(&pull, &alone).into_iter().enumerate() {
                        let at = places[m];
                        let want = if black < light { 1.0 } else { 0.0 };
                        if now[m] != want && !self.fixed[at] {
                            spill(&mut rest, at, want - now[m]);
                            dark[at] = want;
                            changed = true;
                            let (x, y) = (at % span, at / span);
                            for near in (y.saturating_sub(2 + WINDOW - 1)..(y + WINDOW).min(span)).map(|y| y * span) {
                                again[near + x.saturating_sub(2 + WINDOW - 1)..near + (x + WINDOW).min(span)]
                                    .fill(true);
                            }
                            // What changes says anew how doubtful its neighbours are.
                            if round + 1 < ROUNDS {
                                for near in (y.saturating_sub(1)..(y + 2).min(span)).map(|y| y * span) {
                                    gaps[near + x.saturating_sub(1)..near + (x + 2).min(span)].fill(f32::INFINITY);
                                }
                            }
                        }
                        gaps[at] = gaps[at].min((black - light).abs());
                    }
                }
            }
            if !changed || round + 1 == ROUNDS {
                break;
            }
        }
        for (at, gap) in gaps.iter().enumerate() {
            if !self.fixed[at] {
                let sign = if dark[at] > 0.5 { 1.0 } else { -1.0 };
                self.dark[at] = chance(sign * gap / 0.01);
                self.soft[at] = chance(sign * gap / 0.03);
            }
        }
    }

    /// The symbol's modules without the margins, row by row.
    pub(super) fn modules(&self, out: &mut Vec<f32>) {
        out.clear();
        for j in MARGIN..self.span - MARGIN {
            out.extend_from_slice(&self.soft[j * self.span + MARGIN..(j + 1) * self.span - MARGIN]);
        }
    }
}
