//! Times the plain forward pass of a ViT-Ti/16 on one core, weights all alike: `cargo run --release -p
//! gestalt-networks --example cpu_speed`.

use std::time::Instant;

use burn::tensor::Device;
use gestalt_networks::architectures::Architecture;
use gestalt_networks::architectures::vit::VitConfig;
use gestalt_networks::cpu::CpuNetwork;
use gestalt_networks::readout::Layer;

fn main() {
    let architecture = Architecture::Vit(VitConfig::default());
    let Ok(network) = architecture.init(&Device::flex()) else { return };
    let Some(plain) = CpuNetwork::from_weights(&architecture, &network.collect()) else { return };
    for batch in [1, 3] {
        let pictures = vec![0.1; batch * 3 * 224 * 224];
        let times: Vec<f64> = (0..5)
            .map(|_| {
                let started = Instant::now();
                plain.read(&pictures, Layer::CLS, None);
                started.elapsed().as_secs_f64() * 1000.0
            })
            .collect();
        println!("batch {batch}: {times:.0?} ms");
    }
}
