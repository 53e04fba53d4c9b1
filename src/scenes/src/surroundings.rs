//! What an object stands on and in front of: ground, sky, walls, water, and the light that goes with them.

use glam::{Vec2, Vec3};

use super::colour::{mix, rgb, smoothstep};
use super::dice::Dice;
use super::noise::{fbm2, fbm3, hash3, noise2, unit};
use super::texture::{Material, Pattern};

/// The places a picture can be set in.
#[derive(Clone, Copy, PartialEq)]
pub enum Setting {
    Meadow,
    Street,
    Sea,
    Air,
    Seabed,
    Room,
    Table,
    Workbench,
    Forest,
}

/// What lies at y = 0. Colours are linear light, lengths are units (an object is about two units large).
pub enum Ground {
    Nothing,
    Grass {
        /// Colour at a blade's root.
        root: Vec3,
        /// Colour at a blade's tip.
        tip: Vec3,
        /// Colour of dry blades.
        dry: Vec3,
        flower: Vec3,
        /// Height of a blade, in units.
        height: f32,
        blades_per_unit: f32,
        /// A road along x, and half its width in units.
        road: Option<(Material, f32)>,
    },
    Water {
        /// Colour of deep water.
        deep: Vec3,
        waves_per_unit: f32,
    },
    Floor(Material),
}

/// What is behind everything. Colours are linear light.
pub enum Backdrop {
    /// Colours at the top and at the horizon; the share of the sky that is cloud, 0 to 1; the colour and the
    /// height of hills, as the sine of their elevation; where clouds and hills begin, in periods of their
    /// noise.
    Sky { zenith: Vec3, horizon: Vec3, cloud: f32, hills: Option<(Vec3, f32)>, shift: f32 },
    /// `distance` from the object's middle, in units.
    Wall { material: Material, distance: f32 },
    /// Water: its colour nearby and far away.
    Deep { near: Vec3, far: Vec3 },
}

/// A place with its light.
pub struct Surroundings {
    pub ground: Ground,
    pub backdrop: Backdrop,
    /// Linear light (red, green, blue) of the sun on a surface that faces it; 1 shows a white surface as
    /// white.
    pub sunlight: Vec3,
    /// Linear light from above, without direction.
    pub skylight: Vec3,
    /// Linear light from below, without direction.
    pub bounce: Vec3,
    /// Larger is sharper.
    pub shadow_sharpness: f32,
    /// Colour of the haze, linear light.
    pub fog: Vec3,
    /// Share of the light that haze takes over one unit, for small shares.
    pub fog_per_unit: f32,
    /// The most that haze may cover.
    pub fog_limit: f32,
}

impl Surroundings {
    /// Dresses a setting with the given dice; lengths are for an object about two units large.
    pub fn of(setting: Setting, dice: &mut Dice) -> Self {
        let ground = ground(setting, dice);
        match setting {
            Setting::Room | Setting::Table | Setting::Workbench => Self::indoors(ground, setting, dice),
            Setting::Seabed => Self {
                ground,
                backdrop: Backdrop::Deep {
                    near: dice.colour(&[0x2c9fb8, 0x2f86c0, 0x36b0a8]),
                    far: dice.colour(&[0x0d3b66, 0x0b4a6f, 0x12506a]),
                },
                sunlight: Vec3::new(2.1, 2.5, 2.4),
                skylight: Vec3::new(0.45, 0.85, 1.0),
                bounce: Vec3::new(0.30, 0.38, 0.34),
                shadow_sharpness: 5.0,
                fog: rgb(0x2a86a6),
                fog_per_unit: 0.10,
                fog_limit: 1.0,
            },
            _ => Self::outdoors(ground, setting, dice),
        }
    }

    fn outdoors(ground: Ground, setting: Setting, dice: &mut Dice) -> Self {
        // (zenith, horizon, sun, sky light): noon, late, pale, deep.
        let mood = dice.cycle(&[
            (0x2f6fd0, 0xb9dcf5, 0xfff3df, 0x8fb8ee),
            (0x3f72b8, 0xffdcae, 0xffdfae, 0x93a9d6),
            (0x5b93d6, 0xdfeaf2, 0xfff6e8, 0xa9c4ea),
            (0x1f57b5, 0x9fd0f2, 0xfff0d8, 0x7fb0f0),
        ]);
        let hill = dice.colour(&[0x4d6b4a, 0x5c7a63, 0x3f5f50, 0x6d7a55]);
        let hills = match setting {
            Setting::Air => None,
            Setting::Sea => dice.chance(0.5).then(|| (mix(hill, rgb(0x9fb8cc), 0.5), 0.035)),
            _ => Some((hill, dice.range(0.06, 0.16))),
        };
        Self {
            ground,
            backdrop: Backdrop::Sky {
                zenith: rgb(mood.0),
                horizon: rgb(mood.1),
                cloud: if setting == Setting::Air { dice.range(0.55, 1.0) } else { dice.range(0.25, 0.8) },
                hills,
                shift: dice.range(0.0, 100.0),
            },
            sunlight: rgb(mood.2) * dice.range(2.6, 3.2),
            skylight: rgb(mood.3) * dice.range(0.85, 1.1),
            bounce: match setting {
                Setting::Meadow | Setting::Forest => Vec3::new(0.16, 0.19, 0.09),
                Setting::Sea => Vec3::new(0.10, 0.17, 0.20),
                Setting::Air => Vec3::new(0.35, 0.42, 0.5),
                _ => Vec3::splat(0.18),
            },
            shadow_sharpness: 14.0,
            fog: match setting {
                Setting::Sea => rgb(mood.1),
                _ => mix(rgb(mood.1), hill * Vec3::new(1.2, 1.2, 0.8), 0.65),
            },
            fog_per_unit: 0.012,
            fog_limit: if setting == Setting::Sea { 0.85 } else { 0.6 },
        }
    }

    fn indoors(ground: Ground, setting: Setting, dice: &mut Dice) -> Self {
        let pale = dice.colour(&[0xd8c7a6, 0xa9bfa8, 0x9fb4c7, 0xd9b7a3, 0xc9c2b4, 0x8fa7a0, 0xc79f6b]);
        let dark = dice.colour(&[0x7a3b35, 0x35566e, 0x51683f, 0x7d5a86, 0x93622c]);
        let material = match dice.cycle(&[0, 1, 2, 3]) {
            0 => Material::new(Pattern::Wallpaper, pale, dark, dice.range(1.6, 2.6))
                .third(dark * 0.5 + pale * 0.4),
            1 => Material::new(Pattern::Bricks, rgb(0xa0563f), rgb(0xbfb2a2), 2.2),
            2 => Material::new(Pattern::Planks, pale, pale * 0.45, 2.6),
            _ => Material::new(Pattern::Plaster, pale, pale * 0.6, 1.5),
        };
        let warm = if setting == Setting::Workbench { 0xffefd8 } else { 0xffe6c4 };
        Self {
            ground,
            backdrop: Backdrop::Wall { material, distance: dice.range(1.5, 2.3) },
            sunlight: rgb(warm) * dice.range(2.0, 2.5),
            skylight: Vec3::new(0.62, 0.66, 0.74),
            bounce: Vec3::new(0.26, 0.21, 0.16),
            shadow_sharpness: 7.0,
            fog: Vec3::ZERO,
            fog_per_unit: 0.0,
            fog_limit: 0.0,
        }
    }

    /// Light arriving from a direction where nothing stands, for skies and reflections; `fine` asks for
    /// clouds.
    pub fn backdrop_light(&self, direction: Vec3, sun: Vec3, fine: bool) -> Vec3 {
        match &self.backdrop {
            Backdrop::Sky { zenith, horizon, cloud, hills, shift } => {
                // Pictures from the air have sky on all sides.
                let up = if hills.is_none() && matches!(self.ground, Ground::Nothing) {
                    0.18 + direction.y.abs() * 0.8
                } else {
                    direction.y.max(0.0)
                };
                let mut light = mix(*horizon, *zenith, (up * 1.6).min(1.0).sqrt());
                let glow = direction.dot(sun).max(0.0);
                light += self.sunlight * 0.12 * glow * glow * glow * glow * glow * glow;
                light = clouds(light, direction, *cloud, *shift, self.sunlight, fine);
                match hills {
                    Some((colour, height)) => land(light, direction, *colour, *height, *shift, *horizon),
                    None => light,
                }
            }
            Backdrop::Wall { material, .. } => {
                // A window in a room: soft and bright towards the light, wall elsewhere.
                let window = smoothstep(0.86, 0.93, direction.dot(sun));
                mix(material.a * 0.45, self.sunlight * 1.6, window)
            }
            Backdrop::Deep { near, far } => {
                let up = smoothstep(-0.25, 0.75, direction.y);
                let shaft =
                    fbm2(Vec2::new((direction.x + direction.z) * 9.0 + direction.y * 4.0, 3.0), 3, 0.0);
                let murk = fbm3(direction * 5.0, 3, 0.0);
                mix(*far, *near, (up + 0.22 * murk).min(1.2))
                    * (0.75 + 0.9 * (shaft - 0.3).max(0.0) * (0.3 + up))
            }
        }
    }
}

fn ground(setting: Setting, dice: &mut Dice) -> Ground {
    let wood = [0x9a6a3c, 0xb58a58, 0x7a4f30, 0xc29b6a, 0x8c5a3a];
    match setting {
        Setting::Air => Ground::Nothing,
        Setting::Sea => {
            Ground::Water { deep: dice.colour(&[0x0f4c6b, 0x14597a, 0x0b5d6b]), waves_per_unit: 2.4 }
        }
        Setting::Meadow | Setting::Forest | Setting::Street => Ground::Grass {
            root: dice.colour(&[0x1c3310, 0x22370f]),
            tip: dice.colour(&[0x7fae3a, 0x6f9f34, 0x93b04a]),
            dry: dice.colour(&[0xb9a85a, 0xa8b04e, 0xc0b070]),
            flower: dice.colour(&[0xf4f0e4, 0xf2d23a, 0xe0505a, 0xb08ae0]),
            height: dice.range(0.07, 0.13),
            blades_per_unit: 26.0,
            road: (setting == Setting::Street).then(|| {
                let grey = dice.colour(&[0x77777a, 0x9a8a74, 0x6c7076, 0xa07a68]);
                let pattern = dice.cycle(&[Pattern::Soil, Pattern::Stone, Pattern::Bricks]);
                let scale = if pattern == Pattern::Soil { 16.0 } else { 5.0 };
                (Material::new(pattern, grey, grey * 0.6, scale).third(grey * 1.3), dice.range(1.0, 1.4))
            }),
        },
        Setting::Seabed => {
            let sand = dice.colour(&[0xd6c08e, 0xc9b48a, 0xb8b08c]);
            Ground::Floor(Material::new(Pattern::Soil, sand, sand * 0.6, 7.0).third(sand * 1.3))
        }
        Setting::Room => {
            let a = dice.colour(&wood);
            Ground::Floor(Material::new(Pattern::Planks, a, a * 0.5, 4.0).shiny(0.5, 0.03))
        }
        Setting::Table if dice.chance(0.45) => {
            let a = dice.colour(&[0xe8e0d0, 0xdfe6ea, 0xf0e6c8]);
            let b = dice.colour(&[0xb33a35, 0x2f5f9f, 0x3f7f4f, 0xd08a2a]);
            Ground::Floor(Material::new(Pattern::Checks, a, b, 26.0).third(b * 0.5))
        }
        Setting::Table | Setting::Workbench => {
            let a = dice.colour(&wood);
            Ground::Floor(Material::new(Pattern::Planks, a, a * 0.48, 3.2).shiny(0.4, 0.03))
        }
    }
}

fn clouds(light: Vec3, direction: Vec3, cover: f32, shift: f32, sunlight: Vec3, fine: bool) -> Vec3 {
    if direction.y < 0.01 && cover < 0.0 {
        return light;
    }
    // A dome that is flat overhead and never runs to infinity, below the horizon too (for pictures from the
    // air).
    let reach = 1.9 / (direction.y.abs() + 0.38);
    let at = Vec2::new(direction.x, direction.z) * reach + shift;
    let octaves = if fine { 5 } else { 3 };
    let thick = fbm2(at * 1.5, octaves, 0.0);
    let share = smoothstep(0.62 - 0.25 * cover, 0.86 - 0.25 * cover, thick);
    let lit = fbm2(at * 1.5 + Vec2::new(0.12, 0.1), octaves - 1, 0.0);
    let white = sunlight * 0.31 * (0.85 + 1.6 * (thick - lit)) + 0.12;
    mix(light, white, share * 0.92)
}

/// Far hills and woods along the horizon.
fn land(light: Vec3, direction: Vec3, colour: Vec3, height: f32, shift: f32, haze: Vec3) -> Vec3 {
    if direction.y > height * 1.6 {
        return light;
    }
    let flat = Vec2::new(direction.x, direction.z).normalize_or_zero();
    let mut light = light;
    for ridge in 0..2 {
        let near = ridge as f32;
        let along = (flat + 2.0) * (2.2 + 2.0 * near) + shift + 13.0 * near;
        let bushy = noise2(flat * 60.0 + 90.0) * 0.25 + noise2(flat * 140.0 + 50.0) * 0.18;
        let top =
            height * (1.25 - 0.75 * near) * (0.35 + fbm2(along, 3, 0.0) + bushy * (0.2 + 0.8 * near) * 0.5);
        if direction.y < top {
            let leaf = fbm2(Vec2::new((flat.x - flat.y) * 90.0, direction.y * 160.0), 3, 0.0);
            let woods = colour * (0.1 + 1.5 * leaf) * (1.15 - 0.35 * near);
            let grey = Vec3::splat((haze.x + haze.y + haze.z) / 3.0);
            light = mix(woods, mix(haze, grey, 0.4), 0.36 - 0.28 * near);
        }
    }
    light
}

/// One blade of grass as a ray sees it: its colour, if there is one between the top of the sward and the
/// ground; `from` lies on top of the sward.
pub fn blade(from: Vec3, direction: Vec3, height: f32, per_unit: f32, limit: f32) -> Option<(f32, f32, u32)> {
    const LAYERS: usize = 14;
    let total = height / -direction.y;
    for layer in 0..LAYERS {
        let t = total * layer as f32 / LAYERS as f32;
        if t > limit {
            return None;
        }
        let level = 1.0 - layer as f32 / LAYERS as f32;
        let p = from + direction * t;
        let bend = (noise2(Vec2::new(p.x, p.z) * 1.7) - 0.5) * 0.16 * level * level;
        let wander =
            Vec2::new(noise2(Vec2::new(p.z, p.x) * 5.0), noise2(Vec2::new(p.x, p.z) * 5.0 + 40.0)) * 0.07;
        let q = (Vec2::new(p.x + bend, p.z + bend * 0.6) + wander) * per_unit;
        let cell = q.floor();
        let id = hash3(cell.x as i32, cell.y as i32, 41);
        let tall = 0.35 + 0.65 * unit(id);
        if level > tall {
            continue;
        }
        let lean =
            Vec2::new(unit(id.rotate_left(7)) - 0.5, unit(id.rotate_left(15)) - 0.5) * (0.25 + 0.45 * level);
        let off = q - cell - 0.5 - lean;
        if off.length() < 0.42 * (1.0 - level / tall * 0.75) {
            return Some((t, level, id));
        }
    }
    None
}
