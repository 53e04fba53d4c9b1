//! The compare page: people and models side by side, from the one log.

mod gather;
mod tables;
mod trials;
mod wholeness;

use gestalt_analysis::{Summary, compare_all, summarise};
use gestalt_protocol::Row;
use gestalt_report::CAVEATS;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::components::A;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FileList, HtmlInputElement};

use crate::browser::below;
use crate::i18n::texts;
use crate::log::{self, Format};
use crate::outbox::Outbox;
use crate::source::default_study_path;
use crate::ui::{Notice, Progress};
use gather::Gathered;
use trials::Trials;

type Log = RwSignal<Option<Gathered>, LocalStorage>;

/// The page.
#[component]
pub fn ComparePage() -> impl IntoView {
    let log: Log = RwSignal::new_local(None);
    let outbox = expect_context::<Outbox>();
    spawn_local(async move {
        let gathered = gather::own(outbox).await;
        let _ = log.try_set(Some(gathered));
    });
    let words = &texts().compare;
    view! {
        <Title text=words.title/>
        <h1>{words.title}</h1>
        {move || match log.get() {
            None => view! { <Progress label=words.reading value=None/> }.into_any(),
            Some(gathered) => {
                let notes = gathered.notes.clone().into_iter().map(|note| view! { <Notice kind="note">{note}</Notice> }).collect_view();
                let summary = summarise(&gathered.rows);
                let body = if summary.observers.is_empty() { empty().into_any() } else { results(gathered, summary).into_any() };
                view! { {notes} {body} }.into_any()
            }
        }}
        <MoreRows log/>
    }
}

fn empty() -> impl IntoView {
    let words = texts();
    view! {
        <div class="reading" data-testid="empty">
            <p class="lead">{words.compare.empty}</p>
            <p class="row">
                <A href=default_study_path() attr:class="button primary">{words.site.take_the_test}</A>
                <A href=below("/models") attr:class="button">{words.site.run_the_models}</A>
            </p>
        </div>
    }
}

fn results(gathered: Gathered, summary: Summary) -> impl IntoView {
    let comparisons = compare_all(&gathered.rows);
    let observers = &summary.observers;
    let rows = StoredValue::new_local(gathered.rows.clone());
    let trouble = RwSignal::new(None::<String>);
    let save = move |format: Format| {
        trouble.set(rows.with_value(|rows| log::offer("gestalt-lab-log", format, rows)).err());
    };
    let words = &texts().compare;
    view! {
        <p class="row">
            <button data-testid="download-ndjson" on:click=move |_| save(Format::Ndjson)>{words.download_ndjson}</button>
            <button data-testid="download-csv" on:click=move |_| save(Format::Csv)>{words.download_csv}</button>
        </p>
        {move || trouble.get().map(|why| view! { <Notice kind="trouble">{why}</Notice> })}
        {wholeness::wholeness(&gathered.wholeness)}
        {tables::accuracy(observers)}
        {tables::categories(observers)}
        {tables::reaction_times(observers)}
        {tables::pairs(&comparisons, observers)}
        <details class="reading"><summary>{words.caveats}</summary>
            <ul>{CAVEATS.map(|caveat| view! { <li>{caveat}</li> }).collect_view()}</ul>
        </details>
        <Trials gathered summary=summary.clone()/>
    }
}

/// Adds rows from files.
#[component]
fn MoreRows(log: Log) -> impl IntoView {
    let take = move |files: Option<FileList>| {
        let Some(files) = files else { return };
        let files: Vec<File> = (0..files.length()).filter_map(|place| files.get(place)).collect();
        spawn_local(async move {
            let (mut rows, mut notes) = (Vec::new(), Vec::new());
            for file in files {
                let (sound, said) = read(&file).await;
                rows.extend(sound);
                notes.extend(said);
            }
            add(log, rows, notes).await;
        });
    };
    let on_change = move |event: leptos::ev::Event| {
        let input: Option<HtmlInputElement> = event.target().and_then(|target| target.dyn_into().ok());
        take(input.and_then(|input| input.files()));
    };
    let on_drop = move |event: leptos::ev::DragEvent| {
        event.prevent_default();
        take(event.data_transfer().and_then(|data| data.files()));
    };
    let words = &texts().compare;
    view! {
        // Comes with the results: what is already seen does not move.
        <section aria-labelledby="more" hidden=move || log.with(Option::is_none)>
            <h2 id="more">{words.more_observers}</h2>
            <div class="drop" on:dragover=|event| event.prevent_default() on:drop=on_drop>
                <div class="row">
                    <label class="field">{words.open_logs}
                        <input type="file" data-testid="open-log" multiple accept=".ndjson,.jsonl,.json,.csv,.tsv,.txt,.gz" on:change=on_change/>
                    </label>
                </div>
            </div>
        </section>
    }
}

async fn read(file: &File) -> (Vec<Row>, Vec<String>) {
    match JsFuture::from(file.array_buffer()).await {
        Ok(buffer) => gather::from_file(&file.name(), &js_sys::Uint8Array::new(&buffer).to_vec()),
        Err(_) => (Vec::new(), vec![(texts().compare.unreadable)(&file.name())]),
    }
}

/// Adds rows to the log on the page; rows that are there already count once all the same.
async fn add(log: Log, rows: Vec<Row>, notes: Vec<String>) {
    let mut gathered = log.try_get_untracked().flatten().unwrap_or_default();
    gathered.rows.extend(rows);
    gathered.notes = notes;
    gathered.find_studies().await;
    let _ = log.try_set(Some(gathered));
}
