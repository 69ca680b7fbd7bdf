"""What changes while one looks at it: nodes that stay on the page, and the tick that brings them up to date."""
