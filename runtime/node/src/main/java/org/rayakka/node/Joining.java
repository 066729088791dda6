package org.rayakka.node;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.rayakka.node.control.ControlState;
import org.rayakka.node.control.NodeRow;

/// Finds out, before a node's actors start, through whom it joins its cluster. Blocks the thread
/// that starts the node.
final class Joining {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

  /// Three signs of life that did not come.
  private static final int LOOKS_IN_DOUBT = 16;

  private Joining() {}

  /// Looks into the node table until the decision is made.
  ///
  /// @return the addresses of the heads' actor systems
  /// @throws IOException if the address is taken, or no head shows up in time
  static List<String> seeds(ControlState control, NodeSettings settings) throws IOException {
    JoinPolicy policy = new JoinPolicy(settings.address(), LOOKS_IN_DOUBT);
    long deadline = System.nanoTime() + settings.membership().joinTimeout().toNanos();
    while (true) {
      switch (policy.onLook(candidates(control))) {
        case JoinPolicy.Decision.Join(var heads) -> {
          List<String> given = settings.membership().seedNodes();
          return given.isEmpty()
              ? heads
              : given.stream().map(seed -> "akka://" + Node.SYSTEM + "@" + seed).toList();
        }
        case JoinPolicy.Decision.Taken(var by) ->
            throw new IOException(
                "node address: %s is that of a live node, %s (expected: one of its own; set ray.node.ip-address)"
                    .formatted(settings.address(), by.address()));
        case JoinPolicy.Decision.Wait why -> {
          if (System.nanoTime() - deadline >= 0) {
            throw new IOException(
                "the cluster at %s: %s after ray.cluster.join-timeout, %s (expected: a head that lives)"
                    .formatted(
                        settings.redis().shards().getFirst(),
                        why,
                        settings.membership().joinTimeout()));
          }
        }
      }
      LockSupport.parkNanos(BETWEEN_LOOKS.toNanos()); // the table sends no signal of a silence
      if (Thread.currentThread().isInterrupted()) {
        throw new IOException("interrupted while the node joins");
      }
    }
  }

  private static List<JoinPolicy.Candidate> candidates(ControlState control) throws IOException {
    try {
      return control.nodes().list().toCompletableFuture().join().stream()
          .filter(NodeRow::isAlive)
          .map(row ->
              new JoinPolicy.Candidate(
                  row.host(), row.address(), row.isHead(), row.heartbeatMillis()))
          .toList();
    } catch (CompletionException e) {
      throw new IOException("the node table: " + e.getCause(), e);
    }
  }
}
