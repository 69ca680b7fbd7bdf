"""The knobs of a run that is under way: pause, resume, stop, another learning rate. Turned from any thread."""

import threading


class Control:
    """Holds what was asked of a run; its training loop looks here after every batch."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._paused = False
        self._stopped = False
        self._lr: float | None = None

    def pause(self) -> None:
        """Halt before the next batch."""
        self._set(_paused=True)

    def resume(self) -> None:
        """Go on with the next batch."""
        self._set(_paused=False)

    def stop(self) -> None:
        """End the run behind the current batch, paused or not."""
        self._set(_stopped=True)

    def set_lr(self, lr: float) -> None:
        """Take the next steps with this learning rate."""
        self._set(_lr=lr)

    @property
    def stopped(self) -> bool:
        """Whether the run is to end."""
        return self._stopped

    @property
    def paused(self) -> bool:
        """Whether the run is to halt."""
        return self._paused

    @property
    def lr(self) -> float | None:
        """The learning rate that was asked for last; None if none was."""
        return self._lr

    def wait_while_paused(self) -> None:
        """Block until resumed or stopped."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or not self._paused)

    def _set(self, **values: bool | float) -> None:
        with self._changed:
            for name, value in values.items():
                setattr(self, name, value)
            self._changed.notify_all()
