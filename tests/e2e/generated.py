"""Queries made up from a seed, in SQL that we and DuckDB understand alike."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

# Columns of each relation by kind, and for each column some values that it has, as SQL.
Columns = Mapping[str, Mapping[str, str]]
Values = Mapping[tuple[str, str], Sequence[str]]

JOINS = [
    ("models", "metrics", "model_id"),
    ("models", "params", "model_id"),
    ("runs", "models", "run_id"),
    ("models", "features", "model_id"),
    ("datasets", "models", "dataset_id"),
    ("models", "predictions", "model_id"),
    ("transforms", "models", "model_id"),
    ("metrics", "params", "model_id"),
]
COMPARISONS = ["=", "<>", "<", "<=", ">", ">="]
PLACES = ["nulls first", "nulls last"]


@dataclass
class Table:
    """A relation under a name, in whose scope expressions are made."""

    relation: str
    alias: str


class Maker:
    """Makes one query after the other."""

    def __init__(self, seed: int, columns: Columns, values: Values) -> None:
        self.random = random.Random(seed)
        self.columns = columns
        self.values = values

    def query(self) -> str:
        shapes: list[Callable[[], str]] = [
            self.plain,
            self.best,
            self.grouped,
            self.joined,
            self.joined_groups,
            self.ranked,
            self.combined,
            self.related,
            self.nested,
        ]
        return self.random.choice(shapes)()

    # ---- shapes

    def plain(self) -> str:
        table = self.table()
        distinct = self.random.choice(["", "distinct "])
        return f"select {distinct}{self.outputs([table])} from {self.source(table)}{self.where([table])}"

    def best(self) -> str:
        """The first rows in an order that leaves no choice."""
        table = self.table()
        outputs = [self.any_value([table]) for _ in range(self.random.randint(1, 3))]
        named = ", ".join(f"{output} as c{index}" for index, output in enumerate(outputs))
        order = ", ".join(
            f"c{index} {self.random.choice(['asc', 'desc'])} {self.random.choice(PLACES)}"
            for index in self.random.sample(range(len(outputs)), len(outputs))
        )
        limit = f"limit {self.random.randint(1, 40)} offset {self.random.choice([0, 0, 7])}"
        where = self.where([table])
        return f"select {named} from {self.source(table)}{where} order by {order} {limit}"

    def grouped(self) -> str:
        table = self.table()
        return self.groups([table], self.source(table))

    def joined(self) -> str:
        tables, source = self.join()
        return f"select {self.outputs(tables)} from {source}{self.where(tables)}"

    def joined_groups(self) -> str:
        tables, source = self.join()
        return self.groups(tables, source)

    def ranked(self) -> str:
        table = self.table()
        inner = [table]
        ordered = self.any_value(inner)
        window = f"partition by {self.key(inner)} order by {ordered} {self.random.choice(PLACES)}"
        function = self.random.choice(["rank()", "dense_rank()", f"count({ordered})"])
        ranks = (
            f"select {self.key(inner)} as k, {function} over ({window}) as place "
            f"from {self.source(table)}{self.where(inner)}"
        )
        return f"select k, place, count(*) as n from ({ranks}) as ranks where place < 20 group by k, place"

    def combined(self) -> str:
        kind = self.random.choice(["text", "float", "int", "time"])
        operator = self.random.choice(["union", "union all", "intersect", "except"])
        halves = []
        for _ in range(2):
            table = self.table(kind)
            value = self.column(table, kind)
            halves.append(f"select {value} as v from {self.source(table)}{self.where([table])}")
        return f" {operator} ".join(halves)

    def related(self) -> str:
        left, right, key = self.random.choice(JOINS)
        outer, inner = Table(left, "a"), Table(right, "b")
        condition = f"b.{key} = a.{key} and {self.predicate([inner])}"
        related = self.random.choice(
            [
                f"exists (select 1 from {right} b where {condition})",
                f"not exists (select 1 from {right} b where {condition})",
                f"a.{key} in (select b.{key} from {right} b where {self.predicate([inner])})",
            ]
        )
        source = self.source(outer)
        return f"select {self.outputs([outer])} from {source}{self.where([outer])} and {related}"

    def nested(self) -> str:
        """A table expression, used twice."""
        table = self.table("float")
        value = self.column(table, "float")
        kept = f"select {self.key([table])} as k, {value} as v from {self.source(table)}"
        where = self.where([table])
        function = self.random.choice(["max", "min", "count"])
        return (
            f"with kept as ({kept}{where}), per as "
            f"(select k, {function}(v) as v, count(*) as n from kept group by k) "
            f"select per.k, per.n, per.v from per where per.n > "
            f"(select avg(n) from per) or per.v is not null"
        )

    # ---- parts

    def table(self, kind: str | None = None) -> Table:
        fitting = [
            relation
            for relation, columns in self.columns.items()
            if kind is None or kind in columns.values()
        ]
        return Table(self.random.choice(sorted(fitting)), "a")

    def source(self, table: Table) -> str:
        return f"{table.relation} {table.alias}"

    def join(self) -> tuple[list[Table], str]:
        left, right, key = self.random.choice(JOINS)
        tables = [Table(left, "a"), Table(right, "b")]
        kind = self.random.choice(["join", "left join", "full join"])
        further = f" and {self.predicate(tables)}" if kind == "join" else ""
        return tables, f"{left} a {kind} {right} b on a.{key} = b.{key}{further}"

    def groups(self, tables: Sequence[Table], source: str) -> str:
        keys = [self.key(tables) for _ in range(self.random.randint(0, 2))]
        outputs = [f"{key} as k{index}" for index, key in enumerate(keys)]
        for index in range(self.random.randint(1, 4)):
            outputs.append(f"{self.aggregate(tables)} as a{index}")
        query = f"select {', '.join(outputs)} from {source}{self.where(tables)}"
        if keys:
            query += f" group by {', '.join(keys)}"
            if self.random.random() < 0.3:
                query += f" having count(*) > {self.random.randint(1, 5)}"
        return query

    def aggregate(self, tables: Sequence[Table]) -> str:
        number = self.number(tables)
        text = self.expression(tables, "text")
        condition = self.predicate(tables)
        return self.random.choice(
            [
                "count(*)",
                f"count({text})",
                f"count(distinct {text})",
                f"count(*) filter (where {condition})",
                f"sum({number})",
                f"avg({number})",
                f"min({number})",
                f"max({number})",
                f"min({text})",
                f"max({text})",
                f"bool_or({condition})",
                f"max({number}) filter (where {condition})",
                f"sum(case when {condition} then 1 else 0 end)",
            ]
        )

    def number(self, tables: Sequence[Table]) -> str:
        kinds = {
            kind
            for table in tables
            for kind in self.columns[table.relation].values()
            if kind in ("int", "float")
        }
        if not kinds:
            return "1"
        kind = self.random.choice(sorted(kinds))
        fitting = [table for table in tables if kind in self.columns[table.relation].values()]
        return self.expression(fitting, kind)

    def outputs(self, tables: Sequence[Table]) -> str:
        values = [self.any_value(tables) for _ in range(self.random.randint(1, 4))]
        return ", ".join(f"{value} as c{index}" for index, value in enumerate(values))

    def any_value(self, tables: Sequence[Table]) -> str:
        return self.expression(tables, self.random.choice(["text", "int", "float", "bool", "time"]))

    def key(self, tables: Sequence[Table]) -> str:
        """Something to group by."""
        table = self.random.choice(tables)
        kind = self.random.choice(["text", "text", "bool", "time"])
        if kind == "time" and kind in self.columns[table.relation].values():
            unit = self.random.choice(["hour", "day", "month"])
            return f"date_trunc('{unit}', {self.column(table, 'time')})"
        if kind == "bool" and kind in self.columns[table.relation].values():
            return self.column(table, "bool")
        return self.column(table, "text")

    def where(self, tables: Sequence[Table]) -> str:
        count = self.random.randint(0, 2)
        conditions = [self.predicate(tables) for _ in range(count)]
        return f" where {' and '.join(['true', *conditions])}"

    def column(self, table: Table, kind: str) -> str:
        names = [name for name, of in self.columns[table.relation].items() if of == kind]
        return f"{table.alias}.{self.random.choice(sorted(names))}"

    def expression(self, tables: Sequence[Table], kind: str) -> str:
        table = self.random.choice(tables)
        if kind not in self.columns[table.relation].values():
            kind = "text"
        value = self.column(table, kind)
        choices = {
            "text": [
                value,
                value,
                f"upper({value})",
                f"substr({value}, 1, {self.random.randint(1, 8)})",
                f"coalesce({value}, 'nothing')",
                f"split_part({value}, '.', {self.random.randint(1, 4)})",
                f"replace({value}, 'a', 'ä')",
                f"nullif({value}, {self.value_of(value, table)})",
            ],
            "int": [value, f"{value} + 1", f"coalesce({value}, -1)", f"abs({value})"],
            "float": [
                value,
                value,
                f"{value} * 2",
                f"floor({value} * 10)",
                f"abs({value})",
                f"case when {value} > 0.5 then 1.5 else {value} end",
            ],
            "bool": [value, f"not {value}", f"{value} is true"],
            "time": [
                value,
                f"date_trunc('hour', {value})",
                f"cast(extract(hour from {value}) as bigint)",
            ],
            "list": [f"{value}[1]"],
            "map": [f"{value}['maxIter']"],
        }
        return self.random.choice(choices[kind])

    def value_of(self, column: str, table: Table) -> str:
        """A value that a column has somewhere."""
        return self.random.choice(self.values[table.relation, column.partition(".")[2]])

    def predicate(self, tables: Sequence[Table], depth: int = 0) -> str:
        if depth < 2 and self.random.random() < 0.25:
            operator = self.random.choice(["and", "or"])
            one, other = (self.predicate(tables, depth + 1) for _ in range(2))
            return f"{self.random.choice(['', 'not '])}({one} {operator} {other})"
        table = self.random.choice(tables)
        kind = self.random.choice(sorted(set(self.columns[table.relation].values())))
        column = self.column(table, kind)
        if kind == "list":
            return f"{column} is not null"
        if kind == "map":
            return f"{column}['maxIter'] is not null"
        value, other = self.value_of(column, table), self.value_of(column, table)
        choices = [
            f"{column} {self.random.choice(COMPARISONS)} {value}",
            f"{column} in ({value}, {other})",
            f"{column} is null",
            f"{column} is not null",
            f"{column} is distinct from {value}",
        ]
        if kind == "float":
            choices += [f"{column} > 1e300", f"{column} = cast('NaN' as double)"]
        if kind != "bool":
            choices.append(f"{column} between {value} and {other}")
        if kind == "text":
            pattern = self.random.choice(["%a%", "a%", "%s", "_e%", "%Regression%"])
            choices += [f"{column} like '{pattern}'", f"{column} not like '{pattern}'"]
        return self.random.choice(choices)
