"""Tests of mnist37.train."""
