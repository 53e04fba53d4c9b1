//! Vessels: a teapot.

use glam::vec3;

use super::colour::rgb;
use super::dice::Dice;
use super::draft::Draft;
use super::model::Model;
use super::shape::{Shape, profile};
use super::surroundings::Setting;
use super::texture::{Material, Pattern};

/// A teapot with its spout at +x.
pub fn teapot(dice: &mut Dice) -> Draft {
    let mut m = Model::default();
    let glaze = dice.cycled_colour(&[0xf0e8d8, 0x8fc0d0, 0xf0d070, 0xd86a5a, 0x6fa880, 0x3f6fa8]);
    let bloom = dice.colour(&[0xc0303a, 0x2f4fa0, 0xe08a2a, 0x8a3f8a, 0xf4f0e4]);
    let body = match dice.cycle(&[2, 1, 3, 0, 2]) {
        0 => m.paint(
            Material::new(Pattern::Brushed, rgb(0xd89a68), rgb(0x8a4a28), 4.0).shiny(0.8, 0.6).metallic(),
        ),
        1 => m.paint(Material::new(Pattern::Spots, glaze, bloom, 4.0).shiny(0.85, 0.05).bumpy(0.1)),
        _ => m.paint(
            Material::new(Pattern::Ceramic, glaze, bloom, 2.2)
                .third(dice.colour(&[0x2f6f3f, 0x2f3f6f, 0x7a4a20]))
                .shiny(0.85, 0.05),
        ),
    };
    let trim = m.paint(Material::new(Pattern::Paint, bloom, bloom * 0.6, 6.0).shiny(0.85, 0.05));
    let fat = dice.range(0.52, 0.66);
    let tall = dice.range(0.72, 1.0);
    let belly = dice.range(0.36, 0.6);
    m.group();
    m.part(
        body,
        Shape::Turned(profile(&[
            (fat * 0.55, 0.0),
            (fat * 0.62, 0.03),
            (fat * 0.7, 0.10),
            (fat, tall * belly),
            (fat * 0.82, tall * 0.80),
            (fat * 0.55, tall * 0.97),
            (fat * 0.5, tall),
        ])),
    );
    let low = tall * dice.range(0.22, 0.36);
    m.part(
        body,
        Shape::Bend {
            a: vec3(fat * 0.74, low, 0.0),
            b: vec3(fat + 0.36, low + dice.range(0.0, 0.1), 0.0),
            c: vec3(fat + dice.range(0.36, 0.5), tall * dice.range(0.92, 1.08), 0.0),
            ra: 0.155,
            rc: 0.058,
        },
    )
    .blend(0.10);
    let out = fat + dice.range(0.45, 0.62);
    for (a, c) in [
        (vec3(-fat * 0.72, tall * 0.84, 0.0), vec3(-out, tall * 0.55, 0.0)),
        (vec3(-fat * 0.82, tall * 0.22, 0.0), vec3(-out, tall * 0.55, 0.0)),
    ] {
        let b = vec3(-out, a.y + 0.1 * (a.y - tall * 0.5).signum(), 0.0);
        m.part(trim, Shape::Bend { a, b, c, ra: 0.062, rc: 0.056 }).blend(0.05);
    }
    m.group();
    let lid = dice.range(0.12, 0.24);
    m.part(
        body,
        Shape::Turned(profile(&[
            (fat * 0.53, tall - 0.01),
            (fat * 0.54, tall + 0.025),
            (fat * 0.4, tall + lid * 0.6),
            (fat * 0.12, tall + lid),
            (0.03, tall + lid + 0.02),
        ])),
    );
    m.part(trim, Shape::Ellipsoid(vec3(0.085, dice.range(0.07, 0.1), 0.085)))
        .at(0.0, tall + lid + 0.08, 0.0)
        .blend(0.03);
    m.group();
    m.part(trim, Shape::Ring { major: fat * 0.53, minor: 0.02 }).at(0.0, tall, 0.0);
    m.part(trim, Shape::Ring { major: fat * 0.58, minor: 0.025 }).at(0.0, 0.025, 0.0);
    Draft {
        model: m,
        setting: Setting::Table,
        yaw: dice.sign() * dice.range(0.0, 36.0),
        pitch: dice.range(10.0, 28.0),
    }
}
