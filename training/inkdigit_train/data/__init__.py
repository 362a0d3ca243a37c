"""What is trained on: files in, pools of labelled rasters out; and what is made from them."""
