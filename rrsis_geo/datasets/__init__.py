"""Training and evaluation data: formats, samples, labelled images, augmentation."""
