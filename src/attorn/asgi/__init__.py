"""HTTP as an ASGI server has it: read within limits, answered whole. No framework is needed, and nothing decided."""
