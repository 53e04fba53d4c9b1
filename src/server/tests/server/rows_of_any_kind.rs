//! Whatever bytes come in as rows, the server answers in the agreed form, and goes on.

use crate::common::{Files, ndjson};
use gestalt_protocol::api::Receipt;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::Value;

/// Bytes of all kinds, and sound rows with bytes changed, lost or doubled.
fn bodies(sound: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let mangled = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..3), 1..4).prop_map(
        move |edits| {
            let mut bytes = sound.clone();
            for (place, byte, edit) in edits {
                let place = place.index(bytes.len());
                match edit {
                    0 => bytes[place] = byte,
                    1 => drop(bytes.remove(place)),
                    _ => bytes.insert(place, byte),
                }
            }
            bytes
        },
    );
    prop_oneof![prop::collection::vec(any::<u8>(), 0..300), mangled]
}

#[tokio::test(flavor = "multi_thread")]
async fn any_bytes_are_answered_and_every_line_accounted_for() {
    let app = Files::new().with_demo_study().start().await;
    let person = app.person().await;
    let sound: Vec<Value> = (0..2).map(|index| person.row(index)).collect();
    let handle = tokio::runtime::Handle::current();
    tokio::task::block_in_place(|| {
        TestRunner::new(ProptestConfig {
            cases: 256,
            failure_persistence: None,
            ..ProptestConfig::default()
        })
        .run(&bodies(ndjson(&sound).into_bytes()), |body| {
            let answer = handle.block_on(person.post(body.clone()));
            prop_assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
            let receipt: Receipt = answer.json();
            let lines =
                body.split(|&byte| byte == b'\n').filter(|line| !line.iter().all(u8::is_ascii_whitespace));
            prop_assert_eq!(receipt.stored.len() + receipt.refused.len(), lines.count());
            Ok(())
        })
        .unwrap();
    });
    person.send(&sound).await;
}

#[tokio::test]
async fn any_session_address_is_answered() {
    let app = Files::new().with_demo_study().start().await;
    for id in ["%00", "%ff", "..", "%2e%2e%2fdemo", "1' OR '1'='1", &"9".repeat(4000)] {
        let answer = app.get(&format!("/api/sessions/{}/rows", id.replace(' ', "%20"))).await;
        assert!(answer.status.is_client_error(), "{id}: {}", answer.status);
    }
}
