//! The limits of hosts: of a long `_redirects` Cloudflare reads the beginning, others read all.
//!
//! <https://developers.cloudflare.com/pages/configuration/redirects/#surpass-_redirects-limits>; the order of counting is that of its
//! open-source parser.

use super::entry::Entry;

/// Rules without a placeholder that Cloudflare reads, up to the first with one.
const MOST_STATIC: usize = 2_000;

/// Rules from the first with a placeholder on.
const MOST_DYNAMIC: usize = 100;

/// Characters of a line.
const LONGEST: usize = 2_000;

/// Marks the entries of a `_redirects` that Cloudflare does not read.
pub(super) fn mark(entries: &mut [Entry]) {
    let (mut fixed, mut dynamic) = (0, 0);
    for entry in entries {
        if entry.said.chars().count() > LONGEST {
            entry.is_beyond = true;
            continue;
        }
        let from = entry.said.split(' ').next().unwrap_or_default();
        let path = from.split_once("://").map_or(from, |(_, rest)| rest);
        let has_placeholder = path.contains('*') || path.contains("/:");
        // From the first placeholder on, all rules count as such.
        if dynamic == 0 && !has_placeholder {
            fixed += 1;
            entry.is_beyond = fixed > MOST_STATIC;
        } else {
            dynamic += 1;
            entry.is_beyond = dynamic > MOST_DYNAMIC;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::hosting::redirects;

    /// How many lines Cloudflare reads.
    fn read(lines: &str) -> usize {
        redirects::entries(lines.as_bytes()).iter().filter(|entry| !entry.is_beyond).count()
    }

    #[test]
    fn cloudflare_reads_the_beginning_of_a_long_list() {
        let fixed = |n: usize| (0..n).map(|i| format!("/a{i} /b\n")).collect::<Vec<_>>().concat();
        let dynamic = |n: usize| (0..n).map(|i| format!("/d{i}/* /b\n")).collect::<Vec<_>>().concat();
        for (lines, want) in [
            (fixed(2_000), 2_000),
            (fixed(2_001), 2_000),
            (dynamic(101), 100),
            ([fixed(2_500), dynamic(150)].concat(), 2_100),
            ([dynamic(1), fixed(2_000)].concat(), 100),
            ([fixed(10), dynamic(50), fixed(60)].concat(), 110),
            (format!("/a /{}\n/c /d\n", "b".repeat(2_000)), 1),
            ("# a comment\n\n/a /b\n".to_owned(), 1),
        ] {
            assert_eq!(read(&lines), want, "{}", lines.lines().count());
        }
    }
}
