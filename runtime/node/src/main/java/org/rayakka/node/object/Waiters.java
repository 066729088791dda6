package org.rayakka.node.object;

import akka.actor.typed.ActorRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.node.object.ObjectManager.ObjectElsewhere;
import org.rayakka.node.object.ObjectManager.ObjectsReady;

/// Who on this node waits for objects: most for one that is readable here, some for one that is
/// readable here or of which it is known where it is. Belongs to the object manager.
final class Waiters {
  /// One who waits; `elsewhere` is null if it needs the object here.
  private record Waiter(
      ActorRef<ObjectsReady> ready, @Nullable ActorRef<ObjectElsewhere> elsewhere) {}

  private final Map<ObjectId, List<Waiter>> waiters = new HashMap<>();

  /// Someone needs an object here.
  void await(ObjectId id, ActorRef<ObjectsReady> ready) {
    add(id, new Waiter(ready, null));
  }

  /// Someone needs an object here, or wants to know where it is.
  void awaitOrLocate(
      ObjectId id, ActorRef<ObjectsReady> ready, ActorRef<ObjectElsewhere> elsewhere) {
    add(id, new Waiter(ready, elsewhere));
  }

  private void add(ObjectId id, Waiter waiter) {
    waiters.computeIfAbsent(id, none -> new ArrayList<>()).add(waiter);
  }

  boolean isEmpty() {
    return waiters.isEmpty();
  }

  /// Whether anybody waits for an object, in either way.
  boolean isAwaited(ObjectId id) {
    return waiters.containsKey(id);
  }

  /// Whether anybody needs it here.
  boolean isNeeded(ObjectId id) {
    return waiters.getOrDefault(id, List.of()).stream()
        .anyMatch(waiter -> waiter.elsewhere() == null);
  }

  /// It is readable here: tells everybody.
  void ready(ObjectId id) {
    List<Waiter> told = waiters.remove(id);
    if (told != null) {
      ObjectsReady message = new ObjectsReady(List.of(id));
      told.forEach(waiter -> waiter.ready().tell(message));
    }
  }

  /// It is known where it is: tells those who wanted to know. The others wait on.
  void isElsewhere(ObjectId id, long size, List<NodeId> holders) {
    List<Waiter> all = waiters.getOrDefault(id, List.of());
    for (Waiter waiter : all) {
      if (waiter.elsewhere() != null) {
        waiter.elsewhere().tell(new ObjectElsewhere(id, size, holders));
      }
    }
    forgetLocators(id);
  }

  /// From now on everybody who waits for it needs it here.
  void needHere(ObjectId id) {
    waiters.computeIfPresent(
        id,
        (same, all) ->
            new ArrayList<>(all.stream().map(waiter -> new Waiter(waiter.ready(), null)).toList()));
  }

  /// Nobody wants to know any longer where it is.
  void forgetLocators(ObjectId id) {
    waiters.computeIfPresent(
        id,
        (same, all) -> {
          all.removeIf(waiter -> waiter.elsewhere() != null);
          return all.isEmpty() ? null : all;
        });
  }
}
