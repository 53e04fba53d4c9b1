//! Decides, before any picture is made, which picture becomes which trial.

use std::path::PathBuf;
use std::sync::Arc;

use gestalt_protocol::{Encoding, IdentityError, Name, Role, Slot};
use image::RgbImage;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::controls::Control;
use crate::photographs::{self, Photograph, ReadError};
use crate::scenes::{self, Category};
use crate::synthesis::{Synthesis, SynthesisError};
use crate::triplets::{Triplet, derived_seed};

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
    /// A folder of photographs, its subfolders being the categories. Practice and catch trials take theirs from it;
    /// all others become test trials.
    Images(PathBuf),
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
    /// Width and height of every picture in pixels.
    pub size_px: u32,
    /// Seed of scenes, distortions and order.
    pub seed: u64,
    /// Number of practice trials.
    pub practice: u32,
    /// Number of catch trials.
    pub catch: u32,
    /// Number of trials of every kind of [`Control`].
    pub controls: u32,
    /// Encoding of all images.
    pub encoding: Encoding,
}

/// A trial whose pictures are still to be made.
pub(super) struct Planned {
    pub(super) id: Name,
    pub(super) role: Role,
    pub(super) category: Name,
    pub(super) condition: Name,
    pub(super) intact: Slot,
    pub(super) control: Option<Control>,
    origin: Origin,
    seed: u64,
}

/// Why a picture cannot become a trial.
#[derive(Debug, thiserror::Error)]
pub(super) enum PictureError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Synthesis(#[from] SynthesisError),
}

enum Origin {
    Scene { category: Category, seed: u64 },
    Photograph(PathBuf),
}

/// Independent streams of seeds.
const SCENES: u64 = 1 << 32;
const DISTORTIONS: u64 = 2 << 32;
const ORDER: u64 = 3 << 32;

impl Planned {
    /// Makes the three pictures.
    pub(super) fn triplet(&self, recipe: &Recipe) -> Result<Triplet, PictureError> {
        let intact = self.intact_picture(recipe.size_px)?;
        if let Some(control) = self.control {
            return Ok(control.triplet(intact, recipe.synthesis.as_ref(), self.seed)?);
        }
        Ok(match self.role {
            Role::Catch => Triplet::by_blocks(intact, self.seed),
            Role::Test | Role::Practice => {
                Triplet::synthesised(intact, recipe.synthesis.as_ref(), self.seed)?
            }
        })
    }

    /// The photograph it is made of, if it is one.
    pub(super) fn path(&self) -> Option<&PathBuf> {
        match &self.origin {
            Origin::Scene { .. } => None,
            Origin::Photograph(path) => Some(path),
        }
    }

    fn intact_picture(&self, size_px: u32) -> Result<RgbImage, ReadError> {
        match &self.origin {
            Origin::Scene { category, seed } => Ok(scenes::render(*category, *seed, size_px)),
            Origin::Photograph(path) => photographs::read(path, size_px),
        }
    }
}

/// Number of control trials of all kinds together.
pub(super) fn controls(recipe: &Recipe) -> usize {
    recipe.controls as usize * Control::ALL.len()
}

/// Plans `count` test trials of scenes, and the practice, catch and control trials.
pub(super) fn of_scenes(
    recipe: &Recipe,
    count: u32,
    categories: &[Category],
) -> Result<Vec<Planned>, IdentityError> {
    let categories = if categories.is_empty() { &Category::ALL } else { categories };
    let aside = recipe.practice + recipe.catch;
    let pictures = (0..aside + count + controls(recipe) as u32).map(|index| {
        // Test trials begin with the first category, however many others there are.
        let turn = if index < aside { index } else { index - aside } as usize;
        let category = categories[turn % categories.len()];
        let seed = derived_seed(recipe.seed, SCENES + u64::from(index));
        Ok((Name::new(category.name())?, Origin::Scene { category, seed }))
    });
    with_roles(recipe, pictures.collect::<Result<_, IdentityError>>()?)
}

/// Plans a trial of each photograph; chance decides which serve for practice, catch and control trials.
pub(super) fn of_photographs(
    recipe: &Recipe,
    mut photographs: Vec<Photograph>,
) -> Result<Vec<Planned>, IdentityError> {
    let mut rng = ChaCha8Rng::seed_from_u64(derived_seed(recipe.seed, ORDER));
    let aside = (recipe.practice + recipe.catch) as usize;
    let controls = controls(recipe);
    for place in 0..(aside + controls).min(photographs.len()) {
        let picked = rng.random_range(place as u32..photographs.len() as u32) as usize;
        photographs.swap(place, picked);
    }
    if let Some(rest) = photographs.get_mut(aside..) {
        // Control trials come last, so that the others are the same with and without them.
        rest.rotate_left(controls.min(rest.len()));
        let tests = rest.len().saturating_sub(controls);
        rest[..tests].sort_by(|a, b| a.path.cmp(&b.path));
    }
    let pictures = photographs.into_iter().map(|p| (p.category, Origin::Photograph(p.path))).collect();
    with_roles(recipe, pictures)
}

/// The first pictures become practice trials, the next catch trials, the last control trials in turn, all others
/// test trials.
fn with_roles(recipe: &Recipe, pictures: Vec<(Name, Origin)>) -> Result<Vec<Planned>, IdentityError> {
    let mut rng = ChaCha8Rng::seed_from_u64(derived_seed(recipe.seed, ORDER + 1));
    let (practice, catch) = (recipe.practice as usize, recipe.catch as usize);
    let synthesised = Name::new(format!("{}-{}", recipe.synthesis.name(), recipe.synthesis.scale_px()))?;
    let by_blocks = Name::new("block-shuffle")?;
    let first_control = pictures.len().saturating_sub(controls(recipe));
    let planned = pictures.into_iter().enumerate().map(|(index, (category, origin))| {
        let control = index.checked_sub(first_control).map(|nth| Control::ALL[nth % Control::ALL.len()]);
        let (role, word, number) = if index < practice {
            (Role::Practice, "practice", index)
        } else if index < practice + catch {
            (Role::Catch, "catch", index - practice)
        } else {
            (Role::Test, "test", index - practice - catch)
        };
        let (word, number) = match control {
            Some(control) => (control.condition(), (index - first_control) / Control::ALL.len()),
            None => (word, number),
        };
        let condition = match (control, role) {
            (Some(control), _) => Name::new(control.condition())?,
            (None, Role::Catch) => by_blocks.clone(),
            (None, Role::Test | Role::Practice) => synthesised.clone(),
        };
        Ok(Planned {
            id: Name::new(format!("{word}-{:04}", number + 1))?,
            role,
            category,
            condition,
            control,
            intact: Slot::ALL[rng.random_range(0..3u32) as usize],
            origin,
            seed: derived_seed(recipe.seed, DISTORTIONS + index as u64),
        })
    });
    planned.collect()
}
