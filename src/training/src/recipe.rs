//! A training recipe, so that a model can be made again from one small file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gestalt_networks::architectures::Architecture;
use gestalt_types::text;
use serde::de::{Deserialize, Deserializer, Error};
use serde::{Deserialize as DeriveDeserialize, Serialize};

use crate::data::Data;
use crate::error::TrainError;
use crate::objective::{Objective, Shape, Task};
use crate::objectives::{self, ObjectiveConfig};
use crate::schedule::Schedule;

/// Everything that decides what `gestalt train` makes.
#[derive(Clone, Debug, PartialEq, Serialize, DeriveDeserialize)]
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
    /// The network's shape.
    #[serde(deserialize_with = "read_model")]
    pub model: Architecture,
    /// A model folder whose weights training starts from, in place of random ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<PathBuf>,
    /// What is learned.
    #[serde(deserialize_with = "objectives::read")]
    pub objective: ObjectiveConfig,
    /// Length, pace and augmentation.
    pub schedule: Schedule,
    /// Rendered scenes on which the stored weights are compared with the trained ones, for the card; 0: no
    /// comparison.
    #[serde(default = "compared_scenes")]
    pub compare_on: u32,
    /// Held-out rendered scenes on which a linear probe and nearest neighbours are tested, for the card; 0:
    /// none.
    #[serde(default)]
    pub probe_on: usize,
    /// What the model must reach to be published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<Quality>,
}

/// What a model must reach to be published.
#[derive(Clone, Debug, PartialEq, Serialize, DeriveDeserialize)]
#[serde(deny_unknown_fields)]
pub struct Quality {
    /// One of the figures that the card states under `measured`.
    pub figure: String,
    /// The least value that will do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// The largest value that will do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
}

impl Quality {
    /// Whether the figures reach it.
    ///
    /// # Errors
    /// Says what was reached and what is wanted.
    pub(crate) fn reached(&self, measured: &BTreeMap<String, f64>) -> Result<(), String> {
        let Some(value) = measured.get(&self.figure) else {
            let known: Vec<&str> = measured.keys().map(String::as_str).collect();
            return Err(format!("`{}` is not measured; there are {}", self.figure, known.join(", ")));
        };
        if self.at_least.is_some_and(|least| *value < least) || self.at_most.is_some_and(|most| *value > most)
        {
            let wanted = match (self.at_least, self.at_most) {
                (Some(least), _) => format!("at least {least}"),
                (_, most) => format!("at most {}", most.unwrap_or_default()),
            };
            return Err(format!("`{}` is {value:.4}, and the recipe wants {wanted}", self.figure));
        }
        Ok(())
    }
}

fn compared_scenes() -> u32 {
    200
}

/// Reads `[model]`. Recipes written before there was a choice have no `kind`: they are vision transformers.
fn read_model<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Architecture, D::Error> {
    let mut table = serde_json::Map::deserialize(deserializer)?;
    table.entry("kind").or_insert_with(|| "vit".into());
    Architecture::deserialize(serde_json::Value::Object(table)).map_err(D::Error::custom)
}

impl Recipe {
    /// Reads and checks a TOML recipe.
    ///
    /// # Errors
    /// When the file cannot be read, or says something impossible.
    pub fn read(path: &Path) -> Result<Self, TrainError> {
        let bytes = std::fs::read(path).map_err(|e| TrainError::file("read", path, e))?;
        let text = text::decode(&bytes).map_err(|error| error.to_string());
        text.and_then(|text| Self::parse(&text))
            .map_err(|why| TrainError::Recipe { file: path.display().to_string(), why })
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
        if self.schedule.crop_px.is_some_and(|px| px > self.data.size_px()) {
            return Err("schedule.crop_px: must not be larger than the pictures".into());
        }
        self.objective.dispatch(Check(self))
    }
}

/// Checks the objective's settings.
struct Check<'a>(&'a Recipe);

impl Task for Check<'_> {
    type Output = Result<(), String>;

    fn run<O: Objective>(self, config: &O::Config) -> Self::Output {
        let Self(recipe) = self;
        let shape = O::Shape::of(&recipe.model).ok_or_else(|| {
            format!("model.kind: must be \"{}\" for objective.kind, {}", O::Shape::KIND, O::NAME)
        })?;
        O::check(config, shape, &recipe.data)
    }
}
