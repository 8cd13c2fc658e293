"""What checkers and pictures look at. What is missing is said by raising NotYet."""


class NotYet(Exception):
    """What a checker looks for is not there.

    saw: what was found; wanted: what was looked for; fix: what to do next, true in this very state. An exercise's
    verdict says all three.
    """

    def __init__(self, saw: str, wanted: str = "", fix: str = ""):
        self.saw, self.wanted, self.fix = saw, wanted, fix
        super().__init__(f"{saw}; wanted {wanted}" if wanted else saw)
