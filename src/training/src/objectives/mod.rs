//! The table of objectives: one line each. A recipe names one by `kind`.

pub mod autoencoder;
pub mod joint_embedding;
pub mod mae;
pub mod supervised;

use serde::de::{Deserialize, Deserializer, Error};
use serde::{Deserialize as DeriveDeserialize, Serialize};

use crate::objective::{Objective, Task};

macro_rules! objectives {
    ($($(#[$doc:meta])* $name:ident($objective:ty)),+ $(,)?) => {
        /// What is learned: the table `[objective]` of a recipe.
        #[derive(Clone, Debug, PartialEq, Serialize, DeriveDeserialize)]
        #[serde(tag = "kind", rename_all = "snake_case")]
        pub enum ObjectiveConfig {
            $($(#[$doc])* $name(<$objective as Objective>::Config),)+
        }

        impl ObjectiveConfig {
            /// Does `task` with the objective that these settings are for.
            pub fn dispatch<T: Task>(&self, task: T) -> T::Output {
                match self {
                    $(Self::$name(config) => task.run::<$objective>(config),)+
                }
            }
        }
    };
}

objectives! {
    /// Pixels of hidden patches (He et al. 2022).
    MaskedAutoencoder(mae::Mae),
    /// Categories of rendered scenes.
    Supervised(supervised::Supervised),
    /// Vectors of two views of a picture (Bardes et al. 2022).
    JointEmbedding(joint_embedding::JointEmbedding),
    /// Pixels through a narrow code (Lonnqvist et al. 2024).
    Autoencoder(autoencoder::Autoencoder),
}

/// Reads `[objective]`. Recipes written before there was a choice have no `kind`: they are masked
/// autoencoders.
pub(crate) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ObjectiveConfig, D::Error> {
    let mut table = serde_json::Map::deserialize(deserializer)?;
    table.entry("kind").or_insert_with(|| "masked_autoencoder".into());
    ObjectiveConfig::deserialize(serde_json::Value::Object(table)).map_err(D::Error::custom)
}
