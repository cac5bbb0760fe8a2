"""The desk's key for asking the provider."""

from __future__ import annotations

from store.errors import Refused
from tui.asks import Choice, Pick, Words
from tui.screens.desk_base import DeskBase

_DRAFTS = "draft"


class DeskQuery(DeskBase):
    """A question is drafted from words of the note, sent when its wording stands, and the next encounter opened."""

    async def do_desk_query(self, _count: int | None) -> None:
        """Quotes words in a new question, or in a draft that is there already."""
        from store.queries.compose import QuoteIndicator

        desk = self.require_open()
        span = self._note.selected or self._codes.span
        if span is None:
            raise Refused("No words are selected.", do="v in the note selects what gives rise to the question.")
        choices = [Choice(f"{_DRAFTS}:{one.id}", f"quote in {one.number}", one.question) for one in desk.drafts]
        kinds = await self._kinds()
        kind = str(await self.asked(Pick(name="kind", question="Ask about", choices=(*choices, *kinds))) or "")
        if kind.startswith(_DRAFTS):
            query_id = int(kind.partition(":")[2])
            await self.change(QuoteIndicator(query_id, *span))
        elif not kind or (made := await self._drafted(kind, span)) is None:
            return
        else:
            query_id = made
        self._note.drop_selection()
        await self._send(query_id)

    async def _kinds(self) -> list[Choice]:
        from store.queries.templates import templates

        found = await self.session.calls.run(templates)
        return [Choice(one.kind, one.label, " / ".join(one.options) or "answered in own words") for one in found]

    async def _drafted(self, kind: str, span: tuple[int, int]) -> int | None:
        from store.queries.compose import ComposeQuery
        from store.queries.templates import template

        desk = self.require_open()
        chosen = template(kind)
        words = " ".join(desk.note[span[0] : span[1]].split())
        question = await self.asked(
            Words(name="question", question="Question", first=chosen.ask(words, desk.service_date), longest=2000)
        )
        if question is None:
            return None
        hint = "empty asks openly; other and undetermined belong to it"
        options = await self.asked(
            Words(name="options", question="Options", first=" / ".join(chosen.options), required=False, hint=hint)
        )
        if options is None:
            return None
        offered = tuple(part.strip() for part in str(options).split(" / ") if part.strip())
        done = await self.change(ComposeQuery(self.encounter_id, kind, (span,), str(question), offered))
        return int(str(done.result))

    async def _send(self, query_id: int) -> None:
        from store.queries.compose import SendQuery

        desk = self.require_open()
        if await self.confirm(f"Send it to {desk.provider}; the encounter waits for the answer?"):
            await self.change(SendQuery(query_id), read=False)
            await self.go_on()
        else:
            self.status.say("It stays a draft in the queue of queries.", hint="Q quotes more words in it")
