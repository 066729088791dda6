package org.rayakka.client.value;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.fory.exception.InsecureException;
import org.apache.fory.logging.LoggerFactory;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.exception.RaySerializationException;

/// Encodes and decodes graphs of arbitrary objects with Fory: shared references and cycles,
/// records, lambdas, exceptions, private classes. Loaded only when the first such value comes,
/// because that takes some hundred milliseconds.
///
/// Any number of threads use it; each call borrows a {@link GraphSession}, which is for one thread.
final class GraphCodec {
  /// Reserved, not used, until a graph is that deep.
  private static final long DEEP_STACK_BYTES = 1L << 30;

  /// Levels that every session is made for.
  private static final int USUAL_DEPTH = 2_000;

  /// Levels that fit the deep stack.
  private static final int GREATEST_DEPTH = 2_000_000;

  static {
    // Fory warns of each JDK class with its own serialised form; that is no news to a user.
    LoggerFactory.disableLogging();
  }

  private final ClassLoader loader;
  private final ReferenceHook hook;
  private final ConcurrentLinkedQueue<GraphSession> idle = new ConcurrentLinkedQueue<>();

  GraphCodec(ClassLoader loader, ReferenceHook hook) {
    this.loader = loader;
    this.hook = hook;
    idle.add(newSession(USUAL_DEPTH));
  }

  EncodedValue encode(Object value) {
    try {
      return withStack(session -> session.encode(value));
    } catch (RuntimeException e) {
      throw unserialisable(value, e);
    }
  }

  /// Reads a graph.
  ///
  /// @param parts the arrays among them may become views inside the result
  @Nullable Object decode(GraphValue.Parts parts) {
    try {
      return withStack(session -> session.decode(parts.graph(), parts.arrays()));
    } catch (RuntimeException e) {
      throw unreadable(e);
    }
  }

  /// Runs on this thread; again on one with a large stack if the graph is too deep for this one's.
  private <R extends @Nullable Object> R withStack(Function<GraphSession, R> action) {
    try {
      return withSession(action);
    } catch (RuntimeException | StackOverflowError e) {
      if (!isTooDeep(e)) {
        throw e;
      }
      return onDeepStack(() -> action.apply(newSession(GREATEST_DEPTH)));
    }
  }

  private GraphSession newSession(int maxDepth) {
    return new GraphSession(loader, hook, maxDepth);
  }

  /// A session that failed is not used again: it may have been left halfway through.
  private <R extends @Nullable Object> R withSession(Function<GraphSession, R> action) {
    GraphSession session = idle.poll();
    if (session == null) {
      session = newSession(USUAL_DEPTH);
    }
    R result = action.apply(session);
    idle.add(session);
    return result;
  }

  private static boolean isTooDeep(Throwable failure) {
    Throwable root = rootOf(failure);
    return root instanceof StackOverflowError
        || (root instanceof InsecureException
            && String.valueOf(root.getMessage()).contains("max depth"));
  }

  private static Throwable rootOf(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private RaySerializationException unserialisable(Object value, RuntimeException failure) {
    FieldPath.Found found = FieldPath.find(value, hook::isHandle);
    if (found != null) {
      return new RaySerializationException(
          found.type().getName(), found.path(), found.reason(), failure);
    }
    Throwable root = rootOf(failure);
    String reason =
        root instanceof StackOverflowError
            ? "nested too deeply, even for a stack of " + (DEEP_STACK_BYTES >> 20) + " MiB"
            : root.toString();
    return new RaySerializationException(value.getClass().getName(), "", reason, failure);
  }

  private static RaySerializationException unreadable(RuntimeException failure) {
    Throwable root = rootOf(failure);
    String message = String.valueOf(root.getMessage());
    return root instanceof ForeignClassException foreign
        ? new RaySerializationException(
            foreign.className(), "", "not on the class path of this job", failure)
        : new RaySerializationException(
            root.getClass().getName(), "", "cannot be decoded: " + message, failure);
  }

  /// Runs a call on a thread of its own, with a stack for deep recursion, and waits for it.
  private static <R extends @Nullable Object> R onDeepStack(Supplier<R> call) {
    FutureTask<R> task = new FutureTask<>(call::get);
    Thread thread = new Thread(null, task, "rayakka-deep-value", DEEP_STACK_BYTES);
    thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
    thread.start();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true; // the call does not block: let it end, and pass the interrupt on
        } catch (ExecutionException e) {
          throw e.getCause() instanceof RuntimeException failure
              ? failure
              : new IllegalStateException(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
