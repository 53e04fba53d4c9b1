//! Markdown texts of a study, as HTML that can only hold what is listed here: no scripts, no raw HTML, no
//! other addresses than those of the web and of mail.

use std::fmt::Write;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// Something in a text that is not shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextFault {
    /// Its line, counted from 1.
    pub line: usize,
    /// What it is, and what to write instead.
    pub reason: String,
}

/// The text as HTML. Raw HTML is shown as it is written, so that nothing of it is run.
pub fn to_html(markdown: &str) -> String {
    let mut html = String::new();
    let mut in_image = 0_u32;
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Image { .. }) => in_image += 1,
            Event::End(TagEnd::Image) => in_image = in_image.saturating_sub(1),
            Event::Start(tag) => open(&mut html, &tag),
            Event::End(end) => close(&mut html, end),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => escape(&mut html, &text),
            Event::Code(code) => {
                html.push_str("<code>");
                escape(&mut html, &code);
                html.push_str("</code>");
            }
            Event::SoftBreak => html.push('\n'),
            Event::HardBreak => html.push_str("<br>"),
            Event::Rule => html.push_str("<hr>"),
            _ => {}
        }
    }
    html
}

/// What a text has that is not shown: raw HTML, pictures, and links to something else than the web or mail.
pub fn faults(markdown: &str) -> Vec<TextFault> {
    let mut faults = Vec::new();
    let parser = Parser::new_ext(markdown, Options::ENABLE_TABLES);
    for (event, span) in parser.into_offset_iter() {
        let reason = match event {
            Event::Html(html) | Event::InlineHtml(html) if !html.trim().starts_with("<!--") => format!(
                "raw HTML is not allowed, `{}`: write Markdown",
                html.trim().chars().take(40).collect::<String>()
            ),
            Event::Start(Tag::Image { .. }) => "pictures are not shown in texts: describe it in words".into(),
            Event::Start(Tag::Link { dest_url, .. }) if !is_address(&dest_url) => format!(
                "`{}` is no address that is opened: it has to begin with https:// or mailto:",
                dest_url.chars().take(40).collect::<String>()
            ),
            _ => continue,
        };
        let line = 1 + markdown.bytes().take(span.start).filter(|byte| *byte == b'\n').count();
        faults.push(TextFault { line, reason });
    }
    faults
}

fn is_address(address: &str) -> bool {
    ["https://", "http://", "mailto:"].iter().any(|scheme| address.starts_with(scheme))
}

fn open(html: &mut String, tag: &Tag<'_>) {
    match tag {
        Tag::Link { dest_url, .. } if is_address(dest_url) => {
            html.push_str("<a target=\"_blank\" rel=\"noopener noreferrer\" href=\"");
            escape(html, dest_url);
            html.push_str("\">");
        }
        Tag::Link { .. } => html.push_str("<span>"),
        Tag::List(Some(start)) => {
            // Writing to a string cannot fail.
            let _ = write!(html, "<ol start=\"{start}\">");
        }
        other => {
            if let Some(name) = element(&other.to_end()) {
                let _ = write!(html, "<{name}>");
            }
        }
    }
}

fn close(html: &mut String, end: TagEnd) {
    match end {
        // Whether `<a>` or `<span>` was opened follows from what is open.
        TagEnd::Link => {
            let link = html.rfind("<a ");
            let span = html.rfind("<span>");
            html.push_str(if link > span { "</a>" } else { "</span>" });
        }
        other => {
            if let Some(name) = element(&other) {
                let _ = write!(html, "</{name}>");
            }
        }
    }
}

/// The HTML element of a part of a text; none where its content stands for itself.
fn element(part: &TagEnd) -> Option<&'static str> {
    Some(match part {
        TagEnd::Paragraph => "p",
        // The step has the page's only first heading.
        TagEnd::Heading(HeadingLevel::H1 | HeadingLevel::H2) => "h2",
        TagEnd::Heading(_) => "h3",
        TagEnd::BlockQuote(_) => "blockquote",
        TagEnd::CodeBlock => "pre",
        TagEnd::List(true) => "ol",
        TagEnd::List(false) => "ul",
        TagEnd::Item => "li",
        TagEnd::Emphasis => "em",
        TagEnd::Strong => "strong",
        TagEnd::Table => "table",
        TagEnd::TableHead | TagEnd::TableRow => "tr",
        TagEnd::TableCell => "td",
        _ => return None,
    })
}

fn escape(html: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '&' => html.push_str("&amp;"),
            '"' => html.push_str("&quot;"),
            other => html.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_may_have_is_shown() {
        let html = to_html(
            "# Welcome\n\nRead *this*, **please**:\n\n1. one\n2. two\n\n[Us](https://example.org/a?b=1&c=2)\n",
        );
        assert_eq!(
            html,
            "<h2>Welcome</h2><p>Read <em>this</em>, <strong>please</strong>:</p><ol \
             start=\"1\"><li>one</li><li>two</li></ol>\
             <p><a target=\"_blank\" rel=\"noopener noreferrer\" href=\"https://example.org/a?b=1&amp;c=2\">Us</a></p>"
        );
    }

    #[test]
    fn nothing_in_a_text_is_run() {
        for text in [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "[x](javascript:alert(1))",
            "[x](data:text/html,<script>alert(1)</script>)",
            "![x](javascript:alert(1))",
            "[x](https://example.org/\"onmouseover=\"alert(1))",
            "<https://example.org/\"><script>alert(1)</script>",
        ] {
            let html = to_html(text);
            assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
            assert!(!html.contains("href=\"javascript") && !html.contains("href=\"data"), "{html}");
            assert!(!html.contains("\"onmouseover=\""), "{html}");
        }
    }

    #[test]
    fn what_is_not_shown_is_named_with_its_line() {
        let found = faults(
            "# Title\n\nHello <b>you</b>\n\n![a](b.png)\n\n[x](javascript:alert(1))\n\n<!-- a note -->\n",
        );
        let lines: Vec<usize> = found.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [3, 3, 5, 7], "{found:?}");
    }
}
