"""Importing this module makes every stage's queue and state machine known, in the order of an encounter's life."""

from __future__ import annotations

from store.accounts.refund_queue import REFUNDS
from store.calls.queue import CALLS
from store.claims.batch_queue import FILES
from store.claims.queue import CLAIMS
from store.claims.rejections import REJECTIONS
from store.coding.queue import CODING
from store.coding.review_queue import REVIEW_QUEUE
from store.denials.queue import DENIALS
from store.queries.queue import QUERIES
from store.remits.payments import PAYMENTS
from store.remits.queue import REMITS
from store.statements.queue import STATEMENTS
from store.statements.run_queue import RUNS
from store.variance.credit_queue import CREDITS
from store.variance.queues import UNDERPAID
from store.work.queue import register

_ORDER = (
    CODING, QUERIES, REVIEW_QUEUE, CLAIMS, FILES, REJECTIONS, REMITS, DENIALS, UNDERPAID, CREDITS, PAYMENTS, STATEMENTS,
    RUNS, CALLS, REFUNDS,
)  # fmt: skip

for _queue in _ORDER:
    register(_queue)
