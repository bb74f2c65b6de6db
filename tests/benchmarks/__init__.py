"""Benchmarks against the published budgets: `python -m tests.benchmarks --json OUT`. Not part of the timed test run."""
