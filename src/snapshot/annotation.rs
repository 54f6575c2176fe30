//! A text beside a revision: an annotated tag object. A ref points to it, and it points to the revision.
//!
//! Git fetches, pushes and keeps both together. The same text for the same revision is the same object, whoever writes it and
//! whenever, so that a ref that was moved twice to the same is the same. The text's meaning is left to others.

use git2::{ErrorCode, ObjectType, Oid};

use super::Repository;
use super::error::GitError;

/// The name in our tag objects; that of nobody's ref.
const NAME: &str = "diffpurge-mark";

/// The object behind an id: a revision, and the text beside it where it is one of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotated {
    /// The full id of the commit or tree, in hex.
    pub revision: String,
    /// The text.
    pub text: Option<String>,
}

impl Repository {
    /// Writes the object that says `text` of the commit or tree `revision`; returns its full id.
    ///
    /// # Errors
    /// When it cannot be written, or there is no such revision.
    pub fn annotate(&self, revision: &str, text: &str) -> Result<String, GitError> {
        let id = Oid::from_str_ext(revision, self.inner.object_format())?;
        let kind = match self.inner.find_object(id, None)?.kind() {
            Some(ObjectType::Tree) => "tree",
            _ => "commit",
        };
        // Always of the same moment: the object must not depend on when it is written.
        let object = format!("object {id}\ntype {kind}\ntag {NAME}\ntagger diffpurge <diffpurge> 0 +0000\n\n{text}\n");
        Ok(self.inner.odb()?.write(ObjectType::Tag, object.as_bytes())?.to_string())
    }

    /// Returns what is behind a full id; `None` where there is no such object here.
    ///
    /// # Errors
    /// When it cannot be read, or is neither a commit nor a tree in the end.
    pub fn annotated(&self, id: &str) -> Result<Option<Annotated>, GitError> {
        let object = match self.inner.find_object(Oid::from_str_ext(id, self.inner.object_format())?, None) {
            Ok(object) => object,
            Err(e) if e.code() == ErrorCode::NotFound => return Ok(None),
            Err(e) => return Err(e.into()),
        };
        let text = object.as_tag().filter(|tag| tag.name_bytes() == NAME.as_bytes()).and_then(git2::Tag::message_bytes);
        let text = text.map(|text| String::from_utf8_lossy(text).trim_end().to_owned());
        // The revision itself may be missing, as in a clone that was cut off; its id is known all the same.
        let revision = match object.as_tag() {
            Some(tag) if tag.target_type() != Some(ObjectType::Tag) => tag.target_id(),
            Some(_) => object.peel(ObjectType::Any)?.id(),
            None => object.id(),
        };
        Ok(Some(Annotated { revision: revision.to_string(), text }))
    }
}
