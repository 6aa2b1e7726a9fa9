"""What was refused, told on the next page beside the field that is meant."""

from __future__ import annotations

from flask import flash, g

from server.base.errors import BangdaError
from server.web.said import said


def tell(error: BangdaError) -> None:
    """Tells an error on the page that comes next; what was typed stays a draft of the browser.

    The page's script (`drafts.js`) puts it beside the error's field; without one, or where the page
    has no such field, it stands on top.
    """
    g.refused = error
    field = getattr(error, "field", "")
    flash(said(error, beside=bool(field)), f"high:{field}")
