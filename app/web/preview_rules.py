"""Rules of a schedule in an address, so that time travel shows them before they are saved."""

import base64
import binascii
import json
import zlib

from app.autowebinar import Rules, ScheduleInvalid, schedule_rules

LONGEST = 2000
LARGEST = 20_000


def packed(rules: Rules) -> str:
    """As short as it goes; empty where an address would not hold them."""
    said = rules.model_dump_json(exclude_defaults=True)
    found = base64.urlsafe_b64encode(zlib.compress(said.encode(), 9)).decode().rstrip("=")
    return found if len(found) <= LONGEST else ""


def unpacked(text: str) -> Rules | None:
    """None for what was not packed here, or is no rules."""
    if len(text) > LONGEST:
        return None
    try:
        unpacker = zlib.decompressobj()
        whole = text.encode() + b"=" * (-len(text) % 4)
        said = unpacker.decompress(base64.urlsafe_b64decode(whole), LARGEST)
        return schedule_rules.checked(json.loads(said))
    except (binascii.Error, zlib.error, ValueError, RecursionError, ScheduleInvalid):
        return None
