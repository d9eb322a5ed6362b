"""The proof: the generated script is run for real before anything is put in place.

Floor above the engine and the writers. `prove` runs it once, on the whole stack; `ProofInStages`
runs it on the stages of a long stack at the same time.
"""

from patchkit.proof.script import prove
from patchkit.proof.stages import ProofInStages, Statement

__all__ = ["ProofInStages", "Statement", "prove"]
