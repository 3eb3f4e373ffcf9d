//! The most likely characters, and the next likely ones: the exact Viterbi algorithm over neighbouring characters that
//! blur into each other, and an A* list in order of cost with the Viterbi metric as its perfect heuristic.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::ops::Range;

use super::model::{BARS, EdgeResponse, FREE, FREE_START, STOP_BARS, STOP_START, VALUES};
use crate::symbol::code128::{FNC1, START_C};

/// A value that cannot be.
const NEVER: f32 = 1e30;

/// Costs of every character at every place and of every pair of neighbours, in nats (negative log-likelihood).
/// They add up over frames: that is how evidence is gathered.
#[derive(Debug, Clone, Default)]
pub(super) struct Metrics {
    /// `FREE × VALUES`.
    pub(super) single: Vec<f32>,
    /// `(FREE - 1) × VALUES × VALUES`.
    pub(super) pair: Vec<f32>,
}

/// Darkness samples with weights, for the metrics.
#[derive(Debug, Clone, Copy)]
pub(super) struct Samples<'a> {
    /// Modules, rising.
    pub(super) u: &'a [f32],
    /// Local module over the mean one.
    pub(super) scale: &'a [f32],
    /// Darkness, 0..1.
    pub(super) darkness: &'a [f32],
    /// Inverse of twice the variance.
    pub(super) weight: &'a [f32],
}

impl Samples<'_> {
    /// Modules beyond its own that a character's bars reach.
    fn reach(&self, edge: &EdgeResponse, spread: f32) -> f32 {
        let widest = 1.0 / self.scale.iter().copied().fold(f32::INFINITY, f32::min).max(0.2);
        (edge.reach * widest + spread.abs()).min(6.0)
    }
}

/// Places whose character is known beforehand: START C, FNC1 and STOP, of which the first eleven modules are judged.
pub(super) const KNOWN: usize = 3;

/// What any other character would cost in each of the [`KNOWN`] places, less what the known one costs, in nats. The
/// lattice takes these three for granted: a symbol that has another one in their place is no payment symbol, however
/// plain its digits are.
#[derive(Debug, Clone)]
pub(super) struct Rivals([[f32; BARS.len()]; KNOWN]);

impl Default for Rivals {
    fn default() -> Self {
        Self([[0.0; BARS.len()]; KNOWN])
    }
}

impl Rivals {
    /// By `residual`, which is what a decided word leaves unexplained at each sample.
    pub(super) fn new(samples: Samples<'_>, edge: &EdgeResponse, spread: f32, residual: &[f32]) -> Self {
        let Samples { u, weight, .. } = samples;
        let reach = samples.reach(edge, spread);
        let [a, b, c, _] = STOP_BARS;
        let known =
            [(0.0, BARS[usize::from(START_C)]), (FREE_START / 2.0, BARS[usize::from(FNC1)]), (STOP_START, [a, b, c])];
        let (mut steps, mut rest, mut rivals) = (Steps::default(), Vec::new(), Self::default());
        for (costs, (start, bars)) in rivals.0.iter_mut().zip(known) {
            steps.range = u.partition_point(|u| *u < start - reach)..u.partition_point(|u| *u < start + 11.0 + reach);
            steps.set(&samples, start, edge, spread);
            rest.clear();
            rest.extend_from_slice(residual);
            let mut own = 0.0f64;
            for (i, seen) in steps.range.clone().zip(&steps.seen) {
                let at = |(rise, fall): &(f32, f32)| seen[*rise as usize] - seen[PLACES + *fall as usize];
                let darkness: f32 = bars.iter().map(at).sum();
                own -= f64::from(weight[i] * darkness) * f64::from(darkness + 2.0 * residual[i]);
                rest[i] += darkness;
            }
            steps.costs(weight, &rest, costs);
            costs.iter_mut().for_each(|cost| *cost = (f64::from(*cost) - own) as f32);
        }
        rivals
    }

    /// Multiplies all: by less than one where they overstate the evidence.
    pub(super) fn scale(&mut self, factor: f32) {
        self.0.as_flattened_mut().iter_mut().for_each(|v| *v *= factor);
    }

    /// Takes out what was said of one place, whose stretch shows something else.
    pub(super) fn erase(&mut self, place: usize) {
        self.0[place].fill(0.0);
    }

    /// Lets what is there fade to `kept` of itself and adds `share` of `other`.
    pub(super) fn fade_and_add(&mut self, kept: f32, other: &Self, share: f32) {
        for (sum, add) in self.0.as_flattened_mut().iter_mut().zip(other.0.as_flattened()) {
            *sum = kept * *sum + share * add;
        }
    }

    /// Those of the two that speak more against the known characters.
    pub(super) fn or(self, other: Self) -> Self {
        if other.penalty() > self.penalty() { other } else { self }
    }

    /// By how much others are likelier than the known characters, in nats. Not less than 0.
    pub(super) fn penalty(&self) -> f32 {
        self.0.iter().map(|costs| costs.iter().fold(0.0f32, |most, cost| most.max(-cost))).sum()
    }
}

/// The largest cost of a character, in nats: words of 23 of them differ by hundredths of a nat at the least, as an `f32` has
/// them, and the nearest two characters by a hundredth of this at any blur that is believed.
const MOST_COST: f32 = 2e4;

impl Metrics {
    /// Becomes the metrics of one frame. `spread` as in [`super::model::darkness`].
    pub(super) fn set(&mut self, samples: Samples<'_>, edge: &EdgeResponse, spread: f32) {
        let Samples { u, scale, darkness, weight } = samples;
        let n = u.len();
        let reach = samples.reach(edge, spread);
        // What is known is taken off first.
        let mut rest = darkness.to_vec();
        let bar = |u: f32, scale: f32, start: f32, (rise, fall): (f32, f32)| {
            edge.at((u - start - rise + spread) * scale) - edge.at((u - start - fall - spread) * scale)
        };
        for i in 0..n {
            if u[i] < FREE_START + reach {
                for b in BARS[usize::from(START_C)] {
                    rest[i] -= bar(u[i], scale[i], 0.0, b);
                }
                for b in BARS[usize::from(FNC1)] {
                    rest[i] -= bar(u[i], scale[i], 11.0, b);
                }
            }
            if u[i] > STOP_START - reach {
                for b in STOP_BARS {
                    rest[i] -= bar(u[i], scale[i], STOP_START, b);
                }
            }
        }
        let Self { single, pair } = self;
        for (costs, count) in [(&mut *single, FREE * VALUES), (&mut *pair, (FREE - 1) * VALUES * VALUES)] {
            // A megabyte that is kept: only its contents go.
            costs.clear();
            costs.resize(count, 0.0);
        }
        let (mut before, mut own) = (Steps::default(), Steps::default());
        for k in 0..FREE {
            let start = FREE_START + 11.0 * k as f32;
            own.range = u.partition_point(|u| *u < start - reach)..u.partition_point(|u| *u < start + 11.0 + reach);
            own.set(&samples, start, edge, spread);
            own.costs(weight, &rest, &mut single[k * VALUES..][..VALUES]);
            if k > 0 {
                // Samples that both characters reach.
                let shared = own.range.start..before.range.end.min(u.partition_point(|u| *u < start + reach));
                before.costs_with(&own, shared, weight, &mut pair[(k - 1) * VALUES * VALUES..][..VALUES * VALUES]);
            }
            std::mem::swap(&mut before, &mut own);
        }
    }

    /// Becomes `share` of `other`, in the memory that is there.
    pub(super) fn copy(&mut self, other: &Self, share: f32) {
        for (own, new) in [(&mut self.single, &other.single), (&mut self.pair, &other.pair)] {
            own.clear();
            own.extend(new.iter().map(|v| share * v));
        }
    }

    /// Multiplies all costs: by less than one where they overstate the evidence.
    pub(super) fn scale(&mut self, factor: f32) {
        self.single.iter_mut().chain(&mut self.pair).for_each(|v| *v *= factor);
    }

    /// Scales all costs down until none is larger than [`MOST_COST`]. Of a plain symbol two hundred rows high the sums reach
    /// tens of millions, of which an `f32` tells no single nats: a word cost four more than itself.
    pub(super) fn limit(&mut self) {
        let most = self.single.iter().fold(0.0f32, |most, cost| most.max(cost.abs()));
        if most > MOST_COST {
            self.scale(MOST_COST / most);
        }
    }

    /// Lets what is there fade to `kept` of itself and adds `share` of `other`. Both must have been set.
    pub(super) fn fade_and_add(&mut self, kept: f32, other: &Self, share: f32) {
        for (sum, add) in [(&mut self.single, &other.single), (&mut self.pair, &other.pair)] {
            for (sum, add) in sum.iter_mut().zip(add) {
                *sum = kept * *sum + share * add;
            }
        }
    }

    /// Takes out what was said of character `k`, whose stretch shows something else. What its neighbours share with it
    /// stays as if it were `value`.
    pub(super) fn erase(&mut self, k: usize, value: u8) {
        let value = usize::from(value);
        if k > 0 {
            for a in 0..VALUES {
                let at = ((k - 1) * VALUES + a) * VALUES;
                self.single[(k - 1) * VALUES + a] += self.pair[at + value];
                self.pair[at..at + VALUES].fill(0.0);
            }
        }
        if k + 1 < FREE {
            let at = k * VALUES * VALUES;
            for a in 0..VALUES {
                self.single[(k + 1) * VALUES + a] += self.pair[at + value * VALUES + a];
            }
            self.pair[at..at + VALUES * VALUES].fill(0.0);
        }
        self.single[k * VALUES..(k + 1) * VALUES].fill(0.0);
    }

    /// The second least of what changing one character of `values` costs, its neighbours as they are, in nats: two
    /// must change for the symbol's check character to hold again, so this much at least lies between it and the next
    /// word that checks. Not less than 0.
    pub(super) fn weakest_pair(&self, values: &[u8; FREE]) -> f32 {
        let (mut least, mut second) = (f32::INFINITY, f32::INFINITY);
        for k in 0..FREE {
            let own = usize::from(values[k]);
            let at = |a: usize| {
                let before = if k > 0 { self.pairs_from(k - 1, usize::from(values[k - 1]))[a] } else { 0.0 };
                let after = if k + 1 < FREE { self.pairs_from(k, a)[usize::from(values[k + 1])] } else { 0.0 };
                self.single(k)[a] + before + after
            };
            let here = at(own);
            let gap = (0..VALUES).filter(|a| *a != own).map(|a| at(a) - here).fold(f32::INFINITY, f32::min).max(0.0);
            (least, second) = if gap < least { (gap, least) } else { (least, second.min(gap)) };
        }
        least + second
    }

    fn single(&self, k: usize) -> &[f32] {
        &self.single[k * VALUES..(k + 1) * VALUES]
    }

    fn pairs_from(&self, k: usize, a: usize) -> &[f32] {
        &self.pair[(k * VALUES + a) * VALUES..][..VALUES]
    }
}

/// Places within a character at which bars begin or end.
const PLACES: usize = 12;
/// Steps from space to bar at each of them, then from bar to space.
const STEPS: usize = 2 * PLACES;
/// The steps of a character's three bars.
const EDGES: usize = 6;

/// Each character as a sum of steps: its darkness is that of three steps up less that of three steps down. So is all that
/// follows from it: what 103 characters and their pairs cost are sums of a few of what 24 steps and their pairs do.
static STEPS_OF: [[u8; EDGES]; BARS.len()] = {
    let mut steps = [[0; EDGES]; BARS.len()];
    let mut value = 0;
    while value < BARS.len() {
        let mut bar = 0;
        while bar < 3 {
            let (rise, fall) = BARS[value][bar];
            steps[value][2 * bar] = rise as u8;
            steps[value][2 * bar + 1] = fall as u8 + PLACES as u8;
            bar += 1;
        }
        value += 1;
    }
    steps
};
/// Which way each of them goes.
const SIGNS: [f64; EDGES] = [1.0, -1.0, 1.0, -1.0, 1.0, -1.0];

/// The steps of one character's place as the camera sees them.
#[derive(Debug, Default)]
struct Steps {
    /// Samples that the character reaches.
    range: Range<usize>,
    /// Darkness of each step at each of them.
    seen: Vec<[f32; STEPS]>,
}

impl Steps {
    /// Of a character that begins at module `start`, over `self.range`.
    fn set(&mut self, samples: &Samples<'_>, start: f32, edge: &EdgeResponse, spread: f32) {
        self.seen.clear();
        for (u, scale) in samples.u[self.range.clone()].iter().zip(&samples.scale[self.range.clone()]) {
            let mut seen = [0.0; STEPS];
            for place in 0..PLACES {
                let d = u - start - place as f32;
                seen[place] = edge.at((d + spread) * scale);
                seen[PLACES + place] = edge.at((d - spread) * scale);
            }
            self.seen.push(seen);
        }
    }

    /// Weighted products of these steps with each other, as in [`Steps::products_with`]: half of them are the other half.
    fn products(&self, weight: &[f32]) -> [[f64; STEPS]; STEPS] {
        let mut products = [[0.0; STEPS]; STEPS];
        for (i, seen) in self.range.clone().zip(&self.seen) {
            let other = seen.map(f64::from);
            for (first, (products, own)) in products.iter_mut().zip(seen).enumerate() {
                let weighted = f64::from(weight[i] * own);
                // From an even place on, so that two fit side by side.
                let from = first & !1;
                for (product, other) in products[from..].iter_mut().zip(&other[from..]) {
                    *product += weighted * other;
                }
            }
        }
        for (row, column) in (1..STEPS).flat_map(|row| (0..row).map(move |column| (row, column))) {
            products[row][column] = products[column][row];
        }
        products
    }

    /// Weighted products of these steps with `other`'s, summed over samples that both reach. In f64: sums of them are
    /// differences of large numbers.
    fn products_with(&self, other: &Self, shared: Range<usize>, weight: &[f32]) -> [[f64; STEPS]; STEPS] {
        let mut products = [[0.0; STEPS]; STEPS];
        for i in shared {
            let (own, other) = (&self.seen[i - self.range.start], &other.seen[i - other.range.start]);
            let other = other.map(f64::from);
            for (products, own) in products.iter_mut().zip(own) {
                let weighted = f64::from(weight[i] * own);
                for (product, other) in products.iter_mut().zip(&other) {
                    *product += weighted * other;
                }
            }
        }
        products
    }

    /// What each value costs by itself where `rest` is seen: its square less twice its product with that.
    fn costs(&self, weight: &[f32], rest: &[f32], out: &mut [f32]) {
        let products = self.products(weight);
        let mut with_rest = [0.0f64; STEPS];
        for (i, seen) in self.range.clone().zip(&self.seen) {
            let weighted = f64::from(weight[i] * rest[i]);
            for (sum, seen) in with_rest.iter_mut().zip(seen) {
                *sum += weighted * f64::from(*seen);
            }
        }
        for (out, steps) in out.iter_mut().zip(&STEPS_OF) {
            let mut cost = 0.0;
            for (step, sign) in steps.iter().zip(SIGNS) {
                let with = &products[usize::from(*step)];
                let own: f64 = steps.iter().zip(SIGNS).map(|(step, sign)| sign * with[usize::from(*step)]).sum();
                cost += sign * (own - 2.0 * with_rest[usize::from(*step)]);
            }
            *out = cost as f32;
        }
    }

    /// What each pair of values costs beyond what each costs by itself: twice their product. `self` stands first.
    fn costs_with(&self, next: &Self, shared: Range<usize>, weight: &[f32], out: &mut [f32]) {
        if shared.is_empty() {
            return;
        }
        let products = self.products_with(next, shared, weight);
        // Each step of the first with each value of the second.
        let mut with_values = [[0.0f32; VALUES]; STEPS];
        for (with_values, products) in with_values.iter_mut().zip(&products) {
            for (with, steps) in with_values.iter_mut().zip(&STEPS_OF) {
                let sum: f64 = steps.iter().zip(SIGNS).map(|(step, sign)| sign * products[usize::from(*step)]).sum();
                *with = 2.0 * sum as f32;
            }
        }
        for (out, steps) in out.chunks_exact_mut(VALUES).zip(&STEPS_OF) {
            let [a, b, c, d, e, f] = steps.map(|step| &with_values[usize::from(step)]);
            for (i, out) in out.iter_mut().enumerate() {
                *out = a[i] - b[i] + c[i] - d[i] + e[i] - f[i];
            }
        }
    }
}

/// Which value may stand where, as a cost: 0, a few nats for the unlikely, [`NEVER`].
#[derive(Debug, Clone)]
pub(super) struct Prior(Vec<f32>);

impl Prior {
    /// Nothing is known: any value anywhere.
    pub(super) fn none() -> Self {
        Self(vec![0.0; FREE * VALUES])
    }

    /// The pairs that the grammar allows, then any check character.
    pub(super) fn pairs(pairs: &[[bool; 100]; 22]) -> Self {
        let mut costs = vec![NEVER; FREE * VALUES];
        for (costs, pairs) in costs.chunks_exact_mut(VALUES).zip(pairs) {
            for (cost, allowed) in costs.iter_mut().zip(pairs) {
                if *allowed {
                    *cost = 0.0;
                }
            }
        }
        costs[(FREE - 1) * VALUES..].fill(0.0);
        Self(costs)
    }

    fn at(&self, k: usize) -> &[f32] {
        &self.0[k * VALUES..(k + 1) * VALUES]
    }
}

/// The best path and, for each state, the least cost of getting there.
#[derive(Debug, Clone)]
pub(super) struct Viterbi {
    pub(super) cost: f32,
    pub(super) values: [u8; FREE],
    forward: Vec<f32>,
}

/// Exact minimisation over all words.
pub(super) fn viterbi(metrics: &Metrics, prior: &Prior) -> Viterbi {
    viterbi_of_sum((1.0, metrics), None, prior)
}

/// The same for the sum of two metrics, each with its share: what evidence and one more frame say together, before
/// they are put together.
pub(super) fn viterbi_of_sum(one: (f32, &Metrics), other: Option<(f32, &Metrics)>, prior: &Prior) -> Viterbi {
    let join = |one_costs: &[f32], other_costs: Option<(f32, &[f32])>, out: &mut [f32; VALUES]| match other_costs {
        None => out.iter_mut().zip(one_costs).for_each(|(out, a)| *out = one.0 * a),
        Some((share, more)) => {
            for ((out, a), b) in out.iter_mut().zip(one_costs).zip(more) {
                *out = one.0 * a + share * b;
            }
        }
    };
    let single = |k: usize, out: &mut [f32; VALUES]| join(one.1.single(k), other.map(|(s, m)| (s, m.single(k))), out);
    let pair = |k: usize, a: usize, b: usize| {
        let own = one.0 * one.1.pairs_from(k, a)[b];
        other.map_or(own, |(share, more)| own + share * more.pairs_from(k, a)[b])
    };
    let mut costs = [0.0f32; VALUES];
    let mut forward = vec![NEVER; FREE * VALUES];
    single(0, &mut costs);
    for (out, (cost, prior)) in forward.iter_mut().zip(costs.iter().zip(prior.at(0))) {
        *out = cost + prior;
    }
    for k in 1..FREE {
        let (before, out) = forward[(k - 1) * VALUES..(k + 1) * VALUES].split_at_mut(VALUES);
        for (a, here) in before.iter().enumerate().filter(|(_, here)| **here < NEVER) {
            join(one.1.pairs_from(k - 1, a), other.map(|(s, m)| (s, m.pairs_from(k - 1, a))), &mut costs);
            // Least costs alone, four at once: which value each came from is asked on the way back, of one path.
            for (least, pair) in out.iter_mut().zip(&costs) {
                let cost = here + pair;
                *least = if cost < *least { cost } else { *least };
            }
        }
        single(k, &mut costs);
        for ((least, cost), prior) in out.iter_mut().zip(&costs).zip(prior.at(k)) {
            *least = if *prior >= NEVER { NEVER } else { *least + cost + prior };
        }
    }
    let least = |best: (usize, f32), (i, cost): (usize, f32)| if cost < best.1 { (i, cost) } else { best };
    let (end, cost) = forward[(FREE - 1) * VALUES..].iter().copied().enumerate().fold((0, NEVER), least);
    let mut values = [0; FREE];
    values[FREE - 1] = end as u8;
    for k in (1..FREE).rev() {
        let next = usize::from(values[k]);
        let before = forward[(k - 1) * VALUES..k * VALUES].iter().enumerate();
        let through = before.map(|(a, here)| (a, here + pair(k - 1, a, next)));
        values[k - 1] = through.fold((0, NEVER), least).0 as u8;
    }
    Viterbi { cost, values, forward }
}

/// A word of the list.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word {
    pub(super) cost: f32,
    pub(super) values: [u8; FREE],
}

/// The first words in order of cost that `fits`, at most two, and the cost up to which the list is complete.
#[derive(Debug, Clone)]
pub(super) struct List {
    pub(super) words: Vec<Word>,
    /// No word that fits and is not in `words` costs less.
    pub(super) horizon: f32,
}

struct Node {
    estimate: f32,
    cost: f32,
    place: u8,
    value: u8,
    parent: u32,
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Node {}
impl PartialOrd for Node {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Node {
    // The heap gives the greatest first: the least estimate must be it.
    fn cmp(&self, other: &Self) -> Ordering {
        other.estimate.total_cmp(&self.estimate)
    }
}

/// How far a list is searched.
#[derive(Debug, Clone, Copy)]
pub(super) struct Depth {
    /// For the first word that fits, in nats above the best of all.
    pub(super) first: f32,
    /// For the second, in nats above the first.
    pub(super) second: f32,
    /// Steps at most.
    pub(super) steps: usize,
}

/// Lists words by cost from the best, backwards through the trellis, until two fit or it went to its depth.
pub(super) fn list(
    metrics: &Metrics,
    prior: &Prior,
    viterbi: &Viterbi,
    depth: Depth,
    fits: impl Fn(&[u8; FREE]) -> bool,
) -> List {
    // What is further from the best than both together is of no use to either.
    let limit = viterbi.cost + depth.first + depth.second;
    let mut stop = viterbi.cost + depth.first;
    let mut heap = BinaryHeap::new();
    // (place, value, parent) of every node taken from the heap.
    let mut taken: Vec<(u8, u8, u32)> = Vec::new();
    for value in 0..VALUES {
        let estimate = viterbi.forward[(FREE - 1) * VALUES + value];
        if estimate <= limit {
            let cost = metrics.single(FREE - 1)[value] + prior.at(FREE - 1)[value];
            heap.push(Node { estimate, cost, place: FREE as u8 - 1, value: value as u8, parent: u32::MAX });
        }
    }
    let mut words = Vec::new();
    let mut horizon = limit;
    let mut steps = 0;
    while let Some(node) = heap.pop() {
        steps += 1;
        if steps > depth.steps || node.estimate > stop {
            horizon = node.estimate;
            break;
        }
        let index = taken.len() as u32;
        taken.push((node.place, node.value, node.parent));
        if node.place == 0 {
            let mut values = [0; FREE];
            let mut at = index;
            while at != u32::MAX {
                let (place, value, parent) = taken[at as usize];
                values[usize::from(place)] = value;
                at = parent;
            }
            if fits(&values) {
                words.push(Word { cost: node.estimate, values });
                if words.len() == 2 {
                    horizon = node.estimate;
                    break;
                }
                stop = node.estimate + depth.second;
            }
            continue;
        }
        let k = usize::from(node.place) - 1;
        for a in 0..VALUES {
            let forward = viterbi.forward[k * VALUES + a];
            if forward >= NEVER {
                continue;
            }
            let pair = metrics.pairs_from(k, a)[usize::from(node.value)];
            let estimate = forward + pair + node.cost;
            if estimate <= limit {
                let cost = node.cost + pair + metrics.single(k)[a] + prior.at(k)[a];
                heap.push(Node { estimate, cost, place: k as u8, value: a as u8, parent: index });
            }
        }
    }
    List { words, horizon }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::symbol::code128::tests::payment;
    use crate::symbol::soft::model;

    const S1: &str = "91912345000012025010123456780026093000125005";

    fn metrics(sigma: f32, noise: f32) -> (Metrics, [u8; FREE]) {
        let all = payment(S1);
        let values: [u8; FREE] = std::array::from_fn(|k| all[k + 2]);
        let edge = EdgeResponse::gauss(sigma, 2.0, 0.25);
        let u: Vec<f32> = (-48..294 * 8).map(|i| i as f32 / 8.0).collect();
        let scale = vec![1.0; u.len()];
        let mut darkness = Vec::new();
        model::darkness(&u, &scale, &model::bars(&values), 0.05, &edge, &mut darkness);
        let mut state = 9u64;
        for d in &mut darkness {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *d += noise * ((state >> 40) as f32 / 8_388_608.0 - 1.0) * 1.7;
        }
        let weight = vec![0.5 / (noise * noise).max(1e-4); u.len()];
        let samples = Samples { u: &u, scale: &scale, darkness: &darkness, weight: &weight };
        let mut metrics = Metrics::default();
        metrics.set(samples, &edge, 0.05);
        (metrics, values)
    }

    #[test]
    fn however_plain_a_symbol_is_its_word_costs_no_more_than_itself() {
        for factor in [1.0, 1e3, 1e5, 1e7] {
            let (mut metrics, values) = metrics(0.7, 0.01);
            metrics.scale(factor);
            metrics.limit();
            let free = viterbi(&metrics, &Prior::none());
            assert_eq!(free.values, values, "{factor}");
            // Found by another way, which adds in another order.
            let depth = Depth { first: 5.0, second: 30.0, steps: 20_000 };
            let list = list(&metrics, &Prior::none(), &free, depth, |word| *word == values);
            let own = list.words.first().map_or(f32::INFINITY, |word| word.cost);
            assert!((own - free.cost).abs() < 0.1, "{factor}: {own} and {}", free.cost);
        }
    }

    #[test]
    fn what_words_cost_is_what_their_bars_leave() {
        // One module in five wider and narrower, and light that no word explains.
        let edge = EdgeResponse::gauss(0.9, 1.3, 0.25);
        let u: Vec<f32> = (-20..1176).map(|i| i as f32 / 4.0).collect();
        let scale: Vec<f32> = u.iter().map(|u| 1.0 + 0.2 * (u / 40.0).sin()).collect();
        let seen: Vec<f32> = u.iter().map(|u| 0.5 + 0.4 * (u * 1.7).sin()).collect();
        let weight: Vec<f32> = u.iter().map(|u| 30.0 + 9.0 * (u * 0.3).cos()).collect();
        let samples = Samples { u: &u, scale: &scale, darkness: &seen, weight: &weight };
        let mut metrics = Metrics::default();
        metrics.set(samples, &edge, 0.07);
        let left = |values: &[u8; FREE]| -> f64 {
            let mut drawn = Vec::new();
            model::darkness(&u, &scale, &model::bars(values), 0.07, &edge, &mut drawn);
            let square = |((d, s), w): ((&f32, &f32), &f32)| f64::from(*w) * f64::from(d - s).powi(2);
            drawn.iter().zip(&seen).zip(&weight).map(square).sum()
        };
        let cost = |values: &[u8; FREE]| -> f64 {
            let singles = values.iter().enumerate().map(|(k, v)| metrics.single(k)[usize::from(*v)]);
            let pairs = values.windows(2).enumerate();
            let pairs = pairs.map(|(k, v)| metrics.pairs_from(k, usize::from(v[0]))[usize::from(v[1])]);
            singles.chain(pairs).map(f64::from).sum()
        };
        let words: [[u8; FREE]; 4] =
            std::array::from_fn(|w| std::array::from_fn(|k| ((w * 31 + k * 17) % VALUES) as u8));
        for word in &words[1..] {
            let (direct, summed) = (left(word) - left(&words[0]), cost(word) - cost(&words[0]));
            assert!((direct - summed).abs() < 1e-3 * direct.abs().max(100.0), "{direct} against {summed}");
        }
    }

    #[test]
    fn the_word_is_found_through_heavy_blur() {
        for (sigma, noise) in [(0.4, 0.02), (1.0, 0.01), (1.3, 0.002)] {
            let (metrics, values) = metrics(sigma, noise);
            assert_eq!(viterbi(&metrics, &Prior::none()).values, values, "sigma {sigma}, noise {noise}");
        }
    }

    #[test]
    fn the_list_is_in_order_and_starts_with_the_best() {
        let (metrics, values) = metrics(0.8, 0.2);
        let prior = Prior::none();
        let best = viterbi(&metrics, &prior);
        let depth = Depth { first: 200.0, second: 200.0, steps: 200_000 };
        let list_of = |skip: &[[u8; FREE]]| {
            let list = list(&metrics, &prior, &best, depth, |v| !skip.contains(v));
            assert_eq!(list.words.len(), 2);
            assert!(list.words[0].cost <= list.words[1].cost);
            list.words
        };
        let first = list_of(&[]);
        assert_eq!(first[0].values, best.values);
        assert!((first[0].cost - best.cost).abs() < 0.01 * best.cost.abs().max(1.0));
        let next = list_of(&[best.values]);
        assert_eq!(next[0], first[1]);
        assert!(values.iter().zip(best.values).filter(|(a, b)| **a != *b).count() <= 3);
    }

    #[test]
    fn a_prior_forbids() {
        let (metrics, values) = metrics(0.4, 0.02);
        let mut pairs = [[true; 100]; 22];
        pairs[5] = [false; 100];
        pairs[5][77] = true;
        let found = viterbi(&metrics, &Prior::pairs(&pairs));
        assert_eq!(found.values[5], 77);
        assert_eq!(found.values[..4], values[..4]);
    }
}
