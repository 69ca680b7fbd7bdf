"""Tests of mnist37.engine."""
