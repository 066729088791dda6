package org.rayakka.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.rayakka.api.id.ObjectId;
import org.rayakka.objectstore.layout.EntryLayout;
import org.rayakka.objectstore.layout.ExtentLayout;
import org.rayakka.objectstore.layout.SizeClasses;
import org.rayakka.objectstore.layout.StoreDescriptor;
import org.rayakka.objectstore.memory.EntryTable;
import org.rayakka.objectstore.memory.MappedSegment;

/// Checks that everything in a store that nobody is using fits together: each entry's memory is
/// taken once, all memory that is taken is an entry's, each sealed object is found and holds its
/// own bytes, and nothing is left of clients that are gone.
final class StoreAudit {
  private final StoreNode node;
  private final MappedSegment segment;
  private final StoreDescriptor layout;
  private final EntryTable entries;
  private final SizeClasses classes;

  private final Map<Integer, Integer> slotsTaken = new HashMap<>();
  private int runExtents;
  private int cells;

  private StoreAudit(StoreNode node) {
    this.node = node;
    this.segment = node.client().segment();
    this.layout = segment.layout();
    this.entries = node.client().entries();
    this.classes = new SizeClasses(layout.extentShift());
  }

  /// Checks a store of objects made by {@link Pattern#put}, none of them held by anybody.
  static void check(StoreNode node) {
    new StoreAudit(node).check();
  }

  private void check() {
    node.usage();
    for (int entry = 0; entry < entries.usedEntries(); entry++) {
      checkEntry(entry);
    }
    checkExtents();
    checkIndex();
  }

  private void checkEntry(int entry) {
    int state = EntryLayout.state(entries.word(entry));
    assertThat(entries.pinCount(entry)).as("pins of entry %s in state %s", entry, state).isZero();
    if (state == EntryLayout.FREE) {
      assertThat(entries.dataOffset(entry)).as("memory of free entry %s", entry).isZero();
      return;
    }
    if (state == EntryLayout.EXPECTED) {
      assertThat(entries.dataOffset(entry)).as("memory of expected entry %s", entry).isZero();
      cells++;
      return;
    }
    assertThat(state).as("state of entry %s", entry).isEqualTo(EntryLayout.SEALED);
    cells++;
    ObjectId id = entries.id(entry);
    assertThat(node.client().index().find(id)).as("where %s is found", id).isEqualTo(entry);
    try (SealedObject object = node.client().get(id)) {
      assertThat(object).isNotNull();
      if (object != null) {
        assertThat(object.typeTag()).isEqualTo((int) id.low());
        assertThat(Pattern.firstWrong(object.view(), id))
            .as("first wrong byte of %s", id)
            .isEqualTo(-1);
      }
    }
    count(entry);
  }

  private void count(int entry) {
    long offset = entries.dataOffset(entry);
    if (entries.size(entry) == 0) {
      assertThat(offset).isZero();
      return;
    }
    int extent = layout.extentOf(offset);
    long word = segment.getVolatile(layout.extentWord(extent));
    if (entries.size(entry) <= classes.maxBytes()) {
      assertThat(ExtentLayout.kind(word)).isEqualTo(ExtentLayout.SLAB);
      int slotBytes = classes.slotBytes(ExtentLayout.sizeClass(word));
      assertThat(entries.size(entry)).isLessThanOrEqualTo(slotBytes);
      long index = (offset - layout.extentData(extent)) / slotBytes;
      assertThat(offset).isEqualTo(layout.extentData(extent) + index * slotBytes);
      long bits = segment.getVolatile(layout.bitmap(extent) + (index >>> 6) * 8);
      assertThat(bits & (1L << index)).as("bit of entry %s", entry).isNotZero();
      slotsTaken.merge(extent, 1, Integer::sum);
    } else {
      int length = (int) layout.extentsFor(entries.size(entry));
      for (int i = 0; i < length; i++) {
        long part = segment.getVolatile(layout.extentWord(extent + i));
        assertThat(ExtentLayout.kind(part)).isEqualTo(ExtentLayout.RUN);
      }
      runExtents += length;
    }
  }

  private void checkExtents() {
    int runs = 0;
    for (int extent = 0; extent < layout.extents(); extent++) {
      long word = segment.getVolatile(layout.extentWord(extent));
      assertThat(word & ExtentLayout.BUSY).as("busy bit of extent %s", extent).isZero();
      int bits = 0;
      for (long at = layout.bitmap(extent); at < layout.bitmap(extent + 1); at += 8) {
        bits += Long.bitCount(segment.getVolatile(at));
      }
      assertThat(bits)
          .as("slots taken in extent %s", extent)
          .isEqualTo(slotsTaken.getOrDefault(extent, 0));
      if (ExtentLayout.kind(word) == ExtentLayout.RUN) {
        runs++;
      }
      int owner = ExtentLayout.owner(word);
      assertThat(owner < 0 || !node.client().slots().isFree(owner))
          .as("owner %s of extent %s lives", owner, extent)
          .isTrue();
    }
    assertThat(runs).as("extents in runs").isEqualTo(runExtents);
  }

  private void checkIndex() {
    int found = 0;
    for (int bucket = 0; bucket < layout.buckets(); bucket++) {
      for (int i = 0; i < StoreDescriptor.BUCKET_CELLS; i++) {
        found += segment.getVolatile(layout.bucket(bucket) + i * 8L) == 0 ? 0 : 1;
      }
    }
    assertThat(found).as("cells in use").isEqualTo(cells);
  }
}
