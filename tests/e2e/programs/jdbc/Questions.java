import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * What questions to a JDBC driver have in common. Each prints a line: its name, a tab, and what came
 * of it.
 */
abstract class Questions {
  interface Question {
    Object ask() throws Exception;
  }

  static final String ENDLESS =
      "select count(*) from range(1000000000000) where value < 0";

  /** What most questions are asked with. */
  Connection connection;

  abstract Connection connect(String... options) throws SQLException;

  ResultSet ask(String text) throws SQLException {
    return connection.createStatement().executeQuery(text);
  }

  List<Object> query(String text) throws SQLException {
    return query(connection, text);
  }

  static List<Object> query(Connection connection, String text) throws SQLException {
    return rows(connection.createStatement().executeQuery(text));
  }

  static int count(ResultSet answer) throws SQLException {
    int count = 0;
    while (answer.next()) {
      count++;
    }
    return count;
  }

  static List<Object> column(ResultSet answer, String name) throws SQLException {
    List<Object> values = new ArrayList<>();
    while (answer.next()) {
      values.add(answer.getObject(name));
    }
    return values;
  }

  static List<Object> rows(ResultSet answer) throws SQLException {
    List<Object> rows = new ArrayList<>();
    int columns = answer.getMetaData().getColumnCount();
    while (answer.next()) {
      List<Object> row = new ArrayList<>();
      for (int i = 1; i <= columns; i++) {
        Object value = answer.getObject(i);
        row.add(value instanceof Array ? List.of(list((Array) value)) : value);
      }
      rows.add(row);
    }
    return rows;
  }

  static Object[] list(Array array) throws SQLException {
    Object[] values = (Object[]) array.getArray();
    Object[] texts = new Object[values.length];
    for (int i = 0; i < values.length; i++) {
      texts[i] = String.valueOf(values[i]);
    }
    return texts;
  }

  static void say(String name, Question question) {
    String answer;
    try {
      answer = String.valueOf(question.ask());
    } catch (Exception problem) {
      answer = "failed: " + problem.getMessage();
    }
    System.out.println(name + "\t" + answer.replace("\n", " / "));
  }

  static String cancelled(Connection connection) throws SQLException {
    Statement statement = connection.createStatement();
    Thread canceller =
        new Thread(
            () -> {
              try {
                Thread.sleep(1000);
                statement.cancel();
              } catch (InterruptedException | SQLException problem) {
                throw new IllegalStateException(problem);
              }
            });
    canceller.start();
    return String.valueOf(rows(statement.executeQuery(ENDLESS)));
  }

  static String timedOut(Connection connection) throws SQLException {
    Statement statement = connection.createStatement();
    statement.setQueryTimeout(1);
    return String.valueOf(rows(statement.executeQuery(ENDLESS)));
  }

  static List<String> labels(ResultSet answer) throws SQLException {
    ResultSetMetaData data = answer.getMetaData();
    List<String> labels = new ArrayList<>();
    for (int i = 1; i <= data.getColumnCount(); i++) {
      labels.add(data.getColumnLabel(i) + " " + data.getColumnTypeName(i));
    }
    return labels;
  }

  static List<Object> again(Connection connection, String text) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(text);
    List<Object> answers = new ArrayList<>();
    for (String value : new String[] {"a", "b"}) {
      statement.setString(1, value);
      answers.addAll(rows(statement.executeQuery()));
    }
    return answers;
  }
}
