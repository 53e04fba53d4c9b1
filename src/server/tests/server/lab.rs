//! What the lab sees and does, and who may not.

use std::sync::atomic::{AtomicU64, Ordering};

use gestalt_protocol::api::{Finished, SessionOpened};
use gestalt_protocol::lab::{LabParticipant, LabStudy, LabVisit, ParticipantState, StudyState};
use reqwest::Method;
use serde_json::{Value, json};

use crate::common::{Answer, Files, TestApp, ndjson};

fn person() -> Value {
    json!({ "study": "demo", "observer_kind": "human", "observer": null, "app_version": "test" })
}

async fn sign_in(app: &TestApp, key: &str) -> Answer {
    app.request(Method::POST, "/api/lab/visit", "", json!({ "key": key }).to_string().into_bytes()).await
}

fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

async fn studies(app: &TestApp) -> Vec<LabStudy> {
    app.export("/api/lab/studies").await.ok().json()
}

async fn people(app: &TestApp) -> Vec<LabParticipant> {
    app.export("/api/lab/studies/demo/participants").await.ok().json()
}

#[tokio::test]
async fn a_key_is_handed_over_once_and_a_cookie_stands_for_it() {
    let app = Files::new().with_demo_study().start().await;
    sign_in(&app, "not-a-key-at-all-really").await.problem(403);
    let answer = sign_in(&app, &app.researcher_key).await.ok();
    let set = answer.header("set-cookie").to_owned();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict"), "{set}");
    let (cookie, visit) = (cookie(&answer), answer.json::<LabVisit>());
    let with = async |method: Method, path: &str, body: &str, more: &[(&str, &str)]| {
        let mut headers = vec![("cookie", cookie.as_str())];
        headers.extend(more);
        app.request_with(method, path, "", body.as_bytes().to_vec(), &headers).await
    };
    assert_eq!(with(Method::GET, "/api/lab/visit", "", &[]).await.ok().json::<LabVisit>(), visit);
    assert_eq!(with(Method::GET, "/api/lab/studies", "", &[]).await.ok().json::<Vec<LabStudy>>().len(), 1);
    with(Method::GET, "/api/studies/demo/rows.csv", "", &[]).await.ok();
    // Another site cannot know the word that a change needs.
    let pause = r#"{"state": "paused"}"#;
    with(Method::PUT, "/api/lab/studies/demo/state", pause, &[]).await.problem(403);
    let word = [("x-gestalt-csrf", visit.csrf.as_str())];
    with(Method::PUT, "/api/lab/studies/demo/state", pause, &word).await.ok();
    assert_eq!(with(Method::DELETE, "/api/lab/visit", "", &word).await.status, 204);
    with(Method::GET, "/api/lab/visit", "", &[]).await.problem(401);
}

#[tokio::test]
async fn nobody_without_a_key_learns_anything() {
    let app = Files::new().with_demo_study().start().await;
    for path in [
        "/api/lab/visit",
        "/api/lab/studies",
        "/api/lab/events",
        "/api/lab/studies/demo/participants",
        "/api/lab/studies/none/participants",
        "/api/studies/demo/participants.csv",
    ] {
        app.get(path).await.problem(401);
    }
}

#[tokio::test]
async fn who_guesses_keys_has_to_wait() {
    let app = Files::new().with_demo_study().start().await;
    for _ in 0..10 {
        sign_in(&app, "a-guess").await.problem(403);
    }
    let refused = sign_in(&app, "a-guess").await;
    assert!(!refused.header("retry-after").is_empty());
    refused.problem(429);
}

#[tokio::test]
async fn the_lab_sees_how_far_everyone_is() {
    let app = Files::new()
        .with_demo_study()
        .with_demo_file_2(|study| study["exclude"] = json!({ "too_fast_above": 0.5 }))
        .start()
        .await;
    let (first, second) = (app.person().await, app.person().await);
    let mut rows = first.rows();
    for row in &mut rows {
        row["presses_too_fast_ms"] = json!([90.0]);
        row["other_press_choices"] = json!(["1"]);
        row["timing_flagged"] = json!(false);
    }
    first.post(ndjson(&rows)).await.ok();
    first.finish(first.trials()).await.ok();
    second.send(&second.rows()[..1]).await;
    app.model("a-model").await;

    let study = studies(&app).await.remove(0);
    assert_eq!((study.counts.finished, study.counts.in_progress, study.counts.excluded), (1, 1, 1));
    let people = people(&app).await;
    assert_eq!(people.len(), 2, "models are no people");
    let done = people.iter().find(|one| one.session == first.opened.session).unwrap();
    assert_eq!(done.state, ParticipantState::Finished);
    assert_eq!(done.excluded_by, ["too_fast_above"]);
    let facts = done.facts.as_ref().unwrap();
    assert_eq!((facts.practice_rows, facts.rows, facts.too_fast), (1, 3, 3));
    assert_eq!(facts.refresh_rate_hz, Some(60.0));
    let under_way = people.iter().find(|one| one.session == second.opened.session).unwrap();
    assert_eq!((under_way.state, under_way.rows), (ParticipantState::InProgress, Some(1)));

    first.withdraw().await.ok();
    let study = studies(&app).await.remove(0);
    assert_eq!((study.counts.finished, study.counts.withdrawn), (0, 1));

    let csv = app.export("/api/studies/demo/participants.csv").await.ok().text();
    assert_eq!(csv.lines().count(), 3, "{csv}");
    let codebook = app.get("/api/studies/demo/codebook.csv").await.ok().text();
    for column in csv.lines().next().unwrap().split(',') {
        assert!(codebook.contains(&format!("participants.csv,{column},")), "{column} is not explained");
    }
}

#[tokio::test]
async fn a_paused_study_takes_nobody_new_and_lets_everyone_finish() {
    let app = Files::new().with_demo_study().start().await;
    let begun = app.person().await;
    let put = |state: &str| json!({ "state": state }).to_string().into_bytes();
    let path = "/api/lab/studies/demo/state";
    let study: LabStudy =
        app.request(Method::PUT, path, &app.researcher_key, put("paused")).await.ok().json();
    assert_eq!(study.state, StudyState::Paused);
    let refused = app.open(&person(), "").await.problem(403);
    assert!(refused.error.contains("pause"), "{}", refused.error);
    begun.post(ndjson(&begun.rows())).await.ok();
    begun.finish(begun.trials()).await.ok().json::<Finished>();
    app.request(Method::PUT, path, &app.researcher_key, put("open")).await.ok();
    app.open(&person(), "").await.ok();
    app.request(Method::PUT, path, &app.researcher_key, put("nonsense")).await.problem(422);
}

static NOW_MS: AtomicU64 = AtomicU64::new(1_800_000_000_000);

#[tokio::test]
async fn places_are_kept_for_those_under_way_and_groups_stay_balanced() {
    let mut files = Files::new().with_demo_study().with_demo_file_2(|study| {
        study["recruitment"]["quota"] = json!(4);
        study["groups"] = json!([
            { "name": "short", "override": { "timing": { "exposure_ms": 2 } } },
            { "name": "long", "override": { "timing": { "exposure_ms": 3 } } }
        ]);
    });
    files.config.now_ms = || NOW_MS.load(Ordering::Relaxed);
    let app = files.start().await;
    // Twenty people at once, four places.
    let all = futures_util::future::join_all((0..20).map(|_| async { app.open(&person(), "").await })).await;
    let (taken, refused): (Vec<_>, Vec<_>) = all.into_iter().partition(|answer| answer.status.is_success());
    assert_eq!((taken.len(), refused.len()), (4, 16));
    for answer in refused {
        let problem = answer.problem(403);
        assert!(problem.error.contains("places"), "{}", problem.error);
    }
    let groups: Vec<_> = taken.iter().map(|answer| answer.json::<SessionOpened>().group.unwrap()).collect();
    assert_eq!(groups.iter().filter(|group| group.as_str() == "short").count(), 2, "{groups:?}");

    // One withdraws and another takes the place, in the same group.
    let gone = taken[0].json::<SessionOpened>();
    app.request(Method::DELETE, &format!("/api/sessions/{}", gone.session), &gone.receipt, Vec::new())
        .await
        .ok();
    let next = app.open(&person(), "").await.ok().json::<SessionOpened>();
    assert_eq!(next.group, gone.group);

    // Half an hour without a sign of life: the places are free again, and who comes back is late but may
    // finish.
    NOW_MS.fetch_add(31 * 60 * 1000, Ordering::Relaxed);
    app.open(&person(), "").await.ok();
    let late = taken[1].json::<SessionOpened>();
    let study = studies(&app).await.remove(0);
    assert_eq!((study.counts.in_progress, study.counts.away), (1, 4));
    assert_eq!(study.groups.len(), 2);
    let record = json!({ "step": 0, "at_ms": 1, "language": "en", "content": { "quiz": { "attempts": 1 } } });
    let path = format!("/api/sessions/{}/steps/0", late.session);
    // Whatever the server says of it, nobody is turned away.
    assert_ne!(
        app.request(Method::PUT, &path, &late.token, record.to_string().into_bytes()).await.status,
        401
    );
}
