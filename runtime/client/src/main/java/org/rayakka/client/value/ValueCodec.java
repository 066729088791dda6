package org.rayakka.client.value;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.NdArray;
import org.rayakka.objectstore.SealedObject;

/// Turns Java values into the bytes of objects and back. Safe for any number of threads.
///
/// Null, boxed primitives, strings and primitive arrays have encodings of their own, which cost
/// some tens of nanoseconds and one copy. Arrow vectors and n-dimensional arrays are written once
/// and read back as views of the stored bytes. Everything else is a graph of objects for the
/// general serialiser.
public final class ValueCodec {
  /// From this size on it pays to map all pages of what is about to be copied.
  private static final long POPULATED_BYTES = 256 << 10;

  private final ClassLoader loader;
  private final ReferenceHook hook;

  /// What a class's instances are encoded as, where `instanceof` would load classes for nothing.
  private final ClassValue<Form> forms =
      new ClassValue<>() {
        @Override
        protected Form computeValue(Class<?> type) {
          return Form.of(type);
        }
      };

  private final Lazy<GraphCodec> graphs;

  // A method reference would load ArrowCodec, and Arrow with it, at once.
  @SuppressWarnings("UnnecessaryLambda")
  private final Lazy<ArrowCodec> arrows = new Lazy<>(() -> new ArrowCodec());

  /// A codec for one job.
  ///
  /// @param loader finds the job's classes; no other class is ever instantiated
  /// @param hook is told of handles inside values
  public ValueCodec(ClassLoader loader, ReferenceHook hook) {
    this.loader = loader;
    this.hook = hook;
    this.graphs = new Lazy<>(() -> new GraphCodec(this.loader, this.hook));
  }

  /// Measures and prepares a value.
  ///
  /// @throws org.rayakka.api.exception.RaySerializationException naming the class that cannot be
  ///   serialised and the path to it
  public EncodedValue encode(@Nullable Object value) {
    if (value == null) {
      return ScalarValue.NULL;
    }
    if (value instanceof String text) {
      return StringValue.of(text);
    }
    if (value instanceof Integer number) {
      return new ScalarValue(TypeTags.INT, Integer.BYTES, number);
    }
    if (value instanceof Long number) {
      return new ScalarValue(TypeTags.LONG, Long.BYTES, number);
    }
    if (value instanceof Double number) {
      return new ScalarValue(TypeTags.DOUBLE, Long.BYTES, Double.doubleToRawLongBits(number));
    }
    if (value instanceof Boolean truth) {
      return truth ? ScalarValue.TRUE : ScalarValue.FALSE;
    }
    if (value instanceof byte[] bytes) {
      return new ArrayValue(TypeTags.BYTES, MemorySegment.ofArray(bytes));
    }
    if (value instanceof NdArray array) {
      return new NdArrayValue(array);
    }
    return encodeRarer(value);
  }

  private EncodedValue encodeRarer(Object value) {
    return switch (value) {
      case Byte number -> new ScalarValue(TypeTags.BYTE, Byte.BYTES, number);
      case Character character -> new ScalarValue(TypeTags.CHAR, Short.BYTES, character);
      case Short number -> new ScalarValue(TypeTags.SHORT, Short.BYTES, number);
      case Float number ->
          new ScalarValue(TypeTags.FLOAT, Integer.BYTES, Float.floatToRawIntBits(number));
      case boolean[] booleans -> new BooleanArrayValue(booleans);
      case char[] chars -> new ArrayValue(TypeTags.CHARS, MemorySegment.ofArray(chars));
      case short[] shorts -> new ArrayValue(TypeTags.SHORTS, MemorySegment.ofArray(shorts));
      case int[] ints -> new ArrayValue(TypeTags.INTS, MemorySegment.ofArray(ints));
      case long[] longs -> new ArrayValue(TypeTags.LONGS, MemorySegment.ofArray(longs));
      case float[] floats -> new ArrayValue(TypeTags.FLOATS, MemorySegment.ofArray(floats));
      case double[] doubles -> new ArrayValue(TypeTags.DOUBLES, MemorySegment.ofArray(doubles));
      default ->
          switch (forms.get(value.getClass())) {
            case ARROW_VECTOR -> arrows.get().encodeVector(value);
            case ARROW_BATCH -> arrows.get().encodeBatch(value);
            case GRAPH -> graphs.get().encode(value);
          };
    };
  }

  /// Reads a stored value, and takes over the pin: it is given up at once where the value is a
  /// copy, else when the value and all views of it are unreachable.
  public @Nullable Object decode(SealedObject object) {
    int tag = object.typeTag();
    if (object.size() >= POPULATED_BYTES && !isView(tag)) {
      object.populate();
    }
    return decode(tag, object.view(), object::close);
  }

  /// Whether values of a tag are read in place, at least in part.
  private static boolean isView(int tag) {
    return switch (tag) {
      case TypeTags.ND_ARRAY,
          TypeTags.ARROW_VECTOR,
          TypeTags.ARROW_BATCH,
          TypeTags.GRAPH_WITH_VIEWS ->
          true;
      default -> false;
    };
  }

  /// Reads a value from bytes that stay as they are until they are released.
  @SuppressWarnings("restricted") // the same memory, with a scope that ends by itself
  @Nullable Object decode(int tag, MemorySegment bytes, Runnable release) {
    switch (tag) {
      case TypeTags.ARROW_VECTOR, TypeTags.ARROW_BATCH -> {
        return arrows.get().decode(tag, bytes, release);
      }
      case TypeTags.ND_ARRAY, TypeTags.GRAPH_WITH_VIEWS -> {
        // Every view holds the arena's scope, so the pin lasts as long as any of them.
        MemorySegment view = bytes.reinterpret(Arena.ofAuto(), _ -> release.run());
        return tag == TypeTags.ND_ARRAY
            ? NdArrayValue.view(view)
            : graphs.get().decode(GraphValue.Parts.of(tag, view));
      }
      default -> {
        try {
          return copy(tag, bytes);
        } finally {
          release.run();
        }
      }
    }
  }

  /// Reads a value that came inside a message. The result never refers to the bytes.
  public @Nullable Object decode(int typeTag, MemorySegment bytes) {
    return switch (typeTag) {
      case TypeTags.ND_ARRAY -> NdArrayValue.view(detached(bytes));
      case TypeTags.GRAPH_WITH_VIEWS ->
          graphs.get().decode(GraphValue.Parts.of(typeTag, detached(bytes)));
      case TypeTags.ARROW_VECTOR, TypeTags.ARROW_BATCH -> {
        MemorySegment copy =
            Arena.ofAuto().allocate(bytes.byteSize(), Layouts.ARRAY_ALIGNMENT).copyFrom(bytes);
        // The allocation lives as long as its user, which the release action keeps reachable.
        yield arrows.get().decode(typeTag, copy, copy::byteSize);
      }
      default -> copy(typeTag, bytes);
    };
  }

  /// A copy on the heap, aligned for every element type.
  private static MemorySegment detached(MemorySegment bytes) {
    long size = bytes.byteSize();
    long[] words = new long[Math.toIntExact((size + Long.BYTES - 1) / Long.BYTES)];
    return MemorySegment.ofArray(words).asSlice(0, size).copyFrom(bytes);
  }

  private @Nullable Object copy(int typeTag, MemorySegment bytes) {
    return switch (typeTag) {
      case TypeTags.NULL -> null;
      case TypeTags.BOOLEAN -> bytes.get(Layouts.BYTE, 0) != 0;
      case TypeTags.BYTE -> bytes.get(Layouts.BYTE, 0);
      case TypeTags.CHAR -> bytes.get(Layouts.CHAR, 0);
      case TypeTags.SHORT -> bytes.get(Layouts.SHORT, 0);
      case TypeTags.INT -> bytes.get(Layouts.INT, 0);
      case TypeTags.LONG -> bytes.get(Layouts.LONG, 0);
      case TypeTags.FLOAT -> bytes.get(Layouts.FLOAT, 0);
      case TypeTags.DOUBLE -> bytes.get(Layouts.DOUBLE, 0);
      case TypeTags.STRING_LATIN1, TypeTags.STRING_UTF16 -> StringValue.read(typeTag, bytes);
      case TypeTags.BOOLEANS -> BooleanArrayValue.read(bytes);
      case TypeTags.BYTES,
          TypeTags.CHARS,
          TypeTags.SHORTS,
          TypeTags.INTS,
          TypeTags.LONGS,
          TypeTags.FLOATS,
          TypeTags.DOUBLES ->
          ArrayValue.read(typeTag, bytes);
      case TypeTags.GRAPH, TypeTags.GRAPH_WITH_COPIES ->
          graphs.get().decode(GraphValue.Parts.of(typeTag, bytes));
      default ->
          throw new IllegalArgumentException(
              "type tag: "
                  + typeTag
                  + " (expected: a value's, "
                  + TypeTags.NULL
                  + " to "
                  + TypeTags.GRAPH_WITH_COPIES
                  + ")");
    };
  }

  /// How the instances of a class are encoded.
  private enum Form {
    ARROW_VECTOR,
    ARROW_BATCH,
    GRAPH;

    /// By name, so that Arrow's classes load only in programs that use them.
    static Form of(Class<?> type) {
      for (Class<?> ancestor = type; ancestor != null; ancestor = ancestor.getSuperclass()) {
        if (ancestor.getName().equals("org.apache.arrow.vector.VectorSchemaRoot")) {
          return ARROW_BATCH;
        }
        if (isVector(ancestor)) {
          return ARROW_VECTOR;
        }
      }
      return GRAPH;
    }

    private static boolean isVector(Class<?> type) {
      for (Class<?> parent : type.getInterfaces()) {
        if (parent.getName().equals("org.apache.arrow.vector.FieldVector") || isVector(parent)) {
          return true;
        }
      }
      return false;
    }
  }
}
