package org.rayakka.node;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.ClusterSingleton;
import akka.cluster.typed.ClusterSingletonSettings;
import akka.cluster.typed.Leave;
import akka.cluster.typed.SingletonActor;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.io.File;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.NodeId;
import org.rayakka.node.actor.ActorDirectory;
import org.rayakka.node.code.CodeDesk;
import org.rayakka.node.connection.ClientServer;
import org.rayakka.node.connection.NodeFacts;
import org.rayakka.node.control.ControlState;
import org.rayakka.node.control.NodeLoad;
import org.rayakka.node.control.NodeRow;
import org.rayakka.node.control.redis.RedisAddress;
import org.rayakka.node.control.redis.RedisControlState;
import org.rayakka.node.control.redis.RedisSettings;
import org.rayakka.node.downing.KeepHeadProvider;
import org.rayakka.node.error.ErrorReports;
import org.rayakka.node.guest.PeerDesk;
import org.rayakka.node.loop.EventLoop;
import org.rayakka.node.object.ObjectManager;
import org.rayakka.node.object.StoreKeeper;
import org.rayakka.node.object.StoreReaders;
import org.rayakka.node.output.OutputRelay;
import org.rayakka.node.peer.PeerMessage;
import org.rayakka.node.peer.Peers;
import org.rayakka.node.scheduling.global.GlobalScheduler;
import org.rayakka.node.scheduling.local.LoadGauge;
import org.rayakka.node.scheduling.local.LocalScheduler;
import org.rayakka.node.transfer.ObjectTransfer;
import org.rayakka.node.worker.FunctionRegistry;
import org.rayakka.node.worker.WorkerPool;
import org.rayakka.objectstore.ObjectStore;
import org.rayakka.objectstore.StoreNode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One running node: its store, its tables, its actors, its socket. Started in the order in which
/// each part needs the one before, stopped in the reverse.
///
/// A head serves its socket as soon as the local parts are up; the cluster, which a program on one
/// machine does not wait for, comes up behind it. Any other node serves it once it is a member.
public final class Node implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  static final String SYSTEM = "rayakka";
  private static final Duration STOP_DEADLINE = Duration.ofSeconds(10);

  /// Enough for the cluster to take notice, and short within the time that a node has to stop.
  private static final Duration LEAVE_DEADLINE = Duration.ofMillis(1_500);

  private final NodeId nodeId;
  private final boolean isHead;
  private final EventLoop loop;
  private final StoreNode store;
  private final ControlState control;
  private final ExecutorService blocking;
  private final ActorSystem<Void> system;
  private final ClientServer clients;
  private final CompletableFuture<Void> terminated = new CompletableFuture<>();
  private final AtomicBoolean isClosed = new AtomicBoolean();

  private Node(
      NodeId nodeId,
      boolean isHead,
      EventLoop loop,
      StoreNode store,
      ControlState control,
      ExecutorService blocking,
      ActorSystem<Void> system,
      ClientServer clients) {
    this.nodeId = nodeId;
    this.isHead = isHead;
    this.loop = loop;
    this.store = store;
    this.control = control;
    this.blocking = blocking;
    this.system = system;
    this.clients = clients;
    // Its cluster may remove it: then its actors end, and nothing here is of use any longer.
    var _ = system.getWhenTerminated().whenComplete((done, failure) -> terminated.complete(null));
  }

  /// Starts a node.
  ///
  /// @param settings what it is started with
  /// @return the node, serving its socket
  /// @throws IOException if a part of it does not start; the parts before it are stopped again
  public static Node start(NodeSettings settings) throws IOException {
    EventLoop loop = EventLoop.start("rayakka-loop");
    Parts parts = new Parts(loop);
    try {
      return parts.start(settings);
    } catch (IOException | RuntimeException e) {
      parts.stop();
      throw e;
    }
  }

  /// The parts of a node that is being started, for when one of them does not.
  private static final class Parts {
    private final EventLoop loop;
    private final ExecutorService blocking =
        Executors.newCachedThreadPool(
            Thread.ofPlatform().name("rayakka-io-", 0).daemon().factory());
    private @Nullable StoreNode store;
    private @Nullable ControlState control;
    private @Nullable ActorSystem<Void> system;

    Parts(EventLoop loop) {
      this.loop = loop;
    }

    Node start(NodeSettings settings) throws IOException {
      NodeId nodeId = randomId();
      StoreNode startedStore = StoreNode.create(settings.store());
      store = startedStore;
      ControlState startedControl = RedisControlState.open(settings.redis());
      control = startedControl;
      List<String> seeds =
          settings.membership().isHead() ? List.of() : Joining.seeds(startedControl, settings);
      ErrorReports errors = new ErrorReports(startedControl.errors());
      OutputRelay output = new OutputRelay();
      FunctionRegistry functions = new FunctionRegistry();
      StoreReaders readers = new StoreReaders();
      Wiring wiring =
          new Wiring(
              settings,
              nodeId,
              startedStore,
              startedControl,
              errors,
              output,
              functions,
              readers,
              blocking);
      CompletableFuture<ClientServer.Actors> wired = new CompletableFuture<>();
      CompletableFuture<Void> joined = new CompletableFuture<>();
      ActorSystem<Void> startedSystem =
          ActorSystem.create(wiring.guardian(seeds, wired, joined), SYSTEM, config(settings));
      system = startedSystem;
      ClientServer.Actors actors = await(wired, STOP_DEADLINE, "the node's actors did not start");
      MembershipSettings membership = settings.membership();
      // A head that nobody has to find is a cluster of its own at once.
      if (!membership.isHead() || membership.isBootstrapped()) {
        await(
            joined,
            membership.joinTimeout(),
            "the node did not become a member of the cluster%s within ray.cluster.join-timeout, %s"
                .formatted(membership.isHead() ? "" : " of " + seeds, membership.joinTimeout()));
      }
      ClientServer clients =
          ClientServer.start(
              settings.socket(),
              loop,
              new NodeFacts(
                  nodeId,
                  settings.sessionDirectory(),
                  startedStore.segmentPath(),
                  settings.store().capacityBytes(),
                  settings.address(),
                  settings.redis().shards().stream().map(Object::toString).toList(),
                  settings.secret(),
                  settings.taskWorkers()),
              actors,
              functions,
              readers,
              errors,
              output,
              startedControl,
              (delay, task) ->
                  startedSystem
                      .scheduler()
                      .scheduleOnce(
                          delay, () -> loop.execute(task), startedSystem.executionContext()));
      LOG.info("node up id={} {}", nodeId, settings);
      return new Node(
          nodeId,
          settings.membership().isHead(),
          loop,
          startedStore,
          startedControl,
          blocking,
          startedSystem,
          clients);
    }

    private Config config(NodeSettings settings) {
      MembershipSettings membership = settings.membership();
      return ConfigFactory.empty()
          .withValue(
              "ray.node.loop-dispatcher.event-loop", ConfigValueFactory.fromAnyRef(loop.number()))
          .withValue(
              "akka.remote.artery.canonical.hostname",
              ConfigValueFactory.fromAnyRef(settings.address()))
          .withValue(
              "akka.remote.artery.canonical.port", ConfigValueFactory.fromAnyRef(membership.port()))
          .withValue(
              "akka.cluster.roles",
              ConfigValueFactory.fromIterable(
                  membership.isHead() ? List.of(KeepHeadProvider.HEAD_ROLE) : List.of()))
          .withValue(
              "akka.cluster.failure-detector.acceptable-heartbeat-pause",
              ConfigValueFactory.fromAnyRef(membership.unreachableAfter()))
          .withValue(
              "akka.cluster.split-brain-resolver.stable-after",
              ConfigValueFactory.fromAnyRef(membership.stableAfter()))
          .withFallback(persistence(settings.redis()))
          // A node that finds no head must not become one.
          .withValue(
              "akka.management.cluster.bootstrap.new-cluster-enabled",
              ConfigValueFactory.fromAnyRef(false))
          .withFallback(membership.akka().atPath("akka"))
          .withFallback(ConfigFactory.parseResources("rayakka-node.conf"))
          .withFallback(ConfigFactory.load())
          .resolve();
    }

    /// Where the journals of durable actors are kept.
    private static Config persistence(RedisSettings redis) {
      RedisAddress primary = redis.shards().getFirst();
      return ConfigFactory.parseMap(
              Map.of(
                  "host", primary.host(),
                  "port", primary.port(),
                  "username", redis.username(),
                  "password", redis.password()))
          .atPath("akka-persistence-redis.redis");
    }

    void stop() {
      if (system != null) {
        terminate(system);
      }
      if (control != null) {
        control.close();
      }
      loop.close();
      if (store != null) {
        store.close();
      }
      blocking.shutdownNow();
    }
  }

  /// Makes the actors, each after those that it speaks to.
  private record Wiring(
      NodeSettings settings,
      NodeId nodeId,
      StoreNode store,
      ControlState control,
      ErrorReports errors,
      OutputRelay output,
      FunctionRegistry functions,
      StoreReaders readers,
      ExecutorService blocking) {

    Behavior<Void> guardian(
        List<String> seeds,
        CompletableFuture<ClientServer.Actors> wired,
        CompletableFuture<Void> joined) {
      return Behaviors.setup(context -> {
        try {
          wired.complete(wire(context, seeds, joined));
        } catch (RuntimeException e) {
          wired.completeExceptionally(e);
          throw e;
        }
        return Behaviors.empty();
      });
    }

    private ClientServer.Actors wire(
        ActorContext<Void> context, List<String> seeds, CompletableFuture<Void> joined) {
      Props onLoop = DispatcherSelector.fromConfig("ray.node.loop-dispatcher");
      ObjectStore view = store.client();
      ActorRef<GlobalScheduler.Command> globalScheduler = globalScheduler(context);
      ActorRef<StoreKeeper.Command> keeper =
          context.spawn(
              StoreKeeper.create(store, readers),
              "store-keeper",
              DispatcherSelector.fromConfig("ray.node.keeper-dispatcher"));
      ActorRef<Peers.Command> peers =
          context.spawn(Peers.create(nodeId, functions), Peers.NAME, onLoop);
      ActorRef<ObjectTransfer.Command> transfer =
          context.spawn(
              ObjectTransfer.create(
                  nodeId,
                  TransferWiring.settings(settings),
                  view,
                  new TransferWiring(keeper, peers)),
              "object-transfer",
              onLoop);
      ActorRef<ObjectManager.Command> objects =
          context.spawn(
              ObjectManager.create(
                  new ObjectManager.Parts(
                      nodeId,
                      view,
                      keeper,
                      store::hasSpilled,
                      transfer,
                      peers,
                      control,
                      settings.maxLineageTasks(),
                      settings.fetchTimeout())),
              "object-manager",
              onLoop);
      ActorRef<WorkerPool.Command> workerPool =
          context.spawn(
              WorkerPool.create(
                  settings.workers(),
                  functions,
                  blocking,
                  new WorkerPool.Limits(
                      settings.actorProcesses(),
                      Math.ceilDiv(Runtime.getRuntime().availableProcessors(), 2))),
              "worker-pool",
              onLoop);
      ActorRef<CodeDesk.Command> code =
          context.spawn(
              CodeDesk.create(
                  settings.sessionDirectory().resolve("code"),
                  settings.workers().classPath(),
                  List.of(System.getProperty("java.class.path").split(File.pathSeparator, -1)),
                  (to, message) -> peers.tell(new Peers.Send(to, new PeerMessage.Code(message)))),
              "code-desk",
              DispatcherSelector.blocking());
      LoadGauge gauge = new LoadGauge();
      ActorRef<LocalScheduler.Command> scheduler =
          context.spawn(
              LocalScheduler.create(
                  settings.resources(),
                  settings.gpus(),
                  settings.gpuWorkerIdleTimeout(),
                  new LocalScheduler.Parts(
                      nodeId, view, objects, workerPool, globalScheduler, peers, errors, gauge)),
              "local-scheduler",
              onLoop);
      ActorRef<ActorDirectory.Command> actors =
          context.spawn(
              ActorDirectory.create(
                  new ActorDirectory.Parts(
                      nodeId,
                      view,
                      objects,
                      scheduler,
                      workerPool,
                      peers,
                      globalScheduler,
                      functions,
                      errors,
                      control,
                      DispatcherSelector.fromConfig("ray.node.loop-dispatcher"))),
              "actor-directory",
              onLoop);
      context.spawn(
          PeerDesk.create(
              new PeerDesk.Parts(
                  nodeId,
                  settings.membership().isHead(),
                  peers,
                  scheduler,
                  globalScheduler,
                  actors,
                  objects,
                  transfer,
                  workerPool,
                  functions,
                  errors,
                  output,
                  code,
                  settings.taskWorkers())),
          "peer-desk",
          onLoop);
      context.spawn(
          Membership.create(
              control,
              Heartbeat.create(
                  control, globalScheduler, nodeRow(context), () -> load(gauge), joined),
              seeds,
              settings.membership().isBootstrapped(),
              joined),
          "membership");
      return new ClientServer.Actors(scheduler, actors, objects, keeper, workerPool, peers, code);
    }

    private NodeLoad load(LoadGauge gauge) {
      return new NodeLoad(
          gauge.waiting(), gauge.running(), store.usedBytes(), settings.store().capacityBytes());
    }

    private ActorRef<GlobalScheduler.Command> globalScheduler(ActorContext<Void> context) {
      return ClusterSingleton.get(context.getSystem())
          .init(
              SingletonActor.of(GlobalScheduler.create(), "global-scheduler")
                  .withSettings(
                      ClusterSingletonSettings.create(context.getSystem())
                          .withRole(KeepHeadProvider.HEAD_ROLE)));
    }

    private NodeRow nodeRow(ActorContext<Void> context) {
      return new NodeRow(
          nodeId,
          settings.address(),
          Cluster.get(context.getSystem()).selfMember().address().toString(),
          ProcessHandle.current().pid(),
          settings.membership().isHead(),
          settings.resources().amounts(),
          System.currentTimeMillis(),
          System.currentTimeMillis(),
          NodeLoad.NONE,
          "");
    }
  }

  private static <T> T await(CompletableFuture<T> future, Duration atMost, String otherwise)
      throws IOException {
    try {
      return future.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException told ? told : new IOException(otherwise, e);
    } catch (TimeoutException e) {
      throw new IOException(otherwise, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the node starts", e);
    }
  }

  private static NodeId randomId() {
    SecureRandom random = new SecureRandom();
    return new NodeId(random.nextLong(), random.nextLong());
  }

  private static void terminate(ActorSystem<Void> system) {
    system.terminate();
    if (!isTerminatedWithin(system, STOP_DEADLINE)) {
      LOG.warn("the actors did not end in time");
    }
  }

  /// Leaves the cluster in good order, which ends the actors; the others need not wait until they
  /// miss this node.
  private static void leave(ActorSystem<Void> system) {
    Cluster cluster = Cluster.get(system);
    cluster.manager().tell(Leave.create(cluster.selfMember().address()));
    if (!isTerminatedWithin(system, LEAVE_DEADLINE)) {
      LOG.info("cluster state=not left within {}", LEAVE_DEADLINE);
    }
  }

  private static boolean isTerminatedWithin(ActorSystem<Void> system, Duration atMost) {
    try {
      system
          .getWhenTerminated()
          .toCompletableFuture()
          .get(atMost.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// The node's identity.
  ///
  /// @return its id
  public NodeId nodeId() {
    return nodeId;
  }

  /// Completes when the node has stopped, or when its cluster has removed it.
  ///
  /// @return a stage without a value
  public CompletionStage<Void> terminated() {
    return terminated.minimalCompletionStage();
  }

  /// Stops the node and its workers; returns when they are gone. What it had to write to its tables
  /// is written first, as far as they answer.
  @Override
  public void close() {
    if (!isClosed.compareAndSet(false, true)) {
      return;
    }
    clients.close();
    control.nodes().left(nodeId, System.currentTimeMillis(), "stopped");
    if (!isHead && !terminated.isDone()) {
      leave(system);
    }
    terminate(system);
    control.close();
    loop.close();
    store.close();
    blocking.shutdownNow();
    terminated.complete(null);
  }
}
