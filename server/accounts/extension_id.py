"""The fixed id of the browser extension: the only foreign Origin that the server answers."""

from typing import Final

EXTENSION_ID: Final = "mokiielaankohjlkpppmaminopmgmjlp"
"""First 128 bits of the SHA-256 of the manifest's `key`, written in the letters a to p."""

EXTENSION_ORIGIN: Final = f"chrome-extension://{EXTENSION_ID}"
