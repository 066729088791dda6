package org.rayakka.client.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.impl.UnionListWriter;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.rayakka.api.exception.RaySerializationException;

/// Rows 51-53 for Arrow vectors.
class ArrowCodecTest {
  private static final int LENGTH = 1_000;

  private final BufferAllocator allocator = new RootAllocator();
  private final AtomicInteger released = new AtomicInteger();
  private final ValueCodec codec =
      new ValueCodec(ArrowCodecTest.class.getClassLoader(), new NoHandles());

  private static final class NoHandles implements ReferenceHook {
    @Override
    public boolean isHandle(Class<?> type) {
      return false;
    }

    @Override
    public byte[] escaped(Object handle) {
      throw new AssertionError(handle);
    }

    @Override
    public Object resolve(byte[] bytes) {
      throw new AssertionError(bytes.length);
    }
  }

  /// Fails when a test, or encoding, has kept a buffer.
  @AfterEach
  void freeAll() {
    allocator.close();
  }

  private static MemorySegment memory(EncodedValue encoded) {
    MemorySegment memory = Arena.ofAuto().allocate(encoded.size(), Layouts.ARRAY_ALIGNMENT);
    encoded.writeTo(memory);
    return memory;
  }

  private Object decode(EncodedValue encoded, MemorySegment memory) {
    return Objects.requireNonNull(
        codec.decode(encoded.typeTag(), memory.asReadOnly(), released::incrementAndGet));
  }

  private Float8Vector doubles(String name) {
    Float8Vector vector = new Float8Vector(name, allocator);
    vector.allocateNew(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      if (i % 7 == 0) {
        vector.setNull(i);
      } else {
        vector.set(i, i * 0.5);
      }
    }
    vector.setValueCount(LENGTH);
    return vector;
  }

  @Test
  void readsAVectorInPlaceUntilItIsClosed() {
    try (Float8Vector vector = doubles("x")) {
      EncodedValue encoded = codec.encode(vector);
      assertThat(encoded.isSimple()).isFalse();
      MemorySegment memory = memory(encoded);

      Float8Vector view = (Float8Vector) decode(encoded, memory);

      assertThat(view.getName()).isEqualTo("x");
      assertThat(view.getValueCount()).isEqualTo(LENGTH);
      for (int i = 0; i < LENGTH; i++) {
        assertThat(view.getObject(i)).isEqualTo(vector.getObject(i));
      }
      assertThat(view.getDataBuffer().memoryAddress() - memory.address())
          .isBetween(0L, memory.byteSize());
      assertThat(view.getDataBuffer().memoryAddress() % Long.BYTES).isZero();
      assertThat(released).hasValue(0);
      view.close();
      assertThat(released).hasValue(1);
    }
  }

  @Test
  void readsColumnsOfEveryLayout() {
    try (Float8Vector doubles = doubles("doubles");
        IntVector ints = new IntVector("ints", allocator);
        BigIntVector longs = new BigIntVector("longs", allocator);
        BitVector bits = new BitVector("bits", allocator);
        VarCharVector texts = new VarCharVector("texts", allocator);
        ListVector lists = ListVector.empty("lists", allocator)) {
      UnionListWriter writer = lists.getWriter();
      writer.allocate();
      for (int i = 0; i < LENGTH; i++) {
        ints.setSafe(i, i);
        longs.setSafe(i, (long) i << 32);
        bits.setSafe(i, i % 2);
        texts.setSafe(i, ("text \u2603 " + i).getBytes(StandardCharsets.UTF_8));
        writer.setPosition(i);
        writer.startList();
        for (int j = 0; j < i % 4; j++) {
          writer.writeInt(j);
        }
        writer.endList();
      }
      writer.setValueCount(LENGTH);
      List<FieldVector> columns = List.of(doubles, ints, longs, bits, texts, lists);
      columns.forEach(column -> column.setValueCount(LENGTH));
      VectorSchemaRoot root = new VectorSchemaRoot(columns);
      EncodedValue encoded = codec.encode(root);

      try (VectorSchemaRoot result = (VectorSchemaRoot) decode(encoded, memory(encoded))) {
        assertThat(result.equals(root)).isTrue();
        assertThat(released).hasValue(0);
      }
      assertThat(released).hasValue(1);
    }
  }

  // row 188
  @Test
  void writesWhatOtherArrowReadersRead() throws IOException {
    try (Float8Vector vector = doubles("x")) {
      byte[] bytes = memory(codec.encode(vector)).toArray(Layouts.BYTE);
      try (ArrowStreamReader reader =
          new ArrowStreamReader(new ByteArrayInputStream(bytes), allocator)) {
        assertThat(reader.loadNextBatch()).isTrue();
        assertThat(reader.getVectorSchemaRoot().equals(VectorSchemaRoot.of(vector))).isTrue();
        assertThat(reader.loadNextBatch()).isFalse();
      }
    }
  }

  @Test
  void copiesAVectorThatCameInAMessage() {
    try (Float8Vector vector = doubles("x")) {
      EncodedValue encoded = codec.encode(vector);
      MemorySegment message = MemorySegment.ofArray(new byte[(int) encoded.size()]);
      encoded.writeTo(message);
      try (Float8Vector copy =
          (Float8Vector) Objects.requireNonNull(codec.decode(encoded.typeTag(), message))) {
        message.fill((byte) 0);
        assertThat(copy.getObject(1)).isEqualTo(0.5);
        assertThat(copy.getNullCount()).isEqualTo(vector.getNullCount());
      }
    }
  }

  @Test
  void readsAnEmptyVector() {
    try (IntVector vector = new IntVector("empty", allocator)) {
      EncodedValue encoded = codec.encode(vector);
      try (IntVector result = (IntVector) decode(encoded, memory(encoded))) {
        assertThat(result.getValueCount()).isZero();
      }
      assertThat(released).hasValue(1);
    }
  }

  @Test
  void refusesAVectorInsideAnotherValue() {
    try (Float8Vector vector = doubles("x")) {
      assertThatThrownBy(() -> codec.encode(List.of(1, vector)))
          .isInstanceOf(RaySerializationException.class)
          .hasMessageContaining("[1]")
          .hasMessageContaining("by themselves");
    }
  }

  @Test
  void givesThePinUpWhenTheBytesCannotBeRead() {
    try (Float8Vector vector = doubles("x")) {
      EncodedValue encoded = codec.encode(vector);
      MemorySegment broken = memory(encoded).asSlice(0, encoded.size() / 2);
      assertThatThrownBy(() -> decode(encoded, broken)).isInstanceOf(RuntimeException.class);
      assertThat(released).hasValue(1);
    }
  }
}
