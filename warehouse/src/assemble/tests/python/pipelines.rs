//! Chains of calls that may be pipelines.

use super::*;

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
         evaluate 8 on 13 is 0.5
         predicted by 4 on 10
         predicted by 4 on 10",
        "pipeline 1 top
         prediction of pipeline 1
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

#[test]
fn a_saved_pipeline_is_the_one_of_its_fits() {
    // Stages have the same uids in all fits of one pipeline.
    check(
        "data 1
         fit 1 ix on 1
         transform 2 ix by 1 from 1 to 2
         fit 3 lr on 2
         data 10
         fit 11 ix on 10
         transform 12 ix by 11 from 10 to 12
         fit 13 lr on 12
         saved 20 of 1,3
         saved 21",
        "pipeline 1 top
         fit 1 stage stage 0 in pipeline 1
         transform 2 stage 0
         fit 3 stage stage 1 in pipeline 1
         pipeline 11 top
         fit 11 stage stage 0 in pipeline 11
         transform 12 stage 0
         fit 13 stage stage 1 in pipeline 11
         artifact of pipeline 1
         artifact",
    );
}

#[test]
fn a_pipeline_inside_a_pipeline_is_a_stage() {
    // Its model transforms its own training set, for the stage that comes next.
    check(
        "data 1
         fit 1 ix on 1
         transform 2 ix by 1 from 1 to 2
         transform 3 va from 2 to 3
         fit 4 sc on 3
         transform 5 va from 2 to 4
         transform 6 sc by 4 from 4 to 5
         fit 7 lr on 5
         data 10
         transform 8 ix by 1 from 10 to 11
         transform 9 va from 11 to 12
         transform 10 sc by 4 from 12 to 13
         transform 11 lr by 7 from 13 to 14
         evaluate 12 on 14 is 0.5",
        "pipeline 1 top
         fit 1 stage stage 0 in pipeline 1
         transform 2 stage 0
         pipeline 3 stage stage 1 in pipeline 1
         transform 3 stage 0
         fit 4 stage stage 1 in pipeline 3
         scoring 5 stage 1
         transform 5 stage 0 in scoring 5
         transform 6 stage 1 in scoring 5
         fit 7 stage stage 2 in pipeline 1
         scoring 8
         transform 8 stage 0 in scoring 8
         scoring 9 stage 1 in scoring 8
         transform 9 stage 0 in scoring 9
         transform 10 stage 1 in scoring 9
         transform 11 stage 2 in scoring 8
         metric 0.5 of pipeline 1",
    );
    // As the first stage, and in it one that begins with an estimator.
    check(
        "data 1
         fit 1 ix on 1
         transform 2 ix by 1 from 1 to 2
         fit 3 sc on 2
         transform 4 ix by 1 from 1 to 3
         transform 5 sc by 3 from 3 to 4
         fit 6 lr on 4",
        "pipeline 6 top
         pipeline 1 stage stage 0 in pipeline 6
         fit 1 stage stage 0 in pipeline 1
         transform 2 stage 0
         fit 3 stage stage 1 in pipeline 1
         scoring 4 stage 0
         transform 4 stage 0 in scoring 4
         transform 5 stage 1 in scoring 4
         fit 6 stage stage 1 in pipeline 6",
    );
}

#[test]
fn a_pipeline_that_scores_its_own_training_set_is_no_stage() {
    let fitted = "data 1
         fit 1 ix on 1
         transform 2 ix by 1 from 1 to 2
         transform 3 va from 2 to 3
         fit 4 sc on 3";
    let by_hand = "fit 1 top
         transform 2
         pipeline 3 top
         transform 3 stage 0
         fit 4 stage stage 1 in pipeline 3";
    let scored = "scoring 5
         transform 5 stage 0 in scoring 5
         transform 6 stage 1 in scoring 5";
    let again = "transform 5 va from 2 to 4
         transform 6 sc by 4 from 4 to 5";
    // What it gave is measured.
    check(
        &format!("{fitted}\n{again}\nevaluate 7 on 5 is 0.5"),
        &format!("{by_hand}\n{scored}\nmetric 0.5"),
    );
    // Another model learns from it, and is used on it.
    check(
        &format!("{fitted}\n{again}\nfit 7 lr on 5\ntransform 8 lr by 7 from 5 to 6"),
        &format!("{by_hand}\n{scored}\nfit 7 top\ntransform 8"),
    );
    // Only its first stage is called again.
    check(
        &format!("{fitted}\ntransform 5 va from 2 to 4\ndata 9\nfit 6 rf on 9"),
        &format!("{by_hand}\ntransform 5\nfit 6 top"),
    );
    // What it makes of other data is no stage of another pipeline.
    check(
        &format!(
            "{fitted}
             data 10
             transform 5 va from 10 to 4
             transform 6 sc by 4 from 4 to 5
             fit 7 lr on 5"
        ),
        "pipeline 1 top
             fit 1 stage stage 0 in pipeline 1
             transform 2 stage 0
             transform 3 stage 1
             fit 4 stage stage 2 in pipeline 1
             pipeline 5 top
             transform 5 stage 0
             transform 6 stage 1
             fit 7 stage stage 2 in pipeline 5",
    );
}
