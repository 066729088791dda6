package org.rayakka.api.runtime;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.exception.RayAlreadyInitializedException;
import org.rayakka.api.exception.RayNotInitializedException;

/// Holds the one runtime of this process. In a driver the facade installs it; in a worker the
/// process's main does.
public final class RuntimeHolder {
  private static final AtomicReference<@Nullable RayRuntime> CURRENT = new AtomicReference<>();

  private RuntimeHolder() {}

  /// The runtime of this process.
  ///
  /// @return the runtime
  /// @throws RayNotInitializedException if there is none
  public static RayRuntime current() {
    RayRuntime runtime = CURRENT.get();
    if (runtime == null) {
      throw new RayNotInitializedException();
    }
    return runtime;
  }

  /// Whether there is a runtime.
  ///
  /// @return true if there is one
  public static boolean isInstalled() {
    return CURRENT.get() != null;
  }

  /// Makes a runtime that of this process.
  ///
  /// @param runtime the runtime
  /// @throws RayAlreadyInitializedException if there is one already
  public static void install(RayRuntime runtime) {
    if (!CURRENT.compareAndSet(null, runtime)) {
      throw new RayAlreadyInitializedException();
    }
  }

  /// Takes the runtime out, without shutting it down.
  ///
  /// @return what was the runtime, or null if there was none
  public static @Nullable RayRuntime uninstall() {
    return CURRENT.getAndSet(null);
  }
}
