package org.rayakka.client.value;

import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Finds, in a value that could not be encoded, the nearest object that cannot travel, and the way
/// to it: `Outer.field[3].thread`.
final class FieldPath {
  /// What was found.
  record Found(Class<?> type, String path, String reason) {}

  private record Step(Object value, @Nullable Step parent, String name) {
    String path() {
      ArrayDeque<String> names = new ArrayDeque<>();
      for (Step step = this; step != null; step = step.parent) {
        names.push(step.name);
      }
      return String.join("", names);
    }
  }

  private final Predicate<Class<?>> isHandle;
  private final Queue<Step> queue = new ArrayDeque<>();
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  private FieldPath(Predicate<Class<?>> isHandle) {
    this.isHandle = isHandle;
  }

  /// Searches breadth first.
  ///
  /// @param isHandle whether a class's instances travel as handles
  /// @return null when everything that can be looked at can travel
  static @Nullable Found find(Object root, Predicate<Class<?>> isHandle) {
    FieldPath search = new FieldPath(isHandle);
    search.visit(root, null, name(root.getClass()));
    return search.run();
  }

  private static String name(Class<?> type) {
    if (Serializability.isLambda(type)) {
      return "lambda";
    }
    String simple = type.getSimpleName();
    return simple.isEmpty() ? type.getName() : simple;
  }

  private @Nullable Found run() {
    for (Step step = queue.poll(); step != null; step = queue.poll()) {
      Object value = step.value;
      Class<?> type = value.getClass();
      if (isHandle.test(type)) {
        continue;
      }
      if (Serializability.substitute(type) == null && !isKnownContainer(value)) {
        String refusal = Serializability.refusal(type);
        if (refusal != null) {
          return new Found(type, step.path(), refusal);
        }
      }
      descend(step);
    }
    return null;
  }

  private static boolean isKnownContainer(Object value) {
    return value instanceof Optional;
  }

  private void descend(Step step) {
    switch (step.value) {
      case Object[] array -> {
        for (int i = 0; i < array.length; i++) {
          visit(array[i], step, "[" + i + "]");
        }
      }
      case Map<?, ?> map -> {
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          visit(entry.getKey(), step, ".key");
          visit(entry.getValue(), step, "[" + print(entry.getKey()) + "]");
        }
      }
      case Collection<?> collection -> {
        int i = 0;
        for (Object element : collection) {
          visit(element, step, "[" + i++ + "]");
        }
      }
      case Map.Entry<?, ?> entry -> {
        visit(entry.getKey(), step, ".key");
        visit(entry.getValue(), step, ".value");
      }
      case Optional<?> optional -> visit(optional.orElse(null), step, ".value");
      case AtomicReference<?> reference -> visit(reference.get(), step, ".value");
      case Throwable throwable -> {
        visit(throwable.getCause(), step, ".cause");
        for (Throwable suppressed : throwable.getSuppressed()) {
          visit(suppressed, step, ".suppressed");
        }
      }
      default -> {}
    }
    descendFields(step);
  }

  private void descendFields(Step step) {
    Class<?> type = step.value.getClass();
    boolean lambda = Serializability.isLambda(type);
    int captured = 0;
    for (Class<?> owner = type;
        owner != null && !Serializability.isOfJdk(owner);
        owner = owner.getSuperclass()) {
      for (Field field : owner.getDeclaredFields()) {
        int modifiers = field.getModifiers();
        if (Modifier.isStatic(modifiers)
            || Modifier.isTransient(modifiers)
            || field.getType().isPrimitive()) {
          continue;
        }
        String name = lambda ? ".captured[" + captured++ + "]" : "." + field.getName();
        visit(read(field, step.value), step, name);
      }
    }
  }

  private static @Nullable Object read(Field field, Object owner) {
    try {
      field.setAccessible(true);
      return field.get(owner);
    } catch (InaccessibleObjectException | IllegalAccessException e) {
      return null; // a module that is closed to us: what is behind it stays unnamed
    }
  }

  private void visit(@Nullable Object value, @Nullable Step parent, String name) {
    if (value != null && seen.add(value)) {
      queue.add(new Step(value, parent, name));
    }
  }

  private static String print(@Nullable Object key) {
    return switch (key) {
      case String text -> '"' + text + '"';
      case Number number -> number.toString();
      case Enum<?> constant -> constant.name();
      case null -> "null";
      default -> name(key.getClass());
    };
  }
}
