"""Tests, by what they need: unit, pipeline (a build), faults (a spoiled project), data (the papers texts)."""
