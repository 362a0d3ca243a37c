"""Each operator against onnxruntime's, alone in a model; and settings that are refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from inkdigit._onnx.model import FormatError, read_model
from inkdigit._onnx.program import Program
from inkdigit.session import import_onnxruntime

Weights = Mapping[str, NDArray[Any]]
RNG = np.random.default_rng(7)
ONES, TWOS = np.array([1, 1, 1, 1], np.float32), np.array([1, 1, 2, 3], np.float32)


def whole(*numbers: int) -> NDArray[np.int64]:
    return np.array(numbers, np.int64)


def normal(*shape: int) -> NDArray[np.float32]:
    return RNG.normal(0, 1, shape).astype(np.float32)


def model_of(
    nodes: Sequence[tuple[str, Sequence[str], Mapping[str, Any]]], weights: Weights
) -> bytes:
    """A model that hands "x" through nodes, the output of each named by its place: "0", "1", …"""
    onnx = pytest.importorskip("onnx")
    helper = onnx.helper
    made = [
        helper.make_node(operator, inputs, [str(place)], **attributes)
        for place, (operator, inputs, attributes) in enumerate(nodes)
    ]
    float32 = onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        made,
        "operators",
        [helper.make_tensor_value_info("x", float32, None)],
        [helper.make_tensor_value_info(str(len(made) - 1), float32, None)],
        [onnx.numpy_helper.from_array(values, name) for name, values in weights.items()],
    )
    opset = [helper.make_opsetid("", 18)]
    content: bytes = helper.make_model(graph, opset_imports=opset, ir_version=9).SerializeToString()
    return content


def program_of(content: bytes, output: str) -> Program:
    model = read_model(content)
    # A shape of any rank: onnx can only leave it out, which reads as no axes.
    object.__setattr__(model.inputs[0], "shape", (None,) * 4)
    return Program(model, [output])


CASES: dict[str, tuple[str, tuple[str, ...], dict[str, Any], Weights]] = {
    "a convolution": ("Conv", ("x", "w"), {"pads": [1] * 4}, {"w": normal(5, 6, 3, 3)}),
    "with a bias": ("Conv", ("x", "w", "b"), {}, {"w": normal(5, 6, 3, 3), "b": normal(5)}),
    "with strides and uneven pads": (
        "Conv",
        ("x", "w"),
        {"strides": [2, 3], "pads": [0, 1, 2, 3]},
        {"w": normal(4, 6, 3, 2)},
    ),
    "of one pixel": ("Conv", ("x", "w", "b"), {}, {"w": normal(7, 6, 1, 1), "b": normal(7)}),
    "of one pixel, strided": ("Conv", ("x", "w"), {"strides": [2, 2]}, {"w": normal(3, 6, 1, 1)}),
    "depthwise": (
        "Conv",
        ("x", "w", "b"),
        {"group": 6, "pads": [2] * 4},
        {"w": normal(6, 1, 5, 5), "b": normal(6)},
    ),
    "depthwise, strided": (
        "Conv",
        ("x", "w"),
        {"group": 6, "strides": [2, 1], "pads": [1, 0, 1, 0]},
        {"w": normal(6, 1, 3, 3)},
    ),
    "with taps apart": ("Conv", ("x", "w"), {"dilations": [2, 3]}, {"w": normal(4, 6, 3, 3)}),
    "depthwise with taps apart": (
        "Conv",
        ("x", "w"),
        {"dilations": [2, 2], "group": 6, "pads": [4] * 4},
        {"w": normal(6, 1, 5, 5)},
    ),
    "depthwise over all": ("Conv", ("x", "w"), {"group": 6}, {"w": normal(6, 1, 11, 12)}),
    "the largest": ("MaxPool", ("x",), {"kernel_shape": [2, 2], "strides": [2, 2]}, {}),
    "the largest, padded": ("MaxPool", ("x",), {"kernel_shape": [3, 2], "pads": [1, 0, 2, 1]}, {}),
    "a mean": ("AveragePool", ("x",), {"kernel_shape": [4, 4], "strides": [4, 4]}, {}),
    "a mean, padding left out": (
        "AveragePool",
        ("x",),
        {"kernel_shape": [9, 9], "pads": [4] * 4, "count_include_pad": 0},
        {},
    ),
    "a mean, padding counted": (
        "AveragePool",
        ("x",),
        {"kernel_shape": [3, 3], "pads": [1] * 4, "count_include_pad": 1},
        {},
    ),
    "a norm": (
        "BatchNormalization",
        ("x", "g", "b", "m", "v"),
        {"epsilon": 0.01},
        {"g": normal(6), "b": normal(6), "m": normal(6), "v": np.abs(normal(6))},
    ),
    "a mean over axes": ("ReduceMean", ("x", "a"), {"keepdims": 0}, {"a": whole(2, 3)}),
    "a mean over channels": ("ReduceMean", ("x", "a"), {}, {"a": whole(1)}),
    "a soft maximum": ("ReduceLogSumExp", ("x", "a"), {"keepdims": 0}, {"a": whole(1)}),
    "repeated pixels": (
        "Resize",
        ("x", "", "s"),
        {
            "mode": "nearest",
            "nearest_mode": "floor",
            "coordinate_transformation_mode": "asymmetric",
        },
        {"s": TWOS},
    ),
    "interpolated by scales": ("Resize", ("x", "", "s"), {"mode": "linear"}, {"s": TWOS}),
    "interpolated to sizes": (
        "Resize",
        ("x", "", "", "s"),
        {"mode": "linear"},
        {"s": whole(3, 6, 29, 5)},
    ),
    "channels to pixels": ("DepthToSpace", ("x",), {"blocksize": 2, "mode": "CRD"}, {}),
    "a slice": (
        "Slice",
        ("x", "from", "to", "axes", "steps"),
        {},
        {
            "from": whole(1, -4),
            "to": whole(2**63 - 1, 12),
            "axes": whole(1, 3),
            "steps": whole(2, 1),
        },
    ),
    "axes in another order": ("Transpose", ("x",), {"perm": [0, 2, 3, 1]}, {}),
    "a new axis": ("Unsqueeze", ("x", "a"), {}, {"a": whole(2)}),
    "a row": ("Flatten", ("x",), {}, {}),
    "a new shape": ("Reshape", ("x", "s"), {}, {"s": whole(-1, 12)}),
    "a sigmoid": ("Sigmoid", ("x",), {}, {}),
    "a root": ("Sqrt", ("x",), {}, {}),
    "beside constants": ("Concat", ("x", "c"), {"axis": 1}, {"c": normal(3, 2, 11, 12)}),
    "less a constant": ("Sub", ("x", "c"), {}, {"c": normal(6, 1, 1)}),
    "by a constant": ("Div", ("x", "c"), {}, {"c": normal(1, 6, 11, 12)}),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("scale", [1, 100])
def test_it_computes_what_onnxruntime_does(case, scale):
    operator, inputs, attributes, weights = CASES[case]
    if operator == "DepthToSpace":
        x = normal(3, 8, 5, 4)
    else:
        x = normal(3, 6, 11, 12) * np.float32(scale)
    content = model_of([(operator, inputs, attributes)], weights)
    (found,) = program_of(content, "0").run(x)
    session = import_onnxruntime().InferenceSession(content, providers=["CPUExecutionProvider"])
    (expected,) = session.run(None, {"x": x})
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=2e-5 * scale)


@pytest.mark.parametrize("shape", [(1, 1, 9, 8), (3, 1, 9, 8), (1, 6, 1, 8), (2, 6, 9, 1)])
@pytest.mark.parametrize("pads", [0, 1])
def test_axes_of_length_1_are_convolved_rightly(shape, pads):
    size = tuple(min(length + 2 * pads, 3) for length in shape[2:])
    content = model_of(
        [("Conv", ("x", "w"), {"pads": [pads] * 4})], {"w": normal(4, shape[1], *size)}
    )
    x = normal(*shape)
    (found,) = program_of(content, "0").run(x)
    session = import_onnxruntime().InferenceSession(content, providers=["CPUExecutionProvider"])
    np.testing.assert_allclose(found, session.run(None, {"x": x})[0], atol=1e-5)


def test_a_name_made_twice_is_refused():
    onnx = pytest.importorskip("onnx")
    model = onnx.load_from_string(model_of([("Relu", ("x",), {}), ("Sqrt", ("0",), {})], {}))
    model.graph.node[1].output[0] = "0"
    with pytest.raises(FormatError, match="makes 0, which there is already"):
        program_of(model.SerializeToString(), "0")


def test_a_map_larger_than_a_block_is_convolved_whole():
    x = normal(2, 6, 150, 90)
    weights = {"w": normal(5, 6, 3, 3), "d": normal(5, 1, 3, 3)}
    nodes = [
        ("Conv", ("x", "w"), {"pads": [1] * 4}),
        ("Conv", ("0", "d"), {"group": 5, "pads": [1] * 4, "strides": [2, 2]}),
    ]
    content = model_of(nodes, weights)
    (found,) = program_of(content, "1").run(x)
    session = import_onnxruntime().InferenceSession(content, providers=["CPUExecutionProvider"])
    np.testing.assert_allclose(found, session.run(None, {"x": x})[0], atol=1e-4)


def test_what_is_still_needed_is_not_written_over():
    # The first sum is wanted by both Relu and Mul; only where one of them is the last may it go.
    nodes = [
        ("Add", ("x", "c"), {}),
        ("Relu", ("0",), {}),
        ("Transpose", ("1",), {"perm": [0, 1, 2, 3]}),
        ("Relu", ("2",), {}),
        ("Mul", ("0", "1"), {}),
        ("Sub", ("4", "3"), {}),
    ]
    x = normal(1, 2, 3, 4)
    before = x.copy()
    (found,) = program_of(model_of(nodes, {"c": np.float32(-0.25).reshape(())}), "5").run(x)
    shifted = x - np.float32(0.25)
    positive = np.maximum(shifted, 0)
    np.testing.assert_array_equal(found, shifted * positive - positive)
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize(
    ("operator", "inputs", "attributes", "word"),
    [
        ("Softmax", ("x",), {}, "Softmax"),
        ("Conv", ("x", "w"), {"dilations": [9, 1]}, "dilations"),
        ("Conv", ("x", "w"), {"group": 2}, "groups"),
        ("Conv", ("x", "w"), {"auto_pad": "SAME_UPPER"}, "auto_pad"),
        ("Conv", ("x", "w"), {"kernel_shape": [5, 5]}, "do not fit"),
        ("Conv", ("x", "x"), {}, "not constant"),
        ("MaxPool", ("x",), {"kernel_shape": [2, 2], "ceil_mode": 1}, "ceil_mode"),
        ("MaxPool", ("x",), {"kernel_shape": [2, 2], "dilations": [2, 2]}, "dilations"),
        ("MaxPool", ("x",), {"kernel_shape": [2, 2], "strides": [0, 1]}, "strides"),
        ("MaxPool", ("x",), {"kernel_shape": [2]}, "kernel_shape"),
        ("Resize", ("x", "", "s"), {"mode": "cubic"}, "mode"),
        ("Resize", ("x", "", "s"), {"mode": "nearest", "nearest_mode": "ceil"}, "nearest_mode"),
        ("DepthToSpace", ("x",), {"blocksize": 2, "mode": "DCR"}, "mode"),
        ("Gemm", ("x", "w"), {"alpha": 0.5}, "alpha"),
        ("Relu", ("y",), {}, "nothing makes"),
    ],
)
def test_what_it_cannot_compute_is_refused_when_loaded(operator, inputs, attributes, word):
    content = model_of([(operator, inputs, attributes)], {"w": normal(4, 6, 3, 3), "s": ONES})
    with pytest.raises(FormatError, match=word):
        program_of(content, "0")


def test_another_opset_is_refused():
    onnx = pytest.importorskip("onnx")
    model = onnx.load_from_string(model_of([("Relu", ("x",), {})], {}))
    model.opset_import[0].version = 17
    with pytest.raises(FormatError, match="opset is 17"):
        read_model(model.SerializeToString())


def test_weights_that_are_cut_off_are_refused():
    onnx = pytest.importorskip("onnx")
    content = model_of([("Conv", ("x", "w"), {})], {"w": normal(4, 6, 3, 3)})
    model = onnx.load_from_string(content)
    model.graph.initializer[0].raw_data = model.graph.initializer[0].raw_data[:-4]
    with pytest.raises(FormatError, match="raw bytes"):
        read_model(model.SerializeToString())
