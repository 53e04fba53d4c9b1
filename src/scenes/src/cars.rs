//! Road vehicles: a car.

use glam::{Vec3, vec3};

use super::colour::rgb;
use super::dice::Dice;
use super::draft::Draft;
use super::model::{Model, turn};
use super::shape::{Shape, outline, smooth_outline};
use super::surroundings::Setting;
use super::texture::{Material, Pattern};

/// A saloon, hatchback, van or off-roader, facing +x.
pub fn car(dice: &mut Dice) -> Draft {
    let mut m = Model::default();
    let body =
        dice.cycled_colour(&[0xc3202a, 0x1e5fb4, 0xe8b21e, 0x2f8f5a, 0xe8e6e0, 0xe0702a, 0x5fb0c8, 0x7a3f8f]);
    let paint = m.paint(Material::new(Pattern::Paint, body, body * 0.6, 3.0).shiny(0.85, 0.05).bumpy(0.0));
    let glass =
        m.paint(Material::new(Pattern::Plain, rgb(0x1b262d), rgb(0), 2.0).shiny(0.95, 0.12).bumpy(0.0));
    let rubber = m.paint(Material::new(Pattern::Gills, rgb(0x2b2a2a), rgb(0x121212), 14.0).bumpy(0.6));
    let chrome = m
        .paint(Material::new(Pattern::Brushed, rgb(0xd8dade), rgb(0x9a9ea6), 6.0).shiny(0.8, 0.6).metallic());
    let black = m.paint(Material::new(Pattern::Plain, rgb(0x19191b), rgb(0), 10.0));
    let lamp = m.paint(
        Material::new(Pattern::Seeds, rgb(0xfff4d8), rgb(0xc8c0a8), 30.0).shiny(0.9, 0.1).glowing(0.5),
    );
    let red = m.paint(
        Material::new(Pattern::Seeds, rgb(0xd01818), rgb(0x800c0c), 30.0).shiny(0.9, 0.1).glowing(0.3),
    );
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
    m.part(
        paint,
        Shape::Pushed { outline: cabin, half: 0.48, round: 0.06, taper: 0.3, from: bonnet - 0.05, bend: 0.0 },
    )
    .blend(0.05);
    for x in [-0.68, 0.72] {
        m.part(black, Shape::Stump { half: 0.7, bottom: wheel + 0.055, top: wheel + 0.055, round: 0.0 })
            .turned(Vec3::X, 90.0)
            .at(x, wheel, 0.0)
            .cut();
    }
    car_windows(&mut m, glass, (w0, r0, r1, w1, roof, bonnet));
    m.group();
    m.part(black, Shape::Block { half: vec3(1.0, 0.12, 0.38), round: 0.04 }).at(0.0, 0.30, 0.0);
    for x in [-0.68, 0.72] {
        for z in [-0.44, 0.44] {
            m.group();
            m.part(rubber, Shape::Stump { half: 0.095, bottom: wheel, top: wheel, round: 0.04 })
                .turned(Vec3::X, 90.0)
                .at(x, wheel, z);
            wheel_rim(&mut m, dice, chrome, black, vec3(x, wheel, z + 0.08 * z.signum()), wheel * 0.62);
        }
    }
    for z in [-0.36, 0.36] {
        m.group();
        m.part(lamp, Shape::Ellipsoid(vec3(0.06, 0.075, 0.11))).at(1.10, 0.50, z);
        m.part(red, Shape::Block { half: vec3(0.03, 0.08, 0.09), round: 0.02 }).at(-1.12, 0.52, z);
        m.part(paint, Shape::Ellipsoid(vec3(0.06, 0.05, 0.08))).at(w0 - 0.06, bonnet + 0.08, z * 1.5);
        m.part(chrome, Shape::Block { half: vec3(0.08, 0.014, 0.012), round: 0.01 }).at(
            -0.08,
            bonnet - 0.08,
            z * 1.39,
        );
    }
    m.group();
    // Door seams and a rubbing strip stand slightly proud of the flanks; flush with them they would be
    // hidden.
    let post = (r0 + r1) * 0.5 + 0.06;
    for x in [post, post + 0.46, post - 0.42] {
        m.part(black, Shape::Block { half: vec3(0.006, 0.16, 0.509), round: 0.002 }).at(x, 0.45, 0.0);
    }
    m.part(chrome, Shape::Block { half: vec3(0.42, 0.012, 0.507), round: 0.004 }).at(0.02, 0.42, 0.0);
    m.group();
    m.part(black, Shape::Block { half: vec3(0.03, 0.07, 0.24), round: 0.02 }).at(1.14, 0.36, 0.0);
    m.part(chrome, Shape::Block { half: vec3(0.04, 0.035, 0.5), round: 0.03 }).at(1.13, 0.26, 0.0);
    m.part(chrome, Shape::Block { half: vec3(0.04, 0.035, 0.5), round: 0.03 }).at(-1.12, 0.28, 0.0);
    Draft {
        model: m,
        setting: Setting::Street,
        yaw: dice.cycle(&[0.0, 180.0]) + dice.sign() * dice.range(15.0, 48.0),
        pitch: dice.range(4.0, 14.0),
    }
}

/// Side windows. In units along the car: `w0`, `w1` where front and rear window meet the body, `r0`, `r1`
/// the ends of the roof; heights of roof and bonnet.
fn car_windows(m: &mut Model, glass: usize, (w0, r0, r1, w1, roof, bonnet): (f32, f32, f32, f32, f32, f32)) {
    let (low, high) = (bonnet + 0.05, roof - 0.07);
    let post = (r0 + r1) * 0.5 + 0.06;
    let front = outline(&[(w0 - 0.08, low), (r0 - 0.01, high), (post + 0.03, high), (post + 0.03, low)]);
    let rear = outline(&[(post - 0.03, low), (post - 0.03, high), (r1 + 0.04, high), (w1 + 0.14, low)]);
    for pane in [front, rear] {
        m.group();
        m.part(
            glass,
            Shape::Pushed {
                outline: pane,
                half: 0.489,
                round: 0.01,
                taper: 0.3,
                from: bonnet - 0.05,
                bend: 0.0,
            },
        );
    }
    m.group();
    let screen =
        outline(&[(w0 + 0.075, low - 0.02), (r0 + 0.045, high), (r0 - 0.02, high), (w0 - 0.02, low - 0.02)]);
    m.part(
        glass,
        Shape::Pushed {
            outline: screen,
            half: 0.41,
            round: 0.01,
            taper: 0.3,
            from: bonnet - 0.05,
            bend: 0.0,
        },
    );
    let back = outline(&[(w1 - 0.055, low), (r1 - 0.035, high), (r1 + 0.03, high), (w1 + 0.03, low)]);
    m.part(
        glass,
        Shape::Pushed { outline: back, half: 0.39, round: 0.01, taper: 0.3, from: bonnet - 0.05, bend: 0.0 },
    );
}

fn wheel_rim(m: &mut Model, dice: &mut Dice, chrome: usize, black: usize, at: Vec3, radius: f32) {
    m.part(black, Shape::Stump { half: 0.015, bottom: radius, top: radius, round: 0.0 })
        .turned(Vec3::X, 90.0)
        .at(at.x, at.y, at.z);
    m.part(chrome, Shape::Ring { major: radius, minor: 0.025 }).turned(Vec3::X, 90.0).at(at.x, at.y, at.z);
    let start = m.parts.len();
    for spoke in 0..5 {
        m.part(chrome, Shape::Block { half: vec3(0.025, radius * 0.5, 0.022), round: 0.01 }).at(
            0.0,
            radius * 0.5,
            0.0,
        );
        m.pose(start + spoke, turn(Vec3::Z, 72.0 * spoke as f32), Vec3::ZERO);
    }
    m.pose(start, turn(Vec3::Z, dice.range(0.0, 72.0)), at);
}
