package org.rayakka.objectstore.layout;

import java.util.Arrays;

/// The sizes that a slab's slots can have: from 64 bytes to half an extent, each about a fifth more
/// than the one before, and as large as the number of its slots in an extent allows.
public final class SizeClasses {
  private final int[] slotBytes;
  private final int[] slotsPerExtent;
  private final int maxBytes;

  public SizeClasses(int extentShift) {
    int extent = 1 << extentShift;
    int[] sizes = new int[256];
    int[] counts = new int[256];
    int classes = 0;
    int previous = 0;
    // A geometric ladder of slot sizes, rounded up to 64 bytes, then widened to what the extent
    // has over when it is divided by their number.
    for (double wanted = StoreDescriptor.ALIGNMENT; wanted <= extent / 2.0; wanted *= 1.19) {
      int size = (int) StoreDescriptor.roundUp((long) wanted, StoreDescriptor.ALIGNMENT);
      int count = extent / size;
      size = extent / count / StoreDescriptor.ALIGNMENT * StoreDescriptor.ALIGNMENT;
      if (size > previous) {
        sizes[classes] = size;
        counts[classes] = extent / size;
        classes++;
        previous = size;
      }
    }
    if (previous < extent / 2) {
      sizes[classes] = extent / 2;
      counts[classes] = 2;
      classes++;
    }
    slotBytes = Arrays.copyOf(sizes, classes);
    slotsPerExtent = Arrays.copyOf(counts, classes);
    maxBytes = extent / 2;
  }

  public int count() {
    return slotBytes.length;
  }

  /// The largest object that goes into a slab.
  public int maxBytes() {
    return maxBytes;
  }

  /// The smallest class whose slots hold so many bytes.
  ///
  /// @param bytes 1 to {@link #maxBytes}
  public int classOf(long bytes) {
    int low = 0;
    int high = slotBytes.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (slotBytes[middle] < bytes) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  public int slotBytes(int sizeClass) {
    return slotBytes[sizeClass];
  }

  public int slotsPerExtent(int sizeClass) {
    return slotsPerExtent[sizeClass];
  }
}
