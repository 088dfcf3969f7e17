// Python that asks a query, for a notebook cell. The ways are those of docs/sql-clients.md and
// docs/flight-sql.md.

export interface Addresses {
  postgres: string;
  grpc: string;
}

export interface Cell {
  id: string;
  label: string;
  install: string;
  code: string;
}

/** A Python literal that is the query, whatever it holds. */
export function pythonText(query: string): string {
  const escaped = query.replaceAll('\\', '\\\\').replaceAll('"""', '\\"\\"\\"');
  // A quote at the end would run into the closing ones.
  const safe = escaped.endsWith('"') ? `${escaped.slice(0, -1)}\\"` : escaped;
  return query.includes('\n') ? `"""\n${safe}\n"""` : `"""${safe}"""`;
}

export function cellsOf(query: string, { postgres, grpc }: Addresses): Cell[] {
  const text = pythonText(query.trim());
  const { host, port } = split(postgres);
  return [
    {
      id: 'flight',
      label: 'ADBC (Arrow, fastest)',
      install: 'pip install adbc-driver-flightsql pyarrow pandas',
      code: `from adbc_driver_flightsql import dbapi

query = ${text}
with dbapi.connect("grpc://${grpc}", autocommit=True) as connection:
    with connection.cursor() as cursor:
        cursor.execute(query)
        frame = cursor.fetch_df()  # or fetch_arrow_table(), fetch_polars()
frame`,
    },
    {
      id: 'sqlalchemy',
      label: 'SQLAlchemy and pandas',
      install: 'pip install sqlalchemy "psycopg[binary]" pandas',
      code: `import pandas as pd
import sqlalchemy as sa

query = ${text}
engine = sa.create_engine(
    "postgresql+psycopg://modeldb@${postgres}/modeldb",
    execution_options={"no_parameters": True},  # so that % is just a character
)
with engine.connect() as connection:
    frame = pd.read_sql(query, connection)
frame`,
    },
    {
      id: 'psycopg',
      label: 'psycopg',
      install: 'pip install "psycopg[binary]"',
      code: `import psycopg

query = ${text}
with psycopg.connect("host=${host} port=${port} user=modeldb dbname=modeldb", autocommit=True) as connection:
    cursor = connection.execute(query)
    names = [column.name for column in cursor.description]
    rows = cursor.fetchall()`,
    },
  ];
}

function split(address: string): { host: string; port: string } {
  const at = address.lastIndexOf(':');
  return { host: address.slice(0, at).replace(/^\[|\]$/g, ''), port: address.slice(at + 1) };
}

/** An address that listens everywhere is reached by the name that the page was reached by. */
export function reachable(address: string | undefined, port: number, hostname: string): string {
  if (!address) return `${hostname}:${port}`;
  return address.replace(/^(?:0\.0\.0\.0|\[::\])(?=:\d+$)/, hostname);
}
