package ai.onnxruntime;

import java.util.concurrent.atomic.AtomicInteger;

/** Not in the real package: counts what is open, for the tests. */
public final class Ledger {
  private static final AtomicInteger OPEN = new AtomicInteger();
  private static final AtomicInteger CLOSED_TWICE = new AtomicInteger();
  private static final AtomicInteger CLOSED_TOO_SOON = new AtomicInteger();

  private Ledger() {}

  public static int open() {
    return OPEN.get();
  }

  public static int closedTwice() {
    return CLOSED_TWICE.get();
  }

  public static int closedTooSoon() {
    return CLOSED_TOO_SOON.get();
  }

  static void tooSoon() {
    CLOSED_TOO_SOON.incrementAndGet();
  }

  static void opened() {
    OPEN.incrementAndGet();
  }

  static boolean closed(boolean already) {
    if (already) {
      CLOSED_TWICE.incrementAndGet();
    } else {
      OPEN.decrementAndGet();
    }
    return true;
  }
}
