//! What the sets are painted on: hard-edged shapes, sampled at 64 × 64 points of a 64 px or a 256 px plane.

use super::draws::Colour;
use super::{MASK_LEN, PICTURE_LEN, SIDE_PX, Sample};

/// A picture and a mask in the making. Shapes are told which of their plane's pixels they cover; later ones
/// cover earlier ones.
pub struct Canvas {
    /// 1 on a 64 px plane; 4 on a 256 px plane, of which every fourth pixel (0, 4, 8, …) is kept.
    step: i32,
    picture: Vec<f32>,
    mask: Vec<u8>,
    labels: u8,
}

impl Canvas {
    /// A plane of 64 px of one colour, labelled 0.
    pub fn of_64(background: Colour) -> Self {
        Self::new(1, background)
    }

    /// A plane of 256 px of one colour, labelled 0.
    pub fn of_256(background: Colour) -> Self {
        Self::new(4, background)
    }

    fn new(step: i32, background: Colour) -> Self {
        let mut picture = Vec::with_capacity(PICTURE_LEN);
        for channel in background {
            picture.resize(picture.len() + MASK_LEN, channel);
        }
        Self { step, picture, mask: vec![0; MASK_LEN], labels: 1 }
    }

    /// Gives one colour to the pixels inside.
    pub fn paint(&mut self, colour: Colour, inside: impl Fn(i32, i32) -> bool) {
        self.shade(|x, y| inside(x, y).then_some(colour));
    }

    /// Gives each pixel the colour that is named for it, if any.
    pub fn shade(&mut self, colour_at: impl Fn(i32, i32) -> Option<Colour>) {
        for place in 0..MASK_LEN {
            let (x, y) = self.point(place);
            if let Some(colour) = colour_at(x, y) {
                for (channel, value) in colour.into_iter().enumerate() {
                    self.picture[channel * MASK_LEN + place] = value;
                }
            }
        }
    }

    /// Gives the pixels inside the next label: 1 at the first call, then 2, …
    pub fn label(&mut self, inside: impl Fn(i32, i32) -> bool) {
        for place in 0..MASK_LEN {
            let (x, y) = self.point(place);
            if inside(x, y) {
                self.mask[place] = self.labels;
            }
        }
        self.labels += 1;
    }

    /// The finished picture, its values multiplied by `factor`.
    pub fn finish(mut self, factor: f32) -> Sample {
        for value in &mut self.picture {
            *value *= factor;
        }
        Sample { picture: self.picture, mask: self.mask, labels: self.labels }
    }

    /// The plane's pixel that a place of the picture shows.
    fn point(&self, place: usize) -> (i32, i32) {
        ((place % SIDE_PX) as i32 * self.step, (place / SIDE_PX) as i32 * self.step)
    }
}

/// An upright rectangle in whole pixels.
#[derive(Clone, Copy)]
pub struct Rect {
    /// Left edge.
    pub x: i32,
    /// Top edge.
    pub y: i32,
    /// Pixels from left to right.
    pub width: i32,
    /// Pixels from top to bottom.
    pub height: i32,
}

impl Rect {
    /// A square.
    pub fn square(x: i32, y: i32, side: i32) -> Self {
        Self { x, y, width: side, height: side }
    }

    /// Whether it covers this pixel.
    pub fn covers(&self, x: i32, y: i32) -> bool {
        (self.x..self.x + self.width).contains(&x) && (self.y..self.y + self.height).contains(&y)
    }

    /// The rectangle that is left when this many pixels are taken off each side.
    pub fn shrunk(&self, by: i32) -> Self {
        Self { x: self.x + by, y: self.y + by, width: self.width - 2 * by, height: self.height - 2 * by }
    }
}

/// Squared distance of a pixel's centre from a point between pixels, in half pixels, and the way there:
/// `(dx, dy, d²)`.
pub fn from_centre(x: i32, y: i32, centre: (i32, i32)) -> (i32, i32, i32) {
    let (dx, dy) = (2 * (x - centre.0) + 1, 2 * (y - centre.1) + 1);
    (dx, dy, dx * dx + dy * dy)
}

/// Whether a disc covers a pixel's centre.
pub fn in_disc(x: i32, y: i32, centre: (i32, i32), diameter: i32) -> bool {
    from_centre(x, y, centre).2 < diameter * diameter
}
