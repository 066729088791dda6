package org.rayakka.node.control.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.node.control.ActorRow;
import org.rayakka.node.control.ActorTable;
import org.rayakka.node.control.ControlState;
import org.rayakka.node.control.ErrorRow;
import org.rayakka.node.control.ErrorTable;
import org.rayakka.node.control.FunctionRow;
import org.rayakka.node.control.FunctionTable;
import org.rayakka.node.control.JobRow;
import org.rayakka.node.control.JobTable;
import org.rayakka.node.control.NodeLoad;
import org.rayakka.node.control.NodeRow;
import org.rayakka.node.control.NodeTable;
import org.rayakka.node.control.Notifications;
import org.rayakka.node.control.ObjectRow;
import org.rayakka.node.control.ObjectTable;
import org.rayakka.node.control.TaskRow;
import org.rayakka.node.control.TaskState;
import org.rayakka.node.control.TaskTable;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;

/// The control state on one or more Redis or Valkey servers.
///
/// Writes go to the writer of the row's shard; short reads to one thread, and those that go over
/// whole tables to another, so that the number of the next job does not wait behind a sweep.
public final class RedisControlState implements ControlState {
  /// How many keys the server looks at for one step of a scan: about 0.3 ms of its time.
  private static final int SCAN_STEP = 1_000;

  private static final int UNIQUE_DIGITS = 16;

  private final RedisSettings settings;
  private final Servers servers;
  private final Backlog backlog;
  private final NanoClock clock;
  private final List<ShardWriter> writers = new ArrayList<>();
  private final Reader reader;
  private final Reader scanner;
  private final RedisNotifications notifications;

  private final FunctionTable functions = new Functions();
  private final TaskTable tasks = new Tasks();
  private final ObjectTable objects = new Objects();
  private final ActorTable actors = new Actors();
  private final NodeTable nodes = new Nodes();
  private final JobTable jobs = new Jobs();
  private final ErrorTable errors = new Errors();

  private RedisControlState(RedisSettings settings, NanoClock clock) {
    this.settings = settings;
    this.clock = clock;
    servers = new Servers(settings);
    backlog = new Backlog(settings);
    for (int shard = 0; shard < servers.count(); shard++) {
      writers.add(new ShardWriter(servers, shard, settings, backlog, clock));
    }
    reader = new Reader(servers, settings, clock, "control-reader");
    scanner = new Reader(servers, settings, clock, "control-scanner");
    notifications = new RedisNotifications(servers, settings);
  }

  /// Begins to serve. Connections open when they are first needed, so that a server that is not up
  /// yet does not matter.
  ///
  /// @param settings where the servers are, and the bounds
  /// @return the control state
  public static RedisControlState open(RedisSettings settings) {
    RedisControlState state = new RedisControlState(settings, SystemNanoClock.INSTANCE);
    state.writers.forEach(ShardWriter::start);
    return state;
  }

  @Override
  public FunctionTable functions() {
    return functions;
  }

  @Override
  public TaskTable tasks() {
    return tasks;
  }

  @Override
  public ObjectTable objects() {
    return objects;
  }

  @Override
  public ActorTable actors() {
    return actors;
  }

  @Override
  public NodeTable nodes() {
    return nodes;
  }

  @Override
  public JobTable jobs() {
    return jobs;
  }

  @Override
  public ErrorTable errors() {
    return errors;
  }

  @Override
  public Notifications notifications() {
    return notifications;
  }

  @Override
  public boolean accepting() {
    return backlog.accepting();
  }

  @Override
  public Duration lag() {
    return writers.stream().map(ShardWriter::lag).max(Comparator.naturalOrder()).orElseThrow();
  }

  @Override
  public long pendingRows() {
    return backlog.rows();
  }

  @Override
  public CompletionStage<Void> flush() {
    return CompletableFuture.allOf(
        writers.stream()
            .map(writer -> writer.flush().toCompletableFuture())
            .toArray(CompletableFuture<?>[]::new));
  }

  @Override
  public CompletionStage<Void> finishJob(JobId job, long timeMillis) {
    primary()
        .write(
            new Write.PutFields(
                clock.nanoTime(),
                Keys.job(job),
                Rows.texts("ended", Long.toString(timeMillis)),
                settings.endedRowsKept().toSeconds(),
                null));
    primary()
        .write(
            new Write.AddMember(clock.nanoTime(), Keys.JOBS_ENDED, timeMillis, job.hex(), 0, null));
    return flush()
        .thenCompose(_ -> scanner.read("finish " + job, source -> sweep(source, timeMillis)))
        .thenAccept(_ -> {});
  }

  @Override
  public void close() {
    long deadlineNanos = clock.nanoTime() + settings.closeTimeout().toNanos();
    notifications.close();
    writers.forEach(ShardWriter::beginClose);
    writers.forEach(writer -> writer.awaitEnd(deadlineNanos));
    reader.close();
    scanner.close();
  }

  private ShardWriter primary() {
    return writers.get(Servers.PRIMARY);
  }

  private ShardWriter writer(TaskId task) {
    return writers.get(servers.of(task));
  }

  private ShardWriter writer(ObjectId object) {
    return writers.get(servers.of(object.high(), object.low()));
  }

  // Scans

  private static void checkLimit(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit: " + limit + " (expected: > 0)");
    }
  }

  /// Goes over a server's keys in steps. A key may come up twice.
  private static void scan(
      Jedis server, @Nullable String match, Function<List<String>, Boolean> step) {
    ScanParams params = new ScanParams().count(SCAN_STEP);
    if (match != null) {
      params.match(match);
    }
    String cursor = ScanParams.SCAN_POINTER_START;
    do {
      ScanResult<String> page = server.scan(cursor, params);
      cursor = page.getCursor();
      if (!page.getResult().isEmpty() && !step.apply(page.getResult())) {
        return;
      }
    } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
  }

  /// Lists a table: finds its keys, and reads each page's rows in one round trip.
  ///
  /// @param rows reads the rows of a page of keys; those that went meanwhile are left out
  private <T> CompletionStage<List<T>> list(
      String table,
      int firstShard,
      int lastShard,
      int limit,
      BiFunction<Jedis, List<String>, List<T>> rows) {
    return scanner.read(
        "list " + table,
        source -> {
          List<T> found = new ArrayList<>();
          Set<String> seen = new HashSet<>();
          for (int shard = firstShard; shard <= lastShard; shard++) {
            collect(source.at(shard), table, limit, seen, found, rows);
          }
          return List.copyOf(found);
        });
  }

  /// Adds to what was found, up to the limit.
  private static <T> void collect(
      Jedis server,
      String table,
      int limit,
      Set<String> seen,
      List<T> found,
      BiFunction<Jedis, List<String>, List<T>> rows) {
    if (found.size() == limit) {
      return;
    }
    scan(
        server,
        table + "*",
        page -> {
          List<String> fresh = new ArrayList<>();
          for (String key : new LinkedHashSet<>(page)) {
            if (seen.add(key)) {
              fresh.add(key);
            }
          }
          int rest = limit - found.size();
          if (!fresh.isEmpty()) {
            List<T> read = rows.apply(server, fresh);
            found.addAll(read.subList(0, Math.min(read.size(), rest)));
          }
          return found.size() < limit;
        });
  }

  private static <T> List<T> hashes(
      Jedis server, List<String> keys, BiFunction<String, Map<String, String>, T> row) {
    Pipeline pipeline = server.pipelined();
    List<Response<Map<String, String>>> replies = keys.stream().map(pipeline::hgetAll).toList();
    pipeline.sync();
    List<T> found = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      Map<String, String> fields = replies.get(i).get();
      if (!fields.isEmpty()) {
        found.add(row.apply(keys.get(i), fields));
      }
    }
    return found;
  }

  private static String idIn(String key) {
    return key.substring(key.lastIndexOf(':') + 1);
  }

  // The end of a job

  /// Removes the rows of all jobs that ended.
  ///
  /// @return how many rows
  private long sweep(Reader.Source source, long nowMillis) {
    Jedis primary = source.at(Servers.PRIMARY);
    primary.zremrangeByScore(
        Keys.JOBS_ENDED,
        Double.NEGATIVE_INFINITY,
        (double) (nowMillis - settings.endedRowsKept().toMillis()));
    Set<String> ended = new HashSet<>(primary.zrange(Keys.JOBS_ENDED, 0, -1));
    AtomicLong gone = new AtomicLong();
    for (int shard = 0; shard < servers.count(); shard++) {
      Jedis server = source.at(shard);
      scan(
          server,
          null,
          page -> {
            gone.addAndGet(sweep(server, page, ended));
            return true;
          });
    }
    return gone.get();
  }

  private static long sweep(Jedis server, List<String> page, Set<String> ended) {
    Pipeline lookups = server.pipelined();
    Map<String, Response<String>> taskRows = new HashMap<>();
    Map<String, Response<String>> objectJobs = new HashMap<>();
    Map<String, Response<String>> makers = new HashMap<>();
    Map<String, Response<List<String>>> actorJobs = new HashMap<>();
    List<String> gone = new ArrayList<>();
    for (String key : page) {
      switch (key.substring(0, key.indexOf(':') + 1)) {
        case Keys.TASK -> taskRows.put(key, line(lookups, key));
        case Keys.OBJECT -> {
          objectJobs.put(key, lookups.hget(key, "job"));
          String task = Keys.taskOf(key);
          if (task != null) {
            makers.put(key, line(lookups, task));
          }
        }
        case Keys.ACTOR -> actorJobs.put(key, lookups.hmget(key, "job", "detached"));
        case Keys.ERROR -> {
          if (ended.contains(idIn(key))) {
            gone.add(key);
          }
        }
        case Keys.FUNCTION -> {
          if (ended.contains(key.substring(Keys.FUNCTION.length(), key.lastIndexOf(':')))) {
            gone.add(key);
          }
        }
        default -> {} // not a job's
      }
    }
    lookups.sync();
    taskRows.forEach((key, row) -> {
      TaskText task = TaskText.read(row.get());
      if (task != null && ended.contains(task.job().hex())) {
        gone.add(key);
      }
    });
    objectJobs.forEach((key, job) -> {
      @Nullable String hex = job.get();
      if (hex != null ? ended.contains(hex) : isCopyOfEnded(makers.get(key), ended)) {
        gone.add(key);
      }
    });
    actorJobs.forEach((key, fields) -> {
      @Nullable String hex = fields.get().get(0);
      if (hex != null && ended.contains(hex) && !"yes".equals(fields.get().get(1))) {
        gone.add(key);
      }
    });
    return gone.isEmpty() ? 0 : server.unlink(gone.toArray(String[]::new));
  }

  /// Whether a row that only a node with a copy wrote belongs to a job that ended: its task says
  /// so, or went before.
  private static boolean isCopyOfEnded(@Nullable Response<String> maker, Set<String> ended) {
    if (maker == null) {
      return false;
    }
    TaskText task = TaskText.read(maker.get());
    return task == null || ended.contains(task.job().hex());
  }

  /// A task's row without its specification; empty if there is none.
  private static Response<String> line(Pipeline lookups, String key) {
    return lookups.getrange(key, 0, TaskText.LINE_BYTES - 1);
  }

  private final class Functions implements FunctionTable {
    @Override
    public void add(
        FunctionId id, JobId job, String className, String methodName, byte[] descriptor) {
      primary()
          .write(
              new Write.PutFields(
                  clock.nanoTime(),
                  Keys.function(job, id),
                  Rows.fields(new FunctionRow(id, job, className, methodName, descriptor)),
                  0,
                  Rows.functionNews(job, id)));
    }

    @Override
    public CompletionStage<Optional<FunctionRow>> find(JobId job, FunctionId id) {
      return reader.read(
          "find " + id,
          source -> {
            Map<byte[], byte[]> fields =
                source.at(Servers.PRIMARY).hgetAll(Batch.text(Keys.function(job, id)));
            return fields.isEmpty() ? Optional.empty() : Optional.of(Rows.function(id, fields));
          });
    }

    @Override
    public CompletionStage<List<FunctionRow>> list(int limit) {
      checkLimit(limit);
      return RedisControlState.this.list(
          Keys.FUNCTION,
          Servers.PRIMARY,
          Servers.PRIMARY,
          limit,
          (server, keys) -> {
            Pipeline pipeline = server.pipelined();
            List<Response<Map<byte[], byte[]>>> replies =
                keys.stream().map(key -> pipeline.hgetAll(Batch.text(key))).toList();
            pipeline.sync();
            List<FunctionRow> rows = new ArrayList<>();
            for (int i = 0; i < keys.size(); i++) {
              if (!replies.get(i).get().isEmpty()) {
                rows.add(Rows.function(FunctionId.parse(idIn(keys.get(i))), replies.get(i).get()));
              }
            }
            return rows;
          });
    }
  }

  private final class Tasks implements TaskTable {
    @Override
    public void submitted(TaskId task, JobId job, NodeId node, byte[] spec) {
      writer(task).write(new Write.SubmitTask(clock.nanoTime(), task, job, node, spec));
    }

    @Override
    public void changed(TaskId task, JobId job, TaskState state, NodeId node, int attempt) {
      writer(task).write(new Write.ChangeTask(clock.nanoTime(), task, job, state, node, attempt));
    }

    @Override
    public void done(TaskId task, JobId job, NodeId node, long size) {
      writer(task).write(new Write.EndTask(clock.nanoTime(), task, job, node, size));
    }

    @Override
    public void forget(TaskId task) {
      writer(task).write(new Write.ForgetTask(clock.nanoTime(), task));
    }

    @Override
    public CompletionStage<Optional<TaskRow>> find(TaskId task) {
      return reader.read(
          "find " + task,
          source ->
              rows(source.at(servers.of(task)), List.of(Keys.TASK + task.hex())).stream()
                  .findFirst());
    }

    @Override
    public CompletionStage<List<TaskRow>> list(int limit) {
      checkLimit(limit);
      return RedisControlState.this.list(
          Keys.TASK, servers.firstOfTasks(), servers.count() - 1, limit, Tasks::rows);
    }

    private static List<TaskRow> rows(Jedis server, List<String> keys) {
      List<byte[]> values = server.mget(keys.stream().map(Batch::text).toArray(byte[][]::new));
      List<TaskRow> rows = new ArrayList<>();
      for (int i = 0; i < keys.size(); i++) {
        byte @Nullable [] row = values.get(i);
        if (row != null) {
          rows.add(TaskText.row(TaskId.parse(idIn(keys.get(i))), row));
        }
      }
      return rows;
    }
  }

  private final class Objects implements ObjectTable {
    @Override
    public void sealed(ObjectId object, JobId job, long size, NodeId node) {
      writer(object).write(new Write.SealObject(clock.nanoTime(), object, job, size, node));
    }

    @Override
    public void removed(ObjectId object, NodeId node) {
      writer(object).write(new Write.RemoveObject(clock.nanoTime(), object, node));
    }

    @Override
    public void forget(ObjectId object) {
      writer(object).write(new Write.ForgetObject(clock.nanoTime(), object));
    }

    @Override
    public CompletionStage<Optional<ObjectRow>> find(ObjectId object) {
      return reader.read(
          "find " + object,
          source ->
              rows(
                      source.at(servers.of(object.high(), object.low())),
                      List.of(Keys.OBJECT + object.hex()))
                  .stream()
                  .findFirst());
    }

    @Override
    public CompletionStage<List<ObjectRow>> list(int limit) {
      checkLimit(limit);
      return scanner.read(
          "list " + Keys.OBJECT,
          source -> {
            List<ObjectRow> found = new ArrayList<>();
            // An object may be in both places.
            Set<String> seen = new HashSet<>();
            for (int shard = servers.firstOfTasks(); shard < servers.count(); shard++) {
              Jedis server = source.at(shard);
              collect(server, Keys.OBJECT, limit, seen, found, Objects::rows);
              collect(
                  server,
                  Keys.TASK,
                  limit,
                  new HashSet<>(),
                  found,
                  (_, tasks) ->
                      rows(
                          server,
                          tasks.stream().map(Keys::firstReturnOf).filter(seen::add).toList()));
            }
            return List.copyOf(found);
          });
    }

    private static List<ObjectRow> rows(Jedis server, List<String> keys) {
      Pipeline pipeline = server.pipelined();
      List<Response<Map<String, String>>> own = new ArrayList<>();
      List<@Nullable Response<String>> tasks = new ArrayList<>();
      for (String key : keys) {
        own.add(pipeline.hgetAll(key));
        String task = Keys.taskOf(key);
        tasks.add(task == null ? null : line(pipeline, task));
      }
      pipeline.sync();
      List<ObjectRow> found = new ArrayList<>();
      for (int i = 0; i < keys.size(); i++) {
        @Nullable Response<String> task = tasks.get(i);
        Rows.object(
                ObjectId.parse(idIn(keys.get(i))),
                own.get(i).get(),
                task == null ? null : TaskText.read(task.get()))
            .ifPresent(found::add);
      }
      return found;
    }
  }

  private final class Actors implements ActorTable {
    @Override
    public void put(ActorRow row) {
      primary()
          .write(
              new Write.PutFields(
                  clock.nanoTime(),
                  Keys.actor(row.id()),
                  Rows.fields(row),
                  0,
                  Rows.actorNews(row)));
    }

    @Override
    public void forget(ActorId actor) {
      primary().write(new Write.ForgetHash(clock.nanoTime(), Keys.actor(actor)));
    }

    @Override
    public CompletionStage<Optional<ActorRow>> find(ActorId actor) {
      return reader.read(
          "find " + actor,
          source -> {
            Map<String, String> fields = source.at(Servers.PRIMARY).hgetAll(Keys.actor(actor));
            return fields.isEmpty() ? Optional.empty() : Optional.of(Rows.actor(actor, fields));
          });
    }

    @Override
    public CompletionStage<List<ActorRow>> list(int limit) {
      checkLimit(limit);
      return RedisControlState.this.list(
          Keys.ACTOR,
          Servers.PRIMARY,
          Servers.PRIMARY,
          limit,
          (server, keys) ->
              hashes(server, keys, (key, fields) -> Rows.actor(ActorId.parse(idIn(key)), fields)));
    }
  }

  private final class Nodes implements NodeTable {
    @Override
    public void register(NodeRow row) {
      primary()
          .write(
              new Write.PutFields(
                  clock.nanoTime(),
                  Keys.node(row.id()),
                  Rows.fields(row),
                  0,
                  Rows.nodeNews(row.id(), true)));
    }

    @Override
    public void heartbeat(NodeId node, long timeMillis, NodeLoad load) {
      primary()
          .write(
              new Write.PutFields(
                  clock.nanoTime(), Keys.node(node), Rows.fields(timeMillis, load), 0, null));
    }

    @Override
    public void left(NodeId node, long timeMillis, String reason) {
      primary()
          .write(
              new Write.PutFields(
                  clock.nanoTime(),
                  Keys.node(node),
                  Rows.texts(
                      "left",
                      reason.isEmpty() ? "left" : reason,
                      "left-at",
                      Long.toString(timeMillis)),
                  settings.endedRowsKept().toSeconds(),
                  Rows.nodeNews(node, false)));
    }

    @Override
    public CompletionStage<Optional<NodeRow>> find(NodeId node) {
      return reader.read(
          "find " + node,
          source -> {
            Map<String, String> fields = source.at(Servers.PRIMARY).hgetAll(Keys.node(node));
            return fields.isEmpty() ? Optional.empty() : Optional.of(Rows.node(node, fields));
          });
    }

    @Override
    public CompletionStage<List<NodeRow>> list() {
      return RedisControlState.this.list(
          Keys.NODE,
          Servers.PRIMARY,
          Servers.PRIMARY,
          Integer.MAX_VALUE,
          (server, keys) ->
              hashes(server, keys, (key, fields) -> Rows.node(NodeId.parse(idIn(key)), fields)));
    }
  }

  private final class Jobs implements JobTable {
    @Override
    public CompletionStage<JobId> next() {
      // Asked again after a lost reply, the server skips a number, which does no harm.
      return reader.read(
          "next job", source -> new JobId(source.at(Servers.PRIMARY).incr(Keys.JOBS_NEXT)));
    }

    @Override
    public void started(JobRow row) {
      primary()
          .write(
              new Write.PutFields(clock.nanoTime(), Keys.job(row.id()), Rows.fields(row), 0, null));
    }

    @Override
    public CompletionStage<List<JobRow>> list() {
      return RedisControlState.this
          .list(
              Keys.JOB,
              Servers.PRIMARY,
              Servers.PRIMARY,
              Integer.MAX_VALUE,
              (server, keys) ->
                  hashes(server, keys, (key, fields) -> Rows.job(JobId.parse(idIn(key)), fields)))
          .thenApply(rows -> rows.stream().sorted(Comparator.comparing(JobRow::id)).toList());
    }
  }

  private final class Errors implements ErrorTable {
    // Tells errors of the same moment apart and in order: a random start for this process, then
    // counting. Without it, two equal errors would count as one.
    private final AtomicLong unique =
        new AtomicLong(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE / 2));

    @Override
    public void add(ErrorRow row) {
      String digits = Long.toString(unique.getAndIncrement(), Character.MAX_RADIX);
      String member = Rows.error(row, "0".repeat(UNIQUE_DIGITS - digits.length()) + digits);
      primary()
          .write(
              new Write.AddMember(
                  clock.nanoTime(),
                  Keys.error(row.job()),
                  row.timeMillis(),
                  member,
                  settings.maxErrorsPerJob(),
                  Rows.errorNews(row.job(), member)));
    }

    @Override
    public CompletionStage<List<ErrorRow>> list(JobId job) {
      return reader.read(
          "list errors of " + job,
          source ->
              source.at(Servers.PRIMARY).zrange(Keys.error(job), 0, -1).stream()
                  .map(text -> Rows.error(job, text))
                  .toList());
    }
  }
}
