//! `$Id$` in a checkout: git puts the blob's id in its place, as version systems before it did (`ident`).

/// Returns the content with `$Id: ID $` where `$Id$` or an earlier expansion stood; `None` where there is none of these.
pub(super) fn expanded(content: &[u8], id: &str) -> Option<Vec<u8>> {
    let mut expanded = Vec::with_capacity(content.len());
    let (mut rest, mut is_any) = (content, false);
    while let Some(dollar) = memchr::memchr(b'$', rest) {
        let (before, behind) = rest.split_at(dollar + 1);
        expanded.extend_from_slice(before);
        rest = behind;
        if let Some(length) = keyword(rest) {
            expanded.extend_from_slice(format!("Id: {id} $").as_bytes());
            rest = &rest[length..];
            is_any = true;
        }
    }
    expanded.extend_from_slice(rest);
    is_any.then_some(expanded)
}

/// Returns the length of `Id$`, or of `Id: … $` as git itself writes it; another version system's, which has several words, is kept.
fn keyword(text: &[u8]) -> Option<usize> {
    let behind = text.strip_prefix(b"Id")?;
    if behind.starts_with(b"$") {
        return Some(b"Id$".len());
    }
    let inside = behind.strip_prefix(b":")?;
    let end = memchr::memchr(b'$', inside)?;
    let words = &inside[..end];
    let space = words.iter().skip(1).position(|byte| *byte == b' ').map(|at| at + 1);
    let is_kept = memchr::memchr(b'\n', words).is_some() || space.is_some_and(|at| at + 1 < end);
    (!is_kept).then_some(b"Id:".len() + end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_git_itself_wrote_is_expanded() {
        for (content, want) in [
            ("a $Id$ b", Some("a $Id: 1 $ b")),
            ("$Id: 2 $$Id$", Some("$Id: 1 $$Id: 1 $")),
            ("$Id:2$", Some("$Id: 1 $")),
            ("$Id: a.c,v 1.2 2001/01/01 $", None),
            ("$Id: 2\n$", None),
            ("$Id", None),
            ("$Identity$ $id$ $Id:", None),
            ("$ $Id$", Some("$ $Id: 1 $")),
        ] {
            let got = expanded(content.as_bytes(), "1").map(|text| String::from_utf8(text).unwrap());
            assert_eq!(got.as_deref(), want, "{content}");
        }
    }
}
