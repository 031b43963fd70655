"""`SS_DATA_ENCRYPTION` and `SS_CRYPTO__*` in; what SINETStream would only fail on later, out."""

from __future__ import annotations

from ss_camera.settings.declare import clash, missing
from ss_camera.settings.values import Values

_SHORT = 8
_PREFIX = "SS_CRYPTO__"
SECRETS = (
    "SS_CRYPTO__PASSWORD",
    "SS_CRYPTO__PASSWORD__VALUE",
    "SS_CRYPTO__PASSWORD__PATH",
    "SS_CRYPTO__KEY",
)
"""One of them says what the key is."""


def names(values: Values) -> list[str]:
    """The settings of the cipher that are given."""
    return [name for name in values.given if name.startswith(_PREFIX)]


def check(values: Values, problems: list[str], warnings: list[str]) -> None:
    """Append what is missing or contradicts itself."""
    given = names(values)
    if not values.get("SS_DATA_ENCRYPTION", bool):
        if given and "SS_DATA_ENCRYPTION" not in values.failed:
            warnings.append(f"{given[0]} has no effect: SS_DATA_ENCRYPTION is not true")
        return
    secrets = [name for name in SECRETS if values.was_named(name)]
    wanted = [name for name in ("SS_CRYPTO__ALGORITHM", "SS_CRYPTO__MODE") if not values.was_named(name)]
    if not secrets:
        wanted.append("SS_CRYPTO__PASSWORD (or SS_CRYPTO__KEY)")
    if wanted:
        problems.append(missing(wanted[0], f"SS_DATA_ENCRYPTION is true, which needs {', '.join(wanted)}"))
    if len(secrets) > 1 and secrets[1] in values:
        problems.append(clash(values.raw(secrets[1]), f"is set beside {secrets[0]}", "one password or key"))
    if values.get("SS_CRYPTO__MODE", str) == "CBC" and values.get("SS_CRYPTO__PADDING", str) != "pkcs7":
        problems.append(
            clash(values.raw("SS_CRYPTO__MODE"), "CBC needs padding", "SS_CRYPTO__PADDING=pkcs7 as well")
        )
    _strength(values, problems, warnings)


def _strength(values: Values, problems: list[str], warnings: list[str]) -> None:
    bits = values.get("SS_CRYPTO__KEY_LENGTH", int) or 128
    key = values.get("SS_CRYPTO__KEY", bytes)
    if key is not None and len(key) * 8 != bits:
        wrong = f"has {len(key) * 8} bits, and SS_CRYPTO__KEY_LENGTH says {bits}"
        problems.append(clash(values.raw("SS_CRYPTO__KEY"), wrong, f"base64 of {bits // 8} bytes"))
    for name in ("SS_CRYPTO__PASSWORD", "SS_CRYPTO__PASSWORD__VALUE"):
        password = values.get(name, str)
        if password is not None and len(password) < _SHORT:
            warnings.append(f"{name} has only {len(password)} characters; take {_SHORT} at least")
