"""Pictures in, from files and from the clipboard; upright ones of bounded size out.

The runtime opens the files, as it knows which are safe to decode.
"""

from __future__ import annotations

import io
import logging
import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from PIL import Image, ImageGrab, ImageOps, UnidentifiedImageError

from inkdigit.errors import ImageTooLargeError, InkDigitError
from inkdigit.images import MAX_PIXELS, MAX_SIDE_PX, decode_image, load_image, plain_image
from inkdigit_app.core.file_list import PICTURE_SUFFIXES
from inkdigit_app.core.page import Picture
from inkdigit_app.core.words.language import tr

__all__ = ["from_bytes", "from_clipboard", "from_file", "from_image", "path_in_text"]

log = logging.getLogger(__name__)

MAX_PATHS_TEXT = 1_000_000  # characters; a longer text is no list of copied files
JPEG_QUALITY = 92  # keeps pen strokes clean without storing a photo's grain; not tuned


def from_file(path: str | os.PathLike[str]) -> Picture:
    """Open a picture.

    Raises:
        InkDigitError: If there is no such file, or it is no picture.
    """
    return from_image(load_image(path), Path(path).name)


def from_bytes(content: bytes, name: str) -> Picture:
    """Open a picture from the bytes of its file; raises as `from_file`."""
    return from_image(decode_image(content, name), name)


def from_image(image: Image.Image, name: str) -> Picture:
    """Turn a picture upright, and reduce it as the runtime does.

    Raises:
        ImageTooLargeError: If it has more pixels than are safe to hold.
    """
    if image.width * image.height > MAX_PIXELS:
        raise ImageTooLargeError(
            f"{name} is {image.width:,} × {image.height:,} pixels; expected at most"
            f" {MAX_PIXELS:,} in all: reduce it first"
        )
    is_photo = image.format in ("JPEG", "MPO", "WEBP")
    upright = plain_image(ImageOps.exif_transpose(image))
    if upright.mode == "LA":
        upright = upright.convert("RGBA")  # a mode that the screen knows
    factor = -(-max(upright.size) // MAX_SIDE_PX)
    if factor > 1:
        upright = upright.reduce(factor)
    buffer = io.BytesIO()
    if is_photo and upright.mode in ("L", "RGB"):
        upright.save(buffer, "JPEG", quality=JPEG_QUALITY)
    else:
        upright.save(buffer, "PNG")
    return Picture(buffer.getvalue(), upright.size, name)


def from_clipboard(text: str) -> Picture | None:
    """Open the picture on the clipboard, or the file whose path is there.

    Args:
        text: The text on the clipboard; "" for none.

    Returns:
        The picture, or None where there is none.

    Raises:
        InkDigitError: If there is one that cannot be read.
    """
    path = path_in_text(text)
    if path is not None:
        return from_file(path)
    try:
        found = ImageGrab.grabclipboard()
    except UnidentifiedImageError:
        return None  # text, say
    except NotImplementedError as exc:  # Linux, with neither xclip nor wl-paste
        if text.strip():
            return None  # it holds text, so no tool would find a picture
        raise InkDigitError(tr("to paste pictures, install xclip or wl-clipboard")) from exc
    except (OSError, ChildProcessError) as exc:
        log.info("the clipboard: %s", exc)
        raise InkDigitError(tr("the clipboard holds no picture that can be read")) from exc
    if isinstance(found, Image.Image):
        return from_image(found, "Clipboard")
    if found:  # paths of copied files
        return from_file(found[0])
    return None


def path_in_text(text: str) -> Path | None:
    """The picture file at the path or file URL in a text, or None; of several the first."""
    lines = text.strip().splitlines() if len(text) < MAX_PATHS_TEXT else []
    paths = [_path_in_line(line.strip().strip("\"'")) for line in lines]
    return None if None in paths else next(iter(paths), None)


def _path_in_line(line: str) -> Path | None:
    if line.startswith("file://"):
        line = unquote(urlsplit(line).path)
        if os.name == "nt":
            line = line.lstrip("/")
    if "\0" in line:
        return None
    path = Path(line)
    return path if path.suffix.lower() in PICTURE_SUFFIXES and path.is_absolute() else None
