"""Stands for the partner that texts and calls: takes messages over HTTPS and keeps them, so that one can read them."""
