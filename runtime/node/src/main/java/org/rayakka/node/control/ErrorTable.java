package org.rayakka.node.control;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.rayakka.api.id.JobId;

/// What went wrong, by job. Bounded: of a job with many errors the newest stay.
public interface ErrorTable {
  /// Records an error, and publishes it to {@link Channel#ERRORS}.
  ///
  /// @param row the error; with {@link JobId#NIL} it concerns the cluster, not a job
  void add(ErrorRow row);

  /// Lists the errors of a job.
  ///
  /// @param job the job
  /// @return its rows, oldest first
  CompletionStage<List<ErrorRow>> list(JobId job);
}
