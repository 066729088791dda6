package org.rayakka.client.value;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// A string, one byte or two per character.
record StringValue(String text, boolean latin1) implements EncodedValue {
  /// Up to here a loop over the characters is cheaper than a copy of them.
  private static final int SHORT_LENGTH = 48;

  private static final char LATIN1_END = 0x100;

  static StringValue of(String text) {
    return new StringValue(text, isLatin1(text));
  }

  private static boolean isLatin1(String text) {
    int length = text.length();
    if (length > SHORT_LENGTH) {
      // Both calls are vectorised; unmappable characters come back as question marks.
      byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
      return text.equals(new String(bytes, StandardCharsets.ISO_8859_1));
    }
    for (int i = 0; i < length; i++) {
      if (text.charAt(i) >= LATIN1_END) {
        return false;
      }
    }
    return true;
  }

  static String read(int typeTag, MemorySegment bytes) {
    if (typeTag == TypeTags.STRING_LATIN1) {
      byte[] characters = new byte[Math.toIntExact(bytes.byteSize())];
      MemorySegment.copy(bytes, Layouts.BYTE, 0, characters, 0, characters.length);
      return new String(characters, StandardCharsets.ISO_8859_1);
    }
    char[] characters = new char[Math.toIntExact(bytes.byteSize() / Character.BYTES)];
    MemorySegment.copy(bytes, Layouts.CHAR, 0, characters, 0, characters.length);
    return new String(characters);
  }

  @Override
  public int typeTag() {
    return latin1 ? TypeTags.STRING_LATIN1 : TypeTags.STRING_UTF16;
  }

  @Override
  public long size() {
    return latin1 ? text.length() : (long) text.length() * Character.BYTES;
  }

  @Override
  public void writeTo(MemorySegment destination) {
    if (latin1) {
      byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
      MemorySegment.copy(bytes, 0, destination, Layouts.BYTE, 0, bytes.length);
    } else {
      char[] characters = text.toCharArray();
      MemorySegment.copy(characters, 0, destination, Layouts.CHAR, 0, characters.length);
    }
  }

  @Override
  public boolean isSimple() {
    return SimpleValues.isSimple(text);
  }
}
