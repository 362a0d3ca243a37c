"""A checkpoint of the ink network in, `ink.onnx` and `ink.json` out: in 8 bits, and checked."""

from __future__ import annotations

import copy
import hashlib
import tempfile
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from inkdigit import __version__
from inkdigit._picture.look import MULTIPLE
from inkdigit.files import write_atomic, write_json
from inkdigit.session import import_onnxruntime
from inkdigit_train.errors import ExportError
from inkdigit_train.fit.ink_net import InkNet, NormedConv
from inkdigit_train.fit.ink_train import load_ink_net
from inkdigit_train.publish.export import SMALLEST_ROUNDED, channel_scales, trace

__all__ = ["export_ink"]

MODEL = "ink.onnx"
PARAMETER_LIMIT = 60_000
PARITY_TOLERANCE = 1e-3  # largest difference to torch on any probability
PARITY_SIZES = ((64, 64), (48, 96), (160, 128))


class _Probabilities(nn.Module):
    """The network with its answers as probabilities."""

    def __init__(self, net: InkNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, pixels: Tensor) -> Tensor:
        """(N, 3, H, W) to (N, 3, H, W) in [0, 1]."""
        found: Tensor = self.net(pixels).sigmoid()
        return found


def export_ink(
    checkpoint: Path, folders: Sequence[Path], weights: Path | None = None
) -> dict[str, float]:
    """Write the averaged network of a checkpoint as ink.onnx, and what it is as ink.json.

    Args:
        checkpoint: A checkpoint of `train_ink`.
        folders: Where to write both. The model's input is "pixels" (N, 3, H, W) float32 from 0 to
            255, sides multiples of 16; its output "ink" (N, 3, H, W) float32 in [0, 1].
        weights: File for the averaged weights in full precision, from which `train_ink` can start;
            not written where left out.

    Returns:
        parameters, bytes, and the largest difference to torch on a probability.

    Raises:
        ExportError: If it is over the limit, or does not compute what torch computes.
    """
    net = load_ink_net(checkpoint)
    parameters = sum(p.numel() for p in net.parameters())
    if parameters > PARAMETER_LIMIT:
        raise ExportError(f"{parameters:,} parameters; at most {PARAMETER_LIMIT:,} are allowed")
    model = _Probabilities(_rounded(_folded(net))).eval()
    batch, tall, wide = (torch.export.Dim(name) for name in ("N", "h", "w"))
    shapes = {0: batch, 2: MULTIPLE * tall, 3: MULTIPLE * wide}
    proto = trace(model, torch.zeros(2, 3, 64, 96), "pixels", ["ink"], shapes)
    content = proto.SerializeToString()
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / MODEL
        path.write_bytes(content)
        parity = _check_parity(path, model)
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    about = {
        "inkdigit": __version__,
        "input": {"name": "pixels", "shape": ["N", 3, "H", "W"], "range": [0, 255]},
        "output": {
            "name": "ink",
            "shape": ["N", 3, "H", "W"],
            "range": [0, 1],
            "meaning": "ink of any hand; ink of the one digit that is meant; rules and frames",
        },
        "parameters": parameters,
        "weights": "int8, one scale an output channel; computed in float32",
        "data": "pages made by inkdigit_train.data.pages from MNIST and the ink of config.json",
        "training": state["config"],
        "steps": state["step"],
        "exported": datetime.now(timezone.utc).strftime("%Y-%m-%d"),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    if weights is not None:
        kept = {"average": state["average"], "config": state["config"], "step": state["step"]}
        write_atomic(weights, lambda stream: torch.save(kept, stream))
    for folder in folders:
        write_atomic(folder / MODEL, lambda stream: stream.write(content))
        write_json(folder / "ink.json", about)
    return {"parameters": parameters, "bytes": len(content), "parity": parity}


def _folded(net: InkNet) -> InkNet:
    """The same function with each batch norm folded into the convolution before it."""
    folded = copy.deepcopy(net).eval()
    for module in list(folded.modules()):
        if isinstance(module, NormedConv):
            module.fold()
    return folded


def _rounded(net: InkNet) -> InkNet:
    """The network with its large weights rounded to 8 bits and a scale a channel."""
    with torch.no_grad():
        for weight in net.parameters():
            if weight.numel() >= SMALLEST_ROUNDED and weight.ndim > 1:
                scale = channel_scales(weight)
                weight.copy_((weight / scale).round() * scale)
    return net


def _check_parity(path: Path, model: nn.Module) -> float:
    session = import_onnxruntime().InferenceSession(str(path), providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(0)
    worst = 0.0
    for size in PARITY_SIZES:
        pixels = rng.uniform(0, 255, (2, 3, *size)).astype(np.float32)
        with torch.no_grad():
            expected = model(torch.from_numpy(pixels)).numpy()
        worst = max(worst, float(np.abs(session.run(None, {"pixels": pixels})[0] - expected).max()))
    if worst > PARITY_TOLERANCE:
        raise ExportError(f"{path} differs from torch by {worst:.2e}; at most 1e-3")
    return worst
