//! How deep the tree of a query may become that is no deeper in its text.
//!
//! `1 + 1 + 1 + …` nests nothing, and is a tree as deep as it is long; so is a `UNION` of
//! many. Parsers and planners go down such trees by recursion: a long one would be the end
//! of the program, so it is refused before there is a tree.

use datafusion::arrow::datatypes::{DataType, Fields};
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan};

use crate::error::{Error, Result};

/// Operators in one expression, at most, what it stands in included.
const OPERATORS_MAX: usize = 2000;

/// `UNION`, `EXCEPT` and `INTERSECT` in one query, at most.
const SET_OPERATORS_MAX: usize = 500;

const WORDS: [&str; 15] = [
    "AND", "AT", "BETWEEN", "COLLATE", "DIV", "ILIKE", "IN", "IS", "LIKE", "NOT", "OR", "OVERLAPS",
    "RLIKE", "SIMILAR", "XOR",
];

const SET_WORDS: [&str; 4] = ["EXCEPT", "INTERSECT", "MINUS", "UNION"];

/// Lists, maps and structs inside of each other, at most, in a type that a query names or answers
/// with: types are walked by recursion, too, by clients as well.
const TYPES_MAX: usize = 32;

/// Functions to which a type is named in a text.
const CASTS: [&str; 2] = ["ARROW_CAST", "ARROW_TRY_CAST"];

/// Refuses what would be too deep.
pub(crate) fn check(tokens: &[TokenWithSpan]) -> Result<()> {
    if tokens.iter().any(|token| is(&token.token, &CASTS)) && tokens.iter().any(names_deep_type) {
        return Err(too_deep());
    }
    // Operators so far in what is open: a comma begins anew, but not around it.
    let mut open = vec![0];
    let (mut depth, mut sets) = (0, 0);
    for token in tokens {
        match &token.token {
            Token::LParen | Token::LBracket | Token::LBrace => {
                // `a[1][1]` is a chain, too.
                let step = usize::from(token.token == Token::LBracket);
                depth += step;
                if let Some(last) = open.last_mut() {
                    *last += step;
                }
                open.push(0);
            }
            Token::RParen | Token::RBracket | Token::RBrace if open.len() > 1 => {
                depth -= open.pop().unwrap_or(0);
            }
            Token::Comma | Token::SemiColon => {
                if let Some(last) = open.last_mut() {
                    depth -= std::mem::take(last);
                }
            }
            token if is(token, &SET_WORDS) => sets += 1,
            token if is_operator(token) => {
                depth += 1;
                if let Some(last) = open.last_mut() {
                    *last += 1;
                }
            }
            _ => {}
        }
        if depth > OPERATORS_MAX {
            return Err(Error::TooLarge(format!(
                "an expression has more than {OPERATORS_MAX} operators, the limit: write long \
                 lists of values as IN (…)"
            )));
        }
        if sets > SET_OPERATORS_MAX {
            return Err(Error::TooLarge(format!(
                "the query has more than {SET_OPERATORS_MAX} UNION, EXCEPT and INTERSECT, the limit"
            )));
        }
    }
    Ok(())
}

fn is(token: &Token, words: &[&str]) -> bool {
    match token {
        Token::Word(word) if word.quote_style.is_none() => words
            .iter()
            .any(|known| word.value.eq_ignore_ascii_case(known)),
        _ => false,
    }
}

/// Whether `token` makes a tree deeper: all that is no word, value or bracket.
fn is_operator(token: &Token) -> bool {
    match token {
        Token::Word(_) => is(token, &WORDS),
        Token::EOF
        | Token::Whitespace(_)
        | Token::Number(..)
        | Token::Char(_)
        | Token::SingleQuotedString(_)
        | Token::DoubleQuotedString(_)
        | Token::DollarQuotedString(_)
        | Token::EscapedStringLiteral(_)
        | Token::NationalStringLiteral(_)
        | Token::UnicodeStringLiteral(_)
        | Token::HexStringLiteral(_)
        | Token::Placeholder(_)
        | Token::Period
        | Token::RParen
        | Token::RBracket
        | Token::RBrace => false,
        _ => true,
    }
}

/// Whether a text has too many parentheses inside of each other.
fn names_deep_type(token: &TokenWithSpan) -> bool {
    let mut depth = 0_usize;
    token.token.to_string().chars().any(|c| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > TYPES_MAX
    })
}

/// Refuses an answer whose columns are too deep.
pub(crate) fn check_types(columns: &Fields) -> Result<()> {
    fn fits(kind: &DataType, depth: usize) -> bool {
        let Some(rest) = depth.checked_sub(1) else {
            return false;
        };
        match kind {
            DataType::List(item)
            | DataType::LargeList(item)
            | DataType::ListView(item)
            | DataType::LargeListView(item)
            | DataType::FixedSizeList(item, _)
            | DataType::Map(item, _) => fits(item.data_type(), rest),
            DataType::Struct(fields) => fields.iter().all(|field| fits(field.data_type(), rest)),
            DataType::Dictionary(_, value) => fits(value, rest),
            _ => true,
        }
    }
    match columns
        .iter()
        .all(|field| fits(field.data_type(), TYPES_MAX))
    {
        true => Ok(()),
        false => Err(too_deep()),
    }
}

fn too_deep() -> Error {
    Error::TooLarge(format!(
        "a type has more than {TYPES_MAX} lists, maps or structs inside of each other, the limit"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::tokens;

    #[test]
    fn what_is_long_but_not_deep_is_accepted() {
        let many = |part: &str| part.repeat(OPERATORS_MAX + 1);
        let sets = |count: usize| " union all select 1, 2".repeat(count);
        for (query, fits) in [
            (format!("select 1{}", " + 1".repeat(OPERATORS_MAX)), true),
            (format!("select 1{}", many(" + 1")), false),
            (format!("select 1{}", many(", -1")), true),
            (format!("select 1 in (1{})", many(", -1")), true),
            (format!("select 1{}", many(" + f(1, 2)")), false),
            (format!("select a{}", many("[1]")), false),
            (format!("select 1{}", many("::int")), false),
            (format!("select 1 {}", many(" is null")), false),
            (format!("select 1{}", many(", a.b as \"or\"")), true),
            (format!("select 1, 2{}", sets(SET_OPERATORS_MAX)), true),
            (format!("select 1, 2{}", sets(SET_OPERATORS_MAX + 1)), false),
            (")))".into(), true),
        ] {
            let shown: String = query.chars().take(40).collect();
            assert_eq!(check(&tokens(&query).unwrap()).is_ok(), fits, "{shown}");
        }
    }
}
