//! Closure: a square that is seen whole although only parts of its outline are there.
//!
//! Chosen where the published facts are silent: the square lies anywhere in the picture, evenly drawn. The
//! erasing squares lie with their middles on the outline, evenly along it, at even distances from the
//! square's corner (the 2 px grid), so that each of the 20 takes a part away. The outline is inside the 40
//! px.

use super::canvas::{Canvas, Rect};
use super::draws::{Colour, ColourRange, Draws, times};

const SQUARE_PX: i32 = 40;
const OUTLINE_PX: i32 = 2;
const OUTLINE: Colour = [0.4, 0.5, 0.7];
const BACKGROUND: ColourRange = ColourRange::sevenths(0, 4);
const SQUARE: ColourRange = ColourRange::sevenths(3, 7);
const BOTH: ColourRange = ColourRange::sevenths(3, 4);
const ERASERS: usize = 20;

/// A filled, outlined square; as an illusion only its outline, broken with p = .5.
pub fn draw(draws: &mut Draws, illusion: bool) -> Canvas {
    let (background, fill) = if illusion {
        let both = draws.colour(BOTH);
        (both, both)
    } else {
        (draws.colour(BACKGROUND), draws.colour(SQUARE))
    };
    let square = Rect::square(draws.whole(0..=24), draws.whole(0..=24), SQUARE_PX);
    let mut canvas = Canvas::of_64(background);
    canvas.paint(times(fill, OUTLINE), |x, y| square.covers(x, y));
    canvas.paint(fill, |x, y| square.shrunk(OUTLINE_PX).covers(x, y));
    if illusion && draws.chance(5) {
        for _ in 0..ERASERS {
            let eraser = eraser(draws, square);
            canvas.paint(background, |x, y| eraser.covers(x, y));
        }
    }
    canvas.label(|x, y| square.covers(x, y));
    canvas
}

/// A square of 5 to 10 px about a place on the outline.
fn eraser(draws: &mut Draws, square: Rect) -> Rect {
    let side = draws.whole(5..=10);
    // The outline's 2 px cells along a side, 20 of them; each corner belongs to one side.
    let along = 2 * draws.whole(0..=18);
    let far = SQUARE_PX - OUTLINE_PX;
    let (x, y) = match draws.whole(0..=3) {
        0 => (along, 0),
        1 => (far, along),
        2 => (far - along, far),
        _ => (0, far - along),
    };
    // An even shift keeps the corner on the grid; the cell is covered at every size.
    let back = side / 4 * 2;
    Rect::square(square.x + x - back, square.y + y - back, side)
}
