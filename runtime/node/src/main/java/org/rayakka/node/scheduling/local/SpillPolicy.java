package org.rayakka.node.scheduling.local;

/// How many of the tasks that wait for room on this node others may run. Looked at only while tasks
/// wait, so what is soon done costs nothing.
///
/// How long a task will take is not known, so what counts is how many of its kind have ended since
/// the last look: those that will have ended within the horizon at that rate stay.
final class SpillPolicy {
  /// How often to look.
  static final long INTERVAL_NS = 10_000_000;

  /// How long a task may have to wait here before it is worth to be sent elsewhere.
  private static final long HORIZON_NS = 50_000_000;

  private SpillPolicy() {}

  /// How many are too many.
  ///
  /// @param waiting tasks of one kind that wait
  /// @param ended tasks of that kind that have ended since the last look
  /// @param sinceNs how long ago that was
  /// @return how many shall go if there is a place for them
  static int excess(int waiting, int ended, long sinceNs) {
    long soon = ended * HORIZON_NS / Math.max(1, sinceNs);
    return (int) Math.max(0, waiting - soon);
  }
}
