"""The round of "Teach my digits": which digit comes next, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from inkdigit_app.core.words.language import tr

__all__ = ["TIMES", "Round"]

TIMES = 3  # how often each digit is asked for: two minutes of writing in all


@dataclass(frozen=True)
class Round:
    """0 to 9, then again, so that the shapes of a digit are not copies of each other."""

    step: int = 0

    @property
    def digit(self) -> int:
        """The digit to write."""
        return self.step % 10

    @property
    def time(self) -> int:
        """Which time all digits come round, from 1."""
        return self.step // 10 + 1

    @property
    def progress(self) -> float:
        """How much is done, 0 to 1."""
        return self.step / (10 * TIMES)

    @property
    def over(self) -> bool:
        """Whether all digits have been asked for."""
        return self.step >= 10 * TIMES

    @property
    def prompt(self) -> str:
        """What to do, in words."""
        text = (
            tr("Write an {digit} · round {time} of {times}")
            if self.digit == 8
            else tr("Write a {digit} · round {time} of {times}")
        )
        return text.format(digit=self.digit, time=self.time, times=TIMES)

    def next(self) -> Round:
        """The round after this digit was written or skipped."""
        return replace(self, step=self.step + 1)
