package io.modeldb.spark.capture.plan;

import io.modeldb.spark.capture.Texts;
import java.util.regex.Pattern;

/** Takes out of URIs what may be a secret. */
final class Uris {
  /** {@code user:password@}; a container of Azure's before the {@code @} has no password. */
  private static final Pattern USER_INFO = Pattern.compile("(://|:)[^/\\s@:]*:[^/\\s@]*@");

  /** Parameters: signatures of presigned URLs, users and passwords of databases. */
  private static final Pattern PARAMETERS = Pattern.compile("^((?:jdbc|https?):[^?;]*)[?;][^#]*");

  private Uris() {}

  static String redacted(String uri) {
    String bare = PARAMETERS.matcher(uri).replaceFirst("$1");
    return Texts.cut(USER_INFO.matcher(bare).replaceAll("$1"), Texts.MAX_DETAIL);
  }
}
