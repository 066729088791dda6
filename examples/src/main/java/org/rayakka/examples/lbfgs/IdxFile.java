package org.rayakka.examples.lbfgs;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/// A file in MNIST's IDX format, compressed with gzip: an array of unsigned bytes behind a
/// big-endian head.
///
/// ```
///   0        1        2        3        4
///   +--------+--------+--------+--------+-------- - - --------+---- - -
///   |   0    |   0    |  0x08  |  rank  | rank x int32: shape | bytes
///   +--------+--------+--------+--------+-------- - - --------+---- - -
/// ```
///
/// @param shape the length in each dimension, the slowest first
/// @param bytes the elements, the last dimension running fastest
@SuppressWarnings("ArrayRecordComponent") // a carrier that nobody compares
record IdxFile(int[] shape, byte[] bytes) {
  private static final int UNSIGNED_BYTE = 0x08;
  private static final int WHITE = 255;

  /// The images and labels whose files begin with `train` or `t10k`.
  static Dataset dataset(Path directory, String prefix) throws IOException {
    IdxFile images = read(directory.resolve(prefix + "-images-idx3-ubyte.gz"), 3);
    IdxFile labels = read(directory.resolve(prefix + "-labels-idx1-ubyte.gz"), 1);
    if (images.shape[0] != labels.shape[0]) {
      throw new IOException(
          "%s: %,d images and %,d labels (expected: as many of one as of the other)"
              .formatted(directory, images.shape[0], labels.shape[0]));
    }
    return Dataset.of(images.bytes, labels.bytes, WHITE);
  }

  static IdxFile read(Path file, int rank) throws IOException {
    try (InputStream raw = Files.newInputStream(file);
        DataInputStream in =
            new DataInputStream(new BufferedInputStream(new GZIPInputStream(raw), 1 << 16))) {
      int magic = in.readInt();
      int expected = (UNSIGNED_BYTE << 8) | rank;
      if (magic != expected) {
        throw new IOException(
            "%s: begins with 0x%08x (expected: 0x%08x, an IDX file of unsigned bytes in %d dimensions)"
                .formatted(file, magic, expected, rank));
      }
      int[] shape = new int[rank];
      for (int i = 0; i < rank; i++) {
        shape[i] = in.readInt();
      }
      long size = Arrays.stream(shape).asLongStream().reduce(1, Math::multiplyExact);
      byte[] bytes = in.readNBytes(Math.toIntExact(size));
      if (bytes.length < size) {
        throw new IOException(
            "%s: ends after %,d elements (expected: %,d)".formatted(file, bytes.length, size));
      }
      return new IdxFile(shape, bytes);
    }
  }
}
