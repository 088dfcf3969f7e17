package io.modeldb.spark.delivery;

import io.modeldb.proto.v1.PushRequest;
import java.net.URL;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Tells the user what they need to know of delivery, each thing once: one line when the agent goes
 * away, one when it is back.
 */
final class DeliveryLog {
  private final String agent;
  private final Path spoolDir;
  private final Consumer<String> warn;
  private final Set<String> said = new HashSet<>();
  private boolean away;

  DeliveryLog(URL agent, Path spoolDir, Consumer<String> warn) {
    this.agent = agent.toString();
    this.spoolDir = spoolDir;
    this.warn = warn;
  }

  synchronized void unavailable(AgentException e) {
    if (!away && said.add("away")) {
      warn.accept(
          "no agent at "
              + agent
              + " takes events ("
              + e.getMessage()
              + "); they wait in memory, then in "
              + spoolDir
              + ". The job goes on as usual.");
    }
    away = true;
  }

  synchronized void answered() {
    if (away && said.add("back")) {
      warn.accept("the agent at " + agent + " answers again.");
    }
    away = false;
  }

  synchronized void refused(PushRequest batch, AgentException e) {
    once("refused", "the agent refused " + batch.getEventsCount() + " events: " + e.getMessage());
  }

  synchronized void lost(long from, long to) {
    once(
        "lost " + from,
        "the agent at "
            + agent
            + " has lost batches "
            + from
            + " to "
            + to
            + " that it had acked.");
  }

  synchronized void spooled(Path file) {
    once(
        "spooled",
        "undelivered events are in "
            + file
            + "; they are delivered when the agent is back while this program runs.");
  }

  synchronized void spoolFull(int events) {
    once(
        "spool full",
        "spark.modeldb.spool.max is reached; "
            + events
            + " events stay in memory, newer ones may be dropped.");
  }

  synchronized void spoolFailed(Exception e) {
    once("spool failed", "cannot spool undelivered events in " + spoolDir + ": " + e);
  }

  synchronized void internalError(Throwable t) {
    once("internal", "delivery failed inside, and goes on: " + t);
  }

  private void once(String what, String line) {
    if (said.size() < 64 && said.add(what)) {
      warn.accept(line);
    }
  }
}
