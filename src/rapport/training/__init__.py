"""Make the trained part of the network anew: examples, the network as torch sees it, the training, its record."""
