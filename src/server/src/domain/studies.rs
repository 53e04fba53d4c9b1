//! Finds the studies to offer, checks each to the last image, and names those that are broken.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gestalt_protocol::api::StudyOpened;
use gestalt_protocol::study::study_file_in;
use gestalt_protocol::{
    Encoding, Role, Study, StudyError, Trial, TrialSet, TrialSetError, WHOLENESS_FILE, Wholeness,
    image_content,
};
use gestalt_types::{Name, Sha256, text};

use super::padding;
use super::snapshot::{SOFTWARE, Snapshot};

/// A study that participants can take.
pub(crate) struct OfferedStudy {
    pub(crate) snapshot: Arc<Snapshot>,
    images_dir: PathBuf,
    wholeness: Option<Wholeness>,
    /// The length, in bytes, to which each image's file is padded.
    padded_bytes: HashMap<Sha256, usize>,
}

impl OfferedStudy {
    /// The study without the trials that are to be taken.
    pub(crate) fn opened(&self) -> StudyOpened {
        let Snapshot { study, set, .. } = &*self.snapshot;
        let practice = set.trials().iter().filter(|trial| trial.role == Role::Practice);
        StudyOpened {
            study: study.presented(),
            trial_set: set.into(),
            trials: set.into(),
            examples: practice.map(Trial::presented).collect(),
            wholeness: self.wholeness.clone(),
        }
    }

    /// The encoding of its images.
    pub(crate) fn encoding(&self) -> Encoding {
        self.snapshot.set.made().encoding
    }

    /// The bytes of this image, `<hash>.<extension>`, padded with zeros so that the three files of a trial
    /// have one length. `None` where the set has no such image.
    pub(crate) async fn image(&self, file_name: &str) -> std::io::Result<Option<Vec<u8>>> {
        let name =
            file_name.strip_suffix(self.encoding().extension()).and_then(|name| name.strip_suffix('.'));
        let hash = name.and_then(|name| Sha256::try_from(name.to_owned()).ok());
        let Some(&padded_bytes) = hash.and_then(|hash| self.padded_bytes.get(&hash)) else { return Ok(None) };
        let mut bytes = tokio::fs::read(self.images_dir.join(file_name)).await?;
        bytes.resize(padded_bytes.max(bytes.len()), 0);
        Ok(Some(bytes))
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
    /// An image's file does not say where it ends.
    #[error("{path}: is no WebP or PNG file; make the trial set again", path = path.display())]
    NoImage {
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
    /// Looks for `*/study.toml`, else `*/study.json`, in these folders.
    pub(crate) fn find(dirs: &[PathBuf]) -> Self {
        let mut studies = Self::default();
        for dir in dirs {
            let mut files: Vec<PathBuf> = match std::fs::read_dir(dir) {
                Ok(entries) => entries.flatten().filter_map(|entry| study_file_in(&entry.path())).collect(),
                Err(cause) => {
                    let fault = StudyFault::Unreadable { path: dir.clone(), cause };
                    studies.broken.push(BrokenStudy { path: dir.clone(), fault });
                    continue;
                }
            };
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
        let name = study.snapshot.study.name.clone();
        if self.offered.contains_key(&name) {
            return Err(StudyFault::Twice(name));
        }
        self.offered.insert(name, Arc::new(study));
        Ok(())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Arc<OfferedStudy>> {
        self.offered.get(&Name::new(name).ok()?)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &OfferedStudy> {
        self.offered.values().map(|offered| &**offered)
    }
}

fn load(path: &Path) -> Result<OfferedStudy, StudyFault> {
    let study = Study::load(path)?;
    let study_json = study.to_json();
    let set_dir = path.parent().unwrap_or(Path::new(".")).join(&study.trials.set);
    let trials_json = read_text(&set_dir.join("trials.json"))?;
    let set = TrialSet::parse(trials_json.as_bytes())?;
    let images_dir = set_dir.join("images");
    // A set need not be judged.
    let judged = std::fs::read(set_dir.join(WHOLENESS_FILE)).ok();
    let wholeness = judged.and_then(|bytes| Wholeness::of_set(&bytes, set.hash()));
    let file_bytes = check_images(&set, &images_dir)?;
    let padded_bytes = padding::lengths(set.trials(), file_bytes);
    let snapshot = Arc::new(Snapshot::new(study, set, study_json, trials_json, SOFTWARE.to_owned()));
    Ok(OfferedStudy { snapshot, images_dir, wholeness, padded_bytes })
}

/// Holds every image file to its hash; the length of each.
fn check_images(set: &TrialSet, images_dir: &Path) -> Result<HashMap<Sha256, usize>, StudyFault> {
    let mut lengths = HashMap::new();
    for image in set.images() {
        let path = images_dir.join(format!("{}.{}", image.hash, set.made().encoding.extension()));
        let bytes = read(&path)?;
        if Sha256::of(&bytes) != image.hash {
            return Err(StudyFault::Image { path });
        }
        // Padding is taken off again by what the file says of its end.
        if image_content(&[&bytes[..], &[0]].concat()).len() != bytes.len() {
            return Err(StudyFault::NoImage { path });
        }
        lengths.insert(image.hash.clone(), bytes.len());
    }
    Ok(lengths)
}

fn read(path: &Path) -> Result<Vec<u8>, StudyFault> {
    std::fs::read(path).map_err(|cause| StudyFault::Unreadable { path: path.to_owned(), cause })
}

fn read_text(path: &Path) -> Result<String, StudyFault> {
    let bytes = read(path)?;
    let text = text::decode(&bytes).map_err(|error| std::io::Error::new(ErrorKind::InvalidData, error));
    text.map(Cow::into_owned).map_err(|cause| StudyFault::Unreadable { path: path.to_owned(), cause })
}
