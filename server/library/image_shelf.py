"""The images in a shop's folder: listed, put there under a safe name, and taken away again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from server.base.yaml_files import write_bytes
from server.library.images import ENDINGS, MOST_BYTES, ImageError, image_type, inside

FOLDER = "images"
MOST_IMAGES = 200
_LONGEST_STEM = 60
_UNSAFE = re.compile(r"[^\w\u3400-\u9fff-]+")
# Names that Windows keeps for devices, whatever their ending.
_DEVICE = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)")


@dataclass(frozen=True, slots=True)
class Shelved:
    """An image file: its name as scripts write it, and its size in bytes."""

    name: str
    size: int


def images_in(folder: Path) -> list[Shelved]:
    """The image files below a shop's folder, told by their endings, by name; no hidden ones."""
    return sorted(_found(folder), key=lambda one: one.name)


def _found(folder: Path) -> Iterator[Shelved]:
    endings = {ending for known in ENDINGS.values() for ending in known}
    for path in folder.rglob("*"):
        place = path.relative_to(folder)
        hidden = path.is_symlink() or any(part.startswith(".") for part in place.parts)
        if path.suffix.lower() in endings and not hidden and path.is_file():
            yield Shelved(place.as_posix(), path.stat().st_size)


def put_image(folder: Path, file_name: str, content: bytes) -> tuple[str, bool]:
    """Puts an image into the shop's folder; returns its name there, and whether it is new.

    The name keeps letters, figures and Chinese of the file's own, with the ending that its bytes
    ask for. The same image again is the one that is there; another of the same name gets a number.
    Raises ImageError for what is no image or too large.
    """
    if len(content) > MOST_BYTES:
        raise ImageError(
            f"{file_name[:80]} has {len(content)} bytes; expected at most {MOST_BYTES}"
        )
    media_type = image_type(content)
    if not media_type:
        raise ImageError(f"{file_name[:80]} is no image; expected png, jpg, gif or webp")
    held = images_in(folder)
    for one in held:
        if one.size == len(content) and inside(folder, one.name).read_bytes() == content:
            return one.name, False
    if len(held) >= MOST_IMAGES:
        raise ImageError(f"the shop has {len(held)} images; expected at most {MOST_IMAGES}")
    taken = {one.name.casefold() for one in held}
    stem, ending = _stem(file_name), ENDINGS[media_type][0]
    name, number = f"{FOLDER}/{stem}{ending}", 1
    while name.casefold() in taken:
        number += 1
        name = f"{FOLDER}/{stem}-{number}{ending}"
    write_bytes(inside(folder, name), content)
    return name, True


def remove_image(folder: Path, name: str) -> None:
    """Takes an image file away. Raises ImageError where there is none of this name."""
    if name not in {one.name for one in images_in(folder)}:
        raise ImageError(f"{name[:80]!r} is no image of {folder.name}", missing=True)
    inside(folder, name).unlink()


def _stem(file_name: str) -> str:
    """A file name without folders, ending and anything that a system or a page stumbles over."""
    bare = PurePosixPath(unicodedata.normalize("NFKC", file_name).replace("\\", "/")).name
    stem = _UNSAFE.sub("-", bare.rpartition(".")[0] or bare).strip("-_")[:_LONGEST_STEM]
    if not stem:
        return "image"
    return f"image-{stem}" if _DEVICE.fullmatch(stem) else stem
