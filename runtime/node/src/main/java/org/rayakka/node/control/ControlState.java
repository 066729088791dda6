package org.rayakka.node.control;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.rayakka.api.id.JobId;

/// The tables of a cluster and their notifications.
///
/// **Writing never waits and never fails.** A method that returns `void` hands its row over and
/// returns; the row is written behind, together with others, in the order of the calls as far as
/// one row is concerned. While the state's server is away rows are held, and none is lost. A row
/// that changes again before it was written is written once, and one that is forgotten before it
/// was written is not written at all. Byte arrays are given away: whoever passes one does not
/// change it afterwards. Any thread may call.
///
/// **The buffer is bounded by its users**: those who take in new work ask {@link #accepting()}
/// first, and take none while it is false.
///
/// **Reading returns a stage** that another thread completes, exceptionally with a {@link
/// ControlStateException} if no answer came in time. A read sees what has been written, by whatever
/// node: not the rows still held here or elsewhere. Who must see its own rows calls {@link
/// #flush()} first.
public interface ControlState extends AutoCloseable {
  /// What tasks run.
  ///
  /// @return the table
  FunctionTable functions();

  /// What was submitted, and how far it is.
  ///
  /// @return the table
  TaskTable tasks();

  /// Which nodes hold which objects.
  ///
  /// @return the table
  ObjectTable objects();

  /// The actors.
  ///
  /// @return the table
  ActorTable actors();

  /// The nodes of the cluster.
  ///
  /// @return the table
  NodeTable nodes();

  /// The jobs.
  ///
  /// @return the table
  JobTable jobs();

  /// What went wrong.
  ///
  /// @return the table
  ErrorTable errors();

  /// What changes in the tables, told to those who subscribe.
  ///
  /// @return the message bus
  Notifications notifications();

  /// Whether new work may be taken in: turns false when the rows held back reach a high-water mark,
  /// and true again when they fall below the low one. Rows are taken at any time, so that work that
  /// is under way can end.
  ///
  /// @return false while the buffer is too full
  boolean accepting();

  /// How long the oldest row has been waiting to be written.
  ///
  /// @return zero if nothing waits
  Duration lag();

  /// How many rows wait to be written.
  ///
  /// @return 0 if nothing waits
  long pendingRows();

  /// Asks that everything handed over until now be written without delay.
  ///
  /// @return completes when it is; exceptionally if the control state is closed before
  CompletionStage<Void> flush();

  /// Removes the rows of a job that ended: its tasks, objects, functions and errors, and its actors
  /// that are not detached. The job's own row is marked as finished and goes after a time. Rows
  /// that other nodes still hold of jobs that finished earlier are removed in the same sweep.
  ///
  /// Call it on one node, when the job's processes are gone.
  ///
  /// @param job the job
  /// @param timeMillis when it ended, since the epoch
  /// @return completes when the rows are gone
  CompletionStage<Void> finishJob(JobId job, long timeMillis);

  /// Writes what can be written within the time that the settings allow, and ends all threads.
  @Override
  void close();
}
