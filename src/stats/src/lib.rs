#![doc = include_str!("../README.md")]

mod agreement;
mod bootstrap;
mod caveat;
mod describe;
mod interval;
mod p_value;
mod proportion;

pub use agreement::Agreement;
pub use bootstrap::{Bootstrap, Method};
pub use caveat::Caveat;
pub use describe::{ascending, mean, mean_by_t, median_interval, quantile, variance};
pub use interval::{Estimate, Interval};
pub use p_value::{binomial_p, chance_p, detectable_accuracy, holm, mcnemar_p, p_cell, p_phrase, p_text};
pub use proportion::{Proportion, clopper_pearson, newcombe_paired, wilson};
