package org.rayakka.node.scheduling.local;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.objectstore.ObjectStore;
import org.rayakka.protocol.TaskSpec;

/// Tasks, or calls of an actor, by the arguments that they wait for.
///
/// @param <T> which of them
public final class ArgumentWaits<T extends ArgumentWaits.Waiter> {

  /// What may wait for arguments.
  public abstract static class Waiter {
    /// What was submitted.
    public final TaskSpec spec;

    int missing;

    /// Waits for nothing yet.
    ///
    /// @param spec what was submitted
    protected Waiter(TaskSpec spec) {
      this.spec = spec;
    }

    /// Whether it waits.
    ///
    /// @return true if an argument is missing
    public final boolean isHeld() {
      return missing > 0;
    }
  }

  private final Map<ObjectId, List<T>> byArgument = new HashMap<>();

  /// Nothing waits yet.
  public ArgumentWaits() {}

  /// Holds something until each of its arguments that is not in the store was {@link #take taken}.
  ///
  /// @param waiter what
  /// @param store where arguments are looked for
  /// @return the arguments among them that nothing waited for before
  public List<ObjectId> hold(T waiter, ObjectStore store) {
    List<ObjectId> unasked = List.of();
    for (ObjectId id : waiter.spec.references()) {
      if (store.contains(id)) {
        continue;
      }
      List<T> waiters = byArgument.get(id);
      if (waiters == null) {
        waiters = new ArrayList<>(1);
        byArgument.put(id, waiters);
        if (unasked.isEmpty()) {
          unasked = new ArrayList<>();
        }
        unasked.add(id);
      }
      waiters.add(waiter);
      waiter.missing++;
    }
    return unasked;
  }

  /// What waits for an argument.
  ///
  /// @param id the argument
  /// @return all of it; one that refers to it twice is there twice
  public List<T> of(ObjectId id) {
    return List.copyOf(byArgument.getOrDefault(id, List.of()));
  }

  /// Nothing has to wait for an argument any more.
  ///
  /// @param id the argument
  /// @return what waited for it and for nothing else
  public List<T> take(ObjectId id) {
    return take(id, all -> true);
  }

  /// Some need not wait for an argument any more.
  ///
  /// @param id the argument
  /// @param which whether one of them does not
  /// @return what waited for it and for nothing else
  public List<T> take(ObjectId id, Predicate<T> which) {
    List<T> waiters = byArgument.remove(id);
    if (waiters == null) {
      return List.of();
    }
    List<T> free = new ArrayList<>(waiters.size());
    List<T> left = new ArrayList<>(0);
    for (T waiter : waiters) {
      if (!which.test(waiter)) {
        left.add(waiter);
      } else {
        waiter.missing--;
        if (!waiter.isHeld()) {
          free.add(waiter);
        }
      }
    }
    if (!left.isEmpty()) {
      byArgument.put(id, left);
    }
    return free;
  }

  /// Something waits for its arguments no more: it is to end before its time.
  ///
  /// @param waiter what
  public void remove(T waiter) {
    if (!waiter.isHeld()) {
      return;
    }
    for (ObjectId id : waiter.spec.references()) {
      List<T> waiters = byArgument.get(id);
      if (waiters != null && waiters.remove(waiter) && waiters.isEmpty()) {
        byArgument.remove(id);
      }
    }
  }

  /// A job has ended.
  ///
  /// @param jobId which
  public void endJob(JobId jobId) {
    byArgument
        .values()
        .removeIf(waiters -> {
          waiters.removeIf(waiter -> waiter.spec.jobId().equals(jobId));
          return waiters.isEmpty();
        });
  }
}
