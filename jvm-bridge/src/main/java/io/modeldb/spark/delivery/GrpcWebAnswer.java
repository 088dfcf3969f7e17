package io.modeldb.spark.delivery;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The body of a unary gRPC-Web answer: frames of one flag byte, a length of four bytes, and so many
 * bytes. Flag 0 is the message, 0x80 the trailers as HTTP/1 header lines.
 *
 * <p>See <a href="https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md">PROTOCOL-WEB</a>.
 */
final class GrpcWebAnswer {
  private static final int TRAILERS = 0x80;

  /** The message, or null when there was none. */
  byte[] message;

  /** The status in the trailers, or -1 when there was none. */
  int status = -1;

  String statusMessage = "";

  private GrpcWebAnswer() {}

  static GrpcWebAnswer parse(byte[] body) throws AgentException {
    GrpcWebAnswer answer = new GrpcWebAnswer();
    int at = 0;
    while (at < body.length) {
      if (body.length - at < 5) {
        throw cut();
      }
      int flag = body[at] & 0xff;
      long length =
          (body[at + 1] & 0xffL) << 24
              | (body[at + 2] & 0xff) << 16
              | (body[at + 3] & 0xff) << 8
              | body[at + 4] & 0xff;
      at += 5;
      if (length > body.length - at) {
        throw cut();
      }
      if ((flag & TRAILERS) != 0) {
        answer.readTrailers(new String(body, at, (int) length, StandardCharsets.UTF_8));
      } else {
        answer.message = java.util.Arrays.copyOfRange(body, at, at + (int) length);
      }
      at += (int) length;
    }
    return answer;
  }

  /** A message as the one frame of a request. */
  static byte[] frame(byte[] message) {
    byte[] frame = new byte[5 + message.length];
    frame[1] = (byte) (message.length >>> 24);
    frame[2] = (byte) (message.length >>> 16);
    frame[3] = (byte) (message.length >>> 8);
    frame[4] = (byte) message.length;
    System.arraycopy(message, 0, frame, 5, message.length);
    return frame;
  }

  static String percentDecode(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] raw = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < raw.length; i++) {
      int high = i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
      int low = i + 2 < raw.length ? Character.digit(raw[i + 2], 16) : -1;
      if (raw[i] == '%' && high >= 0 && low >= 0) {
        bytes.write(high << 4 | low);
        i += 2;
      } else {
        bytes.write(raw[i]);
      }
    }
    return new String(bytes.toByteArray(), StandardCharsets.UTF_8);
  }

  static int parseStatus(String text) {
    try {
      return Integer.parseInt(text.trim());
    } catch (NumberFormatException e) {
      return 2; // UNKNOWN
    }
  }

  private void readTrailers(String lines) {
    for (String line : lines.split("\r?\n")) {
      int colon = line.indexOf(':');
      if (colon < 0) {
        continue;
      }
      String name = line.substring(0, colon).trim();
      String value = line.substring(colon + 1).trim();
      if (name.equalsIgnoreCase("grpc-status")) {
        status = parseStatus(value);
      } else if (name.equalsIgnoreCase("grpc-message")) {
        statusMessage = percentDecode(value);
      }
    }
  }

  private static AgentException cut() {
    return new AgentException(AgentException.Kind.UNAVAILABLE, "the answer is cut off");
  }
}
