"""The runtime's numeric constants: found in its source, and changed for a while.

Only a module's own plain numbers are moved: `NAME = 0.3` or `ONE, OTHER = 1, 2.5`. What is computed
from them when a module is imported (a table, another constant, an argument's default) keeps its
value.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import inkdigit

__all__ = ["ROOMS", "Constant", "changed", "find_constants"]

ROOMS = ("_picture", "_segment", "_framing", "_decode")
PACKAGE = inkdigit.__name__
FOLDER = Path(inkdigit.__file__).parent


@dataclass(frozen=True)
class Constant:
    """A plain number of a module.

    Attributes:
        module: The module's full name.
        name: Its own, in capitals.
        value: What it is in the source.
    """

    module: str
    name: str
    value: int | float

    @property
    def full_name(self) -> str:
        """The module without the package's name, and the constant's name."""
        return f"{self.module.removeprefix(f'{PACKAGE}.')}.{self.name}"

    def scaled(self, factor: float) -> int | float:
        """The value times a factor; a whole number stays whole, and moves by 1 at least."""
        if isinstance(self.value, float):
            return self.value * factor
        whole = round(self.value * factor)
        step = 1 if (factor > 1) == (self.value >= 0) else -1
        return whole if whole != self.value else self.value + step


def find_constants(rooms: Sequence[str] = ROOMS) -> list[Constant]:
    """The constants of the rooms' modules, in the order of the source; no zero that is a float."""
    return [
        Constant(module, name, value)
        for room in rooms
        for module, tree in _modules(FOLDER / room)
        for name, value in _numbers(tree)
    ]


@contextmanager
def changed(constant: Constant, value: int | float) -> Iterator[None]:
    """Give a constant another value, in its module and in those that import it by name."""
    holders = [(constant.module, constant.name)]
    for importing, tree in _modules(FOLDER):
        holders += [(importing, name) for name in _copies(tree, constant)]
    attributes = [(importlib.import_module(module), name) for module, name in holders]
    try:
        for module, name in attributes:
            setattr(module, name, value)
        yield
    finally:
        for module, name in attributes:
            setattr(module, name, constant.value)


@lru_cache
def _modules(folder: Path) -> list[tuple[str, ast.Module]]:
    """The modules of a folder of the package, by their full names."""
    found = []
    for path in sorted(folder.rglob("*.py")):
        if path.stem != "__main__":  # it runs the command line
            parts = path.relative_to(FOLDER.parent).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found.append((name, ast.parse(path.read_text(encoding="utf-8"))))
    return found


def _numbers(tree: ast.Module) -> Iterator[tuple[str, int | float]]:
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            targets, value = statement.targets, statement.value
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            targets, value = [statement.target], statement.value
        else:
            continue
        for target in targets:
            yield from _assigned(target, value)


def _assigned(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, int | float]]:
    """The numbers that an assignment gives to names in capitals."""
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, other in zip(target.elts, value.elts, strict=False):
            yield from _assigned(one, other)
    elif isinstance(target, ast.Name) and target.id.isupper():
        try:
            number = ast.literal_eval(value)
        except ValueError:  # not a plain value
            return
        if type(number) is int or (type(number) is float and number):
            yield target.id, number


def _copies(tree: ast.Module, constant: Constant) -> Iterator[str]:
    """The names by which a module imports a constant."""
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.module == constant.module:
            for alias in statement.names:
                if alias.name == constant.name:
                    yield alias.asname or alias.name
