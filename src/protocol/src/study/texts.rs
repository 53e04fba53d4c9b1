//! The files beside a study file: Markdown texts by language, questionnaires and quizzes.

use std::collections::{BTreeMap, BTreeSet};

use gestalt_types::Sha256;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::checks::Checks;
use super::language::Language;
use super::mistake::{Mistake, StudyError};
use super::questions::check_texts;
use super::questions::{Questions, Quiz};
use super::steps::FileKind;
use super::{Study, toml_reader};

/// The largest file beside a study file, in bytes.
pub const MAX_TEXT_BYTES: usize = 200_000;

/// A text in the languages in which it exists.
pub type Translations = BTreeMap<Language, String>;

/// What the files beside a study file say, by the path that the study names.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Texts {
    /// Markdown.
    pub markdown: BTreeMap<String, Translations>,
    /// Questionnaires.
    pub questions: BTreeMap<String, Questions>,
    /// Quizzes.
    pub quizzes: BTreeMap<String, Quiz>,
}

/// A file that a study needs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileNeeded {
    /// Its path, relative to the study file.
    pub path: String,
    /// Without it the study cannot run; others are translations, in whose place the first language is shown.
    pub required: bool,
}

/// A text in one language, and whether it is the one that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextFound<'a> {
    /// Markdown.
    pub markdown: &'a str,
    /// Its language.
    pub language: Language,
    /// SHA-256 of its UTF-8 bytes.
    pub hash: Sha256,
}

/// The path of a text in another than the study's first language: `consent.md` becomes `consent.de.md`.
pub fn path_in_language(path: &str, language: Language) -> String {
    match path.rsplit_once('.') {
        Some((stem, ending)) if !ending.contains('/') => format!("{stem}.{}.{ending}", language.code()),
        _ => format!("{path}.{}", language.code()),
    }
}

impl Study {
    /// The files beside the study file that it needs.
    pub fn files_needed(&self) -> Vec<FileNeeded> {
        let mut needed = BTreeSet::new();
        for (_, path, kind) in self.steps.iter().flat_map(|step| step.files()) {
            needed.insert(FileNeeded { path: path.to_owned(), required: true });
            if kind == FileKind::Text {
                let others = self.languages.iter().skip(1);
                needed.extend(
                    others.map(|other| FileNeeded { path: path_in_language(path, *other), required: false }),
                );
            }
        }
        needed.into_iter().collect()
    }

    /// The study with the contents of its files, by path.
    ///
    /// # Errors
    /// Names every file that is missing or wrong.
    pub fn with_files(mut self, files: &BTreeMap<String, String>) -> Result<Self, StudyError> {
        let mut mistakes = Vec::new();
        let mut texts = Texts::default();
        for (place, step) in self.steps.iter().enumerate() {
            for (key, path, kind) in step.files() {
                let Some(content) = files.get(path) else {
                    let reason = format!("the file `{path}` is missing: write it, or correct the name");
                    mistakes.push(Mistake::new(format!("steps.{place}.{key}"), reason));
                    continue;
                };
                let wrong = match kind {
                    FileKind::Text => {
                        let found = self.translations(path, files);
                        let wrong =
                            found.iter().flat_map(|(path, text)| check_markdown(path, text)).collect();
                        // Some editors end lines with two characters; the study is the same.
                        let by_language = found
                            .into_iter()
                            .map(|(path, text)| (self.language_of(&path), text.replace("\r\n", "\n")));
                        texts.markdown.insert(path.to_owned(), by_language.collect());
                        wrong
                    }
                    FileKind::Questions => {
                        toml_reader::read_file(path, content, |questions: &Questions, checks| {
                            questions.check(checks);
                            check_texts(questions.texts(), &self.languages, checks);
                        })
                        .map(|questions| texts.questions.insert(path.to_owned(), questions))
                        .err()
                        .unwrap_or_default()
                    }
                    FileKind::Quiz => {
                        toml_reader::read_file(path, content, |quiz: &Quiz, checks: &mut Checks| {
                            quiz.check(checks);
                            check_texts(quiz.texts(), &self.languages, checks);
                        })
                        .map(|quiz| texts.quizzes.insert(path.to_owned(), quiz))
                        .err()
                        .unwrap_or_default()
                    }
                };
                mistakes.extend(wrong);
            }
        }
        StudyError::check(mistakes)?;
        self.texts = texts;
        Ok(self)
    }

    /// The paths of a text that are there, with their contents.
    fn translations(&self, path: &str, files: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let others = self.languages.iter().skip(1).map(|other| path_in_language(path, *other));
        let all = std::iter::once(path.to_owned()).chain(others);
        all.filter_map(|path| files.get(&path).map(|text| (path.clone(), text.clone()))).collect()
    }

    fn language_of(&self, path: &str) -> Language {
        let is = |language: &&Language| path.contains(&format!(".{}.", language.code()));
        self.languages.iter().skip(1).find(is).copied().unwrap_or(self.first_language())
    }

    /// The text of this path in a language, else in the study's first language.
    pub fn text(&self, path: &str, language: Language) -> Option<TextFound<'_>> {
        let translations = self.texts.markdown.get(path)?;
        let (language, markdown) = [language, self.first_language()]
            .into_iter()
            .find_map(|language| translations.get(&language).map(|text| (language, text)))?;
        Some(TextFound { markdown, language, hash: Sha256::of(markdown.as_bytes()) })
    }

    /// The texts that lack one of the study's languages: the paths of the missing files.
    pub fn missing_translations(&self) -> Vec<String> {
        let lacking = |(path, found): (&String, &Translations)| {
            let missing = self.languages.iter().filter(|language| !found.contains_key(language));
            missing.map(|language| path_in_language(path, *language)).collect::<Vec<_>>()
        };
        self.texts.markdown.iter().flat_map(lacking).collect()
    }
}

/// What is wrong with a Markdown text.
fn check_markdown(path: &str, text: &str) -> Vec<Mistake> {
    let wrong = |line: Option<usize>, reason: &str| Mistake {
        file: path.to_owned(),
        line,
        field: String::new(),
        reason: reason.to_owned(),
    };
    let mut mistakes = Vec::new();
    if text.trim().is_empty() {
        mistakes.push(wrong(None, "is empty: write the text"));
    }
    if text.len() > MAX_TEXT_BYTES {
        mistakes.push(wrong(None, "is longer than 200 kB: shorten it"));
    }
    for found in super::markdown::faults(text) {
        mistakes.push(wrong(Some(found.line), &found.reason));
    }
    mistakes
}
