"""JSON-LD 1.1 as credentials need it: contexts of known digest, and the rule that every term means something.

`require_known` refuses a document with a term that no context defines. `Contexts` are the bundled ones and those that
a caller hands in, each a `PinnedContext`. Nothing is fetched.
"""

from attorn.jsonld.known import require_known
from attorn.jsonld.library import Contexts, PinnedContext

__all__ = ["Contexts", "PinnedContext", "require_known"]
