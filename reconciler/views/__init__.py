"""Render plans, runs and reports as text or JSON. Nothing outside this folder formats output.

`formats` lists every document and its formats. Imports point down: formats and schemas, then
plan, run and reports, then fragments, then style.
"""
