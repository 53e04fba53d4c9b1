//! What several pages share: progress, notices, withdrawal, the choice of device.

mod device_choice;
mod model_ready;
mod notice;
mod participants_only;
mod theme;
mod withdraw;

pub use device_choice::{DeviceChoice, DeviceNote};
pub use model_ready::model_ready;
pub use notice::{Notice, Progress};
pub use participants_only::ParticipantsOnly;
pub use theme::ThemeButton;
pub use withdraw::Withdraw;
