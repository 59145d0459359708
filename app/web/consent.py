"""Which texts a person agrees to today. Their words are in `app/blueprints/catalogue/policy/`."""

CURRENT = "2026-11-23"
"""The version that a submission's `consent` carries. A changed text is a new version: what
somebody agreed to can be read for ever."""
