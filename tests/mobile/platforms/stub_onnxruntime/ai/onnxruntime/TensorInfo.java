package ai.onnxruntime;

public class TensorInfo implements ValueInfo {
  final long[] shape;

  TensorInfo(long[] shape) {
    this.shape = shape;
  }

  public long[] getShape() {
    return shape.clone();
  }
}
