"""The demo: an AutoWebinar, two broadcasts, people of each role, and leads, made through the product's own doors."""
