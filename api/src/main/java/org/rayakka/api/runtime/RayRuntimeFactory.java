package org.rayakka.api.runtime;

import org.rayakka.api.options.InitOptions;

/// Makes the runtime of this process. Found by `ServiceLoader`; exactly one must be on the class
/// path.
public interface RayRuntimeFactory {
  /// Starts or attaches to a cluster, and connects this process as a driver.
  ///
  /// @param options what `Ray.init` was given; what is unset there comes from the configuration
  /// @return the runtime, connected
  RayRuntime create(InitOptions options);
}
