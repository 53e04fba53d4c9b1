//! Decides, before any picture is made, which picture becomes which trial.

use std::path::PathBuf;

use gestalt_protocol::Role;
use gestalt_types::{Name, Sha256, Slot};
use image::RgbImage;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::error::MakeError;
use super::journal::file_state;
use super::recipe::Recipe;
use gestalt_files::memory::BUDGET;
use gestalt_images::photographs;
use gestalt_images::photographs::{Photograph, ReadError};
use gestalt_images::size::Size;
use gestalt_scenes as scenes;
use gestalt_scenes::Category;
use gestalt_synthesis::controls::Control;
use gestalt_synthesis::triplets::Triplet;
use gestalt_synthesis::{Synthesis, SynthesisError};
use gestalt_types::random::{derived_seed, draw_first};

/// A trial whose pictures are still to be made.
pub(super) struct Planned {
    pub(super) id: Name,
    pub(super) role: Role,
    pub(super) category: Name,
    pub(super) condition: Name,
    pub(super) intact: Slot,
    /// The source picture's name, where it is shown at several scales.
    pub(super) source: Option<Name>,
    /// The number of the recipe's synthesis; of a catch trial it says nothing.
    pub(super) synthesis: usize,
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

#[derive(Debug, Clone)]
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
    pub(super) fn triplet(&self, synthesis: &dyn Synthesis, size: Size) -> Result<Triplet, PictureError> {
        let intact = self.intact_picture(size)?;
        let _permit = BUDGET.take(size.pixels() * synthesis.bytes_per_pixel());
        if let Some(control) = self.control {
            return Ok(control.triplet(intact, synthesis, self.seed)?);
        }
        Ok(match self.role {
            Role::Catch => Triplet::by_blocks(intact, self.seed),
            Role::Test | Role::Practice | Role::Control => synthesis.triplet(&intact, self.seed)?,
        })
    }

    /// Whether its distortions are made by the synthesis, so that they tell how good it is.
    pub(super) fn is_measured(&self) -> bool {
        self.role != Role::Catch && self.control.is_none()
    }

    /// Stands for all that this trial is made of besides the recipe.
    pub(super) fn key(&self) -> Sha256 {
        let made_of = match &self.origin {
            Origin::Scene { category, seed } => format!("{} {seed}", category.name()),
            Origin::Photograph(path) => file_state(path),
        };
        // The condition names the control.
        let Self { id, role, category, condition, control: _, intact, source: _, synthesis, origin: _, seed } =
            self;
        let all = format!("{id}|{role:?}|{category}|{condition}|{intact:?}|{synthesis}|{seed}|{made_of}");
        Sha256::of(all.as_bytes())
    }

    /// The photograph it is made of, if it is one.
    pub(super) fn path(&self) -> Option<&PathBuf> {
        match &self.origin {
            Origin::Scene { .. } => None,
            Origin::Photograph(path) => Some(path),
        }
    }

    fn intact_picture(&self, size: Size) -> Result<RgbImage, ReadError> {
        match &self.origin {
            Origin::Scene { category, seed } => {
                Ok(size.middle_of(&scenes::render(*category, *seed, size.longer_px())))
            }
            Origin::Photograph(path) => photographs::read(path, size),
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
) -> Result<Vec<Planned>, MakeError> {
    let categories = if categories.is_empty() { &Category::ALL } else { categories };
    let aside = recipe.practice + recipe.catch;
    let pictures = (0..aside + count + controls(recipe) as u32).map(|index| {
        // Test trials begin with the first category, however many others there are.
        let turn = if index < aside { index } else { index - aside } as usize;
        let category = categories[turn % categories.len()];
        let seed = derived_seed(recipe.seed, SCENES + u64::from(index));
        Ok((Name::new(category.name())?, Origin::Scene { category, seed }))
    });
    with_roles(recipe, pictures.collect::<Result<_, MakeError>>()?)
}

/// Plans a trial of each photograph; chance decides which serve for practice, catch and control trials.
pub(super) fn of_photographs(
    recipe: &Recipe,
    mut photographs: Vec<Photograph>,
) -> Result<Vec<Planned>, MakeError> {
    let mut rng = ChaCha8Rng::seed_from_u64(derived_seed(recipe.seed, ORDER));
    let aside = (recipe.practice + recipe.catch) as usize;
    let controls = controls(recipe);
    draw_first(&mut photographs, aside + controls, &mut rng);
    if let Some(rest) = photographs.get_mut(aside..) {
        // Control trials come last, so that the others are the same with and without them.
        rest.rotate_left(controls.min(rest.len()));
        let tests = rest.len().saturating_sub(controls);
        rest[..tests].sort_by(|a, b| a.path.cmp(&b.path));
    }
    let pictures = photographs.into_iter().map(|p| (p.category, Origin::Photograph(p.path))).collect();
    with_roles(recipe, pictures)
}

/// Deals syntheses out to test pictures: within every category they take turns, and each category begins
/// with the next one, so that categories times syntheses are balanced to within one.
#[derive(Default)]
struct Turns {
    /// For every category so far, in the order of their first pictures, how many pictures it had.
    categories: Vec<(Name, usize)>,
}

impl Turns {
    /// The turn of the next picture of a category; the synthesis is its remainder.
    fn next(&mut self, category: &Name) -> usize {
        let known = self.categories.iter().position(|(name, _)| name == category);
        let at = known.unwrap_or_else(|| {
            self.categories.push((category.clone(), 0));
            self.categories.len() - 1
        });
        let (_, pictures) = &mut self.categories[at];
        *pictures += 1;
        at + *pictures - 1
    }
}

/// The first pictures become practice trials, the next catch trials, the last control trials in turn, all
/// others test trials.
fn with_roles(recipe: &Recipe, pictures: Vec<(Name, Origin)>) -> Result<Vec<Planned>, MakeError> {
    let mut rng = ChaCha8Rng::seed_from_u64(derived_seed(recipe.seed, ORDER + 1));
    let (practice, catch) = (recipe.practice as usize, recipe.catch as usize);
    let conditions = recipe.conditions()?;
    let several = conditions.len();
    let by_blocks = Name::new("block-shuffle")?;
    let first_control = pictures.len().saturating_sub(controls(recipe));
    let mut turns = Turns::default();
    let mut planned = Vec::new();
    for (index, (category, origin)) in pictures.into_iter().enumerate() {
        let control = index.checked_sub(first_control).map(|nth| Control::ALL[nth % Control::ALL.len()]);
        let (role, word, number) = if index < practice {
            (Role::Practice, "practice", index)
        } else if index < practice + catch {
            (Role::Catch, "catch", index - practice)
        } else {
            (Role::Test, "test", index - practice - catch)
        };
        let (role, word, number) = match control {
            Some(control) => {
                (Role::Control, control.condition(), (index - first_control) / Control::ALL.len())
            }
            None => (role, word, number),
        };
        let is_crossed = role == Role::Test && several > 1 && !recipe.spread;
        let one = if role == Role::Test { turns.next(&category) % several } else { number % several };
        let numbers = if is_crossed { 0..several } else { one..one + 1 };
        let id = format!("{word}-{:04}", number + 1);
        let source = if is_crossed { Some(Name::new(id.clone())?) } else { None };
        for synthesis in numbers {
            let condition = match (control, role) {
                (Some(control), _) => Name::new(control.condition())?,
                (None, Role::Catch) => by_blocks.clone(),
                (None, _) => conditions[synthesis].condition.clone(),
            };
            planned.push(Planned {
                id: Name::new(if is_crossed { format!("{id}-{condition}") } else { id.clone() })?,
                role,
                category: category.clone(),
                condition,
                control,
                intact: Slot::ALL[rng.random_range(0..3u32) as usize],
                source: source.clone(),
                synthesis,
                origin: origin.clone(),
                seed: derived_seed(recipe.seed, DISTORTIONS + index as u64 + ((synthesis as u64) << 24)),
            });
        }
    }
    Ok(planned)
}
