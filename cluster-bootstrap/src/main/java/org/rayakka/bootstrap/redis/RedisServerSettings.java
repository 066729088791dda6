package org.rayakka.bootstrap.redis;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

/// How a Redis server is started.
///
/// @param directory where it keeps its files; exists
/// @param host the address it listens on, beside loopback
/// @param port the port it listens on; 0 for one that the operating system chooses
/// @param password what its clients must know; letters, digits and `-_.~+/=` only
/// @param isAppendOnly whether it writes every change to a file, and finds all again after a
///   restart
/// @param startTimeout how long it may take until it answers
/// @param commandPrefix what its command line begins with: a command that watches over it; may be
///   empty
public record RedisServerSettings(
    Path directory,
    String host,
    int port,
    String password,
    boolean isAppendOnly,
    Duration startTimeout,
    List<String> commandPrefix) {
  /// The address of this machine that other machines cannot reach.
  public static final String LOOPBACK = "127.0.0.1";

  private static final int PASSWORD_BYTES = 32;

  /// Checks each.
  public RedisServerSettings {
    commandPrefix = List.copyOf(commandPrefix);
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("redis port: " + port + " (expected: 0 to 65535)");
    }
    if (!password.matches("[A-Za-z0-9._~+/=-]+")) {
      throw new IllegalArgumentException(
          "redis password: of "
              + password.length()
              + " characters (expected: at least one, of letters, digits and -_.~+/=)");
    }
    if (!host.matches("[A-Za-z0-9.:_-]+")) {
      throw new IllegalArgumentException("redis host: '" + host + "' (expected: an address)");
    }
    if (startTimeout.isNegative() || startTimeout.isZero()) {
      throw new IllegalArgumentException("startTimeout: " + startTimeout + " (expected: > 0)");
    }
  }

  /// The defaults: loopback, a free port, a random password, nothing on disk.
  ///
  /// @param directory where it keeps its files; exists
  /// @return the settings
  public static RedisServerSettings in(Path directory) {
    byte[] password = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(password);
    return new RedisServerSettings(
        directory,
        LOOPBACK,
        0,
        HexFormat.of().formatHex(password),
        false,
        Duration.ofSeconds(20),
        List.of());
  }

  /// The same at another address.
  ///
  /// @param otherHost the address it listens on, beside loopback
  /// @param otherPort the port; 0 for one that the operating system chooses
  /// @return the settings
  public RedisServerSettings withAddress(String otherHost, int otherPort) {
    return new RedisServerSettings(
        directory, otherHost, otherPort, password, isAppendOnly, startTimeout, commandPrefix);
  }

  /// The same with another password.
  ///
  /// @param other what its clients must know
  /// @return the settings
  public RedisServerSettings withPassword(String other) {
    return new RedisServerSettings(
        directory, host, port, other, isAppendOnly, startTimeout, commandPrefix);
  }

  /// The same with or without a file of all changes.
  ///
  /// @param other whether it writes every change to a file
  /// @return the settings
  public RedisServerSettings withAppendOnly(boolean other) {
    return new RedisServerSettings(
        directory, host, port, password, other, startTimeout, commandPrefix);
  }

  /// The same with another start timeout.
  ///
  /// @param other how long it may take until it answers
  /// @return the settings
  public RedisServerSettings withStartTimeout(Duration other) {
    return new RedisServerSettings(
        directory, host, port, password, isAppendOnly, other, commandPrefix);
  }

  /// The same under another command.
  ///
  /// @param other what its command line begins with: a command that watches over it
  /// @return the settings
  public RedisServerSettings withCommandPrefix(List<String> other) {
    return new RedisServerSettings(
        directory, host, port, password, isAppendOnly, startTimeout, other);
  }

  /// Without the password, so that no log shows it.
  @Override
  public String toString() {
    return "RedisServerSettings[directory=" + directory + ", host=" + host + ", port=" + port + "]";
  }
}
