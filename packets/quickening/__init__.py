"""What the engine does twice, it does once: small changes to WeasyPrint, with the same pages.

Each is made only to the version that it was written for; any other works as it is, more slowly.
Plain Python.
"""

VERSION = "70.0"


def quicken() -> bool:
    """Change the engine in this process; False where it is not the version that we know."""
    import weasyprint

    if weasyprint.__version__ != VERSION:
        return False
    from packets.quickening import lengths, references, styles

    references.quicken()
    styles.quicken()
    lengths.quicken()
    return True
