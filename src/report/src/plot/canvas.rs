//! The few marks that plots are made of, as SVG elements. Origin at the top left, CSS pixels.

use svg::node::element::{
    Circle, Description, Group, Line, Polygon, Polyline, Rectangle, SVG, Text as TextElement, Title,
};
use svg::node::{Node, Text};

use super::options::PlotOptions;
use super::text::{Anchor, TEXT_PX, printable};
use super::theme::Paint;

/// A place on the canvas, in CSS pixels.
pub(super) type Point = (i32, i32);

/// Half the size of a marker.
pub(super) const MARKER_PX: i32 = 5;

/// An SVG document with the marks drawn so far.
pub(super) struct Canvas {
    document: SVG,
    standalone: bool,
}

/// Draws a plot of this height, with a title and a description for screen readers.
pub(super) fn draw(
    options: &PlotOptions,
    height_px: i32,
    (title, description): (&str, &str),
    marks: impl FnOnce(&mut Canvas),
) -> String {
    let (width, height) = (width_px(options), height_px.max(1));
    let id = printable(&options.id);
    let mut document = SVG::new()
        .set("width", width)
        .set("height", height)
        .set("viewBox", format!("0 0 {width} {height}"))
        .set("role", "img")
        .set("aria-labelledby", format!("{id}-title {id}-desc"))
        .set("font-size", TEXT_PX)
        .add(Title::new(printable(title)).set("id", format!("{id}-title")))
        .add(Description::new().set("id", format!("{id}-desc")).add(Text::new(printable(description))));
    if options.standalone {
        document = document.set("font-family", "Helvetica, Arial, sans-serif");
    }
    let mut canvas = Canvas { document, standalone: options.standalone };
    if options.standalone {
        canvas.rectangle((0, 0), (width, height), Paint::Paper, 1.0);
    }
    marks(&mut canvas);
    canvas.document.to_string()
}

/// The width that is drawn.
pub(super) fn width_px(options: &PlotOptions) -> i32 {
    options.width_px.clamp(*super::options::WIDTHS_PX.start(), *super::options::WIDTHS_PX.end()) as i32
}

impl Canvas {
    fn add(&mut self, element: impl Into<Box<dyn Node>>) {
        self.document.append(element);
    }

    fn css(&self, paint: Paint) -> String {
        paint.css(self.standalone)
    }

    pub(super) fn line(&mut self, from: Point, to: Point, paint: Paint, stroke_px: u32) {
        let line = segment(from, to).set("stroke", self.css(paint)).set("stroke-width", stroke_px);
        self.add(line);
    }

    /// A vertical dashed line.
    pub(super) fn dashes(&mut self, x: i32, top: i32, bottom: i32, paint: Paint) {
        let line =
            segment((x, top), (x, bottom)).set("stroke", self.css(paint)).set("stroke-dasharray", "4 3");
        self.add(line);
    }

    pub(super) fn path(&mut self, points: &[Point], paint: Paint, (stroke_px, opacity): (u32, f64)) {
        let path = Polyline::new()
            .set("points", coordinates(points))
            .set("fill", "none")
            .set("stroke", self.css(paint))
            .set("stroke-width", stroke_px)
            .set("stroke-linejoin", "round")
            .set("opacity", opacity);
        self.add(path);
    }

    pub(super) fn rectangle(
        &mut self,
        (left, top): Point,
        (right, bottom): Point,
        paint: Paint,
        opacity: f64,
    ) {
        let rectangle = Rectangle::new()
            .set("x", left)
            .set("y", top)
            .set("width", right - left)
            .set("height", bottom - top)
            .set("fill", self.css(paint));
        self.add(if opacity < 1.0 { rectangle.set("opacity", opacity) } else { rectangle });
    }

    pub(super) fn text(&mut self, text: &str, (x, y): Point, anchor: Anchor, paint: Paint) {
        let text = TextElement::new(printable(text))
            .set("x", x)
            .set("y", y)
            .set("dy", "0.5ex")
            .set("fill", self.css(paint));
        self.add(match anchor {
            Anchor::Start => text,
            Anchor::Middle => text.set("text-anchor", "middle"),
            Anchor::End => text.set("text-anchor", "end"),
        });
    }

    /// The mark of an observer. Shape and colour both tell it from the others; a rim of paper separates
    /// overlapping marks.
    pub(super) fn marker(&mut self, at: Point, series: usize) {
        let rim = marker(at, MARKER_PX + 1, series, self.css(Paint::Paper));
        let mark = marker(at, MARKER_PX, series, self.css(Paint::Series(series)));
        self.add(rim);
        self.add(mark);
    }

    /// A marker over its interval; the pointer shows the value in words.
    pub(super) fn estimate(&mut self, at: Point, (left, right): (i32, i32), series: usize, words: &str) {
        let (_, y) = at;
        let colour = self.css(Paint::Series(series));
        let caps = [segment((left, y), (right, y)), cap(left, y), cap(right, y)];
        let group = caps.into_iter().fold(Group::new().add(Title::new(printable(words))), |group, line| {
            group.add(line.set("stroke", colour.as_str()).set("stroke-width", 2))
        });
        let group = group
            .add(marker(at, MARKER_PX + 1, series, self.css(Paint::Paper)))
            .add(marker(at, MARKER_PX, series, colour));
        self.add(group);
    }
}

fn segment((x1, y1): Point, (x2, y2): Point) -> Line {
    Line::new().set("x1", x1).set("y1", y1).set("x2", x2).set("y2", y2)
}

/// The end of an interval.
fn cap(x: i32, y: i32) -> Line {
    segment((x, y - 3), (x, y + 3))
}

fn coordinates(points: &[Point]) -> String {
    points.iter().map(|(x, y)| format!("{x},{y}")).collect::<Vec<_>>().join(" ")
}

/// The shape of a series, `r` pixels from its middle to its edge.
fn marker((x, y): Point, r: i32, series: usize, fill: String) -> Box<dyn Node> {
    let outline = match series % super::theme::SERIES_COUNT {
        0 => return Box::new(Circle::new().set("cx", x).set("cy", y).set("r", r).set("fill", fill)),
        1 => vec![(-r, -r), (r, -r), (r, r), (-r, r)],
        2 => vec![(0, -r - 1), (r + 1, r), (-r - 1, r)],
        3 => vec![(0, -r - 2), (r + 2, 0), (0, r + 2), (-r - 2, 0)],
        4 => vec![(0, r + 1), (r + 1, -r), (-r - 1, -r)],
        _ => cross(r),
    };
    let outline: Vec<Point> = outline.into_iter().map(|(dx, dy)| (x + dx, y + dy)).collect();
    Box::new(Polygon::new().set("points", coordinates(&outline)).set("fill", fill))
}

/// An upright cross around the origin, with arms as thick as its third.
fn cross(r: i32) -> Vec<Point> {
    let (long, thick) = (r + 1, r / 2);
    vec![
        (-thick, -long),
        (thick, -long),
        (thick, -thick),
        (long, -thick),
        (long, thick),
        (thick, thick),
        (thick, long),
        (-thick, long),
        (-thick, thick),
        (-long, thick),
        (-long, -thick),
        (-thick, -thick),
    ]
}
