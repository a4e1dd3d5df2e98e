"""`make bench`: what the community does a second, measured through real processes."""
