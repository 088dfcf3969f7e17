//! A fit for each class.

use super::*;

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
         evaluate 7 on 9 is 0.5
         saved 8 of 2,3",
        "each 2 top
         artifact of each 2
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
fn classes_in_a_parallel_search() {
    check(
        "column 1 of 0 late
         rand 2 of 1 CrossValidator_1
         split 3 of 2 NOT
         split 4 of 2
         column 5 of 3 mc2b$0
         begin 5 lr on 5 reg 0.5 label mc2b$0 @7
         column 6 of 3 mc2b$0
         begin 6 lr on 6 reg 1 label mc2b$0 @8
         column 7 of 3 mc2b$1
         begin 7 lr on 7 reg 1 label mc2b$1 @8
         column 8 of 3 mc2b$1
         begin 8 lr on 8 reg 0.5 label mc2b$1 @7
         fitted 7
         fitted 5
         fitted 8
         fitted 6
         column 9 of 4 mbc$acc1
         transform 9 lr by 6 from 9 to 10 @8
         column 11 of 4 mbc$acc2
         transform 11 lr by 5 from 11 to 12 @7
         column 13 of 12 mbc$acc2
         transform 13 lr by 8 from 13 to 14 @7
         column 15 of 10 mbc$acc1
         transform 15 lr by 7 from 15 to 16 @8
         evaluate 17 on 14 is 0.5 @7
         evaluate 18 on 16 is 0.75 @8
         column 19 of 1 mc2b$0
         begin 19 lr on 19 reg 1 label mc2b$0 @9
         column 20 of 1 mc2b$1
         begin 20 lr on 20 reg 1 label mc2b$1 @9
         fitted 19
         fitted 20
         column 21 of 4 mbc$acc3
         transform 21 lr by 19 from 21 to 22",
        "search 5 top
         each 5 fold fold 0 candidate 0 in search 5
         fit 5 component in each 5
         fit 8 component in each 5
         each 6 fold fold 0 candidate 1 in search 5
         fit 6 component in each 6
         fit 7 component in each 6
         all 9
         transform 9 stage 0 in all 9
         transform 15 stage 1 in all 9
         metric 0.75 of each 6
         all 11
         transform 11 stage 0 in all 11
         transform 13 stage 1 in all 11
         metric 0.5 of each 5
         candidate 0 {\"classifier.regParam\": \"0.5\"} 0.5 [0.5]
         candidate 1 {\"classifier.regParam\": \"1.0\"} 0.75 [0.75] best
         each 19 best candidate 1 in search 5
         fit 19 component in each 19
         fit 20 component in each 19
         transform 21 stage 0 in all 21",
    );
}
