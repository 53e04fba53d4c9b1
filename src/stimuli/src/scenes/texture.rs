//! Procedural textures: what a surface looks like close up, rich enough for texture synthesis to bite on.

use glam::{Vec2, Vec3};

use super::colour::{mix, smoothstep};
use super::noise::{cells2, cells3, fbm2, fbm3, hash3, noise2, noise3, unit};

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
            Pattern::Wood => wood(self.a, self.b, q, width),
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

    fn fur(&self, p: Vec3, q: Vec3, width: f32, patches: f32, belly: f32) -> (Vec3, f32) {
        let bent = q + (fbm3(p * 4.0, 2, 0.0) - 0.5) * 5.0;
        // Hair lies backwards and down.
        let (along, across) = (bent.x * 0.75 + bent.y * 0.66, bent.x * 0.66 - bent.y * 0.75);
        let strands = fbm3(Vec3::new(along * 0.22, across * 1.15, bent.z * 1.15), 3, width * 0.8);
        let clumps = fbm3(Vec3::new(p.x * 6.0, p.y * 10.0, p.z * 14.0), 2, 0.0);
        let patch = fbm3(p * 2.3 + 7.0, 3, 0.0) + (strands - 0.5) * 0.12;
        let edge = 0.72 - 0.42 * patches;
        let coat = mix(self.a, self.b, smoothstep(edge, edge + 0.06, patch) * f32::from(patches > 0.0));
        let under = smoothstep(belly + 0.1, belly - 0.08, p.y + (strands - 0.5) * 0.2);
        let light = 0.30 + 1.1 * strands + 0.3 * clumps;
        (mix(coat, self.c, under * 0.8) * light, strands * 1.3 + clumps * 0.3)
    }

    fn feathers(&self, p: Vec3, q: Vec3, fine: f32, belly: f32) -> (Vec3, f32) {
        let (scallop, id, along) = scallops(Vec2::new(-q.x, q.y * 1.3));
        let barbs = noise2(Vec2::new(along.x * 3.0, (along.y + along.x.abs() * 0.6) * 16.0));
        let tip = smoothstep(0.55, 0.95, scallop);
        let coat = mix(self.a, self.b, tip * 0.6) * (0.7 + 0.4 * unit(id) + 0.7 * (barbs - 0.5) * fine);
        let under = smoothstep(belly + 0.07, belly - 0.07, p.y + 0.1 * (barbs - 0.5));
        let down = self.c * (0.75 + 0.5 * noise3(Vec3::new(q.x, q.y * 4.0, q.z * 4.0)));
        (mix(coat, down, under), ((1.0 - scallop) * 0.45 + barbs * 0.25) * fine * (1.0 - 0.6 * under))
    }

    fn scales(&self, p: Vec3, q: Vec3, fine: f32, bands: f32) -> (Vec3, f32) {
        let (scallop, id, _) = scallops(Vec2::new(q.x, q.y));
        let wobble = (fbm3(p * 3.0, 2, 0.0) - 0.5) * 0.5;
        let wave = triangle((p.x + wobble * 0.4) * bands + 0.25);
        let band = if bands > 0.0 { smoothstep(0.55, 0.75, wave) } else { 0.0 };
        let edge = if bands > 0.0 { smoothstep(0.4, 0.5, wave) - band } else { 0.0 };
        let back = mix(self.a, self.a * 0.45, smoothstep(0.1, 0.5, p.y + wobble * 0.3));
        let side = mix(back, self.c, smoothstep(0.02, -0.34, p.y + wobble * 0.2));
        let coat = mix(mix(side, self.b, band), Vec3::splat(0.02), edge * 0.8);
        let shade = 0.72 + 0.35 * unit(id) - 0.45 * smoothstep(0.7, 1.0, scallop) * fine;
        (coat * shade, (1.0 - scallop) * fine)
    }

    fn rays(&self, q: Vec3, width: f32) -> (Vec3, f32) {
        let spread = q.y / (q.x.abs() + 0.6);
        let ray = triangle(spread * 5.0 + 0.15 * fbm3(q * 2.0, 2, width));
        let fade = fbm3(q * 2.0, 3, width);
        (mix(self.a, self.b, 0.75 * ray) * (0.6 + 0.8 * fade), ray)
    }

    fn planks(&self, uv: Vec2, width: f32) -> (Vec3, f32) {
        let row = uv.y.floor();
        let shift = unit(hash3(row as i32, 3, 0)) * 5.0;
        let along = (uv.x + shift) / 5.0;
        let id = hash3(row as i32, along.floor() as i32, 5);
        let across = (uv.y - row).min(1.0 - uv.y + row);
        let ends = (along - along.floor()).min(1.0 - along + along.floor()) * 5.0;
        let gap = smoothstep(0.012 + width * 0.6, 0.045 + width * 1.2, across.min(ends));
        let grain = Vec3::new(uv.y * 1.1 + unit(id) * 40.0, uv.x * 1.0, unit(id) * 17.0);
        let (colour, height) = wood(self.a, self.b, grain * 1.0, width);
        (colour * (0.7 + 0.6 * unit(id ^ 0x5bd1)) * (0.25 + 0.75 * gap), height * 0.4 + gap * 0.8)
    }

    fn stone(&self, q: Vec3, width: f32) -> (Vec3, f32) {
        let cell = cells3(q + (fbm3(q * 2.0, 2, width) - 0.5) * 0.7);
        let joint = smoothstep(0.02, 0.14 + width, cell.second - cell.near);
        let grain = fbm3(q * 6.0, 3, width * 6.0);
        let colour = mix(self.a, self.b, unit(cell.id)) * (0.55 + 0.9 * grain);
        (colour * (0.35 + 0.65 * joint), joint + grain * 0.5)
    }

    fn bricks(&self, uv: Vec2, width: f32, fine: f32) -> (Vec3, f32) {
        let row = (uv.y * 2.0).floor();
        let x = uv.x + if row as i32 & 1 == 0 { 0.5 } else { 0.0 };
        let id = hash3(x.floor() as i32, row as i32, 2);
        let (fx, fy) = (x - x.floor(), uv.y * 2.0 - row);
        let border = fx.min(1.0 - fx).min(fy.min(1.0 - fy) * 0.5);
        let face = mix_f(0.75, smoothstep(0.03, 0.07 + width * 0.5, border), fine.max(0.25));
        let grain = fbm2(uv * 9.0, 3, width * 9.0);
        let burnt = self.a * (0.92 + 0.75 * (unit(id) - 0.5) * fine) * Vec3::new(1.0, 0.9 + 0.25 * unit(id ^ 77), 1.0);
        (mix(self.b, burnt, face) * (0.65 + 0.7 * grain), face + 0.4 * grain)
    }

    fn shingles(&self, uv: Vec2, width: f32) -> (Vec3, f32) {
        let (scallop, id, _) = scallops(Vec2::new(uv.y, uv.x));
        let grain = fbm2(uv * 5.0, 3, width * 5.0);
        let moss = smoothstep(0.58, 0.72, fbm2(uv * 0.6, 3, width));
        let colour = mix(self.a, self.b, unit(id)) * (0.6 + 0.8 * grain);
        let shade = 1.0 - 0.75 * smoothstep(0.72, 1.0, scallop);
        (mix(colour, self.c, 0.5 * moss) * shade, 1.0 - scallop)
    }

    fn weave(&self, uv: Vec2, width: f32, fine: f32, colour: Vec3) -> (Vec3, f32) {
        let (u, v) = (uv.x * 2.0, uv.y * 2.0);
        let over = (u.floor() as i32 + v.floor() as i32) & 1 == 0;
        let thread = if over { triangle(v) } else { triangle(u) } * fine + 0.5 * (1.0 - fine);
        let slub = fbm2(Vec2::new(u * 0.35, v * 1.5), 3, width * 2.0);
        let fold = fbm2(uv * 0.09, 2, 0.0);
        (colour * (0.45 + 0.4 * thread + 0.35 * slub + 0.25 * fold), thread * 0.5 + fold * 3.0)
    }

    fn checks(&self, uv: Vec2, width: f32, fine: f32) -> (Vec3, f32) {
        let wide = uv * 0.11;
        let stripe = |x: f32| smoothstep(0.42, 0.58, triangle(x));
        let share = (stripe(wide.x) + stripe(wide.y)) * 0.5;
        let line = smoothstep(0.93, 0.97, triangle(wide.x + 0.5).max(triangle(wide.y + 0.5)));
        let colour = mix(mix(self.a, self.b, share), self.c, line * 0.7);
        self.weave(uv, width, fine, colour)
    }

    fn leaves(&self, q: Vec3, width: f32) -> (Vec3, f32) {
        let bent = q + (Vec3::new(noise3(q), noise3(q + 31.0), noise3(q + 57.0)) - 0.5) * 0.6;
        let cell = cells3(bent);
        let hue = unit(cell.id);
        let rib = 1.0 - smoothstep(0.0, 0.09 + width, (cell.offset.x - cell.offset.y * 0.6).abs());
        let gap = smoothstep(0.0, 0.16, cell.second - cell.near);
        let clump = fbm3(q * 0.22, 2, 0.0);
        let leaf = mix(self.a, self.b, hue) * (0.45 + 0.5 * unit(cell.id ^ 0x9e37) + 0.6 * clump) * (1.0 + 0.4 * rib);
        let tilt = Vec3::new(unit(cell.id ^ 11), unit(cell.id ^ 23), unit(cell.id ^ 37)) - 0.5;
        (mix(self.c, leaf, gap), gap * 0.5 + cell.offset.dot(tilt) * 2.5)
    }

    fn bark(&self, q: Vec3, width: f32) -> (Vec3, f32) {
        let bent = q + (fbm3(q * 0.7, 2, width) - 0.5) * 1.6;
        let ridge = fbm3(Vec3::new(bent.x * 2.2, bent.y * 0.45, bent.z * 2.2), 4, width * 2.0);
        let deep = smoothstep(0.36, 0.6, ridge);
        let lichen = smoothstep(0.62, 0.75, fbm3(q * 0.8 + 9.0, 3, width));
        (mix(mix(self.b, self.a, deep), self.c, 0.4 * lichen) * (0.6 + 0.7 * ridge), deep + ridge)
    }

    fn petal(&self, q: Vec3, width: f32) -> (Vec3, f32) {
        let out = Vec2::new(q.x, q.y).length();
        let streak = fbm3(Vec3::new(q.x * 0.6, q.y * 6.0, 0.0), 3, width * 5.0);
        let root = smoothstep(1.6, 0.2, out);
        let colour = mix(self.a, self.b, root) * (0.6 + 0.75 * streak);
        (mix(colour, self.c, smoothstep(0.62, 0.8, streak) * 0.3), streak)
    }

    fn ceramic(&self, q: Vec3, width: f32) -> (Vec3, f32) {
        // Six blossoms round a slim vessel, twelve round a stout one.
        let turns = if self.scale > 2.5 { 0.954_929_66 } else { 1.909_859_3 };
        let round = Vec2::new(libm::atan2f(q.z, q.x) * turns, q.y * 1.1);
        let cell = cells2(round);
        let angle = libm::atan2f(cell.offset.y, cell.offset.x);
        let bloom = 0.24 + 0.08 * triangle(angle * 0.795_774_7 + unit(cell.id));
        let petal = smoothstep(bloom + 0.02 + width, bloom - 0.02, cell.near);
        let heart = smoothstep(0.11 + width, 0.07, cell.near);
        let band = smoothstep(0.86 - width, 0.92, triangle(q.y * 0.55 + 0.08));
        let crackle = fbm3(q * 4.0, 3, width * 4.0);
        let mut colour = self.a * (0.88 + 0.2 * crackle);
        colour = mix(colour, self.c, band);
        colour = mix(colour, self.b * (0.7 + 0.6 * crackle), petal);
        (mix(colour, self.c, heart), petal * 0.15)
    }

    fn spots(&self, q: Vec3, width: f32) -> (Vec3, f32) {
        let cell = cells3(q);
        let size = 0.2 + 0.22 * unit(cell.id);
        let ragged = (fbm3(q * 5.0, 3, width * 5.0) - 0.5) * 0.25;
        let spot = smoothstep(size + 0.03 + width, size - 0.03, cell.near + ragged);
        let grain = fbm3(q * 3.0, 4, width * 3.0);
        (mix(self.a * (0.6 + 0.75 * grain), self.b * (0.75 + 0.4 * grain), spot), spot * 1.4 + grain * 0.5)
    }

    fn gills(&self, q: Vec3, width: f32) -> (Vec3, f32) {
        let turn = libm::atan2f(q.z, q.x) * self.scale;
        let sheet = triangle(turn * 2.0 + 0.3 * noise3(q));
        let grain = fbm3(q * 3.0, 2, width * 3.0);
        (mix(self.b, self.a, sheet) * (0.7 + 0.5 * grain), sheet)
    }

    fn wallpaper(&self, uv: Vec2, width: f32) -> (Vec3, f32) {
        let row = uv.y.floor();
        let x = uv.x + if row as i32 & 1 == 0 { 0.5 } else { 0.0 };
        let f = Vec2::new(x - x.floor() - 0.5, uv.y - row - 0.5);
        let angle = libm::atan2f(f.y, f.x);
        let bloom = 0.2 + 0.07 * (triangle(angle * 0.795_774_7) * 2.0 - 1.0);
        let petal = smoothstep(bloom + 0.02 + width, bloom - 0.02, f.length());
        let heart = smoothstep(0.08 + width, 0.05, f.length());
        let stem = smoothstep(0.03 + width, 0.01, (f.x - 0.18 * (triangle(uv.y) - 0.5)).abs());
        let grain = fbm2(uv * 14.0, 3, width * 14.0);
        let colour = mix(mix(self.a, self.c, 0.6 * stem), self.b, petal);
        (mix(colour, self.c, heart) * (0.82 + 0.36 * grain), 0.2 * petal + 0.3 * grain)
    }

    fn cabin(&self, q: Vec3, width: f32) -> (Vec3, f32) {
        // Fuselages are turned round y: along is y, up is −x.
        let q = Vec3::new(q.y, -q.x, q.z);
        let x = q.x - q.x.floor() - 0.5;
        let pane = Vec2::new(x.abs() - 0.16, (q.y - 0.55).abs() - 0.3);
        let window = smoothstep(0.12 + width, 0.02, pane.max(Vec2::ZERO).length());
        let stripe = smoothstep(0.62 + width, 0.55, (q.y + 0.7).abs());
        let seam = smoothstep(0.04 + width, 0.0, (q.x * 0.25 - (q.x * 0.25).floor() - 0.5).abs() * 4.0);
        let dirt = fbm3(Vec3::new(q.x * 0.4, q.y * 2.0, q.z * 2.0), 3, width);
        let body = mix(self.a, self.b, stripe) * (0.75 + 0.4 * dirt) * (1.0 - 0.25 * seam);
        (mix(body, Vec3::new(0.015, 0.02, 0.03), window), 0.0)
    }

    fn soil(&self, q: Vec3, width: f32) -> (Vec3, f32) {
        let grain = fbm3(q * 3.0, 4, width * 3.0);
        let cell = cells3(q);
        let bit = smoothstep(0.35, 0.2, cell.near);
        (mix(self.a, mix(self.b, self.c, unit(cell.id)), bit) * (0.45 + grain), grain + bit)
    }

    fn sailcloth(&self, q: Vec3, width: f32) -> (Vec3, f32) {
        let seam = smoothstep(0.04 + width, 0.01, (q.y - q.y.floor() - 0.5).abs());
        let band = q.y.floor() as i32;
        let tone = if band.rem_euclid(4) < 2 { self.a } else { self.b };
        let weave = fbm3(Vec3::new(q.x * 3.0, q.y * 9.0, 0.0), 4, width * 6.0);
        let wrinkle = fbm3(Vec3::new(q.x * 0.8 + q.y * 0.6, q.y * 0.5, 0.0), 2, width);
        (tone * (0.5 + 0.4 * weave + 0.4 * wrinkle) * (1.0 - 0.35 * seam), wrinkle * 1.2 + weave * 0.15)
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

fn mix_f(a: f32, b: f32, share: f32) -> f32 {
    a + (b - a) * share
}

/// Wood whose grain runs along y: stretched rings, pores, and now and then a knot.
fn wood(a: Vec3, b: Vec3, q: Vec3, width: f32) -> (Vec3, f32) {
    let bent = Vec3::new(q.x, q.y * 0.12, q.z);
    let warp = (fbm3(bent * 1.4, 2, width) - 0.5) * 1.6;
    let distance = Vec2::new(q.x + warp, q.z * 0.8 + warp * 0.5).length();
    let ring = triangle(distance * 2.6);
    let pores = fbm3(Vec3::new(q.x * 11.0, q.y * 0.7, q.z * 11.0), 3, width * 8.0);
    let light = 0.55 + 0.85 * pores;
    (mix(a, b, smoothstep(0.1, 0.95, ring) * 0.8) * light, pores * 0.7 + ring * 0.2)
}

/// Rows of half-overlapping round scales that point towards −x: how close to the rim (0 at the root, 1 at the
/// rim), the scale's random word, and the place within it.
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
