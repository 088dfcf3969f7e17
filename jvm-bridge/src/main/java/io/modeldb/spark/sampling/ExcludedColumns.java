package io.modeldb.spark.sampling;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Columns that are never sampled, by patterns of their names: {@code *} and {@code ?}, any case.
 */
public final class ExcludedColumns {
  private final List<Pattern> patterns = new ArrayList<>();

  /**
   * @param list patterns between commas; null for none
   */
  public ExcludedColumns(String list) {
    if (list == null) {
      return;
    }
    for (String glob : list.split(",")) {
      if (!glob.trim().isEmpty()) {
        patterns.add(pattern(glob.trim()));
      }
    }
  }

  public boolean has(String column) {
    String lower = column.toLowerCase(Locale.ROOT);
    for (Pattern pattern : patterns) {
      if (pattern.matcher(lower).matches()) {
        return true;
      }
    }
    return false;
  }

  public boolean isEmpty() {
    return patterns.isEmpty();
  }

  private static Pattern pattern(String glob) {
    StringBuilder regex = new StringBuilder();
    for (char c : glob.toLowerCase(Locale.ROOT).toCharArray()) {
      if (c == '*') {
        regex.append(".*");
      } else if (c == '?') {
        regex.append('.');
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }
}
