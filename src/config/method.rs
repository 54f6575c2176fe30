//! The method of a request that purges. It is none that visitors send, unless the request goes to a URL that is none of theirs.

use super::checked::checked;
use super::fault::Fault;
use super::raw::Text;
use super::variant::is_token;

/// An HTTP method, in capitals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method(String);

impl Method {
    /// Reads the method of a request to a URL of visitors, which has to differ from theirs; `else_where` says what would make it one of
    /// [`Method::elsewhere`].
    fn parse(text: &str, else_where: &str) -> Result<Method, Fault> {
        let method = Method::elsewhere(text)?;
        if ["GET", "HEAD"].contains(&text) {
            let hint = format!("write what removes, like `PURGE` or `BAN`{else_where}");
            return Err(Fault::new(format!("`{text}` is what visitors send, and removes nothing"), hint));
        }
        Ok(method)
    }

    /// Reads the method of a request to a URL that is for purges alone.
    fn elsewhere(text: &str) -> Result<Method, Fault> {
        const HINT: &str = "write it in capitals, like `PURGE` or `BAN`";
        let in_capitals = !text.bytes().any(|b| b.is_ascii_lowercase());
        if text.is_empty() || !is_token(text) || !in_capitals {
            return Err(Fault::new("this is no HTTP method", HINT));
        }
        if ["OPTIONS", "TRACE", "CONNECT"].contains(&text) {
            return Err(Fault::new(format!("`{text}` removes nothing"), HINT));
        }
        Ok(Method(text.to_owned()))
    }

    /// The method.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Method {
    fn default() -> Self {
        Method("PURGE".to_owned())
    }
}

/// Reads a method; one that visitors have is fine for a URL that is none of theirs.
pub(super) fn method_at(text: &Text, is_elsewhere: bool, else_where: &str) -> Result<Method, Fault> {
    checked(text, |text| if is_elsewhere { Method::elsewhere(text) } else { Method::parse(text, else_where) })
}

/// The other way out where a URL itself is asked.
pub(super) const ANOTHER_URL: &str = ", or a URL that is for purges alone, like `url = \"/purge{path}\"`";

/// The other way out where a request has a path of its own.
pub(super) const ANOTHER_PATH: &str = ", or a `path` that is for purges alone";
