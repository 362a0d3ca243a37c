"""The ink network: a picture in, for each pixel the probability that it is handwriting out."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from inkdigit._picture.look import RULE_PX

__all__ = ["InkNet"]

LOCAL_PX = 4  # local light is measured on means of this many pixels,
LOCAL_CELLS = 9  # this many of them in a row: about the size of a digit
QUIETEST = 3.0  # grey levels of deviation below which a picture is taken for noise
TURNS = 2  # times that the blocks at 1/8 and 1/16 run
WHOLE = 16  # what the network keeps of the picture as a whole, in numbers
PLACES = 4  # cells across the picture that the network knows apart


class NormedConv(nn.Module):
    """A convolution and batch norm, in one product where the statistics are kept as they are."""

    def __init__(
        self,
        before: int,
        after: int,
        kernel: int,
        stride: int = 1,
        dilation: int = 1,
        groups: int = 1,
    ) -> None:
        super().__init__()
        self.reach = dilation * (kernel // 2)
        self.conv = nn.Conv2d(
            before, after, kernel, stride, self.reach, dilation, groups=groups, bias=False
        )
        self.norm: nn.BatchNorm2d | None = nn.BatchNorm2d(after)

    def forward(self, x: Tensor) -> Tensor:
        """(N, before, H, W) to (N, after, H / stride, W / stride)."""
        if self.norm is None:
            same: Tensor = self.conv(x)
            return same
        if self.training:
            normed: Tensor = self.norm(self.conv(x))
            return normed
        weight, bias = self._folded(self.norm)
        conv = self.conv
        return F.conv2d(x, weight, bias, conv.stride, self.reach, conv.dilation, conv.groups)

    def fold(self) -> None:
        """Become the one convolution that does the same."""
        if self.norm is not None:
            weight, bias = self._folded(self.norm)
            self.conv.weight = nn.Parameter(weight.detach())
            self.conv.bias = nn.Parameter(bias.detach())
            self.norm = None

    def _folded(self, norm: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
        assert norm.running_mean is not None and norm.running_var is not None
        scale = norm.weight * (norm.running_var + norm.eps).rsqrt()
        weight = self.conv.weight * scale[:, None, None, None]
        return weight, norm.bias - norm.running_mean * scale


class Block(nn.Module):
    """Depthwise and pointwise convolution with a way around them."""

    def __init__(self, channels: int, kernel: int, dilation: int = 1) -> None:
        super().__init__()
        self.spread = NormedConv(channels, channels, kernel, 1, dilation, channels)
        self.mix = NormedConv(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the same."""
        return F.relu(x + self.mix(F.relu(self.spread(x))))


def _convolution(before: int, after: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(NormedConv(before, after, 3, stride), nn.ReLU())


def _halved(before: int, after: int) -> nn.Sequential:
    """Half the size, by a depthwise and a pointwise convolution."""
    return nn.Sequential(
        NormedConv(before, before, 3, 2, groups=before), NormedConv(before, after, 1), nn.ReLU()
    )


class InkNet(nn.Module):
    """A small U-Net that starts and ends at half the picture's size.

    Three outputs: ink of any hand; ink of the one digit that is meant, the one in the middle; and,
    in cells of `RULE_PX` pixels, where rules and frames run.
    What is print and what handwriting shows in the large, and costs little to compute there: most
    weights are at 1/8 and 1/16 of the size, and their blocks run twice.

    Args:
        channels: At 1/2, 1/4, 1/8 and 1/16 of the picture's size.
    """

    def __init__(self, channels: tuple[int, int, int, int] = (16, 28, 48, 70)) -> None:
        super().__init__()
        one, two, three, four = channels
        self.stem = nn.Sequential(_convolution(24, one), Block(one, 3))
        self.down2 = nn.Sequential(_convolution(one, two, 2), Block(two, 3))
        self.down3 = _halved(two, three)
        self.coarse = nn.Sequential(Block(three, 3), Block(three, 3))
        self.down4 = _halved(three, four)
        self.deep = nn.Sequential(Block(four, 5), Block(four, 5, dilation=2), Block(four, 5))
        self.place = nn.Parameter(torch.zeros(1, four, PLACES, PLACES))
        self.whole = nn.Sequential(nn.Linear(four, WHOLE), nn.ReLU(), nn.Linear(WHOLE, four))
        self.up3 = nn.Conv2d(four, three, 1)
        self.join3 = Block(three, 5)
        self.up2 = nn.Conv2d(three, two, 1)
        self.join2 = Block(two, 3)
        self.near = Block(two, 5)
        self.gate = nn.Conv2d(two, 1, 1)
        for weights in self.gate.parameters():
            nn.init.zeros_(weights)
        self.ruled = nn.Conv2d(two, 1, 1)
        self.up1 = nn.Conv2d(two, one, 1)
        self.join1 = nn.Sequential(Block(one, 5), Block(one, 3))
        self.head = nn.Conv2d(one, 8, 3, padding=1)

    def forward(self, pixels: Tensor) -> Tensor:
        """Find the ink.

        Args:
            pixels: (N, 3, H, W) float32 from 0 to 255; sides are multiples of `MULTIPLE`.

        Returns:
            (N, 3, H, W) logits: any ink, ink of the digit that is meant, and rules.
        """
        half = self.stem(F.pixel_unshuffle(normalized(pixels), 2))
        quarter = self.down2(half)
        eighth = self.down3(quarter)
        for _ in range(TURNS):
            eighth = self.coarse(eighth)
        deep = self.down4(eighth)
        # Where on the picture it is, whatever its size: the digit that is meant is in the middle.
        size = (deep.shape[2], deep.shape[3])
        deep = deep + F.interpolate(self.place, size, mode="bilinear", align_corners=False)
        for _ in range(TURNS):
            deep = self.deep(deep)
            deep = deep + self.whole(deep.mean((2, 3)))[:, :, None, None]
        up = self.join3(F.relu(eighth + _doubled(self.up3(deep))))
        up = self.join2(F.relu(quarter + _doubled(self.up2(up))))
        # Which digit is meant shows in the large; the gate takes it past the fine levels.
        near = self.near(up)
        gate, ruled = self.gate(near), self.ruled(near)
        up = self.join1(F.relu(half + _doubled(self.up1(up))))
        both = F.pixel_shuffle(self.head(up), 2)
        gate = F.interpolate(gate, scale_factor=4.0, mode="bilinear", align_corners=False)
        ruled = F.interpolate(ruled, scale_factor=float(RULE_PX), mode="nearest")
        return torch.cat([both[:, :1], both[:, 1:] + gate, ruled], 1)


def normalized(pixels: Tensor) -> Tensor:
    """(N, 6, H, W): colours by the picture's own contrast, and by that of their surroundings."""
    pixels = pixels - pixels.mean((1, 2, 3), keepdim=True)
    spread = (pixels * pixels).mean((1, 2, 3), keepdim=True)
    whole = pixels / (spread + QUIETEST**2).sqrt()
    means = _local(pixels)
    rest = pixels - means
    power = _local((rest * rest).mean(1, keepdim=True))
    return torch.cat([whole, rest / (power + QUIETEST**2).sqrt()], 1)


def _local(values: Tensor) -> Tensor:
    """Mean over the surroundings of each pixel, in steps of `LOCAL_PX`."""
    cells = F.avg_pool2d(values, LOCAL_PX)
    padding = LOCAL_CELLS // 2
    means = F.avg_pool2d(cells, LOCAL_CELLS, 1, padding, count_include_pad=False)
    return F.interpolate(means, scale_factor=float(LOCAL_PX), mode="nearest")


def _doubled(values: Tensor) -> Tensor:
    return F.interpolate(values, scale_factor=2.0, mode="nearest")
