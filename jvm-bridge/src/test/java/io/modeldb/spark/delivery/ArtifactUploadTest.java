package io.modeldb.spark.delivery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.modeldb.proto.v1.ArtifactFile;
import io.modeldb.proto.v1.Producer;
import io.modeldb.spark.delivery.ArtifactUpload.Receipt;
import io.modeldb.spark.delivery.TestAgent.Manners;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ArtifactUploadTest {
  private static final byte[] LARGE = new byte[(2 << 20) + 17];

  static {
    new Random(1).nextBytes(LARGE);
  }

  /** Files in memory, listed in no useful order. */
  private static final class Files implements ArtifactUpload.Source {
    final Map<String, byte[]> files = new LinkedHashMap<>();

    Files() {
      files.put("metadata/part-0", "{}".getBytes(StandardCharsets.UTF_8));
      files.put("data/part-0", LARGE);
      files.put("data/_SUCCESS", new byte[0]);
    }

    @Override
    public List<String> paths(int limit) {
      return new ArrayList<>(files.keySet());
    }

    @Override
    public InputStream open(String path) {
      return new ByteArrayInputStream(files.get(path));
    }
  }

  @TempDir Path directory;
  private final Files files = new Files();

  @Test
  void sendsEachFileInPiecesUnderTheDigestOfAll() throws Exception {
    try (TestAgent agent = new TestAgent()) {
      Receipt receipt = upload(agent).send(files, () -> false);
      assertEquals(
          Arrays.asList("put 0 0", "put 1 0", "put 1 1048576", "put 1 2097152", "put 2 0"),
          agent.calls());
      checkArrived(agent);
      StringBuilder manifest = new StringBuilder();
      for (String path : Arrays.asList("data/_SUCCESS", "data/part-0", "metadata/part-0")) {
        byte[] content = files.files.get(path);
        manifest.append(sha256(content) + " " + content.length + " " + path + "\n");
      }
      assertEquals(sha256(manifest.toString().getBytes(StandardCharsets.UTF_8)), receipt.sha256);
      assertEquals(LARGE.length + 2, receipt.bytes);
    }
  }

  @Test
  void anAgentThatForgotIsToldFromTheBeginning() throws Exception {
    try (TestAgent agent = new TestAgent()) {
      agent.behave(Manners.GAP);
      upload(agent).send(files, () -> false);
      assertEquals("put 0 0", agent.calls().get(1));
      checkArrived(agent);
    }
  }

  @Test
  void anAgentThatIsBusyIsAskedAgain() throws Exception {
    try (TestAgent agent = new TestAgent()) {
      agent.behave(Manners.BUSY);
      Thread recovery =
          new Thread(
              () -> {
                try {
                  Thread.sleep(300);
                } catch (InterruptedException e) {
                  return;
                }
                agent.behave(Manners.GOOD);
              });
      recovery.start();
      upload(agent).send(files, () -> false);
      recovery.join();
      checkArrived(agent);
    }
  }

  @Test
  void givesUpWhenTold() throws Exception {
    try (TestAgent agent = new TestAgent()) {
      int[] asked = {0};
      assertThrows(IOException.class, () -> upload(agent).send(files, () -> asked[0]++ > 3));
      assertTrue(agent.calls().size() < 5);
    }
  }

  @Test
  void nothingIsNoArtifact() throws Exception {
    files.files.clear();
    try (TestAgent agent = new TestAgent()) {
      assertThrows(IOException.class, () -> upload(agent).send(files, () -> false));
    }
  }

  private ArtifactUpload upload(TestAgent agent) throws IOException {
    DeliverySettings settings = new DeliverySettings(agent.url(), directory, false, 1 << 20);
    return new ArtifactUpload(settings, Producer.newBuilder().setId("producer-1").build());
  }

  private void checkArrived(TestAgent agent) throws Exception {
    assertEquals(3, agent.artifact().size());
    for (Map.Entry<ArtifactFile, ByteArrayOutputStream> file : agent.artifact().entrySet()) {
      byte[] content = file.getValue().toByteArray();
      assertArrayEquals(files.files.get(file.getKey().getPath()), content);
      assertEquals(sha256(content), file.getKey().getSha256());
    }
  }

  private static String sha256(byte[] content) throws Exception {
    StringBuilder out = new StringBuilder();
    for (byte b : MessageDigest.getInstance("SHA-256").digest(content)) {
      out.append(String.format("%02x", b));
    }
    return out.toString();
  }
}
