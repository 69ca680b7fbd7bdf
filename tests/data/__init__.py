"""Tests of mnist37.data."""
