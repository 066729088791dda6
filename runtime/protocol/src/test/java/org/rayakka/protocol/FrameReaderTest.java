package org.rayakka.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.rayakka.protocol.sbe.ExportFunctionDecoder;
import org.rayakka.protocol.sbe.ExportFunctionEncoder;
import org.rayakka.protocol.sbe.MessageHeaderEncoder;

class FrameReaderTest {
  private static int encode(FrameBuffer frames, int size, byte fill) {
    ExportFunctionEncoder frame = new ExportFunctionEncoder();
    frame.wrapAndApplyHeader(frames.buffer(), frames.begin(), new MessageHeaderEncoder());
    frame.functionId().high(size).low(fill);
    byte[] descriptor = new byte[size];
    Arrays.fill(descriptor, fill);
    frame.putDescriptor(descriptor, 0, size);
    frames.end(MessageHeaderEncoder.ENCODED_LENGTH + frame.encodedLength());
    return size;
  }

  /// However the stream is cut into reads, the frames come out whole and in order.
  @Test
  void cutsFramesOutOfAnyPieces() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    FrameBuffer frames = new FrameBuffer(64);
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      int size = random.nextInt(10) == 0 ? random.nextInt(600_000) : random.nextInt(300);
      sizes.add(encode(frames, size, (byte) i));
    }
    byte[] all = new byte[frames.length()];
    frames.bytes().get(all);
    ReadableByteChannel pieces =
        Channels.newChannel(
            new ByteArrayInputStream(all) {
              @Override
              public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, 1 + random.nextInt(20_000)));
              }
            });
    FrameReader reader = new FrameReader();
    List<Integer> read = new ArrayList<>();
    assertThatThrownBy(
            () -> {
              while (true) {
                reader.read(
                    pieces,
                    (header, buffer, offset, length) -> {
                      ExportFunctionDecoder frame = new ExportFunctionDecoder();
                      frame.wrapAndApplyHeader(buffer, offset, header);
                      byte fill = (byte) frame.functionId().low();
                      byte[] descriptor = new byte[frame.descriptorLength()];
                      frame.getDescriptor(descriptor, 0, descriptor.length);
                      for (byte b : descriptor) {
                        if (b != fill) {
                          throw new IOException("seed " + seed + ": damaged frame " + read.size());
                        }
                      }
                      read.add(descriptor.length);
                    });
              }
            })
        .isInstanceOf(EOFException.class);
    assertThat(read).as("seed %d", seed).isEqualTo(sizes);
  }

  @Test
  void refusesALengthThatNoFrameHas() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(ByteBuffer.allocate(64).putInt(-1).array());
    ReadableByteChannel channel = Channels.newChannel(new ByteArrayInputStream(out.toByteArray()));
    assertThatThrownBy(
            () -> new FrameReader().read(channel, (header, buffer, offset, length) -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("frame length: -1");
  }

  @Test
  void keepsWhatASocketDidNotTake() {
    FrameBuffer frames = new FrameBuffer(64);
    encode(frames, 100, (byte) 1);
    int length = frames.length();
    byte last = frames.bytes().get(length - 1);
    frames.discard(10);
    assertThat(frames.length()).isEqualTo(length - 10);
    assertThat(frames.bytes().get(length - 11)).isEqualTo(last);
  }
}
