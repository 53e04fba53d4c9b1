//! The site: people take the test, models take it in this same browser, and both are compared.

mod app;
mod browser;
mod display;
mod i18n;
mod inference;
mod log;
mod outbox;
mod pages;
mod server;
mod source;
mod ui;

fn main() {
    console_error_panic_hook::set_once();
    // What is said until the app is here.
    if let Some(loading) = leptos::prelude::document().get_element_by_id("loading") {
        loading.remove();
    }
    leptos::mount::mount_to_body(app::App);
}
