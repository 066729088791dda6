package org.rayakka.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.ListenerNotFoundException;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.NdArray;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.exception.ObjectStoreFullException;
import org.rayakka.api.exception.RayException;
import org.rayakka.api.exception.RaySerializationException;

/// Objects live as long as somebody refers to them, and no longer.
@Timeout(120)
class ReferencesIT {
  private static final int MIB = 1 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @BeforeAll
  static void start() {
    Cluster.start(2);
  }

  @AfterAll
  static void stop() {
    Ray.shutdown();
  }

  static int length(byte[] bytes) {
    return bytes.length;
  }

  static int lengthAndMore(byte[] bytes, Object more) {
    return bytes.length + more.hashCode();
  }

  /// Remembers how long an array was that it was created with.
  static class Sized {
    private final int length;

    Sized(byte[] bytes) {
      length = bytes.length;
    }

    int length() {
      return length;
    }

    int add(byte[] bytes) {
      return length + bytes.length;
    }

    void halt() {
      Runtime.getRuntime().halt(1);
    }
  }

  private static void awaitUsedAtMost(long bytes) throws Exception {
    Await.until(
        "at most " + bytes + " bytes in the store",
        PATIENCE,
        () -> Ray.memory().usedBytes() <= bytes);
  }

  // rows 54-57, 179, 194
  @Test
  void argumentsByValueGoWithTheirCalls() throws Exception {
    ActorHandle<Sized> actor = Ray.actor(Sized::new, new byte[MIB]).remote();
    byte[] argument = new byte[4 * MIB];
    long before = Ray.memory().usedBytes();
    long spilledBefore = Ray.memory().spilledBytes();

    for (int i = 0; i < 200; i++) { // More than three times what the store holds.
      assertThat(Ray.task(ReferencesIT::length, argument).remote().get()).isEqualTo(4 * MIB);
      assertThat(actor.task(Sized::add, argument).remote().get()).isEqualTo(5 * MIB);
    }

    awaitUsedAtMost(before + 2L * MIB);
    assertThat(Ray.memory().spilledBytes()).isLessThanOrEqualTo(spilledBefore);
    actor.kill();
  }

  // row 194
  @Test
  void whatNobodyCanReachIsCollectedRatherThanSpilled() throws Exception {
    byte[] value = new byte[4 * MIB];
    long before = Ray.memory().spilledBytes();
    AtomicLong put = new AtomicLong();

    // The heap has room: nobody but the node has a reason to have it collected.
    try (RequestedCollections collections = new RequestedCollections()) {
      Await.until(
          "a collection that the node asks for, and room by it",
          PATIENCE,
          () -> {
            for (int i = 0; i < 20; i++) {
              Ray.put(value);
              put.addAndGet(value.length);
            }
            return collections.count.get() > 0
                && Ray.memory().spilledBytes() - before < put.get() / 4;
          });
    }
  }

  /// Counts the collections of this process that a program asked for.
  private static final class RequestedCollections implements AutoCloseable {
    final AtomicInteger count = new AtomicInteger();
    private final List<NotificationEmitter> collectors;
    private final NotificationListener listener =
        (notification, _) -> {
          if (notification.getUserData() instanceof CompositeData data
              && GarbageCollectionNotificationInfo.from(data).getGcCause().equals("System.gc()")) {
            count.incrementAndGet();
          }
        };

    RequestedCollections() {
      collectors =
          ManagementFactory.getGarbageCollectorMXBeans().stream()
              .map(NotificationEmitter.class::cast)
              .toList();
      collectors.forEach(collector -> collector.addNotificationListener(listener, null, null));
    }

    @Override
    public void close() throws ListenerNotFoundException {
      for (NotificationEmitter collector : collectors) {
        collector.removeNotificationListener(listener);
      }
    }
  }

  @Test
  void argumentsOfCallsThatAreNeverMadeGo() throws Exception {
    long before = Ray.memory().usedBytes();

    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(() ->
              Ray.task(ReferencesIT::lengthAndMore, new byte[8 * MIB], (Object) new Thread())
                  .remote())
          .isInstanceOf(RaySerializationException.class);
    }

    awaitUsedAtMost(before + 2L * MIB);
  }

  // rows 193-194
  @Test
  void whatFoundNoRoomIsNotLost() throws Exception {
    int part = 56 * MIB;
    ObjectRef<NdArray> first = Ray.put(filled(1, part));
    List<ObjectRef<NdArray>> refs = new ArrayList<>();
    List<NdArray> held = new ArrayList<>();
    for (int i = 2; i <= 5; i++) {
      refs.add(Ray.put(filled(i, part)));
      held.add(refs.getLast().get()); // Cannot be moved to disk while it is read.
    }
    assertThat(Ray.memory().spilledBytes()).isBetween((long) part, part + (long) MIB);

    assertThatThrownBy(first::get)
        .isInstanceOf(ObjectStoreFullException.class)
        .hasMessageContaining("on disk");
    assertThat(held).allSatisfy(array -> assertThat(array.size()).isEqualTo(part));

    held.clear();
    Await.until("room for what is on disk", PATIENCE, () -> isThere(first));
    assertThat(first.get().getInt(part - 1)).isEqualTo(1);
    refs.clear();
  }

  private static NdArray filled(int value, int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return NdArray.of(bytes, length);
  }

  private static boolean isThere(ObjectRef<NdArray> ref) {
    try {
      return ref.get() != null;
    } catch (ObjectStoreFullException e) {
      return false;
    }
  }

  // row 119
  @Test
  void anActorThatIsRestartedGetsItsArgumentsAgain() throws Exception {
    long before = Ray.memory().usedBytes();
    ActorHandle<Sized> actor =
        Ray.actor(Sized::new, new byte[16 * MIB]).setMaxRestarts(-1).remote();

    for (int i = 0; i < 3; i++) {
      assertThat(actor.task(Sized::length).remote().get()).isEqualTo(16 * MIB);
      assertThatThrownBy(() -> actor.task(Sized::halt).remote().get())
          .isInstanceOf(RayException.class);
    }

    assertThat(actor.task(Sized::length).remote().get()).isEqualTo(16 * MIB);
    assertThat(Ray.memory().usedBytes()).isGreaterThanOrEqualTo(before + 16 * MIB);
    actor.kill();
    awaitUsedAtMost(before + 2L * MIB);
  }
}
