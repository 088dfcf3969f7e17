import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TimeZone;

/** Asks an agent through the driver of PostgreSQL as tools do. The argument is its URL. */
public final class PostgresQuestions extends Questions {
  private final String url;

  private PostgresQuestions(String url) {
    this.url = url;
  }

  public static void main(String[] arguments) throws Exception {
    TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    new PostgresQuestions(arguments[0]).all();
    System.out.flush();
  }

  @Override
  Connection connect(String... options) throws SQLException {
    Properties properties = new Properties();
    properties.put("user", "ann");
    for (int i = 0; i < options.length; i += 2) {
      properties.put(options[i], options[i + 1]);
    }
    return DriverManager.getConnection(url, properties);
  }

  private void all() throws Exception {
    connection = connect();
    metadata();
    queries();
    parameters();
    transactions();
    say("timeout", () -> timedOut(connect()));
    say("cancel", () -> cancelled(connect()));
    say("usable_after_cancel", this::usableAfterCancel);
    say("simple", () -> query(connect("preferQueryMode", "simple"), "select 1 as a"));
    say("text_only", () -> query(connect("binaryTransfer", "false"), "select 1.5::float8 as a"));
    say("schema", () -> connect("currentSchema", "public").getSchema());
    say("read_only", () -> query(connect("readOnly", "true"), "select 1 as a"));
    say("named", () -> query(connect("ApplicationName", "BI"), "show application_name"));
  }

  private void metadata() throws Exception {
    DatabaseMetaData data = connection.getMetaData();
    say("product", data::getDatabaseProductName);
    say("major_version", () -> data.getDatabaseMajorVersion() >= 14);
    say("catalogs", () -> rows(data.getCatalogs()));
    say("schemas", () -> column(data.getSchemas(), "TABLE_SCHEM"));
    say("table_types", () -> column(data.getTableTypes(), "TABLE_TYPE").contains("VIEW"));
    String[] kinds = {"TABLE", "VIEW"};
    say("tables", () -> column(data.getTables(null, "public", "m%", kinds), "TABLE_NAME"));
    String[] views = {"VIEW"};
    say("views", () -> column(data.getTables(null, "public", "best%", views), "TABLE_NAME"));
    say("table_remarks", () -> column(data.getTables(null, "public", "metrics", kinds), "REMARKS"));
    say("columns", () -> column(data.getColumns(null, "public", "metrics", "%"), "COLUMN_NAME"));
    ResultSet types = data.getColumns(null, "public", "models", "%");
    say("types_of_columns", () -> column(types, "TYPE_NAME"));
    ResultSet value = data.getColumns(null, "public", "metrics", "value");
    say("value_remarks", () -> column(value, "REMARKS"));
    say("primary_keys", () -> rows(data.getPrimaryKeys(null, "public", "models")));
    say("imported_keys", () -> rows(data.getImportedKeys(null, "public", "models")));
    say("exported_keys", () -> rows(data.getExportedKeys(null, "public", "models")));
    say(
        "cross_reference",
        () -> rows(data.getCrossReference(null, "public", "models", null, "public", "runs")));
    say("indexes", () -> rows(data.getIndexInfo(null, "public", "models", false, true)));
    say(
        "best_row",
        () ->
            rows(
                data.getBestRowIdentifier(
                    null, "public", "models", DatabaseMetaData.bestRowSession, true)));
    say("type_info", () -> column(data.getTypeInfo(), "TYPE_NAME").contains("int8"));
    say("function_columns", () -> rows(data.getFunctionColumns(null, null, "no_such", null)));
    say("procedures", () -> rows(data.getProcedures(null, null, "no_such")));
    say("procedure_columns", () -> rows(data.getProcedureColumns(null, null, "no_such", null)));
    say("privileges", () -> rows(data.getTablePrivileges(null, "public", "models")).size());
    say(
        "column_privileges",
        () -> rows(data.getColumnPrivileges(null, "public", "models", "uid")).size());
    say("client_info", () -> column(data.getClientInfoProperties(), "NAME"));
    say("identifier_length", data::getMaxColumnNameLength);
    say("index_keys", () -> data.getMaxColumnsInIndex() > 0);
    say("isolation", () -> connection.getTransactionIsolation() > 0);
    say("is_valid", () -> connection.isValid(5));
    say("catalog", connection::getCatalog);
    say("current_schema", connection::getSchema);
  }

  private void queries() throws Exception {
    say("one", () -> query("select 1 as a, 'größe' as b, null as c"));
    say(
        "types",
        () ->
            query(
                "select true as a, 9223372036854775807 as b, 1.5::float8 as c, 'NaN'::float8 as d, "
                    + "'-Infinity'::float8 as e, 1.25::decimal(10,2) as f, date '2026-05-03' as g, "
                    + "timestamp '2026-05-03 01:02:03.000004' as h"));
    say(
        "time",
        () -> {
          ResultSet answer = ask("select max(started_at) as t from models");
          answer.next();
          return answer.getTimestamp(1) + " " + answer.getObject(1, OffsetDateTime.class);
        });
    say("list", () -> query("select make_array('a', null, 'c\"d') as l"));
    say("numbers", () -> query("select array[1, 2, 3] as l"));
    say("map", () -> query("select map(['b'], ['1']) as m"));
    say("labels", () -> labels(ask("select uid, duration_ms, started_at, params from models")));
    say("models", () -> query("select count(*) as n from models"));
    say("every_relation", this::everyRelation);
    say(
        "many",
        () -> count(ask("select value, repeat('x', 100) as s from range(100000)")));
    say(
        "max_rows",
        () -> {
          Statement statement = connection.createStatement();
          statement.setMaxRows(10);
          return count(statement.executeQuery("select * from range(100000)"));
        });
    say(
        "scrolled",
        () -> {
          int kind = ResultSet.TYPE_SCROLL_INSENSITIVE;
          Statement statement = connection.createStatement(kind, ResultSet.CONCUR_READ_ONLY);
          ResultSet answer = statement.executeQuery("select * from range(5)");
          answer.last();
          return answer.getRow();
        });
    say("explain", () -> query("explain select 1").isEmpty());
    say("execute", () -> connection.createStatement().execute("select 1"));
    say("two", this::twoStatements);
    say("unknown_column", () -> query("select nmae from metrics"));
    say("state", () -> state("select nmae from metrics"));
    say("insert", () -> state("insert into models values (1)"));
    say("division", () -> state("select 1 / (value - value) from range(1, 11)"));
  }

  /** Every table and view that metadata names can be read, with the columns it names. */
  private Object everyRelation() throws SQLException {
    List<Object> wrong = new ArrayList<>();
    String[] kinds = {"TABLE", "VIEW"};
    DatabaseMetaData data = connection.getMetaData();
    List<Object> names = column(data.getTables(null, "public", "%", kinds), "TABLE_NAME");
    for (Object name : names) {
      ResultSet answer = ask("select * from \"public\".\"" + name + "\" limit 3");
      List<Object> columns = new ArrayList<>();
      for (int i = 1; i <= answer.getMetaData().getColumnCount(); i++) {
        columns.add(answer.getMetaData().getColumnName(i));
      }
      rows(answer);
      List<Object> told =
          column(data.getColumns(null, "public", (String) name, "%"), "COLUMN_NAME");
      if (!columns.equals(told)) {
        wrong.add(name);
      }
    }
    return names.size() > 30 ? wrong : names;
  }

  private Object twoStatements() throws SQLException {
    Statement statement = connection.createStatement();
    statement.execute("select 1 as a; select 2 as b");
    List<Object> first = rows(statement.getResultSet());
    statement.getMoreResults();
    return List.of(first, rows(statement.getResultSet()));
  }

  private String state(String text) {
    try {
      connection.createStatement().execute(text);
      return "nothing";
    } catch (SQLException problem) {
      return problem.getSQLState();
    }
  }

  private void parameters() throws Exception {
    String every =
        "select ?::text as a, cast(? as int) + 1 as b, count(*) as n from metrics where step = ? "
            + "and name = ? and recorded_at > ? and value > ?";
    say(
        "parameter_types",
        () -> {
          ParameterMetaData data = connection.prepareStatement(every).getParameterMetaData();
          List<String> types = new ArrayList<>();
          for (int i = 1; i <= data.getParameterCount(); i++) {
            types.add(data.getParameterTypeName(i));
          }
          return types;
        });
    say(
        "parameters",
        () -> {
          PreparedStatement statement = connection.prepareStatement(every);
          statement.setString(1, "größe");
          statement.setInt(2, 5);
          statement.setLong(3, 7);
          statement.setString(4, "loss");
          statement.setTimestamp(5, new Timestamp(0));
          statement.setDouble(6, 1.5);
          return rows(statement.executeQuery());
        });
    say("again", () -> again(connection, "select ? || '!' as a"));
    say("prepared", this::preparedOnServer);
    say(
        "limit",
        () -> {
          String text = "select value from range(1, 11) limit ? offset ?";
          PreparedStatement statement = connection.prepareStatement(text);
          statement.setInt(1, 2);
          statement.setInt(2, 3);
          return rows(statement.executeQuery());
        });
    say(
        "others",
        () -> {
          String text =
              "select count(*) as n from params where is_default = ? and value_double > ? and name = ?";
          PreparedStatement statement = connection.prepareStatement(text);
          statement.setBoolean(1, true);
          statement.setBigDecimal(2, new BigDecimal("1.5"));
          statement.setNull(3, Types.VARCHAR);
          return rows(statement.executeQuery());
        });
    say(
        "array",
        () -> {
          String text = "select count(*) as n from range(1, 11) where value = any(?)";
          PreparedStatement statement = connection.prepareStatement(text);
          Array wanted = connection.createArrayOf("int8", new Object[] {2L, 3L, 99L});
          statement.setArray(1, wanted);
          return rows(statement.executeQuery());
        });
    say(
        "moment",
        () -> {
          String text = "select count(*) as n from models where started_at < ?";
          PreparedStatement statement = connection.prepareStatement(text);
          statement.setObject(1, OffsetDateTime.parse("2000-01-01T00:00:00+02:00"));
          return rows(statement.executeQuery());
        });
  }

  /** After some executions the driver names its statement, and asks for binary values. */
  private Object preparedOnServer() throws SQLException {
    String text =
        "select ?::int8 + 1 as a, 1.5::float8 as b, 1.25::decimal(10,2) as c, "
            + "timestamp '2026-05-03 01:02:03' as d, date '2026-05-03' as e, true as f, array[1.5] as g";
    PreparedStatement statement = connection.prepareStatement(text);
    Object first = null;
    for (int i = 0; i < 10; i++) {
      statement.setLong(1, 41);
      List<Object> found = rows(statement.executeQuery());
      if (first == null) {
        first = found;
      } else if (!String.valueOf(found).equals(String.valueOf(first))) {
        return "first " + first + ", then " + found;
      }
    }
    return first;
  }

  private void transactions() throws Exception {
    say(
        "fetch_size",
        () -> {
          Connection other = connect();
          other.setAutoCommit(false);
          Statement statement = other.createStatement();
          statement.setFetchSize(1000);
          int found = count(statement.executeQuery("select * from range(100000)"));
          other.commit();
          return found;
        });
    say(
        "aborted",
        () -> {
          Connection other = connect();
          other.setAutoCommit(false);
          try {
            query(other, "select nmae from metrics");
          } catch (SQLException problem) {
            other.rollback();
          }
          List<Object> found = query(other, "select 1 as a");
          other.commit();
          return found;
        });
    say(
        "savepoint",
        () -> {
          Connection other = connect("autosave", "always");
          other.setAutoCommit(false);
          try {
            query(other, "select nmae from metrics");
          } catch (SQLException problem) {
            return query(other, "select 1 as a");
          }
          return "no error";
        });
    say(
        "closed_early",
        () -> {
          Connection other = connect();
          other.setAutoCommit(false);
          Statement statement = other.createStatement();
          statement.setFetchSize(10);
          ResultSet answer = statement.executeQuery("select * from range(1000000000000)");
          answer.next();
          answer.close();
          return query(other, "select 1 as a");
        });
  }

  private Object usableAfterCancel() throws SQLException {
    Connection other = connect();
    try {
      return cancelled(other);
    } catch (SQLException problem) {
      return problem.getSQLState() + " " + query(other, "select 1 as a");
    }
  }
}
