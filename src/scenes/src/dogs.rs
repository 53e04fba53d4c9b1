//! Four-legged animals: a dog.

use glam::{Vec3, vec3};

use super::colour::rgb;
use super::dice::Dice;
use super::draft::Draft;
use super::model::{Model, Relief, turn};
use super::shape::Shape;
use super::surroundings::Setting;
use super::texture::{Material, Pattern};

/// A standing or walking dog, facing +x.
pub fn dog(dice: &mut Dice) -> Draft {
    let mut m = Model::default();
    let coats = [
        (0xc98f4e, 0xf3e3c8, 0xf2dfc0, 0.0),
        (0x2a2422, 0xf0ece4, 0xd9b48a, 0.45),
        (0x8a5430, 0xf4efe6, 0xf0e6d6, 0.5),
        (0xe6d3ae, 0xc49a62, 0xf4ead6, 0.35),
        (0x6d6a68, 0x2f2d2d, 0xe8e4de, 0.4),
        (0xb4622a, 0xf7f1e6, 0xf7f1e6, 0.0),
    ];
    let coat = dice.cycle(&coats);
    let (a, b, c) = (dice.colour(&[coat.0]), dice.colour(&[coat.1]), dice.colour(&[coat.2]));
    let leg = dice.range(0.52, 0.78);
    let fur = m.paint(
        Material::new(Pattern::Fur { patches: coat.3, belly: leg }, a, b, 26.0)
            .third(c)
            .bumpy(2.2)
            .over_all(),
    );
    let dark = m.paint(Material::new(Pattern::Plain, rgb(0x17120f), rgb(0), 8.0).shiny(0.85, 0.06));
    let ear_fur = m.paint(
        Material::new(Pattern::Fur { patches: 0.0, belly: -9.0 }, a * 0.55, b, 26.0).bumpy(2.2).over_all(),
    );
    let collar =
        m.paint(Material::new(Pattern::Weave, dice.colour(&[0xc0262b, 0x1f5fb0, 0x2b8a4b]), rgb(0), 40.0));
    let tuft = Relief::Tufts(dice.range(0.015, 0.04), 24.0);
    let long = dice.range(0.55, 0.72);
    let (hip, chest) = (vec3(-long, leg + 0.22, 0.0), vec3(long * 0.85, leg + 0.24, 0.0));
    let girth = dice.range(0.25, 0.31);
    m.group();
    m.rod(fur, hip, chest, girth * 0.88, girth * 1.12).relief(tuft);
    let stride = dice.range(-0.22, 0.22);
    for (x, swing) in [(-long - 0.02, stride), (long * 0.9, -stride)] {
        for side in [-1.0, 1.0] {
            let step = swing * side;
            let hind = x < 0.0;
            let top = vec3(x, leg + 0.12, side * 0.15);
            let knee = vec3(x + step * 0.5 + if hind { 0.08 } else { 0.02 }, leg * 0.52, side * 0.16);
            let ankle = vec3(x + step - if hind { 0.07 } else { 0.0 }, 0.10, side * 0.16);
            m.rod(fur, top, knee, if hind { 0.19 } else { 0.14 }, 0.085).blend(0.10).relief(tuft);
            m.rod(fur, knee, ankle, 0.08, 0.062).blend(0.05);
            m.rod(fur, ankle, ankle + vec3(0.10, -0.03, 0.0), 0.068, 0.07).blend(0.04);
        }
    }
    let tail_up = dice.range(-0.2, 0.6);
    m.part(
        fur,
        Shape::Bend {
            a: vec3(-long - 0.12, leg + 0.34, 0.0),
            b: vec3(-long - 0.5, leg + 0.3 + tail_up * 0.2, 0.0),
            c: vec3(-long - 0.55, leg + 0.35 + tail_up, dice.range(-0.15, 0.15)),
            ra: 0.075,
            rc: dice.range(0.03, 0.06),
        },
    )
    .blend(0.08)
    .relief(Relief::Tufts(0.035, 22.0));
    let head = chest + vec3(0.36, dice.range(0.36, 0.56), 0.0);
    m.rod(fur, chest + vec3(0.02, 0.08, 0.0), head - vec3(0.06, 0.04, 0.0), 0.21, 0.155)
        .blend(0.12)
        .relief(tuft);
    let neck = chest * 0.42 + head * 0.58;
    let start = m.parts.len();
    dog_head(&mut m, dice, fur, ear_fur, dark);
    m.scale(start, 1.14);
    m.pose(start, turn(Vec3::Y, dice.range(-40.0, 30.0)) * turn(Vec3::Z, dice.range(-14.0, 10.0)), head);
    m.group();
    let lean = (head - chest).normalize();
    m.part(collar, Shape::Ring { major: 0.175, minor: 0.03 })
        .turned(Vec3::Z, -libm::atan2f(lean.x, lean.y).to_degrees())
        .at(neck.x, neck.y, 0.0);
    Draft {
        model: m,
        setting: Setting::Meadow,
        yaw: dice.cycle(&[0.0, 180.0]) + dice.sign() * dice.range(8.0, 38.0),
        pitch: dice.range(1.0, 10.0),
    }
}

fn dog_head(m: &mut Model, dice: &mut Dice, fur: usize, ear_fur: usize, dark: usize) {
    let snout = dice.range(0.24, 0.36);
    m.part(fur, Shape::Ellipsoid(vec3(0.215, 0.195, 0.185))).blend(0.10);
    m.rod(fur, vec3(0.12, -0.05, 0.0), vec3(0.10 + snout, -0.075, 0.0), 0.125, 0.082).blend(0.07);
    m.rod(fur, vec3(0.10, -0.11, 0.0), vec3(0.05 + snout, -0.145, 0.0), 0.07, 0.05).blend(0.03);
    let floppy = dice.chance(0.6);
    for side in [-1.0, 1.0] {
        m.group();
        if floppy {
            m.part(ear_fur, Shape::Ellipsoid(vec3(0.10, 0.185, 0.035)))
                .turned(Vec3::X, side * 14.0)
                .turned(Vec3::Z, -12.0)
                .at(-0.06, -0.02, side * 0.195);
        } else {
            m.part(ear_fur, Shape::Stump { half: 0.13, bottom: 0.085, top: 0.012, round: 0.01 })
                .stretched(1.0, 1.0, 0.5)
                .turned(Vec3::X, side * 16.0)
                .at(-0.06, 0.245, side * 0.125);
        }
        m.part(dark, Shape::Ellipsoid(vec3(0.036, 0.036, 0.036))).at(0.165, 0.055, side * 0.10);
    }
    m.group();
    m.part(dark, Shape::Ellipsoid(vec3(0.05, 0.042, 0.052))).at(0.17 + snout, -0.045, 0.0);
}
