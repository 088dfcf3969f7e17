//! `IS [NOT] DISTINCT FROM`, whose right side sqlparser 0.62 takes to go on behind `AND` and
//! `OR`: `a IS DISTINCT FROM b AND c` would be understood as `a IS DISTINCT FROM (b AND c)`. So
//! it is parsed as an operator that binds as tightly, and becomes itself again afterwards.

use std::borrow::Cow;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, Expr, Value, VisitMut, visit_expressions_mut,
};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::Parser;
use datafusion::sql::sqlparser::tokenizer::{Span, Token, TokenWithSpan};

use crate::statement::{is_spoken, is_word, tokens};

const DIFFERS: &str = "IS DISTINCT FROM";
const SAME: &str = "IS NOT DISTINCT FROM";

/// Makes one token of each. Says whether there was any.
pub(crate) fn mark(tokens: &mut Vec<TokenWithSpan>) -> bool {
    let (mut start, before) = (0, tokens.len());
    while let Some(found) = tokens.get(start..) {
        let Some(at) = found.iter().position(|token| is_word(token, "IS")) else {
            break;
        };
        start += at;
        if let Some((operator, length)) = operator(&tokens[start..]) {
            let first = tokens[start].span.start;
            let last = tokens[start + length - 1].span.end;
            let token = Token::CustomBinaryOperator(operator.to_owned());
            let one = TokenWithSpan::new(token, Span::new(first, last));
            tokens.splice(start..start + length, [one]);
        }
        start += 1;
    }
    tokens.len() < before
}

/// Which of the two `tokens` begin with, and how many tokens it is.
fn operator(tokens: &[TokenWithSpan]) -> Option<(&'static str, usize)> {
    let spoken = tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| is_spoken(token));
    let begins = |words: &[&str]| {
        let mut spoken = spoken.clone();
        words.iter().try_fold(0, |_, word| {
            let (index, token) = spoken.next()?;
            is_word(token, word).then_some(index + 1)
        })
    };
    let differs = begins(&["IS", "DISTINCT", "FROM"]).map(|length| (DIFFERS, length));
    differs.or_else(|| begins(&["IS", "NOT", "DISTINCT", "FROM"]).map(|length| (SAME, length)))
}

/// Makes of what was parsed what was written, in parentheses.
pub(crate) fn restore(parsed: &mut impl VisitMut) {
    let _ = visit_expressions_mut(parsed, |expr| {
        if let Expr::BinaryOp { left, op, right } = expr
            && let BinaryOperator::Custom(operator) = op
        {
            let made = match operator.as_str() {
                DIFFERS => Expr::IsDistinctFrom,
                SAME => Expr::IsNotDistinctFrom,
                _ => return ControlFlow::<()>::Continue(()),
            };
            let null = || Box::new(Expr::value(Value::Null));
            let left = std::mem::replace(left, null());
            let right = std::mem::replace(right, null());
            *expr = Expr::Nested(Box::new(made(left, right)));
        }
        ControlFlow::<()>::Continue(())
    });
}

/// A condition that means the same to whoever parses it without us.
pub(crate) fn in_parentheses(condition: &str) -> Cow<'_, str> {
    let Ok(mut tokens) = tokens(condition) else {
        return condition.into();
    };
    if !mark(&mut tokens) {
        return condition.into();
    }
    let parser = Parser::new(&GenericDialect {}).with_tokens_with_locations(tokens);
    match { parser }.parse_expr() {
        Ok(mut parsed) => {
            restore(&mut parsed);
            parsed.to_string().into()
        }
        Err(_) => condition.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_binds_as_tightly_as_it_should() {
        let same = [
            (
                "x and a is /* not */ distinct\nfrom b + 1 and c or d",
                "x AND (a IS DISTINCT FROM b + 1) AND c OR d",
            ),
            (
                "not a IS NOT DISTINCT FROM null or b is null and c is distinct from 'd'",
                "NOT (a IS NOT DISTINCT FROM NULL) OR b IS NULL AND (c IS DISTINCT FROM 'd')",
            ),
            ("a is distinct from", "a is distinct from"),
            ("a is  null", "a is  null"),
        ];
        for (written, meant) in same {
            assert_eq!(in_parentheses(written), meant);
        }
    }
}
