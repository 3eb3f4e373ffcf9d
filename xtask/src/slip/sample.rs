//! The built-in sample of the page: a calm photograph of a notice of the town of 見本市.

use super::camera::{Aim, Camera, Light, Optics, Pose, Sensor, Shadow, jpeg};
use super::payload::Bill;
use super::sheet::{Order, draw};
use super::stage::plain_scene;
use anyhow::Context;
use jiff::civil::date;
use rand::SeedableRng;
use rand::rngs::SmallRng;

/// Largest sample that the page carries, bytes.
const LIMIT: usize = 34_000;

/// The sample's bill: dummy issuer, and a limit that nobody will see pass.
pub fn bill() -> Bill {
    Bill {
        free_use: "000012025010123456780".to_owned(),
        reissue: 0,
        limit: Some(date(2035, 3, 31)),
        stamp: 0,
        amount: 12_500,
    }
}

/// The picture as JPEG bytes.
///
/// # Errors
/// No Japanese font; a picture that cannot be made small enough.
pub fn picture() -> anyhow::Result<Vec<u8>> {
    let mut rng = SmallRng::seed_from_u64(SEED);
    let bill = bill();
    let order = Order {
        digits: Some(bill.digits()),
        bill,
        el_qr: None,
        web_link: false,
        other: false,
        today: date(2035, 2, 1),
        layout: Some(0),
        spoil: 0,
        calm: true,
    };
    let sheet = draw(&order, &mut rng)?;
    let code = sheet.payment().context("the sample's bar code")?;
    let size = (880, 600);
    let pose = Pose::new(Aim {
        size,
        point: (code.x + code.width() / 2.0 + 15.0, code.y + code.height),
        pixel: (528.0, 520.0),
        scale: 2.26 / code.module,
        rotate: -1.5,
        tilt: 6.0,
        toward: 15.0,
        focal: 1.0,
        distortion: 0.0,
        curl: None,
    });
    let camera = Camera {
        size,
        pose,
        light: Light {
            level: 0.88,
            gradient: (0.12, -0.15),
            vignette: 0.12,
            tint: (1.03, 0.97),
            shadows: vec![Shadow { at: (0.9, 0.95), toward: 50.0, soft: 0.5, depth: 0.85 }],
            glare: None,
        },
        optics: Optics { sigma: 0.45, disc: true, shake: 0.0, shake_toward: 0.0 },
        sensor: Sensor { noise: 0.0, sharpen: 0.2, contrast: 0.25, grey: false },
    };
    let picture = camera.shoot(&plain_scene(&sheet, &mut rng), SEED)?;
    for quality in (26..=80).rev().step_by(2) {
        let bytes = jpeg(&picture, quality)?;
        if bytes.len() <= LIMIT {
            return Ok(bytes);
        }
    }
    anyhow::bail!("the sample does not fit into {LIMIT} bytes even at JPEG quality 26")
}

/// Chosen by eye among a few.
const SEED: u64 = 1;
