//! The likeness of a text to what it may have been made of: TO's, or what was there before.
//!
//! Edges rewrite pages: they drop white space, hide addresses, add scripts. The words stay, and their order. So three words in a row
//! (a shingle) tell a page that was made of TO's from one that was made of another: most of TO's have to be there, and of those in
//! which two versions differ more of the one's than of the other's.

use std::collections::HashSet;

/// Words in a row that are compared; fewer where a text has fewer.
const WIDTH: usize = 3;

/// The share of a text that has to be found again, so that the answer can have been made of it.
const MOST: f64 = 0.6;

/// The share below which an answer has nothing to do with a text.
const HARDLY: f64 = 0.1;

/// Shingles below which too little text is there to say that an answer has nothing to do with it.
const ENOUGH: usize = 6;

/// Shingles below which a text is too short to say that its end is missing. Of the last half as many one has to be there, and a quarter of
/// the text's last quarter.
const END: usize = 16;

/// The texts that an answer can have been made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Texts<'t> {
    /// Those of TO.
    pub(super) now: &'t [Vec<u8>],
    /// Those before.
    pub(super) before: &'t [Vec<u8>],
    /// Those of other pages, which hosts answer with where there is nothing.
    pub(super) others: &'t [Vec<u8>],
}

/// The text that an answer was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MadeOf {
    /// TO's; true where a text from before was there to be told from.
    New(bool),
    /// The one before.
    Old,
    /// Another page of the site.
    Other,
    /// None of these.
    Nothing,
    /// It cannot be told.
    Unclear,
}

/// Says which of some texts an answer was made of.
pub(super) fn made_of(answer: &[u8], texts: Texts<'_>) -> MadeOf {
    let all = || texts.now.iter().chain(texts.before).chain(texts.others);
    let known = words(answer);
    if !is_text(answer) || known.is_empty() || !all().all(|text| is_text(text)) {
        return MadeOf::Unclear;
    }
    let verdicts = || texts.now.iter().map(|now| beside(&known, answer, now, texts));
    let rank = |made: &MadeOf| match made {
        MadeOf::New(_) => 4,
        MadeOf::Unclear => 3,
        MadeOf::Old => 2,
        MadeOf::Other => 1,
        MadeOf::Nothing => 0,
    };
    if let Some(best) = verdicts().max_by_key(rank) {
        return best;
    }
    of_what_is_gone(&known, texts)
}

/// Returns true for what can be compared by its words.
pub(super) fn is_text(content: &[u8]) -> bool {
    !content.contains(&0)
}

/// Says which text an answer was made of, where nothing of TO is behind it.
fn of_what_is_gone(known: &[&[u8]], texts: Texts<'_>) -> MadeOf {
    let shingled = |text: &Vec<u8>, width| shingles(&words(text), width);
    for old in texts.before {
        let width = width(&[&words(old)]);
        let (found, before) = (shingles(known, width), shingled(old, width));
        let other = |other: &Vec<u8>| nearer(&before, &shingled(other, width), &found) == Some(false);
        if share(&before, &found).is_some_and(|share| share >= MOST) && !texts.others.iter().any(other) {
            return MadeOf::Old;
        }
    }
    let is_of = |text: &Vec<u8>| {
        let width = width(&[&words(text)]);
        share(&shingled(text, width), &shingles(known, width)).is_some_and(|share| share >= MOST)
    };
    if texts.others.iter().any(is_of) { MadeOf::Other } else { MadeOf::Unclear }
}

/// Compares an answer with one text of TO, and with those that it can be taken for.
fn beside(known: &[&[u8]], answer: &[u8], now: &[u8], texts: Texts<'_>) -> MadeOf {
    let words_now = words(now);
    let before: Vec<Vec<&[u8]>> = texts.before.iter().map(|text| words(text)).collect();
    let others: Vec<Vec<&[u8]>> = texts.others.iter().map(|text| words(text)).collect();
    let width = width(&before.iter().chain(&others).chain([&words_now]).collect::<Vec<_>>());
    let of = |words: &[&'_ [u8]]| -> HashSet<Vec<u8>> { shingles(words, width) };
    let (found, new) = (of(known), of(&words_now));
    let Some(of_new) = share(&new, &found) else { return hardly(&new, known) };
    let is_titled_otherwise = title(answer).zip(title(now)).is_some_and(|(one, other)| words(one) != words(other));
    let mut is_told = false;
    let mut nearest = MadeOf::Unclear;
    for old in before.iter().map(|words| of(words)) {
        match nearer(&new, &old, &found) {
            Some(true) => is_told = true,
            Some(false) if share(&old, &found).is_some_and(|share| share >= MOST) => nearest = MadeOf::Old,
            Some(false) | None => return if of_new < HARDLY { hardly(&new, known) } else { MadeOf::Unclear },
        }
    }
    if nearest == MadeOf::Old {
        return MadeOf::Old;
    }
    for other in others.iter().map(|words| of(words)) {
        let is_of_other = share(&other, &found).is_some_and(|share| share >= MOST);
        if is_of_other && nearer(&new, &other, &found) == Some(false) {
            return MadeOf::Other;
        }
    }
    match of_new {
        share if share < HARDLY => hardly(&new, known),
        _ if is_titled_otherwise => MadeOf::Nothing,
        share if share >= MOST && has_end(&words_now, width, &found) => MadeOf::New(is_told),
        _ => MadeOf::Unclear,
    }
}

/// Says that an answer has nothing to do with a text, where that is long enough to say so, or the answer is that has nothing of it.
fn hardly(text: &HashSet<Vec<u8>>, answer: &[&[u8]]) -> MadeOf {
    let has_word =
        || answer.iter().any(|word| text.iter().any(|shingle| shingle.split(|b| *b == b' ').any(|w| w == *word)));
    if text.len() >= ENOUGH || answer.len() >= 2 * ENOUGH && !has_word() { MadeOf::Nothing } else { MadeOf::Unclear }
}

/// Returns true where the end of a text is found, so that it was not cut off; also for one that is too short to say so.
fn has_end(text: &[&[u8]], width: usize, found: &HashSet<Vec<u8>>) -> bool {
    let all: Vec<&[&[u8]]> = text.windows(width).collect();
    let is_found =
        |last: usize| all[all.len() - last..].iter().filter(|words| found.contains(&words.join(&b' '))).count();
    let quarter = all.len() / 4;
    all.len() < END || is_found(END / 2) > 0 && 4 * is_found(quarter) >= quarter
}

/// Returns true where an answer is nearer to one text than to another, by what only one of them has; `None` where it is as near to
/// both.
fn nearer(one: &HashSet<Vec<u8>>, other: &HashSet<Vec<u8>>, found: &HashSet<Vec<u8>>) -> Option<bool> {
    let own = |a: &HashSet<Vec<u8>>, b: &HashSet<Vec<u8>>| -> HashSet<Vec<u8>> { a.difference(b).cloned().collect() };
    let (of_one, of_other) = (share(&own(one, other), found), share(&own(other, one), found));
    let (of_one, of_other) = match (of_one, of_other) {
        (Some(one), Some(other)) => (one, other),
        // The one has all that the other has, and more; or the other way round.
        (Some(one), None) => (one, 1.0 - one),
        (None, Some(other)) => (1.0 - other, other),
        (None, None) => return None,
    };
    match of_one.partial_cmp(&of_other) {
        Some(std::cmp::Ordering::Greater) => Some(true),
        Some(std::cmp::Ordering::Less) => Some(false),
        _ => None,
    }
}

/// Returns the share of some shingles that is found; `None` where there are none.
fn share(of: &HashSet<Vec<u8>>, found: &HashSet<Vec<u8>>) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "a text has far fewer than 2^52 words")]
    let part = |n: usize| n as f64;
    (!of.is_empty()).then(|| part(of.intersection(found).count()) / part(of.len()))
}

/// Returns how many words are compared: no more than the shortest text has.
fn width(texts: &[&Vec<&[u8]>]) -> usize {
    texts.iter().map(|words| words.len()).min().unwrap_or(0).clamp(1, WIDTH)
}

/// Returns the words of a text: letters and digits, and whatever is not ASCII.
fn words(text: &[u8]) -> Vec<&[u8]> {
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || !b.is_ascii();
    text.split(|b| !is_word(b)).filter(|word| !word.is_empty()).collect()
}

fn shingles(words: &[&[u8]], width: usize) -> HashSet<Vec<u8>> {
    words.windows(width).map(|window| window.join(&b' ')).collect()
}

/// Returns the title of a page, which nothing on the way changes.
fn title(page: &[u8]) -> Option<&[u8]> {
    let start = memchr::memmem::find(page, b"<title>")? + b"<title>".len();
    let end = memchr::memmem::find(&page[start..], b"</title>")?;
    Some(&page[start..start + end])
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "<title>Prices</title><p>One apple costs ten cents, and two of them cost twenty.</p>";
    const NEW: &str = "<title>Prices</title><p>One apple costs nine cents, and two of them cost eighteen.</p>";
    const HOME: &str = "<title>Home</title><p>Welcome to the shop with apples, pears and plums for all.</p>";

    #[test]
    fn an_answer_is_told_by_the_words_in_which_the_versions_differ() {
        let beacon = "<script src=\"https://static.cloudflareinsights.com/beacon.min.js\"></script>";
        for (answer, want) in [
            (NEW.to_owned() + beacon, MadeOf::New(true)),
            (NEW.replace("</p>", "").replace(", ", ","), MadeOf::New(true)),
            (OLD.to_owned() + beacon, MadeOf::Old),
            (HOME.to_owned() + beacon, MadeOf::Nothing),
            ("This domain is for sale. Ask the broker for its price today.".to_owned(), MadeOf::Nothing),
            ("\0\0\0".to_owned(), MadeOf::Unclear),
            (String::new(), MadeOf::Unclear),
        ] {
            let (now, before) = (vec![NEW.as_bytes().to_vec()], vec![OLD.as_bytes().to_vec()]);
            let texts = Texts { now: &now, before: &before, others: &[] };
            assert_eq!(made_of(answer.as_bytes(), texts), want, "{answer}");
        }
    }

    #[test]
    fn without_a_text_from_before_most_of_the_text_counts_and_another_page_is_told() {
        let (now, others) = (vec![NEW.as_bytes().to_vec()], vec![HOME.as_bytes().to_vec()]);
        let texts = Texts { now: &now, before: &[], others: &others };
        assert_eq!(made_of(format!("{NEW}<i>x</i>").as_bytes(), texts), MadeOf::New(false));
        assert_eq!(made_of(format!("{HOME}<i>x</i>").as_bytes(), texts), MadeOf::Other);
        let gone = Texts { now: &[], before: &now, others: &others };
        assert_eq!(made_of(format!("{NEW}<i>x</i>").as_bytes(), gone), MadeOf::Old);
        assert_eq!(made_of(b"not found", gone), MadeOf::Unclear);
    }

    #[test]
    fn what_differs_in_no_word_cannot_be_told() {
        let (now, before) = (vec![b"a-b c d e".to_vec()], vec![b"a b c d e".to_vec()]);
        let texts = Texts { now: &now, before: &before, others: &[] };
        assert_eq!(made_of(b"a_b c d e", texts), MadeOf::Unclear);
    }
}
