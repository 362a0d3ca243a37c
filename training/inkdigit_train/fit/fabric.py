"""Lightning Fabric for this machine: the device, the precision, one process or several."""

from __future__ import annotations

import os

import torch
from lightning_fabric import Fabric

__all__ = ["make_fabric"]


def make_fabric(device: str = "auto", precision: str = "auto") -> Fabric:
    """Launch Fabric on this machine, or as this process's part of a torchrun job.

    Args:
        device: auto, cpu, cuda or mps.
        precision: auto, fp32 or bf16. Auto is bf16 where the hardware multiplies in it.
    """
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if precision == "auto":
        precision = "bf16" if _multiplies_in_bf16(device) else "fp32"
    here, world = (int(os.environ.get(name, "1")) for name in ("LOCAL_WORLD_SIZE", "WORLD_SIZE"))
    fabric = Fabric(
        accelerator=device,
        devices=here,
        num_nodes=world // here,
        strategy="ddp" if world > 1 else "auto",
        precision="bf16-mixed" if precision == "bf16" else "32-true",
    )
    fabric.launch()
    return fabric


def _multiplies_in_bf16(device: str) -> bool:
    if device == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    # A CPU without AMX tiles emulates bf16, at 0.6 times fp32's speed on a Xeon.
    has_tiles = getattr(torch.cpu, "_is_amx_tile_supported", None)
    return device == "cpu" and has_tiles is not None and bool(has_tiles())
