//! The parts in which two trees differ, cut between entries.
//!
//! A directory of two hundred sites changes in the entry of one, and each of them asks what else lies there. The bytes that both trees begin
//! and end with are equal entries, which are passed over without a look at their names.

/// Returns the bytes of both trees without the entries that both begin with, and those that both end with. Where a tree is malformed, they
/// are left in it, for whoever reads them.
pub(super) fn apart<'t>(one: &'t [u8], other: &'t [u8], id_bytes: usize) -> (&'t [u8], &'t [u8]) {
    let common = common_start(one, other);
    let begin = boundaries(one, id_bytes).take_while(|at| *at <= common).last().unwrap_or(0);
    let (one, other) = (&one[begin..], &other[begin..]);
    let common = common_end(one, other);
    // Bytes that both end with may begin in the middle of an id, and then in one of them alone at an entry.
    let end_of = |bytes: &[u8]| boundaries(bytes, id_bytes).map(|at| bytes.len() - at).find(|left| *left <= common);
    match (end_of(one), end_of(other)) {
        (Some(end), Some(same)) if end == same => (&one[..one.len() - end], &other[..other.len() - end]),
        _ => (one, other),
    }
}

/// Bytes that are compared at once.
const BLOCK: usize = 64;

/// Returns how many bytes both begin with.
fn common_start(one: &[u8], other: &[u8]) -> usize {
    let blocks = one.chunks_exact(BLOCK).zip(other.chunks_exact(BLOCK));
    let at = BLOCK * blocks.take_while(|(a, b)| a == b).count();
    at + one[at..].iter().zip(&other[at..]).take_while(|(a, b)| a == b).count()
}

/// Returns how many bytes both end with.
fn common_end(one: &[u8], other: &[u8]) -> usize {
    let blocks = one.rchunks_exact(BLOCK).zip(other.rchunks_exact(BLOCK));
    let at = BLOCK * blocks.take_while(|(a, b)| a == b).count();
    let rest = |bytes: &'_ [u8]| bytes.len() - at;
    let (one, other) = (&one[..rest(one)], &other[..rest(other)]);
    at + one.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count()
}

/// Returns where entries begin, and where the last one ends; no further than they are whole.
fn boundaries(bytes: &[u8], id_bytes: usize) -> impl Iterator<Item = usize> {
    let next = move |at: &usize| {
        let end = at + memchr::memchr(0, bytes.get(*at..)?)? + 1 + id_bytes;
        (end <= bytes.len()).then_some(end)
    };
    std::iter::successors(Some(0), next)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry((name, id): (u8, u8)) -> Vec<u8> {
        // Ids hold what else separates entries.
        let mut bytes = format!("100644 {}\0", char::from(b'a' + name)).into_bytes();
        bytes.extend([[id, b' ', 0, id]; 5].concat());
        bytes
    }

    fn tree(entries: &[(u8, u8)]) -> Vec<u8> {
        entries.iter().copied().flat_map(entry).collect()
    }

    #[test]
    fn equal_trees_have_nothing_apart_and_one_entry_stands_alone() {
        let all: Vec<(u8, u8)> = (0..9).map(|n| (n, 0)).collect();
        let mut other = all.clone();
        other[4].1 = 1;
        assert_eq!(apart(&tree(&all), &tree(&all), 20), (&b""[..], &b""[..]));
        assert_eq!(apart(&tree(&all), &tree(&other), 20), (&entry((4, 0))[..], &entry((4, 1))[..]));
        assert_eq!(apart(&tree(&all), &tree(&all[1..]), 20), (&entry((0, 0))[..], &b""[..]));
        assert_eq!(apart(&tree(&all), &tree(&all[..8]), 20), (&entry((8, 0))[..], &b""[..]));
        let cut = &tree(&all)[..50];
        assert_eq!(apart(cut, b"", 20), (cut, &b""[..]));
    }

    proptest! {
        #[test]
        fn what_is_apart_holds_each_entry_of_one_side_alone(
            one in prop::collection::vec((0..4u8, 0..3u8), 0..6),
            other in prop::collection::vec((0..4u8, 0..3u8), 0..6),
        ) {
            let (whole_one, whole_other) = (tree(&one), tree(&other));
            let (a, b) = apart(&whole_one, &whole_other, 20);
            // What was cut off is the same on both sides, and what is left are whole entries.
            prop_assert_eq!(whole_one.len() - a.len(), whole_other.len() - b.len());
            for part in [a, b] {
                prop_assert_eq!(boundaries(part, 20).last(), Some(part.len()));
            }
            let counted = |bytes: &[u8], entry: &[u8]| bytes.chunks(29).filter(|chunk| *chunk == entry).count();
            for name in 0..4 {
                for id in 0..3 {
                    let entry = entry((name, id));
                    let before = counted(&whole_one, &entry).abs_diff(counted(&whole_other, &entry));
                    prop_assert_eq!(counted(a, &entry).abs_diff(counted(b, &entry)), before);
                }
            }
        }
    }
}
