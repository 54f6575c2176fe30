//! The branch that holds a site's output, where that is not the one that is checked out.
//!
//! It is a name alone: where the branch is, here or at a remote, is found out by who plans.

use std::fmt;

use super::fault::Fault;
use crate::display::shown;

/// The name of a branch, as `git branch` prints it: without `refs/heads/` and without a remote.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BranchName(String);

impl BranchName {
    /// Checks a name by git's own rules (git-check-ref-format(1)).
    pub(super) fn parse(text: &str) -> Result<BranchName, Fault> {
        let fault = |hint: String| Err(Fault::new(format!("{} is no branch's name", shown(text.as_bytes())), hint));
        if let Some(name) = text.strip_prefix("refs/heads/").filter(|name| !name.is_empty()) {
            return fault(format!("write the name alone: `branch = \"{name}\"`"));
        }
        let is_foreign = |c: char| c.is_control() || matches!(c, ' ' | '~' | '^' | ':' | '?' | '*' | '[' | '\\');
        let is_odd = |part: &str| {
            let is_lock = part.to_ascii_lowercase().ends_with(".lock");
            part.is_empty() || part.starts_with('.') || part.ends_with('.') || is_lock
        };
        let is_refused = text.is_empty()
            || text.starts_with('-')
            || matches!(text, "@" | "HEAD")
            || text.starts_with("refs/")
            || text.contains(is_foreign)
            || text.contains("..")
            || text.contains("@{")
            || text.split('/').any(is_odd);
        if is_refused {
            return fault("write it as `git branch` prints it, for example `branch = \"gh-pages\"`".to_owned());
        }
        Ok(BranchName(text.to_owned()))
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BranchName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_is_named_as_git_names_it() {
        for good in ["gh-pages", "live/www", "a.b", "Ünï", "HEAD-2", "empty"] {
            assert_eq!(BranchName::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "", "-x", "HEAD", "@", "a b", "a..b", "a~1", "a^", "a:b", "a/", "/a", ".a", "a.lock", "a@{1}", "refs/x",
            "é\n",
        ] {
            assert!(BranchName::parse(bad).unwrap_err().hint.contains("`git branch`"), "{bad}");
        }
        assert!(BranchName::parse("refs/heads/live").unwrap_err().hint.contains("`branch = \"live\"`"));
    }
}
