"""The demo: one AutoWebinar, people of each role, and leads, made through the product's own doors."""
