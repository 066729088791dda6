package org.rayakka.client.value;

import java.nio.file.Path;
import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.apache.fory.config.Config;
import org.apache.fory.context.ReadContext;
import org.apache.fory.context.WriteContext;
import org.apache.fory.serializer.Serializer;

/// JDK objects that something plainer travels for: see {@link Serializability.Substitute}.
final class SubstituteSerializer<T> extends Serializer<T> {
  private final Serializability.Substitute substitute;

  SubstituteSerializer(Config config, Class<T> type, Serializability.Substitute substitute) {
    super(config, type);
    this.substitute = substitute;
  }

  @Override
  public void write(WriteContext context, T value) {
    Collection<?> elements = elementsOf(value);
    context.writeVarUInt32(elements.size());
    for (Object element : elements) {
      context.writeRef(element);
    }
  }

  private static Collection<?> elementsOf(Object value) {
    return switch (value) {
      case Path path -> List.of(path.toString());
      case Map.Entry<?, ?> entry -> Arrays.asList(entry.getKey(), entry.getValue());
      default -> new ArrayList<>((Collection<?>) value);
    };
  }

  @Override
  @SuppressWarnings("unchecked") // what stands in its place need only fit where a view fits
  public T read(ReadContext context) {
    int count = context.readVarUInt32();
    if (substitute == Serializability.Substitute.PATH) {
      return (T) Path.of((String) context.readRef());
    }
    if (substitute == Serializability.Substitute.ENTRY) {
      return (T) new SimpleImmutableEntry<>(context.readRef(), context.readRef());
    }
    Collection<Object> elements =
        substitute == Serializability.Substitute.SET
            ? LinkedHashSet.newLinkedHashSet(count)
            : new ArrayList<>(count);
    context.reference(elements);
    for (int i = 0; i < count; i++) {
      elements.add(context.readRef());
    }
    return (T) elements;
  }
}
