"""The shop's images: uploaded, looked at, taken away."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from flask import Blueprint, Response, abort, g, redirect, request, url_for

from server.base.errors import EntryError
from server.curation.image_desk import image_users
from server.library import Shop
from server.library.image_shelf import images_in
from server.library.images import MOST_BYTES, ImageError, image_names, read_image
from server.web.lead.common import Console, page, say, show

_MOST_FILES = 20
_MAX_UPLOAD = _MOST_FILES * (MOST_BYTES + 64 * 1024)


def add(lead: Blueprint, console: Console) -> None:
    """The images' routes."""

    @lead.before_request
    def allow_images() -> None:
        if request.endpoint == "lead.images_put":
            request.max_content_length = _MAX_UPLOAD

    def again(_console: Console, shop: Shop) -> str:
        return _page(console, shop)

    @lead.get("/<shop>/images")
    @page(console)
    def images(shop: Shop) -> Any:
        return _page(console, shop)

    @lead.post("/<shop>/images")
    @page(console, again=again)
    def images_put(shop: Shop) -> Any:
        console.must_publish(shop)
        given = [file for file in request.files.getlist("files") if file.filename]
        if not given:
            raise EntryError("no file was chosen", "images_none", "files")
        if len(given) > _MOST_FILES:
            raise EntryError(
                f"{len(given)} files; expected at most {_MOST_FILES}", "images_many", "files",
                most=_MOST_FILES,
            )  # fmt: skip
        files = []
        for file in given:
            with closing(file):
                files.append((str(file.filename), file.stream.read(MOST_BYTES + 1)))
        kept = console.images.put(shop.id, files, who=g.account.name)
        say("images_put", names="、".join(kept))
        return redirect(url_for("lead.images", shop=shop.id))

    @lead.post("/<shop>/images/remove")
    @page(console, again=again)
    def images_remove(shop: Shop) -> Any:
        console.must_publish(shop)
        name = request.form.get("name", "")
        console.images.remove(shop, name, who=g.account.name)
        say("images_removed", name=name)
        return redirect(url_for("lead.images", shop=shop.id))

    @lead.get("/<shop>/image")
    @page(console)
    def shop_image(shop: Shop) -> Any:
        name = request.args.get("name", "")
        folder = console.parts.catalog.root / shop.id
        if name not in image_names(shop) and name not in {one.name for one in images_in(folder)}:
            abort(404)
        try:
            image = read_image(folder, name)
        except ImageError:
            abort(404)
        return Response(image.content, content_type=image.media_type)


def _page(console: Console, shop: Shop) -> str:
    return show(
        "images.html",
        "products",
        shelved=images_in(console.parts.catalog.root / shop.id),
        users=image_users(shop),
        may_publish=console.may_publish(shop),
        most_files=_MOST_FILES,
    )
