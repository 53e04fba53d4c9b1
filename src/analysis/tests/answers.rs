//! Anyone's table of answers is read by naming its columns, and gives the published agreement of people.
#![allow(clippy::unwrap_used)]

use gestalt_analysis::{Answers, Columns, ColumnsError, NoAnswers, Reading, write_answers};
use proptest::prelude::*;

const COLUMNS: &str =
    "observer=subj,item=imagename,condition=condition,target=category,choice=object_response,rt_s=rt";

fn reading(columns: &str) -> Reading {
    Reading { columns: columns.parse().unwrap(), choices: 16, missing: "na".to_owned(), last_token: true }
}

/// Answers of people in the layout of the public data, made of the compact copy that `gestalt-stats` keeps.
fn public_tables() -> Vec<(String, String)> {
    let mut tables: Vec<(String, String)> = Vec::new();
    for line in include_str!("../../stats/tests/fixtures/human-answers.txt").lines().skip(1) {
        let Some(name) = line.strip_prefix("# ") else {
            let (_, table) = tables.last_mut().unwrap();
            let person = table.matches('\n').count();
            for (item, mark) in line.chars().enumerate() {
                // The trial's number goes before the item and differs from person to person; a wrong answer
                // is none.
                let choice = if mark == '1' { "dog" } else { "na" };
                table.push_str(&format!(
                    "subject-{person},1,{item},0.5,{choice},dog,0,{:04}_x_dog_item{item}.png\n",
                    (item * 7 + person) % 1000
                ));
            }
            continue;
        };
        let header = "Subj,session,trial,RT,object_response,category,condition,imagename\n";
        tables.push((name.to_owned(), header.to_owned()));
    }
    tables
}

fn file<'a>(files: &'a [(String, String)], name: &str) -> &'a str {
    &files.iter().find(|(known, _)| known == name).unwrap().1
}

#[test]
fn the_four_public_sets_give_the_published_agreement() {
    let mut answers = Answers::default();
    for (name, table) in public_tables() {
        answers.read(&name, "table.csv", table.as_bytes(), &reading(COLUMNS)).unwrap();
    }
    let files = write_answers(&answers);
    let agreement = file(&files, "agreement.csv");
    assert!(agreement.starts_with(
        "dataset,first,second,condition,items,kappa,kappa_low,kappa_high,kappa_max,null_low,null_high"
    ));
    for (name, wanted) in
        [("sketch", 0.36962), ("edge", 0.31844), ("silhouette", 0.47571), ("cue-conflict", 0.33105)]
    {
        let start = format!("{name},people,people,all,,");
        let row = agreement.lines().find(|line| line.starts_with(&start)).unwrap();
        let kappa: f64 = row[start.len()..].split(',').next().unwrap().parse().unwrap();
        assert!((kappa - wanted).abs() < 1e-5, "{row}");
    }
    assert_eq!(agreement.lines().filter(|line| line.starts_with("edge,subject")).count(), 45);
    assert_eq!(file(&files, "exclusions.csv").lines().count(), 1);
}

#[test]
fn a_row_that_does_not_count_is_named_with_its_reason() {
    let table = "who,pic,ok,role\nann,a,1,test\nann,a,0,test\nann,b,maybe,test\n,c,1,test\nann,d,1,practice\nann,e,,test\n";
    let mut answers = Answers::default();
    let columns = "observer=who,item=pic,correct=ok,role=role";
    answers.read("set", "log.csv", table.as_bytes(), &reading(columns)).unwrap();
    let reasons: Vec<(usize, &str)> = answers.exclusions.iter().map(|row| (row.line, row.reason)).collect();
    let wanted = [
        (3, "this observer has answered this item before"),
        (4, "`correct` is neither 0 nor 1"),
        (5, "no observer"),
        (6, "not a test trial"),
    ];
    assert_eq!(reasons, wanted);
    // A missing answer is wrong, not dropped.
    let counted: Vec<(bool, bool)> = answers.answers.iter().map(|a| (a.correct, a.missing)).collect();
    assert_eq!(counted, [(true, false), (false, true)]);
}

#[test]
fn columns_that_are_missing_are_named_with_those_there_are() {
    let parse = |text: &str| text.parse::<Columns>();
    assert_eq!(
        parse("observer=a,item=b"),
        Err(ColumnsError::Missing("`correct`, or `target` with `choice`,"))
    );
    assert_eq!(parse("observer=a,pic=b"), Err(ColumnsError::Unknown("pic".to_owned())));
    assert_eq!(parse("observer"), Err(ColumnsError::NoPair("observer".to_owned())));
    let error =
        Answers::default().read("set", "log.csv", b"a,b\n1,2\n", &reading("observer=a,item=pic,correct=b"));
    let Err(NoAnswers::Columns(error)) = error else { panic!("{error:?}") };
    assert_eq!(error.to_string(), "there is no column `pic`; there are a, b");
}

#[test]
fn one_person_one_item_or_nothing_in_common_gives_sentences() {
    let mut answers = Answers::default();
    let columns = "observer=who,item=pic,correct=ok";
    answers.read("set", "log.csv", b"who,pic,ok\nann,a,1\n", &reading(columns)).unwrap();
    let files = write_answers(&answers);
    assert!(
        file(&files, "agreement.csv")
            .contains("set,people,people,all,,,,,,,,1 values; at least 2 are needed")
    );
    assert!(file(&files, "accuracy.csv").contains("one person only"));
    answers.read("set", "log.csv", b"who,pic,ok\nbob,b,0\n", &reading(columns)).unwrap();
    assert!(file(&write_answers(&answers), "agreement.csv").contains("there are no values"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn any_table_is_read_or_refused(
        rows in proptest::collection::vec(("[ab]{0,1}", "[xy_n0]{0,3}", "[01 ]{0,1}", "[0-9NaN.-]{0,4}"), 0..12),
    ) {
        let lines: String =
            rows.iter().map(|(who, item, ok, ms)| format!("{who},{item},{ok},{ms}\n")).collect();
        let mut answers = Answers::default();
        let columns = "observer=who,item=pic,correct=ok,rt_ms=ms";
        let table = format!("who,pic,ok,ms\n{lines}");
        answers.read("set", "log.csv", table.as_bytes(), &reading(columns)).unwrap();
        for (_, content) in write_answers(&answers) {
            prop_assert!(!content.contains("NaN") && !content.contains("inf"));
        }
    }
}
