//! Where a model computes, and what a row says about it.

use burn::tensor::Device;
use gestalt_protocol as protocol;

/// A device that is ready for tensors.
#[derive(Clone, Debug)]
pub struct Compute {
    device: Device,
    kind: protocol::Device,
    adapter: String,
}

/// Why a device is not available.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind:?} is not available: {why}")]
pub struct NoDevice {
    /// The device that was asked for.
    pub kind: protocol::Device,
    /// Why not, and what to do.
    pub why: String,
}

impl Compute {
    /// The device of this kind, ready for tensors.
    ///
    /// # Errors
    /// When this build or this machine does not have it.
    pub async fn of_kind(kind: protocol::Device) -> Result<Self, NoDevice> {
        match kind {
            protocol::Device::Cpu => Self::cpu(),
            protocol::Device::Webgpu => Self::webgpu().await,
            protocol::Device::Cuda => Self::cuda(),
        }
    }

    /// The CPU, through burn-flex.
    #[cfg(feature = "flex")]
    pub fn cpu() -> Result<Self, NoDevice> {
        let simd = if cfg!(feature = "simd") { " simd" } else { "" };
        let adapter = format!("{}{simd}", std::env::consts::ARCH);
        Ok(Self { device: Device::flex(), kind: protocol::Device::Cpu, adapter })
    }

    /// The CPU; not in this build.
    #[cfg(not(feature = "flex"))]
    pub fn cpu() -> Result<Self, NoDevice> {
        Err(NoDevice { kind: protocol::Device::Cpu, why: "build with the feature `flex`".into() })
    }

    /// The GPU, through WebGPU. Asking again gives the same device.
    #[cfg(feature = "webgpu")]
    pub async fn webgpu() -> Result<Self, NoDevice> {
        use std::sync::OnceLock;

        use burn::tensor::wgpu::wgpu::DeviceType;
        // The runtime registers one device for the process and refuses to do it twice.
        static READY: OnceLock<Compute> = OnceLock::new();
        if let Some(ready) = READY.get() {
            return Ok(ready.clone());
        }
        let (device, setup) = Device::wgpu_options()
            .init_with_setup_async()
            .await
            .map_err(|e| NoDevice { kind: protocol::Device::Webgpu, why: e.to_string() })?;
        let info = setup.adapter.get_info();
        // Browsers may keep the adapter's name to themselves, but say whether it is a software fallback.
        let class = match (info.name.as_str(), info.device_type) {
            ("", DeviceType::Cpu) => "software adapter".to_owned(),
            ("", _) => "unnamed adapter".to_owned(),
            (name, _) => name.to_owned(),
        };
        let compute = Self { device, kind: protocol::Device::Webgpu, adapter: class };
        Ok(READY.get_or_init(|| compute).clone())
    }

    /// The GPU, through WebGPU; not in this build.
    #[cfg(not(feature = "webgpu"))]
    pub async fn webgpu() -> Result<Self, NoDevice> {
        Err(NoDevice { kind: protocol::Device::Webgpu, why: "build with the feature `webgpu`".into() })
    }

    /// An NVIDIA GPU.
    #[cfg(feature = "cuda")]
    pub fn cuda() -> Result<Self, NoDevice> {
        Ok(Self { device: Device::cuda(0), kind: protocol::Device::Cuda, adapter: "cuda 0".into() })
    }

    /// An NVIDIA GPU; not in this build.
    #[cfg(not(feature = "cuda"))]
    pub fn cuda() -> Result<Self, NoDevice> {
        Err(NoDevice { kind: protocol::Device::Cuda, why: "build with the feature `cuda`".into() })
    }

    /// As tensors take it.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// As rows name it.
    pub fn kind(&self) -> protocol::Device {
        self.kind
    }

    /// The class of the adapter, for example `x86_64 simd` or `swiftshader`.
    pub fn adapter(&self) -> &str {
        &self.adapter
    }
}
