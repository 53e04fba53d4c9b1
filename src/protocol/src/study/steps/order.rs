//! Which orders of steps make a session.

use super::super::checks::Checks;
use super::Step;

/// Kinds that a session can have only once.
const ONCE: [&str; 6] = ["consent", "practice", "trials", "models", "debrief", "completion"];

/// Kinds that may come before consent: nothing is recorded there.
const BEFORE_CONSENT: [&str; 2] = ["information", "screening"];

/// Checks that the steps are in an order that makes sense.
pub(crate) fn check_order(steps: &[Step], checks: &mut Checks) {
    let places = |kind: &str| {
        steps
            .iter()
            .enumerate()
            .filter(|(_, step)| step.kind() == kind)
            .map(|(place, _)| place)
            .collect::<Vec<_>>()
    };
    let first = |kind: &str| places(kind).first().copied();
    for kind in ONCE {
        if let Some(second) = places(kind).get(1) {
            checks.wrong(format!("steps.{second}"), format!("a second `{kind}` step: only one is possible"));
        }
    }
    let (Some(consent), Some(trials)) = (first("consent"), first("trials")) else {
        for kind in ["consent", "trials"] {
            if first(kind).is_none() {
                checks.wrong(
                    "steps",
                    format!("a step of the kind `{kind}` is needed: add `[[steps]]` with kind = \"{kind}\""),
                );
            }
        }
        return;
    };
    for (place, step) in steps.iter().enumerate() {
        let kind = step.kind();
        let mut wrong = |reason: String| checks.wrong(format!("steps.{place}"), reason);
        if place < consent && !BEFORE_CONSENT.contains(&kind) {
            wrong(format!("`{kind}` records something: it has to come after `consent`"));
        }
        if kind == "information" && place > trials {
            wrong("`information` has to come before the trials; `debrief` tells what comes after".into());
        }
        let prepares = ["screening", "calibration", "instructions"].contains(&kind);
        if prepares && place > trials {
            wrong(format!("`{kind}` has to come before `trials`"));
        }
        if kind == "practice" && steps.get(place + 1).map(Step::kind) != Some("trials") {
            wrong(
                "`practice` has to stand directly before `trials`: put what comes between before it".into(),
            );
        }
        if ["models", "debrief"].contains(&kind) && place < trials {
            wrong(format!("`{kind}` gives answers away: it has to come after `trials`"));
        }
        if kind == "completion" && place + 1 < steps.len() {
            wrong("`completion` has to be the last step".into());
        }
    }
}
