package org.rayakka.client.value;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.fory.Fory;
import org.apache.fory.config.Config;
import org.apache.fory.memory.MemoryBuffer;
import org.apache.fory.memory.MemoryUtils;
import org.apache.fory.resolver.TypeResolver;
import org.apache.fory.serializer.JavaSerializer;
import org.apache.fory.serializer.Serializer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.NdArray;

/// One Fory and the state of the one graph that it encodes or decodes. For one thread at a time.
final class GraphSession {
  private static final int INITIAL_BYTES = 4 * 1024;

  /// Graphs up to this size are copied out of the session's buffer; a larger one keeps the buffer.
  private static final int COPIED_BYTES = 64 * 1024;

  /// Arrays from this size on stand beside the graph, so that they are copied once, not twice.
  static final int LARGE_ARRAY_BYTES = 16 * 1024;

  private final ReferenceHook hook;
  private final Fory fory;
  private final List<MemorySegment> written = new ArrayList<>();
  private boolean writtenViews;
  private List<MemorySegment> readable = List.of();
  private MemoryBuffer buffer = MemoryUtils.buffer(INITIAL_BYTES);

  /// Makes a session.
  ///
  /// @param maxDepth of the graphs that it can read; Fory reserves a word for each level
  GraphSession(ClassLoader loader, ReferenceHook hook, int maxDepth) {
    this.hook = hook;
    fory =
        Fory.builder()
            .withXlang(false)
            .withCompatible(false)
            .withRefTracking(true)
            .withCodegen(false)
            .requireClassRegistration(false)
            .suppressClassRegistrationWarnings(true)
            .withClassLoader(loader)
            .withTypeChecker((resolver, name) -> requireClass(loader, name))
            .withSerializerFactory(this::serializerFor)
            // A job's values are its own: what bounds them is memory.
            .withMaxDepth(maxDepth)
            .withMaxGraphMemoryBytes(Long.MAX_VALUE)
            .withMaxUnbackedContainerItems(Integer.MAX_VALUE)
            .build();
    fory.registerSerializer(NdArray.class, new NdArraySerializer(fory.getConfig(), this));
    largeArrays(char[].class);
    largeArrays(byte[].class);
    largeArrays(short[].class);
    largeArrays(int[].class);
    largeArrays(long[].class);
    largeArrays(float[].class);
    largeArrays(double[].class);
  }

  private <A> void largeArrays(Class<A> type) {
    fory.registerSerializer(
        type, new ArraySerializer<>(fory.getConfig(), type, fory.getSerializer(type), this));
  }

  /// Classes come from the job's class loader or not at all.
  private static boolean requireClass(ClassLoader loader, String name) {
    if (name.indexOf('/') >= 0) {
      return true; // a hidden class: written as what it was made from, never looked up
    }
    try {
      Class.forName(name, false, loader);
      return true;
    } catch (ClassNotFoundException | LinkageError e) {
      throw new ForeignClassException(name);
    }
  }

  private @Nullable Serializer<?> serializerFor(TypeResolver resolver, Class<?> type) {
    Config config = resolver.getConfig();
    if (hook.isHandle(type)) {
      return new HandleSerializer<>(config, type, hook);
    }
    if (Throwable.class.isAssignableFrom(type)) {
      return new ThrowableSerializer<>(config, type.asSubclass(Throwable.class));
    }
    if (Random.class.isAssignableFrom(type)) {
      return new JavaSerializer(resolver, type); // its serialised form has fields that it has not
    }
    Serializability.Substitute substitute = Serializability.substitute(type);
    if (substitute != null) {
      return new SubstituteSerializer<>(config, type, substitute);
    }
    String refusal = Serializability.refusal(type);
    return refusal == null ? null : new RefusingSerializer<>(config, type, refusal);
  }

  EncodedValue encode(Object value) {
    buffer.writerIndex(0);
    fory.serialize(buffer, value);
    int length = buffer.writerIndex();
    byte[] graph = buffer.getHeapMemory();
    if (length <= COPIED_BYTES) {
      graph = Arrays.copyOf(graph, length);
    } else {
      buffer = MemoryUtils.buffer(INITIAL_BYTES);
    }
    List<MemorySegment> arrays = List.copyOf(written);
    boolean views = writtenViews;
    written.clear();
    writtenViews = false;
    return new GraphValue(value, graph, length, arrays, views);
  }

  @Nullable Object decode(MemorySegment graph, List<MemorySegment> arrays) {
    readable = arrays;
    // Fory reads byte arrays and native memory; an inline value may lie in another array.
    MemoryBuffer in =
        graph.isNative()
            ? MemoryUtils.wrap(graph.asByteBuffer())
            : MemoryUtils.wrap(graph.toArray(Layouts.BYTE));
    Object value = fory.deserialize(in);
    readable = List.of();
    return value;
  }

  /// Puts an array beside the graph that is being written.
  ///
  /// @return its number
  int write(MemorySegment array) {
    written.add(array);
    return written.size() - 1;
  }

  /// Puts an array beside the graph that its reader will leave there.
  ///
  /// @return its number
  int writeView(MemorySegment array) {
    writtenViews = true;
    return write(array);
  }

  /// The array of that number beside the graph that is being read.
  MemorySegment array(int number) {
    return readable.get(number);
  }
}
