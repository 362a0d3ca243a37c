"""The practice sheet: where its boxes are, how it is printed, how it is found on a photo."""
