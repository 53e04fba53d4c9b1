//! Finds the studies to offer, checks each to the last image, and names those that are broken.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gestalt_protocol::api::StudyOpened;
use gestalt_protocol::{Study, StudyError, TrialSet, TrialSetError};
use gestalt_types::{Name, Sha256};

/// A study that participants can take.
pub(crate) struct OfferedStudy {
    pub(crate) study: Study,
    pub(crate) set: TrialSet,
    images_dir: PathBuf,
}

impl OfferedStudy {
    /// The study without its answers.
    pub(crate) fn opened(&self) -> StudyOpened {
        StudyOpened { study: self.study.clone(), trial_set: self.set.presented() }
    }

    /// The file of this image, `<hash>.<extension>`, if the set has it.
    pub(crate) fn image_path(&self, file_name: &str) -> Option<PathBuf> {
        let extension = self.set.made().encoding.extension();
        let hash = file_name.strip_suffix(extension)?.strip_suffix('.')?;
        let listed = self.set.images().iter().any(|image| image.hash.as_str() == hash);
        listed.then(|| self.images_dir.join(file_name))
    }
}

/// A study that is not offered, and why.
#[derive(Debug)]
pub struct BrokenStudy {
    /// Its file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub fault: StudyFault,
}

/// What is wrong with a study's files.
#[derive(Debug, thiserror::Error)]
pub enum StudyFault {
    /// A file is missing or cannot be read.
    #[error("{path}: {cause}", path = path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The study file is wrong.
    #[error(transparent)]
    Study(#[from] StudyError),
    /// `trials.json` is wrong.
    #[error(transparent)]
    TrialSet(#[from] TrialSetError),
    /// An image is not the one that the trial set names.
    #[error("{path}: the content does not match the name; make the trial set again", path = path.display())]
    Image {
        /// Which.
        path: PathBuf,
    },
    /// Another study has the same name.
    #[error("name: `{0}` is the name of another study already; choose a different one")]
    Twice(Name),
}

/// All studies, found once at start-up.
#[derive(Default)]
pub(crate) struct Studies {
    offered: BTreeMap<Name, Arc<OfferedStudy>>,
    pub(crate) broken: Vec<BrokenStudy>,
}

impl Studies {
    /// Looks for `*/study.json` in these folders.
    pub(crate) fn find(dirs: &[PathBuf]) -> Self {
        let mut studies = Self::default();
        for dir in dirs {
            let mut files: Vec<PathBuf> = match std::fs::read_dir(dir) {
                Ok(entries) => entries.flatten().map(|entry| entry.path().join("study.json")).collect(),
                Err(cause) => {
                    let fault = StudyFault::Unreadable { path: dir.clone(), cause };
                    studies.broken.push(BrokenStudy { path: dir.clone(), fault });
                    continue;
                }
            };
            files.retain(|file| file.is_file());
            files.sort();
            for path in files {
                if let Err(fault) = studies.add(&path) {
                    studies.broken.push(BrokenStudy { path, fault });
                }
            }
        }
        studies
    }

    fn add(&mut self, path: &Path) -> Result<(), StudyFault> {
        let study = load(path)?;
        let name = study.study.name.clone();
        if self.offered.contains_key(&name) {
            return Err(StudyFault::Twice(name));
        }
        self.offered.insert(name, Arc::new(study));
        Ok(())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Arc<OfferedStudy>> {
        self.offered.get(&Name::new(name).ok()?)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Study> {
        self.offered.values().map(|offered| &offered.study)
    }
}

fn load(path: &Path) -> Result<OfferedStudy, StudyFault> {
    let study = Study::parse(&read(path)?)?;
    let set_dir = path.parent().unwrap_or(Path::new(".")).join(&study.trial_set);
    let set = TrialSet::parse(&read(&set_dir.join("trials.json"))?)?;
    let images_dir = set_dir.join("images");
    for image in set.images() {
        let file = images_dir.join(format!("{}.{}", image.hash, set.made().encoding.extension()));
        if Sha256::of(&read(&file)?) != image.hash {
            return Err(StudyFault::Image { path: file });
        }
    }
    Ok(OfferedStudy { study, set, images_dir })
}

fn read(path: &Path) -> Result<Vec<u8>, StudyFault> {
    std::fs::read(path).map_err(|cause| StudyFault::Unreadable { path: path.to_owned(), cause })
}
