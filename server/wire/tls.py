"""TLS for a team in one room: the shop's own certificate, or one made here by a local root.

An extension cannot be told to trust one certificate, so each agent's machine installs the root
once (docs/security.md). The root's key never leaves the data folder; the server's certificate is
made anew when it runs out or the machine gets another address.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from server.base.config import TlsFiles
from server.base.errors import ConfigError

_ROOT_DAYS = 3650
_SERVER_DAYS = 397
_RENEW_DAYS = 30
_ROOT, _ROOT_KEY = "root.crt", "root.key"
_CERT, _KEY = "server.crt", "server.key"


@dataclass(frozen=True)
class _Pair:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def own_certificate(certificate: Path, key: Path) -> TlsFiles:
    """The shop's own certificate. Raises ConfigError when the files are none or do not fit."""
    try:
        made = x509.load_pem_x509_certificate(certificate.read_bytes())
        private = serialization.load_pem_private_key(key.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise ConfigError(
            f"{certificate} and {key} are no certificate and key ({error}); expected PEM files "
            "without a password"
        ) from error
    if private.public_key().public_numbers() != made.public_key().public_numbers():  # type: ignore[union-attr]
        raise ConfigError(f"{key} is not the key of {certificate}; name the one it was made with")
    return TlsFiles(certificate, key, None, _fingerprint(made))


def local_certificate(folder: Path, names: Sequence[str]) -> TlsFiles:
    """A certificate for these names by the local root of a data folder, both made when missing."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    root = _read(folder / _ROOT, folder / _ROOT_KEY)
    if root is None or _ends_soon(root.certificate):
        root = _root()
        _write(folder / _ROOT, folder / _ROOT_KEY, root)
    served = _read(folder / _CERT, folder / _KEY)
    if served is None or not _fits(served.certificate, root.certificate, names):
        served = _served(root, names)
        _write(folder / _CERT, folder / _KEY, served)
    return TlsFiles(folder / _CERT, folder / _KEY, folder / _ROOT, _fingerprint(root.certificate))


def _root() -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    made_on = datetime.now(UTC).date().isoformat()
    name = _named(f"bangda {socket.gethostname()} {made_on}")
    builder = (
        _begun(name, name, key, _ROOT_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
    )
    return _Pair(builder.sign(key, hashes.SHA256()), key)


def _served(root: _Pair, names: Sequence[str]) -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        _begun(_named("bangda"), root.certificate.subject, key, _SERVER_DAYS)
        .add_extension(x509.SubjectAlternativeName(_alternatives(names)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )
    return _Pair(builder.sign(root.key, hashes.SHA256()), key)


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # Agents' clocks may be a little behind.
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _alternatives(names: Iterable[str]) -> list[x509.GeneralName]:
    made: list[x509.GeneralName] = []
    for name in ("localhost", "127.0.0.1", *names):
        try:
            made.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            made.append(x509.DNSName(name.encode("idna").decode()))
    return list(dict.fromkeys(made))


def _fits(served: x509.Certificate, root: x509.Certificate, names: Sequence[str]) -> bool:
    held = served.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    named = set(_alternatives(names)) <= set(held)
    return named and served.issuer == root.subject and not _ends_soon(served)


def _ends_soon(certificate: x509.Certificate) -> bool:
    return certificate.not_valid_after_utc < datetime.now(UTC) + timedelta(days=_RENEW_DAYS)


def _read(certificate: Path, key: Path) -> _Pair | None:
    """The pair of two files, None when one is missing or damaged."""
    try:
        made = x509.load_pem_x509_certificate(certificate.read_bytes())
        private = serialization.load_pem_private_key(key.read_bytes(), None)
    except (OSError, ValueError):
        return None
    return _Pair(made, private) if isinstance(private, ec.EllipticCurvePrivateKey) else None


def _write(certificate: Path, key: Path, pair: _Pair) -> None:
    key.touch(mode=0o600)
    if os.name == "posix":
        key.chmod(0o600)
    key.write_bytes(
        pair.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    certificate.write_bytes(pair.certificate.public_bytes(serialization.Encoding.PEM))


def _fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 in pairs, as browsers and systems show it."""
    digest = sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest().upper()
    return ":".join(digest[place : place + 2] for place in range(0, len(digest), 2))
