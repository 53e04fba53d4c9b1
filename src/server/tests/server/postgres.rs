//! The same promises on PostgreSQL. Runs on a private cluster where PostgreSQL's programs are installed,
//! else it says that it did not.

use std::os::unix::fs::MetadataExt;
use std::process::Command;

use crate::common::{Files, TestApp};
use gestalt_protocol::api::Finished;
use serde_json::Value;
use tempfile::TempDir;

/// A cluster of its own, in a folder that goes with it.
struct Cluster {
    folder: TempDir,
    port: u16,
}

impl Cluster {
    fn start() -> Option<Self> {
        for program in ["initdb", "pg_ctl", "postgres"] {
            Command::new(program).arg("--version").output().ok()?;
        }
        let folder = tempfile::Builder::new().prefix("gestalt-pg").tempdir_in("/tmp").unwrap();
        if folder.path().metadata().unwrap().uid() == 0 {
            // PostgreSQL refuses to run as root.
            Command::new("chown").arg("nobody").arg(folder.path()).status().ok()?.success().then_some(())?;
        }
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let cluster = Self { folder, port };
        cluster.run("initdb", &["-U", "gestalt", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"])?;
        let options = format!("-p {port} -h 127.0.0.1 -k {}", cluster.folder.path().display());
        cluster.run("pg_ctl", &["-w", "-l", "/dev/null", "-o", &options, "start"])?;
        Some(cluster)
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Option<()> {
        let owner_is_us = self.folder.path().metadata().unwrap().uid() == Self::our_uid();
        let mut command = if owner_is_us { Command::new(program) } else { Command::new("runuser") };
        if !owner_is_us {
            command.args(["-u", "nobody", "--", program]);
        }
        command.arg("-D").arg(self.folder.path().join("data")).args(arguments).current_dir("/");
        // `pg_ctl` leaves a server behind that would keep a pipe open.
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        command.status().ok()?.success().then_some(())
    }

    fn our_uid() -> u32 {
        std::path::Path::new("/proc/self").metadata().map(|process| process.uid()).unwrap_or_default()
    }

    fn url(&self) -> String {
        format!("postgres://gestalt@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.run("pg_ctl", &["-m", "immediate", "stop"]);
    }
}

#[tokio::test]
async fn a_whole_session_on_postgresql() {
    let Some(cluster) = Cluster::start() else {
        eprintln!("skipped: initdb, pg_ctl and postgres are needed, and an account that may run them");
        return;
    };
    let mut files = Files::new().with_large_demo_study(200);
    files.config.database_url = cluster.url();
    let app = files.start().await;
    let (person, model) = (app.person().await, app.model("vit-64").await);
    let batch: Vec<Value> = (0..200).map(|index| model.row(index)).collect();
    let rows = person.row(0);
    // At once, as browsers do.
    let (first, second) = tokio::join!(person.send(std::slice::from_ref(&rows)), model.send(&batch));
    assert_eq!((first.stored.len(), second.stored.len()), (1, 200));
    assert_eq!(model.send(&batch).await.stored.len(), 200, "sent again");
    assert_eq!(person.send(&[person.row(0)]).await.refused[0].field, "index");
    assert_eq!(
        person.send(&[person.row_with(1, "row_id", rows["row_id"].clone())]).await.refused[0].field,
        "row_id"
    );
    assert_eq!(person.finish(2).await.problem(409).missing, [1]);
    let code = model.finish(200).await.ok().json::<Finished>().completion_code;
    assert_eq!(model.own_rows().await.lines().len(), 200);
    assert_eq!(person.withdraw().await.status, 204);
    person.post(person.row(1).to_string()).await.problem(410);
    assert_eq!(app.export("/api/studies/demo/rows.csv").await.ok().text().lines().count(), 201);

    let (path, token, key) = (model.path("/finish"), model.opened.token.clone(), app.researcher_key.clone());
    let app = app.stop().await.start().await;
    assert_eq!(app.researcher_key, key);
    let again = app.request(reqwest::Method::POST, &path, &token, br#"{"rows":200}"#.to_vec()).await;
    assert_eq!(again.ok().json::<Finished>().completion_code, code);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_take_the_same_sessions_in_opposite_order() {
    let Some(cluster) = Cluster::start() else {
        eprintln!("skipped: initdb, pg_ctl and postgres are needed, and an account that may run them");
        return;
    };
    let start = async || {
        let mut files = Files::new().with_large_demo_study(40);
        files.config.database_url = cluster.url();
        files.config.researcher_key = Some("the key of both servers".into());
        files.start().await
    };
    let (one, other) = (start().await, start().await);
    let mut people = Vec::new();
    for _ in 0..60 {
        people.push(one.person().await);
    }
    for index in 0..40 {
        let rows: Vec<(String, &str, Vec<u8>)> = people
            .iter()
            .map(|person| {
                let row = person.row(index).to_string().into_bytes();
                (person.path("/rows"), person.opened.token.as_str(), row)
            })
            .collect();
        let (there, back) = (rows.clone(), rows.into_iter().rev().collect());
        let (first, second) = tokio::join!(send_all(&one, there), send_all(&other, back));
        assert!(
            first.iter().chain(&second).all(|status| *status == 200),
            "round {index}: {first:?} {second:?}"
        );
    }
    assert_eq!(one.export("/api/studies/demo/rows.csv").await.ok().text().lines().count(), 1 + 60 * 40);
    drop(people);
    one.stop().await;
    other.stop().await;
    // PostgreSQL resolves a deadlock by an error, which the servers would retry: it counts them.
    sqlx::any::install_default_drivers();
    let database = sqlx::AnyPool::connect(&cluster.url()).await.unwrap();
    let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'";
    assert_eq!(sqlx::query_scalar::<_, i64>(deadlocks).fetch_one(&database).await.unwrap(), 0);
}

/// Sends a row of each session at once; the statuses.
async fn send_all(app: &TestApp, rows: Vec<(String, &str, Vec<u8>)>) -> Vec<u16> {
    let sent = rows.into_iter().map(|(path, token, row)| async move {
        app.request(reqwest::Method::POST, &path, token, row).await.status.as_u16()
    });
    futures_util::future::join_all(sent).await
}
