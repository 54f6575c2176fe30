//! The faults of a list's entries: text and hint of each.

/// The fault of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "each variant's text says it")]
pub enum EntryFault {
    #[error("it is empty")]
    Empty,
    #[error("it begins with `/`, and paths are relative to the web root")]
    Absolute,
    #[error("a path with `.` or `..` in it may lie outside of the web root")]
    Dots,
    #[error("`//` is an empty name")]
    EmptyName,
    #[error("it holds a NUL")]
    Nul,
    #[error("`deleting` is rsync's word for a file that is gone, and not of its path")]
    Deleting,
    #[error("a byte of it is written as rsync escapes it")]
    Escaped,
    #[error("it stands in quotes, and not as git writes them")]
    Quoted,
    #[error("it stands in quotes, as shells write them")]
    Shell,
    #[error("it is a line with a status or with columns, and not a path")]
    Columns,
    #[error("it is a URL, and not a path")]
    Url,
    #[error("it is JSON, and not a path")]
    Json,
    #[error("it is HTML or XML, and not a path")]
    Markup,
    #[error("it is the message of a program that failed, and not a path")]
    Message,
    #[error("it is a line of a report about files, and not a path")]
    Report,
    #[error("it is a list item, and not a path")]
    Bullet,
    #[error("it is a list of several paths on one line")]
    Several,
}

impl EntryFault {
    /// Returns the next thing to type.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            EntryFault::Empty | EntryFault::EmptyName => "was a variable empty when the list was made?",
            EntryFault::Absolute | EntryFault::Dots => "write paths as they are below the web root: `blog/index.html`",
            EntryFault::Nul => "with `-z`, paths end in a NUL; else write the list as UTF-8, without NULs",
            EntryFault::Deleting => {
                "`rsync --out-format='%o %n'` prints a word and the path for each file: cut the word off; with `-z` a path may begin so"
            }
            EntryFault::Escaped => {
                "`rsync --8-bit-output` writes all but control characters as they are; with `-z` a path may hold it"
            }
            EntryFault::Quoted | EntryFault::Shell => {
                "let the program print names as they are, each with a NUL behind it, and add `-z`: `git diff --name-only -z`"
            }
            EntryFault::Columns => {
                "print the paths alone: `git diff --name-only --no-renames -z FROM TO`, with `-z` here too; a name that really begins so is written `./…`, or with `-z`"
            }
            EntryFault::Url => "write the path of the file below the web root, or change `base_urls`",
            EntryFault::Json => {
                "print one path on each line: `jq -r '.[]'` for an array; or give what it was made from: `diffpurge plan FROM TO`"
            }
            EntryFault::Markup | EntryFault::Message => "did the command that writes the list fail?",
            EntryFault::Report => {
                "print the paths alone: `git diff --name-only --no-renames -z` or `rsync --out-format=%n`; with `-z` a name may look so"
            }
            EntryFault::Bullet => "take the `- ` off each line; with `-z` a name may begin so",
            EntryFault::Several => {
                "write one path on each line, or end each in a NUL and add `-z`; with `-z` a name may look so"
            }
        }
    }
}
