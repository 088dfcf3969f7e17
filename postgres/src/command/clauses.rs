//! What follows the first word of statements about the session.

use datafusion::sql::sqlparser::tokenizer::Token;

use super::words::Words;
use super::{Command, Count};
use crate::error::{Result, Told, code, refuse};

impl Words<'_> {
    pub(super) fn roll_back(&self) -> Result<Command> {
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

    pub(super) fn show(&self) -> Result<Command> {
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

    pub(super) fn set(&self) -> Result<Command> {
        let mut at = 1;
        let local = self.is_at(1, "LOCAL");
        if local || self.is_at(1, "SESSION") {
            at = 2;
        }
        if self.is_at(at, "CHARACTERISTICS") || self.is_at(at, "TRANSACTION") {
            // Whoever may write does not have to.
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
    pub(super) fn values(&self, at: usize) -> Result<Option<String>> {
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

    pub(super) fn discard(&self) -> Result<Command> {
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

    pub(super) fn prepare(&self) -> Result<Command> {
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

    pub(super) fn execute(&self) -> Result<Command> {
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

    pub(super) fn declare(&self) -> Result<Command> {
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

    pub(super) fn fetch(&self, moves: bool) -> Result<Command> {
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
}
