"""One accent a role, from the terminal's own sixteen colours, so that light and dark both work."""

STYLES = {
    "name": "bold", "primal": "cyan", "tangent": "green", "adjoint": "magenta", "partial": "bold magenta",
    "seed": "dim", "source": "dim", "title": "bold", "foot": "dim",
}  # fmt: skip
