package org.rayakka.examples.lbfgs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetTest {
  private static final byte[] PIXELS = {0, 51, 102, (byte) 255, 1, 2, 3, 4, 5, 6, 7, 8};
  private static final byte[] LABELS = {7, 0, 9};

  @TempDir private Path directory;

  private void write(String name, byte[] bytes, int... head) throws IOException {
    try (DataOutputStream out =
        new DataOutputStream(
            new GZIPOutputStream(Files.newOutputStream(directory.resolve(name))))) {
      for (int word : head) {
        out.writeInt(word);
      }
      out.write(bytes);
    }
  }

  private void writeSmallMnist() throws IOException {
    for (String prefix : List.of("train", "t10k")) {
      write(prefix + "-images-idx3-ubyte.gz", PIXELS, 0x0803, 3, 2, 2);
      write(prefix + "-labels-idx1-ubyte.gz", LABELS, 0x0801, 3);
    }
  }

  @Test
  void readsFilesInMnistFormat() throws IOException {
    writeSmallMnist();

    Digits digits = Digits.mnist(directory);

    Dataset training = digits.training();
    assertThat(training.size()).isEqualTo(3);
    assertThat(training.features()).isEqualTo(4);
    assertThat(List.of(training.label(0), training.label(1), training.label(2)))
        .containsExactly(7, 0, 9);
    double[] image = new double[4];
    training.readImage(0, image);
    assertThat(image).containsExactly(0, 0.2, 0.4, 1);
    assertThat(digits.test().size()).isEqualTo(3);
  }

  @Test
  void saysWhatIsWrongWithAFile() throws IOException {
    writeSmallMnist();

    write("train-labels-idx1-ubyte.gz", LABELS, 0x0803, 3);
    assertThatThrownBy(() -> Digits.mnist(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("begins with 0x00000803 (expected: 0x00000801");

    write("train-labels-idx1-ubyte.gz", LABELS, 0x0801, 4);
    assertThatThrownBy(() -> Digits.mnist(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ends after 3 elements (expected: 4)");

    write("train-labels-idx1-ubyte.gz", new byte[2], 0x0801, 2);
    assertThatThrownBy(() -> Digits.mnist(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("3 images and 2 labels");

    write("train-labels-idx1-ubyte.gz", new byte[] {1, 2, 10}, 0x0801, 3);
    assertThatThrownBy(() -> Digits.mnist(directory))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("label: 10 (expected: 0 to 9)");
  }

  @Test
  void bundlesTheDigits() {
    Dataset digits = Digits.everyBundledDigit();

    assertThat(digits.size()).isEqualTo(1797);
    assertThat(digits.features()).isEqualTo(64);
    assertThat(digits.label(0)).isEqualTo(0);
    assertThat(digits.label(1796)).isEqualTo(8);
  }

  @Test
  void cutsIntoShardsOfAlmostEqualSizeAndLosesNoImage() {
    Dataset digits = Digits.everyBundledDigit();

    List<Dataset> shards = digits.shards(10);

    assertThat(shards).hasSize(10);
    assertThat(shards.stream().map(Dataset::size)).allMatch(size -> size == 179 || size == 180);
    assertThat(shards.stream().mapToInt(Dataset::size).sum()).isEqualTo(1797);
    assertThat(shards.getLast().label(shards.getLast().size() - 1)).isEqualTo(8);
    assertThatThrownBy(() -> digits.shards(0)).hasMessageContaining("shards: 0 (expected: 1 to");
    assertThatThrownBy(() -> digits.shards(1798)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void holdsOutEveryFifthImage() {
    Dataset ten = Dataset.of(new byte[10], new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 16);

    assertThat(List.of(ten.fifths(true).label(0), ten.fifths(true).label(1))).containsExactly(4, 9);
    assertThat(ten.fifths(true).size()).isEqualTo(2);
    assertThat(ten.fifths(false).size()).isEqualTo(8);
    assertThat(ten.fifths(false).label(4)).isEqualTo(5);
  }
}
