//! Times our convolutions and burn's on WebGPU, in turn, and prints how far apart they are.
//!
//! `cargo run --release -p gestalt-networks --features webgpu --example webgpu_convolutions`

use std::time::Instant;

use burn::nn::PaddingConfig2d;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::{Device, DeviceKind, Distribution, Tensor};
use gestalt_networks::layers::{Activation, convolution};

/// Channels from and to, side of the map and of the kernel in pixels, stride.
const CASES: [(usize, usize, usize, usize, usize); 8] = [
    (64, 64, 56, 3, 1),
    (64, 256, 56, 1, 1),
    (256, 64, 56, 1, 1),
    (128, 128, 28, 3, 1),
    (256, 256, 14, 3, 1),
    (512, 512, 7, 3, 1),
    (64, 64, 112, 3, 1),
    (96, 192, 56, 2, 2),
];
/// Of which the first, in which the kernel is compiled, does not count.
const ROUNDS: usize = 6;

fn main() {
    let device = Device::wgpu(DeviceKind::DefaultDevice);
    println!("| channels, map, kernel | ours | burn | ratio | apart |\n|---|---|---|---|---|");
    for (from, to, map_px, kernel_px, stride) in CASES {
        let margin = kernel_px / 2 * (kernel_px % 2);
        let layer = Conv2dConfig::new([from, to], [kernel_px; 2])
            .with_stride([stride; 2])
            .with_padding(PaddingConfig2d::Explicit(margin, margin, margin, margin))
            .init(&device);
        let map = Tensor::random([1, from, map_px, map_px], Distribution::Default, &device);
        let ours = |layer: &Conv2d, map| convolution(layer, map, Activation::None);
        let (mut ours_ms, mut burns_ms, mut apart) = (Vec::new(), Vec::new(), 0.0_f32);
        for round in 0..ROUNDS {
            let (a, a_ms) = timed(|| ours(&layer, map.clone()));
            let (b, b_ms) = timed(|| layer.forward(map.clone()));
            apart = a.iter().zip(&b).map(|(a, b)| (a - b).abs()).fold(apart, f32::max);
            if round > 0 {
                ours_ms.push(a_ms);
                burns_ms.push(b_ms);
            }
        }
        let (ours, burns) = (median(ours_ms), median(burns_ms));
        let ratio = ours / burns;
        println!(
            "| {from} → {to}, {map_px} px, {kernel_px} × {kernel_px}, stride {stride} | {ours:.0} ms | \
             {burns:.0} ms | {ratio:.2} | {apart:.1e} |"
        );
    }
}

/// What is computed, read back, and how long both took. Reading is what waits for the device.
fn timed(compute: impl FnOnce() -> Tensor<4>) -> (Vec<f32>, f64) {
    let start = Instant::now();
    let values = compute().into_data().iter::<f32>().collect();
    (values, 1000.0 * start.elapsed().as_secs_f64())
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
