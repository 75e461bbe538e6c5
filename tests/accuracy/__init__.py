"""How exact the rows of the op table are, at many points across their domains: `python -m tests.accuracy`."""
