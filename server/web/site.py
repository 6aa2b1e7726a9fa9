"""Home, sign-in, connecting a browser, the extension's modules as static files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    g,
    make_response,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)

from server.accounts.tokens import Auth
from server.base.config import TlsFiles, shipped
from server.base.errors import AuthError, TooManyTriesError
from server.catalog.catalog import Catalog
from server.web.access import require, sign_in, sign_out
from server.web.entries import local_path
from server.web.texts import LANGUAGE_COOKIE, LANGUAGES

_YEAR_S = 365 * 24 * 3600
_ASSET_FOLDERS = ("src", "_locales", "icons")


def build_site(auth: Auth, catalog: Catalog, tls: TlsFiles | None = None) -> Blueprint:
    """The blueprint."""
    site = Blueprint(
        "site",
        __name__,
        template_folder="templates",
        static_folder="static",
        static_url_path="/static/site",
    )

    @site.get("/")
    def home() -> Any:
        if g.account is None:
            return redirect(url_for("site.signin"))
        return render_template("home.html", problems=catalog.trouble, remarks=catalog.remarks)

    @site.get("/signin")
    def signin() -> str:
        return render_template("signin.html", error="", next=request.args.get("next", ""))

    @site.post("/signin")
    def signin_token() -> Any:
        address = request.remote_addr or ""
        try:
            auth.tries.check(address)
            sign_in(auth, auth.grant(request.form.get("token", "").strip()).account)
        except AuthError as error:
            many = isinstance(error, TooManyTriesError)
            if not many:
                auth.tries.failed(address, "sign-in")
            again = render_template("signin.html", error=str(error), next=request.form.get("next"))
            return make_response(again, 429 if many else 401)
        return redirect(local_path(request.form.get("next", "")))

    @site.post("/signout")
    def signout() -> Any:
        sign_out(auth)
        return redirect(url_for("site.signin"))

    @site.get("/language/<name>")
    def choose_language(name: str) -> Any:
        if name not in LANGUAGES:
            abort(404)
        answer = make_response(redirect(local_path(request.args.get("next", ""))))
        answer.set_cookie(LANGUAGE_COOKIE, name, max_age=_YEAR_S, samesite="Strict")
        return answer

    @site.get("/connect")
    @require("lead", "admin")
    def connect() -> str:
        code = auth.open_code(g.account.shop, g.account)
        return render_template("connect.html", code=code, folder=shipped("extension"), tls=tls)

    @site.get("/static/bangda-root.crt")
    def root_certificate() -> Any:
        """The local root, to be installed on agents' machines; it is public by nature."""
        if tls is None or tls.root is None:
            abort(404)
        answer = Response(tls.root.read_bytes(), mimetype="application/x-x509-ca-cert")
        answer.headers["Content-Disposition"] = "attachment; filename=bangda-root.crt"
        return answer

    @site.get("/assets/extension/<path:name>")
    def extension_asset(name: str) -> Response:
        if Path(name).parts[0] not in _ASSET_FOLDERS:
            abort(404)
        return send_from_directory(shipped("extension"), name)

    return site
