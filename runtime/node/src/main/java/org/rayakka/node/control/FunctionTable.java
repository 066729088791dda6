package org.rayakka.node.control;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.JobId;

/// What the functions of a job are. Two jobs of the same code have the same function ids, so that a
/// row belongs to a job and goes with it.
public interface FunctionTable {
  /// Records a function and publishes it to {@link Channel#FUNCTIONS}.
  ///
  /// @param id the function
  /// @param job the job that exports it
  /// @param className the class that declares it
  /// @param methodName its method
  /// @param descriptor what a worker needs to call it, as its driver encoded it
  void add(FunctionId id, JobId job, String className, String methodName, byte[] descriptor);

  /// Looks a function up.
  ///
  /// @param job the job that exported it
  /// @param id the function
  /// @return its row; empty if there is none
  CompletionStage<Optional<FunctionRow>> find(JobId job, FunctionId id);

  /// Lists functions, in no particular order.
  ///
  /// @param limit how many at most
  /// @return the rows
  CompletionStage<List<FunctionRow>> list(int limit);
}
