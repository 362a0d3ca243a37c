"""A checkpoint in, `model.onnx` and `config.json` out: calibrated, rounded to 8 bits, checked."""

from __future__ import annotations

import copy
import datetime
import warnings
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from inkdigit import OnnxSession, __version__
from inkdigit._onnx.model import OPSET
from inkdigit.files import write_atomic, write_json
from inkdigit.labels import ALL_DIGITS, NOT_DIGIT
from inkdigit.session import INPUT_NAME, OUTPUT_NAMES
from inkdigit_train.data.corrections import CORRECTIONS
from inkdigit_train.data.pools import DataSet, Pool
from inkdigit_train.errors import ExportError
from inkdigit_train.files import sha256
from inkdigit_train.fit.checkpoint import Checkpoint, load_averaged
from inkdigit_train.fit.models import (
    CALIBRATION,
    PARAMETER_LIMIT,
    Calibration,
    DigitNet,
    count_parameters,
    logits_of,
)
from inkdigit_train.publish.calibration import fit_calibration, rejection_threshold

__all__ = ["MODEL_VERSION", "deploy", "export"]

MODEL_VERSION = "standard_v2"
IR_VERSION = 9  # the newest that onnxruntime 1.17, the oldest supported, reads
PARITY_TOLERANCE = 1e-4  # largest difference from torch on any logit
PARITY_IMAGES = 1000
INT8_LIMIT = 127
SMALLEST_ROUNDED = 256  # smaller tensors stay float: they hardly add to the file
# The entries of config.json that the .onnx file carries too.
METADATA = (
    "model",
    "inkdigit",
    "classes",
    *CALIBRATION,
    "rejection_threshold",
    "data",
)
LICENCES = {
    "MNIST": "LeCun, Cortes, Burges; usually given as CC BY-SA 3.0",
    "UNIPEN train_r01_v07": "International Unipen Foundation; CC BY 4.0 as released on Zenodo",
    "Pen-Based Recognition of Handwritten Digits": "UCI, CC BY 4.0",
}


def export(checkpoint_path: Path, data: DataSet, out: Path) -> dict[str, Any]:
    """Export the averaged network of a checkpoint.

    Calibration is fitted on the validation data and folded into the last layer; batch norm is
    folded into the convolutions; weights are rounded to 8 bits with a scale per channel and stored
    so. The graph turns them back into floats when it is loaded, so it runs as fast as a float
    model.

    Args:
        checkpoint_path: A checkpoint of `train`.
        data: The data of that run; only its validation pools are used.
        out: Folder for model.onnx and config.json.

    Returns:
        Figures of the export: parameters, bytes, calibration, threshold, parity, validation
        accuracy before and after rounding.

    Raises:
        CheckpointError: If the checkpoint cannot be read.
        ExportError: If the network is too large, or the file's answers differ from torch's.
    """
    model, checkpoint = load_averaged(checkpoint_path)
    parameters = count_parameters(model)
    if parameters > PARAMETER_LIMIT:
        raise ExportError(f"{parameters:,} parameters; at most {PARAMETER_LIMIT:,} are allowed")
    before = _accuracy(model, data.val_mnist)
    deployed, calibration = deploy(model, data)
    threshold = rejection_threshold(deployed, _digits(data))
    config = _describe(parameters, calibration, threshold, checkpoint)
    path = out / "model.onnx"
    proto = to_onnx(deployed, {key: str(config[key]) for key in METADATA})
    write_atomic(path, lambda stream: stream.write(proto.SerializeToString()))
    parity = check_parity(path, deployed, data.val_mnist)
    config["sha256"] = sha256(path)
    write_json(out / "config.json", config)
    return {
        "parameters": parameters,
        "bytes": path.stat().st_size,
        **{k: config[k] for k in CALIBRATION},
        "rejection_threshold": config["rejection_threshold"],
        "parity": parity,
        "val_accuracy_float": before,
        "val_accuracy_rounded": _accuracy(deployed, data.val_mnist),
    }


def deploy(model: DigitNet, data: DataSet) -> tuple[DigitNet, Calibration]:
    """The network as it is exported: folded, rounded, calibrated on the validation data."""
    deployed = round_weights(fold_batch_norm(model))
    others = [p for p in data.val_ink if (p.labels == NOT_DIGIT).all()]
    calibration = fit_calibration(deployed, _digits(data), others)
    with torch.no_grad():
        for values in deployed.digits.parameters():
            values.div_(calibration.temperature)
        for values in deployed.none.parameters():
            values.mul_(calibration.factor)
        deployed.none.bias.add_(calibration.shift)
    return deployed, calibration


def _digits(data: DataSet) -> list[Pool]:
    return [data.val_mnist, *(p for p in data.val_ink if (p.labels != NOT_DIGIT).all())]


def _describe(
    parameters: int, calibration: Calibration, threshold: float, checkpoint: Checkpoint
) -> dict[str, Any]:
    """What config.json says of a model, but for its fingerprint."""
    return {
        "model": _name(checkpoint),
        "inkdigit": __version__,
        "classes": [*ALL_DIGITS, "not a digit"],
        "input": {
            "name": INPUT_NAME,
            "shape": ["N", 1, 28, 28],
            "dtype": "float32",
            "range": [0, 1],
            "meaning": "1 = ink; framed by inkdigit.rasterize or inkdigit.normalize",
        },
        "outputs": {OUTPUT_NAMES[0]: ["N", 11], OUTPUT_NAMES[1]: ["N", 64]},
        "parameters": parameters,
        "weights": "int8, one scale per output channel; computed in float32",
        "temperature": round(calibration.temperature, 4),
        "not_digit_factor": round(calibration.factor, 4),
        "not_digit_shift": round(calibration.shift, 4),
        "rejection_threshold": round(threshold, 6),
        "data": LICENCES,
        "data_sha256": checkpoint.sources,
        "training": checkpoint.config,
        "exported": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d"),
    }


def _name(checkpoint: Checkpoint) -> str:
    corrected = any(name.startswith(f"{CORRECTIONS}/") for name in checkpoint.sources)
    return f"{MODEL_VERSION}+{CORRECTIONS}" if corrected else MODEL_VERSION


def fold_batch_norm(model: DigitNet) -> DigitNet:
    """The same network with each batch norm folded into the convolution right before it.

    A norm after pooling stays: a negative gain and a maximum do not commute.
    """
    folded = copy.deepcopy(model).eval()
    for index, block in enumerate(folded.features):
        layers = list(block.children())
        if isinstance(layers[1], nn.BatchNorm2d):
            layers[:2] = [fuse_conv_bn_eval(cast(nn.Conv2d, layers[0]), layers[1])]
        folded.features[index] = nn.Sequential(*layers)
    folded.field = fuse_conv_bn_eval(folded.field, folded.field_norm)
    folded.field_norm = nn.Identity()  # type: ignore[assignment]
    return folded


def round_weights(model: DigitNet) -> DigitNet:
    """The network with its large weights rounded to 8 bits and a scale per channel."""
    rounded = copy.deepcopy(model)
    with torch.no_grad():
        for weight in rounded.parameters():
            if weight.numel() >= SMALLEST_ROUNDED and weight.ndim > 1:
                scale = channel_scales(weight)
                weight.copy_((weight / scale).round() * scale)
    return rounded


def channel_scales(weight: Tensor) -> Tensor:
    """A scale per output channel, shaped to divide the weight by."""
    largest = weight.detach().abs().flatten(1).amax(1).clamp(min=1e-12)
    return (largest / INT8_LIMIT).view(-1, *[1] * (weight.ndim - 1))


def _accuracy(model: nn.Module, pool: Pool) -> float:
    answers = logits_of(model, pool.images).argmax(1)
    return float((answers == pool.labels).double().mean())


def to_onnx(model: DigitNet, metadata: dict[str, str]) -> onnx.ModelProto:
    """The network as a checked ONNX model with a free batch axis."""
    example, shapes = torch.zeros(2, 1, 28, 28), {0: torch.export.Dim("N")}
    proto = trace(model, example, INPUT_NAME, list(OUTPUT_NAMES), shapes)
    for key, value in metadata.items():
        proto.metadata_props.add(key=key, value=value)
    return proto


def trace(
    model: torch.nn.Module,
    example: torch.Tensor,
    input_name: str,
    output_names: list[str],
    shapes: dict[int, Any],
) -> onnx.ModelProto:
    """A network of one input as a checked ONNX model, large weights stored as int8.

    Args:
        model: In evaluation mode, its large weights already rounded to 8 bits.
        example: An input.
        input_name: What to call it.
        output_names: What to call the outputs.
        shapes: The free axes of the input, by index.
    """
    with warnings.catch_warnings():
        # torch 2.13's exporter calls deprecated parts of torch.
        warnings.filterwarnings("ignore", message=".*LeafSpec.*", category=FutureWarning)
        program = torch.onnx.export(
            model,
            (example,),
            input_names=[input_name],
            output_names=output_names,
            dynamic_shapes=(shapes,),
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    proto = program.model_proto
    proto.ir_version = IR_VERSION
    _strip(proto)
    _store_as_int8(proto.graph)
    onnx.checker.check_model(proto, full_check=True)
    return proto


def _strip(proto: onnx.ModelProto) -> None:
    """Drop the exporter's traces of source files: they add bytes and reveal paths."""
    graph = proto.graph
    del proto.metadata_props[:], graph.metadata_props[:], graph.value_info[:]
    for part in [*graph.node, *graph.input, *graph.output, *graph.initializer]:
        del part.metadata_props[:]
        part.doc_string = ""


def _store_as_int8(graph: onnx.GraphProto) -> None:
    """Replace each rounded weight by its int8 values, a Cast, and a Mul by the scales.

    Cast and Mul rather than DequantizeLinear: onnxruntime computes them once at load, while it
    keeps DequantizeLinear in the graph for its integer kernels.
    """
    nodes = []
    for tensor in list(graph.initializer):
        name, weight = tensor.name, numpy_helper.to_array(tensor)
        if weight.size < SMALLEST_ROUNDED or weight.ndim < 2:
            continue
        scale = channel_scales(torch.from_numpy(weight.copy())).numpy()
        whole = np.rint(weight / scale).astype(np.int8)
        graph.initializer.remove(tensor)
        graph.initializer.append(numpy_helper.from_array(whole, f"{name}.int8"))
        graph.initializer.append(numpy_helper.from_array(scale.astype(np.float32), f"{name}.scale"))
        cast_name = f"{name}.cast"
        nodes += [
            helper.make_node("Cast", [f"{name}.int8"], [cast_name], to=TensorProto.FLOAT),
            helper.make_node("Mul", [cast_name, f"{name}.scale"], [name]),
        ]
    nodes += graph.node
    del graph.node[:]
    graph.node.extend(nodes)


def check_parity(path: Path, model: nn.Module, pool: Pool) -> float:
    """The largest difference between the file's logits and torch's, on up to 1,000 images.

    Raises:
        ExportError: If it is over 1e-4.
    """
    images = pool.images[:PARITY_IMAGES, :1]
    expected = logits_of(model, images).numpy()
    logits, _ = OnnxSession(path).run(images.numpy().astype(np.float32) / np.float32(255))
    worst = float(np.abs(logits - expected).max())
    if worst > PARITY_TOLERANCE:
        raise ExportError(
            f"{path} differs from torch by {worst:.2e} on a logit;"
            f" at most {PARITY_TOLERANCE:.0e} is allowed"
        )
    return worst
