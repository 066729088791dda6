package org.rayakka.client.value;

import java.io.Serializable;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Says of a class whether its instances can travel, and why not.
///
/// Users' classes can, without being `Serializable`: by their fields. Classes of the JDK can only
/// if they are `Serializable` (or known to the general serialiser): the others stand for something
/// of this process, such as a thread, a socket or a stream. So do users' classes that extend one.
final class Serializability {
  /// What an object of the JDK that cannot travel itself becomes: a view such as `map.keySet()` a
  /// plain collection of the same elements, a path its text.
  enum Substitute {
    ENTRY,
    LIST,
    PATH,
    SET
  }

  private static final Class<?> PATH = Path.of("").getClass();

  private static final ClassValue<Verdict> VERDICTS =
      new ClassValue<>() {
        @Override
        protected Verdict computeValue(Class<?> type) {
          return new Verdict(judge(type));
        }
      };

  private Serializability() {}

  private record Verdict(@Nullable String refusal) {}

  /// Why instances of a class cannot travel; null when they can.
  static @Nullable String refusal(Class<?> type) {
    return VERDICTS.get(type).refusal();
  }

  /// What travels in place of an instance of a class; null when it travels itself.
  static @Nullable Substitute substitute(Class<?> type) {
    if (!isOfJdk(type) || Serializable.class.isAssignableFrom(type)) {
      return null;
    }
    if (type == PATH) {
      return Substitute.PATH;
    }
    if (Map.Entry.class.isAssignableFrom(type)) {
      return Substitute.ENTRY;
    }
    if (Set.class.isAssignableFrom(type)) {
      return Substitute.SET;
    }
    boolean isList = List.class.isAssignableFrom(type) || Collection.class.isAssignableFrom(type);
    return isList && !Queue.class.isAssignableFrom(type) ? Substitute.LIST : null;
  }

  static boolean isOfJdk(Class<?> type) {
    ClassLoader loader = type.getClassLoader();
    return loader == null || ClassLoader.getPlatformClassLoader().equals(loader);
  }

  /// Whether a class was made for a lambda or a method reference.
  static boolean isLambda(Class<?> type) {
    return type.isHidden() && type.isSynthetic();
  }

  private static @Nullable String judge(Class<?> type) {
    if (type.isArray() || type.isPrimitive() || type.isInterface() || type.isEnum()) {
      return null;
    }
    if (type.getName().startsWith("org.apache.arrow.")) {
      return "Arrow vectors travel by themselves, not inside other values";
    }
    if (isLambda(type)) {
      return Serializable.class.isAssignableFrom(type)
          ? null
          : "a lambda travels only if its interface is Serializable";
    }
    if (isOfJdk(type)) {
      return Serializable.class.isAssignableFrom(type)
              || ByteBuffer.class.isAssignableFrom(type) // Its bytes and order travel.
              || type == Object.class
          ? null
          : "a JDK class that is not Serializable";
    }
    for (Class<?> ancestor = type.getSuperclass();
        ancestor != null;
        ancestor = ancestor.getSuperclass()) {
      if (isOfJdk(ancestor)
          && !Serializable.class.isAssignableFrom(ancestor)
          && hasState(ancestor)) {
        return "it extends " + ancestor.getName() + ", a JDK class that is not Serializable";
      }
    }
    return null;
  }

  private static boolean hasState(Class<?> type) {
    for (Field field : type.getDeclaredFields()) {
      if (!Modifier.isStatic(field.getModifiers()) && !Modifier.isTransient(field.getModifiers())) {
        return true;
      }
    }
    return false;
  }
}
