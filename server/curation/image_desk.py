"""Images of a shop as the console keeps them: put in, taken out, told in the audit trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from server.base.errors import EntryError
from server.catalog.catalog import Catalog
from server.curation.curator import Curator
from server.library import Shop
from server.library.image_shelf import MOST_IMAGES, put_image, remove_image
from server.library.images import MOST_BYTES, ImageError, image_type


class ImageDesk:
    """The one way in which the console changes a shop's image files."""

    def __init__(self, catalog: Catalog, curator: Curator) -> None:
        self._catalog = catalog
        self._curator = curator

    def put(self, shop_id: str, files: Sequence[tuple[str, bytes]], *, who: str) -> list[str]:
        """Keeps every file (name, content), or none where one is refused; returns their names.

        Raises EntryError naming the file and what is wrong with it.
        """
        for file_name, content in files:
            _check(file_name, content)
        folder = self._catalog.root / shop_id
        with self._curator.changing:
            kept = []
            for file_name, content in files:
                try:
                    name, new = put_image(folder, file_name, content)
                except ImageError as error:
                    raise EntryError(
                        str(error), "images_full", "files", most=MOST_IMAGES
                    ) from error
                kept.append(name)
                if new:
                    self._curator.note(who, f"{shop_id}/{name}", {"image": "put"})
        return list(dict.fromkeys(kept))

    def remove(self, shop: Shop, name: str, *, who: str) -> None:
        """Takes an image away that nothing shows. Raises EntryError."""
        users = image_users(shop).get(name, [])
        if users:
            raise EntryError(
                f"{name!r} is shown by {', '.join(users[:5])}", "image_used", found=name,
                users="、".join(users[:5]),
            )  # fmt: skip
        with self._curator.changing:
            try:
                remove_image(self._catalog.root / shop.id, name)
            except ImageError as error:
                raise EntryError(str(error), "image_missing", found=name[:80]) from error
            self._curator.note(who, f"{shop.id}/{name}", {"image": "removed"})


def image_users(shop: Shop) -> Mapping[str, list[str]]:
    """By image: the titles of scripts and names of products that show it."""
    found: dict[str, list[str]] = {}
    for script in shop.scripts:
        for name in script.images:
            found.setdefault(name, []).append(script.title or script.id)
    for product in shop.products:
        for name in product.images:
            found.setdefault(name, []).append(product.name)
    return found


def _check(file_name: str, content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise EntryError(
            f"{file_name[:80]} has {len(content)} bytes; expected at most {MOST_BYTES}",
            "image_large", "files", found=file_name[:80], size=f"{len(content) / 1024 / 1024:.1f}",
        )  # fmt: skip
    if not image_type(content):
        raise EntryError(
            f"{file_name[:80]} is no image; expected png, jpg, gif or webp", "image_kind", "files",
            found=file_name[:80],
        )  # fmt: skip
