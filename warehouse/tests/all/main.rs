//! The warehouse from outside. One program for all of it: each would link the engine of
//! the tables again, 300 MB and several seconds a time.

mod ahead;

mod bulk;
mod maintain;
mod many_agents;
mod older;
mod refusals;
mod shared_upkeep;
mod simulation;
mod support;
mod warehouse;
