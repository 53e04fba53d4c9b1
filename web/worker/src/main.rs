//! The inference worker: for now one matrix product on each device, which proves the build.

use burn::tensor::{Device, Tensor, TensorData};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

fn main() {
    console_error_panic_hook::set_once();
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else {
        return;
    };
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(|_| wasm_bindgen_futures::spawn_local(work()));
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    // Messages sent before the handler is set are lost: the page waits for this word.
    say("ready");
}

/// Posts one line to the page.
fn say(line: &str) {
    if let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() {
        let _ = scope.post_message(&JsValue::from_str(line));
    }
}

/// Multiplies on the CPU, then on WebGPU, and tells the sums.
async fn work() {
    let cpu = Device::flex();
    say(&format!("flex 64: {:?}", product_sum(&cpu).await));
    say(&format!("flex 196x192x768: {:.2} GFLOP/s", gflops(&cpu).await));
    say(&format!("flex gelu 196x768: {:.2} ms", gelu_ms(&cpu).await));
    match Device::wgpu_options().init_async().await {
        Ok(gpu) => say(&format!("webgpu 64: {:?}", product_sum(&gpu).await)),
        Err(error) => say(&format!("webgpu: {error}")),
    }
    say("done");
}

/// A tensor `[rows, cols]` of small known numbers.
fn ramp(rows: usize, cols: usize, device: &Device) -> Tensor<2> {
    let values: Vec<f32> = (0..rows * cols).map(|i| (i % 17) as f32 / 17.0 - 0.4).collect();
    Tensor::from_data(TensorData::new(values, [rows, cols]), device)
}

/// Reads a tensor back and adds its numbers up.
async fn read_sum<const D: usize>(tensor: Tensor<D>) -> Result<f32, String> {
    let data = tensor.into_data_async().await.map_err(|error| format!("{error:?}"))?;
    Ok(data.iter::<f32>().sum())
}

async fn product_sum(device: &Device) -> Result<f32, String> {
    read_sum(ramp(64, 64, device).matmul(ramp(64, 64, device).transpose())).await
}

fn now_ms() -> f64 {
    js_sys::global()
        .dyn_into::<DedicatedWorkerGlobalScope>()
        .ok()
        .and_then(|scope| scope.performance())
        .map_or(0.0, |performance| performance.now())
}

async fn gflops(device: &Device) -> f64 {
    let (a, b) = (ramp(196, 192, device), ramp(192, 768, device));
    let rounds = 100;
    let _ = read_sum(a.clone().matmul(b.clone())).await;
    let start = now_ms();
    for _ in 0..rounds {
        let _ = a.clone().matmul(b.clone());
    }
    2.0 * (196 * 192 * 768 * rounds) as f64 / ((now_ms() - start) * 1e6)
}

async fn gelu_ms(device: &Device) -> f64 {
    let x = ramp(196, 768, device);
    let rounds = 50;
    let start = now_ms();
    for _ in 0..rounds {
        let _ = burn::tensor::activation::gelu(x.clone());
    }
    (now_ms() - start) / rounds as f64
}
