package org.rayakka.node.scheduling.local;

import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.node.scheduling.global.PlacementStrategy;
import org.rayakka.protocol.TaskSpec;

/// Tasks that may stand in for each other in a lane: they need the same code, hold the same
/// resources and may run on the same nodes. Tasks of one class run first in, first out.
///
/// @param jobId whose code
/// @param priority higher runs first
/// @param resources what each holds
/// @param strategy which nodes it asks for
public record SchedulingClass(
    JobId jobId, int priority, ResourceSet resources, PlacementStrategy strategy) {

  /// The class of a task of this node.
  ///
  /// @param spec the task
  /// @return its class
  public static SchedulingClass of(TaskSpec spec) {
    return of(spec, PlacementStrategy.of(spec));
  }

  /// The class of a task that another node has sent: that one has seen to its strategy.
  ///
  /// @param spec the task
  /// @return its class
  static SchedulingClass ofGuest(TaskSpec spec) {
    return of(spec, PlacementStrategy.ANY);
  }

  private static SchedulingClass of(TaskSpec spec, PlacementStrategy strategy) {
    return new SchedulingClass(spec.jobId(), spec.priority(), ResourceSet.of(spec), strategy);
  }

  /// The class of such tasks whose arguments are elsewhere.
  ///
  /// @param node where
  /// @param bytes how many; they are counted roughly, so that there are few classes
  /// @return their class while they are placed
  SchedulingClass near(NodeId node, long bytes) {
    return new SchedulingClass(
        jobId, priority, resources, PlacementStrategy.near(node, Long.highestOneBit(bytes)));
  }

  boolean needsGpu() {
    return resources.gpu() > 0;
  }
}
