"""The one kind of error that a person reads."""


class Refusal(Exception):
    """You may not do this now. Its message is the sentence the person will read; `code` names it for tests and logs.

    `next_step` is an optional (label, url) of what to do instead. A view shows it beside the form; one that reaches
    the middleware becomes a 409 page.
    """

    code = "refused"

    def __init__(self, message: str, *, next_step: tuple[str, str] | None = None):
        super().__init__(message)
        self.message = message
        self.next_step = next_step


class IllegalMove(Refusal):
    """The record is not in a state from which this move is possible."""

    code = "illegal_move"
