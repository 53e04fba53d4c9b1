//! The texts of the page that shows what a model sees where.

/// See [`super::Texts::inside`].
pub struct InsideTexts {
    pub title: &'static str,
    pub lead: &'static str,
    pub settings: &'static str,
    pub model: &'static str,
    pub pictures: &'static str,
    /// How many at most.
    pub own_pictures: fn(u32) -> String,
    pub layer: &'static str,
    pub look: &'static str,
    pub looking: &'static str,
    pub spoiler: &'static str,
    /// Percent of the variance in red, green and blue.
    pub explanation: fn([f64; 3]) -> String,
    /// Number of the picture.
    pub picture: fn(usize) -> String,
    pub input: &'static str,
    pub components: &'static str,
    /// Number of the head.
    pub head: fn(usize) -> String,
}

pub const ENGLISH: InsideTexts = InsideTexts {
    title: "Look inside",
    lead: "A model cuts a picture into patches. Patches that are similar for the model get similar colours here. \
           The grey maps show which patches each attention head uses to sum the picture up.",
    settings: "What to look at",
    model: "Model",
    pictures: "Pictures",
    own_pictures: |most| format!("Or your own (up to {most}; they stay in this browser)"),
    layer: "Layer",
    look: "Look",
    looking: "looking",
    spoiler: "Practice pictures give away nothing of the test. Take the test before you look at the others.",
    explanation: |[red, green, blue]| {
        format!(
            "Colours are the first three principal components of the patches of all these pictures together; \
             red holds {red:.0} % of the \
             variance, green {green:.0} %, blue {blue:.0} %. Grey maps are the class token's attention; each \
             head's strongest patch is white."
        )
    },
    picture: |number| format!("Picture {number}"),
    input: "what the model is given",
    components: "similar for the model",
    head: |number| format!("head {number}"),
};
