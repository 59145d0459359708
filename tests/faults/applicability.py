"""The faults of the plan that are not injected, and why."""

NOT_INJECTED: dict[int, tuple[str, str]] = {}
