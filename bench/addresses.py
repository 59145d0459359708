"""Where a benchmark's site answers besides the product's own addresses."""

HELLO = "/bench/hello/"
BARE_HELLO = "/bench/bare-hello/"
