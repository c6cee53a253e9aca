"""The texts of findings, one module a subject; `catalogue` holds them all."""
