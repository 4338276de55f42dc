"""From a labelled image to training samples: crops, masks, augmentation."""
