"""`import torchvision` beside a torch it was not built for; out comes the module.

PyPI's torchvision is built for CUDA. Beside a CPU-only torch its compiled half does not load, and
`import torchvision` then stops at "operator torchvision::nms does not exist": since 0.20 it gives
`nms` and `qnms` a shape rule at import, whether they were loaded or not. Its Python half (datasets,
transforms) needs neither, so it works once the two operators have a schema.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

import torch

__all__ = ["import_torchvision"]

# As torchvision's own C++ declares them (csrc/ops/nms.cpp, csrc/ops/quantized/cpu/qnms_kernel.cpp).
SCHEMAS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)
SYMPTOM = "operator torchvision::"

_libraries: list[torch.library.Library] = []  # a schema lives as long as its Library object


def import_torchvision() -> ModuleType:
    """Import torchvision, with stand-in operators only where its own cannot be loaded.

    Returns:
        The torchvision module. Where stand-ins were needed, calling `torchvision.ops.nms`
        raises RuntimeError; datasets and transforms are whole.

    Raises:
        ImportError: If torchvision is not installed.
    """
    try:
        return importlib.import_module("torchvision")
    except RuntimeError as exc:
        if SYMPTOM not in str(exc):
            raise
    # The failed import leaves its finished submodules behind; they are to see the schemas too.
    for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
        del sys.modules[name]
    if not _libraries:
        library = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
        for schema in SCHEMAS:
            library.define(schema)  # type: ignore[no-untyped-call]
        _libraries.append(library)
    return importlib.import_module("torchvision")
