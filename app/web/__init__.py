"""What every blueprint may use: pages and fragments, forms, limits, sessions, headers, errors."""
