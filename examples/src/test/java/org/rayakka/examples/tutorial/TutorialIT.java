package org.rayakka.examples.tutorial;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Runs the tutorial and compares what it prints with what the tutorial promises.
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class TutorialIT {
  @Test
  void printsWhatItPromises() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Tutorial.run(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    String out = bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");

    assertThat(out)
        .containsPattern("put: ObjectID\\([0-9a-f]{40}\\)\n")
        .contains("get: [1, 2, 3]\n")
        .contains("[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n")
        .contains("called: 3\ntask:   3\n")
        .contains("value either way\n3\n3\n3\n")
        .contains("[1, 2, 3]\n1\n2\n")
        .contains("wait for another\n3\n")
        .contains("1 array of 1,000 sums")
        .contains("[45, 55, 65, 75, 85]\n")
        .contains("{key1=[value]}\n[{key1=[value]}, {key1=[value]}]\n")
        .contains("ready: [0, 1], remaining: 1\n")
        .contains("ready: [0, 1, 2], remaining: 2\n")
        .contains("numReturns: 4 (expected: 0 to 1, the number of references)\n")
        .contains("rounds: 100\n")
        .contains("cause: java.lang.IllegalStateException: This task failed!!\n")
        .containsPattern("\ntask: .*This task failed!!")
        .contains("pushed left:  cart speed -0.20 m/s, reward 1, done false\n")
        .contains("pushed right: cart speed +0.19 m/s, reward 1, done false\n")
        .contains("[1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n")
        .contains("[2, 3, 4, 5, 6]\n")
        .contains("number of GPUs: 1\n")
        .doesNotContain("no error");
    assertThat(number(out, "ten tasks: ([0-9.]+) s")).isBetween(1.0, 5.0);
    assertThat(number(out, "standard deviation ([0-9.]+)")).isBetween(8.0, 12.0);
  }

  private static double number(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as(pattern).isTrue();
    return Double.parseDouble(matcher.group(1));
  }
}
