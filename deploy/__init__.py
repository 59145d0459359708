"""What operators use: pinned dependencies, the local runner, and examples for servers."""
