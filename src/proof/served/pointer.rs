//! Pointers of Git LFS: git holds a few lines that name the file, and a checkout puts the file in their place.
//!
//! <https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md>.

use crate::snapshot::ContentId;

/// Bytes that a pointer has less than.
pub(super) const LONGEST: usize = 1024;

/// The versions of pointers, with the names that the project had before.
const VERSIONS: [&str; 3] =
    ["https://git-lfs.github.com/spec/v1", "https://hawser.github.com/spec/v1", "http://git-media.io/v/2"];

/// Returns the file that a pointer names; `None` for what is no pointer, which a checkout leaves as it is.
pub(super) fn named(content: &[u8]) -> Option<ContentId> {
    let text = std::str::from_utf8(content).ok().filter(|_| content.len() < LONGEST)?;
    let mut lines = text.trim().lines();
    lines.next()?.strip_prefix("version ").filter(|version| VERSIONS.contains(version))?;
    let (mut digest, mut size) = (None, None);
    for line in lines {
        match line.split_once(' ')? {
            ("oid", oid) if digest.is_none() => digest = Some(oid.strip_prefix("sha256:")?),
            ("size", bytes) if size.is_none() => size = Some(bytes.parse().ok()?),
            _ => return None,
        }
    }
    let digest = digest.filter(|digest| digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit()))?;
    Some(ContentId::Sha256(digest.to_ascii_lowercase(), size?))
}

/// Returns true for a pointer whose file programs change on its way in and out (`ext-0-NAME`), so that what it names is not what is served.
pub(super) fn is_extended(content: &[u8]) -> bool {
    content.starts_with(b"version ") && memchr::memmem::find(content, b"\next-").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_names_a_file_and_what_is_nearly_one_does_not() {
        let digest = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393";
        let first = "version https://git-lfs.github.com/spec/v1";
        let is = |text: &str| named(text.as_bytes());
        let want = Some(ContentId::Sha256(digest.to_owned(), 12345));
        assert_eq!(is(&format!("{first}\noid sha256:{digest}\nsize 12345\n")), want);
        assert_eq!(is(&format!("{first}\r\noid sha256:{digest}\r\nsize 12345\r\n")), want);
        let older = "version https://hawser.github.com/spec/v1";
        assert_eq!(is(&format!("{older}\noid sha256:{digest}\nsize 12345")), want);
        for text in [
            format!("oid sha256:{digest}\nsize 12345\n"),
            format!("{first}\noid sha256:{digest}\n"),
            format!("{first}\noid sha256:{}\nsize 1\n", &digest[1..]),
            format!("{first}\noid sha1:{digest}\nsize 1\n"),
            format!("{first}\noid sha256:{digest}\nsize -1\n"),
            format!("{first}\noid sha256:{digest}\nsize 1\nand more\n"),
            format!("{first}\next-0-foo sha256:{digest}\noid sha256:{digest}\nsize 1\n"),
            format!("{first}\noid sha256:{digest}\nsize 1\n{}", " ".repeat(LONGEST)),
            format!("see {first}\noid sha256:{digest}\nsize 1\n"),
        ] {
            assert_eq!(is(&text), None, "{text}");
            assert_eq!(is_extended(text.as_bytes()), text.contains("ext-"), "{text}");
        }
    }
}
