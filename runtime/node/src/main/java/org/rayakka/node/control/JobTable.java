package org.rayakka.node.control;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.rayakka.api.id.JobId;

/// The jobs of the cluster. {@link ControlState#finishJob} ends one.
public interface JobTable {
  /// The number of the next job: no other caller in the cluster gets the same.
  ///
  /// @return the id
  CompletionStage<JobId> next();

  /// Records a job that starts.
  ///
  /// @param row the job
  void started(JobRow row);

  /// Lists the jobs that run, and those that ended not long ago.
  ///
  /// @return the rows, oldest first
  CompletionStage<List<JobRow>> list();
}
