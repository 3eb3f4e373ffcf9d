//! Paper in modules: bars, dots and screens with their exact area means, and what lies on top of them.
//!
//! Nothing is rasterised finer than the camera's pixels: each thing on the paper knows its mean over a rectangle, from
//! running sums, so that a pixel sees what a pixel of a sensor would, whatever the scale.

/// What a camera sees of the paper: x and y in modules, to the right and down.
#[derive(Debug, Default)]
pub struct Page {
    /// Reflectance of the blank paper, 0..=1.
    pub paper: f32,
    /// Reflectance of full ink.
    pub ink: f32,
    /// Printed things, each darkening what is below it.
    pub strips: Vec<Strip>,
    /// The same, from bitmaps.
    pub bitmaps: Vec<Bitmap>,
    /// Security tints.
    pub screens: Vec<Screen>,
    /// Things on the paper that hide it: dirt, tape, fingers, stamps.
    pub covers: Vec<Cover>,
    /// Folds.
    pub creases: Vec<Crease>,
    /// Paper that is not flat: shift along x of so many modules, with a wavelength and a phase.
    pub wave: (f32, f32, f32),
}

/// Bars over a height.
#[derive(Debug)]
pub struct Strip {
    left: f32,
    top: f32,
    height: f32,
    /// Darkness of full ink, 0..=1.
    density: f32,
    /// Integral of the darkness from the left end, in steps of a sixteenth of a module.
    sums: Vec<f32>,
}

const STEPS: f32 = 16.0;

impl Strip {
    /// Bars and spaces in turn, widths in modules. `edge` moves a given edge, in modules: ink spread and jitter.
    pub fn new(
        (left, top): (f32, f32),
        height: f32,
        density: f32,
        widths: &[f32],
        mut edge: impl FnMut(bool) -> f32,
    ) -> Self {
        let length: f32 = widths.iter().sum();
        let mut dark = vec![0.0f32; ((length + 2.0) * STEPS) as usize + 2];
        let mut at = 1.0;
        for pair in widths.chunks(2) {
            let from = ((at + edge(true)).max(0.0)) * STEPS;
            let to = ((at + pair[0] + edge(false)).min(length + 2.0)) * STEPS;
            let (mut i, last) = (from as usize, to as usize);
            while i <= last && i < dark.len() {
                let overlap = to.min(i as f32 + 1.0) - from.max(i as f32);
                dark[i] = (dark[i] + overlap.max(0.0)).min(1.0);
                i += 1;
            }
            at += pair.iter().sum::<f32>();
        }
        let mut sums = Vec::with_capacity(dark.len() + 1);
        let mut sum = 0.0;
        sums.push(0.0);
        for d in dark {
            sum += d / STEPS;
            sums.push(sum);
        }
        Self { left: left - 1.0, top, height, density, sums }
    }

    /// Takes `modules` out from `at` on, both from the left end, and closes the gap.
    pub fn cut_out(&mut self, at: f32, modules: f32) {
        let index = |m: f32| (((m + 1.0) * STEPS) as usize).min(self.sums.len() - 1);
        let (from, to) = (index(at), index(at + modules));
        let gone = self.sums[to] - self.sums[from];
        self.sums.drain(from..to);
        for sum in &mut self.sums[from..] {
            *sum -= gone;
        }
    }

    /// Leaves only what lies between two places, both from the left end.
    pub fn keep(&mut self, from: f32, to: f32) {
        let index = |m: f32| (((m + 1.0).max(0.0) * STEPS) as usize).min(self.sums.len() - 1);
        let (from, to) = (index(from), index(to));
        let (low, high) = (self.sums[from], self.sums[to]);
        for sum in &mut self.sums {
            *sum = sum.clamp(low, high) - low;
        }
    }

    fn mean(&self, x: f32, y: f32, hx: f32, hy: f32) -> f32 {
        let high = overlap(y, hy, self.top, self.top + self.height);
        if high <= 0.0 {
            return 0.0;
        }
        let last = (self.sums.len() - 1) as f32;
        let sum = |x: f32| {
            let at = ((x - self.left) * STEPS).clamp(0.0, last - 0.001);
            let i = at as usize;
            self.sums[i] + (self.sums[i + 1] - self.sums[i]) * (at - i as f32)
        };
        self.density * high * (sum(x + hx) - sum(x - hx)) / (2.0 * hx)
    }
}

/// Share of `centre ± half` between two borders.
fn overlap(centre: f32, half: f32, from: f32, to: f32) -> f32 {
    ((centre + half).min(to) - (centre - half).max(from)).max(0.0) / (2.0 * half)
}

/// Square cells, each dark or not: text, QR Codes, stamps.
#[derive(Debug)]
pub struct Bitmap {
    left: f32,
    top: f32,
    cell: f32,
    density: f32,
    width: usize,
    height: usize,
    /// Sums over all cells above and to the left, one row and one column more than there are cells.
    sums: Vec<f32>,
}

impl Bitmap {
    /// `dark(x, y)` of `width × height` cells of `cell` modules.
    pub fn new(
        (left, top): (f32, f32),
        cell: f32,
        density: f32,
        (width, height): (usize, usize),
        dark: impl Fn(usize, usize) -> bool,
    ) -> Self {
        let row = width + 1;
        let mut sums = vec![0.0f32; row * (height + 1)];
        for y in 0..height {
            let mut sum = 0.0;
            for x in 0..width {
                sum += f32::from(u8::from(dark(x, y)));
                sums[(y + 1) * row + x + 1] = sums[y * row + x + 1] + sum;
            }
        }
        Self { left, top, cell, density, width, height, sums }
    }

    fn mean(&self, x: f32, y: f32, hx: f32, hy: f32) -> f32 {
        let (x, y, hx, hy) = ((x - self.left) / self.cell, (y - self.top) / self.cell, hx / self.cell, hy / self.cell);
        let (w, h) = (self.width as f32, self.height as f32);
        if x + hx <= 0.0 || x - hx >= w || y + hy <= 0.0 || y - hy >= h {
            return 0.0;
        }
        let row = self.width + 1;
        let sum = |x: f32, y: f32| {
            let (x, y) = (x.clamp(0.0, w), y.clamp(0.0, h));
            let (i, j) = ((x as usize).min(self.width - 1), (y as usize).min(self.height - 1));
            let (fx, fy) = (x - i as f32, y - j as f32);
            let s = &self.sums[j * row + i..];
            (s[0] * (1.0 - fx) + s[1] * fx) * (1.0 - fy) + (s[row] * (1.0 - fx) + s[row + 1] * fx) * fy
        };
        let all = sum(x + hx, y + hy) - sum(x - hx, y + hy) - sum(x + hx, y - hy) + sum(x - hx, y - hy);
        (self.density * all / (4.0 * hx * hy)).clamp(0.0, 1.0)
    }
}

/// A line screen or, with a second direction, dots.
#[derive(Debug)]
pub struct Screen {
    /// Turns a module along x and along y, of the lines and of what crosses them (0, 0 for lines alone).
    pub waves: [(f32, f32); 2],
    /// Phases wander by so much: guilloche.
    pub wander: f32,
    /// Darkness where it is darkest.
    pub density: f32,
    /// 1 = sine, more = harder.
    pub hardness: f32,
}

impl Screen {
    fn at(&self, x: f32, y: f32, h: f32) -> f32 {
        let wander = self.wander * ((x * 0.05).sin() + (y * 0.07 + x * 0.02).cos());
        let one = |(a, b): (f32, f32)| {
            // A pixel as wide as a line sees grey.
            let fade = (1.0 - (a.hypot(b) * 2.0 * h).powi(2)).max(0.0);
            0.5 + 0.5
                * ((std::f32::consts::TAU * (a * x + b * y) + wander).sin() * self.hardness).clamp(-1.0, 1.0)
                * fade
        };
        let first = one(self.waves[0]);
        let second = if self.waves[1] == (0.0, 0.0) { 1.0 } else { one(self.waves[1]) };
        self.density * first * second
    }
}

/// What hides the paper.
#[derive(Debug)]
pub struct Cover {
    /// Its middle.
    pub centre: (f32, f32),
    /// Half its length and breadth.
    pub half: (f32, f32),
    /// Turned by so much.
    pub angle: f32,
    /// An ellipse instead of a rectangle.
    pub round: bool,
    /// Reflectance.
    pub level: f32,
    /// 1 hides all.
    pub opacity: f32,
    /// Width of its edge, in modules.
    pub edge: f32,
}

impl Cover {
    fn share(&self, x: f32, y: f32, h: f32) -> f32 {
        let (dx, dy) = (x - self.centre.0, y - self.centre.1);
        let (sin, cos) = self.angle.sin_cos();
        let (a, b) = ((dx * cos + dy * sin).abs(), (dy * cos - dx * sin).abs());
        let inside = if self.round {
            (1.0 - (a / self.half.0).hypot(b / self.half.1)) * self.half.0.min(self.half.1)
        } else {
            (self.half.0 - a).min(self.half.1 - b)
        };
        self.opacity * (inside / (self.edge + 2.0 * h) + 0.5).clamp(0.0, 1.0)
    }
}

/// A fold across the bars' row.
#[derive(Debug)]
pub struct Crease {
    /// Where it crosses y = 0.
    pub at: f32,
    /// Modules along x for each along y.
    pub slant: f32,
    /// Modules that disappear in it (below zero: seen twice).
    pub hidden: f32,
    /// Modules by which the paper beside it is pushed, over its width.
    pub push: f32,
    /// How much brighter (or darker) it is.
    pub shade: f32,
    /// Its width.
    pub width: f32,
}

impl Page {
    /// Light that leaves the paper around (x, y), mean over ± hx, ± hy.
    pub fn light(&self, mut x: f32, y: f32, hx: f32, hy: f32) -> f32 {
        let mut shade = 1.0;
        for crease in &self.creases {
            let off = x - crease.at - crease.slant * y;
            if off.abs() < 4.0 * crease.width {
                let near = (-(off / crease.width).powi(2)).exp();
                shade *= 1.0 + crease.shade * near;
                x += crease.push * near * off / crease.width;
            }
            if off > 0.0 {
                x += crease.hidden;
            }
        }
        let (size, length, phase) = self.wave;
        if size != 0.0 {
            x += size * (std::f32::consts::TAU * x / length + phase).sin();
        }
        let mut left = 1.0;
        for strip in &self.strips {
            left *= 1.0 - strip.mean(x, y, hx, hy);
        }
        for bitmap in &self.bitmaps {
            left *= 1.0 - bitmap.mean(x, y, hx, hy);
        }
        for screen in &self.screens {
            left *= 1.0 - screen.at(x, y, hx);
        }
        let mut light = (self.ink + (self.paper - self.ink) * left) * shade;
        for cover in &self.covers {
            let share = cover.share(x, y, hx);
            light += share * (cover.level - light);
        }
        light
    }
}
