"""Images of scripts and products: files in the shop's folder, known by their first bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from server.base.errors import BangdaError
from server.library.model import Shop

# Chat pages take these; svg is left out, which may hold code.
ENDINGS = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
}
MOST_BYTES = 2 * 1024 * 1024
_LONGEST_HEAD = 12


class ImageError(BangdaError):
    """An image that cannot be shown; `missing` when there is simply no such file."""

    def __init__(self, message: str, *, missing: bool = False) -> None:
        super().__init__(message)
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Image:
    """An image as it lies in the shop's folder."""

    name: str
    media_type: str
    content: bytes


def is_address(name: str) -> bool:
    """Whether an entry is an address elsewhere: it is named, never fetched."""
    return "://" in name


def image_names(shop: Shop) -> frozenset[str]:
    """The files that some script or product of the shop shows."""
    lists = [
        *(script.images for script in shop.scripts),
        *(product.images for product in shop.products),
    ]
    return frozenset(name for names in lists for name in names if not is_address(name))


def image_type(content: bytes) -> str:
    """The media type of an image that chat pages take; "" for anything else."""
    return _media_type(content)


def read_image(folder: Path, name: str) -> Image:
    """The image `name` of a shop's folder. Raises ImageError."""
    path = inside(folder, name)
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise ImageError(f"{name} is no file in {folder.name}; expected an image", missing=True)
        if size > MOST_BYTES:
            raise ImageError(
                f"{name} has {size} bytes; expected at most {MOST_BYTES}; make it smaller"
            )
        content = path.read_bytes()
    except OSError as error:
        raise ImageError(
            f"{name} cannot be read in {folder.name} ({error.strerror}); "
            "put the image into the shop's folder",
            missing=isinstance(error, FileNotFoundError),
        ) from error
    media_type = _media_type(content)
    if media_type not in ENDINGS:
        raise ImageError(f"{name} is no image; expected {', '.join(_names())}")
    if path.suffix.lower() not in ENDINGS[media_type]:
        expected = " or ".join(ENDINGS[media_type])
        raise ImageError(f"{name} holds {media_type}; rename it so that it ends in {expected}")
    return Image(name, media_type, content)


def inside(folder: Path, name: str) -> Path:
    """The path of a file of the folder. Raises ImageError for one that leads out of it."""
    parts = PurePosixPath(name).parts
    plain = parts and not any(part == ".." or part.startswith(".") for part in parts)
    if not plain or "\\" in name or "\0" in name or ":" in name or name.startswith("/"):
        raise ImageError(f"{name[:80]!r} is no file name; expected one below the shop's folder")
    path = folder.joinpath(*parts)
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ImageError(f"{name[:80]!r} leads out of the shop's folder; copy the image into it")
    return path


def _media_type(content: bytes) -> str:
    head = content[:_LONGEST_HEAD]
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    return "image/webp" if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else ""


def _names() -> Iterator[str]:
    return (ending for endings in ENDINGS.values() for ending in endings)
