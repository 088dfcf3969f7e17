package io.modeldb.spark.delivery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class GrpcWebAnswerTest {
  @Test
  void readsAMessageAndItsTrailers() throws Exception {
    byte[] trailers = trailers("Grpc-Status: 8\r\ngrpc-message: caf%C3%A9 100%\r\n");
    byte[] message = GrpcWebAnswer.frame(new byte[] {1, 2, 3});
    byte[] body = new byte[message.length + trailers.length];
    System.arraycopy(message, 0, body, 0, message.length);
    System.arraycopy(trailers, 0, body, message.length, trailers.length);
    GrpcWebAnswer answer = GrpcWebAnswer.parse(body);
    assertArrayEquals(new byte[] {1, 2, 3}, answer.message);
    assertEquals(8, answer.status);
    assertEquals("café 100%", answer.statusMessage);
  }

  @Test
  void refusesWhatIsCutOff() {
    assertThrows(AgentException.class, () -> GrpcWebAnswer.parse(new byte[] {0, 0, 0}));
    assertThrows(AgentException.class, () -> GrpcWebAnswer.parse(new byte[] {0, 0, 0, 0, 9, 1}));
    byte[] huge = {0, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 1};
    assertThrows(AgentException.class, () -> GrpcWebAnswer.parse(huge));
  }

  private static byte[] trailers(String lines) {
    byte[] frame = GrpcWebAnswer.frame(lines.getBytes(StandardCharsets.US_ASCII));
    frame[0] = (byte) 0x80;
    return frame;
  }
}
