//! What PySpark and Connect run in loops of their own, told as single calls.

mod connect;
mod one_vs_rest;
mod pipelines;
mod searches;

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
    /// `split 3 of 2 NOT` (`at 0.25`), `fit 1 lr on 1 reg 0.5 label name @2`, `transform 2 ix by 1 from 1 to 2`, `evaluate 3 on 2 is 0.5`;
    /// `predicted by 3 on 1`, `saved 5 of 1,3`; `fails` at the end.
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
                    &format!(
                        "filter {not}({random}#3 >= {})",
                        after("at").unwrap_or("0.5")
                    ),
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
                    place: None,
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
                    self.dataset(output, input, "transform", Some(added));
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
            "predicted" => {
                self.teller.tell(Happening::PredictionsSampled(Box::new(
                    PredictionsSampled {
                        model: number("by"),
                        dataset: number("on"),
                        row_ids: vec!["r".into()],
                        predictions: vec![1.0],
                        ..PredictionsSampled::default()
                    },
                )));
            }
            "saved" => self.teller.tell(Happening::Saved(Box::new(Saved {
                operation: id,
                component: component("PipelineModel", "", &[]),
                uri: format!("file:/{id}"),
                models: after("of")
                    .into_iter()
                    .flat_map(|all| all.split(','))
                    .map(|model| model.parse().expect("a number"))
                    .collect(),
                ..Saved::default()
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
        // What a transform does cannot be read off a plan.
        let digest = (step != "transform").then(|| format!("{step} {added:?}"));
        columns.extend(added);
        let (operation, detail) = step.split_once(' ').unwrap_or((step, step));
        let derived_from = (parent != 0).then(|| Derivation {
            parent,
            operation: operation.into(),
            detail: Some(detail.into()),
            digest: digest.clone(),
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
                Row::Predictions(p) => Some(format!("prediction of {}", names[&p.model_id])),
                Row::Artifacts(a) => Some(format!(
                    "artifact{}",
                    a.model_id
                        .as_ref()
                        .map_or(String::new(), |id| format!(" of {}", names[id])),
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
