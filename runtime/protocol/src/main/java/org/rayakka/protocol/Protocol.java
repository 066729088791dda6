package org.rayakka.protocol;

import org.rayakka.api.id.FunctionId;

/// Facts that both ends of a connection must agree on.
public final class Protocol {
  /// Rises with every change that an older peer would misread.
  public static final int VERSION = 1;

  /// Resources are counted in ten-thousandths, so that fractions add up exactly.
  public static final int RESOURCE_UNIT = 10_000;

  /// The lane on which a worker runs nothing: an unused field.
  public static final int NO_LANE = -1;

  /// Attempt of a durable actor's call that ran before: its result is not wanted.
  public static final int REPLAY = -1;

  /// Called by a durable actor's node: returns the actor's object.
  public static final FunctionId SAVE_STATE = new FunctionId(0, 1);

  /// Called by a durable actor's node: makes its only argument the actor's object.
  public static final FunctionId RESTORE_STATE = new FunctionId(0, 2);

  private Protocol() {}

  /// A resource amount in units of {@link #RESOURCE_UNIT}.
  ///
  /// @param amount the amount as a user writes it, such as 0.5
  /// @return its units, rounded to the nearest
  public static long units(double amount) {
    return Math.round(amount * RESOURCE_UNIT);
  }

  /// A resource amount as a user writes it.
  ///
  /// @param units units of {@link #RESOURCE_UNIT}
  /// @return the amount
  public static double amount(long units) {
    return (double) units / RESOURCE_UNIT;
  }
}
