"""Evidence: documents, and anchors that pin claims to their passages."""

from detente.evidence.anchors import (
    LEAST_LENGTH,
    AnchorStatus,
    anchor_passage,
    check_anchor,
    fold,
    hash_folded,
)

__all__ = [
    "LEAST_LENGTH",
    "AnchorStatus",
    "anchor_passage",
    "check_anchor",
    "fold",
    "hash_folded",
]
