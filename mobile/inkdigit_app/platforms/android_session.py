"""Recognition on Android: the runtime's sessions over onnxruntime's Java package, by pyjnius.

python-for-android cannot build onnxruntime's Python package. Its Java package comes with Gradle
(`android.gradle_dependencies` in buildozer.spec), and this module drives it.

`load_java` looks up the classes. On Android it has to run on the main thread: other threads see
the system's classes but not the app's. A session may be made and used on any thread.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkdigit.errors import InferenceError, ModelError, ModelFormatError
from inkdigit.labels import CLASSES
from inkdigit.session import (
    BUNDLED_INK_MODEL,
    BUNDLED_MODEL,
    EMBEDDING_SIZE,
    INK_INPUT_NAME,
    INK_OUTPUT_NAMES,
    INPUT_NAME,
    OUTPUT_NAMES,
    Shapes,
    check_contract,
    check_ink_contract,
    find_model,
)

__all__ = ["AndroidInkSession", "AndroidSession", "Java", "load_java"]

# All classes that pyjnius may have to wrap. It would look up an unknown class on the thread that
# receives an object of it, so all are looked up in advance, on the main thread.
CLASS_NAMES = (
    "ai.onnxruntime.NodeInfo",
    "ai.onnxruntime.OnnxModelMetadata",
    "ai.onnxruntime.OnnxTensor",
    "ai.onnxruntime.OrtEnvironment",
    "ai.onnxruntime.OrtException",
    "ai.onnxruntime.OrtSession",
    "ai.onnxruntime.OrtSession$Result",
    "ai.onnxruntime.OrtSession$SessionOptions",
    "ai.onnxruntime.TensorInfo",
    "java.nio.ByteBuffer",
    "java.nio.ByteOrder",
    "java.nio.FloatBuffer",
    "java.util.HashMap",
    "java.util.Map",
    "java.util.Optional",
    "java.util.Set",
)


# pyjnius stores the object of `object.method` in the class's method until the call, so two threads
# could call each other's objects. For the same reason a method cannot be kept for later.
_one_thread = threading.RLock()


@dataclass(frozen=True)
class Java:
    """Java's classes."""

    classes: Mapping[str, Any]  # by their full names
    error: type[Exception]  # what pyjnius raises when Java throws

    def __getitem__(self, name: str) -> Any:
        return self.classes[name]

    def cast(self, name: str, value: Any) -> Any:
        """Cast an object to another class: methods often declare a wider one than they return."""
        from jnius import cast

        return cast(self.classes[name], value)


def load_java() -> Java:
    """Look up the classes; on Android, to be called on the main thread.

    Raises:
        ModelError: If onnxruntime's Java package is not in the app, or there is no Java at all.
    """
    try:
        from jnius import JavaException, autoclass  # starts Java on a desktop

        return Java(
            MappingProxyType({name: autoclass(name) for name in CLASS_NAMES}), JavaException
        )
    except Exception as exc:
        raise ModelError(
            f"onnxruntime's Java package cannot be loaded ({_first_line(exc)}); expected it in the"
            " app: see android.gradle_dependencies in buildozer.spec"
        ) from exc


class _Attachment:
    """Detaches its thread from Java when it is deleted.

    pyjnius attaches a thread when it first calls Java, and Android ends the whole process if an
    attached thread ends. A `threading.local` deletes its content when its thread ends.
    """

    def __del__(self) -> None:
        from jnius import detach

        detach()


Contract: TypeAlias = Callable[[Shapes, Shapes, Path], None]


class _JavaModel:
    """A model file with one input, run by onnxruntime's Java package on the CPU. Thread-safe."""

    engine = "onnxruntime (Java)"

    def __init__(
        self,
        java: Java,
        path: str | os.PathLike[str],
        threads: int,
        input_name: str,
        contract: Contract,
    ) -> None:
        path = find_model(path)
        self._java = java
        self._input_name = input_name
        self._thread = threading.local()
        self._attach()
        # Each is closed at the end: it holds native memory, which Java does not collect.
        with _one_thread, ExitStack() as opened:
            try:
                self._environment = java["ai.onnxruntime.OrtEnvironment"].getEnvironment()
                self._environment.setTelemetry(False)
                options = java["ai.onnxruntime.OrtSession$SessionOptions"]()
                opened.enter_context(closing(options))  # after the session, which uses them
                options.setIntraOpNumThreads(int(threads))
                options.setInterOpNumThreads(1)
                self._session = self._environment.createSession(str(path), options)
                opened.enter_context(closing(self._session))
            except java.error as exc:
                raise ModelFormatError(
                    f"{path} cannot be loaded as an ONNX model ({_first_line(exc)});"
                    " export it again, or reinstall the app if it is the bundled one"
                ) from exc
            self.metadata = self._read_contract(path, contract)  # the model file's own
            self._opened = opened.pop_all()

    def _answers(
        self, given: NDArray[np.float32], names: Sequence[str]
    ) -> list[NDArray[np.float32]]:
        """The named outputs, each (n,)."""
        self._attach()
        try:
            with (
                _one_thread,
                closing(self._tensor(given)) as tensor,
                closing(self._session.run(self._inputs(tensor))) as result,
            ):
                return [self._output(result, name) for name in names]
        except (self._java.error, ValueError) as exc:
            raise InferenceError(
                f"onnxruntime failed on an array of shape {given.shape} ({_first_line(exc)})"
            ) from exc

    def close(self) -> None:
        """Free the model's memory; no other call may follow."""
        with _one_thread:
            self._opened.close()

    def _attach(self) -> None:
        # The main thread is attached from the start, and stays so.
        if threading.current_thread() is threading.main_thread():
            return
        if not hasattr(self._thread, "attachment"):
            self._thread.attachment = _Attachment()

    def _tensor(self, batch: NDArray[np.float32]) -> Any:
        content = np.ascontiguousarray(batch, np.float32).tobytes()
        # A new ByteBuffer is big-endian on every machine: without the order, the numbers would be
        # wrong without an error.
        order = self._java["java.nio.ByteOrder"].nativeOrder()
        # Cast, because Java returns objects of private classes.
        buffer = self._java.cast(
            "java.nio.ByteBuffer", self._java["java.nio.ByteBuffer"].wrap(content)
        )
        floats = self._java.cast("java.nio.ByteBuffer", buffer.order(order)).asFloatBuffer()
        return self._java["ai.onnxruntime.OnnxTensor"].createTensor(
            self._environment,
            self._java.cast("java.nio.FloatBuffer", floats),
            [int(length) for length in batch.shape],  # pyjnius does not take numpy's integers
        )

    def _inputs(self, tensor: Any) -> Any:
        inputs = self._java["java.util.HashMap"]()
        inputs.put(self._input_name, tensor)
        return inputs

    def _output(self, result: Any, name: str) -> NDArray[np.float32]:
        # By name, as the order of the outputs is the model's choice. Java declares Optional and
        # OnnxValue, which give no access to the floats.
        found = self._java.cast("java.util.Optional", result.get(name))
        tensor = self._java.cast("ai.onnxruntime.OnnxTensor", found.get())
        # As bytes in this machine's order, rather than one Python object per float.
        content = self._java.cast("java.nio.ByteBuffer", tensor.getByteBuffer()).array()
        return np.frombuffer(_bytes(content), np.float32)

    def _read_contract(self, path: Path, contract: Contract) -> Mapping[str, str]:
        try:
            contract(
                self._shapes(self._session.getInputInfo()),
                self._shapes(self._session.getOutputInfo()),
                path,
            )
            metadata = self._entries(self._session.getMetadata().getCustomMetadata())
            return MappingProxyType({name: str(value) for name, value in metadata.items()})
        except self._java.error as exc:
            raise ModelFormatError(
                f"{path} does not declare its inputs and outputs ({_first_line(exc)});"
                " export it again"
            ) from exc

    def _shapes(self, nodes: Any) -> dict[str, tuple[int, ...]]:
        """Each node's shape after the batch axis."""
        shapes = {}
        for name, value in self._entries(nodes).items():
            node = self._java.cast("ai.onnxruntime.NodeInfo", value)
            info = self._java.cast("ai.onnxruntime.TensorInfo", node.getInfo())
            shapes[name] = tuple(int(length) for length in info.getShape()[1:])
        return shapes

    def _entries(self, mapping: Any) -> dict[str, Any]:
        """Convert a java.util.Map of names."""
        mapping = self._java.cast("java.util.Map", mapping)
        names = self._java.cast("java.util.Set", mapping.keySet()).toArray()
        return {str(name): mapping.get(name) for name in names}


class AndroidSession(_JavaModel):
    """The digit network on Android; see `inkdigit.session.Session`. Thread-safe.

    Args:
        java: From `load_java`.
        path: An .onnx file exported by inkdigit_train.
        threads: CPU threads for one batch.

    Raises:
        ModelNotFoundError: If there is no file at the path.
        ModelFormatError: If it is damaged, or its inputs and outputs are not inkdigit's.
    """

    def __init__(
        self, java: Java, path: str | os.PathLike[str] = BUNDLED_MODEL, threads: int = 1
    ) -> None:
        super().__init__(java, path, threads, INPUT_NAME, check_contract)

    def run(self, batch: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Score rasters; see `inkdigit.session.Session.run`."""
        logits, embedding = self._answers(batch, OUTPUT_NAMES)
        return logits.reshape(len(batch), CLASSES), embedding.reshape(len(batch), EMBEDDING_SIZE)


class AndroidInkSession(_JavaModel):
    """The ink network on Android; see `inkdigit.session.InkSession`. Thread-safe.

    Args:
        java: From `load_java`.
        path: An ink.onnx exported by inkdigit_train.
        threads: CPU threads for one picture.

    Raises:
        ModelNotFoundError: If there is no file at the path.
        ModelFormatError: If it is damaged, or its inputs and outputs are not an ink network's.
    """

    def __init__(
        self, java: Java, path: str | os.PathLike[str] = BUNDLED_INK_MODEL, threads: int = 1
    ) -> None:
        super().__init__(java, path, threads, INK_INPUT_NAME, check_ink_contract)

    def run(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Find ink; see `inkdigit.session.InkSession.run`."""
        (ink,) = self._answers(pixels, INK_OUTPUT_NAMES)
        return ink.reshape(pixels.shape)


def _bytes(content: Any) -> bytes:
    # pyjnius returns a byte[] as an object of its own or as a list of signed numbers.
    if hasattr(content, "tostring"):
        return bytes(content.tostring())
    return np.array(content, np.int8).tobytes()


def _first_line(exc: BaseException) -> str:
    return (str(exc).strip().splitlines() or [type(exc).__name__])[0]
