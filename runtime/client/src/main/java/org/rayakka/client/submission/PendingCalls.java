package org.rayakka.client.submission;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.exception.PendingCallsLimitExceededException;
import org.rayakka.api.exception.RaySystemException;
import org.rayakka.api.id.ObjectId;

/// The unanswered calls of a handle to an actor that allows only so many. A call is answered when
/// its result is in the store, so counting costs no message; it holds the results until then, that
/// they are not deleted unseen.
///
/// Only before it refuses a call does it ask the node, at most every so often: a result may have
/// been written to disk meanwhile.
final class PendingCalls {
  private static final long ASK_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Object actor;
  private final int limit;
  private final ArrayDeque<ObjectRef<?>> calls = new ArrayDeque<>(); // guarded by this
  private int reserved; // guarded by this: calls that are being made
  private long askedAt = System.nanoTime() - ASK_INTERVAL_NANOS; // guarded by this

  /// No calls yet.
  ///
  /// @param actor for showing
  /// @param limit how many there may be
  PendingCalls(Object actor, int limit) {
    this.actor = actor;
    this.limit = limit;
  }

  /// Makes sure that one more call may be made; {@link #made} has to follow.
  ///
  /// @throws PendingCallsLimitExceededException if none may
  synchronized void reserve(Waiting waiting) {
    if (isFull()) {
      calls.removeIf(call -> waiting.isHere(call.getId()));
      if (isFull()) {
        ask(waiting);
      }
      if (isFull()) {
        throw new PendingCallsLimitExceededException(
            actor
                + ": "
                + (calls.size() + reserved)
                + " calls pending (expected: < "
                + limit
                + ", its maxPendingCalls)");
      }
    }
    reserved++;
  }

  private boolean isFull() {
    return calls.size() + reserved >= limit;
  }

  private void ask(Waiting waiting) {
    long now = System.nanoTime();
    if (now - askedAt < ASK_INTERVAL_NANOS) {
      return;
    }
    askedAt = now;
    List<ObjectId> ids = new ArrayList<>(calls.size());
    calls.forEach(call -> ids.add(call.getId()));
    try {
      Set<ObjectId> answered = new HashSet<>(waiting.existing(ids));
      calls.removeIf(call -> answered.contains(call.getId()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RaySystemException("interrupted while waiting for the node: " + e);
    }
  }

  /// Notes the call for which room was reserved.
  ///
  /// @param call its result, or null if it was not made
  synchronized void made(@Nullable ObjectRef<?> call) {
    reserved--;
    if (call != null) {
      calls.addLast(call);
    }
  }
}
