"""Brings the app's table of texts up to date: `python mobile/make_locales.py [--check]`.

Collects the texts from the code into locales/inkdigit.pot, adds new ones to each language's .po,
drops those that are gone, and compiles each .po to the .mo that the app reads. A translator fills
in what is empty in a .po; this compiles it. --check changes nothing and fails where something is
out of date or not translated.
"""

from __future__ import annotations

import argparse
import ast
import re
import struct
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

APP = Path(__file__).resolve().parent / "inkdigit_app"
LOCALES = APP / "locales"
IN_KV = re.compile(r'lang\.tr\(("(?:[^"\\]|\\.)*")\)')
FORMS = 2  # of a plural: one and other, as in all the app's languages
HEADER = (
    "Project-Id-Version: inkdigit\nLanguage: {language}\nMIME-Version: 1.0\n"
    "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n"
    "Plural-Forms: nplurals=2; plural=(n != 1);\n"
)


@dataclass
class Message:
    """A text of the app, or with its plural two, and what they are in a language."""

    text: str
    plural: str = ""
    forms: list[str] = field(default_factory=list)  # "" where it is not translated
    files: list[str] = field(default_factory=list)  # that have it


def main(argv: Sequence[str] | None = None) -> int:
    """Update or check; 1 where a check finds something."""
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0] + ".")
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args(argv).check
    texts = collect(APP)
    wanted = {LOCALES / "inkdigit.pot": dump(texts.values(), "").encode()}
    missing = []
    for path in sorted(LOCALES.glob("*/LC_MESSAGES/*.po")):
        language = path.parts[-3]
        known = parse(path.read_text(encoding="utf-8"))
        messages = [
            Message(m.text, m.plural, known[key].forms if key in known else [], m.files)
            for key, m in texts.items()
        ]
        missing += [f"{language}: {m.text}" for m in messages if not is_complete(m)]
        wanted[path] = dump(messages, language).encode()
        wanted[path.with_suffix(".mo")] = compile_messages(messages, language)
    stale = [p for p, new in wanted.items() if not p.is_file() or p.read_bytes() != new]
    for path in stale:
        if not check:
            path.write_bytes(wanted[path])
        sys.stdout.write(f"{path.relative_to(APP)} {'is out of date' if check else 'written'}\n")
    for text in missing:
        sys.stdout.write(f"not translated, {text}\n")
    return int(check and bool(stale or missing))


def collect(folder: Path) -> dict[tuple[str, str], Message]:
    """All texts of the code in a folder, by text and plural, in their files' order."""
    found: dict[tuple[str, str], Message] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".py", ".kv"):
            source = path.read_text(encoding="utf-8")
            for key in _in_python(source) if path.suffix == ".py" else _in_kv(source):
                message = found.setdefault(key, Message(*key))
                name = path.relative_to(folder).as_posix()
                if name not in message.files:
                    message.files.append(name)
    return found


def is_complete(message: Message) -> bool:
    """Whether every form is translated."""
    wanted = FORMS if message.plural else 1
    return len(message.forms) == wanted and all(message.forms)


def dump(messages: Iterable[Message], language: str) -> str:
    """Messages as a .po file, or as a .pot where there is no language."""
    lines = [f'msgid ""\nmsgstr ""\n{_quoted_lines(HEADER.format(language=language))}']
    for message in messages:
        count = FORMS if message.plural else 1
        forms = (message.forms + [""] * count)[:count] if language else [""] * count
        entry = [f"#: {' '.join(message.files)}", f"msgid {_quote(message.text)}"]
        if message.plural:
            entry.append(f"msgid_plural {_quote(message.plural)}")
            entry += [f"msgstr[{n}] {_quote(form)}" for n, form in enumerate(forms)]
        else:
            entry.append(f"msgstr {_quote(forms[0])}")
        lines.append("\n".join(entry))
    return "\n\n".join(lines) + "\n"


def parse(text: str) -> dict[tuple[str, str], Message]:
    """The messages of a .po file, without its header."""
    found: dict[tuple[str, str], Message] = {}
    for block in text.split("\n\n"):
        fields: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            match = re.match(r'(msgid_plural|msgid|msgstr(?:\[\d\])?)?\s*(".*")$', line)
            if match:
                name = match[1] or name
                fields[name] = fields.get(name, "") + ast.literal_eval(match[2])
        if fields.get("msgid"):
            key = fields["msgid"], fields.get("msgid_plural", "")
            forms = [form for name, form in sorted(fields.items()) if name.startswith("msgstr")]
            found[key] = Message(*key, forms)
    return found


def compile_messages(messages: Sequence[Message], language: str) -> bytes:
    """Messages as the .mo file that `gettext` reads, without those not translated.

    The format is GNU gettext's, section "The Format of GNU MO Files" of its manual.
    """
    table = {b"": HEADER.format(language=language).encode()}
    for message in filter(is_complete, messages):
        texts = [message.text, message.plural] if message.plural else [message.text]
        table["\0".join(texts).encode()] = "\0".join(message.forms).encode()
    keys = sorted(table)
    start = 28 + 16 * len(keys)
    offsets: dict[str, list[tuple[int, int]]] = {"keys": [], "values": []}
    content = b""
    for kind, items in (("keys", keys), ("values", [table[key] for key in keys])):
        for item in items:
            offsets[kind].append((len(item), start + len(content)))
            content += item + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(keys), 28, 28 + 8 * len(keys), 0, start)
    pairs = [*offsets["keys"], *offsets["values"]]
    return head + b"".join(struct.pack("<2I", *pair) for pair in pairs) + content


def _in_python(source: str) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            constants = [a.value for a in node.args if isinstance(a, ast.Constant)]
            texts = [value for value in constants if isinstance(value, str)]
            if name == "tr" and len(texts) == 1:
                yield texts[0], ""
            elif name == "ntr" and len(texts) >= FORMS:
                yield texts[0], texts[1]


def _in_kv(source: str) -> Iterator[tuple[str, str]]:
    return ((ast.literal_eval(match[1]), "") for match in IN_KV.finditer(source))


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _quoted_lines(text: str) -> str:
    return "\n".join(_quote(line) for line in text.splitlines(keepends=True))


if __name__ == "__main__":
    sys.exit(main())
