//! Writes down which commit and target a build is of, and its features, for `diffpurge --version`.
//!
//! The commit is only looked up for optimised builds, so that a commit while developing compiles nothing anew. A crate that cargo
//! packaged names it in a file; anywhere else git is asked. Where neither knows, it is `unknown`.

use std::path::Path;
use std::process::Command;

/// Hexadecimal digits of the commit that are shown; git shows as few in a repository of this size.
const DIGITS: usize = 10;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=DIFFPURGE_COMMIT");
    let target = std::env::var("TARGET").unwrap_or_default();
    println!("cargo::rustc-env=DIFFPURGE_TARGET={target}");
    println!("cargo::rustc-env=DIFFPURGE_FEATURES={}", features());
    let is_optimised = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let told = std::env::var("DIFFPURGE_COMMIT").ok();
    let commit = told.or_else(|| if is_optimised { packaged().or_else(checked_out) } else { None });
    let commit: String = commit.unwrap_or_default().chars().take_while(char::is_ascii_hexdigit).take(DIGITS).collect();
    let commit = if commit.is_empty() { "unknown".to_owned() } else { commit };
    println!("cargo::rustc-env=DIFFPURGE_COMMIT={commit}");
}

/// Returns the optional features of the build, with a blank between two, or `none`.
fn features() -> String {
    let is_on = |feature: &&str| std::env::var_os(format!("CARGO_FEATURE_{}", feature.to_uppercase())).is_some();
    let on: Vec<&str> = ["serve", "lambda"].into_iter().filter(is_on).collect();
    if on.is_empty() { "none".to_owned() } else { on.join(" ") }
}

/// Returns the commit that cargo wrote into a packaged crate.
fn packaged() -> Option<String> {
    let text = std::fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let (_, rest) = text.split_once("\"sha1\": \"")?;
    Some(rest.split('"').next()?.to_owned())
}

/// Returns the commit that is checked out here, and not in a repository around a copy of the sources.
fn checked_out() -> Option<String> {
    if !Path::new(".git").exists() {
        return None;
    }
    if let Some(log) = git(&["rev-parse", "--git-path", "logs/HEAD"]) {
        // It grows with every commit and checkout.
        println!("cargo::rerun-if-changed={log}");
    }
    git(&["rev-parse", "HEAD"])
}

fn git(arguments: &[&str]) -> Option<String> {
    let asked = Command::new("git").args(arguments).output().ok().filter(|asked| asked.status.success())?;
    Some(String::from_utf8(asked.stdout).ok()?.trim().to_owned())
}
