"""Which files and folders of the tree a name stands for."""
