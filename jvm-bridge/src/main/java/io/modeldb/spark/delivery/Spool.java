package io.modeldb.spark.delivery;

import com.google.protobuf.CodedInputStream;
import io.modeldb.proto.v1.PushRequest;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * The batches of one producer that no agent took yet, in a file, oldest first.
 *
 * <p>Format of {@code <producer>.spool}: four bytes {@code MDBS}, the version as a big-endian
 * 32-bit integer (1), then PushRequest messages, each preceded by its length as a varint
 * (protobuf's delimited format), with numbers that rise by one. A writer that was killed may leave
 * a last message that is cut off: it counts as not there. A reader refuses a version it does not
 * know. Batches that were delivered since may still be in the file; agents drop what they have. The
 * file is locked as long as its program runs.
 */
final class Spool implements Closeable {
  static final byte[] MAGIC = "MDBS".getBytes(StandardCharsets.US_ASCII);
  static final int VERSION = 1;
  static final int HEADER = 8;

  private static final class Entry {
    final long seq;
    final long offset;
    final int length;

    Entry(long seq, long offset, int length) {
      this.seq = seq;
      this.offset = offset;
      this.length = length;
    }
  }

  private final SpoolDirectory directory;
  private final String name;
  private final Deque<Entry> waiting = new ArrayDeque<>();
  private Path path;
  private FileChannel channel;
  private long allowance;

  Spool(SpoolDirectory directory, String producer) {
    this.directory = directory;
    this.name = producer + ".spool";
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  int size() {
    return waiting.size();
  }

  Path path() {
    return path;
  }

  long firstSeq() {
    return waiting.getFirst().seq;
  }

  /** Adds a batch behind all others; false when the directory's limit does not allow it. */
  boolean append(PushRequest request) throws IOException {
    open();
    byte[] message = request.toByteArray();
    ByteBuffer record = ByteBuffer.allocate(message.length + 5);
    putVarint(record, message.length);
    int prefix = record.position();
    record.put(message).flip();
    long at = channel.size();
    if (at + record.remaining() > allowance) {
      return false;
    }
    try {
      writeFully(channel, record, at);
    } catch (IOException e) {
      channel.truncate(at);
      throw e;
    }
    waiting.addLast(new Entry(request.getSeq(), at + prefix, message.length));
    return true;
  }

  PushRequest first() throws IOException {
    return read(waiting.getFirst());
  }

  /** Forgets the first batch; the file goes with the last. */
  void removeFirst() throws IOException {
    waiting.removeFirst();
    if (waiting.isEmpty()) {
      close();
      Files.deleteIfExists(path);
    }
  }

  /**
   * Takes the first batch out because an agent refused it, and renumbers the others, which no agent
   * has seen, to close the gap. The file is replaced in one step: it is consistent at any time. One
   * batch at a time is in memory.
   */
  void refuseFirst() throws IOException {
    if (waiting.size() == 1) {
      removeFirst();
      return;
    }
    Path next = path.resolveSibling(name + ".new");
    Files.deleteIfExists(next);
    Deque<Entry> renumbered = new ArrayDeque<>();
    try (OutputStream out = new BufferedOutputStream(directory.create(next))) {
      out.write(header());
      long at = HEADER;
      for (Entry entry : waiting) {
        if (entry == waiting.getFirst()) {
          continue;
        }
        PushRequest request = read(entry).toBuilder().setSeq(entry.seq - 1).build();
        int length = request.getSerializedSize();
        int prefix = varintSize(length);
        request.writeDelimitedTo(out);
        renumbered.addLast(new Entry(request.getSeq(), at + prefix, length));
        at += prefix + length;
      }
    }
    close();
    Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    channel = locked(path);
    waiting.clear();
    waiting.addAll(renumbered);
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
      channel = null;
    }
  }

  /** Reads a whole spool file, as an agent's {@code ingest} does. */
  static List<PushRequest> readAll(Path file) throws IOException {
    List<PushRequest> requests = new ArrayList<>();
    try (InputStream in = Files.newInputStream(file)) {
      byte[] header = new byte[HEADER];
      CodedInputStream coded = CodedInputStream.newInstance(in);
      for (int i = 0; i < HEADER; i++) {
        header[i] = coded.readRawByte();
      }
      if (!Arrays.equals(header, header())) {
        throw new IOException(file + ": not a spool of version " + VERSION);
      }
      while (!coded.isAtEnd()) {
        requests.add(PushRequest.parseFrom(coded.readRawBytes(coded.readRawVarint32())));
      }
    } catch (com.google.protobuf.InvalidProtocolBufferException cutOff) {
      if (requests.isEmpty() && Files.size(file) < HEADER) {
        throw cutOff;
      }
    }
    return requests;
  }

  private void open() throws IOException {
    if (channel != null) {
      return;
    }
    path = directory.file(name);
    allowance = directory.allowance(path);
    try (OutputStream out = directory.create(path)) {
      out.write(header());
    }
    channel = locked(path);
  }

  /** So that nobody delivers, and removes, what is written still. */
  private static FileChannel locked(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      channel.tryLock();
    } catch (IOException | RuntimeException e) {
      // A file system without locks.
    }
    return channel;
  }

  private PushRequest read(Entry entry) throws IOException {
    channel.position(entry.offset);
    byte[] message = new byte[entry.length];
    ByteBuffer buffer = ByteBuffer.wrap(message);
    InputStream in = Channels.newInputStream(channel);
    while (buffer.hasRemaining()) {
      int n = in.read(message, buffer.position(), buffer.remaining());
      if (n < 0) {
        throw new IOException(path + ": shorter than what was written");
      }
      buffer.position(buffer.position() + n);
    }
    return PushRequest.parseFrom(message);
  }

  private static byte[] header() {
    return ByteBuffer.allocate(HEADER).put(MAGIC).putInt(VERSION).array();
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes, long at)
      throws IOException {
    long position = at;
    while (bytes.hasRemaining()) {
      position += channel.write(bytes, position);
    }
  }

  private static void putVarint(ByteBuffer to, int value) {
    int rest = value;
    while ((rest & ~0x7f) != 0) {
      to.put((byte) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    to.put((byte) rest);
  }

  private static int varintSize(int value) {
    int size = 1;
    for (int rest = value >>> 7; rest != 0; rest >>>= 7) {
      size++;
    }
    return size;
  }
}
