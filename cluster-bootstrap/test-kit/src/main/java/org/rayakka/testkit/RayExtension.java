package org.rayakka.testkit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;
import org.rayakka.api.AddressInfo;
import org.rayakka.api.Ray;
import org.rayakka.api.exception.RayException;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.options.InitOptions;
import org.rayakka.testkit.RayTest.Lifecycle;

/// Does what {@link RayTest} promises.
final class RayExtension
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(RayExtension.class);

  RayExtension() {}

  /// A cluster that ends with the class or the test in whose store it is.
  private static final class Running implements AutoCloseable {
    private final InitOptions options;
    private AddressInfo address;
    private NodeId node;

    Running(InitOptions options) {
      if (Ray.isInitialized()) {
        throw new ExtensionConfigurationException(
            "Ray.init() was called before (expected: not in a class with @RayTest, which does it)");
      }
      this.options = options;
      address = Ray.init(options);
      node = Ray.getRuntimeContext().getCurrentNodeId();
    }

    /// Throws if the test has broken it; then there is a new one for the next test.
    void check() {
      String broken = whatIsBroken();
      if (broken != null) {
        Ray.shutdown();
        address = Ray.init(options);
        node = Ray.getRuntimeContext().getCurrentNodeId();
        throw new AssertionError("the test leaves a broken cluster: " + broken);
      }
    }

    private @Nullable String whatIsBroken() {
      if (!Ray.isInitialized()) {
        return "it called Ray.shutdown() (expected: @RayTest does it)";
      }
      if (!Ray.getRuntimeContext().getCurrentNodeId().equals(node)) {
        return "it has started another (expected: that of @RayTest)";
      }
      try {
        Ray.errorInfo(); // Through the node to Redis and back.
        return null;
      } catch (RayException e) {
        return e.getMessage();
      }
    }

    @Override
    public void close() {
      Ray.shutdown();
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    if (annotation(context).lifecycle() == Lifecycle.PER_CLASS) {
      running(context);
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    running(context);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    running(context).check();
  }

  /// The cluster of a class, which its nested classes share, or of a test.
  private static Running running(ExtensionContext context) {
    return context
        .getStore(NAMESPACE)
        .computeIfAbsent(
            Running.class, key -> new Running(options(annotation(context))), Running.class);
  }

  private static RayTest annotation(ExtensionContext context) {
    for (Class<?> type = context.getRequiredTestClass();
        type != null;
        type = type.getEnclosingClass()) {
      var found = AnnotationSupport.findAnnotation(type, RayTest.class);
      if (found.isPresent()) {
        return found.get();
      }
    }
    throw new ExtensionConfigurationException(
        context.getDisplayName() + " has no @RayTest (expected: on its class)");
  }

  /// The options that an annotation stands for.
  ///
  /// @throws ExtensionConfigurationException that names what is wrong
  static InitOptions options(RayTest test) {
    try {
      InitOptions.Builder options =
          InitOptions.builder()
              .setNumCpus(test.numCpus())
              .setNumGpus(test.numGpus())
              .setNumWorkers(
                  test.numWorkers() == RayTest.FEW
                      ? Math.min(test.numCpus(), 2)
                      : test.numWorkers())
              .setObjectStoreMemory(test.objectStoreMemory())
              .setDriverMode(test.driverMode());
      for (String resource : test.resources()) {
        int equals = resource.lastIndexOf('=');
        if (equals < 1) {
          throw new IllegalArgumentException(
              "resources: '" + resource + "' (expected: name=amount)");
        }
        options.setResource(resource.substring(0, equals).strip(), amount(resource, equals + 1));
      }
      return options.build();
    } catch (IllegalArgumentException e) {
      throw new ExtensionConfigurationException("@RayTest: " + e.getMessage(), e);
    }
  }

  private static double amount(String resource, int from) {
    try {
      return Double.parseDouble(resource.substring(from).strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "resources: '" + resource + "' (expected: a number behind the =)", e);
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == AddressInfo.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return running(context).address;
  }
}
