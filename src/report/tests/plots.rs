//! Plots are sound XML whatever the log calls its observers, follow the page's colours, and can be read
//! without seeing them.
#![allow(clippy::unwrap_used)]

use gestalt_analysis::{ObserverSummary, summarise};
use gestalt_protocol::Row;
use gestalt_report::{
    Curve, PlotOptions, accuracy_plot, analysis_files, categories_plot, curve_plot, reaction_times_plot,
};
use gestalt_testkit::rows::{model, person, run};
use gestalt_types::Name;
use proptest::prelude::*;

type Plot = fn(&[ObserverSummary], &PlotOptions) -> String;
const PLOTS: [Plot; 3] = [accuracy_plot, categories_plot, reaction_times_plot];

fn log(names: &[&str]) -> Vec<Row> {
    let of = |(place, name): (usize, &&str)| run(if place % 2 == 0 { person } else { model }, name, 7, 12);
    names.iter().enumerate().flat_map(of).collect()
}

fn texts(svg: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(svg).unwrap();
    let texts = document.descendants().filter(|node| node.has_tag_name("text"));
    texts.map(|node| node.text().unwrap_or_default().trim().to_owned()).collect()
}

#[test]
fn a_name_full_of_markup_stays_text() {
    let hostile = "<script>alert('\"&') fill=\"#010001\"";
    let observers = summarise(&log(&[hostile, "net"])).observers;
    for plot in PLOTS {
        let svg = plot(&observers, &PlotOptions::new("p", 900));
        let document = roxmltree::Document::parse(&svg).unwrap();
        assert!(!document.descendants().any(|node| node.has_tag_name("script")));
        assert!(texts(&svg).iter().any(|text| text.starts_with("<script>alert")));
    }
    let files = analysis_files(&log(&[hostile, "net"]));
    let report = &files.iter().find(|(name, _)| name == "report.html").unwrap().1;
    assert!(!report.contains("<script>"));
}

#[test]
fn every_plot_has_a_role_a_title_and_the_numbers_as_a_description() {
    let observers = summarise(&log(&["ann", "net"])).observers;
    for plot in PLOTS {
        let svg = plot(&observers, &PlotOptions::new("here", 360));
        let document = roxmltree::Document::parse(&svg).unwrap();
        let root = document.root_element();
        assert_eq!(root.attribute("role"), Some("img"));
        assert_eq!(root.attribute("aria-labelledby"), Some("here-title here-desc"));
        let described =
            document.descendants().find(|node| node.attribute("id") == Some("here-desc")).unwrap();
        assert!(described.text().unwrap().contains("ann"));
    }
}

#[test]
fn a_page_gives_the_colours_and_a_file_brings_its_own() {
    let observers = summarise(&log(&["ann", "net"])).observers;
    for plot in PLOTS {
        let page = plot(&observers, &PlotOptions::new("p", 900));
        assert!(page.contains("fill=\"var(--plot-1, #0072B2)\""));
        assert!(!page.contains("=\"#") && !page.contains("font-family") && !page.contains("style="));
        let alone = plot(&observers, &PlotOptions::new("p", 900).standalone());
        assert!(!alone.contains("var(") && alone.contains("#0072B2") && !alone.contains("#0100"));
    }
}

#[test]
fn a_curve_lies_between_ticks_and_says_where_it_ends() {
    let of = Curve {
        title: "net: loss".into(),
        across: "pictures shown, thousands".into(),
        upward: "loss".into(),
        points: vec![(1.28, 0.991), (2.56, 0.742), (3.84, 0.6104)],
    };
    for options in [PlotOptions::new("c", 720), PlotOptions::new("c", 300)] {
        let svg = curve_plot(&of, &options);
        let texts = texts(&svg);
        assert!(texts.contains(&"net: loss".to_owned()) && texts.contains(&"loss".to_owned()));
        let ticks: Vec<f64> = texts.iter().filter_map(|text| text.parse().ok()).collect();
        assert!(ticks.contains(&0.0) && ticks.iter().any(|tick| *tick >= 3.84), "{ticks:?}");
        assert!(ticks.iter().any(|tick| (0.5..=0.6104).contains(tick)), "{ticks:?}");
        assert!(ticks.iter().any(|tick| (0.991..1.2).contains(tick)), "{ticks:?}");
        assert!(svg.contains("0.6104 at 3.84"));
    }
}

#[test]
fn a_curve_of_one_point_and_of_none_can_be_drawn() {
    for points in [vec![], vec![(0.0, 0.0)], vec![(5.0, 2.0)], vec![(-1.0, -3.0)]] {
        let of = Curve { title: "t".into(), across: "x".into(), upward: "y".into(), points };
        roxmltree::Document::parse(&curve_plot(&of, &PlotOptions::new("c", 400))).unwrap();
    }
}

#[test]
fn nothing_to_draw_is_said_in_words() {
    for plot in PLOTS {
        let svg = plot(&[], &PlotOptions::new("p", 360));
        assert!(texts(&svg).contains(&"No scored trials yet".to_owned()));
    }
}

#[test]
fn many_people_are_taken_together_and_models_stay_in_sight() {
    let names: Vec<String> = (0..20).map(|place| format!("someone {place}")).collect();
    let mut rows: Vec<Row> = names.iter().flat_map(|name| run(person, name, 9, 12)).collect();
    rows.extend(run(model, "the net", 6, 12));
    let observers = summarise(&rows).observers;
    let svg = categories_plot(&observers, &PlotOptions::new("p", 900));
    let texts = texts(&svg);
    assert!(texts.contains(&"all people (20)".to_owned()) && texts.contains(&"the net".to_owned()));
    assert!(svg.contains("all people (20) 0.75 of 240"));
}

#[test]
fn every_mark_lies_inside_the_picture() {
    let names: Vec<String> = (0..9).map(|place| format!("observer number {place} of a long name")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let observers = summarise(&log(&names)).observers;
    for (plot, width) in PLOTS.into_iter().flat_map(|plot| [280, 360, 900].map(|width| (plot, width))) {
        let svg = plot(&observers, &PlotOptions::new("p", width));
        let document = roxmltree::Document::parse(&svg).unwrap();
        let number = |node: roxmltree::Node<'_, '_>, name: &str| node.attribute(name)?.parse::<f64>().ok();
        let height = number(document.root_element(), "height").unwrap();
        for node in document.descendants() {
            for name in ["x", "x1", "x2", "cx"] {
                let inside = number(node, name).is_none_or(|x| (0.0..=f64::from(width)).contains(&x));
                assert!(inside, "{width}: {node:?}");
            }
            for name in ["y", "y1", "y2", "cy"] {
                assert!(number(node, name).is_none_or(|y| (0.0..=height).contains(&y)), "{width}: {node:?}");
            }
        }
    }
}

#[test]
fn tables_have_a_header_and_a_row_for_each_observer() {
    let files = analysis_files(&log(&["ann", "net, \"large\""]));
    let content = |name: &str| files.iter().find(|(file, _)| file == name).unwrap().1.as_str();
    assert_eq!(content("summary.csv").lines().count(), 3);
    assert!(content("summary.csv").contains("\"net, \"\"large\"\"\""));
    assert_eq!(content("comparisons.csv").lines().count(), 2);
    for name in ["accuracy.svg", "categories.svg", "reaction_times.svg"] {
        roxmltree::Document::parse(content(name)).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_name_makes_sound_xml(name in "\\PC{1,60}", width in 0..6000_u32, correct in 0..12_u32) {
        let Ok(name) = Name::new(name) else { return Ok(()) };
        let mut rows = run(person, "x", correct, 12);
        rows.iter_mut().for_each(|row| { row.observer = name.clone(); row.category = name.clone(); });
        let observers = summarise(&rows).observers;
        for plot in PLOTS {
            let svg = plot(&observers, &PlotOptions::new("p", width));
            prop_assert!(roxmltree::Document::parse(&svg).is_ok(), "{}", svg);
        }
    }
}
