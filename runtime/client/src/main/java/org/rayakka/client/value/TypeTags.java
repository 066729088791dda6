package org.rayakka.client.value;

import org.rayakka.protocol.StandardTags;

/// The codec's type tags. They are stored beside the bytes, so a tag never changes its meaning.
///
/// All numbers in the bytes are little-endian. A scalar is its bytes; a string is its characters,
/// one or two bytes each; an array is its elements: their count follows from the size.
final class TypeTags {
  static final int NULL = StandardTags.FIRST_VALUE_TAG;
  static final int BOOLEAN = NULL + 1;
  static final int BYTE = NULL + 2;
  static final int CHAR = NULL + 3;
  static final int SHORT = NULL + 4;
  static final int INT = NULL + 5;
  static final int LONG = NULL + 6;
  static final int FLOAT = NULL + 7;
  static final int DOUBLE = NULL + 8;

  /// A string whose characters are all below 256.
  static final int STRING_LATIN1 = NULL + 9;

  /// Any other string. Not UTF-8, which has no form for half a surrogate pair.
  static final int STRING_UTF16 = NULL + 10;

  static final int BOOLEANS = NULL + 16;
  static final int BYTES = NULL + 17;
  static final int CHARS = NULL + 18;
  static final int SHORTS = NULL + 19;
  static final int INTS = NULL + 20;
  static final int LONGS = NULL + 21;
  static final int FLOATS = NULL + 22;
  static final int DOUBLES = NULL + 23;

  /// An n-dimensional array: see {@link NdArrayValue}.
  static final int ND_ARRAY = NULL + 32;

  /// An Arrow vector: an Arrow IPC stream of one batch with one column, see {@link ArrowCodec}.
  static final int ARROW_VECTOR = NULL + 33;

  /// Arrow columns of one length: an Arrow IPC stream of one batch, see {@link ArrowCodec}.
  static final int ARROW_BATCH = NULL + 34;

  /// A graph of objects in the general serialiser's bytes.
  static final int GRAPH = NULL + 40;

  /// The same with arrays beside it that are read in place: see {@link GraphValue}.
  static final int GRAPH_WITH_VIEWS = NULL + 41;

  /// The same with arrays beside it that are all copied to the heap when it is read.
  static final int GRAPH_WITH_COPIES = NULL + 42;

  private TypeTags() {}
}
