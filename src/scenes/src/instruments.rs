//! Musical instruments: a guitar.

use glam::{Vec3, vec3};

use super::colour::rgb;
use super::dice::Dice;
use super::draft::Draft;
use super::model::{Model, turn};
use super::shape::{Shape, outline, smooth_outline};
use super::surroundings::Setting;
use super::texture::{Material, Pattern};

/// An acoustic guitar leaning in a room, its front at +z.
pub fn guitar(dice: &mut Dice) -> Draft {
    let mut m = Model::default();
    let top = dice.cycled_colour(&[0xe0a050, 0xc8702f, 0xf0cc88, 0x9a4a24, 0x2f6f98, 0xb02a2a]);
    let front = m.paint(Material::new(Pattern::Wood, top, top * 0.5, 7.0).shiny(0.75, 0.04).bumpy(0.2));
    let sides = m.paint(Material::new(Pattern::Wood, rgb(0x6a3a20), rgb(0x2f1a10), 6.0).shiny(0.7, 0.04));
    let dark = m.paint(Material::new(Pattern::Wood, rgb(0x3a261a), rgb(0x1a100a), 10.0).shiny(0.5, 0.04));
    let hole = m.paint(Material::new(Pattern::Plain, rgb(0x120c08), rgb(0), 4.0));
    let inlay =
        m.paint(Material::new(Pattern::Checks, rgb(0xe8d8b0), rgb(0x5a2f1a), 160.0).third(rgb(0x201008)));
    let neck = m.paint(Material::new(Pattern::Wood, rgb(0x9a6236), rgb(0x55321a), 8.0).shiny(0.6, 0.04));
    let wire = m
        .paint(Material::new(Pattern::Brushed, rgb(0xe8e0d0), rgb(0xb0a890), 8.0).shiny(0.6, 0.5).metallic());
    let wide = dice.range(1.12, 1.3);
    let waist = dice.range(0.26, 0.32) * wide;
    let cutaway = if dice.chance(0.35) { 0.72 } else { 1.0 };
    let body = |grow: f32| {
        let (low, high) = (0.50 * wide + grow, 0.38 * wide + grow);
        smooth_outline(&[
            (0.0, -0.52 - grow),
            (low * 0.75, -0.44 - grow * 0.7),
            (low, -0.12),
            (waist + grow + 0.05, 0.24),
            (high * cutaway, 0.52),
            (high * 0.62, 0.70 * (0.4 + 0.6 * cutaway) + grow),
            (0.0, 0.72 + grow),
            (-high * 0.62, 0.70 + grow),
            (-high, 0.52),
            (-waist - grow - 0.05, 0.24),
            (-low, -0.12),
            (-low * 0.75, -0.44 - grow * 0.7),
        ])
    };
    let flat =
        |outline, half, round| Shape::Pushed { outline, half, round, taper: 0.0, from: 0.0, bend: 0.0 };
    m.group();
    m.part(sides, flat(body(0.0), 0.14, 0.02));
    m.part(front, flat(body(0.012), 0.015, 0.01)).at(0.0, 0.0, 0.14);
    m.part(hole, Shape::Stump { half: 0.1, bottom: 0.165, top: 0.165, round: 0.0 })
        .turned(Vec3::X, 90.0)
        .at(0.0, 0.27, 0.14)
        .cut();
    m.group();
    m.part(inlay, Shape::Ring { major: 0.195, minor: 0.022 })
        .turned(Vec3::X, 90.0)
        .stretched(1.0, 0.6, 1.0)
        .at(0.0, 0.27, 0.15);
    m.part(dark, Shape::Block { half: vec3(0.2, 0.045, 0.03), round: 0.02 }).at(0.0, -0.22, 0.17);
    m.part(inlay, Shape::Block { half: vec3(0.15, 0.014, 0.035), round: 0.01 }).at(0.0, -0.21, 0.18);
    let length = dice.range(0.78, 0.95);
    m.group();
    m.part(neck, Shape::Block { half: vec3(0.08, length * 0.5, 0.05), round: 0.03 }).at(
        0.0,
        0.68 + length * 0.5,
        0.12,
    );
    m.part(dark, Shape::Block { half: vec3(0.085, length * 0.5 + 0.1, 0.02), round: 0.01 }).at(
        0.0,
        0.56 + length * 0.5,
        0.175,
    );
    for fret in 0..8 {
        let y = 0.62 + length * (1.0 - 1.0 / (1.0 + 0.12 * fret as f32)) * 2.0;
        m.part(wire, Shape::Block { half: vec3(0.084, 0.009, 0.012), round: 0.004 }).at(
            0.0,
            y.min(0.62 + length),
            0.19,
        );
    }
    let head = 0.68 + length;
    m.group();
    let paddle = outline(&[
        (-0.075, 0.0),
        (-0.12, 0.08),
        (-0.12, 0.38),
        (0.0, 0.42),
        (0.12, 0.38),
        (0.12, 0.08),
        (0.075, 0.0),
    ]);
    m.part(neck, flat(paddle, 0.035, 0.015)).turned(Vec3::X, -10.0).at(0.0, head, 0.13);
    for side in [-1.0, 1.0] {
        for peg in 0..3 {
            let y = head + 0.12 + 0.11 * peg as f32;
            m.part(wire, Shape::Ellipsoid(vec3(0.045, 0.032, 0.022))).at(side * 0.165, y, 0.11);
        }
    }
    m.group();
    for string in 0..4 {
        let x = (string as f32 - 1.5) * 0.034;
        m.rod(wire, vec3(x * 1.2, -0.22, 0.205), vec3(x, head, 0.2), 0.007, 0.007);
    }
    m.pose(
        0,
        turn(Vec3::Z, dice.sign() * dice.range(14.0, 34.0)) * turn(Vec3::X, -8.0),
        vec3(0.0, 0.66, 0.0),
    );
    Draft {
        model: m,
        setting: Setting::Room,
        yaw: dice.sign() * dice.range(5.0, 36.0),
        pitch: dice.range(4.0, 16.0),
    }
}
