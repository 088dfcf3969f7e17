//! What a statement asks for: most are queries, which the engine reads; the others are
//! about the session, and are read here.

use datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};

use crate::copy::{CopyFormat, CopyOptions};
use crate::error::{Result, Told, code, refuse};

/// A part of a statement that is a statement itself, and the character at which it
/// begins, from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Inner {
    pub(crate) text: String,
    pub(crate) start: usize,
}

/// How many rows `FETCH` and `MOVE` go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Count {
    All,
    Rows(usize),
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Command {
    Query(Inner),
    Begin,
    Commit {
        chain: bool,
    },
    RollBack {
        chain: bool,
    },
    Savepoint(String),
    Release(String),
    RollBackTo(String),
    /// No value: what it was at first.
    Set {
        name: String,
        value: Option<String>,
        local: bool,
    },
    SetTransaction,
    Show(String),
    ShowAll,
    Reset(String),
    ResetAll,
    DiscardAll,
    Discard(&'static str),
    Prepare {
        name: String,
        types: Vec<String>,
        query: Inner,
    },
    Execute {
        name: String,
        arguments: Vec<Inner>,
    },
    Deallocate(Option<String>),
    Declare {
        name: String,
        hold: bool,
        query: Inner,
    },
    Fetch {
        cursor: String,
        count: Count,
        moves: bool,
    },
    Close(Option<String>),
    Copy {
        query: Inner,
        options: CopyOptions,
    },
    Unlisten,
}

impl Command {
    /// Reads `text`, one statement.
    pub(crate) fn read(text: &str) -> Result<Self> {
        let words = Words::new(text)?;
        let is_show_of_tables = |words: &Words<'_>| {
            let kinds = [
                "TABLES",
                "COLUMNS",
                "FUNCTIONS",
                "SCHEMAS",
                "DATABASES",
                "CREATE",
                "VIEWS",
            ];
            kinds.iter().any(|kind| words.is_at(1, kind))
        };
        let first = words.first();
        match first.as_str() {
            "BEGIN" => Ok(Self::Begin),
            "START" if words.is_at(1, "TRANSACTION") => Ok(Self::Begin),
            "COMMIT" | "END" if !words.is_at(1, "PREPARED") => Ok(Self::Commit {
                chain: words.chains(),
            }),
            "ROLLBACK" | "ABORT" if !words.is_at(1, "PREPARED") => words.roll_back(),
            "SAVEPOINT" => words.rest_is_name(1).map(Self::Savepoint),
            "RELEASE" => {
                let skip = if words.is_at(1, "SAVEPOINT") { 2 } else { 1 };
                words.rest_is_name(skip).map(Self::Release)
            }
            "SET" => words.set(),
            "SHOW" if !is_show_of_tables(&words) => words.show(),
            "RESET" if words.is_at(1, "ALL") => Ok(Self::ResetAll),
            "RESET" => words.setting_name(1).map(|(name, _)| Self::Reset(name)),
            "DISCARD" => words.discard(),
            "PREPARE" if !words.is_at(1, "TRANSACTION") => words.prepare(),
            "EXECUTE" => words.execute(),
            "DEALLOCATE" => {
                let skip = if words.is_at(1, "PREPARE") { 2 } else { 1 };
                if words.is_at(skip, "ALL") {
                    return Ok(Self::Deallocate(None));
                }
                words
                    .rest_is_name(skip)
                    .map(|name| Self::Deallocate(Some(name)))
            }
            "DECLARE" => words.declare(),
            "FETCH" | "MOVE" => words.fetch(first == "MOVE"),
            "CLOSE" if words.is_at(1, "ALL") => Ok(Self::Close(None)),
            "CLOSE" => words.rest_is_name(1).map(|name| Self::Close(Some(name))),
            "COPY" => words.copy(),
            "UNLISTEN" => Ok(Self::Unlisten),
            "LISTEN" | "NOTIFY" => Err(refuse(
                code::UNSUPPORTED,
                format!("{first} is not supported: nothing is announced here"),
            )),
            "LOCK" => Err(refuse(
                code::READ_ONLY,
                "LOCK is refused: SQL only reads here",
            )),
            _ => Ok(Self::Query(words.inner(0, words.tokens.len()))),
        }
    }

    /// Whether it may be asked for in a transaction that failed.
    pub(crate) fn ends_transaction(&self) -> bool {
        matches!(
            self,
            Self::Commit { .. } | Self::RollBack { .. } | Self::RollBackTo(_)
        )
    }
}

/// The words of a statement. Places are those among what is not space or comment.
struct Words<'a> {
    text: &'a str,
    /// Characters before each line.
    lines: Vec<usize>,
    tokens: Vec<TokenWithSpan>,
}

impl<'a> Words<'a> {
    fn new(text: &'a str) -> Result<Self> {
        let tokens = Tokenizer::new(&PostgreSqlDialect {}, text).tokenize_with_location();
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

    fn first(&self) -> String {
        match self.tokens.first().map(|token| &token.token) {
            Some(Token::Word(word)) if word.quote_style.is_none() => word.value.to_uppercase(),
            _ => String::new(),
        }
    }

    fn is_at(&self, at: usize, word: &str) -> bool {
        match self.tokens.get(at).map(|token| &token.token) {
            Some(Token::Word(found)) => {
                found.quote_style.is_none() && found.value.eq_ignore_ascii_case(word)
            }
            _ => false,
        }
    }

    fn is_token(&self, at: usize, token: &Token) -> bool {
        self.tokens
            .get(at)
            .is_some_and(|found| found.token == *token)
    }

    fn chains(&self) -> bool {
        let chain = self.tokens.windows(2).enumerate();
        chain
            .into_iter()
            .any(|(at, _)| self.is_at(at, "AND") && self.is_at(at + 1, "CHAIN"))
    }

    /// What is wrong at a place.
    fn wrong<T>(&self, at: usize, expected: &str) -> Result<T> {
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
    fn start(&self, at: usize) -> usize {
        match self.tokens.get(at) {
            Some(token) => self.character(token.span.start.line, token.span.start.column),
            None => self.text.chars().count(),
        }
    }

    fn character(&self, line: u64, column: u64) -> usize {
        let line = usize::try_from(line).unwrap_or(0);
        let column = usize::try_from(column).unwrap_or(1);
        self.lines.get(line).copied().unwrap_or(0) + column.saturating_sub(1)
    }

    /// The tokens from one place to before another.
    fn inner(&self, from: usize, to: usize) -> Inner {
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

    fn name(&self, at: usize) -> Result<String> {
        match self.tokens.get(at).map(|token| &token.token) {
            Some(Token::Word(word)) if word.quote_style.is_some() => Ok(word.value.clone()),
            Some(Token::Word(word)) => Ok(word.value.to_lowercase()),
            _ => self.wrong(at, "a name"),
        }
    }

    fn end(&self, at: usize) -> Result<()> {
        match self.tokens.get(at) {
            Some(_) => self.wrong(at, "the end of the statement"),
            None => Ok(()),
        }
    }

    fn rest_is_name(&self, at: usize) -> Result<String> {
        let name = self.name(at)?;
        self.end(at + 1)?;
        Ok(name)
    }

    fn roll_back(&self) -> Result<Command> {
        let to = self
            .tokens
            .iter()
            .enumerate()
            .position(|(at, _)| self.is_at(at, "TO"));
        let Some(to) = to else {
            return Ok(Command::RollBack {
                chain: self.chains(),
            });
        };
        let skip = if self.is_at(to + 1, "SAVEPOINT") {
            2
        } else {
            1
        };
        self.rest_is_name(to + skip).map(Command::RollBackTo)
    }

    /// The name of a setting, which may have a dot, and the place after it.
    fn setting_name(&self, at: usize) -> Result<(String, usize)> {
        let mut name = self.name(at)?;
        let mut at = at + 1;
        while self.is_token(at, &Token::Period) {
            name = format!("{name}.{}", self.name(at + 1)?);
            at += 2;
        }
        Ok((name, at))
    }

    fn show(&self) -> Result<Command> {
        if self.is_at(1, "ALL") {
            return Ok(Command::ShowAll);
        }
        if self.is_at(1, "TIME") && self.is_at(2, "ZONE") {
            return Ok(Command::Show("TimeZone".into()));
        }
        if self.is_at(1, "TRANSACTION") && self.is_at(2, "ISOLATION") {
            return Ok(Command::Show("transaction_isolation".into()));
        }
        if self.is_at(1, "SESSION") && self.is_at(2, "AUTHORIZATION") {
            return Ok(Command::Show("session_authorization".into()));
        }
        let (name, at) = self.setting_name(1)?;
        self.end(at)?;
        Ok(Command::Show(name))
    }

    fn set(&self) -> Result<Command> {
        let mut at = 1;
        let local = self.is_at(1, "LOCAL");
        if local || self.is_at(1, "SESSION") {
            at = 2;
        }
        if self.is_at(at, "CHARACTERISTICS") || self.is_at(at, "TRANSACTION") {
            let writes = (at..self.tokens.len())
                .any(|at| self.is_at(at, "READ") && self.is_at(at + 1, "WRITE"));
            let _ = writes; // Whoever may write does not have to.
            return Ok(Command::SetTransaction);
        }
        if self.is_at(at, "CONSTRAINTS") {
            return Ok(Command::SetTransaction);
        }
        if self.is_at(at, "TIME") && self.is_at(at + 1, "ZONE") {
            let at = if self.is_at(at + 2, "INTERVAL") {
                at + 3
            } else {
                at + 2
            };
            let value = self.values(at)?;
            return Ok(Command::Set {
                name: "TimeZone".into(),
                value,
                local,
            });
        }
        if self.is_at(at, "NAMES") {
            let value = self.values(at + 1)?;
            return Ok(Command::Set {
                name: "client_encoding".into(),
                value,
                local,
            });
        }
        if at == 2 && self.is_at(2, "AUTHORIZATION") {
            let text = "SET SESSION AUTHORIZATION is not supported: a connection is its user's";
            return Err(refuse(code::UNSUPPORTED, text));
        }
        if self.is_at(at, "ROLE") || self.is_at(at, "SCHEMA") {
            let name = if self.is_at(at, "ROLE") {
                "role"
            } else {
                "search_path"
            };
            let value = self.values(at + 1)?;
            return Ok(Command::Set {
                name: name.into(),
                value,
                local,
            });
        }
        let (name, at) = self.setting_name(at)?;
        if !self.is_at(at, "TO") && !self.is_token(at, &Token::Eq) {
            return self.wrong(at, "TO or =");
        }
        let value = self.values(at + 1)?;
        Ok(Command::Set { name, value, local })
    }

    /// What a setting is set to: nothing for `DEFAULT`, several values with commas.
    fn values(&self, at: usize) -> Result<Option<String>> {
        if self.is_at(at, "DEFAULT") {
            return Ok(None);
        }
        if at >= self.tokens.len() {
            return self.wrong(at, "a value");
        }
        let mut text = String::new();
        for token in &self.tokens[at..] {
            match &token.token {
                Token::Word(word) => text.push_str(&word.value),
                Token::SingleQuotedString(value)
                | Token::EscapedStringLiteral(value)
                | Token::DoubleQuotedString(value) => text.push_str(value),
                Token::Number(value, _) => text.push_str(value),
                Token::Comma => text.push_str(", "),
                other => text.push_str(&other.to_string()),
            }
        }
        Ok(Some(text))
    }

    fn discard(&self) -> Result<Command> {
        for (word, tag) in [
            ("PLANS", "DISCARD PLANS"),
            ("SEQUENCES", "DISCARD SEQUENCES"),
            ("TEMP", "DISCARD TEMP"),
            ("TEMPORARY", "DISCARD TEMP"),
        ] {
            if self.is_at(1, word) {
                return Ok(Command::Discard(tag));
            }
        }
        if self.is_at(1, "ALL") {
            return Ok(Command::DiscardAll);
        }
        self.wrong(1, "ALL, PLANS, SEQUENCES or TEMP")
    }

    fn prepare(&self) -> Result<Command> {
        let name = self.name(1)?;
        let mut at = 2;
        let mut types = Vec::new();
        if self.is_token(at, &Token::LParen) {
            let close = self.closing(at)?;
            types = self
                .split(at + 1, close)
                .into_iter()
                .map(|kind| kind.text)
                .collect();
            at = close + 1;
        }
        if !self.is_at(at, "AS") {
            return self.wrong(at, "AS");
        }
        let query = self.inner(at + 1, self.tokens.len());
        Ok(Command::Prepare { name, types, query })
    }

    fn execute(&self) -> Result<Command> {
        let name = self.name(1)?;
        let mut arguments = Vec::new();
        let mut at = 2;
        if self.is_token(at, &Token::LParen) {
            let close = self.closing(at)?;
            arguments = self.split(at + 1, close);
            at = close + 1;
        }
        self.end(at)?;
        Ok(Command::Execute { name, arguments })
    }

    /// Where the parenthesis ends that begins at a place.
    fn closing(&self, open: usize) -> Result<usize> {
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
    fn split(&self, from: usize, to: usize) -> Vec<Inner> {
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

    fn declare(&self) -> Result<Command> {
        let name = self.name(1)?;
        let mut at = 2;
        let mut no = false;
        while !self.is_at(at, "CURSOR") {
            if self.is_at(at, "BINARY") {
                return Err(refuse(
                    code::UNSUPPORTED,
                    "DECLARE BINARY CURSOR is not supported: ask for binary results when fetching",
                ));
            }
            if self.is_at(at, "SCROLL") && !no {
                return Err(refuse(
                    code::UNSUPPORTED,
                    "DECLARE SCROLL CURSOR is not supported: cursors here go forward only",
                ));
            }
            no = self.is_at(at, "NO");
            if !["NO", "SCROLL", "INSENSITIVE", "ASENSITIVE"]
                .iter()
                .any(|word| self.is_at(at, word))
            {
                return self.wrong(at, "CURSOR");
            }
            at += 1;
        }
        at += 1;
        let hold = self.is_at(at, "WITH") && self.is_at(at + 1, "HOLD");
        if hold || (self.is_at(at, "WITHOUT") && self.is_at(at + 1, "HOLD")) {
            at += 2;
        }
        if !self.is_at(at, "FOR") {
            return self.wrong(at, "FOR");
        }
        let query = self.inner(at + 1, self.tokens.len());
        Ok(Command::Declare { name, hold, query })
    }

    fn fetch(&self, moves: bool) -> Result<Command> {
        let backward = || {
            let told = Told::new(code::CURSOR_SCROLL, "cursor can only scan forward");
            Err(told
                .hint("FETCH NEXT, FETCH n and FETCH ALL are accepted.")
                .into())
        };
        let mut at = 1;
        let mut count = Count::Rows(1);
        if self.is_at(at, "NEXT") {
            at += 1;
        } else if ["PRIOR", "FIRST", "LAST", "ABSOLUTE", "BACKWARD"]
            .iter()
            .any(|word| self.is_at(at, word))
        {
            return backward();
        } else {
            if self.is_at(at, "FORWARD") || self.is_at(at, "RELATIVE") {
                at += 1;
            }
            if self.is_at(at, "ALL") {
                (at, count) = (at + 1, Count::All);
            } else if self.is_token(at, &Token::Minus) {
                return backward();
            } else if let Some(Token::Number(number, _)) = self.tokens.get(at).map(|t| &t.token) {
                let Ok(number) = number.parse() else {
                    return self.wrong(at, "a number of rows");
                };
                (at, count) = (at + 1, Count::Rows(number));
            }
        }
        if self.is_at(at, "FROM") || self.is_at(at, "IN") {
            at += 1;
        }
        let cursor = self.rest_is_name(at)?;
        Ok(Command::Fetch {
            cursor,
            count,
            moves,
        })
    }

    fn copy(&self) -> Result<Command> {
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
    fn copied_table(&self) -> Result<(Inner, usize)> {
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

    fn copy_options(&self, mut at: usize) -> Result<CopyOptions> {
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

    /// A word, a text or a number.
    fn option_value(&self, at: usize) -> Option<String> {
        match &self.tokens.get(at)?.token {
            Token::Word(word) => Some(word.value.to_lowercase()),
            Token::SingleQuotedString(text) | Token::EscapedStringLiteral(text) => {
                Some(text.clone())
            }
            Token::Number(number, _) => Some(number.clone()),
            _ => None,
        }
    }

    fn one_byte(&self, text: Option<String>, at: usize) -> Result<u8> {
        match text.as_deref().map(str::as_bytes) {
            Some([byte]) => Ok(*byte),
            _ => self.wrong(at + 1, "one character of one byte"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Command {
        Command::read(text).unwrap()
    }

    fn set(name: &str, value: Option<&str>) -> Command {
        Command::Set {
            name: name.into(),
            value: value.map(str::to_owned),
            local: false,
        }
    }

    #[test]
    fn settings() {
        assert_eq!(read("set x to 'a'"), set("x", Some("a")));
        assert_eq!(
            read("SET SESSION search_path = a, \"B\""),
            set("search_path", Some("a, B"))
        );
        assert_eq!(
            read("set modeldb.as_of = '2026-05-03'"),
            set("modeldb.as_of", Some("2026-05-03"))
        );
        assert_eq!(
            read("set time zone 'Europe/Berlin'"),
            set("TimeZone", Some("Europe/Berlin"))
        );
        assert_eq!(read("set x to default"), set("x", None));
        assert_eq!(read("set timezone = -7"), set("timezone", Some("-7")));
        assert_eq!(read("SET TRANSACTION READ ONLY"), Command::SetTransaction);
        assert_eq!(read("show time zone"), Command::Show("TimeZone".into()));
        assert!(matches!(read("show tables"), Command::Query(_)));
        assert!(matches!(read("select 1"), Command::Query(_)));
    }

    #[test]
    fn transactions() {
        assert_eq!(read("begin isolation level serializable"), Command::Begin);
        assert_eq!(
            read("rollback to savepoint a"),
            Command::RollBackTo("a".into())
        );
        assert_eq!(read("commit and chain"), Command::Commit { chain: true });
        assert_eq!(read("release _pg3_1"), Command::Release("_pg3_1".into()));
    }

    #[test]
    fn cursors() {
        let Command::Declare { name, hold, query } =
            read("declare \"C\" no scroll cursor with hold for select 'é', 1")
        else {
            panic!()
        };
        assert_eq!((name.as_str(), hold), ("C", true));
        assert_eq!(
            query,
            Inner {
                text: "select 'é', 1".into(),
                start: 42
            }
        );
        let fetch = |count| Command::Fetch {
            cursor: "c".into(),
            count,
            moves: false,
        };
        assert_eq!(read("fetch c"), fetch(Count::Rows(1)));
        assert_eq!(read("fetch forward 10 from c"), fetch(Count::Rows(10)));
        assert_eq!(read("fetch all in \"c\""), fetch(Count::All));
        assert!(Command::read("fetch backward 1 from c").is_err());
        assert!(Command::read("fetch -1 from c").is_err());
    }

    #[test]
    fn prepared() {
        let Command::Prepare { types, query, .. } =
            read("prepare p (int, numeric(10,2)) as select $1, $2")
        else {
            panic!()
        };
        assert_eq!(types, ["int", "numeric(10,2)"]);
        assert_eq!(query.text, "select $1, $2");
        let Command::Execute { arguments, .. } = read("execute p(1, f(2, 3))") else {
            panic!()
        };
        assert_eq!(
            arguments
                .iter()
                .map(|a| a.text.as_str())
                .collect::<Vec<_>>(),
            ["1", "f(2, 3)"]
        );
    }

    #[test]
    fn copies() {
        let Command::Copy { query, options } =
            read("copy (select 1) to stdout with (format csv, header)")
        else {
            panic!()
        };
        assert_eq!(query.text, "select 1");
        assert_eq!((options.format, options.header), (CopyFormat::Csv, true));
        let Command::Copy { query, .. } = read("COPY public.runs (a, b) TO STDOUT") else {
            panic!()
        };
        assert_eq!(query.text, "select a, b from public.runs");
        let Command::Copy { options, .. } = read("copy runs to stdout csv header delimiter ';'")
        else {
            panic!()
        };
        assert_eq!(
            (options.format, options.header, options.delimiter),
            (CopyFormat::Csv, true, Some(b';'))
        );
        for refused in [
            "copy runs to '/tmp/x'",
            "copy runs to program 'x'",
            "copy runs from stdin",
        ] {
            assert!(Command::read(refused).is_err(), "{refused}");
        }
    }
}
