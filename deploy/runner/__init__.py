"""Everything from a bare clone to a running product, on one machine.

Standard library only: it runs on the machine's own Python and starts all else with the Python of
`.venv`.
"""
