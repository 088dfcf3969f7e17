package io.modeldb.spark.delivery;

import com.google.protobuf.ByteString;
import io.modeldb.proto.v1.ArtifactFile;
import io.modeldb.proto.v1.Producer;
import io.modeldb.proto.v1.PutArtifactRequest;
import io.modeldb.proto.v1.PutArtifactResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Sends the files of a saved model to the agent, in pieces.
 *
 * <p>Each file is read twice: the digest of the whole, under which the agent keeps it, has to be
 * known before the first piece. What changes between the two is refused by the agent.
 */
public final class ArtifactUpload {
  private static final int MAX_FILES = 5000;
  private static final long MAX_BYTES = 4L << 30;
  private static final int PIECE = 1 << 20;

  /** The last answer comes when the whole is in the warehouse, which may be far away. */
  private static final int READ_MILLIS = 60_000;

  private static final int MAX_RESTARTS = 3;
  private static final int MAX_TRIES = 5;
  private static final long FIRST_PAUSE_MILLIS = 200;

  /** Where the files are. */
  public interface Source {
    /** The files, relative, with "/" between the parts; fails when there are more than that. */
    List<String> paths(int limit) throws IOException;

    InputStream open(String path) throws IOException;
  }

  /** What the warehouse has. */
  public static final class Receipt {
    public final long bytes;
    public final String sha256;

    Receipt(long bytes, String sha256) {
      this.bytes = bytes;
      this.sha256 = sha256;
    }
  }

  private final AgentClient client;
  private final Producer producer;

  ArtifactUpload(DeliverySettings settings, Producer producer) {
    this.client = new AgentClient(settings.agent, settings.connectMillis, READ_MILLIS);
    this.producer = producer;
  }

  /**
   * Returns when the warehouse has it all.
   *
   * @param giveUp asked before each piece
   */
  public Receipt send(Source source, BooleanSupplier giveUp)
      throws IOException, InterruptedException {
    List<ArtifactFile> files = new ArrayList<>();
    StringBuilder manifest = new StringBuilder();
    long bytes = 0;
    List<String> paths = new ArrayList<>(source.paths(MAX_FILES));
    Collections.sort(paths);
    for (String path : paths) {
      ArtifactFile file = describe(source, path, MAX_BYTES - bytes, giveUp);
      bytes += file.getSize();
      files.add(file);
      manifest.append(file.getSha256() + " " + file.getSize() + " " + path + "\n");
    }
    if (files.isEmpty()) {
      throw new IOException("nothing was saved there");
    }
    String sha256 = hex(digest().digest(manifest.toString().getBytes(StandardCharsets.UTF_8)));
    for (int restart = 0; ; restart++) {
      try {
        sendAll(source, sha256, files, giveUp);
        return new Receipt(bytes, sha256);
      } catch (AgentException e) {
        // The agent knows nothing of what was sent before.
        if (e.kind() != AgentException.Kind.GAP || restart == MAX_RESTARTS) {
          throw e;
        }
      }
    }
  }

  private void sendAll(
      Source source, String sha256, List<ArtifactFile> files, BooleanSupplier giveUp)
      throws IOException, InterruptedException {
    byte[] buffer = new byte[PIECE];
    for (int i = 0; i < files.size(); i++) {
      try (InputStream in = source.open(files.get(i).getPath())) {
        long offset = 0;
        do {
          int n = readFully(in, buffer, files.get(i).getSize() - offset);
          PutArtifactRequest.Builder piece =
              PutArtifactRequest.newBuilder()
                  .setProducer(producer)
                  .setSha256(sha256)
                  .setFile(i)
                  .setOffset(offset)
                  .setContent(ByteString.copyFrom(buffer, 0, n));
          if (i == 0 && offset == 0) {
            piece.addAllFiles(files);
          }
          if (put(piece.build(), giveUp).getComplete()) {
            return;
          }
          offset += n;
        } while (offset < files.get(i).getSize());
      }
    }
    throw new IOException("the agent has all pieces and is not content");
  }

  private PutArtifactResponse put(PutArtifactRequest piece, BooleanSupplier giveUp)
      throws IOException, InterruptedException {
    long pause = FIRST_PAUSE_MILLIS;
    for (int tries = 1; ; tries++) {
      check(giveUp);
      try {
        return client.putArtifact(piece);
      } catch (AgentException e) {
        boolean again =
            e.kind() == AgentException.Kind.UNAVAILABLE || e.kind() == AgentException.Kind.ABSENT;
        if (!again || tries == MAX_TRIES) {
          throw e;
        }
      }
      Thread.sleep(pause);
      pause *= 2;
    }
  }

  private static ArtifactFile describe(
      Source source, String path, long limit, BooleanSupplier giveUp) throws IOException {
    MessageDigest digest = digest();
    long size = 0;
    try (InputStream in = source.open(path)) {
      byte[] buffer = new byte[64 << 10];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        size += n;
        if (size > limit) {
          throw new IOException("more than " + MAX_BYTES + " bytes");
        }
        digest.update(buffer, 0, n);
        check(giveUp);
      }
    }
    return ArtifactFile.newBuilder()
        .setPath(path)
        .setSize(size)
        .setSha256(hex(digest.digest()))
        .build();
  }

  private static int readFully(InputStream in, byte[] buffer, long left) throws IOException {
    int wanted = (int) Math.min(buffer.length, left);
    int have = 0;
    while (have < wanted) {
      int n = in.read(buffer, have, wanted - have);
      if (n < 0) {
        throw new IOException("the file has become shorter");
      }
      have += n;
    }
    return have;
  }

  private static void check(BooleanSupplier giveUp) throws IOException {
    if (giveUp.getAsBoolean()) {
      throw new IOException("given up");
    }
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JRE has it
    }
  }

  private static String hex(byte[] bytes) {
    StringBuilder out = new StringBuilder();
    for (byte b : bytes) {
      out.append(Character.forDigit(b >> 4 & 0xf, 16)).append(Character.forDigit(b & 0xf, 16));
    }
    return out.toString();
  }
}
