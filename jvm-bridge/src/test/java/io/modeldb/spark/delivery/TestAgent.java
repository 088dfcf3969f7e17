package io.modeldb.spark.delivery;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.modeldb.proto.v1.ArtifactFile;
import io.modeldb.proto.v1.Event;
import io.modeldb.proto.v1.PushRequest;
import io.modeldb.proto.v1.PushResponse;
import io.modeldb.proto.v1.PutArtifactRequest;
import io.modeldb.proto.v1.PutArtifactResponse;
import io.modeldb.proto.v1.SyncRequest;
import io.modeldb.proto.v1.SyncResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An agent that keeps the contract, unless it is told to misbehave. */
final class TestAgent implements AutoCloseable {
  /** What to do instead of answering well. */
  enum Manners {
    GOOD,
    /** HTTP 503. */
    BUSY,
    /** Takes the batch and hangs up before the answer. */
    LOSES_ACKS,
    /** Answers after ten seconds. */
    SLOW,
    /** INVALID_ARGUMENT, in the headers, for a batch with an event of run "bad". */
    REFUSES_BAD,
    /** FAILED_PRECONDITION, in the trailers; of an artifact's piece once. */
    GAP
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Event> events = new ArrayList<>();
  private final List<String> calls = new ArrayList<>();
  private final Map<ArtifactFile, ByteArrayOutputStream> artifact = new LinkedHashMap<>();
  private volatile Manners manners = Manners.GOOD;
  private long acked;

  TestAgent() throws IOException {
    this(0);
  }

  TestAgent(int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(threads);
    server.createContext("/modeldb.v1.Ingest/", this::handle);
    server.start();
  }

  URL url() throws IOException {
    return new URL("http://127.0.0.1:" + port());
  }

  int port() {
    return server.getAddress().getPort();
  }

  void behave(Manners newManners) {
    manners = newManners;
  }

  /** As of an agent that takes over from another. */
  synchronized void startAt(long seq) {
    acked = seq;
  }

  /** The run ids of the events that landed, which tests use to tell events apart. */
  synchronized List<String> landed() {
    List<String> out = new ArrayList<>();
    for (Event event : events) {
      out.add(event.getRunId());
    }
    return out;
  }

  synchronized List<String> calls() {
    return new ArrayList<>(calls);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange http) throws IOException {
    byte[] body = read(http.getRequestBody());
    byte[] message = Arrays.copyOfRange(body, 5, body.length);
    Manners now = manners;
    try {
      if (now == Manners.SLOW) {
        Thread.sleep(10_000);
      }
      if (now == Manners.BUSY) {
        http.sendResponseHeaders(503, -1);
      } else if (http.getRequestURI().getPath().endsWith("/PutArtifact")) {
        put(http, PutArtifactRequest.parseFrom(message), now);
      } else if (http.getRequestURI().getPath().endsWith("/Sync")) {
        SyncRequest.parseFrom(message);
        note("sync");
        answer(http, SyncResponse.newBuilder().setAckedSeq(ackedSeq()).build().toByteArray(), 0);
      } else {
        push(http, PushRequest.parseFrom(message), now);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      http.close();
    }
  }

  private void push(HttpExchange http, PushRequest request, Manners now) throws IOException {
    note("push " + request.getSeq());
    if (now == Manners.REFUSES_BAD && isBad(request)) {
      http.getResponseHeaders().set("grpc-status", "3");
      http.getResponseHeaders().set("grpc-message", "event 1: run%5Fid is \"bad\"");
      http.sendResponseHeaders(200, -1);
      return;
    }
    if (now == Manners.GAP || !take(request)) {
      answer(http, new byte[0], 9);
      return;
    }
    if (now == Manners.LOSES_ACKS) {
      http.close();
      return;
    }
    PushResponse response = PushResponse.newBuilder().setAckedSeq(ackedSeq()).build();
    answer(http, response.toByteArray(), 0);
  }

  private void put(HttpExchange http, PutArtifactRequest piece, Manners now) throws IOException {
    note("put " + piece.getFile() + " " + piece.getOffset());
    PutArtifactResponse.Builder out = PutArtifactResponse.newBuilder();
    synchronized (this) {
      if (piece.getFilesCount() > 0) {
        artifact.clear();
        for (ArtifactFile file : piece.getFilesList()) {
          artifact.put(file, new ByteArrayOutputStream());
        }
      }
      ArtifactFile file = artifact.keySet().stream().skip(piece.getFile()).findFirst().orElse(null);
      if (file == null || now == Manners.GAP) {
        manners = Manners.GOOD;
        artifact.clear();
        answer(http, new byte[0], 9);
        return;
      }
      piece.getContent().writeTo(artifact.get(file));
      out.setReceived(artifact.get(file).size());
      out.setComplete(
          artifact.entrySet().stream().allMatch(e -> e.getKey().getSize() == e.getValue().size()));
    }
    answer(http, out.build().toByteArray(), 0);
  }

  /** The files of the last artifact. */
  synchronized Map<ArtifactFile, ByteArrayOutputStream> artifact() {
    return artifact;
  }

  private static boolean isBad(PushRequest request) throws IOException {
    for (com.google.protobuf.ByteString event : request.getEventsList()) {
      if (Event.parseFrom(event).getRunId().equals("bad")) {
        return true;
      }
    }
    return false;
  }

  /** False when a batch is missing before it. */
  private synchronized boolean take(PushRequest request) throws IOException {
    if (request.getSeq() > acked + 1) {
      return false;
    }
    if (request.getSeq() == acked + 1) {
      acked++;
      for (com.google.protobuf.ByteString event : request.getEventsList()) {
        events.add(Event.parseFrom(event));
      }
    }
    return true;
  }

  private synchronized long ackedSeq() {
    return acked;
  }

  private synchronized void note(String call) {
    calls.add(call);
  }

  private static void answer(HttpExchange http, byte[] message, int status) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (status == 0) {
      out.write(GrpcWebAnswer.frame(message));
    }
    byte[] trailers =
        GrpcWebAnswer.frame(("grpc-status:" + status + "\r\n").getBytes(StandardCharsets.US_ASCII));
    trailers[0] = (byte) 0x80;
    out.write(trailers);
    http.getResponseHeaders().set("content-type", "application/grpc-web+proto");
    http.sendResponseHeaders(200, out.size());
    out.writeTo(http.getResponseBody());
  }

  private static byte[] read(InputStream in) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      out.write(buffer, 0, n);
    }
    return out.toByteArray();
  }
}
