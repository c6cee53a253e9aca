"""jiqun (集群): industrial policy as code."""

__version__ = "0.1.0"
