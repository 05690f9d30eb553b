"""The roles that ``feedsvc serve`` plays, which join everything else.

:func:`.service.serve` starts and supervises the two others: :func:`.publisher.run_publisher`, which runs the
rounds, and :func:`.worker.run_web`, which serves the newest edition. They meet only in the store, and each loads
no more than it works with: of a worker there is one for each core.
"""
