//! Which paths a source file mentions, in `use` items, in expressions and
//! inside macro calls alike; code that only tests see is left out.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use std::collections::BTreeSet;

/// A path as written, resolved to its crate: `crate::store::licences`, `std::fs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mention {
    pub(super) path: String,
    pub(super) line: usize,
}

/// What a file says.
#[derive(Debug, Default)]
pub(super) struct Scanned {
    /// Every path, and every single name as a path of one segment.
    pub(super) mentions: Vec<Mention>,
    /// Modules in files of their own that only tests see: `crate::sm::tests`.
    pub(super) test_modules: BTreeSet<String>,
}

/// Reads `source`, whose module path is `module` (`["flow", "verify"]`).
/// `own_name` is how a sister target names the same crate (`yinxin`).
///
/// # Errors
/// When the source is no sequence of Rust tokens.
pub(super) fn scan(source: &str, module: &[&str], own_name: &str) -> Result<Scanned, String> {
    let tokens: TokenStream = source.parse().map_err(|error| format!("{error}"))?;
    let mut scanner = Scanner {
        module: module.iter().map(|&part| part.to_owned()).collect(),
        own_name: own_name.to_owned(),
        found: Scanned::default(),
    };
    scanner.walk(tokens);
    Ok(scanner.found)
}

struct Scanner {
    module: Vec<String>,
    own_name: String,
    found: Scanned,
}

impl Scanner {
    fn walk(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            if is_test_attribute(&tokens[at..]) {
                at = self.skip_item(&tokens, at + 2);
            } else if let Some((name, body)) = inline_module(&tokens[at..]) {
                self.module.push(name);
                self.walk(body.stream());
                self.module.pop();
                at += 3;
            } else if matches!(&tokens[at], TokenTree::Ident(_)) {
                at = self.path(&tokens, at, &[]);
            } else {
                if let TokenTree::Group(group) = &tokens[at] {
                    self.walk(group.stream());
                }
                at += 1;
            }
        }
    }

    /// Takes a path that begins at `at`; gives the place behind it. Nested
    /// `{...}` lists of a `use` become one mention for each leaf.
    fn path(&mut self, tokens: &[TokenTree], mut at: usize, prefix: &[String]) -> usize {
        let mut segments = prefix.to_vec();
        let line = tokens[at].span().start().line;
        loop {
            match tokens.get(at) {
                Some(TokenTree::Ident(name)) => segments.push(name.to_string()),
                Some(TokenTree::Punct(star)) if star.as_char() == '*' => segments.push("*".to_owned()),
                Some(TokenTree::Group(list)) if list.delimiter() == Delimiter::Brace => {
                    self.list(list, &segments);
                    return at + 1;
                }
                // `::<T>` and the like: what is inside is walked on its own
                _ => break,
            }
            at += 1;
            let keyword = segments.last().is_some_and(|last| KEYWORDS.contains(&last.as_str()));
            if keyword || !is_separator(&tokens[at..]) {
                break;
            }
            at += 2;
        }
        self.note(&segments, line);
        at
    }

    fn list(&mut self, list: &Group, prefix: &[String]) {
        let tokens: Vec<TokenTree> = list.stream().into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            let before = at;
            let starts = match &tokens[at] {
                TokenTree::Ident(name) if name == "as" => {
                    at += 2;
                    continue;
                }
                TokenTree::Ident(_) | TokenTree::Group(_) => true,
                TokenTree::Punct(star) => star.as_char() == '*',
                TokenTree::Literal(_) => false,
            };
            at = if starts { self.path(&tokens, at, prefix) } else { at + 1 };
            at = at.max(before + 1);
        }
    }

    fn note(&mut self, segments: &[String], line: usize) {
        let path = self.resolve(segments).join("::");
        self.found.mentions.push(Mention { path, line });
    }

    /// `self`, `super` and the crate's own name become `crate::...`.
    fn resolve(&self, segments: &[String]) -> Vec<String> {
        let mut base: Option<Vec<String>> = None;
        let mut rest = segments;
        while let Some(first) = rest.first() {
            let here = || std::iter::once("crate".to_owned()).chain(self.module.iter().cloned()).collect::<Vec<_>>();
            match first.as_str() {
                "crate" if base.is_none() => base = Some(vec!["crate".to_owned()]),
                name if base.is_none() && name == self.own_name && rest.len() > 1 => {
                    base = Some(vec!["crate".to_owned()]);
                }
                "self" if rest.len() > 1 => base = Some(base.unwrap_or_else(here)),
                "super" => {
                    let mut up = base.unwrap_or_else(here);
                    if up.len() > 1 {
                        up.pop();
                    }
                    base = Some(up);
                }
                _ => break,
            }
            rest = &rest[1..];
        }
        let mut path = base.unwrap_or_default();
        path.extend(rest.iter().filter(|segment| *segment != "self").cloned());
        path
    }

    /// Skips further attributes and one item; gives the place behind it.
    fn skip_item(&mut self, tokens: &[TokenTree], mut at: usize) -> usize {
        while let Some(token) = tokens.get(at) {
            at += 1;
            match token {
                TokenTree::Punct(end) if end.as_char() == ';' => break,
                TokenTree::Group(body) if body.delimiter() == Delimiter::Brace => break,
                TokenTree::Ident(word) if word == "mod" => {
                    if let (Some(TokenTree::Ident(name)), Some(TokenTree::Punct(end))) =
                        (tokens.get(at), tokens.get(at + 1))
                        && end.as_char() == ';'
                    {
                        let here = self.module.iter().map(|part| format!("::{part}")).collect::<String>();
                        self.found.test_modules.insert(format!("crate{here}::{name}"));
                    }
                }
                _ => {}
            }
        }
        at
    }
}

/// Words that a path may follow with leading colons (`use ::std::fs`) without being part of it.
const KEYWORDS: &[&str] = &[
    "as", "break", "dyn", "else", "for", "if", "impl", "in", "let", "match", "move", "mut", "ref", "return", "use",
    "where", "while",
];

/// `#[cfg(test)]` or `#[test]`; a wider condition (`any(test, ...)`) is product code.
fn is_test_attribute(tokens: &[TokenTree]) -> bool {
    let [TokenTree::Punct(hash), TokenTree::Group(body), ..] = tokens else { return false };
    let text: String = body.stream().to_string().split_whitespace().collect();
    hash.as_char() == '#' && body.delimiter() == Delimiter::Bracket && (text == "cfg(test)" || text == "test")
}

fn inline_module(tokens: &[TokenTree]) -> Option<(String, &Group)> {
    let [TokenTree::Ident(word), TokenTree::Ident(name), TokenTree::Group(body), ..] = tokens else { return None };
    (word == "mod" && body.delimiter() == Delimiter::Brace).then(|| (name.to_string(), body))
}

fn is_separator(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [TokenTree::Punct(a), TokenTree::Punct(b), ..] if a.as_char() == ':' && b.as_char() == ':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(source: &str, module: &[&str]) -> Vec<String> {
        let found = scan(source, module, "yinxin").unwrap().mentions;
        found.into_iter().map(|mention| mention.path).filter(|path| path.contains("::")).collect()
    }

    #[test]
    fn nested_use_lists_become_leaves() {
        let source = "use std::{collections::{BTreeMap as Map, BTreeSet}, fs::{self, File}, io::*};";
        let expected =
            ["std::collections::BTreeMap", "std::collections::BTreeSet", "std::fs", "std::fs::File", "std::io::*"];
        assert_eq!(paths(source, &[]), expected);
    }

    #[test]
    fn relative_paths_are_resolved() {
        assert_eq!(paths("use super::web::lanes;", &["flow"]), ["crate::web::lanes"]);
        assert_eq!(paths("fn f() { super::super::web::go() }", &["flow", "verify"]), ["crate::web::go"]);
        assert_eq!(paths("use self::inner::X;", &["flow"]), ["crate::flow::inner::X"]);
        assert_eq!(paths("mod inner { use super::super::web::X; }", &["flow"]), ["crate::web::X"]);
        assert_eq!(paths("use yinxin::web::X;", &[]), ["crate::web::X"]);
        assert_eq!(paths("use crate::{web::{self, X}, flow};", &[]), ["crate::web", "crate::web::X", "crate::flow"]);
    }

    #[test]
    fn expressions_types_and_macros_are_seen() {
        assert_eq!(paths("fn f() { let x = std::env::var(\"A\"); }", &[]), ["std::env::var"]);
        assert_eq!(paths("fn f(x: &std::fs::File) {}", &[]), ["std::fs::File"]);
        assert_eq!(paths("fn f() { vec![::std::fs::read(x)]; }", &[]), ["std::fs::read"]);
        assert_eq!(paths("macro_rules! m { () => { $crate::web::f() } }", &["flow"]), ["crate::web::f"]);
        assert_eq!(paths("fn f() { g::<std::net::IpAddr>() }", &[]), ["std::net::IpAddr"]);
    }

    #[test]
    fn comments_strings_and_tests_are_not() {
        assert!(paths("// use std::fs;\n/* std::fs */ fn f() -> &'static str { \"std::fs::read\" }", &[]).is_empty());
        assert!(paths("#[cfg(test)]\nmod tests { use std::fs; }", &[]).is_empty());
        assert!(paths("#[cfg(test)] #[expect(dead_code)] use std::fs;", &[]).is_empty());
        assert_eq!(paths("#[cfg(test)] use std::fs; use std::env;", &[]), ["std::env"]);
        assert_eq!(paths("#[cfg(not(test))] use std::fs;", &[]), ["std::fs"]);
        let found = scan("#[cfg(test)]\nmod tests;", &["sm"], "yinxin").unwrap();
        assert_eq!(found.test_modules.into_iter().collect::<Vec<_>>(), ["crate::sm::tests"]);
    }

    #[test]
    fn lines_are_told() {
        assert_eq!(scan("\n\nuse std::fs;", &[], "yinxin").unwrap().mentions[1].line, 3);
    }
}
