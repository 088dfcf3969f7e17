//! Over Spark Connect: all datasets are made anew for each call, and threads say nothing.

use super::*;

/// A call's data is made anew: the features, and one side of a fold of them. Its dataset has
/// the number `base`.
fn side(operation: u64, base: u64, side: &str, bound: &str) -> String {
    let (features, random) = (base + 1, base + 2);
    format!(
        "transform {operation} va from 1 to {features} @{operation}
         rand {random} of {features} CrossValidator_1
         split {base} of {random} {side} at {bound}"
    )
}

#[test]
fn a_search_on_features_that_are_made_anew() {
    let mut program = "data 1\ntransform 1 va from 1 to 2".to_owned();
    let mut operation = 2;
    let mut dataset = 100;
    for (bound, metric) in [("0.5", 0.25), ("0.75", 0.5)] {
        for reg in ["0.2", "0.1"] {
            let (fit, scored) = (operation + 1, dataset + 20);
            program += &format!(
                "\n{}
                 fit {fit} lr on {dataset} reg {reg} @{fit}
                 {}
                 transform {} lr by {fit} from {} to {scored} @{operation}
                 evaluate {} on {scored} is {metric} @{fit}",
                side(operation, dataset, "NOT", bound),
                side(operation + 2, dataset + 10, "", bound),
                operation + 3,
                dataset + 10,
                operation + 4,
            );
            operation += 5;
            dataset += 30;
        }
    }
    program += "\ntransform 22 va from 1 to 90
        fit 23 lr on 90 reg 0.1
        transform 24 va from 1 to 91
        fit 25 rf on 91";
    check_of(
        Some("connect"),
        &program,
        "transform 1
         search 3 top
         fit 3 fold fold 0 candidate 0 in search 3
         transform 5
         metric 0.25 of fit 3
         fit 8 fold fold 0 candidate 1 in search 3
         transform 10
         metric 0.25 of fit 8
         fit 13 fold fold 1 candidate 0 in search 3
         transform 15
         metric 0.5 of fit 13
         fit 18 fold fold 1 candidate 1 in search 3
         transform 20
         metric 0.5 of fit 18
         candidate 0 {\"regParam\": \"0.2\"} 0.375 [0.25, 0.5]
         candidate 1 {\"regParam\": \"0.1\"} 0.375 [0.25, 0.5] best
         fit 23 best candidate 1 in search 3
         fit 25 top",
    );
}

#[test]
fn pipelines_in_a_search_at_once() {
    // The assembler is the first stage of both; the server runs it again for each call.
    check_of(
        Some("connect"),
        "data 1
         transform 90 va from 1 to 80
         transform 91 lr by 89 from 80 to 81
         rand 2 of 1 TrainValidationSplit_1
         split 3 of 2 NOT
         transform 1 va from 3 to 10
         transform 2 va from 3 to 11
         begin 3 sc on 11
         begin 4 sc on 10
         fitted 4
         fitted 3
         transform 5 va from 3 to 12
         transform 6 sc by 3 from 12 to 13
         begin 7 lr on 13 reg 0.2
         transform 8 va from 3 to 14
         transform 9 sc by 4 from 14 to 15
         begin 10 lr on 15 reg 0.1
         fitted 10
         fitted 7
         split 4 of 2
         transform 11 va from 4 to 20
         transform 12 va from 4 to 21
         transform 13 sc by 4 from 20 to 22
         transform 14 sc by 3 from 21 to 23
         transform 15 lr by 7 from 23 to 24
         transform 16 lr by 10 from 22 to 25
         evaluate 17 on 24 is 0.75
         evaluate 18 on 25 is 0.5
         transform 20 va from 1 to 30
         fit 21 sc on 30
         transform 22 va from 1 to 31
         transform 23 sc by 21 from 31 to 32
         fit 24 lr on 32 reg 0.2
         data 40
         transform 25 va from 40 to 41
         transform 26 sc by 21 from 41 to 42
         transform 27 lr by 24 from 42 to 43
         evaluate 28 on 43 is 1.0",
        "transform 90
         transform 91
         search 1 top
         pipeline 1 candidate candidate 1 in search 1
         transform 1 stage 0
         fit 3 stage stage 1 in pipeline 1
         transform 6 stage 1
         fit 7 stage stage 2 in pipeline 1
         pipeline 2 candidate candidate 0 in search 1
         fit 4 stage stage 1 in pipeline 2
         transform 9 stage 1
         fit 10 stage stage 2 in pipeline 2
         scoring 11
         transform 11 stage 0 in scoring 11
         transform 13 stage 1 in scoring 11
         transform 16 stage 2 in scoring 11
         scoring 12
         transform 14 stage 1 in scoring 12
         transform 15 stage 2 in scoring 12
         metric 0.75 of pipeline 1
         metric 0.5 of pipeline 2
         candidate 0 {\"regParam\": \"0.1\"} 0.5 [0.5]
         candidate 1 {\"regParam\": \"0.2\"} 0.75 [0.75] best
         pipeline 20 best candidate 1 in search 1
         fit 21 stage stage 1 in pipeline 20
         transform 23 stage 1
         fit 24 stage stage 2 in pipeline 20
         transform 25 stage 0 in scoring 25
         transform 26 stage 1 in scoring 25
         transform 27 stage 2 in scoring 25
         scoring 25
         metric 1.0 of pipeline 20",
    );
}

#[test]
fn a_search_that_failed_is_run_again() {
    check_of(
        Some("connect"),
        "data 1
         rand 2 of 1 CrossValidator_1
         split 3 of 2 NOT
         fit 1 lr on 3 fails
         data 4
         fit 2 other on 4
         rand 5 of 1 CrossValidator_1
         split 6 of 5 NOT
         fit 3 lr on 6
         fit 4 lr on 1",
        "search 1 top failed
         fit 1 fold fold 0 candidate 0 in search 1 failed
         candidate 0 {} NaN []
         fit 2 top
         search 3 top
         fit 3 fold fold 0 candidate 0 in search 3
         candidate 0 {} NaN [] best
         fit 4 best candidate 0 in search 3",
    );
}

#[test]
fn a_pipeline_scores_what_another_one_scored_before() {
    // Both begin with the same assembler.
    check_of(
        Some("connect"),
        "data 1
         transform 1 va from 1 to 2
         fit 2 lr on 2
         data 3
         transform 3 va from 3 to 4
         transform 4 lr by 2 from 4 to 5
         evaluate 5 on 5 is 0.5
         data 6
         transform 6 va from 6 to 7
         fit 7 rf on 7
         transform 8 va from 3 to 8
         transform 9 rf by 7 from 8 to 9",
        "pipeline 1 top
         transform 1 stage 0
         fit 2 stage stage 1 in pipeline 1
         scoring 3
         transform 3 stage 0 in scoring 3
         transform 4 stage 1 in scoring 3
         metric 0.5 of pipeline 1
         pipeline 6 top
         transform 6 stage 0
         fit 7 stage stage 1 in pipeline 6
         scoring 8
         transform 9 stage 1 in scoring 8",
    );
}
