"""Runs on a page: choosing one, its curves, several overlaid, looking back, exporting one."""
