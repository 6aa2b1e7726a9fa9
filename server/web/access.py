"""Sign-in by session cookie, roles, and the headers that every page carries."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    abort,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.exceptions import RequestEntityTooLarge

from server.accounts.extension_id import EXTENSION_ORIGIN
from server.accounts.gate import Gate
from server.accounts.tokens import Auth
from server.store import Account
from server.web.texts import LANGUAGES, language, t

# Which draft of the browser is saved (`static/drafts.js`); its name is percent-encoded there.
SAVED_COOKIE = "bangda_saved"
_DRAFT = re.compile(r"[\w%.~!*'()-]{1,1500}", re.ASCII)
# A name with labels of 63 signs at most, or an address; anything else is nobody's.
_HOST = re.compile(
    r"(?:(?:[\w-]{1,63}\.){0,8}[\w-]{1,63}\.?|\[[\da-fA-F:.]{2,45}\])(?::\d{1,5})?", re.ASCII
)
View = TypeVar("View", bound=Callable[..., Any])
_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


def guard(app: Flask, auth: Auth, gate: Gate) -> None:
    """Refuses foreign hosts and origins, knows who is signed in, sets the headers."""
    app.wsgi_app = _named_hosts(app.wsgi_app)  # type: ignore[method-assign]

    @app.before_request
    def check() -> None:
        if not gate.host_allowed(request.host):
            abort(403, t("site.foreign_host"))
        if not gate.origin_allowed(request.headers.get("Origin")):
            abort(403, t("site.foreign_page"))
        if request.method not in ("GET", "HEAD", "OPTIONS") and _cross_site():
            abort(403, t("site.foreign_page"))
        g.grant = auth.page(session.get("page", ""))
        g.account = g.grant.account if g.grant else None
        g.language = language()

    @app.after_request
    def headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", _POLICY)
        response.headers["X-Content-Type-Options"] = "nosniff"
        # Not `no-referrer`: Chromium then sends `Origin: null` with the forms of our own pages.
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if request.headers.get("Origin") == EXTENSION_ORIGIN:
            response.headers["Access-Control-Allow-Origin"] = EXTENSION_ORIGIN
            response.headers["Access-Control-Allow-Headers"] = "authorization, content-type"
            response.headers["Vary"] = "Origin"
        _confirm_draft(response)
        if g.get("account") is not None and request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    @app.context_processor
    def names() -> dict[str, Any]:
        return {
            "t": t,
            "account": g.get("account"),
            "language": g.get("language", "zh"),
            "languages": LANGUAGES,
        }


def _named_hosts(app: Any) -> Any:
    """Refuses a `Host` that no name can be: the framework fails on it before it asks anybody."""

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        if not _HOST.fullmatch(environ.get("HTTP_HOST", "localhost")):
            start_response("400 Bad Request", [("Content-Type", "text/plain")])
            return [b"the Host header is no name; expected that of this server\n"]
        return app(environ, start_response)

    return answer


def _confirm_draft(response: Response) -> None:
    """Tells the browser that what a form held is saved, so that its draft can go."""
    # What was refused is not read here either: it may be too large for it.
    if request.method != "POST" or response.status_code >= 400 or g.get("refused"):
        return
    try:
        draft = request.form.get("draft", "")
    except RequestEntityTooLarge:
        return  # whoever answered had no need to read it
    if _DRAFT.fullmatch(draft):
        response.set_cookie(SAVED_COOKIE, draft, max_age=600, samesite="Strict")


def _cross_site() -> bool:
    """A browser says where a request comes from; clients that are none send nothing."""
    site = request.headers.get("Sec-Fetch-Site", "none")
    extension = request.headers.get("Origin") == EXTENSION_ORIGIN
    return site not in ("same-origin", "none") and not extension


def sign_in(auth: Auth, account: Account) -> None:
    """Starts the page session of an account; the one before it ends."""
    sign_out(auth)
    session["page"] = auth.open_page(account)
    session.permanent = True
    g.grant = auth.page(session["page"])
    g.account = account


def sign_out(auth: Auth) -> None:
    """Ends the page session on the server, so that a copied cookie opens nothing."""
    if "page" in session:
        auth.end_page(session["page"])
    session.clear()


def _form_page() -> str:
    """The page that a form was sent from: where its draft is, and where to go on."""
    here = request.form.get("here", "")
    parts = urlsplit(request.referrer or "")
    query = f"?{parts.query}" if parts.query else ""
    return here or (f"{parts.path}{query}" if parts.netloc == request.host else "")


def require(*roles: str) -> Callable[[View], View]:
    """Lets a view answer only people of these roles; others are sent to sign in or refused."""

    def wrap(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            account: Account | None = g.get("account")
            if account is None:
                if request.method == "GET":
                    return redirect(url_for("site.signin", next=request.full_path.rstrip("?")))
                return render_template("signin.html", ended=True, next=_form_page()), 401
            if roles and account.role not in roles:
                abort(403, t("site.wrong_role"))
            return view(*args, **kwargs)

        return checked  # type: ignore[return-value]

    return wrap
