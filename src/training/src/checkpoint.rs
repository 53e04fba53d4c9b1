//! Checkpoints, from which a run that was killed resumes.

use std::path::{Path, PathBuf};

use burn::module::Module;
use burn::optim::ModuleOptimizer;
use burn::store::{ModuleRecord, RecordError};
use gestalt_files::whole_file;
use serde::{Deserialize, Serialize};

use crate::curve::Point;
use crate::error::TrainError;
use crate::recipe::Recipe;

/// Where a run stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Steps taken.
    pub step: u64,
    /// The loss so far.
    pub curve: Vec<Point>,
    /// The recipe the run follows; another one is another run.
    pub recipe: Recipe,
}

/// The folder a run keeps its checkpoints in: `a` and `b` in turn, `standing.json` inside each written last,
/// so that a kill during writing leaves the other one whole.
pub struct Checkpoints {
    folder: PathBuf,
}

const SLOTS: [&str; 2] = ["a", "b"];

impl Checkpoints {
    /// Checkpoints below `out`.
    pub fn below(out: &Path) -> Self {
        Self { folder: out.join("checkpoints") }
    }

    /// The newest whole checkpoint, if there is one.
    ///
    /// # Errors
    /// When it belongs to another recipe.
    pub fn newest(&self, recipe: &Recipe) -> Result<Option<(Standing, PathBuf)>, TrainError> {
        let read = |slot: &str| -> Option<(Standing, PathBuf)> {
            let path = self.folder.join(slot);
            let text = std::fs::read_to_string(path.join("standing.json")).ok()?;
            Some((serde_json::from_str(&text).ok()?, path))
        };
        let newest = SLOTS.iter().filter_map(|slot| read(slot)).max_by_key(|(standing, _)| standing.step);
        match newest {
            Some((standing, path)) if standing.recipe != *recipe => {
                Err(TrainError::OtherRun { folder: path.display().to_string() })
            }
            newest => Ok(newest),
        }
    }

    /// Saves a run over the older of the two checkpoints.
    ///
    /// # Errors
    /// When a file cannot be written, or the folder belongs to another recipe.
    pub fn save<M: Module>(
        &self,
        model: &M,
        optimiser: &ModuleOptimizer,
        standing: &Standing,
    ) -> Result<(), TrainError> {
        let slot = match self.newest(&standing.recipe)? {
            Some((_, path)) if path.ends_with(SLOTS[0]) => SLOTS[1],
            _ => SLOTS[0],
        };
        let folder = self.folder.join(slot);
        let file = |name: &str| folder.join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder).map_err(|e| TrainError::file("empty", &folder, e))?;
        }
        std::fs::create_dir_all(&folder).map_err(|e| TrainError::file("create", &folder, e))?;
        let wrap = |e: RecordError| TrainError::Checkpoint {
            file: folder.display().to_string(),
            why: e.to_string(),
        };
        model.clone().into_record().save(file("model.bpk")).map_err(wrap)?;
        optimiser.save(file("optimiser.bpk")).map_err(wrap)?;
        // On the disk before the standing says so: a loss of power must not leave a standing beside torn
        // weights.
        for name in ["model.bpk", "optimiser.bpk"] {
            let sync = std::fs::File::open(file(name)).and_then(|written| written.sync_all());
            sync.map_err(|e| TrainError::file("write", &file(name), e))?;
        }
        let text = serde_json::to_string(standing)
            .map_err(|e| TrainError::Checkpoint { file: folder.display().to_string(), why: e.to_string() })?;
        // Written last and whole: a slot with a standing is a whole checkpoint.
        whole_file::write(&file("standing.json"), text.as_bytes())
            .map_err(|e| TrainError::file("write", &file("standing.json"), e))
    }

    /// The model of a checkpoint, over `model`'s structure.
    pub fn load_model<M: Module>(path: &Path, model: M) -> Result<M, TrainError> {
        let file = path.join("model.bpk");
        let wrap =
            |e: RecordError| TrainError::Checkpoint { file: file.display().to_string(), why: e.to_string() };
        model.try_load_record(ModuleRecord::load(&file).map_err(wrap)?).map_err(wrap)
    }

    /// The optimiser of a checkpoint.
    pub fn load_optimiser(path: &Path, optimiser: ModuleOptimizer) -> Result<ModuleOptimizer, TrainError> {
        let file = path.join("optimiser.bpk");
        optimiser
            .load(&file)
            .map_err(|e| TrainError::Checkpoint { file: file.display().to_string(), why: e.to_string() })
    }

    /// Removes all checkpoints once a run is done.
    pub fn clear(&self) -> Result<(), TrainError> {
        match std::fs::remove_dir_all(&self.folder) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                Err(TrainError::file("remove", &self.folder, e))
            }
            _ => Ok(()),
        }
    }
}
