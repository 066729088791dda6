package org.rayakka.node.object;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import java.util.List;
import java.util.function.Consumer;
import org.rayakka.api.id.ObjectId;
import org.rayakka.objectstore.EvictionListener;
import org.rayakka.objectstore.StoreNode;
import org.rayakka.objectstore.StoreUsage;

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
  /// @param replyTo told whether it is in the store now
  public record Restore(ObjectId id, ActorRef<Restored> replyTo) implements Command {}

  /// How full is the store?
  ///
  /// @param replyTo told
  public record GetUsage(ActorRef<StoreUsage> replyTo) implements Command {}

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
  public record Restored(ObjectId id, boolean isHere) {}

  private final ActorContext<Command> context;
  private final StoreNode store;

  private StoreKeeper(ActorContext<Command> context, StoreNode store) {
    this.context = context;
    this.store = store;
  }

  /// Makes the keeper. It needs a thread of its own.
  ///
  /// @param store the node's store
  /// @return its behaviour
  public static Behavior<Command> create(StoreNode store) {
    return Behaviors.setup(context -> {
      store.onEvict(new SpillAll());
      return new StoreKeeper(context, store).running();
    });
  }

  private Behavior<Command> running() {
    return Behaviors.receiveMessage(this::onCommand);
  }

  private Behavior<Command> onCommand(Command command) {
    switch (command) {
      case OpenSlot(var pid, var answer) -> openSlot(pid, answer);
      case Sweep(var slot, var done) -> {
        store.sweep(slot);
        done.run();
      }
      case Delete(var ids) -> ids.forEach(store::delete);
      case MakeRoom(var bytes, var answer) -> makeRoom(bytes, answer);
      case Restore(var id, var replyTo) -> restore(id, replyTo);
      case GetUsage(var replyTo) -> replyTo.tell(store.usage());
    }
    return Behaviors.same();
  }

  private void openSlot(long pid, Consumer<SlotOutcome> answer) {
    try {
      answer.accept(new SlotOutcome.Opened(store.openSlot(pid)));
    } catch (RuntimeException e) {
      context.getLog().warn("no store slot for pid={}", pid, e);
      answer.accept(new SlotOutcome.NoSlot(String.valueOf(e.getMessage())));
    }
  }

  private void makeRoom(long bytes, Consumer<Long> answer) {
    long freed = 0;
    try {
      freed = store.makeRoom(bytes);
    } catch (RuntimeException e) {
      context.getLog().warn("making room for {} bytes failed", bytes, e);
    }
    answer.accept(freed);
  }

  private void restore(ObjectId id, ActorRef<Restored> replyTo) {
    boolean isHere = false;
    try {
      isHere = store.restore(id);
    } catch (RuntimeException e) {
      context.getLog().warn("restoring {} failed", id, e);
    }
    replyTo.tell(new Restored(id, isHere));
  }

  private static final class SpillAll implements EvictionListener {
    @Override
    public Decision decide(ObjectId id, long sizeBytes) {
      return Decision.SPILL;
    }
  }
}
