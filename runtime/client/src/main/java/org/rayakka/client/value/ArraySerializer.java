package org.rayakka.client.value;

import java.lang.foreign.MemorySegment;
import java.lang.reflect.Array;
import org.apache.fory.config.Config;
import org.apache.fory.context.ReadContext;
import org.apache.fory.context.WriteContext;
import org.apache.fory.serializer.Serializer;

/// Writes small primitive arrays into the graph, and large ones beside it.
final class ArraySerializer<A> extends Serializer<A> {
  private static final byte INSIDE = 0;
  private static final byte BESIDE = 1;

  private final Serializer<A> inside;
  private final GraphSession session;
  private final int elementBytes;

  ArraySerializer(Config config, Class<A> type, Serializer<A> inside, GraphSession session) {
    super(config, type);
    this.inside = inside;
    this.session = session;
    this.elementBytes = Math.toIntExact(ArrayValue.segment(newArray(1)).byteSize());
  }

  private A newArray(int length) {
    return type.cast(Array.newInstance(type.getComponentType(), length));
  }

  @Override
  public void write(WriteContext context, A array) {
    long bytes = (long) Array.getLength(array) * elementBytes;
    if (bytes < GraphSession.LARGE_ARRAY_BYTES) {
      context.writeByte(INSIDE);
      inside.write(context, array);
    } else {
      context.writeByte(BESIDE);
      context.writeVarUInt32(session.write(ArrayValue.segment(array)));
    }
  }

  @Override
  public A read(ReadContext context) {
    if (context.readByte() == INSIDE) {
      return inside.read(context);
    }
    MemorySegment bytes = session.array(context.readVarUInt32());
    A array = newArray(Math.toIntExact(bytes.byteSize() / elementBytes));
    ArrayValue.segment(array).copyFrom(bytes);
    return array;
  }
}
