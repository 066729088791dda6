package org.rayakka.client.execution;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.rayakka.api.function.RayFunc;

/// The stack trace of a failed task as text: the user's frames, without those of the worker below.
final class RemoteStack {
  private static final String WORKER = TaskExecutor.class.getName();
  private static final String CALLERS = RayFunc.class.getPackageName() + ".";
  private static final int MAX_FRAMES = 200;

  private RemoteStack() {}

  /// The text, the causes included.
  static String of(Throwable failure) {
    StringBuilder out = new StringBuilder(512);
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Throwable each = failure;
    while (each != null && seen.add(each)) {
      if (!out.isEmpty()) {
        out.append("Caused by: ");
      }
      out.append(describe(each)).append('\n');
      int frames = 0;
      for (StackTraceElement frame : each.getStackTrace()) {
        if (frame.getClassName().equals(WORKER) || frames++ == MAX_FRAMES) {
          break;
        }
        if (frame.getClassName().startsWith(CALLERS)) {
          continue; // between the executor and the user's function
        }
        out.append("\tat ").append(frame).append('\n');
      }
      each = each.getCause();
    }
    return out.toString();
  }

  /// What it says, even if its own code fails.
  private static String describe(Throwable failure) {
    try {
      return failure.toString();
    } catch (RuntimeException e) {
      return failure.getClass().getName();
    }
  }
}
