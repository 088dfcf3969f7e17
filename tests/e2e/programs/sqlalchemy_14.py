"""What SQLAlchemy 1.4, which Superset brings, finds out and reads: `sqlalchemy_14.py URL`. Prints
one JSON object."""

import json
import sys

import pandas as pd
import sqlalchemy as sa

engine = sa.create_engine(sys.argv[1])
inspector = sa.inspect(engine)
everything = sa.MetaData()
everything.reflect(engine, views=True)
models = everything.tables["models"]
query = sa.select(models.c.uid, models.c.started_at).where(models.c.status == "finished")
with engine.connect() as connection:
    frame = pd.read_sql_query(query.limit(2), connection)
    parameters = {"since": "2000-01-01", "states": ("finished", "running")}
    text = sa.text(
        "select count(*) as n from models where started_at > :since and status in :states"
    )
    text = text.bindparams(sa.bindparam("states", expanding=True))
    counted = connection.execute(text, parameters).scalar()
    chunks = pd.read_sql_query(
        sa.text("select * from generate_series(1, 2500)"), connection, chunksize=1000
    )
    told = {
        "version": sa.__version__,
        "tables": sorted(inspector.get_table_names()),
        "views": len(inspector.get_view_names()),
        "reflected": len(everything.tables),
        "columns": {c["name"]: str(c["type"]) for c in inspector.get_columns("metrics")},
        "comment": inspector.get_table_comment("metrics")["text"],
        "key": inspector.get_pk_constraint("models")["constrained_columns"],
        "foreign": inspector.get_foreign_keys("models"),
        "indexes": inspector.get_indexes("models"),
        "unique": inspector.get_unique_constraints("models"),
        "frame": [str(kind) for kind in frame.dtypes],
        "counted": counted,
        "chunks": [len(chunk) for chunk in chunks],
    }
print(json.dumps(told))
