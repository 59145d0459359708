"""What a test needs from the machine: skipped without it, or failed where all must be there."""

import os

import pytest


def need(what: bool, message: str) -> None:
    """Skip the test (or, at import, its module) unless `what`; REQUIRE_ALL=1 fails instead."""
    if what:
        return
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(message, pytrace=False)
    pytest.skip(message, allow_module_level=True)
