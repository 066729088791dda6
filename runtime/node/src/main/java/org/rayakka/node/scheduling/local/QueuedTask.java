package org.rayakka.node.scheduling.local;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.NodeId;
import org.rayakka.protocol.ErrorObject;
import org.rayakka.protocol.TaskSpec;

/// A task that this node has taken on and not finished.
final class QueuedTask extends ArgumentWaits.Waiter {
  final SchedulingClass schedulingClass;

  /// Its place in the order of arrival.
  final long sequence;

  /// How often it was started before.
  int attempt;

  /// How many bytes of its arguments are on which other nodes, as far as they need not come here;
  /// null if all must.
  @Nullable Map<NodeId, Long> elsewhere;

  /// The class as which it is placed on other nodes.
  SchedulingClass askedAs;

  /// The lane it was dispatched to, or null while it waits.
  @Nullable TaskLane lane;

  /// Whether it runs here for another node.
  final boolean isGuest;

  /// Whether another node runs it, or will.
  boolean isAway;

  /// The other node that runs it, or null while none was found.
  @Nullable NodeId awayAt;

  /// Why it is to end before its time, or null if it is not.
  ErrorObject.@Nullable Kind cancelledAs;

  /// Its place among the scheduler's deadlines, if it has any.
  long deadline = Deadlines.NEVER;

  QueuedTask(TaskSpec spec, SchedulingClass schedulingClass, long sequence, boolean isGuest) {
    super(spec);
    this.isGuest = isGuest;
    this.schedulingClass = schedulingClass;
    askedAs = schedulingClass;
    this.sequence = sequence;
  }

  boolean isCancelled() {
    return cancelledAs != null;
  }

  @Override
  public String toString() {
    return spec + (attempt == 0 ? "" : " attempt " + attempt);
  }
}
