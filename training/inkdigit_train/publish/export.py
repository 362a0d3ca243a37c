"""A checkpoint in, `model.onnx` and `config.json` out: calibrated, rounded to 8 bits, checked."""

from __future__ import annotations

import copy
import datetime
import time
import warnings
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from scipy.optimize import minimize
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from inkdigit import OnnxSession, __version__
from inkdigit.labels import DIGITS, NOT_DIGIT
from inkdigit.session import INPUT_NAME, OUTPUT_NAMES
from inkdigit_train.data.pools import DataSet, Pool
from inkdigit_train.errors import ExportError
from inkdigit_train.files import sha256, write_atomic, write_json
from inkdigit_train.fit.checkpoint import load_averaged
from inkdigit_train.fit.models import PARAMETER_LIMIT, DigitNet, count_parameters
from inkdigit_train.fit.train import predict

__all__ = ["MODEL_VERSION", "export", "fit_calibration", "rejection_threshold"]

MODEL_VERSION = "standard_v1"
OPSET = 18
IR_VERSION = 9  # the newest that onnxruntime 1.17, the oldest supported, reads
PARITY_TOLERANCE = 1e-4  # largest difference to torch on any logit
PARITY_IMAGES = 1000
INT8_LIMIT = 127
SMALLEST_ROUNDED = 256  # tensors with fewer numbers stay float: they weigh nothing
DIGITS_KEPT = 0.999  # share of validation digits that the rejection threshold lets through
CALIBRATION_BOUNDS = ((-2.0, 2.0), (-20.0, 20.0))  # of the temperature's logarithm, of the shift
NONDIGIT_SHARE = 0.05  # of the drawings in use that are no digit, which the calibration assumes
LICENCES = {
    "MNIST": "LeCun, Cortes, Burges; usually given as CC BY-SA 3.0",
    "UNIPEN train_r01_v07": "International Unipen Foundation; CC BY 4.0 as released on Zenodo",
    "Pen-Based Recognition of Handwritten Digits": "UCI, CC BY 4.0",
}


def export(checkpoint_path: Path, data: DataSet, out: Path) -> dict[str, Any]:
    """Export the averaged network of a checkpoint.

    The calibration is fitted on the validation parts and folded into the last layer; batch norm is
    folded into the convolutions; weights are rounded to 8 bits a channel and stored so (the
    graph turns them back into floats when it is loaded, so it runs as fast as a float model).

    Args:
        checkpoint_path: A checkpoint of `train`.
        data: The data of that run; only its validation parts are used.
        out: Folder for model.onnx and config.json.

    Returns:
        Figures of the export: parameters, bytes, calibration, threshold, parity, validation
        accuracy before and after rounding.

    Raises:
        CheckpointError: If the checkpoint cannot be read.
        ExportError: If the file does not compute what torch computes, or is over the limit.
    """
    model, checkpoint = load_averaged(checkpoint_path)
    parameters = count_parameters(model)
    if parameters > PARAMETER_LIMIT:
        raise ExportError(f"{parameters:,} parameters; at most {PARAMETER_LIMIT:,} are allowed")
    digits = [data.val_mnist, *(p for p in data.val_ink if (p.labels != NOT_DIGIT).all())]
    others = [p for p in data.val_ink if (p.labels == NOT_DIGIT).all()]
    before = _accuracy(model, data.val_mnist)
    deployed = round_weights(fold_batch_norm(model))
    temperature, shift = fit_calibration(deployed, digits, others)
    with torch.no_grad():
        deployed.classifier.weight.div_(temperature)
        deployed.classifier.bias.div_(temperature)
        deployed.classifier.bias[NOT_DIGIT] += shift
    threshold = rejection_threshold(deployed, digits)
    config = {
        "model": MODEL_VERSION,
        "inkdigit": __version__,
        "classes": [*map(str, range(DIGITS)), "not a digit"],
        "input": {
            "name": INPUT_NAME,
            "shape": ["N", 1, 28, 28],
            "dtype": "float32",
            "range": [0, 1],
            "meaning": "1 = ink; framed by inkdigit.rasterize or inkdigit.normalize",
        },
        "outputs": {OUTPUT_NAMES[0]: ["N", 11], OUTPUT_NAMES[1]: ["N", 64]},
        "parameters": parameters,
        "weights": "int8, one scale an output channel; computed in float32",
        "temperature": round(temperature, 4),
        "not_digit_shift": round(shift, 4),
        "rejection_threshold": round(threshold, 6),
        "data": LICENCES,
        "data_sha256": checkpoint.sources,
        "training": checkpoint.config,
        "exported": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d"),
    }
    path: Path = out / "model.onnx"
    proto = to_onnx(
        deployed,
        {
            k: str(config[k])
            for k in (
                "model",
                "inkdigit",
                "classes",
                "temperature",
                "not_digit_shift",
                "rejection_threshold",
                "data",
            )
        },
    )
    write_atomic(path, lambda stream: stream.write(proto.SerializeToString()))
    parity = check_parity(path, deployed, data.val_mnist)
    config["sha256"] = sha256(path)
    write_json(out / "config.json", config)
    return {
        "parameters": parameters,
        "bytes": path.stat().st_size,
        "temperature": round(temperature, 4),
        "not_digit_shift": round(shift, 4),
        "rejection_threshold": round(threshold, 6),
        "parity": parity,
        "val_accuracy_float": before,
        "val_accuracy_rounded": _accuracy(deployed, data.val_mnist),
        **{f"int8_{k}": v for k, v in measure_int8(path, data.val_mnist).items()},
    }


def fold_batch_norm(model: DigitNet) -> DigitNet:
    """The same function with each batch norm that follows a convolution folded into it.

    Where pooling stands between them the norm stays: a negative gain and a maximum do not commute.
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
    """The network with its large weights rounded to what 8 bits and a scale a channel can hold."""
    rounded = copy.deepcopy(model)
    with torch.no_grad():
        for weight in rounded.parameters():
            if weight.numel() >= SMALLEST_ROUNDED and weight.ndim > 1:
                scale = _scales(weight)
                weight.copy_((weight / scale).round() * scale)
    return rounded


def _scales(weight: Tensor) -> Tensor:
    """One scale for each output channel, shaped to divide the weight by."""
    largest = weight.detach().abs().flatten(1).amax(1).clamp(min=1e-12)
    return (largest / INT8_LIMIT).view(-1, *[1] * (weight.ndim - 1))


def fit_calibration(
    model: nn.Module, digits: list[Pool], others: list[Pool]
) -> tuple[float, float]:
    """The temperature (Guo et al. 2017), and what to add to the logit of "not a digit".

    The second undoes the training data's share of non-digits, a third, which is far from what is
    drawn in use: without it digits are refused, or doubted, by that prior. Both together make the
    labels likeliest, where non-digits weigh `NONDIGIT_SHARE` in all.

    Args:
        model: Gives logits (N, 11).
        digits: Validation digits.
        others: Validation non-digits; where there are none, the shift is 0.

    Returns:
        The temperature to divide all logits by, and the shift of the last one after that.
    """
    parts = [(digits, 1 - NONDIGIT_SHARE), (others, NONDIGIT_SHARE)] if others else [(digits, 1.0)]
    logits, labels, weights = [], [], []
    for pools, share in parts:
        count = sum(map(len, pools))
        logits += [predict(model, pool, torch.device("cpu")).double() for pool in pools]
        labels += [pool.labels for pool in pools]
        weights.append(torch.full((count,), share / count, dtype=torch.float64))
    scores, answers, mass = torch.cat(logits), torch.cat(labels).unsqueeze(1), torch.cat(weights)
    last = torch.zeros(scores.shape[1], dtype=torch.float64)
    last[NOT_DIGIT] = 1.0 if others else 0.0

    def loss(choice: NDArray[np.float64]) -> float:
        log_temperature, shift = choice.tolist()
        calibrated = scores / float(np.exp(log_temperature)) + shift * last
        return -float((mass * calibrated.log_softmax(1).gather(1, answers).squeeze(1)).sum())

    # Without bounds, data told apart without an error would want a temperature of 0.
    found = minimize(loss, np.zeros(2), method="Nelder-Mead", bounds=CALIBRATION_BOUNDS)
    return float(np.exp(found.x[0])), float(found.x[1]) if others else 0.0


def rejection_threshold(model: nn.Module, pools: list[Pool]) -> float:
    """The probability of "not a digit" that `DIGITS_KEPT` of the pools' digits stay under.

    At least one half: under that a digit is the likelier answer.
    """
    logits = torch.cat([predict(model, pool, torch.device("cpu")) for pool in pools])
    not_digit = logits.softmax(1)[:, NOT_DIGIT]
    return max(0.5, float(not_digit.double().quantile(DIGITS_KEPT)))


def _accuracy(model: nn.Module, pool: Pool) -> float:
    answers = predict(model, pool, torch.device("cpu")).argmax(1)
    return float((answers == pool.labels).double().mean())


def to_onnx(model: DigitNet, metadata: dict[str, str]) -> onnx.ModelProto:
    """The network as a checked ONNX model with a free batch axis."""
    example = torch.zeros(2, 1, 28, 28)
    with warnings.catch_warnings():
        # torch 2.13's exporter calls parts of torch that are marked for renewal.
        warnings.filterwarnings("ignore", message=".*LeafSpec.*", category=FutureWarning)
        program = torch.onnx.export(
            model,
            (example,),
            input_names=[INPUT_NAME],
            output_names=list(OUTPUT_NAMES),
            dynamic_shapes=({0: torch.export.Dim("N")},),
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    proto = program.model_proto
    proto.ir_version = IR_VERSION
    _strip(proto)
    _store_as_int8(proto.graph)
    for key, value in metadata.items():
        proto.metadata_props.add(key=key, value=value)
    onnx.checker.check_model(proto, full_check=True)
    return proto


def _strip(proto: onnx.ModelProto) -> None:
    """Drop the exporter's traces of source files: ballast, and nobody's business."""
    del proto.metadata_props[:], proto.graph.metadata_props[:], proto.graph.value_info[:]
    for node in proto.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in [*proto.graph.input, *proto.graph.output, *proto.graph.initializer]:
        del value.metadata_props[:]
        value.doc_string = ""


def _store_as_int8(graph: onnx.GraphProto) -> None:
    """Replace each rounded weight by its int8 numbers, a Cast and a Mul by the scales.

    Cast and Mul rather than DequantizeLinear: onnxruntime computes them once at load, while it
    keeps DequantizeLinear in the graph for its integer kernels.
    """
    floats = {t.name: t for t in graph.initializer}
    nodes = []
    for name, tensor in floats.items():
        weight = numpy_helper.to_array(tensor)
        if weight.size < SMALLEST_ROUNDED or weight.ndim < 2:
            continue
        scale = _scales(torch.from_numpy(weight.copy())).numpy()
        whole = np.rint(weight / scale).astype(np.int8)
        graph.initializer.remove(tensor)
        graph.initializer.append(numpy_helper.from_array(whole, f"{name}.int8"))
        graph.initializer.append(numpy_helper.from_array(scale.astype(np.float32), f"{name}.scale"))
        nodes.append(
            helper.make_node("Cast", [f"{name}.int8"], [f"{name}.cast"], to=TensorProto.FLOAT)
        )
        nodes.append(helper.make_node("Mul", [f"{name}.cast", f"{name}.scale"], [name]))
    rest = list(graph.node)
    del graph.node[:]
    graph.node.extend([*nodes, *rest])


def _floats(pool: Pool) -> NDArray[np.float32]:
    """The first variants as the runtime's batches are: (N, 1, 28, 28) in [0, 1]."""
    batch: NDArray[np.float32] = pool.images[:, :1].numpy().astype(np.float32) / np.float32(255)
    return batch


def check_parity(path: Path, model: nn.Module, pool: Pool) -> float:
    """Largest difference between the file's logits and torch's, on up to 1,000 images.

    Raises:
        ExportError: If it is over 1e-4.
    """
    head = Pool(pool.name, pool.images[:PARITY_IMAGES], pool.labels[:PARITY_IMAGES])
    expected = predict(model, head, torch.device("cpu")).numpy()
    logits, _ = OnnxSession(path).run(_floats(head))
    worst = float(np.abs(logits - expected).max())
    if worst > PARITY_TOLERANCE:
        raise ExportError(f"{path} differs from torch by {worst:.2e} on a logit; at most 1e-4")
    return worst


def measure_int8(path: Path, pool: Pool) -> dict[str, float]:
    """What onnxruntime's integer kernels would gain and cost: quantised in memory, not shipped.

    Returns:
        accuracy_change in points on the pool, and speed_ratio: the float model's median time for
        one raster over the quantised one's; over 1 means that int8 is faster.
    """
    import tempfile

    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    images = _floats(pool)

    class Reader(CalibrationDataReader):  # type: ignore[misc]
        def __init__(self) -> None:
            self.batches = iter(np.array_split(images[:500], 5))

        def get_next(self) -> dict[str, np.ndarray[Any, Any]] | None:
            batch = next(self.batches, None)
            return None if batch is None else {INPUT_NAME: batch}

    with tempfile.TemporaryDirectory() as folder:
        ready, quantised = Path(folder) / "ready.onnx", Path(folder) / "int8.onnx"
        quant_pre_process(str(path), str(ready), skip_symbolic_shape=True)
        quantize_static(
            str(ready), str(quantised), Reader(), quant_format=QuantFormat.QDQ, per_channel=True
        )
        sessions = [OnnxSession(path), OnnxSession(quantised)]
        size = quantised.stat().st_size
    right = [float((s.run(images)[0].argmax(1) == pool.labels.numpy()).mean()) for s in sessions]
    times: list[list[float]] = [[], []]
    for _ in range(300):
        for k, session in enumerate(sessions):
            start = time.perf_counter()
            session.run(images[:1])
            times[k].append(time.perf_counter() - start)
    return {
        "accuracy_change": round(100 * (right[1] - right[0]), 3),
        "speed_ratio": round(float(np.median(times[0]) / np.median(times[1])), 3),
        "bytes": size,
    }
