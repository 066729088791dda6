package org.rayakka.node.object;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.rayakka.api.id.ObjectId;
import org.rayakka.objectstore.EvictionListener;
import org.rayakka.objectstore.StoreNode;
import org.rayakka.objectstore.StoreUsage;
import org.rayakka.objectstore.StoredObject;
import org.rayakka.protocol.StandardTags;

/// The one thread that changes the object store on the node's behalf: slots of clients, deletion,
/// eviction, spilling and restoring. Spilling may take long, so it has a thread of its own, and the
/// event loop only sends it messages.
///
/// Objects that nobody needs are deleted as soon as that is known. So whatever is left when room is
/// short may still be asked for, and is spilled to disk, never dropped.
public final class StoreKeeper {

  /// What the keeper can be told.
  public sealed interface Command {}

  /// A client wants to map the store.
  ///
  /// @param pid its process id
  /// @param answer told its slot, or why there is none; called on the keeper's thread
  public record OpenSlot(long pid, Consumer<SlotOutcome> answer) implements Command {}

  /// A client is gone.
  ///
  /// @param slot its slot
  /// @param done called on the keeper's thread when nothing of it is left
  public record Sweep(int slot, Runnable done) implements Command {}

  /// Nobody needs these objects.
  ///
  /// @param ids which
  public record Delete(List<ObjectId> ids) implements Command {}

  /// Somebody found no room.
  ///
  /// @param bytes how much it needs
  /// @param answer told how much was made free; called on the keeper's thread
  public record MakeRoom(long bytes, Consumer<Long> answer) implements Command {}

  /// Somebody needs an object that may have been spilled.
  ///
  /// @param id which
  /// @param answer told whether it is in the store now; called on the keeper's thread
  public record Restore(ObjectId id, Consumer<Restored> answer) implements Command {}

  /// How full is the store, and of what?
  ///
  /// @param limit how many objects are told of, the largest
  /// @param answer told; called on the keeper's thread
  public record ListObjects(int limit, Consumer<Listed> answer) implements Command {}

  /// Answer to {@link ListObjects}.
  ///
  /// @param usage how full the store is
  /// @param objects the largest first
  public record Listed(StoreUsage usage, List<StoredObject> objects) {}

  /// Answer to {@link OpenSlot}.
  public sealed interface SlotOutcome {
    /// The client may attach.
    ///
    /// @param slot by this number
    record Opened(int slot) implements SlotOutcome {}

    /// It may not.
    ///
    /// @param reason for a person
    record NoSlot(String reason) implements SlotOutcome {}
  }

  /// Answer to {@link Restore}.
  ///
  /// @param id which object
  /// @param isHere whether it is in the store now
  /// @param bytesOnDisk its size, if it is on disk; else -1
  public record Restored(ObjectId id, boolean isHere, long bytesOnDisk) {
    /// The object is neither in the store nor on disk.
    static Restored nowhere(ObjectId id) {
      return new Restored(id, false, -1);
    }

    /// Whether it is not here because there is no room for it.
    public boolean isLeftOnDisk() {
      return !isHere && bytesOnDisk >= 0;
    }
  }

  /// Somebody waits for an object that cannot be had at present. An error is to stand in for it,
  /// for so long that whoever waits has seen it, and no longer: the next who asks may have more
  /// luck.
  ///
  /// @param id which
  /// @param error the bytes of an error object
  /// @param answer told when it stands there, or the object itself; called on the keeper's thread
  @SuppressWarnings("ArrayRecordComponent") // written as it is, never compared
  public record StandIn(ObjectId id, byte[] error, Runnable answer) implements Command {}

  private record StandDown(ObjectId id) implements Command {}

  /// Another attempt at what found no room.
  ///
  /// @param command a {@link MakeRoom}, {@link Restore} or {@link StandIn}
  /// @param attempt how many there were
  private record TryAgain(Command command, int attempt) implements Command {}

  private enum CollectDoomed implements Command {
    TICK
  }

  /// How often to look for room before somebody is told that there is none, with pauses that
  /// double: four seconds in all. Clients that were asked to let go of what they do not need take
  /// some milliseconds, or a second where heaps are large or the machine is busy.
  private static final int ATTEMPTS = 8;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(30);

  /// Readers of what is deleted mostly let go of it soon, with the next collection of their heap.
  /// After the last deletion it is looked for less and less often.
  private static final Duration FIRST_LOOK = Duration.ofMillis(50);

  private static final Duration LAST_LOOK = Duration.ofSeconds(2);

  /// Readers look for what they wait for five times a second, or later on a busy machine.
  private static final Duration STANDING = Duration.ofSeconds(2);

  /// Deleted objects that are looked at in one go.
  private static final int LOOKS = 1_000;

  private final ActorContext<Command> context;
  private final TimerScheduler<Command> timers;
  private final StoreNode store;
  private final StoreReaders readers;
  private Duration look = FIRST_LOOK;

  private StoreKeeper(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      StoreNode store,
      StoreReaders readers) {
    this.context = context;
    this.timers = timers;
    this.store = store;
    this.readers = readers;
  }

  /// Makes the keeper. It needs a thread of its own.
  ///
  /// @param store the node's store
  /// @param readers who may hold what they do not need
  /// @return its behaviour
  public static Behavior<Command> create(StoreNode store, StoreReaders readers) {
    return Behaviors.setup(context ->
        Behaviors.withTimers(timers -> {
          store.onEvict(new SpillAll(readers));
          return new StoreKeeper(context, timers, store, readers).running();
        }));
  }

  private Behavior<Command> running() {
    return Behaviors.receiveMessage(this::onCommand);
  }

  private Behavior<Command> onCommand(Command command) {
    carryOut(command, 1);
    return Behaviors.same();
  }

  private void carryOut(Command command, int attempt) {
    switch (command) {
      case OpenSlot(var pid, var answer) -> openSlot(pid, answer);
      case Sweep(var slot, var done) -> {
        store.sweep(slot);
        done.run();
      }
      case Delete(var ids) -> delete(ids);
      case CollectDoomed.TICK -> collectDoomed();
      case MakeRoom makeRoom -> makeRoom(makeRoom, attempt);
      case Restore restore -> restore(restore, attempt);
      case StandIn standIn -> standIn(standIn, attempt);
      case StandDown(var id) -> store.standDown(id);
      case ListObjects(var limit, var answer) ->
          answer.accept(new Listed(store.usage(), largest(limit)));
      case TryAgain(var again, var attempts) -> carryOut(again, attempts + 1);
    }
  }

  private void delete(List<ObjectId> ids) {
    long before = store.usedBytes() + store.spilledBytes();
    ids.forEach(store::delete);
    long after = store.usedBytes() + store.spilledBytes();
    readers.haveLetGo(Math.max(0, before - after)); // others may have put something meanwhile
    if (store.collectDoomed(2 * ids.size()) > 0
        && (look.compareTo(FIRST_LOOK) > 0 || !timers.isTimerActive(CollectDoomed.TICK))) {
      look = FIRST_LOOK;
      timers.startSingleTimer(CollectDoomed.TICK, CollectDoomed.TICK, look);
    }
  }

  private void collectDoomed() {
    if (store.collectDoomed(LOOKS) > 0) {
      Duration doubled = look.multipliedBy(2);
      look = doubled.compareTo(LAST_LOOK) > 0 ? LAST_LOOK : doubled;
      timers.startSingleTimer(CollectDoomed.TICK, CollectDoomed.TICK, look);
    }
  }

  /// Has another attempt made later, after the clients have let go of what they do not need.
  ///
  /// @return false if there were enough
  private boolean tryAgain(Command command, int attempt) {
    if (attempt == ATTEMPTS) {
      return false;
    }
    readers.letGo();
    timers.startSingleTimer(
        new Object(),
        new TryAgain(command, attempt),
        FIRST_PAUSE.multipliedBy(1L << (attempt - 1)));
    return true;
  }

  private void openSlot(long pid, Consumer<SlotOutcome> answer) {
    try {
      answer.accept(new SlotOutcome.Opened(store.openSlot(pid)));
    } catch (RuntimeException e) {
      context.getLog().warn("no store slot for pid={}", pid, e);
      answer.accept(new SlotOutcome.NoSlot(String.valueOf(e.getMessage())));
    }
  }

  private void makeRoom(MakeRoom request, int attempt) {
    long freed = 0;
    try {
      freed = store.makeRoom(request.bytes());
    } catch (RuntimeException e) {
      context.getLog().warn("making room for {} bytes failed", request.bytes(), e);
    }
    if (freed > 0 || !tryAgain(request, attempt)) {
      request.answer().accept(freed);
    }
  }

  private void restore(Restore request, int attempt) {
    boolean isHere = false;
    try {
      isHere = store.restore(request.id());
    } catch (UncheckedIOException e) {
      context.getLog().warn("{} cannot be read from disk: it is given up there", request.id(), e);
      store.delete(request.id());
    } catch (RuntimeException e) {
      context.getLog().warn("restoring {} failed", request.id(), e);
    }
    Restored outcome = new Restored(request.id(), isHere, store.bytesOnDisk(request.id()));
    if (!outcome.isLeftOnDisk() || !tryAgain(request, attempt)) {
      request.answer().accept(outcome);
    }
  }

  private void standIn(StandIn request, int attempt) {
    if (store.standIn(request.id(), StandardTags.PASSING_ERROR, request.error())) {
      StandDown end = new StandDown(request.id());
      timers.startSingleTimer(end, end, STANDING);
      request.answer().run();
    } else {
      // It needs some hundred bytes, and somebody waits: there is no giving up.
      tryAgain(request, Math.min(attempt, ATTEMPTS - 1));
    }
  }

  private List<StoredObject> largest(int limit) {
    Comparator<StoredObject> bySize = Comparator.comparingLong(StoredObject::sizeBytes);
    PriorityQueue<StoredObject> largest = new PriorityQueue<>(bySize);
    store.forEachObject(object -> {
      largest.add(object);
      if (largest.size() > limit) {
        largest.remove();
      }
    });
    return largest.stream().sorted(bySize.reversed()).toList();
  }

  /// Nothing is dropped. What takes the room may be what no program can reach any more: clients
  /// look for that while the first objects go to disk.
  ///
  /// @param readers who may hold what they do not need
  private record SpillAll(StoreReaders readers) implements EvictionListener {
    @Override
    public Decision decide(ObjectId id, long sizeBytes) {
      readers.letGoBeforeSpilling(sizeBytes);
      return Decision.SPILL;
    }
  }
}
