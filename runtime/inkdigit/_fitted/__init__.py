"""What training fits and the rooms apply: how features are weighed."""
