package org.rayakka.client.value;

import org.apache.fory.config.Config;
import org.apache.fory.context.ReadContext;
import org.apache.fory.context.WriteContext;
import org.apache.fory.serializer.Serializer;

/// Object references and actor handles: as the bytes that the hook makes of them.
final class HandleSerializer<T> extends Serializer<T> {
  private final ReferenceHook hook;

  HandleSerializer(Config config, Class<T> type, ReferenceHook hook) {
    super(config, type);
    this.hook = hook;
  }

  @Override
  public void write(WriteContext context, T handle) {
    byte[] bytes = hook.escaped(handle);
    context.writeVarUInt32(bytes.length);
    context.getBuffer().writeBytes(bytes);
  }

  @Override
  public T read(ReadContext context) {
    byte[] bytes = context.getBuffer().readBytes(context.readVarUInt32());
    return type.cast(hook.resolve(bytes));
  }
}
