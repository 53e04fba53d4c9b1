//! Makes the trials that an interrupted run has not finished, many at a time, and says how much room they
//! need on a full disk.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use gestalt_protocol::Encoding;
use gestalt_types::Sha256;
use rayon::prelude::*;

use super::IMAGES_FOLDER;
use super::error::MakeError;
use super::journal::{Finished, Journal};
use gestalt_images::size::Size;

/// A run over the trials of one set.
pub(super) struct Run<'a> {
    pub(super) journal: &'a Journal,
    /// The set's folder.
    pub(super) out: &'a Path,
    pub(super) encoding: Encoding,
    /// Of a picture.
    pub(super) size: Size,
}

impl Run<'_> {
    /// Every planned trial, in order: those of the journal as they are, the others made now. `key` stands
    /// for all that a trial is made of; `make` gives a trial or says why it is left out; `progress` is told
    /// how many trials of how many are done.
    ///
    /// # Errors
    /// The first of `make`, which ends the run.
    pub(super) fn finish<P: Sync, S: Send>(
        &self,
        planned: &[P],
        key: impl Fn(&P) -> Sha256 + Sync,
        make: impl Fn(&P) -> Result<Result<Finished, S>, MakeError> + Sync,
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Result<Vec<Result<Finished, S>>, MakeError> {
        let total = planned.len();
        let kept: Vec<Option<&Finished>> =
            planned.par_iter().map(|planned| self.journal.finished(&key(planned), self.encoding)).collect();
        let done = AtomicUsize::new(kept.iter().flatten().count());
        progress(done.load(Ordering::Relaxed), total);
        let made = planned.par_iter().zip(&kept).map(|(planned, kept)| {
            if let Some(kept) = kept {
                return Ok(Ok((*kept).clone()));
            }
            let made = make(planned)?;
            if let Ok(finished) = &made {
                self.journal.add(finished)?;
            }
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, total);
            Ok(made)
        });
        let made: Result<_, MakeError> = made.collect();
        made.map_err(|error| match error {
            MakeError::Io { path, error } if is_full(&error) => {
                let done = done.load(Ordering::Relaxed);
                MakeError::Full { path, error, done, total, needed_mb: self.needed_mb(done, total) }
            }
            error => error,
        })
    }

    /// What the trials still to be made will take, in megabytes: as much as those that are made, or as much
    /// as pixels take when there are none.
    fn needed_mb(&self, done: usize, total: usize) -> u64 {
        let written = || -> std::io::Result<u64> {
            fs::read_dir(self.out.join(IMAGES_FOLDER))?.map(|entry| Ok(entry?.metadata()?.len())).sum()
        };
        let a_trial = match written() {
            Ok(bytes) if done > 0 => bytes / done as u64,
            _ => 3 * 3 * self.size.pixels(),
        };
        (a_trial * (total - done) as u64).div_ceil(1_000_000)
    }
}

fn is_full(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge)
}
