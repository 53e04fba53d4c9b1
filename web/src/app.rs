//! The frame of every page: routes, header, theme, and the outbox that outlives them all.

use leptos::prelude::*;
use leptos_meta::{Html, Title, provide_meta_context};
use leptos_router::components::{A, Route, Router, Routes};
use leptos_router::path;

use crate::browser::{base_path, below, focus};
use crate::i18n::texts;
use crate::outbox::Outbox;
use crate::pages::compare::ComparePage;
use crate::pages::credits::CreditsPage;
use crate::pages::home::HomePage;
use crate::pages::lab::LabPage;
use crate::pages::look::LookPage;
use crate::pages::models::ModelsPage;
use crate::pages::study::StudyPage;
use crate::pages::withdraw::WithdrawPage;
use crate::source::default_study_path;
use crate::ui::{ParticipantsOnly, ThemeButton};

/// The app.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let outbox = Outbox::start();
    provide_context(outbox);
    let participants_only = RwSignal::new(false);
    provide_context(ParticipantsOnly(participants_only));
    let skip = |event: leptos::ev::MouseEvent| {
        // `<base>` would send a plain `#main` to the home page.
        event.prevent_default();
        focus("main");
    };
    let words = &texts().site;
    let title = move |text: String| {
        if text.is_empty() { words.name.to_owned() } else { format!("{text} · {}", words.name) }
    };
    view! {
        <Html attr:lang=texts().language/>
        <Title formatter=title text=""/>
        <Router base=base_path()>
            <a class="skip" href="#main" rel="external" on:click=skip>{words.skip}</a>
            <header class="site" hidden=move || participants_only.get()>
                // Not the router's link, which leaves the path below which the site lives.
                <a href="./" class="brand">{words.name}</a>
                <nav aria-label=words.pages>
                    <A href=default_study_path()>{words.take_the_test}</A>
                    <A href=below("/models")>{words.models}</A>
                    <A href=below("/compare")>{words.compare}</A>
                    <A href=below("/look")>{words.look_inside}</A>
                </nav>
                <ThemeButton/>
            </header>
            <main id="main" tabindex="-1">
                <Routes fallback=|| view! { <NoPage/> }>
                    <Route path=path!("/") view=HomePage/>
                    <Route path=path!("/study/:name") view=StudyPage/>
                    <Route path=path!("/models") view=ModelsPage/>
                    <Route path=path!("/compare") view=ComparePage/>
                    <Route path=path!("/look") view=LookPage/>
                    <Route path=path!("/credits") view=CreditsPage/>
                    <Route path=path!("/lab") view=LabPage/>
                    <Route path=path!("/withdraw") view=WithdrawPage/>
                </Routes>
            </main>
            <footer class="site">
                <p data-testid="outbox">{move || outbox_line(outbox)}</p>
                <p class="row"><A href=below("/credits")>{words.credits}</A> <A href=below("/lab")>{texts().lab.title}</A></p>
            </footer>
        </Router>
    }
}

#[component]
fn NoPage() -> impl IntoView {
    let words = &texts().site;
    view! { <h1>{words.no_such_page}</h1><p><a href="./">{words.go_home}</a></p> }
}

/// Says when something waits to be sent; nothing otherwise.
fn outbox_line(outbox: Outbox) -> Option<String> {
    let state = outbox.state().get();
    let waiting = state.waiting();
    let problem = state.problem.filter(|_| waiting > 0)?;
    Some((texts().site.answers_wait)(waiting, &problem))
}
