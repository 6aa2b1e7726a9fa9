"""An image of a script for an agent's panel: only what the agent's own shop shows."""

from __future__ import annotations

import base64
from pathlib import Path

from server.base.errors import ProtocolError
from server.library import Shop
from server.library.images import ImageError, image_names, read_image
from server.protocol.frames import ImageFile, ImageRequest


def image_of(shop: Shop, folder: Path, request: ImageRequest) -> ImageFile:
    """The image that is asked for. Raises ProtocolError for one that cannot be shown."""
    name = request.image
    if name not in image_names(shop):
        raise ProtocolError(
            "no_image", f"no script of {shop.id} shows {name[:80]!r}; expected one of its `images`"
        )
    try:
        image = read_image(folder, name)
    except ImageError as error:
        raise ProtocolError("no_image" if error.missing else "bad_image", str(error)) from error
    content = base64.b64encode(image.content).decode("ascii")
    return ImageFile(
        request_id=request.request_id, image=name, media_type=image.media_type, content=content
    )
