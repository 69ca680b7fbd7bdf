"""Tests of mnist37.cli."""
