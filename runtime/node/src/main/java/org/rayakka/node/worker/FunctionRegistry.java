package org.rayakka.node.worker;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.JobId;

/// The functions that this node's clients have exported, at hand for the workers that run them.
/// Belongs to the event loop's thread.
public final class FunctionRegistry {
  private final Map<FunctionId, Function> functions = new HashMap<>();

  /// A function.
  ///
  /// @param jobId the job it belongs to
  /// @param descriptor what its clients say it is; the node does not look into it
  @SuppressWarnings("ArrayRecordComponent") // handed on as it is, never compared
  public record Function(JobId jobId, byte[] descriptor) {}

  /// Makes an empty registry.
  public FunctionRegistry() {}

  /// Adds a function.
  ///
  /// @param functionId its id
  /// @param function what it is
  /// @return whether it was new
  public boolean add(FunctionId functionId, Function function) {
    return functions.putIfAbsent(functionId, function) == null;
  }

  /// Finds a function.
  ///
  /// @param functionId its id
  /// @return what it is, or null if nobody exported it here
  public @Nullable Function find(FunctionId functionId) {
    return functions.get(functionId);
  }

  /// Forgets the functions of a job that has ended.
  ///
  /// @param jobId which
  public void forget(JobId jobId) {
    functions.values().removeIf(function -> function.jobId().equals(jobId));
  }
}
