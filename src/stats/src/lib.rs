#![doc = include_str!("../README.md")]

mod agreement;
mod bootstrap;
mod caveat;
mod choices;
mod correlation;
mod describe;
mod group_agreement;
mod group_mean;
mod interval;
mod numeric;
mod p_value;
mod power;
mod proportion;
pub mod psychometric;
mod reaction_time;
mod sensitivity;

pub use agreement::Agreement;
pub use bootstrap::{Bootstrap, Method};
pub use caveat::Caveat;
pub use choices::{Learning, SerialDependence, SlotBias, lapse_rate, learning, serial_dependence, slot_bias};
pub use correlation::{Correlation, SplitHalf, disattenuated, split_half};
pub use describe::{ascending, mean, mean_by_t, median_interval, quantile, variance};
pub use group_agreement::{
    Conditions, NoiseCeiling, Record, consistency_with, mean_consistency, noise_ceiling, pair_consistency,
};
pub use group_mean::{Redraw, group_mean};
pub use interval::{Estimate, Interval};
pub use p_value::{binomial_p, chance_p, detectable_accuracy, holm, mcnemar_p, p_cell, p_phrase, p_text};
pub use power::{People, Plan, Power, power};
pub use proportion::{Proportion, clopper_pearson, newcombe_paired, wilson};
pub use reaction_time::{
    AccuracyAtTime, ExGaussian, conditional_accuracy, time_quantiles_ms, vincentised_ms,
};
pub use sensitivity::{ChoiceTask, SameDifferent, Sensitivity};
