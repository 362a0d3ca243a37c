"""Writes small ONNX models that keep the contract, for tests of what surrounds the real one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inkdigit.labels import CLASSES
from inkdigit.session import EMBEDDING_SIZE

__all__ = ["PIXELS", "write_constant_model", "write_linear_model"]

PIXELS = 28 * 28


def write_linear_model(
    path: Path,
    to_logits: NDArray[np.floating],
    bias: NDArray[np.floating],
    to_embedding: NDArray[np.floating] | None = None,
    *,
    input_name: str = "image",
    metadata: Mapping[str, str] | None = None,
) -> Path:
    """Write a model whose outputs are linear in the raster.

    Args:
        path: The file; its folder is made.
        to_logits: (784, classes).
        bias: (classes,), added to the logits.
        to_embedding: (784, 64); zeros where left out.
        input_name: Another than the contract's, for a model to be refused.
        metadata: The model file's own.
    """
    onnx = pytest.importorskip("onnx")
    helper, from_array = onnx.helper, onnx.numpy_helper.from_array
    if to_embedding is None:
        to_embedding = np.zeros((PIXELS, EMBEDDING_SIZE))
    weights = {"to_logits": to_logits, "bias": bias, "to_embedding": to_embedding}
    graph = helper.make_graph(
        [
            helper.make_node("Flatten", [input_name], ["row"]),
            helper.make_node("Gemm", ["row", "to_logits", "bias"], ["logits"]),
            helper.make_node("MatMul", ["row", "to_embedding"], ["embedding"]),
        ],
        "linear",
        [helper.make_tensor_value_info(input_name, onnx.TensorProto.FLOAT, ["N", 1, 28, 28])],
        [
            helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["N", size])
            for name, size in (("logits", len(bias)), ("embedding", to_embedding.shape[1]))
        ],
        [from_array(np.asarray(values, np.float32), name) for name, values in weights.items()],
    )
    opset = [helper.make_opsetid("", 18)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=8)
    for key, value in (metadata or {}).items():
        model.metadata_props.add(key=key, value=value)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, path)
    return path


def write_constant_model(path: Path, label: int, probability: float = 0.99) -> Path:
    """Write a model that answers every raster with one class, 0 to 10."""
    probabilities = np.full(CLASSES, (1 - probability) / (CLASSES - 1))
    probabilities[label] = probability
    return write_linear_model(path, np.zeros((PIXELS, CLASSES)), np.log(probabilities))
