"""What the command ``tinygrad-edu`` runs first: it says which packages are missing where some are."""

import sys


def main() -> None:
    """Run the command line; without the packages of the extra `lab`, say how to get them."""
    try:
        from .cli import main as command

        command()
    except ModuleNotFoundError as missing:
        package = (missing.name or "").partition(".")[0]
        if package in ("", "tinygrad_edu"):  # a fault of our own
            raise
        print(
            f"error: this command needs the package {package}, which is not installed. All that the course needs comes "
            'with\n    pip install "tinygrad-edu[lab]"',
            file=sys.stderr,
        )
        sys.exit(2)
