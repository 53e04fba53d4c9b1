//! The display: its frames and refresh rate, its pictures and their size, and whether anyone is looking.

mod calibration;
mod device;
mod frames;
mod images;
mod long_frames;
mod viewport;
mod watch;

pub use calibration::{Calibrated, calibrated, set_calibrated};
pub use device::Device;
pub use frames::{FrameLoop, measure_refresh_rate};
pub use images::{ImageError, Pictures, decoded, load_picture};
pub use long_frames::LongFrames;
pub use viewport::{Viewport, screen_css_px};
pub use watch::{Watch, enter_full_screen, is_full_screen, leave_full_screen};
