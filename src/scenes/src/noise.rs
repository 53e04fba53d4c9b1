//! Noise from integer hashes: the grain of every texture, the same on every machine.

use glam::{Vec2, Vec3};

/// Mixes three lattice coordinates into 32 even bits.
pub fn hash3(x: i32, y: i32, z: i32) -> u32 {
    let mut h = (x as u32).wrapping_mul(0x8da6_b343)
        ^ (y as u32).wrapping_mul(0xd816_3841)
        ^ (z as u32).wrapping_mul(0xcb1a_b31f);
    h = (h ^ (h >> 15)).wrapping_mul(0x2c1b_3c6d);
    h = (h ^ (h >> 12)).wrapping_mul(0x297a_2d39);
    h ^ (h >> 15)
}

/// The top 24 bits as a number in `[0, 1)`.
pub fn unit(hash: u32) -> f32 {
    (hash >> 8) as f32 / 16_777_216.0
}

fn fade(t: f32) -> f32 {
    t * t * (3.0 - 2.0 * t)
}

fn lerp(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

/// Value noise in `[0, 1]`, one cell a unit.
pub fn noise3(p: Vec3) -> f32 {
    let cell = p.floor();
    let f = p - cell;
    let (x, y, z) = (cell.x as i32, cell.y as i32, cell.z as i32);
    let (u, v, w) = (fade(f.x), fade(f.y), fade(f.z));
    let at = |dx, dy, dz| unit(hash3(x + dx, y + dy, z + dz));
    let near = lerp(lerp(at(0, 0, 0), at(1, 0, 0), u), lerp(at(0, 1, 0), at(1, 1, 0), u), v);
    let far = lerp(lerp(at(0, 0, 1), at(1, 0, 1), u), lerp(at(0, 1, 1), at(1, 1, 1), u), v);
    lerp(near, far, w)
}

/// Value noise in the plane, in `[0, 1]`.
pub fn noise2(p: Vec2) -> f32 {
    let cell = p.floor();
    let f = p - cell;
    let (x, y) = (cell.x as i32, cell.y as i32);
    let (u, v) = (fade(f.x), fade(f.y));
    let at = |dx, dy| unit(hash3(x + dx, y + dy, 71));
    lerp(lerp(at(0, 0), at(1, 0), u), lerp(at(0, 1), at(1, 1), u), v)
}

/// Octaves of value noise, mean about 0.5. Octaves finer than `footprint` (the width of a pixel in the
/// units of `p`) fade out, so that distant texture does not sparkle.
pub fn fbm3(p: Vec3, octaves: u32, footprint: f32) -> f32 {
    let (mut q, mut amplitude, mut sum, mut width) = (p, 0.5, 0.5, footprint);
    for _ in 0..octaves {
        let visible = (1.5 - 1.5 * width).clamp(0.0, 1.0);
        if visible <= 0.0 {
            break;
        }
        sum += amplitude * visible * (noise3(q) - 0.5);
        // A turn between octaves hides the lattice.
        q = Vec3::new(0.8 * q.x + 0.6 * q.z, q.y, 0.8 * q.z - 0.6 * q.x) * 2.03;
        q = Vec3::new(q.x, 0.8 * q.y + 0.6 * q.z, 0.8 * q.z - 0.6 * q.y);
        amplitude *= 0.55;
        width *= 2.03;
    }
    sum
}

/// Octaves of value noise in the plane; see [`fbm3`].
pub fn fbm2(p: Vec2, octaves: u32, footprint: f32) -> f32 {
    let (mut q, mut amplitude, mut sum, mut width) = (p, 0.5, 0.5, footprint);
    for _ in 0..octaves {
        let visible = (1.5 - 1.5 * width).clamp(0.0, 1.0);
        if visible <= 0.0 {
            break;
        }
        sum += amplitude * visible * (noise2(q) - 0.5);
        q = Vec2::new(0.8 * q.x + 0.6 * q.y, 0.8 * q.y - 0.6 * q.x) * 2.03;
        amplitude *= 0.55;
        width *= 2.03;
    }
    sum
}

/// What a point sees of a cellular pattern.
#[derive(Clone, Copy)]
pub struct Cell {
    /// Distance to the nearest seed, in cells.
    pub near: f32,
    /// Distance to the second nearest; `second - near` is small at a border.
    pub second: f32,
    /// A random word of the nearest seed.
    pub id: u32,
    /// From the nearest seed to the point.
    pub offset: Vec3,
}

/// Cellular (Worley 1996) noise in space, one seed a unit cell; searches the 2×2×2 nearest cells only,
/// which is exact enough for texture at a third of the price.
pub fn cells3(p: Vec3) -> Cell {
    let base = (p - 0.5).floor();
    let (x, y, z) = (base.x as i32, base.y as i32, base.z as i32);
    let mut found = Cell { near: 9.0, second: 9.0, id: 0, offset: Vec3::ZERO };
    for corner in 0..8 {
        let (dx, dy, dz) = (corner & 1, (corner >> 1) & 1, corner >> 2);
        let id = hash3(x + dx, y + dy, z + dz);
        let jitter = Vec3::new(byte(id, 0), byte(id, 8), byte(id, 16)) * 0.7 + 0.15;
        let offset = p - base - Vec3::new(dx as f32, dy as f32, dz as f32) - jitter;
        found.take(offset, id);
    }
    found.rooted()
}

/// Cellular noise in the plane, over the 3×3 nearest cells.
pub fn cells2(p: Vec2) -> Cell {
    let base = p.floor();
    let (x, y) = (base.x as i32, base.y as i32);
    let mut found = Cell { near: 9.0, second: 9.0, id: 0, offset: Vec3::ZERO };
    for dy in -1..=1 {
        for dx in -1..=1 {
            let id = hash3(x + dx, y + dy, 9);
            let seed = base + Vec2::new(dx as f32 + byte(id, 0), dy as f32 + byte(id, 8));
            found.take((p - seed).extend(0.0), id);
        }
    }
    found.rooted()
}

impl Cell {
    fn take(&mut self, offset: Vec3, id: u32) {
        let squared = offset.length_squared();
        if squared < self.near {
            self.second = self.near;
            (self.near, self.id, self.offset) = (squared, id, offset);
        } else if squared < self.second {
            self.second = squared;
        }
    }

    fn rooted(mut self) -> Self {
        self.near = self.near.sqrt();
        self.second = self.second.sqrt();
        self
    }
}

fn byte(hash: u32, shift: u32) -> f32 {
    ((hash >> shift) & 255) as f32 / 256.0
}
