//! The frame of every HTML page that this software writes as a file: it needs no other file and follows
//! light and dark mode.

use maud::{DOCTYPE, Markup, PreEscaped, html};

/// Colours in light and dark mode, and the look of tables and figures.
pub const PAGE_STYLE: &str = include_str!("page.css");

/// An HTML page that needs no other file.
pub struct Document<'a> {
    /// Title of the page.
    pub title: &'a str,
    /// CSS after [`PAGE_STYLE`].
    pub style: &'a str,
    /// What the page's `main` holds.
    pub body: Markup,
}

impl Document<'_> {
    /// The text of the file.
    pub fn into_html(self) -> String {
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (self.title) }
                    style { (PreEscaped(PAGE_STYLE)) (PreEscaped(self.style)) }
                }
                body { main { (self.body) } }
            }
        };
        page.into_string()
    }
}
