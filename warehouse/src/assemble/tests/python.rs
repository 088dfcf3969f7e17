//! What PySpark and Connect run in loops of their own, told as single calls.

use super::*;

/// A program as the JVM sees it, one call a line, and what is made of it.
struct Program {
    teller: Teller,
    columns: BTreeMap<u64, Vec<String>>,
}

impl Program {
    fn of(client: Option<&str>) -> Self {
        Self {
            teller: Teller::of_client(client),
            columns: BTreeMap::new(),
        }
    }

    /// `data 2 of 1 filter`, `column 2 of 1 name`, `rand 2 of 1 CrossValidator_1`,
    /// `split 3 of 2 NOT`, `fit 1 lr on 1 reg 0.5 label name @2`, `transform 2 ix by 1 from 1 to 2`, `evaluate 3 on 2 is 0.5`;
    /// `fails` at the end.
    fn tell(&mut self, line: &str) {
        let words: Vec<_> = line.split_whitespace().collect();
        let after = |word: &str| {
            let place = words.iter().position(|known| *known == word)?;
            words.get(place + 1).copied()
        };
        let number = |word: &str| after(word).map_or(0, |n| n.parse().expect("a number"));
        let thread = words.iter().find_map(|word| word.strip_prefix('@'));
        let thread = thread.map_or(1, |thread| thread.parse().expect("a number"));
        let failure = words.contains(&"fails").then(|| Failure {
            class: "Error".into(),
            message: "no".into(),
        });
        let (what, id) = (words[0], words.get(1).map_or(0, |n| n.parse().unwrap_or(0)));
        let uid = words.get(2).copied().unwrap_or_default();
        let mut estimator = classifier(after("reg").map_or(0.0, |reg| reg.parse().expect("one")));
        estimator.uid = uid.into();
        if let Some(label) = after("label") {
            estimator.params.retain(|param| param.name != "labelCol");
            let labelled = component("", "", &[("labelCol", label)]);
            estimator.params.extend(labelled.params);
        }
        match what {
            "data" => self.dataset(id, number("of"), words.last().expect("a word"), None),
            "column" => {
                let name = words.last().expect("a word");
                self.dataset(id, number("of"), "select", Some((*name).to_owned()));
            }
            "rand" => {
                let search = words.last().expect("a word");
                self.dataset(id, number("of"), "select", Some(format!("{search}_rand")));
            }
            "split" => {
                let parent = number("of");
                let random = self.columns[&parent].last().expect("a column").clone();
                let not = if words.contains(&"NOT") { "NOT " } else { "" };
                self.dataset(
                    id,
                    parent,
                    &format!("filter {not}({random}#3 >= 0.5)"),
                    None,
                );
            }
            "fit" | "begin" => {
                self.teller.tell(Happening::FitStarted(Box::new(FitStarted {
                    operation: id,
                    parent: 0,
                    kind: FitKind::Estimator,
                    estimator,
                    dataset: number("on"),
                    candidates: Vec::new(),
                    thread,
                    source_columns: Some(vec![format!("behind {uid}")]),
                })));
                if what == "fit" {
                    self.fitted(id, failure);
                }
            }
            "fitted" => self.fitted(id, failure),
            "transform" => {
                let (input, output) = (number("from"), number("to"));
                if output != 0 && !self.columns.contains_key(&output) {
                    let added = match uid {
                        "lr" => "prediction".to_owned(),
                        other => format!("{other}_out"),
                    };
                    self.dataset(output, input, "select", Some(added));
                }
                self.teller
                    .tell(Happening::Transformed(Box::new(Transformed {
                        operation: id,
                        transformer: estimator,
                        model: number("by"),
                        input,
                        output,
                        thread,
                        failure,
                        started_at: Micros(self.teller.at),
                        ..Transformed::default()
                    })));
            }
            "evaluate" => self.teller.tell(Happening::Evaluated(Box::new(Evaluated {
                operation: id,
                evaluator: component("Evaluator", "ev", &[("predictionCol", "prediction")]),
                dataset: number("on"),
                metric: "f1".into(),
                value: after("is").map_or(0.0, |value| value.parse().expect("a value")),
                larger_is_better: Some(true),
                source: after("by").map(str::to_owned),
                thread,
                failure,
                ..Evaluated::default()
            }))),
            "end" => self
                .teller
                .tell(Happening::RunEnded(RunEnded { failure: None })),
            other => panic!("what is {other}?"),
        }
    }

    fn fitted(&mut self, operation: u64, failure: Option<Failure>) {
        self.teller.tell(Happening::FitEnded(FitEnded {
            operation,
            duration_us: 5,
            failure,
            problem_type: Some("binary".into()),
            ..FitEnded::default()
        }));
    }

    fn dataset(&mut self, number: u64, parent: u64, step: &str, added: Option<String>) {
        let mut columns = self.columns.get(&parent).cloned().unwrap_or_default();
        columns.extend(added);
        let (operation, detail) = step.split_once(' ').unwrap_or((step, step));
        let derived_from = (parent != 0).then(|| Derivation {
            parent,
            operation: operation.into(),
            detail: Some(detail.into()),
            digest: Some(step.into()),
            ..Derivation::default()
        });
        let column = |name: &String| Column {
            name: name.clone(),
            data_type: "double".into(),
        };
        self.teller.tell(Happening::DatasetSeen(DatasetSeen {
            dataset: number,
            columns: columns.iter().map(column).collect(),
            derived_from: derived_from.into_iter().collect(),
            ..DatasetSeen::default()
        }));
        self.columns.insert(number, columns);
    }

    /// A line for each row of models, transforms, candidates and metrics.
    fn said(&self) -> Vec<String> {
        let mut names = BTreeMap::new();
        for number in 1..100 {
            let inferred = [
                (0, "fit"),
                (1 << 62, "pipeline"),
                (1 << 61, "search"),
                (1 << 60, "each"),
                (1 << 61 | 1 << 60, "search"),
            ];
            for (bit, name) in inferred {
                names.insert(
                    self.teller.model_id(bit | number),
                    format!("{name} {number}"),
                );
            }
            for (bit, name) in [(0, "transform"), (1 << 62, "scoring"), (1 << 60, "all")] {
                let id = derived_id("t", &self.teller.producer.id, &[bit | number]);
                names.insert(id, format!("{name} {number}"));
            }
        }
        let inside = |id: &Option<String>| {
            let id = id.as_ref().map(|id| format!(" in {}", names[id]));
            id.unwrap_or_default()
        };
        let some = |name: &str, number: Option<i64>| {
            let number = number.map(|number| format!(" {name} {number}"));
            number.unwrap_or_default()
        };
        let mut said: Vec<_> = self
            .teller
            .rows
            .iter()
            .filter_map(|row| match row {
                Row::Models(m) => Some(format!(
                    "{} {}{}{}{}{}{}{}",
                    names[&m.model_id],
                    m.role,
                    some("stage", m.stage_index),
                    some("fold", m.fold),
                    some("candidate", m.candidate_index),
                    inside(&m.parent_model_id),
                    if m.status == "finished" { "" } else { " " },
                    if m.status == "finished" {
                        ""
                    } else {
                        &m.status
                    },
                )),
                Row::Transforms(t) => Some(format!(
                    "{}{}{}",
                    names[&t.transform_id],
                    some("stage", t.stage_index),
                    inside(&t.parent_transform_id),
                )),
                Row::Candidates(c) => Some(format!(
                    "candidate {} {:?} {:?} {:?}{}",
                    c.candidate_index,
                    c.params,
                    c.mean.unwrap_or(f64::NAN),
                    c.fold_values.iter().flatten().collect::<Vec<_>>(),
                    if c.is_best { " best" } else { "" },
                )),
                Row::Metrics(m) if m.source == "evaluator" => Some(format!(
                    "metric {:?}{}",
                    m.value,
                    m.model_id
                        .as_ref()
                        .map_or(String::new(), |id| format!(" of {}", names[id])),
                )),
                _ => None,
            })
            .collect();
        said.sort();
        said
    }
}

fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

fn check_of(client: Option<&str>, program: &str, expected: &str) {
    let mut told = Program::of(client);
    for line in lines(program) {
        told.tell(&line);
    }
    told.tell("end");
    let mut expected = lines(expected);
    expected.sort();
    assert_eq!(told.said(), expected, "{program}");
    let actions = told.teller.rows.iter().filter_map(|row| match row {
        Row::Actions(action) => Some(action.sequence),
        _ => None,
    });
    let mut sequences: Vec<_> = actions.collect();
    sequences.sort_unstable();
    let all: Vec<_> = (1..=sequences.len() as i64).collect();
    assert_eq!(sequences, all, "each action has its place: {program}");
    assert!(told.teller.assembler.open_rows(|_| false).is_empty());
}

fn check(program: &str, expected: &str) {
    check_of(Some("python"), program, expected);
}

#[test]
fn a_chain_that_ends_in_a_fit_is_a_pipeline() {
    check(
        "data 1
         fit 1 ix on 1
         transform 2 ix by 1 from 1 to 2
         transform 3 va from 2 to 3
         fit 4 lr on 3
         evaluate 9 on 3 is 0.75 by training
         data 10
         transform 5 ix by 1 from 10 to 11
         transform 6 va from 11 to 12
         transform 7 lr by 4 from 12 to 13
         evaluate 8 on 13 is 0.5",
        "pipeline 1 top
         fit 1 stage stage 0 in pipeline 1
         transform 2 stage 0
         transform 3 stage 1
         fit 4 stage stage 2 in pipeline 1
         transform 5 stage 0 in scoring 5
         transform 6 stage 1 in scoring 5
         transform 7 stage 2 in scoring 5
         scoring 5
         metric 0.5 of pipeline 1",
    );
}

#[test]
fn a_pipeline_may_begin_with_a_transformer_and_fit_once() {
    check(
        "data 1
         transform 1 va from 1 to 2
         fit 2 lr on 2",
        "pipeline 1 top
         transform 1 stage 0
         fit 2 stage stage 1 in pipeline 1",
    );
}

#[test]
fn what_is_used_again_was_made_by_hand() {
    // The model is applied to the very data that it learnt from.
    check(
        "data 1
         transform 1 va from 1 to 2
         fit 2 lr on 2
         transform 3 lr by 2 from 2 to 3
         evaluate 4 on 3 is 0.5",
        "transform 1
         fit 2 top
         transform 3
         metric 0.5 of fit 2",
    );
    // Another estimator learns from it.
    check(
        "data 1
         transform 1 va from 1 to 2
         fit 2 lr on 2
         fit 3 rf on 2",
        "transform 1
         fit 2 top
         fit 3 top",
    );
    // It is split.
    check(
        "data 1
         fit 1 ix on 1
         transform 2 ix by 1 from 1 to 2
         transform 3 va from 2 to 3
         data 4 of 3 split
         fit 4 lr on 4
         transform 5 lr by 4 from 3 to 5",
        "fit 1 top
         transform 2
         transform 3
         fit 4 top
         transform 5",
    );
    // A part of the chain was, and a pipeline did the rest.
    check(
        "data 1
         fit 1 ix on 1
         transform 2 ix by 1 from 1 to 2
         transform 3 va from 2 to 3
         fit 4 lr on 3
         transform 5 va from 2 to 4
         transform 6 lr by 4 from 4 to 5",
        "fit 1 top
         transform 2
         pipeline 3 top
         transform 3 stage 0
         fit 4 stage stage 1 in pipeline 3
         transform 5 stage 0 in scoring 5
         transform 6 stage 1 in scoring 5
         scoring 5",
    );
}

#[test]
fn calls_of_the_jvm_itself_are_what_they_are() {
    for client in [None, Some("jvm")] {
        check_of(
            client,
            "data 1
             transform 1 va from 1 to 2
             fit 2 lr on 2",
            "transform 1
             fit 2 top",
        );
    }
}

#[test]
fn classes_told_from_the_others_are_one_fit() {
    // By itself; classes are fitted on threads of a pool, at once.
    check(
        "data 1
         column 2 of 1 mc2b$0
         begin 2 lr on 2 label mc2b$0 @7
         column 3 of 1 mc2b$1
         begin 3 lr on 3 label mc2b$1 @8
         fitted 3
         fitted 2
         data 4
         column 5 of 4 mbc$acc1
         transform 5 lr by 2 from 5 to 6
         column 7 of 6 mbc$acc1
         transform 6 lr by 3 from 7 to 8
         data 9 of 8 select
         evaluate 7 on 9 is 0.5",
        "each 2 top
         fit 2 component in each 2
         fit 3 component in each 2
         all 5
         transform 5 stage 0 in all 5
         transform 6 stage 1 in all 5
         metric 0.5 of each 2",
    );
    // As a stage of a pipeline.
    check(
        "data 1
         fit 1 ix on 1
         transform 2 ix by 1 from 1 to 2
         column 3 of 2 mc2b$0
         fit 3 lr on 3 label mc2b$0 @7
         column 4 of 2 mc2b$1
         fit 4 lr on 4 label mc2b$1 @7
         data 5
         transform 5 ix by 1 from 5 to 6
         column 7 of 6 mbc$acc1
         transform 6 lr by 3 from 7 to 8
         column 9 of 8 mbc$acc1
         transform 7 lr by 4 from 9 to 10
         evaluate 8 on 10 is 0.5",
        "pipeline 1 top
         fit 1 stage stage 0 in pipeline 1
         transform 2 stage 0
         each 3 stage stage 1 in pipeline 1
         fit 3 component in each 3
         fit 4 component in each 3
         scoring 5
         transform 5 stage 0 in scoring 5
         all 6 stage 1 in scoring 5
         transform 6 stage 0 in all 6
         transform 7 stage 1 in all 6
         metric 0.5 of pipeline 1",
    );
}

#[test]
fn classes_are_fitted_again_or_fail() {
    check(
        "data 1
         column 2 of 1 mc2b$0
         fit 2 lr on 2 label mc2b$0 @7
         column 3 of 1 mc2b$1
         fit 3 lr on 3 label mc2b$1 @7
         column 4 of 1 mc2b$0
         fit 4 lr on 4 label mc2b$0 @7
         column 5 of 1 mc2b$1
         fit 5 lr on 5 label mc2b$1 @7 fails",
        "each 2 top
         fit 2 component in each 2
         fit 3 component in each 2
         each 4 top failed
         fit 4 component in each 4
         fit 5 component in each 4 failed",
    );
    // One that never ends.
    check(
        "data 1
         column 2 of 1 mc2b$0
         begin 2 lr on 2 label mc2b$0",
        "each 2 top abandoned
         fit 2 component in each 2 abandoned",
    );
}

#[test]
fn classes_in_a_search() {
    check(
        "column 1 of 0 late
         rand 2 of 1 CrossValidator_1
         split 3 of 2 NOT
         split 4 of 2
         column 5 of 3 mc2b$0
         fit 5 lr on 5 reg 0.5 label mc2b$0 @7
         column 6 of 3 mc2b$1
         fit 6 lr on 6 reg 0.5 label mc2b$1 @7
         column 7 of 4 mbc$acc1
         transform 7 lr by 5 from 7 to 8 @2
         column 9 of 8 mbc$acc1
         transform 8 lr by 6 from 9 to 10 @2
         evaluate 9 on 10 is 0.5 @2
         column 11 of 1 mc2b$0
         fit 11 lr on 11 reg 0.5 label mc2b$0 @8
         column 12 of 1 mc2b$1
         fit 12 lr on 12 reg 0.5 label mc2b$1 @8
         data 13
         column 14 of 13 mbc$acc1
         transform 14 lr by 11 from 14 to 15
         column 16 of 15 mbc$acc1
         transform 15 lr by 12 from 16 to 17
         evaluate 16 on 17 is 0.75",
        "search 5 top
         each 5 fold fold 0 candidate 0 in search 5
         fit 5 component in each 5
         fit 6 component in each 5
         all 7
         transform 7 stage 0 in all 7
         transform 8 stage 1 in all 7
         metric 0.5 of each 5
         each 11 best candidate 0 in search 5
         fit 11 component in each 11
         fit 12 component in each 11
         candidate 0 {} 0.5 [0.5] best
         all 14
         transform 14 stage 0 in all 14
         transform 15 stage 1 in all 14
         metric 0.75 of each 11",
    );
}

#[test]
fn threads_do_not_mix() {
    check(
        "data 1
         fit 1 ix on 1 @1
         fit 2 ix on 1 @2
         transform 3 ix by 2 from 1 to 2 @2
         transform 4 ix by 1 from 1 to 3 @1
         begin 5 lr on 3 @1
         begin 6 lr on 2 @2
         fitted 6
         fitted 5",
        "pipeline 1 top
         fit 1 stage stage 0 in pipeline 1
         transform 4 stage 0
         fit 5 stage stage 1 in pipeline 1
         pipeline 2 top
         fit 2 stage stage 0 in pipeline 2
         transform 3 stage 0
         fit 6 stage stage 1 in pipeline 2",
    );
}

#[test]
fn a_pipeline_fails_with_its_stage_and_what_did_not_end_is_told_as_it_is() {
    check(
        "data 1
         transform 1 va from 1 to 2
         fit 2 lr on 2 fails",
        "pipeline 1 top failed
         transform 1 stage 0
         fit 2 stage stage 1 in pipeline 1 failed",
    );
    check(
        "data 1
         transform 1 va from 1 to 2
         begin 2 lr on 2",
        "transform 1
         fit 2 top abandoned",
    );
    // Ends without starts, twice, and of nobody.
    check(
        "fitted 9
         data 1
         fit 1 lr on 1
         fitted 1
         transform 2 lr by 77 from 66 to 0 fails",
        "fit 1 top
         transform 2",
    );
}

#[test]
fn rows_that_wait_are_shown() {
    let mut told = Program::of(Some("python"));
    for line in ["data 1", "transform 1 va from 1 to 2", "fit 2 lr on 2"] {
        told.tell(line);
    }
    assert!(told.said().is_empty());
    let open = told.teller.assembler.open_rows(|_| false);
    let statuses: Vec<_> = open
        .iter()
        .filter_map(|row| match row {
            Row::Models(model) => Some(&model.status),
            Row::Transforms(transform) => Some(&transform.status),
            _ => None,
        })
        .collect();
    assert_eq!(statuses, ["finished", "finished"]);
}

#[test]
fn folds_and_the_best_of_a_search() {
    check(
        "data 1
         rand 2 of 1 CrossValidator_1
         split 3 of 2
         split 4 of 2 NOT
         fit 1 lr on 4 reg 0.1 @2
         transform 2 lr by 1 from 3 to 10 @2
         evaluate 3 on 10 is 0.5 @2
         fit 4 lr on 4 reg 0.2 @2
         transform 5 lr by 4 from 3 to 11 @2
         evaluate 6 on 11 is 0.25 @2
         split 5 of 2
         split 6 of 2 NOT
         fit 7 lr on 6 reg 0.2 @2
         transform 8 lr by 7 from 5 to 12 @2
         evaluate 9 on 12 is 0.75 @2
         fit 10 lr on 6 reg 0.1 @2
         transform 11 lr by 10 from 5 to 13 @2
         evaluate 12 on 13 is 1.0 @2
         fit 13 lr on 1 reg 0.1
         data 20
         transform 14 lr by 13 from 20 to 21
         evaluate 15 on 21 is 0.125",
        "search 1 top
         fit 1 fold fold 0 candidate 0 in search 1
         fit 4 fold fold 0 candidate 1 in search 1
         fit 7 fold fold 1 candidate 1 in search 1
         fit 10 fold fold 1 candidate 0 in search 1
         fit 13 best candidate 0 in search 1
         transform 2
         transform 5
         transform 8
         transform 11
         transform 14
         metric 0.5 of fit 1
         metric 0.25 of fit 4
         metric 0.75 of fit 7
         metric 1.0 of fit 10
         metric 0.125 of fit 13
         candidate 0 {\"regParam\": \"0.1\"} 0.75 [0.5, 1.0] best
         candidate 1 {\"regParam\": \"0.2\"} 0.5 [0.25, 0.75]",
    );
}

#[test]
fn pipelines_inside_a_search_on_two_threads() {
    check(
        "data 1
         rand 2 of 1 TrainValidationSplit_1
         split 3 of 2
         split 4 of 2 NOT
         transform 1 va from 4 to 10 @2
         transform 2 va from 4 to 20 @3
         begin 3 lr on 20 reg 0.2 @3
         begin 4 lr on 10 reg 0.1 @2
         fitted 3
         transform 5 va from 3 to 21 @3
         fitted 4
         transform 6 va from 3 to 11 @2
         transform 7 lr by 3 from 21 to 22 @3
         transform 8 lr by 4 from 11 to 12 @2
         evaluate 9 on 12 is 0.5 @2
         evaluate 10 on 22 is 0.75 @3
         transform 11 va from 1 to 30
         fit 12 lr on 30 reg 0.2",
        "search 1 top
         pipeline 1 candidate candidate 0 in search 1
         transform 1 stage 0
         fit 4 stage stage 1 in pipeline 1
         pipeline 2 candidate candidate 1 in search 1
         transform 2 stage 0
         fit 3 stage stage 1 in pipeline 2
         scoring 5
         transform 5 stage 0 in scoring 5
         transform 7 stage 1 in scoring 5
         scoring 6
         transform 6 stage 0 in scoring 6
         transform 8 stage 1 in scoring 6
         metric 0.5 of pipeline 1
         metric 0.75 of pipeline 2
         pipeline 11 best candidate 1 in search 1
         transform 11 stage 0
         fit 12 stage stage 1 in pipeline 11
         candidate 0 {\"regParam\": \"0.1\"} 0.5 [0.5]
         candidate 1 {\"regParam\": \"0.2\"} 0.75 [0.75] best",
    );
}

#[test]
fn a_search_inside_a_pipeline() {
    for (client, thread) in [("python", "@2"), ("connect", "@3")] {
        let program = "data 1
             transform 1 va from 1 to 2
             rand 3 of 2 CrossValidator_1
             split 4 of 3
             split 5 of 3 NOT
             fit 2 lr on 5 reg 0.1 @2
             transform 3 lr by 2 from 4 to 10 @2
             evaluate 4 on 10 is 0.5 @2
             fit 5 lr on 2 reg 0.1
             data 20
             transform 6 va from 20 to 21
             transform 7 lr by 5 from 21 to 22";
        check_of(
            Some(client),
            &program.replace("@2", thread),
            "pipeline 1 top
             transform 1 stage 0
             search 2 stage stage 1 in pipeline 1
             fit 2 fold fold 0 candidate 0 in search 2
             transform 3
             metric 0.5 of fit 2
             fit 5 best candidate 0 in search 2
             candidate 0 {} 0.5 [0.5] best
             scoring 6
             transform 6 stage 0 in scoring 6
             transform 7 stage 1 in scoring 6",
        );
    }
}

#[test]
fn the_same_search_twice_and_one_that_fails() {
    let once = |first: u64, base: u64, fails: &str| {
        format!(
            "rand {} of 1 CrossValidator_1
             split {} of {}
             split {} of {} NOT
             fit {first} lr on {} @2 {fails}",
            base,
            base + 1,
            base,
            base + 2,
            base,
            base + 2
        )
    };
    check(
        &format!(
            "data 1\n{}\nfit 2 lr on 1\n{}\nfit 11 lr on 1\n{}\ndata 60\nfit 30 other on 60",
            once(1, 10, ""),
            once(10, 20, ""),
            once(20, 30, "fails"),
        ),
        "search 1 top
         fit 1 fold fold 0 candidate 0 in search 1
         fit 2 best candidate 0 in search 1
         candidate 0 {} NaN [] best
         search 10 top
         fit 10 fold fold 0 candidate 0 in search 10
         fit 11 best candidate 0 in search 10
         candidate 0 {} NaN [] best
         search 20 top failed
         fit 20 fold fold 0 candidate 0 in search 20 failed
         candidate 0 {} NaN []
         fit 30 top",
    );
}

#[test]
fn a_search_that_nothing_ends_is_abandoned() {
    check(
        "data 1
         rand 2 of 1 CrossValidator_1
         split 4 of 2 NOT
         fit 1 lr on 4",
        "search 1 top abandoned
         fit 1 fold fold 0 candidate 0 in search 1
         candidate 0 {} NaN []",
    );
}

#[test]
fn a_replayed_transform_counts_once() {
    let program = "data 1
         fit 1 ix on 1
         transform 2 ix by 1 from 1 to 2
         data 3 of 1 select
         transform 3 ix by 1 from 1 to 3
         fit 4 lr on 3
         data 10
         transform 5 ix by 1 from 10 to 11
         transform 6 lr by 4 from 11 to 12
         transform 7 ix by 1 from 10 to 21
         transform 8 lr by 4 from 21 to 22
         evaluate 9 on 22 is 0.5";
    check_of(
        Some("connect"),
        program,
        "pipeline 1 top
         fit 1 stage stage 0 in pipeline 1
         transform 2 stage 0
         fit 4 stage stage 1 in pipeline 1
         scoring 5
         transform 5 stage 0 in scoring 5
         transform 6 stage 1 in scoring 5
         metric 0.5 of pipeline 1",
    );
}
