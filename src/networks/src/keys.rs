//! The names of weights, so that a network's parameters and a checkpoint's tensors find each other.
//!
//! timm's names, but for the layout: a Linear's `weight` is `[in, out]` here, as burn multiplies,
//! `[out, in]` there.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Device, Tensor, TensorData};

use crate::weight::{Weight, Weights};

/// How the tensors of a file and the parameters of a network met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyReport {
    /// Found in both, loaded.
    pub used: Vec<String>,
    /// The network has it, the file does not.
    pub missing: Vec<String>,
    /// The file has it, the network does not.
    pub unexpected: Vec<String>,
    /// In both, with another shape: key, the network's, the file's.
    pub misshapen: Vec<(String, Vec<usize>, Vec<usize>)>,
}

impl KeyReport {
    /// Whether every tensor of the file met a parameter of its shape and the other way round.
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty() && self.unexpected.is_empty() && self.misshapen.is_empty()
    }
}

impl std::fmt::Display for KeyReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} keys used", self.used.len())?;
        for (what, keys) in [("missing", &self.missing), ("unexpected", &self.unexpected)] {
            if !keys.is_empty() {
                write!(f, "; {what}: {}", keys.join(", "))?;
            }
        }
        for (key, wanted, found) in &self.misshapen {
            write!(f, "; `{key}` is {found:?}, wanted {wanted:?}")?;
        }
        Ok(())
    }
}

/// A parameter that a network wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// timm's name.
    pub key: String,
    /// Its shape here.
    pub shape: Vec<usize>,
    /// Whether it is the matrix of a linear layer, `[in, out]` here and `[out, in]` in PyTorch.
    pub linear: bool,
}

/// Where a visitor stands in the module tree: names, and the type of what holds each.
#[derive(Default)]
struct Path {
    names: Vec<String>,
    holders: Vec<String>,
}

impl Path {
    fn enter(&mut self, name: &str, holder: &str) {
        self.names.push(name.to_owned());
        self.holders.push(holder.to_owned());
    }

    fn exit(&mut self) {
        self.names.pop();
        self.holders.pop();
    }

    /// timm's name of the parameter here.
    fn key(&self) -> String {
        self.names.join(".")
    }

    fn is_linear(&self) -> bool {
        self.is_weight_of("Struct:Linear")
    }

    fn is_weight_of(&self, layer: &str) -> bool {
        self.holders.last().is_some_and(|holder| holder == layer)
            && self.names.last().is_some_and(|name| name == "weight")
    }
}

/// What a network wants, without drawing it.
pub fn parameters<M: Module>(network: &M) -> Vec<Parameter> {
    let mut list = List { path: Path::default(), parameters: Vec::new() };
    network.visit(&mut list);
    list.parameters
}

struct List {
    path: Path,
    parameters: Vec<Parameter>,
}

impl ModuleVisitor for List {
    fn enter_module(&mut self, name: &str, holder: &str) {
        self.path.enter(name, holder);
    }

    fn exit_module(&mut self, _name: &str, _holder: &str) {
        self.path.exit();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let shape = param.lazy_shape().to_vec();
        self.parameters.push(Parameter { key: self.path.key(), shape, linear: self.path.is_linear() });
    }
}

/// Every parameter of a network that lies on the CPU.
pub fn collect<M: Module>(network: &M) -> Weights {
    let mut collector = Collect { path: Path::default(), weights: Weights::new() };
    network.visit(&mut collector);
    collector.weights
}

struct Collect {
    path: Path,
    weights: Weights,
}

impl ModuleVisitor for Collect {
    fn enter_module(&mut self, name: &str, holder: &str) {
        self.path.enter(name, holder);
    }

    fn exit_module(&mut self, _name: &str, _holder: &str) {
        self.path.exit();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let data = param.val().into_data().convert::<f32>();
        let weight = Weight { shape: param.dims().to_vec(), values: data.iter::<f32>().collect() };
        self.weights.insert(self.path.key(), weight);
    }
}

/// A tensor that can become a parameter.
pub trait Loadable {
    /// Lengths of the axes.
    fn shape(&self) -> &[usize];

    /// As burn takes it; `factor`: a linear layer or a convolution multiplies by it.
    fn data(&self, factor: bool) -> TensorData;
}

impl Loadable for Weight {
    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self, _factor: bool) -> TensorData {
        Weight::data(self)
    }
}

/// Puts `weights` into a network whose parameters were not drawn yet; what does not meet is in the
/// report and left alone.
pub fn apply<M: Module, T: Loadable>(
    network: M,
    weights: &BTreeMap<String, T>,
    device: &Device,
) -> (M, KeyReport) {
    let mut applier = Apply { path: Path::default(), weights, device, report: KeyReport::default() };
    let network = network.map(&mut applier);
    let mut report = applier.report;
    let met = |key: &String| report.used.contains(key) || report.misshapen.iter().any(|(k, ..)| k == key);
    report.unexpected = weights.keys().filter(|key| !met(key)).cloned().collect();
    (network, report)
}

struct Apply<'a, T> {
    path: Path,
    weights: &'a BTreeMap<String, T>,
    device: &'a Device,
    report: KeyReport,
}

impl<T: Loadable> ModuleMapper for Apply<'_, T> {
    fn enter_module(&mut self, name: &str, holder: &str) {
        self.path.enter(name, holder);
    }

    fn exit_module(&mut self, _name: &str, _holder: &str) {
        self.path.exit();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let key = self.path.key();
        let shape = param.lazy_shape().to_vec();
        match self.weights.get(&key) {
            None => {
                self.report.missing.push(key);
                param
            }
            Some(weight) if weight.shape() != shape => {
                self.report.misshapen.push((key, shape, weight.shape().to_vec()));
                param
            }
            Some(weight) => {
                self.report.used.push(key);
                let factor = self.path.is_linear() || self.path.is_weight_of("Struct:Conv2d");
                let data = weight.data(factor);
                Param::initialized(param.id, Tensor::from_data(data, self.device))
            }
        }
    }
}
