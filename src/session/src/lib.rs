#![doc = include_str!("../README.md")]

mod balance;
mod blind_spot;
mod delivery;
mod frame;
mod ledger;
mod outbox;
mod outline;
mod picture_size;
mod plan;
mod practising;
mod press;
mod queue;
mod refresh;
mod runner;
mod sample;
mod simulated;
mod timeline;
mod trial;
mod visit;

pub use blind_spot::{BlindSpot, px_per_deg};
pub use delivery::{Delivery, Fate, StoredRow, decided, lost, ndjson, next_batch, wait_ms};
pub use frame::Frame;
pub use ledger::{Exclusion, Fortune, Ledger};
pub use outbox::{
    FromOutbox, OutboxReply, OutboxRequest, OutboxState, Standing, StoredSession, ToOutbox, leftovers,
};
pub use outline::Outline;
pub use picture_size::PictureSize;
pub use plan::{Plan, PlanError, practice_targets};
pub use press::{KeyMeaning, Press, key_meaning};
pub use queue::Closed;
pub use refresh::RefreshRate;
pub use runner::{Phase, Surroundings, TrialRunner, View};
pub use simulated::{SimulatedPerson, simulate};
pub use timeline::Timeline;
pub use visit::{Command, Earlier, Event, Leaving, Preparation, Screen, StudyVisit};
