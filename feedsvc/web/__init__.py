"""From responses to the wire: one web worker, and the only home of Starlette and uvicorn.

A worker follows the store's editions in memory and sends what was prepared. What this is not: no document is
made, no content compressed and no header field thought of here.
"""

from feedsvc.web.limits import Limits
from feedsvc.web.server import run_worker
from feedsvc.web.source import Source
from feedsvc.web.throttle import Throttle

__all__ = ["Limits", "Source", "Throttle", "run_worker"]
