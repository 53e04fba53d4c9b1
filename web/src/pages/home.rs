//! Home: what this is, in three sentences and a picture.

use leptos::prelude::*;
use leptos_router::components::A;

/// The first page.
#[component]
pub fn HomePage() -> impl IntoView {
    view! {
        <section class="hero">
            <div class="reading">
                <h1>"Do you see the whole, or the parts?"</h1>
                <p class="lead">
                    "Three pictures flash up. All three are made of the same pieces, but only one is put together as it should be: find it. \
                     Then let vision models look at the very same pictures, here in your browser, and see who notices what."
                </p>
                <p class="row">
                    <A href="/study/demo" attr:class="button primary" attr:data-testid="home-start">"Take the test"</A>
                    <A href="/models" attr:class="button">"Let the models take it"</A>
                    <A href="/compare" attr:class="button">"Compare"</A>
                </p>
            </div>
            <figure>
                <img src="static/icons/triplet.svg" width="480" height="190"
                    alt="Three framed pictures: in the middle a whole house, left and right its pieces in the wrong places"/>
                <figcaption class="muted">"The middle one is whole. Yours will be harder."</figcaption>
            </figure>
        </section>
    }
}
