//! The words in which the server's tests are written: a real server on a free port, a real database file, a
//! real client.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gestalt_protocol::api::{Problem, Receipt, SessionOpened};
use gestalt_protocol::{Encoding, ImageEntry, Made, PresentedTrial, Role, Task, Trial, TrialSet, slots};
use gestalt_server::{BrokenStudy, Config, Limits, Server};
use gestalt_types::{Name, Sha256, Slot};
use reqwest::{Method, StatusCode, header::HeaderMap};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// The files of a server that does not run yet.
pub struct Files {
    /// Removed with this value.
    _folder: TempDir,
    pub config: Config,
    /// The key that the first start generated.
    pub key: Option<String>,
}

impl Files {
    /// A built site without studies.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let site_dir = folder.path().join("dist");
        std::fs::create_dir_all(site_dir.join("static/studies")).unwrap();
        let page = "<html><script type=\"module\">import('/web.js')</script><body>Gestalt</body></html>";
        std::fs::write(site_dir.join("index.html"), page).unwrap();
        let database_url = format!("sqlite://{}/data/gestalt.sqlite", folder.path().display());
        // All tests come from one network, and some send as fast as they can.
        let limits = Limits { starts_per_hour: 100_000, requests_per_second: 100_000, ..Limits::default() };
        let config =
            Config { listen: "127.0.0.1:0".into(), database_url, site_dir, limits, ..Config::default() };
        Self { _folder: folder, config, key: None }
    }

    pub fn with_file(self, path: &str, content: &[u8]) -> Self {
        let path = self.config.site_dir.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    /// Three test trials, one practice trial. Its trials take no time, it takes models and releases its
    /// answers.
    pub fn with_study(self, name: &str) -> Self {
        write_study(&self.study_dir(name), name, 3);
        self
    }

    pub fn with_demo_study(self) -> Self {
        self.with_study("demo")
    }

    /// The demo study with so many test trials.
    pub fn with_large_demo_study(self, tests: usize) -> Self {
        write_study(&self.study_dir("demo"), "demo", tests);
        self
    }

    /// Changes the file of the demo study.
    pub fn with_demo_file(self, change: impl FnOnce(&mut Value)) -> Self {
        let path = self.study_dir("demo").join("study.json");
        let mut study = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        change(&mut study);
        std::fs::write(path, study.to_string()).unwrap();
        self
    }

    /// As [`Files::with_demo_file`], with a file of version 2.
    pub fn with_demo_file_2(self, change: impl FnOnce(&mut Value)) -> Self {
        self.with_demo_file(|study| {
            let text = gestalt_protocol::Study::parse(study.to_string().as_bytes()).unwrap().to_json();
            *study = serde_json::from_str(&text).unwrap();
            change(study);
        })
    }

    pub fn study_dir(&self, name: &str) -> PathBuf {
        self.config.site_dir.join("static/studies").join(name)
    }

    pub async fn start(self) -> TestApp {
        TestApp::start(self).await
    }
}

/// The file of an image of the fixture: PNG as far as its chunks go. Image `a` is the intact one, and the
/// smallest.
fn image_file(trial: &str, image: &str) -> Vec<u8> {
    let content = format!("{trial} {image} {}", image.repeat(if image == "a" { 1 } else { 100 }));
    let chunk = |kind: &str, data: &[u8]| {
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&length, kind.as_bytes(), data, &[0; 4]].concat()
    };
    [&b"\x89PNG\r\n\x1a\n"[..], &chunk("tEXt", content.as_bytes()), &chunk("IEND", &[])].concat()
}

/// The intact image of a trial of the fixture.
pub fn intact(trial: &str) -> Sha256 {
    Sha256::of(&image_file(trial, "a"))
}

pub fn write_study(dir: &Path, name: &str, tests: usize) {
    let images = dir.join("trial-set/images");
    std::fs::create_dir_all(&images).unwrap();
    let mut entries = Vec::new();
    let ids = ["dog", "cup", "oak"].iter().cycle().take(tests).enumerate();
    let ids = ids.map(|(place, category)| format!("{category}-{}", place / 3 + 1));
    let trials = ids.chain(["practice-1".to_owned()]).map(|id| Trial {
        id: Name::new(&*id).unwrap(),
        role: if id.starts_with("practice") { Role::Practice } else { Role::Test },
        category: Name::new(id.split('-').next().unwrap()).unwrap(),
        condition: Name::new("patch-32").unwrap(),
        images: ["a", "b", "c"].map(|image| {
            let content = image_file(&id, image);
            let hash = Sha256::of(&content);
            std::fs::write(images.join(format!("{hash}.png")), content).unwrap();
            entries.push(ImageEntry { hash: hash.clone(), width_px: 224, height_px: 224 });
            hash
        }),
        intact: Slot::ALL[0],
        source: None,
    });
    let trials = trials.collect();
    let made = Made {
        source: "test".into(),
        synthesis: "patch".into(),
        scale_px: Some(32),
        seed: 1,
        software: "test".into(),
        encoding: Encoding::Png,
        syntheses: Vec::new(),
    };
    let set = TrialSet::new(Name::new(name).unwrap(), Task::Disrt, made, entries, trials).unwrap();
    std::fs::write(dir.join("trial-set/trials.json"), set.to_json()).unwrap();
    let study = json!({
        "name": name, "title": "A study", "trial_set": "trial-set", "break_every": 0,
        "timing": {"placeholder_ms": 0, "exposure_ms": 1, "deadline_ms": 2000, "too_late_ms": 0},
        "release": {"answers": "after-session", "public_models": true}
    });
    std::fs::write(dir.join("study.json"), study.to_string()).unwrap();
}

/// A server that runs.
pub struct TestApp {
    pub files: Files,
    pub address: SocketAddr,
    pub researcher_key: String,
    pub broken: Vec<String>,
    client: reqwest::Client,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

impl TestApp {
    async fn start(files: Files) -> Self {
        let server = Server::start(files.config.clone()).await.unwrap();
        let broken = server
            .broken_studies()
            .iter()
            .map(|BrokenStudy { path, fault }| format!("{}: {fault}", path.display()));
        let broken = broken.collect();
        let address = server.address();
        let made = server.generated_researcher_key();
        let key = files.config.researcher_key.as_deref().or(made).or(files.key.as_deref());
        let researcher_key = key.unwrap().to_owned();
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        let client = reqwest::Client::builder().timeout(Duration::from_secs(60)).build().unwrap();
        Self { files, address, researcher_key, broken, client, stop, running }
    }

    /// Stops it as SIGTERM would.
    pub async fn stop(self) -> Files {
        self.stop.send(()).unwrap();
        self.running.await.unwrap();
        Files { key: Some(self.researcher_key), ..self.files }
    }

    pub async fn request(&self, method: Method, path: &str, token: &str, body: Vec<u8>) -> Answer {
        self.request_with(method, path, token, body, &[]).await
    }

    /// With the content type that the address takes, and further headers.
    pub async fn request_with(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Vec<u8>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let url = format!("http://{}{path}", self.address);
        let content_type = if path.ends_with("/rows") { "application/x-ndjson" } else { "application/json" };
        let mut request = self.client.request(method, url).header("content-type", content_type).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, body: response.bytes().await.unwrap().into() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.request(Method::GET, path, "", Vec::new()).await
    }

    /// As a researcher, who has the key.
    pub async fn export(&self, path: &str) -> Answer {
        self.request(Method::GET, path, &self.researcher_key, Vec::new()).await
    }

    /// A person begins the demo study.
    pub async fn person(&self) -> Observer<'_> {
        self.observer(
            json!({"study": "demo", "observer_kind": "human", "observer": null, "app_version": "test"}),
        )
        .await
    }

    pub async fn model(&self, name: &str) -> Observer<'_> {
        self.observer(
            json!({"study": "demo", "observer_kind": "model", "observer": name, "app_version": "test"}),
        )
        .await
    }

    pub async fn open(&self, asked: &Value, token: &str) -> Answer {
        self.request(Method::POST, "/api/sessions", token, asked.to_string().into_bytes()).await
    }

    async fn observer(&self, asked: Value) -> Observer<'_> {
        let opened = self.open(&asked, "").await.ok().json::<SessionOpened>();
        let study = self.get("/api/studies/demo").await.ok().json::<gestalt_protocol::api::StudyOpened>();
        let kind = asked["observer_kind"].clone();
        Observer { app: self, opened, kind, trial_set: study.trial_set.hash }
    }
}

/// What the server answered.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn ok(self) -> Self {
        assert!(self.status.is_success(), "{} {}", self.status, self.text());
        self
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub fn json<T: serde::de::DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.text()))
    }

    /// Refused with this status; the answer says why in the agreed form.
    pub fn problem(self, status: u16) -> Problem {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self.json()
    }

    pub fn lines(self) -> Vec<Value> {
        self.ok().text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Somebody in a session.
pub struct Observer<'a> {
    pub app: &'a TestApp,
    pub opened: SessionOpened,
    kind: Value,
    trial_set: Sha256,
}

impl Observer<'_> {
    /// Number of trials of the session's plan.
    pub fn trials(&self) -> u32 {
        u32::try_from(self.opened.plan.blocks.iter().map(Vec::len).sum::<usize>()).unwrap()
    }

    /// A sound row of this index: the trials come as planned, then once more; slot 1 is chosen.
    pub fn row(&self, index: u32) -> Value {
        let blocks = self.opened.plan.blocks.iter().enumerate();
        let trials: Vec<_> =
            blocks.flat_map(|(block, trials)| trials.iter().map(move |t| (block, t))).collect();
        let (place, repeat) = (index as usize % trials.len(), index / self.trials());
        let (block, PresentedTrial { id, role, category, condition, images }) = trials[place];
        let shown = match repeat {
            0 => images.clone(),
            _ => slots(images, self.opened.seed, id.as_str(), repeat),
        };
        let mut row = json!({
            "row_version": 2, "row_id": Uuid::now_v7(), "study": "demo", "study_hash": self.opened.study_hash,
            "session": self.opened.session, "observer_kind": self.kind, "observer": self.opened.observer,
            "app_version": "test", "task": "odd_one_out", "prompt": "whole", "trial_set": self.trial_set, "trial": id, "role": role, "block": block, "index": index,
            "repeat": repeat, "category": category, "condition": condition, "shown": shown,
            "choices": ["1", "2", "3"], "target": null, "outcome": "answered", "chosen": "1", "correct": null,
            "reaction_time_ms": null
        });
        if self.kind == "human" {
            row["reaction_time_ms"] = json!(612.5);
            row["planned_frames"] = json!(48);
            row["displayed_frames"] = json!(48);
            row["refresh_rate_hz"] = json!(60.0);
        } else {
            let readout = json!({
                "weights_hash": "a".repeat(64), "device": "cpu", "quantisation": "q8", "layer": "blocks.5",
                "rule": "odd_pair", "distances": [0.25, 0.5, 0.125], "margin": 0.125,
                "reference_output_reproduced": true, "compute_ms": 3.5
            });
            row.as_object_mut().unwrap().extend(readout.as_object().unwrap().clone());
        }
        row
    }

    pub fn row_with(&self, index: u32, field: &str, value: impl Into<Value>) -> Value {
        let mut row = self.row(index);
        row[field] = value.into();
        row
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/api/sessions/{}{rest}", self.opened.session)
    }

    async fn request(&self, method: Method, rest: &str, body: Vec<u8>) -> Answer {
        self.app.request(method, &self.path(rest), &self.opened.token, body).await
    }

    pub async fn post(&self, body: impl Into<Vec<u8>>) -> Answer {
        self.request(Method::POST, "/rows", body.into()).await
    }

    pub async fn send(&self, rows: &[Value]) -> Receipt {
        self.post(ndjson(rows)).await.ok().json()
    }

    /// Every row of the plan.
    pub fn rows(&self) -> Vec<Value> {
        (0..self.trials()).map(|index| self.row(index)).collect()
    }

    pub async fn standing(&self, token: &str) -> Answer {
        self.app.request(Method::GET, &self.path(""), token, Vec::new()).await
    }

    pub async fn finish(&self, rows: u32) -> Answer {
        self.request(Method::POST, "/finish", json!({ "rows": rows }).to_string().into_bytes()).await
    }

    pub async fn withdraw(&self) -> Answer {
        self.request(Method::DELETE, "", Vec::new()).await
    }

    pub async fn own_rows(&self) -> Answer {
        self.request(Method::GET, "/rows", Vec::new()).await
    }
}

pub fn ndjson(rows: &[Value]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect()
}
