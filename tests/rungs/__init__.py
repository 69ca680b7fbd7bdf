"""Tests of mnist37.rungs."""
