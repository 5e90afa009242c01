"""Whole screens of the desk."""
