//! Home: what this is, in three sentences and a picture.

use leptos::prelude::*;
use leptos_router::components::A;

use crate::browser::below;
use crate::i18n::texts;
use crate::source::default_study_path;

/// The first page.
#[component]
pub fn HomePage() -> impl IntoView {
    let words = &texts().site;
    view! {
        <section class="hero">
            <div class="reading">
                <h1>{words.home_title}</h1>
                <p class="lead">{words.home_lead}</p>
                <p class="row">
                    <A href=default_study_path() attr:class="button primary" attr:data-testid="home-start">
                        {words.take_the_test}
                    </A>
                    <A href=below("/models") attr:class="button">{words.run_the_models}</A>
                    <A href=below("/compare") attr:class="button">{words.compare}</A>
                </p>
                <h2>{words.studies}</h2>
                <ul class="plain">
                    <li><A href=default_study_path()>{words.study_demo}</A></li>
                    <li><A href=below("/study/photographs")>{words.study_photographs}</A></li>
                </ul>
            </div>
            <figure>
                <img src="static/icons/triplet.svg" width="480" height="190" alt=words.home_picture/>
                <figcaption class="muted">{words.home_caption}</figcaption>
            </figure>
        </section>
    }
}
