"""The version, in one place: pyproject.toml and ``tinygrad_edu.__version__`` read it from here."""

__version__ = "1.0.0"
