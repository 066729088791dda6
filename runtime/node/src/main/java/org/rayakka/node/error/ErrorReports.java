package org.rayakka.node.error;

import java.util.HashMap;
import java.util.Map;
import org.rayakka.api.id.JobId;
import org.rayakka.node.control.ErrorRow;
import org.rayakka.node.control.ErrorTable;

/// Takes the errors of tasks to the error table, and to the driver of their job if it is connected
/// here. Belongs to the event loop's thread.
public final class ErrorReports {
  private final ErrorTable table;
  private final Map<JobId, DriverChannel> drivers = new HashMap<>();

  /// The way to a driver.
  @FunctionalInterface
  public interface DriverChannel {
    /// Tells the driver of an error; does not block.
    ///
    /// @param error of one of its tasks
    void errorPublished(ErrorRow error);
  }

  /// Makes a report desk without drivers.
  ///
  /// @param table where errors are kept
  public ErrorReports(ErrorTable table) {
    this.table = table;
  }

  /// A driver has connected.
  ///
  /// @param jobId its job
  /// @param channel the way to it
  public void driverConnected(JobId jobId, DriverChannel channel) {
    drivers.put(jobId, channel);
  }

  /// A driver is gone.
  ///
  /// @param jobId its job
  public void driverGone(JobId jobId) {
    drivers.remove(jobId);
  }

  /// A task failed.
  ///
  /// @param error what is known of it
  public void report(ErrorRow error) {
    table.add(error);
    tellDriver(error);
  }

  /// A task failed on another node, which has reported it.
  ///
  /// @param error what is known of it
  public void tellDriver(ErrorRow error) {
    DriverChannel driver = drivers.get(error.job());
    if (driver != null) {
      driver.errorPublished(error);
    }
  }
}
