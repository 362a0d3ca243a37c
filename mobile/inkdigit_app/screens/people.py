"""The people who write on this device: choose, add, rename, delete."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from inkdigit_app.core.learning.people import MAX_NAME, HandState, Person
from inkdigit_app.widgets.base import Themed
from inkdigit_app.widgets.lists import Row, RowList  # noqa: F401  # for the .kv file
from inkdigit_app.widgets.overlay import Overlay

__all__ = ["NameQuestion", "PeopleScreen", "PersonRow"]


class PersonRow(Row):
    """A person to choose, rename or delete; `item` is a `Person`."""

    current = BooleanProperty(False)
    alone = BooleanProperty(False)  # nobody else is there: somebody has to be
    rename = ObjectProperty(lambda person: None)  # called with the person
    delete = ObjectProperty(lambda person: None)  # likewise


class PeopleScreen(Overlay):
    """Everybody, with a tick at who writes now.

    Events:
        on_choose, on_rename, on_delete: A person's row or button was pressed; with the `Person`.
        on_add: Add was pressed.
    """

    __events__ = ("on_choose", "on_rename", "on_delete", "on_add")

    hand = ObjectProperty(HandState(), rebind=True)

    def on_kv_post(self, base_widget: object) -> None:
        """List them."""
        self.fbind("hand", self._show)
        self._show()

    def take_action(self, action: str) -> bool:
        """Go through the list by keyboard; Delete deletes a person, unless it is the last."""
        person = self.ids.list.marked
        if action == "delete" and person is not None and len(self.hand.people) > 1:
            self.dispatch("on_delete", person)
            return True
        return bool(self.ids.list.take_action(action))

    def _show(self, *_: object) -> None:
        self.ids.list.data = [
            {
                "item": person,
                "current": person.key == self.hand.person.key,
                "alone": len(self.hand.people) == 1,
                "choose": self._choose,
                "rename": self._rename,
                "delete": self._delete,
            }
            for person in self.hand.people
        ]

    # Methods, so that equal rows are equal: a list that is filled anew loses a press, which may be
    # the beginning of a swipe and waits in it.

    def _choose(self, person: Person) -> None:
        self.dispatch("on_choose", person)

    def _rename(self, person: Person) -> None:
        self.dispatch("on_rename", person)

    def _delete(self, person: Person) -> None:
        self.dispatch("on_delete", person)


class NameQuestion(Themed, FloatLayout):
    """Asks for a name over the darkened screen.

    Events:
        on_name: Go ahead; with the name.
        on_close: Cancel.
    """

    __events__ = ("on_name", "on_close")

    title = StringProperty("")
    text = StringProperty("")  # the name as it is
    yes = StringProperty("")  # on the button that goes ahead
    ready = BooleanProperty(False)  # there is a name

    def on_kv_post(self, base_widget: object) -> None:
        """Let the keys go into the field at once."""
        field = self.ids.field
        field.text = self.text
        field.focus = True
        field.select_all()

    def accept(self) -> None:
        """Go ahead, if there is a name."""
        name = self.ids.field.text.strip()
        if name:
            self.dispatch("on_name", name[:MAX_NAME])

    def on_touch_down(self, touch: Any) -> bool:
        """Keep every touch from what is behind; one beside the question cancels."""
        if not super().on_touch_down(touch):
            self.dispatch("on_close")
        return True
