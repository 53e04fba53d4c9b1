//! The observers that judge a set: one network, as bags of patches of several sizes, by its local features,
//! untrained, and with the whole picture.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use gestalt_fairness::Outside;
use gestalt_models::folder::ModelFolder;
use gestalt_models::{LoadedModel, ModelCard, PatchBag, untrained, weights};
use gestalt_networks::preprocess::Rgb8;
use gestalt_networks::readout::{Layer, Pool, Site};
use gestalt_protocol::{Device, Sight};
use image::RgbImage;

use crate::model_args;

/// Sides of the patches that are judged at every scale, in pixels; half the scale is judged too.
const PATCHES_PX: [u32; 2] = [32, 56];
/// Reports also have these: they take long.
const REPORT_PATCHES_PX: [u32; 1] = [16];
/// Seed of the untrained network.
const UNTRAINED_SEED: u64 = 1;

/// How much is judged.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What a verdict needs: bags of half the scale, of 32 and of 56 px, and the whole picture.
    Verdict,
    /// Also bags of 16 px, an untrained network and local features.
    Report,
}

/// A network that is ready, and everything that is computed with it.
pub struct Bench {
    pub whole: LoadedModel,
    /// Networks that only see the whole picture.
    others: Vec<LoadedModel>,
    views: Vec<View>,
}

/// One way to see a picture.
struct View {
    name: String,
    sight: Sight,
    /// The scales at which it is judged; none: all.
    scales_px: Option<Vec<Option<u32>>>,
    how: How,
}

enum How {
    Patches(Box<PatchBag>),
    Whole(Layer),
    /// By one of the other networks.
    Other(usize, Layer),
}

impl Bench {
    /// Loads `model` for a set of these scales, and `others` that only see the whole picture. The files of `model` are
    /// read once, its weights unpacked once.
    pub fn load(model: &str, others: &[&str], scales_px: &[Option<u32>], extent: Extent) -> Result<Self> {
        let path = model_args::folder(model)?;
        let folder = ModelFolder::read(&path)?;
        let files = folder.files();
        let cannot = || format!("{} cannot judge the set", path.display());
        let card = ModelCard::parse(files.card).with_context(cannot)?;
        let trained = weights::read(&card, files.weights).with_context(cannot)?;
        let whole = pollster::block_on(LoadedModel::from_unpacked(files, &trained)).with_context(cannot)?;
        let name = whole.name();
        let mut views = Vec::new();
        for (side_px, scales_px) in by_side(scales_px, extent) {
            let bag = PatchBag::new(card.clone(), &trained, side_px as usize).with_context(cannot)?;
            views.push(View {
                name: format!("{name}, patches of {side_px} px alone"),
                sight: Sight::Patches(side_px),
                scales_px: Some(scales_px),
                how: How::Patches(Box::new(bag)),
            });
        }
        if extent == Extent::Report {
            let drawn = untrained(&trained, UNTRAINED_SEED);
            for side_px in PATCHES_PX {
                views.push(View {
                    name: format!("untrained, patches of {side_px} px alone"),
                    sight: Sight::Patches(side_px),
                    scales_px: None,
                    how: How::Patches(Box::new(PatchBag::new(card.clone(), &drawn, side_px as usize)?)),
                });
            }
            views.extend(local_features(&card, name));
        }
        views.push(View {
            name: format!("{name}, whole picture"),
            sight: Sight::Whole,
            scales_px: None,
            how: How::Whole(whole.default_layer()?),
        });
        let load = |other: &&str| model_args::load(other, Device::Cpu);
        let others = others.iter().map(load).collect::<Result<Vec<LoadedModel>>>()?;
        for (at, other) in others.iter().enumerate() {
            views.push(View {
                name: format!("{}, whole picture", other.name()),
                sight: Sight::Whole,
                scales_px: None,
                how: How::Other(at, other.default_layer()?),
            });
        }
        Ok(Self { whole, others, views })
    }

    /// Hands the observers to `judge`.
    pub fn with_observers<T>(&self, judge: impl FnOnce(Vec<Outside<'_>>) -> T) -> T {
        let features: Vec<_> = self
            .views
            .iter()
            .map(|view| move |picture: &RgbImage| self.features(view, picture).map_err(|e| format!("{e:#}")))
            .collect();
        let observers = self.views.iter().zip(&features).map(|(view, features)| Outside {
            name: view.name.clone(),
            sight: view.sight,
            scales_px: view.scales_px.clone(),
            features,
        });
        judge(observers.collect())
    }

    fn features(&self, view: &View, picture: &RgbImage) -> Result<Vec<f32>> {
        let size = (picture.width() as usize, picture.height() as usize);
        match &view.how {
            How::Patches(bag) => Ok(pollster::block_on(bag.features(picture.as_raw(), size))?),
            How::Whole(layer) => of_whole(&self.whole, *layer, picture),
            How::Other(at, layer) => of_whole(&self.others[*at], *layer, picture),
        }
    }
}

fn of_whole(model: &LoadedModel, layer: Layer, picture: &RgbImage) -> Result<Vec<f32>> {
    let seen = Rgb8::new(picture.as_raw(), picture.width() as usize, picture.height() as usize)?;
    let mut features = pollster::block_on(model.features(&[seen], layer, None))?;
    features.pop().context("the network gave no features")
}

/// The scales at which patches of each side are judged.
fn by_side(scales_px: &[Option<u32>], extent: Extent) -> BTreeMap<u32, Vec<Option<u32>>> {
    let mut sides: BTreeMap<u32, Vec<Option<u32>>> = BTreeMap::new();
    for &scale_px in scales_px {
        let more = if extent == Extent::Report { &REPORT_PATCHES_PX[..] } else { &[] };
        let mut of_scale = [&PATCHES_PX[..], more].concat();
        of_scale.extend(scale_px.map(|scale_px| (scale_px / 2).max(1)));
        of_scale.sort_unstable();
        of_scale.dedup();
        of_scale.into_iter().for_each(|side_px| sides.entry(side_px).or_default().push(scale_px));
    }
    sides
}

/// Early stages of the network, as BagNets have them (Brendel and Bethge 2019): features that see a small
/// part of the picture, averaged over it. Only stages that see between 8 px and half the picture's side.
fn local_features(card: &ModelCard, name: &gestalt_types::Name) -> Vec<View> {
    let side_px = card.preprocess.crop_px;
    let of_stage = |stage: usize| {
        let layer = Layer { site: Site::Stage(stage), pool: Pool::Mean };
        let seen_px = card.architecture.receptive_px(layer.site)?;
        (card.architecture.has(layer) && (8..=side_px / 2).contains(&seen_px)).then(|| View {
            name: format!("{name}, local features of {seen_px} px"),
            sight: Sight::Patches(seen_px as u32),
            scales_px: None,
            how: How::Whole(layer),
        })
    };
    (0..8).filter_map(of_stage).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scale_has_a_bag_of_half_its_size() {
        let sides = by_side(&[Some(16), Some(56), None], Extent::Verdict);
        assert_eq!(sides[&8], [Some(16)]);
        assert_eq!(sides[&28], [Some(56)]);
        assert_eq!(sides[&32], [Some(16), Some(56), None]);
        assert_eq!(sides.keys().copied().collect::<Vec<_>>(), [8, 28, 32, 56]);
        assert!(by_side(&[None], Extent::Report).contains_key(&16));
    }
}
