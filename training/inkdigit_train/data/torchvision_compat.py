"""`import torchvision` where its compiled half does not fit the installed torch.

The package index has torchvision built for CUDA only, so beside a CPU torch its operators do not
load, and `import torchvision` stops at "operator torchvision::nms does not exist". Datasets and
transforms need no operators: they work once `nms` and `qnms` are declared.
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
    """Import torchvision, and declare its missing operators if that is what stops the import.

    A declared operator raises RuntimeError when it is called; datasets and transforms work.

    Raises:
        ImportError: If torchvision is not installed.
    """
    try:
        return importlib.import_module("torchvision")
    except RuntimeError as exc:
        if SYMPTOM not in str(exc):
            raise
    # Import again from the start: submodules that finished before the error lack the operators.
    for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
        del sys.modules[name]
    if not _libraries:
        library = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
        for schema in SCHEMAS:
            library.define(schema)  # type: ignore[no-untyped-call]
        _libraries.append(library)
    return importlib.import_module("torchvision")
