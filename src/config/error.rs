//! Errors of the configuration: where, what the user wrote, and what to type instead.
//!
//! One shape for all of them, whether TOML, a type or a value is wrong: `file:line:column: message`, the line with the
//! place marked under it, and a hint. A line that may hold a secret is never shown.

use std::fmt;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::Path;

use super::fault::{Fault, SECRETS};
use super::slip::slip;
use crate::display::{line, shown};

/// Returns a file beside the configuration's place that looks like one in another language.
fn beside(path: &Path) -> Option<String> {
    let other =
        ["yml", "yaml", "json"].into_iter().map(|ending| path.with_extension(ending)).find(|other| other.exists())?;
    Some(shown(other.as_os_str().as_encoded_bytes()))
}

/// Why the configuration cannot be used. Exit code 2.
#[derive(Debug)]
pub struct ConfigError {
    place: String,
    message: String,
    snippet: Option<String>,
    hint: String,
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)?;
        self.snippet.as_ref().map_or(Ok(()), |s| write!(f, "\n{s}"))
    }
}

impl ConfigError {
    /// Returns the next thing to type.
    #[must_use]
    pub fn hint(&self) -> &str {
        &self.hint
    }

    /// Makes the error for a file that no option names, and that was looked for in vain.
    #[must_use]
    pub fn nowhere(path: &Path) -> ConfigError {
        let message = "cannot be read: there is none in this directory or above it".to_owned();
        ConfigError { message, ..ConfigError::unreadable(path, &ErrorKind::NotFound.into()) }
    }

    pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> ConfigError {
        let place = shown(path.as_os_str().as_encoded_bytes());
        let hint = match error.kind() {
            ErrorKind::NotFound => match beside(path) {
                Some(other) => format!("{other} is beside it, but the configuration is TOML: `diffpurge init` writes one"),
                None => "`diffpurge init` writes one; `--config FILE` names another; for a dry run without one: `diffpurge plan --base-url https://www.example.com/ HEAD~1`".to_owned(),
            },
            ErrorKind::IsADirectory => format!("name the file in it: `--config {}`", shown(path.join("purge.toml").as_os_str().as_encoded_bytes())),
            ErrorKind::PermissionDenied => "this user may not read it: `ls -l` shows who may".to_owned(),
            ErrorKind::InvalidData => "save it as UTF-8".to_owned(),
            _ => "name another file with `--config FILE`".to_owned(),
        };
        ConfigError { place, message: format!("cannot be read: {error}"), snippet: None, hint }
    }

    pub(super) fn option(option: &str, value: &str, message: &str, hint: &str) -> ConfigError {
        let message = format!("{}: {message}", shown(value.as_bytes()));
        ConfigError { place: option.to_owned(), message, snippet: None, hint: hint.to_owned() }
    }

    pub(super) fn in_option(option: &str, fault: Fault) -> ConfigError {
        ConfigError { place: option.to_owned(), message: fault.message, snippet: None, hint: fault.hint }
    }

    pub(super) fn at(fault: Fault, text: &str, file: &str) -> ConfigError {
        let Some(span) = fault.span else {
            return ConfigError { place: file.to_owned(), message: fault.message, snippet: None, hint: fault.hint };
        };
        let place = Position::find(text, span);
        ConfigError {
            place: format!("{file}:{}:{}", place.line, place.column),
            message: fault.message,
            snippet: place.snippet(),
            hint: fault.hint,
        }
    }

    /// Takes over an error of the TOML parser or of a type, and knows the usual slips.
    pub(super) fn from_toml(error: &toml::de::Error, text: &str, file: &str) -> ConfigError {
        let at = error.span().and_then(|span| text.get(span)).unwrap_or_default();
        let fault = match language(text, file) {
            Some(language) => {
                let hint = "write it as TOML: `[[site]]`, and below it `name = \"www\"` and `base_urls = [\"https://www.example.com/\"]`";
                Fault::new(format!("this is {language}, and the configuration is TOML"), hint)
            }
            None => slip(error.message(), at),
        };
        ConfigError::at(Fault { span: error.span(), ..fault }, text, file)
    }
}

/// Returns the language of a text that is no TOML, by the file's name or by its first line with words.
fn language(text: &str, file: &str) -> Option<&'static str> {
    let ending = file.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let first = lines().next().unwrap_or_default();
    let is_key = |line: &str| {
        line.split_once(':').is_some_and(|(key, _)| {
            let key = key.trim_start_matches("- ").trim_matches(['"', '\'']);
            !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
        })
    };
    match ending.as_str() {
        "yml" | "yaml" => Some("YAML"),
        "json" => Some("JSON"),
        _ if first.starts_with('{') => Some("JSON"),
        _ if first == "---" || is_key(first) => Some("YAML"),
        _ => None,
    }
}

/// A place in the file as people count: from 1, columns in characters.
struct Position<'a> {
    line: usize,
    column: usize,
    width: usize,
    source: &'a str,
}

impl Position<'_> {
    fn find(text: &str, span: Range<usize>) -> Position<'_> {
        let start = char_start(text, span.start);
        let line_start = text[..start].rfind('\n').map_or(0, |i| i + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |i| start + i);
        let end = char_start(text, span.end.clamp(start, line_end));
        Position {
            line: text[..start].matches('\n').count() + 1,
            column: text[line_start..start].chars().count() + 1,
            width: text[start..end].chars().count().max(1),
            source: text[line_start..line_end].trim_end(),
        }
    }

    /// Returns the line and a mark under the place; nothing unless the line begins with what can be no secret.
    fn snippet(&self) -> Option<String> {
        const HARMLESS: [&str; 22] = [
            "name",
            "base_url",
            "output",
            "ignore",
            "cover",
            "always",
            "[[",
            "[site",
            "match",
            "except",
            "also",
            "tags",
            "prefix",
            "hosts",
            "queries",
            "origins",
            "countries",
            "languages",
            "volatile",
            "bucket",
            "include_extensions",
            "exclude_extensions",
        ];
        let start = self.source.trim_start();
        let harmless = HARMLESS.iter().any(|word| start.starts_with(word))
            && !start.contains('@')
            && !SECRETS.iter().any(|word| start.to_ascii_lowercase().contains(word));
        if !harmless || line(self.source) != self.source {
            return None;
        }
        let number = self.line.to_string();
        let gutter = " ".repeat(number.len());
        Some(format!(
            "{gutter} |\n{number} | {}\n{gutter} | {}{}",
            self.source,
            " ".repeat(self.column - 1),
            "^".repeat(self.width)
        ))
    }
}

/// Returns the start of the character that holds byte `at`, or the text's end.
fn char_start(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
}
