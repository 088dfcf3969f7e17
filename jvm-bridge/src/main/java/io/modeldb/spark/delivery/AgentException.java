package io.modeldb.spark.delivery;

import java.io.IOException;

/** A call that the agent did not answer well, by what the caller must do. */
final class AgentException extends IOException {
  private static final long serialVersionUID = 1L;

  enum Kind {
    /** Nobody listens there: sure at once, not after a time-out. */
    ABSENT,
    /** No usable answer; the batch may or may not have arrived. Send it again later. */
    UNAVAILABLE,
    /** The agent misses a batch before this one. Ask what it has. */
    GAP,
    /** The batch can never be delivered. */
    REFUSED
  }

  private final Kind kind;

  AgentException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  AgentException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  Kind kind() {
    return kind;
  }

  /** By gRPC status code. */
  static AgentException ofStatus(int status, String message) {
    String text = "gRPC status " + status + (message.isEmpty() ? "" : ": " + message);
    switch (status) {
      case 3: // INVALID_ARGUMENT
      case 15: // DATA_LOSS: what was sent is not what its digest says
      case 11: // OUT_OF_RANGE: what tonic says of a message that is too large
        return new AgentException(Kind.REFUSED, text);
      case 9: // FAILED_PRECONDITION
        return new AgentException(Kind.GAP, text);
      default:
        return new AgentException(Kind.UNAVAILABLE, text);
    }
  }
}
