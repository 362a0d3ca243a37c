"""Training examples varied: batches of rasters on the device, and zeros with a bar drawn through.

Position, slant and bends come from one warp with one resampling, so that thin strokes stay sharp.
"""

from __future__ import annotations

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from inkdigit import Ink, Stroke
from inkdigit._pixels.measure import INK_LEVEL

__all__ = ["Augment", "mixed", "slash"]

# Ranges at strength 1, set by judgement, not by a search. Rotation and shear: the slants people
# write with; scale and shift: what framing by box and centre of mass leaves over.
ROTATION_RAD = 0.22
SHEAR = 0.25
LOG_SCALE = 0.14
SHIFT = 0.12  # of half the side: 1.7 px
BEND = 0.05  # standard deviation of the bend's 5×5 control grid, of half the side: 0.7 px
STROKE_CHANGE_PX = 2.0  # a stroke becomes up to this much thinner or thicker
# Proportions that people write and the data hardly has: 7 with a long tail, 9 with a narrow loop.
# The part below a knot becomes up to 2.4 times as long, or the one above it 1.5 times. With 2.4 for
# both, sixes and fours came to look like ones with a foot, and such ones were read as 6 and 4.
LONGER_BELOW, LONGER_ABOVE = 2.4, 1.5
SHORTER = 1.4  # or this many times as short
KNOT = (0.25, 0.75)  # where the two parts meet, as a fraction of the height
NARROWER, WIDER = 1.9, 1.15  # the whole becomes up to so many times as narrow, or as wide,
NARROWEST = 0.33  # but no narrower than this, over its height: a loop needs so much
MIN_STROKE_PX = 0.8  # a thinner stroke would break
BLURRED = 0.3  # fraction of the rasters that are blurred, at any strength
BLUR_PX = (0.3, 1.0)  # standard deviation of the blur
NOISY = 0.2  # fraction of the rasters that get grain
FAINTER, STRONGER = 0.3, 0.4  # contrast falls or rises by up to these fractions

# The bar through a zero; set by judgement.
BAR_SLOPES_DEG = (-5.0, 80.0)  # from level to nearly upright
BAR_RISING = 0.9  # fraction of the bars that rise to the right
BAR_REACH = (0.7, 1.9)  # from the middle, in half-widths of the zero along the bar


class Augment(nn.Module):
    """Vary each raster of a batch independently.

    Randomness comes from torch's global generator: seed it before a call to repeat the call.

    Args:
        strength: Scales the ranges; 1 is the standard, 0 leaves the batch as it is.
        noise: Largest standard deviation of the grain, at strength 1.
        stretched: Fraction of the rasters whose proportions change, at any strength above 0.
    """

    def __init__(self, strength: float = 1.0, noise: float = 0.0, stretched: float = 0.0) -> None:
        super().__init__()
        self.strength = strength
        self.noise = noise
        self.stretched = stretched

    @torch.no_grad()
    def forward(self, batch: Tensor) -> Tensor:
        """Vary a batch (N, 1, 28, 28) of floats in [0, 1], 1 = ink; shape and range stay."""
        if self.strength == 0:
            return batch
        batch = vary_stroke(batch, STROKE_CHANGE_PX * self.strength)
        batch = warp(batch, self.strength, self.stretched)
        batch = blur(batch)
        low, high = 1 - FAINTER * self.strength, 1 + STRONGER * self.strength
        contrast = _uniform(len(batch), batch, low, high).view(-1, 1, 1, 1)
        batch = (batch * contrast).clamp_(0, 1)
        return grain(batch, self.noise * self.strength) if self.noise else batch


def warp(batch: Tensor, strength: float, stretched: float = 0.0) -> Tensor:
    """Stretch, rotate, shear, scale, shift and bend rasters, in one resampling.

    Args:
        batch: (N, 1, 28, 28) in [0, 1].
        strength: Scales all ranges but those of stretching.
        stretched: Fraction of the rasters that are stretched.
    """
    count, _, height, width = batch.shape

    def spread(limit: float) -> Tensor:
        return _uniform(count, batch, -limit * strength, limit * strength)

    angle, shear = spread(ROTATION_RAD), spread(SHEAR)
    scale_x, scale_y = spread(LOG_SCALE).exp(), spread(LOG_SCALE).exp()
    cosine, sine = angle.cos(), angle.sin()
    rows = [
        torch.stack([cosine * scale_x, (shear - sine) * scale_y, spread(SHIFT)], 1),
        torch.stack([sine * scale_x, cosine * scale_y, spread(SHIFT)], 1),
    ]
    grid = F.affine_grid(torch.stack(rows, 1), list(batch.shape), align_corners=False)
    bends = torch.randn(count, 2, 5, 5, device=batch.device) * (BEND * strength)
    bends = F.interpolate(bends, (height, width), mode="bicubic", align_corners=True)
    grid = grid + bends.permute(0, 2, 3, 1)
    count_stretched = round(stretched * count)
    if count_stretched:
        chosen = torch.randperm(count, device=batch.device)[:count_stretched]
        grid[chosen] = _unstretched(grid[chosen], batch[chosen])
    return F.grid_sample(batch, grid, align_corners=False)


def _unstretched(grid: Tensor, batch: Tensor) -> Tensor:
    """Where to look in rasters for what lies at `grid` once they are stretched and framed again.

    A part of the digit, above or below a knot, becomes longer or shorter, and the whole narrower
    or wider. Framing then scales both axes alike, so that the digit is as tall as before, and puts
    the centre of mass in the middle.
    """
    count, height = len(batch), batch.shape[2]
    rows = batch[:, 0].sum(2)
    inked = (batch[:, 0] > INK_LEVEL).any(2).float()
    at = (torch.arange(height, device=batch.device) + 0.5) * 2 / height - 1
    top = at[inked.argmax(1)] - 1 / height
    bottom = -at[inked.flip(1).argmax(1)] + 1 / height
    tall = (bottom - top).clamp(min=4 / height)
    knot = _uniform(count, batch, *KNOT)
    above = torch.rand(count, device=batch.device) < 0.5
    longer = torch.where(above, LONGER_ABOVE * SHORTER, LONGER_BELOW * SHORTER)
    factor = longer ** _uniform(count, batch, 0, 1) / SHORTER
    length = torch.where(above, knot * factor, knot) + torch.where(
        above, 1 - knot, (1 - knot) * factor
    )
    # Slopes of the map from old to new heights, which takes [top, bottom] to itself.
    upper = torch.where(above, factor, torch.ones_like(factor)) / length
    lower = torch.where(above, torch.ones_like(factor), factor) / length
    width = _uniform(count, batch, -math.log(NARROWER), math.log(WIDER)).exp() / length
    aspect = (batch[:, 0] > INK_LEVEL).any(1).sum(1) * 2 / height / tall
    width = torch.maximum(width.clamp(max=WIDER), (NARROWEST / aspect).clamp(max=1))
    turn = top + knot * tall  # the knot before, and after:
    turned = top + knot * upper * tall
    away = at - turn[:, None]
    slopes = torch.where(away < 0, upper[:, None], lower[:, None])
    moved = turned[:, None] + away * slopes
    mass = rows * slopes
    middle = (mass * moved).sum(1) / mass.sum(1).clamp(min=1e-6)
    x = grid[..., 0] / width[:, None, None]
    away = grid[..., 1] + middle[:, None, None] - turned[:, None, None]
    slopes = torch.where(away < 0, upper[:, None, None], lower[:, None, None])
    return torch.stack([x, turn[:, None, None] + away / slopes], 3)


def vary_stroke(batch: Tensor, change_px: float) -> Tensor:
    """Thin a third of the strokes and thicken a third, each by up to `change_px`.

    Done at twice the size, where a step of one pixel is half a pixel on each side; between steps
    the two neighbours are mixed.
    """
    third = len(batch) // 3
    if third == 0:
        return batch
    order = torch.randperm(len(batch), device=batch.device)
    thin, thick = order[:third], order[third : 2 * third]
    varied = batch.clone()
    spare = (_stroke_width(batch[thin]) - MIN_STROKE_PX).clamp(min=0)
    amount = torch.minimum(_uniform(third, batch, 0, change_px), spare)
    varied[thin] = 1 - _dilate(1 - batch[thin], amount)
    varied[thick] = _dilate(batch[thick], _uniform(third, batch, 0, change_px))
    return varied


def _dilate(batch: Tensor, amount: Tensor) -> Tensor:
    """Widen what is bright by `amount` (N,) px in all, half of it on each side."""
    steps = [F.interpolate(batch, scale_factor=2, mode="bilinear", align_corners=False)]
    for _ in range(int(amount.max().ceil())):
        steps.append(_dilate_by_a_plus(steps[-1]))
    stack = torch.stack(steps)
    lower = amount.floor().long().clamp(max=len(steps) - 1)
    upper = (lower + 1).clamp(max=len(steps) - 1)
    each = torch.arange(len(batch), device=batch.device)
    fraction = (amount - lower).view(-1, 1, 1, 1)
    mixed = stack[lower, each] * (1 - fraction) + stack[upper, each] * fraction
    # Adding the change to the raster keeps its edges, which enlarging and shrinking would soften.
    return (batch + F.avg_pool2d(mixed - steps[0], 2)).clamp_(0, 1)


def _dilate_by_a_plus(batch: Tensor) -> Tensor:
    """Each pixel's maximum with its four neighbours: by slices, faster than max_pool2d on a CPU."""
    out = batch.clone()
    for here, there in ((slice(1, None), slice(None, -1)), (slice(None, -1), slice(1, None))):
        out[..., here, :] = torch.maximum(out[..., here, :], batch[..., there, :])
        out[..., here] = torch.maximum(out[..., here], batch[..., there])
    return out


def _stroke_width(batch: Tensor) -> Tensor:
    """(N,) mean stroke width in pixels; the runtime's `stroke_width` for a batch."""
    padded = F.pad(batch, (1, 1, 1, 1))
    dx = padded[..., :-1, 1:] - padded[..., :-1, :-1]
    dy = padded[..., 1:, :-1] - padded[..., :-1, :-1]
    outline = (dx.square() + dy.square()).sqrt().sum((1, 2, 3))
    return 2 * batch.sum((1, 2, 3)) / outline.clamp(min=1e-6)


def blur(batch: Tensor) -> Tensor:
    """Blur `BLURRED` of the rasters by a Gaussian cut off at 3×3."""
    count, _, height, width = batch.shape
    # Drawn on the CPU, so that a seed blurs the same rasters on every device.
    blurred = torch.rand(count) < BLURRED
    deviation = torch.rand(count) * (BLUR_PX[1] - BLUR_PX[0]) + BLUR_PX[0]
    side = torch.exp(-0.5 / deviation.square())
    weights = torch.stack([side, torch.ones(count), side], 1)
    weights = (weights / weights.sum(1, keepdim=True)).to(batch.device)
    soft = F.pad(batch, (1, 1, 1, 1), mode="reflect").view(1, count, height + 2, width + 2)
    soft = F.conv2d(soft, weights.view(count, 1, 1, 3), groups=count)
    soft = F.conv2d(soft, weights.view(count, 1, 3, 1), groups=count)
    return torch.where(blurred.to(batch.device).view(-1, 1, 1, 1), soft.view(batch.shape), batch)


def grain(batch: Tensor, most: float) -> Tensor:
    """Add Gaussian noise of a standard deviation up to `most` to `NOISY` of the rasters."""
    count = len(batch)
    deviation = _uniform(count, batch, 0, most) * (_uniform(count, batch, 0, 1) < NOISY)
    return (batch + torch.randn_like(batch) * deviation.view(-1, 1, 1, 1)).clamp_(0, 1)


def mixed(batch: Tensor, fraction: float) -> tuple[Tensor, Tensor, Tensor]:
    """Lay another raster over some of a batch, each fainter than alone.

    Args:
        batch: (N, 1, 28, 28) in [0, 1].
        fraction: Of the rasters.

    Returns:
        The batch, the index of each one's partner (N,), and each one's own share (N,), from 0.5 to
        1; it is 1 for those that stay as they are.
    """
    count = len(batch)
    share = torch.ones(count, device=batch.device)
    partners = torch.randperm(count, device=batch.device)
    some = round(fraction * count)
    if some:
        share[:some] = _uniform(some, batch, 0.5, 1)
        share = share[torch.randperm(count, device=batch.device)]
        own = share.view(-1, 1, 1, 1)
        batch = batch * own + batch[partners] * (1 - own)
    return batch, partners, share


def _uniform(count: int, like: Tensor, low: float, high: float) -> Tensor:
    return torch.empty(count, device=like.device).uniform_(low, high)


def slash(zero: Ink, rng: np.random.Generator) -> Ink:
    """Draw a straight bar through a zero, as many people do.

    Such zeros are rare in the data; before they were added here, they were 17 of the 41 misread ink
    digits. The bar's slope, length and position are random.
    """
    left, top, right, bottom = zero.bounds
    half = np.array([max(right - left, 1e-3), max(bottom - top, 1e-3)]) / 2
    angle = np.deg2rad(rng.uniform(*BAR_SLOPES_DEG))
    direction = np.array([np.cos(angle), -np.sin(angle)])  # y points down
    if rng.uniform() > BAR_RISING:
        direction[0] = -direction[0]
    # From the middle to the ellipse inscribed in the zero's box, along the bar.
    reach = 1 / np.sqrt(np.square(direction / half).sum())
    middle = np.array([left + right, top + bottom]) / 2 + rng.uniform(-0.15, 0.15, 2) * half
    ends = [middle + way * direction * reach * rng.uniform(*BAR_REACH) for way in (-1, 1)]
    return Ink([*zero, Stroke(np.stack(ends).astype(np.float32))])
