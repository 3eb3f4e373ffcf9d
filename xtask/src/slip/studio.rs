//! A notice before the camera: paper in space, lamps, shadows, gloss; and the light that reaches each pixel.

use super::camera::Table;
use super::draw::{Area, Drawing, render};
use super::imprint::Imprint;
use super::lens::Spread;
use super::print::Ink;
use super::surface::{Hit, V3, View, dot, minus, unit};
use anyhow::Context;

/// Light that the blackest ink and the whitest paper give back.
pub const BLACK: f32 = 0.035;
/// See [`BLACK`].
pub const WHITE: f32 = 0.88;

/// Something between lamp and paper: its outline as it falls on the sheet.
#[derive(Debug, Clone, Copy)]
pub enum Outline {
    /// Everything on one side of a line through (x, y), towards a direction (radians).
    Half {
        /// A point of the line.
        at: (f64, f64),
        /// Direction into the shade.
        toward: f64,
    },
    /// A disc, or everything but one.
    Round {
        /// Its middle.
        centre: (f64, f64),
        /// Its radius, millimetres.
        radius: f64,
        /// The shade is outside it.
        outside: bool,
    },
}

/// A shadow: what stands in the direct light.
#[derive(Debug, Clone, Copy)]
pub struct Shade {
    /// Its shape.
    pub outline: Outline,
    /// Width of its edge, millimetres: a large lamp makes it soft.
    pub penumbra: f64,
}

impl Shade {
    /// Share of the lamp that a point sees.
    fn open(&self, (x, y): (f64, f64)) -> f64 {
        let inside = match self.outline {
            Outline::Half { at, toward } => (x - at.0) * toward.cos() + (y - at.1) * toward.sin(),
            Outline::Round { centre, radius, outside } => {
                let depth = radius - (x - centre.0).hypot(y - centre.1);
                if outside { -depth } else { depth }
            }
        };
        let part = (0.5 - inside / self.penumbra.max(0.02)).clamp(0.0, 1.0);
        // A round lamp behind a straight edge.
        part * part * (3.0 - 2.0 * part)
    }
}

/// The light.
#[derive(Debug, Clone)]
pub struct Lamp {
    /// Where the lamp is.
    pub place: V3,
    /// Share of the light that comes from all around, and reaches into shadows.
    pub ambient: f64,
    /// Lamp's mirror image: light added in its middle with respect to full scale, and the gloss exponent (Blinn).
    pub gloss: Option<(f64, f64)>,
    /// Shadows.
    pub shades: Vec<Shade>,
    /// Loss at the corners of the picture, as a share.
    pub vignette: f64,
    /// Stray light in the lens, a share of full scale.
    pub flare: f64,
    /// Red and blue with respect to green.
    pub tint: (f32, f32),
}

impl Lamp {
    /// Light that falls on a point, before shadows: direct, ambient; 1 in all at `anchor` on flat paper.
    fn falls(&self, point: V3, normal: V3, anchor: V3) -> (f64, f64) {
        let at = |point: V3, normal: V3| {
            let to = minus(self.place, point);
            let far = dot(to, to).max(1.0);
            (dot(to, normal) / far.sqrt()).max(0.0) / far
        };
        let there = at(anchor, [0.0, 0.0, -1.0]).max(1e-12);
        // Paper that leans away also sees less of the room.
        (((1.0 - self.ambient) * at(point, normal) / there).min(6.0), self.ambient * (0.5 - 0.5 * normal[2]))
    }

    /// The lamp's mirror image in a point.
    fn mirrors(&self, point: V3, normal: V3, lens: V3) -> f64 {
        let Some((strength, exponent)) = self.gloss else { return 0.0 };
        let (to_lamp, to_lens) = (unit(minus(self.place, point)), unit(minus(lens, point)));
        let half = unit(std::array::from_fn(|axis| to_lamp[axis] + to_lens[axis]));
        strength * dot(half, normal).max(0.0).powf(exponent)
    }

    /// Share of the lamp that a point of the sheet sees.
    fn open(&self, sheet: (f64, f64)) -> f64 {
        self.shades.iter().map(|shade| shade.open(sheet)).product()
    }
}

/// A flat drawing as light given back, `C` colours.
#[derive(Debug, Clone)]
struct Raster<const C: usize> {
    origin: (f64, f64),
    /// Points a millimetre.
    density: f64,
    width: usize,
    height: usize,
    points: Vec<[f32; C]>,
}

/// Light of (red, green, blue) as `C` colours: all three, or the luminance.
fn colours<const C: usize>(rgb: [f32; 3]) -> [f32; C] {
    std::array::from_fn(|i| if C == 3 { rgb[i] } else { 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2] })
}

impl<const C: usize> Raster<C> {
    fn new(drawing: &Drawing, under: &Table, tint: [f32; 3], area: Area, density: f64) -> anyhow::Result<Self> {
        let density = density.min((24e6 / (area.w * area.h)).sqrt());
        let (width, height) =
            (((area.w * density).ceil() as usize).max(2), ((area.h * density).ceil() as usize).max(2));
        let area = Area { w: width as f64 / density, h: height as f64 / density, ..area };
        let pixmap = render(drawing, area, width as u32, height as u32)?;
        // Values are square roots of light.
        let table: Vec<f32> = (0..256).map(|v| (v as f32 / 255.0).powi(2)).collect();
        let points = pixmap
            .pixels()
            .iter()
            .enumerate()
            .map(|(at, pixel)| {
                let clear = 255 - pixel.alpha();
                let mut rgb = [pixel.red(), pixel.green(), pixel.blue()];
                if clear > 0 {
                    let (x, y) = ((at % width) as f64 / density + area.x, (at / width) as f64 / density + area.y);
                    for (channel, under) in rgb.iter_mut().zip(under.at(x, y)) {
                        *channel = channel.saturating_add((under * f32::from(clear)) as u8);
                    }
                }
                let light = |i: usize| BLACK + (WHITE - BLACK) * table[usize::from(rgb[i])];
                let paper = f32::from(255 - clear) / 255.0;
                colours(std::array::from_fn(|i| light(i) * (1.0 + (tint[i] - 1.0) * paper)))
            })
            .collect();
        Ok(Self { origin: (area.x, area.y), density, width, height, points })
    }

    /// Light given back at a point, millimetres.
    #[inline(always)]
    fn at(&self, x: f64, y: f64) -> [f32; C] {
        let gx = (((x - self.origin.0) * self.density - 0.5) as f32).clamp(0.0, self.width as f32 - 1.001);
        let gy = (((y - self.origin.1) * self.density - 0.5) as f32).clamp(0.0, self.height as f32 - 1.001);
        let (column, row) = ((gx as usize).min(self.width - 2), (gy as usize).min(self.height - 2));
        let (fx, fy) = (gx - column as f32, gy - row as f32);
        let start = row * self.width + column;
        let (upper, lower) = (&self.points[start..start + 2], &self.points[start + self.width..start + self.width + 2]);
        let mut light = [0.0; C];
        for (i, light) in light.iter_mut().enumerate() {
            let top = upper[0][i] + (upper[1][i] - upper[0][i]) * fx;
            let bottom = lower[0][i] + (lower[1][i] - lower[0][i]) * fx;
            *light = top + (bottom - top) * fy;
        }
        light
    }
}

/// A layer of colour over the print: opacity and light given back.
#[derive(Debug, Clone)]
struct Layer<const C: usize> {
    area: Area,
    density: f64,
    width: usize,
    height: usize,
    points: Vec<(f32, [f32; C])>,
    /// Lets the print show through as a filter does, instead of covering it.
    multiply: bool,
}

impl<const C: usize> Layer<C> {
    fn new(drawing: &Drawing, multiply: bool, area: Area, density: f64) -> anyhow::Result<Self> {
        let (width, height) =
            (((area.w * density).ceil() as usize).max(2), ((area.h * density).ceil() as usize).max(2));
        let pixmap = render(drawing, area, width as u32, height as u32)?;
        let points = pixmap
            .pixels()
            .iter()
            .map(|pixel| {
                let alpha = f32::from(pixel.alpha()) / 255.0;
                let light = |v: u8| (f32::from(v) / 255.0 / alpha.max(1e-3)).min(1.0).powi(2);
                (alpha, colours([light(pixel.red()), light(pixel.green()), light(pixel.blue())]))
            })
            .collect();
        Ok(Self { area, density, width, height, points, multiply })
    }

    #[inline]
    fn over(&self, x: f64, y: f64, colour: [f32; C]) -> [f32; C] {
        let (gx, gy) = ((x - self.area.x) * self.density, (y - self.area.y) * self.density);
        if gx < 0.0 || gy < 0.0 {
            return colour;
        }
        let (column, row) = (gx as usize, gy as usize);
        if column >= self.width || row >= self.height {
            return colour;
        }
        let (alpha, top) = self.points[row * self.width + column];
        if alpha == 0.0 {
            return colour;
        }
        std::array::from_fn(|i| {
            if self.multiply {
                colour[i] * (1.0 - alpha * (1.0 - top[i]))
            } else {
                colour[i] + (top[i] * WHITE - colour[i]) * alpha
            }
        })
    }
}

/// What lies before the camera.
#[derive(Debug, Clone)]
pub struct Still {
    /// The sheet's print without its symbols; on flat paper also what lies around it.
    pub page: Drawing,
    /// What lies under a bent sheet; none when the sheet is flat.
    pub below: Option<Drawing>,
    /// The sheet's extent.
    pub paper: Area,
    /// The table.
    pub table: Table,
    /// Light that the paper gives back with respect to white.
    pub tint: [f32; 3],
    /// Light that the payment symbol's ink gives back.
    pub ink: [f32; 3],
    /// The payment symbol, and its rectangle.
    pub imprint: Option<(Imprint, Area)>,
    /// The other symbols, and their rectangles.
    pub inks: Vec<(Ink, Area)>,
    /// Stamps (true: ink through which the print shows), fingers, holes.
    pub layers: Vec<(Drawing, bool)>,
}

/// A still as it is drawn for a camera and all that hover about the same place.
#[derive(Debug, Clone)]
pub struct Stage<const C: usize> {
    still: Still,
    page: Raster<C>,
    below: Option<Raster<C>>,
    layers: Vec<Layer<C>>,
}

/// A picture to be taken.
#[derive(Debug, Clone)]
pub struct Take {
    /// Where from.
    pub view: View,
    /// In what light.
    pub lamp: Lamp,
    /// Through what lens and by what hand; one after another.
    pub spreads: Vec<Spread>,
    /// Linear light that white paper, lit as the subject's mean, shall give.
    pub level: f64,
    /// The rectangle that matters: it sets the exposure and is drawn most finely.
    pub subject: Area,
}

/// Pixels between the points at which rays are followed; between them the paper is smooth.
const MESH: usize = 4;

/// What a ray brings back.
#[derive(Debug, Clone, Copy)]
struct Node {
    sheet: (f64, f64),
    table: (f64, f64),
    direct: f64,
    ambient: f64,
    gloss: f64,
}

struct Mesh {
    columns: usize,
    nodes: Vec<Node>,
    /// Pixel position of the first node.
    first: f64,
}

impl Mesh {
    fn new(take: &Take) -> Self {
        let (width, height) = (take.view.size.0 as usize, take.view.size.1 as usize);
        // One cell more on each side, for what the lens spreads inwards.
        let spare = 8;
        let (columns, rows) = (width / MESH + 2 + 2 * spare, height / MESH + 2 + 2 * spare);
        let first = -((MESH * spare) as f64);
        let anchor = take.anchor();
        let nodes = (0..rows * columns)
            .map(|at| {
                let (u, v) = (first + (at % columns * MESH) as f64, first + (at / columns * MESH) as f64);
                let hit = take.view.meet(u, v);
                let (direct, ambient) = take.lamp.falls(hit.point, hit.normal, anchor);
                let fall = take.falloff(u, v);
                let gloss = take.lamp.mirrors(hit.point, hit.normal, take.view.lens);
                Node {
                    sheet: hit.sheet,
                    table: hit.table,
                    direct: direct * fall,
                    ambient: ambient * fall,
                    gloss: gloss * fall,
                }
            })
            .collect();
        Self { columns, nodes, first }
    }

    /// The four nodes around a pixel position.
    #[inline(always)]
    fn cell(&self, u: f64, v: f64) -> Cell<'_> {
        let (along, down) = ((u - self.first) / MESH as f64, (v - self.first) / MESH as f64);
        let at = down as usize * self.columns + along as usize;
        let (upper, lower) = (&self.nodes[at..at + 2], &self.nodes[at + self.columns..at + self.columns + 2]);
        Cell { nodes: [&upper[0], &upper[1], &lower[0], &lower[1]], part: (along.fract(), down.fract()) }
    }

    /// The part of the plane that is seen.
    fn reach(&self, of: impl Fn(&Node) -> (f64, f64), bounds: Area) -> Area {
        let mut low = (f64::INFINITY, f64::INFINITY);
        let mut high = (f64::NEG_INFINITY, f64::NEG_INFINITY);
        for node in &self.nodes {
            let (x, y) = of(node);
            let (x, y) = (x.clamp(bounds.x, bounds.right()), y.clamp(bounds.y, bounds.bottom()));
            low = (low.0.min(x), low.1.min(y));
            high = (high.0.max(x), high.1.max(y));
        }
        Area { x: low.0 - 1.0, y: low.1 - 1.0, w: high.0 - low.0 + 2.0, h: high.1 - low.1 + 2.0 }
    }
}

/// Four neighbouring nodes, and a place among them.
struct Cell<'a> {
    /// Upper left, upper right, lower left, lower right.
    nodes: [&'a Node; 4],
    /// From left to right and from top to bottom, 0 to 1.
    part: (f64, f64),
}

impl Cell<'_> {
    /// A value at the place.
    #[inline(always)]
    fn mix(&self, of: impl Fn(&Node) -> f64) -> f64 {
        let [a, b, c, d] = self.nodes;
        let (top, bottom) = (of(a) + (of(b) - of(a)) * self.part.0, of(c) + (of(d) - of(c)) * self.part.0);
        top + (bottom - top) * self.part.1
    }

    /// Its change from pixel to pixel, to the right and downwards.
    #[inline(always)]
    fn slope(&self, of: impl Fn(&Node) -> f64) -> (f64, f64) {
        let [a, b, c, d] = self.nodes;
        let (right, down) = ((of(b) - of(a), of(d) - of(c)), (of(c) - of(a), of(d) - of(b)));
        (
            (right.0 + (right.1 - right.0) * self.part.1) / MESH as f64,
            (down.0 + (down.1 - down.0) * self.part.0) / MESH as f64,
        )
    }
}

impl Take {
    fn middle(&self) -> (f64, f64) {
        (self.subject.x + self.subject.w / 2.0, self.subject.y + self.subject.h / 2.0)
    }

    fn anchor(&self) -> V3 {
        let (x, y) = self.middle();
        let (u, v) = self.view.pixel(x, y);
        self.view.meet(u, v).point
    }

    fn falloff(&self, u: f64, v: f64) -> f64 {
        let (w, h) = (f64::from(self.view.size.0), f64::from(self.view.size.1));
        1.0 - self.lamp.vignette * ((u - w / 2.0).powi(2) + (v - h / 2.0).powi(2)) * 4.0 / (w * w + h * h)
    }

    /// Light that falls on points all over the subject: mean and greatest.
    fn falls(&self) -> (f64, f64) {
        let anchor = self.anchor();
        let (mut sum, mut most) = (0.0, 0.0f64);
        for at in 0..60 {
            let sheet = (
                self.subject.x + self.subject.w * (f64::from(at % 15) + 0.5) / 15.0,
                self.subject.y + self.subject.h * (f64::from(at / 15) + 0.5) / 4.0,
            );
            let (u, v) = self.view.pixel(sheet.0, sheet.1);
            let hit: Hit = self.view.meet(u, v);
            let (direct, ambient) = self.lamp.falls(hit.point, hit.normal, anchor);
            let light = (direct * self.lamp.open(sheet) + ambient) * self.falloff(u, v);
            sum += light / 60.0;
            most = most.max(light);
        }
        (sum, most)
    }

    /// Factor from light that falls on the paper to linear light, 1 = full scale: the camera's exposure.
    pub fn exposure(&self) -> f64 {
        let (mean, most) = self.falls();
        // Where it shall not burn out, no part of it does.
        (self.level / f64::from(WHITE) / mean).min(self.level.max(1.02) / f64::from(WHITE) / most)
    }
}

impl<const C: usize> Stage<C> {
    /// Draws everything at the resolution at which `take` (and those that hover about it) sees it.
    ///
    /// # Errors
    /// No Japanese font on this machine.
    pub fn new(still: Still, take: &Take) -> anyhow::Result<Self> {
        let mesh = Mesh::new(take);
        let scale = {
            let (x, y) = take.middle();
            take.view.scale_at(x, y)
        };
        let far = Area { x: -500.0, y: -500.0, w: 1300.0, h: 1300.0 };
        // A hand that trembles sees a little more.
        let wide = |area: Area| grown(area, 6.0);
        let (page, below) = match &still.below {
            None => {
                let area = wide(mesh.reach(|node| node.sheet, far));
                (Raster::new(&still.page, &still.table, still.tint, area, scale * 1.25)?, None)
            }
            Some(drawing) => {
                let area = mesh.reach(|node| node.sheet, still.paper);
                let under = wide(mesh.reach(|node| node.table, far));
                (
                    Raster::new(&still.page, &still.table, still.tint, area, scale * 1.4)?,
                    Some(Raster::new(drawing, &still.table, [1.0; 3], under, scale * 0.7)?),
                )
            }
        };
        let around = grown(take.subject, 25.0);
        let layers = still
            .layers
            .iter()
            .map(|(drawing, multiply)| Layer::new(drawing, *multiply, around, (scale * 2.0).max(12.0)))
            .collect::<anyhow::Result<_>>()
            .context("a layer over the print")?;
        Ok(Self { still, page, below, layers })
    }

    /// Takes a picture: linear light on each pixel after the lens, 1 = full scale, one plane a colour.
    pub fn shoot(&self, take: &Take) -> Vec<Vec<f32>> {
        let (width, height) = (take.view.size.0 as usize, take.view.size.1 as usize);
        let mesh = Mesh::new(take);
        let exposure = take.exposure() as f32;
        let frame = Window { x: 0, y: 0, width, height, fine: 1, only: None };
        let mut planes = self.light(take, &mesh, exposure, frame);
        for spread in &take.spreads {
            for plane in &mut planes {
                *plane = spread.apply(plane, width);
            }
        }
        if let Some((window, halo)) = subject_window(take) {
            let wanted = grown(take.subject, QUIET);
            let fine = window.fine;
            let mut close = self.light(take, &mesh, exposure, window);
            for spread in &take.spreads {
                for plane in &mut close {
                    *plane = spread.finer(fine as f64).apply(plane, window.width * fine);
                }
            }
            let share = 1.0 / (fine * fine) as f32;
            for (plane, close) in planes.iter_mut().zip(&close) {
                for row in halo..window.height - halo {
                    for column in halo..window.width - halo {
                        let (u, v) = (window.x + column as i64, window.y + row as i64);
                        if u < 0 || v < 0 || u >= width as i64 || v >= height as i64 {
                            continue;
                        }
                        let cell = mesh.cell(u as f64 + 0.5, v as f64 + 0.5);
                        let (x, y) = (cell.mix(|n| n.sheet.0), cell.mix(|n| n.sheet.1));
                        if x < wanted.x || x > wanted.right() || y < wanted.y || y > wanted.bottom() {
                            continue;
                        }
                        let mut sum = 0.0;
                        for line in 0..fine {
                            let start = (row * fine + line) * window.width * fine + column * fine;
                            sum += close[start..start + fine].iter().sum::<f32>();
                        }
                        plane[v as usize * width + u as usize] = sum * share;
                    }
                }
            }
        }
        let flare = take.lamp.flare as f32;
        for plane in &mut planes {
            plane.iter_mut().for_each(|v| *v = *v * (1.0 - flare) + flare * 0.6);
        }
        planes
    }

    /// Light on each (sub)pixel of a window before the lens spreads it.
    fn light(&self, take: &Take, mesh: &Mesh, exposure: f32, window: Window) -> Vec<Vec<f32>> {
        let fine = window.fine;
        let (columns, rows) = (window.width * fine, window.height * fine);
        let step = 1.0 / fine as f64;
        let tints: [f32; C] =
            std::array::from_fn(|i| if C == 3 { [take.lamp.tint.0, 1.0, take.lamp.tint.1][i] } else { 1.0 });
        let inks = colours::<C>(self.still.ink);
        let blacks = [BLACK; C];
        let (coarse, close) =
            (points(if fine == 1 { 2 } else { 1 }), points(if fine == 1 { 36 } else { 48 / (fine * fine) as u32 + 4 }));
        let paper = self.still.paper;
        let mut planes = vec![vec![0.0f32; rows * columns]; C];
        for row in 0..rows {
            let v = window.y as f64 + (row as f64 + 0.5) * step;
            for column in 0..columns {
                let u = window.x as f64 + (column as f64 + 0.5) * step;
                let cell = mesh.cell(u, v);
                let (x, y) = (cell.mix(|n| n.sheet.0), cell.mix(|n| n.sheet.1));
                if window.only.is_some_and(|only| x < only.x || x > only.right() || y < only.y || y > only.bottom()) {
                    continue;
                }
                let ((xu, xv), (yu, yv)) = (cell.slope(|n| n.sheet.0), cell.slope(|n| n.sheet.1));
                let (xu, xv, yu, yv) = (xu * step, xv * step, yu * step, yv * step);
                let spread = (xu.abs() + xv.abs()).max(yu.abs() + yv.abs());
                let near = |area: &Area| {
                    x > area.x - spread
                        && x < area.right() + spread
                        && y > area.y - spread
                        && y < area.bottom() + spread
                };
                let imprint = self.still.imprint.as_ref().filter(|(_, area)| near(area));
                let ink = self.still.inks.iter().find(|(_, area)| near(area));
                let set = if imprint.is_some() || ink.is_some() { &close } else { &coarse };
                let under = self.below.as_ref().filter(|_| {
                    x < paper.x + spread
                        || x > paper.right() - spread
                        || y < paper.y + spread
                        || y > paper.bottom() - spread
                });
                let mut sum = [0.0f32; C];
                for (sx, sy) in set {
                    let (px, py) = (x + xu * sx + xv * sy, y + yu * sx + yv * sy);
                    if let Some(below) = under
                        && (px < paper.x || px > paper.right() || py < paper.y || py > paper.bottom())
                    {
                        let seen = below.at(cell.mix(|n| n.table.0), cell.mix(|n| n.table.1));
                        sum.iter_mut().zip(seen).for_each(|(s, v)| *s += v);
                        continue;
                    }
                    let mut seen = self.page.at(px, py);
                    for (ink, colour) in [
                        imprint.map(|(imprint, _)| (imprint.at(px, py), inks)),
                        ink.map(|(ink, _)| (ink.at(px, py), blacks)),
                    ]
                    .into_iter()
                    .flatten()
                    {
                        for (seen, colour) in seen.iter_mut().zip(colour) {
                            *seen += (colour - *seen) * ink;
                        }
                    }
                    for layer in &self.layers {
                        seen = layer.over(px, py, seen);
                    }
                    sum.iter_mut().zip(seen).for_each(|(s, v)| *s += v);
                }
                let open = take.lamp.open((x, y)) as f32;
                let (direct, ambient) = (cell.mix(|n| n.direct) as f32, cell.mix(|n| n.ambient) as f32);
                let gloss = cell.mix(|n| n.gloss) as f32;
                let lit = (direct * open + ambient) * exposure / set.len() as f32;
                for ((plane, sum), tint) in planes.iter_mut().zip(sum).zip(tints) {
                    plane[row * columns + column] = sum * lit * tint + gloss * open;
                }
            }
        }
        planes
    }
}

/// Paper around the subject that is drawn as finely as it, millimetres.
const QUIET: f64 = 2.6;

/// A rectangle with a rim.
fn grown(area: Area, rim: f64) -> Area {
    Area { x: area.x - rim, y: area.y - rim, w: area.w + 2.0 * rim, h: area.h + 2.0 * rim }
}

/// A part of the picture, `fine` subpixels to a pixel each way.
#[derive(Debug, Clone, Copy)]
struct Window {
    x: i64,
    y: i64,
    width: usize,
    height: usize,
    fine: usize,
    /// The part of the sheet that is wanted; the rest stays dark.
    only: Option<Area>,
}

/// The part of the picture that is worked out more finely because the lens spreads it by less than two pixels, and
/// the width of its rim, which only serves to spread light inwards. None when a pixel is fine enough.
fn subject_window(take: &Take) -> Option<(Window, usize)> {
    let spread: f64 = take.spreads.iter().map(|s| s.variance((1.0, 0.0)).max(s.variance((0.0, 1.0)))).sum();
    let fine = (1.5 / spread.sqrt().max(0.1)).ceil().clamp(1.0, 4.0) as usize;
    if fine == 1 {
        return None;
    }
    let halo = take.spreads.iter().map(|s| s.reach()).sum::<f64>().ceil() as usize + 1;
    let area = grown(take.subject, QUIET);
    let mut reach = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    for at in 0..=8 {
        for down in [0.0, 0.5, 1.0] {
            let (u, v) = take.view.pixel(area.x + area.w * f64::from(at) / 8.0, area.y + area.h * down);
            reach = [reach[0].min(u), reach[1].min(v), reach[2].max(u), reach[3].max(v)];
        }
    }
    let (w, h) = (f64::from(take.view.size.0), f64::from(take.view.size.1));
    // The mesh ends 32 pixels outside the picture.
    let rim = halo as f64 + 2.0;
    let (left, top) = ((reach[0] - rim).max(-rim).max(-30.0).floor(), (reach[1] - rim).max(-rim).max(-30.0).floor());
    let (right, bottom) =
        ((reach[2] + rim).min(w + rim).min(w + 30.0).ceil(), (reach[3] + rim).min(h + rim).min(h + 30.0).ceil());
    let (width, height) = ((right - left) as usize, (bottom - top) as usize);
    (width > 2 * halo + 1 && height > 2 * halo + 1).then(|| {
        // As many millimetres as the rim has pixels, where the paper looks smallest.
        let least = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.5, 0.5)]
            .into_iter()
            .map(|(x, y)| take.view.scale_least(area.x + area.w * x, area.y + area.h * y))
            .fold(f64::INFINITY, f64::min);
        let only = Some(grown(area, 1.5 * halo as f64 / least.max(0.1)));
        (Window { x: left as i64, y: top as i64, width, height, fine, only }, halo)
    })
}

/// Points inside a pixel, −½ to ½, spread so that no two share a row or a column (Hammersley).
fn points(count: u32) -> Vec<(f64, f64)> {
    (0..count)
        .map(|at| {
            let (mut x, mut half, mut bits) = (0.0, 0.5, at);
            while bits > 0 {
                x += half * f64::from(bits & 1);
                bits >>= 1;
                half /= 2.0;
            }
            (x + 0.5 / f64::from(count) - 0.5, (f64::from(at) + 0.5) / f64::from(count) - 0.5)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slip::camera::Aim;
    use crate::slip::code::Modules;
    use crate::slip::imprint::Defects;
    use crate::slip::print::{Kind, Printed, Printer};
    use rand::SeedableRng;
    use rand::rngs::SmallRng;

    const MODULE: f64 = 25.4 / 150.0;

    /// White paper with one bar of 60 modules, its left edge at x = 20.
    fn bar() -> Printed {
        Printed {
            kind: Kind::Payment,
            text: String::new(),
            valid: true,
            modules: Modules::Bars(vec![60]),
            x: 20.0,
            y: 10.0,
            module: MODULE,
            height: 20.0,
            printer: Printer { dpi: 600.0, spread: 0.0 },
            gap: None,
        }
    }

    fn lamp() -> Lamp {
        Lamp {
            place: [25.0, 20.0, -5000.0],
            ambient: 0.5,
            gloss: None,
            shades: Vec::new(),
            vignette: 0.0,
            flare: 0.0,
            tint: (1.0, 1.0),
        }
    }

    fn still(code: &Printed) -> Still {
        let mut rng = SmallRng::seed_from_u64(1);
        let paper = Area { x: 0.0, y: 0.0, w: 60.0, h: 40.0 };
        let mut page = Drawing::default();
        page.fill(Area { x: -50.0, y: -50.0, w: 200.0, h: 200.0 }, "#ffffff");
        let around = Area { x: code.x - 0.4, y: code.y - 0.4, w: code.width() + 0.8, h: code.height + 0.8 };
        Still {
            page,
            below: None,
            paper,
            table: Table::random(&mut rng),
            tint: [1.0; 3],
            ink: [BLACK; 3],
            imprint: Some((Imprint::new(code, &Defects::default(), &mut rng), around)),
            inks: Vec::new(),
            layers: Vec::new(),
        }
    }

    fn take(code: &Printed, module_px: f64, rotate: f64, spreads: Vec<Spread>) -> Take {
        let aim = Aim {
            size: (160, 120),
            point: (code.x, code.y + code.height / 2.0),
            pixel: (70.3, 61.6),
            scale: module_px / MODULE,
            rotate,
            tilt: 0.0,
            toward: 0.0,
            focal: 1.0,
            distortion: 0.0,
            curl: None,
        };
        let subject = Area { x: code.x - 5.0, y: code.y, w: code.width() + 5.0, h: code.height };
        Take { view: View::new(&aim, None, (0.0, 0.0)), lamp: lamp(), spreads, level: 0.6, subject }
    }

    /// Standard deviation, in pixels, of the line spread that the picture of the bar's left edge shows.
    fn edge_spread(take: &Take, plane: &[f32], (low, high): (f64, f64)) -> f64 {
        // Wide enough that the turned grid of pixels leaves none empty.
        const BINS: usize = 100;
        const REACH: f64 = 10.0;
        let mut bins = vec![(0.0, 0.0); BINS];
        let (a, b) = (take.view.pixel(20.0, 19.0), take.view.pixel(20.0, 21.0));
        let length = (b.0 - a.0).hypot(b.1 - a.1);
        let (dx, dy) = ((b.0 - a.0) / length, (b.1 - a.1) / length);
        for row in 50..72 {
            for column in 0..160 {
                let (u, v) = (f64::from(column) + 0.5 - a.0, f64::from(row) + 0.5 - a.1);
                // To the right of a line that runs down is towards the bar.
                let far = u * dy - v * dx;
                if far.abs() < REACH {
                    let bin = &mut bins[((far + REACH) / (2.0 * REACH) * BINS as f64) as usize];
                    let value = f64::from(plane[row as usize * 160 + column as usize]);
                    *bin = (bin.0 + (value - low) / (high - low), bin.1 + 1.0);
                }
            }
        }
        let edge: Vec<f64> = bins.iter().map(|(sum, count)| sum / f64::max(*count, 1.0)).collect();
        // ∫ of the edge's distance from a sharp one, times distance, is half the variance of its derivative.
        let step = 2.0 * REACH / BINS as f64;
        let variance: f64 = edge
            .iter()
            .enumerate()
            .map(|(at, value)| {
                let far = (at as f64 + 0.5) * step - REACH;
                let sharp = if far < 0.0 { 1.0 } else { 0.0 };
                2.0 * (value - sharp) * far * step
            })
            .sum();
        variance.sqrt()
    }

    #[test]
    fn an_edge_is_as_blurred_as_asked_beside_the_pixel_itself() {
        let code = bar();
        // (pixels a module, turn, spreads, why)
        let cases = [
            (1.0, 4.0, vec![Spread::Bell(0.6)], "a bell narrower than a pixel"),
            (0.6, 7.0, vec![Spread::Bell(0.36)], "the finest that is asked"),
            (0.8, 5.0, vec![Spread::Disc(1.28)], "a disc of standard deviation 0.64"),
            (2.0, 3.0, vec![Spread::Bell(2.6)], "the widest that is asked"),
            (1.0, 6.0, vec![Spread::Disc(0.84), Spread::Bell(0.43)], "a disc and a bell"),
            (1.3, 185.0, vec![Spread::Path(1.5, 0.0), Spread::Bell(0.3)], "moved across the bars, upside down"),
        ];
        for (module_px, rotate, spreads, why) in cases {
            let take = take(&code, module_px, rotate, spreads.clone());
            let stage: Stage<1> = Stage::new(still(&code), &take).expect("a stage");
            let planes = stage.shoot(&take);
            let exposure = take.exposure();
            let (low, high) = (exposure * f64::from(BLACK), exposure * f64::from(WHITE));
            let found = edge_spread(&take, &planes[0], (low, high));
            let (s, c) = rotate.to_radians().sin_cos();
            let asked: f64 = spreads.iter().map(|spread| spread.variance((c, s))).sum();
            // The pixel's own square has variance 1/12 whichever way it is looked at.
            let expected = (asked + 1.0 / 12.0).sqrt();
            assert!((found - expected).abs() < 0.04 * expected + 0.01, "{why}: {found} px instead of {expected}");
        }
    }

    #[test]
    fn white_paper_is_exposed_to_the_level_asked_for_and_bars_to_their_share_of_it() {
        let code = bar();
        let take = take(&code, 2.0, 0.0, vec![Spread::Bell(0.5)]);
        let stage: Stage<3> = Stage::new(still(&code), &take).expect("a stage");
        for plane in stage.shoot(&take) {
            let (white, black) = (f64::from(plane[60 * 160 + 30]), f64::from(plane[60 * 160 + 120]));
            assert!((white - 0.6).abs() < 0.01, "paper at {white}");
            assert!((black - 0.6 * f64::from(BLACK / WHITE)).abs() < 0.005, "bars at {black}");
        }
    }

    #[test]
    fn light_and_shade_fall_where_they_are_put() {
        let shade = |outline, penumbra| Shade { outline, penumbra };
        let half = Outline::Half { at: (10.0, 0.0), toward: 0.0 };
        let round = Outline::Round { centre: (0.0, 0.0), radius: 5.0, outside: false };
        let hole = Outline::Round { centre: (0.0, 0.0), radius: 5.0, outside: true };
        // (shade, point, share of the lamp seen, why)
        let cases = [
            (shade(half, 0.2), (5.0, 3.0), 1.0, "before the line"),
            (shade(half, 0.2), (15.0, 3.0), 0.0, "behind it"),
            (shade(half, 4.0), (10.0, 9.0), 0.5, "in the middle of its penumbra"),
            (shade(round, 0.2), (3.0, 0.0), 0.0, "under the disc"),
            (shade(round, 0.2), (6.0, 0.0), 1.0, "beside it"),
            (shade(hole, 0.2), (3.0, 0.0), 1.0, "through the hole"),
        ];
        for (shade, point, expected, why) in cases {
            assert!((shade.open(point) - expected).abs() < 1e-9, "{why}: {}", shade.open(point));
        }
        let near = Lamp { place: [0.0, 0.0, -50.0], ambient: 0.0, ..lamp() };
        let flat = [0.0, 0.0, -1.0];
        // Cosine and square of the distance: at as much to the side as it is high, a quarter times the cosine of 45°.
        let (direct, _) = near.falls([50.0, 0.0, 0.0], flat, [0.0; 3]);
        assert!((direct - 0.5 * 0.5f64.sqrt()).abs() < 1e-9, "{direct}");
        // A mirror image lies where the angles are equal, and fades beside it.
        let shiny = Lamp { place: [40.0, 0.0, -100.0], gloss: Some((0.5, 2000.0)), ..lamp() };
        let lens = [0.0, 0.0, -100.0];
        assert!((shiny.mirrors([20.0, 0.0, 0.0], flat, lens) - 0.5).abs() < 1e-9);
        assert!(shiny.mirrors([35.0, 0.0, 0.0], flat, lens) < 0.05);
    }
}
