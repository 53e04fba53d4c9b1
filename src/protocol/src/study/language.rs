//! The languages of the interface, and texts that exist in some of them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A language of the interface.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// German.
    De,
    /// French.
    Fr,
    /// Spanish.
    Es,
    /// Chinese, simplified characters.
    Zh,
}

impl Language {
    /// Every language.
    pub const ALL: [Language; 5] = [Self::En, Self::De, Self::Fr, Self::Es, Self::Zh];

    /// Its code in files and in the page's `lang`.
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Fr => "fr",
            Self::Es => "es",
            Self::Zh => "zh",
        }
    }

    /// Its name in itself, for the switch.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::De => "Deutsch",
            Self::Fr => "Français",
            Self::Es => "Español",
            Self::Zh => "中文",
        }
    }

    /// The language of a browser's tag, such as `de-AT`.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?.to_ascii_lowercase();
        Self::ALL.into_iter().find(|language| language.code() == primary)
    }
}

/// A short text: one for all languages, or one for each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "a text, or a table with a text for each language such as { en = \"…\", de = \"…\" }, is needed"
)]
pub enum Localised {
    /// The same in every language.
    One(String),
    /// By language.
    Each(BTreeMap<Language, String>),
}

impl Localised {
    /// The text in this language, else in English, else in any.
    pub fn in_language(&self, language: Language) -> &str {
        match self {
            Self::One(text) => text,
            Self::Each(texts) => texts
                .get(&language)
                .or_else(|| texts.get(&Language::En))
                .or_else(|| texts.values().next())
                .map_or("", String::as_str),
        }
    }

    /// The languages of these that it lacks.
    pub fn lacks(&self, languages: &[Language]) -> Vec<Language> {
        match self {
            Self::One(_) => Vec::new(),
            Self::Each(texts) => languages.iter().copied().filter(|one| !texts.contains_key(one)).collect(),
        }
    }

    /// No text at all.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::One(text) => text.trim().is_empty(),
            Self::Each(texts) => texts.is_empty() || texts.values().any(|text| text.trim().is_empty()),
        }
    }
}

impl From<&str> for Localised {
    fn from(text: &str) -> Self {
        Self::One(text.to_owned())
    }
}
