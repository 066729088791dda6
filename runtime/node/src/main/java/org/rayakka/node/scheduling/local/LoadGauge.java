package org.rayakka.node.scheduling.local;

/// How busy the node's workers are. The local scheduler sets it, any thread reads it.
public final class LoadGauge {
  private volatile long counts;

  /// Makes a gauge that shows nothing.
  public LoadGauge() {}

  void set(int waiting, int running) {
    counts = ((long) waiting << Integer.SIZE) | running;
  }

  /// How many tasks wait for arguments, resources or a worker.
  ///
  /// @return the number, as of the scheduler's last turn
  public int waiting() {
    return (int) (counts >>> Integer.SIZE);
  }

  /// How many tasks workers run.
  ///
  /// @return the number, as of the scheduler's last turn
  public int running() {
    return (int) counts;
  }
}
