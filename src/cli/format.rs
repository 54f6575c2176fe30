//! How results are printed.

#![allow(clippy::doc_markdown, reason = "these comments are the help that people read; it has no backticks")]

use clap::ValueEnum;

/// How a report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Human,
    /// For programs; the documentation describes it
    Json,
    /// One URL per line, sorted, nothing else (not for a purge)
    Urls,
    /// The exact requests, one per line: their bodies, or method, URL and headers (not for a purge)
    Requests,
    /// For job summaries and comments
    Markdown,
    /// One page to look at, in a file of its own: a map of the site, the list to search, the requests
    Html,
}

/// How an explanation or a check is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AnswerFormat {
    /// For people
    Human,
    /// For programs
    Json,
}

/// How proofs are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProofFormat {
    /// For people
    Human,
    /// For programs
    Json,
    /// For job summaries and comments
    Markdown,
    /// One page to look at, in a file of its own: a map of the site, the list to search, the requests
    Html,
}
