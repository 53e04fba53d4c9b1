//! What must be here before any model can run: a study and models.

use gestalt_protocol::api::ModelListed;

use crate::browser::address;
use crate::i18n::texts;
use crate::server;
use crate::source::{DEFAULT_STUDY, OpenedStudy};

/// A study and the models of this site.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// The study.
    pub opened: OpenedStudy,
    /// At least one.
    pub models: Vec<ModelListed>,
}

impl Catalogue {
    /// Opens the study and reads the list of models; says in words what is missing.
    pub async fn open() -> Result<Self, String> {
        let opened = OpenedStudy::open(DEFAULT_STUDY).await.map_err(|error| error.to_string())?;
        let none = texts().site.no_models;
        let list = server::file(&address("models/index.json")).await.map_err(|_| none.to_owned())?;
        let models: Vec<ModelListed> =
            serde_json::from_slice(&list).map_err(|error| format!("models/index.json: {error}. {none}"))?;
        if models.is_empty() { Err(none.into()) } else { Ok(Self { opened, models }) }
    }
}
