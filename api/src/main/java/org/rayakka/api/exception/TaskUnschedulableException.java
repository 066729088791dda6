package org.rayakka.api.exception;

import java.util.Map;

/// No node of the cluster has, when idle, what the task or actor asks for.
///
/// Retrying helps once a node that has it joins.
public final class TaskUnschedulableException extends RayException {
  private final Map<String, Double> resources;

  /// The refusal of a task or actor.
  ///
  /// @param resources what it asks for
  /// @param message what the nodes have
  public TaskUnschedulableException(Map<String, Double> resources, String message) {
    super("resources: " + resources + " (" + message + ")", null);
    this.resources = Map.copyOf(resources);
  }

  /// What was asked for.
  ///
  /// @return quantities by resource name
  public Map<String, Double> resources() {
    return resources;
  }

  @Override
  public boolean isRetryable() {
    return true;
  }
}
