package io.modeldb.spark;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Takes secrets out of settings and command lines before they leave the driver. Errs on the side of
 * hiding too much.
 */
final class Redaction {
  static final String HIDDEN = "*********(redacted)";

  private static final String SECRET_WORDS =
      "secret|passw|pwd|token|credential|access[._-]?key|account[._-]?key|api[._-]?key"
          + "|private[._-]?key|storage[._-]?key|encryption[._-]?key|passphrase|bearer"
          + "|authorization|[._-]sas[._-]|signature";

  private static final Pattern SECRET = Pattern.compile(SECRET_WORDS, Pattern.CASE_INSENSITIVE);

  /** {@code scheme://user:password@host}. */
  private static final Pattern USER_INFO = Pattern.compile("(://)[^/\\s@]*:[^/\\s@]*@");

  /** {@code …password=value} anywhere in a text, up to what may end the value. */
  private static final Pattern ASSIGNMENT =
      Pattern.compile(
          "([\\w.-]*(?:" + SECRET_WORDS + "|\\bsig\\b|\\bpw\\b)[\\w.-]*\\s*[=:]\\s*)[^\\s&;,]+",
          Pattern.CASE_INSENSITIVE);

  /** The shapes of keys that clouds give out. */
  private static final Pattern KNOWN_KEY =
      Pattern.compile(
          "\\b(?:AKIA|ASIA)[0-9A-Z]{16}\\b|\\bgh[pousr]_[A-Za-z0-9]{20,}|\\bdapi[0-9a-f]{32}\\b"
              + "|\\beyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]*");

  private final Pattern users;

  /**
   * @param sparkRegex the value of {@code spark.redaction.regex}, or null
   */
  Redaction(String sparkRegex) {
    Pattern pattern = null;
    try {
      pattern = sparkRegex == null || sparkRegex.isEmpty() ? null : Pattern.compile(sparkRegex);
    } catch (PatternSyntaxException e) {
      // Spark itself says so where it uses it.
    }
    this.users = pattern;
  }

  /** The value of a setting as it may be told. */
  String setting(String key, String value) {
    if (isSecret(key) || (users != null && users.matcher(value).find())) {
      return HIDDEN;
    }
    return text(value);
  }

  /** A command line, whose arguments are separated by blanks. */
  String command(String line) {
    StringBuilder out = new StringBuilder();
    boolean hideNext = false;
    for (String argument : line.trim().split("\\s+")) {
      if (out.length() > 0) {
        out.append(' ');
      }
      boolean option = argument.startsWith("-");
      if (hideNext && !option) {
        out.append(HIDDEN);
        hideNext = false;
        continue;
      }
      hideNext = false;
      int equals = argument.indexOf('=');
      if (equals >= 0 && isSecret(argument.substring(0, equals))) {
        out.append(argument, 0, equals + 1).append(HIDDEN);
      } else {
        hideNext = option && equals < 0 && isSecret(argument);
        out.append(text(argument));
      }
    }
    return out.toString();
  }

  private boolean isSecret(String key) {
    return SECRET.matcher(key).find() || (users != null && users.matcher(key).find());
  }

  private static String text(String value) {
    String out = USER_INFO.matcher(value).replaceAll("$1" + Matcher.quoteReplacement(HIDDEN) + "@");
    out = ASSIGNMENT.matcher(out).replaceAll("$1" + Matcher.quoteReplacement(HIDDEN));
    return KNOWN_KEY.matcher(out).replaceAll(Matcher.quoteReplacement(HIDDEN));
  }
}
