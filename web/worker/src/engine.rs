//! The model in the worker: fetched, put on a device, held to its reference output, and asked for answers.

use std::path::Path;

use gestalt_images::oddity::Oddities;
use gestalt_images::photographs;
use gestalt_inspect::{look, lookable};
use gestalt_models::reference_output::{OLDER_FILE, REFERENCE_OUTPUT_FILE};
use gestalt_models::{LoadedModel, ModelCard, ModelFiles, ModelObserver, Readout};
use gestalt_networks::preprocess::Rgb8;
use gestalt_networks::readout::UnknownLayer;
use gestalt_observers::{Picture, answer};
use gestalt_protocol::inference::{FromWorker, LookedAt, PictureFile};
use gestalt_protocol::{Device, Rule, image_content};
use gestalt_types::Sha256;
use image::RgbImage;
use wasm_bindgen::JsCast;
use web_sys::DedicatedWorkerGlobalScope;

use crate::{fetch, say};

/// Larger cards and reference outputs are refused.
const MOST_JSON_BYTES: usize = 4_000_000;
/// Larger weights are refused before they fill the memory.
const MOST_WEIGHTS_BYTES: usize = 512_000_000;
/// Larger image files are refused.
const MOST_IMAGE_BYTES: usize = 64_000_000;

/// A model that has reproduced its reference output, its readout and the decision rule.
pub struct Engine {
    model: LoadedModel,
    readout: Readout,
    rule: Rule,
}

/// Fetches the three files of a model folder and gets it ready on `device`, or on the CPU where that
/// one fails; where no device is named, on the fastest.
pub async fn load(folder: &str, device: Option<Device>, rule: Rule) -> Result<(Engine, FromWorker), String> {
    let card_address = format!("{folder}card.json");
    let card = fetch::bytes(&card_address, MOST_JSON_BYTES, |_| ());
    let (card, reference) = futures_util::future::try_join(card, reference_output(folder)).await?;
    let stated = ModelCard::parse(&card).map_err(|error| format!("{folder}card.json: {error}"))?.weights;
    let told = |loaded_bytes| say(&FromWorker::Downloading { loaded_bytes, total_bytes: Some(stated.bytes) });
    let address = format!("{folder}{}", stated.file);
    let weights = fetch::kept(&address, &stated.sha256, MOST_WEIGHTS_BYTES, told).await?;
    let files = ModelFiles { card: &card, weights: &weights, reference_output: &reference };
    let loaded = match device {
        Some(device) => {
            // Its batch of three also compiles every shader of a trial, before the first trial is timed.
            say(&FromWorker::Preparing { step: format!("reference output on {}", name(device)) });
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
        lookable: lookable(&model).iter().map(ToString::to_string).collect(),
    };
    Ok((Engine { model, readout: Readout { layer, top_k: None }, rule }, reply))
}

/// The reference output, also of a folder that was made before the file got its present name.
async fn reference_output(folder: &str) -> Result<Vec<u8>, String> {
    let present = fetch::bytes(&format!("{folder}{REFERENCE_OUTPUT_FILE}"), MOST_JSON_BYTES, |_| ()).await;
    match present {
        Ok(bytes) => Ok(bytes),
        Err(why) => {
            let older = fetch::bytes(&format!("{folder}{OLDER_FILE}"), MOST_JSON_BYTES, |_| ()).await;
            older.map_err(|_| why)
        }
    }
}

impl Engine {
    /// Milliseconds for the features of grey pictures in one batch, measured `repeats` times.
    pub async fn time(&self, pictures: usize, repeats: usize) -> Result<FromWorker, String> {
        let grey = RgbImage::from_pixel(64, 64, image::Rgb([128, 128, 128]));
        let batch = vec![view(&grey)?; pictures];
        let mut batch_ms = Vec::with_capacity(repeats);
        for _ in 0..repeats {
            let started_ms = now_ms();
            let features = self.model.features(&batch, self.readout.layer, None).await;
            features.map_err(|error| error.to_string())?;
            batch_ms.push(now_ms() - started_ms);
        }
        Ok(FromWorker::Took { batch_ms })
    }

    /// Fetches the three images, checks their hashes and answers.
    pub async fn answer(&self, images: &[String; 3], hashes: &[Sha256; 3]) -> Result<FromWorker, String> {
        let mut pictures = Vec::with_capacity(images.len());
        for (address, hash) in images.iter().zip(hashes) {
            pictures.push(picture(fetch_image(address, hash).await?));
        }
        let triplet = pictures.try_into().map_err(|_| "a triplet has three pictures".to_owned())?;
        let observer = ModelObserver { model: &self.model, readout: self.readout };
        let answer = answer(&observer, &triplet, self.rule, &now_ms).await;
        let answer = answer.map_err(|error| error.to_string())?;
        Ok(FromWorker::Answered {
            outcome: answer.outcome,
            chosen_slot: answer.chosen_slot,
            readout: answer.readout,
        })
    }

    /// Fetches images, which may be the visitor's, and shows what the model sees in them at a layer. Those
    /// that cannot be read are named and left out.
    pub async fn look(&self, images: &[PictureFile], layer: &str) -> Result<FromWorker, String> {
        let layer = layer.parse().map_err(|error: UnknownLayer| error.to_string())?;
        let (mut names, mut pictures, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
        let mut oddities = Oddities::default();
        for file in images {
            match fetch_picture(file, &mut oddities).await {
                Ok(picture) => {
                    names.push(file.name.clone());
                    pictures.push(picture);
                }
                Err(why) => left_out.push(why),
            }
        }
        if pictures.is_empty() {
            return Err(left_out.join("; "));
        }
        let views = pictures.iter().map(view).collect::<Result<Vec<_>, _>>()?;
        let seen = look(&self.model, &views, layer).await.map_err(|error| error.to_string())?;
        let pictures = names.into_iter().zip(seen).map(|(name, seen)| LookedAt { name, seen }).collect();
        Ok(FromWorker::Looked { pictures, left_out, notes: oddities.lines().collect() })
    }
}

fn picture(image: RgbImage) -> Picture {
    let (width_px, height_px) = (image.width() as usize, image.height() as usize);
    Picture { pixels: image.into_raw(), width_px, height_px }
}

fn view(image: &RgbImage) -> Result<Rgb8<'_>, String> {
    let (width, height) = (image.width() as usize, image.height() as usize);
    Rgb8::new(image.as_raw(), width, height).map_err(|error| error.to_string())
}

/// The image at an address, which must have this hash. It is decoded here and not by the browser, which may
/// change colours: these are the pixels that native code sees.
async fn fetch_image(address: &str, hash: &Sha256) -> Result<RgbImage, String> {
    let bytes = fetch::bytes(address, MOST_IMAGE_BYTES, |_| ()).await?;
    if Sha256::of(image_content(&bytes)) != *hash {
        return Err(format!(
            "{address} is not the image that the trial set names: reload the page, or check the set"
        ));
    }
    photographs::decode_whole(&bytes).map_err(|error| format!("{address} {error}"))
}

/// An image to look at, named as the visitor names it.
async fn fetch_picture(file: &PictureFile, oddities: &mut Oddities) -> Result<RgbImage, String> {
    let name = file.name.as_ref().unwrap_or(&file.address);
    let wrong = |error: &dyn std::fmt::Display| format!("{name}: {error}");
    let bytes = fetch::bytes(&file.address, MOST_IMAGE_BYTES, |_| ()).await.map_err(|error| wrong(&error))?;
    let path = Path::new(name);
    let (picture, found) = photographs::decode_named(path, &bytes).map_err(|error| wrong(&error))?;
    oddities.note(path, &found);
    Ok(picture)
}

fn name(device: Device) -> &'static str {
    match device {
        Device::Webgpu => "WebGPU",
        Device::Cpu => "the CPU",
        Device::Cuda => "CUDA",
    }
}

fn now_ms() -> f64 {
    let scope = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>().ok();
    scope.and_then(|scope| scope.performance()).map_or(0.0, |performance| performance.now())
}
