package org.rayakka.node.control.redis;

import java.time.Duration;
import java.util.List;

/// How to reach the Redis servers, and the bounds of what is held and kept.
///
/// @param shards the servers, the primary first. It holds all tables if it is alone; otherwise the
///   others hold the tasks and objects between them
/// @param username for AUTH; empty for Redis's default user
/// @param password for AUTH; empty for none
/// @param isTls whether the connections are encrypted
/// @param connectTimeout how long a connection may take to open
/// @param replyTimeout how long the server may take to answer a batch or a read; then the
///   connection counts as broken
/// @param readDeadline how long a read tries, over reconnections, before it fails
/// @param writeDelay how long a row waits for others to be written with, and for its own next
///   change
/// @param retryDelay how long to wait before the second attempt to reconnect; doubles up to
///   `maxRetryDelay`
/// @param maxRetryDelay the longest wait between two attempts to reconnect
/// @param highWaterRows with so many rows held back, no new work is accepted
/// @param lowWaterRows with no more rows than that, new work is accepted again
/// @param highWaterBytes with rows of so many bytes held back, no new work is accepted; half of it
///   is the low mark
/// @param rowsPerCommand how many rows one command writes at most
/// @param rowsPerRoundTrip how many rows are sent before replies are read
/// @param bytesPerRoundTrip how many bytes are sent before replies are read; a single larger row
///   goes alone
/// @param maxErrorsPerJob how many errors of a job are kept
/// @param endedRowsKept how long the row of a job that ended, or of a node that left, stays
/// @param closeTimeout how long closing may go on writing
public record RedisSettings(
    List<RedisAddress> shards,
    String username,
    String password,
    boolean isTls,
    Duration connectTimeout,
    Duration replyTimeout,
    Duration readDeadline,
    Duration writeDelay,
    Duration retryDelay,
    Duration maxRetryDelay,
    long highWaterRows,
    long lowWaterRows,
    long highWaterBytes,
    int rowsPerCommand,
    int rowsPerRoundTrip,
    long bytesPerRoundTrip,
    int maxErrorsPerJob,
    Duration endedRowsKept,
    Duration closeTimeout) {
  /// Checks every bound.
  public RedisSettings {
    shards = List.copyOf(shards);
    if (shards.isEmpty()) {
      throw new IllegalArgumentException("shards: [] (expected: at least the primary)");
    }
    checkPositive("connectTimeout", connectTimeout);
    checkPositive("replyTimeout", replyTimeout);
    checkPositive("readDeadline", readDeadline);
    checkPositive("writeDelay", writeDelay);
    checkPositive("retryDelay", retryDelay);
    checkPositive("maxRetryDelay", maxRetryDelay);
    checkPositive("endedRowsKept", endedRowsKept);
    checkPositive("closeTimeout", closeTimeout);
    checkPositive("highWaterRows", highWaterRows);
    checkPositive("highWaterBytes", highWaterBytes);
    checkPositive("rowsPerCommand", rowsPerCommand);
    checkPositive("rowsPerRoundTrip", rowsPerRoundTrip);
    checkPositive("bytesPerRoundTrip", bytesPerRoundTrip);
    checkPositive("maxErrorsPerJob", maxErrorsPerJob);
    if (lowWaterRows < 0 || lowWaterRows >= highWaterRows) {
      throw new IllegalArgumentException(
          "lowWaterRows: "
              + lowWaterRows
              + " (expected: 0 to below highWaterRows, "
              + highWaterRows
              + ")");
    }
  }

  /// The defaults.
  ///
  /// @param shards the servers, the primary first
  /// @param password for AUTH; empty for none
  /// @return the settings
  public static RedisSettings of(List<RedisAddress> shards, String password) {
    return new RedisSettings(
        shards,
        "",
        password,
        false,
        Duration.ofSeconds(2),
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        // Long enough that a short task is submitted, run and forgotten within it; short enough
        // that an error is listed, and a waiting subscriber told, without a noticeable delay.
        Duration.ofMillis(5),
        Duration.ofMillis(20),
        Duration.ofSeconds(1),
        262_144,
        131_072,
        256L << 20,
        256,
        4_096,
        8L << 20,
        1_000,
        Duration.ofDays(1),
        // Writers and readers end one after the other, well within the time a node has to stop.
        Duration.ofSeconds(1));
  }

  /// The same with another user.
  ///
  /// @param other for AUTH; empty for Redis's default user
  /// @return the settings
  public RedisSettings withUsername(String other) {
    return new RedisSettings(
        shards,
        other,
        password,
        isTls,
        connectTimeout,
        replyTimeout,
        readDeadline,
        writeDelay,
        retryDelay,
        maxRetryDelay,
        highWaterRows,
        lowWaterRows,
        highWaterBytes,
        rowsPerCommand,
        rowsPerRoundTrip,
        bytesPerRoundTrip,
        maxErrorsPerJob,
        endedRowsKept,
        closeTimeout);
  }

  /// The same with or without encryption.
  ///
  /// @param other whether the connections are encrypted
  /// @return the settings
  public RedisSettings withTls(boolean other) {
    return new RedisSettings(
        shards,
        username,
        password,
        other,
        connectTimeout,
        replyTimeout,
        readDeadline,
        writeDelay,
        retryDelay,
        maxRetryDelay,
        highWaterRows,
        lowWaterRows,
        highWaterBytes,
        rowsPerCommand,
        rowsPerRoundTrip,
        bytesPerRoundTrip,
        maxErrorsPerJob,
        endedRowsKept,
        closeTimeout);
  }

  /// The same with other water marks.
  ///
  /// @param highRows with so many rows held back, no new work is accepted
  /// @param lowRows with no more rows than that, new work is accepted again
  /// @param highBytes with rows of so many bytes held back, no new work is accepted
  /// @return the settings
  public RedisSettings withWaterMarks(long highRows, long lowRows, long highBytes) {
    return new RedisSettings(
        shards,
        username,
        password,
        isTls,
        connectTimeout,
        replyTimeout,
        readDeadline,
        writeDelay,
        retryDelay,
        maxRetryDelay,
        highRows,
        lowRows,
        highBytes,
        rowsPerCommand,
        rowsPerRoundTrip,
        bytesPerRoundTrip,
        maxErrorsPerJob,
        endedRowsKept,
        closeTimeout);
  }

  /// The same with another write delay.
  ///
  /// @param other how long a row waits for others to be written with
  /// @return the settings
  public RedisSettings withWriteDelay(Duration other) {
    return new RedisSettings(
        shards,
        username,
        password,
        isTls,
        connectTimeout,
        replyTimeout,
        readDeadline,
        other,
        retryDelay,
        maxRetryDelay,
        highWaterRows,
        lowWaterRows,
        highWaterBytes,
        rowsPerCommand,
        rowsPerRoundTrip,
        bytesPerRoundTrip,
        maxErrorsPerJob,
        endedRowsKept,
        closeTimeout);
  }

  /// The same with another bound on a job's errors.
  ///
  /// @param other how many errors of a job are kept
  /// @return the settings
  public RedisSettings withMaxErrorsPerJob(int other) {
    return new RedisSettings(
        shards,
        username,
        password,
        isTls,
        connectTimeout,
        replyTimeout,
        readDeadline,
        writeDelay,
        retryDelay,
        maxRetryDelay,
        highWaterRows,
        lowWaterRows,
        highWaterBytes,
        rowsPerCommand,
        rowsPerRoundTrip,
        bytesPerRoundTrip,
        other,
        endedRowsKept,
        closeTimeout);
  }

  /// The same with other deadlines.
  ///
  /// @param read how long a read tries before it fails
  /// @param close how long closing may go on writing
  /// @return the settings
  public RedisSettings withDeadlines(Duration read, Duration close) {
    return new RedisSettings(
        shards,
        username,
        password,
        isTls,
        connectTimeout,
        replyTimeout,
        read,
        writeDelay,
        retryDelay,
        maxRetryDelay,
        highWaterRows,
        lowWaterRows,
        highWaterBytes,
        rowsPerCommand,
        rowsPerRoundTrip,
        bytesPerRoundTrip,
        maxErrorsPerJob,
        endedRowsKept,
        close);
  }

  /// Without the password, so that no log shows it.
  @Override
  public String toString() {
    return "RedisSettings[shards=" + shards + ", isTls=" + isTls + "]";
  }

  private static void checkPositive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
    }
  }

  private static void checkPositive(String name, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
    }
  }
}
