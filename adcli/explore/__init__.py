"""The explorers of a trace: in a terminal, and its page in a browser."""
