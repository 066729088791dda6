package org.rayakka.objectstore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.ObjectId;
import org.rayakka.objectstore.ffi.Libc;
import org.rayakka.objectstore.layout.EntryLayout;
import org.rayakka.objectstore.layout.StoreDescriptor;
import org.rayakka.objectstore.memory.ClientSlots;
import org.rayakka.objectstore.memory.EntryTable;
import org.rayakka.objectstore.memory.Extents;
import org.rayakka.objectstore.memory.MappedSegment;
import org.rayakka.objectstore.memory.SegmentFile;

/// The node's side of the store: makes the segment, hands out client slots, and is the only one
/// that evicts, deletes, spills, restores and frees.
///
/// All methods are called by one thread at a time (the node's object manager), except {@link
/// #segmentPath} and {@link #client}, which any may call. The view that {@link #client} gives is as
/// thread-safe as any other.
///
/// Clients tell the node nothing: it learns of their objects by walking the table when room is
/// needed, and evicts in the order of SIEVE, which keeps what was read since it last looked.
public final class StoreNode implements AutoCloseable {
  /// The node's own slot.
  public static final int NODE_SLOT = 0;

  private static final System.Logger LOG = System.getLogger(StoreNode.class.getName());

  /// After so long {@link #makeRoom} returns with what it has, to be called again.
  private static final long MAX_TURN_NS = TimeUnit.MILLISECONDS.toNanos(50);

  /// Written to disk at a time.
  private static final long SPILL_STEP_BYTES = 32L << 20;

  /// Short steps: closing waits for the one that is under way. Whole large pages.
  private static final long RESERVE_STEP_BYTES = 4 * StoreDescriptor.LARGE_PAGE_BYTES;

  /// After so many steps without, the machine is taken to have no large pages.
  private static final int MOST_WITHOUT_LARGE_PAGES = 8;

  /// Small objects are placed from the end of the data down: so much of it is reserved first.
  private static final long RESERVE_FIRST_BYTES = 16L << 20;

  /// Beyond what was asked for, this part of the store is freed, so that not every creation asks.
  private static final int MARGIN_DIVISOR = 64;

  private static final int WINDOW_TRIES = 8;
  private static final int LOW_ENTRIES = 64;

  private final SegmentFile file;
  private final MappedSegment segment;
  private final StoreDescriptor layout;
  private final ObjectStore client;
  private final EntryTable entries;
  private final Extents extents;
  private final ClientSlots slots;
  private final SpillFiles spill;
  private final EvictionQueue queue = new EvictionQueue();
  private final Thread reserver;
  private volatile boolean closing;

  /// Set before the first object that is spilled leaves the memory.
  private volatile boolean hasSpilled;

  private EvictionListener listener = (id, sizeBytes) -> EvictionListener.Decision.DROP;

  /// How many entries were not free when the table was last walked, less those freed since.
  private int usedEntries;

  private @Nullable Spilling spilling;

  /// What was deleted while it was pinned, in that order. Bounded by the entries.
  private final ArrayDeque<Doomed> doomed = new ArrayDeque<>();

  /// Sealed in place of objects that cannot be had at present.
  private final Set<ObjectId> standIns = new HashSet<>();

  private record Doomed(int entry, long word) {}

  /// An object on its way to disk. It stays readable meanwhile.
  private static final class Spilling {
    final int entry;
    final long word;
    final SpillFiles.SpillFile file;
    final long position;
    long written;

    Spilling(int entry, long word, SpillFiles.SpillFile file, long position) {
      this.entry = entry;
      this.word = word;
      this.file = file;
      this.position = position;
    }
  }

  private StoreNode(StoreSettings settings, SegmentFile file, MappedSegment segment) {
    this.file = file;
    this.segment = segment;
    this.layout = segment.layout();
    this.slots = new ClientSlots(segment);
    if (slots.open(ProcessHandle.current().pid()) != NODE_SLOT || !slots.attach(NODE_SLOT)) {
      throw new AssertionError("slot " + NODE_SLOT + " of a new store is taken (expected: free)");
    }
    this.client = ObjectStore.on(segment, NODE_SLOT, SpaceRequester.NONE);
    this.entries = client.entries();
    this.extents = client.extents();
    this.spill = new SpillFiles(settings.spillDirectory(), settings.spillFileBytes());
    this.reserver =
        Thread.ofPlatform().daemon().name("object-store-reserve").unstarted(this::reserve);
    if (settings.prefault() && file.isAnonymous()) {
      reserver.start();
    }
  }

  /// Makes the store.
  ///
  /// @throws UncheckedIOException if there is no memory for it where the settings put it
  public static StoreNode create(StoreSettings settings) {
    StoreDescriptor layout = StoreDescriptor.of(settings.capacityBytes(), settings.entries());
    try {
      SegmentFile file = SegmentFile.create(layout, settings.segmentDirectory());
      try {
        long pid = ProcessHandle.current().pid();
        return new StoreNode(settings, file, MappedSegment.create(file.path(), layout, pid));
      } catch (IOException | RuntimeException failed) {
        file.close();
        throw failed;
      }
    } catch (IOException failed) {
      throw new UncheckedIOException("no object store: " + failed.getMessage(), failed);
    }
  }

  /// Puts memory behind the data, so that writers do not wait for the kernel to clear pages. The
  /// first seconds of a session, in which everything else starts, need the processors more.
  private void reserve() {
    Libc.instance().ifPresent(Libc::yieldToAllOthers);
    long whole = layout.capacityBytes() - RESERVE_FIRST_BYTES;
    long split = Math.max(0, whole / RESERVE_STEP_BYTES * RESERVE_STEP_BYTES);
    try {
      reserve(split, layout.capacityBytes());
      reserve(0, split);
    } catch (IOException failed) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the machine has less memory than the object store's "
              + layout.capacityBytes()
              + " bytes",
          failed);
    }
  }

  private void reserve(long from, long to) throws IOException {
    int without = Libc.instance().isPresent() ? 0 : MOST_WITHOUT_LARGE_PAGES;
    for (long done = from; done < to && !closing; done += RESERVE_STEP_BYTES) {
      long offset = layout.data() + done;
      long bytes = Math.min(RESERVE_STEP_BYTES, to - done);
      if (without < MOST_WITHOUT_LARGE_PAGES) {
        without = makeLargePages(offset, bytes) ? 0 : without + 1;
      }
      file.reserve(offset, bytes);
    }
  }

  /// Makes large pages, of which a process maps each by one fault, and a host too.
  private boolean makeLargePages(long offset, long bytes) throws IOException {
    for (long done = 0; done < bytes; done += StoreDescriptor.LARGE_PAGE_BYTES) {
      // A large page is made of small ones, of one at least.
      file.reserve(offset + done, 1);
    }
    return Libc.instance().orElseThrow().collapse(segment.slice(offset, bytes));
  }

  /// What clients on this machine map, while this process lives.
  public Path segmentPath() {
    return file.path();
  }

  /// Takes a slot for a client process.
  ///
  /// @throws IllegalStateException when all are taken
  public int openSlot(long pid) {
    int slot = slots.open(pid);
    if (slot < 0) {
      throw new IllegalStateException(
          "all "
              + StoreDescriptor.SLOTS
              + " client slots of the object store are taken (expected:"
              + " a free one for process "
              + pid
              + ")");
    }
    return slot;
  }

  /// Takes back all that a dead or departed client held: its pins, its unsealed objects, its
  /// memory. The slot can then be handed out again. Who waits for one of its unsealed objects goes
  /// on waiting, for whoever creates it next.
  ///
  /// The process must be gone, or have closed its {@link ObjectStore}: one that still writes would
  /// write into what is others' by then.
  public void sweep(int slot) {
    if (slot <= NODE_SLOT || slot >= StoreDescriptor.SLOTS || slots.isFree(slot)) {
      throw new IllegalArgumentException("slot: " + slot + " (expected: that of a client)");
    }
    int used = entries.usedEntries();
    queue.ensureCapacity(used);
    for (int entry = 0; entry < used; entry++) {
      entries.clearBitsOf(entry, slot);
      long word = entries.word(entry);
      boolean isDeads = EntryLayout.creator(word) == slot;
      switch (EntryLayout.state(word)) {
        case EntryLayout.RESERVED, EntryLayout.CLAIMING, EntryLayout.CREATED -> {
          if (isDeads) {
            collect(entry, word);
          }
        }
        case EntryLayout.ABORTED -> collect(entry, word);
        case EntryLayout.DOOMED -> {
          if (!collectDoomed(entry, word) && isDeads) {
            extents.disownRun(entries.dataOffset(entry), entries.size(entry), slot);
          }
        }
        case EntryLayout.SEALED -> {
          if (isDeads) {
            extents.disownRun(entries.dataOffset(entry), entries.size(entry), slot);
          }
        }
        default -> {
          // Free, or expected by somebody else.
        }
      }
    }
    extents.takeFrom(slot);
    entries.takeBlocksFrom(slot);
    slots.close(slot);
  }

  /// Deletes an object, in memory and on disk.
  ///
  /// @return false when there is none, or when a process holds it: then it is no longer found, and
  ///   goes once unpinned
  public boolean delete(ObjectId id) {
    boolean wasSpilled = spill.remove(id);
    standIns.remove(id);
    return deleteFromMemory(id) || wasSpilled;
  }

  private boolean deleteFromMemory(ObjectId id) {
    int entry = client.index().find(id);
    if (entry < 0) {
      return false;
    }
    long word = entries.word(entry);
    if (!EntryLayout.isSealed(word) || !entries.id(entry).equals(id)) {
      return false;
    }
    if (evict(entry, word) >= 0) {
      return true;
    }
    long doomedWord = EntryLayout.with(word, EntryLayout.DOOMED);
    entries.change(entry, word, doomedWord);
    queue.remove(entry);
    if (collectDoomed(entry, doomedWord)) {
      return true;
    }
    doomed.addLast(new Doomed(entry, doomedWord));
    return false;
  }

  /// Seals something else in place of an object that cannot be had at present, for whoever waits
  /// for it. A copy on disk stays as it is, and what stands in is never written there.
  ///
  /// @param id the object
  /// @param typeTag of what stands in
  /// @param data the same
  /// @return false when there is no room; true also when the object itself is there, or is being
  ///   written
  public boolean standIn(ObjectId id, int typeTag, byte[] data) {
    try (UnsealedObject object = allocate(id, typeTag, data.length)) {
      MemorySegment.copy(data, 0, object.data(), ValueLayout.JAVA_BYTE, 0, data.length);
      standIns.add(id);
      object.seal();
      return true;
    } catch (ObjectExistsException sealedOrBeingWritten) {
      return true;
    } catch (ObjectStoreFullException full) {
      return false;
    }
  }

  /// Takes away what stands in for an object, if anything does.
  ///
  /// @param id the object
  public void standDown(ObjectId id) {
    if (standIns.remove(id)) {
      deleteFromMemory(id);
    }
  }

  /// Frees objects that were deleted while they were pinned, and are not any more. Their memory is
  /// used again before any that was never touched, which is slower, and would make the process
  /// larger.
  ///
  /// @param limit how many are looked at, those first that have not been for longest
  /// @return how many are left that may still be pinned
  public int collectDoomed(int limit) {
    for (int left = Math.min(limit, doomed.size()); left > 0; left--) {
      Doomed next = doomed.removeFirst();
      // The word is another one if a sweep has found it before.
      if (entries.word(next.entry) == next.word && !collectDoomed(next.entry, next.word)) {
        doomed.addLast(next);
      }
    }
    return doomed.size();
  }

  /// Evicts until so many contiguous bytes are free, or nothing can be evicted.
  ///
  /// Returns after some 50 ms at the latest with what it has done so far, so that the node can do
  /// other things in between; call it again as long as it returns more than 0 and the room is not
  /// enough.
  ///
  /// @param bytes how much must be free, in one piece
  /// @return how many bytes this made free, or wrote to disk on the way to that; 0 when it could do
  ///   nothing; more than 0 also when the room is there already
  public long makeRoom(long bytes) {
    long deadline = System.nanoTime() + MAX_TURN_NS;
    walk();
    extents.freeEmptySlabs();
    int needed = (int) Math.min(Math.max(1, layout.extentsFor(bytes)), layout.extents());
    if (isEnough(needed)) {
      return Math.max(1, bytes);
    }
    long made = evictOldest(needed, deadline);
    if (made == 0 || (!extents.hasFreeRun(needed) && System.nanoTime() < deadline)) {
      made += evictWindow(needed);
    }
    return made;
  }

  private boolean isEnough(int neededExtents) {
    return extents.hasFreeRun(neededExtents)
        && layout.entries() - usedEntries >= Math.min(LOW_ENTRIES, layout.entries() / 2);
  }

  /// Learns of new objects and collects what clients gave up.
  private void walk() {
    collectDoomed(doomed.size());
    int used = entries.usedEntries();
    queue.ensureCapacity(used);
    List<Integer> found = new ArrayList<>();
    int taken = 0;
    for (int entry = 0; entry < used; entry++) {
      long word = entries.word(entry);
      switch (EntryLayout.state(word)) {
        case EntryLayout.SEALED -> {
          taken++;
          if (!queue.contains(entry, EntryLayout.generation(word))) {
            found.add(entry);
          }
        }
        case EntryLayout.ABORTED -> collect(entry, word);
        case EntryLayout.EXPECTED -> {
          if (!collectExpected(entry, word)) {
            taken++;
          }
        }
        case EntryLayout.FREE -> {
          // Nothing to learn.
        }
        default -> taken++;
      }
    }
    usedEntries = taken;
    found.sort(Comparator.comparingLong(entries::sealedAt));
    for (int entry : found) {
      queue.add(entry, EntryLayout.generation(entries.word(entry)));
      if (spill.count() > 0 && !standIns.contains(entries.id(entry))) {
        // Made anew since it was spilled.
        spill.remove(entries.id(entry));
      }
    }
  }

  /// Frees an entry that is nobody's any more and that no reader has seen.
  private void collect(int entry, long word) {
    if (entries.change(entry, word, EntryLayout.with(word, EntryLayout.DELETING))) {
      free(entry);
    }
  }

  private boolean collectDoomed(int entry, long word) {
    // No pin can come any more, since it is not found.
    if (entries.isPinned(entry)) {
      return false;
    }
    collect(entry, word);
    return true;
  }

  private boolean collectExpected(int entry, long word) {
    long deleting = EntryLayout.with(word, EntryLayout.DELETING);
    if (entries.isAwaited(entry) || !entries.change(entry, word, deleting)) {
      return false;
    }
    if (entries.isAwaited(entry)) {
      entries.change(entry, deleting, word);
      return false;
    }
    free(entry);
    return true;
  }

  /// Frees a DELETING entry with all that belongs to it; returns how many bytes.
  private long free(int entry) {
    client.index().remove(entry);
    long freed = extents.free(entries.dataOffset(entry), entries.size(entry));
    queue.remove(entry);
    // Whoever still waits at it must look for another entry to wait at; once the entry is free, its
    // waiters are the next object's.
    client.ringWaiters(entry);
    entries.free(entry);
    usedEntries--;
    return freed;
  }

  /// Takes an object out of memory unless it is pinned; returns the bytes freed, or -1.
  private long evict(int entry, long word) {
    long deleting = EntryLayout.with(word, EntryLayout.DELETING);
    if (entries.isPinned(entry) || !entries.change(entry, word, deleting)) {
      return -1;
    }
    if (entries.isPinned(entry)) {
      entries.change(entry, deleting, word);
      return -1;
    }
    return free(entry);
  }

  private long evictOldest(int needed, long deadline) {
    long marginBytes = (long) (layout.extents() / MARGIN_DIVISOR) << layout.extentShift();
    long scatteredBytes = 2 * (((long) needed << layout.extentShift()) + marginBytes);
    long freedAtLastLook = extents.extentsFreed();
    long made = continueSpilling(deadline);
    if (spilling != null || (made > 0 && isEnough(needed))) {
      // To spill another object now would throw away what is written of this one.
      return made;
    }
    // Twice around: the first time may only find that all were read.
    for (int steps = 2 * queue.size(); steps > 0; steps--) {
      int entry = queue.next();
      if (entry == EvictionQueue.NONE) {
        return made;
      }
      long word = entries.word(entry);
      if (!EntryLayout.isSealed(word) || !queue.contains(entry, EntryLayout.generation(word))) {
        queue.remove(entry);
        continue;
      }
      if (entries.isPinned(entry) || entries.unvisit(entry)) {
        continue;
      }
      made += evictAsDecided(entry, word, deadline);
      // Looking for a run costs a pass over the extents: only when there may be a new one.
      if (extents.extentsFreed() != freedAtLastLook || steps % LOW_ENTRIES == 0) {
        freedAtLastLook = extents.extentsFreed();
        if (made >= marginBytes && isEnough(needed)) {
          return made;
        }
        if (made > scatteredBytes) {
          // No run in more than twice the bytes: leave it to the window.
          return made;
        }
      }
      if (made > 0 && System.nanoTime() > deadline) {
        return made;
      }
    }
    return made;
  }

  /// Goes on with the object that the last turn left half written.
  private long continueSpilling(long deadline) {
    Spilling step = spilling;
    if (step == null) {
      return 0;
    }
    if (entries.word(step.entry) != step.word || entries.isPinned(step.entry)) {
      // Deleted or wanted meanwhile; what was written goes with its file.
      spilling = null;
      return 0;
    }
    return spill(step.entry, step.word, deadline);
  }

  /// Evicts an object in the way the listener wants; returns the bytes freed or written.
  private long evictAsDecided(int entry, long word, long deadline) {
    ObjectId id = entries.id(entry);
    long size = entries.size(entry);
    boolean standsIn = standIns.contains(id);
    return switch (standsIn ? EvictionListener.Decision.DROP : listener.decide(id, size)) {
      case KEEP -> 0;
      case DROP -> {
        long freed = evict(entry, word);
        if (freed < 0) {
          yield 0;
        }
        standIns.remove(id);
        listener.dropped(id, size);
        // An empty object frees no bytes, but an entry.
        yield Math.max(freed, 1);
      }
      case SPILL -> spill.isEnabled() ? spill(entry, word, deadline) : 0;
    };
  }

  /// Writes an object to disk, or goes on with it, and evicts it when it is there whole.
  private long spill(int entry, long word, long deadline) {
    long size = entries.size(entry);
    long written = 0;
    try {
      Spilling step = spilling;
      if (step == null || step.entry != entry || step.word != word) {
        SpillFiles.SpillFile target = spill.open();
        step = new Spilling(entry, word, target, SpillFiles.end(target));
        spilling = step;
      }
      while (step.written < size) {
        long part = Math.min(SPILL_STEP_BYTES, size - step.written);
        SpillFiles.append(step.file, client.dataAt(entries.dataOffset(entry) + step.written, part));
        step.written += part;
        written += part;
        if (step.written < size && System.nanoTime() > deadline) {
          return written;
        }
      }
      spilling = null;
      ObjectId id = entries.id(entry);
      int typeTag = entries.typeTag(entry);
      hasSpilled = true;
      long freed = evict(entry, word);
      if (freed < 0) {
        // Pinned meanwhile: what was written is wasted, and goes with its file.
        return written;
      }
      spill.add(id, new SpillFiles.Location(step.file, step.position, size, typeTag));
      listener.spilled(id, size);
      return Math.max(freed, 1);
    } catch (IOException failed) {
      spilling = null;
      LOG.log(System.Logger.Level.WARNING, "cannot spill " + entries.id(entry), failed);
      return written;
    }
  }

  /// Frees the run of extents that costs least, whatever was read how lately: the last resort when
  /// what the oldest left free is scattered.
  private long evictWindow(int needed) {
    long made = 0;
    boolean[] blocked = new boolean[layout.extents()];
    for (int tries = 0; tries < WINDOW_TRIES; tries++) {
      if (isEnough(needed)) {
        return Math.max(made, 1);
      }
      int start = cheapestWindow(needed, blocked);
      if (start < 0) {
        return made;
      }
      made += clearWindow(start, needed, blocked);
    }
    return made;
  }

  private int cheapestWindow(int needed, boolean[] blockedForGood) {
    boolean[] blocked = blockedForGood.clone();
    long[] cost = new long[layout.extents()];
    int used = entries.usedEntries();
    for (int entry = 0; entry < used; entry++) {
      long word = entries.word(entry);
      long offset = entries.dataOffset(entry);
      if (EntryLayout.state(word) == EntryLayout.FREE || offset == 0) {
        continue;
      }
      boolean movable = EntryLayout.isSealed(word) && !entries.isPinned(entry);
      long size = entries.size(entry);
      int first = extents.firstExtent(offset);
      int count = extents.extentCount(offset, size);
      for (int extent = first; extent < first + count && extent < cost.length; extent++) {
        blocked[extent] |= !movable;
        cost[extent] += Math.min(size, layout.extentBytes());
      }
    }
    int usable = layout.extents();
    int best = -1;
    long bestCost = Long.MAX_VALUE;
    long windowCost = 0;
    int clear = 0;
    for (int extent = 0; extent < usable; extent++) {
      boolean stuck = blocked[extent] || (cost[extent] == 0 && !extents.isFree(extent));
      if (stuck) {
        clear = 0;
        windowCost = 0;
        continue;
      }
      windowCost += cost[extent];
      clear++;
      if (clear > needed) {
        windowCost -= cost[extent - needed];
        clear = needed;
      }
      if (clear == needed && windowCost < bestCost) {
        bestCost = windowCost;
        best = extent - needed + 1;
      }
    }
    return best;
  }

  private long clearWindow(int start, int needed, boolean[] blocked) {
    long made = 0;
    int used = entries.usedEntries();
    for (int entry = 0; entry < used; entry++) {
      long word = entries.word(entry);
      long offset = entries.dataOffset(entry);
      if (!EntryLayout.isSealed(word) || offset == 0) {
        continue;
      }
      int first = extents.firstExtent(offset);
      int count = extents.extentCount(offset, entries.size(entry));
      if (first >= start + needed || first + count <= start) {
        continue;
      }
      // A window is one request's need: it is cleared whole, however long a spill takes.
      made += evictAsDecided(entry, word, Long.MAX_VALUE);
      if (entries.word(entry) == word) {
        Arrays.fill(blocked, first, Math.min(first + count, blocked.length), true);
      }
    }
    for (int extent = start; extent < start + needed; extent++) {
      extents.freeIfEmpty(extent);
    }
    return made;
  }

  /// Makes an object on behalf of the node, evicting others where {@link ObjectStore#create} of
  /// {@link #client} would find the store full. The caller must be the thread of the other methods.
  ///
  /// @throws ObjectExistsException if the id is sealed, or being written, here
  /// @throws ObjectStoreFullException if no room can be made
  public UnsealedObject allocate(ObjectId id, int typeTag, long dataBytes) {
    while (true) {
      try {
        return client.create(id, typeTag, dataBytes);
      } catch (ObjectStoreFullException full) {
        if (dataBytes > layout.capacityBytes() || makeRoom(extents.roomFor(dataBytes)) == 0) {
          throw full;
        }
        if (isEnough((int) Math.max(1, layout.extentsFor(dataBytes)))) {
          // Only what clients take in between can make this fail.
          return client.create(id, typeTag, dataBytes);
        }
      }
    }
  }

  /// Sets who decides on eviction; without one everything unpinned may be dropped.
  public void onEvict(EvictionListener listener) {
    this.listener = listener;
  }

  /// Brings a spilled object back, evicting others if it must. Reads all of it before it returns.
  /// What {@link #standIn stands in} for it goes first.
  ///
  /// @return whether it is in memory now; false when it is not known, or no room can be made
  public boolean restore(ObjectId id) {
    standDown(id);
    if (client.contains(id)) {
      return true;
    }
    SpillFiles.Location location = spill.find(id);
    if (location == null) {
      return false;
    }
    try (UnsealedObject object = allocate(id, location.typeTag(), location.size())) {
      for (long done = 0; done < location.size(); ) {
        long part = Math.min(SPILL_STEP_BYTES, location.size() - done);
        SpillFiles.read(location, done, object.data().asSlice(done, part));
        done += part;
      }
      object.seal();
      spill.remove(id);
      return true;
    } catch (ObjectStoreFullException | ObjectExistsException notNow) {
      return client.contains(id);
    } catch (IOException failed) {
      throw new UncheckedIOException("cannot restore " + id, failed);
    }
  }

  /// Whether an object has ever been spilled; if not, none is on disk. May be called by any thread.
  public boolean hasSpilled() {
    return hasSpilled;
  }

  /// How large a spilled object is.
  ///
  /// @param id which
  /// @return in bytes; -1 when it is not on disk
  public long bytesOnDisk(ObjectId id) {
    SpillFiles.Location location = spill.find(id);
    return location == null ? -1 : location.size();
  }

  /// Visits every object: sealed, being written, or spilled.
  public void forEachObject(Consumer<StoredObject> consumer) {
    int used = entries.usedEntries();
    for (int entry = 0; entry < used; entry++) {
      long word = entries.word(entry);
      int state = EntryLayout.state(word);
      if (state == EntryLayout.SEALED || state == EntryLayout.CREATED) {
        consumer.accept(
            new StoredObject(
                entries.id(entry),
                entries.size(entry),
                entries.typeTag(entry),
                state == EntryLayout.SEALED
                    ? StoredObject.State.SEALED
                    : StoredObject.State.CREATED,
                pinnedBy(entry)));
      }
    }
    spill.forEach((id, location) -> {
      if (!client.contains(id)) {
        consumer.accept(
            new StoredObject(
                id, location.size(), location.typeTag(), StoredObject.State.SPILLED, List.of()));
      }
    });
  }

  private List<Long> pinnedBy(int entry) {
    if (!entries.isPinned(entry)) {
      return List.of();
    }
    List<Long> pids = new ArrayList<>();
    for (int client = 0; client < StoreDescriptor.SLOTS; client++) {
      if (entries.isPinnedBy(entry, client)) {
        pids.add(slots.pid(client));
      }
    }
    return pids;
  }

  /// Counts what is in the store now. Walks the table: for reports, not for every object.
  public StoreUsage usage() {
    walk();
    long pinned = 0;
    long sealed = 0;
    long unsealed = 0;
    int used = entries.usedEntries();
    for (int entry = 0; entry < used; entry++) {
      switch (EntryLayout.state(entries.word(entry))) {
        case EntryLayout.SEALED -> {
          sealed++;
          pinned += entries.isPinned(entry) ? entries.size(entry) : 0;
        }
        case EntryLayout.DOOMED -> pinned += entries.size(entry);
        case EntryLayout.RESERVED, EntryLayout.CLAIMING, EntryLayout.CREATED -> unsealed++;
        default -> {
          // Not an object.
        }
      }
    }
    return new StoreUsage(
        layout.capacityBytes(),
        usedBytes(),
        pinned,
        sealed,
        unsealed,
        spill.count(),
        spill.bytes());
  }

  /// How many bytes objects take. May be called by any thread.
  public long usedBytes() {
    return (long) (layout.extents() - extents.freeExtents()) << layout.extentShift();
  }

  /// How many bytes objects take on disk.
  public long spilledBytes() {
    return spill.bytes();
  }

  /// The node's own view, slot 0. It finds a full store full at once: see {@link #allocate}.
  public ObjectStore client() {
    return client;
  }

  /// Ends the store: its file is gone, and what clients still have mapped goes with them.
  @Override
  public void close() {
    closing = true;
    boolean interrupted = false;
    while (reserver.isAlive()) {
      try {
        reserver.join();
      } catch (InterruptedException again) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    spill.close();
    client.close();
    try {
      file.close();
    } catch (IOException failed) {
      LOG.log(System.Logger.Level.WARNING, "cannot remove " + file.path(), failed);
    }
  }
}
