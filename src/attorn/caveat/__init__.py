"""The caveat vocabulary. Every caveat can only prohibit; a request must pass all of them, on every link.

What is named here is the vocabulary: `attorn.caveat.profile` reads the checks of these kinds and of no others.
"""

from attorn.caveat.agent import Agent
from attorn.caveat.approval import RequiresApproval
from attorn.caveat.base import Caveat
from attorn.caveat.collection import Contains, MaxLength, SubsetOf
from attorn.caveat.counted import Budget, Counted, MaxUses, Rate
from attorn.caveat.formula import AllOf, AnyOf, Not
from attorn.caveat.scope import Actions, Audience, Resources
from attorn.caveat.spaced import Spaced
from attorn.caveat.status import FreshList, Status
from attorn.caveat.text import Cidr, Glob, StartsWith, Subpath, UrlHost
from attorn.caveat.unrecognised import Unrecognised
from attorn.caveat.validity import Expires, ExpiresIn, MaxDepth, NoDelegation, NotBefore, Purpose
from attorn.caveat.value import Equals, NotOneOf, OneOf, Range

__all__ = [
    "Actions",
    "Agent",
    "AllOf",
    "AnyOf",
    "Audience",
    "Budget",
    "Caveat",
    "Cidr",
    "Contains",
    "Counted",
    "Equals",
    "Expires",
    "ExpiresIn",
    "FreshList",
    "Glob",
    "MaxDepth",
    "MaxLength",
    "MaxUses",
    "NoDelegation",
    "Not",
    "NotBefore",
    "NotOneOf",
    "OneOf",
    "Purpose",
    "Range",
    "Rate",
    "RequiresApproval",
    "Resources",
    "Spaced",
    "StartsWith",
    "Status",
    "Subpath",
    "SubsetOf",
    "Unrecognised",
    "UrlHost",
]
