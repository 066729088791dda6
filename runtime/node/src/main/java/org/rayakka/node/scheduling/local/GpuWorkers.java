package org.rayakka.node.scheduling.local;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.JobId;
import org.rayakka.node.worker.WorkerProcess;

/// Which worker process runs a job's plain tasks on which GPUs. A process sees the GPUs that it was
/// started for and no others, so it serves whoever of its job is granted just these: one after the
/// other, or side by side if they hold fractions of one.
///
/// A process without tasks is kept for the next ones, which would have to wait for the start of a
/// JVM otherwise. But it may still hold memory of its GPUs, so it is ended when one of them is
/// granted to somebody whom it does not serve, and when another that shares a GPU with it becomes
/// idle. So there are never more idle processes than GPUs.
final class GpuWorkers {
  private record Key(JobId jobId, String devices) {}

  /// Somebody who holds GPUs and waits for the process that serves them.
  ///
  /// @param schedulingClass of which one task will run
  /// @param grant what is held for it
  record Waiting(SchedulingClass schedulingClass, ResourceLedger.Grant grant) {}

  private static final class GpuWorker {
    final int[] gpuIds;
    final List<Waiting> waiting = new ArrayList<>();

    /// Null while it starts.
    @Nullable TaskWorker worker;

    int lanes;
    long idleSinceNs;

    GpuWorker(int[] gpuIds) {
      this.gpuIds = gpuIds;
    }

    boolean isIdle() {
      return worker != null && lanes == 0;
    }

    boolean shares(int[] others) {
      for (int mine : gpuIds) {
        for (int other : others) {
          if (mine == other) {
            return true;
          }
        }
      }
      return false;
    }
  }

  private final Map<Key, GpuWorker> workers = new HashMap<>();
  private final Map<SchedulingClass, Integer> awaited = new HashMap<>();

  /// How many of a class wait for a process.
  int awaitedBy(SchedulingClass schedulingClass) {
    return awaited.getOrDefault(schedulingClass, 0);
  }

  /// The process that serves a job on what was granted, or null if there is none or it starts.
  @Nullable TaskWorker serving(JobId jobId, ResourceLedger.Grant grant) {
    GpuWorker worker = workers.get(new Key(jobId, grant.devices()));
    return worker == null ? null : worker.worker;
  }

  /// One task of a class waits for the process of its GPUs.
  ///
  /// @return whether that process is to be started
  boolean await(SchedulingClass schedulingClass, ResourceLedger.Grant grant) {
    Key key = new Key(schedulingClass.jobId(), grant.devices());
    boolean isNew = !workers.containsKey(key);
    workers
        .computeIfAbsent(key, none -> new GpuWorker(grant.gpuIds()))
        .waiting
        .add(new Waiting(schedulingClass, grant));
    awaited.merge(schedulingClass, 1, Integer::sum);
    return isNew;
  }

  /// A process has started.
  ///
  /// @return who waited for it
  List<Waiting> ready(TaskWorker worker) {
    GpuWorker started = workers.get(keyOf(worker.process));
    if (started == null) {
      return List.of();
    }
    started.worker = worker;
    return served(started);
  }

  /// A process did not start.
  ///
  /// @return who waited for it
  List<Waiting> refused(JobId jobId, String devices) {
    GpuWorker refused = workers.remove(new Key(jobId, devices));
    return refused == null ? List.of() : served(refused);
  }

  private List<Waiting> served(GpuWorker worker) {
    List<Waiting> served = List.copyOf(worker.waiting);
    worker.waiting.clear();
    for (Waiting one : served) {
      awaited.computeIfPresent(
          one.schedulingClass(), (schedulingClass, count) -> count == 1 ? null : count - 1);
    }
    return served;
  }

  @Nullable TaskWorker of(WorkerProcess process) {
    GpuWorker known = find(process);
    return known == null ? null : known.worker;
  }

  /// Null if it has been given up: another may serve its GPUs by now.
  private @Nullable GpuWorker find(WorkerProcess process) {
    GpuWorker known = workers.get(keyOf(process));
    if (known == null) {
      return null;
    }
    TaskWorker worker = known.worker;
    return worker == null || !worker.process.equals(process) ? null : known;
  }

  private static Key keyOf(WorkerProcess process) {
    return new Key(process.jobId(), process.devices());
  }

  /// A lane of a process has tasks now.
  void opened(WorkerProcess process) {
    GpuWorker opened = find(process);
    if (opened != null) {
      opened.lanes++;
    }
  }

  /// A lane of a process has none any more.
  ///
  /// @return the processes that are to end
  List<WorkerProcess> closed(WorkerProcess process, long nowNs) {
    GpuWorker closed = find(process);
    if (closed == null) {
      return List.of();
    }
    closed.lanes--;
    if (closed.lanes > 0) {
      return List.of();
    }
    closed.idleSinceNs = nowNs;
    return takeIdle(other -> !other.equals(closed) && other.shares(closed.gpuIds));
  }

  /// Somebody is granted GPUs.
  ///
  /// @param served by whose process it will be served; null: by one of its own
  /// @return the processes that are to end
  List<WorkerProcess> vacate(ResourceLedger.Grant grant, @Nullable JobId served) {
    if (workers.isEmpty()) {
      return List.of();
    }
    GpuWorker kept = served == null ? null : workers.get(new Key(served, grant.devices()));
    return takeIdle(worker -> !worker.equals(kept) && worker.shares(grant.gpuIds()));
  }

  /// Forgets the processes that have been idle since a time or longer.
  ///
  /// @return these; they are to end
  List<WorkerProcess> takeIdleSince(long ns) {
    return takeIdle(worker -> worker.idleSinceNs - ns <= 0);
  }

  private List<WorkerProcess> takeIdle(Predicate<GpuWorker> which) {
    List<WorkerProcess> taken = new ArrayList<>();
    Iterator<GpuWorker> all = workers.values().iterator();
    while (all.hasNext()) {
      GpuWorker next = all.next();
      TaskWorker worker = next.worker;
      if (worker != null && next.isIdle() && which.test(next)) {
        taken.add(worker.process);
        all.remove();
      }
    }
    return taken;
  }

  /// When the process that has been idle longest became so, or {@link Deadlines#NEVER}.
  long idleSince() {
    long longest = Deadlines.NEVER;
    for (GpuWorker worker : workers.values()) {
      if (worker.isIdle()) {
        longest = Math.min(longest, worker.idleSinceNs);
      }
    }
    return longest;
  }

  /// A process has died.
  void lost(WorkerProcess process) {
    if (find(process) != null) {
      workers.remove(keyOf(process));
    }
  }

  /// Forgets a job's processes; whoever started them ends them.
  ///
  /// @return what was held for tasks that waited
  List<ResourceLedger.Grant> endJob(JobId jobId) {
    List<ResourceLedger.Grant> held = new ArrayList<>();
    workers
        .entrySet()
        .removeIf(entry -> {
          if (!entry.getKey().jobId().equals(jobId)) {
            return false;
          }
          served(entry.getValue()).forEach(waiting -> held.add(waiting.grant()));
          return true;
        });
    return held;
  }
}
