//! Procedural textures: what a surface looks like close up, rich enough for texture synthesis to bite on.

mod made;
mod natural;

use glam::{Vec2, Vec3};

use super::colour::{mix, smoothstep};
use super::noise::{cells3, fbm3, hash3, unit};

/// The kinds of surface. `a`, `b`, `c` are the colours of the [`Material`].
#[derive(Clone, Copy, PartialEq)]
pub enum Pattern {
    /// `a` with faint mottling.
    Plain,
    /// Hair along x and down; `b` in patches covering the given share; `c` below the given height.
    Fur { patches: f32, belly: f32 },
    /// Overlapping feathers in rows; `b` at the tips; `c` below the given height.
    Feathers { belly: f32 },
    /// Fish scales with `b` in upright bands (of the given number per unit); `c` below height 0.
    Scales { bands: f32 },
    /// Rays fanning out from the origin, `a` to `b`.
    Rays,
    /// Grain along y.
    Wood,
    /// Boards along x in the xz plane (or the dominant plane), grain in each.
    Planks,
    /// Cracked, mottled stone.
    Stone,
    /// Bricks in courses; `b` is mortar.
    Bricks,
    /// Overlapping round tiles.
    Shingles,
    /// A woven cloth, plain.
    Weave,
    /// A woven cloth in checks of `a` and `b`.
    Checks,
    /// Brushed metal.
    Brushed,
    /// Car paint or lacquer with faint dust.
    Paint,
    /// A mass of leaves, `a` to `b`, with gaps of `c`.
    Leaves,
    /// Ridged bark.
    Bark,
    /// A petal: streaks from the origin outwards, `b` at its root.
    Petal,
    /// Glaze with painted bands and blossoms of `b` and `c`.
    Ceramic,
    /// Seeds or florets in dense dots.
    Seeds,
    /// Round spots of `b` on `a`.
    Spots,
    /// Thin sheets side by side round the y axis.
    Gills,
    /// Rendered wall.
    Plaster,
    /// Wall covering with repeating blossoms of `b`.
    Wallpaper,
    /// Rows of small dark windows and a stripe of `b` along x.
    Cabin,
    /// Loose soil with litter.
    Soil,
    /// Stitched panels of sailcloth.
    Sailcloth,
}

/// A surface: a pattern, its colours in linear light, and how it takes light.
#[derive(Clone, Copy)]
pub struct Material {
    pub pattern: Pattern,
    pub a: Vec3,
    pub b: Vec3,
    pub c: Vec3,
    /// Features per unit of length.
    pub scale: f32,
    /// How strongly the pattern's height bends the light.
    pub bump: f32,
    /// Sharpness of highlights, 0 to 1.
    pub gloss: f32,
    /// Reflectance at normal incidence.
    pub shine: f32,
    /// Reflects in its own colour.
    pub metal: bool,
    /// Light given off, as a share of the albedo.
    pub glow: f32,
    /// Whether the pattern follows the part (true) or the whole object (false).
    pub own_space: bool,
}

impl Material {
    /// A matt surface in two colours.
    pub fn new(pattern: Pattern, a: Vec3, b: Vec3, scale: f32) -> Self {
        Self {
            pattern,
            a,
            b,
            c: b,
            scale,
            bump: 0.6,
            gloss: 0.2,
            shine: 0.03,
            metal: false,
            glow: 0.0,
            own_space: true,
        }
    }

    /// Sets the third colour.
    pub fn third(mut self, c: Vec3) -> Self {
        self.c = c;
        self
    }

    /// Sets gloss and reflectance.
    pub fn shiny(mut self, gloss: f32, shine: f32) -> Self {
        (self.gloss, self.shine) = (gloss, shine);
        self
    }

    /// Makes a metal of it.
    pub fn metallic(mut self) -> Self {
        self.metal = true;
        self
    }

    /// Sets how strongly the height bends the light.
    pub fn bumpy(mut self, bump: f32) -> Self {
        self.bump = bump;
        self
    }

    /// Makes it shine by itself.
    pub fn glowing(mut self, glow: f32) -> Self {
        self.glow = glow;
        self
    }

    /// Lets the pattern run over the whole object instead of each part.
    pub fn over_all(mut self) -> Self {
        self.own_space = false;
        self
    }

    /// Colour and height at a point; `footprint` is the width of a pixel there.
    pub fn look(&self, p: Vec3, normal: Vec3, footprint: f32) -> (Vec3, f32) {
        let q = p * self.scale;
        let width = footprint * self.scale;
        let fine = (1.6 - 1.6 * width).clamp(0.0, 1.0);
        match self.pattern {
            Pattern::Plain => {
                let n = fbm3(q * 2.0, 4, width * 2.0);
                (self.a * (0.82 + 0.36 * n), n)
            }
            Pattern::Fur { patches, belly } => self.fur(p, q, width, patches, belly),
            Pattern::Feathers { belly } => self.feathers(p, q, fine, belly),
            Pattern::Scales { bands } => self.scales(p, q, fine, bands),
            Pattern::Rays => self.rays(q, width),
            Pattern::Wood => made::wood(self.a, self.b, q, width),
            Pattern::Planks => self.planks(facing(q, normal), width),
            Pattern::Stone => self.stone(q, width),
            Pattern::Bricks => self.bricks(facing(q, normal), width, fine),
            Pattern::Shingles => self.shingles(facing(q, normal), width),
            Pattern::Weave => self.weave(facing(q, normal), width, fine, self.a),
            Pattern::Checks => self.checks(facing(q, normal), width, fine),
            Pattern::Brushed => {
                let n = fbm3(Vec3::new(q.x * 2.0, q.y * 24.0, q.z * 2.0), 3, width * 8.0);
                let stain = fbm3(q * 1.3, 3, width);
                (mix(self.b, self.a, smoothstep(0.3, 0.62, stain)) * (0.75 + 0.5 * n), n * 0.12)
            }
            Pattern::Paint => {
                let n = fbm3(q, 4, width);
                (mix(self.a, self.b, smoothstep(0.52, 0.8, n) * 0.35) * (0.88 + 0.24 * n), 0.0)
            }
            Pattern::Leaves => self.leaves(q, width),
            Pattern::Bark => self.bark(q, width),
            Pattern::Petal => self.petal(q, width),
            Pattern::Ceramic => self.ceramic(q, width),
            Pattern::Seeds => {
                let cell = cells3(q);
                let shade = smoothstep(0.62, 0.1, cell.near);
                (mix(self.b, self.a, shade) * (0.6 + 0.8 * unit(cell.id)), shade)
            }
            Pattern::Spots => self.spots(q, width),
            Pattern::Gills => self.gills(q, width),
            Pattern::Plaster => {
                let n = fbm3(q * 3.0, 4, width * 3.0);
                let stain = fbm3(q * 0.5, 3, width);
                (mix(self.a, self.b, smoothstep(0.4, 0.75, stain)) * (0.8 + 0.4 * n), n)
            }
            Pattern::Wallpaper => self.wallpaper(facing(q, normal), width),
            Pattern::Cabin => self.cabin(q, width),
            Pattern::Soil => self.soil(q, width),
            Pattern::Sailcloth => self.sailcloth(q, width),
        }
    }
}

/// The plane coordinates of a point on a surface that faces mostly one axis.
pub fn facing(q: Vec3, normal: Vec3) -> Vec2 {
    let n = normal.abs();
    if n.y > n.x && n.y > n.z {
        Vec2::new(q.x, q.z)
    } else if n.x > n.z {
        Vec2::new(q.z, q.y)
    } else {
        Vec2::new(q.x, q.y)
    }
}

/// A wave from 0 to 1 and back, one period a unit.
pub fn triangle(x: f32) -> f32 {
    let f = x - x.floor();
    1.0 - (2.0 * f - 1.0).abs()
}

fn scallops(uv: Vec2) -> (f32, u32, Vec2) {
    let mut best = (0.0, 0, Vec2::ZERO);
    let column = uv.x.floor();
    for step in [-1.0, 0.0, 1.0] {
        let x = column - step;
        let shift = if x as i32 & 1 == 0 { 0.5 } else { 0.0 };
        let row = (uv.y + shift).floor();
        let from = Vec2::new(uv.x - x - 0.5, uv.y + shift - row - 0.5);
        let reach = Vec2::new(from.x * 0.62, from.y).length() / 0.62;
        // The scale nearest the head lies on top.
        if reach < 1.0 {
            best = (reach, hash3(x as i32, row as i32, 13), from);
            break;
        }
    }
    best
}
