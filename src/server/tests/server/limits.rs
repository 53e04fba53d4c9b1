//! What one client may ask for, and that the others are served all the same.

use std::time::Duration;

use crate::common::{Files, TestApp};
use crate::crash::Process;
use futures_util::future::join_all;
use gestalt_protocol::api::{Receipt, SessionOpened};
use gestalt_server::Limits;
use reqwest::{Method, StatusCode};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

const ASKED: &str = r#"{"study":"demo","observer_kind":"human","observer":null,"app_version":"test"}"#;

async fn start_from(app: &TestApp, forwarded_for: &str) -> (StatusCode, String) {
    let headers = [("x-forwarded-for", forwarded_for)];
    let answer = app.request_with(Method::POST, "/api/sessions", "", ASKED.into(), &headers).await;
    (answer.status, answer.header("retry-after").to_owned())
}

#[tokio::test]
async fn one_network_starts_only_so_many_sessions_an_hour() {
    let mut files = Files::new().with_demo_study();
    files.config.limits = Limits { starts_per_hour: 3, ..Limits::default() };
    let app = files.start().await;
    for _ in 0..3 {
        assert_eq!(start_from(&app, "2001:db8:1:2::1").await.0, StatusCode::OK);
    }
    let (status, after) = start_from(&app, "2001:db8:1:2:ffff::9").await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS, "the same household");
    assert!((1..=1200).contains(&after.parse::<u32>().unwrap()), "{after}");
    assert_eq!(start_from(&app, "198.51.100.1").await.0, StatusCode::OK, "another network");
}

#[tokio::test]
async fn one_token_makes_only_so_many_requests() {
    let mut files = Files::new().with_demo_study();
    files.config.limits = Limits { requests_per_second: 1, ..Limits::default() };
    let app = files.start().await;
    let (person, other) = (app.person().await, app.person().await);
    for _ in 0..4 {
        person.send(&[person.row(0)]).await;
    }
    let answer = person.post(person.row(0).to_string()).await;
    assert_eq!(answer.header("retry-after"), "1");
    answer.problem(429);
    other.send(&[other.row(0)]).await;
}

#[tokio::test]
async fn refusals_are_capped() {
    let app = Files::new().with_demo_study().start().await;
    let person = app.person().await;
    person.post("1\n".repeat(201)).await.problem(413);
    let receipt: Receipt = person.post("1\n".repeat(200)).await.ok().json();
    assert_eq!(receipt.refused.len(), 200);
    let long = format!(r#"{{"{}":1}}"#, "x".repeat(10_000));
    let answer = person.post(long).await.ok();
    assert!(answer.body.len() < 2000, "{}", answer.text());
}

#[tokio::test]
async fn a_body_states_what_it_is() {
    let app = Files::new().with_demo_study().start().await;
    let person = app.person().await;
    let client = reqwest::Client::new();
    let url = |path: String| format!("http://{}{path}", app.address);
    for (path, body) in
        [("/api/sessions".to_owned(), ASKED.to_owned()), (person.path("/rows"), "1".to_owned())]
    {
        let request = client.post(url(path)).bearer_auth(&person.opened.token);
        let answer = request.header("content-type", "text/plain").body(body).send().await.unwrap();
        assert_eq!(
            answer.status(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "as a form of another site would send it"
        );
    }
}

#[tokio::test]
async fn only_a_page_that_came_over_tls_is_kept_to_it() {
    let app = Files::new().start().await;
    let get =
        async |headers: &[(&str, &str)]| app.request_with(Method::GET, "/", "", Vec::new(), headers).await;
    assert_eq!(get(&[]).await.header("strict-transport-security"), "");
    let behind = get(&[("x-forwarded-proto", "https")]).await;
    assert_eq!(behind.header("strict-transport-security"), "max-age=31536000");
}

/// Memory of a process in bytes: now (`VmRSS`) and at most (`VmHWM`).
#[cfg(target_os = "linux")]
fn memory(process: u32, field: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn ten_hostile_uploads_take_little_memory() {
    let files = Files::new().with_demo_study();
    let server = Process::start(&files);
    let client = reqwest::Client::new();
    let open = async || {
        let request = client.post(server.url("/api/sessions")).header("content-type", "application/json");
        request.body(ASKED).send().await.unwrap().json::<SessionOpened>().await.unwrap()
    };
    let opened = join_all((0..10).map(|_| open())).await;
    let before = memory(server.child.id(), "VmRSS");
    let deep = format!("{}{}", r#"{"showing":"#, "[".repeat(990_000));
    let bodies = ["1\n".repeat(500_000), "{}\n".repeat(200), deep, format!("[{}1]", "1,".repeat(490_000))];
    for body in &bodies {
        let upload = |opened: &SessionOpened| {
            let url = server.url(&format!("/api/sessions/{}/rows", opened.session));
            let request =
                client.post(url).bearer_auth(&opened.token).header("content-type", "application/x-ndjson");
            request.body(body.clone()).send()
        };
        let answers = join_all(opened.iter().map(upload)).await;
        for answer in answers {
            assert!(answer.unwrap().bytes().await.unwrap().len() < 200_000);
        }
    }
    let more = memory(server.child.id(), "VmHWM").saturating_sub(before);
    println!("ten uploads at a time: {} MB more at most", more / 1_000_000);
    assert!(more < 64 << 20, "{more} bytes more");
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_and_slow_readers_do_not_keep_participants_out() {
    let big = vec![b'x'; 8 << 20];
    let app = Files::new().with_demo_study().with_file("big.bin", &big).start().await;
    let mut held = Vec::new();
    for _ in 0..2000 {
        held.push(TcpStream::connect(app.address).await.unwrap());
    }
    for _ in 0..200 {
        let mut reader = TcpStream::connect(app.address).await.unwrap();
        reader.write_all(b"GET /big.bin HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        held.push(reader);
    }
    let people =
        tokio::time::timeout(Duration::from_secs(60), join_all((0..200).map(|_| app.person()))).await;
    let people = people.unwrap();
    let receipts =
        join_all(people.iter().map(|person| async { person.send(&[person.row(0)]).await.stored })).await;
    assert!(receipts.iter().all(|stored| stored == &[0]));
    drop(held);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_stops_is_cut_off() {
    let big = vec![b'x'; 32 << 20];
    let mut files = Files::new().with_file("big.bin", &big);
    files.config.time_limit = Duration::from_millis(300);
    files.config.limits = Limits { connections: 1, ..Limits::default() };
    let app = files.start().await;
    let mut reader = TcpStream::connect(app.address).await.unwrap();
    reader.write_all(b"GET /big.bin HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    // There is one place, and it is free again only once the reader is gone.
    app.get("/api/health").await.ok();
    drop(reader);
}
