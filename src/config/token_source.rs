//! Where a site's API token comes from: an environment variable, a program, a file, or a store of AWS. Never the configuration itself.
//!
//! This only says where to look, so that two sites with the same source share a sender; a token that was pasted in the
//! place of a path or a program is noticed and not repeated. Looking is left to the sender.

use std::fmt;
use std::path::{Path, PathBuf};

use super::EnvName;
use super::checked::{checked, checked_all};
use super::fault::Fault;
use super::foreign_secrets::is_foreign_file;
use super::raw::{RawCloudflare, Text};
use super::spanned::Spanned;
use super::stored_token::{StoredToken, TokenStore};
use crate::display::shown;

/// Where a token comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TokenSource {
    /// The environment variable of this name.
    Variable(EnvName),
    /// The output of a program.
    Command(TokenCommand),
    /// The content of a file.
    File(TokenFile),
    /// A value that AWS keeps.
    Stored(StoredToken),
}

/// `token_command`: a program with its arguments, run without a shell.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TokenCommand {
    program: String,
    arguments: Vec<String>,
    directory: PathBuf,
}

/// `token_file`: a file that only its owner can read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TokenFile(PathBuf);

impl fmt::Debug for TokenCommand {
    /// Leaves the arguments out: somebody may have written a secret among them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCommand").field("program", &self.program).finish_non_exhaustive()
    }
}

impl Default for TokenSource {
    fn default() -> Self {
        TokenSource::Variable(EnvName::default_token())
    }
}

/// The keys of a table that say where a token comes from.
pub(super) struct TokenKeys<'r> {
    pub(super) env: &'r Option<Text>,
    pub(super) command: &'r Option<Spanned<Vec<Text>>>,
    pub(super) file: &'r Option<Text>,
    pub(super) ssm: &'r Option<Text>,
    pub(super) secret: &'r Option<Text>,
}

/// Returns the one source that `[site.cloudflare]` names, or the default.
pub(super) fn token_source(raw: &RawCloudflare) -> Result<TokenSource, Fault> {
    let (command, file) = (&raw.token_command, &raw.token_file);
    let keys = TokenKeys { env: &raw.token_env, command, file, ssm: &raw.token_ssm, secret: &raw.token_secret };
    named_source(&keys).map(Option::unwrap_or_default)
}

/// Returns the one source that a table names, if any.
pub(super) fn named_source(raw: &TokenKeys<'_>) -> Result<Option<TokenSource>, Fault> {
    let mut set = [
        ("token_env", raw.env.as_ref().map(Spanned::span)),
        ("token_command", raw.command.as_ref().map(Spanned::span)),
        ("token_file", raw.file.as_ref().map(Spanned::span)),
        ("token_ssm", raw.ssm.as_ref().map(Spanned::span)),
        ("token_secret", raw.secret.as_ref().map(Spanned::span)),
    ]
    .into_iter()
    .filter_map(|(key, span)| Some((span?, key)))
    .collect::<Vec<_>>();
    set.sort_by_key(|(span, _)| span.start);
    if let [(_, first), (span, second), ..] = &set[..] {
        let message = format!("`{first}` and `{second}` both say where the token comes from");
        return Err(Fault::new(message, "keep one of them").at(span.clone()));
    }
    if let Some(command) = raw.command {
        let words = checked_all(command.get_ref(), |word| Ok(word.to_owned()))?;
        let source = self::command(words).map(TokenSource::Command).map_err(|fault| fault.at(command.span()));
        return source.map(Some);
    }
    if let Some(file) = raw.file {
        return checked(file, self::file).map(TokenSource::File).map(Some);
    }
    for (store, name) in [(TokenStore::Parameters, raw.ssm), (TokenStore::Secrets, raw.secret)] {
        if let Some(name) = name {
            return checked(name, |name| StoredToken::parse(store, name)).map(TokenSource::Stored).map(Some);
        }
    }
    raw.env.as_ref().map(|name| checked(name, EnvName::parse).map(TokenSource::Variable)).transpose()
}

fn command(words: Vec<String>) -> Result<TokenCommand, Fault> {
    const EXAMPLE: &str = "write program and arguments, like `token_command = [\"pass\", \"cloudflare/purge\"]`";
    let mut words = words.into_iter();
    let program = words.next().filter(|program| !program.is_empty());
    let program = program.ok_or_else(|| Fault::new("`token_command` names no program", EXAMPLE))?;
    let arguments: Vec<String> = words.collect();
    if program.contains('\0') || arguments.iter().any(|argument| argument.contains('\0')) {
        return Err(Fault::new("`token_command` holds a NUL character", EXAMPLE));
    }
    if looks_like_a_token(&program) {
        return Err(Fault::new("`token_command` looks like a token, which never stands in the file", EXAMPLE));
    }
    if program.contains(' ') && arguments.is_empty() {
        let hint = "no shell takes it apart: write each argument in quotes of its own, like `[\"pass\", \"cloudflare/purge\"]`";
        return Err(Fault::new("`token_command` is one text with spaces", hint));
    }
    Ok(TokenCommand { program, arguments, directory: PathBuf::new() })
}

fn file(text: &str) -> Result<TokenFile, Fault> {
    let fault = |message: &str, hint: &str| Err(Fault::new(message, hint));
    if text.is_empty() || text.contains('\0') {
        return fault("`token_file` is no path", "write a path relative to this file, like `token_file = \".token\"`");
    }
    if looks_like_a_token(text) {
        let hint = "write the path of a file that holds it; if this is a file's name, write `./` before it";
        return fault("`token_file` looks like a token, which never stands in the file", hint);
    }
    if text.starts_with("~/") {
        return fault("`token_file`: `~` is not expanded here", "write the whole path, from `/`");
    }
    let path = PathBuf::from(text);
    if is_foreign_file(&path) {
        let message = format!("`token_file`: other systems keep their secrets at {}", shown(text.as_bytes()));
        return fault(&message, "write the token into a file of its own, or print it with `token_command`");
    }
    Ok(TokenFile(path))
}

/// Returns true for a text that is no path. Cloudflare's tokens have 40 characters or more, its keys 37; paths and programs have a
/// `/` or `.` before they are as long.
fn looks_like_a_token(text: &str) -> bool {
    text.len() >= 30 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

impl TokenSource {
    /// Makes relative paths count from this directory, which is the configuration file's.
    pub(super) fn relative_to(&mut self, directory: &Path) {
        match self {
            TokenSource::Variable(_) | TokenSource::Stored(_) => {}
            TokenSource::Command(command) => directory.clone_into(&mut command.directory),
            TokenSource::File(TokenFile(path)) => *path = directory.join(&path),
        }
    }

    /// Returns true for the variable that is looked at when the configuration names nothing.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == TokenSource::default()
    }
}

impl fmt::Display for TokenSource {
    /// Writes the place, for people; never what is found there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TokenSource::Variable(name) => f.write_str(name.as_str()),
            TokenSource::Command(command) => write!(f, "`token_command` ({})", shown(command.program.as_bytes())),
            TokenSource::File(file) => {
                write!(f, "`token_file` ({})", shown(file.path().as_os_str().as_encoded_bytes()))
            }
            TokenSource::Stored(token) => write!(f, "{token}"),
        }
    }
}

impl TokenCommand {
    /// Returns the program as written.
    #[must_use]
    pub fn program(&self) -> &str {
        &self.program
    }

    /// Returns its arguments; they are not to be shown.
    #[must_use]
    pub fn arguments(&self) -> &[String] {
        &self.arguments
    }

    /// Returns where it runs: the configuration file's directory, empty for the current one.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }
}

impl TokenFile {
    /// Returns true where a path, with every link in it followed, is one of another system's secrets.
    #[must_use]
    pub fn leads_to_another_system(path: &Path) -> bool {
        is_foreign_file(path)
    }

    /// Returns the path; relative ones count from the current directory.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, TokenSource};

    fn source(lines: &str) -> Result<TokenSource, String> {
        let site = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n[site.cloudflare]\n";
        let config = Config::parse(&format!("{site}{lines}\n"), "purge.toml");
        config
            .map(|mut c| c.sites.remove(0).cache.cloudflare().unwrap().token.clone())
            .map_err(|e| format!("{e}; {}", e.hint()))
    }

    #[test]
    fn a_source_is_shown_by_its_place_and_never_with_arguments() {
        for (lines, want) in [
            ("", "CLOUDFLARE_API_TOKEN"),
            ("token_env = \"OTHER\"", "OTHER"),
            ("token_command = [\"./show\", \"hunter2\"]", "`token_command` (./show)"),
            ("token_file = \"run/secrets/token\"", "`token_file` (run/secrets/token)"),
            ("token_ssm = \"/purge/token\"", "`token_ssm` (/purge/token)"),
            ("token_secret = \"purge#token\"", "`token_secret` (purge#token)"),
        ] {
            let source = source(lines).unwrap();
            assert_eq!(source.to_string(), want);
            assert!(!format!("{source:?}").contains("hunter2"), "{source:?}");
            assert_eq!(source.is_default(), lines.is_empty());
        }
        assert!(source("token_env = \"CLOUDFLARE_API_TOKEN\"").unwrap().is_default());
    }

    #[test]
    fn what_is_no_source_is_named_and_a_pasted_token_is_not_repeated() {
        const PASTED: &str = "Sn3Zz0123456789abcdefABCDEF-uvwxyzUVW99x";
        for (lines, place, message, hint) in [
            (
                "token_env = \"A\"\ntoken_file = \"b\"",
                "6:14",
                "`token_env` and `token_file` both say where the token comes from",
                "keep one",
            ),
            (
                "token_file = \"b\"\ntoken_command = [\"a\"]",
                "6:17",
                "`token_file` and `token_command` both say",
                "keep one",
            ),
            ("token_ssm = \"/b\"\ntoken_secret = \"a\"", "6:16", "`token_ssm` and `token_secret` both say", "keep one"),
            ("token_env = \"A\"\ntoken_ssm = \"/b\"", "6:13", "`token_env` and `token_ssm` both say", "keep one"),
            ("token_ssm = \"\"", "5:13", "no name of a parameter", "/purge/cloudflare"),
            (&format!("token_ssm = \"{PASTED}\""), "5:13", "looks like a token", "ARN"),
            (&format!("token_secret = \"{PASTED}\""), "5:16", "looks like a token", "ARN"),
            ("token_command = []", "5:17", "names no program", "pass"),
            ("token_command = [\"\"]", "5:17", "names no program", "pass"),
            ("token_command = [\"a\\u0000\"]", "5:17", "NUL", "pass"),
            ("token_command = [\"pass show x\"]", "5:17", "one text with spaces", "no shell"),
            ("token_command = \"pass show x\"", "5:17", "not a list", "in brackets"),
            (&format!("token_command = [\"{PASTED}\"]"), "5:17", "looks like a token", "arguments"),
            (&format!("token_file = \"{PASTED}\""), "5:14", "looks like a token", "`./`"),
            ("token_file = \"\"", "5:14", "no path", ".token"),
            ("token_file = \"~/token\"", "5:14", "`~` is not expanded", "from `/`"),
        ] {
            let error = source(lines).unwrap_err();
            assert!(error.starts_with(&format!("purge.toml:{place}: ")), "{lines}\n{error}");
            assert!(error.contains(message) && error.contains(hint), "{lines}\n{error}");
            assert!(!error.contains("Sn3Zz"), "{error}");
        }
    }
}
