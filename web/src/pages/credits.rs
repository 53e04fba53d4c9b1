//! Credits: who made the photographs of the shipped set, and under which licence.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::i18n::texts;

/// Written by `docs/photographs/gather.py`, which names every picture once.
const PHOTOGRAPHS: &str = include_str!("../../../static/studies/photographs/credits.csv");

/// Address of a licence's text, where it has one.
fn licence_address(licence: &str) -> Option<&'static str> {
    Some(match licence {
        "CC0-1.0" => "https://creativecommons.org/publicdomain/zero/1.0/",
        "CC-BY-2.0" => "https://creativecommons.org/licenses/by/2.0/",
        "CC-BY-4.0" => "https://creativecommons.org/licenses/by/4.0/",
        "CC-BY-SA-3.0" => "https://creativecommons.org/licenses/by-sa/3.0/",
        "CC-BY-SA-4.0" => "https://creativecommons.org/licenses/by-sa/4.0/",
        _ => return None,
    })
}

/// The page.
#[component]
pub fn CreditsPage() -> impl IntoView {
    let words = &texts().site;
    // A line that is no record cannot be: the file is compiled in, and a browser test counts the lines.
    let lines = csv::Reader::from_reader(PHOTOGRAPHS.as_bytes()).into_records().filter_map(Result::ok);
    let rows = lines.map(|line| {
        let cell = |index: usize| line.get(index).unwrap_or_default().to_owned();
        let licence = match licence_address(&cell(2)) {
            Some(address) => view! { <a href=address rel="license external">{cell(2)}</a> }.into_any(),
            None => cell(2).into_any(),
        };
        view! {
            <tr><td>{cell(0)}</td><td>{cell(1)}</td><td>{licence}</td><td>{format!("{}: {}", cell(3), cell(4))}</td></tr>
        }
    });
    view! {
        <Title text=words.credits/>
        <h1>{words.credits}</h1>
        <p class="reading">{words.credits_lead}</p>
        <div class="scroll">
            <table data-testid="credits">
                <thead>
                    <tr>{words.credits_columns.map(|name| view! { <th scope="col">{name}</th> })}</tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}
