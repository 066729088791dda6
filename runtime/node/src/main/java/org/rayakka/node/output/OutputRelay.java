package org.rayakka.node.output;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.DirectBuffer;
import org.rayakka.api.id.JobId;

/// Takes what workers print to the driver of their job, if it wants to see it; it is connected
/// here, or at another node. Belongs to the event loop's thread.
public final class OutputRelay {
  private final Map<JobId, Job> jobs = new HashMap<>();

  /// The way to a driver.
  @FunctionalInterface
  public interface Screen {
    /// Hands over a `TaskOutput` frame; does not block.
    ///
    /// @param buffer what it stands in, valid during the call
    /// @param offset where its message header begins
    /// @param length bytes of its message header and body
    void show(DirectBuffer buffer, int offset, int length);
  }

  /// The way to a worker that prints, or to another node with such workers.
  @FunctionalInterface
  public interface Printer {
    /// Asks it to send what was printed so far, and to say so.
    void flushOutput();
  }

  /// A job whose driver wants to see output.
  private static final class Job {
    private final Screen screen;
    private final Set<Printer> printers = new HashSet<>();
    private final List<Flush> flushes = new ArrayList<>();

    Job(Screen screen) {
      this.screen = screen;
    }

    void answered(Printer printer) {
      for (Iterator<Flush> all = flushes.iterator(); all.hasNext(); ) {
        Flush flush = all.next();
        flush.awaited.remove(printer);
        if (flush.awaited.isEmpty()) {
          all.remove();
          flush.done.run();
        }
      }
    }
  }

  /// Makes a relay without drivers.
  public OutputRelay() {}

  private record Flush(Set<Printer> awaited, Runnable done) {}

  /// A driver has connected that wants to see what its tasks print.
  ///
  /// @param jobId its job
  /// @param screen the way to it
  public void driverConnected(JobId jobId, Screen screen) {
    jobs.put(jobId, new Job(screen));
  }

  /// A driver is gone.
  ///
  /// @param jobId its job
  public void driverGone(JobId jobId) {
    jobs.remove(jobId);
  }

  /// Whether somebody wants to see what a job's workers print.
  ///
  /// @param jobId which job
  /// @return true if so
  public boolean isWanted(JobId jobId) {
    return jobs.containsKey(jobId);
  }

  /// A worker has connected.
  ///
  /// @param jobId its job
  /// @param printer the way to it
  public void workerConnected(JobId jobId, Printer printer) {
    Job job = jobs.get(jobId);
    if (job != null) {
      job.printers.add(printer);
    }
  }

  /// A worker is gone.
  ///
  /// @param jobId its job
  /// @param printer the way to it
  public void workerGone(JobId jobId, Printer printer) {
    Job job = jobs.get(jobId);
    if (job != null && job.printers.remove(printer)) {
      job.answered(printer);
    }
  }

  /// A worker has printed.
  ///
  /// @param jobId its job
  /// @param buffer what a `TaskOutput` frame stands in
  /// @param offset where its message header begins
  /// @param length bytes of its message header and body
  public void printed(JobId jobId, DirectBuffer buffer, int offset, int length) {
    Job job = jobs.get(jobId);
    if (job != null) {
      job.screen.show(buffer, offset, length);
    }
  }

  /// Fetches what a job's workers have printed so far.
  ///
  /// @param jobId which job
  /// @param done called when all of it has been shown
  public void flush(JobId jobId, Runnable done) {
    Job job = jobs.get(jobId);
    if (job == null || job.printers.isEmpty()) {
      done.run();
      return;
    }
    job.flushes.add(new Flush(new HashSet<>(job.printers), done));
    job.printers.forEach(Printer::flushOutput);
  }

  /// A worker has sent all that it had printed when it was asked.
  ///
  /// @param jobId its job
  /// @param printer the way to it
  public void flushed(JobId jobId, Printer printer) {
    Job job = jobs.get(jobId);
    if (job != null) {
      job.answered(printer);
    }
  }
}
