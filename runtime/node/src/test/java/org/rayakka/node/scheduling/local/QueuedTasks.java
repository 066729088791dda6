package org.rayakka.node.scheduling.local;

import java.util.Map;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.node.TaskSpecs;
import org.rayakka.node.scheduling.global.PlacementStrategy;

/// Tasks of one class for tests of the scheduler's parts.
final class QueuedTasks {
  static final SchedulingClass CLASS =
      new SchedulingClass(
          new JobId(1), 0, ResourceSet.of(1, 0, Map.of("special", 1.0)), PlacementStrategy.ANY);

  private QueuedTasks() {}

  static QueuedTask task(long number, ObjectId... references) {
    return new QueuedTask(TaskSpecs.task(new TaskId(1, number), references), CLASS, number, false);
  }
}
