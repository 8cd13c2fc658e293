"""A question before the command whose answer surprises: the learner commits to a guess."""

from html import escape

from labkit.course import progress
from labkit.display import card
from labkit.errors import Trouble


def predict(name: str, question: str, options: list[str]) -> None:
    """Asks, and remembers the choice. name: chapter and question, for example pods/restart-count."""
    import ipywidgets
    from IPython.display import display

    if "/" not in name or len(options) < 2:
        raise Trouble(f"predict({name!r}) is incomplete", "a name such as pods/restart-count and at least two options")
    note = ipywidgets.HTML()

    def say(text: str) -> None:
        # A screen reader announces a live region when its text changes.
        note.value = f'<span role="status">{text}</span>'

    try:
        before = progress.prediction(name)
    except (Trouble, OSError) as problem:
        before = None
        say(f"Your guess cannot be saved: {problem}")
    choice = ipywidgets.RadioButtons(
        options=options, value=before if before in options else None, layout=ipywidgets.Layout(width="auto")
    )
    if choice.value:
        say("This was your guess. You can change it until you know better.")

    def chosen(change) -> None:
        try:
            progress.predict(name, change["new"])
            say("Noted. Now run it and see.")
        except (Trouble, OSError) as problem:
            say(f"Your guess was not saved: {problem}")

    choice.observe(chosen, "value")
    asked = ipywidgets.HTML(f"<b>Before you run it</b>{card.markdown(question)}")
    box = ipywidgets.VBox([asked, choice, note])
    box.add_class("workbook-prediction")  # the page makes it a card
    words = [f"Before you run it: {question}"]
    words += [f"  ({'x' if option == choice.value else ' '}) {option}" for option in options]
    lines = "".join(f"<li>{'● ' if option == choice.value else '○ '}{escape(option)}</li>" for option in options)
    body = f"{card.markdown(question)}<ul style='list-style:none;padding-left:0'>{lines}</ul>"
    html = card.frame("Before you run it", body, "Prediction")
    display(card.with_twin(box._repr_mimebundle_(), html, "\n".join(words)), raw=True)
