//! Buildings: a house.

use glam::{Vec3, vec3};

use super::colour::rgb;
use super::dice::Dice;
use super::draft::Draft;
use super::model::Model;
use super::shape::{Shape, outline};
use super::surroundings::Setting;
use super::texture::{Material, Pattern};

/// A detached house, its long side and door at +z, a gable at +x.
pub fn house(dice: &mut Dice) -> Draft {
    let mut m = Model::default();
    let wall_colour = dice.colour(&[0xe8d8b8, 0xd8b090, 0xc8d0c8, 0xf0e8d8, 0xd89a80, 0x9ab0c0]);
    let walls = match dice.cycle(&[3, 0, 2, 1]) {
        0 => Material::new(Pattern::Bricks, rgb(0xa8543c), rgb(0xc8bcae), 7.0),
        1 => Material::new(Pattern::Stone, rgb(0xa8a090), rgb(0x857a68), 8.0),
        2 => Material::new(Pattern::Planks, wall_colour, wall_colour * 0.55, 9.0),
        _ => Material::new(Pattern::Plaster, wall_colour, wall_colour * 0.7, 5.0),
    };
    let walls = m.paint(walls);
    let tile = dice.cycled_colour(&[0xb0502f, 0x6a4a40, 0x5a6470, 0x8a3a2a, 0x7a6a4a]);
    let roof =
        m.paint(Material::new(Pattern::Shingles, tile, tile * 0.55, 10.0).third(rgb(0x6a7a40)).bumpy(1.4));
    let trim_colour = dice.colour(&[0xf4f0e4, 0x3f6f50, 0x2f4f7f, 0x7a2a2a]);
    let trim = m.paint(Material::new(Pattern::Wood, trim_colour, trim_colour * 0.7, 12.0));
    let door = dice.colour(&[0xb02a2a, 0x2a6f4a, 0x2a4f8f, 0xd08a20, 0x5a3420]);
    let door = m.paint(Material::new(Pattern::Planks, door, door * 0.4, 14.0));
    let glass =
        m.paint(Material::new(Pattern::Plain, rgb(0x223040), rgb(0), 3.0).shiny(0.95, 0.15).bumpy(0.0));
    let brick = m.paint(Material::new(Pattern::Bricks, rgb(0x9a4a38), rgb(0xb8ac9e), 11.0));
    let (long, deep) = (dice.range(0.8, 1.1), dice.range(0.55, 0.75));
    let eaves = if dice.chance(0.4) { dice.range(1.05, 1.2) } else { dice.range(0.62, 0.8) };
    let ridge = eaves + deep * dice.range(0.75, 1.2);
    m.group();
    let gable = outline(&[(-deep, 0.0), (-deep, eaves), (0.0, ridge), (deep, eaves), (deep, 0.0)]);
    m.part(walls, Shape::Pushed { outline: gable, half: long, round: 0.0, taper: 0.0, from: 0.0, bend: 0.0 })
        .turned(Vec3::Y, 90.0);
    let slope = (ridge - eaves) / deep;
    let over = 0.13;
    for side in [-1.0, 1.0] {
        m.group();
        let length = deep * (1.0 + slope * slope).sqrt() * 0.5 + over * 0.6;
        let angle = libm::atan2f(ridge - eaves, deep).to_degrees();
        m.part(roof, Shape::Block { half: vec3(long + over, 0.035, length), round: 0.012 })
            .turned(Vec3::X, side * angle)
            .at(0.0, (eaves + ridge) * 0.5 - slope * over * 0.5 + 0.04, side * (deep * 0.5 + over * 0.5));
    }
    m.group();
    m.rod(roof, vec3(-long - over, ridge + 0.05, 0.0), vec3(long + over, ridge + 0.05, 0.0), 0.045, 0.045);
    m.group();
    let stack = vec3(long * dice.range(-0.7, 0.7), ridge - 0.02, -deep * 0.2);
    m.part(brick, Shape::Block { half: vec3(0.1, 0.3, 0.1), round: 0.005 }).at(stack.x, stack.y, stack.z);
    m.part(brick, Shape::Block { half: vec3(0.125, 0.03, 0.125), round: 0.005 }).at(
        stack.x,
        stack.y + 0.29,
        stack.z,
    );
    let door_x = long * dice.pick(&[-0.45, 0.0, 0.45]);
    m.group();
    m.part(trim, Shape::Block { half: vec3(0.165, 0.285, 0.03), round: 0.005 }).at(door_x, 0.285, deep);
    m.part(door, Shape::Block { half: vec3(0.135, 0.26, 0.04), round: 0.005 }).at(door_x, 0.265, deep);
    m.part(brick, Shape::Block { half: vec3(0.22, 0.04, 0.12), round: 0.005 }).at(door_x, 0.02, deep + 0.1);
    let mut panes = Vec::new();
    for floor in 0..if eaves > 1.0 { 2 } else { 1 } {
        let y = 0.42 + 0.52 * floor as f32;
        for x in [-0.62, 0.0, 0.62] {
            let x = x * long;
            if floor > 0 || (x - door_x).abs() > 0.36 {
                panes.push((vec3(x, y, deep), 0.0));
            }
        }
        for z in [-0.45, 0.45] {
            panes.push((vec3(long, y, z * deep), 90.0));
            panes.push((vec3(-long, y, z * deep), 90.0));
        }
    }
    panes.push((vec3(long, eaves + (ridge - eaves) * 0.28, 0.0), 90.0));
    let shutters = dice.chance(0.5);
    for (at, angle) in panes {
        window(&mut m, [trim, glass, door], at, angle, shutters);
    }
    Draft {
        model: m,
        setting: Setting::Meadow,
        yaw: dice.sign() * dice.range(22.0, 48.0),
        pitch: dice.range(4.0, 14.0),
    }
}

fn window(m: &mut Model, [trim, glass, shutter]: [usize; 3], at: Vec3, angle: f32, shutters: bool) {
    let start = m.parts.len();
    m.group();
    m.part(trim, Shape::Block { half: vec3(0.135, 0.155, 0.022), round: 0.004 });
    m.part(glass, Shape::Block { half: vec3(0.108, 0.128, 0.028), round: 0.004 });
    m.part(trim, Shape::Block { half: vec3(0.011, 0.13, 0.034), round: 0.002 });
    m.part(trim, Shape::Block { half: vec3(0.11, 0.011, 0.034), round: 0.002 });
    m.part(trim, Shape::Block { half: vec3(0.155, 0.016, 0.05), round: 0.004 }).at(0.0, -0.16, 0.0);
    if shutters && angle == 0.0 {
        for x in [-0.2, 0.2] {
            m.part(shutter, Shape::Block { half: vec3(0.062, 0.15, 0.02), round: 0.004 }).at(x, 0.0, 0.0);
        }
    }
    m.pose(start, super::model::turn(Vec3::Y, angle), at);
}
