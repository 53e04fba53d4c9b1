//! Text on plots: where it stands, how wide it is, and what XML can hold.

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

/// XML cannot hold a few characters that a name from a log may contain; each becomes the replacement
/// character.
pub(super) fn printable(text: &str) -> String {
    let forbidden = |c: char| c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}');
    text.chars().map(|c| if forbidden(c) { '\u{FFFD}' } else { c }).collect()
}

/// An estimate of a text's width in CSS pixels, rather too wide for sans-serif fonts: nothing here can
/// measure the page's font.
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
