//! The words of a statement, by their places.

use crate::front::dialect::Postgres;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};

use super::Inner;
use crate::error::{Result, Told, code};

/// The words of a statement. Places are those among what is not space or comment.
pub(super) struct Words<'a> {
    text: &'a str,
    /// Characters before each line.
    lines: Vec<usize>,
    pub(super) tokens: Vec<TokenWithSpan>,
}

impl<'a> Words<'a> {
    pub(super) fn new(text: &'a str) -> Result<Self> {
        let tokens = Tokenizer::new(&Postgres, text).tokenize_with_location();
        let tokens = tokens
            .map_err(|error| Told::new(code::SYNTAX, format!("syntax error: {}", error.message)))?;
        let is_spoken = |token: &TokenWithSpan| {
            !matches!(
                token.token,
                Token::Whitespace(_) | Token::EOF | Token::SemiColon
            )
        };
        let mut lines = vec![0, 0];
        for line in text.split('\n') {
            let before = lines.last().copied().unwrap_or(0);
            lines.push(before + line.chars().count() + 1);
        }
        Ok(Self {
            text,
            lines,
            tokens: tokens.into_iter().filter(is_spoken).collect(),
        })
    }

    pub(super) fn first(&self) -> String {
        match self.tokens.first().map(|token| &token.token) {
            Some(Token::Word(word)) if word.quote_style.is_none() => word.value.to_uppercase(),
            _ => String::new(),
        }
    }

    pub(super) fn is_at(&self, at: usize, word: &str) -> bool {
        match self.tokens.get(at).map(|token| &token.token) {
            Some(Token::Word(found)) => {
                found.quote_style.is_none() && found.value.eq_ignore_ascii_case(word)
            }
            _ => false,
        }
    }

    pub(super) fn is_token(&self, at: usize, token: &Token) -> bool {
        self.tokens
            .get(at)
            .is_some_and(|found| found.token == *token)
    }

    pub(super) fn chains(&self) -> bool {
        let chain = self.tokens.windows(2).enumerate();
        chain
            .into_iter()
            .any(|(at, _)| self.is_at(at, "AND") && self.is_at(at + 1, "CHAIN"))
    }

    /// What is wrong at a place.
    pub(super) fn wrong<T>(&self, at: usize, expected: &str) -> Result<T> {
        let (found, position) = match self.tokens.get(at) {
            Some(token) => (format!("found {}", token.token), self.start(at) + 1),
            None => (
                "but the query ends here".into(),
                self.text.chars().count() + 1,
            ),
        };
        let mut told = Told::new(
            code::SYNTAX,
            format!("syntax error: expected {expected}, {found}"),
        );
        told.position = Some(position);
        Err(told.into())
    }

    /// The character at which a token begins, from 0.
    pub(super) fn start(&self, at: usize) -> usize {
        match self.tokens.get(at) {
            Some(token) => self.character(token.span.start.line, token.span.start.column),
            None => self.text.chars().count(),
        }
    }

    pub(super) fn character(&self, line: u64, column: u64) -> usize {
        let line = usize::try_from(line).unwrap_or(0);
        let column = usize::try_from(column).unwrap_or(1);
        self.lines.get(line).copied().unwrap_or(0) + column.saturating_sub(1)
    }

    /// The tokens from one place to before another.
    pub(super) fn inner(&self, from: usize, to: usize) -> Inner {
        let start = self.start(from);
        let last = self.tokens.get(from..to).and_then(<[_]>::last);
        let end = last.map_or(start, |token| {
            self.character(token.span.end.line, token.span.end.column)
        });
        let text = self
            .text
            .chars()
            .skip(start)
            .take(end.saturating_sub(start));
        Inner {
            text: text.collect(),
            start,
        }
    }

    pub(super) fn name(&self, at: usize) -> Result<String> {
        match self.tokens.get(at).map(|token| &token.token) {
            Some(Token::Word(word)) if word.quote_style.is_some() => Ok(word.value.clone()),
            Some(Token::Word(word)) => Ok(word.value.to_lowercase()),
            _ => self.wrong(at, "a name"),
        }
    }

    pub(super) fn end(&self, at: usize) -> Result<()> {
        match self.tokens.get(at) {
            Some(_) => self.wrong(at, "the end of the statement"),
            None => Ok(()),
        }
    }

    pub(super) fn rest_is_name(&self, at: usize) -> Result<String> {
        let name = self.name(at)?;
        self.end(at + 1)?;
        Ok(name)
    }

    /// Where the parenthesis ends that begins at a place.
    pub(super) fn closing(&self, open: usize) -> Result<usize> {
        let mut depth = 0usize;
        for (at, token) in self.tokens.iter().enumerate().skip(open) {
            match token.token {
                Token::LParen | Token::LBracket => depth += 1,
                Token::RParen | Token::RBracket => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return Ok(at);
                    }
                }
                _ => {}
            }
        }
        self.wrong(self.tokens.len(), ")")
    }

    /// The parts between commas that are in no further parentheses.
    pub(super) fn split(&self, from: usize, to: usize) -> Vec<Inner> {
        let mut parts = Vec::new();
        let (mut depth, mut start) = (0usize, from);
        for at in from..to {
            match self.tokens[at].token {
                Token::LParen | Token::LBracket => depth += 1,
                Token::RParen | Token::RBracket => depth = depth.saturating_sub(1),
                Token::Comma if depth == 0 => {
                    parts.push(self.inner(start, at));
                    start = at + 1;
                }
                _ => {}
            }
        }
        if start < to {
            parts.push(self.inner(start, to));
        }
        parts
    }

    /// The name of a setting, which may have a dot, and the place after it.
    pub(super) fn setting_name(&self, at: usize) -> Result<(String, usize)> {
        let mut name = self.name(at)?;
        let mut at = at + 1;
        while self.is_token(at, &Token::Period) {
            name = format!("{name}.{}", self.name(at + 1)?);
            at += 2;
        }
        Ok((name, at))
    }

    /// A word, a text or a number.
    pub(super) fn option_value(&self, at: usize) -> Option<String> {
        match &self.tokens.get(at)?.token {
            Token::Word(word) => Some(word.value.to_lowercase()),
            Token::SingleQuotedString(text) | Token::EscapedStringLiteral(text) => {
                Some(text.clone())
            }
            Token::Number(number, _) => Some(number.clone()),
            _ => None,
        }
    }
}
