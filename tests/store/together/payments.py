"""People who take payments one after the other while a server is lost under them."""

from __future__ import annotations

import threading
import time

from store.accounts.payments import TakePayment
from store.db import open_engine
from store.errors import Away
from store.practice import Practice
from tests.store.world import World

CENTS = 100


class Hand(threading.Thread):
    """Takes payments, one after the other, and tries again under the same key where the database was away."""

    def __init__(self, world: World, number: int, guarantor_id: int) -> None:
        super().__init__(daemon=True)
        self.engine = open_engine(world.url)
        self.practice = World(world.url, self.engine, world.library).owner
        self.number, self.guarantor_id = number, guarantor_id
        self.said: list[str] = []
        """The keys of what was said to be saved."""
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.is_set():
            try:
                self.take(self.practice)
            except Away:
                time.sleep(0.05)
        self.engine.dispose()

    def take(self, practice: Practice) -> None:
        """One payment, under a key that stays the same until it is said to be saved."""
        key = f"crash {self.number} {len(self.said)}"
        practice.do(TakePayment(self.guarantor_id, CENTS, "cash"), key=key)
        self.said.append(key)
