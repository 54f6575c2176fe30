//! Chooses what is asked for when not all is: the most important first, and some of each directory.

use std::collections::BTreeMap;

use crate::mapping::PublicUrl;

/// Sorts URLs by what visitors want most: what the site names itself (`first`), then the shallow ones.
pub fn by_importance(urls: &mut [PublicUrl], first: impl Fn(&PublicUrl) -> bool) {
    let depth = |url: &PublicUrl| url.as_str().trim_end_matches('/').bytes().filter(|b| *b == b'/').count();
    urls.sort_by_cached_key(|url| (!first(url), depth(url), url.as_str().len(), url.clone()));
}

/// Takes at most so many of some things, from each directory in turn, in the order that they are in; `path` gives the text whose
/// last slash ends the directory.
#[must_use]
pub fn spread<T>(things: Vec<T>, most: usize, path: impl Fn(&T) -> &[u8]) -> Vec<T> {
    if things.len() <= most {
        return things;
    }
    let mut order: Vec<Vec<u8>> = Vec::new();
    let mut by_directory: BTreeMap<Vec<u8>, std::collections::VecDeque<T>> = BTreeMap::new();
    for thing in things {
        let text = path(&thing);
        let directory = text[..text.iter().rposition(|b| *b == b'/').map_or(0, |at| at + 1)].to_vec();
        let queue = by_directory.entry(directory.clone()).or_default();
        if queue.is_empty() {
            order.push(directory);
        }
        queue.push_back(thing);
    }
    let mut taken = Vec::with_capacity(most);
    while taken.len() < most {
        let before = taken.len();
        for directory in &order {
            if taken.len() < most {
                taken.extend(by_directory.get_mut(directory).and_then(std::collections::VecDeque::pop_front));
            }
        }
        if taken.len() == before {
            break;
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_spread_over_directories() {
        let all = vec!["a/1", "a/2", "a/3", "b/1", "c/d/1", "x"];
        let of = |n| spread(all.clone(), n, |text| text.as_bytes());
        assert_eq!(of(4), ["a/1", "b/1", "c/d/1", "x"]);
        assert_eq!(of(5), ["a/1", "b/1", "c/d/1", "x", "a/2"]);
        assert_eq!(of(9), all);
        assert!(of(0).is_empty());
    }

    #[test]
    fn shallow_pages_come_before_deep_ones_and_what_is_named_before_all() {
        let url = |path: &str| PublicUrl::restored(&format!("https://w.example{path}"), []).unwrap();
        let mut urls = vec![url("/a/b/c.html"), url("/a/"), url("/feed/all.xml"), url("/")];
        by_importance(&mut urls, |url| url.as_str().contains("/feed/"));
        let paths: Vec<&str> = urls.iter().map(|u| &u.as_str()["https://w.example".len()..]).collect();
        assert_eq!(paths, ["/feed/all.xml", "/", "/a/", "/a/b/c.html"]);
    }
}
