//! Expressions: operators, casts, functions and columns that the engine calls otherwise.

use datafusion::sql::sqlparser::ast::{
    AccessExpr, Array, BinaryOperator, CaseWhen, CastKind, CharacterLength, DataType, Expr,
    Function, FunctionArg, FunctionArgExpr, FunctionArgumentList, FunctionArguments, Ident,
    ObjectName, ObjectNamePart, Value, ValueWithSpan,
};

use super::reg;
use super::rewrite::folded;
use crate::parameters::items;

/// Functions that have another name here.
const RENAMED: [(&str, &str); 10] = [
    ("clock_timestamp", "now"),
    ("statement_timestamp", "now"),
    ("transaction_timestamp", "now"),
    ("localtimestamp", "now"),
    ("every", "bool_and"),
    ("variance", "var_samp"),
    ("char_length", "character_length"),
    ("ceiling", "ceil"),
    ("json_array_length", "array_length"),
    ("jsonb_typeof", "json_typeof"),
];
/// Functions that are called without parentheses.
const WITHOUT_PARENTHESES: [&str; 6] = [
    "current_user",
    "session_user",
    "user",
    "current_role",
    "current_schema",
    "current_catalog",
];

/// A call of a function.
pub(super) fn call(name: &str, arguments: Vec<Expr>) -> Expr {
    let arguments = arguments
        .into_iter()
        .map(|expr| FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)));
    Expr::Function(Function {
        name: ObjectName(vec![ObjectNamePart::Identifier(Ident::new(name))]),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(FunctionArgumentList {
            duplicate_treatment: None,
            args: arguments.collect(),
            clauses: Vec::new(),
        }),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    })
}

pub(super) fn value(value: Value) -> Expr {
    Expr::Value(value.with_empty_span())
}

pub(super) fn string(text: impl Into<String>) -> Expr {
    value(Value::SingleQuotedString(text.into()))
}

pub(super) fn integer(number: impl ToString) -> Expr {
    value(Value::Number(number.to_string(), false))
}

pub(super) fn cast(expr: Expr, data_type: DataType) -> Expr {
    Expr::Cast {
        kind: CastKind::Cast,
        expr: Box::new(expr),
        data_type,
        array: false,
        format: None,
    }
}

/// An unsigned number, which is what ids of the catalog are.
fn oid(number: u32) -> Expr {
    cast(integer(number), DataType::IntUnsigned(None))
}

/// The name of a type without its schema.
pub(super) fn type_name(kind: &DataType) -> String {
    match kind {
        DataType::Custom(name, _) => {
            let last = name.0.last().and_then(ObjectNamePart::as_ident);
            last.map(folded).unwrap_or_default()
        }
        other => other.to_string().to_lowercase(),
    }
}

/// The text of a literal.
fn literal(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Value(ValueWithSpan {
            value: Value::SingleQuotedString(text) | Value::EscapedStringLiteral(text),
            ..
        }) => Some(text),
        Expr::Nested(inner) => literal(inner),
        _ => None,
    }
}

/// `{a,b}` as an array of texts.
fn array_of(text: &str) -> Option<Expr> {
    let elem = items(text)?
        .into_iter()
        .map(|item| item.map_or_else(|| value(Value::Null), string));
    Some(Expr::Array(Array {
        elem: elem.collect(),
        named: true,
    }))
}

/// What is called by the name of a function: arguments and all that.
pub(super) fn called<'a>(expr: &'a Expr, name: &str) -> Option<Vec<&'a Expr>> {
    let Expr::Function(function) = expr else {
        return None;
    };
    let last = function.name.0.last()?.as_ident()?;
    if folded(last) != name {
        return None;
    }
    let FunctionArguments::List(list) = &function.args else {
        return Some(Vec::new());
    };
    let arguments = list.args.iter().filter_map(|argument| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
        _ => None,
    });
    Some(arguments.collect())
}

/// Rewrites `expr`, whose parts are rewritten; `oid_of` knows the tables of the query.
pub(super) fn rewrite(expr: &mut Expr, oid_of: &dyn Fn(&str) -> Option<u32>) {
    let taken = std::mem::replace(expr, Expr::Tuple(Vec::new()));
    *expr = rewritten(taken, oid_of);
}

fn rewritten(expr: Expr, oid_of: &dyn Fn(&str) -> Option<u32>) -> Expr {
    if let Some([to, from]) = called(&expr, "age").as_deref() {
        return Expr::BinaryOp {
            left: Box::new((*to).clone()),
            op: BinaryOperator::Minus,
            right: Box::new((*from).clone()),
        };
    }
    match expr {
        Expr::Function(function) => self::function(function),
        Expr::Collate { expr, .. } => *expr,
        Expr::BinaryOp { left, op, right } => binary(*left, op, *right),
        Expr::Cast {
            kind,
            expr,
            data_type,
            array,
            format,
        } => self::casted(*expr, data_type, |expr, data_type| Expr::Cast {
            kind,
            expr: Box::new(expr),
            data_type,
            array,
            format,
        }),
        Expr::Case {
            case_token,
            end_token,
            operand: None,
            conditions,
            else_result,
        } => case(conditions, |conditions| Expr::Case {
            case_token,
            end_token,
            operand: None,
            conditions,
            else_result,
        }),
        Expr::AtTimeZone {
            timestamp,
            time_zone,
        } => call("timezone", vec![*time_zone, *timestamp]),
        Expr::Like {
            negated,
            any,
            expr,
            pattern,
            escape_char: Some(escape),
        } => Expr::Like {
            negated,
            any,
            expr,
            pattern: Box::new(escaped(*pattern, escape)),
            escape_char: None,
        },
        Expr::ILike {
            negated,
            any,
            expr,
            pattern,
            escape_char: Some(escape),
        } => Expr::ILike {
            negated,
            any,
            expr,
            pattern: Box::new(escaped(*pattern, escape)),
            escape_char: None,
        },
        Expr::AnyOp {
            left,
            compare_op,
            right,
            is_some,
        } => Expr::AnyOp {
            right: Box::new(listed(*right)),
            left,
            compare_op,
            is_some,
        },
        Expr::AllOp {
            left,
            compare_op,
            right,
        } => Expr::AllOp {
            right: Box::new(listed(*right)),
            left,
            compare_op,
        },
        Expr::Identifier(ident) if ident.quote_style.is_none() => identifier(ident),
        Expr::CompoundIdentifier(parts) => compound(parts, oid_of),
        Expr::CompoundFieldAccess { root, access_chain } => field(*root, access_chain),
        other => other,
    }
}

/// A literal list for `ANY` and `ALL`.
fn listed(expr: Expr) -> Expr {
    literal(&expr).and_then(array_of).unwrap_or(expr)
}

fn escaped(pattern: Expr, escape: ValueWithSpan) -> Expr {
    call("pg_like_pattern", vec![pattern, Expr::Value(escape)])
}

fn identifier(ident: Ident) -> Expr {
    let name = ident.value.to_lowercase();
    match name.as_str() {
        "current_catalog" => call("current_database", Vec::new()),
        name if WITHOUT_PARENTHESES.contains(&name) => call(name, Vec::new()),
        "xmin" | "xmax" | "cmin" | "cmax" => oid(0),
        _ => Expr::Identifier(ident),
    }
}

/// Columns that every table of PostgreSQL has.
fn compound(parts: Vec<Ident>, oid_of: &dyn Fn(&str) -> Option<u32>) -> Expr {
    if let [.., table, column] = parts.as_slice()
        && column.quote_style.is_none()
    {
        match column.value.to_lowercase().as_str() {
            "xmin" | "xmax" | "cmin" | "cmax" => return oid(0),
            "tableoid" => return oid(oid_of(&folded(table)).unwrap_or(0)),
            "ctid" => return string("(0,0)"),
            _ => {}
        }
    }
    Expr::CompoundIdentifier(parts)
}

/// `(x).n`, and `x[i]`, which the engine knows.
fn field(root: Expr, chain: Vec<AccessExpr>) -> Expr {
    let [AccessExpr::Dot(Expr::Identifier(name))] = chain.as_slice() else {
        return Expr::CompoundFieldAccess {
            root: Box::new(root),
            access_chain: chain,
        };
    };
    let name = folded(name);
    let inner = match &root {
        Expr::Nested(inner) => inner.as_ref(),
        other => other,
    };
    if let Some([expanded]) = called(inner, "unnest").as_deref()
        && let Some([list]) = called(expanded, "pg_expandarray").as_deref()
    {
        let list = (*list).clone();
        return match name.as_str() {
            "n" => call("unnest", vec![call("pg_subscripts", vec![list])]),
            _ => call("unnest", vec![list]),
        };
    }
    let is_column = matches!(inner, Expr::Identifier(_) | Expr::CompoundIdentifier(_));
    if is_column || matches!(inner, Expr::Function(_)) {
        return call("get_field", vec![inner.clone(), string(name)]);
    }
    Expr::CompoundFieldAccess {
        root: Box::new(root),
        access_chain: chain,
    }
}

fn function(mut function: Function) -> Expr {
    if let [ObjectNamePart::Identifier(schema), name] = function.name.0.as_slice()
        && ["pg_catalog", "information_schema"].contains(&folded(schema).as_str())
    {
        function.name.0 = vec![name.clone()];
    }
    let [ObjectNamePart::Identifier(ident)] = function.name.0.as_slice() else {
        return Expr::Function(function);
    };
    let name = folded(ident);
    if let Some((_, other)) = RENAMED.iter().find(|(known, _)| *known == name) {
        function.name.0 = vec![ObjectNamePart::Identifier(Ident::new(*other))];
    }
    if name == "current_catalog" {
        return call("current_database", Vec::new());
    }
    if matches!(function.args, FunctionArguments::None)
        && WITHOUT_PARENTHESES.contains(&name.as_str())
    {
        return call(&name, Vec::new());
    }
    if name == "localtimestamp" {
        return call("now", Vec::new());
    }
    let whole = Expr::Function(function);
    match name.as_str() {
        "generate_subscripts" => match called(&whole, &name).as_deref() {
            Some([list, ..]) => call("unnest", vec![call("pg_subscripts", vec![(*list).clone()])]),
            _ => whole,
        },
        "_pg_expandarray" => match called(&whole, &name).as_deref() {
            Some([list]) => {
                let list = (*list).clone();
                call("unnest", vec![call("pg_expandarray", vec![list])])
            }
            _ => whole,
        },
        "generate_series" => call("unnest", vec![whole]),
        // Whoever makes a series of it needs a number.
        "array_upper" => match called(&whole, &name).as_deref() {
            Some([schemas, _]) if called(schemas, "current_schemas").is_some() => {
                let all = called(schemas, "current_schemas").unwrap_or_default();
                let is_all = all
                    .first()
                    .is_some_and(|all| all.to_string().eq_ignore_ascii_case("true"));
                integer(if is_all { 2 } else { 1 })
            }
            _ => whole,
        },
        _ => whole,
    }
}

/// Columns of the catalog, and the letters that may be in them here.
const LETTERS: [(&str, &str); 2] = [("typtype", "bpcrm"), ("relkind", "rv")];

/// Whether a column of the catalog is compared with a letter that is never in it.
fn is_never(column: &Expr, letter: &Expr) -> bool {
    let name = match column {
        Expr::Identifier(ident) => folded(ident),
        Expr::CompoundIdentifier(parts) => parts.last().map(folded).unwrap_or_default(),
        _ => return false,
    };
    let letters = LETTERS.iter().find(|(known, _)| *known == name);
    let letter = literal(letter).filter(|letter| letter.len() == 1);
    letters
        .zip(letter)
        .is_some_and(|((_, letters), letter)| !letters.contains(letter))
}

/// `CASE` without the branches that are never taken.
fn case(conditions: Vec<CaseWhen>, whole: impl FnOnce(Vec<CaseWhen>) -> Expr) -> Expr {
    let is_false = |when: &CaseWhen| matches!(&when.condition, Expr::Value(value) if value.value == Value::Boolean(false));
    let (never, kept): (Vec<_>, Vec<_>) = conditions.into_iter().partition(is_false);
    match (kept.is_empty(), never.into_iter().next()) {
        // One has to stay, which says nothing.
        (true, Some(when)) => whole(vec![CaseWhen {
            condition: when.condition,
            result: value(Value::Null),
        }]),
        _ => whole(kept),
    }
}

fn binary(left: Expr, op: BinaryOperator, right: Expr) -> Expr {
    if op == BinaryOperator::Eq && is_never(&left, &right) {
        return value(Value::Boolean(false));
    }
    let op = match op {
        BinaryOperator::PGCustomBinaryOperator(parts) => {
            match named(parts.last().map(String::as_str).unwrap_or_default()) {
                Some(op) => op,
                None => BinaryOperator::PGCustomBinaryOperator(parts),
            }
        }
        op => op,
    };
    let function = match op {
        BinaryOperator::Arrow => "json_get",
        BinaryOperator::LongArrow => "json_get_text",
        BinaryOperator::HashArrow => "json_get_path",
        BinaryOperator::HashLongArrow => "json_get_path_text",
        op => {
            return Expr::BinaryOp {
                left: Box::new(left),
                op,
                right: Box::new(right),
            };
        }
    };
    call(function, vec![left, right])
}

/// The operator that is written `OPERATOR(pg_catalog.~)`.
fn named(symbol: &str) -> Option<BinaryOperator> {
    Some(match symbol {
        "~" => BinaryOperator::PGRegexMatch,
        "~*" => BinaryOperator::PGRegexIMatch,
        "!~" => BinaryOperator::PGRegexNotMatch,
        "!~*" => BinaryOperator::PGRegexNotIMatch,
        "~~" => BinaryOperator::PGLikeMatch,
        "~~*" => BinaryOperator::PGILikeMatch,
        "!~~" => BinaryOperator::PGNotLikeMatch,
        "!~~*" => BinaryOperator::PGNotILikeMatch,
        "=" => BinaryOperator::Eq,
        "<>" | "!=" => BinaryOperator::NotEq,
        "<" => BinaryOperator::Lt,
        "<=" => BinaryOperator::LtEq,
        ">" => BinaryOperator::Gt,
        ">=" => BinaryOperator::GtEq,
        "+" => BinaryOperator::Plus,
        "-" => BinaryOperator::Minus,
        "*" => BinaryOperator::Multiply,
        "/" => BinaryOperator::Divide,
        "%" => BinaryOperator::Modulo,
        "||" => BinaryOperator::StringConcat,
        _ => return None,
    })
}

fn casted(expr: Expr, data_type: DataType, whole: impl FnOnce(Expr, DataType) -> Expr) -> Expr {
    let name = type_name(&data_type);
    if reg::KINDS.contains(&name.as_str()) {
        return call("pg_reg", vec![expr, string(name)]);
    }
    if let DataType::Array(_) = data_type
        && let Some(array) = literal(&expr).and_then(array_of)
    {
        return whole(array, data_type);
    }
    if let (DataType::Bytea, Some(digits)) = (
        &data_type,
        literal(&expr).and_then(|text| text.strip_prefix("\\x")),
    ) {
        return call("decode", vec![string(digits), string("hex")]);
    }
    let is_text = matches!(
        data_type,
        DataType::Text
            | DataType::Varchar(_)
            | DataType::CharacterVarying(_)
            | DataType::Char(_)
            | DataType::Character(_)
    ) || ["name", "text", "sql_identifier", "character_data"]
        .contains(&name.as_str());
    if !is_text || matches!(expr, Expr::Value(_)) {
        return whole(expr, data_type);
    }
    if let Some([number, kind]) = called(&expr, "pg_reg").as_deref() {
        return call("pg_reg_name", vec![(*number).clone(), (*kind).clone()]);
    }
    let text = call("pg_text", vec![expr]);
    let length = match &data_type {
        DataType::Varchar(Some(length))
        | DataType::CharacterVarying(Some(length))
        | DataType::Char(Some(length))
        | DataType::Character(Some(length)) => length,
        _ => return text,
    };
    match length {
        CharacterLength::IntegerLength { length, .. } => call("left", vec![text, integer(length)]),
        CharacterLength::Max => text,
    }
}
