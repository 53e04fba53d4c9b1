//! Where the syntheses that match Gram matrices compute, and what a set states of it.

use std::fmt;

use burn::tensor::Device;

/// A device by its name: another one rounds otherwise and makes other pictures, so a set states it and is
/// not continued elsewhere.
#[derive(Clone, Debug)]
pub struct Place {
    device: Device,
    name: String,
}

impl Place {
    /// `device`, called `name`: its kind and, for a GPU, which adapter.
    pub fn new(device: &Device, name: impl Into<String>) -> Self {
        Self { device: device.clone().autodiff(), name: name.into() }
    }

    /// The processor.
    pub fn processor() -> Self {
        Self::new(&Device::flex(), format!("cpu {}", std::env::consts::ARCH))
    }

    /// With autodiff.
    pub fn device(&self) -> &Device {
        &self.device
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
