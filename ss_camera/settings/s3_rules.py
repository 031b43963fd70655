"""What holds between the settings of an S3 store: what is missing or contradicts itself out."""

from __future__ import annotations

from ss_camera.settings import installed
from ss_camera.settings.declare import clash, missing
from ss_camera.settings.s3_options import REQUIRED
from ss_camera.settings.table import BY_NAME
from ss_camera.settings.tls_rules import unchecked
from ss_camera.settings.values import Values


def check(values: Values, consistency: str, problems: list[str], warnings: list[str]) -> None:
    """Append what does not fit together."""
    lacking = installed.lacking_for("s3")
    if lacking:
        problems.append(clash(values.raw("SS_TYPE"), *lacking))
    if consistency == "EXACTLY_ONCE":
        problems.append(clash(values.raw("SS_CONSISTENCY"), "is not available for s3", "AT_LEAST_ONCE"))
    if values.was_named("SS_BROKERS") and "SS_BROKERS" in values:
        wrong = "is not used with s3, and SINETStream refuses it there"
        problems.append(clash(values.raw("SS_BROKERS"), wrong, "SS_ENDPOINT_URL"))
    for name in [name for name in values.given if name == "SS_TLS" or name.startswith("SS_TLS__")]:
        problems.append(
            clash(values.raw(name), "is not used with s3", "https:// in SS_ENDPOINT_URL, and SS_VERIFY")
        )
    for name in REQUIRED:
        if not values.was_named(name):
            problems.append(missing(name, "it is required for s3", BY_NAME[name].kind.expects))
    pair = ("SS_AWS_ACCESS_KEY_ID", "SS_AWS_SECRET_ACCESS_KEY")
    for one, other in (pair, pair[::-1]):
        if one in values and not values.was_named(other):
            problems.append(clash(values.raw(one), f"has no {other} beside it", "both or neither"))
    if values.get("SS_VERIFY", object) is False:
        warnings.append(unchecked("SS_VERIFY", "the store's certificate"))
