//! An acknowledged row survives the server's death.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::common::Files;
use gestalt_protocol::api::{Receipt, SessionOpened};
use gestalt_protocol::slots;
use gestalt_server::{Config, Server, stop_signal};
use serde_json::json;

const DATABASE: &str = "GESTALT_TEST_DATABASE";
const SITE: &str = "GESTALT_TEST_SITE";

/// Not a test of its own: the body of the child process, which [`Process::start`] runs.
#[tokio::test]
async fn child_process() {
    let (Ok(database_url), Some(site)) = (std::env::var(DATABASE), std::env::var_os(SITE)) else { return };
    let config =
        Config { listen: "127.0.0.1:0".into(), database_url, site_dir: site.into(), ..Config::default() };
    let server = Server::start(config).await.unwrap();
    println!("\nlistening {}", server.address());
    server.run(stop_signal()).await;
}

pub struct Process {
    pub child: Child,
    address: String,
    /// Read on, or the child would write into a closed pipe.
    _output: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// This very test program again, in a process of its own that can be killed.
    pub fn start(files: &Files) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::child_process", "--nocapture", "--test-threads=1"])
            .env(DATABASE, &files.config.database_url)
            .env(SITE, &files.config.site_dir)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address =
            lines.find_map(|line| Some(line.unwrap().strip_prefix("listening ")?.to_owned())).unwrap();
        Self { child, address, _output: lines }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn acknowledged_rows_survive_a_kill() {
    let files = Files::new().with_demo_study();
    let client = reqwest::Client::new();
    // The rows' shape comes from a server that is gone before the killing begins.
    let app = files.start().await;
    let mut row = app.person().await.row(0);
    let files = app.stop().await;
    let mut sent = 0;
    for _ in 0..3 {
        let mut server = Process::start(&files);
        let asked =
            json!({"study": "demo", "observer_kind": "human", "observer": null, "app_version": "test"});
        let opened = client.post(server.url("/api/sessions")).json(&asked).send().await.unwrap();
        let opened: SessionOpened = opened.json().await.unwrap();
        row["session"] = json!(opened.session);
        row["observer"] = json!(opened.observer);
        let trial = &opened.plan.blocks[0][0];
        row["shown"] = json!(slots(&trial.images, opened.seed, trial.id.as_str(), 0));
        row["row_id"] = json!(uuid::Uuid::now_v7());
        let rows = server.url(&format!("/api/sessions/{}/rows", opened.session));
        let receipt = client
            .post(rows)
            .header("content-type", "application/x-ndjson")
            .bearer_auth(opened.token)
            .body(row.to_string())
            .send()
            .await
            .unwrap();
        let receipt: Receipt = receipt.json().await.unwrap();
        assert_eq!(receipt.stored, [0], "{:?}", receipt.refused);
        server.child.kill().unwrap(); // SIGKILL
        server.child.wait().unwrap();
        sent += 1;
    }
    let app = files.start().await;
    assert_eq!(app.export("/api/studies/demo/rows.ndjson").await.lines().len(), sent);
}

#[cfg(unix)]
#[tokio::test]
async fn sigterm_ends_it_in_order() {
    let files = Files::new();
    let mut server = Process::start(&files);
    let health = reqwest::get(server.url("/api/health")).await.unwrap();
    assert!(health.status().is_success());
    let kill = Command::new("kill").args(["-TERM", &server.child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    assert!(server.child.wait().unwrap().success());
}
