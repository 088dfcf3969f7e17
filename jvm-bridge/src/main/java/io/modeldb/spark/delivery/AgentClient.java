package io.modeldb.spark.delivery;

import io.modeldb.proto.v1.PushRequest;
import io.modeldb.proto.v1.PushResponse;
import io.modeldb.proto.v1.PutArtifactRequest;
import io.modeldb.proto.v1.PutArtifactResponse;
import io.modeldb.proto.v1.SyncRequest;
import io.modeldb.proto.v1.SyncResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.Proxy;
import java.net.URL;
import java.net.UnknownHostException;

/**
 * Calls an agent's Ingest service: unary gRPC-Web over the JDK's own HTTP/1.1 client, because a
 * gRPC library on Spark's class path would cost megabytes and relocations.
 */
final class AgentClient {
  private static final int MAX_ANSWER = 1 << 20;
  private static final String SERVICE = "/modeldb.v1.Ingest/";

  private final String base;
  private final boolean loopback;
  private final int connectMillis;
  private final int readMillis;

  AgentClient(URL agent, int connectMillis, int readMillis) {
    String text = agent.toString();
    this.base = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    this.loopback = isLoopback(agent.getHost());
    this.connectMillis = connectMillis;
    this.readMillis = readMillis;
  }

  PushResponse push(PushRequest request) throws AgentException {
    byte[] answer = call("Push", request.toByteArray());
    try {
      return PushResponse.parseFrom(answer);
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  SyncResponse sync(SyncRequest request) throws AgentException {
    byte[] answer = call("Sync", request.toByteArray());
    try {
      return SyncResponse.parseFrom(answer);
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  PutArtifactResponse putArtifact(PutArtifactRequest request) throws AgentException {
    byte[] answer = call("PutArtifact", request.toByteArray());
    try {
      return PutArtifactResponse.parseFrom(answer);
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private byte[] call(String method, byte[] message) throws AgentException {
    HttpURLConnection http = null;
    try {
      URL url = new URL(base + SERVICE + method);
      // A proxy from the JVM's properties must not get between a driver and its sidecar.
      http =
          (HttpURLConnection)
              (loopback ? url.openConnection(Proxy.NO_PROXY) : url.openConnection());
      return exchange(http, GrpcWebAnswer.frame(message));
    } catch (AgentException e) {
      throw e;
    } catch (ConnectException | UnknownHostException | NoRouteToHostException e) {
      throw new AgentException(AgentException.Kind.ABSENT, describe(e), e);
    } catch (IOException | RuntimeException e) {
      if (http != null) {
        http.disconnect();
      }
      throw new AgentException(AgentException.Kind.UNAVAILABLE, describe(e), e);
    }
  }

  private byte[] exchange(HttpURLConnection http, byte[] frame) throws IOException {
    http.setRequestMethod("POST");
    http.setConnectTimeout(connectMillis);
    http.setReadTimeout(readMillis);
    http.setUseCaches(false);
    http.setInstanceFollowRedirects(false);
    http.setDoOutput(true);
    http.setRequestProperty("Content-Type", "application/grpc-web+proto");
    http.setRequestProperty("Accept", "application/grpc-web+proto");
    http.setRequestProperty("X-Grpc-Web", "1");
    // Without it the JDK repeats a POST by itself when a kept connection turns out to be dead.
    http.setFixedLengthStreamingMode(frame.length);
    try (OutputStream out = http.getOutputStream()) {
      out.write(frame);
    }
    int code = http.getResponseCode();
    byte[] body = drain(code < 400 ? http.getInputStream() : http.getErrorStream());
    String status = http.getHeaderField("grpc-status");
    if (status != null && GrpcWebAnswer.parseStatus(status) != 0) {
      String text = http.getHeaderField("grpc-message");
      throw AgentException.ofStatus(
          GrpcWebAnswer.parseStatus(status), text == null ? "" : GrpcWebAnswer.percentDecode(text));
    }
    if (code != 200) {
      throw new AgentException(AgentException.Kind.UNAVAILABLE, "HTTP status " + code);
    }
    GrpcWebAnswer answer = GrpcWebAnswer.parse(body);
    if (answer.status > 0) {
      throw AgentException.ofStatus(answer.status, answer.statusMessage);
    }
    if (answer.message == null || (answer.status < 0 && status == null)) {
      throw new AgentException(AgentException.Kind.UNAVAILABLE, "the answer is no gRPC-Web answer");
    }
    return answer.message;
  }

  /** Reads to the end, so that the JDK keeps the connection for the next call. */
  private static byte[] drain(InputStream in) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    if (in == null) {
      return body.toByteArray();
    }
    try (InputStream stream = in) {
      byte[] buffer = new byte[8192];
      int n;
      while ((n = stream.read(buffer)) >= 0) {
        if (body.size() + n > MAX_ANSWER) {
          throw new IOException("the answer is larger than " + MAX_ANSWER + " bytes");
        }
        body.write(buffer, 0, n);
      }
    }
    return body.toByteArray();
  }

  private static boolean isLoopback(String host) {
    if (host.equalsIgnoreCase("localhost")) {
      return true;
    }
    try {
      // Only literal addresses, which need no look-up.
      boolean literal = host.startsWith("[") || host.matches("[0-9.]+");
      return literal && InetAddress.getByName(host).isLoopbackAddress();
    } catch (IOException e) {
      return false;
    }
  }

  private static AgentException unusable(IOException e) {
    return new AgentException(AgentException.Kind.UNAVAILABLE, describe(e), e);
  }

  private static String describe(Throwable e) {
    return e.getMessage() == null ? e.getClass().getName() : e.getMessage();
  }
}
