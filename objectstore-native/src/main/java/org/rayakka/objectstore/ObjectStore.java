package org.rayakka.objectstore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.ObjectId;
import org.rayakka.objectstore.layout.EntryLayout;
import org.rayakka.objectstore.layout.StoreDescriptor;
import org.rayakka.objectstore.memory.Backoff;
import org.rayakka.objectstore.memory.ClientSlots;
import org.rayakka.objectstore.memory.EntryTable;
import org.rayakka.objectstore.memory.Extents;
import org.rayakka.objectstore.memory.MappedSegment;
import org.rayakka.objectstore.memory.ObjectIndex;
import org.rayakka.objectstore.memory.Pages;

/// One process's view of the object store: a driver's, a worker's, or the node's own. Safe for any
/// number of threads.
///
/// Everything here is done in shared memory by the calling thread. Only a {@link #create} that
/// finds no room asks the node, through its {@link SpaceRequester}.
public final class ObjectStore implements AutoCloseable {
  static final int SEALED_ALREADY = -1;
  static final int NO_ENTRY = -2;

  private static final int NO_MEMORY = -1;
  private static final int NO_ENTRIES = -2;

  /// How often a creation asks for room while some is being made, before it fails all the same.
  private static final int MAX_REQUESTS = 10_000;

  /// Larger objects are mapped step by step as they are written or read.
  private static final long MAP_AT_CREATE_BYTES = 64L << 20;

  private static final long MAP_AT_GET_BYTES = 16L << 20;

  private final MappedSegment segment;
  private final StoreDescriptor layout;
  private final int slot;
  private final SpaceRequester spaceRequester;
  private final EntryTable entries;
  private final ObjectIndex index;
  private final Extents extents;
  private final ClientSlots slots;
  private final Pages pages;
  private final LocalPins pins;
  private final Waiting waiting;
  private volatile boolean closed;

  private ObjectStore(MappedSegment segment, int slot, SpaceRequester spaceRequester) {
    this.segment = segment;
    this.layout = segment.layout();
    this.slot = slot;
    this.spaceRequester = spaceRequester;
    this.entries = new EntryTable(segment, slot);
    this.index = new ObjectIndex(segment, entries);
    this.extents = new Extents(segment, entries, slot);
    this.slots = new ClientSlots(segment);
    this.pages = new Pages(segment);
    this.pins = new LocalPins(segment, entries);
    this.waiting = new Waiting(this, entries, slots, slot);
  }

  /// Maps the node's store.
  ///
  /// @param segment from {@link StoreNode#segmentPath}
  /// @param slot from {@link StoreNode#openSlot}, for this process alone
  /// @param spaceRequester asked when no room is found
  /// @throws UncheckedIOException if the segment cannot be mapped, or is of another version
  /// @throws IllegalStateException if the slot is not open, or used already
  public static ObjectStore attach(Path segment, int slot, SpaceRequester spaceRequester) {
    MappedSegment mapped;
    try {
      mapped = MappedSegment.open(segment);
    } catch (IOException failed) {
      throw new UncheckedIOException("cannot map the object store " + segment, failed);
    }
    if (!new ClientSlots(mapped).attach(slot)) {
      mapped.unmap();
      throw new IllegalStateException("slot: " + slot + " (expected: opened by the node, unused)");
    }
    return new ObjectStore(mapped, slot, spaceRequester);
  }

  /// A client on a mapping and with a slot that it has attached already.
  static ObjectStore on(MappedSegment segment, int slot, SpaceRequester spaceRequester) {
    return new ObjectStore(segment, slot, spaceRequester);
  }

  /// Makes room for an object, to be filled and sealed by the caller.
  ///
  /// @param id not in the store
  /// @param typeTag what the bytes are, for the readers
  /// @param dataBytes how many
  /// @throws ObjectExistsException if the id is sealed, or being written, here
  /// @throws ObjectStoreFullException if no room can be made
  public UnsealedObject create(ObjectId id, int typeTag, long dataBytes) {
    if (dataBytes < 0) {
      throw new IllegalArgumentException("dataBytes: " + dataBytes + " (expected: >= 0)");
    }
    if (dataBytes > layout.capacityBytes()) {
      throw full(dataBytes, "it is larger than the store");
    }
    boolean lastTry = false;
    for (int requests = 0; ; requests++) {
      int entry = place(id, typeTag, dataBytes);
      if (entry >= 0) {
        long offset = entries.dataOffset(entry);
        if (dataBytes <= MAP_AT_CREATE_BYTES) {
          pages.map(offset, dataBytes, true);
        }
        return new UnsealedObject(this, id, entry, entries.word(entry), offset, dataBytes);
      }
      if (lastTry || requests == MAX_REQUESTS) {
        throw full(
            dataBytes,
            entry == NO_MEMORY
                ? "nothing more can be evicted"
                : "all " + layout.entries() + " entries are taken");
      }
      lastTry = !requestSpace(entry == NO_MEMORY ? extents.roomFor(dataBytes) : 1, dataBytes);
    }
  }

  /// Asks the node; false when it can make no room now.
  private boolean requestSpace(long bytes, long dataBytes) {
    try {
      return spaceRequester.requestSpace(bytes) > 0;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw full(dataBytes, "interrupted while room was made");
    }
  }

  private ObjectStoreFullException full(long bytes, String why) {
    long pinned = 0;
    int used = entries.usedEntries();
    for (int entry = 0; entry < used; entry++) {
      int state = EntryLayout.state(entries.word(entry));
      if ((state == EntryLayout.SEALED || state == EntryLayout.DOOMED) && entries.isPinned(entry)) {
        pinned += entries.size(entry);
      }
    }
    return new ObjectStoreFullException(
        "no room for an object of "
            + bytes
            + " bytes: "
            + why
            + " (capacity: "
            + layout.capacityBytes()
            + ", held by readers: "
            + pinned
            + "). Release objects that are no longer read, or start the node with a larger object"
            + " store",
        bytes,
        layout.capacityBytes(),
        pinned);
  }

  /// Brings an entry of the id, with memory, to CREATED; or returns why it cannot.
  private int place(ObjectId id, int typeTag, long bytes) {
    Backoff backoff = null;
    while (true) {
      int existing = index.find(id);
      if (existing < 0) {
        int entry = placeNew(id, typeTag, bytes);
        if (entry != ObjectIndex.AGAIN) {
          return entry;
        }
        continue;
      }
      long word = entries.wordIf(existing, id);
      switch (EntryLayout.state(word)) {
        case EntryLayout.SEALED, EntryLayout.CREATED -> throw new ObjectExistsException(id);
        case EntryLayout.EXPECTED -> {
          long created = EntryLayout.with(word, EntryLayout.CREATED, slot);
          if (entries.change(existing, word, created)) {
            entries.describe(existing, id, typeTag, bytes);
            if (extents.allocate(existing, bytes)) {
              return existing;
            }
            entries.change(existing, created, EntryLayout.with(word, EntryLayout.EXPECTED, 0));
            return NO_MEMORY;
          }
        }
        default -> {
          backoff = backoff == null ? new Backoff(segment) : backoff;
          backoff.pause();
        }
      }
    }
  }

  private int placeNew(ObjectId id, int typeTag, long bytes) {
    int entry = entries.reserve();
    if (entry < 0) {
      return NO_ENTRIES;
    }
    entries.describe(entry, id, typeTag, bytes);
    if (!extents.allocate(entry, bytes)) {
      entries.unreserve(entry);
      return NO_MEMORY;
    }
    int claimed = index.claim(id, entry, EntryLayout.CREATED);
    if (claimed == entry) {
      return entry;
    }
    return claimed == ObjectIndex.FULL ? NO_ENTRIES : ObjectIndex.AGAIN;
  }

  void seal(ObjectId id, int entry, long createdWord) {
    entries.sealedAt(entry, System.nanoTime());
    if (!entries.change(entry, createdWord, EntryLayout.with(createdWord, EntryLayout.SEALED))) {
      throw new IllegalStateException(
          id + " was taken away (expected: this client's, but the node took it for dead)");
    }
    ringWaiters(entry);
  }

  void abort(int entry, long createdWord) {
    if (entries.change(entry, createdWord, EntryLayout.with(createdWord, EntryLayout.ABORTED))) {
      ringWaiters(entry);
    }
  }

  /// Rings everybody who waits at the entry, after its state has changed.
  void ringWaiters(int entry) {
    for (int i = 0; i < EntryLayout.BITMAP_WORDS; i++) {
      long waiters = entries.takeWaiters(entry, i);
      while (waiters != 0) {
        slots.ring(i * Long.SIZE + Long.numberOfTrailingZeros(waiters));
        waiters &= waiters - 1;
      }
    }
  }

  /// Pins a sealed object; it stays readable until the result is closed.
  ///
  /// @return null when it is not sealed on this node
  public @Nullable SealedObject get(ObjectId id) {
    Backoff backoff = null;
    while (true) {
      int entry = findSealed(id);
      if (entry < 0) {
        return null;
      }
      switch (pins.pin(entry, id)) {
        case PINNED -> {
          entries.visit(entry);
          long size = entries.size(entry);
          long offset = entries.dataOffset(entry);
          if (size <= MAP_AT_GET_BYTES) {
            pages.map(offset, size, false);
          }
          return new SealedObject(this, id, entry, entries.typeTag(entry), offset, size);
        }
        case UNDECIDED -> {
          backoff = backoff == null ? new Backoff(segment) : backoff;
          backoff.pause();
        }
        case GONE -> {
          // Another object of the same id may be there by now.
        }
      }
    }
  }

  /// The entry of a sealed object, or -1. Waits out the moment in which the node decides.
  private int findSealed(ObjectId id) {
    Backoff backoff = null;
    while (true) {
      int entry = index.find(id);
      if (entry < 0) {
        return -1;
      }
      switch (EntryLayout.state(entries.wordIf(entry, id))) {
        case EntryLayout.SEALED -> {
          return entry;
        }
        case EntryLayout.EXPECTED, EntryLayout.CREATED -> {
          return -1;
        }
        case EntryLayout.DELETING -> {
          backoff = backoff == null ? new Backoff(segment) : backoff;
          backoff.pause();
        }
        default -> {
          // It has just gone; perhaps it has come again elsewhere.
        }
      }
    }
  }

  /// Whether the object is sealed on this node, at this moment.
  public boolean contains(ObjectId id) {
    return findSealed(id) >= 0;
  }

  /// The bytes of its data, or -1 when it is not sealed on this node.
  public long sizeOf(ObjectId id) {
    while (true) {
      int entry = findSealed(id);
      if (entry < 0) {
        return -1;
      }
      long size = entries.size(entry);
      if (EntryLayout.isSealed(entries.wordIf(entry, id))) {
        return size;
      }
    }
  }

  /// Blocks until enough of the objects are sealed on this node. They are not pinned: what is
  /// sealed now may be evicted before it is got.
  ///
  /// An interrupt of the thread that waits on behalf of the process is noticed within a second, or
  /// at once after {@link #wakeBlocked}.
  ///
  /// @param ids what to wait for; an id that is listed twice counts twice
  /// @param count how many of them are enough
  /// @param deadlineNanos when to give up, by {@link System#nanoTime}; {@link Long#MAX_VALUE} never
  /// @return how many were seen sealed: fewer than `count` only at the deadline
  /// @throws IllegalStateException when the store is closed meanwhile
  public int await(List<ObjectId> ids, int count, long deadlineNanos) throws InterruptedException {
    if (count < 0 || count > ids.size()) {
      throw new IllegalArgumentException(
          "count: " + count + " (expected: 0 to " + ids.size() + ", the number of ids)");
    }
    boolean mayBlock = deadlineNanos == Long.MAX_VALUE || deadlineNanos - System.nanoTime() > 0;
    if (!mayBlock) {
      return countSealed(ids, ids.size());
    }
    if (count < ids.size()) {
      int sealed = countSealed(ids, count);
      if (sealed >= count) {
        return sealed;
      }
    } else if (areSealed(ids)) {
      return count;
    }
    return waiting.await(ids, count, deadlineNanos);
  }

  private boolean areSealed(List<ObjectId> ids) {
    for (int i = ids.size() - 1; i >= 0; i--) {
      if (!contains(ids.get(i))) {
        return false;
      }
    }
    return true;
  }

  int countSealed(List<ObjectId> ids, int enough) {
    int sealed = 0;
    for (int i = 0; i < ids.size() && sealed < enough; i++) {
      if (contains(ids.get(i))) {
        sealed++;
      }
    }
    return sealed;
  }

  /// Makes sure that this process is rung when the object is sealed.
  ///
  /// @return the entry at which it waits, or {@link #SEALED_ALREADY}, or {@link #NO_ENTRY} when the
  ///   table is full
  int expect(ObjectId id) {
    Backoff backoff = null;
    while (true) {
      int entry = index.find(id);
      if (entry < 0) {
        int reserved = entries.reserve();
        if (reserved < 0) {
          return NO_ENTRY;
        }
        entries.describe(reserved, id, 0, 0);
        entry = index.claim(id, reserved, EntryLayout.EXPECTED);
        if (entry == ObjectIndex.FULL) {
          return NO_ENTRY;
        }
        if (entry == ObjectIndex.AGAIN) {
          continue;
        }
      }
      long before = entries.wordIf(entry, id);
      switch (EntryLayout.state(before)) {
        case EntryLayout.SEALED -> {
          return SEALED_ALREADY;
        }
        case EntryLayout.EXPECTED, EntryLayout.CREATED -> {
          entries.await(entry);
          long word = entries.wordIf(entry, id);
          int state = EntryLayout.state(word);
          if (EntryLayout.sameGeneration(before, word)
              && (state == EntryLayout.EXPECTED || state == EntryLayout.CREATED)) {
            return entry;
          }
          // Too late for a ring. A bit left behind, at worst on the next object there, costs one
          // ring for nothing; clearing it could take another thread's watch away.
        }
        case EntryLayout.DELETING -> {
          backoff = backoff == null ? new Backoff(segment) : backoff;
          backoff.pause();
        }
        default -> {
          // It has just gone; perhaps it has come again elsewhere.
        }
      }
    }
  }

  /// Makes threads that are blocked in {@link #await} look whether they were interrupted.
  public void wakeBlocked() {
    waiting.wake();
  }

  /// How many objects this process holds; for leak checks, since it walks all of them.
  public long pinnedObjects() {
    return pins.total();
  }

  /// The slot of this client.
  public int slot() {
    return slot;
  }

  /// Size of the store.
  public long capacityBytes() {
    return layout.capacityBytes();
  }

  MemorySegment dataAt(long offset, long bytes) {
    return segment.slice(offset, bytes);
  }

  void copyIn(MemorySegment source, long offset) {
    pages.copyIn(source, offset);
  }

  void map(long offset, long bytes, boolean write) {
    pages.map(offset, bytes, write);
  }

  void unpin(int entry) {
    pins.unpin(entry);
  }

  MappedSegment segment() {
    return segment;
  }

  EntryTable entries() {
    return entries;
  }

  ObjectIndex index() {
    return index;
  }

  Extents extents() {
    return extents;
  }

  ClientSlots slots() {
    return slots;
  }

  /// Ends all waits and lets the memory go. The segment stays mapped, to the end of the process, if
  /// objects of it are still held. What this client leaves in the store is the node's to sweep.
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    waiting.close();
    if (pins.total() == 0) {
      try {
        segment.unmap();
      } catch (IllegalStateException inUse) {
        // A thread is in a system call on it: it ends with the process.
        System.getLogger(ObjectStore.class.getName())
            .log(System.Logger.Level.DEBUG, "the object store stays mapped", inUse);
      }
    }
  }
}
