"""The game day: a shop that runs, faults that come, and what is done about them."""
