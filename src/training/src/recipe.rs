//! A training recipe, so that a model can be made again from one small file.

use std::path::Path;

use gestalt_networks::architectures::ArchitectureConfig;
use gestalt_networks::architectures::vit::VitConfig;
use serde::{Deserialize, Serialize};

use crate::data::Data;
use crate::error::TrainError;
use crate::objective::{Objective, Task};
use crate::objectives::{self, ObjectiveConfig};
use crate::schedule::Schedule;

/// Everything that decides what `gestalt train` makes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// The model's name; its folder and its rows carry it.
    pub name: String,
    /// Seed of the initial weights, the crops, the order of the pictures and what the objective draws.
    pub seed: u64,
    /// Licence of the weights, as an SPDX expression.
    pub licence: String,
    /// The pictures.
    pub data: Data,
    /// The encoder's shape.
    pub model: VitConfig,
    /// What is learned.
    #[serde(deserialize_with = "objectives::read")]
    pub objective: ObjectiveConfig,
    /// Length, pace and augmentation.
    pub schedule: Schedule,
    /// Rendered scenes on which the stored weights are compared with the trained ones, for the card; 0: no comparison.
    #[serde(default = "compared_scenes")]
    pub compare_on: u32,
}

fn compared_scenes() -> u32 {
    200
}

impl Recipe {
    /// Reads and checks a TOML recipe.
    ///
    /// # Errors
    /// When the file cannot be read, or says something impossible.
    pub fn read(path: &Path) -> Result<Self, TrainError> {
        let text = std::fs::read_to_string(path).map_err(|e| TrainError::file("read", path, e))?;
        Self::parse(&text).map_err(|why| TrainError::Recipe { file: path.display().to_string(), why })
    }

    /// Parses and checks a recipe. The error names the field and the reason.
    pub fn parse(text: &str) -> Result<Self, String> {
        let recipe: Self =
            serde_path_to_error::deserialize(toml::Deserializer::parse(text).map_err(|e| e.to_string())?)
                .map_err(|e| format!("{}: {}", e.path(), e.inner().message()))?;
        recipe.check()?;
        Ok(recipe)
    }

    fn check(&self) -> Result<(), String> {
        self.model.check().map_err(|e| e.to_string())?;
        self.schedule.check()?;
        self.data.check(self.schedule.pictures > 0)?;
        self.objective.dispatch(Check(self))
    }
}

/// Checks the objective's settings.
struct Check<'a>(&'a Recipe);

impl Task for Check<'_> {
    type Output = Result<(), String>;

    fn run<O: Objective>(self, config: &O::Config) -> Self::Output {
        O::check(config, &self.0.model, &self.0.data)
    }
}
