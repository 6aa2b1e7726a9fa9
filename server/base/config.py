"""One frozen `Config`; where files stand by default."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from server.base.errors import ConfigError

DEFAULT_PORT = 8765
DEFAULT_MODEL = "bangda-zh"
KEPT_LIBRARY = "last_good_library"
DATABASE_FILE = "bangda.db"
_PACKAGE = Path(__file__).resolve().parents[1]


def shipped(name: str) -> Path:
    """The folder `extension` or `scripts_library`: of the checkout, else inside the package."""
    beside = _PACKAGE.parent / name
    return beside if beside.is_dir() else _PACKAGE / "_shipped" / name


def rules_folder(library: Path) -> Path:
    """The rule files that go with a library: its own `rules/`, else the shipped ones."""
    own = library / "rules"
    return own if own.is_dir() else shipped("scripts_library") / "rules"


def default_library() -> Path:
    """`$BANGDA_LIBRARY`, else `scripts_library` here, else the shipped sample shops."""
    named = os.environ.get("BANGDA_LIBRARY")
    if named:
        return Path(named)
    here = Path("scripts_library")
    return here if here.is_dir() else shipped("scripts_library")


def default_data() -> Path:
    """`$BANGDA_DATA`, else the system's folder for this program's data."""
    named = os.environ.get("BANGDA_DATA")
    return Path(named) if named else Path(platformdirs.user_data_dir("bangda", appauthor=False))


def default_database() -> str:
    """`$BANGDA_DATABASE`, the address of a PostgreSQL database; "" for the data folder's file."""
    return os.environ.get("BANGDA_DATABASE", "")


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """PEM files of a server; `root` is the local root to be installed, None for an own certificate.

    `fingerprint` (SHA-256) is that of the root, else of the certificate: people compare it.
    """

    certificate: Path
    key: Path
    root: Path | None
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that is decided before the server starts."""

    library_dir: Path
    data_dir: Path
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    model: str = field(default_factory=lambda: os.environ.get("BANGDA_MODEL", DEFAULT_MODEL))
    allowed_hosts: tuple[str, ...] = ()
    demo: bool = False
    rebuild: bool = False
    backup_dir: Path | None = None
    shops_kept: int = 0
    tls: TlsFiles | None = None
    # Not in `repr`: an address may hold a password.
    database_address: str = field(default="", repr=False)

    @property
    def database(self) -> Path | str:
        """The SQLite file, or the address of the PostgreSQL database that stands in its place."""
        return self.database_address or self.data_dir / DATABASE_FILE

    @property
    def kept_library(self) -> Path:
        """The last library that read well: serves while the library's own files do not."""
        return self.data_dir / KEPT_LIBRARY

    @property
    def cache_dir(self) -> Path:
        """Vectors and index files: may be deleted at any time."""
        return self.data_dir / "cache"


def prepare_data_dir(path: Path) -> Path:
    """`path`, made if missing and proven writable. Raises ConfigError."""
    probe = path / ".writable"
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        if os.name == "posix":
            # What agents and shoppers wrote is for this account alone, whoever made the folder.
            path.chmod(0o700)
            # A copy of the folder takes the modes of what is in it along.
            for held in path.iterdir():
                if not held.is_symlink():
                    held.chmod(0o700 if held.is_dir() else 0o600)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise ConfigError(
            f"data folder {path} is not writable ({error.strerror}); expected a folder this "
            "account may write to; name another one: --data DIR"
        ) from error
    return path
