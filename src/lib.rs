//! diffpurge compares what a site *was* with what it *is*, works out every public URL whose answer may have changed,
//! and removes exactly those from the CDN's cache.
//!
//! The data flows one way, which is also the allowed direction of imports; a test holds the modules to it:
//!
//! ```text
//! config ─▶ snapshot ×2 ─▶ changes ─▶ mapping ─▶ plan ─▶ provider ─▶ send ─▶ report
//!           git2 only here            pure       pure    pure        the only   text, JSON,
//!                                                                    reqwest    Markdown
//! ```
//!
//! In place of two snapshots that are compared, [`events`] reads what an object store says has changed; [`hook`] judges what the
//! platforms that deploy say.
//!
//! Left of all stand two modules that only know text: [`display`] shows foreign text to people, [`encoding`] turns path
//! bytes into URL paths; `child`, which runs other programs; `replacement`, a file that is replaced at once or not at all; `input`, a file that is read up to a size; and `two_threads`, who share work, with how many there may be. After `config` comes [`ci`], which knows what CI systems say about revisions, and
//! before [`changes`] come [`hosting`], which reads the configuration files of hosts, and [`setup`], which drafts a first
//! configuration. [`engine`] calls one
//! stage after the other, and the doors call the engine: [`cli`], [`lambda`], `serve` (where its feature is on) and [`demo`], which brings its own edge, [`edge`].
//!
//! The library exists for the binary and its tests; its API may change with any release.

pub mod changes;
mod child;
pub mod ci;
pub mod cli;
pub mod config;
pub mod demo;
pub mod display;
pub mod edge;
pub mod encoding;
pub mod engine;
pub mod events;
pub mod hook;
pub mod hosting;
mod input;
pub mod lambda;
pub mod mapping;
pub mod mark;
pub mod plan;
pub mod proof;
pub mod provider;
mod replacement;
pub mod report;
pub mod send;
#[cfg(feature = "serve")]
pub mod serve;
pub mod setup;
pub mod snapshot;
mod two_threads;
