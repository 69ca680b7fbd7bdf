"""Where something stands on the page, frame by frame."""

from collections.abc import Callable

from playwright.sync_api import Locator

WATCH = """node => {
  const places = node.places = new Set();
  const look = () => {
    const { x, y } = node.getBoundingClientRect();
    places.add(node.isConnected ? `${x + scrollX}, ${y + scrollY}` : "gone");
    requestAnimationFrame(look);
  };
  look();
}"""


def places_of(thing: Locator) -> Callable[[], list[str]]:
    """Note from now on where it stands; what is returned tells each place at which it stood in any frame so far."""
    node = thing.element_handle()
    node.evaluate(WATCH)
    return lambda: node.evaluate("node => [...node.places]")
