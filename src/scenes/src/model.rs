//! An object as a list of parts: the one place that turns shapes into a distance field and culls them.

use glam::{Mat3, Vec3, Vec3Swizzles};

use super::noise::{fbm3, noise3};
use super::shape::Shape;
use super::texture::Material;

/// How the surface of a part is roughened in its outline.
#[derive(Clone, Copy, PartialEq)]
pub enum Relief {
    /// Left as it is.
    None,
    /// Height of a lump in units, and lumps per unit: foliage, rocks.
    Lumps(f32, f32),
    /// Length of a tuft in units, and tufts per unit: fur.
    Tufts(f32, f32),
}

/// One shape in its place.
pub struct Part {
    shape: Shape,
    /// Index into [`Model::materials`].
    pub material: usize,
    /// Parts of one group melt into each other.
    group: u32,
    /// Taken away from the earlier parts of its group.
    cuts: bool,
    /// Width of the seam to the earlier parts of its group, in units.
    blend: f32,
    relief: Relief,
    /// Rotation from the part's axes to the world's.
    to_world: Mat3,
    /// The part's origin in the world, in units.
    position: Vec3,
    /// Factors along the part's axes.
    stretch: Vec3,
    /// Centre and radius of a ball that encloses the part, in units of the world.
    ball: (Vec3, f32),
}

/// An object under construction and, once built, its distance field.
#[derive(Default)]
pub struct Model {
    pub parts: Vec<Part>,
    pub materials: Vec<Material>,
    group: u32,
    pose: Option<(Mat3, Vec3)>,
}

/// A rotation of `degrees` around `axis`, by the same sine on every machine.
pub fn turn(axis: Vec3, degrees: f32) -> Mat3 {
    let angle = degrees.to_radians();
    let (s, c) = (libm::sinf(angle), libm::cosf(angle));
    let a = axis.normalize();
    let t = 1.0 - c;
    Mat3::from_cols(
        Vec3::new(t * a.x * a.x + c, t * a.x * a.y + s * a.z, t * a.x * a.z - s * a.y),
        Vec3::new(t * a.x * a.y - s * a.z, t * a.y * a.y + c, t * a.y * a.z + s * a.x),
        Vec3::new(t * a.x * a.z + s * a.y, t * a.y * a.z - s * a.x, t * a.z * a.z + c),
    )
}

impl Part {
    /// Moves the part's origin.
    pub fn at(&mut self, x: f32, y: f32, z: f32) -> &mut Self {
        self.position += Vec3::new(x, y, z);
        self
    }

    /// Turns the part around its own origin.
    pub fn turned(&mut self, axis: Vec3, degrees: f32) -> &mut Self {
        self.to_world = turn(axis, degrees) * self.to_world;
        self
    }

    /// Scales the part along its own axes.
    pub fn stretched(&mut self, x: f32, y: f32, z: f32) -> &mut Self {
        self.stretch = Vec3::new(x, y, z);
        self
    }

    /// Melts the part into the earlier ones of its group over a seam of this width.
    pub fn blend(&mut self, width: f32) -> &mut Self {
        self.blend = width;
        self
    }

    /// Takes the part away from the earlier ones of its group.
    pub fn cut(&mut self) -> &mut Self {
        self.cuts = true;
        self
    }

    /// Roughens the outline.
    pub fn relief(&mut self, relief: Relief) -> &mut Self {
        self.relief = relief;
        self
    }

    /// Bounds the part; parts of its group reach each other over `seam`.
    fn measure(&mut self, seam: f32) {
        let (centre, radius) = self.shape.ball();
        let grown = match self.relief {
            Relief::None => 0.0,
            Relief::Lumps(height, _) | Relief::Tufts(height, _) => height,
        };
        let centre = self.to_world * (centre * self.stretch) + self.position;
        self.ball = (centre, radius * self.stretch.max_element() + grown + seam);
    }

    /// Centre and radius of a ball around the part, once the model is finished.
    pub fn ball(&self) -> (Vec3, f32) {
        self.ball
    }

    /// The point and the normal as the part's texture sees them: grain (y) runs along the longest side.
    fn texture_place(&self, p: Vec3, normal: Vec3) -> (Vec3, Vec3) {
        let (q, n) = (self.local(p) * self.stretch, self.to_world.transpose() * normal);
        match self.shape {
            Shape::Block { half, .. } if half.x > half.y && half.x >= half.z => (q.yxz(), n.yxz()),
            Shape::Block { half, .. } if half.z > half.y => (q.xzy(), n.xzy()),
            _ => (q, n),
        }
    }

    /// The point in the part's own coordinates.
    fn local(&self, p: Vec3) -> Vec3 {
        (self.to_world.transpose() * (p - self.position)) / self.stretch
    }

    fn distance(&self, p: Vec3) -> f32 {
        let distance = self.shape.distance(self.local(p)) * self.stretch.min_element();
        match self.relief {
            Relief::None => distance,
            Relief::Lumps(height, per_unit) if distance < height * 2.0 => {
                let lump = fbm3((p - self.position) * per_unit, 3, 0.0);
                (distance - (lump - 0.45) * 2.0 * height) * 0.6
            }
            Relief::Tufts(height, per_unit) if distance < height * 2.0 => {
                let q = Vec3::new(p.x * 0.45, p.y * 0.6, p.z) * per_unit;
                (distance - noise3(q) * height) * 0.75
            }
            Relief::Lumps(height, _) => (distance - height) * 0.6,
            Relief::Tufts(height, _) => (distance - height) * 0.75,
        }
    }
}

impl Model {
    /// Adds a material and returns its number.
    pub fn paint(&mut self, material: Material) -> usize {
        self.materials.push(material);
        self.materials.len() - 1
    }

    /// Starts a new group: parts blend and cut only within theirs.
    pub fn group(&mut self) {
        self.group += 1;
    }

    /// Adds a part to the present group.
    pub fn part(&mut self, material: usize, shape: Shape) -> &mut Part {
        self.parts.push(Part {
            shape,
            material,
            group: self.group,
            cuts: false,
            blend: 0.0,
            relief: Relief::None,
            to_world: Mat3::IDENTITY,
            position: Vec3::ZERO,
            stretch: Vec3::ONE,
            ball: (Vec3::ZERO, 0.0),
        });
        let last = self.parts.len() - 1;
        &mut self.parts[last]
    }

    /// Adds a rod from `a` to `b`, its own y along it: the commonest part.
    pub fn rod(&mut self, material: usize, a: Vec3, b: Vec3, ra: f32, rb: f32) -> &mut Part {
        let length = a.distance(b);
        let y = (b - a) / length;
        let across = if y.z.abs() < 0.9 { Vec3::Z } else { Vec3::X };
        let x = y.cross(across).normalize();
        let part = self.part(material, Shape::Rod { a: Vec3::ZERO, b: Vec3::Y * length, ra, rb });
        part.to_world = Mat3::from_cols(x, y, x.cross(y));
        part.at(a.x, a.y, a.z)
    }

    /// Turns, then moves, every part from number `first` on: poses an assembly.
    pub fn pose(&mut self, first: usize, rotation: Mat3, shift: Vec3) {
        if first == 0 {
            let (before, from) = self.pose.unwrap_or((Mat3::IDENTITY, Vec3::ZERO));
            self.pose = Some((rotation * before, rotation * from + shift));
        }
        for part in &mut self.parts[first..] {
            part.to_world = rotation * part.to_world;
            part.position = rotation * part.position + shift;
        }
    }

    /// Scales every part from number `first` on, about the origin.
    pub fn scale(&mut self, first: usize, factor: f32) {
        for part in &mut self.parts[first..] {
            part.stretch *= factor;
            part.position *= factor;
        }
    }

    /// Fixes the bounding balls once all parts stand.
    pub fn finish(&mut self) {
        let mut seams = vec![0.0_f32; self.group as usize + 1];
        for part in &self.parts {
            let seam = &mut seams[part.group as usize];
            *seam = seam.max(part.blend);
        }
        for part in &mut self.parts {
            part.measure(seams[part.group as usize]);
        }
    }

    /// A point and a direction in the coordinates that a part's texture lives in.
    pub fn texture_place(&self, part: &Part, p: Vec3, normal: Vec3) -> (Vec3, Vec3) {
        if self.materials[part.material].own_space {
            return part.texture_place(p, normal);
        }
        match self.pose {
            Some((rotation, shift)) => (rotation.transpose() * (p - shift), rotation.transpose() * normal),
            None => (p, normal),
        }
    }

    /// Lists the parts a ray can touch within `reach` units of it; gives where on the ray they begin and
    /// end, in units from `from`. `direction` has length 1.
    pub fn along(&self, from: Vec3, direction: Vec3, reach: f32, near: &mut Vec<u16>) -> Option<(f32, f32)> {
        near.clear();
        let (mut start, mut end) = (f32::MAX, 0.0_f32);
        for (index, part) in self.parts.iter().enumerate() {
            let (centre, radius) = (part.ball.0, part.ball.1 + reach);
            let to_centre = centre - from;
            let middle = to_centre.dot(direction);
            let squared = to_centre.length_squared() - middle * middle;
            if squared > radius * radius {
                continue;
            }
            let half = (radius * radius - squared).sqrt();
            if middle + half < 0.0 {
                continue;
            }
            near.push(index as u16);
            start = start.min(middle - half);
            end = end.max(middle + half);
        }
        (!near.is_empty()).then_some((start.max(0.0), end))
    }

    /// Lists the parts within `reach` of a point.
    pub fn around(&self, p: Vec3, reach: f32, near: &mut Vec<u16>) {
        near.clear();
        for (index, part) in self.parts.iter().enumerate() {
            let radius = part.ball.1 + reach;
            if part.ball.0.distance_squared(p) < radius * radius {
                near.push(index as u16);
            }
        }
    }

    /// Distance to the listed parts.
    pub fn distance(&self, p: Vec3, near: &[u16]) -> f32 {
        let (mut best, mut inner, mut group) = (f32::MAX, f32::MAX, u32::MAX);
        for &index in near {
            let part = &self.parts[index as usize];
            if part.group != group {
                best = best.min(inner);
                (inner, group) = (f32::MAX, part.group);
            }
            let ball = p.distance(part.ball.0) - part.ball.1;
            if part.cuts {
                if ball < part.blend - inner.min(0.0) + 0.02 && inner < f32::MAX {
                    inner = -smooth_min(-inner, part.distance(p), part.blend);
                }
            } else if ball < inner + part.blend && (ball < best || inner < f32::MAX) {
                inner = smooth_min(inner, part.distance(p), part.blend);
            }
        }
        best.min(inner)
    }

    /// The part whose surface is nearest, among the listed; a cutting part lends its own material to its
    /// cut.
    pub fn nearest(&self, p: Vec3, near: &[u16]) -> usize {
        let score = |&index: &u16| {
            let part = &self.parts[index as usize];
            part.distance(p).abs()
        };
        let mut best = (f32::MAX, 0);
        for index in near {
            let value = score(index);
            if value < best.0 {
                best = (value, *index as usize);
            }
        }
        best.1
    }
}

/// Polynomial smooth minimum (Quílez, quadratic).
fn smooth_min(a: f32, b: f32, width: f32) -> f32 {
    if width <= 0.0 {
        return a.min(b);
    }
    let h = (width - (a - b).abs()).max(0.0) / width;
    a.min(b) - h * h * width * 0.25
}
