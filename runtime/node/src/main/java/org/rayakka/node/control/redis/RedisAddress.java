package org.rayakka.node.control.redis;

/// Where a Redis server listens.
///
/// @param host its name or address
/// @param port its port
public record RedisAddress(String host, int port) {
  /// Checks both.
  public RedisAddress {
    if (host.isBlank()) {
      throw new IllegalArgumentException(
          "redis host: '" + host + "' (expected: a name or address)");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("redis port: " + port + " (expected: 1 to 65535)");
    }
  }

  /// Reads an address from its printed form.
  ///
  /// @param text `host:port`, or `[address]:port` with an IPv6 address
  /// @return the address
  /// @throws IllegalArgumentException if the text is neither
  public static RedisAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    try {
      String host = text.substring(0, Math.max(colon, 0));
      boolean isBracketed = host.startsWith("[") && host.endsWith("]");
      return new RedisAddress(
          isBracketed ? host.substring(1, host.length() - 1) : host,
          Integer.parseInt(text.substring(colon + 1)));
    } catch (IllegalArgumentException unreadable) {
      throw new IllegalArgumentException(
          "redis address: '" + text + "' (expected: host:port)", unreadable);
    }
  }

  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
