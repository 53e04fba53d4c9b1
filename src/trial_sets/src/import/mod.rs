//! Brings triplets that others made into a trial set: decoded, cut to one size and encoded alike.

mod conditions;
mod dist;
mod sources;
mod triplet_folders;

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use gestalt_protocol::{Encoding, Made, Role, Trial, TrialSet};
use gestalt_types::{Name, Sha256, Slot};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde_json::{Map, Value, json};

pub use self::sources::Found;
use self::sources::SourceTriplet;
use super::duplicates::{Duplicates, Sources};
use super::error::MakeError;
use super::folder::TrialSetFolder;
use super::journal::{Finished, Journal, file_state, whole_path};
use super::make;
use super::missing::Run;
use super::recipe::{SOFTWARE, through_jpeg};
use super::write::write_triplet;
use gestalt_files::unfinished::fields;
use gestalt_images::oddity::Oddities;
use gestalt_images::photographs::{self, Skipped, Survey};
use gestalt_images::size::Size;
use gestalt_synthesis::MAX_SIZE_PX;
use gestalt_synthesis::triplets::Triplet;
use gestalt_types::random::{derived_seed, draw_first};

/// How the folder to import is laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    /// `original/`, `set1/` and `set2/`, as DiST is published: files of one name, whatever their ending, are
    /// a triplet; subfolders are categories.
    Dist,
    /// Files named as those of model-vs-human,
    /// `number_experiment_subject_condition_category_number_image.png`, in folders of any depth.
    Conditions {
        /// The condition of the intact pictures.
        intact: String,
        /// One condition that holds two copies of every picture, or two conditions of which each gives one.
        distorted: Vec<String>,
    },
    /// A folder for each triplet, its intact picture named `intact`; or `triplets.csv` with the columns
    /// `intact`, `distorted_1`, `distorted_2` and, if wanted, `category` and `condition`.
    Triplets,
}

/// What the synthesis of an imported set begins with in `trials.json`.
pub const IMPORTED: &str = "imported";

/// What is imported and how; the same gives the same set.
#[derive(Debug, Clone)]
pub struct Import {
    /// The set's name.
    pub name: Name,
    /// What to import.
    pub folder: PathBuf,
    /// How it is laid out.
    pub layout: Layout,
    /// Which folders are the categories; see [`gestalt_images::photographs::list`]. Where names or a table
    /// give the categories, no folder does.
    pub category_level: Option<usize>,
    /// Width and height of every picture; a source is resized until it just covers them, and the middle
    /// kept.
    pub size: Size,
    /// Pass all three pictures through one JPEG encoding of this quality (1 to 100, 4:2:0) before the
    /// lossless one.
    pub equalise_jpeg: Option<u8>,
    /// Seed of the order, of practice and of catch trials.
    pub seed: u64,
    /// Number of practice trials.
    pub practice: u32,
    /// Number of catch trials: intact pictures with mosaics of their blocks. Their triplets serve for
    /// nothing else.
    pub catch: u32,
    /// Which intact pictures count as the same photograph.
    pub duplicates: Duplicates,
    /// Encoding of all images.
    pub encoding: Encoding,
}

/// An imported set whose `trials.json` is still to be written, and what is to be told about it.
#[derive(Debug)]
pub struct ImportedSet {
    /// The set and its images.
    pub folder: TrialSetFolder,
    /// Files and triplets that were left out.
    pub skipped: Vec<Skipped>,
    /// What was unusual about files that were read, a line a kind.
    pub notes: Vec<String>,
    /// For each test and practice trial, the three files in the order of the trial's images.
    pub sources: Vec<(Name, [PathBuf; 3])>,
    journal: Journal,
}

impl ImportedSet {
    /// Writes the file of the trials, which makes the folder a trial set.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn publish(self) -> Result<TrialSet, MakeError> {
        self.folder.publish()?;
        self.journal.close()?;
        Ok(self.folder.into_set())
    }
}

/// Finds the triplets of what is to be imported. No picture is read yet.
///
/// # Errors
/// When the folder cannot be read, or is laid out in another way.
pub fn find(import: &Import) -> Result<Found, MakeError> {
    match &import.layout {
        Layout::Dist => dist::find(&import.folder, import.category_level),
        Layout::Conditions { intact, distorted } => conditions::find(&import.folder, intact, distorted),
        Layout::Triplets => triplet_folders::find(&import.folder, import.category_level),
    }
}

/// Imports what was [found](find) into the folder `out`, all but the file of the trials; `progress` is told
/// how many trials of how many are done, from several threads.
///
/// The folder must be new or empty, or hold what an interrupted run of the same import has left, which is
/// kept.
///
/// # Errors
/// When a folder cannot be read or written, or too few usable triplets are there. A triplet of which a file
/// is missing, cannot be read, or has another size than the others is no error but among the skipped.
pub fn import(
    import: &Import,
    found: Found,
    out: &Path,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<ImportedSet, MakeError> {
    make::check_size(import.size, "an import".into(), photographs::MIN_SIDE_PX, MAX_SIZE_PX)?;
    let Found { triplets, mut skipped, notes: _ } = found;
    let journal = Journal::open(out, &import.record())?;
    let (total, done) = (triplets.len(), AtomicUsize::new(0));
    progress(0, total);
    let read: Vec<Result<Checked, Skipped>> = triplets
        .into_par_iter()
        .map(|triplet| {
            let checked = Checked::read(triplet, import.size);
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, 2 * total);
            checked
        })
        .collect();
    let mut oddities = Oddities::default();
    let photographs = by_photograph(import.duplicates, read, &mut skipped, &mut oddities);
    let needed = (import.practice + import.catch) as usize + 1;
    if photographs.len() < needed {
        return Err(MakeError::TooFewTriplets {
            folder: import.folder.clone(),
            found: photographs.len(),
            needed,
            skipped,
        });
    }
    let planned = plan(import, photographs, &mut skipped);
    let run = Run { journal: &journal, out, encoding: import.encoding, size: import.size };
    let read = planned.len();
    let told = |done, total| progress(read + done, read + total);
    let made = run.finish(&planned, Planned::key, |planned| planned.make(import, out).map(Ok), &told)?;
    let finished = made.into_iter().map(|Ok::<_, Infallible>(finished)| finished);
    let sources = planned.iter().filter(|planned| planned.role != Role::Catch);
    let sources = sources.map(|planned| (planned.id.clone(), planned.files())).collect();
    let trials = finished.map(|finished| (finished.trial, finished.images)).collect();
    let set = make::assemble(import.name.clone(), made_of(import), trials)?;
    let folder = TrialSetFolder::unpublished(out, set);
    journal.remove_leftovers(folder.set())?;
    Ok(ImportedSet { folder, skipped, notes: oddities.lines().collect(), sources, journal })
}

impl Import {
    /// All that decides the set, as the folder of an unfinished one states it.
    fn record(&self) -> Map<String, Value> {
        // In full, so that no field that is added is forgotten here.
        let Self {
            name,
            folder,
            layout,
            category_level,
            size,
            equalise_jpeg,
            seed,
            practice,
            catch,
            duplicates,
            encoding,
        } = self;
        fields(json!({
            "name": name, "folder": whole_path(folder), "layout": format!("{layout:?}"), "size_px": size.record(),
            "equalise_jpeg": equalise_jpeg, "seed": seed, "practice": practice, "catch": catch,
            "encoding": encoding, "software": SOFTWARE, "duplicates": duplicates.name(),
            "category_level": category_level,
        }))
    }
}

/// A trial whose pictures are still to be read again.
struct Planned {
    source: SourceTriplet,
    id: Name,
    role: Role,
    slot: Slot,
    seed: u64,
}

/// A triplet whose files were read once, and what tells its photograph from others.
struct Checked {
    triplet: SourceTriplet,
    /// Of its files, the intact one first.
    surveys: [Survey; 3],
}

impl Checked {
    fn read(triplet: SourceTriplet, size: Size) -> Result<Self, Skipped> {
        let (_, surveys) = triplet.read(size)?;
        Ok(Self { triplet, surveys })
    }
}

/// The triplets of each photograph, one a condition: distortions of one photograph share its role. A second
/// triplet of one condition is named and left out.
fn by_photograph(
    rule: Duplicates,
    read: Vec<Result<Checked, Skipped>>,
    skipped: &mut Vec<Skipped>,
    oddities: &mut Oddities,
) -> Vec<Vec<SourceTriplet>> {
    let mut sources = Sources::new(rule);
    let mut photographs: Vec<Vec<SourceTriplet>> = Vec::new();
    for outcome in read {
        let Checked { triplet, surveys } = match outcome {
            Ok(checked) => checked,
            Err(unusable) => {
                skipped.push(unusable);
                continue;
            }
        };
        triplet.files.iter().zip(&surveys).for_each(|(path, survey)| oddities.note(path, &survey.oddities));
        let [Survey { content, appearance, .. }, ..] = surveys;
        let Some(repeat) = sources.repeated(&content, appearance.as_ref()) else {
            sources.add(&triplet.files[0], content, appearance);
            photographs.push(vec![triplet]);
            continue;
        };
        let same = &mut photographs[repeat.place];
        if same.iter().any(|other| other.condition == triplet.condition) {
            skipped.push(Skipped { path: triplet.files[0].clone(), reason: repeat.reason() });
        } else {
            same.push(triplet);
        }
    }
    photographs
}

/// Chance decides which photographs serve for practice and which for catch trials; all triplets of the
/// others are tested.
fn plan(
    import: &Import,
    mut photographs: Vec<Vec<SourceTriplet>>,
    skipped: &mut Vec<Skipped>,
) -> Vec<Planned> {
    let mut rng = ChaCha8Rng::seed_from_u64(derived_seed(import.seed, 0));
    let (practice, catch) = (import.practice as usize, import.catch as usize);
    draw_first(&mut photographs, practice + catch, &mut rng);
    let mut test: Vec<SourceTriplet> =
        photographs.split_off(practice + catch).into_iter().flatten().collect();
    test.sort_by(|a, b| a.id.cmp(&b.id));
    let mut sources = Vec::new();
    for (place, triplets) in photographs.into_iter().enumerate() {
        let (role, word) =
            if place < practice { (Role::Practice, "practice") } else { (Role::Catch, "a catch trial") };
        for (nth, triplet) in triplets.into_iter().enumerate() {
            if nth == 0 {
                sources.push((role, triplet));
            } else {
                let reason = format!("its photograph serves for {word}; its triplet is left out");
                skipped.push(Skipped { path: triplet.files[0].clone(), reason });
            }
        }
    }
    sources.extend(test.into_iter().map(|triplet| (Role::Test, triplet)));
    let planned = sources.into_iter().enumerate().filter_map(|(index, (role, source))| {
        let id = match role {
            Role::Catch => Name::new(format!("catch-{:04}", index - practice + 1)).ok()?,
            Role::Practice | Role::Test | Role::Control => source.id.clone(),
        };
        let slot = Slot::ALL[rng.random_range(0..3u32) as usize];
        Some(Planned { source, id, role, slot, seed: derived_seed(import.seed, 1 + index as u64) })
    });
    planned.collect()
}

impl Planned {
    /// Stands for all that this trial is made of besides the import.
    fn key(&self) -> Sha256 {
        let Self { source, id, role, slot, seed } = self;
        let files = source.files.each_ref().map(|path| file_state(path)).join("|");
        Sha256::of(format!("{id}|{role:?}|{slot:?}|{seed}|{files}").as_bytes())
    }

    fn make(&self, import: &Import, out: &Path) -> Result<Finished, MakeError> {
        let unreadable = |skipped: Skipped| MakeError::Io {
            error: std::io::Error::other(skipped.reason),
            path: skipped.path,
        };
        let ([intact, first, second], _) = self.source.read(import.size).map_err(unreadable)?;
        let triplet = match self.role {
            Role::Catch => Triplet::by_blocks(intact, self.seed),
            Role::Practice | Role::Test | Role::Control => {
                Triplet { intact, distortions: [first, second], coverage: None }
            }
        };
        let triplet = triplet.equalised(import.equalise_jpeg)?;
        let images = write_triplet(&triplet, self.slot.index(), import.encoding, out)?;
        let condition = match self.role {
            Role::Catch => Name::new("block-shuffle")?,
            Role::Practice | Role::Test | Role::Control => self.source.condition.clone(),
        };
        let trial = Trial {
            id: self.id.clone(),
            role: self.role,
            category: self.source.category.clone(),
            condition,
            images: images.clone().map(|entry| entry.hash),
            intact: self.slot,
            source: None,
        };
        Ok(Finished { key: self.key(), trial, images, measure: None })
    }

    /// The files in the order of the trial's images.
    fn files(&self) -> [PathBuf; 3] {
        let mut files = self.source.files.clone();
        files.swap(0, self.slot.index());
        files
    }
}

fn made_of(import: &Import) -> Made {
    let folder = &import.folder;
    Made {
        source: folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy().into_owned(),
        synthesis: through_jpeg(IMPORTED, import.equalise_jpeg),
        scale_px: None,
        seed: import.seed,
        software: SOFTWARE.into(),
        encoding: import.encoding,
        syntheses: Vec::new(),
    }
}
