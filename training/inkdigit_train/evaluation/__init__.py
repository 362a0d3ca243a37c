"""Exported models in, figures and pictures of mistakes out."""
