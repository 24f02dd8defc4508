"""The kernel's face: a FUSE mount that passes through to the real directory.

Nothing is imported here: `python -m lsfs.mount.process` must start fast. The room's public names
are in `lsfs.mount.process`.
"""
