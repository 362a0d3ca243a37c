"""What can be undone and redone: steps on the page, and below them the pages that were left.

A page comes with steps of its own, so opening one from the history does not hide them. Undo goes
through these first, and then back to the page that was on the canvas before.
"""

from __future__ import annotations

from dataclasses import dataclass

from inkdigit_app.core.page import Page, PageSteps, PenStroke, Step

__all__ = ["LEFT_BYTES", "UndoStack"]

# A page of 10,000 strokes can be undone to its beginning.
STEPS_BYTES = 2 << 20
# Half an hour of scribbling, 1,800 strokes, may add 5 MB to the app (`app_bench.py memory`). It
# added 6.0 with 2 MB of pages kept, 5.1 with 1 MB and 4.6 with this, enough for 700 strokes.
LEFT_BYTES = 1 << 19
STEP_BYTES = 200  # of a step, without its strokes; measured with tracemalloc: 170
STROKE_BYTES = 350  # of a stroke, without its points; likewise: 335
POINT_BYTES = 8
CHECK_EVERY = 64  # steps: adding up what they take costs more than making one


@dataclass(eq=False)
class _Desk:
    """A page that was left, with its steps."""

    page: Page
    past: list[Step]
    future: list[Step]

    @property
    def bytes(self) -> int:
        picture = len(self.page.picture.content) if self.page.picture else 0
        return picture + sum(map(_stroke_bytes, self.page.strokes)) + _steps_bytes(self.past)


class UndoStack:
    """Steps within a bound of memory; the oldest are forgotten first.

    Args:
        limit: In bytes, of the page's own steps.
        left: Of the pages that were left. The last of them is kept however large it is.
    """

    def __init__(self, limit: int = STEPS_BYTES, left: int = LEFT_BYTES) -> None:
        self._limit, self._left_limit = limit, left
        self._past: list[Step] = []
        self._future: list[Step] = []
        self._left: list[_Desk] = []  # pages that were on the canvas before
        self._ahead: list[_Desk] = []  # pages that undo has left
        self._unchecked = 0

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to undo."""
        return bool(self._past or self._left)

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to redo."""
        return bool(self._future or self._ahead)

    @property
    def steps(self) -> PageSteps:
        """Those of the page on the canvas."""
        return PageSteps(tuple(self._past), tuple(self._future))

    def record(self, before: Page, after: Page) -> None:
        """The page on the canvas has changed."""
        self._past.append(Step.between(after, before))
        self._future.clear()
        self._ahead.clear()
        self._unchecked += 1
        if self._unchecked >= CHECK_EVERY:
            self._forget_oldest()

    def leave(self, page: Page, steps: PageSteps) -> None:
        """Another page, with steps of its own, takes the place of this one."""
        self._left.append(_Desk(page, self._past, []))
        self._ahead.clear()
        self.load(steps)
        self._forget_oldest()

    def load(self, steps: PageSteps) -> None:
        """Take the steps of the page that is now on the canvas."""
        self._past, self._future = list(steps.past), list(steps.future)

    def clear(self) -> None:
        """Forget everything."""
        for stack in (self._past, self._future, self._left, self._ahead):
            stack.clear()

    def undo(self, page: Page) -> Page:
        """The state before this one; the same where there is none."""
        return self._go(page, self._past, self._future, self._left, self._ahead)

    def redo(self, page: Page) -> Page:
        """The state after this one; the same where there is none."""
        return self._go(page, self._future, self._past, self._ahead, self._left)

    def _go(
        self,
        page: Page,
        source: list[Step],
        target: list[Step],
        pages: list[_Desk],
        others: list[_Desk],
    ) -> Page:
        if source:
            reached = source.pop().apply(page)
            target.append(Step.between(reached, page))
            return reached
        if pages:
            others.append(_Desk(page, self._past, self._future))
            desk = pages.pop()
            self._past, self._future = desk.past, desk.future
            return desk.page
        return page

    def _forget_oldest(self) -> None:
        self._unchecked = 0
        spare = min(self._left_limit, self._limit - _steps_bytes(self._past))
        kept: list[_Desk] = []
        for desk in reversed(self._left):
            spare -= desk.bytes
            if spare < 0 and kept:
                break
            kept.append(desk)
        self._left = kept[::-1]
        if _steps_bytes(self._past) > self._limit:
            self._left = []  # they come after all of the page's own steps
            total = 0
            for count, step in enumerate(reversed(self._past)):
                total += _step_bytes(step)
                if total > self._limit:
                    del self._past[: len(self._past) - max(count, 1)]
                    break


def _steps_bytes(steps: list[Step]) -> int:
    return sum(map(_step_bytes, steps))


def _step_bytes(step: Step) -> int:
    # What a step removes is on the page, or another step adds it.
    return STEP_BYTES + sum(_stroke_bytes(stroke) for _, stroke in step.added)


def _stroke_bytes(stroke: PenStroke) -> int:
    return STROKE_BYTES + POINT_BYTES * len(stroke.stroke)
