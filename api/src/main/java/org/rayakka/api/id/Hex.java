package org.rayakka.api.id;

import java.util.HexFormat;

/// The printed form that all ids share: `Kind(hex digits)`.
final class Hex {
  private static final HexFormat LOWER = HexFormat.of();

  private Hex() {}

  static String of(long value) {
    return LOWER.toHexDigits(value);
  }

  static String of(int value) {
    return LOWER.toHexDigits(value);
  }

  static byte[] parse(String kind, String text, int bytes) {
    String digits =
        text.startsWith(kind + "(") && text.endsWith(")")
            ? text.substring(kind.length() + 1, text.length() - 1)
            : text;
    if (digits.length() != 2 * bytes) {
      throw unreadable(kind, text, bytes);
    }
    try {
      return LOWER.parseHex(digits);
    } catch (IllegalArgumentException notHex) {
      throw unreadable(kind, text, bytes);
    }
  }

  static long longAt(byte[] bytes, int offset) {
    long value = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      value = (value << 8) | (bytes[offset + i] & 0xFF);
    }
    return value;
  }

  private static IllegalArgumentException unreadable(String kind, String text, int bytes) {
    return new IllegalArgumentException(
        "id: '" + text + "' (expected: " + 2 * bytes + " hex digits, or " + kind + "(…) of them)");
  }
}
