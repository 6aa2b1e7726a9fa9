"""An encoder by the name that `--model` takes."""

from __future__ import annotations

from pathlib import Path

from server.indexing.bundled_model import BUNDLED, BundledEncoder, is_ours
from server.indexing.sentence_model import SentenceTransformersEncoder


def load_encoder(model: str = BUNDLED) -> BundledEncoder | SentenceTransformersEncoder:
    """The bundled model for its name, else the sentence-transformers model of that name or folder.

    A folder that holds a model like the bundled one is run as that is, without torch. Raises
    EncoderError when the model cannot be loaded.
    """
    if model == BUNDLED:
        return BundledEncoder()
    folder = Path(model)
    return BundledEncoder(folder) if is_ours(folder) else SentenceTransformersEncoder(model)
