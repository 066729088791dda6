package org.rayakka.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class StartCommandTest {
  // row 215
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "start | neither given (expected: one of them)",
        "start --head --redis-address=127.0.0.1:6379 | both given (expected: one of them)",
        "start --redis-address=h:1 --redis-port=6379 | --redis-port: 6379 (expected: only with --head)",
        "start --redis-address=h:1 --num-redis-shards=2 | --num-redis-shards: 2 (expected: only",
        "start --head --num-cpus=many | --num-cpus",
        "start --head --resources={ssd:fast} | --resources: ssd = fast (expected: a number)",
        "start --head --resources=ssd | --resources: ssd (expected: such as",
      })
  void refusesWhatContradictsItself(String line, String says) {
    StringWriter error = new StringWriter();
    CommandLine command = RayCommand.commandLine().setErr(new PrintWriter(error));

    int status = command.execute(line.split(" "));

    assertThat(status).isEqualTo(2);
    assertThat(error.toString()).contains(says);
  }
}
