//! Birds: a songbird on a log.

use glam::{Vec3, vec3};

use super::colour::rgb;
use super::dice::Dice;
use super::draft::Draft;
use super::model::{Model, Relief, turn};
use super::shape::{Shape, outline, smooth_outline};
use super::surroundings::Setting;
use super::texture::{Material, Pattern};

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
    let coat =
        m.paint(Material::new(Pattern::Feathers { belly: 0.42 }, a, b, 16.0).third(c).bumpy(0.8).over_all());
    let wing = m.paint(Material::new(Pattern::Feathers { belly: -9.0 }, a * 0.7, b, 8.0).third(b).bumpy(1.3));
    let dark = m.paint(Material::new(Pattern::Plain, rgb(0x0e0c0b), rgb(0), 6.0).shiny(0.9, 0.08));
    let white = m.paint(Material::new(Pattern::Plain, rgb(0xefe8da), rgb(0), 6.0).shiny(0.6, 0.04));
    let beak = m.paint(
        Material::new(Pattern::Plain, dice.colour(&[0xe09a2a, 0x4b4238, 0xd9742a]), rgb(0), 14.0)
            .shiny(0.5, 0.04),
    );
    let leg =
        m.paint(Material::new(Pattern::Shingles, dice.colour(&[0x9c6b3d, 0x5d4a3c]), rgb(0x3b2a1c), 60.0));
    let plump = dice.range(0.36, 0.46);
    let start = m.parts.len();
    m.group();
    m.part(coat, Shape::Ellipsoid(vec3(0.62, plump, plump * 0.92))).turned(Vec3::Z, 24.0).at(0.0, 0.5, 0.0);
    let head = vec3(0.50, 0.92 + dice.range(-0.04, 0.06), 0.0);
    m.rod(coat, vec3(0.2, 0.62, 0.0), head, 0.32, 0.26).blend(0.2);
    let tail = dice.range(0.55, 0.9);
    m.group();
    let fan = outline(&[(0.0, 0.10), (-tail, 0.15), (-tail - 0.06, 0.0), (-tail, -0.15), (0.0, -0.10)]);
    m.part(wing, Shape::Pushed { outline: fan, half: 0.035, round: 0.02, taper: 0.0, from: 0.0, bend: 0.0 })
        .turned(Vec3::X, 90.0)
        .turned(Vec3::Z, dice.range(10.0, 26.0))
        .at(-0.42, 0.30, 0.0);
    for side in [-1.0, 1.0] {
        m.group();
        let blade = smooth_outline(&[
            (0.34, 0.10),
            (0.1, 0.24),
            (-0.4, 0.13),
            (-0.92, -0.1),
            (-0.5, -0.18),
            (0.05, -0.22),
            (0.3, -0.1),
        ]);
        m.part(
            wing,
            Shape::Pushed {
                outline: blade,
                half: 0.05,
                round: 0.04,
                taper: 0.0,
                from: 0.0,
                bend: -0.16 * side,
            },
        )
        .turned(Vec3::X, side * 12.0)
        .turned(Vec3::Z, dice.range(14.0, 24.0))
        .at(0.02, 0.53, side * plump * 0.92);
        m.part(white, Shape::Ellipsoid(vec3(0.062, 0.062, 0.03))).at(
            head.x + 0.09,
            head.y + 0.05,
            side * 0.222,
        );
        m.part(dark, Shape::Ellipsoid(vec3(0.046, 0.046, 0.03))).at(
            head.x + 0.095,
            head.y + 0.05,
            side * 0.236,
        );
    }
    m.group();
    let bill = dice.range(0.2, 0.34);
    m.rod(beak, head + vec3(0.2, 0.02, 0.0), head + vec3(0.22 + bill, -0.03, 0.0), 0.085, 0.012)
        .stretched(1.0, 1.0, 0.8);
    let body_lean = dice.range(-10.0, 8.0);
    m.pose(start, turn(Vec3::Z, body_lean), vec3(0.0, lift, 0.0));
    m.group();
    for side in [-1.0, 1.0] {
        let foot = vec3(0.02, 0.30, side * 0.13);
        m.rod(coat, vec3(-0.02, lift + 0.16, side * 0.15), vec3(0.0, lift - 0.02, side * 0.14), 0.1, 0.045);
        m.rod(leg, vec3(0.0, lift, side * 0.14), foot, 0.03, 0.026);
        for spread in [-0.1, 0.0, 0.1] {
            m.rod(leg, foot, foot + vec3(0.17, -0.045, spread), 0.026, 0.016);
        }
        m.rod(leg, foot, foot + vec3(-0.13, -0.045, 0.0), 0.026, 0.016);
    }
    perch(&mut m, dice);
    Draft {
        model: m,
        setting: Setting::Meadow,
        yaw: dice.cycle(&[0.0, 180.0]) + dice.sign() * dice.range(5.0, 35.0),
        pitch: dice.range(0.0, 9.0),
    }
}

/// A mossy log under the bird's feet.
fn perch(m: &mut Model, dice: &mut Dice) {
    let bark = m.paint(
        Material::new(Pattern::Bark, rgb(0x8b6a4a), rgb(0x2e2017), 7.0)
            .third(dice.colour(&[0x7a8f4a, 0x8a9a7a]))
            .bumpy(1.6),
    );
    m.group();
    m.part(bark, Shape::Stump { half: dice.range(0.55, 0.75), bottom: 0.15, top: 0.13, round: 0.03 })
        .relief(Relief::Lumps(0.03, 5.0))
        .turned(Vec3::Z, 90.0)
        .turned(Vec3::Y, dice.range(-25.0, 25.0))
        .at(0.05, 0.12, 0.0);
}
