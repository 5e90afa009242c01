"""Polls the sources and writes the log; a process of its own that never sees the terminal."""
