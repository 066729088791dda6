package org.rayakka.node.scheduling.local;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.rayakka.node.worker.Lane;

/// A lane that runs plain tasks of one scheduling class, and what they hold. While it has tasks it
/// holds their resources once, because they run one after the other.
final class TaskLane {
  final Lane lane;
  final SchedulingClass schedulingClass;
  final ArrayDeque<QueuedTask> queue = new ArrayDeque<>();
  ResourceLedger.@Nullable Grant grant;

  /// What its queue will take, as far as the durations seen so far tell.
  long expectedNs;

  /// When the task at its head became so.
  long headSinceNs;

  /// Its running task is blocked, and its CPUs are lent out.
  boolean blocked;

  /// Tasks were asked back and have not come.
  boolean recalling;

  TaskLane(Lane lane, SchedulingClass schedulingClass) {
    this.lane = lane;
    this.schedulingClass = schedulingClass;
  }
}
