package org.rayakka.client.submission;

import java.util.Iterator;
import java.util.ServiceLoader;
import org.rayakka.api.options.DriverMode;
import org.rayakka.api.options.InitOptions;
import org.rayakka.api.runtime.RayRuntime;
import org.rayakka.api.runtime.RayRuntimeFactory;

/// Makes the runtime of a program that calls `Ray.init`: in this process alone, at a node of its
/// own, or at the node of a running cluster.
public final class DriverRuntimeFactory implements RayRuntimeFactory {
  /// For `ServiceLoader`.
  public DriverRuntimeFactory() {}

  @Override
  public RayRuntime create(InitOptions options) {
    if (options.driverMode() == DriverMode.LOCAL) {
      return new LocalRuntime(options);
    }
    NodeLauncher launcher = find(NodeLauncher.class);
    InitOptions configured = launcher.configured(options);
    if (configured.driverMode() == DriverMode.LOCAL) {
      return new LocalRuntime(configured);
    }
    LaunchedNode node =
        configured.address() == null
            ? launcher.launch(configured)
            : find(NodeLocator.class).locate(configured);
    return DriverRuntime.connect(node, configured);
  }

  private static <S> S find(Class<S> service) {
    Iterator<S> found = ServiceLoader.load(service, service.getClassLoader()).iterator();
    if (!found.hasNext()) {
      throw new IllegalStateException(
          service.getSimpleName()
              + " on the class path: none (expected: one; add the artifact org.rayakka:rayakka to"
              + " your program)");
    }
    return found.next();
  }
}
