package org.rayakka.api.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class InitOptionsTest {
  @Test
  void leavesUnsetWhatIsNotSet() {
    InitOptions options = InitOptions.UNSET;

    assertThat(options.address()).isNull();
    assertThat(options.numCpus()).isNull();
    assertThat(options.numGpus()).isNull();
    assertThat(options.numWorkers()).isNull();
    assertThat(options.objectIdSeed()).isNull();
    assertThat(options.driverMode()).isNull();
    assertThat(options.redirectOutput()).isNull();
    assertThat(options.resources()).isEmpty();
    assertThat(options.jvmOptions()).isEmpty();
    assertThat(options.toBuilder().build()).isEqualTo(options);
  }

  // rows 15, 24-28, 31-33
  @Test
  void keepsWhatIsSet() {
    InitOptions options =
        InitOptions.builder()
            .setNodeIpAddress("10.0.0.7")
            .setNumCpus(20)
            .setNumGpus(2)
            .setResource("disk", 1e10)
            .setResources(Map.of("slots", Double.POSITIVE_INFINITY))
            .setNumWorkers(0)
            .setNumRedisShards(20)
            .setObjectStoreMemory(1L << 33)
            .setObjectIdSeed(-5)
            .setDriverMode("SILENT_MODE")
            .setRedirectOutput(true)
            .setNamespace("shop")
            .setJobName("nightly")
            .setJvmOptions(List.of("-Xmx1g"))
            .setCodeSearchPath(List.of("/opt/jobs/shop.jar"))
            .setLoggingLevel("DEBUG")
            .build();

    assertThat(options.numCpus()).isEqualTo(20);
    assertThat(options.resources())
        .containsOnly(Map.entry("disk", 1e10), Map.entry("slots", Double.POSITIVE_INFINITY));
    assertThat(options.driverMode()).isEqualTo(DriverMode.SILENT);
    assertThat(options.objectIdSeed()).isEqualTo(-5);
    assertThat(options.toBuilder().build()).isEqualTo(options);
  }

  @Test
  void attachesByEitherNameOfTheAddress() {
    InitOptions options = InitOptions.builder().setRedisAddress("head:6379").build();

    assertThat(options).isEqualTo(InitOptions.builder().setAddress("head:6379").build());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options.toBuilder().setAddress("other:6379"))
        .withMessage("address: other:6379 (expected: head:6379, which is set already)");
  }

  static Stream<Arguments> describesANode() {
    return Stream.of(
        setting(b -> b.setNumCpus(4), "numCpus: 4"),
        setting(b -> b.setNumGpus(0), "numGpus: 0"),
        setting(b -> b.setResource("disk", 1), "resources: {disk=1.0}"),
        setting(b -> b.setNumWorkers(3), "numWorkers: 3"),
        setting(b -> b.setNumRedisShards(2), "numRedisShards: 2"),
        setting(b -> b.setObjectStoreMemory(1), "objectStoreMemory: 1"),
        setting(b -> b.setDriverMode(DriverMode.LOCAL), "driverMode: LOCAL"));
  }

  private static Arguments setting(UnaryOperator<InitOptions.Builder> set, String named) {
    return Arguments.of(set, named);
  }

  // rows 21-23, 35
  @ParameterizedTest
  @MethodSource("describesANode")
  void refusesToDescribeANodeWhenAttaching(UnaryOperator<InitOptions.Builder> set, String named) {
    InitOptions.Builder builder = set.apply(InitOptions.builder());
    assertThat(builder.build()).isNotEqualTo(InitOptions.UNSET);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.setAddress("head:6379").build())
        .withMessage(
            named
                + " (expected: unset, because address head:6379 attaches to a cluster that runs"
                + " already)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:6379", "localhost:1", "[::1]:65535", "auto"})
  void acceptsAnAddress(String address) {
    assertThat(InitOptions.builder().setAddress(address).build().address()).isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", ":6379", "host:", "host:0", "host:65536", "host:6379x"})
  void refusesWhatIsNoAddress(String address) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> InitOptions.builder().setAddress(address))
        .withMessage("address: '" + address + "' (expected: host:port, or auto)");
  }

  // row 28
  @Test
  void acceptsExactlyTheNamesOfTheModes() {
    assertThat(DriverMode.parse("SCRIPT_MODE")).isEqualTo(DriverMode.SCRIPT);
    assertThat(DriverMode.parse("PYTHON_MODE")).isEqualTo(DriverMode.LOCAL);
    assertThat(DriverMode.parse("LOCAL_MODE")).isEqualTo(DriverMode.LOCAL);
    assertThat(DriverMode.parse("SILENT_MODE")).isEqualTo(DriverMode.SILENT);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> InitOptions.builder().setDriverMode("script_mode"))
        .withMessageStartingWith("driverMode: 'script_mode' (expected: SCRIPT_MODE, ");
  }

  @Test
  void refusesValuesOutOfRange() {
    InitOptions.Builder builder = InitOptions.builder();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.setNumCpus(-1))
        .withMessage("numCpus: -1 (expected: >= 0)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.setObjectStoreMemory(0))
        .withMessage("objectStoreMemory: 0 (expected: >= 1)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.setResource("CPU", 4))
        .withMessage("resource 'CPU': 4.0 (expected: numCpus instead)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.setResource("disk", Double.NaN))
        .withMessage("resource 'disk': NaN (expected: a finite number >= 0)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.setLoggingLevel("LOUD"))
        .withMessageStartingWith("loggingLevel: 'LOUD' (expected: one of [TRACE, ");
    assertThat(builder.build()).isEqualTo(InitOptions.UNSET);
  }
}
