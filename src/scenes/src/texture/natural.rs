//! Surfaces that grow: fur, feathers, scales, leaves, bark, petals, stone, soil.

use glam::{Vec2, Vec3};

use super::super::colour::{mix, smoothstep};
use super::super::noise::{cells3, fbm3, noise2, noise3, unit};
use super::{Material, scallops, triangle};

impl Material {
    pub(super) fn fur(&self, p: Vec3, q: Vec3, width: f32, patches: f32, belly: f32) -> (Vec3, f32) {
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

    pub(super) fn feathers(&self, p: Vec3, q: Vec3, fine: f32, belly: f32) -> (Vec3, f32) {
        let (scallop, id, along) = scallops(Vec2::new(-q.x, q.y * 1.3));
        let barbs = noise2(Vec2::new(along.x * 3.0, (along.y + along.x.abs() * 0.6) * 16.0));
        let tip = smoothstep(0.55, 0.95, scallop);
        let coat = mix(self.a, self.b, tip * 0.6) * (0.7 + 0.4 * unit(id) + 0.7 * (barbs - 0.5) * fine);
        let under = smoothstep(belly + 0.07, belly - 0.07, p.y + 0.1 * (barbs - 0.5));
        let down = self.c * (0.75 + 0.5 * noise3(Vec3::new(q.x, q.y * 4.0, q.z * 4.0)));
        (mix(coat, down, under), ((1.0 - scallop) * 0.45 + barbs * 0.25) * fine * (1.0 - 0.6 * under))
    }

    pub(super) fn scales(&self, p: Vec3, q: Vec3, fine: f32, bands: f32) -> (Vec3, f32) {
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

    pub(super) fn rays(&self, q: Vec3, width: f32) -> (Vec3, f32) {
        let spread = q.y / (q.x.abs() + 0.6);
        let ray = triangle(spread * 5.0 + 0.15 * fbm3(q * 2.0, 2, width));
        let fade = fbm3(q * 2.0, 3, width);
        (mix(self.a, self.b, 0.75 * ray) * (0.6 + 0.8 * fade), ray)
    }

    pub(super) fn stone(&self, q: Vec3, width: f32) -> (Vec3, f32) {
        let cell = cells3(q + (fbm3(q * 2.0, 2, width) - 0.5) * 0.7);
        let joint = smoothstep(0.02, 0.14 + width, cell.second - cell.near);
        let grain = fbm3(q * 6.0, 3, width * 6.0);
        let colour = mix(self.a, self.b, unit(cell.id)) * (0.55 + 0.9 * grain);
        (colour * (0.35 + 0.65 * joint), joint + grain * 0.5)
    }

    pub(super) fn leaves(&self, q: Vec3, width: f32) -> (Vec3, f32) {
        let bent = q + (Vec3::new(noise3(q), noise3(q + 31.0), noise3(q + 57.0)) - 0.5) * 0.6;
        let cell = cells3(bent);
        let hue = unit(cell.id);
        let rib = 1.0 - smoothstep(0.0, 0.09 + width, (cell.offset.x - cell.offset.y * 0.6).abs());
        let gap = smoothstep(0.0, 0.16, cell.second - cell.near);
        let clump = fbm3(q * 0.22, 2, 0.0);
        let leaf = mix(self.a, self.b, hue)
            * (0.45 + 0.5 * unit(cell.id ^ 0x9e37) + 0.6 * clump)
            * (1.0 + 0.4 * rib);
        let tilt = Vec3::new(unit(cell.id ^ 11), unit(cell.id ^ 23), unit(cell.id ^ 37)) - 0.5;
        (mix(self.c, leaf, gap), gap * 0.5 + cell.offset.dot(tilt) * 2.5)
    }

    pub(super) fn bark(&self, q: Vec3, width: f32) -> (Vec3, f32) {
        let bent = q + (fbm3(q * 0.7, 2, width) - 0.5) * 1.6;
        let ridge = fbm3(Vec3::new(bent.x * 2.2, bent.y * 0.45, bent.z * 2.2), 4, width * 2.0);
        let deep = smoothstep(0.36, 0.6, ridge);
        let lichen = smoothstep(0.62, 0.75, fbm3(q * 0.8 + 9.0, 3, width));
        (mix(mix(self.b, self.a, deep), self.c, 0.4 * lichen) * (0.6 + 0.7 * ridge), deep + ridge)
    }

    pub(super) fn petal(&self, q: Vec3, width: f32) -> (Vec3, f32) {
        let out = Vec2::new(q.x, q.y).length();
        let streak = fbm3(Vec3::new(q.x * 0.6, q.y * 6.0, 0.0), 3, width * 5.0);
        let root = smoothstep(1.6, 0.2, out);
        let colour = mix(self.a, self.b, root) * (0.6 + 0.75 * streak);
        (mix(colour, self.c, smoothstep(0.62, 0.8, streak) * 0.3), streak)
    }

    pub(super) fn spots(&self, q: Vec3, width: f32) -> (Vec3, f32) {
        let cell = cells3(q);
        let size = 0.2 + 0.22 * unit(cell.id);
        let ragged = (fbm3(q * 5.0, 3, width * 5.0) - 0.5) * 0.25;
        let spot = smoothstep(size + 0.03 + width, size - 0.03, cell.near + ragged);
        let grain = fbm3(q * 3.0, 4, width * 3.0);
        (mix(self.a * (0.6 + 0.75 * grain), self.b * (0.75 + 0.4 * grain), spot), spot * 1.4 + grain * 0.5)
    }

    pub(super) fn gills(&self, q: Vec3, width: f32) -> (Vec3, f32) {
        let turn = libm::atan2f(q.z, q.x) * self.scale;
        let sheet = triangle(turn * 2.0 + 0.3 * noise3(q));
        let grain = fbm3(q * 3.0, 2, width * 3.0);
        (mix(self.b, self.a, sheet) * (0.7 + 0.5 * grain), sheet)
    }

    pub(super) fn soil(&self, q: Vec3, width: f32) -> (Vec3, f32) {
        let grain = fbm3(q * 3.0, 4, width * 3.0);
        let cell = cells3(q);
        let bit = smoothstep(0.35, 0.2, cell.near);
        (mix(self.a, mix(self.b, self.c, unit(cell.id)), bit) * (0.45 + grain), grain + bit)
    }
}
