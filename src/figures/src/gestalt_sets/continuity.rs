//! Continuity: six arcs that continue each other into a ring, among arcs that do not.
//!
//! Chosen where the published facts are silent: the ring's outer diameter is 160 px, and it lies anywhere in
//! the picture; the six arcs begin at any whole degree. A distractor is an arc of the same ring whose middle
//! lies anywhere in the picture, turned by any whole degree, in one of two colours drawn from the ring's
//! range; distractors lie behind the ring.

use libm::{cos, round, sin};

use super::canvas::{Canvas, from_centre};
use super::draws::{Colour, ColourRange, Draws};

const DIAMETER_PX: i32 = 160;
const WIDTH_PX: i32 = 10;
const RING: ColourRange = ColourRange::sevenths(0, 5);
const BACKGROUND: ColourRange = ColourRange::sevenths(6, 7);
/// cos² 15° = (2 + √3) / 4: half of an arc's 30°.
const COS_SQUARED_15_DEG: f64 = 0.933_012_701_892_219_3;

/// A ring; as an illusion six of its arcs and 5 to 19 others.
pub fn draw(draws: &mut Draws, illusion: bool) -> Canvas {
    let (ring, background) = (draws.colour(RING), draws.colour(BACKGROUND));
    let mut canvas = Canvas::of_256(background);
    let half = DIAMETER_PX / 2;
    let centre = (draws.whole(half..=256 - half), draws.whole(half..=256 - half));
    if illusion {
        let colours = [draws.colour(RING), draws.colour(RING)];
        for _ in 0..draws.whole(5..=19) {
            let (colour, arc) = distractor(draws, colours);
            canvas.paint(colour, |x, y| arc.covers(x, y));
        }
        let first_deg = draws.whole(0..=59);
        for place in 0..6 {
            let arc = Arc::new(centre, first_deg + 60 * place);
            canvas.paint(ring, |x, y| arc.covers(x, y));
        }
    } else {
        canvas.paint(ring, |x, y| on_ring(x, y, centre));
    }
    canvas.label(|x, y| on_ring(x, y, centre));
    canvas
}

fn distractor(draws: &mut Draws, colours: [Colour; 2]) -> (Colour, Arc) {
    let colour = colours[draws.whole(0..=1) as usize];
    let middle = (draws.whole(0..=255), draws.whole(0..=255));
    let middle_deg = draws.whole(0..=359);
    let (towards_x, towards_y) = direction(middle_deg);
    let radius = f64::from((DIAMETER_PX - WIDTH_PX) / 2);
    let back = |along: f64| round(radius * along) as i32;
    let centre = (middle.0 - back(towards_x), middle.1 - back(towards_y));
    (colour, Arc::new(centre, middle_deg))
}

/// 30° of a ring.
struct Arc {
    centre: (i32, i32),
    towards: (f64, f64),
}

impl Arc {
    fn new(centre: (i32, i32), middle_deg: i32) -> Self {
        Self { centre, towards: direction(middle_deg) }
    }

    fn covers(&self, x: i32, y: i32) -> bool {
        let (dx, dy, squared) = from_centre(x, y, self.centre);
        let along = f64::from(dx) * self.towards.0 + f64::from(dy) * self.towards.1;
        on_ring(x, y, self.centre) && along > 0.0 && along * along >= COS_SQUARED_15_DEG * f64::from(squared)
    }
}

fn on_ring(x: i32, y: i32, centre: (i32, i32)) -> bool {
    let inner = DIAMETER_PX - 2 * WIDTH_PX;
    (inner * inner..DIAMETER_PX * DIAMETER_PX).contains(&from_centre(x, y, centre).2)
}

/// Cosine and sine of whole degrees, by software that is the same on every machine.
fn direction(deg: i32) -> (f64, f64) {
    let radians = f64::from(deg) * std::f64::consts::PI / 180.0;
    (cos(radians), sin(radians))
}
