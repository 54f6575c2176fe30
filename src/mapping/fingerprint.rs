//! Names with a content hash in them, as bundlers make them: `app.3f2a1b4c.js`, `index-DRf8L97S.css`.
//!
//! It decides one thing: whether a *deleted* file's cached copy is left alone, since old pages in open tabs still ask for
//! it. A hash in a name proves nothing about the content, so what is added or modified is purged whatever its name. A false
//! positive costs an orphan in the cache, a false negative an early 404.

/// Directories in which a bundler names every file by its content: those of Astro, `SvelteKit`, Next.js and Nuxt.
const IMMUTABLE: [&[u8]; 4] = [b"_astro/", b"_app/immutable/", b"_next/static/", b"_nuxt/"];

/// Extensions of documents: people name them, and hashes in their names are theirs.
const DOCUMENTS: [&[u8]; 6] = [b"html", b"htm", b"xml", b"json", b"txt", b"pdf"];

/// Digits of a hash in hex: webpack's short hashes have 8, a whole SHA-256 has 64.
const HEX: std::ops::RangeInclusive<usize> = 8..=64;

/// Letters of a hash in base64url, as Vite and Rollup write it.
const BASE64: usize = 8;

/// Returns true when the path's name holds a content hash, or lies where all names do.
#[must_use]
pub fn is_fingerprinted(path: &[u8]) -> bool {
    let name = path.rsplit(|&b| b == b'/').next().unwrap_or_default();
    let Some(extension) = name.rsplit(|&b| b == b'.').next().filter(|e| e.len() < name.len()) else { return false };
    if DOCUMENTS.iter().any(|document| extension.eq_ignore_ascii_case(document)) {
        return false;
    }
    let immutable = |directory: &[u8]| {
        path.starts_with(directory) || path.windows(directory.len() + 1).any(|w| w[0] == b'/' && w[1..] == *directory)
    };
    if IMMUTABLE.iter().any(|directory| immutable(directory)) {
        return true;
    }
    // The hash stands behind a separator and before an extension.
    let stem = &name[..name.len() - extension.len() - 1];
    let hex = stem.split(|b| b"._~-".contains(b)).skip(1).any(is_hex_hash);
    hex || tail_of(stem).is_some_and(is_base64_hash)
}

/// Digits and letters both, so that a date (`20261121`) and a word (`defaced`) are no hash.
fn is_hex_hash(text: &[u8]) -> bool {
    HEX.contains(&text.len())
        && text.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        && text.iter().any(u8::is_ascii_digit)
        && text.iter().any(|b| !b.is_ascii_digit())
}

/// Returns the last letters of a stem, where `-` or `.` stands before them.
fn tail_of(stem: &[u8]) -> Option<&[u8]> {
    let at = stem.len().checked_sub(BASE64 + 1).filter(|at| *at > 0)?;
    matches!(stem[at], b'-' | b'.').then(|| &stem[at + 1..])
}

/// Returns true for small letters, capitals and digits together: eight of them by chance are no word.
fn is_base64_hash(text: &[u8]) -> bool {
    text.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        && text.iter().any(u8::is_ascii_lowercase)
        && text.iter().any(u8::is_ascii_uppercase)
        && text.iter().any(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bundlers_names_are_told_from_peoples() {
        for (path, want) in [
            ("static/js/main.3f2a1b4c.js", true),
            ("static/js/main.3f2a1b4c.js.map", true),
            ("css/site-0123456789abcdef0123.css", true),
            ("p__index.3f2a1b4c.async.js", true),
            ("a~runtime.9bc1d2e3f4a5.js", true),
            ("css/style.9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.css", true),
            ("assets/index-DRf8L97S.css", true),
            ("_astro/hoisted.BYzC_fQw.js", true),
            ("_app/immutable/nodes/0.js", true),
            ("docs/_next/static/chunks/x.js", true),
            ("_app/version.json", false),
            ("_next/static/data.json", false),
            ("app.js", false),
            ("main.min.js", false),
            ("report-20261121.png", false),
            ("photo-12345678.jpg", false),
            ("feedface.png", false),
            ("a-feedface.png", false),
            ("post.3f2a1b4c.html", false),
            ("3f2a1b4c.js", false),
            ("sw.js", false),
            ("service-worker.js", false),
            ("Some-Document.png", false),
            ("README", false),
            ("x.3f2a1b4c", false),
        ] {
            assert_eq!(is_fingerprinted(path.as_bytes()), want, "{path}");
        }
    }
}
