package org.rayakka.node.peer;

import akka.actor.Address;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.ClusterEvent.MemberEvent;
import akka.cluster.ClusterEvent.MemberRemoved;
import akka.cluster.ClusterEvent.MemberUp;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Subscribe;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.node.peer.PeerMessage.Function;
import org.rayakka.node.peer.PeerMessage.HostActor;
import org.rayakka.node.peer.PeerMessage.Introduce;
import org.rayakka.node.peer.PeerMessage.JobFacts;
import org.rayakka.node.peer.PeerMessage.RunTasks;
import org.rayakka.node.peer.WireMessage.Acknowledge;
import org.rayakka.node.peer.WireMessage.Hello;
import org.rayakka.node.peer.WireMessage.Parcel;
import org.rayakka.node.worker.FunctionRegistry;
import org.rayakka.protocol.TaskSpec;

/// The other nodes. Each node has one such actor, of this name at the top of its actor system; when
/// a node joins the cluster, the two greet each other. From then on every {@link PeerMessage}
/// arrives in order and once, or the peer is lost: the cluster has removed its node.
///
/// What waits for a peer beyond the window of {@link PartSender} waits in memory; its bound is that
/// of the tasks which drivers may have submitted.
public final class Peers {
  /// Its name.
  public static final String NAME = "peers";

  private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);
  private static final Duration ACKNOWLEDGE_DELAY = Duration.ofMillis(20);

  /// What tasks print is left out for a node that so much waits for.
  private static final long MAX_OUTPUT_BYTES = 8 << 20;

  /// Checks until a node that never said hello counts as lost.
  private static final int MAX_SILENCE = 30;

  /// A node of such a status sees all others removed, although it is the one that goes.
  private static final Set<MemberStatus> IS_LEAVING =
      Set.of(
          MemberStatus.leaving(),
          MemberStatus.exiting(),
          MemberStatus.down(),
          MemberStatus.removed());

  /// What it can be told.
  public sealed interface Command permits Local, WireMessage {}

  /// What this node tells it.
  sealed interface Local extends Command {}

  /// Someone wants to know what peers say and which there are.
  ///
  /// @param subscriber told of each
  public record SubscribeTo(ActorRef<Event> subscriber) implements Local {}

  /// Say something to another node.
  ///
  /// @param to which
  /// @param message what
  public record Send(NodeId to, PeerMessage message) implements Local {}

  /// Say something to all other nodes.
  ///
  /// @param message what
  public record SendToAll(PeerMessage message) implements Local {}

  /// Have tasks run by another node.
  ///
  /// @param on which
  /// @param specs of one job
  public record RunElsewhere(NodeId on, List<TaskSpec> specs) implements Local {
    /// Copies its list.
    public RunElsewhere {
      specs = List.copyOf(specs);
    }
  }

  /// Have an actor hosted by another node.
  ///
  /// @param on which
  /// @param creation the task that creates it
  /// @param restarts how often it was restarted before
  public record HostElsewhere(NodeId on, TaskSpec creation, int restarts) implements Local {}

  /// Tasks of this job may run here, and be passed on.
  ///
  /// @param job which
  public record JobStarted(JobFacts job) implements Local {}

  /// A job has ended.
  ///
  /// @param jobId which
  public record JobEnded(JobId jobId) implements Local {}

  private record MemberChanged(MemberEvent event) implements Local {}

  private enum Check implements Local {
    TICK
  }

  private enum AcknowledgeAll implements Local {
    TICK
  }

  /// What who {@link SubscribeTo subscribed} is told.
  public sealed interface Event {
    /// Which peer.
    ///
    /// @return its node's id
    NodeId peer();

    /// A peer is there.
    ///
    /// @param peer which
    record Joined(NodeId peer) implements Event {}

    /// A peer says something.
    ///
    /// @param peer which
    /// @param message what
    record Said(NodeId peer, PeerMessage message) implements Event {}

    /// A peer was told of a job of this node.
    ///
    /// @param peer which
    /// @param job of a driver of this node, or of one of a third
    record Introduced(NodeId peer, JobFacts job) implements Event {}

    /// A peer is gone for good. Told again when something is to be sent to it.
    ///
    /// @param peer which
    record Lost(NodeId peer) implements Event {}
  }

  private final ActorContext<Command> context;
  private final TimerScheduler<Command> timers;
  private final NodeId self;
  private final FunctionRegistry functions;
  private final List<ActorRef<Event>> subscribers = new ArrayList<>();
  private final Map<JobId, JobFacts> jobs = new HashMap<>();
  private final Map<NodeId, Peer> peers = new HashMap<>();
  private final Map<Address, NodeId> greeted = new HashMap<>();

  /// Members that have not said hello.
  private final Set<Address> ungreeted = new HashSet<>();

  private final Set<NodeId> lost = new HashSet<>();

  private Peers(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      NodeId self,
      FunctionRegistry functions) {
    this.context = context;
    this.timers = timers;
    this.self = self;
    this.functions = functions;
    Cluster.get(context.getSystem())
        .subscriptions()
        .tell(
            Subscribe.create(
                context.messageAdapter(MemberEvent.class, MemberChanged::new), MemberEvent.class));
  }

  /// Makes the actor. It runs on the event loop.
  ///
  /// @param self this node
  /// @param functions what this node's clients exported
  /// @return its behaviour
  public static Behavior<Command> create(NodeId self, FunctionRegistry functions) {
    return Behaviors.setup(context ->
        Behaviors.withTimers(timers -> new Peers(context, timers, self, functions).running()));
  }

  private Behavior<Command> running() {
    return Behaviors.receiveMessage(this::onCommand);
  }

  private Behavior<Command> onCommand(Command command) {
    switch (command) {
      case SubscribeTo(var subscriber) -> subscribers.add(subscriber);
      case Send(var to, var message) -> send(to, message);
      case SendToAll(var message) ->
          List.copyOf(greeted.values()).forEach(peer -> send(peer, message));
      case RunElsewhere(var on, var specs) -> runElsewhere(on, specs);
      case HostElsewhere(var on, var creation, var restarts) ->
          hostElsewhere(on, creation, restarts);
      case JobStarted(var job) -> jobs.put(job.jobId(), job);
      case JobEnded(var jobId) -> jobs.remove(jobId);
      case MemberChanged(var event) -> memberChanged(event);
      case Hello(var from, var ref) -> greeted(from, ref);
      case Parcel parcel -> received(parcel);
      case Acknowledge(var from, var number) -> {
        Peer peer = peers.get(from);
        if (peer != null) {
          peer.sender.acknowledged(number);
          peer.flush();
        }
      }
      case Check.TICK -> check();
      case AcknowledgeAll.TICK -> peers.values().forEach(Peer::acknowledge);
    }
    return Behaviors.same();
  }

  private void tellAll(Event event) {
    subscribers.forEach(subscriber -> subscriber.tell(event));
  }

  // Who there is

  private void memberChanged(MemberEvent event) {
    Address address = event.member().address();
    Member here = Cluster.get(context.getSystem()).selfMember();
    if (address.equals(here.address()) || IS_LEAVING.contains(here.status())) {
      return;
    }
    if (event instanceof MemberUp) {
      if (!greeted.containsKey(address)) {
        ungreeted.add(address);
        checkLater();
      }
      hello(address);
    } else if (event instanceof MemberRemoved) {
      ungreeted.remove(address);
      NodeId gone = greeted.remove(address);
      if (gone != null) {
        lose(gone);
      }
    }
  }

  private void hello(Address address) {
    ActorRef<Command> there =
        ActorRefResolver.get(context.getSystem()).resolveActorRef(address + "/user/" + NAME);
    there.tell(new Hello(self, context.getSelf()));
  }

  private void greeted(NodeId from, ActorRef<Command> ref) {
    Address address = ref.path().address();
    if (lost.contains(from) || from.equals(greeted.put(address, from))) {
      return;
    }
    ungreeted.remove(address);
    Peer peer = peer(from);
    peer.ref = ref;
    // It may have greeted before this node could.
    ref.tell(new Hello(self, context.getSelf()));
    context.getLog().info("peer {} at {} state=greeted", from, address);
    tellAll(new Event.Joined(from));
    peer.flush();
    checkLater();
  }

  private Peer peer(NodeId nodeId) {
    return peers.computeIfAbsent(nodeId, made -> new Peer(self));
  }

  private void lose(NodeId gone) {
    if (lost.add(gone)) {
      context.getLog().info("peer {} state=lost", gone);
    }
    peers.remove(gone);
    tellAll(new Event.Lost(gone));
  }

  private void checkLater() {
    if (!timers.isTimerActive(Check.TICK)) {
      timers.startSingleTimer(Check.TICK, CHECK_INTERVAL);
    }
  }

  private void check() {
    ungreeted.forEach(this::hello);
    for (Map.Entry<NodeId, Peer> entry : List.copyOf(peers.entrySet())) {
      Peer peer = entry.getValue();
      if (peer.ref == null && ++peer.silence > MAX_SILENCE) {
        lose(entry.getKey());
      } else {
        peer.sendAgain();
      }
    }
    if (!peers.isEmpty() || !ungreeted.isEmpty()) {
      checkLater();
    }
  }

  // What is said

  private void send(NodeId to, PeerMessage message) {
    if (lost.contains(to)) {
      tellAll(new Event.Lost(to));
      return;
    }
    Peer peer = peer(to);
    if (message instanceof PeerMessage.Output && peer.sender.heldBytes() > MAX_OUTPUT_BYTES) {
      context.getLog().warn("output for {} is left out: it does not get away in time", to);
      return;
    }
    peer.sender.add(PeerCodec.encode(message));
    peer.flush();
    if (peer.ref == null) {
      checkLater();
    }
  }

  private void runElsewhere(NodeId on, List<TaskSpec> specs) {
    if (introduce(on, specs)) {
      send(on, new RunTasks(specs));
    }
  }

  private void hostElsewhere(NodeId on, TaskSpec creation, int restarts) {
    if (introduce(on, List.of(creation))) {
      send(on, new HostActor(creation, restarts));
    }
  }

  /// Tells another node what it has to know of tasks and was not told before.
  ///
  /// @return false if their job has ended, and they with it
  private boolean introduce(NodeId on, List<TaskSpec> specs) {
    JobFacts job = jobs.get(specs.getFirst().jobId());
    if (job == null) {
      return false;
    }
    if (lost.contains(on)) {
      return true;
    }
    Peer peer = peer(on);
    List<Function> told = new ArrayList<>();
    for (TaskSpec spec : specs) {
      FunctionRegistry.Function function = functions.find(spec.functionId());
      if (function != null && peer.isNew(spec.functionId())) {
        told.add(new Function(spec.functionId(), function.descriptor()));
      }
    }
    boolean isNew = peer.isNew(job.jobId());
    if (isNew || !told.isEmpty()) {
      send(on, new Introduce(job, told));
    }
    if (isNew) {
      tellAll(new Event.Introduced(on, job));
    }
    return true;
  }

  private void received(Parcel parcel) {
    NodeId from = parcel.from();
    Peer peer = peers.get(from);
    if (peer == null) {
      return;
    }
    peer.sender.acknowledged(parcel.acknowledged());
    byte[] bytes = peer.receiver.accept(parcel.part());
    if (bytes != null) {
      try {
        tellAll(new Event.Said(from, PeerCodec.decode(bytes)));
      } catch (IOException e) {
        throw new IllegalStateException("message of " + from, e);
      }
    }
    peer.flush();
    if (peer.receiver.isAcknowledgementUrgent()) {
      peer.acknowledge();
    } else if (peer.receiver.isToAcknowledge() && !timers.isTimerActive(AcknowledgeAll.TICK)) {
      timers.startSingleTimer(AcknowledgeAll.TICK, ACKNOWLEDGE_DELAY);
    }
  }
}
