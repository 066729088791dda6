package org.rayakka.node.object;

import akka.actor.typed.ActorRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.node.peer.PeerMessage;
import org.rayakka.node.peer.PeerMessage.DropObjects;
import org.rayakka.node.peer.PeerMessage.LocateObjects;
import org.rayakka.node.peer.PeerMessage.ObjectReport;
import org.rayakka.node.peer.PeerMessage.ObjectsLocated;
import org.rayakka.node.peer.PeerMessage.TaskDone;
import org.rayakka.node.peer.PeerMessage.TasksDone;
import org.rayakka.node.peer.Peers;
import org.rayakka.protocol.TaskSpec;

/// What this node knows of objects that are on other nodes, or that others have from it; and what
/// it has to tell them, gathered so that each is told once in a turn. The node that a task was
/// submitted at owns what the task returns: it knows who holds it, and everybody else asks it.
/// Belongs to the object manager.
final class RemoteObjects {

  /// So many tasks are remembered with their nodes.
  private static final int MAX_RAN_AT = 10_000;

  /// An object that others hold.
  private static final class Holders {
    final long size;
    final Set<NodeId> nodes = new LinkedHashSet<>();

    Holders(long size) {
      this.size = size;
    }
  }

  /// A task that runs here for another node.
  private record Guest(TaskSpec spec, NodeId origin) {}

  private final ActorRef<Peers.Command> peers;
  private final Set<NodeId> joined = new HashSet<>();

  // As owner.
  private final Map<ObjectId, Holders> elsewhere = new HashMap<>();
  private final Map<ObjectId, Set<NodeId>> copies = new HashMap<>();
  private final Map<ObjectId, Set<NodeId>> askedFor = new HashMap<>();
  private final Set<ObjectId> wanted = new HashSet<>();

  /// Objects that other nodes had, and lost: the tables still say so.
  private final Set<ObjectId> hadHolders = new HashSet<>();

  // As one who needs what others own.
  private final Map<ObjectId, NodeId> owners = new HashMap<>();
  private final Map<ObjectId, NodeId> asked = new HashMap<>();
  private final Map<ObjectId, NodeId> foreign = new HashMap<>();
  private final Map<TaskId, Guest> guests = new HashMap<>();

  /// Where the last tasks ran whose results came from elsewhere: what they have put is there.
  private final Map<TaskId, NodeId> ranAt =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<TaskId, NodeId> eldest) {
          return size() > MAX_RAN_AT;
        }
      };

  // To be told at the end of the turn.
  private final Map<NodeId, List<ObjectId>> toLocate = new LinkedHashMap<>();
  private final Map<NodeId, List<ObjectReport>> toReport = new LinkedHashMap<>();
  private final Map<NodeId, List<ObjectId>> toDrop = new LinkedHashMap<>();
  private final Map<NodeId, List<TaskDone>> toTell = new LinkedHashMap<>();

  RemoteObjects(ActorRef<Peers.Command> peers) {
    this.peers = peers;
  }

  /// Tells the others what has gathered.
  void flush() {
    flush(toLocate, LocateObjects::new);
    flush(toReport, ObjectsLocated::new);
    flush(toTell, TasksDone::new);
    flush(toDrop, DropObjects::new);
  }

  private interface ToMessage<T> {
    PeerMessage of(List<T> list);
  }

  private <T> void flush(Map<NodeId, List<T>> gathered, ToMessage<T> message) {
    if (!gathered.isEmpty()) {
      gathered.forEach((node, list) -> peers.tell(new Peers.Send(node, message.of(list))));
      gathered.clear();
    }
  }

  private static <T> void add(Map<NodeId, List<T>> gathered, NodeId node, T value) {
    gathered.computeIfAbsent(node, none -> new ArrayList<>()).add(value);
  }

  boolean isAlone() {
    return joined.isEmpty();
  }

  void joined(NodeId node) {
    joined.add(node);
  }

  // As owner: who has what

  /// The object's task is not done, and somebody here waits for it.
  void want(ObjectId id) {
    if (!joined.isEmpty()) {
      wanted.add(id);
    }
  }

  /// Whether somebody here waited for it.
  boolean wasWanted(ObjectId id) {
    return wanted.remove(id);
  }

  /// Another node holds this object, and this one does not.
  void isElsewhere(ObjectReport report, NodeId node) {
    elsewhere.computeIfAbsent(report.id(), none -> new Holders(report.size())).nodes.add(node);
  }

  /// A task of this node has ended at another.
  void ranAt(TaskId taskId, NodeId node) {
    ranAt.put(taskId, node);
  }

  /// The node where a task has ended lately, if it is there and not this one; or null.
  @Nullable NodeId whereRan(TaskId taskId) {
    NodeId node = ranAt.get(taskId);
    return node != null && joined.contains(node) ? node : null;
  }

  /// Another node has a copy of an object that is here too.
  void isCopied(ObjectId id, NodeId node) {
    copies.computeIfAbsent(id, none -> new HashSet<>()).add(node);
  }

  /// The size of an object that others hold, or -1 if none is known to.
  long sizeElsewhere(ObjectId id) {
    Holders holders = elsewhere.get(id);
    return holders == null ? -1 : holders.size;
  }

  List<NodeId> holders(ObjectId id) {
    Holders holders = elsewhere.get(id);
    return holders == null ? List.of() : List.copyOf(holders.nodes);
  }

  /// These were said to hold it, and do not.
  void lacking(ObjectId id, Collection<NodeId> nodes) {
    Holders holders = elsewhere.get(id);
    if (holders != null) {
      holders.nodes.removeAll(nodes);
      if (holders.nodes.isEmpty()) {
        elsewhere.remove(id);
        hadHolders.add(id);
      }
    }
  }

  /// Another node asks for an object.
  void askedFor(ObjectId id, NodeId node) {
    askedFor.computeIfAbsent(id, none -> new LinkedHashSet<>()).add(node);
  }

  boolean isAskedFor(ObjectId id) {
    return !askedFor.isEmpty() && askedFor.containsKey(id);
  }

  boolean isAnyAskedFor() {
    return !askedFor.isEmpty();
  }

  /// Answers those who asked. They have a copy from now on.
  void answer(ObjectReport report) {
    Set<NodeId> asking = askedFor.remove(report.id());
    if (asking != null) {
      for (NodeId node : asking) {
        add(toReport, node, report);
      }
      copies.computeIfAbsent(report.id(), none -> new HashSet<>()).addAll(asking);
    }
  }

  /// Nobody needs the object any more, here or elsewhere.
  ///
  /// @return whether another node has it, or had it
  boolean drop(ObjectId id) {
    if (!wanted.isEmpty()) {
      wanted.remove(id);
    }
    boolean wasElsewhere = !hadHolders.isEmpty() && hadHolders.remove(id);
    if (elsewhere.isEmpty() && copies.isEmpty()) {
      return wasElsewhere;
    }
    Set<NodeId> having = new HashSet<>();
    Holders holders = elsewhere.remove(id);
    if (holders != null) {
      having.addAll(holders.nodes);
    }
    Set<NodeId> copied = copies.remove(id);
    if (copied != null) {
      having.addAll(copied);
    }
    having.forEach(node -> add(toDrop, node, id));
    return wasElsewhere || !having.isEmpty();
  }

  // As one who needs what others own

  /// Tasks of another node are to run here; it owns their arguments, or knows who does.
  void guests(List<TaskSpec> specs, NodeId origin) {
    for (TaskSpec spec : specs) {
      guests.put(spec.taskId(), new Guest(spec, origin));
      for (ObjectId reference : spec.references()) {
        owners.put(reference, origin);
      }
    }
  }

  boolean isGuest(TaskId taskId) {
    return !guests.isEmpty() && guests.containsKey(taskId);
  }

  /// A guest has ended.
  ///
  /// @param isNeeded whether another task here needs an argument
  void guestEnded(TaskDone done, Predicate<ObjectId> isNeeded) {
    Guest guest = guests.remove(done.taskId());
    if (guest == null) {
      return;
    }
    add(toTell, guest.origin(), done);
    for (ObjectReport report : done.returns()) {
      if (!report.holders().isEmpty()) {
        foreign.put(report.id(), guest.origin());
      }
    }
    for (ObjectId reference : guest.spec().references()) {
      if (!isNeeded.test(reference)) {
        owners.remove(reference);
      }
    }
  }

  @Nullable NodeId owner(ObjectId id) {
    return owners.get(id);
  }

  /// Who owns an object that is needed here, or was got from there; null if that is not known.
  @Nullable NodeId ownerOfForeign(ObjectId id) {
    NodeId owner = owners.get(id);
    return owner == null ? foreign.get(id) : owner;
  }

  boolean isThere(NodeId node) {
    return joined.contains(node);
  }

  /// Asks an object's owner where it is, unless that was done already.
  ///
  /// @return whether it was not
  boolean locate(ObjectId id, NodeId owner) {
    boolean isNew = asked.putIfAbsent(id, owner) == null;
    if (isNew) {
      add(toLocate, owner, id);
    }
    return isNew;
  }

  boolean isAsked(ObjectId id) {
    return asked.containsKey(id);
  }

  /// The owner has answered: this node has a copy, or will.
  void located(ObjectReport report, NodeId owner) {
    asked.remove(report.id());
    foreign.put(report.id(), owner);
    if (report.bytes() == null) {
      Holders holders = new Holders(report.size());
      holders.nodes.addAll(report.holders());
      elsewhere.put(report.id(), holders);
    }
  }

  /// The owner says that nobody needs these.
  void dropped(List<ObjectId> ids) {
    for (ObjectId id : ids) {
      foreign.remove(id);
      elsewhere.remove(id);
      hadHolders.remove(id);
    }
  }

  // The end of nodes and jobs

  /// A node is gone.
  ///
  /// @return what was asked of it, and will not be answered
  List<ObjectId> lost(NodeId node) {
    joined.remove(node);
    for (ObjectId id : List.copyOf(elsewhere.keySet())) {
      lacking(id, List.of(node));
    }
    hadHolders.addAll(remove(copies, node));
    remove(askedFor, node);
    List<ObjectId> unanswered = new ArrayList<>();
    Iterator<Map.Entry<ObjectId, NodeId>> questions = asked.entrySet().iterator();
    while (questions.hasNext()) {
      Map.Entry<ObjectId, NodeId> question = questions.next();
      if (question.getValue().equals(node)) {
        unanswered.add(question.getKey());
        questions.remove();
      }
    }
    guests.values().removeIf(guest -> guest.origin().equals(node));
    owners.values().removeIf(node::equals);
    return unanswered;
  }

  /// @return whose sets it was the last of
  private static List<ObjectId> remove(Map<ObjectId, Set<NodeId>> sets, NodeId node) {
    List<ObjectId> emptied = new ArrayList<>();
    sets.forEach((id, nodes) -> {
      if (nodes.remove(node) && nodes.isEmpty()) {
        emptied.add(id);
      }
    });
    emptied.forEach(sets::remove);
    return emptied;
  }

  /// What is here only for a node that is gone.
  List<ObjectId> foreignOf(NodeId owner) {
    List<ObjectId> left = new ArrayList<>();
    foreign.forEach((id, of) -> {
      if (of.equals(owner)) {
        left.add(id);
      }
    });
    left.forEach(foreign::remove);
    left.forEach(hadHolders::remove);
    return left;
  }
}
