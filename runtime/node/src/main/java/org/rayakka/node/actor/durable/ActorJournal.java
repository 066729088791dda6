package org.rayakka.node.actor.durable;

import akka.actor.AbstractActor;
import akka.actor.Props;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Adapter;
import akka.persistence.AbstractPersistentActor;
import akka.persistence.Recovery;
import akka.persistence.RecoveryCompleted;
import akka.persistence.SaveSnapshotFailure;
import akka.persistence.SaveSnapshotSuccess;
import akka.persistence.SnapshotOffer;
import akka.persistence.SnapshotSelectionCriteria;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.ActorId;

/// The journal of one durable actor: what was called since its state was saved, and that state.
/// Stops when it cannot write or read; who watches it opens it again.
///
/// It is an actor of Akka's classic persistence, because Akka's typed one saves its own state at
/// its own time, while this state is in another process and comes when that has run what was
/// called.
@SuppressWarnings("ArrayRecordComponent") // handed on as they are, never compared
public final class ActorJournal extends AbstractPersistentActor {

  /// What a journal can be told.
  public sealed interface Command {}

  /// Write these behind what is there, all or none.
  ///
  /// @param entries of {@link JournalEntry}
  /// @param isAnswered whether {@link Event.Appended} answers
  public record Append(List<byte[]> entries, boolean isAnswered) implements Command {
    /// Copies its list.
    public Append {
      entries = List.copyOf(entries);
    }
  }

  /// Keep this state in the place of all that was written before.
  ///
  /// @param state of {@link SavedState}
  public record SaveState(byte[] state) implements Command {}

  /// Stop, behind all that was told before.
  public record Close() implements Command {}

  /// What its owner is told.
  public sealed interface Event {
    /// What stood in the journal when it was opened; the first event.
    ///
    /// @param state that was saved last, or null
    /// @param entries written since
    record Opened(byte @Nullable [] state, List<byte[]> entries) implements Event {
      /// Copies its list.
      public Opened {
        entries = List.copyOf(entries);
      }
    }

    /// The oldest {@link Append} that is to be answered is done.
    record Appended() implements Event {}

    /// The state is kept.
    record StateSaved() implements Event {}

    /// The state is not kept; all stands as before.
    ///
    /// @param reason for a person
    record StateNotSaved(String reason) implements Event {}
  }

  private static final String EVENT_LOOP = "ray.node.loop-dispatcher";

  private final ActorId actorId;
  private final ActorRef<Event> owner;
  private byte @Nullable [] state;
  private List<byte[]> entries = new ArrayList<>();

  private ActorJournal(ActorId actorId, ActorRef<Event> owner) {
    this.actorId = actorId;
    this.owner = owner;
  }

  /// Opens a journal. It runs on the event loop.
  ///
  /// @param context whose child it becomes
  /// @param actorId whose journal it is
  /// @param owner told what becomes of it
  /// @return the journal
  public static ActorRef<Command> open(
      akka.actor.typed.javadsl.ActorContext<?> context, ActorId actorId, ActorRef<Event> owner) {
    return Adapter.toTyped(
        Adapter.actorOf(
            context,
            Props.create(ActorJournal.class, () -> new ActorJournal(actorId, owner))
                .withDispatcher(EVENT_LOOP)));
  }

  /// Removes what is left of a journal.
  ///
  /// @param context whose child does it
  /// @param actorId whose journal it is
  public static void erase(akka.actor.typed.javadsl.ActorContext<?> context, ActorId actorId) {
    Adapter.actorOf(
        context, Props.create(Eraser.class, () -> new Eraser(actorId)).withDispatcher(EVENT_LOOP));
  }

  static String persistenceId(ActorId actorId) {
    return "ray-actor-" + actorId.hex();
  }

  @Override
  public String persistenceId() {
    return persistenceId(actorId);
  }

  @Override
  public AbstractActor.Receive createReceiveRecover() {
    return receiveBuilder()
        .match(SnapshotOffer.class, offer -> state = (byte[]) offer.snapshot())
        .match(byte[].class, entry -> entries.add(entry))
        .match(
            RecoveryCompleted.class,
            completed -> {
              owner.tell(new Event.Opened(state, entries));
              state = null;
              entries = new ArrayList<>(0);
            })
        .build();
  }

  @Override
  public AbstractActor.Receive createReceive() {
    return receiveBuilder()
        .match(Append.class, this::append)
        .match(SaveState.class, save -> saveSnapshot(save.state()))
        .match(
            SaveSnapshotSuccess.class,
            saved -> {
              // What a deletion leaves because it fails, the next one takes along.
              long number = saved.metadata().sequenceNr();
              deleteMessages(number);
              deleteSnapshots(SnapshotSelectionCriteria.create(number - 1, Long.MAX_VALUE));
              owner.tell(new Event.StateSaved());
            })
        .match(
            SaveSnapshotFailure.class,
            failed -> owner.tell(new Event.StateNotSaved(failed.cause().toString())))
        .match(Close.class, close -> getContext().stop(getSelf()))
        .build();
  }

  private void append(Append append) {
    int[] left = {append.entries().size()};
    persistAll(
        append.entries(),
        entry -> {
          left[0]--;
          if (left[0] == 0 && append.isAnswered()) {
            owner.tell(new Event.Appended());
          }
        });
  }

  /// Reads nothing, deletes everything, and stops.
  private static final class Eraser extends AbstractPersistentActor {
    private final ActorId actorId;

    Eraser(ActorId actorId) {
      this.actorId = actorId;
    }

    @Override
    public String persistenceId() {
      return ActorJournal.persistenceId(actorId);
    }

    @Override
    public Recovery recovery() {
      return Recovery.none();
    }

    @Override
    public AbstractActor.Receive createReceiveRecover() {
      return receiveBuilder()
          .match(
              RecoveryCompleted.class,
              completed -> {
                deleteMessages(Long.MAX_VALUE);
                deleteSnapshots(SnapshotSelectionCriteria.latest());
                getContext().stop(getSelf());
              })
          .build();
    }

    @Override
    public AbstractActor.Receive createReceive() {
      return receiveBuilder().build();
    }
  }
}
