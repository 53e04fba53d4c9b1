//! Boats: a sailing boat.

use glam::{Vec3, vec3};

use super::colour::rgb;
use super::dice::Dice;
use super::draft::Draft;
use super::model::{Model, turn};
use super::shape::{Shape, smooth_outline};
use super::surroundings::Setting;
use super::texture::{Material, Pattern};

/// A sailing boat heeling a little, bow at +x.
pub fn sailing_boat(dice: &mut Dice) -> Draft {
    let mut m = Model::default();
    let hull_colour = dice.cycled_colour(&[0xf0ece0, 0xb8262a, 0x1f4f8f, 0x8a5a30, 0x2f6f5a]);
    let cloth = dice.cycled_colour(&[0xf6f1e4, 0xf2e2c0, 0xc8452f, 0xf0c040, 0xe8eef2]);
    let second =
        if dice.chance(0.5) { dice.colour(&[0xc8302a, 0x2a5fb0, 0xe8e2d0, 0xe89a2a]) } else { cloth * 0.92 };
    let hull = m.paint(
        Material::new(Pattern::Sailcloth, hull_colour, hull_colour * 0.8, 15.0).shiny(0.6, 0.04).bumpy(0.5),
    );
    let deck = m.paint(Material::new(Pattern::Planks, rgb(0xb98a56), rgb(0x6a4526), 12.0));
    let wood = m.paint(Material::new(Pattern::Wood, rgb(0xa87442), rgb(0x5a3a1e), 10.0).shiny(0.5, 0.04));
    let sail = m.paint(Material::new(Pattern::Sailcloth, cloth, second, 4.2).bumpy(0.8));
    let rope = m.paint(Material::new(Pattern::Plain, rgb(0x5a4a38), rgb(0), 30.0));
    let length = dice.range(1.5, 1.9);
    let mast = dice.range(1.75, 2.15);
    m.group();
    m.part(hull, Shape::Hull { length, beam: 0.3, depth: 0.36 }).at(0.0, 0.28, 0.0);
    m.part(deck, Shape::Hull { length: length * 0.9, beam: 0.24, depth: 0.2 }).at(-0.02, 0.39, 0.0).cut();
    m.group();
    m.part(deck, Shape::Block { half: vec3(0.24, 0.07, 0.13), round: 0.04 }).at(0.12, 0.31, 0.0);
    m.rod(wood, vec3(0.12, 0.2, 0.0), vec3(0.08, 0.3 + mast, 0.0), 0.032, 0.018);
    let swing = dice.sign() * dice.range(0.08, 0.22);
    let boom = length * 0.45;
    m.rod(wood, vec3(0.1, 0.52, 0.0), vec3(0.1 - boom, 0.5, swing), 0.02, 0.018);
    m.group();
    let main = smooth_outline(&[
        (-0.03, 0.02),
        (-0.03, mast * 0.35),
        (-0.04, mast * 0.94),
        (-0.14, mast * 0.82),
        (-boom * 0.75, mast * 0.36),
        (-boom * 0.98, 0.05),
        (-boom * 0.5, 0.0),
    ]);
    m.part(
        sail,
        Shape::Pushed { outline: main, half: 0.014, round: 0.008, taper: 0.0, from: 0.0, bend: swing * 1.1 },
    )
    .at(0.08, 0.53, 0.0);
    let fore = smooth_outline(&[
        (0.05, mast * 0.8),
        (0.28, mast * 0.42),
        (length * 0.44, 0.02),
        (length * 0.2, 0.04),
        (0.06, 0.10),
        (0.10, mast * 0.4),
    ]);
    m.part(
        sail,
        Shape::Pushed { outline: fore, half: 0.014, round: 0.008, taper: 0.0, from: 0.0, bend: swing * 0.8 },
    )
    .at(0.08, 0.45, 0.0);
    m.rod(rope, vec3(length * 0.49, 0.38, 0.0), vec3(0.09, 0.25 + mast, 0.0), 0.008, 0.008);
    m.rod(rope, vec3(-length * 0.48, 0.34, 0.0), vec3(0.08, 0.28 + mast, 0.0), 0.008, 0.008);
    m.pose(0, turn(Vec3::X, dice.range(-9.0, 9.0)), vec3(0.0, -0.10, 0.0));
    Draft {
        model: m,
        setting: Setting::Sea,
        yaw: dice.cycle(&[0.0, 180.0]) + dice.sign() * dice.range(5.0, 45.0),
        pitch: dice.range(3.0, 12.0),
    }
}
