"""A tiny model with the contract of the real one, made here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper


def make_model(
    path: Path,
    metadata: dict[str, str] | None = None,
    classes: int = 11,
    input_name: str = "image",
    bias: list[float] | None = None,
) -> Path:
    """Write a linear model: logits and embedding are fixed random projections of the raster."""
    rng = np.random.default_rng(0)
    shift = np.zeros(classes) if bias is None else np.array(bias)
    weights = {
        "to_logits": rng.normal(size=(784, classes)) * 0.1,
        "to_embedding": rng.normal(size=(784, 64)) * 0.1,
        "shift": shift,
        "flat": np.array([-1, 784]),
    }
    initializers = [
        numpy_helper.from_array(v.astype(np.int64 if k == "flat" else np.float32), k)
        for k, v in weights.items()
    ]
    nodes = [
        helper.make_node("Reshape", [input_name, "flat"], ["row"]),
        helper.make_node("MatMul", ["row", "to_logits"], ["raw"]),
        helper.make_node("Add", ["raw", "shift"], ["logits"]),
        helper.make_node("MatMul", ["row", "to_embedding"], ["embedding"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(input_name, TensorProto.FLOAT, ["N", 1, 28, 28])],
        [
            helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", classes]),
            helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["N", 64]),
        ],
        initializers,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    model.ir_version = 9
    for key, value in (metadata or {}).items():
        model.metadata_props.add(key=key, value=value)
    onnx.save(model, path)
    return path


@pytest.fixture(scope="session")
def model_maker() -> Callable[..., Path]:
    return make_model


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    return make_model(folder / "tiny.onnx", {"rejection_threshold": "0.9"})
