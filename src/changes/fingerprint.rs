//! Names with a content hash in them, as bundlers make them: `app.3f2a1b4c.js`, `index-DRf8L97S.css`, `main-ES2ABC7Q.js`.
//!
//! They decide one thing: whether a *deleted* file's cached copy is left alone, since old pages in open tabs still ask for it. People's
//! names look like hashes too (`photo-Summer24.jpg`), so a name alone mostly proves nothing: another hash has to take the file's place,
//! which [`super::superseded`] looks for.

/// Directories in which a bundler names every file by its content: those of Astro, `SvelteKit`, Next.js and Nuxt.
const IMMUTABLE: [&[u8]; 4] = [b"_astro/", b"_app/immutable/", b"_next/static/", b"_nuxt/"];

/// Extensions of documents: people name them, and hashes in their names are theirs.
const DOCUMENTS: [&[u8]; 6] = [b"html", b"htm", b"xml", b"json", b"txt", b"pdf"];

/// Extensions of what pages load to work at all, and nobody uploads: scripts, styles, fonts, and the maps of them.
const CODE: [&[u8]; 11] = [b"js", b"mjs", b"cjs", b"css", b"wasm", b"map", b"woff2", b"woff", b"ttf", b"otf", b"eot"];

/// Digits of a hash in hex: webpack's short hashes have 8, a whole SHA-256 has 64.
const HEX: std::ops::RangeInclusive<usize> = 8..=64;

/// Letters of a hash in base64url, as Vite and Rollup write it, and in base32, as esbuild does.
const SHORT: usize = 8;

/// The place of a file whose name holds a hash: all names that differ in nothing but the hash have the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Slot {
    /// The path without the hash, in whose place a slash stands, which no name holds.
    path: Vec<u8>,
    /// Where its name begins.
    name: usize,
    /// It is a script, a style or a font.
    pub(super) is_code: bool,
}

/// Returns true where no more than the path is needed to know that a bundler made the name and pages in open tabs may ask for it: in the
/// directories that bundlers own, and for names that nobody else gives.
#[must_use]
pub fn is_immutable(path: &[u8]) -> bool {
    let Some((name, extension)) = named(path) else { return false };
    let owned = |directory: &[u8]| {
        path.starts_with(directory) || path.windows(directory.len() + 1).any(|w| w[0] == b'/' && w[1..] == *directory)
    };
    IMMUTABLE.iter().any(|directory| owned(directory))
        || is_code(extension) && (is_of_vitepress(name) || is_of_esbuild(name))
}

/// Returns true when a path's name holds what looks like a content hash, so that another one can take its place.
#[must_use]
pub fn has_content_hash(path: &[u8]) -> bool {
    slot(path).is_some()
}

/// Returns the place of a file whose name holds a hash; `None` where there is none, or nothing but the hash.
pub(super) fn slot(path: &[u8]) -> Option<Slot> {
    let (name, extension) = named(path)?;
    let is_code = is_code(extension);
    let (start, end) = hash_in(name, is_code)?;
    let directory = path.len() - name.len();
    let path = [&path[..directory + start], b"/", &path[directory + end..]].concat();
    Some(Slot { path, name: directory, is_code })
}

impl Slot {
    /// Returns the directory that it lies in, without a slash at its end; empty for the web root.
    pub(super) fn directory(&self) -> &[u8] {
        &self.path[..self.name.saturating_sub(1)]
    }
}

/// Returns the name of a file and its extension; `None` for a document, and for a name without one.
fn named(path: &[u8]) -> Option<(&[u8], &[u8])> {
    let name = memchr::memrchr(b'/', path).map_or(path, |slash| &path[slash + 1..]);
    let extension = &name[memchr::memrchr(b'.', name)? + 1..];
    let is_document = DOCUMENTS.iter().any(|document| extension.eq_ignore_ascii_case(document));
    (!is_document).then_some((name, extension))
}

fn is_code(extension: &[u8]) -> bool {
    CODE.iter().any(|code| extension.eq_ignore_ascii_case(code))
}

/// Returns where the last hash of a name stands: behind a separator and before an extension.
fn hash_in(name: &[u8], is_code: bool) -> Option<(usize, usize)> {
    let stem_end = memchr::memrchr(b'.', name)?;
    let mut found = None;
    let mut start = 0;
    for piece in name[..stem_end].split(|b| matches!(b, b'.' | b'_' | b'~' | b'-')) {
        let end = start + piece.len();
        if start > 0 && is_hex_hash(piece) {
            found = Some((start, end));
        }
        start = end + 1;
    }
    let short = short_pieces(name)
        .filter(|(_, piece)| is_base64_hash(piece) || is_code && (is_base32(piece) || is_mixed(piece)));
    let short = short.map(|(start, piece)| (start, start + piece.len()));
    found.into_iter().chain(short).max_by_key(|(start, _)| *start)
}

/// Returns the letters before each extension that may be a short hash, with where they begin.
fn short_pieces(name: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    memchr::memchr_iter(b'.', name).filter_map(|dot| {
        let start = dot.checked_sub(SHORT).filter(|start| *start > 1)?;
        matches!(name[start - 1], b'-' | b'.').then(|| (start, &name[start..dot]))
    })
}

/// Digits and letters both, so that a date (`20261121`) and a word (`defaced`) are no hash.
fn is_hex_hash(text: &[u8]) -> bool {
    HEX.contains(&text.len())
        && text.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        && text.iter().any(u8::is_ascii_digit)
        && text.iter().any(|b| !b.is_ascii_digit())
}

/// Returns true for small letters, capitals and digits together: eight of them by chance are no word.
fn is_base64_hash(text: &[u8]) -> bool {
    is_mixed(text) && text.iter().any(u8::is_ascii_digit)
}

/// Returns true for small letters and capitals together: a quarter of the hashes has no digit.
fn is_mixed(text: &[u8]) -> bool {
    text.iter().all(|b| is_base64(*b))
        && text.iter().any(u8::is_ascii_lowercase)
        && text.iter().any(u8::is_ascii_uppercase)
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn is_base32(text: &[u8]) -> bool {
    text.iter().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7'))
}

/// `guide_start.md.DZ3xa8fQ.lean.js`: `VitePress` alone puts a hash behind `.md`.
fn is_of_vitepress(name: &[u8]) -> bool {
    short_pieces(name).any(|(start, piece)| name[..start].ends_with(b".md.") && piece.iter().all(|b| is_base64(*b)))
}

/// `chunk-7HFGK2QA.js`: capitals and a few digits are esbuild's, as in Angular and Remix. Eight capitals without a digit may be a word,
/// except behind the names that esbuild and Angular give.
fn is_of_esbuild(name: &[u8]) -> bool {
    const STEMS: [&[u8]; 7] = [b"chunk", b"main", b"polyfills", b"styles", b"scripts", b"worker", b"root"];
    short_pieces(name).any(|(start, piece)| {
        let is_bundlers = STEMS.contains(&&name[..start - 1]) || piece.iter().any(u8::is_ascii_digit);
        is_base32(piece) && name[start - 1] == b'-' && is_bundlers && piece.iter().any(u8::is_ascii_uppercase)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_found_where_bundlers_put_them() {
        for (path, want) in [
            ("static/js/main.3f2a1b4c.js", Some("static/js/main.#.js")),
            ("static/js/main.3f2a1b4c.js.map", Some("static/js/main.#.js.map")),
            ("css/site-0123456789abcdef0123.css", Some("css/site-#.css")),
            ("p__index.3f2a1b4c.async.js", Some("p__index.#.async.js")),
            ("a~runtime.9bc1d2e3f4a5.js", Some("a~runtime.#.js")),
            ("css/style.9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.css", Some("css/style.#.css")),
            ("0058b4c6.a1b2c3d4.js", Some("0058b4c6.#.js")),
            ("chunk-a1b2c3d4-b2c3d4e5.js", Some("chunk-a1b2c3d4-#.js")),
            ("assets/index-DRf8L97S.css", Some("assets/index-#.css")),
            ("_astro/hoisted.BYzC_fQw.js", Some("_astro/hoisted.#.js")),
            ("logo-DRf8L97S.png", Some("logo-#.png")),
            ("main-ES2ABC7Q.js", Some("main-#.js")),
            ("main-ES2ABC7Q.js.map", Some("main-#.js.map")),
            ("media/Inter-7HFGK2QA.woff2", Some("media/Inter-#.woff2")),
            ("chunk-ABCDEFGH.mjs", Some("chunk-#.mjs")),
            ("assets/x.md.DZ3xa8fQ.lean.js", Some("assets/x.md.#.lean.js")),
            ("photo-SUMMER24.jpg", None),
            ("photo-SummerAB.jpg", None),
            ("photo-a1b2c3d4.jpg", Some("photo-#.jpg")),
            ("app.js", None),
            ("main.min.js", None),
            ("report-20261121.png", None),
            ("photo-12345678.jpg", None),
            ("a-feedface.png", None),
            ("post.3f2a1b4c.html", None),
            ("3f2a1b4c.js", None),
            ("3f2a1b4c-1b2c-4d5e-8f9a-0b1c2d3e4f5a.jpg", Some("3f2a1b4c-1b2c-4d5e-8f9a-#.jpg")),
            ("sw.js", None),
            ("service-worker.js", None),
            ("README", None),
            ("x.3f2a1b4c", None),
        ] {
            // No name holds the `/` that stands for the hash.
            let want = want.map(|want| want.replace('#', "/"));
            let got = slot(path.as_bytes()).map(|slot| String::from_utf8(slot.path).unwrap());
            assert_eq!(got, want, "{path}");
        }
    }

    #[test]
    fn a_name_alone_is_enough_where_nobody_but_a_bundler_gives_it() {
        for (path, want) in [
            ("_app/immutable/nodes/0.js", true),
            ("docs/_next/static/chunks/x.js", true),
            ("_next/static/media/photo.png", true),
            ("_astro/hoisted.BYzC_fQw.js", true),
            ("_nuxt/entry.js", true),
            ("main-ES2ABC7Q.js", true),
            ("main-ES2ABC7Q.js.map", true),
            ("chunk-7HFGK2QA.mjs", true),
            ("chunk-ABCDEFGH.js", true),
            ("polyfills-5CFQRCPP.js", true),
            ("styles-5INURTSO.css", true),
            ("build/_assets/root-DZ3X5FQA.css", true),
            ("routes/blog.$slug-5CFQRCPP.js", true),
            ("media/Inter-7HFGK2QA.woff2", true),
            ("assets/guide_start.md.DZ3xa8fQ.lean.js", true),
            ("assets/guide_start.md.DZxa_fQq.js", true),
            ("_app/version.json", false),
            ("_next/static/data.json", false),
            ("static/js/main.3f2a1b4c.js", false),
            ("assets/index-DRf8L97S.js", false),
            ("plugin-DATABASE.js", false),
            ("main-ES2ABC8Q.js", false),
            ("main.ES2ABC7Q.js", false),
            ("photo-ES2ABC7Q.jpg", false),
            ("screenshot-iPhone12.png", false),
            ("photo-Summer24.jpg", false),
            ("passport-a1b2c3d4.jpg", false),
            ("uploads/3f2a1b4c-1b2c-4d5e-8f9a-0b1c2d3e4f5a.jpg", false),
            ("notes.md.txt", false),
            ("my_next/static/x.js", false),
        ] {
            assert_eq!(is_immutable(path.as_bytes()), want, "{path}");
        }
    }
}
