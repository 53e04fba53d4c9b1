//! Whom a study takes, and what its steps record.

use gestalt_protocol::api::SessionOpened;
use reqwest::Method;
use serde_json::{Value, json};

use crate::common::{Files, TestApp};

const SCREENING: &str = r#"{"step": 1, "at_ms": 1, "language": "en", "content": {"screening": {"device": "desktop",
    "browser": "Firefox", "viewport_css_px": [1280, 720], "refresh_rate_hz": 60.0}}}"#;

async fn app(recruitment: &str) -> TestApp {
    let study = format!(
        "study_version = 2\nname = \"panel\"\ntitle = \"A\"\n[trials]\nbreak_every = 0\n\
         [[steps]]\nkind = \"consent\"\n[[steps]]\nkind = \"screening\"\n[[steps]]\nkind = \
         \"trials\"\n[recruitment]\n{recruitment}"
    );
    let files = Files::new().with_demo_study().with_study("panel");
    std::fs::remove_file(files.study_dir("panel").join("study.json")).unwrap();
    files.with_file("static/studies/panel/study.toml", study.as_bytes()).start().await
}

fn opening(id: Option<&str>) -> Value {
    let panel = id.map(|id| json!({ "id": id, "submission": "s" }));
    json!({ "study": "panel", "observer_kind": "human", "observer": null, "app_version": "test", "panel": panel })
}

#[tokio::test]
async fn one_id_has_one_session() {
    let app = app("panel = \"link\"").await;
    let first = app.open(&opening(Some("ann")), "").await.ok().json::<SessionOpened>();
    let again = app.open(&opening(Some("ann")), "").await.problem(409);
    assert!(again.can_resume && again.error.contains("another browser"), "{}", again.error);
    let mut resumed = opening(Some("ann"));
    resumed["resume"] = json!(true);
    let taken_over = app.open(&resumed, "").await.ok().json::<SessionOpened>();
    assert_eq!((taken_over.session, taken_over.seed), (first.session, first.seed));
    assert_eq!(taken_over.plan, first.plan);
    let path = format!("/api/sessions/{}", first.session);
    app.request(Method::GET, &path, &first.token, Vec::new()).await.problem(401);
    app.request(Method::GET, &path, &taken_over.token, Vec::new()).await.ok();
    app.open(&opening(Some("🙂")), "").await.ok();
    app.open(&opening(Some(&"x".repeat(10_000))), "").await.problem(403);
    let csv = app.export("/api/studies/panel/payments.csv").await.ok().text();
    assert!(csv.contains(&format!("ann,s,{},unfinished,,", first.session)), "{csv}");
    app.get("/api/studies/panel/payments.csv").await.problem(401);
    let rows = app.export("/api/studies/panel/sessions.csv").await.ok().text();
    assert!(!rows.contains("ann"), "ids are kept apart: {rows}");
}

#[tokio::test]
async fn a_start_that_is_tried_again_opens_no_second_session() {
    let app = app("panel = \"link\"").await;
    let attempt = |id: &str, attempt: &str| {
        let mut asked = opening(Some(id));
        asked["attempt"] = json!(attempt);
        asked
    };
    let own = "6a0f4bd2-2b86-4c44-a5f3-7d9a4a1c9b10";
    let ann = attempt("ann", own);
    // The first answers are lost; they came twice at once.
    let (first, second) = tokio::join!(app.open(&ann, ""), app.open(&ann, ""));
    let first = first.ok().json::<SessionOpened>();
    for again in [second, app.open(&ann, "").await] {
        let again = again.ok().json::<SessionOpened>();
        let parts = |opened: &SessionOpened| {
            (opened.session, opened.token.clone(), opened.receipt.clone(), opened.seed, opened.plan.clone())
        };
        assert_eq!(parts(&again), parts(&first));
    }
    let listed = app.export("/api/studies/panel/sessions.csv").await.ok().text();
    assert_eq!(listed.lines().count(), 2, "one session: {listed}");
    // Another attempt of the same person is another browser, and needs this one's session.
    app.open(&attempt("ann", "0b1f4bd2-2b86-4c44-a5f3-7d9a4a1c9b11"), "").await.problem(409);
    // The token works.
    let standing = format!("/api/sessions/{}", first.session);
    app.request(Method::GET, &standing, &first.token, Vec::new()).await.ok();
}

#[tokio::test]
async fn what_a_step_records_is_held_to_its_step_and_goes_with_the_session() {
    let app = app("panel = \"open\"").await;
    let opened = app.open(&opening(None), "").await.ok().json::<SessionOpened>();
    let (session, token) = (opened.session, opened.token.as_str());
    let put = async |step: u32, body: &str| {
        let path = format!("/api/sessions/{session}/steps/{step}");
        app.request(Method::PUT, &path, token, body.as_bytes().to_vec()).await
    };
    assert_eq!(put(1, SCREENING).await.status, 204);
    assert_eq!(put(1, SCREENING).await.status, 204);
    put(2, SCREENING).await.problem(422);
    put(1, r#"{"step": 1, "at_ms": 1, "language": "en", "content": {"quiz": {"attempts": 1}}}"#)
        .await
        .problem(422);
    let lines = app.export("/api/studies/panel/steps.ndjson").await.ok().text();
    assert_eq!(lines.lines().count(), 1, "{lines}");
    assert!(lines.contains("\"screening\"") && lines.contains(&opened.session.to_string()), "{lines}");
    app.request(Method::DELETE, &format!("/api/sessions/{session}"), &opened.receipt, Vec::new()).await.ok();
    put(1, SCREENING).await.problem(410);
    assert!(app.export("/api/studies/panel/steps.ndjson").await.ok().text().is_empty());
}

#[tokio::test]
async fn a_receipt_withdraws_its_session_from_anywhere() {
    let app = app("panel = \"open\"").await;
    let opened = app.open(&opening(None), "").await.ok().json::<SessionOpened>();
    let withdraw = async |receipt: &str| {
        let body = json!({ "receipt": receipt }).to_string().into_bytes();
        app.request(Method::POST, "/api/withdrawals", "", body).await
    };
    withdraw("a-guess").await.problem(404);
    let written_down = format!(" {} {} ", opened.receipt[..13].to_uppercase(), &opened.receipt[13..]);
    assert_eq!(withdraw(&written_down).await.status, 204);
    assert_eq!(withdraw(&opened.receipt).await.status, 204, "asked again, it says the same");
    let path = format!("/api/sessions/{}", opened.session);
    app.request(Method::GET, &path, &opened.token, Vec::new()).await.ok();
    app.request(Method::POST, &format!("{path}/rows"), &opened.token, b"{}".to_vec()).await.problem(410);
}

#[tokio::test]
async fn only_the_page_of_a_study_that_says_so_is_framed() {
    let app = app("panel = \"mturk\"\nembed_origins = [\"https://www.mturk.com\"]").await;
    let policy = async |path: &str| app.get(path).await.ok().header("content-security-policy").to_owned();
    let framed = policy("/study/panel").await;
    assert!(framed.contains("frame-ancestors https://www.mturk.com"), "{framed}");
    assert!(
        framed.contains("form-action 'self' https://www.mturk.com https://workersandbox.mturk.com"),
        "{framed}"
    );
    for path in ["/", "/lab", "/study/demo", "/study/panel/x", "/compare"] {
        let policy = policy(path).await;
        assert!(
            policy.contains("frame-ancestors 'none'") && policy.contains("form-action 'self';"),
            "{path}: {policy}"
        );
    }
}
