"""Responses on the wire: one web worker, and the only home of Starlette and uvicorn."""
