//! The researcher's log: complete, in order, and for nobody else.

use crate::common::Files;
use gestalt_tables::Rows;
use reqwest::Method;
use serde_json::Value;

#[tokio::test]
async fn the_export_is_the_researchers_alone() {
    let app = Files::new().with_demo_study().start().await;
    let person = app.person().await;
    person.send(&[person.row(0)]).await;
    for path in ["/api/studies/demo/rows.ndjson", "/api/studies/demo/rows.csv"] {
        for token in ["", "wrong", person.opened.token.as_str()] {
            let answer = app.request(Method::GET, path, token, Vec::new()).await;
            assert_eq!(answer.header("www-authenticate"), "Bearer");
            answer.problem(401);
        }
        app.export(path).await.ok();
    }
}

#[tokio::test]
async fn a_log_of_many_pages_is_whole_and_in_order() {
    let app = Files::new().with_large_demo_study(700).start().await;
    let (first, second) = (app.person().await, app.model("vit-64").await);
    let rows: Vec<Value> = (0..700).map(|index| second.row(index)).collect();
    for batch in rows.chunks(200) {
        second.send(batch).await;
    }
    let rows: Vec<Value> = (0..301).map(|index| first.row(index)).collect();
    for batch in rows.chunks(200) {
        first.send(batch).await;
    }
    let ndjson = app.export("/api/studies/demo/rows.ndjson").await.ok();
    assert_eq!(ndjson.header("content-type"), "application/x-ndjson");
    let log = Rows::read(&ndjson.body).unwrap();
    assert!(log.refused.is_empty());
    let places: Vec<_> = log.rows.iter().map(|row| (row.session, row.index)).collect();
    assert_eq!(places.len(), 1001);
    assert!(places.is_sorted());

    let csv = app.export("/api/studies/demo/rows.csv").await.ok();
    assert_eq!(csv.text(), Rows::to_csv(&log.rows).unwrap(), "as if written in one piece");
}

#[tokio::test]
async fn a_study_without_rows_is_an_empty_log() {
    let app = Files::new().with_demo_study().start().await;
    assert_eq!(app.export("/api/studies/demo/rows.ndjson").await.ok().text(), "");
    let csv = app.export("/api/studies/demo/rows.csv").await.ok().text();
    assert!(csv.starts_with("row_version,row_id,") && csv.lines().count() == 1, "{csv}");
}

#[tokio::test]
async fn a_configured_key_opens_and_a_short_one_is_refused() {
    let mut files = Files::new().with_demo_study();
    files.config.researcher_key = Some("correct horse battery".into());
    let app = files.start().await;
    app.export("/api/studies/demo/rows.csv").await.ok();

    let mut files = Files::new();
    files.config.researcher_key = Some("short".into());
    let refused = gestalt_server::Server::start(files.config.clone()).await.err().unwrap();
    assert!(refused.to_string().contains("16"), "{refused}");
}

#[tokio::test]
async fn the_key_is_generated_once_and_only_its_hash_is_kept() {
    let app = Files::new().with_demo_study().start().await;
    let key = app.researcher_key.clone();
    let mut files = app.stop().await;
    let file = files.config.database_url.strip_prefix("sqlite://").unwrap();
    assert!(!String::from_utf8_lossy(&std::fs::read(file).unwrap()).contains(&key));
    let server = gestalt_server::Server::start(files.config.clone()).await.unwrap();
    assert_eq!(server.generated_researcher_key(), None, "shown once");
    drop(server);

    // An older version kept the key itself.
    sqlx::any::install_default_drivers();
    let database = sqlx::AnyPool::connect(&files.config.database_url).await.unwrap();
    for statement in
        ["DELETE FROM settings", "INSERT INTO settings VALUES ('researcher_key', 'an-old-key-of-the-lab')"]
    {
        sqlx::query(statement).execute(&database).await.unwrap();
    }
    files.key = Some("an-old-key-of-the-lab".into());
    let app = files.start().await;
    app.export("/api/studies/demo/rows.csv").await.ok();
    let left: Vec<String> =
        sqlx::query_scalar("SELECT name FROM settings").fetch_all(&database).await.unwrap();
    assert_eq!(left, [""; 0], "it is one of the keys now");
}
