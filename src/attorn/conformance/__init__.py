"""What `vectors/PROTOCOL.md` asks of an implementation, done by this one: one question in JSON, one answer.

`operations.answer(name, input)` answers; each operation is a file of its own, and a file of cases is read by `case`.
"""
