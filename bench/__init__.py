"""The benchmarks: `python -m bench`. Ratios of things measured side by side on one machine.

Every server is real and our own: Redis, gunicorn as in production, the workers, the sandbox
Bot API. All of them listen on loopback, live in a temporary folder and end with the run.
"""
