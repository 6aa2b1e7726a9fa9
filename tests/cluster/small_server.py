"""`bangda serve` with the tests' own encoder: a server that is up in a second.

python -m tests.cluster.small_server LIBRARY DATA        the database by BANGDA_DATABASE
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from flask import Flask

from server.app import create_app
from server.base.config import Config
from server.parts import parts_of
from server.wire.serving import listen, run
from tests.support import CharacterEncoder


def main(library: str, data: str) -> None:
    Path(library).mkdir(parents=True, exist_ok=True)
    listener = listen("127.0.0.1", 0)
    port = int(listener.getsockname()[1])
    address = os.environ["BANGDA_DATABASE"]
    config = Config(Path(library), Path(data), port=port, database_address=address)

    def make() -> Flask:
        app = create_app(config, CharacterEncoder())
        parts_of(app).peers.worker.start()
        print(f"http://127.0.0.1:{port}", flush=True)
        return app

    run(listener, make, lambda app: parts_of(app).close())


if __name__ == "__main__":
    main(*sys.argv[1:])
