//! Rays: the camera that sends them, the march that finds what they hit, soft shadow and occlusion.

use glam::{Vec2, Vec3};

use super::model::Model;
use super::noise::noise2;
use super::surroundings::{Backdrop, Ground, Surroundings, blade};

/// A camera with a shifted lens, so that framing never changes the perspective.
#[derive(Clone, Copy)]
pub struct Eye {
    pub origin: Vec3,
    pub right: Vec3,
    pub up: Vec3,
    pub forward: Vec3,
    /// Middle of the picture on the plane at distance 1.
    pub centre: Vec2,
    /// Half the picture's width there.
    pub half: f32,
}

impl Eye {
    /// An eye at the given distance from `target`, seen from `yaw` (0: from +z) and `pitch` degrees above.
    pub fn around(target: Vec3, distance: f32, yaw: f32, pitch: f32) -> Self {
        let (yaw, pitch) = (yaw.to_radians(), pitch.to_radians());
        let flat = libm::cosf(pitch);
        let back = Vec3::new(libm::sinf(yaw) * flat, libm::sinf(pitch), libm::cosf(yaw) * flat);
        let right = Vec3::Y.cross(back).normalize();
        Self {
            origin: target + back * distance,
            right,
            up: back.cross(right),
            forward: -back,
            centre: Vec2::ZERO,
            half: 0.5,
        }
    }

    /// The direction through a place of the picture (−1 to 1, y up).
    pub fn ray(&self, place: Vec2) -> Vec3 {
        let on_plane = self.centre + place * self.half;
        (self.forward + self.right * on_plane.x + self.up * on_plane.y).normalize()
    }
}

/// What a ray met.
#[derive(Clone, Copy, PartialEq)]
pub enum Met {
    Part(usize),
    Ground,
    Blade { level: f32, id: u32 },
    Wall,
    Nothing,
}

/// Where a ray ended.
#[derive(Clone, Copy)]
pub struct Hit {
    pub met: Met,
    pub distance: f32,
    pub point: Vec3,
    pub normal: Vec3,
}

/// Everything rays need; `wall` faces the eye.
pub struct Stage {
    pub model: Model,
    pub place: Surroundings,
    pub sun: Vec3,
    pub wall: (Vec3, f32),
    pub eye: Eye,
    /// Width of a pixel at distance 1.
    pub pixel: f32,
}

impl Stage {
    /// Follows a ray to what it meets first. `near` is scratch space.
    pub fn follow(&self, from: Vec3, direction: Vec3, near: &mut Vec<u16>) -> Hit {
        let object = self.march(from, direction, near);
        let mut limit = object.unwrap_or(f32::MAX);
        let mut hit =
            Hit { met: Met::Nothing, distance: 60.0, point: from + direction * 60.0, normal: -direction };
        if let Some(distance) = object {
            let point = from + direction * distance;
            self.model.around(point, 0.05, near);
            let normal = self.normal(point, distance * self.pixel, near);
            hit = Hit { met: Met::Part(self.model.nearest(point, near)), distance, point, normal };
        }
        let onto_wall = direction.dot(self.wall.0);
        if matches!(self.place.backdrop, Backdrop::Wall { .. }) && onto_wall < -1e-4 {
            let t = (self.wall.1 - from.dot(self.wall.0)) / onto_wall;
            if t > 0.0 && t < limit {
                limit = t;
                hit = Hit { met: Met::Wall, distance: t, point: from + direction * t, normal: self.wall.0 };
            }
        }
        if direction.y < -1e-4 && !matches!(self.place.ground, Ground::Nothing) {
            self.meet_ground(from, direction, limit, &mut hit);
        }
        hit
    }

    fn meet_ground(&self, from: Vec3, direction: Vec3, limit: f32, hit: &mut Hit) {
        if let Ground::Grass { height, blades_per_unit, ref road, .. } = self.place.ground {
            let t = ((from.y - height) / -direction.y).max(0.0);
            if t < limit && t < 40.0 {
                let top = from + direction * t;
                let paved = road.as_ref().is_some_and(|(_, half)| {
                    top.z.abs() < *half + noise2(Vec2::new(top.x, top.z) * 4.0) * 0.08
                });
                if !paved
                    && let Some((more, level, id)) = blade(top, direction, height, blades_per_unit, limit - t)
                {
                    let distance = t + more;
                    let point = from + direction * distance;
                    *hit = Hit { met: Met::Blade { level, id }, distance, point, normal: Vec3::Y };
                    return;
                }
            }
        }
        let t = from.y / -direction.y;
        if t > 0.0 && t < limit && t < 400.0 {
            *hit = Hit { met: Met::Ground, distance: t, point: from + direction * t, normal: Vec3::Y };
        }
    }

    /// Distance along the ray to the object, if it is met (sphere tracing, Hart 1996).
    pub fn march(&self, from: Vec3, direction: Vec3, near: &mut Vec<u16>) -> Option<f32> {
        let (mut t, end) = self.model.along(from, direction, 0.0, near)?;
        for _ in 0..110 {
            let distance = self.model.distance(from + direction * t, near);
            if distance < 0.35 * self.pixel * t {
                return Some(t);
            }
            t += distance;
            if t > end {
                return None;
            }
        }
        // Grazing rays run out of steps close to the surface: count them as hits only if they are.
        (self.model.distance(from + direction * t, near) < 1.5 * self.pixel * t).then_some(t)
    }

    fn normal(&self, p: Vec3, width: f32, near: &[u16]) -> Vec3 {
        let e = width.max(2e-4) * 0.7;
        let corners =
            [Vec3::new(1.0, -1.0, -1.0), Vec3::new(-1.0, -1.0, 1.0), Vec3::new(-1.0, 1.0, -1.0), Vec3::ONE];
        corners
            .iter()
            .map(|corner| *corner * self.model.distance(p + *corner * e, near))
            .sum::<Vec3>()
            .normalize_or(Vec3::Y)
    }

    /// How much of the sun reaches a point, 0 to 1 (Quílez, improved soft shadows).
    pub fn sunlit(&self, p: Vec3, normal: Vec3, near: &mut Vec<u16>) -> f32 {
        if normal.dot(self.sun) <= 0.0 {
            return 0.0;
        }
        let from = p + normal * 0.012;
        let Some((start, end)) = self.model.along(from, self.sun, 0.12, near) else { return 1.0 };
        let (mut t, mut open) = (start.max(0.015), 1.0_f32);
        for _ in 0..44 {
            let distance = self.model.distance(from + self.sun * t, near);
            open = open.min(0.5 + 0.5 * self.place.shadow_sharpness * distance / t.max(0.08));
            if open < 0.02 || t > end {
                break;
            }
            t += distance.clamp(0.012, 0.25);
        }
        let open = open.clamp(0.0, 1.0);
        open * open * (3.0 - 2.0 * open)
    }

    /// How open a point is to the sky, 0 to 1, by four probes along the normal.
    pub fn openness(&self, p: Vec3, normal: Vec3, near: &mut Vec<u16>) -> f32 {
        self.model.around(p, 0.5, near);
        let on_ground = !matches!(self.place.ground, Ground::Nothing);
        let (mut blocked, mut weight) = (0.0, 1.0);
        for probe in 1..=4 {
            let reach = 0.11 * probe as f32 - 0.06;
            let q = p + normal * reach;
            let mut distance = if near.is_empty() { reach } else { self.model.distance(q, near) };
            if on_ground {
                distance = distance.min(q.y.max(0.0));
            }
            blocked += (reach - distance.min(reach)).max(0.0) * weight;
            weight *= 0.72;
        }
        (1.0 - 1.25 * blocked).clamp(0.12, 1.0)
    }
}
