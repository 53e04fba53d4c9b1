//! The frame of every page: routes, header, theme, and the outbox that outlives them all.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{A, Route, Router, Routes};
use leptos_router::path;

use crate::browser::{base_path, focus};
use crate::outbox::Outbox;
use crate::pages::compare::ComparePage;
use crate::pages::home::HomePage;
use crate::pages::look::LookPage;
use crate::pages::models::ModelsPage;
use crate::pages::study::StudyPage;
use crate::theme::ThemeButton;

/// The app.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let outbox = Outbox::start();
    provide_context(outbox);
    let skip = |event: leptos::ev::MouseEvent| {
        // `<base>` would send a plain `#main` to the home page.
        event.prevent_default();
        focus("main");
    };
    view! {
        <Title formatter=|text: String| if text.is_empty() { "Gestalt Lab".into() } else { format!("{text} · Gestalt Lab") } text=""/>
        <Router base=base_path()>
            <a class="skip" href="#main" rel="external" on:click=skip>"Skip to the content"</a>
            <header class="site">
                <A href="/" exact=true attr:class="brand">"Gestalt Lab"</A>
                <nav aria-label="Pages">
                    <A href="/study/demo">"Take the test"</A>
                    <A href="/models">"Models"</A>
                    <A href="/compare">"Compare"</A>
                    <A href="/look">"Look inside"</A>
                </nav>
                <ThemeButton/>
            </header>
            <main id="main" tabindex="-1">
                <Routes fallback=|| view! { <h1>"No such page"</h1><p><A href="/">"Go home"</A></p> }>
                    <Route path=path!("/") view=HomePage/>
                    <Route path=path!("/study/:name") view=StudyPage/>
                    <Route path=path!("/models") view=ModelsPage/>
                    <Route path=path!("/compare") view=ComparePage/>
                    <Route path=path!("/look") view=LookPage/>
                </Routes>
            </main>
            <footer class="site">
                <p data-testid="outbox">{move || outbox_line(outbox)}</p>
            </footer>
        </Router>
    }
}

/// Says when something waits to be sent; nothing otherwise.
fn outbox_line(outbox: Outbox) -> Option<String> {
    let state = outbox.state().get();
    let waiting = state.waiting();
    let problem = state.problem.filter(|_| waiting > 0)?;
    Some(format!("{waiting} answers of this browser wait to be sent: {problem}"))
}
