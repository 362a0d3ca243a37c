package ai.onnxruntime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A stand-in for onnxruntime: no ONNX is parsed, a linear model is read from the file beside it.
 *
 * <p>NAME.onnx.stub holds, as little-endian numbers: the count of inputs, of logits and of embedding
 * values as ints, and then as floats the logits' weights, their bias and the embedding's weights.
 */
public class OrtSession implements AutoCloseable {
  private final int inputs;
  private final int logits;
  private final int embedding;
  private final float[] toLogits;
  private final float[] bias;
  private final float[] toEmbedding;
  private final SessionOptions options;
  private boolean closed;

  OrtSession(String path, SessionOptions options) throws OrtException {
    this.options = options;
    byte[] content;
    try {
      content = Files.readAllBytes(Paths.get(path + ".stub"));
    } catch (IOException e) {
      throw new OrtException("Load model from " + path + " failed:Protobuf parsing failed.");
    }
    ByteBuffer buffer = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    inputs = buffer.getInt();
    logits = buffer.getInt();
    embedding = buffer.getInt();
    FloatBuffer floats = buffer.asFloatBuffer();
    toLogits = take(floats, inputs * logits);
    bias = take(floats, logits);
    toEmbedding = take(floats, inputs * embedding);
    options.sessions++;
    Ledger.opened();
  }

  private static float[] take(FloatBuffer floats, int count) {
    float[] values = new float[count];
    floats.get(values);
    return values;
  }

  public Map<String, NodeInfo> getInputInfo() throws OrtException {
    TensorInfo info = new TensorInfo(new long[] {-1, 1, 28, inputs / 28});
    return Collections.singletonMap("image", new NodeInfo("image", info));
  }

  public Map<String, NodeInfo> getOutputInfo() throws OrtException {
    Map<String, NodeInfo> nodes = new LinkedHashMap<>();
    nodes.put("embedding", new NodeInfo("embedding", new TensorInfo(new long[] {-1, embedding})));
    nodes.put("logits", new NodeInfo("logits", new TensorInfo(new long[] {-1, logits})));
    return nodes;
  }

  public OnnxModelMetadata getMetadata() throws OrtException {
    Map<String, String> custom = new LinkedHashMap<>();
    custom.put("rejection_threshold", "0.9");
    custom.put("threads", options.threads());
    return new OnnxModelMetadata(Collections.unmodifiableMap(custom));
  }

  public Result run(Map<String, ? extends OnnxValue> inputs) throws OrtException {
    return run(inputs, (Set<String>) null);
  }

  public Result run(Map<String, ? extends OnnxValue> inputs, Set<String> requestedOutputs)
      throws OrtException {
    OnnxTensor image = (OnnxTensor) inputs.get("image");
    if (image == null) {
      throw new OrtException("Missing input: image");
    }
    long[] shape = image.getInfo().getShape();
    if (shape.length != 4 || shape[1] * shape[2] * shape[3] != this.inputs) {
      throw new OrtException("Got invalid dimensions for input: image");
    }
    int count = (int) shape[0];
    FloatBuffer pixels = image.memory.asFloatBuffer();
    Map<String, OnnxValue> values = new LinkedHashMap<>();
    // In another order than the caller's list has them.
    values.put("embedding", times(pixels, count, toEmbedding, embedding, new float[embedding]));
    values.put("logits", times(pixels, count, toLogits, logits, bias));
    return new Result(values);
  }

  private OnnxTensor times(FloatBuffer rows, int count, float[] weights, int width, float[] start) {
    float[] out = new float[count * width];
    for (int n = 0; n < count; n++) {
      for (int j = 0; j < width; j++) {
        double sum = start[j];
        for (int i = 0; i < inputs; i++) {
          sum += (double) rows.get(n * inputs + i) * weights[i * width + j];
        }
        out[n * width + j] = (float) sum;
      }
    }
    return new OnnxTensor(out, new long[] {count, width});
  }

  // As in the real one, methods that are nobody else's have the same names.
  private NodeInfo[] getInputInfo(long api, long handle, long allocator) throws OrtException {
    throw new OrtException("private");
  }

  private NodeInfo[] getOutputInfo(long api, long handle, long allocator) throws OrtException {
    throw new OrtException("private");
  }

  private static long createSession(long api, long environment, String path, long options)
      throws OrtException {
    throw new OrtException("private");
  }

  private OnnxValue[] run(
      long api, long handle, long allocator, String[] names, long[] inputs, long count)
      throws OrtException {
    throw new OrtException("private");
  }

  @Override
  public void close() {
    options.sessions--;
    closed = Ledger.closed(closed);
  }

  public static class SessionOptions implements AutoCloseable {
    private int intra;
    private int inter;
    private boolean closed;
    int sessions;

    public SessionOptions() {
      Ledger.opened();
    }

    public void setIntraOpNumThreads(int numThreads) throws OrtException {
      intra = numThreads;
    }

    public void setInterOpNumThreads(int numThreads) throws OrtException {
      inter = numThreads;
    }

    String threads() {
      return intra + " " + inter;
    }

    /** "Must not be closed until all sessions which use it are closed", says the real one. */
    @Override
    public void close() {
      if (sessions > 0) {
        Ledger.tooSoon();
      }
      closed = Ledger.closed(closed);
    }
  }

  public static class Result implements AutoCloseable, Iterable<Map.Entry<String, OnnxValue>> {
    private final Map<String, OnnxValue> values;
    private boolean closed;

    Result(Map<String, OnnxValue> values) {
      this.values = values;
      Ledger.opened();
    }

    public OnnxValue get(int index) {
      int k = 0;
      for (OnnxValue value : values.values()) {
        if (k++ == index) {
          return value;
        }
      }
      throw new IllegalArgumentException("Index out of bounds, found " + index);
    }

    public Optional<OnnxValue> get(String key) {
      return Optional.ofNullable(values.get(key));
    }

    @Override
    public Iterator<Map.Entry<String, OnnxValue>> iterator() {
      return values.entrySet().iterator();
    }

    @Override
    public void close() {
      for (OnnxValue value : values.values()) {
        value.close();
      }
      closed = Ledger.closed(closed);
    }
  }
}
