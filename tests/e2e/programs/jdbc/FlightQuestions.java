import java.math.BigDecimal;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TimeZone;

/** Asks an agent through the driver of Arrow Flight SQL as tools do. The argument is its URL. */
public final class FlightQuestions extends Questions {
  private final String url;

  private FlightQuestions(String url) {
    this.url = url;
  }

  public static void main(String[] arguments) throws Exception {
    TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    new FlightQuestions(arguments[0]).all();
    System.out.flush();
    // The driver's threads would keep it alive.
    System.exit(0);
  }

  @Override
  Connection connect(String... options) throws SQLException {
    Properties properties = new Properties();
    properties.put("useEncryption", "false");
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
    endings();
    say("user", () -> asked(connect("user", "ada", "password", "secret")));
    say("token", () -> asked(connect("token", "secret")));
    say("catalog", () -> asked(connect("catalog", "modeldb")));
    say("other_catalog", () -> asked(connect("catalog", "other")));
  }

  private static Object asked(Connection other) throws SQLException {
    return rows(other.createStatement().executeQuery("select 1 as a"));
  }

  private void metadata() throws Exception {
    DatabaseMetaData data = connection.getMetaData();
    say("product", data::getDatabaseProductName);
    say("read_only", data::isReadOnly);
    say("catalogs", () -> rows(data.getCatalogs()));
    say("schemas", () -> rows(data.getSchemas()));
    say("table_types", () -> rows(data.getTableTypes()));
    say("tables", () -> column(data.getTables(null, null, "m%", null), "TABLE_NAME"));
    String[] views = {"VIEW"};
    say("no_such_tables", () -> rows(data.getTables("other", null, null, views)));
    ResultSet columns = data.getColumns(null, "public", "metrics", "%");
    say("columns", () -> column(columns, "COLUMN_NAME"));
    ResultSet value = data.getColumns(null, "public", "metrics", "value");
    say("value_type", () -> column(value, "TYPE_NAME"));
    ResultSet remarks = data.getColumns(null, "public", "metrics", "value");
    say("value_remarks", () -> column(remarks, "REMARKS"));
    say("primary_keys", () -> rows(data.getPrimaryKeys(null, "public", "models")));
    say("imported_keys", () -> rows(data.getImportedKeys(null, "public", "models")));
    say("exported_keys", () -> rows(data.getExportedKeys(null, "public", "models")));
    say(
        "cross_reference",
        () -> rows(data.getCrossReference(null, "public", "models", null, "public", "runs")));
    say("type_info", () -> rows(data.getTypeInfo()).isEmpty());
    say("quote", data::getIdentifierQuoteString);
    say("full_outer_joins", data::supportsFullOuterJoins);
    say("transactions", data::supportsTransactions);
    say("isolation", data::getDefaultTransactionIsolation);
    say("keywords", () -> data.getSQLKeywords().contains("EXPLAIN"));
    say("functions", () -> data.getStringFunctions().contains("SPLIT_PART"));
    say("statement_length", data::getMaxStatementLength);
  }

  private void queries() throws Exception {
    say("one", () -> query("select 1 as a, 'größe' as b, null as c"));
    say(
        "types",
        () ->
            query(
                "select true as a, 9223372036854775807 as b, 1.5 as c, 'NaN'::double as d, "
                    + "'inf'::double as e, 1.25::decimal(10,2) as f, date '2026-05-03' as g"));
    say(
        "time",
        () -> {
          ResultSet answer = ask("select max(started_at) as t from models");
          answer.next();
          return answer.getTimestamp(1);
        });
    say("list", () -> query("select make_array('a', null, 'c') as l"));
    say(
        "labels",
        () -> labels(ask("select uid, duration_ms, started_at, params from models")));
    say("models", () -> query("select count(*) as n from models"));
    say("many", () -> count(ask("select value, repeat('x', 100) as s from range(100000)")));
    say("large_row", () -> count(ask("select repeat('x', 14000000) as s")));
    say(
        "max_rows",
        () -> {
          Statement statement = connection.createStatement();
          statement.setMaxRows(10);
          return count(statement.executeQuery("select * from range(100000)"));
        });
    say("show", () -> query("show tables").size() > 10);
    say("explain", () -> query("explain select 1").size());
    say("execute", () -> connection.createStatement().execute("select 1"));
    say("unknown_column", () -> query("select nmae from metrics"));
    say("insert", () -> connection.createStatement().executeUpdate("insert into models values (1)"));
    say("division", () -> query("select 1 / (value - value) from range(1, 11)"));
  }

  private void parameters() throws Exception {
    String every =
        "select ? as a, cast(? as int) + 1 as b, count(*) as n from metrics where step = ? and "
            + "name = ? and recorded_at > ? and value > ?";
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
  }

  /** How queries end before their end. Each has a connection of its own. */
  private void endings() throws Exception {
    say("timeout", () -> timedOut(connect()));
    say("cancel", () -> cancelled(connect()));
    say(
        "close",
        () -> {
          ResultSet answer =
              connect().createStatement().executeQuery("select * from range(1000000000000)");
          answer.next();
          answer.close();
          return "closed";
        });
  }
}
