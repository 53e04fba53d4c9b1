//! Prints the JSON Schema of study files: `cargo run --release -p gestalt-protocol --example study_schema >
//! static/studies/study.schema.json`

fn main() {
    print!("{}", gestalt_protocol::study::study_schema());
}
