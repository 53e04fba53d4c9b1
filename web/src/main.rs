//! The site: people take the test, models take it in this same browser, and both are compared.

mod app;
mod browser;
mod display;
mod log;
mod outbox;
mod pages;
mod server;
mod source;
mod theme;
mod widgets;
mod worker;

fn main() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(app::App);
}
