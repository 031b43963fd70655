"""The `SS_*` names for S3: what sinetstream-s3 1.10 reads, each with its type."""

from __future__ import annotations

from datetime import datetime

from ss_camera.settings.declare import Bad, Kind, Setting
from ss_camera.settings.parsers import BOOLEAN, FILE, TEXT, choice, either, matching, url
from ss_camera.settings.redaction import without_userinfo

SECTION = "Broker, s3"
REQUIRED = ("SS_BUCKET", "SS_PREFIX", "SS_SUFFIX", "SS_NAME")


def _offset(text: str) -> str:
    try:
        datetime.strptime(text.strip(), "%z")
    except ValueError:
        raise Bad("is no offset from UTC") from None
    return text.strip()


def _option(name: str, kind: Kind, doc: str, *, secret: bool = False) -> Setting:
    return Setting("SS_" + name, kind, doc, SECTION, secret=secret, types=("s3",), part="type_spec")


_ENDPOINT = Setting(
    "SS_ENDPOINT_URL",
    url("http", "https"),
    "Address of the store; unset, Amazon's.",
    SECTION,
    types=("s3",),
    part="type_spec",
    show=without_userinfo,
)

SETTINGS = (
    _ENDPOINT,
    _option("BUCKET", matching("[A-Za-z0-9._-]{3,255}", "a bucket's name"), "Bucket. Required."),
    _option("PREFIX", TEXT, "Beginning of each object's name. Required."),
    _option("SUFFIX", TEXT, "End of each object's name, for example `.jpg`. Required."),
    _option("NAME", choice("day hour minute"), "How finely folders divide time. Required."),
    _option("UTC_OFFSET", Kind("+HHMM or -HHMM", _offset), "Zone of those folders; unset, local time."),
    _option("AWS_ACCESS_KEY_ID", TEXT, "Access key; unset, boto3 looks for one itself."),
    _option("AWS_SECRET_ACCESS_KEY", TEXT, "The key's secret.", secret=True),
    _option("AWS_SESSION_TOKEN", TEXT, "Token of a session.", secret=True),
    _option("REGION_NAME", matching("[a-z0-9-]{1,64}", "a region such as ap-northeast-1"), "Region."),
    _option("VERIFY", either(BOOLEAN, FILE), "Whether to check the store's certificate, or its authorities."),
)
