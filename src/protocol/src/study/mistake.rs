//! What is wrong with a study's files: file, line, field, and the remedy.

use std::fmt;

use gestalt_types::FieldError;

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The file that has it, as the study names it.
    pub file: String,
    /// Its line, counted from 1, where it is known.
    pub line: Option<usize>,
    /// The field's path in the file; empty where the file as a whole is wrong.
    pub field: String,
    /// What is wrong, and what would be right.
    pub reason: String,
}

impl Mistake {
    /// A mistake of the study file itself, of which no line is known yet.
    pub(super) fn new(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { file: "study file".into(), line: None, field: field.into(), reason: reason.into() }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if !self.field.is_empty() {
            write!(f, ": {}", self.field)?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// Why a study cannot be used: at least one mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StudyError {
    mistakes: Vec<Mistake>,
}

impl StudyError {
    /// All mistakes that were found.
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }

    /// An error, if there is a mistake.
    pub(super) fn check(mistakes: Vec<Mistake>) -> Result<(), Self> {
        if mistakes.is_empty() { Ok(()) } else { Err(Self { mistakes }) }
    }
}

impl From<Mistake> for StudyError {
    fn from(mistake: Mistake) -> Self {
        Self { mistakes: vec![mistake] }
    }
}

impl From<FieldError> for StudyError {
    fn from(FieldError { field, reason }: FieldError) -> Self {
        Mistake::new(field, reason).into()
    }
}

impl fmt::Display for StudyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, mistake) in self.mistakes.iter().enumerate() {
            let newline = if place == 0 { "" } else { "\n" };
            write!(f, "{newline}{mistake}")?;
        }
        Ok(())
    }
}

impl std::error::Error for StudyError {}
