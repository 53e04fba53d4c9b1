//! Things that move people: a car, an aeroplane, a sailing boat.

use glam::Vec3;

use super::colour::rgb;
use super::dice::Dice;
use super::model::{Model, turn};
use super::picture::Draft;
use super::shape::{Outline, Shape, outline, profile, smooth_outline};
use super::surroundings::Setting;
use super::texture::{Material, Pattern};

fn v(x: f32, y: f32, z: f32) -> Vec3 {
    Vec3::new(x, y, z)
}

fn slab(outline: Outline, half: f32, round: f32) -> Shape {
    Shape::Pushed { outline, half, round, taper: 0.0, from: 0.0, bend: 0.0 }
}

/// A saloon, hatchback, van or off-roader, facing +x.
pub fn car(dice: &mut Dice) -> Draft {
    let mut m = Model::default();
    let body = dice.cycled_colour(&[0xc3202a, 0x1e5fb4, 0xe8b21e, 0x2f8f5a, 0xe8e6e0, 0xe0702a, 0x5fb0c8, 0x7a3f8f]);
    let paint = m.paint(Material::new(Pattern::Paint, body, body * 0.6, 3.0).shiny(0.85, 0.05).bumpy(0.0));
    let glass = m.paint(Material::new(Pattern::Plain, rgb(0x1b262d), rgb(0), 2.0).shiny(0.95, 0.12).bumpy(0.0));
    let rubber = m.paint(Material::new(Pattern::Gills, rgb(0x2b2a2a), rgb(0x121212), 14.0).bumpy(0.6));
    let chrome = m.paint(Material::new(Pattern::Brushed, rgb(0xd8dade), rgb(0x9a9ea6), 6.0).shiny(0.8, 0.6).metallic());
    let black = m.paint(Material::new(Pattern::Plain, rgb(0x19191b), rgb(0), 10.0));
    let lamp = m.paint(Material::new(Pattern::Seeds, rgb(0xfff4d8), rgb(0xc8c0a8), 30.0).shiny(0.9, 0.1).glowing(0.5));
    let red = m.paint(Material::new(Pattern::Seeds, rgb(0xd01818), rgb(0x800c0c), 30.0).shiny(0.9, 0.1).glowing(0.3));
    let wheel = dice.range(0.21, 0.26);
    let kind = dice.cycle(&[0, 2, 1, 3]);
    // (front of windscreen, front of roof, back of roof, foot of rear window, roof height, bonnet height)
    let (w0, r0, r1, w1, roof, bonnet) = [
        (0.45, 0.10, -0.50, -0.80, 1.02, 0.66),
        (0.50, 0.18, -0.72, -0.98, 1.05, 0.66),
        (0.78, 0.50, -0.98, -1.05, 1.25, 0.74),
        (0.42, 0.18, -0.92, -1.02, 1.20, 0.78),
    ][kind];
    let side = smooth_outline(&[
        (1.12, 0.24),
        (1.16, 0.42),
        (1.06, 0.58),
        (w0 + 0.05, bonnet),
        (w1 - 0.02, bonnet + 0.03),
        (-1.1, bonnet - 0.04),
        (-1.15, 0.42),
        (-1.1, 0.24),
        (0.0, 0.2),
    ]);
    m.group();
    m.part(paint, Shape::Pushed { outline: side, half: 0.5, round: 0.07, taper: 0.12, from: 0.5, bend: 0.0 });
    let cabin = outline(&[(w0 + 0.12, bonnet - 0.1), (r0, roof), (r1, roof), (w1 - 0.06, bonnet - 0.1)]);
    m.part(paint, Shape::Pushed { outline: cabin, half: 0.48, round: 0.06, taper: 0.3, from: bonnet - 0.05, bend: 0.0 }).blend(0.05);
    for x in [-0.68, 0.72] {
        m.part(black, Shape::Stump { half: 0.7, bottom: wheel + 0.055, top: wheel + 0.055, round: 0.0 })
            .turned(Vec3::X, 90.0)
            .at(x, wheel, 0.0)
            .cut();
    }
    car_windows(&mut m, glass, (w0, r0, r1, w1, roof, bonnet));
    m.group();
    m.part(black, Shape::Block { half: v(1.0, 0.12, 0.38), round: 0.04 }).at(0.0, 0.30, 0.0);
    for x in [-0.68, 0.72] {
        for z in [-0.44, 0.44] {
            m.group();
            m.part(rubber, Shape::Stump { half: 0.095, bottom: wheel, top: wheel, round: 0.04 }).turned(Vec3::X, 90.0).at(x, wheel, z);
            wheel_rim(&mut m, dice, chrome, black, v(x, wheel, z + 0.08 * z.signum()), wheel * 0.62);
        }
    }
    for z in [-0.36, 0.36] {
        m.group();
        m.part(lamp, Shape::Ellipsoid(v(0.06, 0.075, 0.11))).at(1.10, 0.50, z);
        m.part(red, Shape::Block { half: v(0.03, 0.08, 0.09), round: 0.02 }).at(-1.12, 0.52, z);
        m.part(paint, Shape::Ellipsoid(v(0.06, 0.05, 0.08))).at(w0 - 0.06, bonnet + 0.08, z * 1.5);
        m.part(chrome, Shape::Block { half: v(0.08, 0.014, 0.012), round: 0.01 }).at(-0.08, bonnet - 0.08, z * 1.39);
    }
    m.group();
    m.part(black, Shape::Block { half: v(0.03, 0.07, 0.24), round: 0.02 }).at(1.14, 0.36, 0.0);
    m.part(chrome, Shape::Block { half: v(0.04, 0.035, 0.5), round: 0.03 }).at(1.13, 0.26, 0.0);
    m.part(chrome, Shape::Block { half: v(0.04, 0.035, 0.5), round: 0.03 }).at(-1.12, 0.28, 0.0);
    Draft { model: m, setting: Setting::Street, yaw: dice.sign() * dice.range(15.0, 48.0), pitch: dice.range(4.0, 14.0) }
}

fn car_windows(m: &mut Model, glass: usize, (w0, r0, r1, w1, roof, bonnet): (f32, f32, f32, f32, f32, f32)) {
    let (low, high) = (bonnet + 0.05, roof - 0.07);
    let post = (r0 + r1) * 0.5 + 0.06;
    let front = outline(&[(w0 - 0.08, low), (r0 - 0.01, high), (post + 0.03, high), (post + 0.03, low)]);
    let rear = outline(&[(post - 0.03, low), (post - 0.03, high), (r1 + 0.04, high), (w1 + 0.14, low)]);
    for pane in [front, rear] {
        m.group();
        m.part(glass, Shape::Pushed { outline: pane, half: 0.489, round: 0.01, taper: 0.3, from: bonnet - 0.05, bend: 0.0 });
    }
    m.group();
    let screen = outline(&[(w0 + 0.075, low - 0.02), (r0 + 0.045, high), (r0 - 0.02, high), (w0 - 0.02, low - 0.02)]);
    m.part(glass, Shape::Pushed { outline: screen, half: 0.41, round: 0.01, taper: 0.3, from: bonnet - 0.05, bend: 0.0 });
    let back = outline(&[(w1 - 0.055, low), (r1 - 0.035, high), (r1 + 0.03, high), (w1 + 0.03, low)]);
    m.part(glass, Shape::Pushed { outline: back, half: 0.39, round: 0.01, taper: 0.3, from: bonnet - 0.05, bend: 0.0 });
}

fn wheel_rim(m: &mut Model, dice: &mut Dice, chrome: usize, black: usize, at: Vec3, radius: f32) {
    m.part(black, Shape::Stump { half: 0.015, bottom: radius, top: radius, round: 0.0 }).turned(Vec3::X, 90.0).at(at.x, at.y, at.z);
    m.part(chrome, Shape::Ring { major: radius, minor: 0.025 }).turned(Vec3::X, 90.0).at(at.x, at.y, at.z);
    let start = m.parts.len();
    for spoke in 0..5 {
        m.part(chrome, Shape::Block { half: v(0.025, radius * 0.5, 0.022), round: 0.01 }).at(0.0, radius * 0.5, 0.0);
        m.pose(start + spoke, turn(Vec3::Z, 72.0 * spoke as f32), Vec3::ZERO);
    }
    m.pose(start, turn(Vec3::Z, dice.range(0.0, 72.0)), at);
}

/// An airliner or a propeller aeroplane in the air, facing +x.
pub fn aeroplane(dice: &mut Dice) -> Draft {
    let mut m = Model::default();
    let jet = dice.cycle(&[true, false, true, false, true]);
    let stripe = dice.cycled_colour(&[0xc8202a, 0x1b58b0, 0xe0901e, 0x1f8a5a, 0x6a2f8f]);
    let base = if jet { rgb(0xeeeeea) } else { dice.colour(&[0xe9b41f, 0xd8402a, 0xe8e4d8, 0x3f88c8]) };
    let skin = m.paint(Material::new(Pattern::Cabin, base, stripe, 9.0).shiny(0.7, 0.05).bumpy(0.0));
    let wing = m.paint(Material::new(Pattern::Sailcloth, base * 0.95, base * 0.75, 5.0).shiny(0.6, 0.05).bumpy(0.1));
    let tail = m.paint(Material::new(Pattern::Paint, stripe, stripe * 0.5, 4.0).shiny(0.7, 0.05));
    let metal = m.paint(Material::new(Pattern::Brushed, rgb(0xb8bcc4), rgb(0x6c7078), 8.0).shiny(0.7, 0.5).metallic());
    let glass = m.paint(Material::new(Pattern::Plain, rgb(0x16222c), rgb(0), 2.0).shiny(0.95, 0.15).bumpy(0.0));
    if jet { airliner(&mut m, dice, [skin, wing, tail, metal, glass]) } else { propeller(&mut m, dice, [skin, wing, tail, metal, glass]) }
    let pose = turn(Vec3::X, dice.range(-18.0, 18.0)) * turn(Vec3::Z, dice.range(-4.0, 16.0));
    m.pose(0, pose, v(0.0, 3.0, 0.0));
    Draft { model: m, setting: Setting::Air, yaw: dice.sign() * dice.range(20.0, 52.0), pitch: dice.sign() * dice.range(18.0, 36.0) }
}

fn airliner(m: &mut Model, dice: &mut Dice, [skin, wing, tail, metal, glass]: [usize; 5]) {
    let tube = profile(&[(0.02, -1.3), (0.06, -1.2), (0.13, -0.85), (0.175, -0.45), (0.18, 0.0), (0.18, 0.8), (0.165, 1.0), (0.11, 1.16), (0.02, 1.25)]);
    m.group();
    m.part(skin, Shape::Turned(tube)).turned(Vec3::Z, -90.0);
    m.part(glass, Shape::Block { half: v(0.05, 0.035, 0.10), round: 0.02 }).turned(Vec3::Z, -32.0).at(1.06, 0.115, 0.0);
    let sweep = dice.range(0.35, 0.6);
    for side in [-1.0, 1.0] {
        m.group();
        let plan = outline(&[(0.32, 0.0), (-0.22, 0.0), (-0.2 - sweep, 1.25), (-0.02 - sweep, 1.28)]);
        m.part(wing, slab(plan, 0.03, 0.02)).turned(Vec3::X, side * 84.0).at(0.15, -0.08, 0.0);
        let stabiliser = outline(&[(0.16, 0.0), (-0.16, 0.0), (-0.34, 0.5), (-0.2, 0.52)]);
        m.part(wing, slab(stabiliser, 0.022, 0.015)).turned(Vec3::X, side * 84.0).at(-1.1, 0.05, 0.0);
        let engine = v(0.18, -0.20, side * 0.45);
        m.part(metal, Shape::Stump { half: 0.18, bottom: 0.075, top: 0.105, round: 0.02 }).turned(Vec3::Z, -90.0).at(engine.x, engine.y, engine.z);
        m.part(glass, Shape::Stump { half: 0.02, bottom: 0.078, top: 0.078, round: 0.0 }).turned(Vec3::Z, -90.0).at(engine.x + 0.172, engine.y, engine.z);
    }
    m.group();
    let fin = outline(&[(0.28, 0.0), (-0.2, 0.0), (-0.42, 0.58), (-0.18, 0.6)]);
    m.part(tail, slab(fin, 0.026, 0.018)).at(-1.0, 0.1, 0.0);
}

fn propeller(m: &mut Model, dice: &mut Dice, [skin, wing, tail, metal, glass]: [usize; 5]) {
    let tube = profile(&[(0.03, -1.15), (0.06, -1.05), (0.15, -0.5), (0.24, 0.0), (0.25, 0.35), (0.21, 0.7), (0.15, 0.78)]);
    m.group();
    m.part(skin, Shape::Turned(tube)).turned(Vec3::Z, -90.0);
    m.part(glass, Shape::Ellipsoid(v(0.27, 0.15, 0.14))).at(0.1, 0.2, 0.0);
    let high = if dice.chance(0.5) { 0.36 } else { -0.14 };
    let two = dice.chance(0.35);
    for (y, present) in [(high, true), (-0.14, two && high > 0.0)] {
        if present {
            m.group();
            let plan = smooth_outline(&[(0.3, 0.0), (0.28, 0.9), (0.1, 1.15), (-0.15, 1.1), (-0.22, 0.6), (-0.22, -0.6), (-0.15, -1.1), (0.1, -1.15), (0.28, -0.9)]);
            m.part(wing, slab(plan, 0.04, 0.03)).turned(Vec3::X, 90.0).at(0.15, y, 0.0);
        }
    }
    for side in [-1.0, 1.0] {
        m.group();
        if high > 0.0 {
            m.rod(metal, v(0.2, -0.1, side * 0.2), v(0.2, high, side * 0.62), 0.02, 0.02);
        }
        m.rod(metal, v(0.4, -0.15, side * 0.1), v(0.45, -0.42, side * 0.28), 0.025, 0.025);
        m.part(glass, Shape::Stump { half: 0.04, bottom: 0.1, top: 0.1, round: 0.03 }).turned(Vec3::X, 90.0).at(0.45, -0.44, side * 0.3);
    }
    m.group();
    let plan = smooth_outline(&[(0.14, 0.0), (0.08, 0.42), (-0.12, 0.44), (-0.14, 0.0), (-0.12, -0.44), (0.08, -0.42)]);
    m.part(tail, slab(plan, 0.025, 0.018)).turned(Vec3::X, 90.0).at(-1.02, 0.05, 0.0);
    let fin = smooth_outline(&[(0.18, 0.0), (-0.02, 0.36), (-0.18, 0.38), (-0.2, 0.0)]);
    m.part(tail, slab(fin, 0.025, 0.018)).at(-0.98, 0.06, 0.0);
    m.part(metal, Shape::Stump { half: 0.1, bottom: 0.09, top: 0.02, round: 0.02 }).turned(Vec3::Z, -90.0).at(0.86, 0.0, 0.0);
    let tilt = dice.range(0.0, 180.0);
    m.part(metal, Shape::Ellipsoid(v(0.018, 0.42, 0.05))).turned(Vec3::X, tilt).at(0.86, 0.0, 0.0);
}

/// A sailing boat heeling a little, bow at +x.
pub fn sailing_boat(dice: &mut Dice) -> Draft {
    let mut m = Model::default();
    let hull_colour = dice.cycled_colour(&[0xf0ece0, 0xb8262a, 0x1f4f8f, 0x8a5a30, 0x2f6f5a]);
    let cloth = dice.cycled_colour(&[0xf6f1e4, 0xf2e2c0, 0xc8452f, 0xf0c040, 0xe8eef2]);
    let second = if dice.chance(0.5) { dice.colour(&[0xc8302a, 0x2a5fb0, 0xe8e2d0, 0xe89a2a]) } else { cloth * 0.92 };
    let hull = m.paint(Material::new(Pattern::Sailcloth, hull_colour, hull_colour * 0.8, 15.0).shiny(0.6, 0.04).bumpy(0.5));
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
    m.part(deck, Shape::Block { half: v(0.24, 0.07, 0.13), round: 0.04 }).at(0.12, 0.31, 0.0);
    m.rod(wood, v(0.12, 0.2, 0.0), v(0.08, 0.3 + mast, 0.0), 0.032, 0.018);
    let swing = dice.sign() * dice.range(0.08, 0.22);
    let boom = length * 0.45;
    m.rod(wood, v(0.1, 0.52, 0.0), v(0.1 - boom, 0.5, swing), 0.02, 0.018);
    m.group();
    let main = smooth_outline(&[(-0.03, 0.02), (-0.03, mast * 0.35), (-0.04, mast * 0.94), (-0.14, mast * 0.82), (-boom * 0.75, mast * 0.36), (-boom * 0.98, 0.05), (-boom * 0.5, 0.0)]);
    m.part(sail, Shape::Pushed { outline: main, half: 0.014, round: 0.008, taper: 0.0, from: 0.0, bend: swing * 1.1 })
        .at(0.08, 0.53, 0.0);
    let fore = smooth_outline(&[(0.05, mast * 0.8), (0.28, mast * 0.42), (length * 0.44, 0.02), (length * 0.2, 0.04), (0.06, 0.10), (0.10, mast * 0.4)]);
    m.part(sail, Shape::Pushed { outline: fore, half: 0.014, round: 0.008, taper: 0.0, from: 0.0, bend: swing * 0.8 })
        .at(0.08, 0.45, 0.0);
    m.rod(rope, v(length * 0.49, 0.38, 0.0), v(0.09, 0.25 + mast, 0.0), 0.008, 0.008);
    m.rod(rope, v(-length * 0.48, 0.34, 0.0), v(0.08, 0.28 + mast, 0.0), 0.008, 0.008);
    m.pose(0, turn(Vec3::X, dice.range(-9.0, 9.0)), v(0.0, -0.10, 0.0));
    Draft { model: m, setting: Setting::Sea, yaw: dice.sign() * dice.range(5.0, 45.0), pitch: dice.range(3.0, 12.0) }
}
