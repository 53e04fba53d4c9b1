//! Gradient Occlusion: a flat upright rectangle in front of a shaded lying one, which is seen to go on
//! behind it.
//!
//! Chosen where the published facts are silent: each rectangle lies anywhere in the picture, evenly drawn.
//! For the illusion the second is drawn again until the two share at least 4 px in x and in y, so that a
//! kept pixel shows it. The gradient goes in even steps from 0.4 at the left edge to 1 at the right, one a
//! pixel.

use super::canvas::{Canvas, Rect};
use super::draws::{Colour, ColourRange, Draws, times};

const LONG_PX: i32 = 120;
const SHORT_PX: i32 = 60;
const LEAST_OVERLAP_PX: i32 = 4;
const SHAPES: ColourRange = ColourRange::sevenths(3, 5);
const BACKGROUND: ColourRange = ColourRange::sevenths(6, 7);

/// Two rectangles anywhere; as an illusion they overlap. Labels: the one in front, then what is seen of the
/// other.
pub fn draw(draws: &mut Draws, illusion: bool) -> Canvas {
    let background = draws.colour(BACKGROUND);
    let (front_colour, behind_colour) = (draws.colour(SHAPES), draws.colour(SHAPES));
    let front = place(draws, SHORT_PX, LONG_PX);
    let mut behind = place(draws, LONG_PX, SHORT_PX);
    while illusion && !overlap(front, behind) {
        behind = place(draws, LONG_PX, SHORT_PX);
    }
    let mut canvas = Canvas::of_256(background);
    canvas.shade(|x, y| behind.covers(x, y).then(|| shaded(behind_colour, x - behind.x)));
    canvas.paint(front_colour, |x, y| front.covers(x, y));
    canvas.label(|x, y| front.covers(x, y));
    canvas.label(|x, y| behind.covers(x, y) && !front.covers(x, y));
    canvas
}

fn place(draws: &mut Draws, width: i32, height: i32) -> Rect {
    Rect { x: draws.whole(0..=256 - width), y: draws.whole(0..=256 - height), width, height }
}

fn overlap(one: Rect, other: Rect) -> bool {
    let shared = |a: i32, a_len: i32, b: i32, b_len: i32| (a + a_len).min(b + b_len) - a.max(b);
    shared(one.x, one.width, other.x, other.width) >= LEAST_OVERLAP_PX
        && shared(one.y, one.height, other.y, other.height) >= LEAST_OVERLAP_PX
}

fn shaded(colour: Colour, along_px: i32) -> Colour {
    let factor = 0.4 + 0.6 * (along_px as f32 / (LONG_PX - 1) as f32);
    times(colour, [factor; 3])
}
