package io.modeldb.spark.capture.plan;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The first half of a SHA-256 over texts, each with its length, as hexadecimal digits. */
final class Digest {
  private static final int BYTES = 16;

  private final MessageDigest sha;

  Digest() {
    try {
      sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JVM has it
    }
  }

  Digest add(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int length = bytes.length;
    for (int shift = 24; shift >= 0; shift -= 8) {
      sha.update((byte) (length >>> shift));
    }
    sha.update(bytes);
    return this;
  }

  String hex() {
    byte[] digest = sha.digest();
    StringBuilder out = new StringBuilder(2 * BYTES);
    for (int i = 0; i < BYTES; i++) {
      out.append(Character.forDigit(digest[i] >> 4 & 15, 16));
      out.append(Character.forDigit(digest[i] & 15, 16));
    }
    return out.toString();
  }
}
