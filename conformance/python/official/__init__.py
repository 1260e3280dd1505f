"""The vendors' service packages as yardstick for the catalog: one module a cloud.

Each offers `structures(case)` and `call(case)`, both described in `catalog.py`.
"""
