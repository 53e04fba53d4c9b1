//! Proximity: six squares, seen as one row or as three pairs by how far they are from each other.
//!
//! Chosen where the published facts are silent: squares stand side by side. The box of 8 × 56 px (height ×
//! width) lies anywhere in the picture, and the squares anywhere in the box; what the box leaves over is
//! shared out by chance between the margins and the two gaps, which are 3 px or more. Labels count from the
//! left.

use super::canvas::{Canvas, Rect};
use super::draws::{ColourRange, Draws};

const SQUARE_PX: i32 = 7;
const BOX_WIDTH_PX: i32 = 56;
const BOX_HEIGHT_PX: i32 = 8;
const INNER_GAP_PX: i32 = 1;
const OUTER_GAP_PX: i32 = 3;
const BACKGROUND: ColourRange = ColourRange::sevenths(6, 7);
const SHAPES: ColourRange = ColourRange::sevenths(3, 5);

/// One row (p = .3) or three pairs in colours of their own; as an illusion one row (p = .5) or three pairs
/// in one colour.
pub fn draw(draws: &mut Draws, illusion: bool) -> Canvas {
    let background = draws.colour(BACKGROUND);
    let one_row = draws.chance(if illusion { 5 } else { 3 });
    let colours = if one_row || illusion { [draws.colour(SHAPES); 3] } else { three(draws) };
    let (x, y) = (draws.whole(0..=64 - BOX_WIDTH_PX), draws.whole(0..=64 - BOX_HEIGHT_PX));
    let top = y + draws.whole(0..=BOX_HEIGHT_PX - SQUARE_PX);
    let gaps = if one_row {
        [INNER_GAP_PX; 2]
    } else if illusion {
        [OUTER_GAP_PX; 2]
    } else {
        [OUTER_GAP_PX + draws.whole(0..=2), OUTER_GAP_PX + draws.whole(0..=2)]
    };
    let width = 6 * SQUARE_PX + 3 * INNER_GAP_PX + gaps[0] + gaps[1];
    let pairs = pairs(x + draws.whole(0..=BOX_WIDTH_PX - width), top, gaps);
    let mut canvas = Canvas::of_64(background);
    for (pair, colour) in pairs.iter().zip(colours) {
        canvas.paint(colour, |x, y| pair.iter().any(|square| square.covers(x, y)));
    }
    if one_row {
        canvas.label(|x, y| pairs.iter().flatten().any(|square| square.covers(x, y)));
    } else {
        for pair in &pairs {
            canvas.label(|x, y| pair.iter().any(|square| square.covers(x, y)));
        }
    }
    canvas
}

fn three(draws: &mut Draws) -> [[f32; 3]; 3] {
    std::array::from_fn(|_| draws.colour(SHAPES))
}

/// Three pairs from left to right, with these gaps between them.
fn pairs(left: i32, top: i32, gaps: [i32; 2]) -> [[Rect; 2]; 3] {
    let pair_px = 2 * SQUARE_PX + INNER_GAP_PX;
    let lefts = [left, left + pair_px + gaps[0], left + 2 * pair_px + gaps[0] + gaps[1]];
    lefts.map(|left| [0, SQUARE_PX + INNER_GAP_PX].map(|shift| Rect::square(left + shift, top, SQUARE_PX)))
}
