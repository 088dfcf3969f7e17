//! `COPY`.

use datafusion::sql::sqlparser::tokenizer::Token;

use super::words::Words;
use super::{Command, Inner};
use crate::copy::{CopyFormat, CopyOptions};
use crate::error::{Result, Told, code, refuse};

impl Words<'_> {
    pub(super) fn copy(&self) -> Result<Command> {
        let (query, mut at) = if self.is_token(1, &Token::LParen) {
            let close = self.closing(1)?;
            (self.inner(2, close), close + 1)
        } else {
            self.copied_table()?
        };
        if self.is_at(at, "FROM") {
            return Err(
                Told::new(code::READ_ONLY, "COPY FROM is refused: SQL only reads here").into(),
            );
        }
        if !self.is_at(at, "TO") {
            return self.wrong(at, "TO STDOUT");
        }
        if !self.is_at(at + 1, "STDOUT") {
            let told = Told::new(
                code::READ_ONLY,
                "COPY to a file or a program of the server is refused",
            );
            return Err(told
                .hint("COPY ... TO STDOUT, and psql's \\copy, send rows to the client.")
                .into());
        }
        at += 2;
        let options = self.copy_options(at)?;
        Ok(Command::Copy { query, options })
    }

    /// `COPY table (columns)`: the query for it, and the place after it.
    pub(super) fn copied_table(&self) -> Result<(Inner, usize)> {
        let mut at = 1;
        self.name(at)?;
        at += 1;
        while self.is_token(at, &Token::Period) {
            self.name(at + 1)?;
            at += 2;
        }
        let table = self.inner(1, at);
        let mut columns = "*".to_owned();
        if self.is_token(at, &Token::LParen) {
            let close = self.closing(at)?;
            columns = self.inner(at + 1, close).text;
            at = close + 1;
        }
        let head = format!("select {columns} from ");
        let start = table.start.saturating_sub(head.chars().count());
        let text = format!("{head}{}", table.text);
        Ok((Inner { text, start }, at))
    }

    pub(super) fn copy_options(&self, mut at: usize) -> Result<CopyOptions> {
        let mut options = CopyOptions::default();
        if self.is_at(at, "WITH") {
            at += 1;
        }
        let in_parentheses = self.is_token(at, &Token::LParen);
        if in_parentheses {
            at += 1;
        }
        while at < self.tokens.len() && !self.is_token(at, &Token::RParen) {
            let (option, place) = (self.name(at)?, at);
            at += 1;
            if self.is_at(at, "AS") {
                at += 1;
            }
            // FORMAT csv, or CSV alone as it was written before there were parentheses.
            let mut word = |words: &Self| {
                let word = words.option_value(at);
                at += usize::from(word.is_some());
                word
            };
            match option.as_str() {
                "csv" => options.format = CopyFormat::Csv,
                "binary" => options.format = CopyFormat::Binary,
                "format" => match word(self).as_deref() {
                    Some("text") => options.format = CopyFormat::Text,
                    Some("csv") => options.format = CopyFormat::Csv,
                    Some("binary") => options.format = CopyFormat::Binary,
                    _ => return self.wrong(place + 1, "text, csv or binary"),
                },
                "header" => {
                    let value = self.option_value(at).filter(|_| in_parentheses);
                    at += usize::from(value.is_some());
                    options.header = !matches!(value.as_deref(), Some("false" | "off" | "0"));
                }
                "delimiter" => options.delimiter = Some(self.one_byte(word(self), place)?),
                "null" => options.null = word(self),
                "quote" => options.quote = self.one_byte(word(self), place)?,
                "escape" => options.escape = Some(self.one_byte(word(self), place)?),
                "encoding" => {
                    let encoding = word(self).unwrap_or_default().to_lowercase();
                    if !["utf8", "utf-8", "unicode"].contains(&encoding.as_str()) {
                        return self.wrong(place + 1, "UTF8");
                    }
                }
                "force_quote" | "force" => {
                    return Err(refuse(
                        code::UNSUPPORTED,
                        "COPY ... FORCE_QUOTE is not supported",
                    ));
                }
                _ => return self.wrong(place, "an option of COPY"),
            }
            if self.is_token(at, &Token::Comma) {
                at += 1;
            }
        }
        options.checked()
    }

    pub(super) fn one_byte(&self, text: Option<String>, at: usize) -> Result<u8> {
        match text.as_deref().map(str::as_bytes) {
            Some([byte]) => Ok(*byte),
            _ => self.wrong(at + 1, "one character of one byte"),
        }
    }
}
