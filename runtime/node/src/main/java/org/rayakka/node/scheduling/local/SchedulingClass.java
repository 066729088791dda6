package org.rayakka.node.scheduling.local;

import org.rayakka.api.id.JobId;
import org.rayakka.protocol.TaskSpec;

/// Tasks that may stand in for each other in a lane: they need the same code and hold the same
/// resources. Tasks of one class run first in, first out.
///
/// @param jobId whose code
/// @param priority higher runs first
/// @param resources what each holds
public record SchedulingClass(JobId jobId, int priority, ResourceSet resources) {

  /// The class of a task.
  ///
  /// @param spec the task
  /// @return its class
  public static SchedulingClass of(TaskSpec spec) {
    return new SchedulingClass(spec.jobId(), spec.priority(), ResourceSet.of(spec));
  }

  boolean needsGpu() {
    return resources.gpu() > 0;
  }
}
