"""Fuzzing: a harness for every parser, its corpus, and what runs them with and without atheris."""
