"""Two switches of torch's that ask for warnings about how it was before 2017; the warnings themselves are long gone."""

from __future__ import annotations


class Warning:
    """A switch, ``enabled`` or not."""

    def __init__(self) -> None:
        self.enabled = False


broadcast_warning = Warning()
keepdim_warning = Warning()
