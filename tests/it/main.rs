//! The program as its users run it: real repositories, the real binary, a real edge over HTTP.
//!
//! One test binary, so that libgit2 and TLS are linked once. What the tests say stands in sentences; how it is done
//! stands in [`support`].

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a builder or judge that fails is a failed test")]
#![allow(clippy::too_many_lines, reason = "a table is as long as its rows")]

mod attributes;
mod bases;
mod beyond_git;
mod bounded_proof;
mod browsers;
mod budget;
mod changes;
mod check;
mod ci;
mod circles;
mod cli;
mod config;
mod cover;
mod demo;
mod deploys;
mod docs;
mod documents;
mod events;
mod explain;
mod faults;
mod forged_edges;
mod github;
mod globs;
mod hosting;
mod htaccess;
mod http_purge;
mod identities;
mod inputs;
mod install;
mod kinds;
mod lambda;
mod late_jobs;
mod layers;
mod links;
mod mark_files;
mod marks;
mod origin;
mod page;
mod paths;
mod plan_is_neutral;
mod purge;
mod racing;
mod remotes;
mod report_files;
mod saved_marks;
mod saved_plan;
mod sdk;
mod secrets;
mod servers;
mod serving;
mod snapshots;
mod storms;
mod support;
mod then;
mod urls;
mod verify;
mod volatile;
mod web_root;
mod zones;
