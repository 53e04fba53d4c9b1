//! Turns the colours the canvas draws with into the page's own, or into plain ones for a file that stands alone.

use gestalt_protocol::ObserverKind;

use crate::summary::ObserverSummary;

/// What a mark is for; its colour follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paint {
    /// Text and the main marks.
    Ink,
    /// Axis labels and what should stay in the background.
    Muted,
    /// Grid lines and bands.
    Grid,
    /// Behind the marks.
    Paper,
    /// One observer, counted from 0.
    Series(usize),
}

/// Okabe and Ito's colours, told apart by people with any common colour vision; the darkest first.
const SERIES: [&str; COLOURS] = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"];
const COLOURS: usize = 6;
/// Observers that differ in colour or shape before a pair repeats.
pub(super) const SERIES_COUNT: usize = COLOURS;

/// The number that gives each observer its colour and shape. Beyond six, people share the first and models the others.
pub(super) fn series_of(observers: &[ObserverSummary]) -> Vec<usize> {
    if observers.len() <= SERIES_COUNT {
        return (0..observers.len()).collect();
    }
    let mut models = 0;
    let series = |entry: &ObserverSummary| match entry.observer.kind {
        ObserverKind::Human => 0,
        ObserverKind::Model => {
            models += 1;
            1 + (models - 1) % (SERIES_COUNT - 1)
        }
    };
    observers.iter().map(series).collect()
}

impl Paint {
    const ALL: [Paint; 4] = [Paint::Ink, Paint::Muted, Paint::Grid, Paint::Paper];

    /// A colour that stands for this paint while drawing. Text cannot contain it as an attribute, since quotes are escaped.
    pub(super) fn sentinel(self) -> (u8, u8, u8) {
        match self {
            Paint::Ink => (1, 0, 1),
            Paint::Muted => (1, 0, 2),
            Paint::Grid => (1, 0, 3),
            Paint::Paper => (1, 0, 4),
            Paint::Series(place) => (1, 1, (place % COLOURS) as u8 + 1),
        }
    }

    fn variable(self) -> String {
        match self {
            Paint::Ink => "--plot-ink".into(),
            Paint::Muted => "--plot-muted".into(),
            Paint::Grid => "--plot-grid".into(),
            Paint::Paper => "--plot-paper".into(),
            Paint::Series(place) => format!("--plot-{}", place % COLOURS + 1),
        }
    }

    fn light(self) -> &'static str {
        match self {
            Paint::Ink => "#1A1A1A",
            Paint::Muted => "#595959",
            Paint::Grid => "#D9D9D9",
            Paint::Paper => "#FFFFFF",
            Paint::Series(place) => SERIES[place % COLOURS],
        }
    }
}

/// Replaces the sentinels. In a page `fill="var(--plot-ink, #1A1A1A)"`: an attribute, which a strict content security
/// policy allows where it forbids inline styles. Alone the plain colour, which every vector editor reads.
pub(super) fn paint(svg: &str, standalone: bool) -> String {
    let mut svg = svg.replace(" opacity=\"1\"", "");
    for paint in Paint::ALL.into_iter().chain((0..COLOURS).map(Paint::Series)) {
        let (r, g, b) = paint.sentinel();
        let colour = if standalone {
            paint.light().to_owned()
        } else {
            format!("var({}, {})", paint.variable(), paint.light())
        };
        for attribute in ["fill", "stroke"] {
            let sentinel = format!("{attribute}=\"#{r:02X}{g:02X}{b:02X}\"");
            svg = svg.replace(&sentinel, &format!("{attribute}=\"{colour}\""));
        }
    }
    svg
}
