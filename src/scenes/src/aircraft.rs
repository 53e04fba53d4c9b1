//! Aircraft: an airliner, a propeller aeroplane.

use glam::{Vec3, vec3};

use super::colour::rgb;
use super::dice::Dice;
use super::draft::Draft;
use super::model::{Model, turn};
use super::shape::{Outline, Shape, outline, profile, smooth_outline};
use super::surroundings::Setting;
use super::texture::{Material, Pattern};

fn slab(outline: Outline, half: f32, round: f32) -> Shape {
    Shape::Pushed { outline, half, round, taper: 0.0, from: 0.0, bend: 0.0 }
}

/// An airliner or a propeller aeroplane in the air, facing +x.
pub fn aeroplane(dice: &mut Dice) -> Draft {
    let mut m = Model::default();
    let jet = dice.cycle(&[true, false, true, false, true]);
    let stripe = dice.cycled_colour(&[0xc8202a, 0x1b58b0, 0xe0901e, 0x1f8a5a, 0x6a2f8f]);
    let base = if jet { rgb(0xeeeeea) } else { dice.colour(&[0xe9b41f, 0xd8402a, 0xe8e4d8, 0x3f88c8]) };
    let skin = m.paint(Material::new(Pattern::Cabin, base, stripe, 9.0).shiny(0.7, 0.05).bumpy(0.0));
    let wing =
        m.paint(Material::new(Pattern::Sailcloth, base * 0.95, base * 0.75, 5.0).shiny(0.6, 0.05).bumpy(0.1));
    let tail = m.paint(Material::new(Pattern::Paint, stripe, stripe * 0.5, 4.0).shiny(0.7, 0.05));
    let metal = m
        .paint(Material::new(Pattern::Brushed, rgb(0xb8bcc4), rgb(0x6c7078), 8.0).shiny(0.7, 0.5).metallic());
    let glass =
        m.paint(Material::new(Pattern::Plain, rgb(0x16222c), rgb(0), 2.0).shiny(0.95, 0.15).bumpy(0.0));
    if jet {
        airliner(&mut m, dice, [skin, wing, tail, metal, glass])
    } else {
        propeller(&mut m, dice, [skin, wing, tail, metal, glass])
    }
    let pose = turn(Vec3::X, dice.range(-18.0, 18.0)) * turn(Vec3::Z, dice.range(-4.0, 16.0));
    m.pose(0, pose, vec3(0.0, 3.0, 0.0));
    Draft {
        model: m,
        setting: Setting::Air,
        yaw: dice.cycle(&[0.0, 180.0]) + dice.sign() * dice.range(20.0, 52.0),
        pitch: dice.sign() * dice.range(18.0, 36.0),
    }
}

fn airliner(m: &mut Model, dice: &mut Dice, [skin, wing, tail, metal, glass]: [usize; 5]) {
    let tube = profile(&[
        (0.02, -1.3),
        (0.06, -1.2),
        (0.13, -0.85),
        (0.175, -0.45),
        (0.18, 0.0),
        (0.18, 0.8),
        (0.165, 1.0),
        (0.11, 1.16),
        (0.02, 1.25),
    ]);
    m.group();
    m.part(skin, Shape::Turned(tube)).turned(Vec3::Z, -90.0);
    m.part(glass, Shape::Block { half: vec3(0.05, 0.035, 0.10), round: 0.02 })
        .turned(Vec3::Z, -32.0)
        .at(1.06, 0.115, 0.0);
    let sweep = dice.range(0.35, 0.6);
    for side in [-1.0, 1.0] {
        m.group();
        let plan = outline(&[(0.32, 0.0), (-0.22, 0.0), (-0.2 - sweep, 1.25), (-0.02 - sweep, 1.28)]);
        m.part(wing, slab(plan, 0.03, 0.02)).turned(Vec3::X, side * 84.0).at(0.15, -0.08, 0.0);
        let stabiliser = outline(&[(0.16, 0.0), (-0.16, 0.0), (-0.34, 0.5), (-0.2, 0.52)]);
        m.part(wing, slab(stabiliser, 0.022, 0.015)).turned(Vec3::X, side * 84.0).at(-1.1, 0.05, 0.0);
        let engine = vec3(0.18, -0.20, side * 0.45);
        m.part(metal, Shape::Stump { half: 0.18, bottom: 0.075, top: 0.105, round: 0.02 })
            .turned(Vec3::Z, -90.0)
            .at(engine.x, engine.y, engine.z);
        m.part(glass, Shape::Stump { half: 0.02, bottom: 0.078, top: 0.078, round: 0.0 })
            .turned(Vec3::Z, -90.0)
            .at(engine.x + 0.172, engine.y, engine.z);
    }
    m.group();
    let fin = outline(&[(0.28, 0.0), (-0.2, 0.0), (-0.42, 0.58), (-0.18, 0.6)]);
    m.part(tail, slab(fin, 0.026, 0.018)).at(-1.0, 0.1, 0.0);
}

fn propeller(m: &mut Model, dice: &mut Dice, [skin, wing, tail, metal, glass]: [usize; 5]) {
    let tube = profile(&[
        (0.03, -1.15),
        (0.06, -1.05),
        (0.15, -0.5),
        (0.24, 0.0),
        (0.25, 0.35),
        (0.21, 0.7),
        (0.15, 0.78),
    ]);
    m.group();
    m.part(skin, Shape::Turned(tube)).turned(Vec3::Z, -90.0);
    m.part(glass, Shape::Ellipsoid(vec3(0.27, 0.15, 0.14))).at(0.1, 0.2, 0.0);
    let high = if dice.chance(0.5) { 0.36 } else { -0.14 };
    let two = dice.chance(0.35);
    for (y, present) in [(high, true), (-0.14, two && high > 0.0)] {
        if present {
            m.group();
            let plan = smooth_outline(&[
                (0.3, 0.0),
                (0.28, 0.9),
                (0.1, 1.15),
                (-0.15, 1.1),
                (-0.22, 0.6),
                (-0.22, -0.6),
                (-0.15, -1.1),
                (0.1, -1.15),
                (0.28, -0.9),
            ]);
            m.part(wing, slab(plan, 0.04, 0.03)).turned(Vec3::X, 90.0).at(0.15, y, 0.0);
        }
    }
    for side in [-1.0, 1.0] {
        m.group();
        if high > 0.0 {
            m.rod(metal, vec3(0.2, -0.1, side * 0.2), vec3(0.2, high, side * 0.62), 0.02, 0.02);
        }
        m.rod(metal, vec3(0.4, -0.15, side * 0.1), vec3(0.45, -0.42, side * 0.28), 0.025, 0.025);
        m.part(glass, Shape::Stump { half: 0.04, bottom: 0.1, top: 0.1, round: 0.03 })
            .turned(Vec3::X, 90.0)
            .at(0.45, -0.44, side * 0.3);
    }
    m.group();
    let plan = smooth_outline(&[
        (0.14, 0.0),
        (0.08, 0.42),
        (-0.12, 0.44),
        (-0.14, 0.0),
        (-0.12, -0.44),
        (0.08, -0.42),
    ]);
    m.part(tail, slab(plan, 0.025, 0.018)).turned(Vec3::X, 90.0).at(-1.02, 0.05, 0.0);
    let fin = smooth_outline(&[(0.18, 0.0), (-0.02, 0.36), (-0.18, 0.38), (-0.2, 0.0)]);
    m.part(tail, slab(fin, 0.025, 0.018)).at(-0.98, 0.06, 0.0);
    m.part(metal, Shape::Stump { half: 0.1, bottom: 0.09, top: 0.02, round: 0.02 })
        .turned(Vec3::Z, -90.0)
        .at(0.86, 0.0, 0.0);
    let tilt = dice.range(0.0, 180.0);
    m.part(metal, Shape::Ellipsoid(vec3(0.018, 0.42, 0.05))).turned(Vec3::X, tilt).at(0.86, 0.0, 0.0);
}
