"""A progress bar for people at a terminal; plain lines for a log file."""

from typing import TextIO

WIDTH = 32
LINES_WITHOUT_TERMINAL = 10


class Bar:
    """How far a job of `total` steps is; written to standard error."""

    def __init__(self, *, total: int, label: str, stream: TextIO) -> None:
        self.total, self.label, self.stream = max(total, 1), label, stream
        self.done, self.said = 0, -1
        self.is_live = stream.isatty()

    def add(self, count: int) -> None:
        """So much more is done."""
        self.done = min(self.done + count, self.total)
        self._draw()

    def end(self) -> None:
        """Leave the line."""
        if self.is_live:
            self.stream.write("\n")
            self.stream.flush()

    def _draw(self) -> None:
        share = self.done / self.total
        if self.is_live:
            filled = round(share * WIDTH)
            bar = "█" * filled + "░" * (WIDTH - filled)
            self.stream.write(f"\r{self.label} {bar} {self.done:,} of {self.total:,}")
        else:
            tenth = int(share * LINES_WITHOUT_TERMINAL)
            if tenth == self.said:
                return
            self.said = tenth
            self.stream.write(f"{self.label}: {self.done:,} of {self.total:,}\n")
        self.stream.flush()
