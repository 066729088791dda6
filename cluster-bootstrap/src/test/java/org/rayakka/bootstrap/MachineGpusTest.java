package org.rayakka.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rayakka.node.scheduling.local.GpuDevices;

class MachineGpusTest {
  private static final OptionalInt AUTO = OptionalInt.empty();

  @TempDir Path root;

  @Test
  void countsDeviceFilesAndNothingBesideThem() throws IOException {
    Path dev = Files.createDirectories(root.resolve("dev"));
    for (String name : new String[] {"nvidia0", "nvidia7", "nvidiactl", "nvidia-uvm", "null"}) {
      Files.createFile(dev.resolve(name));
    }

    assertThat(MachineGpus.of(AUTO, null, root)).isEqualTo(GpuDevices.first(2));
  }

  @Test
  void asksTheDriverWhereThereAreNoDeviceFilesYet() throws IOException {
    Files.createDirectories(root.resolve("proc/driver/nvidia/gpus/0000:00:04.0"));

    assertThat(MachineGpus.of(AUTO, null, root)).isEqualTo(GpuDevices.first(1));
  }

  @Test
  void findsNoneOnAMachineWithoutADriver() {
    assertThat(MachineGpus.of(AUTO, null, root)).isEqualTo(GpuDevices.NONE);
  }

  @Test
  void lendsWhatIsDeclaredWhateverTheMachineHas() {
    assertThat(MachineGpus.of(OptionalInt.of(8), null, root)).isEqualTo(GpuDevices.first(8));
  }

  @Test
  void lendsOnlyWhatCudaWouldLetItSee() {
    assertThat(MachineGpus.of(AUTO, " 3, 5", root).names()).containsExactly("3", "5");
    assertThat(MachineGpus.of(OptionalInt.of(1), "3,5", root).names()).containsExactly("3");
    assertThat(MachineGpus.of(AUTO, "GPU-8932f937,MIG-1", root).names())
        .containsExactly("GPU-8932f937", "MIG-1");
    assertThat(MachineGpus.of(AUTO, "2,-1,3", root).names()).containsExactly("2");
    assertThat(MachineGpus.of(AUTO, "", root)).isEqualTo(GpuDevices.NONE);
    assertThat(MachineGpus.of(AUTO, "NoDevFiles", root)).isEqualTo(GpuDevices.NONE);
  }

  @Test
  void refusesToLendMoreThanItSees() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MachineGpus.of(OptionalInt.of(3), "3,5", root))
        .withMessage("ray.node.num-gpus: 3 (expected: at most 2, as CUDA_VISIBLE_DEVICES=3,5)");
  }
}
