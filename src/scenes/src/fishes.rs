//! Fish: a reef fish.

use glam::{Vec3, vec3};

use super::colour::rgb;
use super::dice::Dice;
use super::draft::Draft;
use super::model::{Model, turn};
use super::shape::{Shape, profile, smooth_outline};
use super::surroundings::Setting;
use super::texture::{Material, Pattern};

/// A reef fish over a sandy bottom, facing +x.
pub fn fish(dice: &mut Dice) -> Draft {
    let mut m = Model::default();
    let dress = [
        (0xf07a1e, 0xf7f0e6, 0xf29a3a, 1.35),
        (0x2c6fd6, 0xf2cf2f, 0x9fd0f2, 0.9),
        (0xf2c81f, 0x232225, 0xf8e48a, 1.7),
        (0xd8432f, 0xf0d8c0, 0xf0a08a, 0.0),
        (0x2fa08a, 0xd95f8a, 0xd8f0c8, 0.8),
        (0xe89a28, 0xe8e6e0, 0xf6d78a, 0.0),
    ];
    let look = dice.cycle(&dress);
    let (a, b, c) = (dice.colour(&[look.0]), dice.colour(&[look.1]), dice.colour(&[look.2]));
    let scales = m.paint(
        Material::new(Pattern::Scales { bands: look.3 }, a, b, 15.0)
            .third(c)
            .shiny(0.55, 0.05)
            .bumpy(1.3)
            .over_all(),
    );
    let fin = m.paint(Material::new(Pattern::Rays, a * 1.05, b * 0.45 + a * 0.2, 3.2).bumpy(1.0));
    let white = m.paint(Material::new(Pattern::Plain, rgb(0xf2ead8), rgb(0), 6.0).shiny(0.8, 0.05));
    let dark = m.paint(Material::new(Pattern::Plain, rgb(0x0a0a0c), rgb(0), 6.0).shiny(0.9, 0.08));
    let tall = dice.range(0.38, 0.58);
    let start = m.parts.len();
    let half = profile(&[
        (0.02, -0.98),
        (0.10, -0.86),
        (0.14, -0.7),
        (0.34, -0.4),
        (0.5, 0.0),
        (0.49, 0.35),
        (0.36, 0.68),
        (0.2, 0.86),
        (0.04, 0.95),
    ]);
    m.group();
    m.part(scales, Shape::Turned(half)).turned(Vec3::Z, -90.0);
    if let Some(body) = m.parts.last_mut() {
        // Turned about the length, pressed flat from side to side.
        body.stretched(tall * 2.0, 1.0, 0.52);
    }
    fins(&mut m, dice, fin, tall);
    for side in [-1.0, 1.0] {
        m.group();
        m.part(white, Shape::Ellipsoid(vec3(0.088, 0.088, 0.05))).at(0.60, 0.10, side * 0.175);
        m.part(dark, Shape::Ellipsoid(vec3(0.055, 0.055, 0.05))).at(0.615, 0.10, side * 0.20);
    }
    m.pose(start, turn(Vec3::Z, dice.range(-12.0, 14.0)), vec3(0.0, dice.range(0.95, 1.3), 0.0));
    Draft {
        model: m,
        setting: Setting::Seabed,
        yaw: dice.cycle(&[0.0, 180.0]) + dice.sign() * dice.range(5.0, 38.0),
        pitch: dice.range(-2.0, 10.0),
    }
}

fn fins(m: &mut Model, dice: &mut Dice, fin: usize, tall: f32) {
    let fork = dice.range(0.0, 0.18);
    let spread = dice.range(0.34, 0.5);
    let thin =
        |outline, bend| Shape::Pushed { outline, half: 0.02, round: 0.012, taper: 0.0, from: 0.0, bend };
    m.group();
    let tail = smooth_outline(&[
        (0.12, 0.0),
        (-0.15, spread * 0.6),
        (-0.46, spread),
        (-0.42 + fork, 0.0),
        (-0.46, -spread),
        (-0.15, -spread * 0.6),
    ]);
    m.part(fin, thin(tail, dice.range(-0.5, 0.5))).at(-0.92, 0.0, 0.0);
    let crest = dice.range(0.2, 0.36);
    let back = smooth_outline(&[
        (0.42, -0.1),
        (0.25, crest * 0.8),
        (-0.15, crest),
        (-0.6, crest * 0.9),
        (-0.5, -0.12),
        (0.0, -0.15),
    ]);
    m.part(fin, thin(back, 0.0)).at(0.05, tall * 0.93, 0.0);
    let under = smooth_outline(&[(0.1, 0.1), (-0.1, -0.22), (-0.48, -0.3), (-0.4, 0.1)]);
    m.part(fin, thin(under, 0.0)).at(-0.15, -tall * 0.85, 0.0);
    for side in [-1.0, 1.0] {
        m.group();
        let paddle =
            smooth_outline(&[(0.05, 0.0), (-0.14, 0.15), (-0.4, 0.05), (-0.34, -0.18), (-0.1, -0.12)]);
        m.part(fin, thin(paddle, 0.0))
            .turned(Vec3::Y, side * dice.range(20.0, 40.0))
            .turned(Vec3::Z, -12.0)
            .at(0.28, -0.08, side * 0.25);
    }
}
