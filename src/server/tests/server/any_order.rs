//! The same stream of requests in any order and multiplicity leaves the same rows.

use crate::common::{Files, ndjson};
use gestalt_protocol::api::Finished;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

/// One request of a session.
#[derive(Debug, Clone)]
enum Request {
    /// These rows of the session.
    Rows(Vec<usize>),
    Finish,
}

/// Requests that together hold every row at least once, shuffled, some of them doubled; attempts to finish
/// between them.
fn requests(rows: usize) -> impl Strategy<Value = Vec<Request>> {
    let batch = || prop::collection::vec(0..rows, 1..5).prop_map(Request::Rows);
    let extra = prop::collection::vec(prop_oneof![4 => batch(), 1 => Just(Request::Finish)], 0..6);
    let chunks = (1..=rows).prop_map(move |size| {
        let all: Vec<usize> = (0..rows).collect();
        all.chunks(size).map(|chunk| Request::Rows(chunk.to_vec())).collect::<Vec<_>>()
    });
    (chunks, extra).prop_map(|(chunks, extra)| [chunks, extra].concat()).prop_shuffle()
}

#[tokio::test(flavor = "multi_thread")]
async fn any_order_and_multiplicity_leaves_the_same_rows() {
    let app = Files::new().with_large_demo_study(5).start().await;
    let handle = tokio::runtime::Handle::current();
    let config = ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() };
    let in_any_order = |stream: Vec<Request>| {
        handle.block_on(async {
            let person = app.person().await;
            // One trial is interrupted and shown again.
            let (mut rows, mut again) = (person.rows(), person.row(person.trials()));
            rows[0]["outcome"] = json!("interrupted");
            rows[0]["chosen"] = Value::Null;
            rows[0]["reaction_time_ms"] = Value::Null;
            again["index"] = json!(rows.len());
            rows.push(again);
            let total = u32::try_from(rows.len()).unwrap();
            for request in stream {
                match request {
                    Request::Rows(places) => {
                        let batch: Vec<Value> = places.iter().map(|&place| rows[place].clone()).collect();
                        let receipt = person.send(&batch).await;
                        prop_assert!(receipt.refused.is_empty(), "{:?}", receipt.refused);
                    }
                    // Early, it is withheld; late, it says the same each time.
                    Request::Finish => drop(person.finish(total).await),
                }
            }
            let code = person.finish(total).await.ok().json::<Finished>().completion_code;
            let again = person.finish(total).await.ok().json::<Finished>().completion_code;
            prop_assert_eq!(code, again);
            let mut stored = person.own_rows().await.lines();
            for row in &mut stored {
                row["correct"] = Value::Null;
                row["target"] = Value::Null;
            }
            let sent = ndjson(&rows);
            let kept =
                ["row_id", "trial", "index", "repeat", "outcome", "chosen", "reaction_time_ms", "shown"];
            let pick = |row: &Value| kept.map(|field| row[field].clone());
            let sent: Vec<Value> = sent.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            prop_assert_eq!(
                stored.iter().map(pick).collect::<Vec<_>>(),
                sent.iter().map(pick).collect::<Vec<_>>()
            );
            Ok(())
        })
    };
    tokio::task::block_in_place(|| TestRunner::new(config).run(&requests(7), in_any_order).unwrap());
}
