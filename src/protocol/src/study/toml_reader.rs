//! Reads TOML so that every mistake is found at once and named with its line: what is wrong is noted, taken
//! out, and the rest read again.

use std::ops::Range;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, Error, ValueDeserializer};

use super::Study;
use super::checks::Checks;
use super::mistake::{Mistake, StudyError};
use super::steps::Step;

/// After this many mistakes the reader stops.
const MAX_MISTAKES: usize = 100;

/// The part of a document that is read, and what was wrong with it.
struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    mistakes: Vec<Mistake>,
}

/// Reads a study file.
pub(super) fn read_study(text: &str) -> Result<Study, StudyError> {
    const FILE: &str = "study.toml";
    let mut reader = Reader { file: FILE, text, mistakes: Vec::new() };
    let whole = reader.document()?;
    let mut rest = whole.clone();
    let steps = take(&mut rest, "steps").map(|steps| reader.steps(steps));
    if let Some((key, _)) = rest.get_ref().get_key_value("texts") {
        let reason = "is no key of a study file: a step names its file by `text`";
        reader.note(Some(key.span()), "texts".into(), reason.into());
        take(&mut rest, "texts");
    }
    let study: Option<Study> = reader.value(to_value(rest), "", Study::deserialize);
    if let Some(mut study) = study {
        if let Some(steps) = steps {
            study.steps = steps;
        }
        if let Err(error) = study.check() {
            // Where a step could not be read, the order of the others says nothing.
            let unread = reader.mistakes.iter().any(|mistake| mistake.field.starts_with("steps"));
            let follows = |mistake: &Mistake| unread && mistake.field.starts_with("steps");
            reader.place(&whole, error.mistakes().iter().filter(|mistake| !follows(mistake)));
        }
        if reader.mistakes.is_empty() {
            return Ok(study);
        }
    }
    Err(reader.finish())
}

/// Reads a file beside a study file, and checks what it says.
pub(super) fn read_file<T: DeserializeOwned>(
    file: &str,
    text: &str,
    check: impl FnOnce(&T, &mut Checks),
) -> Result<T, Vec<Mistake>> {
    let mut reader = Reader { file, text, mistakes: Vec::new() };
    let whole = reader.document().map_err(|error| error.mistakes().to_vec())?;
    let value: Option<T> = reader.value(to_value(whole.clone()), "", |value| T::deserialize(value));
    if let Some(value) = value {
        let mut checks = Checks::default();
        check(&value, &mut checks);
        reader.place(&whole, checks.mistakes.iter());
        if reader.mistakes.is_empty() {
            return Ok(value);
        }
    }
    Err(reader.finish().mistakes().to_vec())
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<Spanned<DeTable<'a>>, StudyError> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        if errors.is_empty() {
            return Ok(table);
        }
        for error in errors {
            self.note(
                error.span(),
                String::new(),
                format!("no TOML: {}", error.message().replace('\n', ", ")),
            );
        }
        Err(StudyError::check(std::mem::take(&mut self.mistakes))
            .err()
            .unwrap_or_else(|| Mistake::new("", "no TOML").into()))
    }

    /// The mistakes in the order of the file.
    fn finish(self) -> StudyError {
        let mut mistakes = self.mistakes;
        mistakes.sort_by_key(|mistake| mistake.line);
        mistakes.dedup();
        StudyError::check(mistakes).err().unwrap_or_else(|| Mistake::new("", "cannot be read").into())
    }

    fn note(&mut self, span: Option<Range<usize>>, field: String, reason: String) {
        let line = span.map(|span| self.line(span.start));
        self.mistakes.push(Mistake { file: self.file.to_owned(), line, field, reason });
    }

    fn line(&self, offset: usize) -> usize {
        1 + self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
    }

    /// The value, without the parts that are wrong: those are noted. None where something that is needed is
    /// missing.
    fn value<T>(
        &mut self,
        mut value: Spanned<DeValue<'a>>,
        at: &str,
        read: impl Fn(ValueDeserializer<'a>) -> Result<T, Error>,
    ) -> Option<T> {
        let original = value.clone();
        loop {
            let error = match read(ValueDeserializer::from(value.clone())) {
                Ok(read) => return Some(read),
                Err(error) => error,
            };
            let span = error.span().unwrap_or(original.span());
            let place = find(&original, &span);
            let (path, key) =
                place.map_or((String::new(), span.clone()), |(path, key)| (path.join("."), key));
            let missing = missing_field(&error).unwrap_or_default();
            let field: Vec<&str> = [at, &path, missing].into_iter().filter(|part| !part.is_empty()).collect();
            self.note(Some(key), field.join("."), advice(&error));
            if !remove(&mut value, &span) || self.mistakes.len() >= MAX_MISTAKES {
                return None;
            }
        }
    }

    /// The steps, each read as its kind says.
    fn steps(&mut self, steps: Spanned<DeValue<'a>>) -> Vec<Step> {
        let span = steps.span();
        let DeValue::Array(tables) = steps.into_inner() else {
            self.note(Some(span), "steps".into(), "a list is needed: write [[steps]] above each step".into());
            return Step::usual();
        };
        let mut read = Vec::new();
        for (place, table) in tables.into_iter().enumerate() {
            read.extend(self.step(&format!("steps.{place}"), table));
        }
        read
    }

    fn step(&mut self, at: &str, mut step: Spanned<DeValue<'a>>) -> Option<Step> {
        let span = step.span();
        let kinds = Step::KINDS.join(", ");
        let kind = match step.get_mut() {
            DeValue::Table(table) => table.remove("kind"),
            _ => None,
        };
        let Some(kind) = kind else {
            self.note(Some(span), format!("{at}.kind"), format!("is missing; one of {kinds} is needed"));
            return None;
        };
        let name = kind.get_ref().as_str().unwrap_or_default().to_owned();
        if !Step::KINDS.contains(&&*name) {
            let reason = format!("unknown kind of step `{name}`; one of {kinds} is needed");
            self.note(Some(kind.span()), format!("{at}.kind"), reason);
            return None;
        }
        self.value(step, at, |settings| Step::read(&name, settings))
    }

    /// Notes mistakes that were found in the values, with the lines of their fields.
    fn place<'m>(&mut self, whole: &Spanned<DeTable<'a>>, mistakes: impl Iterator<Item = &'m Mistake>) {
        for mistake in mistakes {
            let span = span_of(whole, &mistake.field);
            self.note(span, mistake.field.clone(), mistake.reason.clone());
        }
    }
}

fn to_value(table: Spanned<DeTable<'_>>) -> Spanned<DeValue<'_>> {
    let span = table.span();
    Spanned::new(span, DeValue::Table(table.into_inner()))
}

fn take<'a>(table: &mut Spanned<DeTable<'a>>, key: &str) -> Option<Spanned<DeValue<'a>>> {
    table.get_mut().remove(key)
}

/// What serde says, for people who write files.
fn advice(error: &Error) -> String {
    let message = error.message().replace('\n', ", ");
    match missing_field(error) {
        Some(_) => "is missing: add it".into(),
        None => message.replace("unknown field", "unknown key"),
    }
}

fn missing_field(error: &Error) -> Option<&str> {
    error.message().strip_prefix("missing field `")?.split('`').next()
}

/// The innermost entry from which an error came: its path, and where its key stands.
fn find(value: &Spanned<DeValue<'_>>, span: &Range<usize>) -> Option<(Vec<String>, Range<usize>)> {
    let below = |part: String, (mut path, key): (Vec<String>, Range<usize>)| {
        path.insert(0, part);
        (path, key)
    };
    match value.get_ref() {
        DeValue::Table(table) => table.iter().find_map(|(key, inner)| {
            let name = key.get_ref().to_string();
            let itself =
                || (holds(&key.span(), span) || holds(&inner.span(), span)).then(|| (vec![], key.span()));
            find(inner, span).or_else(itself).map(|found| below(name, found))
        }),
        DeValue::Array(array) => array.iter().enumerate().find_map(|(place, inner)| {
            let itself = || holds(&inner.span(), span).then(|| (vec![], inner.span()));
            find(inner, span).or_else(itself).map(|found| below(place.to_string(), found))
        }),
        _ => None,
    }
}

/// Takes out the innermost entry from which an error came; false where there is none.
fn remove(value: &mut Spanned<DeValue<'_>>, span: &Range<usize>) -> bool {
    match value.get_mut() {
        DeValue::Table(table) => {
            if table.iter_mut().any(|(_, inner)| remove(inner, span)) {
                return true;
            }
            let is_it = |(key, inner): &(&Spanned<_>, &Spanned<_>)| {
                holds(&key.span(), span) || holds(&inner.span(), span)
            };
            let key = table.iter().find(is_it).map(|(key, _)| key.clone());
            key.is_some_and(|key| table.remove(key.get_ref().as_ref()).is_some())
        }
        DeValue::Array(array) => {
            if array.iter_mut().any(|inner| remove(inner, span)) {
                return true;
            }
            let Some(place) = array.iter().position(|inner| holds(&inner.span(), span)) else { return false };
            let kept = array.iter().enumerate().filter(|(other, _)| *other != place);
            let mut rest = DeArray::new();
            kept.for_each(|(_, inner)| rest.push(inner.clone()));
            *array = rest;
            true
        }
        _ => false,
    }
}

fn holds(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end && !inner.is_empty()
}

/// Where a field stands: the key of the last part of its path that is in the file.
fn span_of(whole: &Spanned<DeTable<'_>>, field: &str) -> Option<Range<usize>> {
    let mut parts = field.split('.');
    let (key, mut value) = whole.get_ref().get_key_value(parts.next()?)?;
    let mut span = key.span();
    for part in parts {
        match value.get_ref() {
            DeValue::Table(table) => match table.get_key_value(part) {
                Some((key, inner)) => (span, value) = (key.span(), inner),
                None => break,
            },
            DeValue::Array(array) => match part.parse::<usize>().ok().and_then(|place| array.get(place)) {
                Some(inner) => (span, value) = (inner.span(), inner),
                None => break,
            },
            _ => break,
        }
    }
    Some(span)
}
