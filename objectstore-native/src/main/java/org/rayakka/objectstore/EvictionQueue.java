package org.rayakka.objectstore;

import java.util.Arrays;

/// The sealed objects in the order in which they came, and the hand of the SIEVE algorithm, which
/// goes from the oldest to the newest and then starts again. Whoever moves the hand leaves those in
/// place that were read since it last came by, so one pass over a scan does not empty the cache.
///
/// A doubly linked list in arrays, one place for each entry. Used by the node's thread alone.
final class EvictionQueue {
  static final int NONE = -1;

  private int[] older = new int[0];
  private int[] newer = new int[0];
  private int[] generations = new int[0];
  private int oldest = NONE;
  private int newest = NONE;
  private int hand = NONE;
  private int size;

  /// Makes places for so many entries.
  void ensureCapacity(int entries) {
    int before = newer.length;
    if (entries > before) {
      int length = Math.max(entries, before + (before >> 1));
      older = Arrays.copyOf(older, length);
      newer = Arrays.copyOf(newer, length);
      generations = Arrays.copyOf(generations, length);
      // Generation 0 is one that no object has: the first object in an entry is its first.
    }
  }

  int size() {
    return size;
  }

  /// Whether this very object is in the queue.
  boolean contains(int entry, int generation) {
    return entry < generations.length && generations[entry] == generation && generation != 0;
  }

  /// Adds an object as the newest.
  void add(int entry, int generation) {
    if (generations[entry] != 0) {
      remove(entry);
    }
    generations[entry] = generation;
    older[entry] = newest;
    newer[entry] = NONE;
    if (newest == NONE) {
      oldest = entry;
    } else {
      newer[newest] = entry;
    }
    newest = entry;
    size++;
  }

  /// Takes an entry out, if it is in.
  void remove(int entry) {
    if (entry >= generations.length || generations[entry] == 0) {
      return;
    }
    if (hand == entry) {
      hand = newer[entry];
    }
    if (older[entry] == NONE) {
      oldest = newer[entry];
    } else {
      newer[older[entry]] = newer[entry];
    }
    if (newer[entry] == NONE) {
      newest = older[entry];
    } else {
      older[newer[entry]] = older[entry];
    }
    generations[entry] = 0;
    size--;
  }

  /// The entry under the hand, which moves on; {@link #NONE} when the queue is empty.
  int next() {
    if (hand == NONE) {
      hand = oldest;
    }
    int entry = hand;
    if (entry != NONE) {
      hand = newer[entry];
    }
    return entry;
  }
}
