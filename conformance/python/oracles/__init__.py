"""One module a cloud: runs the official SDK's own code over one case and reports what it did.

Each module offers `RUNNERS`, a map from the kind of a case to a function that takes the `input`
object of a test vector and returns the outcome, shaped like the `expected` object of that kind.
`clean_environment` and `frozen` must be imported before any SDK; `oracle.py` does so.
"""
