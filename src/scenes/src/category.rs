//! The things that can be rendered, and their names.

use std::str::FromStr;

use super::dice::Dice;
use super::draft::Draft;
use super::{
    aircraft, birds, boats, buildings, cars, dogs, fishes, flowers, furniture, instruments, tools, trees,
    vessels,
};

/// A kind of thing to render.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // The names say it.
pub enum Category {
    Dog,
    Bird,
    Fish,
    Car,
    Aeroplane,
    SailingBoat,
    Chair,
    TableLamp,
    Teapot,
    Hammer,
    Tree,
    House,
    Guitar,
    Mushroom,
    Flower,
}

/// A name that no category has.
#[derive(Debug, thiserror::Error)]
#[error("there is no scene category {0:?}; the categories are: \
         {list}", list = Category::ALL.map(|c| c.name()).join(", "))]
pub struct UnknownCategory(pub String);

impl Category {
    /// Every category; the first twelve are the usual set.
    pub const ALL: [Self; 15] = [
        Self::Dog,
        Self::Bird,
        Self::Fish,
        Self::Car,
        Self::Aeroplane,
        Self::SailingBoat,
        Self::Chair,
        Self::TableLamp,
        Self::Teapot,
        Self::Guitar,
        Self::Tree,
        Self::House,
        Self::Hammer,
        Self::Mushroom,
        Self::Flower,
    ];

    /// The name in kebab case, as in file names and trial sets.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dog => "dog",
            Self::Bird => "bird",
            Self::Fish => "fish",
            Self::Car => "car",
            Self::Aeroplane => "aeroplane",
            Self::SailingBoat => "sailing-boat",
            Self::Chair => "chair",
            Self::TableLamp => "table-lamp",
            Self::Teapot => "teapot",
            Self::Hammer => "hammer",
            Self::Tree => "tree",
            Self::House => "house",
            Self::Guitar => "guitar",
            Self::Mushroom => "mushroom",
            Self::Flower => "flower",
        }
    }

    /// The category of a name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.name() == name)
    }

    /// Which of a seed's random streams its pictures are drawn from. These numbers are part of every seed,
    /// and so of every published set: a new category takes a new number, and no number ever changes.
    pub(super) const fn stream(self) -> u64 {
        match self {
            Self::Dog => 0,
            Self::Bird => 1,
            Self::Fish => 2,
            Self::Car => 3,
            Self::Aeroplane => 4,
            Self::SailingBoat => 5,
            Self::Chair => 6,
            Self::TableLamp => 7,
            Self::Teapot => 8,
            Self::Hammer => 9,
            Self::Tree => 10,
            Self::House => 11,
            Self::Guitar => 12,
            Self::Mushroom => 13,
            Self::Flower => 14,
        }
    }

    pub(super) fn draft(self, dice: &mut Dice) -> Draft {
        match self {
            Self::Dog => dogs::dog(dice),
            Self::Bird => birds::bird(dice),
            Self::Fish => fishes::fish(dice),
            Self::Car => cars::car(dice),
            Self::Aeroplane => aircraft::aeroplane(dice),
            Self::SailingBoat => boats::sailing_boat(dice),
            Self::Chair => furniture::chair(dice),
            Self::TableLamp => furniture::table_lamp(dice),
            Self::Teapot => vessels::teapot(dice),
            Self::Hammer => tools::hammer(dice),
            Self::Tree => trees::tree(dice),
            Self::House => buildings::house(dice),
            Self::Guitar => instruments::guitar(dice),
            Self::Mushroom => flowers::mushroom(dice),
            Self::Flower => flowers::flower(dice),
        }
    }
}

impl FromStr for Category {
    type Err = UnknownCategory;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::from_name(name).ok_or_else(|| UnknownCategory(name.to_owned()))
    }
}
