//! Light: turns what a ray met into colour (sun, sky, bounce, highlights, haze).

use glam::{Vec2, Vec3};

use super::colour::{mix, smoothstep};
use super::noise::{fbm2, fbm3, noise2, unit};
use super::surroundings::Ground;
use super::texture::{Material, triangle};
use super::trace::{Hit, Met, Stage};

impl Stage {
    /// Linear light that arrives along a ray, and what the ray met.
    pub fn light(&self, from: Vec3, direction: Vec3, near: &mut Vec<u16>) -> (Vec3, Hit) {
        let hit = self.follow(from, direction, near);
        let light = match hit.met {
            Met::Nothing => return (self.place.backdrop_light(direction, self.sun, true), hit),
            Met::Part(index) => self.part_light(index, &hit, direction, near),
            Met::Wall => match &self.place.backdrop {
                super::surroundings::Backdrop::Wall { material, .. } => {
                    self.flat_light(material, self.wall_frame(hit.point), &hit, direction, near)
                }
                _ => Vec3::ZERO,
            },
            Met::Blade { level, id } => self.blade_light(&hit, level, id, near),
            Met::Ground => self.ground_light(&hit, direction, near),
        };
        (self.hazed(light, direction, hit.distance), hit)
    }

    /// The wall's own coordinates: x along it, y up, facing z.
    fn wall_frame(&self, p: Vec3) -> Vec3 {
        Vec3::new(p.dot(Vec3::Y.cross(self.wall.0)), p.y, 0.0)
    }

    fn part_light(&self, index: usize, hit: &Hit, direction: Vec3, near: &mut Vec<u16>) -> Vec3 {
        let part = &self.model.parts[index];
        let material = &self.model.materials[part.material];
        let width = hit.distance * self.pixel;
        let look = |p: Vec3| {
            let (q, facing) = self.model.texture_place(part, p, hit.normal);
            material.look(q, facing, width)
        };
        let (albedo, height) = look(hit.point);
        let mut normal = hit.normal;
        if material.bump > 0.0 {
            let e = (width * 0.8).max(0.002);
            let mut slope = Vec3::ZERO;
            for axis in [Vec3::X, Vec3::Y, Vec3::Z] {
                let (_, moved) = look(hit.point + axis * e);
                slope += axis * ((moved - height) / e);
            }
            slope -= normal * slope.dot(normal);
            normal =
                (normal - (slope * (material.bump / material.scale) * 0.5).clamp_length_max(0.8)).normalize();
        }
        self.lit(material, albedo, normal, hit, direction, near)
    }

    fn flat_light(
        &self,
        material: &Material,
        q: Vec3,
        hit: &Hit,
        direction: Vec3,
        near: &mut Vec<u16>,
    ) -> Vec3 {
        let slant = direction.dot(hit.normal).abs().max(0.05);
        let width = hit.distance * self.pixel * 0.7 / slant;
        let own = if matches!(hit.met, Met::Wall) { Vec3::Z } else { Vec3::Y };
        let (albedo, height) = material.look(q, own, width);
        let e = (width * 0.8).max(0.003);
        let (tangent, other) = if own == Vec3::Z { (Vec3::X, Vec3::Y) } else { (Vec3::X, Vec3::Z) };
        let along = material.look(q + tangent * e, own, width).1 - height;
        let across = material.look(q + other * e, own, width).1 - height;
        let (world_along, world_across) =
            if own == Vec3::Z { (Vec3::Y.cross(self.wall.0), Vec3::Y) } else { (Vec3::X, Vec3::Z) };
        let slope = (world_along * along + world_across * across) / e
            * (material.bump / material.scale)
            * 0.5
            * (1.5 - width * material.scale).clamp(0.0, 1.0);
        let normal = (hit.normal - slope.clamp_length_max(0.7)).normalize();
        self.lit(material, albedo, normal, hit, direction, near)
    }

    /// Sun, sky and bounced light on a surface, with a highlight (Blinn–Phong) and a mirrored backdrop.
    fn lit(
        &self,
        material: &Material,
        albedo: Vec3,
        normal: Vec3,
        hit: &Hit,
        direction: Vec3,
        near: &mut Vec<u16>,
    ) -> Vec3 {
        let sunlit = self.sunlit(hit.point, hit.normal, near);
        let open = self.openness(hit.point + hit.normal * 0.004, hit.normal, near);
        let facing = normal.dot(self.sun).max(0.0);
        let up = 0.5 + 0.5 * normal.y;
        let ambient = mix(self.place.bounce, self.place.skylight, up) * open;
        // Fill from behind the eye keeps the shaded side readable.
        let fill = self.place.skylight * 0.16 * normal.dot(-direction).max(0.0) * open;
        let sun = self.place.sunlight * sunlit;
        let diffuse = albedo * (sun * facing + ambient + fill) * if material.metal { 0.35 } else { 1.0 };
        let half = (self.sun - direction).normalize();
        let power = 6.0 + 240.0 * material.gloss * material.gloss * material.gloss;
        let spread = libm::powf(normal.dot(half).max(0.0), power) * (power + 6.0) / 22.0;
        let glance = 1.0 - normal.dot(-direction).clamp(0.0, 1.0);
        let fresnel = material.shine
            + (1.0 - material.shine) * glance * glance * glance * glance * glance * material.gloss;
        let tint = if material.metal { albedo } else { Vec3::ONE };
        let mut light = diffuse + tint * sun * facing.min(1.0) * spread * fresnel;
        if material.gloss > 0.35 {
            light += tint * self.mirrored(direction, normal) * fresnel * open;
        }
        light + albedo * material.glow
    }

    /// What a mirror would show, without following the ray: sky above, ground below.
    fn mirrored(&self, direction: Vec3, normal: Vec3) -> Vec3 {
        let bounce = direction - normal * (2.0 * direction.dot(normal));
        let sky = self.place.backdrop_light(
            Vec3::new(bounce.x, bounce.y.abs().max(0.02), bounce.z),
            self.sun,
            false,
        );
        let ground = self.place.bounce * 1.2;
        mix(ground, sky, smoothstep(-0.12, 0.08, bounce.y))
    }

    fn blade_light(&self, hit: &Hit, level: f32, id: u32, near: &mut Vec<u16>) -> Vec3 {
        let Ground::Grass { root, tip, dry, flower, blades_per_unit, .. } = &self.place.ground else {
            return Vec3::ZERO;
        };
        let flat = Vec2::new(hit.point.x, hit.point.z);
        let field = fbm2(flat * 0.8, 3, 0.0);
        let straw = smoothstep(0.5, 0.75, field) * 0.6 + 0.35 * f32::from(unit(id ^ 0x77) > 0.85);
        let colour = mix(*root, mix(*tip, *dry, straw.min(1.0)), (level * 1.3).min(1.0));
        let sunlit = self.sunlit(hit.point, Vec3::Y, near);
        let open = self.openness(hit.point, Vec3::Y, near);
        let tone = 0.6 + 0.7 * unit(id ^ 0x1234);
        // Far blades are finer than a pixel: show the sward as a whole.
        let far = smoothstep(0.25, 0.7, hit.distance * self.pixel * blades_per_unit);
        let patch = fbm2(flat * 6.0, 4, hit.distance * self.pixel * 14.0);
        let sward = mix(*root, mix(*tip, *dry, straw.min(0.6)), 0.62) * (0.35 + 1.1 * patch);
        let bloom = unit(id ^ 0x3c6) > 0.988 && level > 0.5 && field > 0.45;
        let colour = if bloom { *flower } else { colour * tone };
        mix(colour, sward, far) * (self.place.sunlight * sunlit * 0.7 + self.place.skylight * open)
    }

    fn ground_light(&self, hit: &Hit, direction: Vec3, near: &mut Vec<u16>) -> Vec3 {
        match &self.place.ground {
            Ground::Nothing => Vec3::ZERO,
            Ground::Floor(material) => {
                let light = self.flat_light(material, hit.point, hit, direction, near);
                if self.place.fog_per_unit > 0.05 { light * self.caustics(hit.point) } else { light }
            }
            Ground::Grass { road: Some((material, half)), .. } if hit.point.z.abs() < *half + 0.08 => {
                let light = self.flat_light(material, hit.point, hit, direction, near);
                let dash = triangle(hit.point.x * 0.45 + 0.2);
                let line = smoothstep(0.06, 0.045, (hit.point.z.abs() - *half + 0.16).abs())
                    + smoothstep(0.05, 0.035, hit.point.z.abs()) * smoothstep(0.45, 0.5, dash);
                light * (1.0 + 1.1 * line)
            }
            Ground::Grass { root, tip, .. } => {
                let flat = Vec2::new(hit.point.x, hit.point.z);
                let soil = fbm2(flat * 30.0, 3, hit.distance * self.pixel * 30.0);
                let colour =
                    mix(*root, *tip, 0.25 + 0.35 * smoothstep(8.0, 30.0, hit.distance)) * (0.4 + 0.9 * soil);
                let sunlit = self.sunlit(hit.point, Vec3::Y, near);
                let open = self.openness(hit.point, Vec3::Y, near);
                colour * (self.place.sunlight * sunlit * 0.7 + self.place.skylight * open)
            }
            Ground::Water { deep, waves_per_unit } => {
                self.water_light(*deep, *waves_per_unit, hit, direction, near)
            }
        }
    }

    fn water_light(
        &self,
        deep: Vec3,
        per_unit: f32,
        hit: &Hit,
        direction: Vec3,
        near: &mut Vec<u16>,
    ) -> Vec3 {
        let flat = Vec2::new(hit.point.x, hit.point.z) * per_unit;
        let width = hit.distance * self.pixel * per_unit / direction.y.abs().sqrt();
        let swell = |q: Vec2| {
            let drift = Vec2::new(q.x * 0.8, q.y * 1.7);
            fbm2(drift + noise2(q * 0.7), 4, width) + 0.35 * fbm2(drift * 3.1, 3, width * 3.0)
        };
        let e = 0.05;
        let h = swell(flat);
        let slope = Vec2::new(swell(flat + Vec2::X * e) - h, swell(flat + Vec2::Y * e) - h) / e * 0.30;
        let normal = Vec3::new(-slope.x, 1.0, -slope.y).normalize();
        let mut bounce = direction - normal * (2.0 * direction.dot(normal));
        bounce.y = bounce.y.abs().max(0.03);
        let bounce = bounce.normalize();
        let mirrored = match self.march(hit.point + Vec3::Y * 0.01, bounce, near) {
            Some(t) => {
                let p = hit.point + bounce * t;
                self.model.around(p, 0.05, near);
                let part = &self.model.parts[self.model.nearest(p, near)];
                let material = &self.model.materials[part.material];
                let (q, facing) = self.model.texture_place(part, p, -bounce);
                let (albedo, _) = material.look(q, facing, t * 0.02);
                albedo * (self.place.skylight + self.place.sunlight * 0.35)
            }
            None => self.place.backdrop_light(bounce, self.sun, false),
        };
        let glance = 1.0 - normal.dot(-direction).clamp(0.0, 1.0);
        let fresnel = 0.03 + 0.97 * glance * glance * glance * glance * glance;
        let sunlit = self.sunlit(hit.point, Vec3::Y, near);
        let body = deep * (0.5 + 0.7 * h) * (self.place.skylight + self.place.sunlight * 0.25 * sunlit);
        let glint = libm::powf(bounce.dot(self.sun).max(0.0), 180.0) * sunlit;
        let foam = smoothstep(0.78, 0.92, h) * 0.5;
        mix(body, mirrored, fresnel.min(0.85)) + self.place.sunlight * (glint * 2.0 + foam * 0.15)
    }

    fn caustics(&self, p: Vec3) -> f32 {
        let q = Vec3::new(p.x, p.z * 0.9, 0.3) * 2.4;
        let bent = q + (fbm3(q * 0.8, 2, 0.0) - 0.5) * 2.0;
        let net = triangle(noise2(Vec2::new(bent.x, bent.y)) * 2.0 + 0.1);
        0.75 + 0.7 * net * net * net
    }

    fn hazed(&self, light: Vec3, direction: Vec3, distance: f32) -> Vec3 {
        if self.place.fog_per_unit <= 0.0 {
            return light;
        }
        let beyond = (distance - 5.0).max(0.0) * self.place.fog_per_unit;
        let share = 1.0 - 1.0 / (1.0 + beyond + beyond * beyond);
        let share = share.min(self.place.fog_limit);
        let haze = if self.place.fog_per_unit > 0.05 {
            self.place.backdrop_light(direction, self.sun, false)
        } else {
            self.place.fog
        };
        mix(light, haze, share)
    }
}
