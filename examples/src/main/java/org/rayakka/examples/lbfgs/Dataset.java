package org.rayakka.examples.lbfgs;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.rayakka.api.NdArray;

/// Images of digits and what they show. An image is one row of bytes, which are counts from 0 to
/// `white`; an actor that is given a data set reads them where they lie in the object store.
///
/// @param pixels one byte per pixel, one row per image
/// @param labels one byte per image: the digit, 0 to 9
/// @param white the byte that stands for a brightness of 1
public record Dataset(NdArray pixels, NdArray labels, int white) {
  /// The digits.
  static final int CLASSES = 10;

  static Dataset of(byte[] pixels, byte[] labels, int white) {
    if (labels.length == 0 || pixels.length % labels.length != 0) {
      throw new IllegalArgumentException(
          "pixels: %,d (expected: a multiple of the number of labels, %,d)"
              .formatted(pixels.length, labels.length));
    }
    for (byte label : labels) {
      if (label < 0 || label >= CLASSES) {
        throw new IllegalArgumentException("label: " + label + " (expected: 0 to 9)");
      }
    }
    return new Dataset(
        NdArray.ofUnsigned(pixels, labels.length, pixels.length / labels.length),
        NdArray.ofUnsigned(labels, labels.length),
        white);
  }

  /// How many images there are.
  public int size() {
    return Math.toIntExact(labels.size());
  }

  /// How many pixels an image has.
  public int features() {
    return Math.toIntExact(pixels.shape(1));
  }

  int label(int image) {
    return labels.segment().get(JAVA_BYTE, image);
  }

  /// Writes the brightness of each pixel of an image, 0 to 1, into the front of `row`.
  void readImage(int image, double[] row) {
    MemorySegment bytes = pixels.segment();
    int features = features();
    long start = (long) image * features;
    for (int i = 0; i < features; i++) {
      row[i] = (bytes.get(JAVA_BYTE, start + i) & 0xff) / (double) white;
    }
  }

  /// Cuts the data into so many pieces, in order, whose sizes differ by one at most.
  List<Dataset> shards(int count) {
    if (count < 1 || count > size()) {
      throw new IllegalArgumentException(
          "shards: " + count + " (expected: 1 to the number of images, " + size() + ")");
    }
    List<Dataset> shards = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int from = Math.toIntExact((long) size() * i / count);
      int to = Math.toIntExact((long) size() * (i + 1) / count);
      shards.add(new Dataset(pixels.slice(from, to), labels.slice(from, to), white));
    }
    return shards;
  }

  /// Every fifth image, beginning with the fifth, or all the others.
  Dataset fifths(boolean heldOut) {
    int features = features();
    int heldOutSize = size() / 5;
    int chosen = heldOut ? heldOutSize : size() - heldOutSize;
    byte[] chosenPixels = new byte[chosen * features];
    byte[] chosenLabels = new byte[chosen];
    int to = 0;
    for (int image = 0; image < size(); image++) {
      if ((image % 5 == 4) == heldOut) {
        MemorySegment.copy(
            pixels.segment(),
            JAVA_BYTE,
            (long) image * features,
            chosenPixels,
            to * features,
            features);
        chosenLabels[to++] = (byte) label(image);
      }
    }
    return of(chosenPixels, chosenLabels, white);
  }
}
