package ai.onnxruntime;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** The real one's methods that have to do with floats; a copy in native order stands for C's memory. */
public class OnnxTensor implements OnnxValue {
  final ByteBuffer memory;
  private final TensorInfo info;
  private boolean closed;

  OnnxTensor(float[] values, long[] shape) {
    memory = ByteBuffer.allocateDirect(4 * values.length).order(ByteOrder.nativeOrder());
    memory.asFloatBuffer().put(values);
    info = new TensorInfo(shape);
    Ledger.opened();
  }

  public static OnnxTensor createTensor(OrtEnvironment env, Object data) throws OrtException {
    throw new OrtException("the stub takes a FloatBuffer, not " + data.getClass());
  }

  public static OnnxTensor createTensor(OrtEnvironment env, String[] data, long[] shape)
      throws OrtException {
    throw new OrtException("the stub takes a FloatBuffer, not Strings");
  }

  public static OnnxTensor createTensor(OrtEnvironment env, FloatBuffer data, long[] shape)
      throws OrtException {
    long count = 1;
    for (long length : shape) {
      count *= length;
    }
    if (count != data.remaining()) {
      throw new OrtException("Shape " + count + " needs as many values, got " + data.remaining());
    }
    float[] values = new float[data.remaining()];
    data.duplicate().get(values);
    return new OnnxTensor(values, shape);
  }

  public static OnnxTensor createTensor(OrtEnvironment env, java.nio.LongBuffer data, long[] shape)
      throws OrtException {
    throw new OrtException("the stub takes a FloatBuffer, not a LongBuffer");
  }

  @Override
  public TensorInfo getInfo() {
    return info;
  }

  /** As the real one: a copy on the heap that is marked big-endian whatever the machine. */
  public ByteBuffer getByteBuffer() {
    ByteBuffer copy = ByteBuffer.allocate(memory.capacity());
    copy.put(memory.duplicate());
    copy.rewind();
    return copy;
  }

  public FloatBuffer getFloatBuffer() {
    FloatBuffer floats = memory.asFloatBuffer();
    FloatBuffer copy = FloatBuffer.allocate(floats.capacity());
    copy.put(floats);
    copy.rewind();
    return copy;
  }

  // As in the real one, methods that are nobody else's have the same names.
  static OnnxTensor createTensor(OrtEnvironment env, Object allocator, FloatBuffer data, long[] shape)
      throws OrtException {
    throw new OrtException("not public");
  }

  private void close(long api, long handle) {
    throw new IllegalStateException("private");
  }

  @Override
  public void close() {
    closed = Ledger.closed(closed);
  }
}
