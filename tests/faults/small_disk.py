"""A disk that is soon full: a few megabytes of memory, mounted for the length of a fault."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SIZE = "160m"


def missing() -> str:
    """What is lacking to have one here."""
    return "" if sys.platform == "linux" and os.geteuid() == 0 else "root on Linux (mount)"


@contextmanager
def mounted() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="efir-disk-") as name:
        folder = Path(name)
        command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "none", name]
        subprocess.run(command, check=True)
        try:
            yield folder
        finally:
            subprocess.run(["umount", "--lazy", name], check=True)
