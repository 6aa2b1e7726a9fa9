"""Bundles the kits' pages and serves them as the replay pages are served.

By hand: `python -m tests.e2e.kits.build FOLDER` serves them until Ctrl+C.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from tests.pages.build import PAGES, ROOT, install, serve

KITS = ("chatui", "chatscope", "deepchat", "vac", "botframework")
# No adapter is shipped for these.
FOREIGN = (
    "elements", "assistant", "antdx", "semi", "minchat", "botui", "nlux", "stream",
)  # fmt: skip
_HERE = Path(__file__).parent
_HTML = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{kit}</title>
<link rel="stylesheet" href="{kit}.css"><style>html,body,#root{{height:100%;margin:0}}</style>
<body><div id="root"></div>{before}<script type="module" src="{kit}.js"></script></body></html>
"""


def build_kits(target: Path, kits: tuple[str, ...] = KITS) -> Path:
    """Bundles the page of every kit of `kits` into `target`; returns it."""
    modules = install(
        Path(os.environ.get("BANGDA_KITS_MODULES", ROOT / ".work" / "kits")), _HERE / "package.json"
    )
    platform = next(path for path in (modules / "@esbuild").iterdir())
    sources = [f"{kit}={_source(kit)}" for kit in kits]
    options = ["--bundle", "--format=esm", "--minify", "--jsx=automatic", "--log-level=error",
               "--loader:.svg=dataurl", "--loader:.woff=dataurl", "--loader:.woff2=dataurl",
               '--define:process.env.NODE_ENV="production"', f"--outdir={target}"]  # fmt: skip
    subprocess.run(
        [str(platform / "bin" / "esbuild"), *sources, *options],
        check=True, env=os.environ | {"NODE_PATH": str(modules)},
    )  # fmt: skip
    shutil.copy(modules / "botframework-webchat" / "dist" / "webchat.js", target / "webchat.js")
    shutil.copy(PAGES / "harness.js", target / "harness.js")
    for kit in kits:
        before = '<script src="webchat.js"></script>' if kit == "botframework" else ""
        (target / f"{kit}.html").write_text(_HTML.format(kit=kit, before=before), "utf-8")
        (target / f"{kit}.css").touch()
    return target


def _source(kit: str) -> Path:
    return next(_HERE.glob(f"**/{kit}.js*"))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with serve(build_kits(folder, KITS + FOREIGN)) as address:
        sys.stdout.write("".join(f"{address}/{kit}.html\n" for kit in KITS + FOREIGN))
        sys.stdout.flush()
        threading.Event().wait()
