package org.rayakka.api;

import java.io.Serializable;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.exception.RayTimeoutException;
import org.rayakka.api.id.ObjectId;

/// A reference to an object in the object store: one that was put, or one that a task will make.
///
/// Having a reference does not mean that the object exists yet. {@link #get()} waits for it; a task
/// that takes the reference as an argument starts when it exists, and sees the value:
///
/// ```java
/// static double[] load(String path) { … }
/// static double mean(double[] values) { … }
///
/// ObjectRef<double[]> values = Ray.task(Readings::load, "/data/2017.bin").remote();
/// ObjectRef<Double> mean = Ray.task(Readings::mean, values).remote();
/// System.out.println(mean.get());
/// ```
///
/// A reference may be put into lists, records and fields and sent along; it then arrives as a
/// reference. An object stays as long as a reference to it exists anywhere. Two references are
/// equal if they refer to the same object. Only the runtime implements this interface.
///
/// @param <T> the type of the object
public interface ObjectRef<T extends @Nullable Object> extends Serializable {
  /// The id of the object.
  ///
  /// @return the id
  ObjectId getId();

  /// The id of the object, under the name that records use.
  ///
  /// @return the id
  default ObjectId id() {
    return getId();
  }

  /// Waits until the object exists and returns it.
  ///
  /// @return the object
  /// @throws org.rayakka.api.exception.RayException if the task that makes it fails, or it is lost
  default T get() {
    return Ray.get(this);
  }

  /// Waits until the object exists and returns it.
  ///
  /// @param timeoutMs how long to wait at most, in milliseconds
  /// @return the object
  /// @throws RayTimeoutException if it does not exist in time
  default T get(long timeoutMs) {
    return Ray.get(this, timeoutMs);
  }

  /// Waits until the object exists and returns it.
  ///
  /// @param timeout how long to wait at most
  /// @return the object
  /// @throws RayTimeoutException if it does not exist in time
  default T get(Duration timeout) {
    return Ray.get(this, timeout);
  }

  /// A future that completes with the object, or with what {@link #get()} would throw. No thread
  /// waits for it. Cancelling the future does not cancel the task.
  ///
  /// @return the future
  default CompletableFuture<T> toFuture() {
    return Ray.internal().toFuture(this);
  }
}
