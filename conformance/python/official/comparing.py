"""Collects how the catalog and the official classes differ."""

class Comparison:
    """What was compared for one operation, and what differs."""

    def __init__(self, case):
        self.case, self.operation, self.types = case, case["operation"], case["types"]
        self.differences, self.checked = [], {}

    def same(self, what, where, ours, official):
        """Counts one comparison of a sort and remembers a difference."""
        self.checked[what] = self.checked.get(what, 0) + 1
        if ours != official:
            self.differences.append({"what": what, "where": where, "ours": ours, "official": official})

    def same_set(self, what, where, ours, official):
        """The same, for names whose order does not matter."""
        self.same(what, where, sorted(ours), sorted(official))

    def answer(self):
        return {"differences": self.differences, "checked": self.checked}
