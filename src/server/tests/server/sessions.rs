//! A session from its first row to its code, and all that can go wrong between.

use crate::common::{Files, intact};
use gestalt_protocol::api::{Finished, SessionOpened};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_person_and_a_model_in_one_log() {
    let app = Files::new().with_demo_study().start().await;
    let (person, model) = (app.person().await, app.model("vit-64").await);
    assert!(person.opened.observer.as_str().starts_with("p-"));
    assert!(person.opened.seed < 1 << 53);
    assert_eq!(model.opened.observer.as_str(), "vit-64");
    for index in 0..4 {
        assert_eq!(person.send(&[person.row(index)]).await.stored, [index]);
    }
    assert_eq!(model.send(&model.rows()).await.stored, [0, 1, 2], "a model takes no practice");

    let code = person.finish(4).await.ok().json::<Finished>().completion_code;
    assert!(code.starts_with("GL-") && code.len() == 9, "{code}");
    assert_eq!(person.finish(4).await.ok().json::<Finished>().completion_code, code, "asked again");

    let own = person.own_rows().await.lines();
    assert_eq!(own.len(), 4);
    let log = app.export("/api/studies/demo/rows.ndjson").await.lines();
    assert_eq!(log.iter().filter(|row| row["observer_kind"] == "model").count(), 3);
    assert_eq!(log.len(), 7);
    // The server scores: image `a` is intact in every trial of the fixture.
    for row in &log {
        assert_eq!(row["correct"].as_bool().unwrap(), row["target"] == "1");
        assert_eq!(
            (&row["scale_px"], &row["item"]),
            (&json!(32.0), &json!(intact(row["trial"].as_str().unwrap())))
        );
        assert!(row["received_at"].as_str().unwrap().ends_with('Z'), "{row}");
    }
}

#[tokio::test]
async fn a_batch_sent_twice_is_stored_once() {
    let app = Files::new().with_demo_study().start().await;
    let person = app.person().await;
    let batch = [person.row(0), person.row(1)];
    assert_eq!(person.send(&batch).await.stored, [0, 1]);
    let again = person.send(&batch).await;
    assert_eq!((again.stored, again.refused), (vec![0, 1], vec![]));
    assert_eq!(app.export("/api/studies/demo/rows.ndjson").await.lines().len(), 2);
}

#[tokio::test]
async fn another_row_at_the_same_index_is_refused() {
    let app = Files::new().with_demo_study().start().await;
    let person = app.person().await;
    person.send(&[person.row(0)]).await;
    let receipt = person.send(&[person.row(0), person.row(1)]).await;
    assert_eq!(receipt.stored, [1]);
    assert_eq!((receipt.refused[0].line, receipt.refused[0].field.as_str()), (1, "index"));
}

#[tokio::test]
async fn a_row_identity_is_used_once() {
    let app = Files::new().with_demo_study().start().await;
    let (person, other) = (app.person().await, app.person().await);
    let row = person.row(0);
    person.send(std::slice::from_ref(&row)).await;
    let receipt = other.send(&[other.row_with(0, "row_id", row["row_id"].clone())]).await;
    assert_eq!((receipt.stored.len(), receipt.refused[0].field.as_str()), (0, "row_id"));
}

#[tokio::test]
async fn bad_rows_are_named_and_the_others_are_kept() {
    let app = Files::new().with_demo_study().start().await;
    let (person, other) = (app.person().await, app.person().await);
    let nothing = "0".repeat(64);
    let shown = person.row(1)["shown"].clone();
    let rows = [
        person.row(0),
        person.row_with(1, "session", other.opened.session.to_string()),
        person.row_with(1, "study", "another"),
        person.row_with(1, "observer", "p-another"),
        person.row_with(1, "trial_set", nothing.clone()),
        person.row_with(1, "study_hash", nothing.clone()),
        person.row_with(1, "prompt", "different"),
        person.row_with(1, "trial", "unknown"),
        person.row_with(1, "role", "catch"),
        person.row_with(1, "category", "unknown"),
        person.row_with(1, "condition", "unknown"),
        person.row_with(1, "shown", json!([nothing, nothing, nothing])),
        person.row_with(1, "shown", json!([shown[1], shown[0], shown[2]])),
        person.row_with(1, "block", 7),
        person.row_with(1, "repeat", 99),
        person.row_with(1, "index", 100_000),
        person.row_with(1, "reaction_time_ms", -1.0),
        person.row_with(1, "reaction_time_ms", 1e9),
        person.row_with(1, "app_version", "x".repeat(20_000)),
        person.row_with(1, "surprise", 1),
        person.row_with(1, "row_version", 3),
        json!("no row"),
        person.row(1),
    ];
    let receipt = person.send(&rows).await;
    assert_eq!(receipt.stored, [0, 1]);
    let fields: Vec<_> =
        receipt.refused.iter().map(|refusal| (refusal.line, refusal.field.as_str())).collect();
    let expected = [
        (2, "session"),
        (3, "study"),
        (4, "observer"),
        (5, "trial_set"),
        (6, "study_hash"),
        (7, "prompt"),
        (8, "trial"),
        (9, "role"),
        (10, "category"),
        (11, "condition"),
        (12, "shown"),
        (13, "shown"),
        (14, "block"),
        (15, "repeat"),
        (16, "index"),
        (17, "reaction_time_ms"),
        (18, "reaction_time_ms"),
        (19, "."),
        (20, "surprise"),
        (21, "row_version"),
        (22, "."),
    ];
    assert_eq!(fields, expected);
    assert!(receipt.refused.iter().all(|refusal| !refusal.reason.is_empty()));
}

#[tokio::test]
async fn a_models_row_in_a_persons_session_is_refused() {
    let app = Files::new().with_demo_study().start().await;
    let (person, model) = (app.person().await, app.model("vit-64").await);
    let row = {
        let mut row = model.row(0);
        row["session"] = json!(person.opened.session);
        row
    };
    assert_eq!(person.send(&[row]).await.refused[0].field, "observer_kind");
    let mut failed = model.row(0);
    failed["reference_output_reproduced"] = json!(false);
    assert_eq!(model.send(&[failed]).await.refused[0].field, "reference_output_reproduced");
}

#[tokio::test]
async fn what_the_browser_says_of_the_answer_does_not_count() {
    let app = Files::new().with_demo_study().start().await;
    for slot in 1..=3 {
        let person = app.person().await;
        let mut row = person.row(0);
        row["chosen"] = json!(slot.to_string());
        row["target"] = json!(slot.to_string());
        row["correct"] = json!(true);
        assert_eq!(person.send(&[row]).await.stored, [0]);
    }
    for row in app.export("/api/studies/demo/rows.ndjson").await.lines() {
        let chosen = row["chosen"].as_str().unwrap().parse::<usize>().unwrap() - 1;
        let right = row["shown"][chosen] == json!(intact(row["trial"].as_str().unwrap()));
        assert_eq!((row["target"] == row["chosen"], row["correct"].as_bool().unwrap()), (right, right));
    }
}

#[tokio::test]
async fn a_code_needs_every_row() {
    let app = Files::new().with_demo_study().start().await;
    let person = app.person().await;
    assert!(person.own_rows().await.problem(409).missing.is_empty());
    person.send(&[person.row(0), person.row(3)]).await;
    let problem = person.finish(4).await.problem(409);
    assert_eq!(problem.missing, [1, 2]);
    person.finish(3).await.problem(409);
    person.finish(0).await.problem(422);
    person.send(&[person.row(1), person.row(2)]).await;
    person.finish(4).await.ok();
    person.finish(5).await.problem(409);
    // Finished: what is there is acknowledged again, nothing is added once the answers can be read.
    assert_eq!(person.send(&[person.row(5)]).await.refused[0].field, "index");
}

#[tokio::test]
async fn a_code_needs_every_trial_of_the_plan() {
    let app = Files::new().with_demo_study().start().await;
    let (person, model) = (app.person().await, app.model("vit-64").await);
    // Trials come in turn: the fourth is interrupted, its repeat is left out.
    let mut interrupted = person.row(3);
    interrupted["outcome"] = json!("interrupted");
    interrupted["chosen"] = Value::Null;
    interrupted["reaction_time_ms"] = Value::Null;
    let receipt = person.send(&[person.row(0), person.row(1), person.row(2), interrupted]).await;
    assert_eq!(receipt.stored, [0, 1, 2, 3], "{:?}", receipt.refused);
    let problem = person.finish(4).await.problem(409);
    assert!(problem.error.contains("1 trials") && problem.missing.is_empty(), "{}", problem.error);
    let mut again = person.row(7);
    again["index"] = json!(4);
    again["repeat"] = json!(1);
    assert_eq!(person.send(&[again]).await.stored, [4]);
    person.finish(5).await.ok();
    model.send(&[model.row(0)]).await;
    model.finish(1).await.ok();
}

#[tokio::test]
async fn who_withdraws_leaves_no_rows() {
    let app = Files::new().with_demo_study().start().await;
    let (person, other) = (app.person().await, app.person().await);
    let row = person.row(0);
    let row_id = row["row_id"].as_str().unwrap().to_owned();
    person.send(&[row]).await;
    other.send(&[other.row(0)]).await;
    assert_eq!(person.withdraw().await.status, 204);
    assert_eq!(person.withdraw().await.status, 204, "asked again, because the answer was lost");
    let problem = person.post(person.row(1).to_string()).await.problem(410);
    assert!(problem.error.contains("withdrawn"), "{}", problem.error);
    person.finish(1).await.problem(410);
    let log = app.export("/api/studies/demo/rows.ndjson").await.lines();
    assert_eq!(log.len(), 1);
    assert_eq!(log[0]["observer"], json!(other.opened.observer));

    let traces = [person.opened.observer.to_string(), row_id];
    let files = app.stop().await;
    let file = files.config.database_url.strip_prefix("sqlite://").unwrap().to_owned();
    let data = std::fs::read(&file).unwrap();
    let data = String::from_utf8_lossy(&data);
    assert!(traces.iter().all(|trace| !data.contains(trace)), "overwritten, not only unlinked");
    assert!(!std::path::Path::new(&(file + "-wal")).exists());
}

#[tokio::test]
async fn a_session_opens_only_to_its_token() {
    let app = Files::new().with_demo_study().start().await;
    let (person, other) = (app.person().await, app.person().await);
    let row = person.row(0).to_string().into_bytes();
    for token in ["", "wrong", &other.opened.token, &app.researcher_key] {
        for (method, rest) in
            [(Method::POST, "/rows"), (Method::GET, "/rows"), (Method::POST, "/finish"), (Method::DELETE, "")]
        {
            let problem = app.request(method, &person.path(rest), token, row.clone()).await.problem(401);
            assert!(problem.error.contains("token"), "{}", problem.error);
        }
    }
    let unknown = "/api/sessions/019bd0c0-0000-7000-8000-000000000002/rows";
    app.request(Method::POST, unknown, &person.opened.token, row.clone()).await.problem(404);
    app.request(Method::POST, "/api/sessions/x/rows", &person.opened.token, row).await.problem(404);
    assert!(app.export("/api/studies/demo/rows.ndjson").await.lines().is_empty());
}

#[tokio::test]
async fn a_body_over_a_megabyte_is_told_to_split() {
    let app = Files::new().with_demo_study().start().await;
    let person = app.person().await;
    person.send(&[person.row(0)]).await;
    let problem = person.post(vec![b'x'; 1_000_001]).await.problem(413);
    assert!(problem.error.contains("split"), "{}", problem.error);
    person.post(vec![b'\n'; 1_000_000]).await.ok();
    assert_eq!(app.export("/api/studies/demo/rows.ndjson").await.lines().len(), 1);
}

#[tokio::test]
async fn a_session_needs_a_study_and_a_model_its_name() {
    let app = Files::new().with_demo_study().start().await;
    let open = async |body: &str| app.request(Method::POST, "/api/sessions", "", body.into()).await;
    let problem = open(r#"{"study":"demo","observer_kind":"robot","app_version":"1"}"#).await.problem(422);
    assert!(problem.error.starts_with("observer_kind"), "{}", problem.error);
    let problem = open(r#"{"study":"demo","observer_kind":"model","app_version":"1"}"#).await.problem(422);
    assert!(problem.error.starts_with("observer"), "{}", problem.error);
    open(r#"{"study":"gone","observer_kind":"human","app_version":"1"}"#).await.problem(404);
    open("not json").await.problem(422);
    let named = open(r#"{"study":"demo","observer_kind":"human","observer":"p-7","app_version":"1"}"#).await;
    assert_eq!(named.ok().json::<SessionOpened>().observer.as_str(), "p-7");
}

#[tokio::test]
async fn a_session_outlives_the_server() {
    let app = Files::new().with_demo_study().start().await;
    let person = app.person().await;
    let (row, path, token) = (person.row(1), person.path("/rows"), person.opened.token.clone());
    person.send(&[person.row(0)]).await;
    let key = app.researcher_key.clone();
    let app = app.stop().await.start().await;
    assert_eq!(app.researcher_key, key);
    app.request(Method::POST, &path, &token, row.to_string().into()).await.ok();
    assert_eq!(app.export("/api/studies/demo/rows.ndjson").await.lines().len(), 2);
}
