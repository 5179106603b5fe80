"""Trains the bundled detector `upsampling-trace` on pictures that it makes itself. `python3 -m training` runs all of it."""
