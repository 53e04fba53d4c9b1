//! The model in the worker: fetched, put on a device, held to its known answer, and asked for choices.

use gestalt_images::photographs;
use gestalt_observers::{How, LoadedModel, ModelCard, ModelFiles, Rgb8, UnknownLayer};
use gestalt_protocol::inference::FromWorker;
use gestalt_protocol::{Device, Rule, image_content};
use gestalt_types::Sha256;
use image::RgbImage;
use wasm_bindgen::JsCast;
use web_sys::DedicatedWorkerGlobalScope;

use crate::{fetch, say};

/// Larger cards and known answers are none of ours.
const MOST_JSON_BYTES: usize = 4_000_000;
/// Larger weights are refused before they fill the memory.
const MOST_WEIGHTS_BYTES: usize = 512_000_000;
/// Larger image files are none of a trial set's.
const MOST_IMAGE_BYTES: usize = 64_000_000;

/// A model that has passed its known answer, and how it is read.
pub struct Engine {
    model: LoadedModel,
    how: How,
}

/// Fetches the three files of a model's folder and gets it ready on `device`, or on the CPU where that one fails; where no device
/// is named, on the fastest.
pub async fn load(folder: &str, device: Option<Device>, rule: Rule) -> Result<(Engine, FromWorker), String> {
    let addresses = ["card.json", "known-answer.json"].map(|file| format!("{folder}{file}"));
    let [card, known_answer] = addresses.each_ref().map(|file| fetch::bytes(file, MOST_JSON_BYTES, |_| ()));
    let (card, known_answer) = futures_util::future::try_join(card, known_answer).await?;
    let stated = ModelCard::parse(&card).map_err(|error| format!("{folder}card.json: {error}"))?.weights;
    let told = |loaded_bytes| say(&FromWorker::Downloading { loaded_bytes, total_bytes: Some(stated.bytes) });
    let address = format!("{folder}{}", stated.file);
    let weights = fetch::kept(&address, &stated.sha256, MOST_WEIGHTS_BYTES, told).await?;
    let files = ModelFiles { card: &card, weights: &weights, known_answer: &known_answer };
    let loaded = match device {
        Some(device) => {
            // Its batch of three also compiles every shader of a trial, before the first trial is timed.
            say(&FromWorker::Preparing { step: format!("known answer on {}", name(device)) });
            LoadedModel::with_fallback(files, device).await.map(|model| (model, Vec::new()))
        }
        None => {
            say(&FromWorker::Preparing { step: "timing the devices of this browser".into() });
            LoadedModel::fastest(files, &now_ms).await
        }
    };
    let (model, timed) = match loaded {
        Ok(loaded) => loaded,
        Err(error) => {
            fetch::forget(&address, &stated.sha256).await;
            return Err(format!("{folder}: {error}"));
        }
    };
    let layer = model.default_layer().map_err(|error| format!("{folder}: {error}"))?;
    let reply = FromWorker::Loaded {
        name: model.name().clone(),
        weights_hash: model.weights_hash().clone(),
        device: model.compute().kind(),
        fell_back_from: model.fell_back().map(|(device, why)| (device, why.to_owned())),
        known_answer_cosine: model.verdict().cosine.unwrap_or(f64::NAN),
        timed,
        lookable: model.lookable().iter().map(ToString::to_string).collect(),
    };
    Ok((Engine { model, how: How { layer, rule, top_k: None } }, reply))
}

impl Engine {
    /// Milliseconds for the features of so many grey pictures in one batch, measured `repeats` times.
    pub async fn time(&self, pictures: usize, repeats: usize) -> Result<FromWorker, String> {
        let grey = RgbImage::from_pixel(64, 64, image::Rgb([128, 128, 128]));
        let batch = vec![pixels(&grey)?; pictures];
        let mut batch_ms = Vec::with_capacity(repeats);
        for _ in 0..repeats {
            let started_ms = now_ms();
            let features = self.model.features(&batch, self.how.layer, None).await;
            features.map_err(|error| error.to_string())?;
            batch_ms.push(now_ms() - started_ms);
        }
        Ok(FromWorker::Took { batch_ms })
    }

    /// Fetches the three images, holds them to their hashes and answers.
    pub async fn answer(&self, images: &[String; 3], hashes: &[Sha256; 3]) -> Result<FromWorker, String> {
        let mut pictures = [RgbImage::new(0, 0), RgbImage::new(0, 0), RgbImage::new(0, 0)];
        for (place, picture) in pictures.iter_mut().enumerate() {
            *picture = fetch_picture(&images[place], Some(&hashes[place])).await?;
        }
        self.choose(pictures).await
    }

    /// Fetches images, which may be the visitor's own, and shows what the model sees in them at a layer.
    pub async fn look(&self, images: &[String], layer: &str) -> Result<FromWorker, String> {
        let layer = layer.parse().map_err(|error: UnknownLayer| error.to_string())?;
        let mut pictures = Vec::with_capacity(images.len());
        for (place, address) in images.iter().enumerate() {
            let picture = fetch_picture(address, None).await;
            pictures.push(picture.map_err(|error| format!("picture {}: {error}", place + 1))?);
        }
        let views = pictures.iter().map(pixels).collect::<Result<Vec<_>, _>>()?;
        let pictures = self.model.look(&views, layer).await.map_err(|error| error.to_string())?;
        Ok(FromWorker::Looked { pictures })
    }

    async fn choose(&self, pictures: [RgbImage; 3]) -> Result<FromWorker, String> {
        let [first, second, third] = &pictures;
        let triplet = [pixels(first)?, pixels(second)?, pixels(third)?];
        let answer =
            self.model.answer(&triplet, self.how, &now_ms).await.map_err(|error| error.to_string())?;
        Ok(FromWorker::Answered {
            outcome: answer.outcome,
            chosen_slot: answer.chosen_slot,
            reading: answer.reading,
        })
    }
}

fn pixels(picture: &RgbImage) -> Result<Rgb8<'_>, String> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    Rgb8::new(picture.as_raw(), width, height).map_err(|error| error.to_string())
}

/// A trial's image is held to its hash; without a hash, whatever is there. Decoded here and not by the browser, which may change colours: these are the pixels that native code sees.
async fn fetch_picture(address: &str, hash: Option<&Sha256>) -> Result<RgbImage, String> {
    let bytes = fetch::bytes(address, MOST_IMAGE_BYTES, |_| ()).await?;
    if hash.is_some_and(|hash| Sha256::of(image_content(&bytes)) != *hash) {
        return Err(format!(
            "{address} is not the image that the trial set names: reload the page, or check the set"
        ));
    }
    photographs::decode_whole(&bytes).map_err(|error| format!("{address} {error}"))
}

fn name(device: Device) -> &'static str {
    match device {
        Device::Webgpu => "WebGPU",
        Device::Cpu => "the processor",
        Device::Cuda => "CUDA",
    }
}

fn now_ms() -> f64 {
    let scope = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>().ok();
    scope.and_then(|scope| scope.performance()).map_or(0.0, |performance| performance.now())
}
