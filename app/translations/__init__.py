"""Texts of the interface: Russian in the source, English complete beside it."""
