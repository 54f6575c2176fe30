//! Lines that programs print about files and that are no paths: a status, a listing, a list in one line, JSON.
//!
//! Each of them would be a valid name, and a URL that nobody asks for: then nothing is purged, and the run ends as if all was. So
//! they are refused. A site that really has such a name writes it with `-z`, or begins it with `./`.

use super::fault::EntryFault;

/// Letters of a status in `git diff --name-status`, `git status`, `hg status` and `svn status`.
const STATUS: &[u8] = b"ACDMRTUXB?!I";

/// Returns the fault of a line that is surely no path, whatever stands around it.
pub(super) fn fault(entry: &[u8]) -> Option<EntryFault> {
    let starts = |with: &[&str]| with.iter().any(|start| entry.starts_with(start.as_bytes()));
    if entry.contains(&b'\t') {
        // `M⇥a`, `R100⇥a⇥b`, `1⇥2⇥a`, `:100644 … M⇥a`, `100644 blob …⇥a`.
        Some(EntryFault::Columns)
    } else if is_url(entry) {
        Some(EntryFault::Url)
    } else if is_json(entry) {
        Some(EntryFault::Json)
    } else if starts(&["<!", "<?xml", "<html"]) {
        Some(EntryFault::Markup)
    } else if starts(&["fatal: ", "error: ", "warning: ", "usage: "]) {
        Some(EntryFault::Message)
    } else if is_itemised(entry) || is_report(entry) {
        Some(EntryFault::Report)
    } else if is_quoted_by_a_shell(entry) {
        Some(EntryFault::Shell)
    } else if is_several(entry) {
        Some(EntryFault::Several)
    } else {
        None
    }
}

/// Returns the fault of lines that may be paths one by one, and that all look like the lines of one program.
pub(super) fn fault_of_all<'l>(mut lines: impl Iterator<Item = &'l [u8]> + Clone) -> Option<EntryFault> {
    if lines.clone().next().is_none() {
        None
    } else if lines.clone().all(has_status) && lines.clone().any(|line| !is_english(line)) {
        Some(EntryFault::Columns)
    } else if lines.all(|line| line.starts_with(b"- ")) {
        Some(EntryFault::Bullet)
    } else {
        None
    }
}

/// Returns true for what `git diff --name-status -z` and `git diff --raw -z` print: a status, then one path or two.
pub(super) fn has_statuses(list: &[u8]) -> bool {
    let list = list.strip_suffix(b"\0").unwrap_or(list);
    let mut entries = list.split(|&byte| byte == 0).peekable();
    while let Some(status) = entries.next() {
        let raw = status.starts_with(b":").then(|| status.rsplit(|&b| b == b' ').next()).flatten();
        let Some((letter, score)) = raw.unwrap_or(status).split_first() else { return false };
        let is_status = b"ACDMRTUXB".contains(letter) && score.len() <= 3 && score.iter().all(u8::is_ascii_digit);
        let paths = if matches!(letter, b'R' | b'C') { 2 } else { 1 };
        if !is_status || entries.by_ref().take(paths).count() < paths {
            return false;
        }
    }
    true
}

/// `https://www.example.com/a`.
fn is_url(entry: &[u8]) -> bool {
    let scheme = entry.windows(3).position(|three| three == b"://").map_or(&b""[..], |end| &entry[..end]);
    !scheme.is_empty() && scheme.iter().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(b))
}

/// `["a.html"]`, also as Python prints it, or `"a.html",`: a line of JSON that was written for people.
fn is_json(entry: &[u8]) -> bool {
    const STARTS: [&[u8]; 5] = [b"[\"", b"[\\\"", b"['", b"{\"", b"{'"];
    let starts = STARTS.iter().any(|start| entry.starts_with(start));
    let entry = entry.trim_ascii();
    starts
        || matches!(entry, b"[" | b"]" | b"{" | b"}")
        || (entry.starts_with(b"\"") && entry.ends_with(b"\","))
        || (entry.starts_with(b"\"") && entry.windows(3).any(|three| three == b"\": "))
}

/// ` M a`, `?? a`, `A  a`, `M a`, `## main`: `git status --short`, `hg status`, `svn status`.
fn has_status(entry: &[u8]) -> bool {
    let is = |byte: &u8| STATUS.contains(byte) || *byte == b' ';
    match entry {
        [b'#', b'#', b' ', ..] => true,
        // A name may begin with blanks; a status is one letter at least.
        [b' ', b' ', ..] => false,
        [one, two, b' ', _, ..] => is(one) && is(two),
        [one, b' ', _, ..] => STATUS.contains(one),
        _ => false,
    }
}

/// `A Guide.pdf`, `I am.html`: a word of English, as long as no other line has another letter.
fn is_english(entry: &[u8]) -> bool {
    matches!(entry, [b'A' | b'I', b' ', next, ..] if *next != b' ')
}

/// `>f.st...... a`, `cd+++++++++ a/`: what `rsync --itemize-changes` prints.
fn is_itemised(entry: &[u8]) -> bool {
    let Some((flags, b' ')) =
        entry.split_at_checked(11).map(|(flags, rest)| (flags, rest.first().copied().unwrap_or(0)))
    else {
        return false;
    };
    b"<>ch.*".contains(&flags[0])
        && b"fdLDS".contains(&flags[1])
        && flags[2..].iter().all(|b| b"+.? cstpoguaxnbm".contains(b))
}

/// Lines of `git diff --stat`, of a diff, of `diff -rq`, of checksums, and of renames.
fn is_report(entry: &[u8]) -> bool {
    let has = |text: &str| entry.windows(text.len()).any(|part| part == text.as_bytes());
    let stat = entry.windows(4).any(|four| four.starts_with(b" | ") && (four[3].is_ascii_digit() || four[3] == b' '))
        || has(" | Bin ");
    let diff = ["diff --git ", "+++ b/", "--- a/", "@@ -"].iter().any(|start| entry.starts_with(start.as_bytes()));
    let quick =
        (entry.starts_with(b"Only in ") && has(": ")) || (entry.starts_with(b"Files ") && entry.ends_with(b" differ"));
    let hash = entry.iter().take_while(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')).count();
    let checksum = matches!(hash, 32 | 40 | 64 | 128) && matches!(entry.get(hash..hash + 2), Some(b"  " | b" *"));
    stat || diff || quick || checksum || has(" => ") || has(" -> ")
}

/// `'a b'` and `$'a\tb'`, as shells and `ls` quote.
fn is_quoted_by_a_shell(entry: &[u8]) -> bool {
    let entry = entry.strip_prefix(b"$").unwrap_or(entry);
    entry.len() > 1 && entry.starts_with(b"'") && entry.ends_with(b"'")
}

/// `a.html b.css`, `a.html,b.css`: two names with an extension at least, with something between them that separates lists.
fn is_several(entry: &[u8]) -> bool {
    let names = entry.split(|b| b" ,;|".contains(b)).filter(|name| has_extension(name));
    entry.iter().any(|b| b" ,;|".contains(b)) && names.take(2).count() == 2
}

/// Returns true where a name ends like those of files: a dot, and up to five letters or digits, a letter first.
fn has_extension(name: &[u8]) -> bool {
    let name = name.rsplit(|&b| b == b'/').next().unwrap_or_default();
    let Some(dot) = name.iter().rposition(|&b| b == b'.').filter(|dot| *dot > 0) else { return false };
    let extension = &name[dot + 1..];
    (1..=5).contains(&extension.len())
        && extension[0].is_ascii_alphabetic()
        && extension.iter().all(u8::is_ascii_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_programs_print_about_files_are_no_paths() {
        use EntryFault::{Columns, Json, Markup, Message, Report, Several, Shell, Url};
        for (line, want) in [
            ("M\ta.html", Some(Columns)),
            ("R100\told.html\tnew.html", Some(Columns)),
            ("12\t3\ta.html", Some(Columns)),
            (":100644 100644 f00 ba4 M\ta.html", Some(Columns)),
            ("100644 blob 8baef1b4abc478178b004d62031cf7fe6db6f903\ta.html", Some(Columns)),
            ("https://www.example.com/a.html", Some(Url)),
            ("s3://bucket/a.html", Some(Url)),
            ("[\"a.html\",\"b.html\"]", Some(Json)),
            ("[\\\"a.html\\\"]", Some(Json)),
            ("['a.html', 'b.html']", Some(Json)),
            ("{\"files\": []}", Some(Json)),
            ("[", Some(Json)),
            ("  \"a.html\",", Some(Json)),
            ("  \"path\": \"a.html\"", Some(Json)),
            ("<!DOCTYPE html>", Some(Markup)),
            ("fatal: bad revision 'HEAD~1'", Some(Message)),
            (">f.st...... a.html", Some(Report)),
            ("<f+++++++++ a.html", Some(Report)),
            ("cd+++++++++ a/", Some(Report)),
            (" a.html | 2 +-", Some(Report)),
            (" a.html | Bin 0 -> 5 bytes", Some(Report)),
            ("diff --git a/a.html b/a.html", Some(Report)),
            ("+++ b/a.html", Some(Report)),
            ("Only in public: a.html", Some(Report)),
            ("Files a/x and b/x differ", Some(Report)),
            ("d41d8cd98f00b204e9800998ecf8427e  a.html", Some(Report)),
            ("old.html => new.html", Some(Report)),
            ("{old => new}/a.html", Some(Report)),
            ("'a b.html'", Some(Shell)),
            ("$'a\\tb.html'", Some(Shell)),
            ("a.html b.html", Some(Several)),
            ("public/a.html public/img/b.png public/c.css", Some(Several)),
            ("a.html,b.html", Some(Several)),
            ("a.html, b.html", Some(Several)),
            ("a.html;b.html", Some(Several)),
            ("a.html|b.html", Some(Several)),
            ("README a.html b.html", Some(Several)),
        ] {
            assert_eq!(fault(line.as_bytes()), want, "{line}");
        }
    }

    #[test]
    fn names_that_people_give_are_paths() {
        for line in [
            "my v1.2 notes.html",
            "Screenshot 2024-01-01 at 10.23.45 AM.png",
            "docs/my file/other thing.html",
            "Dr. No.html",
            "a, b and c.html",
            "photo.jpg,large",
            "[slug].html",
            "[...all]/index.html",
            "(group)/{id}.html",
            "a->b.html",
            "a=>b.html",
            "it's.html",
            "'tis.html",
            "x|y.html",
            "index 1.html",
            "a: b.html",
            "d41d8cd98f00b204e9800998ecf8427e.js",
        ] {
            assert_eq!(fault(line.as_bytes()), None, "{line}");
        }
    }

    #[test]
    fn lines_that_all_look_like_one_programs_are_no_paths() {
        let of = |lines: &[&str]| fault_of_all(lines.iter().map(|line| line.as_bytes()));
        for lines in [
            &[" M a.html", "?? b.html"][..],
            &["## main...origin/main", " M a.html"],
            &["A  a.html", "MM b.html", "R  old.html"],
            &["M a.html", "A b.html"],
            &["M       a.html"],
        ] {
            assert_eq!(of(lines), Some(EntryFault::Columns), "{lines:?}");
        }
        assert_eq!(of(&["- a.html", "- b.html"]), Some(EntryFault::Bullet));
        for lines in [
            &["A day.html", "b.html"][..],
            &["A Guide.pdf", "I am.html"],
            &["M.html"],
            &["- a.html", "b.html"],
            &["x y.html"],
            &["  a.html"],
            &[],
        ] {
            assert_eq!(of(lines), None, "{lines:?}");
        }
        for (list, want) in [
            (&b"M\0a.html\0"[..], true),
            (b"M\0a.html\0R100\0b.html\0c.html\0D\0d", true),
            (b":100644 100644 f00 ba4 M\0a.html\0", true),
            (b"a.html\0M\0", false),
            (b"M\0", false),
            (b"M\0a\0b\0", false),
            (b"R100\0a\0", false),
            (b"a\0b\0", false),
        ] {
            assert_eq!(has_statuses(list), want, "{}", String::from_utf8_lossy(list));
        }
    }
}
