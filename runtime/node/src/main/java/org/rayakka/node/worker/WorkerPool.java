package org.rayakka.node.worker;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.JobId;
import org.rayakka.node.worker.WorkerProcess.Purpose;

/// Starts, watches and ends the worker processes of this node.
///
/// A job's processes for plain tasks are started ahead, as many as the settings say, and replaced
/// when they die; who {@link Subscribe subscribed} learns of each that is ready or lost. Processes
/// for actors are started on demand: each actor gets one of its own until there are {@link
/// Limits#actorProcesses} of them, then actors share the one that hosts the fewest. An actor that
/// needs JVM options or GPUs has a process of its own for good; plain tasks on GPUs have those that
/// the local scheduler asks for.
public final class WorkerPool {
  private static final Duration STOP_GRACE = Duration.ofSeconds(2);

  private static final String NO_GPUS = "";

  /// What the pool can be told.
  public sealed interface Command {}

  /// Someone wants to know of every process for plain tasks.
  ///
  /// @param subscriber told when one is ready or lost
  public record Subscribe(ActorRef<WorkerEvent> subscriber) implements Command {}

  /// A driver has connected.
  ///
  /// @param job what its workers need
  public record StartJob(Job job) implements Command {}

  /// A driver is gone: its workers go too, but for those that host a detached actor.
  ///
  /// @param jobId which
  /// @param kept workers that stay
  public record EndJob(JobId jobId, List<WorkerProcess> kept) implements Command {}

  /// A job has tasks to run, resources to run them, and no worker.
  ///
  /// @param jobId which
  public record WantTaskWorker(JobId jobId) implements Command {}

  /// An actor needs a process.
  ///
  /// @param jobId its job
  /// @param jvmOptions options of a JVM of its own; empty if it can share
  /// @param devices the GPUs of a process of its own; empty if it can share
  /// @param replyTo told {@link WorkerEvent.WorkerReady} or {@link WorkerEvent.WorkerRefused}
  public record HostActor(
      JobId jobId, List<String> jvmOptions, String devices, ActorRef<WorkerEvent> replyTo)
      implements Command {}

  /// Plain tasks need a process that sees certain GPUs.
  ///
  /// @param jobId their job
  /// @param devices the GPUs
  /// @param replyTo told {@link WorkerEvent.WorkerReady} or {@link WorkerEvent.WorkerRefused}
  public record StartGpuWorker(JobId jobId, String devices, ActorRef<WorkerEvent> replyTo)
      implements Command {}

  /// A process that was started for certain GPUs is not needed any more.
  ///
  /// @param worker which
  public record EndGpuWorker(WorkerProcess worker) implements Command {}

  /// An actor has left its process.
  ///
  /// @param worker which process
  public record ActorLeft(WorkerProcess worker) implements Command {}

  /// A process has said hello.
  ///
  /// @param token what it was started with
  /// @param pid its process id
  /// @param channel the way to it
  /// @param answer told the process, or null if nobody started it
  public record WorkerConnected(
      long token, long pid, WorkerChannel channel, Consumer<@Nullable WorkerProcess> answer)
      implements Command {}

  /// The connection of a process is closed, and its slot in the object store swept.
  ///
  /// @param worker which
  public record WorkerDisconnected(WorkerProcess worker) implements Command {}

  /// End a process at once, because a task or an actor in it must not go on.
  ///
  /// @param worker which
  public record KillWorker(WorkerProcess worker) implements Command {}

  private record Started(long token, Process process) implements Command {}

  private record StartFailed(long token, String reason) implements Command {}

  private record Exited(long token, int status) implements Command {}

  private record GraceOver(long token) implements Command {}

  /// What the workers of a job need.
  ///
  /// @param jobId which
  /// @param namespace of its named actors
  /// @param classPath its code, as soon as it is on this node
  /// @param jvmOptions further options of its JVMs
  /// @param taskWorkers how many processes for plain tasks are started ahead
  public record Job(
      JobId jobId,
      String namespace,
      CompletionStage<List<String>> classPath,
      List<String> jvmOptions,
      int taskWorkers) {
    /// Copies its list.
    public Job {
      jvmOptions = List.copyOf(jvmOptions);
    }
  }

  /// How many processes there may be.
  ///
  /// @param actorProcesses processes of one job that host actors, before actors share
  /// @param startsAtOnce processes of one job that are started ahead at the same time: more than
  ///   there are processors would all be late
  public record Limits(int actorProcesses, int startsAtOnce) {}

  /// A process and what the pool knows of it.
  private static final class Entry {
    final WorkerProcess worker;
    final List<ActorRef<WorkerEvent>> waiting = new ArrayList<>();
    @Nullable Process process;
    int actors;
    boolean stopping;
    String reason = "";

    Entry(WorkerProcess worker) {
      this.worker = worker;
    }
  }

  private final ActorContext<Command> context;
  private final TimerScheduler<Command> timers;
  private final WorkerLauncher launcher;
  private final FunctionRegistry functions;
  private final Executor blocking;
  private final Limits limits;
  private final Map<Long, Entry> entries = new HashMap<>();
  private final Map<JobId, Job> jobs = new HashMap<>();

  /// How many processes of a job are still to be started ahead.
  private final Map<JobId, Integer> ahead = new HashMap<>();

  private final List<ActorRef<WorkerEvent>> subscribers = new ArrayList<>();
  private long lastToken;

  private WorkerPool(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      WorkerLauncher launcher,
      FunctionRegistry functions,
      Executor blocking,
      Limits limits) {
    this.context = context;
    this.timers = timers;
    this.launcher = launcher;
    this.functions = functions;
    this.blocking = blocking;
    this.limits = limits;
  }

  /// Makes the pool. It runs on the event loop.
  ///
  /// @param launcher starts processes
  /// @param functions what the node's clients exported
  /// @param blocking runs what may block
  /// @param limits how many processes there may be
  /// @return its behaviour
  public static Behavior<Command> create(
      WorkerLauncher launcher, FunctionRegistry functions, Executor blocking, Limits limits) {
    return Behaviors.setup(context ->
        Behaviors.withTimers(timers ->
            new WorkerPool(context, timers, launcher, functions, blocking, limits).running()));
  }

  private Behavior<Command> running() {
    return Behaviors.receive(Command.class)
        .onAnyMessage(this::onCommand)
        .onSignal(PostStop.class, signal -> onStopped())
        .build();
  }

  private Behavior<Command> onCommand(Command command) {
    switch (command) {
      case Subscribe(var subscriber) -> subscribers.add(subscriber);
      case StartJob(var job) -> startJob(job);
      case EndJob(var jobId, var kept) -> endJob(jobId, kept);
      case WantTaskWorker(var jobId) -> wantTaskWorker(jobId);
      case HostActor host -> hostActor(host);
      case StartGpuWorker start -> startGpuWorker(start);
      case EndGpuWorker(var worker) -> endGpuWorker(worker);
      case ActorLeft(var worker) -> actorLeft(worker);
      case WorkerConnected connected -> workerConnected(connected);
      case WorkerDisconnected(var worker) -> workerDisconnected(worker);
      case KillWorker(var worker) -> kill(worker);
      case Started(var token, var process) -> started(token, process);
      case StartFailed(var token, var reason) -> startFailed(token, reason);
      case Exited(var token, var status) -> exited(token, status);
      case GraceOver(var token) -> graceOver(token);
    }
    return Behaviors.same();
  }

  private void startJob(Job job) {
    jobs.put(job.jobId(), job);
    ahead.put(job.jobId(), job.taskWorkers());
    for (int i = 0; i < limits.startsAtOnce(); i++) {
      startAhead(job.jobId());
    }
  }

  /// Starts the next one that a job is to have from its beginning.
  private void startAhead(JobId jobId) {
    Job job = jobs.get(jobId);
    int left = ahead.getOrDefault(jobId, 0);
    if (job != null && left > 0) {
      ahead.put(jobId, left - 1);
      start(job, Purpose.TASKS, List.of(), NO_GPUS);
    }
  }

  private void endJob(JobId jobId, List<WorkerProcess> kept) {
    jobs.remove(jobId);
    ahead.remove(jobId);
    for (Entry entry : entries.values()) {
      if (entry.worker.jobId().equals(jobId) && !kept.contains(entry.worker)) {
        stop(entry);
      }
    }
  }

  private void wantTaskWorker(JobId jobId) {
    Job job = jobs.get(jobId);
    if (job == null) {
      return;
    }
    for (Entry entry : entries.values()) {
      if (entry.worker.purpose() == Purpose.TASKS
          && entry.worker.jobId().equals(jobId)
          && !entry.stopping) {
        return;
      }
    }
    start(job, Purpose.TASKS, List.of(), NO_GPUS);
  }

  private void hostActor(HostActor host) {
    Job job = jobs.get(host.jobId());
    if (job == null) {
      refuse(host.replyTo(), host.jobId(), host.devices());
      return;
    }
    boolean dedicated = !host.jvmOptions().isEmpty() || !host.devices().isEmpty();
    Entry entry = dedicated ? null : actorHost(host.jobId());
    if (entry == null) {
      entry =
          start(
              job,
              dedicated ? Purpose.DEDICATED : Purpose.ACTORS,
              host.jvmOptions(),
              host.devices());
    }
    entry.actors++;
    if (entry.worker.isReady()) {
      host.replyTo().tell(new WorkerEvent.WorkerReady(entry.worker));
    } else {
      entry.waiting.add(host.replyTo());
    }
  }

  private void startGpuWorker(StartGpuWorker start) {
    Job job = jobs.get(start.jobId());
    if (job == null) {
      refuse(start.replyTo(), start.jobId(), start.devices());
      return;
    }
    start(job, Purpose.GPU_TASKS, List.of(), start.devices()).waiting.add(start.replyTo());
  }

  private void endGpuWorker(WorkerProcess worker) {
    Entry entry = entries.get(worker.token());
    if (entry != null) {
      stop(entry);
    }
  }

  private static void refuse(ActorRef<WorkerEvent> who, JobId jobId, String devices) {
    who.tell(new WorkerEvent.WorkerRefused(jobId, devices, jobId + " has ended"));
  }

  /// The process that shall host one more actor, or null if a new one shall.
  private @Nullable Entry actorHost(JobId jobId) {
    Entry fewest = null;
    int hosts = 0;
    for (Entry entry : entries.values()) {
      if (entry.worker.purpose() == Purpose.ACTORS
          && entry.worker.jobId().equals(jobId)
          && !entry.stopping) {
        hosts++;
        if (fewest == null || entry.actors < fewest.actors) {
          fewest = entry;
        }
      }
    }
    boolean mayStart = hosts < limits.actorProcesses();
    return fewest != null && (fewest.actors == 0 || !mayStart) ? fewest : null;
  }

  private void actorLeft(WorkerProcess worker) {
    Entry entry = entries.get(worker.token());
    if (entry == null) {
      return;
    }
    entry.actors--;
    // A dedicated process ends with its actor; a shared one serves the next, while there may be
    // one.
    boolean isLeft = entry.actors == 0 && !jobs.containsKey(worker.jobId());
    if (worker.purpose() == Purpose.DEDICATED || isLeft) {
      stop(entry);
    }
  }

  private void workerConnected(WorkerConnected connected) {
    Entry entry = entries.get(connected.token());
    if (entry == null || entry.worker.isReady() || entry.stopping) {
      connected.answer().accept(null);
      return;
    }
    WorkerProcess worker = entry.worker;
    worker.connected(connected.channel(), connected.pid());
    connected.answer().accept(worker);
    context.getLog().info("worker ready pid={} job={}", worker.pid(), worker.jobId());
    WorkerEvent ready = new WorkerEvent.WorkerReady(worker);
    entry.waiting.forEach(waiting -> waiting.tell(ready));
    entry.waiting.clear();
    if (worker.purpose() == Purpose.TASKS) {
      subscribers.forEach(subscriber -> subscriber.tell(ready));
      startAhead(worker.jobId());
    }
  }

  private void workerDisconnected(WorkerProcess worker) {
    Entry entry = entries.get(worker.token());
    if (entry == null) {
      return;
    }
    Process process = entry.process;
    if (process == null || !process.isAlive()) {
      lost(entry);
    } else {
      // Without its socket a worker ends itself at once; if it does not, it hangs.
      entry.stopping = true;
      entry.reason = "its connection closed";
      timers.startSingleTimer(worker.token(), new GraceOver(worker.token()), STOP_GRACE);
    }
  }

  private void started(long token, Process process) {
    ActorRef<Command> self = context.getSelf();
    CompletableFuture<Void> watched =
        process.onExit().thenAccept(ended -> self.tell(new Exited(token, ended.exitValue())));
    context.getLog().debug("watching {} {}", process.pid(), watched);
    Entry entry = entries.get(token);
    if (entry == null) {
      process.destroyForcibly();
      return;
    }
    entry.process = process;
    if (entry.stopping) {
      process.destroyForcibly();
    }
  }

  private void startFailed(long token, String reason) {
    Entry entry = entries.remove(token);
    if (entry == null) {
      return;
    }
    context.getLog().error("worker did not start: {}", reason);
    String message = "the worker process did not start: " + reason;
    refuse(entry, message);
    if (entry.worker.purpose() == Purpose.TASKS) {
      WorkerEvent refused = new WorkerEvent.WorkerRefused(entry.worker.jobId(), NO_GPUS, message);
      subscribers.forEach(subscriber -> subscriber.tell(refused));
      startAhead(entry.worker.jobId());
    }
  }

  private void refuse(Entry entry, String reason) {
    WorkerEvent refused =
        new WorkerEvent.WorkerRefused(entry.worker.jobId(), entry.worker.devices(), reason);
    entry.waiting.forEach(waiting -> waiting.tell(refused));
    entry.waiting.clear();
  }

  private void exited(long token, int status) {
    Entry entry = entries.get(token);
    if (entry == null) {
      return;
    }
    if (entry.reason.isEmpty()) {
      entry.reason = status > 128 ? "signal " + (status - 128) : "exit status " + status;
    }
    if (entry.worker.isReady() && !entry.stopping) {
      // What it wrote before it died may still be on its way: its socket's end tells when not.
      return;
    }
    lost(entry);
  }

  /// The process has ended and nothing more will come from it.
  private void lost(Entry entry) {
    WorkerProcess worker = entry.worker;
    if (entries.remove(worker.token()) == null) {
      return;
    }
    timers.cancel(worker.token());
    Process process = entry.process;
    String reason = entry.reason;
    if (reason.isEmpty() && process != null && !process.isAlive()) {
      int status = process.exitValue();
      reason = status > 128 ? "signal " + (status - 128) : "exit status " + status;
    }
    context.getLog().info("worker gone pid={} reason={}", worker.pid(), reason);
    if (!worker.isReady()) {
      refuse(entry, "the worker process ended before it was ready (" + reason + ")");
    }
    WorkerEvent lost = new WorkerEvent.WorkerLost(worker, reason);
    worker.owners().forEach(owner -> owner.tell(lost));
    if (worker.purpose() != Purpose.TASKS) {
      return;
    }
    subscribers.forEach(subscriber -> subscriber.tell(lost));
    Job job = jobs.get(worker.jobId());
    if (!worker.isReady()) {
      // It is not replaced: another one of the kind would not come up either.
      startAhead(worker.jobId());
    } else if (job != null) {
      start(job, Purpose.TASKS, List.of(), NO_GPUS);
    }
  }

  private void kill(WorkerProcess worker) {
    Entry entry = entries.get(worker.token());
    if (entry != null && entry.process != null) {
      entry.process.destroyForcibly();
    }
  }

  private void stop(Entry entry) {
    if (entry.stopping) {
      return;
    }
    entry.stopping = true;
    entry.reason = "stopped";
    if (entry.worker.isReady()) {
      entry.worker.channel().stop();
    }
    timers.startSingleTimer(entry.worker.token(), new GraceOver(entry.worker.token()), STOP_GRACE);
  }

  private void graceOver(long token) {
    Entry entry = entries.get(token);
    if (entry != null && entry.process != null) {
      entry.process.destroyForcibly();
    }
  }

  private Entry start(Job job, Purpose purpose, List<String> jvmOptions, String devices) {
    long token = ++lastToken;
    Entry entry = new Entry(new WorkerProcess(token, job, purpose, devices, functions));
    entries.put(token, entry);
    List<String> options = new ArrayList<>(job.jvmOptions());
    options.addAll(jvmOptions);
    context.pipeToSelf(
        job.classPath()
            .thenApplyAsync(
                classPath -> {
                  try {
                    return launcher.start(token, classPath, options, devices);
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                },
                blocking),
        (process, failure) ->
            failure == null
                ? new Started(token, process)
                : new StartFailed(token, reason(failure)));
    return entry;
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure.getCause();
    return String.valueOf((cause == null ? failure : cause).getMessage());
  }

  private Behavior<Command> onStopped() {
    for (Entry entry : entries.values()) {
      if (entry.process != null) {
        entry.process.destroyForcibly();
      }
    }
    return Behaviors.same();
  }
}
