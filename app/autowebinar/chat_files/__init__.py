"""Chat lines in files of other products, and of plain tables: read, checked row by row, written.

Pure: bytes in, lines and refused rows out. What becomes of them is the draft's affair.
"""

from app.autowebinar.chat_files.reading import (
    LARGEST_FILE,
    MOST_LINES,
    ChatFile,
    FileRefused,
    Refused,
    read,
)
from app.autowebinar.chat_files.tables import (
    DELIMITERS,
    ENCODINGS,
    FORMATS,
    Plan,
    Table,
    guess,
    open_table,
)
from app.autowebinar.chat_files.writing import everwebinar, plain, within_everwebinar

__all__ = [
    "DELIMITERS",
    "ENCODINGS",
    "FORMATS",
    "LARGEST_FILE",
    "MOST_LINES",
    "ChatFile",
    "FileRefused",
    "Plan",
    "Refused",
    "Table",
    "everwebinar",
    "guess",
    "open_table",
    "plain",
    "read",
    "within_everwebinar",
]
