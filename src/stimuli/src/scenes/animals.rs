//! Animals: a dog, a bird, a fish.

use glam::Vec3;

use super::colour::rgb;
use super::dice::Dice;
use super::model::{Model, Relief, turn};
use super::picture::Draft;
use super::shape::{Shape, outline, profile, smooth_outline};
use super::surroundings::Setting;
use super::texture::{Material, Pattern};

fn v(x: f32, y: f32, z: f32) -> Vec3 {
    Vec3::new(x, y, z)
}

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
        Material::new(Pattern::Fur { patches: coat.3, belly: leg }, a, b, 26.0).third(c).bumpy(2.2).over_all(),
    );
    let dark = m.paint(Material::new(Pattern::Plain, rgb(0x17120f), rgb(0), 8.0).shiny(0.85, 0.06));
    let ear_fur = m.paint(Material::new(Pattern::Fur { patches: 0.0, belly: -9.0 }, a * 0.55, b, 26.0).bumpy(2.2).over_all());
    let collar = m.paint(Material::new(Pattern::Weave, dice.colour(&[0xc0262b, 0x1f5fb0, 0x2b8a4b]), rgb(0), 40.0));
    let tuft = Relief::Tufts(dice.range(0.015, 0.04), 24.0);
    let long = dice.range(0.55, 0.72);
    let (hip, chest) = (v(-long, leg + 0.22, 0.0), v(long * 0.85, leg + 0.24, 0.0));
    let girth = dice.range(0.25, 0.31);
    m.group();
    m.rod(fur, hip, chest, girth * 0.88, girth * 1.12).relief(tuft);
    let stride = dice.range(-0.22, 0.22);
    for (x, swing) in [(-long - 0.02, stride), (long * 0.9, -stride)] {
        for side in [-1.0, 1.0] {
            let step = swing * side;
            let hind = x < 0.0;
            let top = v(x, leg + 0.12, side * 0.15);
            let knee = v(x + step * 0.5 + if hind { 0.08 } else { 0.02 }, leg * 0.52, side * 0.16);
            let ankle = v(x + step - if hind { 0.07 } else { 0.0 }, 0.10, side * 0.16);
            m.rod(fur, top, knee, if hind { 0.19 } else { 0.14 }, 0.085).blend(0.10).relief(tuft);
            m.rod(fur, knee, ankle, 0.08, 0.062).blend(0.05);
            m.rod(fur, ankle, ankle + v(0.10, -0.03, 0.0), 0.068, 0.07).blend(0.04);
        }
    }
    let tail_up = dice.range(-0.2, 0.6);
    m.part(
        fur,
        Shape::Bend {
            a: v(-long - 0.12, leg + 0.34, 0.0),
            b: v(-long - 0.5, leg + 0.3 + tail_up * 0.2, 0.0),
            c: v(-long - 0.55, leg + 0.35 + tail_up, dice.range(-0.15, 0.15)),
            ra: 0.075,
            rc: dice.range(0.03, 0.06),
        },
    )
    .blend(0.08)
    .relief(Relief::Tufts(0.035, 22.0));
    let head = chest + v(0.36, dice.range(0.36, 0.56), 0.0);
    m.rod(fur, chest + v(0.02, 0.08, 0.0), head - v(0.06, 0.04, 0.0), 0.21, 0.155).blend(0.12).relief(tuft);
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
    Draft { model: m, setting: Setting::Meadow, yaw: dice.sign() * dice.range(8.0, 38.0), pitch: dice.range(1.0, 10.0) }
}

fn dog_head(m: &mut Model, dice: &mut Dice, fur: usize, ear_fur: usize, dark: usize) {
    let snout = dice.range(0.24, 0.36);
    m.part(fur, Shape::Ellipsoid(v(0.215, 0.195, 0.185))).blend(0.10);
    m.rod(fur, v(0.12, -0.05, 0.0), v(0.10 + snout, -0.075, 0.0), 0.125, 0.082).blend(0.07);
    m.rod(fur, v(0.10, -0.11, 0.0), v(0.05 + snout, -0.145, 0.0), 0.07, 0.05).blend(0.03);
    let floppy = dice.chance(0.6);
    for side in [-1.0, 1.0] {
        m.group();
        if floppy {
            m.part(ear_fur, Shape::Ellipsoid(v(0.10, 0.185, 0.035)))
                .turned(Vec3::X, side * 14.0)
                .turned(Vec3::Z, -12.0)
                .at(-0.06, -0.02, side * 0.195);
        } else {
            m.part(ear_fur, Shape::Stump { half: 0.13, bottom: 0.085, top: 0.012, round: 0.01 })
                .stretched(1.0, 1.0, 0.5)
                .turned(Vec3::X, side * 16.0)
                .at(-0.06, 0.245, side * 0.125);
        }
        m.part(dark, Shape::Ellipsoid(v(0.036, 0.036, 0.036))).at(0.165, 0.055, side * 0.10);
    }
    m.group();
    m.part(dark, Shape::Ellipsoid(v(0.05, 0.042, 0.052))).at(0.17 + snout, -0.045, 0.0);
}

/// A songbird on a branch or stone, facing +x.
pub fn bird(dice: &mut Dice) -> Draft {
    let mut m = Model::default();
    let plumage = [
        (0x2f6fc4, 0x14305e, 0xf08a3c),
        (0x6b4b35, 0x33231a, 0xe0562b),
        (0xd9b52a, 0x2b2a22, 0xf6e9a0),
        (0xc42e2a, 0x571512, 0xe8735a),
        (0x3f8f58, 0x173f2b, 0xf0d34a),
        (0x59676f, 0x23292d, 0xf0c8a0),
    ];
    let look = dice.cycle(&plumage);
    let (a, b, c) = (dice.colour(&[look.0]), dice.colour(&[look.1]), dice.colour(&[look.2]));
    let lift = 0.62;
    let coat = m.paint(
        Material::new(Pattern::Feathers { belly: 0.42 }, a, b, 16.0).third(c).bumpy(0.8).over_all(),
    );
    let wing = m.paint(Material::new(Pattern::Feathers { belly: -9.0 }, a * 0.7, b, 8.0).third(b).bumpy(1.3));
    let dark = m.paint(Material::new(Pattern::Plain, rgb(0x0e0c0b), rgb(0), 6.0).shiny(0.9, 0.08));
    let white = m.paint(Material::new(Pattern::Plain, rgb(0xefe8da), rgb(0), 6.0).shiny(0.6, 0.04));
    let beak = m.paint(Material::new(Pattern::Plain, dice.colour(&[0xe09a2a, 0x4b4238, 0xd9742a]), rgb(0), 14.0).shiny(0.5, 0.04));
    let leg = m.paint(Material::new(Pattern::Shingles, dice.colour(&[0x9c6b3d, 0x5d4a3c]), rgb(0x3b2a1c), 60.0));
    let plump = dice.range(0.36, 0.46);
    let start = m.parts.len();
    m.group();
    m.part(coat, Shape::Ellipsoid(v(0.62, plump, plump * 0.92))).turned(Vec3::Z, 24.0).at(0.0, 0.5, 0.0);
    let head = v(0.50, 0.92 + dice.range(-0.04, 0.06), 0.0);
    m.rod(coat, v(0.2, 0.62, 0.0), head, 0.32, 0.26).blend(0.2);
    let tail = dice.range(0.55, 0.9);
    m.group();
    let fan = outline(&[(0.0, 0.10), (-tail, 0.15), (-tail - 0.06, 0.0), (-tail, -0.15), (0.0, -0.10)]);
    m.part(wing, Shape::Pushed { outline: fan, half: 0.035, round: 0.02, taper: 0.0, from: 0.0, bend: 0.0 })
        .turned(Vec3::X, 90.0)
        .turned(Vec3::Z, dice.range(10.0, 26.0))
        .at(-0.42, 0.30, 0.0);
    for side in [-1.0, 1.0] {
        m.group();
        let blade = smooth_outline(&[(0.34, 0.10), (0.1, 0.24), (-0.4, 0.13), (-0.92, -0.1), (-0.5, -0.18), (0.05, -0.22), (0.3, -0.1)]);
        m.part(wing, Shape::Pushed { outline: blade, half: 0.05, round: 0.04, taper: 0.0, from: 0.0, bend: -0.16 * side })
            .turned(Vec3::X, side * 12.0)
            .turned(Vec3::Z, dice.range(14.0, 24.0))
            .at(0.02, 0.53, side * plump * 0.92);
        m.part(white, Shape::Ellipsoid(v(0.062, 0.062, 0.03))).at(head.x + 0.09, head.y + 0.05, side * 0.222);
        m.part(dark, Shape::Ellipsoid(v(0.046, 0.046, 0.03))).at(head.x + 0.095, head.y + 0.05, side * 0.236);
    }
    m.group();
    let bill = dice.range(0.2, 0.34);
    m.rod(beak, head + v(0.2, 0.02, 0.0), head + v(0.22 + bill, -0.03, 0.0), 0.085, 0.012).stretched(1.0, 1.0, 0.8);
    let body_lean = dice.range(-10.0, 8.0);
    m.pose(start, turn(Vec3::Z, body_lean), v(0.0, lift, 0.0));
    m.group();
    for side in [-1.0, 1.0] {
        let foot = v(0.02, 0.30, side * 0.13);
        m.rod(coat, v(-0.02, lift + 0.16, side * 0.15), v(0.0, lift - 0.02, side * 0.14), 0.1, 0.045);
        m.rod(leg, v(0.0, lift, side * 0.14), foot, 0.03, 0.026);
        for spread in [-0.1, 0.0, 0.1] {
            m.rod(leg, foot, foot + v(0.17, -0.045, spread), 0.026, 0.016);
        }
        m.rod(leg, foot, foot + v(-0.13, -0.045, 0.0), 0.026, 0.016);
    }
    perch(&mut m, dice);
    Draft { model: m, setting: Setting::Meadow, yaw: dice.sign() * dice.range(5.0, 35.0), pitch: dice.range(0.0, 9.0) }
}

/// A mossy log under the bird's feet.
fn perch(m: &mut Model, dice: &mut Dice) {
    let bark = m.paint(
        Material::new(Pattern::Bark, rgb(0x8b6a4a), rgb(0x2e2017), 7.0).third(dice.colour(&[0x7a8f4a, 0x8a9a7a])).bumpy(1.6),
    );
    m.group();
    m.part(bark, Shape::Stump { half: dice.range(0.55, 0.75), bottom: 0.15, top: 0.13, round: 0.03 })
        .relief(Relief::Lumps(0.03, 5.0))
        .turned(Vec3::Z, 90.0)
        .turned(Vec3::Y, dice.range(-25.0, 25.0))
        .at(0.05, 0.12, 0.0);
}

/// A reef fish over a sandy bottom, facing +x.
pub fn fish(dice: &mut Dice) -> Draft {
    let mut m = Model::default();
    let dress = [
        (0xf07a1e, 0xf7f0e6, 0xf29a3a, 1.35),
        (0x2c6fd6, 0xf2cf2f, 0x9fd0f2, 0.9),
        (0xf2c81f, 0x232225, 0xf8e48a, 1.7),
        (0xd8432f, 0xf0d8c0, 0xf0a08a, 0.0),
        (0x2fa08a, 0xd95f8a, 0xd8f0c8, 0.8),
        (0xe89a28, 0xe8e6e0, 0xf6d78a, 0.0),
    ];
    let look = dice.cycle(&dress);
    let (a, b, c) = (dice.colour(&[look.0]), dice.colour(&[look.1]), dice.colour(&[look.2]));
    let scales = m.paint(
        Material::new(Pattern::Scales { bands: look.3 }, a, b, 15.0).third(c).shiny(0.55, 0.05).bumpy(1.3).over_all(),
    );
    let fin = m.paint(Material::new(Pattern::Rays, a * 1.05, b * 0.45 + a * 0.2, 3.2).bumpy(1.0));
    let white = m.paint(Material::new(Pattern::Plain, rgb(0xf2ead8), rgb(0), 6.0).shiny(0.8, 0.05));
    let dark = m.paint(Material::new(Pattern::Plain, rgb(0x0a0a0c), rgb(0), 6.0).shiny(0.9, 0.08));
    let tall = dice.range(0.38, 0.58);
    let start = m.parts.len();
    let half = profile(&[
        (0.02, -0.98),
        (0.10, -0.86),
        (0.14, -0.7),
        (0.34, -0.4),
        (0.5, 0.0),
        (0.49, 0.35),
        (0.36, 0.68),
        (0.2, 0.86),
        (0.04, 0.95),
    ]);
    m.group();
    m.part(scales, Shape::Turned(half)).turned(Vec3::Z, -90.0);
    if let Some(body) = m.parts.last_mut() {
        // Turned about the length, pressed flat from side to side.
        body.stretched(tall * 2.0, 1.0, 0.52);
    }
    fins(&mut m, dice, fin, tall);
    for side in [-1.0, 1.0] {
        m.group();
        m.part(white, Shape::Ellipsoid(v(0.088, 0.088, 0.05))).at(0.60, 0.10, side * 0.175);
        m.part(dark, Shape::Ellipsoid(v(0.055, 0.055, 0.05))).at(0.615, 0.10, side * 0.20);
    }
    m.pose(start, turn(Vec3::Z, dice.range(-12.0, 14.0)), v(0.0, dice.range(0.95, 1.3), 0.0));
    Draft { model: m, setting: Setting::Seabed, yaw: dice.sign() * dice.range(5.0, 38.0), pitch: dice.range(-2.0, 10.0) }
}

fn fins(m: &mut Model, dice: &mut Dice, fin: usize, tall: f32) {
    let fork = dice.range(0.0, 0.18);
    let spread = dice.range(0.34, 0.5);
    let thin = |outline, bend| Shape::Pushed { outline, half: 0.02, round: 0.012, taper: 0.0, from: 0.0, bend };
    m.group();
    let tail = smooth_outline(&[
        (0.12, 0.0),
        (-0.15, spread * 0.6),
        (-0.46, spread),
        (-0.42 + fork, 0.0),
        (-0.46, -spread),
        (-0.15, -spread * 0.6),
    ]);
    m.part(fin, thin(tail, dice.range(-0.5, 0.5))).at(-0.92, 0.0, 0.0);
    let crest = dice.range(0.2, 0.36);
    let back = smooth_outline(&[(0.42, -0.1), (0.25, crest * 0.8), (-0.15, crest), (-0.6, crest * 0.9), (-0.5, -0.12), (0.0, -0.15)]);
    m.part(fin, thin(back, 0.0)).at(0.05, tall * 0.93, 0.0);
    let under = smooth_outline(&[(0.1, 0.1), (-0.1, -0.22), (-0.48, -0.3), (-0.4, 0.1)]);
    m.part(fin, thin(under, 0.0)).at(-0.15, -tall * 0.85, 0.0);
    for side in [-1.0, 1.0] {
        m.group();
        let paddle = smooth_outline(&[(0.05, 0.0), (-0.14, 0.15), (-0.4, 0.05), (-0.34, -0.18), (-0.1, -0.12)]);
        m.part(fin, thin(paddle, 0.0))
            .turned(Vec3::Y, side * dice.range(20.0, 40.0))
            .turned(Vec3::Z, -12.0)
            .at(0.28, -0.08, side * 0.25);
    }
}
