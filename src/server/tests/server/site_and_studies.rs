//! Files as browsers get them: the site, the studies without their answers, and nothing else.

use crate::common::Files;
use gestalt_protocol::api::{Health, StudyOpened};
use gestalt_protocol::{Study, image_content};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test]
async fn the_page_answers_for_every_address_that_it_routes() {
    let app = Files::new().start().await;
    for path in ["/", "/index.html", "/study/demo", "/compare?study=demo", "/study/v1.2", "/static"] {
        let page = app.get(path).await.ok();
        assert!(page.text().contains("Gestalt"), "{path}");
        assert_eq!(page.header("cache-control"), "no-cache");
        assert!(page.header("content-type").starts_with("text/html"));
    }
    for path in ["/gone.js", "/models/gone/card.json", "/api", "/api/", "/api/gone", "/api/studies/gone"] {
        app.get(path).await.problem(404);
    }
    app.get("/api/health").await.ok().json::<Health>();
    app.get("/api/sessions").await.problem(405);
}

#[tokio::test]
async fn a_page_may_run_its_own_code_only_and_is_isolated() {
    let app = Files::new().with_file("worker.js", b"1").start().await;
    let page = app.get("/").await;
    let policy = page.header("content-security-policy");
    // printf "import('/web.js')" | openssl dgst -sha256 -binary | base64
    assert!(
        policy.contains(
            "script-src 'self' 'wasm-unsafe-eval' 'sha256-GBPfEk1vqYygFPfxJbwcbXfj/XtofSIvu5oxGvc/tvE=';"
        ),
        "{policy}"
    );
    for answer in
        [page, app.get("/worker.js").await, app.get("/api/health").await, app.get("/api/gone").await]
    {
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(answer.header("cross-origin-embedder-policy"), "require-corp");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(answer.header("content-security-policy").contains("'wasm-unsafe-eval'"));
    }
}

#[tokio::test]
async fn files_come_compressed_and_are_kept_where_their_name_is_a_hash() {
    let long = "let x = 1;".repeat(200);
    let app = Files::new()
        .with_file("web-0123456789abcdef.js", long.as_bytes())
        .with_file("ready.js", b"plain")
        .with_file("ready.js.br", b"brotli bytes")
        .start()
        .await;
    let script = app.get("/web-0123456789abcdef.js").await.ok();
    assert_eq!(script.text(), long);
    assert_eq!(script.header("cache-control"), "public, max-age=31536000, immutable");
    for (path, body) in [("/web-0123456789abcdef.js", None), ("/ready.js", Some(&b"brotli bytes"[..]))] {
        let (head, raw) = raw_get(&app, path, "br").await;
        assert!(head.contains("content-encoding: br"), "{head}");
        assert_eq!(head.contains("immutable"), body.is_none(), "{head}");
        assert!(body.is_none_or(|body| raw.windows(body.len()).any(|part| part == body)));
    }
}

/// Without a client that decompresses or tidies the path. Head and body.
async fn raw_get(app: &crate::common::TestApp, path: &str, encoding: &str) -> (String, Vec<u8>) {
    let mut stream = tokio::net::TcpStream::connect(app.address).await.unwrap();
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: x\r\naccept-encoding: {encoding}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|part| part == b"\r\n\r\n").unwrap();
    (String::from_utf8_lossy(&answer[..end]).to_lowercase(), answer[end + 4..].to_vec())
}

#[tokio::test]
async fn a_study_is_given_without_its_answers() {
    let app = Files::new().with_demo_study().start().await;
    assert_eq!(app.get("/api/studies").await.ok().json::<Vec<Study>>()[0].name.as_str(), "demo");
    let opened = app.get("/api/studies/demo").await.ok();
    assert!(!opened.text().contains("intact"));
    // Of the set, practice trials only: a session gets its own trials.
    assert!(!opened.text().contains("dog-1") && opened.text().contains("practice-1"), "{}", opened.text());
    let opened = opened.json::<StudyOpened>();
    assert_eq!((opened.trials.practice, opened.trials.test, opened.examples.len()), (1, 3, 1));
    let hash = &opened.examples[0].images[0];
    let image = app.get(&format!("/api/studies/demo/images/{hash}.png")).await.ok();
    assert_eq!(gestalt_types::Sha256::of(image_content(&image.body)), *hash);
    assert_eq!(image.header("content-type"), "image/png");
    assert!(image.header("cache-control").contains("immutable"));
    for file in [format!("{hash}.webp"), hash.to_string(), "trials.json".into(), "..%2Ftrials.json".into()] {
        app.get(&format!("/api/studies/demo/images/{file}")).await.problem(404);
    }
}

#[tokio::test]
async fn the_answers_cannot_be_fetched() {
    let app = Files::new()
        .with_demo_study()
        .with_file("static/studies/demo/trial-set/trials.json.br", b"answers")
        .start()
        .await;
    let base = "/static/studies/demo";
    for path in [
        "study.json",
        "STUDY.toml",
        "trial-set/trials.json",
        "trial-set/trials.json/",
        "trial-set/TRIALS.json",
        "trial-set/trials%2Ejson",
        "trial-set/trials.json.br",
        "trial-set//trials.json",
        "trial-set/./trials.json",
        "trial-set/%74rials.json",
        "x/../trial-set/trials.json",
        "trial-set%2Ftrials.json",
        "trial-set/trials.json?x",
        "trial-set%5Ctrials.json",
    ] {
        let (head, body) = raw_get(&app, &format!("{base}/{path}"), "br").await;
        assert!(head.starts_with("http/1.1 404"), "{path}: {head}");
        assert!(!String::from_utf8_lossy(&body).contains("intact\""), "{path}");
    }
    // Nor can the unpadded files of the pictures, whose lengths tell the answers.
    let hash = crate::common::intact("dog-1");
    for path in [format!("trial-set/images/{hash}.png"), format!("trial-set/images/{hash}%2Epng")] {
        app.get(&format!("{base}/{path}")).await.problem(404);
    }
    let problem = app.get(&format!("{base}/trial-set/trials.json")).await.problem(404);
    assert!(problem.error.contains("/api/studies"), "{}", problem.error);
}

#[tokio::test]
async fn nothing_outside_the_site_is_served() {
    let app = Files::new().with_demo_study().start().await;
    app.person().await;
    let paths = [
        "/../data/gestalt.sqlite",
        "/%2e%2e/data/gestalt.sqlite",
        "/..%2fdata%2fgestalt.sqlite",
        "/static/..%2f..%2f..%2fdata/gestalt.sqlite",
        "//etc/passwd",
        "/%2fetc%2fpasswd",
        "/static/%00",
        "/%ff",
    ];
    for path in paths {
        let (head, body) = raw_get(&app, path, "identity").await;
        let body = String::from_utf8_lossy(&body);
        assert!(!body.contains("SQLite format") && !body.contains("root:"), "{path}");
        assert!(!head.starts_with("http/1.1 5"), "{path}: {head}");
    }
}

#[tokio::test]
async fn a_broken_study_is_named_and_the_others_are_offered() {
    let files =
        Files::new().with_demo_study().with_study("edited").with_study("no-image").with_study("wrong-image");
    let edited = files.study_dir("edited").join("trial-set/trials.json");
    let text = std::fs::read_to_string(&edited).unwrap().replace("\"intact\": 1", "\"intact\": 2");
    std::fs::write(&edited, text).unwrap();
    let image = |study: &str| {
        let folder = files.study_dir(study).join("trial-set/images");
        std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path()
    };
    std::fs::remove_file(image("no-image")).unwrap();
    std::fs::write(image("wrong-image"), "another picture").unwrap();
    let twice = files.study_dir("twice");
    std::fs::create_dir_all(&twice).unwrap();
    std::fs::copy(files.study_dir("demo").join("study.json"), twice.join("study.json")).unwrap();
    let app = files.with_file("static/studies/not-json/study.json", b"{").start().await;

    let offered: Vec<Study> = app.get("/api/studies").await.ok().json();
    assert_eq!(offered.iter().map(|study| study.name.as_str()).collect::<Vec<_>>(), ["demo"]);
    let expected = [
        ("edited", "edited after it was made"),
        ("no-image", "No such file"),
        ("not-json", "study file"),
        ("twice", "trials.json"),
        ("wrong-image", "does not match"),
    ];
    assert_eq!(app.broken.len(), expected.len());
    for ((study, reason), said) in expected.iter().zip(&app.broken) {
        assert!(said.contains(study) && said.contains(reason), "{said}");
    }
    app.get("/api/studies/edited").await.problem(404);
}

#[tokio::test]
async fn without_a_site_the_page_says_what_to_do() {
    let files = Files::new();
    std::fs::remove_file(files.config.site_dir.join("index.html")).unwrap();
    let app = files.start().await;
    let problem = app.get("/").await.problem(404);
    assert!(problem.error.contains("cargo xtask build"), "{}", problem.error);
}

#[tokio::test]
async fn a_body_that_never_ends_is_given_up() {
    let mut files = Files::new().with_demo_study();
    files.config.time_limit = std::time::Duration::from_millis(200);
    let app = files.start().await;
    let mut stream = tokio::net::TcpStream::connect(app.address).await.unwrap();
    stream.write_all(b"POST /api/sessions HTTP/1.1\r\nhost: x\r\ncontent-length: 90\r\n\r\n{").await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&answer));
}

#[tokio::test]
async fn what_cannot_start_says_why() {
    let files = Files::new();
    let start = async |change: &dyn Fn(&mut gestalt_server::Config)| {
        let mut config = files.config.clone();
        change(&mut config);
        gestalt_server::Server::start(config).await.err().unwrap().to_string()
    };
    for url in ["mysql://x", "sqlite::memory:", "gestalt.sqlite"] {
        assert!(start(&|config| config.database_url = url.into()).await.contains("sqlite://FILE"), "{url}");
    }
    assert!(start(&|config| config.listen = "nowhere".into()).await.contains("--listen"));
    let text = files.config.site_dir.join("index.html");
    let url = format!("sqlite://{}", text.display());
    assert!(
        start(&|config| config.database_url = url.clone()).await.contains("database"),
        "no database file"
    );
}
