package io.modeldb.spark.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.modeldb.proto.v1.PushRequest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
  @TempDir Path temp;

  @Test
  void isReadAsItWasWritten() throws Exception {
    Spool spool = spool(1 << 20);
    assertTrue(spool.append(batch(4, "a")));
    assertTrue(spool.append(batch(5, "b")));
    assertEquals(batch(4, "a"), spool.first());
    assertEquals(Arrays.asList(batch(4, "a"), batch(5, "b")), Spool.readAll(spool.path()));
    spool.removeFirst();
    assertEquals(batch(5, "b"), spool.first());
    spool.removeFirst();
    assertTrue(spool.isEmpty());
    assertFalse(Files.exists(spool.path()));
    assertTrue(spool.append(batch(6, "c")), "and can begin again");
    assertEquals(6, spool.firstSeq());
  }

  @Test
  void isLockedWhileItIsWritten() throws Exception {
    Spool spool = spool(1 << 20);
    spool.append(batch(1, "a"));
    spool.append(batch(2, "b"));
    spool.refuseFirst();
    try (FileChannel other = FileChannel.open(spool.path(), StandardOpenOption.WRITE)) {
      assertThrows(OverlappingFileLockException.class, other::tryLock);
      spool.close();
      assertTrue(other.tryLock().isValid());
    }
  }

  @Test
  void isPrivate() throws Exception {
    Spool spool = spool(1 << 20);
    spool.append(batch(1, "a"));
    assertEquals("rw-------", permissions(spool.path()));
    assertEquals("rwx------", permissions(spool.path().getParent()));
    assertEquals(
        "MDBS", new String(Arrays.copyOf(Files.readAllBytes(spool.path()), 4), "US-ASCII"));
  }

  @Test
  void keepsTheLimitTogetherWithOtherSpools() throws Exception {
    Spool first = new Spool(new SpoolDirectory(temp.resolve("d"), false, 100), "first");
    assertTrue(first.append(batch(1, "a")));
    Spool second = new Spool(new SpoolDirectory(temp.resolve("d"), false, 100), "second");
    List<Boolean> taken = new ArrayList<>();
    for (int i = 1; i < 20; i++) {
      taken.add(second.append(batch(i, "b")));
    }
    assertTrue(taken.contains(true) && taken.contains(false), taken.toString());
    assertTrue(Files.size(first.path()) + Files.size(second.path()) <= 100);
  }

  @Test
  void closesTheGapOfARefusedBatch() throws Exception {
    Spool spool = spool(1 << 20);
    for (int i = 3; i < 6; i++) {
      spool.append(batch(i, "b" + i));
    }
    spool.refuseFirst();
    assertEquals(batch(3, "b4"), spool.first());
    assertEquals(Arrays.asList(batch(3, "b4"), batch(4, "b5")), Spool.readAll(spool.path()));
    assertEquals("rw-------", permissions(spool.path()));
    spool.append(batch(5, "b6"));
    spool.removeFirst();
    spool.removeFirst();
    assertEquals(batch(5, "b6"), spool.first());
  }

  @Test
  void aTornEndCountsAsNotThere() throws Exception {
    Spool spool = spool(1 << 20);
    spool.append(batch(1, "a"));
    spool.append(batch(2, "b"));
    byte[] bytes = Files.readAllBytes(spool.path());
    Path torn = temp.resolve("torn");
    Files.write(torn, Arrays.copyOf(bytes, bytes.length - 2));
    assertEquals(Arrays.asList(batch(1, "a")), Spool.readAll(torn));
  }

  @Test
  void refusesAnotherVersion() throws Exception {
    Path other = temp.resolve("other");
    Files.write(other, new byte[] {'M', 'D', 'B', 'S', 0, 0, 0, 9});
    assertThrows(IOException.class, () -> Spool.readAll(other));
  }

  private Spool spool(long max) {
    return new Spool(new SpoolDirectory(temp.resolve("spool"), true, max), "producer");
  }

  private static PushRequest batch(long seq, String event) {
    return PushRequest.newBuilder().setSeq(seq).addEvents(ByteString.copyFromUtf8(event)).build();
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
