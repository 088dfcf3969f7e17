use super::*;
use crate::copy::CopyFormat;

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
            start: 43
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
    let Command::Copy { options, .. } = read("copy runs to stdout csv header delimiter ';'") else {
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
