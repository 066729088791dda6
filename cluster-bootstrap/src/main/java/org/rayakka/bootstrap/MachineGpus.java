package org.rayakka.bootstrap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rayakka.node.scheduling.local.GpuDevices;

/// Which GPUs a node lends: those that CUDA would let this process see, or the first of them.
final class MachineGpus {
  private static final String VISIBLE = "CUDA_VISIBLE_DEVICES";

  /// What people and tools write there to say that there is none; CUDA ignores what comes behind.
  private static final Set<String> NO_DEVICE = Set.of("", "-1", "NoDevFiles", "none", "void");

  private MachineGpus() {}

  /// Decides for this machine, or the container that the process runs in.
  static GpuDevices of(RaySettings settings) {
    return of(settings.node().numGpus(), System.getenv(VISIBLE), Path.of("/"));
  }

  static GpuDevices of(OptionalInt numGpus, @Nullable String visible, Path root) {
    if (visible == null) {
      return GpuDevices.first(numGpus.orElseGet(() -> count(root)));
    }
    List<String> names = new ArrayList<>();
    for (String entry : visible.split(",", -1)) {
      if (NO_DEVICE.contains(entry.strip())) {
        break;
      }
      names.add(entry.strip());
    }
    int count = numGpus.orElse(names.size());
    if (count > names.size()) {
      throw new IllegalArgumentException(
          "ray.node.num-gpus: %d (expected: at most %d, as %s=%s)"
              .formatted(count, names.size(), VISIBLE, visible));
    }
    return new GpuDevices(names.subList(0, count));
  }

  /// The device files are what a container is given or not; without any, the driver makes them when
  /// they are first needed.
  private static int count(Path root) {
    int files = matching(root.resolve("dev"), "nvidia[0-9]+");
    return files > 0 ? files : matching(root.resolve("proc/driver/nvidia/gpus"), ".+");
  }

  private static int matching(Path folder, String name) {
    if (!Files.isDirectory(folder)) {
      return 0;
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return (int) entries.filter(entry -> entry.getFileName().toString().matches(name)).count();
    } catch (IOException e) {
      throw new UncheckedIOException("GPUs cannot be counted; set ray.node.num-gpus", e);
    }
  }
}
