package org.rayakka.client.execution;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.function.RayFunc;
import org.rayakka.api.id.FunctionId;
import org.rayakka.client.submission.RemoteFunction;

/// The functions that this worker has been told of. Added to by the reading thread, used by all.
final class FunctionTable {
  private final ClassLoader loader;
  private final Map<FunctionId, Entry> functions = new ConcurrentHashMap<>();

  FunctionTable(ClassLoader loader) {
    this.loader = loader;
  }

  /// Adds a function; its classes are loaded when it is first run, so that what is missing fails
  /// the task, not the worker.
  void add(FunctionId id, byte[] descriptor) {
    functions.computeIfAbsent(id, key -> new Entry(RemoteFunction.Parsed.of(descriptor), loader));
  }

  /// The function of an id.
  ///
  /// @throws IllegalStateException if the node did not announce it
  Entry get(FunctionId id) {
    Entry entry = functions.get(id);
    if (entry == null) {
      throw new IllegalStateException(
          "function: " + id + " (expected: one that the node has sent to this worker)");
    }
    return entry;
  }

  /// One function.
  static final class Entry {
    private final RemoteFunction.Parsed parsed;
    private final ClassLoader loader;
    private final String simpleClassName;
    private volatile @Nullable RayFunc instance; // if it captures nothing
    private volatile @Nullable MethodHandle deserializer;
    private volatile @Nullable Class<?> capturingClass;

    Entry(RemoteFunction.Parsed parsed, ClassLoader loader) {
      this.parsed = parsed;
      this.loader = loader;
      simpleClassName = ActorInstance.simpleName(parsed.className());
    }

    /// The function as users read it.
    String displayName() {
      return RemoteFunction.displayName(parsed.className(), parsed.methodName());
    }

    /// The method alone.
    String methodName() {
      return parsed.methodName();
    }

    /// Of a constructor: the class it makes, alone.
    String simpleClassName() {
      return simpleClassName;
    }

    /// The class that shows in tables: of a constructor, the class it makes.
    String className() {
      return parsed.className();
    }

    /// The function with the given captured values.
    ///
    /// @throws ReflectiveOperationException if its class is not there, or not the same
    RayFunc bind(@Nullable Object[] captured) throws ReflectiveOperationException {
      RayFunc known = instance;
      if (known != null) {
        return known;
      }
      if (parsed.kind() == RemoteFunction.OBJECT) {
        return (RayFunc) require(captured[0]);
      }
      RayFunc function = deserialize(captured);
      if (parsed.captured() == 0) {
        instance = function;
      }
      return function;
    }

    private static Object require(@Nullable Object function) {
      if (function == null) {
        throw new IllegalStateException("function: null (expected: an object)");
      }
      return function;
    }

    /// Builds the lambda as Java deserialisation does: its class makes it, so that it may use what
    /// is private there, and the call is as direct as in the class itself.
    private RayFunc deserialize(@Nullable Object[] captured) throws ReflectiveOperationException {
      MethodHandle handle = deserializer;
      Class<?> type = capturingClass;
      List<String> parts = parsed.parts();
      if (handle == null || type == null) {
        type = Class.forName(parts.get(0).replace('/', '.'), true, loader);
        Method method = type.getDeclaredMethod("$deserializeLambda$", SerializedLambda.class);
        method.setAccessible(true);
        handle =
            MethodHandles.lookup()
                .unreflect(method)
                .asType(MethodType.methodType(Object.class, SerializedLambda.class));
        capturingClass = type;
        deserializer = handle;
      }
      SerializedLambda lambda =
          new SerializedLambda(
              type,
              parts.get(1),
              parts.get(2),
              parts.get(3),
              parsed.implementationKind(),
              parts.get(4),
              parts.get(5),
              parts.get(6),
              parts.get(7),
              captured);
      try {
        return (RayFunc) (Object) handle.invokeExact(lambda);
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new ReflectiveOperationException(displayName() + " cannot be built: " + e, e);
      }
    }
  }
}
