//! JavaScript, TypeScript and JSON, as far as an object says `key: "text"`.
//!
//! It is no parser: it knows comments, strings and brackets, and under which keys an object lies. Brackets of functions and calls have
//! no key, so that the object that a function returns counts as one of the file.

use super::table::{Settings, Value};

/// One piece of a script.
#[derive(Debug, PartialEq)]
enum Token {
    /// A string's text; `None` for one that is computed.
    Text(Option<String>),
    /// A name, a number.
    Word(String),
    Mark(char),
}

/// Reads the keys of all objects.
pub(super) fn read(text: &str) -> Settings {
    let tokens = tokens(text);
    let mut settings = Settings::default();
    // The key of each bracket that is open.
    let mut open: Vec<Option<String>> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let before = at.checked_sub(1).map(|at| &tokens[at]);
        let begins_a_pair = matches!(before, Some(Token::Mark('{' | ',')));
        let key = match &tokens[at] {
            Token::Text(Some(key)) | Token::Word(key) if begins_a_pair => Some(key),
            _ => None,
        };
        if let Some(key) = key
            && tokens.get(at + 1) == Some(&Token::Mark(':'))
        {
            match &tokens[at + 2..] {
                [Token::Mark('{' | '['), ..] => {
                    open.push(Some(key.clone()));
                    at += 3;
                    continue;
                }
                [value, end, ..] => settings.add(path(&open, key), text_of(value, end)),
                [value] => settings.add(path(&open, key), text_of(value, &Token::Mark('}'))),
                [] => {}
            }
            at += 2;
            continue;
        }
        match &tokens[at] {
            Token::Mark('{' | '[' | '(') => open.push(None),
            Token::Mark('}' | ']' | ')') => {
                open.pop();
            }
            _ => {}
        }
        at += 1;
    }
    settings
}

fn path(open: &[Option<String>], key: &str) -> Vec<String> {
    open.iter().flatten().cloned().chain([key.to_owned()]).collect()
}

/// Returns the value of a key, by its first token and the one behind it.
fn text_of(value: &Token, behind: &Token) -> Value {
    let is_alone = matches!(behind, Token::Mark(',' | '}' | ']'))
        || matches!(behind, Token::Word(word) if matches!(word.as_str(), "as" | "satisfies"));
    match value {
        Token::Text(Some(text)) if is_alone => Value::of(text),
        Token::Word(word) if is_alone && matches!(word.as_str(), "true" | "false") => Value::Text(word.clone()),
        _ => Value::Computed,
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("//") {
            rest = comment.find('\n').map_or("", |end| &comment[end..]);
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.find("*/").map_or("", |end| &comment[end + 2..]);
        } else if matches!(c, '"' | '\'' | '`') {
            let (text, after) = string(&rest[1..], c);
            tokens.push(Token::Text(text));
            rest = after;
        } else if is_of_word(c) {
            let end = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
            tokens.push(Token::Word(rest[..end].to_owned()));
            rest = &rest[end..];
        } else {
            if !c.is_whitespace() {
                tokens.push(Token::Mark(c));
            }
            rest = &rest[c.len_utf8()..];
        }
    }
    tokens
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}

/// Returns the text up to a quote, and what stands behind that. A text with an escape is computed, and one of a line ends with it.
fn string(rest: &str, quote: char) -> (Option<String>, &str) {
    let mut is_plain = true;
    let mut chars = rest.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                // A slash is often escaped in JSON, and is itself.
                is_plain = false;
                chars.next();
            }
            '\n' if quote != '`' => return (None, &rest[at..]),
            c if c == quote => {
                let text = is_plain.then(|| rest[..at].to_owned());
                return (text, &rest[at + 1..]);
            }
            _ => {}
        }
    }
    (None, "")
}
