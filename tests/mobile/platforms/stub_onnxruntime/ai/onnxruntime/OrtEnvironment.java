package ai.onnxruntime;

public final class OrtEnvironment implements AutoCloseable {
  private static final OrtEnvironment INSTANCE = new OrtEnvironment();
  private boolean telemetry = true;

  private OrtEnvironment() {}

  public static synchronized OrtEnvironment getEnvironment() {
    return INSTANCE;
  }

  public void setTelemetry(boolean sendTelemetry) throws OrtException {
    telemetry = sendTelemetry;
  }

  private static void setTelemetry(long api, long handle, boolean sendTelemetry)
      throws OrtException {
    throw new OrtException("private");
  }

  OrtSession createSession(String modelPath, Object allocator, OrtSession.SessionOptions options)
      throws OrtException {
    throw new OrtException("not public");
  }

  /** Not in the real one. */
  public boolean sendsTelemetry() {
    return telemetry;
  }

  public OrtSession createSession(String modelPath) throws OrtException {
    return createSession(modelPath, new OrtSession.SessionOptions());
  }

  public OrtSession createSession(String modelPath, OrtSession.SessionOptions options)
      throws OrtException {
    return new OrtSession(modelPath, options);
  }

  public OrtSession createSession(byte[] modelArray, OrtSession.SessionOptions options)
      throws OrtException {
    throw new OrtException("the stub takes a path");
  }

  @Override
  public void close() {
    throw new IllegalStateException("the environment is everybody's");
  }
}
