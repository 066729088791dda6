package org.rayakka.node.control;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;

/// A control state in the heap, for tests of what writes to one. Rows are there at once; any thread
/// may call.
public final class InMemoryControlState implements ControlState {
  private static final int MAX_ERRORS_PER_JOB = 1_000;

  private record FunctionKey(JobId job, FunctionId id) {}

  private record Listener(Channel channel, Executor executor, Consumer<Notification> told) {}

  private final Map<FunctionKey, FunctionRow> functions = new ConcurrentHashMap<>();
  private final Map<TaskId, TaskRow> tasks = new ConcurrentHashMap<>();
  private final Map<TaskId, ObjectRow> firstReturns = new ConcurrentHashMap<>();
  private final Map<ObjectId, ObjectRow> objects = new ConcurrentHashMap<>();
  private final Map<ActorId, ActorRow> actors = new ConcurrentHashMap<>();
  private final Map<NodeId, NodeRow> nodes = new ConcurrentHashMap<>();
  private final Map<JobId, JobRow> jobs = new ConcurrentHashMap<>();
  private final Map<JobId, Deque<ErrorRow>> errors = new ConcurrentHashMap<>();
  private final AtomicLong lastJob = new AtomicLong();
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private volatile boolean isAccepting = true;

  /// What {@link #accepting} says from now on.
  public void accept(boolean accepting) {
    isAccepting = accepting;
  }

  private void publish(Channel channel, Notification notification) {
    for (Listener listener : listeners) {
      if (listener.channel() == channel) {
        listener.executor().execute(() -> listener.told().accept(notification));
      }
    }
  }

  private static <T> CompletionStage<T> now(T value) {
    return CompletableFuture.completedStage(value);
  }

  private static <T> CompletionStage<List<T>> now(Iterable<T> rows, int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit: " + limit + " (expected: > 0)");
    }
    List<T> list = new ArrayList<>();
    for (T row : rows) {
      if (list.size() < limit) {
        list.add(row);
      }
    }
    return now(List.copyOf(list));
  }

  @Override
  public FunctionTable functions() {
    return new FunctionTable() {
      @Override
      public void add(
          FunctionId id, JobId job, String className, String methodName, byte[] descriptor) {
        functions.put(
            new FunctionKey(job, id), new FunctionRow(id, job, className, methodName, descriptor));
        publish(Channel.FUNCTIONS, new Notification.FunctionExported(job, id));
      }

      @Override
      public CompletionStage<Optional<FunctionRow>> find(JobId job, FunctionId id) {
        return now(Optional.ofNullable(functions.get(new FunctionKey(job, id))));
      }

      @Override
      public CompletionStage<List<FunctionRow>> list(int limit) {
        return now(functions.values(), limit);
      }
    };
  }

  @Override
  public TaskTable tasks() {
    return new TaskTable() {
      @Override
      public void submitted(TaskId task, JobId job, NodeId node, byte[] spec) {
        tasks.put(task, new TaskRow(task, job, TaskState.WAITING, node, 0, spec));
      }

      @Override
      public void changed(TaskId task, JobId job, TaskState state, NodeId node, int attempt) {
        firstReturns.remove(task);
        tasks.computeIfPresent(
            task, (_, row) -> new TaskRow(task, job, state, node, attempt, row.spec()));
      }

      @Override
      public void done(TaskId task, JobId job, NodeId node, long size) {
        changed(task, job, TaskState.DONE, node, 0);
        if (size >= 0 && tasks.containsKey(task)) {
          ObjectId object = ObjectId.ofReturn(task, 1);
          firstReturns.put(task, new ObjectRow(object, job, size, Set.of(node)));
          publish(Channel.OBJECTS, new Notification.ObjectCreated(object, node, size));
        }
      }

      @Override
      public void forget(TaskId task) {
        tasks.remove(task);
        firstReturns.remove(task);
      }

      @Override
      public CompletionStage<Optional<TaskRow>> find(TaskId task) {
        return now(Optional.ofNullable(tasks.get(task)));
      }

      @Override
      public CompletionStage<List<TaskRow>> list(int limit) {
        return now(tasks.values(), limit);
      }
    };
  }

  @Override
  public ObjectTable objects() {
    return new ObjectTable() {
      @Override
      public void sealed(ObjectId object, JobId job, long size, NodeId node) {
        objects.merge(
            object,
            new ObjectRow(object, job, size, Set.of(node)),
            (before, made) -> {
              Set<NodeId> holders = new HashSet<>(before.holders());
              holders.add(node);
              JobId known = job.equals(JobId.NIL) ? before.job() : job;
              return new ObjectRow(object, known, made.size(), holders);
            });
        publish(Channel.OBJECTS, new Notification.ObjectCreated(object, node, size));
      }

      @Override
      public void removed(ObjectId object, NodeId node) {
        objects.computeIfPresent(
            object,
            (_, row) -> {
              Set<NodeId> holders = new HashSet<>(row.holders());
              holders.remove(node);
              return new ObjectRow(object, row.job(), row.size(), holders);
            });
      }

      @Override
      public void forget(ObjectId object) {
        objects.remove(object);
      }

      @Override
      public CompletionStage<Optional<ObjectRow>> find(ObjectId object) {
        return now(Optional.ofNullable(all().get(object)));
      }

      @Override
      public CompletionStage<List<ObjectRow>> list(int limit) {
        return now(all().values(), limit);
      }

      private Map<ObjectId, ObjectRow> all() {
        Map<ObjectId, ObjectRow> all = new HashMap<>(objects);
        firstReturns
            .values()
            .forEach(first ->
                all.merge(
                    first.id(),
                    first,
                    (own, inTask) -> {
                      Set<NodeId> holders = new HashSet<>(own.holders());
                      holders.addAll(inTask.holders());
                      return new ObjectRow(own.id(), inTask.job(), inTask.size(), holders);
                    }));
        return all;
      }
    };
  }

  @Override
  public ActorTable actors() {
    return new ActorTable() {
      @Override
      public void put(ActorRow row) {
        actors.put(row.id(), row);
        publish(Channel.ACTORS, new Notification.ActorChanged(row.id(), row.state()));
      }

      @Override
      public void forget(ActorId actor) {
        actors.remove(actor);
      }

      @Override
      public CompletionStage<Optional<ActorRow>> find(ActorId actor) {
        return now(Optional.ofNullable(actors.get(actor)));
      }

      @Override
      public CompletionStage<List<ActorRow>> list(int limit) {
        return now(actors.values(), limit);
      }
    };
  }

  @Override
  public NodeTable nodes() {
    return new NodeTable() {
      @Override
      public void register(NodeRow row) {
        nodes.put(row.id(), row);
        publish(Channel.NODES, new Notification.NodeChanged(row.id(), true));
      }

      @Override
      public void heartbeat(NodeId node, long timeMillis, NodeLoad load) {
        nodes.computeIfPresent(node, (_, row) -> with(row, timeMillis, load, row.leftReason()));
      }

      @Override
      public void left(NodeId node, long timeMillis, String reason) {
        nodes.computeIfPresent(
            node,
            (_, row) ->
                with(row, row.heartbeatMillis(), row.load(), reason.isEmpty() ? "left" : reason));
        publish(Channel.NODES, new Notification.NodeChanged(node, false));
      }

      @Override
      public CompletionStage<Optional<NodeRow>> find(NodeId node) {
        return now(Optional.ofNullable(nodes.get(node)));
      }

      @Override
      public CompletionStage<List<NodeRow>> list() {
        return now(nodes.values(), Integer.MAX_VALUE);
      }

      private static NodeRow with(NodeRow row, long heartbeat, NodeLoad load, String left) {
        return new NodeRow(
            row.id(),
            row.host(),
            row.address(),
            row.pid(),
            row.isHead(),
            row.resources(),
            row.startMillis(),
            heartbeat,
            load,
            left);
      }
    };
  }

  @Override
  public JobTable jobs() {
    return new JobTable() {
      @Override
      public CompletionStage<JobId> next() {
        return now(new JobId(lastJob.incrementAndGet()));
      }

      @Override
      public void started(JobRow row) {
        jobs.put(row.id(), row);
      }

      @Override
      public CompletionStage<List<JobRow>> list() {
        return now(jobs.values().stream().sorted(Comparator.comparing(JobRow::id)).toList());
      }
    };
  }

  @Override
  public ErrorTable errors() {
    return new ErrorTable() {
      @Override
      public void add(ErrorRow row) {
        errors.compute(
            row.job(),
            (_, rows) -> {
              Deque<ErrorRow> more = new ArrayDeque<>(rows == null ? List.of() : rows);
              more.add(row);
              if (more.size() > MAX_ERRORS_PER_JOB) {
                more.remove();
              }
              return more;
            });
        publish(Channel.ERRORS, new Notification.ErrorAdded(row));
      }

      @Override
      public CompletionStage<List<ErrorRow>> list(JobId job) {
        @Nullable Deque<ErrorRow> rows = errors.get(job);
        return now(rows == null ? List.of() : List.copyOf(rows));
      }
    };
  }

  @Override
  public Notifications notifications() {
    return (channel, executor, told) -> {
      Listener listener = new Listener(channel, executor, told);
      listeners.add(listener);
      return new Notifications.Subscription() {
        @Override
        public CompletionStage<Void> active() {
          return CompletableFuture.allOf();
        }

        @Override
        public void close() {
          listeners.remove(listener);
        }
      };
    };
  }

  @Override
  public boolean accepting() {
    return isAccepting;
  }

  @Override
  public Duration lag() {
    return Duration.ZERO;
  }

  @Override
  public long pendingRows() {
    return 0;
  }

  @Override
  public CompletionStage<Void> flush() {
    return CompletableFuture.allOf();
  }

  @Override
  public CompletionStage<Void> finishJob(JobId job, long timeMillis) {
    jobs.computeIfPresent(
        job,
        (_, row) ->
            new JobRow(
                job,
                row.name(),
                row.namespace(),
                row.node(),
                row.driverPid(),
                row.startMillis(),
                timeMillis));
    functions.keySet().removeIf(key -> key.job().equals(job));
    tasks.values().removeIf(row -> row.job().equals(job));
    firstReturns.values().removeIf(row -> row.job().equals(job));
    objects
        .entrySet()
        .removeIf(entry -> {
          boolean isCopy = entry.getValue().job().equals(JobId.NIL) && entry.getKey().index() == 1;
          return entry.getValue().job().equals(job)
              || (isCopy && !tasks.containsKey(entry.getKey().taskId()));
        });
    actors.values().removeIf(row -> row.job().equals(job) && !row.isDetached());
    errors.remove(job);
    return CompletableFuture.allOf();
  }

  @Override
  public void close() {
    listeners.clear();
  }
}
