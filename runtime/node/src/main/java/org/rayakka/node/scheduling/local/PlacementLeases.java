package org.rayakka.node.scheduling.local;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;

/// Places that hold for a while: tasks that can only run elsewhere, and come one after the other,
/// need not each ask where. Who sends many asks again, so that others get their share.
final class PlacementLeases {
  private static final long DURATION_NS = 100_000_000;
  private static final int TASKS = 100;

  private static final class Lease {
    final NodeId node;
    final long untilNs;
    int left = TASKS;

    Lease(NodeId node, long untilNs) {
      this.node = node;
      this.untilNs = untilNs;
    }
  }

  private final Map<SchedulingClass, Lease> leases = new HashMap<>();

  /// Tasks of a class were placed there.
  void placed(SchedulingClass schedulingClass, NodeId node, long nowNs) {
    leases.put(schedulingClass, new Lease(node, nowNs + DURATION_NS));
  }

  /// Where one more task of a class may go without a question; null: ask.
  @Nullable NodeId take(SchedulingClass schedulingClass, long nowNs) {
    Lease lease = leases.get(schedulingClass);
    if (lease == null) {
      return null;
    }
    if (lease.left == 0 || nowNs - lease.untilNs > 0) {
      leases.remove(schedulingClass);
      return null;
    }
    lease.left--;
    return lease.node;
  }

  void lost(NodeId node) {
    leases.values().removeIf(lease -> lease.node.equals(node));
  }

  void endJob(JobId jobId) {
    leases.keySet().removeIf(schedulingClass -> schedulingClass.jobId().equals(jobId));
  }
}
