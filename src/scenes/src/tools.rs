//! Tools: a claw hammer.

use glam::{Mat3, Vec3, vec3};

use super::colour::rgb;
use super::dice::Dice;
use super::draft::Draft;
use super::model::{Model, turn};
use super::shape::{Shape, smooth_outline};
use super::surroundings::Setting;
use super::texture::{Material, Pattern};

/// A hammer lying on a workbench, seen from above; built upright in the xy plane, then laid down.
pub fn hammer(dice: &mut Dice) -> Draft {
    let mut m = Model::default();
    let steel = m.paint(
        Material::new(Pattern::Brushed, rgb(0xc8ccd4), rgb(0x60646c), 6.0).shiny(0.75, 0.55).metallic(),
    );
    let dark = m.paint(
        Material::new(Pattern::Stone, rgb(0x5a6068), rgb(0x3a3e46), 14.0)
            .shiny(0.6, 0.3)
            .metallic()
            .bumpy(0.4),
    );
    let timber = dice.colour(&[0xd8a05a, 0xb8783c, 0xe0b878]);
    let wood = m.paint(Material::new(Pattern::Wood, timber, timber * 0.42, 11.0).shiny(0.5, 0.04));
    let grip_colour = dice.cycled_colour(&[0xc8262a, 0x1f5fb8, 0xe8a01f, 0x2f8a4f, 0x25272a]);
    let grip = m.paint(Material::new(Pattern::Gills, grip_colour, grip_colour * 0.3, 7.0).bumpy(1.0));
    let rubber = m.paint(Material::new(Pattern::Seeds, grip_colour, grip_colour * 0.45, 34.0).bumpy(0.8));
    let long = dice.range(1.05, 1.3);
    let heavy = dice.range(1.1, 1.3);
    m.group();
    m.rod(wood, vec3(0.0, -0.1, 0.0), vec3(0.0, long * 0.5, 0.0), 0.105, 0.075).stretched(1.0, 1.0, 0.75);
    m.rod(wood, vec3(0.0, long * 0.4, 0.0), vec3(0.0, long, 0.0), 0.078, 0.085)
        .stretched(1.0, 1.0, 0.75)
        .blend(0.05);
    if dice.chance(0.6) {
        m.group();
        m.rod(rubber, vec3(0.0, -0.12, 0.0), vec3(0.0, long * 0.45, 0.0), 0.135, 0.105)
            .stretched(1.0, 1.0, 0.8);
        m.part(grip, Shape::Stump { half: 0.05, bottom: 0.135, top: 0.13, round: 0.03 })
            .stretched(1.0, 1.0, 0.8)
            .at(0.0, long * 0.45, 0.0);
    }
    let start = m.parts.len();
    m.group();
    m.part(dark, Shape::Block { half: vec3(0.15, 0.15, 0.13), round: 0.05 });
    m.part(steel, Shape::Stump { half: 0.16, bottom: 0.10, top: 0.12, round: 0.02 })
        .turned(Vec3::Z, -90.0)
        .at(0.26, 0.0, 0.0)
        .blend(0.06);
    m.part(steel, Shape::Stump { half: 0.07, bottom: 0.165, top: 0.165, round: 0.025 })
        .turned(Vec3::Z, -90.0)
        .at(0.45, 0.0, 0.0)
        .blend(0.03);
    if dice.chance(0.7) {
        let claw = smooth_outline(&[
            (0.0, 0.13),
            (-0.25, 0.12),
            (-0.46, 0.0),
            (-0.62, -0.24),
            (-0.44, -0.12),
            (-0.22, -0.06),
            (0.0, -0.12),
        ]);
        m.part(
            steel,
            Shape::Pushed { outline: claw, half: 0.12, round: 0.02, taper: 0.0, from: 0.0, bend: 0.0 },
        )
        .blend(0.05);
        m.part(steel, Shape::Rod { a: vec3(-0.22, 0.0, 0.0), b: vec3(-0.7, -0.2, 0.0), ra: 0.012, rb: 0.06 })
            .cut();
    } else {
        let wedge = smooth_outline(&[
            (0.0, 0.13),
            (-0.3, 0.08),
            (-0.56, 0.03),
            (-0.56, -0.03),
            (-0.3, -0.1),
            (0.0, -0.13),
        ]);
        m.part(
            steel,
            Shape::Pushed { outline: wedge, half: 0.11, round: 0.02, taper: 0.0, from: 0.0, bend: 0.0 },
        )
        .blend(0.05);
    }
    m.part(wood, Shape::Block { half: vec3(0.06, 0.05, 0.05), round: 0.02 }).at(0.0, 0.14, 0.0);
    m.scale(start, heavy);
    m.pose(start, Mat3::IDENTITY, vec3(0.0, long, 0.0));
    m.pose(
        0,
        turn(Vec3::Y, dice.sign() * dice.range(15.0, 75.0)) * turn(Vec3::X, -90.0),
        vec3(0.0, 0.13, 0.0),
    );
    Draft {
        model: m,
        setting: Setting::Workbench,
        yaw: dice.range(-20.0, 20.0),
        pitch: dice.range(48.0, 66.0),
    }
}
