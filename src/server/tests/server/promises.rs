//! What the server holds to: the study and the plan that a session began with, times, answers and codes.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::common::{Files, TestApp, intact, write_study};
use gestalt_protocol::api::{Finished, SessionOpened, SessionStanding};
use gestalt_protocol::image_content;
use gestalt_tables::table::Table;
use gestalt_types::Sha256;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_session_keeps_the_study_it_began_with() {
    let app = Files::new().with_demo_study().start().await;
    let person = app.person().await;
    let rows = person.rows();
    let (path, token, trials) = (person.path(""), person.opened.token.clone(), person.trials());
    person.send(&rows[..1]).await;
    let files = app.stop().await;

    // Another trial set, another timing, no release: the session does not notice.
    write_study(&files.study_dir("demo"), "demo", 30);
    let files = files.with_demo_file(|study| {
        study["timing"]["deadline_ms"] = json!(100);
        study["timing"]["minimum_reaction_time_ms"] = json!(0);
        study["timing"]["exposure_ms"] = json!(50);
        study["release"] = json!({});
    });
    let app = files.start().await;
    assert_eq!(app.person().await.trials(), 31, "a new session has the new study");
    let body = crate::common::ndjson(&rows).into_bytes();
    let receipt = app.request(Method::POST, &format!("{path}/rows"), &token, body).await.ok();
    assert_eq!(receipt.json::<Value>()["stored"], json!([0, 1, 2, 3]));
    let files = app.stop().await;

    // Not even a study that is no longer offered.
    std::fs::write(files.study_dir("demo").join("study.json"), "{").unwrap();
    let app = files.start().await;
    let body = json!({ "rows": trials }).to_string().into_bytes();
    let finished = app.request(Method::POST, &format!("{path}/finish"), &token, body).await;
    assert!(finished.ok().json::<Finished>().completion_code.starts_with("GL-"));
    let own = app.request(Method::GET, &format!("{path}/rows"), &token, Vec::new()).await.lines();
    assert!(own.iter().all(|row| row["correct"].is_boolean()), "scored");
}

static CLOCK_MS: AtomicU64 = AtomicU64::new(1_800_000_000_000);

#[tokio::test]
async fn rows_come_no_sooner_than_the_plan_allows() {
    let mut files = Files::new().with_demo_study().with_demo_file(|study| {
        study["timing"] = json!({"placeholder_ms": 300, "exposure_ms": 800, "deadline_ms": 2000});
    });
    files.config.now_ms = || CLOCK_MS.load(Ordering::SeqCst);
    let app = files.start().await;
    let person = app.person().await;
    let rows = person.rows();
    // Two seconds of slack, of which each trial takes 0.99 at least.
    let refused = person.post(crate::common::ndjson(&rows)).await;
    assert_eq!(refused.header("retry-after"), "1");
    refused.problem(429);
    assert_eq!(app.export("/api/studies/demo/rows.csv").await.text().lines().count(), 1 + 2);
    let problem = person.finish(person.trials()).await.problem(409);
    assert_eq!(problem.missing, [2, 3]);
    CLOCK_MS.fetch_add(2000, Ordering::SeqCst);
    assert_eq!(person.send(&rows).await.stored, [0, 1, 2, 3], "the same request, later");
    // A clock that was set back takes nothing away.
    CLOCK_MS.fetch_sub(60_000, Ordering::SeqCst);
    assert_eq!(person.send(&rows).await.stored, [0, 1, 2, 3]);
    person.finish(person.trials()).await.ok();
}

#[tokio::test]
async fn the_same_row_is_acknowledged_and_another_in_its_place_is_refused() {
    let app = Files::new().with_demo_study().start().await;
    let person = app.person().await;
    let row = person.row(0);
    person.send(std::slice::from_ref(&row)).await;
    // The same content in another order of keys, and with what the server fills in.
    let mut turned: Vec<_> = row.as_object().unwrap().clone().into_iter().collect();
    turned.reverse();
    let mut turned = Value::Object(turned.into_iter().collect());
    turned["correct"] = json!(false);
    assert_eq!(person.send(&[turned]).await.stored, [0]);

    let mut changed = row.clone();
    changed["chosen"] = json!("2");
    let mut elsewhere = row.clone();
    elsewhere["index"] = json!(1);
    let mut shown_again = person.row(0);
    shown_again["index"] = json!(2);
    let refused = person.send(&[changed, elsewhere, shown_again]).await.refused;
    let fields: Vec<_> = refused.iter().map(|refusal| refusal.field.as_str()).collect();
    assert_eq!(fields, ["index", "repeat", "repeat"], "{refused:?}");
    let log = app.export("/api/studies/demo/rows.ndjson").await.lines();
    assert_eq!((log.len(), &log[0]["chosen"]), (1, &json!("1")));
}

async fn model(app: &TestApp, key: &str) -> crate::common::Answer {
    let asked = json!({"study": "demo", "observer_kind": "model", "observer": "vit", "app_version": "test"});
    app.open(&asked, key).await
}

#[tokio::test]
async fn answers_are_kept_from_whoever_may_not_have_them() {
    let files = Files::new().with_demo_study().with_demo_file(|study| study["release"] = json!({}));
    let app = files.start().await;
    // A model session would read all answers before anybody took the test.
    let problem = model(&app, "").await.problem(403);
    assert!(problem.error.contains("key"), "{}", problem.error);
    model(&app, "wrong").await.problem(403);
    model(&app, &app.researcher_key).await.ok();

    let person = app.person().await;
    person.own_rows().await.problem(409);
    person.send(&person.rows()).await;
    person.own_rows().await.problem(409);
    person.finish(person.trials()).await.ok();
    let problem = person.own_rows().await.problem(403);
    assert!(problem.error.contains("release"), "{}", problem.error);
}

#[tokio::test]
async fn a_code_is_for_who_answered_and_can_be_shown_again() {
    let app = Files::new().with_demo_study().with_demo_file(|study| {
        study["timing"]["deadline_ms"] = json!(1);
        study["timing"]["minimum_reaction_time_ms"] = json!(0);
    });
    let app = app.start().await;
    let idle = app.person().await;
    let missed = idle.rows().into_iter().map(|mut row| {
        row["outcome"] = json!("missed");
        row["chosen"] = Value::Null;
        row["reaction_time_ms"] = Value::Null;
        row
    });
    let missed: Vec<Value> = missed.collect();
    assert_eq!(idle.send(&missed).await.stored.len(), 4);
    let problem = idle.finish(4).await.problem(409);
    assert!(problem.error.contains("0 trials were answered"), "{}", problem.error);

    let person = app.person().await;
    let mut rows = person.rows();
    rows.iter_mut().for_each(|row| row["reaction_time_ms"] = json!(0.5));
    person.send(&rows).await;
    let (token, receipt) = (person.opened.token.clone(), person.opened.receipt.clone());
    let before = person.standing(&token).await.ok().json::<SessionStanding>();
    assert_eq!((before.stored_rows, before.completion_code), (4, None));
    let code = person.finish(4).await.ok().json::<Finished>().completion_code;
    for key in [&token, &receipt] {
        let standing = person.standing(key).await.ok().json::<SessionStanding>();
        assert_eq!(standing.completion_code.as_ref(), Some(&code));
    }
    person.standing(&idle.opened.receipt).await.problem(401);
    person.standing("").await.problem(401);
    // The receipt reads and withdraws, and does nothing else.
    app.request(Method::POST, &person.path("/rows"), &receipt, Vec::new()).await.problem(401);
    assert_eq!(app.request(Method::DELETE, &person.path(""), &receipt, Vec::new()).await.status, 204);
    let standing = person.standing(&receipt).await.ok().json::<SessionStanding>();
    assert_eq!((standing.withdrawn, standing.completion_code.as_ref()), (true, Some(&code)));

    let table = app.export("/api/studies/demo/sessions.csv").await.ok().text();
    let table = Table::read(table.as_bytes()).unwrap();
    assert_eq!(table.rows.len(), 2);
    let of = |session: String| &table.rows.iter().find(|(_, cells)| cells[0] == session).unwrap().1;
    let paid = of(person.opened.session.to_string());
    assert_eq!(
        [&paid[1], &paid[2], &paid[9]],
        ["", "", code.as_str()],
        "who withdrew is paid, and nothing else is left"
    );
    assert!(!paid[7].is_empty());
    let unpaid = of(idle.opened.session.to_string());
    assert_eq!([&unpaid[1], &unpaid[8], &unpaid[9]], ["human", "4", ""]);
    app.get("/api/studies/demo/sessions.csv").await.problem(401);
}

#[tokio::test]
async fn the_three_files_of_a_trial_have_one_length() {
    let app = Files::new().with_demo_study().start().await;
    let person = app.person().await;
    for trial in person.opened.plan.blocks.iter().flatten() {
        let mut lengths = Vec::new();
        for hash in &trial.images {
            let image = app.get(&format!("/api/studies/demo/images/{hash}.png")).await.ok();
            assert_eq!(Sha256::of(image_content(&image.body)), *hash);
            lengths.push((image.header("content-length").to_owned(), image.body.len()));
        }
        assert!(lengths.iter().all(|length| *length == lengths[0]), "{lengths:?}");
    }
}

#[tokio::test]
async fn a_stored_row_that_cannot_be_read_is_named_and_the_export_goes_on() {
    let app = Files::new().with_demo_study().start().await;
    let person = app.person().await;
    person.send(&person.rows()).await;
    sqlx::any::install_default_drivers();
    let database = sqlx::AnyPool::connect(&app.files.config.database_url).await.unwrap();
    let changed =
        sqlx::query("UPDATE log_rows SET row_json = '{}' WHERE idx = 1").execute(&database).await.unwrap();
    assert_eq!(changed.rows_affected(), 1);
    database.close().await;
    assert_eq!(app.export("/api/studies/demo/rows.csv").await.ok().text().lines().count(), 1 + 3);
    assert_eq!(app.export("/api/studies/demo/rows.ndjson").await.lines().len(), 3);
    let unreadable = app.export("/api/studies/demo/unreadable.ndjson").await.lines();
    assert_eq!(unreadable.len(), 1);
    assert_eq!(
        (&unreadable[0]["session"], &unreadable[0]["index"]),
        (&json!(person.opened.session), &json!(1))
    );
    assert_eq!(unreadable[0]["field"], "row_version");
    app.get("/api/studies/demo/unreadable.ndjson").await.problem(401);
}

#[tokio::test]
async fn a_stored_session_that_cannot_be_read_is_a_fault_that_can_be_quoted() {
    let app = Files::new().with_demo_study().start().await;
    let person = app.person().await;
    sqlx::any::install_default_drivers();
    let database = sqlx::AnyPool::connect(&app.files.config.database_url).await.unwrap();
    sqlx::query("UPDATE sessions SET observer_kind = 'robot'").execute(&database).await.unwrap();
    database.close().await;
    let problem = person.post(person.row(0).to_string()).await.problem(500);
    assert!(problem.error_id.is_some_and(|id| id.len() == 8), "{}", problem.error);
}

#[tokio::test]
async fn a_session_of_an_older_version_goes_on() {
    let app = Files::new().with_demo_study().start().await;
    let person = app.person().await;
    person.send(&[person.row(0)]).await;
    sqlx::any::install_default_drivers();
    let database = sqlx::AnyPool::connect(&app.files.config.database_url).await.unwrap();
    for statement in [
        "UPDATE sessions SET snapshot = NULL, plan_json = NULL, receipt_hash = NULL, opened_at_ms = NULL",
        "UPDATE log_rows SET repeat_of_trial = NULL, received_at_ms = NULL, ends_trial = NULL, trial = NULL",
    ] {
        sqlx::query(statement).execute(&database).await.unwrap();
    }
    database.close().await;
    let rows = person.rows();
    let (path, token) = (person.path("/rows"), person.opened.token.clone());
    let app = app.stop().await.start().await;
    let body = crate::common::ndjson(&rows[1..]).into_bytes();
    assert_eq!(
        app.request(Method::POST, &path, &token, body).await.ok().json::<Value>()["stored"],
        json!([1, 2, 3])
    );
    let finish = path.replace("/rows", "/finish");
    app.request(Method::POST, &finish, &token, br#"{"rows":4}"#.to_vec()).await.ok();
}

#[tokio::test]
async fn an_opened_session_has_its_trials_and_no_answer() {
    let app = Files::new().with_large_demo_study(9).with_demo_file(|study| study["max_trials"] = json!(2));
    let app = app.start().await;
    let asked = json!({"study": "demo", "observer_kind": "human", "observer": null, "app_version": "test"});
    let answer = app.open(&asked, "").await.ok();
    assert!(!answer.text().contains("intact"));
    let opened: SessionOpened = answer.json();
    assert_eq!(opened.plan.blocks.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2]);
    let mut images: Vec<_> = opened.plan.blocks.iter().flatten().flat_map(|trial| &trial.images).collect();
    images.sort();
    images.dedup();
    assert_eq!(images.len(), 9, "no picture twice");
}

const PERSON: &str = r#"{"study":"demo","observer_kind":"human","app_version":"test"}"#;

#[tokio::test]
async fn a_session_gets_few_reserves_and_balanced_slots() {
    let app = Files::new().with_large_demo_study(90).with_demo_file_2(|study| {
        study["trials"]["per_session"] = json!(30);
        study["trials"]["balanced_slots"] = json!(true);
        study["trials"]["max_same_slot"] = json!(2);
    });
    let app = app.start().await;
    let person = app.person().await;
    let plan = &person.opened.plan;
    assert_eq!(plan.reserves.len(), 6, "a fifth, not the rest of the set");
    let targets: Vec<usize> = plan.blocks[1..]
        .iter()
        .flatten()
        .map(|trial| trial.images.iter().position(|image| *image == intact(trial.id.as_str())).unwrap())
        .collect();
    for slot in 0..3 {
        assert_eq!(targets.iter().filter(|target| **target == slot).count(), 10, "{targets:?}");
    }
    assert!(targets.chunk_by(|a, b| a == b).all(|run| run.len() <= 2), "{targets:?}");
    // The rows of this plan are taken, the same pictures in other slots are not.
    let mut other = person.row(1);
    other["shown"].as_array_mut().unwrap().reverse();
    assert_eq!(person.send(&[other]).await.refused[0].field, "shown");
    let rows = person.rows();
    assert_eq!(person.send(&rows).await.stored.len(), rows.len());
}

static DATE_MS: AtomicU64 = AtomicU64::new(0);

#[tokio::test]
async fn a_study_takes_people_while_it_is_open_and_as_many_as_it_asked_for() {
    let mut files = Files::new().with_demo_study().with_demo_file_2(|study| {
        study["recruitment"]["opens"] = json!("2026-12-01T00:00:00Z");
        study["recruitment"]["closes"] = json!("2026-12-02T00:00:00Z");
        study["recruitment"]["quota"] = json!(2);
        study["release"]["answers"] = json!("after-close");
    });
    files.config.now_ms = || DATE_MS.load(Ordering::SeqCst);
    let date = |text: &str| text.parse::<gestalt_types::UtcTime>().unwrap().as_ms();
    DATE_MS.store(date("2026-11-30T23:59:59Z"), Ordering::SeqCst);
    let app = files.start().await;
    let asked: Value = serde_json::from_str(PERSON).unwrap();
    let problem = app.open(&asked, "").await.problem(403);
    assert!(problem.error.contains("opens at 2026-12-01T00:00:00.000Z"), "{}", problem.error);
    DATE_MS.store(date("2026-12-01T12:00:00Z"), Ordering::SeqCst);
    let (first, second) = (app.person().await, app.person().await);
    first.send(&first.rows()).await;
    first.finish(first.trials()).await.ok();
    let problem = app.open(&asked, "").await.problem(403);
    assert!(problem.error.contains("all places"), "{}", problem.error);
    // Who began before may end, but reads no answers before the study is closed.
    second.send(&second.rows()).await;
    second.finish(second.trials()).await.ok();
    let problem = app.open(&asked, "").await.problem(403);
    assert!(problem.error.contains("all the participants"), "{}", problem.error);
    first.own_rows().await.problem(403);
    DATE_MS.store(date("2026-12-02T00:00:00Z"), Ordering::SeqCst);
    assert!(first.own_rows().await.lines().iter().all(|row| row["target"].is_string()));
    let problem = app.open(&asked, "").await.problem(403);
    assert!(problem.error.contains("closed at"), "{}", problem.error);
}

#[tokio::test]
async fn the_consent_text_is_one_of_the_studys_and_is_kept() {
    let app = Files::new().with_demo_study().with_demo_file_2(|study| {
        study["steps"] = json!([{"kind": "consent", "text": "consent.md"}, {"kind": "trials"}]);
        study["texts"]["markdown"] = json!({"consent.md": {"en": "I agree.", "de": "Ich stimme zu."}});
        study["languages"] = json!(["en", "de"]);
    });
    let app = app.start().await;
    let asked = |text: &str| {
        let mut asked: Value = serde_json::from_str(PERSON).unwrap();
        asked["consent_text_hash"] = json!(Sha256::of(text.as_bytes()));
        asked
    };
    let problem = app.open(&asked("Something else."), "").await.problem(422);
    assert!(problem.error.starts_with("consent_text_hash"), "{}", problem.error);
    app.open(&asked("Ich stimme zu."), "").await.ok();
    let table = app.export("/api/studies/demo/sessions.csv").await.ok().text();
    assert!(table.contains(Sha256::of("Ich stimme zu.".as_bytes()).as_str()), "{table}");
}
