package io.modeldb.spark.capture;

/** Limits of texts on the wire. */
public final class Texts {
  public static final int MAX_TEXT = 64 * 1024;
  public static final int MAX_DETAIL = 1024;

  private Texts() {}

  /** At most so many bytes of UTF-8, cut between characters; never null. */
  public static String cut(String text, int maxBytes) {
    if (text == null) {
      return "";
    }
    if (text.length() <= maxBytes / 3) {
      return text;
    }
    int bytes = 0;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
      if (bytes > maxBytes) {
        return text.substring(0, i);
      }
      i += Character.charCount(c);
    }
    return text;
  }
}
