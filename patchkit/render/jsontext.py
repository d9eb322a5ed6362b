"""Text of strangers as a value of a JSON document (face floor)."""

from __future__ import annotations

import base64
from typing import Any

from patchkit.model.series import encode_name


def json_text(content: bytes) -> Any:
    """The value that stands for these bytes: a string, or `{"base64": ...}` if not UTF-8."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode()}


def json_name(text: str) -> Any:
    """The value that stands for a name whose bytes that are not UTF-8 are surrogates."""
    return json_text(encode_name(text))
