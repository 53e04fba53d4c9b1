//! Keeps text cells inert: a spreadsheet neither runs them as formulas nor turns them into dates or numbers.
//!
//! A cell that would change is written with an apostrophe before it, as the OWASP rules against CSV
//! injection advise. Our reader takes the apostrophe off again, so that every text comes back as it was.

use std::borrow::Cow;

const MARK: char = '\'';

/// The text as it is written into a cell.
pub fn protected(text: &str) -> Cow<'_, str> {
    if is_live(text) { Cow::Owned(format!("{MARK}{text}")) } else { Cow::Borrowed(text) }
}

/// The text that a cell stands for.
pub fn unprotected(cell: &str) -> &str {
    cell.strip_prefix(MARK).filter(|rest| is_live(rest)).unwrap_or(cell)
}

/// Whether a spreadsheet would run or change the text, or the reader would take a mark off it.
pub fn is_live(text: &str) -> bool {
    let text = text.strip_prefix(MARK).map_or(text, |rest| rest.trim_start_matches(MARK));
    is_formula(text) || is_other_number(text) || is_date(text)
}

fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '|', '%'])
}

/// A number whose digits a spreadsheet does not keep: `007`, `1.10`, `1e5`, more than 15 digits.
fn is_other_number(text: &str) -> bool {
    let is_number = text.starts_with(|c: char| c.is_ascii_digit() || c == '.') && text.parse::<f64>().is_ok();
    let is_plain = text == "0" || (text.len() <= 15 && !text.starts_with('0'));
    is_number && !(is_plain && text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `1-10-10`, `3/4`, `1.5`, `12:30`, `5-Mar`, `SEPT2`.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['-', '/', '.', ':', ' ']).collect();
    let is_short_number =
        |part: &&str| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let numbers = parts.iter().filter(|part| is_short_number(part)).count();
    let is_numeric = (2..=4).contains(&parts.len()) && numbers == parts.len();
    let is_named = (2..=3).contains(&parts.len())
        && numbers + 1 == parts.len()
        && parts.iter().any(|part| is_month(part));
    let letters = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_joined = (1..=4).contains(&(text.len() - letters.len())) && is_month(letters);
    is_numeric || is_named || is_joined
}

fn is_month(text: &str) -> bool {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let lower = text.to_ascii_lowercase();
    (3..=9).contains(&lower.len()) && MONTHS.iter().any(|month| lower.starts_with(month))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{protected, unprotected};

    #[test]
    fn what_a_spreadsheet_would_run_or_change_is_protected() {
        for live in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "=HYPERLINK(\"http://a\")",
            "\t=1",
            "1-10-10",
            "3/4",
            "1.5",
            "12:30",
            "5-Mar",
            "SEPT2",
            "MARCH1",
            "2026-11-25",
            "007",
            "1e5",
            "1234567890123456",
            "-dash",
            "'=1",
        ] {
            assert!(protected(live).starts_with('\''), "{live}");
        }
        for inert in [
            "Möbel",
            "patch-32",
            "cat",
            "12",
            "0",
            "'tis",
            "n01440764",
            "019bd0c0-0000-7000-8000-000000000001",
        ] {
            assert_eq!(protected(inert), inert);
        }
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in "[-=+@'0-9a-z./:\\PC]{0,12}") {
            let cell = protected(&text);
            prop_assert_eq!(unprotected(&cell), text.as_str());
        }

        #[test]
        fn nothing_that_is_written_is_a_formula(text in "[-=+@'0-9a-z|%]{0,12}") {
            prop_assert!(!protected(&text).starts_with(['=', '+', '-', '@', '|', '%']));
        }
    }
}
