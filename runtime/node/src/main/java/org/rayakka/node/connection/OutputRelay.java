package org.rayakka.node.connection;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.DirectBuffer;
import org.rayakka.api.id.JobId;

/// Takes what workers print to the driver of their job, if it is connected here and wants to see
/// it. Belongs to the event loop's thread.
final class OutputRelay {
  private final Map<JobId, Job> jobs = new HashMap<>();

  /// The way to a driver.
  @FunctionalInterface
  interface Screen {
    /// Hands over a `TaskOutput` frame; does not block.
    ///
    /// @param buffer what it stands in, valid during the call
    /// @param offset where its message header begins
    /// @param length bytes of its message header and body
    void show(DirectBuffer buffer, int offset, int length);
  }

  /// The way to a worker that prints.
  @FunctionalInterface
  interface Printer {
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

  private record Flush(Set<Printer> awaited, Runnable done) {}

  /// A driver has connected that wants to see what its tasks print.
  void driverConnected(JobId jobId, Screen screen) {
    jobs.put(jobId, new Job(screen));
  }

  void driverGone(JobId jobId) {
    jobs.remove(jobId);
  }

  /// Whether somebody here wants to see what a job's workers print.
  boolean isWanted(JobId jobId) {
    return jobs.containsKey(jobId);
  }

  void workerConnected(JobId jobId, Printer printer) {
    Job job = jobs.get(jobId);
    if (job != null) {
      job.printers.add(printer);
    }
  }

  void workerGone(JobId jobId, Printer printer) {
    Job job = jobs.get(jobId);
    if (job != null && job.printers.remove(printer)) {
      job.answered(printer);
    }
  }

  /// A worker has printed.
  void printed(JobId jobId, DirectBuffer buffer, int offset, int length) {
    Job job = jobs.get(jobId);
    if (job != null) {
      job.screen.show(buffer, offset, length);
    }
  }

  /// Fetches what a job's workers have printed so far.
  ///
  /// @param done called when all of it has been shown
  void flush(JobId jobId, Runnable done) {
    Job job = jobs.get(jobId);
    if (job == null || job.printers.isEmpty()) {
      done.run();
      return;
    }
    job.flushes.add(new Flush(new HashSet<>(job.printers), done));
    job.printers.forEach(Printer::flushOutput);
  }

  /// A worker has sent all that it had printed when it was asked.
  void flushed(JobId jobId, Printer printer) {
    Job job = jobs.get(jobId);
    if (job != null) {
      job.answered(printer);
    }
  }
}
