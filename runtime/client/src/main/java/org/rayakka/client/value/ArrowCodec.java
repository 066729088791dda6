package org.rayakka.client.value;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.ForeignAllocation;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.compression.NoCompressionCodec;
import org.apache.arrow.vector.ipc.message.ArrowBuffer;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.rayakka.api.exception.RaySerializationException;
import org.rayakka.objectstore.UnsealedObject;

/// Arrow vectors, stored as an Arrow IPC stream of one batch, which every Arrow library reads:
///
/// ```
/// | -1 | length | schema message | -1 | length | batch message, padded | batch body      | -1 | 0 |
/// 0    4        8                                                     multiple of 64     end - 8
/// ```
///
/// Read back, the vectors lie over the stored bytes; nothing is copied. Loaded only when the first
/// Arrow value comes.
final class ArrowCodec {
  private static final int CONTINUATION = -1;

  /// Continuation marker and length.
  private static final int PREFIX_BYTES = 2 * Integer.BYTES;

  private static final Cleaner CLEANER = Cleaner.create();

  static {
    // Arrow reads both when its classes load. Its checks cost 2.5 times the reading itself.
    setIfAbsent("arrow.enable_unsafe_memory_access", "true");
    setIfAbsent("arrow.enable_null_check_for_get", "false");
  }

  private final BufferAllocator allocator = new RootAllocator(Long.MAX_VALUE);

  private static void setIfAbsent(String property, String value) {
    System.getProperties().putIfAbsent(property, value);
  }

  EncodedValue encodeVector(Object vector) {
    return encode(TypeTags.ARROW_VECTOR, VectorSchemaRoot.of((FieldVector) vector));
  }

  EncodedValue encodeBatch(Object root) {
    return encode(TypeTags.ARROW_BATCH, (VectorSchemaRoot) root);
  }

  @SuppressWarnings("restricted") // the addresses and sizes are Arrow's own
  private static EncodedValue encode(int typeTag, VectorSchemaRoot root) {
    Schema schema = root.getSchema();
    refuseDictionaries(schema.getFields());
    VectorUnloader unloader = new VectorUnloader(root, true, NoCompressionCodec.INSTANCE, true);
    // The batch counts references only; the caller's vectors own the memory until it is written.
    try (ArrowRecordBatch batch = unloader.getRecordBatch()) {
      List<MemorySegment> buffers = new ArrayList<>();
      List<ArrowBuffer> layout = batch.getBuffersLayout();
      for (int i = 0; i < layout.size(); i++) {
        long address = batch.getBuffers().get(i).memoryAddress();
        buffers.add(MemorySegment.ofAddress(address).reinterpret(layout.get(i).getSize()));
      }
      return new ArrowValue(
          typeTag,
          root,
          segment(MessageSerializer.serializeMetadata(schema, IpcOption.DEFAULT)),
          segment(MessageSerializer.serializeMetadata(batch, IpcOption.DEFAULT)),
          batch.computeBodyLength(),
          layout.stream().map(ArrowBuffer::getOffset).toList(),
          buffers);
    }
  }

  private static MemorySegment segment(ByteBuffer buffer) {
    return MemorySegment.ofBuffer(buffer);
  }

  private static void refuseDictionaries(List<Field> fields) {
    for (Field field : fields) {
      if (field.getDictionary() != null) {
        throw new RaySerializationException(
            FieldVector.class.getName(),
            field.getName(),
            "dictionary-encoded; decode it with DictionaryEncoder.decode first",
            null);
      }
      refuseDictionaries(field.getChildren());
    }
  }

  /// Lays vectors over stored bytes.
  ///
  /// @param release called once, when the vectors are closed or unreachable
  Object decode(int typeTag, MemorySegment bytes, Runnable release) {
    Release once = new Release(release);
    try {
      return decode(typeTag, bytes, once);
    } catch (RuntimeException e) {
      once.run();
      throw e;
    }
  }

  private Object decode(int typeTag, MemorySegment bytes, Release once) {
    Message schemaMessage = message(bytes, 0);
    Schema schema = MessageSerializer.deserializeSchema(schemaMessage);
    long batchStart = PREFIX_BYTES + (long) bytes.get(Layouts.INT, Integer.BYTES);
    Message batchMessage = message(bytes, batchStart);
    long bodyStart = batchStart + PREFIX_BYTES + bytes.get(Layouts.INT, batchStart + Integer.BYTES);
    MemorySegment body = bytes.asSlice(bodyStart, batchMessage.bodyLength());
    StoredBody allocation = new StoredBody(body, once);
    Object _ = CLEANER.register(allocation, once);
    ArrowBuf buffer = allocator.wrapForeignAllocation(allocation);
    try (ArrowRecordBatch batch = MessageSerializer.deserializeRecordBatch(batchMessage, buffer)) {
      VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator);
      new VectorLoader(root).load(batch);
      return typeTag == TypeTags.ARROW_VECTOR ? root.getVector(0) : root;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Message message(MemorySegment bytes, long start) {
    int length = bytes.get(Layouts.INT, start + Integer.BYTES);
    ByteBuffer message =
        bytes.asSlice(start + PREFIX_BYTES, length).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    return Message.getRootAsMessage(message);
  }

  /// Gives up the pin, once. Apart from the allocation, so that the cleaner does not hold that.
  private static final class Release implements Runnable {
    private final AtomicBoolean released = new AtomicBoolean();
    private final Runnable action;

    Release(Runnable action) {
      this.action = action;
    }

    @Override
    public void run() {
      if (released.compareAndSet(false, true)) {
        action.run();
      }
    }
  }

  /// Stored bytes as Arrow sees them. Every Arrow buffer over them holds this object.
  private static final class StoredBody extends ForeignAllocation {
    private final Release release;

    StoredBody(MemorySegment body, Release release) {
      super(body.byteSize(), body.address());
      this.release = release;
    }

    @Override
    protected void release0() {
      release.run();
    }
  }

  /// An IPC stream of one batch, not written yet.
  ///
  /// @param owner keeps the buffers' memory
  private record ArrowValue(
      int typeTag,
      VectorSchemaRoot owner,
      MemorySegment schema,
      MemorySegment batch,
      long bodyLength,
      List<Long> offsets,
      List<MemorySegment> buffers)
      implements EncodedValue {
    private long batchStart() {
      return PREFIX_BYTES + align8(schema.byteSize());
    }

    private long bodyStart() {
      return Layouts.alignArray(batchStart() + PREFIX_BYTES + batch.byteSize());
    }

    private static long align8(long length) {
      return (length + Long.BYTES - 1) & -Long.BYTES;
    }

    @Override
    public long size() {
      return bodyStart() + bodyLength + PREFIX_BYTES;
    }

    @Override
    public void writeTo(MemorySegment destination) {
      write(destination, BulkCopy.into(destination));
    }

    @Override
    public void writeTo(UnsealedObject object) {
      write(object.data(), object::write);
    }

    private void write(MemorySegment destination, BulkCopy bulk) {
      long batchStart = batchStart();
      long bodyStart = bodyStart();
      writeMessage(destination, 0, schema, batchStart);
      writeMessage(destination, batchStart, batch, bodyStart);
      for (int i = 0; i < buffers.size(); i++) {
        bulk.copy(buffers.get(i), bodyStart + offsets.get(i));
      }
      destination.set(Layouts.INT, bodyStart + bodyLength, CONTINUATION);
      destination.set(Layouts.INT, bodyStart + bodyLength + Integer.BYTES, 0);
    }

    private static void writeMessage(
        MemorySegment destination, long start, MemorySegment message, long end) {
      int length = Math.toIntExact(end - start - PREFIX_BYTES);
      destination.set(Layouts.INT, start, CONTINUATION);
      destination.set(Layouts.INT, start + Integer.BYTES, length);
      MemorySegment.copy(message, 0, destination, start + PREFIX_BYTES, message.byteSize());
    }

    @Override
    public boolean isSimple() {
      return false;
    }
  }
}
