//! Kanizsa: a square that is seen by what it takes from four discs.
//!
//! Chosen where the published facts are silent: the square lies anywhere so that discs displaced by 20 px
//! still fit, in all splits alike. A disc's middle is the square's corner, in training displaced by −20 to
//! 20 px, evenly and separately in x and y. All four discs have one colour. The square lies on the discs;
//! its label too.

use super::canvas::{Canvas, Rect, in_disc};
use super::draws::{ColourRange, Draws};

const SQUARE_PX: i32 = 100;
const DISC_PX: i32 = 48;
const JITTER_PX: i32 = 20;
const BACKGROUND: ColourRange = ColourRange::sevenths(5, 6);
const SQUARE: ColourRange = ColourRange::sevenths(5, 7);
const DISC: ColourRange = ColourRange::sevenths(2, 3);

/// A square on displaced discs; as an illusion a square of the background's colour on discs at its corners.
pub fn draw(draws: &mut Draws, illusion: bool) -> Canvas {
    let background = draws.colour(BACKGROUND);
    let fill = if illusion { background } else { draws.colour(SQUARE) };
    let disc = draws.colour(DISC);
    let margin = JITTER_PX + DISC_PX / 2;
    let last = 256 - margin - SQUARE_PX;
    let square = Rect::square(draws.whole(margin..=last), draws.whole(margin..=last), SQUARE_PX);
    let jitter = if illusion { 0 } else { JITTER_PX };
    let discs = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(right, down)| {
        let (dx, dy) = (draws.whole(-jitter..=jitter), draws.whole(-jitter..=jitter));
        (square.x + right * SQUARE_PX + dx, square.y + down * SQUARE_PX + dy)
    });
    let on_discs = |x, y| discs.iter().any(|&centre| in_disc(x, y, centre, DISC_PX));
    let mut canvas = Canvas::of_256(background);
    canvas.paint(disc, on_discs);
    canvas.paint(fill, |x, y| square.covers(x, y));
    canvas.label(on_discs);
    canvas.label(|x, y| square.covers(x, y));
    canvas
}
