package org.rayakka.client.value;

import org.apache.fory.config.Config;
import org.apache.fory.context.ReadContext;
import org.apache.fory.context.WriteContext;
import org.apache.fory.serializer.Serializer;
import org.rayakka.api.DType;
import org.rayakka.api.NdArray;

/// Arrays inside other values: the shape in the graph, the elements beside it, to be read in place.
final class NdArraySerializer extends Serializer<NdArray> {
  private final GraphSession session;

  NdArraySerializer(Config config, GraphSession session) {
    super(config, NdArray.class);
    this.session = session;
  }

  @Override
  public void write(WriteContext context, NdArray array) {
    context.writeVarUInt32(NdArrayValue.code(array.dtype()));
    context.writeVarUInt32(array.rank());
    for (int i = 0; i < array.rank(); i++) {
      context.writeVarUInt64(array.shape(i));
    }
    context.writeVarUInt32(session.writeView(array.segment()));
  }

  @Override
  public NdArray read(ReadContext context) {
    DType dtype = NdArrayValue.dtype(context.readVarUInt32());
    long[] shape = new long[context.readVarUInt32()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = context.readVarUInt64();
    }
    return new NdArray(dtype, shape, session.array(context.readVarUInt32()), null);
  }
}
