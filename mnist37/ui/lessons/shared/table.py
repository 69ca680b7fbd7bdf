"""The lessons in the order of the chapter. Imports no torch, as the navigation is built before torch is imported."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson, which is one page.

    Args:
        name: the name of the page's file in `pages/`, and its address.
        short: its name in links.
        title: its heading.
        about: its subject, in a sentence.
        first: the first thing to do.
    """

    name: str
    short: str
    title: str
    about: str
    first: str

    @property
    def page(self) -> str:
        """The page's file, for links."""
        return f"pages/{self.name}.py"


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "pixels",
        "Pixels",
        "Pixels are numbers",
        "To a computer, a digit is a table of greys; two tables can be subtracted, and that already tells 3s from 7s.",
        "Point at a pixel of the picture to read its number; then take another digit.",
    ),
    Lesson(
        "tensors",
        "Tensors",
        "Tensors: tables that compute",
        "A tensor is a table of one type of number, of any rank, whose operations run over all numbers at once.",
        "Take an example; then change it, press Enter, and see its shape and its numbers.",
    ),
    Lesson(
        "gradients",
        "Gradients",
        "Gradients: which way, and how much",
        "The gradient says how much a result changes if one number is turned up a little.",
        "Drag x, and watch the tangent and x.grad.",
    ),
    Lesson(
        "descent",
        "Descent",
        "Descent: down the slope, step by step",
        "Guess, measure, step against the gradient, again: that is all of learning.",
        "Press Step, and watch the curve move towards the points.",
    ),
    Lesson(
        "loss",
        "Loss",
        "Why accuracy cannot be the loss",
        "A loss has to answer to the smallest change of a weight; accuracy hardly ever does.",
        "Move the weights a little, and watch which of the two curves answers.",
    ),
    Lesson(
        "seven_steps",
        "Steps",
        "One mini-batch, seven steps",
        "Init, predict, loss, gradient, step, repeat, stop: one button each, with the real tensors.",
        "Press Predict, then each next step, and watch the tensors.",
    ),
    Lesson(
        "to_fastai",
        "To fastai",
        "From scratch to fastai",
        "Four programs, one model, one curve: each says the same in fewer lines.",
        "Look through the four programs, and find the line that takes the step in each.",
    ),
    Lesson(
        "nonlinearity",
        "ReLU",
        "A nonlinearity",
        "Two linear layers are one; a ReLU between them makes a net that can learn any shape.",
        "Take the ReLU out, and see what is left of the curve.",
    ),
    Lesson(
        "deep",
        "Deep",
        "Deep: ResNet-18",
        "Eighteen layers, one call: what is in them, and how the learning rate goes up and down once.",
        "Train one epoch, and watch what accuracy it reaches.",
    ),
    Lesson(
        "words",
        "Words",
        "The chapter's words",
        "Every word of the chapter, and where you can touch what it means.",
        "Look for a word.",
    ),
    Lesson(
        "to_ten",
        "To ten",
        "From two to ten",
        "With ten digits the sigmoid becomes softmax, and mnist_loss becomes cross-entropy; the loop stays as it is.",
        "Move the temperature, and watch which bars change and which one stays the largest.",
    ),
)


def number_of(lesson: Lesson) -> int:
    """Return its place in the chapter, from 1."""
    return LESSONS.index(lesson) + 1


def get_lesson(name: str) -> Lesson:
    """Return the lesson of that name."""
    return next(lesson for lesson in LESSONS if lesson.name == name)
