package org.rayakka.client.value;

import org.apache.fory.config.Config;
import org.apache.fory.context.ReadContext;
import org.apache.fory.context.WriteContext;
import org.apache.fory.serializer.Serializer;

/// Stands for a class whose instances cannot travel. A null in a field of such a type can.
final class RefusingSerializer<T> extends Serializer<T> {
  private final String reason;

  RefusingSerializer(Config config, Class<T> type, String reason) {
    super(config, type);
    this.reason = reason;
  }

  @Override
  public void write(WriteContext context, T value) {
    throw new UnsupportedOperationException(type.getName() + ": " + reason);
  }

  @Override
  public T read(ReadContext context) {
    throw new UnsupportedOperationException(type.getName() + ": " + reason);
  }
}
