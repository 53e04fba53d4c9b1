//! Trees: a broad-leaved tree, a conifer.

use glam::{Vec3, vec3};

use super::colour::rgb;
use super::dice::Dice;
use super::draft::Draft;
use super::model::{Model, Relief, turn};
use super::shape::Shape;
use super::surroundings::Setting;
use super::texture::{Material, Pattern};

/// A broad-leaved tree or a conifer.
pub fn tree(dice: &mut Dice) -> Draft {
    let mut m = Model::default();
    let bark = m.paint(
        Material::new(Pattern::Bark, rgb(0x8a6a4c), rgb(0x34241a), 6.0).third(rgb(0x8a9a78)).bumpy(1.8),
    );
    let conifer = dice.cycle(&[false, false, true, false, false, true, false]);
    let seasons = [
        (0x3f7a26, 0x8ab83a),
        (0x2f6a2a, 0x6fa03a),
        (0xd0752a, 0xe8b43a),
        (0x4f8a3a, 0xb0c850),
        (0xb83a24, 0xe0902a),
    ];
    let leaf = if conifer { (0x1f4f33, 0x4f8a4f) } else { dice.cycle(&seasons) };
    let (a, b) = (dice.colour(&[leaf.0]), dice.colour(&[leaf.1]));
    let leaves = m.paint(Material::new(Pattern::Leaves, a, b, 23.0).third(a * 0.3).bumpy(2.6).over_all());
    if conifer {
        spruce(&mut m, dice, bark, leaves);
    } else {
        broadleaf(&mut m, dice, bark, leaves);
    }
    Draft { model: m, setting: Setting::Meadow, yaw: dice.range(-180.0, 180.0), pitch: dice.range(0.0, 8.0) }
}

fn broadleaf(m: &mut Model, dice: &mut Dice, bark: usize, leaves: usize) {
    let fork = dice.range(0.7, 0.95);
    let lean = dice.range(-0.14, 0.14);
    m.group();
    m.part(
        bark,
        Shape::Bend {
            a: vec3(0.0, -0.05, 0.0),
            b: vec3(lean, fork * 0.5, 0.0),
            c: vec3(lean * 0.5, fork + 0.2, 0.0),
            ra: 0.15,
            rc: 0.09,
        },
    )
    .relief(Relief::Lumps(0.02, 7.0));
    for root in 0..4 {
        let around = turn(Vec3::Y, 90.0 * root as f32 + dice.range(0.0, 60.0)) * vec3(0.3, 0.0, 0.0);
        m.rod(bark, vec3(0.0, 0.16, 0.0), around + vec3(0.0, -0.02, 0.0), 0.10, 0.03).blend(0.08);
    }
    let spread = dice.range(0.5, 0.72);
    let crown = vec3(lean * 0.5, fork + dice.range(0.5, 0.7), 0.0);
    let boughs = 7;
    let phase = dice.range(0.0, 360.0);
    let mut tufts = vec![(crown + vec3(0.0, spread * 0.75, 0.0), 0.40), (crown, 0.5)];
    for bough in 0..boughs {
        let out = turn(Vec3::Y, phase + 360.0 / boughs as f32 * bough as f32)
            * vec3(spread * dice.range(0.85, 1.15), dice.range(-0.28, 0.32), 0.0);
        let end = crown + out;
        m.rod(bark, vec3(lean * 0.5, fork * dice.range(0.8, 1.1), 0.0), end, 0.06, 0.02).blend(0.06);
        tufts.push((end, dice.range(0.30, 0.42)));
    }
    m.group();
    for (at, size) in tufts {
        m.part(leaves, Shape::Ellipsoid(vec3(size, size * 0.82, size)))
            .relief(Relief::Lumps(0.13, 7.5))
            .at(at.x, at.y, at.z);
    }
}

fn spruce(m: &mut Model, dice: &mut Dice, bark: usize, leaves: usize) {
    let tall = dice.range(2.1, 2.5);
    m.group();
    m.rod(bark, vec3(0.0, -0.05, 0.0), vec3(0.0, tall * 0.8, 0.0), 0.11, 0.03);
    m.group();
    let tiers = 6;
    let wide = dice.range(0.62, 0.82);
    for tier in 0..tiers {
        let up = tier as f32 / tiers as f32;
        let radius = wide * (1.0 - up * 0.86);
        let y = 0.42 + (tall - 0.35) * up;
        m.part(leaves, Shape::Stump { half: 0.27, bottom: radius, top: 0.05, round: 0.04 })
            .relief(Relief::Lumps(0.09, 9.0))
            .at(0.0, y + 0.18, 0.0);
    }
}
