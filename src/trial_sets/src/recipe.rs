//! How a trial set is made, which decides it to the last byte: what an unfinished folder and a finished set
//! state of it.

use std::iter;
use std::path::PathBuf;
use std::sync::Arc;

use gestalt_protocol::{Encoding, Made, MadeCondition};
use gestalt_types::Name;
use serde_json::{Map, Value, json};

use super::duplicates::Duplicates;
use super::error::MakeError;
use super::journal::whole_path;
use gestalt_files::unfinished::fields;
use gestalt_images::size::Size;
use gestalt_scenes::Category;
use gestalt_synthesis::Synthesis;

/// The name and version that a set states.
pub(super) const SOFTWARE: &str = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));

/// Where the intact pictures come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Rendered scenes.
    Scenes {
        /// Test trials; practice and catch trials get scenes of their own.
        count: u32,
        /// What they show, in turn; none means every category there is.
        categories: Vec<Category>,
    },
    /// A folder of photographs. Practice and catch trials take theirs from it; all others become test
    /// trials.
    Images(ImageFolder),
}

/// A folder of photographs, and how it is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageFolder {
    /// Where it is.
    pub path: PathBuf,
    /// Which folders are the categories: 1 those directly in it; see [`gestalt_images::photographs::list`].
    pub category_level: Option<usize>,
    /// Which photographs count as the same.
    pub duplicates: Duplicates,
}

/// With the categories and duplicates that are found without being told.
impl From<PathBuf> for ImageFolder {
    fn from(path: PathBuf) -> Self {
        Self { path, category_level: None, duplicates: Duplicates::default() }
    }
}

/// How a trial set is made; the same recipe makes the same set.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// The set's name.
    pub name: Name,
    /// Where the intact pictures come from.
    pub source: Source,
    /// How they are distorted.
    pub synthesis: Arc<dyn Synthesis>,
    /// Further syntheses, or the same at further scales, each a condition of its own.
    pub further: Vec<Arc<dyn Synthesis>>,
    /// Whether each test picture becomes one trial, by the syntheses in turn, instead of one by every
    /// synthesis.
    pub spread: bool,
    /// Width and height of every picture.
    pub size: Size,
    /// Seed of scenes, distortions and order.
    pub seed: u64,
    /// Number of practice trials.
    pub practice: u32,
    /// Number of catch trials.
    pub catch: u32,
    /// Number of trials of every kind of [`Control`].
    pub controls: u32,
    /// Pass all three pictures of every trial through one JPEG encoding of this quality (1 to 100, 4:2:0)
    /// before the lossless one.
    pub equalise_jpeg: Option<u8>,
    /// Encoding of all images.
    pub encoding: Encoding,
}

impl Recipe {
    /// Every synthesis, in the order of their numbers.
    pub(super) fn syntheses(&self) -> impl Iterator<Item = &dyn Synthesis> {
        iter::once(&self.synthesis).chain(&self.further).map(AsRef::as_ref)
    }

    /// The synthesis of this number.
    pub(super) fn synthesis(&self, nth: usize) -> &dyn Synthesis {
        nth.checked_sub(1).and_then(|at| self.further.get(at)).unwrap_or(&self.synthesis).as_ref()
    }

    /// What each synthesis makes, in the order of their numbers: a condition of its own.
    ///
    /// # Errors
    /// When two of them would make the same condition.
    pub(super) fn conditions(&self) -> Result<Vec<MadeCondition>, MakeError> {
        let mut conditions: Vec<MadeCondition> = Vec::new();
        for synthesis in self.syntheses() {
            let scale_px = synthesis.scale_px();
            let condition = Name::new(format!("{}-{scale_px}", synthesis.name()))?;
            if conditions.iter().any(|made| made.condition == condition) {
                return Err(MakeError::SameCondition(condition));
            }
            conditions.push(MadeCondition { condition, scale_px, settings: synthesis.settings() });
        }
        Ok(conditions)
    }

    /// All that decides the set, as the folder of an unfinished one states it.
    pub(super) fn record(&self) -> Map<String, Value> {
        // In full, so that no field that is added is forgotten here.
        let Self {
            name,
            source: source_of,
            synthesis: _,
            further: _,
            spread,
            size,
            seed,
            practice,
            catch,
            controls,
            equalise_jpeg,
            encoding,
        } = self;
        let (source, scenes, categories) = match source_of {
            Source::Scenes { count, categories } => {
                let names: Vec<&str> = categories.iter().map(|category| category.name()).collect();
                ("scenes".into(), Some(count), names)
            }
            Source::Images(folder) => (whole_path(&folder.path), None, Vec::new()),
        };
        let images = match source_of {
            Source::Images(images) => Some((images.category_level, images.duplicates.name())),
            Source::Scenes { .. } => None,
        };
        let (category_level, duplicates) = images.unzip();
        let syntheses: Vec<String> = self
            .syntheses()
            .map(|s| format!("{}-{} {}", s.name(), s.scale_px(), s.settings()).trim_end().to_owned())
            .collect();
        fields(json!({
            "name": name, "source": source, "scenes": scenes, "categories": categories, "syntheses": syntheses,
            "spread": spread, "size_px": size.record(), "seed": seed, "practice": practice, "catch": catch,
            "controls": controls, "equalise_jpeg": equalise_jpeg, "encoding": encoding, "software": SOFTWARE,
            "category_level": category_level.flatten(), "duplicates": duplicates,
        }))
    }

    /// How its set is made, as the set states it.
    ///
    /// # Errors
    /// When two syntheses would make the same condition.
    pub(super) fn made(&self) -> Result<Made, MakeError> {
        let mut names: Vec<&str> = self.syntheses().map(|synthesis| synthesis.name()).collect();
        names.dedup();
        Ok(Made {
            source: match &self.source {
                Source::Scenes { .. } => "scenes".into(),
                Source::Images(ImageFolder { path, .. }) => {
                    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
                }
            },
            synthesis: through_jpeg(&names.join("+"), self.equalise_jpeg),
            // Of several scales every trial's condition states its own.
            scale_px: self.further.is_empty().then(|| self.synthesis.scale_px()),
            seed: self.seed,
            software: SOFTWARE.into(),
            encoding: self.encoding,
            syntheses: self.conditions()?,
        })
    }
}

/// What a set states as its synthesis when all its pictures passed through one encoding, or none.
pub(super) fn through_jpeg(synthesis: &str, quality: Option<u8>) -> String {
    match quality {
        Some(quality) => {
            format!("{synthesis}, all pictures through JPEG of quality {quality} with 4:2:0 chroma")
        }
        None => synthesis.to_owned(),
    }
}
