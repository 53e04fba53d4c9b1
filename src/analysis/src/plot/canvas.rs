//! The few marks the plots are made of, drawn through plotters' SVG backend. Origin at the top left, CSS pixels.

use plotters::prelude::{DrawingBackend, IntoFont, RGBColor, SVGBackend, ShapeStyle, TextStyle};
use plotters::style::Color;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::theme::{Paint, paint};
use super::{PlotError, PlotOptions};

/// A place on the canvas, in CSS pixels.
pub(super) type Point = (i32, i32);

/// Where text stands relative to its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    /// The point is at its left.
    Start,
    /// The point is at its middle.
    Middle,
    /// The point is at its right.
    End,
}

/// Size of all text, in CSS pixels.
pub(super) const TEXT_PX: i32 = 13;
/// Half the size of a marker.
pub(super) const MARKER_PX: i32 = 5;

pub(super) struct Canvas<'a> {
    backend: SVGBackend<'a>,
}

/// Draws a plot of this height and finishes its text: title, description, colours.
pub(super) fn draw(
    options: &PlotOptions,
    height_px: i32,
    (title, description): (&str, &str),
    marks: impl FnOnce(&mut Canvas<'_>) -> Result<(), PlotError>,
) -> Result<String, PlotError> {
    let (width, height) = (width_px(options) as u32, height_px.max(1) as u32);
    let mut svg = String::new();
    let mut canvas = Canvas { backend: SVGBackend::with_string(&mut svg, (width, height)) };
    if options.standalone {
        canvas.rectangle((0, 0), (width as i32, height as i32), Paint::Paper, 1.0)?;
    }
    marks(&mut canvas)?;
    canvas.backend.present().map_err(failed)?;
    drop(canvas);
    let body = svg.split_once('>').map(|(_, body)| body).unwrap_or_default();
    let id = escape(&options.id);
    let font = if options.standalone { " font-family=\"Helvetica, Arial, sans-serif\"" } else { "" };
    let head = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" aria-labelledby=\"{id}-title {id}-desc\"{font}>\n<title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>",
        escape(title),
        escape(description),
    );
    Ok(head + &paint(body, options.standalone).replace(" font-family=\"inherit\"", ""))
}

/// The width that is drawn.
pub(super) fn width_px(options: &PlotOptions) -> i32 {
    options.width_px.clamp(*super::WIDTHS_PX.start(), *super::WIDTHS_PX.end()) as i32
}

impl Canvas<'_> {
    pub(super) fn line(
        &mut self,
        from: Point,
        to: Point,
        colour: Paint,
        stroke_px: u32,
    ) -> Result<(), PlotError> {
        self.backend.draw_line(from, to, &style(colour, 1.0, stroke_px)).map_err(failed)
    }

    /// A vertical line of dashes.
    pub(super) fn dashes(&mut self, x: i32, top: i32, bottom: i32, colour: Paint) -> Result<(), PlotError> {
        for y in (top..bottom).step_by(7) {
            self.line((x, y), (x, (y + 4).min(bottom)), colour, 1)?;
        }
        Ok(())
    }

    pub(super) fn path(
        &mut self,
        points: Vec<Point>,
        colour: Paint,
        (stroke_px, opacity): (u32, f64),
    ) -> Result<(), PlotError> {
        self.backend.draw_path(points, &style(colour, opacity, stroke_px)).map_err(failed)
    }

    pub(super) fn rectangle(
        &mut self,
        from: Point,
        to: Point,
        colour: Paint,
        opacity: f64,
    ) -> Result<(), PlotError> {
        self.backend.draw_rect(from, to, &style(colour, opacity, 0), true).map_err(failed)
    }

    pub(super) fn text(
        &mut self,
        text: &str,
        (x, y): Point,
        anchor: Anchor,
        colour: Paint,
    ) -> Result<(), PlotError> {
        let horizontal = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        // The backend divides the size by 1.24.
        let font = ("inherit", f64::from(TEXT_PX) * 1.24).into_font();
        let (r, g, b) = colour.sentinel();
        let colour = RGBColor(r, g, b);
        let style = TextStyle::from(font).color(&colour).pos(Pos::new(horizontal, VPos::Center));
        self.backend.draw_text(&printable(text), &style, (x, y)).map_err(failed)
    }

    /// The mark of an observer: shape and colour both tell it from the others; a rim of paper keeps overlapping ones apart.
    pub(super) fn marker(&mut self, (x, y): Point, series: usize) -> Result<(), PlotError> {
        for (reach, colour) in [(MARKER_PX + 1, Paint::Paper), (MARKER_PX, Paint::Series(series))] {
            let r = reach;
            let outline = match series % 6 {
                0 => {
                    let style = style(colour, 1.0, 0);
                    self.backend.draw_circle((x, y), r as u32, &style, true).map_err(failed)?;
                    continue;
                }
                1 => vec![(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)],
                2 => vec![(x, y - r - 1), (x + r + 1, y + r), (x - r - 1, y + r)],
                3 => vec![(x, y - r - 2), (x + r + 2, y), (x, y + r + 2), (x - r - 2, y)],
                4 => vec![(x, y + r + 1), (x + r + 1, y - r), (x - r - 1, y - r)],
                _ => cross(x, y, r),
            };
            self.backend.fill_polygon(outline, &style(colour, 1.0, 0)).map_err(failed)?;
        }
        Ok(())
    }

    /// An interval with end caps, to be drawn under its marker.
    pub(super) fn interval(
        &mut self,
        (left, right): (i32, i32),
        y: i32,
        series: usize,
    ) -> Result<(), PlotError> {
        let colour = Paint::Series(series);
        self.line((left, y), (right, y), colour, 2)?;
        self.line((left, y - 3), (left, y + 3), colour, 2)?;
        self.line((right, y - 3), (right, y + 3), colour, 2)
    }
}

/// An upright cross with arms as thick as its third.
fn cross(x: i32, y: i32, r: i32) -> Vec<Point> {
    let (long, thick) = (r + 1, r / 2);
    let corners = [
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
    ];
    corners.into_iter().map(|(dx, dy)| (x + dx, y + dy)).collect()
}

fn style(colour: Paint, opacity: f64, stroke_px: u32) -> ShapeStyle {
    let (r, g, b) = colour.sentinel();
    let color = RGBColor(r, g, b).mix(opacity);
    ShapeStyle { color, filled: true, stroke_width: stroke_px }
}

fn failed(error: impl std::fmt::Display) -> PlotError {
    PlotError(error.to_string())
}

/// XML has no place for a few characters that a name from a log may contain.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') { '\u{FFFD}' } else { c })
        .collect()
}

/// Text fit for XML and HTML, as content and as a quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    let text = printable(text);
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}

/// A guess at the width of a text, on the safe side for sans-serif fonts: nothing here can measure the page's font.
pub(super) fn text_width_px(text: &str) -> i32 {
    let em: f64 = text
        .chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | 't' | 'f' | 'r' | '.' | ',' | ' ' | '[' | ']' | '(' | ')' | '-' => 0.36,
            'm' | 'w' | 'M' | 'W' => 0.88,
            c if c.is_ascii_uppercase() => 0.7,
            c if (c as u32) < 0x1100 => 0.57,
            _ => 1.0,
        })
        .sum();
    (em * 1.1 * f64::from(TEXT_PX)).ceil() as i32
}

/// The text, cut with an ellipsis where it would be wider than this.
pub(super) fn fit(text: &str, width_px: i32) -> String {
    if text_width_px(text) <= width_px {
        return text.to_owned();
    }
    let mut cut: String = text.to_owned();
    while !cut.is_empty() && text_width_px(&cut) + TEXT_PX > width_px {
        cut.pop();
    }
    cut.trim_end().to_owned() + "…"
}
