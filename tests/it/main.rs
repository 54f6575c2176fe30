//! The program as its users run it: real repositories, the real binary, a real edge over HTTP.
//!
//! One test binary, so that libgit2 and TLS are linked once. What the tests say stands in sentences; how it is done
//! stands in [`support`]. Its builders and judges are those of Unix: elsewhere there is `tests/portable.rs`.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a builder or judge that fails is a failed test")]
#![allow(clippy::too_many_lines, reason = "a table is as long as its rows")]

mod action;
mod attributes;
mod bases;
mod before_to;
mod beyond_git;
mod bounded_proof;
mod browsers;
mod budget;
mod by_hand;
mod changes;
mod check;
mod checkouts;
mod ci;
mod circles;
mod cli;
mod compare;
mod completions;
mod config;
mod cover;
mod crate_package;
mod damaged_refs;
mod demo;
mod deploys;
mod docs;
mod documents;
mod error_pages;
mod events;
mod examples;
mod explain;
mod faults;
mod forged_edges;
mod forged_plans;
mod forks;
mod fuzz;
mod github;
mod glance;
mod globs;
mod hooks;
mod hosting;
mod htaccess;
mod http_purge;
mod identities;
mod init;
mod inputs;
mod install;
mod integrations;
mod kinds;
mod lambda;
mod large_sites;
mod late_jobs;
mod layers;
mod links;
mod lost_marks;
mod many_sites;
mod mark_files;
mod mark_links;
mod marks;
mod nodes;
mod noted_trees;
mod notify;
mod origin;
mod page;
mod paths;
mod plan_is_neutral;
mod prose;
mod purge;
mod racing;
mod remotes;
mod report_files;
mod rewrites;
mod saved_marks;
mod saved_plan;
mod schema;
mod sdk;
mod secrets;
#[cfg(feature = "serve")]
mod serve;
mod servers;
mod serving;
mod shared_pace;
mod snapshots;
mod stored_tokens;
mod storms;
mod support;
mod then;
mod trust;
mod uncommitted;
mod urls;
mod verify;
mod volatile;
mod web_root;
mod whole_directories;
mod wording;
mod zones;
