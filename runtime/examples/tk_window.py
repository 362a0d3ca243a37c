"""A window to write numbers in, on Tkinter and inkdigit: `python runtime/examples/tk_window.py`."""

import tkinter as tk

from inkdigit import Ink, Recognizer
from inkdigit.results import percent

PEN_PX = 6


class Window(tk.Tk):
    """A canvas whose strokes are kept and read, and boxes around the digits."""

    def __init__(self, recognizer: Recognizer) -> None:
        super().__init__()
        self.title("inkdigit")
        self.recognizer = recognizer
        self.strokes: list[list[tuple[int, int]]] = []
        self.canvas = tk.Canvas(self, width=700, height=300, background="white")
        self.canvas.pack(fill="both", expand=True)
        self.canvas.bind("<Button-1>", self.begin)
        self.canvas.bind("<B1-Motion>", self.draw)
        tk.Button(self, text="Clear", command=self.clear).pack(side="left", padx=8, pady=8)
        tk.Button(self, text="Recognise", command=self.read).pack(side="right", padx=8, pady=8)
        self.bind("<Return>", lambda _: self.read())

    def begin(self, event: tk.Event) -> None:
        """Start a stroke; the last answer is out of date."""
        self.canvas.delete("answer")
        self.strokes.append([(event.x, event.y)])
        self.draw(event)

    def draw(self, event: tk.Event) -> None:
        """Draw to the point, and keep it."""
        here = (event.x, event.y)
        self.canvas.create_line(self.strokes[-1][-1], here, width=PEN_PX, capstyle="round")
        self.strokes[-1].append(here)

    def clear(self) -> None:
        """Remove all ink."""
        self.strokes.clear()
        self.canvas.delete("all")
        self.title("inkdigit")

    def read(self) -> None:
        """Read the ink: a box around each digit, the number in the window's title."""
        self.canvas.delete("answer")
        reading = self.recognizer.read(Ink(self.strokes))
        for digit in reading.digits:
            text = f"{'?' if digit.digit is None else digit.digit}  {percent(digit.confidence)}%"
            self.canvas.create_rectangle(digit.box, outline="seagreen", width=2, tags="answer")
            self.canvas.create_text(digit.box[:2], text=text, anchor="sw", tags="answer")
        self.title(f"{reading.text.replace(chr(10), ' ')} - inkdigit")


if __name__ == "__main__":
    Window(Recognizer()).mainloop()
