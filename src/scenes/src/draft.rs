//! What a category hands over for one picture: below both the categories and the renderer, so that neither
//! needs the other.

use super::model::Model;
use super::surroundings::Setting;

/// The object of a picture, and how it is looked at.
pub struct Draft {
    pub model: Model,
    pub setting: Setting,
    /// Degrees around y; 0 looks from +z, so that +x is on the right.
    pub yaw: f32,
    /// Degrees above the horizon.
    pub pitch: f32,
}
