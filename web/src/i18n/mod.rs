//! Every text of the pages, by area. A language is one value of each struct, so that a missing text does not
//! compile.

mod compare;
mod inside;
mod models;
mod site;
mod study;

pub use compare::CompareTexts;
pub use inside::InsideTexts;
pub use models::ModelsTexts;
pub use site::SiteTexts;
pub use study::StudyTexts;

/// All texts in one language.
pub struct Texts {
    /// The language's code (BCP 47).
    pub language: &'static str,
    /// Header, home page and what several pages share.
    pub site: SiteTexts,
    /// The test.
    pub study: StudyTexts,
    /// Models that take the test.
    pub models: ModelsTexts,
    /// What a model sees.
    pub inside: InsideTexts,
    /// People and models compared.
    pub compare: CompareTexts,
}

static ENGLISH: Texts = Texts {
    language: "en",
    site: site::ENGLISH,
    study: study::ENGLISH,
    models: models::ENGLISH,
    inside: inside::ENGLISH,
    compare: compare::ENGLISH,
};

/// The texts in the page's language. English is the only one so far.
pub fn texts() -> &'static Texts {
    &ENGLISH
}
