//! Flowers and fungi: a flower, a mushroom.

use glam::{Vec3, vec3};

use super::colour::rgb;
use super::dice::Dice;
use super::draft::Draft;
use super::model::{Model, turn};
use super::shape::{Shape, profile, smooth_outline};
use super::surroundings::Setting;
use super::texture::{Material, Pattern};

/// A single flower in a meadow, its face towards +z.
pub fn flower(dice: &mut Dice) -> Draft {
    let mut m = Model::default();
    let kinds = [
        (0xf2c21f, 0xe07a10, 0x5a3216),
        (0xf4f0ea, 0xf0e0c0, 0xe8b020),
        (0xe0406f, 0xf7b0c0, 0xf0c83a),
        (0x7a52c8, 0xd8c0f0, 0xf2d24a),
        (0xe8482a, 0x8f1414, 0x2f1a12),
        (0x3f7fe0, 0xe8f0ff, 0xf2cf3a),
    ];
    let kind = dice.cycle(&kinds);
    let (a, b) = (dice.colour(&[kind.0]), dice.colour(&[kind.1]));
    let heart = dice.colour(&[kind.2]);
    let petal = m.paint(Material::new(Pattern::Petal, a, b, 3.4).third(b).bumpy(1.0));
    let heart = m.paint(Material::new(Pattern::Seeds, heart, heart * 0.35, 26.0).bumpy(1.6));
    let green = m.paint(
        Material::new(Pattern::Bark, rgb(0x6fa03a), rgb(0x3f6a24), 12.0).third(rgb(0x9ac050)).bumpy(0.5),
    );
    let leaf = m.paint(Material::new(Pattern::Rays, rgb(0x4f8a30), rgb(0x8ab84a), 4.0).bumpy(1.2));
    let head = vec3(dice.range(-0.12, 0.12), dice.range(1.25, 1.5), 0.0);
    m.group();
    let bow = dice.range(-0.2, 0.2);
    m.part(
        green,
        Shape::Bend {
            a: vec3(0.0, -0.05, 0.0),
            b: vec3(bow, 0.7, 0.0),
            c: head - vec3(0.0, 0.0, 0.06),
            ra: 0.05,
            rc: 0.04,
        },
    );
    for side in [-1.0, 1.0] {
        m.group();
        let long = dice.range(0.5, 0.68);
        let blade = smooth_outline(&[
            (0.0, 0.03),
            (long * 0.35, 0.16),
            (long * 0.8, 0.10),
            (long, 0.0),
            (long * 0.8, -0.10),
            (long * 0.35, -0.14),
            (0.0, -0.03),
        ]);
        m.part(
            leaf,
            Shape::Pushed { outline: blade, half: 0.02, round: 0.012, taper: 0.0, from: 0.0, bend: -0.5 },
        )
        .turned(Vec3::X, -35.0)
        .turned(Vec3::Y, if side < 0.0 { 180.0 + 15.0 } else { -15.0 })
        .turned(Vec3::Z, side * dice.range(18.0, 42.0))
        .at(bow * 0.4, dice.range(0.35, 0.6), 0.0);
    }
    let start = m.parts.len();
    let count = dice.pick(&[6, 8, 10, 13]);
    let (long, wide) = (dice.range(0.4, 0.52), (2.9 / count as f32).clamp(0.15, 0.34) * 0.55);
    let disc = dice.range(0.15, 0.22);
    for ring in 0..if count > 8 { 2 } else { 1 } {
        for index in 0..count {
            let angle = 360.0 / count as f32 * (index as f32 + 0.5 * ring as f32) + dice.range(-4.0, 4.0);
            let first = m.parts.len();
            m.group();
            let shape = smooth_outline(&[
                (0.0, 0.05),
                (long * 0.5, wide * 0.9),
                (long * 0.85, wide * 0.75),
                (long, 0.0),
                (long * 0.85, -wide * 0.75),
                (long * 0.5, -wide * 0.9),
                (0.0, -0.05),
            ]);
            m.part(
                petal,
                Shape::Pushed {
                    outline: shape,
                    half: 0.022,
                    round: 0.014,
                    taper: 0.0,
                    from: 0.0,
                    bend: dice.range(-0.3, 0.5),
                },
            )
            .turned(Vec3::X, 12.0)
            .turned(Vec3::Y, -8.0 - 10.0 * ring as f32);
            m.pose(
                first,
                turn(Vec3::Z, angle),
                turn(Vec3::Z, angle) * vec3(disc * 0.7, 0.0, 0.02 * ring as f32),
            );
        }
    }
    m.group();
    m.part(heart, Shape::Ellipsoid(vec3(disc, disc, disc * 0.5))).at(0.0, 0.0, 0.04);
    m.part(green, Shape::Ellipsoid(vec3(disc * 0.7, disc * 0.7, 0.1))).at(0.0, 0.0, -0.06);
    m.pose(start, turn(Vec3::Y, dice.range(-25.0, 25.0)) * turn(Vec3::X, dice.range(-34.0, -8.0)), head);
    Draft { model: m, setting: Setting::Meadow, yaw: dice.range(-22.0, 22.0), pitch: dice.range(1.0, 11.0) }
}

/// A mushroom, often with a smaller one beside it.
pub fn mushroom(dice: &mut Dice) -> Draft {
    let mut m = Model::default();
    let kinds = [
        (0xc8201a, 0xf4ecd8, true),
        (0xb0703a, 0xd8b088, false),
        (0xe0902a, 0xf6e2b8, true),
        (0x8a5a3a, 0xb88a60, false),
        (0xd84a3a, 0xf8f0e0, true),
    ];
    let kind = dice.cycle(&kinds);
    let (a, b) = (dice.colour(&[kind.0]), dice.colour(&[kind.1]));
    let pattern = if kind.2 { Pattern::Spots } else { Pattern::Plain };
    let cap = m.paint(Material::new(pattern, a, b, 5.5).shiny(0.6, 0.04).bumpy(0.8));
    let gills = m.paint(Material::new(Pattern::Gills, rgb(0xf0e2c4), rgb(0xa88a60), 8.0).bumpy(1.0));
    let stem = m.paint(
        Material::new(Pattern::Bark, rgb(0xf2e8d2), rgb(0xc8b48c), 5.0).third(rgb(0xd8c8a0)).bumpy(0.7),
    );
    let open = dice.range(0.55, 0.8);
    let bell = dice.range(0.34, 0.56);
    one_mushroom(&mut m, [cap, gills, stem], open, bell, dice.range(0.75, 1.05));
    m.pose(0, turn(Vec3::Z, dice.range(-8.0, 8.0)), Vec3::ZERO);
    if dice.chance(0.6) {
        let first = m.parts.len();
        one_mushroom(&mut m, [cap, gills, stem], open * 0.45, bell * 0.62, dice.range(0.38, 0.5));
        m.pose(
            first,
            turn(Vec3::Z, dice.range(-12.0, 12.0)),
            vec3(dice.sign() * dice.range(0.5, 0.62), 0.0, dice.range(0.05, 0.35)),
        );
    }
    Draft { model: m, setting: Setting::Forest, yaw: dice.range(-180.0, 180.0), pitch: dice.range(1.0, 14.0) }
}

fn one_mushroom(m: &mut Model, [cap, gills, stem]: [usize; 3], open: f32, bell: f32, tall: f32) {
    let thick = open * 0.27;
    m.group();
    m.part(
        stem,
        Shape::Turned(profile(&[
            (thick * 1.5, -0.05),
            (thick * 1.45, 0.08),
            (thick, 0.3 * tall),
            (thick * 0.85, 0.7 * tall),
            (thick * 0.9, tall + 0.05),
        ])),
    );
    m.part(
        stem,
        Shape::Turned(profile(&[
            (thick * 0.9, 0.74 * tall),
            (thick * 1.7, 0.62 * tall),
            (thick * 1.75, 0.60 * tall),
            (thick * 0.9, 0.66 * tall),
        ])),
    );
    m.group();
    m.part(
        gills,
        Shape::Turned(profile(&[
            (thick * 0.6, tall - 0.02),
            (open * 0.6, tall - 0.06),
            (open * 0.93, tall - 0.05),
            (open * 0.9, tall + 0.06),
            (0.02, tall + 0.1),
        ])),
    );
    m.group();
    m.part(
        cap,
        Shape::Turned(profile(&[
            (open * 0.9, tall + 0.03),
            (open * 0.99, tall - 0.05),
            (open, tall + 0.02),
            (open * 0.88, tall + bell * 0.48),
            (open * 0.55, tall + bell * 0.85),
            (0.03, tall + bell),
        ])),
    );
}
