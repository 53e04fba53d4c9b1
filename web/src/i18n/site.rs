//! The texts of the header, the home page, and what several pages share.

/// See [`super::Texts::site`].
pub struct SiteTexts {
    pub name: &'static str,
    pub skip: &'static str,
    pub pages: &'static str,
    pub take_the_test: &'static str,
    pub models: &'static str,
    pub compare: &'static str,
    pub look_inside: &'static str,
    pub run_the_models: &'static str,
    pub dark_colours: &'static str,
    pub no_such_page: &'static str,
    pub go_home: &'static str,
    /// Answers that wait, and why.
    pub answers_wait: fn(usize, &str) -> String,
    pub home_title: &'static str,
    pub home_lead: &'static str,
    pub home_picture: &'static str,
    pub home_caption: &'static str,
    /// The shipped studies.
    pub studies: &'static str,
    pub study_demo: &'static str,
    pub study_photographs: &'static str,
    pub credits: &'static str,
    pub credits_lead: &'static str,
    pub credits_columns: [&'static str; 4],
    pub device: &'static str,
    pub device_fastest: &'static str,
    pub device_webgpu: &'static str,
    pub device_cpu: &'static str,
    pub device_cuda: &'static str,
    pub device_note: &'static str,
    pub looking_for_models: &'static str,
    pub no_models: &'static str,
    /// What the file offers, where it could not be offered.
    pub file_not_offered: fn(&str) -> String,
}

pub const ENGLISH: SiteTexts = SiteTexts {
    name: "Gestalt Lab",
    skip: "Skip to the content",
    pages: "Pages",
    take_the_test: "Take the test",
    models: "Models",
    compare: "Compare",
    look_inside: "Look inside",
    run_the_models: "Run the models",
    dark_colours: "Dark colours",
    no_such_page: "This page does not exist",
    go_home: "Go to the home page",
    answers_wait: |count, why| match count {
        1 => format!("1 answer in this browser is waiting to be sent: {why}"),
        count => format!("{count} answers in this browser are waiting to be sent: {why}"),
    },
    home_title: "Do you see the whole, or the parts?",
    home_lead: "Three pictures flash up. All three are made of the same pieces, but only one is put together \
                correctly: find it. \
                Then let vision models look at the same pictures, here in your browser, and see who notices what.",
    home_picture: "Three framed pictures: in the middle a whole house, left and right its pieces in the wrong places",
    home_caption: "The middle one is whole. Yours will be harder.",
    studies: "Studies",
    study_demo: "Rendered scenes: 48 trials, about four minutes",
    study_photographs: "Photographs: 22 trials, about two minutes",
    credits: "Credits",
    credits_lead: "The study “photographs” shows these pictures, cut to squares. Their distortions are made \
                   from them and are shared \
                   under the same licences.",
    credits_columns: ["Picture", "Author", "Licence", "Package and file"],
    device: "Device",
    device_fastest: "the fastest here",
    device_webgpu: "GPU (WebGPU)",
    device_cpu: "CPU",
    device_cuda: "GPU (CUDA)",
    device_note: "Which device is fastest is measured once for each model and remembered in this browser. \
                  A device that you choose is used until you leave this page.",
    looking_for_models: "Looking for models",
    no_models: "This site has no models yet. Whoever runs it can add some with `gestalt models import`.",
    file_not_offered: |why| format!("the file could not be offered: {why}"),
};
