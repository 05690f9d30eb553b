"""From responses to the wire: one web worker, and the only home of Starlette and uvicorn.

A worker follows the store's editions in memory and sends what was prepared. What this is not: no document is
made, no content compressed and no header field thought of here.
"""
