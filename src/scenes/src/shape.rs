//! Signed distances of the primitive shapes that objects are built from (after Quílez, "3D SDFs").
//!
//! Local axes: y up; extruded outlines lie in the xy plane, turned profiles go round the y axis.

use std::sync::Arc;

use glam::{Vec2, Vec3};

/// A closed outline as a list of corners.
pub type Outline = Arc<[Vec2]>;

/// A primitive around its own origin.
#[derive(Clone)]
pub enum Shape {
    /// Half axes.
    Ellipsoid(Vec3),
    /// A rod from `a` to `b` whose radius goes from `ra` to `rb`.
    Rod { a: Vec3, b: Vec3, ra: f32, rb: f32 },
    /// A box with rounded edges.
    Block { half: Vec3, round: f32 },
    /// A cone stump along y with radii at the bottom and at the top.
    Stump { half: f32, bottom: f32, top: f32, round: f32 },
    /// A ring around y.
    Ring { major: f32, minor: f32 },
    /// A bent rod (quadratic Bézier curve).
    Bend { a: Vec3, b: Vec3, c: Vec3, ra: f32, rc: f32 },
    /// An outline (x ≥ 0) turned round y.
    Turned(Outline),
    /// An outline pushed to ±`half` along z, narrower by `taper` per unit of y above `from`, and bent
    /// along z by `bend · x²`.
    Pushed { outline: Outline, half: f32, round: f32, taper: f32, from: f32, bend: f32 },
    /// A boat's hull: bow at +x, deck at y = 0.
    Hull { length: f32, beam: f32, depth: f32 },
}

impl Shape {
    /// Distance from `p` to the surface, negative inside; may be too small, hardly ever too large.
    pub fn distance(&self, p: Vec3) -> f32 {
        match self {
            Self::Ellipsoid(radii) => ellipsoid(p, *radii),
            Self::Rod { a, b, ra, rb } => rod(p, *a, *b, *ra, *rb),
            Self::Block { half, round } => block(p, *half, *round),
            Self::Stump { half, bottom, top, round } => stump(p, *half, *bottom, *top, *round),
            Self::Ring { major, minor } => {
                Vec2::new(Vec2::new(p.x, p.z).length() - major, p.y).length() - minor
            }
            Self::Bend { a, b, c, ra, rc } => bend(p, *a, *b, *c, *ra, *rc),
            Self::Turned(outline) => polygon(Vec2::new(Vec2::new(p.x, p.z).length(), p.y), outline),
            Self::Pushed { outline, half, round, taper, from, bend } => {
                let flat = polygon(Vec2::new(p.x, p.y), outline) + round;
                let half = (half - taper * (p.y - from).max(0.0)).max(0.01);
                let deep = (p.z - bend * p.x * p.x).abs() - half + round;
                let outside = Vec2::new(flat.max(0.0), deep.max(0.0)).length();
                let scale = if *taper != 0.0 || *bend != 0.0 { 0.85 } else { 1.0 };
                (outside + flat.max(deep).min(0.0) - round) * scale
            }
            Self::Hull { length, beam, depth } => hull(p, *length, *beam, *depth),
        }
    }

    /// Centre and radius of a ball around the shape.
    pub fn ball(&self) -> (Vec3, f32) {
        match self {
            Self::Ellipsoid(radii) => (Vec3::ZERO, radii.max_element()),
            Self::Rod { a, b, ra, rb } => ((*a + *b) * 0.5, a.distance(*b) * 0.5 + ra.max(*rb)),
            Self::Block { half, .. } => (Vec3::ZERO, half.length()),
            Self::Stump { half, bottom, top, .. } => {
                (Vec3::ZERO, Vec2::new(*half, bottom.max(*top)).length())
            }
            Self::Ring { major, minor } => (Vec3::ZERO, major + minor),
            Self::Bend { a, b, c, ra, rc } => {
                let (low, high) = (a.min(*b).min(*c), a.max(*b).max(*c));
                ((low + high) * 0.5, low.distance(high) * 0.5 + ra.max(*rc))
            }
            Self::Turned(outline) => {
                let (low, high) = bounds(outline);
                let middle = (low.y + high.y) * 0.5;
                (Vec3::new(0.0, middle, 0.0), Vec2::new(high.x, (high.y - low.y) * 0.5).length())
            }
            Self::Pushed { outline, half, bend, .. } => {
                let (low, high) = bounds(outline);
                let reach = low.x.abs().max(high.x.abs());
                let size = ((high - low) * 0.5).extend(half + bend.abs() * reach * reach);
                (((low + high) * 0.5).extend(0.0), size.length())
            }
            Self::Hull { length, beam, depth } => {
                (Vec3::new(0.0, -depth * 0.4, 0.0), Vec3::new(length * 0.5, *beam, *depth).length())
            }
        }
    }
}

fn ellipsoid(p: Vec3, radii: Vec3) -> f32 {
    let k0 = (p / radii).length();
    let k1 = (p / (radii * radii)).length();
    if k1 < 1e-6 { -radii.min_element() } else { k0 * (k0 - 1.0) / k1 }
}

fn rod(p: Vec3, a: Vec3, b: Vec3, ra: f32, rb: f32) -> f32 {
    let (pa, ba) = (p - a, b - a);
    let h = (pa.dot(ba) / ba.length_squared()).clamp(0.0, 1.0);
    (pa - ba * h).length() - (ra + (rb - ra) * h)
}

fn block(p: Vec3, half: Vec3, round: f32) -> f32 {
    let q = p.abs() - half + round;
    q.max(Vec3::ZERO).length() + q.max_element().min(0.0) - round
}

fn stump(p: Vec3, half: f32, bottom: f32, top: f32, round: f32) -> f32 {
    let radius = bottom + (top - bottom) * ((p.y / half) * 0.5 + 0.5).clamp(0.0, 1.0);
    let slope = (top - bottom) / (2.0 * half);
    let side = (Vec2::new(p.x, p.z).length() - radius + round) / (1.0 + slope * slope).sqrt();
    let cap = p.y.abs() - half + round;
    Vec2::new(side.max(0.0), cap.max(0.0)).length() + side.max(cap).min(0.0) - round
}

/// Distance to a quadratic Bézier rod, by eight chords refined once: cheaper than the cubic's roots and
/// free of trigonometry.
fn bend(p: Vec3, a: Vec3, b: Vec3, c: Vec3, ra: f32, rc: f32) -> f32 {
    let curve = |t: f32| a * ((1.0 - t) * (1.0 - t)) + b * (2.0 * t * (1.0 - t)) + c * (t * t);
    let mut best = f32::MAX;
    let mut start = a;
    for chord in 0..8 {
        let end = curve((chord + 1) as f32 / 8.0);
        let (pa, ba) = (p - start, end - start);
        let h = (pa.dot(ba) / ba.length_squared().max(1e-9)).clamp(0.0, 1.0);
        let t = (chord as f32 + h) / 8.0;
        best = best.min((pa - ba * h).length() - (ra + (rc - ra) * t));
        start = end;
    }
    best
}

/// Signed distance to a polygon (Quílez, `sdPolygon`).
pub fn polygon(p: Vec2, corners: &[Vec2]) -> f32 {
    let mut squared = (p - corners[0]).length_squared();
    let mut sign = 1.0;
    let mut previous = corners[corners.len() - 1];
    for &corner in corners {
        let (edge, w) = (previous - corner, p - corner);
        let h = (w.dot(edge) / edge.length_squared()).clamp(0.0, 1.0);
        squared = squared.min((w - edge * h).length_squared());
        let (above, below) = (p.y >= corner.y, p.y < previous.y);
        let left = edge.x * w.y > edge.y * w.x;
        if (above && below && left) || (!above && !below && !left) {
            sign = -sign;
        }
        previous = corner;
    }
    sign * squared.sqrt()
}

fn hull(p: Vec3, length: f32, beam: f32, depth: f32) -> f32 {
    let along = p.x / (length * 0.5);
    // Full at the stern, pointed at the bow; the keel rises towards both ends.
    let plan = if along > -0.2 {
        1.0 - ((along + 0.2) / 1.2) * ((along + 0.2) / 1.2)
    } else {
        1.0 - 0.45 * (along + 0.2) * (along + 0.2)
    };
    let sheer = 0.16 * depth * (1.0 + 2.0 * along.max(0.0) * along.max(0.0));
    let keel = -depth * (1.0 - 0.35 * along * along);
    let rise = ((p.y - keel) / (sheer - keel)).clamp(0.02, 1.2);
    let side = (p.z.abs() - beam * plan.max(0.0) * rise.sqrt()) * 0.75;
    let ends = p.x.abs() - length * 0.5;
    side.max(p.y - sheer).max((keel - p.y) * 0.9).max(ends)
}

fn bounds(outline: &[Vec2]) -> (Vec2, Vec2) {
    outline.iter().fold((outline[0], outline[0]), |(low, high), p| (low.min(*p), high.max(*p)))
}

/// A closed outline through corners `(x, y)`, in units, as they are.
pub fn outline(corners: &[(f32, f32)]) -> Outline {
    corners.iter().map(|&(x, y)| Vec2::new(x, y)).collect()
}

/// A closed smooth outline through points `(x, y)`, in units (Catmull–Rom, four chords a span).
pub fn smooth_outline(corners: &[(f32, f32)]) -> Outline {
    let at = |index: usize| {
        let (x, y) = corners[index % corners.len()];
        Vec2::new(x, y)
    };
    let count = corners.len();
    let mut points = Vec::with_capacity(count * 4);
    for span in 0..count {
        let (a, b, c, d) = (at(span + count - 1), at(span), at(span + 1), at(span + 2));
        for step in 0..4 {
            points.push(catmull_rom(a, b, c, d, step as f32 / 4.0));
        }
    }
    points.into()
}

/// A smooth profile for turning: an open curve through points `(distance from the axis ≥ 0, height)`, in
/// units, closed along the axis.
pub fn profile(corners: &[(f32, f32)]) -> Outline {
    let at = |index: isize| {
        let (x, y) = corners[index.clamp(0, corners.len() as isize - 1) as usize];
        Vec2::new(x, y)
    };
    let mut points = vec![Vec2::new(0.0, at(0).y)];
    for span in 0..corners.len() as isize - 1 {
        let (a, b, c, d) = (at(span - 1), at(span), at(span + 1), at(span + 2));
        for step in 0..4 {
            points.push(catmull_rom(a, b, c, d, step as f32 / 4.0).max(Vec2::new(0.0, f32::MIN)));
        }
    }
    points.push(at(corners.len() as isize - 1));
    points.push(Vec2::new(0.0, at(corners.len() as isize - 1).y));
    points.dedup_by(|a, b| a.distance_squared(*b) < 1e-8);
    points.into()
}

fn catmull_rom(a: Vec2, b: Vec2, c: Vec2, d: Vec2, t: f32) -> Vec2 {
    let (t2, t3) = (t * t, t * t * t);
    (b * 2.0 + (c - a) * t + (a * 2.0 - b * 5.0 + c * 4.0 - d) * t2 + (b * 3.0 - a - c * 3.0 + d) * t3) * 0.5
}
