"""What people type, as it is compared and kept: names, e-mails, phones."""

import re
import unicodedata

from email_validator import EmailNotValidError, validate_email

from app.core.errors import IngestRefused

LONGEST_NAME = 100
LONGEST_EMAIL = 254
LONGEST_SHOWN = 320
_SPACES = re.compile(r"\s+")
_DIGITS = re.compile(r"\D+")
_UNSEEN = ("Cc", "Cs", "Cn")
_BLANK_LINES = re.compile(r"\n\s*\n\s*")
_FILLERS = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and signs by their class, and nothing to the eye."""
_BIDI_CONTROLS = dict.fromkeys(
    [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C]
)

_UNPLAIN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff" + "".join(map(chr, _BIDI_CONTROLS)) + "]"
)


def name(value: str) -> str:
    """A person's name: composed, one line, no control or direction-override characters.

    Emoji and right-to-left names are names. IngestRefused(`name`) when nothing is left or it
    is longer than 100 characters.
    """
    cleaned = visible(unicodedata.normalize("NFC", value))
    if not cleaned or len(cleaned) > LONGEST_NAME:
        raise IngestRefused("name")
    if not any(unicodedata.category(c)[0] in "LNS" for c in cleaned):
        raise IngestRefused("name")
    return cleaned


def visible(value: str) -> str:
    """One line of what can be seen: no database takes a NUL, no page a changed direction."""
    spaced = _SPACES.sub(" ", value.translate(_BIDI_CONTROLS))
    if not spaced.isprintable():
        spaced = "".join(c for c in spaced if unicodedata.category(c) not in _UNSEEN)
    return spaced.strip()


def words(value: str) -> str:
    """Lines of what can be seen, as `visible`, with at most one blank line in a row."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return _BLANK_LINES.sub("\n\n", _UNPLAIN.sub("", lines)).strip()


def is_blank(value: str) -> bool:
    """Whether there is nothing in it that anybody could see."""
    return all(unicodedata.category(c)[0] in "CZM" or c in _FILLERS for c in value)


def email(value: str) -> str:
    """The form by which an address is found again: trimmed, lower case, IDN host in ASCII.

    IngestRefused(`email`) for what no mail server would take.
    """
    trimmed = unicodedata.normalize("NFKC", value).strip()
    if not trimmed or len(trimmed) > LONGEST_EMAIL:
        raise IngestRefused("email")
    try:
        checked = validate_email(trimmed, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise IngestRefused("email") from None
    return f"{checked.local_part}@{checked.ascii_domain}".lower()


def country(value: str) -> str | None:
    """Two capital letters; None for an empty one. IngestRefused(`country`) for anything else."""
    code = value.strip().upper()
    if code and not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise IngestRefused("country")
    return code or None


def phone(value: str) -> str | None:
    """Digits with a leading +; None for an empty one. A Russian 8 becomes +7."""
    digits = _DIGITS.sub("", value)
    if not digits:
        if value.strip():
            raise IngestRefused("phone")
        return None
    if len(digits) == 11 and digits[0] == "8" and not value.strip().startswith("+"):
        digits = "7" + digits[1:]
    if not 7 <= len(digits) <= 15:
        raise IngestRefused("phone")
    return f"+{digits}"
