"""Recognition on the machine's own processor: see docs/engine.md for how a photo becomes 23 values."""

from reviewapp.engines.local.engine import LocalEngine

__all__ = ["LocalEngine"]
