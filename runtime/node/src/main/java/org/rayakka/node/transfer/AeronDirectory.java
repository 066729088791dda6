package org.rayakka.node.transfer;

import io.aeron.CncFileDescriptor;
import io.aeron.CommonContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.IoUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The folder of a media driver of this process, in shared memory. The driver makes its own folder
/// anew when it starts, readable by everybody; so it is inside of one that only its user can enter.
public final class AeronDirectory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AeronDirectory.class);

  private static final Path SHARED_MEMORY = Path.of("/dev/shm");
  private static final String PREFIX = "rayakka-aeron-";
  private static final String DRIVER = "driver";

  /// A driver that has not shown a sign of life for so long is dead, and its folder is litter.
  private static final long DEAD_AFTER_MILLIS = 30_000;

  private final Path guarded;

  private AeronDirectory(Path guarded) {
    this.guarded = guarded;
  }

  static AeronDirectory create() {
    Path parent = parent();
    removeLitter(parent);
    return createIn(parent);
  }

  private static Path parent() {
    return Files.isWritable(SHARED_MEMORY)
        ? SHARED_MEMORY
        : Path.of(System.getProperty("java.io.tmpdir"));
  }

  static AeronDirectory createIn(Path parent) {
    try {
      return new AeronDirectory(
          Files.createTempDirectory(parent, PREFIX + ProcessHandle.current().pid() + "-"));
    } catch (IOException e) {
      throw new UncheckedIOException("no folder for Aeron in " + parent, e);
    }
  }

  /// Where the driver is to be.
  Path driver() {
    return guarded.resolve(DRIVER);
  }

  /// Removes what drivers left that were killed. Nothing that it finds keeps this node from
  /// starting its own.
  static void removeLitter(Path parent) {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path directory : found) {
        if (isLitter(directory)) {
          LOG.info("aeron removes={} reason=its node was killed", directory);
          IoUtil.delete(directory.toFile(), true);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.debug("aeron found no litter", e);
    }
  }

  /// Removes what the driver of a process has left that was killed, if there is anything.
  ///
  /// @param pid of the process, which has ended
  public static void removeOf(long pid) {
    removeOf(pid, parent());
  }

  static void removeOf(long pid, Path parent) {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, PREFIX + pid + "-*")) {
      for (Path directory : found) {
        IoUtil.delete(directory.toFile(), true);
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.warn("aeron leaves what pid={} has left in {}", pid, parent, e);
    }
  }

  private static boolean isLitter(Path directory) {
    try {
      long age = System.currentTimeMillis() - Files.getLastModifiedTime(directory).toMillis();
      return Files.getOwner(directory).getName().equals(System.getProperty("user.name"))
          && age > DEAD_AFTER_MILLIS
          && !isAlive(directory);
    } catch (IOException | RuntimeException e) {
      // Another node removes it at this moment, or it is of another version of Aeron.
      LOG.debug("aeron leaves={}", directory, e);
      return false;
    }
  }

  private static boolean isAlive(Path directory) throws IOException {
    Path driver = directory.resolve(DRIVER);
    // Aeron itself waits for a driver that was killed before it had told its version.
    return hasStarted(driver)
        ? CommonContext.isDriverActive(driver.toFile(), DEAD_AFTER_MILLIS, text -> {})
        : ProcessHandle.of(pidOf(directory)).isPresent();
  }

  private static boolean hasStarted(Path driver) throws IOException {
    Path file = driver.resolve(CncFileDescriptor.CNC_FILE);
    if (!Files.exists(file)) {
      return false;
    }
    ByteBuffer version = ByteBuffer.allocate(Integer.BYTES);
    try (FileChannel channel = FileChannel.open(file)) {
      channel.read(version, CncFileDescriptor.cncVersionOffset(0));
    }
    return version.getInt(0) != 0;
  }

  private static long pidOf(Path directory) {
    String name = directory.getFileName().toString();
    return Long.parseLong(name, PREFIX.length(), name.indexOf('-', PREFIX.length()), 10);
  }

  /// Removes it.
  @Override
  public void close() {
    IoUtil.delete(guarded.toFile(), true);
  }
}
