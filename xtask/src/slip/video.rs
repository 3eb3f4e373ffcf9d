//! A hand that brings a camera over a notice and tries to hold it still.

use super::VideoArgs;
use super::camera::{Aim, Camera, Light, Optics, Pose, Sensor};
use super::print::Printed;
use super::stage::light;
use rand::Rng;
use rand::rngs::SmallRng;

/// Frames from the empty table to the notice.
const APPROACH: f64 = 10.0;
/// Frames a second that the motion is made for.
const RATE: f64 = 30.0;

/// A slow wobble: three sines.
#[derive(Debug, Clone, Copy)]
struct Wobble([(f64, f64, f64); 3]);

impl Wobble {
    /// A hand's tremor: most of it below 2 Hz, a little up to 9.
    fn new(rng: &mut SmallRng) -> Self {
        let mut part = |size: f64, hertz: std::ops::Range<f64>| {
            (size, rng.random_range(hertz), rng.random_range(0.0..std::f64::consts::TAU))
        };
        Self([part(0.6, 0.3..0.8), part(0.3, 1.0..2.0), part(0.05, 6.0..9.0)])
    }

    /// Its value, about −1 to 1, at a frame.
    fn at(self, frame: f64) -> f64 {
        self.0
            .iter()
            .map(|(size, hertz, phase)| size * (std::f64::consts::TAU * hertz * frame / RATE + phase).sin())
            .sum()
    }
}

/// The hand, its shake and where it goes.
#[derive(Debug, Clone)]
pub struct Hand {
    rest: Aim,
    from: (f64, f64),
    empty: f64,
    module: f64,
    wobbles: [Wobble; 5],
    light: Light,
    noise: f64,
}

impl Hand {
    /// A hand that will come to rest over `code`.
    pub(super) fn new(code: &Printed, args: &VideoArgs, rng: &mut SmallRng) -> Self {
        let (width, height) = (f64::from(args.size.0), f64::from(args.size.1));
        let point = (code.x + code.width() / 2.0, code.y + code.height / 2.0);
        let rest = Aim {
            size: args.size,
            point,
            pixel: (width / 2.0, height / 2.0),
            scale: args.module_px / code.module,
            rotate: args.rotate,
            tilt: 7.0,
            toward: rng.random_range(0.0..360.0),
            focal: 1.0,
            distortion: 0.0,
            curl: None,
        };
        // Far enough below the sheet that nothing of it is seen at first.
        let from = (point.0 + 30.0, point.1 + width.hypot(height) / rest.scale + 160.0);
        Self {
            rest,
            from,
            empty: args.empty as f64,
            module: code.module,
            wobbles: std::array::from_fn(|_| Wobble::new(rng)),
            light: light(rng, false),
            noise: args.noise / 100.0,
        }
    }

    fn aim(&self, frame: f64) -> Aim {
        let way = ((frame - self.empty + 1.0) / APPROACH).clamp(0.0, 1.0);
        let way = way * way * (3.0 - 2.0 * way);
        let [x, y, turn, lean, near] = self.wobbles.map(|wobble| wobble.at(frame));
        let mut aim = self.rest;
        aim.point.0 = self.from.0 + (aim.point.0 - self.from.0) * way + 1.5 * x;
        aim.point.1 = self.from.1 + (aim.point.1 - self.from.1) * way + 1.5 * y;
        aim.rotate += 2.5 * turn;
        aim.tilt += 3.0 * lean;
        aim.scale *= 1.0 + 0.03 * near;
        aim
    }

    /// The camera at a frame, counted from nought.
    pub fn camera(&self, frame: usize) -> Camera {
        let frame = frame as f64;
        let aim = self.aim(frame);
        // Open for a third of a frame's time: what was under the middle then smears along its way.
        let (now, then) = (Pose::new(aim), Pose::new(self.aim(frame + 1.0 / 3.0)));
        let middle = (f64::from(aim.size.0) / 2.0, f64::from(aim.size.1) / 2.0);
        let under = now.plane(middle.0, middle.1);
        let moved = then.pixel(under.0, under.1);
        let (dx, dy) = (moved.0 - middle.0, moved.1 - middle.1);
        // The lens hunts once the notice comes into view, then holds.
        let since = frame - self.empty - APPROACH;
        let hunting = if since < 0.0 { 0.7 } else { 0.7 * (-since / 4.0).exp() };
        let sigma = (0.15 + hunting) * self.rest.scale * self.module;
        Camera {
            size: aim.size,
            pose: now,
            light: self.light.clone(),
            optics: Optics {
                sigma,
                disc: true,
                // A longer smear is only more blur, and its kernel would take seconds a frame.
                shake: dx.hypot(dy).min(24.0),
                shake_toward: dy.atan2(dx).to_degrees(),
            },
            sensor: Sensor { noise: self.noise, sharpen: 0.4, contrast: 0.25, grey: false },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slip::{NoticeArgs, stage};
    use rand::SeedableRng;

    #[test]
    fn the_notice_is_out_of_view_at_first_and_wholly_in_view_at_last() {
        let notice = NoticeArgs {
            seed: 3,
            digits: None,
            amount: None,
            limit: None,
            reissue: None,
            el_qr: None,
            layout: Some(1),
            today: jiff::civil::date(2026, 12, 1),
        };
        let mut rng = SmallRng::seed_from_u64(notice.seed);
        let sheet = notice.draw(&mut rng).expect("a sheet");
        let args = VideoArgs {
            notice,
            size: (1280, 720),
            frames: 60,
            empty: 10,
            module_px: 2.7,
            rotate: 4.0,
            noise: 0.8,
            jpeg: 88,
            out: None,
            stills: None,
        };
        let code = sheet.payment().expect("a bar code");
        let hand = Hand::new(code, &args, &mut rng);
        for frame in 0..9 {
            let pose = hand.camera(frame).pose;
            let seen = [(0.0, 0.0), (1280.0, 0.0), (1280.0, 720.0), (0.0, 720.0)].map(|(u, v)| pose.plane(u, v));
            assert!(seen.iter().all(|(_, y)| *y > sheet.height), "frame {}: {seen:?}", frame + 1);
        }
        for frame in 24..60 {
            let pose = hand.camera(frame).pose;
            assert!(stage::in_view(&pose, code, args.size), "frame {}", frame + 1);
        }
    }
}
