//! Names and ids that the file holds, each checked when it is made: site, zone, environment variable, output directory.

use std::fmt;

use super::fault::Fault;
use crate::display::{counted, shown};

/// The name of a site; letters, digits, `.`, `-` and `_`, since it becomes part of file and ref names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SiteName(String);

impl SiteName {
    pub(super) fn parse(text: &str) -> Result<SiteName, Fault> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let start = text.starts_with(|c: char| c.is_ascii_alphanumeric());
        if !start
            || !text.chars().all(fits)
            || text.contains("..")
            || text.to_ascii_lowercase().ends_with(".lock")
            || text.ends_with('.')
        {
            let message = format!("{} cannot be a site's name", shown(text.as_bytes()));
            return Err(Fault::new(message, "use letters, digits, `.`, `-` and `_`, for example `name = \"www\"`"));
        }
        Ok(SiteName(text.to_owned()))
    }

    /// Returns a name that was written before; `None` where it is none.
    #[must_use]
    pub fn restored(text: &str) -> Option<SiteName> {
        // Its fault is of no interest: nobody typed it.
        SiteName::parse(text).ok()
    }

    /// Makes the name of a site that has none from its host. It is one that a file could have given.
    pub(super) fn for_host(host: &str) -> String {
        let name = host.replace(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '-', "_").replace("..", "._");
        let name = name.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
        let end = if name.ends_with('.') || name.to_ascii_lowercase().ends_with(".lock") { "_" } else { "" };
        if name.is_empty() { "site".to_owned() } else { format!("{name}{end}") }
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SiteName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A Cloudflare zone's id: 32 lower-case hex digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ZoneId(String);

impl ZoneId {
    /// Checks a zone id from the file, an option or the environment.
    pub(super) fn parse(text: &str) -> Result<ZoneId, Fault> {
        if text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(ZoneId(text.to_ascii_lowercase()));
        }
        let bare = text.trim_matches(['"', '\'']);
        if bare.len() < text.len() && ZoneId::parse(bare).is_ok() {
            return Err(Fault::new("the zone id has quotes around it", "leave the quotes out"));
        }
        let is_name = text.contains('.')
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-".contains(&b));
        if is_name {
            return Err(Fault::new(
                format!("{text} is a zone's name, not its id"),
                "the id is 32 hex digits; it stands on the zone's Overview page, at the right, under API",
            ));
        }
        // It may be a token in the wrong place: it is not repeated.
        Err(Fault::new(
            format!("this is not a zone id, but {}", counted(text.chars().count(), "character")),
            "a zone id is 32 hex digits, like 023e105f4ecef8ad9ca31a8372d0c353",
        ))
    }

    /// Reads the id that `variable` held.
    ///
    /// # Errors
    /// When it is not 32 hex digits; the error names the variable.
    pub fn from_variable(variable: &str, value: &str) -> Result<ZoneId, super::ConfigError> {
        ZoneId::parse(value.trim()).map_err(|fault| super::ConfigError::in_option(&format!("${variable}"), fault))
    }

    /// Returns the digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A Cloudflare account's id: 32 lower-case hex digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AccountId(String);

impl AccountId {
    pub(super) fn parse(text: &str) -> Result<AccountId, Fault> {
        if text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(AccountId(text.to_ascii_lowercase()));
        }
        // It may be a token in the wrong place: it is not repeated.
        Err(Fault::new(
            format!("this is not an account's id, but {}", counted(text.chars().count(), "character")),
            "it is 32 hex digits, on the zone's Overview page under API; leave it out for a user's token",
        ))
    }

    /// Returns the id that a variable or an answer held; `None` where it is none.
    #[must_use]
    pub fn restored(text: &str) -> Option<AccountId> {
        AccountId::parse(text.trim()).ok()
    }

    /// Returns the digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The id of an environment of a zone's Version Management: letters, digits, `-` and `_`; the examples are 32 hex digits
/// (<https://developers.cloudflare.com/cache/how-to/purge-cache/purge-zone-versions/>).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EnvironmentId(String);

impl EnvironmentId {
    pub(super) fn parse(text: &str) -> Result<EnvironmentId, Fault> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if text.is_empty() || text.len() > 64 || !text.bytes().all(fits) {
            // It may be a token in the wrong place: it is not repeated.
            return Err(Fault::new(
                "this is no environment's id",
                "it is the `ref` of the environment in the answer of GET /zones/ZONE/environments; leave it out for all of them",
            ));
        }
        Ok(EnvironmentId(text.to_owned()))
    }

    /// Returns the id's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The name of an environment variable that holds a secret: upper-case letters, digits and `_`, so that a token
/// pasted in its place is noticed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EnvName(String);

impl EnvName {
    pub(super) fn parse(text: &str) -> Result<EnvName, Fault> {
        let fits = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        if text.is_empty() || text.starts_with(|c: char| c.is_ascii_digit()) || !text.chars().all(fits) {
            // It may be the token itself: it is not repeated.
            return Err(Fault::new(
                "`token_env` is not the name of an environment variable",
                "write the variable's name in capitals, like `token_env = \"CLOUDFLARE_API_TOKEN\"`; a token itself never stands in the file",
            ));
        }
        Ok(EnvName(text.to_owned()))
    }

    pub(super) fn default_token() -> EnvName {
        EnvName("CLOUDFLARE_API_TOKEN".to_owned())
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The web root inside a revision: segments joined by `/`, none at both ends; empty is the whole tree.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct OutputDir(String);

impl OutputDir {
    pub(super) fn parse(text: &str) -> Result<OutputDir, Fault> {
        let fault = |what: &str| {
            let message = format!("{}: {what}", shown(text.as_bytes()));
            Fault::new(message, "write a directory of the repository, like `public`; leave it out for the whole tree")
        };
        if text.starts_with('/') {
            return Err(fault("the output directory is relative to the repository"));
        }
        if text.contains('\\') || text.contains(char::is_control) {
            return Err(fault("the output directory is written with `/`"));
        }
        let segments: Vec<&str> = text.split('/').filter(|s| !s.is_empty() && *s != ".").collect();
        if segments.contains(&"..") {
            return Err(fault("the output directory lies inside the repository"));
        }
        Ok(OutputDir(segments.join("/")))
    }

    /// Returns a directory that was written before; `None` where it is none.
    #[must_use]
    pub fn restored(text: &str) -> Option<OutputDir> {
        // Its fault is of no interest: nobody typed it.
        OutputDir::parse(text).ok()
    }

    /// Returns the path; empty for the whole tree.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_ids_are_checked_when_made() {
        assert!(ZoneId::parse("023E105f4ecef8ad9ca31a8372d0c353").is_ok());
        assert!(ZoneId::parse("example.com").unwrap_err().message.contains("zone's name"));
        assert!(ZoneId::parse("023e").unwrap_err().message.contains("not a zone id"));
        assert!(ZoneId::parse("z23e105f4ecef8ad9ca31a8372d0c353").is_err());
        assert!(EnvName::parse("MY_TOKEN_2").is_ok());
        for bad in ["", "2X", "my-token", "v1.0-abcdef", "Sn3Zz_abcdefghijklmnopqrstuvwxyz0123456789"] {
            let fault = EnvName::parse(bad).unwrap_err();
            assert!(bad.is_empty() || !fault.message.contains(bad));
        }
        for bad in ["", "-x", "a b", "a/b", "a..b", "x.lock", "x."] {
            assert!(SiteName::parse(bad).is_err(), "{bad}");
        }
        for (host, want) in [
            ("www.example.com", "www.example.com"),
            ("127.0.0.1", "127.0.0.1"),
            ("[2001:db8::7]", "2001_db8__7_"),
            ("[::1]", "1_"),
            ("a_b.example.", "a_b.example._"),
            ("my.lock", "my.lock_"),
            ("a...b", "a._.b"),
            ("_", "site"),
        ] {
            assert_eq!(SiteName::for_host(host), want);
            assert!(SiteName::parse(want).is_ok(), "{want}");
        }
        for (typed, want) in [("public", "public"), ("./public/", "public"), (".", ""), ("", ""), ("a//b/", "a/b")] {
            assert_eq!(OutputDir::parse(typed).unwrap().as_str(), want);
        }
        for bad in ["/public", "../public", "a/../b", "a\\b"] {
            assert!(OutputDir::parse(bad).is_err(), "{bad}");
        }
    }
}
