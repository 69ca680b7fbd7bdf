"""Tests of mnist37.runs."""
