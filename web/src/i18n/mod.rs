//! Every text of the pages, by area. A language is one value of each struct, so that a missing text does not
//! compile.

use std::cell::Cell;

use gestalt_protocol::study::Language;

mod compare;
mod inside;
mod lab;
mod models;
mod site;
mod steps;
mod study;

pub use compare::CompareTexts;
pub use inside::InsideTexts;
pub use lab::LabTexts;
pub use models::ModelsTexts;
pub use site::SiteTexts;
pub use steps::StepsTexts;
pub use study::StudyTexts;

/// All texts in one language.
pub struct Texts {
    /// The language's code (BCP 47).
    pub language: &'static str,
    /// Header, home page and what several pages share.
    pub site: SiteTexts,
    /// The test.
    pub study: StudyTexts,
    /// The steps of a study.
    pub steps: StepsTexts,
    /// Models that take the test.
    pub models: ModelsTexts,
    /// What a model sees.
    pub inside: InsideTexts,
    /// People and models compared.
    pub compare: CompareTexts,
    /// The lab page.
    pub lab: LabTexts,
}

static ENGLISH: Texts = Texts {
    language: "en",
    site: site::ENGLISH,
    study: study::ENGLISH,
    steps: steps::ENGLISH,
    models: models::ENGLISH,
    inside: inside::ENGLISH,
    compare: compare::ENGLISH,
    lab: lab::ENGLISH,
};

static GERMAN: Texts = Texts {
    language: "de",
    site: site::ENGLISH,
    study: study::GERMAN,
    steps: steps::GERMAN,
    models: models::ENGLISH,
    inside: inside::ENGLISH,
    compare: compare::ENGLISH,
    lab: lab::ENGLISH,
};

static FRENCH: Texts = Texts {
    language: "fr",
    site: site::ENGLISH,
    study: study::FRENCH,
    steps: steps::FRENCH,
    models: models::ENGLISH,
    inside: inside::ENGLISH,
    compare: compare::ENGLISH,
    lab: lab::ENGLISH,
};

static SPANISH: Texts = Texts {
    language: "es",
    site: site::ENGLISH,
    study: study::SPANISH,
    steps: steps::SPANISH,
    models: models::ENGLISH,
    inside: inside::ENGLISH,
    compare: compare::ENGLISH,
    lab: lab::ENGLISH,
};

static CHINESE: Texts = Texts {
    language: "zh",
    site: site::ENGLISH,
    study: study::CHINESE,
    steps: steps::CHINESE,
    models: models::ENGLISH,
    inside: inside::ENGLISH,
    compare: compare::ENGLISH,
    lab: lab::ENGLISH,
};

thread_local! {
    static LANGUAGE: Cell<Language> = const { Cell::new(Language::En) };
}

/// The texts in the page's language.
pub fn texts() -> &'static Texts {
    match LANGUAGE.get() {
        Language::En => &ENGLISH,
        Language::De => &GERMAN,
        Language::Fr => &FRENCH,
        Language::Es => &SPANISH,
        Language::Zh => &CHINESE,
    }
}

/// From now on the texts are in this language. What is shown already has to be drawn anew.
pub fn set_language(language: Language) {
    LANGUAGE.set(language);
}
