"""The commands of `lsfs`, a module a family; `lsfs.cli` loads only the one that is asked for."""
