package org.rayakka.node.actor;

import akka.actor.typed.ActorRef;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.ActorContext;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.node.actor.RayActor.Pending;
import org.rayakka.node.actor.durable.ActorJournal;
import org.rayakka.node.actor.durable.CallSpecs;
import org.rayakka.node.actor.durable.JournalEntry;
import org.rayakka.node.actor.durable.SavedState;
import org.rayakka.node.worker.FunctionRegistry;
import org.rayakka.objectstore.ObjectStore;
import org.rayakka.objectstore.SealedObject;
import org.rayakka.protocol.TaskSpec;

/// What a durable actor knows of its journal: whether it is open, what it held when it was opened,
/// what is being written, and when the actor's state is to be saved next. Belongs to its {@link
/// RayActor}.
///
/// A call is written before it runs; one write at a time, so what comes meanwhile goes together.
/// For a snapshot the actor runs all that was written, and writes nothing until the state is kept:
/// so the state is exactly that after the last entry.
final class Durability {
  private final ActorContext<?> context;
  private final TaskSpec creation;
  private final ObjectStore store;
  private final FunctionRegistry functions;
  private final ActorRef<ActorJournal.Event> events;

  private final Executor copier;

  private ActorRef<ActorJournal.Command> journal;
  private boolean isOpen;
  private boolean isClosing;
  private @Nullable SavedState state;

  /// Functions that entries since the last snapshot have described.
  private final Set<FunctionId> described = new HashSet<>();

  /// Calls since the last snapshot that are not to be run again: known here too, because the
  /// journal may not have taken it.
  private final Set<TaskId> dropped = new LinkedHashSet<>();

  private List<Pending> writing = List.of();
  private int sinceSnapshot;
  private @Nullable TaskId saving;
  private @Nullable TaskId restoring;

  private Durability(
      ActorContext<?> context,
      TaskSpec creation,
      ObjectStore store,
      FunctionRegistry functions,
      ActorRef<ActorJournal.Event> events) {
    this.context = context;
    this.creation = creation;
    this.store = store;
    this.functions = functions;
    this.events = events;
    copier = context.getSystem().dispatchers().lookup(DispatcherSelector.blocking());
    journal = ActorJournal.open(context, creation.actorId(), events);
  }

  /// Begins to open the journal of an actor.
  ///
  /// @param context the actor's
  /// @param creation the task that creates it
  /// @param store where the values of references are
  /// @param functions described in the journal, learnt from it
  /// @param events takes what the journal tells
  /// @return the journal's facts
  static Durability open(
      ActorContext<?> context,
      TaskSpec creation,
      ObjectStore store,
      FunctionRegistry functions,
      ActorRef<ActorJournal.Event> events) {
    return new Durability(context, creation, store, functions, events);
  }

  ActorRef<ActorJournal.Command> journal() {
    return journal;
  }

  /// Opens the journal anew, when the old one has stopped.
  void reopen() {
    isClosing = false;
    isOpen = false;
    writing = List.of();
    journal = ActorJournal.open(context, creation.actorId(), events);
  }

  /// Has the journal stop, behind what is under way. Until it is open again nothing is written.
  ///
  /// @return the object of a snapshot that was under way and will not be looked at, or null
  @Nullable ObjectId close() {
    isOpen = false;
    isClosing = true;
    TaskId under = saving;
    saving = null;
    restoring = null;
    journal.tell(new ActorJournal.Close());
    return under == null ? null : ObjectId.ofReturn(under, 1);
  }

  /// Whether it was told to stop, and is not open again.
  boolean isClosing() {
    return isClosing;
  }

  boolean isOpen() {
    return isOpen;
  }

  /// The journal is open.
  ///
  /// @return the calls since the last snapshot, in order
  Map<TaskId, TaskSpec> opened(ActorJournal.Event.Opened opened) {
    isOpen = true;
    byte[] saved = opened.state();
    state = saved == null ? null : SavedState.decode(saved);
    described.clear();
    Map<TaskId, TaskSpec> calls = new LinkedHashMap<>();
    for (byte[] entry : opened.entries()) {
      switch (JournalEntry.decode(entry)) {
        case JournalEntry.Called(var spec, var function) -> {
          calls.put(spec.taskId(), spec);
          if (function != null) {
            functions.add(spec.functionId(), function);
            described.add(spec.functionId());
          }
        }
        case JournalEntry.Dropped(var call) -> calls.remove(call);
      }
    }
    for (TaskId call : dropped) {
      if (calls.remove(call) != null) {
        appendDropped(call);
      }
    }
    sinceSnapshot = calls.size();
    return calls;
  }

  // What is written

  /// Whether calls may be written now.
  boolean isWritable() {
    return isOpen && writing.isEmpty() && saving == null && !isSnapshotDue();
  }

  /// How many calls may be written before the next snapshot.
  int room() {
    return creation.callsPerSnapshot() - sinceSnapshot;
  }

  /// Writes calls. {@link #written} is called for the answer.
  ///
  /// @param calls as the actor knows them
  /// @param specs the same, without references
  void write(List<Pending> calls, List<TaskSpec> specs) {
    writing = List.copyOf(calls);
    sinceSnapshot += calls.size();
    List<byte[]> entries = new ArrayList<>(specs.size());
    for (TaskSpec spec : specs) {
      FunctionRegistry.Function function =
          described.add(spec.functionId()) ? functions.find(spec.functionId()) : null;
      entries.add(new JournalEntry.Called(spec, function).encode());
    }
    journal.tell(new ActorJournal.Append(entries, true));
  }

  /// The calls that have been written.
  List<Pending> written() {
    List<Pending> done = writing;
    writing = List.of();
    return done;
  }

  /// Writes that a call is not to be run again.
  void drop(TaskId call) {
    dropped.add(call);
    if (isOpen) {
      appendDropped(call);
    }
  }

  private void appendDropped(TaskId call) {
    journal.tell(new ActorJournal.Append(List.of(new JournalEntry.Dropped(call).encode()), false));
  }

  // The state

  /// The call that gives the actor's object back, or null if none was saved.
  @Nullable TaskSpec restoration() {
    SavedState saved = state;
    if (saved == null) {
      return null;
    }
    state = null;
    TaskId id = newId();
    restoring = id;
    return CallSpecs.restore(creation, id, saved);
  }

  boolean isRestoration(TaskId taskId) {
    return taskId.equals(restoring);
  }

  boolean isSnapshotDue() {
    return sinceSnapshot >= creation.callsPerSnapshot();
  }

  boolean isSaving() {
    return saving != null;
  }

  /// The call whose return is the actor's object.
  TaskSpec snapshot() {
    TaskId id = newId();
    saving = id;
    return CallSpecs.save(creation, id);
  }

  boolean isSnapshot(TaskId taskId) {
    return taskId.equals(saving);
  }

  /// The worker has sealed the actor's object: has it kept.
  ///
  /// @return why it cannot be, or null
  @Nullable String keep(ObjectId sealed) {
    if (!isOpen) {
      return "its journal is not open";
    }
    SealedObject object = store.get(sealed);
    if (object == null) {
      return "the object store did not keep it";
    }
    long size = object.size();
    if (size > SavedState.MAX_BYTES) {
      object.close();
      return "it takes "
          + size
          + " bytes (expected: at most "
          + SavedState.MAX_BYTES
          + " for a durable actor)";
    }
    // Not here: the event loop has no time for so long a copy.
    ActorRef<ActorJournal.Command> keeper = journal;
    copier.execute(() -> {
      try {
        keeper.tell(new ActorJournal.SaveState(copy(object)));
      } catch (RuntimeException | OutOfMemoryError e) {
        events.tell(new ActorJournal.Event.StateNotSaved(e.toString()));
      }
    });
    return null;
  }

  private static byte[] copy(SealedObject object) {
    try (object) {
      return SavedState.copy(object);
    }
  }

  /// The state is kept, or cannot be: then it is tried again after as many calls.
  void saved(boolean isKept) {
    saving = null;
    sinceSnapshot = 0;
    if (isKept) {
      described.clear();
      dropped.clear();
    }
  }

  private TaskId newId() {
    return new TaskId(creation.actorId().high(), ThreadLocalRandom.current().nextLong());
  }
}
