package org.rayakka.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.rayakka.api.options.DriverMode;

/// Runs the tests of a class as drivers of a cluster on this machine: real processes, as
/// `Ray.init()` starts them, but few and small.
///
/// The cluster starts before the first test and ends behind the last, or with each test ({@link
/// Lifecycle#PER_METHOD}). A test that leaves it broken (it called `Ray.shutdown()`, or the node
/// does not answer any more) fails, and the tests behind it get a new one. Classes with this
/// annotation never run beside each other: a process has one cluster.
///
/// Tests may have a parameter of type {@link org.rayakka.api.AddressInfo}, and nothing needs to be
/// injected besides: `Ray` is ready.
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(RayExtension.class)
@ResourceLock("org.rayakka.api.Ray")
public @interface RayTest {
  /// Leaves the number of workers to the number of CPUs.
  int FEW = -1;

  /// How long a cluster lives.
  enum Lifecycle {
    /// From the first test of the class to the last.
    PER_CLASS,
    /// As long as one test.
    PER_METHOD
  }

  /// How many CPUs tasks may use; they need not exist.
  ///
  /// @return the number
  int numCpus() default 2;

  /// How many GPUs tasks may ask for; they need not exist.
  ///
  /// @return the number
  int numGpus() default 0;

  /// How many worker processes are started at once: by default as many as CPUs, but at most 2.
  ///
  /// @return the number; 0 starts them on demand
  int numWorkers() default FEW;

  /// What else tasks may ask for.
  ///
  /// @return each as `name=amount`
  String[] resources() default {};

  /// How much shared memory the objects have.
  ///
  /// @return bytes
  long objectStoreMemory() default 128L << 20;

  /// Whether what tasks print and how they fail is shown.
  ///
  /// @return the mode
  DriverMode driverMode() default DriverMode.SCRIPT;

  /// How long the cluster lives.
  ///
  /// @return the lifecycle
  Lifecycle lifecycle() default Lifecycle.PER_CLASS;
}
