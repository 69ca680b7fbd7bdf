"""What all workers share: imported by the one process that they are forked from.

Nothing here may compute: the threads of torch's pool would not be there after a fork, and a worker would wait for them.
"""

import gc

import fastai.callback.schedule
import fastai.vision.learner  # noqa: F401  and with it torchvision's ResNets

import mnist37.engine.worker

mnist37.engine.worker.fastai_is_there.set()
mnist37.engine.worker.ignore_endings()
gc.collect()
gc.freeze()  # a collection in a worker would write to each object, and so copy the memory that it shares
