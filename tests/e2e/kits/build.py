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
_HERE = Path(__file__).parent
_HTML = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{kit}</title>
<link rel="stylesheet" href="{kit}.css"><style>html,body,#root{{height:100%;margin:0}}</style>
<body><div id="root"></div>{before}<script type="module" src="{kit}.js"></script></body></html>
"""


def build_kits(target: Path) -> Path:
    """Bundles every kit's page into `target`; returns it."""
    modules = install(
        Path(os.environ.get("BANGDA_KITS_MODULES", ROOT / ".work" / "kits")), _HERE / "package.json"
    )
    platform = next(path for path in (modules / "@esbuild").iterdir())
    sources = [f"{kit}={next(_HERE.glob(f'{kit}.js*'))}" for kit in KITS]
    options = ["--bundle", "--format=esm", "--minify", "--jsx=automatic", "--log-level=error",
               "--loader:.svg=dataurl", '--define:process.env.NODE_ENV="production"',
               f"--outdir={target}"]  # fmt: skip
    subprocess.run(
        [str(platform / "bin" / "esbuild"), *sources, *options],
        check=True, env=os.environ | {"NODE_PATH": str(modules)},
    )  # fmt: skip
    shutil.copy(modules / "botframework-webchat" / "dist" / "webchat.js", target / "webchat.js")
    shutil.copy(PAGES / "harness.js", target / "harness.js")
    for kit in KITS:
        before = '<script src="webchat.js"></script>' if kit == "botframework" else ""
        (target / f"{kit}.html").write_text(_HTML.format(kit=kit, before=before), "utf-8")
        (target / f"{kit}.css").touch()
    return target


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with serve(build_kits(folder)) as address:
        sys.stdout.write("".join(f"{address}/{kit}.html\n" for kit in KITS))
        sys.stdout.flush()
        threading.Event().wait()
