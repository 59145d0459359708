"""Cells that a spreadsheet would take for a formula: guarded on the way out, freed on the way in.

Both are exact: whatever was written out is read back as it was.
"""

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def guarded(text: str) -> str:
    return f"'{text}" if text.lstrip("'").startswith(STARTS_A_FORMULA) else text


def freed(text: str) -> str:
    if text.startswith("'") and text.lstrip("'").startswith(STARTS_A_FORMULA):
        return text[1:]
    return text
