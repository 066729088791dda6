package org.rayakka.client.value;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.fory.config.Config;
import org.apache.fory.context.ReadContext;
import org.apache.fory.context.WriteContext;
import org.apache.fory.reflect.FieldAccessor;
import org.apache.fory.reflect.ObjectInstantiator;
import org.apache.fory.reflect.ObjectInstantiators;
import org.apache.fory.serializer.Serializer;
import org.jspecify.annotations.Nullable;

/// Exceptions: message, stack trace, cause, suppressed ones, and the fields of their own classes.
/// No constructor runs. Fory's own serialiser loses the stack trace of a class without a
/// constructor for the message alone.
final class ThrowableSerializer<T extends Throwable> extends Serializer<T> {
  private static final FieldAccessor MESSAGE = accessor("detailMessage");
  private static final FieldAccessor CAUSE = accessor("cause");
  private static final FieldAccessor STACK_TRACE = accessor("stackTrace");
  private static final FieldAccessor SUPPRESSED = accessor("suppressedExceptions");

  /// What stands in {@link #SUPPRESSED} until the first is added.
  private static final Object NONE_SUPPRESSED = SUPPRESSED.get(new Throwable());

  /// The class loaders that every Java process has, left out of printed frames.
  private static final List<String> USUAL_LOADERS = List.of("app", "platform");

  private final ObjectInstantiator<T> instantiator;
  private final List<FieldAccessor> fields = new ArrayList<>();

  ThrowableSerializer(Config config, Class<T> type) {
    super(config, type);
    instantiator = ObjectInstantiators.createObjectInstantiator(type);
    for (Class<?> owner = type;
        owner != null && owner != Throwable.class;
        owner = owner.getSuperclass()) {
      for (Field field : owner.getDeclaredFields()) {
        int modifiers = field.getModifiers();
        if (!Modifier.isStatic(modifiers) && !Modifier.isTransient(modifiers)) {
          fields.add(FieldAccessor.createAccessor(field));
        }
      }
    }
  }

  private static FieldAccessor accessor(String field) {
    try {
      return FieldAccessor.createAccessor(Throwable.class.getDeclaredField(field));
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException("java.lang.Throwable." + field, e);
    }
  }

  @Override
  public void write(WriteContext context, T throwable) {
    context.writeRef(MESSAGE.get(throwable));
    context.writeRef(CAUSE.get(throwable)); // itself as long as none is set
    writeFrames(context, throwable.getStackTrace());
    Throwable[] suppressed = throwable.getSuppressed();
    context.writeVarUInt32(suppressed.length);
    for (Throwable one : suppressed) {
      context.writeRef(one);
    }
    for (FieldAccessor field : fields) {
      context.writeRef(field.get(throwable));
    }
  }

  @Override
  public T read(ReadContext context) {
    T throwable = instantiator.newInstance();
    context.reference(throwable);
    MESSAGE.set(throwable, context.readRef());
    CAUSE.set(throwable, context.readRef());
    STACK_TRACE.set(throwable, readFrames(context));
    SUPPRESSED.set(throwable, NONE_SUPPRESSED);
    int suppressed = context.readVarUInt32();
    for (int i = 0; i < suppressed; i++) {
      throwable.addSuppressed((Throwable) context.readRef());
    }
    for (FieldAccessor field : fields) {
      field.set(throwable, context.readRef());
    }
    return throwable;
  }

  /// A table of the names, each once, then six numbers for each frame.
  private static void writeFrames(WriteContext context, StackTraceElement[] frames) {
    Map<String, Integer> names = new LinkedHashMap<>();
    List<Integer> numbers = new ArrayList<>(6 * frames.length);
    for (StackTraceElement frame : frames) {
      String loader = frame.getClassLoaderName();
      boolean usual = loader == null || USUAL_LOADERS.contains(loader);
      numbers.add(number(names, usual ? null : loader));
      numbers.add(number(names, frame.getModuleName()));
      numbers.add(number(names, frame.getClassName()));
      numbers.add(number(names, frame.getMethodName()));
      numbers.add(number(names, frame.getFileName()));
      numbers.add(frame.getLineNumber());
    }
    context.writeVarUInt32(names.size());
    names.keySet().forEach(context::writeString);
    context.writeVarUInt32(frames.length);
    numbers.forEach(context::writeVarInt32);
  }

  /// Where a name stands in the table, from 1; 0 for none.
  private static int number(Map<String, Integer> names, @Nullable String name) {
    if (name == null) {
      return 0;
    }
    Integer known = names.putIfAbsent(name, names.size() + 1);
    return known == null ? names.size() : known;
  }

  private static StackTraceElement[] readFrames(ReadContext context) {
    @Nullable String[] names = new @Nullable String[context.readVarUInt32() + 1];
    for (int i = 1; i < names.length; i++) {
      names[i] = context.readString();
    }
    StackTraceElement[] frames = new StackTraceElement[context.readVarUInt32()];
    for (int i = 0; i < frames.length; i++) {
      frames[i] =
          new StackTraceElement(
              names[context.readVarInt32()],
              names[context.readVarInt32()],
              null,
              String.valueOf(names[context.readVarInt32()]),
              String.valueOf(names[context.readVarInt32()]),
              names[context.readVarInt32()],
              context.readVarInt32());
    }
    return frames;
  }
}
