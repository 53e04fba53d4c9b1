//! Furniture: a chair, a table lamp.

use glam::{Vec3, vec3};

use super::colour::rgb;
use super::dice::Dice;
use super::draft::Draft;
use super::model::{Model, turn};
use super::shape::{Shape, profile, smooth_outline};
use super::surroundings::Setting;
use super::texture::{Material, Pattern};

/// A wooden or upholstered chair whose seat faces +x.
pub fn chair(dice: &mut Dice) -> Draft {
    let mut m = Model::default();
    let timber = dice.cycled_colour(&[0x8a4f2a, 0xc08a50, 0x5a3420, 0xd8b078, 0x3f7f8f, 0xb8402f, 0xe8e0d0]);
    let wood = m.paint(Material::new(Pattern::Wood, timber, timber * 0.42, 9.0).shiny(0.5, 0.04));
    let fabric = dice.colour(&[0xb8342f, 0x2f5fa0, 0x3f8050, 0xd09a30, 0x7a4f8a, 0x2f8088]);
    let pattern = dice.pick(&[Pattern::Weave, Pattern::Checks]);
    let cloth = m.paint(Material::new(pattern, fabric, fabric * 0.35, 46.0).third(rgb(0xe8dcc0)).bumpy(1.0));
    let (wide, deep, seat) = (dice.range(0.42, 0.52), dice.range(0.42, 0.50), dice.range(0.78, 0.92));
    let back = dice.range(0.85, 1.15);
    let lean = dice.range(0.08, 0.2);
    let thick = dice.range(0.045, 0.065);
    for side in [-1.0, 1.0] {
        let z = side * (wide - 0.05);
        m.group();
        m.rod(wood, vec3(deep - 0.06, seat, z), vec3(deep + 0.02, 0.03, z * 1.08), thick, thick * 0.7);
        m.rod(wood, vec3(-deep + 0.06, seat, z), vec3(-deep - 0.06, 0.03, z * 1.08), thick, thick * 0.7);
        m.rod(
            wood,
            vec3(-deep + 0.05, seat - 0.05, z),
            vec3(-deep + 0.05 - lean, seat + back, z),
            thick,
            thick * 0.85,
        );
        let rung = seat * 0.36;
        m.rod(wood, vec3(deep, rung, z * 1.05), vec3(-deep, rung, z * 1.05), 0.028, 0.028);
    }
    m.group();
    m.rod(wood, vec3(0.0, seat * 0.36, -wide + 0.03), vec3(0.0, seat * 0.36, wide - 0.03), 0.028, 0.028);
    m.part(wood, Shape::Block { half: vec3(deep, 0.05, wide), round: 0.035 }).at(0.0, seat, 0.0);
    if dice.chance(0.6) {
        m.group();
        m.part(cloth, Shape::Block { half: vec3(deep - 0.04, 0.075, wide - 0.04), round: 0.07 }).at(
            0.02,
            seat + 0.085,
            0.0,
        );
    }
    let start = m.parts.len();
    chair_back(&mut m, dice, wood, cloth, wide, back);
    m.pose(start, turn(Vec3::Z, libm::atan2f(lean, back).to_degrees()), vec3(-deep + 0.05, seat, 0.0));
    if dice.chance(0.3) {
        for side in [-1.0, 1.0] {
            let z = side * wide;
            m.group();
            m.rod(wood, vec3(-deep, seat + 0.42, z), vec3(deep * 0.8, seat + 0.40, z), 0.05, 0.05);
            m.rod(wood, vec3(deep * 0.7, seat, z), vec3(deep * 0.7, seat + 0.40, z), 0.04, 0.035);
        }
    }
    Draft {
        model: m,
        setting: Setting::Room,
        yaw: 90.0 - dice.sign() * dice.range(28.0, 62.0),
        pitch: dice.range(12.0, 26.0),
    }
}

/// The back in its own frame: up y, across z.
fn chair_back(m: &mut Model, dice: &mut Dice, wood: usize, cloth: usize, wide: f32, back: f32) {
    let inner = wide - 0.05;
    m.group();
    m.part(wood, Shape::Block { half: vec3(0.04, 0.11, wide), round: 0.04 }).at(0.0, back - 0.03, 0.0);
    match dice.cycle(&[0, 2, 1, 3]) {
        0 => {
            let count = 3 + dice.below(3);
            m.group();
            m.part(wood, Shape::Block { half: vec3(0.03, 0.05, inner), round: 0.02 }).at(0.0, 0.22, 0.0);
            for index in 0..count {
                let z = inner * (2.0 * (index as f32 + 0.5) / count as f32 - 1.0) * 0.9;
                m.part(wood, Shape::Block { half: vec3(0.022, back * 0.4, 0.045), round: 0.015 }).at(
                    0.0,
                    back * 0.55,
                    z,
                );
            }
        }
        1 => {
            let count = 2 + dice.below(2);
            for index in 0..count {
                let y = 0.28 + (back - 0.45) * index as f32 / count as f32;
                m.group();
                m.part(wood, Shape::Block { half: vec3(0.03, 0.075, inner), round: 0.03 }).at(0.0, y, 0.0);
            }
        }
        2 => {
            m.group();
            m.part(cloth, Shape::Block { half: vec3(0.075, back * 0.33, inner - 0.02), round: 0.07 }).at(
                0.02,
                back * 0.52,
                0.0,
            );
        }
        _ => {
            m.group();
            let splat = smooth_outline(&[
                (0.16, 0.0),
                (0.10, back * 0.25),
                (0.2, back * 0.5),
                (0.1, back * 0.75),
                (0.16, back),
                (-0.16, back),
                (-0.1, back * 0.75),
                (-0.2, back * 0.5),
                (-0.10, back * 0.25),
                (-0.16, 0.0),
            ]);
            m.part(
                wood,
                Shape::Pushed { outline: splat, half: 0.03, round: 0.015, taper: 0.0, from: 0.0, bend: 0.0 },
            )
            .turned(Vec3::Y, 90.0);
            for z in [-inner * 0.68, inner * 0.68] {
                m.rod(wood, vec3(0.0, 0.0, z), vec3(0.0, back, z), 0.03, 0.03);
            }
        }
    }
}

/// A lit table lamp with a cloth shade.
pub fn table_lamp(dice: &mut Dice) -> Draft {
    let mut m = Model::default();
    let glaze = dice.colour(&[0x2f6fb0, 0xc8452f, 0x2f8a6a, 0xe8e0d0, 0xd8a030, 0x5a3f7a]);
    let bloom = dice.colour(&[0xf0e6d0, 0xc8302a, 0x1f3f7f, 0xe0a83a]);
    let base = match dice.cycle(&[0, 1, 2]) {
        0 => {
            m.paint(Material::new(Pattern::Ceramic, glaze, bloom, 3.2).third(glaze * 0.35).shiny(0.85, 0.05))
        }
        1 => m.paint(Material::new(Pattern::Wood, rgb(0xa86c3a), rgb(0x4f2f18), 8.0).shiny(0.5, 0.04)),
        _ => m.paint(
            Material::new(Pattern::Brushed, rgb(0xd8a850), rgb(0x8a5f20), 5.0).shiny(0.8, 0.6).metallic(),
        ),
    };
    let brass = m
        .paint(Material::new(Pattern::Brushed, rgb(0xd8b060), rgb(0x8a6a2a), 8.0).shiny(0.8, 0.6).metallic());
    let linen = dice.cycled_colour(&[0xe8c070, 0xd88a4a, 0xc85a4a, 0x8fb070, 0xe0a838, 0x6f9fc0, 0xd8c8a0]);
    let pattern = dice.cycle(&[Pattern::Gills, Pattern::Weave, Pattern::Checks]);
    let scale = if pattern == Pattern::Gills { 9.0 } else { 30.0 };
    let shade = m.paint(Material::new(pattern, linen, linen * 0.55, scale).glowing(dice.range(0.25, 0.6)));
    let (fat, tall) = (dice.range(0.2, 0.36), dice.range(0.65, 0.95));
    let body = match dice.cycle(&[0, 1, 2, 3]) {
        0 => profile(&[
            (0.24, 0.0),
            (0.25, 0.04),
            (0.14, 0.09),
            (fat, tall * 0.42),
            (fat * 0.8, tall * 0.68),
            (0.08, tall * 0.92),
            (0.06, tall),
        ]),
        1 => profile(&[
            (0.28, 0.0),
            (0.29, 0.05),
            (0.1, 0.12),
            (0.05, 0.2),
            (0.06, tall * 0.4),
            (0.14, tall * 0.52),
            (0.06, tall * 0.64),
            (0.045, tall),
        ]),
        2 => profile(&[
            (0.2, 0.0),
            (fat, 0.08),
            (fat * 1.05, tall * 0.3),
            (fat * 0.6, tall * 0.62),
            (0.1, tall * 0.8),
            (0.12, tall * 0.95),
            (0.06, tall),
        ]),
        _ => profile(&[(0.3, 0.0), (0.3, 0.06), (0.06, 0.1), (0.04, 0.15), (0.04, tall * 0.5), (0.04, tall)]),
    };
    m.group();
    m.part(base, Shape::Turned(body));
    m.group();
    m.rod(brass, vec3(0.0, tall - 0.04, 0.0), vec3(0.0, tall + 0.62, 0.0), 0.03, 0.02);
    let (half, bottom) = (dice.range(0.24, 0.34), dice.range(0.44, 0.58));
    let top = bottom * dice.range(0.42, 0.85);
    let middle = tall + 0.12 + half;
    m.group();
    m.part(shade, Shape::Stump { half, bottom, top, round: 0.01 }).at(0.0, middle, 0.0);
    m.part(shade, Shape::Stump { half, bottom: bottom - 0.02, top: top - 0.02, round: 0.0 })
        .stretched(1.0, 1.05, 1.0)
        .at(0.0, middle, 0.0)
        .cut();
    m.group();
    m.part(brass, Shape::Ring { major: bottom, minor: 0.016 }).at(0.0, middle - half, 0.0);
    m.part(brass, Shape::Ring { major: top, minor: 0.016 }).at(0.0, middle + half, 0.0);
    m.part(brass, Shape::Ellipsoid(vec3(0.045, 0.06, 0.045))).at(0.0, middle + half + 0.04, 0.0);
    let bulb = m.paint(Material::new(Pattern::Plain, rgb(0xfff0c8), rgb(0), 4.0).glowing(2.5));
    m.part(bulb, Shape::Ellipsoid(vec3(0.1, 0.13, 0.1))).at(0.0, tall + 0.28, 0.0);
    Draft { model: m, setting: Setting::Table, yaw: dice.range(-40.0, 40.0), pitch: dice.range(3.0, 14.0) }
}
