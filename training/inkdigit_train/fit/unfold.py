"""An exported model in, a network to train further out: what `export` folded is taken apart again.

A checkpoint is needed to go on with a run; the shipped model is enough to start another one.
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import onnx
import torch
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from onnx import numpy_helper
from torch import Tensor, nn

from inkdigit_train.errors import CheckpointError
from inkdigit_train.fit.models import CALIBRATION, Calibration, DigitNet

__all__ = ["unfold"]


def unfold(path: Path, net: DigitNet, images: Tensor) -> None:
    """Give a network the weights of an exported model, without its calibration.

    Batch norm was folded into the convolutions, so its mean and variance are measured anew, and its
    gain and shift are set so that the network answers as the model does.

    Args:
        path: A model.onnx of `export`.
        net: Of the same size; changed.
        images: (N, 1, 28, 28) uint8, 255 = ink, to measure batch norm's statistics on.

    Raises:
        CheckpointError: If the file cannot be read, or holds another network.
    """
    try:
        model = onnx.load(path)
    except (OSError, DecodeError) as exc:
        raise CheckpointError(f"{path} cannot be read as an exported model ({exc})") from exc
    try:
        weights = _weights(model)
        said = {entry.key: entry.value for entry in model.metadata_props}
        calibration = Calibration(*(float(said[key]) for key in CALIBRATION))
        with torch.no_grad():
            _set_all(net.eval(), weights, images.float() / 255)
            for values in net.digits.parameters():
                values.mul_(calibration.temperature)
            net.none.bias.sub_(calibration.shift)
            for values in net.none.parameters():
                values.div_(calibration.factor)
    except (KeyError, RuntimeError, ValueError) as exc:
        raise CheckpointError(f"{path} holds no network of the config's size ({exc})") from exc


def _weights(model: onnx.ModelProto) -> dict[str, Tensor]:
    """The weights by name, those stored as int8 multiplied by their scales."""
    stored = {
        tensor.name: torch.from_numpy(np.array(numpy_helper.to_array(tensor), np.float32))
        for tensor in model.graph.initializer
    }
    rounded = [name.removesuffix(".int8") for name in stored if name.endswith(".int8")]
    return stored | {name: stored[f"{name}.int8"] * stored[f"{name}.scale"] for name in rounded}


def _set_all(net: DigitNet, weights: dict[str, Tensor], images: Tensor) -> None:
    features = images
    for index, block in enumerate(net.features):
        layers, name = list(cast(nn.Sequential, block)), f"features.{index}"
        conv = cast(nn.Conv2d, layers[0])
        conv.weight.copy_(weights[f"{name}.0.weight"])
        if isinstance(layers[1], nn.BatchNorm2d):
            _unfold_norm(layers[1], conv(features), weights[f"{name}.0.bias"])
        else:  # after pooling a norm is not folded
            for key in ("weight", "bias", "running_mean", "running_var"):
                getattr(layers[2], key).copy_(weights[f"{name}.2.{key}"])
        features = block(features)
    net.field.weight.copy_(weights["field.weight"])
    _unfold_norm(net.field_norm, net.field(features), weights["field.bias"])
    for key in ("digits.weight", "digits.bias", "none.weight", "none.bias"):
        net.get_parameter(key).copy_(weights[key])


def _unfold_norm(norm: nn.BatchNorm2d, before: Tensor, bias: Tensor) -> None:
    """Let a norm add the bias to what comes before it, and nothing else."""
    mean, variance = before.mean((0, 2, 3)), before.var((0, 2, 3))
    assert norm.running_mean is not None and norm.running_var is not None
    norm.running_mean.copy_(mean)
    norm.running_var.copy_(variance)
    norm.weight.copy_((variance + norm.eps).sqrt())
    norm.bias.copy_(bias + mean)
