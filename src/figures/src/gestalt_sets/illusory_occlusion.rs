//! Illusory Occlusion: a square with a cross over diagonal stripes; where square or cross has the
//! background's colour, the square is still seen in front of the stripes.
//!
//! Chosen where the published facts are silent: the square lies anywhere in the picture. Stripes run from
//! the lower left to the upper right, 10 px wide and 40 px from one to the next along a row, the first
//! through the upper left corner. Where the illusion gives square and background one colour, it is drawn
//! from the range that both share, [2/7, 5/7], as in the other sets, and the cross is darker than it by the
//! same factors as always.

use super::canvas::{Canvas, Rect};
use super::draws::{Colour, ColourRange, Draws, times};

const SQUARE_PX: i32 = 80;
const CROSS_PX: i32 = 32;
const CROSS_OFFSET_PX: i32 = 24;
const STRIPE_PX: i32 = 10;
const STRIPE_INTERVAL_PX: i32 = 40;
const STRIPE: Colour = [0.2, 0.6, 0.3];
const CROSS: Colour = [0.8, 0.7, 0.3];
const BACKGROUND: ColourRange = ColourRange::sevenths(0, 5);
const SQUARE: ColourRange = ColourRange::sevenths(2, 7);
const BOTH: ColourRange = ColourRange::sevenths(2, 5);

/// A square with a cross over stripes; as an illusion the square (p = .5) or else the cross has the
/// background's colour.
pub fn draw(draws: &mut Draws, illusion: bool) -> Canvas {
    let (background, fill, cross) = colours(draws, illusion);
    let square = Rect::square(draws.whole(0..=176), draws.whole(0..=176), SQUARE_PX);
    let beam = CROSS_OFFSET_PX..CROSS_OFFSET_PX + CROSS_PX;
    let mut canvas = Canvas::of_256(background);
    canvas.paint(times(background, STRIPE), |x, y| (x + y) % STRIPE_INTERVAL_PX < STRIPE_PX);
    canvas.paint(fill, |x, y| square.covers(x, y));
    canvas.paint(cross, |x, y| {
        square.covers(x, y) && (beam.contains(&(x - square.x)) || beam.contains(&(y - square.y)))
    });
    canvas.label(|x, y| square.covers(x, y));
    canvas
}

/// Background, square and cross.
fn colours(draws: &mut Draws, illusion: bool) -> (Colour, Colour, Colour) {
    if illusion && draws.chance(5) {
        let both = draws.colour(BOTH);
        return (both, both, times(both, CROSS));
    }
    let (background, fill) = (draws.colour(BACKGROUND), draws.colour(SQUARE));
    (background, fill, if illusion { background } else { times(fill, CROSS) })
}
