package org.rayakka.client.submission;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.function.RayFunc;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.JobId;

/// A function that can be sent: what the lambda or method reference of one call site is, without
/// the values that it captured.
///
/// The descriptor: `string class | string method | byte kind`, then for a lambda the nine parts of
/// its {@link SerializedLambda} that are not captured values: `string capturing class | string
/// functional interface | string its method | string its signature | int implementation kind |
/// string implementation class | string implementation method | string its signature | string
/// instantiated type | int captured`. A string is `int32 length | UTF-8`; all is little-endian. An
/// object of a named class that implements a function type travels whole, as the one captured
/// value.
public final class RemoteFunction {
  /// Descriptor kind: a lambda or method reference.
  public static final byte LAMBDA = 0;

  /// Descriptor kind: an object, sent as the first captured value.
  public static final byte OBJECT = 1;

  private static final Object[] NOTHING = {};

  private final FunctionId id;
  private final byte[] descriptor;
  private final String className;
  private final String methodName;
  private final int capturedCount;
  private final @Nullable MethodHandle writeReplace; // null: the object itself is captured
  private volatile boolean exported;

  private RemoteFunction(
      JobId job,
      byte[] descriptor,
      String className,
      String methodName,
      int capturedCount,
      @Nullable MethodHandle writeReplace) {
    this.id = hash(job, descriptor);
    this.descriptor = descriptor;
    this.className = className;
    this.methodName = methodName;
    this.capturedCount = capturedCount;
    this.writeReplace = writeReplace;
  }

  /// Finds out what a function is.
  ///
  /// @throws IllegalArgumentException if it cannot be sent
  static RemoteFunction of(JobId job, RayFunc function) {
    Class<?> type = function.getClass();
    MethodHandle writeReplace = writeReplace(type);
    if (writeReplace == null) {
      if (type.isHidden() || type.isSynthetic()) {
        throw new IllegalArgumentException(
            "function: "
                + type.getName()
                + " (expected: a lambda or method reference of a serialisable function type, such"
                + " as those that Ray.task takes)");
      }
      byte[] descriptor =
          new Descriptor().string(type.getName()).string("apply").kind(OBJECT).bytes();
      return new RemoteFunction(job, descriptor, type.getName(), "apply", 1, null);
    }
    SerializedLambda lambda = serialized(writeReplace, function);
    String className = lambda.getImplClass().replace('/', '.');
    byte[] descriptor =
        new Descriptor()
            .string(className)
            .string(lambda.getImplMethodName())
            .kind(LAMBDA)
            .string(lambda.getCapturingClass())
            .string(lambda.getFunctionalInterfaceClass())
            .string(lambda.getFunctionalInterfaceMethodName())
            .string(lambda.getFunctionalInterfaceMethodSignature())
            .integer(lambda.getImplMethodKind())
            .string(lambda.getImplClass())
            .string(lambda.getImplMethodName())
            .string(lambda.getImplMethodSignature())
            .string(lambda.getInstantiatedMethodType())
            .integer(lambda.getCapturedArgCount())
            .bytes();
    return new RemoteFunction(
        job,
        descriptor,
        className,
        lambda.getImplMethodName(),
        lambda.getCapturedArgCount(),
        writeReplace);
  }

  private static @Nullable MethodHandle writeReplace(Class<?> type) {
    try {
      Method method = type.getDeclaredMethod("writeReplace");
      method.setAccessible(true);
      return MethodHandles.lookup()
          .unreflect(method)
          .asType(MethodType.methodType(Object.class, Object.class));
    } catch (NoSuchMethodException e) {
      return null;
    } catch (IllegalAccessException e) {
      throw new IllegalArgumentException(
          "function: " + type.getName() + " (expected: a class whose package is open)", e);
    }
  }

  private static SerializedLambda serialized(MethodHandle writeReplace, RayFunc function) {
    Object replacement;
    try {
      replacement = (Object) writeReplace.invokeExact((Object) function);
    } catch (Throwable e) {
      throw new IllegalArgumentException(
          "function: " + function.getClass().getName() + " (expected: serialisable)", e);
    }
    if (replacement instanceof SerializedLambda lambda) {
      return lambda;
    }
    throw new IllegalArgumentException(
        "function: "
            + function.getClass().getName()
            + ", whose writeReplace returns "
            + (replacement == null ? "null" : replacement.getClass().getName())
            + " (expected: a lambda or method reference)");
  }

  /// The values that an instance of this function captured, in order.
  @Nullable Object[] captured(RayFunc function) {
    if (capturedCount == 0) {
      return NOTHING;
    }
    if (writeReplace == null) {
      return new Object[] {function};
    }
    SerializedLambda lambda = serialized(writeReplace, function);
    Object[] values = new Object[capturedCount];
    for (int i = 0; i < values.length; i++) {
      values[i] = lambda.getCapturedArg(i);
    }
    return values;
  }

  FunctionId id() {
    return id;
  }

  byte[] descriptor() {
    return descriptor;
  }

  int capturedCount() {
    return capturedCount;
  }

  /// The class that errors and tables show.
  String className() {
    return className;
  }

  /// The function as users read it: `Class.method`.
  String displayName() {
    return displayName(className, methodName);
  }

  /// The function as users read it: the class without its package, and the method.
  public static String displayName(String className, String methodName) {
    return className.substring(className.lastIndexOf('.') + 1) + "." + methodName;
  }

  /// Whether the node knows it already.
  boolean exported() {
    return exported;
  }

  void setExported() {
    exported = true;
  }

  private static FunctionId hash(JobId job, byte[] descriptor) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, job.value()));
    ByteBuffer hash = ByteBuffer.wrap(digest.digest(descriptor));
    return new FunctionId(hash.getLong(), hash.getLong());
  }

  /// Writes descriptors.
  private static final class Descriptor {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    private final DataOutputStream out = new DataOutputStream(bytes);

    Descriptor string(String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      integer(utf8.length);
      bytes.writeBytes(utf8);
      return this;
    }

    Descriptor integer(int value) {
      try {
        out.writeInt(Integer.reverseBytes(value));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return this;
    }

    Descriptor kind(byte kind) {
      bytes.write(kind);
      return this;
    }

    byte[] bytes() {
      return bytes.toByteArray();
    }
  }

  /// What a descriptor says.
  ///
  /// @param className the class that is shown
  /// @param methodName the method that is shown
  /// @param kind {@link #LAMBDA} or {@link #OBJECT}
  /// @param parts a lambda's eight strings, in the descriptor's order
  /// @param implementationKind a lambda's
  /// @param captured how many values it captures
  public record Parsed(
      String className,
      String methodName,
      byte kind,
      List<String> parts,
      int implementationKind,
      int captured) {

    /// Reads a descriptor.
    public static Parsed of(byte[] descriptor) {
      ByteBuffer in = ByteBuffer.wrap(descriptor).order(ByteOrder.LITTLE_ENDIAN);
      String className = string(in);
      String methodName = string(in);
      byte kind = in.get();
      if (kind == OBJECT) {
        return new Parsed(className, methodName, kind, List.of(), 0, 1);
      }
      List<String> parts = new ArrayList<>(8);
      for (int i = 0; i < 4; i++) {
        parts.add(string(in));
      }
      int implementationKind = in.getInt();
      for (int i = 0; i < 4; i++) {
        parts.add(string(in));
      }
      return new Parsed(className, methodName, kind, parts, implementationKind, in.getInt());
    }

    private static String string(ByteBuffer in) {
      byte[] utf8 = new byte[in.getInt()];
      in.get(utf8);
      return new String(utf8, StandardCharsets.UTF_8);
    }
  }
}
