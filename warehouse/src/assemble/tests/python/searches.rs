//! Cross-validators and train-validation splits.

use super::*;

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
fn two_searches_at_once_on_the_same_data() {
    // The second one began later; the first one is the first to fit its best again, while the
    // second one is still at its folds.
    check(
        "data 1
         rand 2 of 1 TrainValidationSplit_1
         rand 3 of 1 TrainValidationSplit_2
         split 4 of 2 NOT
         split 5 of 3 NOT
         fit 1 lr on 4 reg 0.1 @3
         fit 2 lr on 4 reg 0.2 @3
         fit 3 lr on 5 reg 0.2 @4
         begin 4 lr on 5 reg 0.3 @4
         fit 5 lr on 1 reg 0.1 @1
         fitted 4
         split 6 of 3
         transform 6 lr by 4 from 6 to 7 @4
         evaluate 7 on 7 is 0.5 @4
         fit 8 lr on 1 reg 0.3 @2",
        "search 1 top
         fit 1 candidate candidate 0 in search 1
         fit 2 candidate candidate 1 in search 1
         candidate 0 {\"regParam\": \"0.1\"} NaN [] best
         candidate 1 {\"regParam\": \"0.2\"} NaN []
         fit 5 best candidate 0 in search 1
         search 3 top
         fit 3 candidate candidate 0 in search 3
         fit 4 candidate candidate 1 in search 3
         transform 6
         metric 0.5 of fit 4
         candidate 0 {\"regParam\": \"0.2\"} NaN []
         candidate 1 {\"regParam\": \"0.3\"} 0.5 [0.5] best
         fit 8 best candidate 1 in search 3",
    );
    // A stranger's fit on that data meanwhile is no part of them, and ends nothing.
    check(
        "data 1
         rand 2 of 1 TrainValidationSplit_1
         split 4 of 2 NOT
         begin 1 lr on 4 reg 0.1 @3
         fit 2 rf on 1 reg 5.0 @9
         fitted 1
         fit 3 lr on 1 reg 0.1 @1",
        "search 1 top
         fit 1 candidate candidate 0 in search 1
         fit 2 top
         candidate 0 {} NaN [] best
         fit 3 best candidate 0 in search 1",
    );
    // Of two that tried the same, it is the one with the very object.
    check(
        "data 1
         rand 2 of 1 TrainValidationSplit_1
         rand 3 of 1 TrainValidationSplit_2
         split 4 of 2 NOT
         split 5 of 3 NOT
         fit 1 one on 4 reg 0.1 @3
         fit 2 two on 5 reg 0.1 @4
         fit 3 one on 1 reg 0.1 @1
         fit 4 two on 1 reg 0.1 @2",
        "search 1 top
         fit 1 candidate candidate 0 in search 1
         candidate 0 {} NaN [] best
         fit 3 best candidate 0 in search 1
         search 2 top
         fit 2 candidate candidate 0 in search 2
         candidate 0 {} NaN [] best
         fit 4 best candidate 0 in search 2",
    );
}

#[test]
fn configurations_fitted_at_once_are_numbered_by_what_they_set() {
    let fold = |first: u64, set: u64, regs: [&str; 3]| {
        let fits = regs
            .iter()
            .zip(first..)
            .map(|(reg, fit)| format!("begin {fit} lr on {set} reg {reg} @{fit}\n"));
        let ends = (first..first + 3).map(|fit| format!("fitted {fit}\n"));
        fits.chain(ends).collect::<String>()
    };
    for (first, second) in [
        (["10.0", "0.5", "2.0"], ["2.0", "10.0", "0.5"]),
        (["2.0", "0.5", "10.0"], ["0.5", "2.0", "10.0"]),
    ] {
        let mut told = Program::of(Some("python"));
        let program = format!(
            "data 1
             rand 2 of 1 CrossValidator_1
             split 3 of 2 NOT at 0.25
             {}
             split 4 of 2 NOT at 0.75
             {}
             fit 20 lr on 1 reg 2.0",
            fold(1, 3, first),
            fold(4, 4, second),
        );
        for line in lines(&program) {
            told.tell(&line);
        }
        told.tell("end");
        let mut models: Vec<_> = told
            .teller
            .rows
            .iter()
            .filter_map(|row| match row {
                Row::Models(model) if model.kind != "search" => Some((
                    model.role.clone(),
                    model.fold,
                    model.candidate_index,
                    model.params["regParam"].clone(),
                )),
                _ => None,
            })
            .collect();
        models.sort();
        let of = |role: &str, fold, candidate, reg: &str| {
            (role.to_owned(), fold, Some(candidate), reg.to_owned())
        };
        let expected = [
            of("best", None, 1, "2.0"),
            of("fold", Some(0), 0, "0.5"),
            of("fold", Some(0), 1, "2.0"),
            of("fold", Some(0), 2, "10.0"),
            of("fold", Some(1), 0, "0.5"),
            of("fold", Some(1), 1, "2.0"),
            of("fold", Some(1), 2, "10.0"),
        ];
        assert_eq!(models, expected);
    }
}
