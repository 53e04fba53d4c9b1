//! Surfaces that people make: boards, bricks, tiles, cloth, glaze, wall coverings.

use glam::{Vec2, Vec3};

use super::super::colour::{mix, smoothstep};
use super::super::noise::{cells2, fbm2, fbm3, hash3, unit};
use super::{Material, scallops, triangle};

impl Material {
    pub(super) fn planks(&self, uv: Vec2, width: f32) -> (Vec3, f32) {
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

    pub(super) fn bricks(&self, uv: Vec2, width: f32, fine: f32) -> (Vec3, f32) {
        let row = (uv.y * 2.0).floor();
        let x = uv.x + if row as i32 & 1 == 0 { 0.5 } else { 0.0 };
        let id = hash3(x.floor() as i32, row as i32, 2);
        let (fx, fy) = (x - x.floor(), uv.y * 2.0 - row);
        let border = fx.min(1.0 - fx).min(fy.min(1.0 - fy) * 0.5);
        let face = mix_f(0.75, smoothstep(0.03, 0.07 + width * 0.5, border), fine.max(0.25));
        let grain = fbm2(uv * 9.0, 3, width * 9.0);
        let burnt = self.a
            * (0.92 + 0.75 * (unit(id) - 0.5) * fine)
            * Vec3::new(1.0, 0.9 + 0.25 * unit(id ^ 77), 1.0);
        (mix(self.b, burnt, face) * (0.65 + 0.7 * grain), face + 0.4 * grain)
    }

    pub(super) fn shingles(&self, uv: Vec2, width: f32) -> (Vec3, f32) {
        let (scallop, id, _) = scallops(Vec2::new(uv.y, uv.x));
        let grain = fbm2(uv * 5.0, 3, width * 5.0);
        let moss = smoothstep(0.58, 0.72, fbm2(uv * 0.6, 3, width));
        let colour = mix(self.a, self.b, unit(id)) * (0.6 + 0.8 * grain);
        let shade = 1.0 - 0.75 * smoothstep(0.72, 1.0, scallop);
        (mix(colour, self.c, 0.5 * moss) * shade, 1.0 - scallop)
    }

    pub(super) fn weave(&self, uv: Vec2, width: f32, fine: f32, colour: Vec3) -> (Vec3, f32) {
        let (u, v) = (uv.x * 2.0, uv.y * 2.0);
        let over = (u.floor() as i32 + v.floor() as i32) & 1 == 0;
        let thread = if over { triangle(v) } else { triangle(u) } * fine + 0.5 * (1.0 - fine);
        let slub = fbm2(Vec2::new(u * 0.35, v * 1.5), 3, width * 2.0);
        let fold = fbm2(uv * 0.09, 2, 0.0);
        (colour * (0.45 + 0.4 * thread + 0.35 * slub + 0.25 * fold), thread * 0.5 + fold * 3.0)
    }

    pub(super) fn checks(&self, uv: Vec2, width: f32, fine: f32) -> (Vec3, f32) {
        let wide = uv * 0.11;
        let stripe = |x: f32| smoothstep(0.42, 0.58, triangle(x));
        let share = (stripe(wide.x) + stripe(wide.y)) * 0.5;
        let line = smoothstep(0.93, 0.97, triangle(wide.x + 0.5).max(triangle(wide.y + 0.5)));
        let colour = mix(mix(self.a, self.b, share), self.c, line * 0.7);
        self.weave(uv, width, fine, colour)
    }

    pub(super) fn ceramic(&self, q: Vec3, width: f32) -> (Vec3, f32) {
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

    pub(super) fn wallpaper(&self, uv: Vec2, width: f32) -> (Vec3, f32) {
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

    pub(super) fn cabin(&self, q: Vec3, width: f32) -> (Vec3, f32) {
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

    pub(super) fn sailcloth(&self, q: Vec3, width: f32) -> (Vec3, f32) {
        let seam = smoothstep(0.04 + width, 0.01, (q.y - q.y.floor() - 0.5).abs());
        let band = q.y.floor() as i32;
        let tone = if band.rem_euclid(4) < 2 { self.a } else { self.b };
        let weave = fbm3(Vec3::new(q.x * 3.0, q.y * 9.0, 0.0), 4, width * 6.0);
        let wrinkle = fbm3(Vec3::new(q.x * 0.8 + q.y * 0.6, q.y * 0.5, 0.0), 2, width);
        (tone * (0.5 + 0.4 * weave + 0.4 * wrinkle) * (1.0 - 0.35 * seam), wrinkle * 1.2 + weave * 0.15)
    }
}

fn mix_f(a: f32, b: f32, share: f32) -> f32 {
    a + (b - a) * share
}

pub(super) fn wood(a: Vec3, b: Vec3, q: Vec3, width: f32) -> (Vec3, f32) {
    let bent = Vec3::new(q.x, q.y * 0.12, q.z);
    let warp = (fbm3(bent * 1.4, 2, width) - 0.5) * 1.6;
    let distance = Vec2::new(q.x + warp, q.z * 0.8 + warp * 0.5).length();
    let ring = triangle(distance * 2.6);
    let pores = fbm3(Vec3::new(q.x * 11.0, q.y * 0.7, q.z * 11.0), 3, width * 8.0);
    let light = 0.55 + 0.85 * pores;
    (mix(a, b, smoothstep(0.1, 0.95, ring) * 0.8) * light, pores * 0.7 + ring * 0.2)
}
