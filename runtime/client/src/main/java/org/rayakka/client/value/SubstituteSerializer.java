package org.rayakka.client.value;

import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.apache.fory.config.Config;
import org.apache.fory.context.ReadContext;
import org.apache.fory.context.WriteContext;
import org.apache.fory.serializer.Serializer;

/// Views and entries of JDK collections: read back as plain ones of the same elements.
final class SubstituteSerializer<T> extends Serializer<T> {
  private final Serializability.Substitute substitute;

  SubstituteSerializer(Config config, Class<T> type, Serializability.Substitute substitute) {
    super(config, type);
    this.substitute = substitute;
  }

  @Override
  public void write(WriteContext context, T value) {
    Collection<?> elements =
        value instanceof Map.Entry<?, ?> entry
            ? elementsOf(entry)
            : new ArrayList<>((Collection<?>) value);
    context.writeVarUInt32(elements.size());
    for (Object element : elements) {
      context.writeRef(element);
    }
  }

  private static List<Object> elementsOf(Map.Entry<?, ?> entry) {
    List<Object> elements = new ArrayList<>(2);
    elements.add(entry.getKey());
    elements.add(entry.getValue());
    return elements;
  }

  @Override
  @SuppressWarnings("unchecked") // what stands in its place need only fit where a view fits
  public T read(ReadContext context) {
    int count = context.readVarUInt32();
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
