package org.rayakka.examples.lbfgs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/// The digits to train on and those to test with.
///
/// @param name where they come from
public record Digits(String name, Dataset training, Dataset test) {
  private static final String RESOURCE = "digits.csv.gz";
  private static final int WHITE = 16;

  /// The 1,797 handwritten digits that come with the examples, see `digits-NOTICE.txt` beside them.
  /// Every fifth is held out for the test.
  public static Digits bundled() {
    Dataset all = everyBundledDigit();
    return new Digits(
        "1,797 handwritten digits of the UCI repository", all.fifths(false), all.fifths(true));
  }

  static Dataset everyBundledDigit() {
    try (InputStream compressed = Digits.class.getResourceAsStream(RESOURCE);
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(
                    new GZIPInputStream(Objects.requireNonNull(compressed, RESOURCE)),
                    StandardCharsets.US_ASCII))) {
      List<String[]> rows = lines.lines().map(line -> line.split(",", -1)).toList();
      int features = rows.getFirst().length - 1;
      byte[] pixels = new byte[rows.size() * features];
      byte[] labels = new byte[rows.size()];
      for (int image = 0; image < labels.length; image++) {
        String[] row = rows.get(image);
        for (int i = 0; i < features; i++) {
          pixels[(image * features) + i] = Byte.parseByte(row[i]);
        }
        labels[image] = Byte.parseByte(row[features]);
      }
      return Dataset.of(pixels, labels, WHITE);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the bundled digits", e);
    }
  }

  /// The four files of MNIST, or of a data set in its format, under their usual names.
  ///
  /// @param directory where `train-images-idx3-ubyte.gz` and the three others lie
  public static Digits mnist(Path directory) throws IOException {
    return new Digits(
        directory.toString(),
        IdxFile.dataset(directory, "train"),
        IdxFile.dataset(directory, "t10k"));
  }
}
